//! The value of a property, and an object as a list of its properties.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

/// The value of one property.
#[derive(Clone, PartialEq, Debug)]
pub enum Property<'a> {
    /// No value.
    Null,
    /// A text.
    Text(Cow<'a, str>),
    /// True or false.
    Bool(bool),
    /// Texts; an empty list where there is none.
    Texts(Vec<Cow<'a, str>>),
    /// Anything else.
    Json(Cow<'a, Value>),
}

impl<'a> Property<'a> {
    /// A text that may be absent.
    pub fn text(value: Option<&'a str>) -> Property<'a> {
        value.map_or(Property::Null, |value| Property::Text(Cow::Borrowed(value)))
    }

    /// A text made for the answer.
    pub fn owned(value: impl Into<String>) -> Property<'a> {
        Property::Text(Cow::Owned(value.into()))
    }

    /// A list without elements.
    pub fn empty() -> Property<'a> {
        Property::Texts(Vec::new())
    }

    /// The value by itself, whatever it was read from.
    pub fn into_owned<'b>(self) -> Property<'b> {
        match self {
            Property::Null => Property::Null,
            Property::Text(text) => Property::Text(Cow::Owned(text.into_owned())),
            Property::Bool(value) => Property::Bool(value),
            Property::Texts(texts) => {
                let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
                Property::Texts(texts.into_iter().map(own).collect())
            }
            Property::Json(value) => Property::Json(Cow::Owned(value.into_owned())),
        }
    }

    /// A value that is kept as JSON.
    pub fn of(value: &'a Value) -> Property<'a> {
        match value {
            Value::Null => Property::Null,
            Value::String(text) => Property::text(Some(text)),
            Value::Bool(value) => Property::Bool(*value),
            other => Property::Json(Cow::Borrowed(other)),
        }
    }

    /// A value made for the answer.
    pub fn json(value: Value) -> Property<'a> {
        Property::Json(Cow::Owned(value))
    }
}

impl Serialize for Property<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Property::Null => serializer.serialize_unit(),
            Property::Text(text) => serializer.serialize_str(text),
            Property::Bool(value) => serializer.serialize_bool(*value),
            Property::Texts(texts) => texts.serialize(serializer),
            Property::Json(value) => value.serialize(serializer),
        }
    }
}

/// What has properties: a user, a group, a row of a log.
pub trait Resource {
    /// The value of a property; `None` when there is no such property.
    fn property(&self, name: &str) -> Option<Property<'_>>;
}

impl Resource for Value {
    /// Names are compared without case, as the filters of logs need.
    fn property(&self, name: &str) -> Option<Property<'_>> {
        let object = self.as_object()?;
        let found = object.get(name).or_else(|| {
            let mut members = object.iter();
            members.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        });
        found.map(Property::of)
    }
}

/// An object of an answer: its properties in the order in which they are sent.
#[derive(Clone, Debug, Default)]
pub struct ShownObject<'a>(pub Vec<(Cow<'a, str>, Property<'a>)>);

impl<'a> ShownObject<'a> {
    /// The members of a JSON object.
    pub fn members(value: &'a Value) -> ShownObject<'a> {
        let members = value.as_object().into_iter().flatten();
        let read = |(key, value): (&'a String, &'a Value)| {
            (Cow::Borrowed(key.as_str()), Property::Json(Cow::Borrowed(value)))
        };
        ShownObject(members.map(read).collect())
    }

    /// The object by itself, whatever it was read from.
    pub fn into_owned<'b>(self) -> ShownObject<'b> {
        let own = |(name, value): (Cow<'_, str>, Property<'_>)| {
            (Cow::Owned(name.into_owned()), value.into_owned())
        };
        ShownObject(self.0.into_iter().map(own).collect())
    }

    /// Adds a property at the end.
    pub fn and(mut self, name: impl Into<Cow<'a, str>>, value: Property<'a>) -> ShownObject<'a> {
        self.0.push((name.into(), value));
        self
    }

    /// Puts a property before all others.
    pub fn first(mut self, name: impl Into<Cow<'a, str>>, value: Property<'a>) -> ShownObject<'a> {
        self.0.insert(0, (name.into(), value));
        self
    }

    /// Says of which type the object is, which typed clients need in mixed collections.
    pub fn typed(self, kind: &str) -> ShownObject<'a> {
        self.first("@odata.type", Property::owned(format!("#microsoft.graph.{kind}")))
    }
}

impl Serialize for ShownObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
