//! Compares a stored value with one from a filter (RFC 7644 3.4.2.2, table 3).

use std::borrow::Cow;
use std::cmp::Ordering;

use super::syntax::Operator;
use super::value::Value;
use crate::base::Time;

/// Folds a text for comparisons without case, character by character, so that equal texts stay
/// equal within longer ones.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        // Without an early exit the loop is vectorised.
        return match text.bytes().fold(false, |any, byte| any | byte.is_ascii_uppercase()) {
            true => Cow::Owned(text.to_ascii_lowercase()),
            false => Cow::Borrowed(text),
        };
    }
    Cow::Owned(folded(text).collect())
}

/// Returns the characters of a text by simple case folding: letters with the same upper case become
/// the same, such as the two small sigmas. The dotless i stays a letter of its own, and a letter
/// whose upper case is several letters (ß) stays as it is.
fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(|letter| {
        let mut upper = letter.to_uppercase();
        match (upper.next(), upper.next()) {
            (Some(upper), None) if letter != 'ı' => upper.to_lowercase(),
            _ => letter.to_lowercase(),
        }
    })
}

/// Whether two texts differ at most in case.
pub fn same_folded(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    folded(a).eq(folded(b))
}

/// Whether `operator` holds between a stored value and the wanted one; an object is compared by its
/// `value`.
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
        (Value::Text(a), Value::Text(b)) if b.len() > 5 * a.len() => false,
        (Value::Text(a), Value::Text(b)) => {
            a == b || (!exact && (same_folded(a, b) || same_instant(a, b)))
        }
        // `primary eq "True"` is what the vendor's client sends (B06).
        (Value::Bool(a), b) => b.as_bool() == Some(*a),
        (a, Value::Bool(b)) => a.as_bool() == Some(*b),
        // A value without quotes may look like a number although the attribute is text.
        (Value::Text(a), Value::Number(b)) => *a == b.to_string(),
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => false,
    }
}

/// Whether both texts are the same instant, with whatever offset each is written.
fn same_instant(a: &str, b: &str) -> bool {
    instant(a).is_some_and(|a| instant(b) == Some(a))
}

fn texts(stored: &Value, wanted: &Value, exact: bool, holds: fn(&str, &str) -> bool) -> bool {
    match (stored, wanted) {
        (Value::Text(a), Value::Text(b)) if exact => holds(a, b),
        // Folding makes a text at most half as long again, and at least a third as long, so a text
        // this much longer cannot match. A long filter value need not be folded for every resource.
        (Value::Text(a), Value::Text(b)) if b.len() > 5 * a.len() => false,
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
            _ => folded(a).cmp(folded(b)),
        }),
        _ => None,
    }
}

/// The key by which resources are sorted (RFC 7644 3.4.2.3). Keys of one type are ordered among
/// each other, instants by the clock.
#[derive(Clone, PartialEq, Debug)]
pub enum SortKey {
    /// `false` before `true`.
    Bool(bool),
    /// By size.
    Number(f64),
    /// By the clock. It has a kind of its own: if instants were compared with other texts as text,
    /// the order of three values could go round in a circle.
    Instant(Time),
    /// By its characters, folded unless case matters.
    Text(String),
    /// A value without an order.
    Other,
}

impl SortKey {
    /// Returns the key of a value; `exact` says whether case matters.
    pub fn of(value: &Value, exact: bool) -> SortKey {
        match value {
            Value::Bool(value) => SortKey::Bool(*value),
            Value::Number(number) => number.as_f64().map_or(SortKey::Other, SortKey::Number),
            Value::Text(text) => match instant(text) {
                Some(at) => SortKey::Instant(at),
                None if exact => SortKey::Text(text.to_string()),
                None => SortKey::Text(fold(text).into_owned()),
            },
            Value::Null | Value::List(_) | Value::Object(_) => SortKey::Other,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            SortKey::Bool(_) => 0,
            SortKey::Number(_) => 1,
            SortKey::Instant(_) => 2,
            SortKey::Text(_) => 3,
            SortKey::Other => 4,
        }
    }

    /// Compares two keys.
    pub fn order(&self, other: &SortKey) -> Ordering {
        match (self, other) {
            (SortKey::Bool(a), SortKey::Bool(b)) => a.cmp(b),
            (SortKey::Number(a), SortKey::Number(b)) => a.total_cmp(b),
            (SortKey::Instant(a), SortKey::Instant(b)) => a.cmp(b),
            (SortKey::Text(a), SortKey::Text(b)) => a.cmp(b),
            (a, b) => a.rank().cmp(&b.rank()),
        }
    }
}

/// Reads an instant as RFC 7643 2.3.5 writes it; `None` for any other text.
pub fn instant(text: &str) -> Option<Time> {
    let looks_like_one =
        (20..64).contains(&text.len()) && text.as_bytes()[4] == b'-' && text.as_bytes()[10] == b'T';
    looks_like_one.then(|| Time::parse(text)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_differ_in_case_alone_are_the_same() {
        for (a, b, same) in [
            ("ANN", "ann", true),
            ("ÉVA", "éva", true),
            ("ΓΙΩΡΓΟΣ", "γιωργος", true),
            ("γιωργοσ", "γιωργος", true),
            ("\u{212a}im", "kim", true),
            ("ǅ", "ǆ", true),
            ("ẞ", "ß", true),
            ("straße", "STRASSE", false),
            ("kılıç", "kiliç", false),
            ("KILIÇ", "kiliç", true),
            ("İ", "i\u{307}", true),
            ("ann", "anne", false),
        ] {
            assert_eq!((fold(a) == fold(b), same_folded(a, b)), (same, same), "{a} {b}");
            let within = format!("x{}y", fold(a)).contains(fold(b).as_ref());
            assert!(within || !same, "{a} within a longer text");
        }
    }
}
