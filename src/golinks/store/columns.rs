//! Finds resources by the values of attributes: externalId, e-mail addresses, and every attribute
//! that a schema calls unique.

use std::borrow::Cow;

use crate::base::index::Index;
use crate::scim::compare::fold;
use crate::scim::schema::{Attribute, Uniqueness};
use crate::scim::{Object, Path, ResourceType, Value, urn};

/// An attribute by whose values resources are found.
pub(crate) struct Column {
    path: Path,
    exact: bool,
    unique: bool,
}

impl Column {
    /// Whether a resource has this value at the column's path.
    pub(crate) fn holds(&self, resource: &Object, text: &str) -> bool {
        let key = self.key(text);
        self.path
            .any(resource, &mut |value| text_of(value).is_some_and(|other| self.key(&other) == key))
    }

    fn key<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.exact { Cow::Borrowed(text) } else { fold(text) }
    }

    /// Whether a path leads to this attribute, with or without a filter on its elements.
    fn is_at(&self, path: &Path) -> bool {
        let same = |a: &Option<String>, b: &Option<String>| match (a, b) {
            (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
            (None, None) => true,
            _ => false,
        };
        let part = path.sub_attribute.as_deref().unwrap_or("value");
        let core = path.schema.as_deref().is_none_or(|urn| urn.eq_ignore_ascii_case(urn::USER));
        self.path.attribute.eq_ignore_ascii_case(&path.attribute)
            && (same(&self.path.schema, &path.schema) || (self.path.schema.is_none() && core))
            && self.path.sub_attribute.as_deref().is_none_or(|own| own.eq_ignore_ascii_case(part))
            && (self.path.sub_attribute.is_some() || path.sub_attribute.is_none())
    }
}

/// The columns of a kind of resource, with their index.
#[derive(Default)]
pub(crate) struct Columns {
    columns: Vec<Column>,
    index: Index,
}

impl Columns {
    /// Makes the columns of a kind of resource: the unique attributes, and with `all` also
    /// attributes that are often searched for.
    pub(crate) fn of(kind: &ResourceType, all: bool) -> Columns {
        let mut columns = Vec::new();
        // The store has an index of its own for this attribute.
        let named = if kind.schema.id == urn::GROUP { "displayName" } else { "userName" };
        for attribute in kind.schema.attributes.iter().filter(|attribute| attribute.name != named) {
            each_of(None, attribute, all, &mut columns);
        }
        for extension in &kind.extensions {
            for attribute in &extension.attributes {
                each_of(Some(&extension.id), attribute, false, &mut columns);
            }
        }
        Columns { columns, index: Index::default() }
    }

    /// Whether there are no columns.
    pub(crate) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Adds the values of a resource to the index.
    pub(crate) fn add(&mut self, resource: &Object, slot: u32) {
        each_value(&self.columns, resource, &mut |nth, text| self.index.insert(&(nth, text), slot));
    }

    /// Removes the values of a resource from the index.
    pub(crate) fn remove(&mut self, resource: &Object, slot: u32) {
        each_value(&self.columns, resource, &mut |nth, text| {
            self.index.remove(&(nth, text), slot);
        });
    }

    /// Returns the slots of the candidates, among which are all resources with this value at this
    /// path.
    pub(crate) fn likely(&self, path: &Path, text: &str) -> Option<Vec<u32>> {
        let nth = self.columns.iter().position(|column| column.is_at(path))?;
        Some(self.likely_at(nth, &self.columns[nth].key(text)))
    }

    /// Returns the path of a value that must be unique and that another slot `holds` already.
    pub(crate) fn clash(
        &self,
        resource: &Object,
        holds: impl Fn(u32, &Column, &str) -> bool,
    ) -> Option<String> {
        if !self.columns.iter().any(|column| column.unique) {
            return None;
        }
        let mut clash = None;
        each_value(&self.columns, resource, &mut |nth, text| {
            let column = &self.columns[nth];
            if clash.is_none() && column.unique {
                let held =
                    self.likely_at(nth, text).into_iter().any(|slot| holds(slot, column, text));
                clash = held.then_some(column);
            }
        });
        clash.map(|column| column.path.to_string())
    }

    fn likely_at(&self, nth: usize, key: &str) -> Vec<u32> {
        let mut slots = self.index.likely(&(nth, key));
        slots.dedup();
        slots
    }
}

/// Passes the key of each value of a resource to `act`, with the number of its column.
fn each_value(columns: &[Column], resource: &Object, act: &mut dyn FnMut(usize, &str)) {
    for (nth, column) in columns.iter().enumerate() {
        column.path.any(resource, &mut |value| {
            if let Some(text) = text_of(value) {
                act(nth, &column.key(&text));
            }
            false
        });
    }
}

/// Returns the text by which a value is found; for a number, its digits.
fn text_of(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Text(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// Appends the columns of an attribute: for its own values, and for those of its parts.
fn each_of(schema: Option<&str>, attribute: &Attribute, all: bool, columns: &mut Vec<Column>) {
    let mut column = |of: &Attribute, sub_attribute: Option<String>| {
        let (schema, attribute) = (schema.map(str::to_owned), attribute.name.to_string());
        let path = Path { schema, attribute, sub_attribute, ..Path::default() };
        columns.push(Column { path, exact: of.case_exact, unique: is_unique(of) });
    };
    if is_unique(attribute) || all && attribute.name == "externalId" {
        column(attribute, None);
    }
    for part in &attribute.sub {
        if is_unique(part) || all && attribute.name == "emails" && part.name == "value" {
            column(part, Some(part.name.to_string()));
        }
    }
}

fn is_unique(attribute: &Attribute) -> bool {
    attribute.uniqueness != Uniqueness::None
}
