//! The values of the language, and how results are shown.

use std::borrow::Cow;
use std::fmt;

use super::date::Date;
use crate::scim::Object;

/// A value. Texts are borrowed from the user or the expression unless a function created them.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Value<'a> {
    /// No value: the attribute is absent.
    #[default]
    Null,
    /// A text, which may be empty.
    Text(Cow<'a, str>),
    /// A whole number that a function counted.
    Number(i64),
    /// A Boolean result of a function or comparison, shown as `True` or `False`.
    Bool(bool),
    /// A date with a time, in UTC.
    Date(Date),
    /// The values of a multi-valued attribute, in their order.
    List(Vec<Cow<'a, str>>),
    /// The app roles of a user: the value of `appRoleAssignments`.
    Roles(&'a [AppRole]),
    /// Complex values of the target, which the functions for several app roles return.
    Objects(Vec<Object>),
}

/// An app role that a user holds by an assignment.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AppRole {
    /// The GUID of the role.
    pub id: String,
    /// Its value, which identifies it.
    pub value: String,
    /// Its name for people.
    pub display_name: String,
}

/// The error for several or complex values where a single text is expected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotOne;

impl<'a> Value<'a> {
    /// A text that is borrowed.
    pub fn text(text: &'a str) -> Value<'a> {
        Value::Text(Cow::Borrowed(text))
    }

    /// Returns `True` or `False` as a text, which is how expressions see Boolean attributes.
    pub fn flag(truth: bool) -> Value<'a> {
        Value::text(truth_word(truth))
    }

    /// A multi-valued attribute; without values it is absent.
    pub fn list(values: impl IntoIterator<Item = &'a str>) -> Value<'a> {
        let values: Vec<Cow<'a, str>> = values.into_iter().map(Cow::Borrowed).collect();
        if values.is_empty() { Value::Null } else { Value::List(values) }
    }

    /// Whether it is absent or the empty text.
    pub fn is_null_or_empty(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Text(text) => text.is_empty(),
            Value::List(values) => values.iter().all(|value| value.is_empty()),
            Value::Roles(roles) => roles.is_empty(),
            Value::Objects(objects) => objects.is_empty(),
            _ => false,
        }
    }

    /// Its text, `None` for null. A list of one value counts as that value, since the service
    /// handles all values as collections (assumed).
    ///
    /// # Errors
    /// When there are several values, or complex ones.
    pub fn into_text(self) -> Result<Option<Cow<'a, str>>, NotOne> {
        match self {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            Value::Number(number) => Ok(Some(Cow::Owned(number.to_string()))),
            Value::Bool(truth) => Ok(Some(Cow::Borrowed(truth_word(truth)))),
            Value::Date(date) => Ok(Some(Cow::Owned(date.to_string()))),
            Value::List(mut values) => match values.len() {
                0 | 1 => Ok(values.pop()),
                _ => Err(NotOne),
            },
            Value::Roles([]) => Ok(None),
            Value::Roles(_) | Value::Objects(_) => Err(NotOne),
        }
    }

    /// Its texts: none for null, one for a single value.
    ///
    /// # Errors
    /// When the values are complex.
    pub fn into_texts(self) -> Result<Vec<Cow<'a, str>>, NotOne> {
        match self {
            Value::List(values) => Ok(values),
            one => Ok(one.into_text()?.into_iter().collect()),
        }
    }

    /// The kind of the value, for messages.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Value::Null => "no value",
            Value::Text(_) => "a text",
            Value::Number(_) => "a number",
            Value::Bool(_) => "True or False",
            Value::Date(_) => "a date",
            Value::List(_) => "several values",
            Value::Roles(_) => "app role assignments",
            Value::Objects(_) => "complex values",
        }
    }

    /// The value with nothing borrowed from the user; roles become complex values.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Number(number) => Value::Number(number),
            Value::Bool(truth) => Value::Bool(truth),
            Value::Date(date) => Value::Date(date),
            Value::List(values) => {
                Value::List(values.into_iter().map(|v| Cow::Owned(v.into_owned())).collect())
            }
            Value::Roles(roles) => Value::Objects(roles.iter().map(AppRole::to_object).collect()),
            Value::Objects(objects) => Value::Objects(objects),
        }
    }

    /// The same value with borrowed texts.
    pub fn borrowed(&self) -> Value<'_> {
        match self {
            Value::Text(text) => Value::text(text),
            Value::List(values) => {
                Value::List(values.iter().map(|value| Cow::Borrowed(&**value)).collect())
            }
            other => other.clone(),
        }
    }

    /// The value as JSON for programs: null, a text, a list of texts or of objects.
    pub fn to_json(&self) -> crate::scim::Value {
        use crate::scim::Value as Json;
        match self {
            Value::List(values) => {
                Json::List(values.iter().map(|value| Json::from(&**value)).collect())
            }
            Value::Roles(roles) => {
                Json::List(roles.iter().map(|role| Json::Object(role.to_object())).collect())
            }
            Value::Objects(objects) => {
                Json::List(objects.iter().cloned().map(Json::Object).collect())
            }
            one => one
                .clone()
                .into_text()
                .ok()
                .flatten()
                .map_or(Json::Null, |text| Json::from(text.into_owned())),
        }
    }
}

impl AppRole {
    /// The three properties, under their names in the directory.
    pub fn to_object(&self) -> Object {
        let mut object = Object::with_room(3);
        object.push("id", self.id.as_str());
        object.push("value", self.value.as_str());
        object.push("displayName", self.display_name.as_str());
        object
    }
}

impl fmt::Display for Value<'_> {
    /// Writes the value as JSON, so that a text is recognisable as one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_json().fmt(f)
    }
}

/// Returns `True` or `False`, the only Boolean words of this language.
pub fn truth_word(truth: bool) -> &'static str {
    if truth { "True" } else { "False" }
}

/// A text in a message: quoted, and cut when it is long.
pub(super) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() { format!("`{short}…`") } else { format!("`{short}`") }
}

/// Parses a whole number: decimal digits with an optional sign, or `&H` and hexadecimal digits.
pub fn integer(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Some(hex) = text.strip_prefix("&H").or_else(|| text.strip_prefix("&h")) {
        let digits = !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        return i64::from_str_radix(hex, 16).ok().filter(|_| digits);
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_show_themselves_as_the_service_prints_them() {
        let roles =
            [AppRole { id: "1".into(), value: "Admin".into(), display_name: "Boss".into() }];
        let cases = [
            (Value::Null, "null"),
            (Value::text("a\"b"), r#""a\"b""#),
            (Value::Number(-7), r#""-7""#),
            (Value::Bool(true), r#""True""#),
            (Value::Date(Date::parse("2021-07-02T15:33:38Z").unwrap()), r#""7/2/2021 3:33:38 PM""#),
            (Value::list(["a", "b"]), r#"["a","b"]"#),
            (Value::list([]), "null"),
            (Value::Roles(&roles), r#"[{"id":"1","value":"Admin","displayName":"Boss"}]"#),
        ];
        for (value, shown) in cases {
            assert_eq!(value.to_string(), shown);
            assert_eq!(value.into_owned().to_string(), shown);
        }
    }

    #[test]
    fn numbers_are_digits_or_hexadecimal() {
        let cases = [
            ("15", Some(15)),
            ("&HF7", Some(247)),
            (" -3 ", Some(-3)),
            ("", None),
            ("&H", None),
            ("1.5", None),
        ];
        for (text, number) in cases {
            assert_eq!(integer(text), number, "{text}");
        }
        for bad in ["&H-1", "&H+1", "99999999999999999999", "0x1f", "１"] {
            assert_eq!(integer(bad), None, "{bad}");
        }
    }
}
