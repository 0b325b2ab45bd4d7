//! The filter language of RFC 7644 3.4.2.2: one tree, which prints itself back as it was read.
//!
//! Value paths are no second tree: the part in brackets is a [`Filter`] within a [`Path`].

use std::fmt;

use super::compare::compare;
use super::parse::Parser;
use super::path::Path;
use super::value::{Object, Value};

/// Why a filter or a path could not be read, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FilterError {
    /// What is wrong, in one line.
    pub message: String,
    /// The byte at which it was noticed.
    pub at: usize,
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at character {})", self.message, self.at + 1)
    }
}

impl std::error::Error for FilterError {}

/// How an attribute is compared with a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Greater than.
    Gt,
    /// Greater than or equal.
    Ge,
    /// Less than.
    Lt,
    /// Less than or equal.
    Le,
}

impl Operator {
    /// Every operator with its word.
    pub const WORDS: [(&'static str, Operator); 9] = [
        ("eq", Operator::Eq),
        ("ne", Operator::Ne),
        ("co", Operator::Co),
        ("sw", Operator::Sw),
        ("ew", Operator::Ew),
        ("gt", Operator::Gt),
        ("ge", Operator::Ge),
        ("lt", Operator::Lt),
        ("le", Operator::Le),
    ];

    /// Its word on the wire.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, operator)| *operator == self).map_or("eq", |(word, _)| word)
    }

    /// The operator of a word in any case (RFC 7644 3.4.2.2).
    pub fn parse(word: &str) -> Option<Operator> {
        Self::WORDS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(word))
            .map(|(_, operator)| *operator)
    }
}

/// A filter as a tree.
#[derive(Clone, PartialEq, Debug)]
pub enum Filter {
    /// `attribute op value`; the value is a string, a number, a boolean or null.
    Compare(Path, Operator, Value),
    /// `attribute pr`, and `attribute[…]`: some element meets the filter in brackets.
    Present(Path),
    /// All hold; at least two.
    And(Vec<Filter>),
    /// At least one holds; at least two.
    Or(Vec<Filter>),
    /// `not (…)`
    Not(Box<Filter>),
}

impl Filter {
    /// How deeply parentheses, brackets and `not` may be nested (assumed; RFC 7644 leaves it to the
    /// server).
    pub const DEPTH_MAX: usize = 32;

    /// Reads a filter.
    ///
    /// # Errors
    /// What is wrong and where; also when it is nested more deeply than [`Filter::DEPTH_MAX`].
    pub fn parse(text: &str) -> Result<Filter, FilterError> {
        Parser::new(text).whole_filter()
    }

    /// Whether a resource, or an element of a multi-valued attribute, meets the filter.
    ///
    /// Of a multi-valued attribute any value may meet it (RFC 7644 3.4.2.2); text is compared
    /// without case but for the attributes RFC 7643 calls exact, such as `id` and `externalId`.
    pub fn matches(&self, object: &Object) -> bool {
        match self {
            Filter::And(all) => all.iter().all(|filter| filter.matches(object)),
            Filter::Or(any) => any.iter().any(|filter| filter.matches(object)),
            Filter::Not(inner) => !inner.matches(object),
            Filter::Present(path) => path.any(object, &mut |value| is_present(value)),
            Filter::Compare(path, operator, wanted) => {
                matches_value(path, *operator, wanted, object)
            }
        }
    }

    /// Whether an element of a multi-valued attribute meets the filter; one without parts is its
    /// own `value` (RFC 7643 2.4).
    pub(super) fn chooses(&self, element: &Value) -> bool {
        match element {
            Value::Object(parts) => self.matches(parts),
            Value::Null | Value::List(_) => false,
            simple => self.matches(&Object::from_iter([("value".into(), simple.clone())])),
        }
    }

    /// Whether it holds, when each comparison in it is decided by the caller.
    pub fn matches_by(&self, holds: &mut dyn FnMut(&Filter) -> bool) -> bool {
        match self {
            Filter::And(all) => all.iter().all(|filter| filter.matches_by(holds)),
            Filter::Or(any) => any.iter().any(|filter| filter.matches_by(holds)),
            Filter::Not(inner) => !inner.matches_by(holds),
            Filter::Present(_) | Filter::Compare(..) => holds(self),
        }
    }

    /// How many comparisons it is made of, which is what it costs to try it.
    pub fn size(&self) -> usize {
        match self {
            Filter::And(parts) | Filter::Or(parts) => parts.iter().map(Filter::size).sum(),
            Filter::Not(inner) => inner.size(),
            Filter::Present(path) | Filter::Compare(path, ..) => {
                1 + path.filter.as_ref().map_or(0, |filter| filter.size())
            }
        }
    }

    /// The values an element must have to meet this filter, when it says so by a few `eq` alone;
    /// else `None`.
    pub fn own_values(&self) -> Option<Vec<(&str, &Value)>> {
        match self {
            Filter::Compare(path, Operator::Eq, value) if path.is_plain() => {
                Some(vec![(&path.attribute, value)])
            }
            Filter::And(all) if all.len() <= 16 => {
                let mut values = Vec::new();
                for filter in all {
                    values.extend(filter.own_values()?);
                }
                Some(values)
            }
            _ => None,
        }
    }
}

fn matches_value(path: &Path, operator: Operator, wanted: &Value, object: &Object) -> bool {
    let exact = path.is_case_exact();
    let absent = || !path.any(object, &mut |value| is_present(value));
    match (operator, wanted) {
        (Operator::Eq, Value::Null) => absent(),
        (Operator::Ne, Value::Null) => !absent(),
        (Operator::Ne, _) => {
            absent() || path.any(object, &mut |value| compare(value, operator, wanted, exact))
        }
        _ => path.any(object, &mut |value| compare(value, operator, wanted, exact)),
    }
}

fn is_present(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Text(text) => !text.is_empty(),
        Value::List(items) => items.iter().any(is_present),
        Value::Object(object) => object.iter().any(|(_, value)| is_present(value)),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Filter::Compare(path, operator, value) => {
                write!(f, "{path} {} {value}", operator.word())
            }
            Filter::Present(path) if path.filter.is_some() && path.sub_attribute.is_none() => {
                write!(f, "{path}")
            }
            Filter::Present(path) => write!(f, "{path} pr"),
            Filter::And(all) => {
                write_joined(f, all, " and ", |part| matches!(part, Filter::And(_) | Filter::Or(_)))
            }
            Filter::Or(any) => write_joined(f, any, " or ", |part| matches!(part, Filter::Or(_))),
            Filter::Not(inner) => write!(f, "not ({inner})"),
        }
    }
}

fn write_joined(
    f: &mut fmt::Formatter<'_>,
    parts: &[Filter],
    word: &str,
    needs_parentheses: fn(&Filter) -> bool,
) -> fmt::Result {
    for (nth, part) in parts.iter().enumerate() {
        if nth > 0 {
            f.write_str(word)?;
        }
        match needs_parentheses(part) {
            true => write!(f, "({part})")?,
            false => write!(f, "{part}")?,
        }
    }
    Ok(())
}
