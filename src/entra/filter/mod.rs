//! Scoping filters: they decide which of the assigned users pass, by the values of attributes.
//!
//! A filter has a title and clauses that must all hold. A user passes if one of several filters
//! does; without filters every user passes [filters]. `read` parses, `operator` holds the
//! conditions. Evaluation is a pure function of a user.

mod operator;
mod read;
#[cfg(test)]
mod tests;

pub use operator::{ClauseOperator, OperandKind};
pub(in crate::entra) use read::assemble;

use std::borrow::Cow;

use super::expression::Pattern;
use super::field::Field;
use super::policy::Policy;
use super::tenant::User;

/// All filters of a job.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Filters {
    filters: Vec<Filter>,
}

/// One filter: clauses that must all hold.
#[derive(Clone, PartialEq, Debug)]
pub struct Filter {
    /// Its title in the portal.
    pub title: String,
    /// The conditions, all of which must hold.
    pub clauses: Vec<Clause>,
}

/// One clause: an attribute, an operator, a value.
#[derive(Clone, PartialEq, Debug)]
pub struct Clause {
    /// The name of the attribute, as it was written.
    pub attribute: String,
    /// The field of that name.
    pub field: Field,
    /// The condition.
    pub operator: ClauseOperator,
    /// The operand; empty for operators without one.
    pub value: String,
    /// The value as a pattern, for operators that take one: one that matches anywhere in the text,
    /// and one that matches only the whole text.
    pub(crate) patterns: Option<(Pattern, Pattern)>,
}

/// The result of one clause for one user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FilterVerdict {
    /// Whether it holds.
    pub passed: bool,
    /// The value of the attribute.
    pub found: Option<String>,
    /// An explanation of a surprising verdict; empty otherwise.
    pub note: &'static str,
}

impl Filters {
    /// Creates the filters of a job.
    pub fn new(filters: Vec<Filter>) -> Filters {
        Filters { filters }
    }

    /// The filters, in their order.
    pub fn list(&self) -> &[Filter] {
        &self.filters
    }

    /// Whether there are none, so that every user passes.
    pub fn is_empty(&self) -> bool {
        self.filters.is_empty()
    }

    /// Whether a user passes.
    pub fn pass(&self, user: &User, policy: &Policy) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| filter.passes(user, policy))
    }
}

impl Filter {
    /// Whether a user passes this filter.
    pub fn passes(&self, user: &User, policy: &Policy) -> bool {
        self.clauses.iter().all(|clause| clause.holds(user, policy))
    }

    /// The result of each clause for a user.
    pub fn verdicts(&self, user: &User, policy: &Policy) -> Vec<FilterVerdict> {
        self.clauses.iter().map(|clause| clause.verdict(user, policy)).collect()
    }
}

impl Clause {
    fn value<'a>(&self, user: &'a User) -> Option<Cow<'a, str>> {
        match self.field {
            Field::NotHeld => user.attributes().extension(&self.attribute).map(Cow::Borrowed),
            field => field.text(user),
        }
    }

    /// Whether it holds for a user.
    pub fn holds(&self, user: &User, policy: &Policy) -> bool {
        self.operator.holds(self.value(user).as_deref(), self, policy)
    }

    /// Whether it holds for a user, with the value found and an explanation.
    pub fn verdict(&self, user: &User, policy: &Policy) -> FilterVerdict {
        let found = self.value(user);
        FilterVerdict {
            passed: self.operator.holds(found.as_deref(), self, policy),
            note: self.operator.note(found.as_deref(), self),
            found: found.map(Cow::into_owned),
        }
    }
}

impl std::fmt::Display for Clause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.attribute, self.operator.name())?;
        if self.operator.needs() == OperandKind::Nothing {
            Ok(())
        } else {
            write!(f, " \"{}\"", self.value)
        }
    }
}
