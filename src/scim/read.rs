//! A resource read from JSON as its schema writes it, in one go: every create is read so.
//!
//! What is usual is taken straight from the text. Everything else, and everything that is wrong,
//! goes the long way of parsing the whole and shaping it, which alone says what is wrong; so both
//! come to the same.

use super::compare::same_name;
use super::error::Error;
use super::lexer::{Lexer, Scalar};
use super::schema::{Attribute, Kind, Mutability, ResourceType, Returned, Schema, Unknown};
use super::shape::{
    DottedKeys, Rules, finish_list, finish_parts, fit, fit_one, keep_item, kept, shape,
};
use super::value::{Name, Object, Value};

/// Reads a body as [`shape`] would shape what is in it. The attribute of this name, where it is not
/// there or has no value, gets this one.
///
/// # Errors
/// 400 `invalidSyntax` when it is not a JSON object, and as [`shape`] has them.
pub fn read(
    bytes: &[u8],
    kind: &ResourceType,
    rules: Rules,
    unsaid: (&'static str, Value),
) -> Result<Object, Error> {
    // For some, what is not known matters, too.
    let knows_all = kind.unknown != Unknown::Refuse && rules.dotted_keys != DottedKeys::Literal;
    let straight = Straight { rules };
    if knows_all && let Some(resource) = straight.resource(bytes, kind, (unsaid.0, &unsaid.1)) {
        return Ok(resource);
    }
    let mut resource = Object::parse(bytes)?;
    if let Some(attribute) = kind.schema.attribute(unsaid.0)
        && resource
            .get(unsaid.0)
            .is_none_or(|said| fit(attribute, said.clone(), rules) == Ok(Value::Null))
    {
        resource.insert(unsaid.0, unsaid.1);
    }
    shape(resource, kind, rules)
}

/// How deep what is passed over may be nested.
const DEEPEST: u8 = 8;

/// Reads what is usual; `None` means that it must be read the long way.
#[derive(Clone, Copy)]
struct Straight {
    rules: Rules,
}

impl Straight {
    fn resource(self, bytes: &[u8], kind: &ResourceType, unsaid: (&str, &Value)) -> Option<Object> {
        let attributes = &kind.schema.attributes;
        let extension_of = |name: &str| {
            kind.extensions.iter().position(|extension| same_name(&extension.id, name))
        };
        let mut lexer = Lexer::new(bytes)?;
        let mut members = InOrder::with_room(12);
        lexer.members(|lexer, name| match place_of(attributes, name) {
            Some(place) => self.member(lexer, &mut members, place, &attributes[place]),
            None => match extension_of(name) {
                Some(nth) => {
                    let extension = &kind.extensions[nth];
                    members.first(attributes.len() + nth)?;
                    let parts = self.extension(lexer, extension)?;
                    members.put_parts(attributes.len() + nth, &extension.id, parts)
                }
                None => lexer.skip(DEEPEST),
            },
        })?;
        lexer.end()?;
        if let Some(place) = place_of(attributes, unsaid.0).filter(|place| !members.has(*place)) {
            members.put(
                place,
                &attributes[place].name,
                kept(&attributes[place], unsaid.1.clone()).ok()??,
            )?;
        }
        let mut extensions = kind.extensions.iter().enumerate();
        let lacks = members.lacks(attributes)
            || extensions.any(|(nth, it)| {
                !members.has(attributes.len() + nth) && InOrder::default().lacks(&it.attributes)
            });
        if lacks { None } else { Some(members.members) }
    }

    /// Reads the value of an attribute at the top, of the resource or of an extension.
    fn member(
        self,
        lexer: &mut Lexer<'_>,
        members: &mut InOrder,
        place: usize,
        attribute: &Attribute,
    ) -> Option<()> {
        if !is_open(attribute) {
            return lexer.skip(DEEPEST);
        }
        members.first(place)?;
        match kept(attribute, self.value(lexer, attribute)?).ok()? {
            Some(value) => members.put(place, &attribute.name, value),
            None => Some(()),
        }
    }

    /// The attributes of an extension.
    fn extension(self, lexer: &mut Lexer<'_>, extension: &Schema) -> Option<Object> {
        let mut members = InOrder::with_room(4);
        lexer.members(|lexer, name| match place_of(&extension.attributes, name) {
            Some(place) => self.member(lexer, &mut members, place, &extension.attributes[place]),
            None => lexer.skip(DEEPEST),
        })?;
        if members.lacks(&extension.attributes) { None } else { Some(members.members) }
    }

    /// A value as its attribute wants it, `null` for none.
    fn value(self, lexer: &mut Lexer<'_>, attribute: &Attribute) -> Option<Value> {
        if !attribute.multi_valued {
            return self.one(lexer, attribute);
        }
        let mut items = Vec::new();
        lexer.elements(|lexer| {
            let item = self.one(lexer, attribute)?;
            if attribute.one_of_each {
                // Without a type it would be given one.
                item.as_object()?.get("type")?;
            }
            keep_item(attribute, &mut items, item).ok()
        })?;
        Some(finish_list(items))
    }

    /// A single value, or one of several.
    fn one(self, lexer: &mut Lexer<'_>, attribute: &Attribute) -> Option<Value> {
        if lexer.peek()? == b'{' && attribute.kind == Kind::Complex {
            return self.parts(lexer, attribute);
        }
        match lexer.scalar()? {
            Scalar::Text(text) if attribute.kind == Kind::String => Some(text.into()),
            Scalar::Text(text) => fit_one(attribute, text.into(), self.rules).ok(),
            Scalar::Other(value) => fit_one(attribute, value, self.rules).ok(),
        }
    }

    /// A complex value.
    fn parts(self, lexer: &mut Lexer<'_>, attribute: &Attribute) -> Option<Value> {
        let mut parts = InOrder::with_room(attribute.sub.len().min(4));
        lexer.members(|lexer, name| {
            let Some(place) =
                place_of(&attribute.sub, name).filter(|place| is_open(&attribute.sub[*place]))
            else {
                return lexer.skip(DEEPEST);
            };
            let part = &attribute.sub[place];
            parts.first(place)?;
            match self.value(lexer, part)? {
                Value::Null => Some(()),
                value => parts.put(place, &part.name, value),
            }
        })?;
        Some(finish_parts(attribute, parts.members, true))
    }
}

fn place_of(attributes: &[Attribute], name: &str) -> Option<usize> {
    attributes.iter().position(|attribute| same_name(&attribute.name, name))
}

/// A place that a client may fill.
fn is_open(attribute: &Attribute) -> bool {
    attribute.mutability != Mutability::ReadOnly
}

/// Members in the order of their places in the schema, in whatever order they come.
#[derive(Default)]
struct InOrder {
    members: Object,
    /// The places that came up, a bit each.
    seen: u64,
    /// The places that have a value, a bit each.
    filled: u64,
}

impl InOrder {
    fn with_room(members: usize) -> InOrder {
        InOrder { members: Object::with_room(members), ..InOrder::default() }
    }

    /// Notes that a place comes up; `None` when it has before, or is beyond what there are bits
    /// for.
    fn first(&mut self, place: usize) -> Option<()> {
        let bit = 1u64.checked_shl(place as u32)?;
        if self.seen & bit != 0 {
            return None;
        }
        self.seen |= bit;
        Some(())
    }

    /// Gives a place its value, which it did not have.
    fn put(&mut self, place: usize, name: &Name, value: Value) -> Option<()> {
        let bit = 1u64.checked_shl(place as u32)?;
        // Most often it comes after all others.
        let at = if bit > self.filled {
            self.members.len()
        } else {
            (self.filled & (bit - 1)).count_ones() as usize
        };
        self.members.members.insert(at, (name.clone(), value));
        self.filled |= bit;
        Some(())
    }

    /// Gives a place these parts, unless there are none.
    fn put_parts(&mut self, place: usize, name: &Name, parts: Object) -> Option<()> {
        if parts.is_empty() { Some(()) } else { self.put(place, name, Value::Object(parts)) }
    }

    fn has(&self, place: usize) -> bool {
        self.filled.checked_shr(place as u32).is_some_and(|rest| rest & 1 == 1)
    }

    /// Whether an attribute that must be there has no value.
    fn lacks(&self, attributes: &[Attribute]) -> bool {
        let is_wanted =
            |it: &Attribute| it.required && is_open(it) && it.returned != Returned::Never;
        attributes
            .iter()
            .enumerate()
            .any(|(place, attribute)| is_wanted(attribute) && !self.has(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scim::{standard, urn};

    #[test]
    fn what_clients_mostly_send_is_read_straight() {
        let enterprise = urn::ENTERPRISE_USER;
        let kind = ResourceType {
            name: "User".into(),
            endpoint: "/Users".into(),
            description: "".into(),
            schema: standard::user(),
            extensions: vec![standard::enterprise_user()],
            unknown: Unknown::RefusePaths,
        };
        for (body, expected) in [
            (
                format!(
                    r#"{{"schemas":["urn:x","{enterprise}"],"externalId":"1","userName":"ann","active":true,
                    "emails":[{{"primary":true,"type":"work","value":"a@x"}}],"meta":{{"resourceType":"User"}},
                    "name":{{"givenName":"A","familyName":"B"}},"{enterprise}":{{"department":"D","manager":"m"}}}}"#
                ),
                true,
            ),
            (
                r#"{"title": "T\u00e9", "roles": ["r"], "userName": "u", "active": "True", "locale": null}"#.to_owned(),
                true,
            ),
            (r#"{"userName":""}"#.to_owned(), false),
            (r#"{"userName":"u","title":7}"#.to_owned(), false),
            (r#"{"userName":"u","USERNAME":"v"}"#.to_owned(), false),
        ] {
            let body = body.replace("\n", "");
            let read = Straight { rules: Rules::default() }.resource(body.as_bytes(), &kind, ("active", &true.into()));
            assert_eq!(read.is_some(), expected, "{body}");
        }
    }
}
