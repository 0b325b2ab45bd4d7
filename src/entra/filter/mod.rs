//! Scoping filters: which of the assigned people pass, by the values of their attributes.
//!
//! A filter has a title and clauses that must all hold; of several filters one is enough; without
//! any, everybody passes [filters]. Reading is in `read`, what a clause asks in `operator`.
//! Evaluation is a pure function of a user.

mod operator;
mod read;
#[cfg(test)]
mod tests;

pub use operator::{ClauseOperator, OperandKind};
pub(in crate::entra) use read::assemble;

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
    /// What must hold.
    pub clauses: Vec<Clause>,
}

/// One clause: an attribute, an operator, a value.
#[derive(Clone, PartialEq, Debug)]
pub struct Clause {
    /// The attribute, as it was named.
    pub attribute: String,
    /// What it is.
    pub field: Field,
    /// What is asked of it.
    pub operator: ClauseOperator,
    /// What it is compared with; empty for operators that take nothing.
    pub value: String,
    /// The value as a pattern, for the operators that take one: anywhere in the text, and for the
    /// whole of it.
    pub(crate) patterns: Option<(Pattern, Pattern)>,
}

/// What became of one clause for one user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FilterVerdict {
    /// Whether it holds.
    pub passed: bool,
    /// The value it looked at.
    pub found: Option<String>,
    /// What explains the verdict when it surprises; else empty.
    pub note: &'static str,
}

impl Filters {
    /// Filters of their parts.
    pub fn new(filters: Vec<Filter>) -> Filters {
        Filters { filters }
    }

    /// The filters, in their order.
    pub fn list(&self) -> &[Filter] {
        &self.filters
    }

    /// Whether there are none, so that everybody passes.
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

    /// What becomes of each clause for a user.
    pub fn verdicts(&self, user: &User, policy: &Policy) -> Vec<FilterVerdict> {
        self.clauses.iter().map(|clause| clause.verdict(user, policy)).collect()
    }
}

impl Clause {
    /// Whether it holds for a user.
    pub fn holds(&self, user: &User, policy: &Policy) -> bool {
        self.operator.holds(self.field.text(user).as_deref(), self, policy)
    }

    /// The same with what explains it.
    pub fn verdict(&self, user: &User, policy: &Policy) -> FilterVerdict {
        let found = self.field.text(user);
        FilterVerdict {
            passed: self.operator.holds(found.as_deref(), self, policy),
            note: self.operator.note(found.as_deref(), self),
            found: found.map(std::borrow::Cow::into_owned),
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
