//! Writes a resource as a client reads it, straight from the stored bytes.

use crate::base::Time;
use crate::golinks::store::account::Account;
use crate::golinks::store::members::Member;
use crate::scim::ResourceType;

/// The pieces of JSON that all resources of a kind share.
pub(crate) struct Renderer {
    /// The beginning of a resource for each set of extensions: everything before the id.
    heads: Vec<Vec<u8>>,
    /// The piece between the attributes of a resource and the instant of its creation.
    meta: Vec<u8>,
    /// The address of the collection, escaped for a JSON string.
    location: String,
}

/// The renderers of both kinds of resources.
pub(crate) struct Renderers {
    pub(crate) users: Renderer,
    pub(crate) groups: Renderer,
}

impl Renderers {
    /// Appends a member as an element of `members`.
    pub(crate) fn write_member(&self, member: Member, out: &mut Vec<u8>) {
        let (renderer, id, kind) = match member {
            Member::User(id) => (&self.users, id.0, "User"),
            Member::Group(id) => (&self.groups, id.0, "Group"),
        };
        renderer.write_reference(id, out);
        out.extend_from_slice(b",\"type\":\"");
        out.extend_from_slice(kind.as_bytes());
        out.extend_from_slice(b"\"}");
    }
}

/// A resource as stored, whatever its kind.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub(crate) id: u64,
    pub(crate) created: Time,
    pub(crate) modified: Time,
    /// Its attributes as a JSON object that is not empty.
    pub(crate) body: &'a [u8],
    pub(crate) extensions: u8,
    /// Its version, when versions are shown.
    pub(crate) version: Option<u64>,
}

impl<'a> From<&'a Account> for Parts<'a> {
    fn from(account: &'a Account) -> Parts<'a> {
        Parts {
            id: account.id.0,
            created: account.created,
            modified: account.modified,
            body: account.body(),
            extensions: account.extensions,
            version: None,
        }
    }
}

impl Renderer {
    pub(crate) fn new(kind: &ResourceType, base_url: &str) -> Renderer {
        let head = |used: usize| {
            let extensions =
                kind.extensions.iter().enumerate().filter(|(nth, _)| used & (1 << nth) != 0);
            let urns: Vec<&str> = std::iter::once(kind.schema.id.as_ref())
                .chain(extensions.map(|(_, schema)| schema.id.as_ref()))
                .collect();
            format!("{{\"schemas\":{},\"id\":\"", serde_json::json!(urns)).into_bytes()
        };
        let location = serde_json::json!(format!("{base_url}{}/", kind.endpoint)).to_string();
        Renderer {
            heads: (0..1usize << kind.extensions.len().min(8)).map(head).collect(),
            meta: format!(",\"meta\":{{\"resourceType\":\"{}\",\"created\":\"", kind.name)
                .into_bytes(),
            location: location.trim_matches('"').to_owned(),
        }
    }

    /// Returns how many bytes [`Renderer::write_with`] appends when `more` appends nothing; not
    /// exact for instants before 1970 or after 9999.
    pub(crate) fn size(&self, parts: &Parts<'_>) -> usize {
        let version =
            if parts.version.is_some() { VERSION[0].len() + 16 + VERSION[1].len() } else { 0 };
        self.head(parts.extensions).len()
            + parts.body.len()
            + self.meta.len()
            + 2 * INSTANT
            + LAST_MODIFIED.len()
            + LOCATION.len()
            + self.location.len()
            + 2 * ID
            + version
            + END.len()
    }

    /// Appends a resource.
    pub(crate) fn write(&self, account: &Account, out: &mut Vec<u8>) {
        self.write_with(account.into(), out, |_| ());
    }

    /// Appends a resource; `more` appends attributes that are not in its body, each with a comma
    /// before it.
    pub(crate) fn write_with(
        &self,
        parts: Parts<'_>,
        out: &mut Vec<u8>,
        more: impl FnOnce(&mut Vec<u8>),
    ) {
        let id = digits(parts.id);
        out.extend_from_slice(self.head(parts.extensions));
        out.extend_from_slice(&id);
        out.extend_from_slice(b"\",");
        out.extend_from_slice(&parts.body[1..parts.body.len() - 1]);
        more(out);
        out.extend_from_slice(&self.meta);
        let created = out.len();
        parts.created.write_rfc3339(out);
        let written = created..out.len();
        out.extend_from_slice(LAST_MODIFIED);
        match parts.modified == parts.created {
            // Of a new resource, which is shown most often, both are one text.
            true => out.extend_from_within(written),
            false => parts.modified.write_rfc3339(out),
        }
        out.extend_from_slice(LOCATION);
        out.extend_from_slice(self.location.as_bytes());
        out.extend_from_slice(&id);
        if let Some(version) = parts.version {
            out.extend_from_slice(VERSION[0].as_bytes());
            out.extend_from_slice(&hex(version));
            out.extend_from_slice(VERSION[1].as_bytes());
        }
        out.extend_from_slice(END);
    }

    fn head(&self, extensions: u8) -> &[u8] {
        self.heads.get(usize::from(extensions)).map_or(&[], |head| head)
    }

    /// Returns the address of the resource with this id.
    pub(crate) fn location_of(&self, id: u64) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.location.len() + 15);
        self.write_location(id, &mut out);
        out
    }

    /// Appends the beginning of an object that refers to a resource.
    pub(crate) fn write_reference(&self, id: u64, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"value\":\"");
        write_id(id, out);
        out.extend_from_slice(b"\",\"$ref\":\"");
        self.write_location(id, out);
        out.push(b'"');
    }

    /// Appends the address of the resource with this id, escaped for a JSON string.
    pub(crate) fn write_location(&self, id: u64, out: &mut Vec<u8>) {
        out.extend_from_slice(self.location.as_bytes());
        write_id(id, out);
    }
}

/// The pieces after the two instants of `meta`.
const LAST_MODIFIED: &[u8] = b"\",\"lastModified\":\"";
const LOCATION: &[u8] = b"\",\"location\":\"";

/// The length of an instant such as `2026-03-02T08:00:00Z`.
const INSTANT: usize = 20;

/// The length of an id.
const ID: usize = 15;

/// The pieces before and after the digits of a version.
const VERSION: [&str; 2] = ["\",\"version\":\"W/\\\"", "\\\""];

/// The end of a resource.
const END: &[u8] = b"\"}}";

/// Appends an id as its fifteen digits.
fn write_id(id: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(&digits(id));
}

/// An id as its fifteen digits.
pub(crate) fn digits(id: u64) -> [u8; ID] {
    let mut text = [b'0'; ID];
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(id).bytes().rev();
    text.iter_mut().rev().zip(digits).for_each(|(place, digit)| *place = digit);
    text
}

/// A version as its sixteen hexadecimal digits.
pub(crate) fn hex(version: u64) -> [u8; 16] {
    let mut text = [0; 16];
    for (at, place) in text.iter_mut().enumerate() {
        *place = b"0123456789abcdef"[(version >> (60 - 4 * at) & 15) as usize];
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_written_as_the_formatter_has_them() {
        for nth in 0..20_000u64 {
            let number = xxhash_rust::xxh3::xxh3_64(&nth.to_le_bytes());
            assert_eq!(hex(number), *format!("{number:016x}").as_bytes());
            let id = (number % 1_000_000_000_000_000) >> (nth % 50);
            assert_eq!(digits(id), *format!("{id:015}").as_bytes());
        }
    }

    #[test]
    fn the_size_is_what_is_written() {
        let kind = crate::golinks::settings::profile::users(&crate::golinks::Settings::default());
        let renderer = Renderer::new(&kind, "https://golinks.example/scim/v2");
        for (version, extensions) in [(None, 0), (Some(7), 0), (None, 1), (Some(u64::MAX), 1)] {
            let at = Time::from_secs(1);
            let body = br#"{"userName":"ann"}"#;
            let parts = Parts { id: 7, created: at, modified: at, body, extensions, version };
            let mut out = Vec::new();
            renderer.write_with(parts, &mut out, |_| ());
            assert_eq!(out.len(), renderer.size(&parts), "{version:?} {extensions}");
        }
    }
}
