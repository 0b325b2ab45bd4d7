//! A change request read from JSON in one go: nearly all are written alike, and to parse a body
//! into values first, to take those apart then, costs about twice as much.
//!
//! Whatever is written otherwise, or is at fault, is read the long way, which alone knows what to
//! say about it.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::error::Error;
use super::patch::{Op, Operation, PatchRequest};
use super::path::Path;
use super::shape::Rules;
use super::urn;
use super::value::{Object, Value};

/// What a JSON object wants as a change request, or why it is none.
pub type Read = Result<PatchRequest, Error>;

impl PatchRequest {
    /// Reads a body as [`Object::parse`] and then [`PatchRequest::parse`] do. What the latter finds
    /// fault with is given back as a value, since other things about a request are said before it.
    ///
    /// # Errors
    /// 400 `invalidSyntax` when it is not a JSON object.
    pub fn read(bytes: &[u8], rules: Rules) -> Result<Read, Error> {
        let usual = match rules.strict_op_case {
            true => None,
            false => Object::parse_as(bytes, PhantomData::<JustObject<Body>>).ok(),
        };
        match usual {
            Some(JustObject(body)) => Ok(Ok(PatchRequest { operations: body.operations })),
            None => Object::parse(bytes).map(|body| PatchRequest::parse(body, rules)),
        }
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(rename = "schemas", default, deserialize_with = "schemas")]
    _schemas: (),
    #[serde(rename = "Operations", deserialize_with = "operations")]
    operations: Vec<Operation>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct One {
    #[serde(deserialize_with = "op")]
    op: Op,
    #[serde(default, deserialize_with = "path")]
    path: Option<Path>,
    #[serde(default, deserialize_with = "value")]
    value: Option<Value>,
}

/// A JSON object; a structure alone would be read from a list of its members, too.
struct JustObject<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for JustObject<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<JustObject<T>, D::Error> {
        struct Members<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = JustObject<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<JustObject<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(JustObject)
            }
        }
        deserializer.deserialize_map(Members(PhantomData))
    }
}

/// Schemas that name the one of change requests.
fn schemas<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    struct Schemas;
    impl<'de> Visitor<'de> for Schemas {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of URNs")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
            let mut named = false;
            while let Some(urn) = seq.next_element::<&str>()? {
                named |= urn.eq_ignore_ascii_case(urn::PATCH_OP);
            }
            if named { Ok(()) } else { Err(A::Error::custom("another schema")) }
        }
    }
    deserializer.deserialize_seq(Schemas)
}

fn operations<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Operation>, D::Error> {
    struct Operations;
    impl<'de> Visitor<'de> for Operations {
        type Value = Vec<Operation>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of operations")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Operation>, A::Error> {
            let mut operations = Vec::with_capacity(1);
            while let Some(JustObject(One { op, path, value })) = seq.next_element()? {
                operations.push(Operation::of(op, path, value).map_err(A::Error::custom)?);
            }
            Ok(operations)
        }
    }
    deserializer.deserialize_seq(Operations)
}

fn op<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Op, D::Error> {
    deserializer.deserialize_str(Text(|word: &str| Op::read(word, Rules::default())))
}

fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Path>, D::Error> {
    deserializer.deserialize_str(Text(|text: &str| match text {
        "" => Some(None),
        text => Path::parse(text).ok().map(Some),
    }))
}

/// A value that is there, be it `null`.
fn value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// A string that can be read as something.
struct Text<F>(F);

impl<T, F: FnOnce(&str) -> Option<T>> Visitor<'_> for Text<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string of a certain form")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).ok_or_else(|| E::custom("another form"))
    }
}
