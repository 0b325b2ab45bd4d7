//! Whether an object meets a filter.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::{Filter, Literal, Operand, Operator, TextTest};
use crate::base::Time;
use crate::entra::graph::property::{Property, Resource};

/// How texts are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Comparing {
    /// Without case, as the directory does.
    IgnoringCase,
    /// Exactly, as the logs do, except for words that are values of an enumeration.
    Exactly,
}

impl Comparing {
    /// How the values of an operand are compared: the words of a status without case everywhere.
    fn of(self, operand: &Operand) -> Comparing {
        let is_word = |path: &str| {
            let path = path.to_ascii_lowercase();
            path.ends_with("statusinfo/status") || path == "result"
        };
        if operand.path().is_some_and(is_word) { Comparing::IgnoringCase } else { self }
    }
}

/// A value on one side of a comparison.
#[derive(Clone, PartialEq, Debug)]
enum Read<'a> {
    Null,
    Bool(bool),
    Text(Cow<'a, str>),
    Number(f64),
}

/// The element of a collection under its name in `any`.
struct Element<'a> {
    name: &'a str,
    value: &'a Value,
}

impl Resource for Element<'_> {
    fn property(&self, name: &str) -> Option<Property<'_>> {
        match name == self.name {
            true => Some(Property::Json(Cow::Borrowed(self.value))),
            false => None,
        }
    }
}

impl Filter {
    /// Whether an object meets it; a property that the object does not have is null.
    pub fn holds(&self, object: &dyn Resource, comparing: Comparing) -> bool {
        match self {
            Filter::And(parts) => parts.iter().all(|part| part.holds(object, comparing)),
            Filter::Or(parts) => parts.iter().any(|part| part.holds(object, comparing)),
            Filter::Not(part) => !part.holds(object, comparing),
            Filter::Compare(left, operator, right) => {
                let comparing = comparing.of(left);
                let (left, right) = (read(left, object), read(right, object));
                compare(&left, *operator, &right, comparing)
            }
            Filter::In(operand, values) => {
                let comparing = comparing.of(operand);
                let value = read(operand, object);
                values.iter().any(|other| compare(&value, Operator::Eq, &literal(other), comparing))
            }
            Filter::Text(test, left, right) => match (read(left, object), read(right, object)) {
                (Read::Text(text), Read::Text(part)) => {
                    tests(*test, &text, &part, comparing.of(left))
                }
                _ => false,
            },
            Filter::Any { path, variable, filter } => {
                elements(object, path).iter().any(|value| match filter {
                    None => true,
                    Some(filter) => filter.holds(&Element { name: variable, value }, comparing),
                })
            }
        }
    }
}

/// The elements of a collection.
fn elements(object: &dyn Resource, path: &str) -> Vec<Value> {
    match at(object, path) {
        Some(Property::Texts(texts)) => {
            texts.into_iter().map(|text| Value::String(text.into_owned())).collect()
        }
        Some(Property::Json(value)) => value.as_array().cloned().unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// The property at a path.
fn at<'o>(object: &'o dyn Resource, path: &str) -> Option<Property<'o>> {
    let Some((first, rest)) = path.split_once('/') else { return object.property(path) };
    match object.property(first)? {
        Property::Json(value) => {
            let mut here: &Value = &value;
            for part in rest.split('/') {
                let members = here.as_object()?;
                here = members.iter().find(|(key, _)| key.eq_ignore_ascii_case(part))?.1;
            }
            Some(Property::json(here.clone()))
        }
        _ => None,
    }
}

fn read<'a>(operand: &'a Operand, object: &'a dyn Resource) -> Read<'a> {
    match operand {
        Operand::Path(path) => at(object, path).map_or(Read::Null, of_property),
        Operand::Literal(value) => literal(value),
        Operand::Lower(inner) => match read(inner, object) {
            Read::Text(text) => Read::Text(text.to_lowercase().into()),
            other => other,
        },
        Operand::Upper(inner) => match read(inner, object) {
            Read::Text(text) => Read::Text(text.to_uppercase().into()),
            other => other,
        },
    }
}

fn of_property(property: Property<'_>) -> Read<'_> {
    match property {
        Property::Null | Property::Texts(_) => Read::Null,
        Property::Text(text) => Read::Text(text),
        Property::Bool(value) => Read::Bool(value),
        Property::Json(value) => match &*value {
            Value::String(text) => Read::Text(text.clone().into()),
            Value::Bool(value) => Read::Bool(*value),
            Value::Number(number) => Read::Number(number.as_f64().unwrap_or_default()),
            _ => Read::Null,
        },
    }
}

fn literal(literal: &Literal) -> Read<'_> {
    match literal {
        Literal::Null => Read::Null,
        Literal::Bool(value) => Read::Bool(*value),
        Literal::Text(text) => Read::Text(Cow::Borrowed(text)),
        Literal::Number(number) => Read::Number(*number),
    }
}

fn compare(left: &Read<'_>, operator: Operator, right: &Read<'_>, comparing: Comparing) -> bool {
    let order = match (left, right) {
        (Read::Null, Read::Null) => Some(Ordering::Equal),
        (Read::Bool(left), Read::Bool(right)) => Some(left.cmp(right)),
        (Read::Number(left), Read::Number(right)) => left.partial_cmp(right),
        (Read::Text(left), Read::Text(right)) => Some(order_of(left, right, comparing)),
        // A truth value may come as a text, and be meant as one.
        (Read::Bool(value), Read::Text(text)) | (Read::Text(text), Read::Bool(value)) => {
            text.eq_ignore_ascii_case(&value.to_string()).then_some(Ordering::Equal)
        }
        _ => None,
    };
    match operator {
        Operator::Eq => order == Some(Ordering::Equal),
        Operator::Ne => order != Some(Ordering::Equal),
        Operator::Gt => order == Some(Ordering::Greater),
        Operator::Ge => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        Operator::Lt => order == Some(Ordering::Less),
        Operator::Le => matches!(order, Some(Ordering::Less | Ordering::Equal)),
    }
}

/// The order of two texts; of two instants that of time.
fn order_of(left: &str, right: &str, comparing: Comparing) -> Ordering {
    if let (Some(left), Some(right)) = (instant(left), instant(right)) {
        return left.cmp(&right);
    }
    match comparing {
        Comparing::Exactly => left.cmp(right),
        Comparing::IgnoringCase if left.is_ascii() && right.is_ascii() => {
            let lower =
                |text: &'_ str| text.bytes().map(|b| b.to_ascii_lowercase()).collect::<Vec<u8>>();
            match left.eq_ignore_ascii_case(right) {
                true => Ordering::Equal,
                false => lower(left).cmp(&lower(right)),
            }
        }
        Comparing::IgnoringCase => left.to_lowercase().cmp(&right.to_lowercase()),
    }
}

/// Reads an instant, or a date as its first instant.
fn instant(text: &str) -> Option<Time> {
    let begins = text.as_bytes();
    if begins.len() < 10 || begins[4] != b'-' || begins[7] != b'-' {
        return None;
    }
    match text.len() {
        10 => Time::parse(&format!("{text}T00:00:00Z")),
        _ => Time::parse(text),
    }
}

fn tests(test: TextTest, text: &str, part: &str, comparing: Comparing) -> bool {
    let (text, part) = match comparing {
        Comparing::Exactly => (Cow::Borrowed(text), Cow::Borrowed(part)),
        Comparing::IgnoringCase => (text.to_lowercase().into(), part.to_lowercase().into()),
    };
    match test {
        TextTest::StartsWith => text.starts_with(&*part),
        TextTest::EndsWith => text.ends_with(&*part),
        TextTest::Contains => text.contains(&*part),
    }
}
