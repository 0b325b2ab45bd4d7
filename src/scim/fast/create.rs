//! Reads the body of a create straight into its schema's shape.

use super::lexer::{Lexer, Scalar};
use crate::scim::schema::{Attribute, Kind, Mutability, ResourceType, Returned, Schema, Unknown};
use crate::scim::shape::{DottedKeys, Rules, finish_list, finish_parts, fit_one, keep_item, kept};
use crate::scim::value::same_name;
use crate::scim::value::{Name, Object, Value};

/// Reads a body as [`read`](crate::scim::read::read) would; `None` when it must be read the general
/// way.
pub(in crate::scim) fn create(
    bytes: &[u8],
    kind: &ResourceType,
    rules: Rules,
    default: (&str, &Value),
) -> Option<Object> {
    // This shortcut skips attributes that the schema does not know, so it may not be taken under
    // rules that refuse or keep them.
    let unknown_matter =
        kind.unknown == Unknown::Refuse || rules.dotted_keys == DottedKeys::Literal;
    if !rules.fast || unknown_matter {
        return None;
    }
    Reader { rules }.resource(bytes, kind, default)
}

/// How deep a skipped value may be nested.
const DEEPEST: u8 = 8;

#[derive(Clone, Copy)]
struct Reader {
    rules: Rules,
}

impl Reader {
    fn resource(
        self,
        bytes: &[u8],
        kind: &ResourceType,
        default: (&str, &Value),
    ) -> Option<Object> {
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
        if let Some(place) = place_of(attributes, default.0).filter(|place| !members.has(*place)) {
            members.put(
                place,
                &attributes[place].name,
                kept(&attributes[place], default.1.clone()).ok()??,
            )?;
        }
        let mut extensions = kind.extensions.iter().enumerate();
        let lacks = members.lacks(attributes)
            || extensions.any(|(nth, it)| {
                !members.has(attributes.len() + nth) && InOrder::default().lacks(&it.attributes)
            });
        if lacks { None } else { Some(members.members) }
    }

    /// Reads the value of a top-level attribute of the resource or of an extension.
    fn member(
        self,
        lexer: &mut Lexer<'_>,
        members: &mut InOrder,
        place: usize,
        attribute: &Attribute,
    ) -> Option<()> {
        if !is_writable(attribute) {
            return lexer.skip(DEEPEST);
        }
        members.first(place)?;
        match kept(attribute, self.value(lexer, attribute)?).ok()? {
            Some(value) => members.put(place, &attribute.name, value),
            None => Some(()),
        }
    }

    /// Reads the attributes of an extension.
    fn extension(self, lexer: &mut Lexer<'_>, extension: &Schema) -> Option<Object> {
        let mut members = InOrder::with_room(4);
        lexer.members(|lexer, name| match place_of(&extension.attributes, name) {
            Some(place) => self.member(lexer, &mut members, place, &extension.attributes[place]),
            None => lexer.skip(DEEPEST),
        })?;
        if members.lacks(&extension.attributes) { None } else { Some(members.members) }
    }

    /// Reads the value of an attribute; `null` means no value.
    fn value(self, lexer: &mut Lexer<'_>, attribute: &Attribute) -> Option<Value> {
        if !attribute.multi_valued {
            return self.one(lexer, attribute);
        }
        let mut items = Vec::new();
        lexer.elements(|lexer| {
            let item = self.one(lexer, attribute)?;
            if attribute.one_of_each {
                // The general way gives a type to an element without one.
                item.as_object()?.get("type")?;
            }
            keep_item(attribute, &mut items, item).ok()
        })?;
        Some(finish_list(attribute, items))
    }

    /// Reads a single value, or one element of a list.
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

    /// Reads a complex value.
    fn parts(self, lexer: &mut Lexer<'_>, attribute: &Attribute) -> Option<Value> {
        let mut parts = InOrder::with_room(attribute.sub.len().min(4));
        lexer.members(|lexer, name| {
            let Some(place) =
                place_of(&attribute.sub, name).filter(|place| is_writable(&attribute.sub[*place]))
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

/// Whether a client may write the attribute.
fn is_writable(attribute: &Attribute) -> bool {
    attribute.mutability != Mutability::ReadOnly
}

/// Collects members in the order of the schema, in whatever order they come. A *place* is the
/// position of an attribute in its schema.
#[derive(Default)]
struct InOrder {
    members: Object,
    /// A bit for each place that occurred.
    seen: u64,
    /// A bit for each place that has a value.
    filled: u64,
}

impl InOrder {
    fn with_room(members: usize) -> InOrder {
        InOrder { members: Object::with_room(members), ..InOrder::default() }
    }

    /// Notes that a place occurs; `None` when it has occurred before, or when there is no bit for
    /// it.
    fn first(&mut self, place: usize) -> Option<()> {
        let bit = 1u64.checked_shl(place as u32)?;
        if self.seen & bit != 0 {
            return None;
        }
        self.seen |= bit;
        Some(())
    }

    /// Sets the value of a place that has no value yet.
    fn put(&mut self, place: usize, name: &Name, value: Value) -> Option<()> {
        let bit = 1u64.checked_shl(place as u32)?;
        // Members mostly come in the order of the schema.
        let at = if bit > self.filled {
            self.members.len()
        } else {
            (self.filled & (bit - 1)).count_ones() as usize
        };
        self.members.members.insert(at, (name.clone(), value));
        self.filled |= bit;
        Some(())
    }

    /// Sets the parts of a place; without parts it sets nothing.
    fn put_parts(&mut self, place: usize, name: &Name, parts: Object) -> Option<()> {
        if parts.is_empty() { Some(()) } else { self.put(place, name, Value::Object(parts)) }
    }

    fn has(&self, place: usize) -> bool {
        self.filled.checked_shr(place as u32).is_some_and(|rest| rest & 1 == 1)
    }

    /// Whether a required attribute has no value.
    fn lacks(&self, attributes: &[Attribute]) -> bool {
        let is_required =
            |it: &Attribute| it.required && is_writable(it) && it.returned != Returned::Never;
        attributes
            .iter()
            .enumerate()
            .any(|(place, attribute)| is_required(attribute) && !self.has(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scim::{standard, urn};

    #[test]
    fn common_bodies_are_read_and_others_left() {
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
            let read = create(body.as_bytes(), &kind, Rules::default(), ("active", &true.into()));
            assert_eq!(read.is_some(), expected, "{body}");
        }
    }
}
