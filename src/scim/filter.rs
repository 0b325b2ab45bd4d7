//! Tests a resource against a filter (RFC 7644 3.4.2.2).

use super::compare::compare;
use super::syntax::Path;
use super::value::{Object, Value};

pub use super::syntax::{Filter, FilterError, Operator};

impl Filter {
    /// How deeply parentheses, brackets and `not` may be nested (assumed; RFC 7644 leaves it to the
    /// server).
    pub const DEPTH_MAX: usize = 32;

    /// Whether a resource, or an element of a multi-valued attribute, meets the filter.
    ///
    /// One matching value of a multi-valued attribute is enough (RFC 7644 3.4.2.2). Text is
    /// compared without case, except in the attributes that RFC 7643 calls exact, such as `id` and
    /// `externalId`.
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

    /// Whether an element of a multi-valued attribute meets the filter; an element without parts is
    /// its own `value` (RFC 7643 2.4).
    pub(super) fn chooses(&self, element: &Value) -> bool {
        match element {
            Value::Object(parts) => self.matches(parts),
            Value::Null | Value::List(_) => false,
            simple => self.matches(&Object::from_iter([("value".into(), simple.clone())])),
        }
    }

    /// Whether the filter holds when the caller decides each comparison in it.
    pub fn matches_by(&self, holds: &mut dyn FnMut(&Filter) -> bool) -> bool {
        match self {
            Filter::And(all) => all.iter().all(|filter| filter.matches_by(holds)),
            Filter::Or(any) => any.iter().any(|filter| filter.matches_by(holds)),
            Filter::Not(inner) => !inner.matches_by(holds),
            Filter::Present(_) | Filter::Compare(..) => holds(self),
        }
    }

    /// Counts the comparisons of the filter: the cost of trying it once.
    pub fn size(&self) -> usize {
        match self {
            Filter::And(parts) | Filter::Or(parts) => parts.iter().map(Filter::size).sum(),
            Filter::Not(inner) => inner.size(),
            Filter::Present(path) | Filter::Compare(path, ..) => {
                1 + path.filter.as_ref().map_or(0, |filter| filter.size())
            }
        }
    }

    /// The length of all texts that the filter compares with, in bytes.
    pub fn length(&self) -> usize {
        match self {
            Filter::And(parts) | Filter::Or(parts) => parts.iter().map(Filter::length).sum(),
            Filter::Not(inner) => inner.length(),
            Filter::Present(path) | Filter::Compare(path, ..) => {
                let wanted = match self {
                    Filter::Compare(_, _, Value::Text(text)) => text.len(),
                    _ => 0,
                };
                wanted + path.filter.as_ref().map_or(0, |filter| filter.length())
            }
        }
    }

    /// Returns the values an element must have to meet this filter; `None` unless the filter is
    /// made of a few `eq` joined by `and`.
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
