//! A stored account: its fields, and its attributes as canonical JSON.

use std::borrow::Cow;

use super::ids::AccountId;
use crate::base::Time;
use crate::scim::Object;

/// A stored account.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// When it was created.
    pub created: Time,
    /// When it was last changed.
    pub modified: Time,
    /// How often it was changed.
    pub revision: u32,
    /// Whether its user may sign in.
    pub active: bool,
    /// Whether it was made by hand, not by SCIM.
    pub by_hand: bool,
    /// Whether SCIM can see it; a deleted account stays as a row without a name.
    pub(crate) visible: bool,
    /// Which extensions of its profile it uses, one bit for each.
    pub extensions: u8,
    pub(crate) body: Vec<u8>,
}

impl Account {
    /// Its userName, as it was written.
    pub fn user_name(&self) -> Cow<'_, str> {
        user_name(&self.body)
    }

    /// Its attributes as a JSON object, without `schemas`, `id` and `meta`; `userName` comes first.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Its attributes, parsed.
    pub fn attributes(&self) -> Object {
        Object::parse(&self.body).unwrap_or_default()
    }

    /// Replaces its attributes and reuses their memory.
    pub(crate) fn set_body(&mut self, body: &[u8]) {
        self.body.clear();
        self.body.extend_from_slice(body);
    }
}

/// The start of every body.
const BEFORE: &[u8] = b"{\"userName\":\"";

/// Returns the userName at the start of a body; it is copied only when it contains an escape.
fn user_name(body: &[u8]) -> Cow<'_, str> {
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

    #[test]
    fn a_name_is_read_from_the_start_of_a_body() {
        let names = ["ann", "Ann@x.example", "a\"n", "a\\", "a\\\"", "zo\u{eb}", "", "a\n"];
        for name in names {
            let resource = Object::from_iter([
                ("userName".into(), name.into()),
                ("title".into(), "\"x\\".into()),
            ]);
            assert_eq!(user_name(&resource.to_bytes()), name);
        }
        assert_eq!(user_name(b""), "");
    }
}
