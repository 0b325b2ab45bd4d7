//! What was observed, and how it is shown.

use std::time::Duration;

use crate::base::time::show_duration;
use crate::scim::Value;

/// A value as it was observed, or as an author expects it.
#[derive(Clone, PartialEq, Debug)]
pub enum ObservedValue {
    /// There is nothing of that name.
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
    /// A counter, held at the largest number that can be shown.
    pub fn count(value: u64) -> ObservedValue {
        ObservedValue::Count(i64::try_from(value).unwrap_or(i64::MAX))
    }

    /// A text, or its absence.
    pub fn text(value: Option<&str>) -> ObservedValue {
        value.map_or(ObservedValue::Absent, |text| ObservedValue::Text(text.to_owned()))
    }

    /// A SCIM value; an object counts as the list of its values, null as absence.
    pub fn scim(value: &Value) -> ObservedValue {
        match value {
            Value::Null => ObservedValue::Absent,
            Value::Bool(value) => ObservedValue::Bool(*value),
            Value::Text(text) => ObservedValue::Text(text.clone()),
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

    /// Whether both mean the same; whole and broken numbers compare as numbers.
    pub fn is(&self, other: &ObservedValue) -> bool {
        match (self.number(), other.number()) {
            (Some(one), Some(two)) => one == two,
            _ => self == other,
        }
    }

    /// What it measures, when it can be compared with a limit: a number, or seconds.
    pub fn number(&self) -> Option<f64> {
        match self {
            ObservedValue::Count(value) => Some(*value as f64),
            ObservedValue::Number(value) => Some(*value),
            ObservedValue::Span(span) => Some(span.as_secs_f64()),
            _ => None,
        }
    }

    /// Whether it holds the other: part of a text, or an element of a list (or of one of its
    /// texts).
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

    /// As a reader is shown it.
    pub fn show(&self) -> String {
        match self {
            ObservedValue::Absent => "absent".to_owned(),
            ObservedValue::Bool(value) => value.to_string(),
            ObservedValue::Count(value) => value.to_string(),
            ObservedValue::Number(value) => value.to_string(),
            ObservedValue::Text(text) => format!("{text:?}"),
            ObservedValue::Span(span) => show_duration(*span),
            ObservedValue::List(items) => {
                format!(
                    "[{}]",
                    items.iter().map(ObservedValue::show).collect::<Vec<_>>().join(", ")
                )
            }
        }
    }
}
