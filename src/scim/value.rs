//! JSON as SCIM reads it: objects that keep their order and compare names without case.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use compact_str::CompactString;
use serde::de::DeserializeSeed;
use serde_json::Number;

use super::error::{Error, ScimType};

/// Any JSON value.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Value {
    /// `null`, which SCIM treats as absent (RFC 7643 2.5).
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string. Most are short, and lie in the value itself.
    Text(CompactString),
    /// An array: a multi-valued attribute.
    List(Vec<Value>),
    /// An object: a complex attribute.
    Object(Object),
}

impl Value {
    /// The string, when it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean, when it is one or is the text `true` or `false` in any case [scim-dev].
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            Value::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// The list, when it is one.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The object, when it is one.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The object, mutable, when it is one.
    pub fn as_object_mut(&mut self) -> Option<&mut Object> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The list, mutable, when it is one.
    pub fn as_list_mut(&mut self) -> Option<&mut Vec<Value>> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The whole number, when it is one.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// Whether it is `null` or an empty list, both of which mean "no value" (RFC 7643 2.5).
    pub fn is_absent(&self) -> bool {
        match self {
            Value::Null => true,
            Value::List(items) => items.is_empty(),
            _ => false,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text.into())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Number(value.into())
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Value {
        Value::Object(object)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Value {
        Value::List(items)
    }
}

impl fmt::Display for Value {
    /// Compact JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Vec::new();
        self.write(&mut out);
        f.write_str(std::str::from_utf8(&out).map_err(|_| fmt::Error)?)
    }
}

/// Whether two names differ at most in case. Most often they are equal, so that is tested first.
pub(super) fn same_name(a: &str, b: &str) -> bool {
    a.len() == b.len() && (a == b || a.eq_ignore_ascii_case(b))
}

/// A JSON object; names are found in any case, and the first of equal names counts.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Object {
    pub(super) members: Vec<(Name, Value)>,
}

/// The name of an attribute; a name from a standard is static and needs no allocation.
pub type Name = Cow<'static, str>;

impl Object {
    /// An object with no members.
    pub fn new() -> Object {
        Object::default()
    }

    /// An object with no members and room for some.
    pub fn with_room(members: usize) -> Object {
        Object { members: Vec::with_capacity(members) }
    }

    /// Reads a whole body.
    ///
    /// # Errors
    /// 400 `invalidSyntax` when it is not a JSON object.
    pub fn parse(bytes: &[u8]) -> Result<Object, Error> {
        Object::parse_as(bytes, PhantomData::<Object>)
    }

    /// Reads a whole body with a seed that expects an object.
    ///
    /// # Errors
    /// 400 `invalidSyntax` when it is not a JSON object.
    pub(super) fn parse_as<'a, S: DeserializeSeed<'a>>(
        bytes: &'a [u8],
        seed: S,
    ) -> Result<S::Value, Error> {
        let wrong = |why: &dyn fmt::Display| {
            Error::of(ScimType::InvalidSyntax, format!("the body is not a JSON object: {why}"))
        };
        let text = std::str::from_utf8(bytes).map_err(|why| wrong(&why))?;
        let mut reader = serde_json::Deserializer::from_str(text);
        let read = seed.deserialize(&mut reader).and_then(|read| reader.end().map(|()| read));
        read.map_err(|why| wrong(&why))
    }

    /// Compact JSON.
    pub fn to_bytes(&self) -> Bytes {
        let mut out = Vec::with_capacity(512);
        self.write(&mut out);
        out.into()
    }

    /// The value under a name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.iter().find(|(n, _)| same_name(n, name)).map(|(_, v)| v)
    }

    /// The value under a name, mutable.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.members.iter_mut().find(|(n, _)| same_name(n, name)).map(|(_, v)| v)
    }

    /// Puts a value under a name, in place when the name is there, else at the end. Returns the
    /// value it replaces.
    pub fn insert(&mut self, name: impl Into<Name>, value: impl Into<Value>) -> Option<Value> {
        let (name, value) = (name.into(), value.into());
        match self.get_mut(&name) {
            Some(place) => Some(std::mem::replace(place, value)),
            None => {
                self.members.push((name, value));
                None
            }
        }
    }

    /// Takes a value out and leaves `null` in its place, which costs no shifting.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.get_mut(name).map(std::mem::take)
    }

    /// Adds a member at the end without a search: the caller knows that the name is not there.
    pub fn push(&mut self, name: impl Into<Name>, value: impl Into<Value>) {
        self.members.push((name.into(), value.into()));
    }

    /// Merges members of the same name, in any case: the last value takes the place of the first.
    /// RFC 8259 4 leaves this open, and most libraries take the last.
    pub(super) fn keep_last(&mut self) {
        const FEW: usize = 32;
        let twice = match self.members.len() {
            ..=FEW => self.members.iter().enumerate().any(|(nth, (name, _))| {
                self.members[..nth].iter().any(|(other, _)| other.eq_ignore_ascii_case(name))
            }),
            _ => true,
        };
        if !twice {
            return;
        }
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut kept: Vec<(Name, Value)> = Vec::with_capacity(self.members.len());
        for (name, value) in std::mem::take(&mut self.members) {
            match places.insert(name.to_ascii_lowercase(), kept.len()) {
                Some(first) => {
                    places.insert(name.to_ascii_lowercase(), first);
                    kept[first].1 = value;
                }
                None => kept.push((name, value)),
            }
        }
        self.members = kept;
    }

    /// Removes a member and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let at = self.members.iter().position(|(n, _)| same_name(n, name))?;
        Some(self.members.remove(at).1)
    }

    /// The members in their order, with mutable values.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Value)> {
        self.members.iter_mut().map(|(n, v)| {
            let name: &Name = n;
            (name.as_ref(), v)
        })
    }

    /// Keeps only the members for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &Value) -> bool) {
        self.members.retain(|(n, v)| keep(n, v));
    }

    /// The members in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.members.iter().map(|(n, v)| (n.as_ref(), v))
    }

    /// How many members it has.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

impl IntoIterator for Object {
    type Item = (Name, Value);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.members.into_iter()
    }
}

impl FromIterator<(Name, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (Name, Value)>>(members: I) -> Object {
        Object { members: members.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_go_there_and_back_and_names_ignore_case() {
        let text = r#"{"userName":"Ann","n":1.5,"list":[true,null,{"é":"\u00e9\n"}]}"#;
        let mut object = Object::parse(text.as_bytes()).unwrap();
        assert_eq!(object.get("username").and_then(Value::as_text), Some("Ann"));
        assert_eq!(object.to_bytes(), text.replace("\\u00e9", "é"));
        assert_eq!(object.insert("USERNAME", "Bea"), Some(Value::from("Ann")));
        assert_eq!(object.len(), 3);
        assert_eq!(
            object.remove("List").map(|v| v.to_string()),
            Some(r#"[true,null,{"é":"é\n"}]"#.to_owned())
        );
        assert_eq!(object.remove("list"), None);
    }

    #[test]
    fn members_are_picked_by_name() {
        let text =
            br#"{"userName":"Ann","n":[1,{"a":"]}"}],"name":{"familyName":"Ek"},"URN:x":{"y":1}}"#;
        for (names, expected) in [
            (&["USERNAME", "urn:X"][..], r#"{"userName":"Ann","URN:x":{"y":1}}"#),
            (&["name", "nosuch"], r#"{"name":{"familyName":"Ek"}}"#),
            (&[], "{}"),
        ] {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(Object::pick(text, &names).to_bytes(), expected, "{names:?}");
        }
        assert!(Object::pick(b"[1]", &["a".to_owned()]).is_empty());
    }

    #[test]
    fn of_one_name_the_last_value_counts() {
        let last = |text: &str| {
            String::from_utf8(Object::parse(text.as_bytes()).unwrap().to_bytes().to_vec()).unwrap()
        };
        assert_eq!(last(r#"{"a":1,"b":{"c":1,"C":2},"A":3}"#), r#"{"a":3,"b":{"c":2}}"#);
        let many: Vec<String> =
            (0..2_000).map(|nth| format!("\"k{}\":{nth}", nth % 1_000)).collect();
        let object = Object::parse(format!("{{{}}}", many.join(",")).as_bytes()).unwrap();
        assert_eq!((object.len(), object.get("K7")), (1_000, Some(&Value::from(1_007i64))));
    }

    #[test]
    fn what_is_not_an_object_is_invalid_syntax() {
        let deep = "[".repeat(100_000);
        let deep_objects = "{\"a\":".repeat(100_000);
        for bad in [
            "",
            "[]",
            "3",
            "{",
            "{\"a\":}",
            "nul",
            "{\"a\":1}x",
            "{\"a\":1e999}",
            &deep,
            &deep_objects,
        ] {
            let error = Object::parse(bad.as_bytes()).unwrap_err();
            assert_eq!(
                (error.status, error.scim_type),
                (400, Some(ScimType::InvalidSyntax)),
                "{error}"
            );
        }
        assert!(Object::parse(b"{\"a\":\"\xff\"}").is_err());
    }

    #[test]
    fn booleans_may_come_as_words() {
        for (value, expected) in [
            (Value::from("True"), Some(true)),
            (Value::from("FALSE"), Some(false)),
            (Value::from(true), Some(true)),
            (Value::from("yes"), None),
            (Value::from(1i64), None),
        ] {
            assert_eq!(value.as_bool(), expected, "{value}");
        }
    }
}
