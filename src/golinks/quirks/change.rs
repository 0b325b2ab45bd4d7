//! A change request and its operations, as quirks read them.

use super::Quirks;
use crate::scim::{Error, Object, Path, Value};

/// Whether an account stands behind an id.
pub(super) type Known<'a> = &'a dyn Fn(&str) -> bool;

/// A change request on its way to a resource.
pub(super) struct Change<'a> {
    pub(super) quirks: &'a Quirks,
    /// The resource as it is; empty when no quirk of [`LOOK`](super::patch::LOOK) is on.
    pub(super) current: &'a Object,
    pub(super) known: Known<'a>,
}

/// One operation of it, as it is read so far.
pub(super) struct Operation<'a> {
    pub(super) change: &'a Change<'a>,
    pub(super) parts: &'a mut Object,
    /// The op word in lower case.
    pub(super) word: String,
    pub(super) side_effects: SideEffects,
}

/// What a change leaves behind when it succeeds, beside what it changes.
#[derive(Default)]
pub(super) struct SideEffects {
    /// Members to be shown twice from now on (B33).
    pub(super) doubled: Vec<String>,
    /// `active` as it came (B118).
    pub(super) active: Option<Value>,
    /// What is stored below pieces of its path (B20).
    pub(super) mangled: Vec<(String, Value)>,
}

/// What becomes of an operation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OpDisposition {
    Stays,
    /// It succeeds and is not carried out.
    Dropped,
}

pub(super) type Reader = fn(&mut Operation<'_>) -> Result<OpDisposition, Error>;

impl Operation<'_> {
    /// Its path as it is written.
    pub(super) fn path_text(&self) -> &str {
        self.parts.get("path").and_then(Value::as_text).unwrap_or_default()
    }

    /// Its path, when it has one that can be read.
    pub(super) fn path(&self) -> Option<Path> {
        Path::parse(self.path_text()).ok().filter(|_| !self.path_text().is_empty())
    }

    /// Whether it removes.
    pub(super) fn removes(&self) -> bool {
        self.word == "remove"
    }

    pub(super) fn value(&self) -> Option<&Value> {
        self.parts.get("value").filter(|value| !value.is_absent())
    }

    /// Takes away what a value without path says of an attribute.
    pub(super) fn forget_keys(&mut self, of: impl Fn(&str) -> bool) {
        if let (true, Some(Value::Object(values))) =
            (self.path_text().is_empty(), self.parts.get_mut("value"))
        {
            values.retain(|key, _| !of(key));
        }
    }
}

/// Stores a value below the pieces of its path, as a server does that splits a URN at the colons
/// after its version (B20).
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
