//! Cuts a stored resource into its members, without reading their values.

use std::ops::Range;

use crate::scim::json;
use crate::scim::schema::ResourceType;
use crate::scim::value::{Object, Value};

/// Where the first members of a shaped resource lie in its bytes. The *rank* of a member is its
/// position in the resource type.
#[derive(Clone, Debug)]
pub(super) struct Split {
    members: Vec<Member>,
    /// The bytes of the members after the ones that were cut.
    rest: Range<usize>,
}

#[derive(Clone, Debug)]
struct Member {
    rank: usize,
    /// The bytes of its name and value.
    whole: Range<usize>,
    /// Where its value begins.
    value: usize,
}

impl Split {
    /// Cuts a shaped resource, as [`Object::write`] writes it, into its members up to rank `last`;
    /// large members mostly come later and are not read. `None` for any other text.
    pub(super) fn of(bytes: &[u8], kind: &ResourceType, last: usize) -> Option<Split> {
        let inner = bytes.len().checked_sub(1)?;
        let mut members = Vec::with_capacity(12);
        // Members stand in the order of the resource type, so one pass over its names is enough.
        let mut names = kind.members().enumerate();
        let mut start = 1;
        loop {
            let name = bytes.get(start..)?.strip_prefix(b"\"")?;
            let name = &name[..memchr::memchr(b'"', name)?];
            let (rank, _) = names.find(|(_, known)| known.as_bytes() == name)?;
            let value = start + name.len() + "\"\":".len();
            if rank > last {
                return Some(Split { members, rest: start..inner });
            }
            let end = value + value_length(bytes.get(value..)?)?;
            members.push(Member { rank, whole: start..end, value });
            start = end + 1;
            match bytes.get(end)? {
                b',' if rank == last => return Some(Split { members, rest: start..inner }),
                b',' => {}
                _ => return (end == inner).then_some(Split { members, rest: inner..inner }),
            }
        }
    }

    /// Reads the members of these ranks.
    pub(super) fn pick(&self, bytes: &[u8], ranks: &[usize], kind: &ResourceType) -> Object {
        let mut object = Object::with_room(ranks.len() + 1);
        let mut names = kind.members().enumerate();
        for member in self.members.iter().filter(|member| ranks.contains(&member.rank)) {
            let Some((_, name)) = names.find(|(rank, _)| *rank == member.rank) else { break };
            if let Some(value) = read(&bytes[member.value..member.whole.end]) {
                object.push(name.clone(), value);
            }
        }
        object
    }

    /// Appends the resource with the members of these ranks replaced by `changed`, which must be
    /// shaped. No rank may be above `last`.
    pub(super) fn splice(
        &self,
        bytes: &[u8],
        ranks: &[usize],
        changed: &Object,
        kind: &ResourceType,
        out: &mut Vec<u8>,
    ) {
        out.reserve(bytes.len() + 64);
        let mut stays =
            self.members.iter().filter(|member| !ranks.contains(&member.rank)).peekable();
        let mut names = kind.members().enumerate();
        let mut separator = b'{';
        for (name, value) in &changed.members {
            let Some((rank, _)) = names.find(|(_, other)| *other == name) else { break };
            while let Some(member) = stays.next_if(|member| member.rank < rank) {
                out.push(separator);
                out.extend_from_slice(&bytes[member.whole.clone()]);
                separator = b',';
            }
            out.push(separator);
            json::write(name, out);
            out.push(b':');
            value.write(out);
            separator = b',';
        }
        for part in stays
            .map(|member| &member.whole)
            .chain(Some(&self.rest).filter(|rest| !rest.is_empty()))
        {
            out.push(separator);
            out.extend_from_slice(&bytes[part.clone()]);
            separator = b',';
        }
        out.push(b'}');
    }
}

/// Reads a value; texts without escapes and booleans need no parser.
fn read(bytes: &[u8]) -> Option<Value> {
    if let b"true" | b"false" = bytes {
        return Some(Value::Bool(bytes == b"true"));
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inner.filter(|inner| memchr::memchr(b'\\', inner.as_bytes()).is_none()) {
        Some(inner) => Some(inner.into()),
        None => serde_json::from_str(text).ok(),
    }
}

/// Returns the length of the JSON value at the start of these bytes, which must be valid JSON.
fn value_length(bytes: &[u8]) -> Option<usize> {
    match bytes.first()? {
        b'"' => text_length(bytes),
        b'{' | b'[' => {
            let (mut at, mut depth) = (0, 0);
            loop {
                match bytes.get(at)? {
                    b'"' => {
                        at += text_length(&bytes[at..])?;
                        continue;
                    }
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
                at += 1;
                if depth == 0 {
                    return Some(at);
                }
            }
        }
        _ => memchr::memchr2(b',', b'}', bytes),
    }
}

/// Returns the length of the JSON string at the start of these bytes, quotes included.
fn text_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}
