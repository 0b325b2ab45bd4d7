//! Scoping filters: they decide which of the assigned users and groups pass, by the values of
//! attributes.
//!
//! A filter has a title and clauses that must all hold. An object passes if one of several filters
//! does; without filters every object passes [filters]. `read` parses, `operator` holds the
//! conditions. Evaluation is a pure function of an object.

mod operator;
mod read;
#[cfg(test)]
mod tests;

pub use operator::{ClauseOperator, OperandKind};
pub(in crate::entra) use read::assemble;

use std::borrow::Cow;

use super::expression::Pattern;
use super::field::{Field, ObjectKind};
use super::policy::Policy;
use super::tenant::{Group, Lifecycle, User};

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
    /// The kind of the objects that it is about.
    pub of: ObjectKind,
    /// What it decides.
    pub set: FilterSet,
    /// The conditions, all of which must hold.
    pub clauses: Vec<Clause>,
}

/// What a filter decides: which of the three lists of the vendor's schema it stands in [g:filter].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FilterSet {
    /// Whether an object is in scope. One that leaves the scope is deprovisioned.
    Scope,
    /// Whether an object is read at all. One that is no longer read is not deprovisioned.
    Input,
    /// Whether an object belongs to this mapping; one that does not is left alone, as with
    /// [`FilterSet::Input`] (that nothing is deprovisioned is assumed).
    Category,
}

impl FilterSet {
    /// The words of the scenario format.
    pub const WORDS: [(&'static str, FilterSet); 3] = [
        ("scope", FilterSet::Scope),
        ("input", FilterSet::Input),
        ("category", FilterSet::Category),
    ];

    /// The key of its list in the vendor's schema.
    pub fn key(self) -> &'static str {
        match self {
            FilterSet::Scope => "groups",
            FilterSet::Input => "inputFilterGroups",
            FilterSet::Category => "categoryFilterGroups",
        }
    }
}

/// The object that a filter looks at.
#[derive(Clone, Copy)]
pub enum Filtered<'a> {
    /// A user.
    User(&'a User),
    /// A group.
    Group(&'a Group),
}

impl<'a> From<&'a User> for Filtered<'a> {
    fn from(user: &'a User) -> Filtered<'a> {
        Filtered::User(user)
    }
}

impl<'a> From<&'a Group> for Filtered<'a> {
    fn from(group: &'a Group) -> Filtered<'a> {
        Filtered::Group(group)
    }
}

impl Filtered<'_> {
    fn is_deleted_for_good(self) -> bool {
        let lifecycle = match self {
            Filtered::User(user) => user.lifecycle(),
            Filtered::Group(group) => group.lifecycle(),
        };
        lifecycle == Lifecycle::HardDeleted
    }

    fn kind(self) -> ObjectKind {
        match self {
            Filtered::User(_) => ObjectKind::User,
            Filtered::Group(_) => ObjectKind::Group,
        }
    }
}

impl Filters {
    /// Creates the filters of a job.
    pub fn new(filters: Vec<Filter>) -> Filters {
        Filters { filters }
    }

    /// All filters, in their order.
    pub fn list(&self) -> &[Filter] {
        &self.filters
    }

    /// The filters about a kind of object that decide the same.
    pub fn of(&self, of: ObjectKind, set: FilterSet) -> impl Iterator<Item = &Filter> + Clone {
        self.filters.iter().filter(move |filter| filter.of == of && filter.set == set)
    }

    /// Whether there are none at all.
    pub fn is_empty(&self) -> bool {
        self.filters.is_empty()
    }

    /// Whether the filters let an object into the scope. One that is deleted for good passes: only
    /// its id is left, which no filter can look at, so whoever was assigned to the end is deleted
    /// at the target too (assumed).
    pub fn pass<'a>(&self, object: impl Into<Filtered<'a>>, policy: &Policy) -> bool {
        let object = object.into();
        self.filters.is_empty()
            || object.is_deleted_for_good()
            || self.one_of(FilterSet::Scope, object, policy)
    }

    /// Whether an object is read and belongs to the mapping: those of the vendor's filters that are
    /// called experimental.
    pub fn read_in<'a>(&self, object: impl Into<Filtered<'a>>, policy: &Policy) -> bool {
        let object = object.into();
        self.filters.is_empty()
            || (self.one_of(FilterSet::Input, object, policy)
                && self.one_of(FilterSet::Category, object, policy))
    }

    /// Whether an object passes one filter of a list, or the list is empty.
    fn one_of(&self, set: FilterSet, object: Filtered<'_>, policy: &Policy) -> bool {
        let mut filters = self.of(object.kind(), set).peekable();
        filters.peek().is_none() || filters.any(|filter| filter.passes(object, policy))
    }

    /// What the scoping filters find in an object, clause by clause, as [`Filters::clauses`] lists
    /// them; `None` when there are no such filters.
    pub fn findings<'a>(
        &self,
        object: impl Into<Filtered<'a>>,
        policy: &Policy,
    ) -> Option<Box<[bool]>> {
        let object = object.into();
        let found = self.clauses(object.kind()).map(|(_, clause)| clause.holds(object, policy));
        let found: Box<[bool]> = found.collect();
        (!found.is_empty()).then_some(found)
    }

    /// Every clause of the scoping filters of a kind, with its filter.
    pub fn clauses(&self, of: ObjectKind) -> impl Iterator<Item = (&Filter, &Clause)> {
        self.of(of, FilterSet::Scope)
            .flat_map(|filter| filter.clauses.iter().map(move |clause| (filter, clause)))
    }
}

impl Filter {
    /// Whether an object passes this filter.
    pub fn passes<'a>(&self, object: impl Into<Filtered<'a>>, policy: &Policy) -> bool {
        let object = object.into();
        self.clauses.iter().all(|clause| clause.holds(object, policy))
    }

    /// The result of each clause for an object.
    pub fn verdicts<'a>(
        &self,
        object: impl Into<Filtered<'a>>,
        policy: &Policy,
    ) -> Vec<FilterVerdict> {
        let object = object.into();
        self.clauses.iter().map(|clause| clause.verdict(object, policy)).collect()
    }
}

impl Clause {
    fn value<'a>(&self, object: Filtered<'a>) -> Option<Cow<'a, str>> {
        match (object, self.field) {
            (Filtered::User(user), Field::NotHeld) => {
                user.attributes().extension(&self.attribute).map(Cow::Borrowed)
            }
            (Filtered::User(user), field) => field.text(user),
            (Filtered::Group(group), field) => field.text_of_group(group),
        }
    }

    /// Whether it holds for an object.
    pub fn holds(&self, object: Filtered<'_>, policy: &Policy) -> bool {
        self.operator.holds(self.value(object).as_deref(), self, policy)
    }

    /// Whether it holds for an object, with the value found and an explanation.
    fn verdict(&self, object: Filtered<'_>, policy: &Policy) -> FilterVerdict {
        let found = self.value(object);
        FilterVerdict {
            passed: self.operator.holds(found.as_deref(), self, policy),
            note: self.operator.note(found.as_deref(), self),
            found: found.map(Cow::into_owned),
        }
    }
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

/// The result of one clause for one object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FilterVerdict {
    /// Whether it holds.
    pub passed: bool,
    /// The value of the attribute.
    pub found: Option<String>,
    /// An explanation of a surprising verdict; empty otherwise.
    pub note: &'static str,
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
