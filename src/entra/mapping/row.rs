//! One row of a mapping table: the source of a value, its target, and when it flows.

use super::target::Target;
use crate::entra::expression::Expression;
use crate::entra::field::Field;

/// Where a value comes from [customize].
#[derive(Clone, PartialEq, Debug)]
pub enum RowSource {
    /// *Direct*: an attribute of the user, unchanged.
    Attribute {
        /// The name that the row uses; a field may have several names.
        name: Box<str>,
        /// The field of that name.
        field: Field,
    },
    /// *Constant*: always this text.
    Constant(Box<str>),
    /// *Expression*.
    Expression(Box<Expression>),
    /// *None*: no value; only the default is written, while the target is empty.
    None,
}

/// When a row flows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Apply {
    /// On create and on update.
    Always,
    /// Only on create (`ObjectAddOnly`).
    OnlyOnCreate,
    /// Values are added to a multi-valued attribute and never removed (`MultiValueAddOnly`).
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
    /// The value for a new account when the source has none [customize: on creation only].
    pub default: Option<Box<str>>,
    /// Matching precedence; `None` for a row that is not used for matching.
    pub matching: Option<u32>,
    /// When it flows.
    pub apply: Apply,
    /// When an update carries it.
    pub send: Send,
}

impl Mapping {
    /// Creates a row that always flows and is not used for matching.
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

    /// Whether it writes app roles in their own form: its expression is a single role function and
    /// its target is `roles`.
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
                expression.attributes().any(|(name, _)| name == "appRoleAssignments")
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
