//! The attributes that a row of the provisioning log changed [g:objsummary].

use std::borrow::Cow;
use std::sync::Arc;

use crate::entra::field::ObjectKind;
use crate::entra::mapping::{Flow, Mapping, Schema};

/// One changed attribute: old and new value.
#[derive(Clone, PartialEq, Debug)]
pub struct Modified {
    /// The target attribute.
    pub attribute: Arc<str>,
    /// The value before, when there was one.
    pub old: Option<Box<str>>,
    /// The value sent.
    pub new: Flow,
}

impl Modified {
    /// What stands for a value that logs must not show [functions: Redact].
    pub const MASK: &'static str = "[Redact]";

    /// Records the change of one mapping row, without the values of an expression with `Redact`
    /// [functions].
    pub fn new(row: &Mapping, old: Option<Box<str>>, new: Flow) -> Modified {
        let hides = row.redacts();
        let mask = || Modified::MASK.into();
        Modified {
            attribute: row.target.name.clone(),
            old: if hides { old.map(|_| mask()) } else { old },
            new: if hides && new.flows() { Flow::Text(mask().into()) } else { new },
        }
    }
}

/// All changed attributes of a row.
///
/// Most rows are never read, and most of them are about new accounts: these keep the values alone,
/// and the list is made when it is read.
#[derive(Clone, PartialEq, Debug)]
pub enum Changes {
    /// Attributes of an account that was there, or none.
    Listed(Vec<Modified>),
    /// The values of a new account.
    Created(Created),
}

/// The values of a new account, a value for each row of the mapping table.
#[derive(Clone, PartialEq, Debug)]
pub struct Created {
    /// The mappings that the values are of.
    schema: Arc<Schema>,
    values: Box<[Kept]>,
    /// The texts among the values, one after the other: a row stays long after its memory has left
    /// the caches, and one allocation is touched sooner than many.
    texts: Box<str>,
}

/// A value as it is kept.
#[derive(Clone, PartialEq, Debug)]
enum Kept {
    /// No value.
    Nothing,
    /// A text of so many bytes.
    Text(u32),
    /// A Boolean.
    Bool(bool),
    /// Any other value.
    Other(Box<Flow>),
}

impl Default for Changes {
    fn default() -> Changes {
        Changes::Listed(Vec::new())
    }
}

impl Changes {
    /// The attributes of an object of this kind, in the order of the mapping table.
    pub(super) fn list(&self, kind: ObjectKind) -> Cow<'_, [Modified]> {
        match self {
            Changes::Listed(list) => Cow::Borrowed(list),
            Changes::Created(created) => created.list(kind).collect(),
        }
    }

    /// The text that it keeps, which most rows have.
    pub(in crate::entra) fn text(&self) -> Option<&str> {
        match self {
            Changes::Listed(_) => None,
            Changes::Created(created) => Some(&created.texts),
        }
    }
}

impl Created {
    /// Keeps the values of an account.
    pub(super) fn new(schema: Arc<Schema>, values: Vec<Flow>) -> Created {
        let text = |value: &Flow| match value {
            Flow::Text(text) => text.len(),
            _ => 0,
        };
        let mut texts = String::with_capacity(values.iter().map(text).sum());
        let mut keep = |value: Flow| match value {
            Flow::Text(text) => {
                texts.push_str(&text);
                Kept::Text(text.len() as u32)
            }
            Flow::Null | Flow::Ignored => Kept::Nothing,
            Flow::Bool(value) => Kept::Bool(value),
            other => Kept::Other(Box::new(other)),
        };
        // Collected, they would be put where the longer values were, and moved to be cut.
        let mut kept = Vec::with_capacity(values.len());
        values.into_iter().for_each(|value| kept.push(keep(value)));
        Created { schema, values: kept.into(), texts: texts.into() }
    }

    fn list(&self, kind: ObjectKind) -> impl Iterator<Item = Modified> {
        let mut texts = &*self.texts;
        let values = self.values.iter().map(move |value| match value {
            Kept::Text(length) => {
                let (text, rest) = texts.split_at(*length as usize);
                texts = rest;
                Flow::Text(text.into())
            }
            Kept::Nothing => Flow::Null,
            Kept::Bool(value) => Flow::Bool(*value),
            Kept::Other(value) => (**value).clone(),
        });
        let written = self.schema.mapping(kind).rows().iter().zip(values);
        let written = written.filter(|(_, new)| new.flows());
        written.map(|(row, new)| Modified::new(row, None, new))
    }
}
