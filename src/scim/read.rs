//! A resource read from JSON as its schema writes it, in one go: every create is read so, and to parse a body first and
//! to shape it then costs about twice as much.
//!
//! What is simple is taken as it stands. Everything else is read as any JSON and fitted as [`super::shape`] does it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::compare::same_name;
use super::error::Error;
use super::json::{AnyValue, read_members};
use super::schema::{Attribute, Kind, Mutability, ResourceType, Returned, Schema, Unknown};
use super::shape::{DottedKeys, Rules, finish_list, finish_parts, fit, fit_one, keep, keep_item, shape, wrong};
use super::value::{Object, Value};

/// What an attribute was given: its value as the schema wants it, or why it cannot be.
type Fitted = Result<Value, Error>;

/// Values by the place of their attributes in the schema, in that order.
type ByPlace = Vec<(usize, Fitted)>;

/// Reads a body as [`shape`] would shape what is in it. The attribute of this name, where it is not there or has no value,
/// gets this one.
///
/// # Errors
/// 400 `invalidSyntax` when it is not a JSON object, and as [`shape`] has them.
pub fn read(bytes: &[u8], kind: &ResourceType, rules: Rules, unsaid: (&'static str, Value)) -> Result<Object, Error> {
    if kind.unknown == Unknown::Refuse || rules.dotted_keys == DottedKeys::Literal {
        // What is not known matters, too.
        let mut resource = Object::parse(bytes)?;
        if resource.get(unsaid.0).is_none_or(Value::is_absent) {
            resource.insert(unsaid.0, unsaid.1);
        }
        return shape(resource, kind, rules);
    }
    let mut members = Object::parse_as(bytes, Body { kind, rules })?;
    let attributes = &kind.schema.attributes;
    if let Some(place) = attributes.iter().position(|attribute| same_name(&attribute.name, unsaid.0))
        && members.iter().all(|(other, fitted)| *other != place || *fitted == Ok(Value::Null))
    {
        put(&mut members, place, Ok(unsaid.1));
    }
    let mut output = Object::with_room(members.len());
    let mut members = members.into_iter().peekable();
    let core = std::iter::from_fn(|| members.next_if(|(place, _)| *place < attributes.len()));
    finish(&mut output, &kind.schema, core)?;
    for (nth, extension) in kind.extensions.iter().enumerate() {
        let parts = match members.next_if(|(place, _)| *place == attributes.len() + nth) {
            Some((_, parts)) => parts?,
            None => finished(extension, Vec::new())?,
        };
        if !parts.is_absent() {
            output.push(extension.id.clone(), parts);
        }
    }
    Ok(output)
}

/// Notes a value; of several for one attribute the last counts.
fn put(values: &mut ByPlace, place: usize, fitted: Fitted) {
    match values.last() {
        Some((last, _)) if *last >= place => match values.binary_search_by_key(&place, |(place, _)| *place) {
            Ok(at) => values[at].1 = fitted,
            Err(at) => values.insert(at, (place, fitted)),
        },
        _ => values.push((place, fitted)),
    }
}

/// Keeps what was read, in the order of the schema; what is at fault first is said.
fn finish(output: &mut Object, schema: &Schema, values: impl Iterator<Item = (usize, Fitted)>) -> Result<(), Error> {
    let missing = |attributes: &[Attribute], output: &mut Object| {
        let is_wanted = |it: &&Attribute| it.required && is_open(it) && it.returned != Returned::Never;
        let missing = attributes.iter().find(is_wanted);
        missing.map_or(Ok(()), |attribute| keep(output, attribute, Value::Null))
    };
    let mut next = 0;
    for (place, fitted) in values {
        missing(&schema.attributes[next..place], output)?;
        keep(output, &schema.attributes[place], fitted?)?;
        next = place + 1;
    }
    missing(&schema.attributes[next..], output)
}

/// The value of an extension; none when nothing is in it.
fn finished(extension: &Schema, values: ByPlace) -> Fitted {
    let mut parts = Object::with_room(values.len());
    finish(&mut parts, extension, values.into_iter())?;
    Ok(if parts.is_empty() { Value::Null } else { Value::Object(parts) })
}

/// Finds the place of a name among some; `None` for what is not kept.
struct Place<F>(F);

impl<'de, F: FnOnce(&str) -> Option<usize>> DeserializeSeed<'de> for Place<F> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<F: FnOnce(&str) -> Option<usize>> Visitor<'_> for Place<F> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok((self.0)(name))
    }
}

fn place_of(attributes: &[Attribute], name: &str) -> Option<usize> {
    attributes.iter().position(|attribute| same_name(&attribute.name, name))
}

/// A place that a client may fill.
fn is_open(attribute: &Attribute) -> bool {
    attribute.mutability != Mutability::ReadOnly
}

/// A whole resource.
#[derive(Clone, Copy)]
struct Body<'k> {
    kind: &'k ResourceType,
    rules: Rules,
}

impl<'de> DeserializeSeed<'de> for Body<'_> {
    type Value = ByPlace;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ByPlace, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Body<'_> {
    type Value = ByPlace;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ByPlace, A::Error> {
        let Body { kind, rules } = self;
        let attributes = &kind.schema.attributes;
        let extension = |name: &str| kind.extensions.iter().position(|extension| same_name(&extension.id, name));
        let place =
            |name: &str| place_of(attributes, name).or_else(|| extension(name).map(|nth| attributes.len() + nth));
        let mut values = ByPlace::with_capacity(12);
        while let Some(place) = map.next_key_seed(Place(place))? {
            let what = match place {
                Some(place) if place >= attributes.len() => What::Extension(&kind.extensions[place - attributes.len()]),
                Some(place) if is_open(&attributes[place]) => What::Attribute(&attributes[place]),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            let fitted = map.next_value_seed(Given { what, rules })?;
            put(&mut values, place.unwrap_or_default(), fitted);
        }
        Ok(values)
    }
}

/// What a value is given to.
#[derive(Clone, Copy)]
enum What<'k> {
    Attribute(&'k Attribute),
    /// One of several values of an attribute.
    Element(&'k Attribute),
    Extension(&'k Schema),
}

/// A value that is fitted while it is read.
#[derive(Clone, Copy)]
struct Given<'k> {
    what: What<'k>,
    rules: Rules,
}

impl Given<'_> {
    /// A value that had to be read first.
    fn fit(self, value: Value) -> Fitted {
        match self.what {
            What::Attribute(attribute) => fit(attribute, value, self.rules),
            What::Element(attribute) => fit_one(attribute, value, self.rules),
            What::Extension(extension) if value == Value::Null => finished(extension, Vec::new()),
            What::Extension(extension) => wrong(format!("`{}` is an object", extension.id)),
        }
    }

    /// The parts of a complex value.
    fn parts<'de, A: MapAccess<'de>>(self, attribute: &Attribute, mut map: A) -> Result<Fitted, A::Error> {
        let mut parts = Object::with_room(attribute.sub.len().min(4));
        let (mut failed, mut highest, mut in_order) = (None, None, true);
        while let Some(place) = map.next_key_seed(Place(|name: &str| place_of(&attribute.sub, name)))? {
            let Some((at, part)) = place.map(|at| (at, &attribute.sub[at])).filter(|(_, part)| is_open(part)) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let fitted = map.next_value_seed(Given { what: What::Attribute(part), ..self })?;
            if highest >= Some(at) {
                // It may have been there before.
                in_order = false;
                parts.remove(&part.name);
            }
            highest = highest.max(Some(at));
            match fitted {
                Ok(Value::Null) => {}
                Ok(value) => parts.push(part.name.clone(), value),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        Ok(match failed {
            Some(error) => Err(error),
            None => Ok(finish_parts(attribute, parts, in_order)),
        })
    }
}

impl<'de> DeserializeSeed<'de> for Given<'_> {
    type Value = Fitted;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Fitted, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Given<'_> {
    type Value = Fitted;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Fitted, E> {
        Ok(self.fit(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Fitted, E> {
        Ok(self.fit(value.into()))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Fitted, E> {
        AnyValue.visit_i64(number).map(|value| self.fit(value))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Fitted, E> {
        AnyValue.visit_u64(number).map(|value| self.fit(value))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Fitted, E> {
        AnyValue.visit_f64(number).map(|value| self.fit(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Fitted, E> {
        Ok(match self.what {
            // As most are.
            What::Attribute(it) if it.kind == Kind::String && !it.multi_valued => Ok(text.into()),
            _ => self.fit(text.into()),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Fitted, A::Error> {
        let attribute = match self.what {
            What::Attribute(it) if it.multi_valued && !it.one_of_each => it,
            _ => return AnyValue.visit_seq(seq).map(|list| self.fit(list)),
        };
        let (mut items, mut failed) = (Vec::new(), None);
        while let Some(item) = seq.next_element_seed(Given { what: What::Element(attribute), ..self })? {
            let kept = item.and_then(|item| keep_item(attribute, &mut items, item));
            failed = failed.or(kept.err());
        }
        Ok(failed.map_or_else(|| Ok(finish_list(items)), Err))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fitted, A::Error> {
        match self.what {
            What::Attribute(attribute) if attribute.kind == Kind::Complex && !attribute.multi_valued => {
                self.parts(attribute, map)
            }
            What::Element(attribute) if attribute.kind == Kind::Complex => self.parts(attribute, map),
            What::Extension(extension) => {
                let attributes = &extension.attributes;
                let mut values = ByPlace::with_capacity(4);
                while let Some(place) = map.next_key_seed(Place(|name: &str| place_of(attributes, name)))? {
                    match place.filter(|place| is_open(&attributes[*place])) {
                        Some(place) => {
                            let what = What::Attribute(&attributes[place]);
                            put(&mut values, place, map.next_value_seed(Given { what, ..self })?);
                        }
                        None => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(finished(extension, values))
            }
            _ => read_members(map).map(|parts| self.fit(Value::Object(parts))),
        }
    }
}
