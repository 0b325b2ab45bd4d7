//! Observed values: how they compare, and how they are shown.

use std::time::Duration;

use crate::base::time::show_exactly;
use crate::scim::Value;

/// An observed value, or the value that an author expects.
#[derive(Clone, PartialEq, Debug)]
pub enum ObservedValue {
    /// There is no value.
    Absent,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Count(i64),
    /// A number with a fraction.
    Number(f64),
    /// A text or one of the vendor's words.
    Text(String),
    /// A length of time.
    Span(Duration),
    /// Several values.
    List(Vec<ObservedValue>),
}

impl ObservedValue {
    /// A counter; a value above `i64::MAX` is shown as `i64::MAX`.
    pub fn count(value: u64) -> ObservedValue {
        ObservedValue::Count(i64::try_from(value).unwrap_or(i64::MAX))
    }

    /// A text, or its absence.
    pub fn text(value: Option<&str>) -> ObservedValue {
        value.map_or(ObservedValue::Absent, |text| ObservedValue::Text(text.to_owned()))
    }

    /// Converts a SCIM value: an object becomes the list of its values, null becomes absent.
    pub fn scim(value: &Value) -> ObservedValue {
        match value {
            Value::Null => ObservedValue::Absent,
            Value::Bool(value) => ObservedValue::Bool(*value),
            Value::Text(text) => ObservedValue::Text(text.to_string()),
            Value::Number(number) => match number.as_i64() {
                Some(whole) => ObservedValue::Count(whole),
                None => ObservedValue::Number(number.as_f64().unwrap_or_default()),
            },
            Value::List(items) => {
                ObservedValue::List(items.iter().map(ObservedValue::scim).collect())
            }
            Value::Object(object) => ObservedValue::List(
                object.iter().map(|(_, value)| ObservedValue::scim(value)).collect(),
            ),
        }
    }

    /// Whether both are equal; numbers compare by value, so 2 equals 2.0.
    pub fn is(&self, other: &ObservedValue) -> bool {
        match (self.number(), other.number()) {
            (Some(one), Some(two)) => one == two,
            _ => self == other,
        }
    }

    /// The number that is compared with a limit; seconds for a duration.
    pub fn number(&self) -> Option<f64> {
        match self {
            ObservedValue::Count(value) => Some(*value as f64),
            ObservedValue::Number(value) => Some(*value),
            ObservedValue::Span(span) => Some(span.as_secs_f64()),
            _ => None,
        }
    }

    /// Whether it contains the other: a text contains a part of it; a list contains its elements
    /// and whatever they contain.
    pub fn contains(&self, other: &ObservedValue) -> bool {
        match (self, other) {
            (ObservedValue::Text(whole), ObservedValue::Text(part)) => {
                whole.contains(part.as_str())
            }
            (ObservedValue::List(items), _) => {
                items.iter().any(|item| item.is(other) || item.contains(other))
            }
            _ => false,
        }
    }

    /// The value as a report shows it.
    pub fn show(&self) -> String {
        match self {
            ObservedValue::Absent => "absent".to_owned(),
            ObservedValue::Bool(value) => value.to_string(),
            ObservedValue::Count(value) => value.to_string(),
            ObservedValue::Number(value) => value.to_string(),
            ObservedValue::Text(text) => format!("{text:?}"),
            ObservedValue::Span(span) => show_exactly(*span),
            ObservedValue::List(items) => {
                format!(
                    "[{}]",
                    items.iter().map(ObservedValue::show).collect::<Vec<_>>().join(", ")
                )
            }
        }
    }
}
