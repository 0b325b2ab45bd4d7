//! The layout of a new account's JSON, derived once from the mapping rows.
//!
//! Creates are the most frequent writes: one plan writes a million users without building a JSON
//! tree for each.

use super::desired::{RoleFlow, Roles};
use super::{Desired, Flow, Mapping};
use crate::entra::expression::ROLE_TYPE;
use crate::entra::field::ObjectKind;
use crate::entra::policy::Policy;
use crate::scim::{Value, urn, write_text};

/// The layout of a POST body [scim-dev: only mapped, non-null attributes, plus `schemas` and
/// `meta.resourceType`].
///
/// No object in it has a key twice: rows are grouped by the meaning of their targets, not by their
/// spelling, and of two rows for the same place the first one wins.
#[derive(Clone, PartialEq, Debug)]
pub struct CreatePlan {
    kind: ObjectKind,
    core: Vec<Member>,
    extensions: Vec<Member>,
}

/// A schema of the vendor's own that a new group names; applications must ignore it [scim-dev].
const VENDOR_GROUP: &str =
    "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

/// One member of an object in the layout.
#[derive(Clone, PartialEq, Debug)]
enum Member {
    /// `"key": <value of a row>`.
    Value { key: Key, row: usize },
    /// `"key": { … }`.
    Object { key: Key, members: Vec<Member> },
    /// `"key": [{"primary": true, "type": "work", …}]`, an element per filter.
    List { key: Key, elements: Vec<Element> },
}

/// The name of a member.
#[derive(Clone, PartialEq, Debug)]
struct Key {
    name: String,
    /// The name as JSON, with the colon after it: it is the same for every user.
    json: Vec<u8>,
}

impl Key {
    fn new(name: &str) -> Key {
        let mut json = Vec::new();
        write_key(name, &mut json);
        Key { name: name.to_owned(), json }
    }
}

/// One element of a multi-valued attribute.
#[derive(Clone, PartialEq, Debug)]
struct Element {
    /// The attribute values that the target's filter demands.
    fixed: Vec<(String, Value)>,
    /// The same as members in JSON, without the braces.
    json: Vec<u8>,
    members: Vec<Member>,
}

impl Element {
    fn new(fixed: Vec<(String, Value)>) -> Element {
        let mut json = Vec::new();
        for (nth, (name, value)) in fixed.iter().enumerate() {
            if nth > 0 {
                json.push(b',');
            }
            write_key(name, &mut json);
            write_json(value, &mut json);
        }
        Element { fixed, json, members: Vec::new() }
    }
}

impl CreatePlan {
    /// Derives the layout, in the order of the rows; extensions come last.
    pub fn new(kind: ObjectKind, rows: &[Mapping]) -> CreatePlan {
        let mut plan = CreatePlan { kind, core: Vec::new(), extensions: Vec::new() };
        for (row, mapping) in rows.iter().enumerate().filter(|(_, row)| writes_on_create(row)) {
            // A row whose place an earlier row has taken is left out.
            let _ = plan.place(row, mapping);
        }
        plan
    }

    fn place(&mut self, row: usize, mapping: &Mapping) -> Option<()> {
        let path = &mapping.target.path;
        let members = match &path.schema {
            Some(schema) => object(&mut self.extensions, schema)?,
            None => &mut self.core,
        };
        match &path.sub_attribute {
            _ if mapping.carries_roles() => add(members, &path.attribute, row),
            Some(sub) if path.filter.is_some() => {
                let element = element(members, &path.attribute, mapping.target.element()?)?;
                let is_fixed = element.fixed.iter().any(|(key, _)| key.eq_ignore_ascii_case(sub));
                if is_fixed { None } else { add(&mut element.members, sub, row) }
            }
            Some(sub) => add(object(members, &path.attribute)?, sub, row),
            None => add(members, &path.attribute, row),
        }
    }

    /// Writes the body of a POST for these values.
    pub fn write(&self, desired: &Desired, policy: &Policy, out: &mut Vec<u8>) {
        let (core, extension, resource_type): (_, _, &[u8]) = match self.kind {
            ObjectKind::User => (urn::USER, Some(urn::ENTERPRISE_USER), b"User"),
            ObjectKind::Group => {
                (urn::GROUP, policy.vendor_group_schema.then_some(VENDOR_GROUP), b"Group")
            }
        };
        out.extend_from_slice(b"{\"schemas\":[\"");
        out.extend_from_slice(core.as_bytes());
        if let Some(extension) = extension {
            out.extend_from_slice(b"\",\"");
            out.extend_from_slice(extension.as_bytes());
        }
        out.extend_from_slice(b"\"]");
        write_members(&self.core, desired, out, false);
        if self.kind == ObjectKind::Group && policy.empty_members_in_create {
            out.extend_from_slice(b",\"members\":[]");
        }
        out.extend_from_slice(b",\"meta\":{\"resourceType\":\"");
        out.extend_from_slice(resource_type);
        out.extend_from_slice(b"\"}");
        write_members(&self.extensions, desired, out, false);
        out.push(b'}');
    }
}

/// Whether a create writes a row: not if every create has that member anyway, and not if the
/// target's schema has no URN (B97).
fn writes_on_create(row: &Mapping) -> bool {
    let own = |name: &&str| {
        row.target.path.schema.is_none() && row.target.path.attribute.eq_ignore_ascii_case(name)
    };
    !["schemas", "meta"].iter().any(own) && !row.target.is_without_urn()
}

impl Member {
    /// Writes the member, with a comma before it unless it is the first; returns whether anything
    /// was written.
    fn write(&self, desired: &Desired, out: &mut Vec<u8>, first: bool) -> bool {
        if !self.has_value(desired) {
            return false;
        }
        if !first {
            out.push(b',');
        }
        match self {
            Member::Value { key, row } => {
                out.extend_from_slice(&key.json);
                write_flow(desired.get(*row), out);
            }
            Member::Object { key, members } => {
                out.extend_from_slice(&key.json);
                out.push(b'{');
                write_members(members, desired, out, true);
                out.push(b'}');
            }
            Member::List { key, elements } => {
                out.extend_from_slice(&key.json);
                out.push(b'[');
                let primary = elements.iter().any(|element| element.says_primary(desired));
                let present = elements.iter().filter(|element| element.has_value(desired));
                for (nth, element) in present.enumerate() {
                    if nth > 0 {
                        out.push(b',');
                    }
                    element.write(desired, !primary, out);
                }
                out.push(b']');
            }
        }
        true
    }

    fn key(&self) -> &str {
        match self {
            Member::Value { key, .. } | Member::Object { key, .. } | Member::List { key, .. } => {
                &key.name
            }
        }
    }

    fn has_value(&self, desired: &Desired) -> bool {
        match self {
            Member::Value { row, .. } => desired.get(*row).flows(),
            Member::Object { members, .. } => members.iter().any(|m| m.has_value(desired)),
            Member::List { elements, .. } => elements.iter().any(|e| e.has_value(desired)),
        }
    }
}

impl Element {
    fn has_value(&self, desired: &Desired) -> bool {
        self.members.iter().any(|member| member.has_value(desired))
    }

    /// Whether a row or a filter sets `primary` in this element.
    fn says_primary(&self, desired: &Desired) -> bool {
        let is_primary = |key: &str| key.eq_ignore_ascii_case("primary");
        self.fixed.iter().any(|(key, _)| is_primary(key))
            || self.members.iter().any(|m| is_primary(m.key()) && m.has_value(desired))
    }

    /// Writes the element; `marks_work` marks a work element as primary, for mappings that mark
    /// none [scim-dev].
    fn write(&self, desired: &Desired, marks_work: bool, out: &mut Vec<u8>) {
        let is_work = |(key, value): &(String, Value)| {
            key.eq_ignore_ascii_case("type")
                && value.as_text().is_some_and(|text| text.eq_ignore_ascii_case("work"))
        };
        out.push(b'{');
        let mut first = true;
        if marks_work && self.fixed.iter().any(is_work) {
            out.extend_from_slice(b"\"primary\":true");
            first = false;
        }
        if !self.json.is_empty() {
            if !first {
                out.push(b',');
            }
            first = false;
            out.extend_from_slice(&self.json);
        }
        write_members(&self.members, desired, out, first);
        out.push(b'}');
    }
}

fn write_members(members: &[Member], desired: &Desired, out: &mut Vec<u8>, mut first: bool) {
    for member in members {
        if member.write(desired, out, first) {
            first = false;
        }
    }
}

fn write_key(key: &str, out: &mut Vec<u8>) {
    write_text(key, out);
    out.push(b':');
}

pub(in crate::entra) fn write_flow(flow: &Flow, out: &mut Vec<u8>) {
    match flow {
        Flow::Null | Flow::Ignored => out.extend_from_slice(b"null"),
        Flow::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Flow::Number(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Flow::Text(text) => write_text(text, out),
        Flow::List(texts) => write_json(texts, out),
        Flow::Roles(flow) => write_roles(flow, out),
        // No lookup was made, so the first candidate is taken.
        Flow::Candidates(texts) => write_text(texts.first().map_or("", |text| text), out),
    }
}

/// Writes roles as a POST and the compliant dialect send them [customize].
fn write_roles(flow: &RoleFlow, out: &mut Vec<u8>) {
    let display = match flow.way {
        Roles::Single => None,
        Roles::Added => Some("displayName"),
        Roles::Exactly => Some("display"),
    };
    // At most one role, the primary one, even when several are assigned.
    let roles =
        if display.is_none() { &flow.roles[..flow.roles.len().min(1)] } else { &flow.roles[..] };
    for (nth, role) in roles.iter().enumerate() {
        out.push(if nth == 0 { b'[' } else { b',' });
        out.extend_from_slice(if display.is_none() {
            b"{\"primary\":true"
        } else {
            b"{\"primary\":false"
        });
        out.extend_from_slice(b",\"type\":");
        write_text(ROLE_TYPE, out);
        for (key, text) in
            display.map(|key| (key, &role.display_name)).into_iter().chain([("value", &role.value)])
        {
            out.push(b',');
            write_key(key, out);
            write_text(text, out);
        }
        out.push(b'}');
    }
    out.extend_from_slice(if roles.is_empty() { b"[]" } else { b"]" });
}

fn write_json(value: &(impl serde::Serialize + ?Sized), out: &mut Vec<u8>) {
    serde_json::to_writer(out, value).expect("a value is always JSON, and a Vec takes every byte");
}

fn position(members: &[Member], key: &str) -> Option<usize> {
    members.iter().position(|member| member.key().eq_ignore_ascii_case(key))
}

/// Adds a row's value under a key; `None` when the key is there already.
fn add(members: &mut Vec<Member>, key: &str, row: usize) -> Option<()> {
    position(members, key).is_none().then(|| {
        members.push(Member::Value { key: Key::new(key), row });
    })
}

/// Returns the object under a key, added when missing; `None` when the key holds something else.
fn object<'a>(members: &'a mut Vec<Member>, key: &str) -> Option<&'a mut Vec<Member>> {
    let at = position(members, key).unwrap_or_else(|| {
        members.push(Member::Object { key: Key::new(key), members: Vec::new() });
        members.len() - 1
    });
    match &mut members[at] {
        Member::Object { members, .. } => Some(members),
        _ => None,
    }
}

/// Returns the element with these fixed values in the list under a key, added when missing; `None`
/// when the key holds no list.
fn element<'a>(
    members: &'a mut Vec<Member>,
    key: &str,
    fixed: Vec<(String, Value)>,
) -> Option<&'a mut Element> {
    let at = position(members, key).unwrap_or_else(|| {
        members.push(Member::List { key: Key::new(key), elements: Vec::new() });
        members.len() - 1
    });
    let Member::List { elements, .. } = &mut members[at] else { return None };
    let nth = elements.iter().position(|e| same_values(&e.fixed, &fixed)).unwrap_or_else(|| {
        elements.push(Element::new(fixed));
        elements.len() - 1
    });
    Some(&mut elements[nth])
}

/// Whether two filters choose the same element: names and texts are compared without case (RFC 7643
/// 2.1, 2.4).
fn same_values(a: &[(String, Value)], b: &[(String, Value)]) -> bool {
    let same = |a: &Value, b: &Value| match (a.as_text(), b.as_text()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => a == b,
    };
    let has = |(name, value): &(String, Value)| {
        b.iter().any(|(other, wanted)| other.eq_ignore_ascii_case(name) && same(value, wanted))
    };
    a.len() == b.len() && a.iter().all(has)
}
