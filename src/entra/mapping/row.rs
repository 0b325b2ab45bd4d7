//! One row of a mapping table: where a value comes from, where it goes, and when.

use std::sync::Arc;

use crate::entra::expression::Expression;
use crate::entra::field::Field;
use crate::scim::{Path, urn};

/// Where a value comes from [customize].
#[derive(Clone, PartialEq, Debug)]
pub enum RowSource {
    /// *Direct*: an attribute of the user, as it is.
    Attribute {
        /// The name the row uses, one of several for the same field.
        name: Box<str>,
        /// The field of that name.
        field: Field,
    },
    /// *Constant*: always this text.
    Constant(Box<str>),
    /// *Expression*.
    Expression(Box<Expression>),
    /// *None*: the target is left alone; the default fills it while it is empty.
    None,
}

/// When a row flows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Apply {
    /// On create and on update.
    Always,
    /// On create alone (`ObjectAddOnly`).
    OnlyOnCreate,
    /// Values are added to a multi-valued attribute, never taken away (`MultiValueAddOnly`).
    AddValues,
}

/// When an update carries a row [g:attrmap].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Send {
    /// When the account shows another value (`FlowWhenChanged`).
    WhenChanged,
    /// With every update that is looked at (`FlowAlways`).
    Always,
}

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
    /// The attribute as the vendor writes it, such as `emails[type eq "work"].value`.
    pub name: Arc<str>,
    /// The parsed name.
    pub path: Path,
    /// What it holds.
    pub kind: TargetKind,
    /// Whether it takes several values.
    pub several: bool,
    /// Whether every account must have it.
    pub required: bool,
    /// Whether a change of letter case alone is a change.
    pub case_exact: bool,
}

/// One row.
#[derive(Clone, PartialEq, Debug)]
pub struct Mapping {
    /// Where the value comes from.
    pub source: RowSource,
    /// Where it goes.
    pub target: Target,
    /// What a new account gets when the source has no value [customize: on creation only].
    pub default: Option<Box<str>>,
    /// Matching precedence; `None` for a row that does not match.
    pub matching: Option<u32>,
    /// When it flows.
    pub apply: Apply,
    /// When an update carries it.
    pub send: Send,
}

impl Target {
    /// Parses a path; kind and flags follow from what the standard says of the attribute.
    ///
    /// # Errors
    /// What is wrong with the path, and at which byte.
    pub fn parse(name: &str) -> Result<Target, (String, usize)> {
        let path = Path::parse(name).map_err(|error| (error.message, error.at))?;
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
        // The gallery's attribute lists mark few as caseExact; which ones is not printed (assumed).
        let case_exact =
            !is(&["userName", "active"]) && !path.attribute.eq_ignore_ascii_case("emails");
        Ok(Target { name: name.into(), path, kind, several, required: false, case_exact })
    }

    /// Whether it belongs to a schema that the standard does not define.
    pub fn is_custom(&self) -> bool {
        let known = [urn::USER, urn::ENTERPRISE_USER, urn::GROUP];
        self.path
            .schema
            .as_ref()
            .is_some_and(|schema| !known.iter().any(|urn| urn.eq_ignore_ascii_case(schema)))
    }
}

impl Mapping {
    /// A row that flows always and does not match.
    pub fn new(source: RowSource, target: Target) -> Mapping {
        Mapping {
            source,
            target,
            default: None,
            matching: None,
            apply: Apply::Always,
            send: Send::WhenChanged,
        }
    }

    /// Its expression, when it has one.
    pub fn expression(&self) -> Option<&Expression> {
        match &self.source {
            RowSource::Expression(expression) => Some(expression),
            _ => None,
        }
    }

    /// Whether it carries app roles in their own form: a role function alone, toward `roles`.
    pub fn carries_roles(&self) -> bool {
        let function = self
            .expression()
            .and_then(|expression| expression.root().call())
            .map(|call| call.function.name);
        self.target.path.attribute.eq_ignore_ascii_case("roles")
            && function.is_some_and(|name| name.contains("AppRoleAssignment"))
    }

    /// Whether logs show `[Redact]` in place of its values.
    pub fn redacts(&self) -> bool {
        self.expression().is_some_and(Expression::redacts)
    }

    /// Whether it reads app roles.
    pub fn reads_roles(&self) -> bool {
        match &self.source {
            RowSource::Attribute { field, .. } => *field == Field::AppRoleAssignments,
            RowSource::Expression(expression) => {
                expression.attributes().iter().any(|(name, _)| *name == "appRoleAssignments")
            }
            _ => false,
        }
    }

    /// The source as the portal's table shows it.
    pub fn source_text(&self) -> &str {
        match &self.source {
            RowSource::Attribute { name, .. } => name,
            RowSource::Constant(text) => text,
            RowSource::Expression(expression) => expression.text(),
            RowSource::None => "",
        }
    }
}
