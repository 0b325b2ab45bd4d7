//! The layout of a new account's JSON, derived once from the mapping rows.
//!
//! Creates are the most frequent requests that write: a million users are written through one plan,
//! without building a tree.

use super::desired::{RoleFlow, Roles};
use super::{Desired, Flow, Mapping};
use crate::entra::expression::ROLE_TYPE;
use crate::scim::{Filter, Value, urn};

/// The layout of a POST body [scim-dev: only mapped, non-null attributes, plus `schemas` and
/// `meta.resourceType`].
#[derive(Clone, PartialEq, Debug)]
pub struct CreatePlan {
    members: Vec<Member>,
}

/// One member of an object in the layout.
#[derive(Clone, PartialEq, Debug)]
enum Member {
    /// `"key": <value of a row>`.
    Value { key: String, row: usize },
    /// `"key": { … }`.
    Object { key: String, members: Vec<Member> },
    /// `"key": [{"primary": true, "type": "work", …}]`, an element per filter.
    List { key: String, elements: Vec<Element> },
}

/// One element of a multi-valued attribute.
#[derive(Clone, PartialEq, Debug)]
struct Element {
    /// The attribute values that the target's filter demands.
    fixed: Vec<(String, String)>,
    members: Vec<Member>,
}

impl CreatePlan {
    /// Derives the layout, in the order of the rows; extensions come last.
    pub fn new(rows: &[Mapping]) -> CreatePlan {
        let mut plan = CreatePlan { members: Vec::new() };
        for extension in [false, true] {
            for (row, mapping) in rows.iter().enumerate() {
                if mapping.target.path.schema.is_some() == extension {
                    plan.place(row, mapping);
                }
            }
        }
        plan
    }

    fn place(&mut self, row: usize, mapping: &Mapping) {
        let path = &mapping.target.path;
        let members = match &path.schema {
            Some(schema) => object(&mut self.members, schema),
            None => &mut self.members,
        };
        let leaf = |key: &str| Member::Value { key: key.to_owned(), row };
        match (&path.filter, &path.sub_attribute) {
            _ if mapping.carries_roles() => members.push(leaf(&path.attribute)),
            (Some(filter), sub) => {
                let element = element(members, &path.attribute, fixed(filter));
                element.members.push(leaf(sub.as_deref().unwrap_or("value")));
            }
            (None, Some(sub)) => object(members, &path.attribute).push(leaf(sub)),
            (None, None) => members.push(leaf(&path.attribute)),
        }
    }

    /// Writes the body of a POST for these values.
    pub fn write(&self, desired: &Desired, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"schemas\":[\"");
        out.extend_from_slice(urn::USER.as_bytes());
        out.extend_from_slice(b"\",\"");
        out.extend_from_slice(urn::ENTERPRISE_USER.as_bytes());
        out.extend_from_slice(b"\"]");
        let (core, extensions): (Vec<&Member>, Vec<&Member>) = self
            .members
            .iter()
            .partition(|m| !matches!(m, Member::Object { key, .. } if key.starts_with("urn:")));
        for member in core {
            member.write(desired, out, false);
        }
        out.extend_from_slice(b",\"meta\":{\"resourceType\":\"User\"}");
        for member in extensions {
            member.write(desired, out, false);
        }
        out.push(b'}');
    }
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
                write_key(key, out);
                write_flow(desired.get(*row), out);
            }
            Member::Object { key, members } => {
                write_key(key, out);
                out.push(b'{');
                write_members(members, desired, out, true);
                out.push(b'}');
            }
            Member::List { key, elements } => {
                write_key(key, out);
                out.push(b'[');
                let mut first = true;
                for element in
                    elements.iter().filter(|e| e.members.iter().any(|m| m.has_value(desired)))
                {
                    if !first {
                        out.push(b',');
                    }
                    first = false;
                    element.write(desired, out);
                }
                out.push(b']');
            }
        }
        true
    }

    fn has_value(&self, desired: &Desired) -> bool {
        match self {
            Member::Value { row, .. } => desired.get(*row).flows(),
            Member::Object { members, .. } => members.iter().any(|m| m.has_value(desired)),
            Member::List { elements, .. } => {
                elements.iter().any(|e| e.members.iter().any(|m| m.has_value(desired)))
            }
        }
    }
}

impl Element {
    /// The work element is marked primary although `primary` is not mapped [scim-dev].
    fn write(&self, desired: &Desired, out: &mut Vec<u8>) {
        out.push(b'{');
        let mut first = true;
        if self.fixed.iter().any(|(key, text)| key == "type" && text == "work") {
            out.extend_from_slice(b"\"primary\":true");
            first = false;
        }
        for (key, text) in &self.fixed {
            if !first {
                out.push(b',');
            }
            first = false;
            write_key(key, out);
            write_text(text, out);
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
        Flow::List(texts) => serde_json::to_writer(out, texts)
            .expect("texts are always JSON, and a Vec takes every byte"),
        Flow::Roles(flow) => write_roles(flow, out),
        // No lookup was made, so the first candidate is taken.
        Flow::Candidates(texts) => write_text(texts.first().map_or("", |text| text), out),
    }
}

/// Roles as a POST and the compliant dialect carry them [customize].
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

/// Writes a JSON string.
pub(in crate::entra) fn write_text(text: &str, out: &mut Vec<u8>) {
    serde_json::to_writer(out, text).expect("a string is always JSON, and a Vec takes every byte");
}

/// The values that a target's filter demands of the element: those of its `eq` comparisons.
fn fixed(filter: &Filter) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_text().map_or_else(|| value.to_string(), str::to_owned);
    filter
        .own_values()
        .unwrap_or_default()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), text(value)))
        .collect()
}

/// Returns the object under a key, added when missing.
fn object<'a>(members: &'a mut Vec<Member>, key: &str) -> &'a mut Vec<Member> {
    let found = members.iter().position(|m| matches!(m, Member::Object { key: k, .. } if k == key));
    let at = found.unwrap_or_else(|| {
        members.push(Member::Object { key: key.to_owned(), members: Vec::new() });
        members.len() - 1
    });
    match &mut members[at] {
        Member::Object { members, .. } => members,
        _ => unreachable!("the position is that of an object"),
    }
}

/// Returns the element with these fixed values in the list under a key, added when missing.
fn element<'a>(
    members: &'a mut Vec<Member>,
    key: &str,
    fixed: Vec<(String, String)>,
) -> &'a mut Element {
    let found = members.iter().position(|m| matches!(m, Member::List { key: k, .. } if k == key));
    let at = found.unwrap_or_else(|| {
        members.push(Member::List { key: key.to_owned(), elements: Vec::new() });
        members.len() - 1
    });
    let Member::List { elements, .. } = &mut members[at] else {
        unreachable!("the position is that of a list")
    };
    let nth = elements.iter().position(|e| e.fixed == fixed).unwrap_or_else(|| {
        elements.push(Element { fixed, members: Vec::new() });
        elements.len() - 1
    });
    &mut elements[nth]
}
