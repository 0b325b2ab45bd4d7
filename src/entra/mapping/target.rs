//! The target of a mapping row: the attribute of an account, and its path in requests.
//!
//! An author may spell one attribute in several ways: with or without the URN of the core schema,
//! with blanks, in any letter case. Requests are built from the meaning, [`Target::path`], and logs
//! show the spelling, [`Target::name`].

use std::sync::Arc;

use crate::scim::{Path, Value, urn};

/// What a target attribute holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TargetKind {
    /// Text.
    Text,
    /// True or false.
    Truth,
    /// A whole number.
    Integer,
    /// Another account.
    Reference,
}

/// Where a value goes.
#[derive(Clone, PartialEq, Debug)]
pub struct Target {
    /// The attribute as the author spells it, such as `emails[type eq "work"].value`.
    pub name: Arc<str>,
    /// What the name means, without the URN of a core schema.
    pub path: Path,
    /// The path as requests name it.
    pub wire: Arc<str>,
    /// What it holds.
    pub kind: TargetKind,
    /// Whether it takes several values.
    pub several: bool,
    /// Whether every account must have it.
    pub required: bool,
    /// Whether a change of letter case alone is a change.
    pub case_exact: bool,
}

/// Schemas whose attributes stand at the top of a resource.
const CORE: [&str; 2] = [urn::USER, urn::GROUP];

impl Target {
    /// Parses a path; kind and flags follow from the standard's definition of the attribute.
    ///
    /// # Errors
    /// What is wrong with the path, and at which byte.
    pub fn parse(name: &str) -> Result<Target, (String, usize)> {
        let path = meaning(Path::parse(name).map_err(|error| (error.message, error.at))?);
        if path.attribute.is_empty() {
            return Err(("it names a schema and no attribute".to_owned(), 0));
        }
        let leaf = path.sub_attribute.as_deref().unwrap_or(&path.attribute);
        let is = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(leaf));
        let kind = match () {
            () if is(&["active", "primary"]) => TargetKind::Truth,
            () if is(&["manager", "members"]) && path.sub_attribute.is_none() => {
                TargetKind::Reference
            }
            () => TargetKind::Text,
        };
        let several = path.is_plain() && is(&["roles", "members", "schemas"]);
        // The gallery's attribute lists mark few attributes as caseExact, but do not print which
        // (assumed).
        let case_exact =
            !is(&["userName", "active"]) && !path.attribute.eq_ignore_ascii_case("emails");
        let wire = path.to_string().into();
        Ok(Target { name: name.into(), path, wire, kind, several, required: false, case_exact })
    }

    /// Whether this is the attribute of that name, outside of any extension.
    pub fn is(&self, name: &str) -> bool {
        self.wire.eq_ignore_ascii_case(name)
    }

    /// Whether both name the same value: attribute names and types are compared without case (RFC
    /// 7643 2.1).
    pub fn same_as(&self, other: &Target) -> bool {
        self.wire.eq_ignore_ascii_case(&other.wire)
    }

    /// Whether it belongs to a schema that the standard does not define.
    pub fn is_custom(&self) -> bool {
        self.path
            .schema
            .as_ref()
            .is_some_and(|schema| !schema.eq_ignore_ascii_case(urn::ENTERPRISE_USER))
    }

    /// Whether its schema is not a URN, as in `custom:country`; a create leaves such a target out
    /// (B97).
    pub fn is_without_urn(&self) -> bool {
        let is_urn =
            |schema: &String| schema.get(..4).is_some_and(|s| s.eq_ignore_ascii_case("urn:"));
        self.path.schema.as_ref().is_some_and(|schema| !is_urn(schema))
    }

    /// The path of the whole attribute, of which the target may be a part.
    pub fn attribute(&self) -> Path {
        Path { filter: None, sub_attribute: None, ..self.path.clone() }
    }

    /// The fixed values that the target's filter gives its element; empty without a filter, and
    /// `None` if the filter does not determine the values.
    pub fn element(&self) -> Option<Vec<(String, Value)>> {
        let Some(filter) = &self.path.filter else { return Some(Vec::new()) };
        let mut values: Vec<(String, Value)> = Vec::new();
        for (name, value) in filter.own_values()? {
            if values.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
                return None;
            }
            values.push((name.to_owned(), element_value(name, value)));
        }
        Some(values)
    }
}

/// Converts `primary` to a Boolean, which filters may spell as a text, as in the vendor's tables.
fn element_value(name: &str, value: &Value) -> Value {
    match value.as_bool() {
        Some(truth) if name.eq_ignore_ascii_case("primary") => Value::Bool(truth),
        _ => value.clone(),
    }
}

/// Returns the canonical form of a path: without the URN of a core schema, with the enterprise
/// extension's URN in its own letter case, and with `.value` after an element named as a whole.
fn meaning(mut path: Path) -> Path {
    let is = |schema: &str, urn: &str| schema.eq_ignore_ascii_case(urn);
    path.schema =
        path.schema.filter(|schema| !CORE.iter().any(|urn| is(schema, urn))).map(|schema| {
            if is(&schema, urn::ENTERPRISE_USER) { urn::ENTERPRISE_USER.to_owned() } else { schema }
        });
    if path.filter.is_some() && path.sub_attribute.is_none() {
        path.sub_attribute = Some("value".to_owned());
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_meaning_has_one_form_on_the_wire() {
        let cases = [
            ("nickName", "nickName"),
            ("urn:ietf:params:scim:schemas:core:2.0:User:nickName", "nickName"),
            ("URN:ietf:params:scim:schemas:CORE:2.0:user:name.givenName", "name.givenName"),
            (
                "urn:ietf:params:scim:schemas:core:2.0:User:emails[type eq \"work\"].value",
                "emails[type eq \"work\"].value",
            ),
            ("emails[ type  eq \"work\" ]", "emails[type eq \"work\"].value"),
            (
                "urn:ietf:params:scim:schemas:extension:Enterprise:2.0:User:department",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            ),
            ("urn:acme:2.0:User:badge", "urn:acme:2.0:User:badge"),
        ];
        for (name, wire) in cases {
            let target = Target::parse(name).unwrap();
            assert_eq!((&*target.name, &*target.wire), (name, wire));
        }
        assert!(Target::parse("urn:ietf:params:scim:schemas:core:2.0:User").is_err());
    }
}
