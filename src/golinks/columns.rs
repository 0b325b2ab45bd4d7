//! Finding accounts by the values of attributes: externalId, e-mail addresses, and whatever a schema calls unique.

use std::borrow::Cow;

use crate::base::index::Index;
use crate::scim::compare::fold;
use crate::scim::schema::{Attribute, Uniqueness};
use crate::scim::{Object, Path, ResourceType, Value};

/// An attribute by whose values accounts are found.
pub(super) struct Column {
    path: Path,
    exact: bool,
    unique: bool,
}

impl Column {
    /// Whether a resource has this value there.
    pub(super) fn holds(&self, resource: &Object, text: &str) -> bool {
        let mut holds = |value: &Value| text_of(value).is_some_and(|other| self.key(&other) == self.key(text));
        self.path.any(resource, &mut holds)
    }

    fn key(&self, text: &str) -> String {
        if self.exact { text.to_owned() } else { fold(text).into_owned() }
    }

    /// Whether a path leads to this attribute, whichever of its elements it chooses.
    fn is_at(&self, path: &Path) -> bool {
        let same = |a: &Option<String>, b: &Option<String>| match (a, b) {
            (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
            (None, None) => true,
            _ => false,
        };
        let part = path.sub_attribute.as_deref().unwrap_or("value");
        let core = path.schema.as_deref().is_none_or(|urn| urn.eq_ignore_ascii_case(crate::scim::urn::USER));
        self.path.attribute.eq_ignore_ascii_case(&path.attribute)
            && (same(&self.path.schema, &path.schema) || (self.path.schema.is_none() && core))
            && self.path.sub_attribute.as_deref().is_none_or(|own| own.eq_ignore_ascii_case(part))
            && (self.path.sub_attribute.is_some() || path.sub_attribute.is_none())
    }
}

/// The columns of a kind of resource, with what is found by them.
#[derive(Default)]
pub(super) struct Columns {
    columns: Vec<Column>,
    index: Index,
}

impl Columns {
    /// The columns a kind of resource asks for: what must be unique, and with `all` what is often searched for.
    pub(super) fn of(kind: &ResourceType, all: bool) -> Columns {
        let mut columns = Vec::new();
        for attribute in &kind.schema.attributes {
            let plain = |part: Option<&str>| Path {
                attribute: attribute.name.to_string(),
                sub_attribute: part.map(str::to_owned),
                ..Path::default()
            };
            match attribute.name.as_ref() {
                // The store finds it by itself.
                "userName" => {}
                "externalId" if all => columns.push(column(attribute, plain(None))),
                "emails" if all => {
                    columns.extend(attribute.part("value").map(|value| column(value, plain(Some("value")))));
                }
                _ if is_unique(attribute) => columns.push(column(attribute, plain(None))),
                _ => {}
            }
        }
        for extension in &kind.extensions {
            for attribute in extension.attributes.iter().filter(|attribute| is_unique(attribute)) {
                let schema = Some(extension.id.to_string());
                let path = Path { schema, attribute: attribute.name.to_string(), ..Path::default() };
                columns.push(column(attribute, path));
            }
        }
        Columns { columns, index: Index::default() }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Notes the values of a resource.
    pub(super) fn add(&mut self, resource: &Object, slot: u32) {
        for (nth, text) in self.values(resource) {
            self.index.insert(&(nth, text.as_str()), slot);
        }
    }

    /// Forgets the values of a resource.
    pub(super) fn remove(&mut self, resource: &Object, slot: u32) {
        for (nth, text) in self.values(resource) {
            self.index.remove(&(nth, text.as_str()), slot);
        }
    }

    /// The slots among which are all with this value at this path.
    pub(super) fn likely(&self, path: &Path, text: &str) -> Option<Vec<u32>> {
        let nth = self.columns.iter().position(|column| column.is_at(path))?;
        Some(self.likely_at(nth, &self.columns[nth].key(text)))
    }

    /// The path of a value that must be unique and that some slot `holds` already.
    pub(super) fn clash(&self, resource: &Object, holds: impl Fn(u32, &Column, &str) -> bool) -> Option<String> {
        if !self.columns.iter().any(|column| column.unique) {
            return None;
        }
        let values = self.values(resource);
        let unique = values.iter().filter(|(nth, _)| self.columns[*nth].unique);
        let mut clashes = unique.filter(|(nth, text)| {
            self.likely_at(*nth, text).into_iter().any(|slot| holds(slot, &self.columns[*nth], text))
        });
        clashes.next().map(|(nth, _)| self.columns[*nth].path.to_string())
    }

    fn likely_at(&self, nth: usize, key: &str) -> Vec<u32> {
        let mut slots = self.index.likely(&(nth, key));
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    fn values(&self, resource: &Object) -> Vec<(usize, String)> {
        let mut values = Vec::new();
        for (nth, column) in self.columns.iter().enumerate() {
            column.path.any(resource, &mut |value| {
                if let Some(text) = text_of(value) {
                    values.push((nth, column.key(&text)));
                }
                false
            });
        }
        values
    }
}

/// What a value is found by; numbers as they are written.
fn text_of(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Text(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

fn column(attribute: &Attribute, path: Path) -> Column {
    Column { path, exact: attribute.case_exact, unique: is_unique(attribute) }
}

fn is_unique(attribute: &Attribute) -> bool {
    attribute.uniqueness != Uniqueness::None
}
