//! An account at rest: one piece of memory, a head of fixed size and the canonical JSON behind it.
//!
//! Of a million accounts any one has left the caches. Whoever reads it waits for where it lies and
//! for the account itself, and would wait once more for a body elsewhere.

use std::borrow::Cow;

use crate::base::Time;
use crate::golinks::store::ids::AccountId;
use crate::scim::Object;

/// An account at rest, as it is read.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// Its id.
    pub id: AccountId,
    /// When it was created.
    pub created: Time,
    /// When it was last changed.
    pub modified: Time,
    /// How often it was changed.
    pub revision: u32,
    /// Whether its person may sign in.
    pub active: bool,
    /// Whether it was made by hand, not by SCIM.
    pub by_hand: bool,
    /// Whether SCIM can see it; a deleted account stays as a row without a name.
    pub(crate) visible: bool,
    /// Which extensions of its profile it uses, a bit each.
    pub extensions: u8,
    pub(crate) body: &'a [u8],
}

impl<'a> Account<'a> {
    /// Its userName, as it was written.
    pub fn user_name(&self) -> Cow<'a, str> {
        user_name(self.body)
    }

    /// Its attributes as a JSON object, without `schemas`, `id` and `meta`; `userName` comes first.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// Its attributes, parsed.
    pub fn attributes(&self) -> Object {
        Object::parse(self.body).unwrap_or_default()
    }

    /// The same with another body.
    pub(crate) fn with_body(self, body: &[u8]) -> Account<'_> {
        let Account {
            id, created, modified, revision, active, by_hand, visible, extensions, ..
        } = self;
        Account { id, created, modified, revision, active, by_hand, visible, extensions, body }
    }
}

/// The memory of an account.
#[derive(Clone)]
pub(crate) struct PackedAccount(Box<[u8]>);

/// Id, both instants, revision, length of the body, extensions, what holds of it.
const HEAD: usize = 8 + 8 + 8 + 4 + 4 + 1 + 1;

const ACTIVE: u8 = 1;
const BY_HAND: u8 = 2;
const VISIBLE: u8 = 4;

impl PackedAccount {
    /// Lays an account down.
    pub(crate) fn new(account: Account<'_>) -> PackedAccount {
        let size = room_for(HEAD + account.body.len());
        let mut bytes = Vec::with_capacity(size);
        bytes.extend_from_slice(&head_of(&account));
        bytes.extend_from_slice(account.body);
        bytes.resize(size, 0);
        PackedAccount(bytes.into())
    }

    /// Lays an account down where another one lay, if that has the room: memory in use is at hand,
    /// other memory is not.
    pub(crate) fn set(&mut self, account: Account<'_>) {
        let end = HEAD + account.body.len();
        if self.0.len() != room_for(end) {
            *self = PackedAccount::new(account);
            return;
        }
        self.0[..HEAD].copy_from_slice(&head_of(&account));
        self.0[HEAD..end].copy_from_slice(account.body);
    }

    /// The account.
    pub(crate) fn read(&self) -> Account<'_> {
        let (head, rest) = self.0.split_first_chunk().unwrap_or((&[0; HEAD], &[]));
        let [extensions, holds] = [head[32], head[33]];
        let [revision, length] = [half(head, 24), half(head, 28)];
        Account {
            id: AccountId(word(head, 0)),
            created: Time::from_micros(word(head, 8) as i64),
            modified: Time::from_micros(word(head, 16) as i64),
            revision,
            active: holds & ACTIVE != 0,
            by_hand: holds & BY_HAND != 0,
            visible: holds & VISIBLE != 0,
            extensions,
            body: rest.get(..length as usize).unwrap_or_default(),
        }
    }
}

fn head_of(account: &Account<'_>) -> [u8; HEAD] {
    let mut head = [0; HEAD];
    head[..8].copy_from_slice(&account.id.0.to_le_bytes());
    head[8..16].copy_from_slice(&account.created.as_micros().to_le_bytes());
    head[16..24].copy_from_slice(&account.modified.as_micros().to_le_bytes());
    head[24..28].copy_from_slice(&account.revision.to_le_bytes());
    head[28..32].copy_from_slice(&(account.body.len() as u32).to_le_bytes());
    head[32] = account.extensions;
    let bit = |holds: bool, bit: u8| if holds { bit } else { 0 };
    head[33] =
        bit(account.active, ACTIVE) | bit(account.by_hand, BY_HAND) | bit(account.visible, VISIBLE);
    head
}

fn word(head: &[u8; HEAD], at: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&head[at..at + 8]);
    u64::from_le_bytes(bytes)
}

fn half(head: &[u8; HEAD], at: usize) -> u32 {
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&head[at..at + 4]);
    u32::from_le_bytes(bytes)
}

/// What an allocator sets aside for so many bytes in any case: the next quarter of a power of two.
fn room_for(bytes: usize) -> usize {
    let quarter = (bytes.max(64) - 1).ilog2().saturating_sub(2);
    bytes.next_multiple_of(1 << quarter)
}

/// What a body begins with.
const BEFORE: &[u8] = b"{\"userName\":\"";

/// Whether it can be seen at once that the userName of a body is this one, but for the case of
/// ASCII letters.
pub(crate) fn has_name(body: &[u8], name: &str) -> bool {
    let there = body.strip_prefix(BEFORE).and_then(|inner| inner.split_at_checked(name.len()));
    there.is_some_and(|(text, after)| {
        after.first() == Some(&b'"') && text.eq_ignore_ascii_case(name.as_bytes())
    }) && memchr::memchr2(b'"', b'\\', name.as_bytes()).is_none()
}

/// Whether it can be seen at once that two bodies have one userName, written in the same way.
pub(crate) fn begin_alike(body: &[u8], other: &[u8]) -> bool {
    let end = body.get(BEFORE.len()..).and_then(|inner| memchr::memchr2(b'"', b'\\', inner));
    let name = end.and_then(|end| body.get(..=BEFORE.len() + end)).unwrap_or(b"\\");
    name.ends_with(b"\"") && other.starts_with(name)
}

/// The userName of a body, which begins with it; copied only when it holds an escape.
pub(crate) fn user_name(body: &[u8]) -> Cow<'_, str> {
    let Some(inner) = body.strip_prefix(BEFORE) else { return Cow::Borrowed("") };
    let end = memchr::memchr2(b'"', b'\\', inner).unwrap_or(inner.len());
    if inner.get(end) == Some(&b'"') {
        return Cow::Borrowed(std::str::from_utf8(&inner[..end]).unwrap_or_default());
    }
    let mut reader =
        serde_json::Deserializer::from_slice(&body[BEFORE.len() - 1..]).into_iter::<String>();
    Cow::Owned(reader.next().and_then(Result::ok).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scim::compare::{fold, same_folded};

    fn body(name: &str) -> bytes::Bytes {
        Object::from_iter([("userName".into(), name.into())]).to_bytes()
    }

    #[test]
    fn a_name_is_seen_at_once_or_read() {
        let names = [
            "ann",
            "ANN",
            "Ann@x.example",
            "a\"n",
            "a\\",
            "a\\\"",
            "zo\u{eb}",
            "ZO\u{cb}",
            "",
            "an",
            "annn",
            "a\n",
        ];
        for name in names {
            for other in names {
                let same = fold(name) == fold(other);
                let (body, other_body) = (body(name), body(other));
                assert_eq!(
                    same_folded(&user_name(&body), &fold(other)),
                    same,
                    "{name:?} {other:?}"
                );
                assert!(same || !has_name(&body, &fold(other)), "{name:?} {other:?}");
                assert!(name == other || !begin_alike(&body, &other_body), "{name:?} {other:?}");
            }
        }
        assert!(has_name(&body("Ann@x.example"), "ann@x.example"));
        assert!(begin_alike(&body("Ann"), br#"{"userName":"Ann","active":true}"#));
    }

    #[test]
    fn what_is_laid_down_is_read_again_and_lies_where_it_lay_if_it_can() {
        let account = |length: usize, body: &'static [u8]| Account {
            id: AccountId(123_456_789_012_345),
            created: Time::from_micros(-7),
            modified: Time::from_micros(i64::MAX),
            revision: u32::MAX - length as u32,
            active: length.is_multiple_of(2),
            by_hand: length.is_multiple_of(3),
            visible: length.is_multiple_of(5),
            extensions: length as u8,
            body: &body[..length],
        };
        let mut resting = PackedAccount::new(account(500, &[1; 500]));
        for (length, same) in [
            (512, true),
            (640, false),
            (607, true),
            (600, false),
            (0, false),
            (2, true),
            (60, false),
        ] {
            let before = resting.0.as_ptr();
            let account = account(length, &[b'x'; 640]);
            resting.set(account);
            assert_eq!(format!("{:?}", resting.read()), format!("{account:?}"));
            assert_eq!(before == resting.0.as_ptr(), same, "{length}");
        }
        let sizes: Vec<usize> = [1, 64, 65, 81, 129, 500, 513, 641, 1025].map(room_for).into();
        assert_eq!(sizes, [8, 64, 80, 96, 160, 512, 640, 768, 1280]);
    }
}
