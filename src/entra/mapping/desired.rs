//! What an account should look like: one value a mapping row, taken from a user at one instant.

use super::{Mappings, Source};
use crate::entra::tenant::User;

/// The value of one mapping row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Flow {
    /// Nothing flows: nulls are not provisioned outbound [known-issues].
    Null,
    /// A text.
    Text(Box<str>),
    /// A Boolean.
    Bool(bool),
}

impl Flow {
    /// The value as logs print it; `None` for null.
    pub fn shown(&self) -> Option<&str> {
        match self {
            Flow::Null => None,
            Flow::Text(text) => Some(text),
            Flow::Bool(true) => Some("True"),
            Flow::Bool(false) => Some("False"),
        }
    }
}

/// The values of all mapping rows for one user, in the order of the table.
///
/// It is a snapshot: what is written is what was imported, even when the user changes between two requests.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Desired {
    values: Vec<Flow>,
}

impl Desired {
    /// Maps a user; `active` is the negation of the computed `IsSoftDeleted`.
    pub fn of(mappings: &Mappings, user: &User, active: bool) -> Desired {
        let values = mappings.rows().iter().map(|row| match row.source {
            Source::Active => Flow::Bool(active),
            Source::Attribute(attribute) => match user.get(attribute) {
                Some(text) if !text.is_empty() => Flow::Text(text.into()),
                _ => Flow::Null,
            },
        });
        Desired { values: values.collect() }
    }

    /// The value of a row.
    pub fn get(&self, row: usize) -> &Flow {
        self.values.get(row).unwrap_or(&Flow::Null)
    }

    /// The first matching row that has a value, and that value [customize-attr: tried in order].
    pub fn matching<'a>(&'a self, mappings: &Mappings, from: usize) -> Option<(usize, &'a str)> {
        mappings.matching().iter().enumerate().skip(from).find_map(|(nth, &row)| match self.get(row) {
            Flow::Text(text) => Some((nth, &**text)),
            _ => None,
        })
    }

    /// The values, for the log of what was written.
    pub fn into_values(self) -> Vec<Flow> {
        self.values
    }
}
