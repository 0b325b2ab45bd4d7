//! Extension schemas of a scenario: `[[golinks.schema]]`, its attributes written as RFC 7643 7
//! writes them.
//!
//! ```toml
//! [[golinks.schema]]
//! id         = "urn:example:params:scim:schemas:extension:badge:2.0:User"
//! name       = "Badge"
//! resource   = "User"                     # or "Group"
//! attributes = [
//!     { name = "number", required = true, uniqueness = "server", caseExact = true },
//!     { name = "doors", multiValued = true, type = "complex",
//!       subAttributes = [{ name = "value" }] },
//! ]
//! ```

use super::row::Parse;
use crate::base::node::{Entry, unknown_key};
use crate::base::{self, Node, Problems};
use crate::scim::schema::{Attribute, Kind, Mutability, Returned, Schema, Uniqueness};
use crate::scim::urn;

/// An extension and the kind of resource it extends.
#[derive(Clone, PartialEq, Debug)]
pub struct Extension {
    /// Whether it extends groups; else users.
    pub of_groups: bool,
    /// Its attributes.
    pub schema: Schema,
}

/// How many extensions a kind of resource may have, the enterprise extension of users among them.
pub(crate) const MOST: usize = 8;

const KEYS: &[&str] = &["id", "name", "description", "resource", "attributes"];
const ATTRIBUTE_KEYS: &[&str] = &[
    "name",
    "type",
    "description",
    "multiValued",
    "required",
    "caseExact",
    "mutability",
    "returned",
    "uniqueness",
    "canonicalValues",
    "referenceTypes",
    "subAttributes",
];

/// A list of extensions.
impl Parse for Vec<Extension> {
    fn parse(value: &Node, problems: &mut Problems) -> Option<Vec<Extension>> {
        read_all(value, problems)
    }
}

fn read_all(value: &Node, problems: &mut Problems) -> Option<Vec<Extension>> {
    let extensions: Vec<Extension> =
        items(value, problems)?.iter().map(|item| read(item, problems)).collect::<Option<_>>()?;
    for of_groups in [false, true] {
        let count = extensions.iter().filter(|extension| extension.of_groups == of_groups).count();
        if count + usize::from(!of_groups) > MOST {
            problems.error(value.span, format!("a kind of resource has at most {MOST} extensions"));
            return None;
        }
    }
    let standard = [urn::USER, urn::GROUP, urn::ENTERPRISE_USER];
    for (nth, extension) in extensions.iter().enumerate() {
        let id = extension.schema.id.as_ref();
        let mut before =
            extensions[..nth].iter().map(|other| other.schema.id.as_ref()).chain(standard);
        if before.any(|other| other.eq_ignore_ascii_case(id)) {
            problems.error(value.span, format!("there is a schema `{id}` already"));
            return None;
        }
    }
    Some(extensions)
}

fn items<'a>(value: &'a Node, problems: &mut Problems) -> Option<&'a [Node]> {
    match &value.kind {
        base::Kind::List(items) => Some(items),
        _ => value.expected("a list of tables", problems),
    }
}

fn read(value: &Node, problems: &mut Problems) -> Option<Extension> {
    let mut of_groups = false;
    let (mut id, mut name, mut description, mut attributes) =
        (String::new(), None, String::new(), Vec::new());
    for entry in value.as_table(problems)? {
        let node = &entry.value;
        match entry.key.as_str() {
            "id" => id = node.as_text(problems)?.to_owned(),
            "name" => name = Some(node.as_text(problems)?.to_owned()),
            "description" => description = node.as_text(problems)?.to_owned(),
            "resource" => {
                of_groups = node.as_word(&[("User", false), ("Group", true)], problems)?
            }
            "attributes" => attributes = read_attributes(node, problems)?,
            _ => unknown_key(entry, "`golinks.schema`", KEYS, problems),
        }
    }
    if !id.starts_with("urn:") || id.ends_with(':') {
        problems.error(value.span, "a schema needs an `id`, which is a URN");
        return None;
    }
    if attributes.is_empty() {
        problems.error(value.span, "a schema needs `attributes`");
        return None;
    }
    let name = name.unwrap_or_else(|| id.rsplit(':').next().unwrap_or(&id).to_owned());
    let schema =
        Schema { id: id.into(), name: name.into(), description: description.into(), attributes };
    Some(Extension { of_groups, schema })
}

fn read_attributes(value: &Node, problems: &mut Problems) -> Option<Vec<Attribute>> {
    let attributes: Vec<Attribute> = items(value, problems)?
        .iter()
        .map(|item| read_attribute(item, problems))
        .collect::<Option<_>>()?;
    for (nth, attribute) in attributes.iter().enumerate() {
        if attributes[..nth].iter().any(|other| other.name.eq_ignore_ascii_case(&attribute.name)) {
            problems.error(value.span, format!("there are two attributes `{}`", attribute.name));
            return None;
        }
    }
    Some(attributes)
}

fn read_attribute(value: &Node, problems: &mut Problems) -> Option<Attribute> {
    let mut attribute = Attribute::new("", Kind::String, "");
    for entry in value.as_table(problems)? {
        read_part(&mut attribute, entry, problems)?;
    }
    let fits = attribute.name.starts_with(|first: char| first.is_ascii_alphabetic())
        && attribute
            .name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !fits {
        problems.error(
            value.span,
            "an attribute needs a `name`: a letter, then letters, digits, `-`, `_`",
        );
        return None;
    }
    if (attribute.kind == Kind::Complex) == attribute.sub.is_empty() {
        problems
            .error(value.span, "an attribute of type `complex`, and no other, has `subAttributes`");
        return None;
    }
    if attribute.mutability == Mutability::WriteOnly {
        // Its values are not returned, whatever `returned` says (RFC 7643 7).
        attribute.returned = Returned::Never;
    }
    Some(attribute)
}

fn read_part(attribute: &mut Attribute, entry: &Entry, problems: &mut Problems) -> Option<()> {
    let node = &entry.value;
    match entry.key.as_str() {
        "name" => attribute.name = node.as_text(problems)?.to_owned().into(),
        "description" => attribute.description = node.as_text(problems)?.to_owned().into(),
        "type" => attribute.kind = node.as_word(TYPES, problems)?,
        "multiValued" => attribute.multi_valued = node.as_bool(problems)?,
        "required" => attribute.required = node.as_bool(problems)?,
        "caseExact" => attribute.case_exact = node.as_bool(problems)?,
        "mutability" => attribute.mutability = node.as_word(MUTABILITIES, problems)?,
        "returned" => attribute.returned = node.as_word(RETURNED, problems)?,
        "uniqueness" => attribute.uniqueness = node.as_word(UNIQUENESS, problems)?,
        "canonicalValues" | "referenceTypes" => {
            let words = node.as_texts(problems)?.into_iter().map(Into::into).collect();
            match entry.key.as_str() {
                "canonicalValues" => attribute.canonical = words,
                _ => attribute.references = words,
            }
        }
        "subAttributes" => attribute.sub = read_attributes(node, problems)?,
        _ => unknown_key(entry, "an attribute", ATTRIBUTE_KEYS, problems),
    }
    Some(())
}

const TYPES: &[(&str, Kind)] = &[
    ("string", Kind::String),
    ("boolean", Kind::Boolean),
    ("decimal", Kind::Decimal),
    ("integer", Kind::Integer),
    ("dateTime", Kind::DateTime),
    ("binary", Kind::Binary),
    ("reference", Kind::Reference),
    ("complex", Kind::Complex),
];
const MUTABILITIES: &[(&str, Mutability)] = &[
    ("readOnly", Mutability::ReadOnly),
    ("readWrite", Mutability::ReadWrite),
    ("immutable", Mutability::Immutable),
    ("writeOnly", Mutability::WriteOnly),
];
const RETURNED: &[(&str, Returned)] = &[
    ("always", Returned::Always),
    ("never", Returned::Never),
    ("default", Returned::Default),
    ("request", Returned::Request),
];
const UNIQUENESS: &[(&str, Uniqueness)] =
    &[("none", Uniqueness::None), ("server", Uniqueness::Server), ("global", Uniqueness::Global)];
