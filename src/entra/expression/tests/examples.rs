//! The examples of the table run, and the table is complete.

use super::super::function::{Example, Sample};
use super::super::functions::FUNCTIONS;
use super::super::{AppRole, AttributeSource, EvalOutcome, Expression, Value};
use super::{role, scope};
use crate::entra::policy::Policy;

/// The attributes of an example.
struct Shelf {
    rows: &'static [(&'static str, Sample)],
    roles: Vec<AppRole>,
}

impl AttributeSource for Shelf {
    fn get<'a>(&'a self, name: &str) -> Value<'a> {
        match self.rows.iter().find(|(known, _)| *known == name).map(|(_, value)| *value) {
            Some(Sample::Text(text)) => Value::text(text),
            Some(Sample::List(texts)) => Value::list(texts.iter().copied()),
            Some(Sample::Roles(_)) => Value::Roles(&self.roles),
            _ => Value::Null,
        }
    }
}

fn check(example: &Example) {
    let text = example.expression;
    let roles = example.source.iter().find_map(|(_, value)| match value {
        Sample::Roles(values) => Some(values.iter().map(|value| role(value)).collect()),
        _ => None,
    });
    let shelf = Shelf { rows: example.source, roles: roles.unwrap_or_default() };
    let policy = Policy::default();
    let taken = |value: &str| value == "taken";
    let expression = match (Expression::parse(text), example.result) {
        (Err(_), Sample::Fails) => return,
        (read, _) => read.unwrap_or_else(|problems| panic!("{text}: {problems:?}")),
    };
    let empty = Vec::new();
    let found = expression.evaluate(super::Scope {
        source: &shelf,
        taken: &taken,
        ..scope(&empty, &policy)
    });
    match (example.result, found) {
        (Sample::Null, Ok(EvalOutcome::Value(Value::Null))) => {}
        (Sample::Text(expected), Ok(EvalOutcome::Value(value))) => {
            assert_eq!(value.into_text().unwrap().as_deref(), Some(expected), "{text}");
        }
        (Sample::List(expected), Ok(EvalOutcome::Value(Value::List(values)))) => {
            assert_eq!(values, expected, "{text}")
        }
        (Sample::Json(expected), Ok(EvalOutcome::Value(value))) => {
            assert_eq!(value.to_string(), expected, "{text}")
        }
        (Sample::Random(length), Ok(EvalOutcome::Value(Value::Text(value)))) => {
            assert_eq!(value.chars().count(), length, "{text}");
        }
        (Sample::Ignored, Ok(EvalOutcome::IgnoreAttribute)) => {}
        (Sample::Fails, Err(_)) => {}
        (expected, found) => panic!("{text}: expected {expected:?}, found {found:?}"),
    }
}

#[test]
fn the_examples_of_every_function_hold() {
    for function in FUNCTIONS {
        assert!(!function.examples.is_empty(), "{} has no example", function.name);
        assert!(function.doc.ends_with('.'), "{}", function.name);
        let own = |example: &&Example| example.expression.contains(&format!("{}(", function.name));
        assert_eq!(
            function.examples.iter().filter(own).count(),
            function.examples.len(),
            "{}",
            function.name
        );
        function.examples.iter().for_each(check);
    }
}

#[test]
fn the_table_is_sorted_and_names_are_unique() {
    let names: Vec<String> =
        FUNCTIONS.iter().map(|function| function.name.to_lowercase()).collect();
    assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
}
