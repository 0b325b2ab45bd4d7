//! One row of a mapping table: where a value comes from, where it goes, and when.

use super::target::Target;
use crate::entra::expression::Expression;
use crate::entra::field::Field;

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
