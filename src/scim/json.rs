//! Reads values from JSON and writes them as JSON.

use std::borrow::Cow;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Number;

use super::plain::plain_length;
use super::value::{Name, Object, Value};

impl Object {
    /// Reads the members with these names, in any case, from a stored object; an empty object when
    /// the bytes are not a JSON object.
    pub fn pick(bytes: &[u8], names: &[String]) -> Object {
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        Members(names).deserialize(&mut reader).unwrap_or_default()
    }

    /// Appends compact JSON. Each creation writes an object, and through serde it costs twice as
    /// much.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut before = b'{';
        for (name, value) in &self.members {
            out.push(before);
            write_text(name, out);
            out.push(b':');
            value.write(out);
            before = b',';
        }
        out.extend_from_slice(if self.members.is_empty() { b"{}" } else { b"}" });
    }
}

impl Value {
    /// Appends compact JSON.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Value::Text(text) => write_text(text, out),
            Value::List(items) => {
                let mut before = b'[';
                for item in items {
                    out.push(before);
                    item.write(out);
                    before = b',';
                }
                out.extend_from_slice(if items.is_empty() { b"[]" } else { b"]" });
            }
            Value::Object(object) => object.write(out),
            other => write(other, out),
        }
    }
}

/// Appends compact JSON.
pub(super) fn write(value: &(impl Serialize + ?Sized), out: &mut Vec<u8>) {
    // It cannot fail: a Vec takes every byte, and all keys are texts.
    let _ = serde_json::to_writer(out, value);
}

/// Appends a JSON string; most texts hold nothing to escape (RFC 8259 section 7).
pub fn write_text(text: &str, out: &mut Vec<u8>) {
    if plain_length(text.as_bytes()) < text.len() {
        return write(text, out);
    }
    out.reserve(text.len() + 2);
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Number(number) => number.serialize(serializer),
            Value::Text(text) => serializer.serialize_str(text),
            Value::List(items) => serializer.collect_seq(items),
            Value::Object(object) => object.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object, A::Error> {
                read_members(map)
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// Reads only the members of an object whose name is one of these, in any case, and skips the
/// others.
pub(super) struct Members<'a>(pub(super) &'a [String]);

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = Object;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Object, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut object = Object::new();
        while let Some(name) = map.next_key_seed(NameReader)? {
            match self.0.iter().any(|wanted| wanted.eq_ignore_ascii_case(&name)) {
                true => object.push(name, map.next_value::<Value>()?),
                false => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(object)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
        read_members(map).map(Value::Object)
    }
}

fn read_members<'de, A: MapAccess<'de>>(mut map: A) -> Result<Object, A::Error> {
    let mut object = Object::with_room(4);
    while let Some(name) = map.next_key_seed(NameReader)? {
        let value: Value = map.next_value()?;
        object.push(name, value);
    }
    object.keep_last();
    Ok(object)
}

struct NameReader;

impl<'de> DeserializeSeed<'de> for NameReader {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NameReader {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Name, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}
