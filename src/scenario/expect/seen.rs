//! What was observed, and how it is shown.

use std::time::Duration;

use crate::base::time::show_duration;
use crate::scim::Value;

/// A value as it was observed, or as an author expects it.
#[derive(Clone, PartialEq, Debug)]
pub enum Seen {
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
    List(Vec<Seen>),
}

impl Seen {
    /// A counter, held at the largest number that can be shown.
    pub fn count(value: u64) -> Seen {
        Seen::Count(i64::try_from(value).unwrap_or(i64::MAX))
    }

    /// A text, or its absence.
    pub fn text(value: Option<&str>) -> Seen {
        value.map_or(Seen::Absent, |text| Seen::Text(text.to_owned()))
    }

    /// A SCIM value; an object counts as the list of its values, null as absence.
    pub fn scim(value: &Value) -> Seen {
        match value {
            Value::Null => Seen::Absent,
            Value::Bool(value) => Seen::Bool(*value),
            Value::Text(text) => Seen::Text(text.clone()),
            Value::Number(number) => match number.as_i64() {
                Some(whole) => Seen::Count(whole),
                None => Seen::Number(number.as_f64().unwrap_or_default()),
            },
            Value::List(items) => Seen::List(items.iter().map(Seen::scim).collect()),
            Value::Object(object) => {
                Seen::List(object.iter().map(|(_, value)| Seen::scim(value)).collect())
            }
        }
    }

    /// Whether both mean the same; whole and broken numbers compare as numbers.
    pub fn is(&self, other: &Seen) -> bool {
        match (self.number(), other.number()) {
            (Some(one), Some(two)) => one == two,
            _ => self == other,
        }
    }

    /// What it measures, when it can be compared with a limit: a number, or seconds.
    pub fn number(&self) -> Option<f64> {
        match self {
            Seen::Count(value) => Some(*value as f64),
            Seen::Number(value) => Some(*value),
            Seen::Span(span) => Some(span.as_secs_f64()),
            _ => None,
        }
    }

    /// Whether it holds the other: part of a text, or an element of a list (or of one of its
    /// texts).
    pub fn contains(&self, other: &Seen) -> bool {
        match (self, other) {
            (Seen::Text(whole), Seen::Text(part)) => whole.contains(part.as_str()),
            (Seen::List(items), _) => {
                items.iter().any(|item| item.is(other) || item.contains(other))
            }
            _ => false,
        }
    }

    /// As a reader is shown it.
    pub fn show(&self) -> String {
        match self {
            Seen::Absent => "absent".to_owned(),
            Seen::Bool(value) => value.to_string(),
            Seen::Count(value) => value.to_string(),
            Seen::Number(value) => value.to_string(),
            Seen::Text(text) => format!("{text:?}"),
            Seen::Span(span) => show_duration(*span),
            Seen::List(items) => {
                format!("[{}]", items.iter().map(Seen::show).collect::<Vec<_>>().join(", "))
            }
        }
    }
}
