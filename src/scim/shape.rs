//! Brings a client's resource into its schema's shape: lenient in what is read, exact in what is
//! written.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::error::{Error, ScimType};
use super::parse::shorten;
use super::path::Path;
use super::schema::{
    Attribute, Kind, Mutability, ResourceType, Returned, Schema, SchemaPath, Unknown, is_protocol,
};
use super::value::{Name, Object, Value, same_name};
use crate::base::Time;

/// How forgiving a server is; the default is what the vendor's client needs (scim-dev).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rules {
    /// Booleans sent as text are refused (B01).
    pub strict_booleans: bool,
    /// Op words must be in lower case (B02).
    pub strict_op_case: bool,
    /// An element that no element of the list matches is created from its filter (B15); RFC 7644
    /// 3.5.2.3 would refuse the request.
    pub create_on_filter_miss: bool,
    /// How dotted and URN-qualified keys of a value without a path are read.
    pub dotted_keys: DottedKeys,
    /// Whether the shortcuts of [`fast`](super::fast) are tried. They change no result; benches and
    /// tests turn them off to compare.
    pub fast: bool,
}

/// How keys such as `name.givenName` in a value without a path are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DottedKeys {
    /// They are read as paths; the compliant dialect needs this.
    Expand,
    /// They are dropped silently (B21).
    Ignore,
    /// They are stored under that very name (B22).
    Literal,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            strict_booleans: false,
            strict_op_case: false,
            create_on_filter_miss: true,
            dotted_keys: DottedKeys::Expand,
            fast: true,
        }
    }
}

/// Shapes a resource: keeps only known attributes, in the schema's order and case, without absent
/// values and without the protocol's own attributes (`schemas`, `id`, `meta`).
///
/// # Errors
/// 400 `invalidValue` for a missing required value or a wrong type; `invalidSyntax` for an unknown
/// attribute when the kind refuses them.
pub fn shape(mut input: Object, kind: &ResourceType, rules: Rules) -> Result<Object, Error> {
    let mut output = Object::with_room(input.len());
    shape_into(&mut output, &mut input, &kind.schema, rules)?;
    for extension in &kind.extensions {
        let mut parts = match input.take(&extension.id) {
            Some(Value::Object(parts)) => parts,
            None | Some(Value::Null) => Object::new(),
            Some(_) => return wrong(format!("`{}` is an object", extension.id)),
        };
        let mut shaped = Object::new();
        shape_into(&mut shaped, &mut parts, extension, rules)?;
        if !shaped.is_empty() {
            output.push(extension.id.clone(), shaped);
        }
    }
    if kind.unknown == Unknown::Refuse {
        refuse_unknown(&input, kind)?;
    }
    if rules.dotted_keys == DottedKeys::Literal {
        keep_literal_keys(&mut output, input, kind);
    }
    Ok(output)
}

fn shape_into(
    output: &mut Object,
    input: &mut Object,
    schema: &Schema,
    rules: Rules,
) -> Result<(), Error> {
    let (mut few, mut many) = ([None; 64], Vec::new());
    let members = match few.get_mut(..schema.attributes.len()) {
        Some(members) => members,
        None => {
            many.resize(schema.attributes.len(), None);
            &mut many
        }
    };
    find_members(schema, input, members);
    for (attribute, member) in schema.attributes.iter().zip(members) {
        let value = match member {
            _ if attribute.mutability == Mutability::ReadOnly => continue,
            None if attribute.required => Value::Null,
            None => continue,
            Some(member) => {
                fit(attribute, std::mem::take(&mut input.members[*member as usize].1), rules)?
            }
        };
        if let Some(value) = kept(attribute, value)? {
            output.push(attribute.name.clone(), value);
        }
    }
    Ok(())
}

/// Returns the value to store for an attribute, of a value that has been fitted; `None` for no
/// value.
pub(super) fn kept(attribute: &Attribute, value: Value) -> Result<Option<Value>, Error> {
    // A value that is never returned is not kept: no reader could tell the difference.
    if attribute.returned == Returned::Never {
        return Ok(None);
    }
    check_elements(attribute, &value)?;
    let blank = |text: &str| text.trim().is_empty();
    let empty = value.is_absent() || (attribute.required && value.as_text().is_some_and(blank));
    match (empty, attribute.required) {
        (false, _) => Ok(Some(value)),
        (true, true) => wrong(format!("`{}` is required", attribute.name)),
        (true, false) => Ok(None),
    }
}

/// Notes which member holds each attribute: the first of its name, in any case. A resource has
/// fewer members than its schema has attributes, so looking up the attribute of each member is less
/// work than the other way round.
fn find_members(schema: &Schema, input: &Object, members: &mut [Option<u32>]) {
    for (nth, (name, _)) in (0..).zip(&input.members) {
        if let Some(rank) =
            schema.attributes.iter().position(|attribute| same_name(&attribute.name, name))
        {
            members[rank].get_or_insert(nth);
        }
    }
}

/// Checks a whole value: required parts are there, and at most one element is primary (RFC 7643
/// 2.4).
fn check_elements(attribute: &Attribute, value: &Value) -> Result<(), Error> {
    let elements = match value {
        Value::List(items) => items.as_slice(),
        Value::Object(_) => std::slice::from_ref(value),
        _ => return Ok(()),
    };
    let mut primaries = 0;
    for parts in elements.iter().filter_map(Value::as_object) {
        primaries += usize::from(parts.get("primary") == Some(&Value::Bool(true)));
        if let Some(part) =
            attribute.sub.iter().find(|part| part.required && parts.get(&part.name).is_none())
        {
            return wrong(format!("`{}.{}` is required", attribute.name, part.name));
        }
    }
    match primaries > 1 {
        true => wrong(format!("only one of `{}` can be primary", attribute.name)),
        false => Ok(()),
    }
}

fn refuse_unknown(input: &Object, kind: &ResourceType) -> Result<(), Error> {
    let known = |name: &str| {
        is_protocol(name) || kind.schema.attribute(name).is_some() || kind.extension(name).is_some()
    };
    match input.iter().find(|(name, _)| !known(name)) {
        Some((name, _)) => {
            let detail = format!("`{}` is not an attribute of {}", shorten(name), kind.name);
            Err(Error::of(ScimType::InvalidSyntax, detail))
        }
        None => Ok(()),
    }
}

/// Keeps keys such as `name.familyName` beside the real attributes, as a server with that fault
/// does (B22).
fn keep_literal_keys(output: &mut Object, input: Object, kind: &ResourceType) {
    for (name, value) in input {
        let path = match Path::parse(&name) {
            Ok(path) if path.sub_attribute.is_some() || path.schema.is_some() => path,
            _ => continue,
        };
        if matches!(kind.place(&path), SchemaPath::Core(_) | SchemaPath::Extension(..)) {
            output.insert(name, value);
        }
    }
}

/// Converts a value to its attribute's type; returns `null` when it means "no value".
///
/// # Errors
/// 400 `invalidValue` when it is of another type and cannot be read as this one.
pub(super) fn fit(attribute: &Attribute, value: Value, rules: Rules) -> Result<Value, Error> {
    match (attribute.multi_valued, value) {
        (true, Value::List(items)) => fit_all(attribute, items, rules),
        (true, Value::Null) => Ok(Value::Null),
        (true, single) => fit_all(attribute, vec![single], rules),
        // The vendor's worked example sends a manager as a list of one [scim-dev].
        (false, Value::List(mut items)) if items.len() <= 1 => {
            fit_one(attribute, items.pop().unwrap_or_default(), rules)
        }
        (false, Value::List(_)) => wrong(format!("`{}` takes one value", attribute.name)),
        (false, value) => fit_one(attribute, value, rules),
    }
}

fn fit_all(attribute: &Attribute, items: Vec<Value>, rules: Rules) -> Result<Value, Error> {
    let mut fitted: Vec<Value> = Vec::with_capacity(items.len().min(8));
    for item in items {
        let item = fit_one(attribute, with_type(attribute, item), rules)?;
        keep_item(attribute, &mut fitted, item)?;
    }
    Ok(finish_list(attribute, fitted))
}

/// Adds a fitted element, unless it is empty.
pub(super) fn keep_item(
    attribute: &Attribute,
    fitted: &mut Vec<Value>,
    item: Value,
) -> Result<(), Error> {
    let value = attribute
        .part("value")
        .filter(|_| item.as_object().is_some_and(|parts| parts.get("value").is_none()));
    match value {
        Some(value) if value.required => {
            return wrong(format!("`{}.value` is required", attribute.name));
        }
        // An element without its `value` is not kept.
        Some(_) => {}
        None if item.is_absent() => {}
        None if attribute.one_of_each => keep_one_of_each(attribute, fitted, item),
        None => fitted.push(item),
    }
    Ok(())
}

/// Makes a list of fitted elements. Elements with the same `value` and `type` become one (RFC 7643
/// 2.4), which takes the parts of the last and stays primary.
pub(super) fn finish_list(attribute: &Attribute, fitted: Vec<Value>) -> Value {
    match fitted.len() {
        0 => Value::Null,
        1 => Value::List(fitted),
        _ => Value::List(each_once(attribute, fitted)),
    }
}

fn each_once(attribute: &Attribute, fitted: Vec<Value>) -> Vec<Value> {
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut once: Vec<Value> = Vec::with_capacity(fitted.len());
    for item in fitted {
        let place = identity(&item).and_then(|key| match places.entry(key) {
            Entry::Occupied(entry) => Some(*entry.get()),
            Entry::Vacant(entry) => {
                entry.insert(once.len());
                None
            }
        });
        match place.and_then(|at| once.get_mut(at)) {
            Some(there) => {
                absorb(there, item);
                if let Value::Object(parts) = there {
                    *parts = in_order_of(&attribute.sub, std::mem::take(parts));
                }
            }
            None => once.push(item),
        }
    }
    once
}

/// Returns the key by which elements of a multi-valued attribute are the same: `value` and `type`,
/// or a simple value itself; `None` for an element without a `value`.
pub(super) fn identity(item: &Value) -> Option<(String, String)> {
    let (value, kind) = value_and_type(item)?;
    Some((value.to_string(), kind.to_ascii_lowercase()))
}

fn value_and_type(item: &Value) -> Option<(&Value, &str)> {
    let value = match item {
        Value::Object(parts) => parts.get("value")?,
        simple => simple,
    };
    let kind = item.as_object().and_then(|parts| parts.get("type")?.as_text());
    Some((value, kind.unwrap_or_default()))
}

/// Whether two elements are the same, by `value` and `type`, or by all parts when one has no
/// `value`.
pub(super) fn same_identity(a: &Value, b: &Value) -> bool {
    match (value_and_type(a), value_and_type(b)) {
        (Some((a, kind)), Some((b, other))) => a == b && kind.eq_ignore_ascii_case(other),
        _ => a == b,
    }
}

/// Merges another copy of an element into it: the other parts of the copy win, and a primary
/// element stays primary.
pub(super) fn absorb(there: &mut Value, again: Value) {
    let (Value::Object(there), Value::Object(again)) = (there, again) else { return };
    let primary = there.get("primary") == Some(&Value::Bool(true));
    for (name, value) in again {
        let is = |part: &str| name.eq_ignore_ascii_case(part);
        let stays = is("value") || is("type") || (primary && is("primary"));
        if !stays {
            there.insert(name, value);
        }
    }
}

/// Gives an element without a type the first canonical type, when a list keeps one of each type.
fn with_type(attribute: &Attribute, item: Value) -> Value {
    let Some(word) = types(attribute).first().filter(|_| attribute.one_of_each) else {
        return item;
    };
    let mut parts = match item {
        Value::Object(parts) => parts,
        Value::Text(text) => Object::from_iter([("value".into(), Value::Text(text))]),
        other => return other,
    };
    if parts.get("type").is_none_or(Value::is_absent) {
        parts.insert("type", word.as_ref());
    }
    Value::Object(parts)
}

fn types(attribute: &Attribute) -> &[Name] {
    attribute.part("type").map_or(&[], |part| &part.canonical)
}

/// Keeps an element of a canonical type, in place of an earlier element of that type.
fn keep_one_of_each(attribute: &Attribute, kept: &mut Vec<Value>, item: Value) {
    let kind_of = |item: &Value| {
        let word = item.as_object()?.get("type")?.as_text()?;
        types(attribute).iter().position(|known| known.eq_ignore_ascii_case(word))
    };
    let Some(kind) = kind_of(&item) else { return };
    match kept.iter_mut().find(|other| kind_of(other) == Some(kind)) {
        Some(other) => *other = item,
        None => kept.push(item),
    }
}

pub(super) fn fit_one(attribute: &Attribute, value: Value, rules: Rules) -> Result<Value, Error> {
    let name = &attribute.name;
    match (attribute.kind, value) {
        (_, Value::Null) => Ok(Value::Null),
        (Kind::Complex, Value::Object(parts)) => fit_parts(attribute, parts, rules),
        // A manager arrives as a bare string (B10), and an empty one clears it.
        (Kind::Complex, Value::Text(text)) if text.is_empty() => Ok(Value::Null),
        (Kind::Complex, text @ Value::Text(_)) if attribute.part("value").is_some() => {
            fit_parts(attribute, Object::from_iter([("value".into(), text)]), rules)
        }
        (Kind::Complex, other) => {
            wrong(format!("`{name}` takes an object, not {}", kind_of(&other)))
        }
        (_, Value::Object(mut parts))
            if parts.get("value").is_some_and(|inner| inner.as_object().is_none()) =>
        {
            fit_one(attribute, parts.take("value").unwrap_or_default(), rules)
        }
        (Kind::Boolean, Value::Bool(value)) => Ok(Value::Bool(value)),
        (Kind::Boolean, value) => match value.as_bool() {
            Some(value) if !rules.strict_booleans => Ok(Value::Bool(value)),
            _ => wrong(format!("`{name}` takes true or false, not {}", kind_of(&value))),
        },
        (Kind::Integer, Value::Number(number)) if number.is_i64() || number.is_u64() => {
            Ok(Value::Number(number))
        }
        (Kind::Decimal, Value::Number(number)) => Ok(Value::Number(number)),
        (Kind::DateTime, Value::Text(text)) if Time::parse(&text).is_some() => {
            Ok(Value::Text(text))
        }
        (Kind::Binary, Value::Text(text)) if !is_base64(&text) => {
            wrong(format!("`{name}` is base 64"))
        }
        (Kind::Reference, Value::Text(text)) if text.is_empty() => Ok(Value::Null),
        (Kind::Reference, Value::Text(text)) if !is_reference(attribute, &text) => {
            wrong(format!("`{name}` is a URI, not the text `{}`", shorten(&text)))
        }
        (Kind::String | Kind::Binary | Kind::Reference, Value::Text(text)) => Ok(Value::Text(text)),
        (_, value) => wrong(format!("`{name}` does not take {}", kind_of(&value))),
    }
}

/// Keeps only known parts, in the schema's order and case. It works in place, since every create
/// passes here.
fn fit_parts(attribute: &Attribute, mut parts: Object, rules: Rules) -> Result<Value, Error> {
    let place = |name: &str| attribute.sub.iter().position(|part| same_name(&part.name, name));
    let mut failed = None;
    let (mut last, mut in_order) = (None, true);
    parts.members.retain_mut(|(name, value)| {
        let Some(at) = place(name).filter(|_| failed.is_none()) else { return false };
        let part = &attribute.sub[at];
        if part.mutability == Mutability::ReadOnly {
            return false;
        }
        match fit(part, std::mem::take(value), rules) {
            Ok(Value::Null) => return false,
            Ok(fitted) => (*name, *value) = (part.name.clone(), fitted),
            Err(error) => failed = Some(error),
        }
        in_order &= last < Some(at);
        last = Some(at);
        true
    });
    match failed {
        Some(error) => Err(error),
        None => Ok(finish_parts(attribute, parts, in_order)),
    }
}

/// Makes a complex value of fitted parts; `null` when there are none.
pub(super) fn finish_parts(attribute: &Attribute, mut parts: Object, in_order: bool) -> Value {
    // An empty `value` means no value: the vendor's validator clears a manager in this way.
    if !attribute.multi_valued && parts.get("value").and_then(Value::as_text) == Some("") {
        return Value::Null;
    }
    if !in_order {
        parts = in_order_of(&attribute.sub, parts);
    }
    if parts.is_empty() { Value::Null } else { Value::Object(parts) }
}

/// Returns the parts in the schema's order, the first of each name.
fn in_order_of(attributes: &[Attribute], mut parts: Object) -> Object {
    let mut ordered = Object::with_room(parts.len());
    for attribute in attributes {
        if let Some((name, value)) =
            parts.members.iter_mut().find(|(name, _)| *name == attribute.name)
        {
            ordered.push(std::mem::take(name), std::mem::take(value));
        }
    }
    ordered
}

/// Whether a text is a URI (RFC 7643 2.3.7), which must be absolute when it refers outside this
/// server.
fn is_reference(attribute: &Attribute, text: &str) -> bool {
    let forbidden = |letter: char| {
        letter.is_whitespace()
            || letter.is_control()
            || matches!(letter, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`')
    };
    let leads_out = attribute.references.iter().any(|kind| ["external", "uri"].contains(&&**kind));
    let has_scheme = || {
        text.split_once(':').is_some_and(|(scheme, rest)| {
            scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
                && scheme.bytes().all(|it| it.is_ascii_alphanumeric() || b"+-.".contains(&it))
                && !rest.is_empty()
        })
    };
    !text.contains(forbidden) && (!leads_out || has_scheme())
}

/// Whether a text is base64, in either alphabet, padded or not (RFC 7643 2.3.6).
fn is_base64(text: &str) -> bool {
    let inner = text.trim_end_matches('=');
    text.len() - inner.len() <= 2
        && inner
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_'))
}

fn kind_of(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(_) => "a number".to_owned(),
        Value::Text(text) => format!("the text `{}`", shorten(text)),
        Value::List(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

fn wrong<T>(detail: String) -> Result<T, Error> {
    Err(Error::of(ScimType::InvalidValue, detail))
}
