//! A change request and its operations, as quirks read them.

use super::Quirks;
use crate::scim::{Error, Object, Path, Value};

/// Whether an id belongs to an account or a group.
pub(super) type Known<'a> = &'a dyn Fn(&str) -> bool;

/// A change request that is being rewritten.
pub(super) struct Change<'a> {
    pub(super) quirks: &'a Quirks,
    /// The resource as it is; empty when no quirk of [`LOOK`](super::patch::LOOK) is on.
    pub(super) current: &'a Object,
    pub(super) known: Known<'a>,
}

/// One operation of a change request, as rewritten so far.
pub(super) struct Operation<'a> {
    pub(super) change: &'a Change<'a>,
    pub(super) parts: &'a mut Object,
    /// The op word in lower case.
    pub(super) word: String,
    pub(super) side_effects: SideEffects,
}

/// The side effects of a change that succeeds.
#[derive(Default)]
pub(super) struct SideEffects {
    /// Members that are shown twice from now on (B33).
    pub(super) doubled: Vec<String>,
    /// `active` as the client sent it (B118).
    pub(super) active: Option<Value>,
    /// Values that are stored under pieces of their path (B20).
    pub(super) mangled: Vec<(String, Value)>,
}

/// How an operation is treated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OpDisposition {
    Stays,
    /// It succeeds but is not carried out.
    Dropped,
}

pub(super) type Reader = fn(&mut Operation<'_>) -> Result<OpDisposition, Error>;

impl Operation<'_> {
    /// The operation's path as the client wrote it.
    pub(super) fn path_text(&self) -> &str {
        self.parts.get("path").and_then(Value::as_text).unwrap_or_default()
    }

    /// The operation's path, when there is one that can be read.
    pub(super) fn path(&self) -> Option<Path> {
        Path::parse(self.path_text()).ok().filter(|_| !self.path_text().is_empty())
    }

    /// Whether the operation is a `remove`.
    pub(super) fn removes(&self) -> bool {
        self.word == "remove"
    }

    pub(super) fn value(&self) -> Option<&Value> {
        self.parts.get("value").filter(|value| !value.is_absent())
    }

    /// Removes an attribute's keys from a value without a path.
    pub(super) fn forget_keys(&mut self, of: impl Fn(&str) -> bool) {
        if let (true, Some(Value::Object(values))) =
            (self.path_text().is_empty(), self.parts.get_mut("value"))
        {
            values.retain(|key, _| !of(key));
        }
    }
}

/// Stores a value under the pieces of its path, like a server that splits a URN at the colons after
/// its version (B20).
pub(super) fn store_mangled(resource: &mut Object, path: &str, value: Value) {
    let Some(at) = path.find("2.0:") else { return };
    let mut place = resource;
    let mut name = &path[..at + 3];
    for next in path[at + 4..].split([':', '.']) {
        if !matches!(place.get(name), Some(Value::Object(_))) {
            place.insert(name.to_owned(), Object::new());
        }
        let Some(below) = place.get_mut(name).and_then(Value::as_object_mut) else { return };
        (place, name) = (below, next);
    }
    place.insert(name.to_owned(), value);
}
