//! Values to and from JSON, quickly: the names of the standards are recognised instead of copied.

use std::borrow::Cow;
use std::fmt;
use std::io::Write;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Number;

use super::urn;
use super::value::{Name, Object, Value};

impl Object {
    /// Those members of an object at rest whose names are these, in any case; nothing of what is no
    /// JSON object.
    pub fn pick(bytes: &[u8], names: &[String]) -> Object {
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        Members(names).deserialize(&mut reader).unwrap_or_default()
    }
}

/// The same name without a copy, when it is one the standards know.
fn known(name: &str) -> Option<&'static str> {
    Some(match name {
        "id" => "id",
        "op" => "op",
        "meta" => "meta",
        "name" => "name",
        "path" => "path",
        "type" => "type",
        "$ref" => "$ref",
        "value" => "value",
        "title" => "title",
        "active" => "active",
        "emails" => "emails",
        "status" => "status",
        "detail" => "detail",
        "schemas" => "schemas",
        "display" => "display",
        "primary" => "primary",
        "created" => "created",
        "manager" => "manager",
        "members" => "members",
        "version" => "version",
        "location" => "location",
        "userName" => "userName",
        "nickName" => "nickName",
        "scimType" => "scimType",
        "givenName" => "givenName",
        "formatted" => "formatted",
        "Resources" => "Resources",
        "externalId" => "externalId",
        "familyName" => "familyName",
        "department" => "department",
        "Operations" => "Operations",
        "startIndex" => "startIndex",
        "displayName" => "displayName",
        "phoneNumbers" => "phoneNumbers",
        "resourceType" => "resourceType",
        "lastModified" => "lastModified",
        "totalResults" => "totalResults",
        "itemsPerPage" => "itemsPerPage",
        "employeeNumber" => "employeeNumber",
        urn::ENTERPRISE_USER => urn::ENTERPRISE_USER,
        _ => return None,
    })
}

impl Object {
    /// Appends compact JSON; quicker than through serde, which every create would feel.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut before = b'{';
        for (name, value) in &self.members {
            match name {
                // The names of the standards hold nothing to escape.
                Cow::Borrowed(name) => {
                    out.extend_from_slice(&[before, b'"']);
                    out.extend_from_slice(name.as_bytes());
                    out.extend_from_slice(b"\":");
                }
                Cow::Owned(name) => {
                    out.push(before);
                    write_text(name, out);
                    out.push(b':');
                }
            }
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
            Value::Null => out.extend_from_slice(b"null"),
            Value::Bool(true) => out.extend_from_slice(b"true"),
            Value::Bool(false) => out.extend_from_slice(b"false"),
            Value::Number(number) => {
                let _ = write!(out, "{number}");
            }
            Value::Text(text) => write_text(text, out),
            Value::List(items) => {
                out.push(b'[');
                for (nth, item) in items.iter().enumerate() {
                    if nth > 0 {
                        out.push(b',');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Value::Object(object) => object.write(out),
        }
    }
}

/// Appends a JSON string; most need no escape.
pub(super) fn write_text(text: &str, out: &mut Vec<u8>) {
    if needs_escape(text.as_bytes()) {
        let _ = serde_json::to_writer(out, text);
        return;
    }
    out.reserve(text.len() + 2);
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// Whether some byte of a string must be escaped. Eight are looked at together, which is why the
/// last eight are looked at once more rather than one by one.
fn needs_escape(bytes: &[u8]) -> bool {
    fn any(bytes: &[u8]) -> bool {
        bytes
            .iter()
            .fold(false, |any, byte| any | ((*byte < b' ') | (*byte == b'"') | (*byte == b'\\')))
    }
    match bytes.last_chunk::<8>() {
        Some(last) => {
            bytes.as_chunks::<8>().0.iter().fold(any(last), |found, eight| found | any(eight))
        }
        None => any(bytes),
    }
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

/// Reads those members of an object alone whose name is one of these, in any case; the others are
/// passed over.
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
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
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
        Ok(known(name).map_or_else(|| Cow::Owned(name.to_owned()), Cow::Borrowed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_be_escaped_is_found_wherever_it_stands() {
        for length in 0..40 {
            let plain = vec![b'a'; length];
            assert!(!needs_escape(&plain));
            for at in 0..length {
                for byte in 0..=255 {
                    let mut bytes = plain.clone();
                    bytes[at] = byte;
                    let expected = byte < 32 || byte == b'"' || byte == b'\\';
                    assert_eq!(needs_escape(&bytes), expected, "{byte} at {at} of {length}");
                }
            }
        }
    }
}
