//! A change request, read without parsing it into values first, which costs about twice as much.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::scim::patch::{Op, Operation, PatchRequest};
use crate::scim::path::Path;
use crate::scim::shape::Rules;
use crate::scim::urn;
use crate::scim::value::{Object, Value};

/// The change request in a body; `None` when it must be read the general way.
pub(in crate::scim) fn patch(bytes: &[u8], rules: Rules) -> Option<PatchRequest> {
    if !rules.fast || rules.strict_op_case {
        return None;
    }
    let JustObject(body) = Object::parse_as(bytes, PhantomData::<JustObject<Body>>).ok()?;
    Some(PatchRequest { operations: body.operations })
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

/// A JSON object. A derived struct alone would also accept a list of its members.
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

/// The schemas of a request, which must name that of change requests.
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

/// A value that is present, even if it is `null`.
fn value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// A string that the function can read.
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
