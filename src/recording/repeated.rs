//! Differences that a replay meets again and again: each kind is told once, with how often it came.
//!
//! Two are of one kind when they are at the same place of an answer and of the same form: a text in
//! place of another, a value where none was recorded. A status is of one form with itself alone.

use std::collections::BTreeMap;

use serde_json::Value;

use super::compare::{ABSENT, Point, STATUS};
use super::replay::Difference;

/// The kinds of differences so far.
#[derive(Default)]
pub struct Repeated {
    kinds: Vec<DifferenceKind>,
    by_form: BTreeMap<Form, usize>,
}

/// One kind of difference.
pub struct DifferenceKind {
    /// The first of it.
    pub first: Point,
    /// The numbers of the recorded exchanges whose answers differ so.
    pub seqs: Vec<u64>,
}

/// A place, and the forms of what was recorded and what came.
type Form = (String, String, String);

impl Repeated {
    /// Counts a difference; returns the points of it that are of a kind which is new.
    pub fn note(&mut self, difference: &Difference) -> Vec<Point> {
        let mut new = Vec::new();
        for point in &difference.points {
            let next = self.kinds.len();
            let nth = *self.by_form.entry(form(point)).or_insert(next);
            if nth == next {
                self.kinds.push(DifferenceKind { first: point.clone(), seqs: Vec::new() });
                new.push(point.clone());
            }
            let seqs = &mut self.kinds[nth].seqs;
            if seqs.last() != Some(&difference.seq) {
                seqs.push(difference.seq);
            }
        }
        new
    }

    /// The kinds, in the order in which they came first.
    pub fn kinds(&self) -> &[DifferenceKind] {
        &self.kinds
    }
}

fn form(point: &Point) -> Form {
    let of = |said: &str| match point.place == STATUS {
        true => said.split(' ').next().unwrap_or_default().to_owned(),
        false => form_of(said),
    };
    (point.place.clone(), of(&point.expected), of(&point.actual))
}

/// The form of a value: its type, or itself when there are few such values.
fn form_of(said: &str) -> String {
    let word = match serde_json::from_str::<Value>(said) {
        _ if said == ABSENT => said,
        Ok(Value::Null | Value::Bool(_)) => said,
        Ok(Value::Number(_)) => "a number",
        Ok(Value::String(_)) => "a text",
        Ok(Value::Array(_)) => "a list",
        Ok(Value::Object(_)) => "an object",
        // A value that was cut, or a word of the comparison.
        Err(_) => match said.chars().next() {
            Some('"') => "a text",
            Some('[') => "a list",
            Some('{') => "an object",
            _ => said,
        },
    };
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_one_kind_is_told_once_and_counted() {
        let mut repeated = Repeated::default();
        let mut note = |seq, points: &[(&str, &str, &str)]| {
            let point = |(place, expected, actual): &(&str, &str, &str)| Point {
                place: (*place).into(),
                expected: (*expected).into(),
                actual: (*actual).into(),
            };
            let points = points.iter().map(point).collect();
            let difference =
                Difference { seq, request: String::new(), sent: String::new(), points };
            repeated.note(&difference).len()
        };
        assert_eq!(note(1, &[("itemsPerPage", "0", "20"), ("active", "false", "true")]), 2);
        assert_eq!(note(2, &[("itemsPerPage", "1", "20")]), 0);
        assert_eq!(note(3, &[("active", "false", "\"False\""), ("active", "true", "false")]), 2);
        assert_eq!(note(4, &[(STATUS, "201", "400 (x)"), (STATUS, "201", "409 (x)")]), 2);
        assert_eq!(note(5, &[(STATUS, "201", "400 (y)"), ("emails", "[{}]", ABSENT)]), 1);
        assert_eq!(note(6, &[("emails", "[{\"value\":\"cut…", ABSENT)]), 0);
        let counts: Vec<usize> = repeated.kinds().iter().map(|kind| kind.seqs.len()).collect();
        assert_eq!(counts, [2, 1, 1, 1, 2, 1, 2]);
    }
}
