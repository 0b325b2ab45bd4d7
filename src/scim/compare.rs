//! Comparing a stored value with one from a filter (RFC 7644 3.4.2.2, table 3).

use std::borrow::Cow;
use std::cmp::Ordering;

use super::filter::Operator;
use super::value::Value;
use crate::base::Time;

/// Lower case for comparison, character by character, so that equal texts stay equal within longer ones.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Cow::Owned(text.to_ascii_lowercase()),
            false => Cow::Borrowed(text),
        };
    }
    Cow::Owned(text.chars().flat_map(char::to_lowercase).collect())
}

/// Whether two texts are the same but for case.
pub fn same_folded(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    a.chars().flat_map(char::to_lowercase).eq(b.chars().flat_map(char::to_lowercase))
}

/// Whether a stored value stands in this relation to the wanted one; an element with a `value` is compared by it.
pub(super) fn compare(stored: &Value, operator: Operator, wanted: &Value, exact: bool) -> bool {
    let stored = match stored {
        Value::Object(object) => match object.get("value") {
            Some(value) => value,
            None => return false,
        },
        _ => stored,
    };
    match operator {
        Operator::Eq => equal(stored, wanted, exact),
        Operator::Ne => !equal(stored, wanted, exact),
        Operator::Co => texts(stored, wanted, exact, |a, b| a.contains(b)),
        Operator::Sw => texts(stored, wanted, exact, |a, b| a.starts_with(b)),
        Operator::Ew => texts(stored, wanted, exact, |a, b| a.ends_with(b)),
        Operator::Gt => order(stored, wanted, exact).is_some_and(Ordering::is_gt),
        Operator::Ge => order(stored, wanted, exact).is_some_and(Ordering::is_ge),
        Operator::Lt => order(stored, wanted, exact).is_some_and(Ordering::is_lt),
        Operator::Le => order(stored, wanted, exact).is_some_and(Ordering::is_le),
    }
}

fn equal(stored: &Value, wanted: &Value, exact: bool) -> bool {
    match (stored, wanted) {
        (Value::Text(a), Value::Text(b)) => a == b || (!exact && same_folded(a, b)),
        // `primary eq "True"` is what the vendor's client sends (B06).
        (Value::Bool(a), b) => b.as_bool() == Some(*a),
        (a, Value::Bool(b)) => a.as_bool() == Some(*b),
        // A value without quotes may look like a number and be text all the same.
        (Value::Text(a), Value::Number(b)) => *a == b.to_string(),
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => false,
    }
}

fn texts(stored: &Value, wanted: &Value, exact: bool, holds: fn(&str, &str) -> bool) -> bool {
    match (stored, wanted) {
        (Value::Text(a), Value::Text(b)) if exact => holds(a, b),
        (Value::Text(a), Value::Text(b)) => holds(&fold(a), &fold(b)),
        _ => false,
    }
}

fn order(stored: &Value, wanted: &Value, exact: bool) -> Option<Ordering> {
    match (stored, wanted) {
        (Value::Number(a), Value::Number(b)) => a.as_f64()?.partial_cmp(&b.as_f64()?),
        (Value::Text(a), Value::Text(b)) => Some(match (instant(a), instant(b)) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ if exact => a.cmp(b),
            _ => fold(a).cmp(&fold(b)),
        }),
        _ => None,
    }
}

/// How two values are sorted (RFC 7644 3.4.2.3); values of different types by their type.
pub fn sort_order(a: &Value, b: &Value, exact: bool) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Bool(_) => 0,
        Value::Number(_) => 1,
        Value::Text(_) => 2,
        Value::Null | Value::List(_) | Value::Object(_) => 3,
    };
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        _ => order(a, b, exact).unwrap_or_else(|| rank(a).cmp(&rank(b))),
    }
}

/// The instant, when the text is one as RFC 7643 2.3.5 writes it.
fn instant(text: &str) -> Option<Time> {
    let looks_like_one = text.len() >= 20 && text.as_bytes()[4] == b'-' && text.as_bytes()[10] == b'T';
    looks_like_one.then(|| Time::parse(text)).flatten()
}
