//! Membership rules: the sentence by which a dynamic group finds its members, such as
//! `user.department -eq "Sales" -and user.accountEnabled -eq true`. [dynamic-groups]
//!
//! A subset of the vendor's language: rules about users, without lists of objects (`-any`, `-all`),
//! dates, direct reports and other groups. `parse` reads, `property` knows what can be asked of a
//! user; evaluation is a pure function of a user.

mod lexer;
mod parse;
mod property;
#[cfg(test)]
mod tests;

use super::expression::{Expression, Pattern};
use super::tenant::User;
use crate::base::{Node, Problems, Span};
use property::Property;

/// The longest rule, in characters. [dynamic-groups]
pub const LONGEST_RULE: usize = 3_072;

/// A rule that was read.
#[derive(Clone, Debug)]
pub struct Rule {
    text: Box<str>,
    root: Term,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Rule) -> bool {
        self.text == other.text
    }
}

/// What is wrong with a rule, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleError {
    /// The place in the rule.
    pub at: Span,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// A part of a rule that is true or false of a user.
#[derive(Clone, Debug)]
enum Term {
    All(Vec<Term>),
    Any(Vec<Term>),
    Not(Box<Term>),
    Compare(Comparison),
}

/// A property, how it is compared, and with what.
#[derive(Clone, Debug)]
struct Comparison {
    property: Property,
    /// Whether the operator is the denied form of another, as `-notIn` is of `-in`.
    denied: bool,
    test: Comparand,
}

/// What a value is compared with. Texts are in lower case. [dynamic-groups: not case-sensitive]
#[derive(Clone, Debug)]
enum Comparand {
    /// It has no value.
    Null,
    Bool(bool),
    Is(Box<str>),
    StartsWith(Box<str>),
    EndsWith(Box<str>),
    Contains(Box<str>),
    In(Vec<Box<str>>),
    Matches(Pattern),
}

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// The first mistake, with its place.
    pub fn parse(text: &str) -> Result<Rule, RuleError> {
        parse::rule(text).map(|root| Rule { text: text.into(), root })
    }

    /// Reads a rule from a scenario, and reports a mistake at its place in the file.
    pub fn read(node: &Node, problems: &mut Problems) -> Option<Rule> {
        let text = node.as_text(problems)?;
        match Rule::parse(text) {
            Ok(rule) => Some(rule),
            Err(RuleError { at, message, help }) => {
                let problem = problems.error(Expression::place(node.span, text, at), message);
                if !help.is_empty() {
                    problem.help(help);
                }
                None
            }
        }
    }

    /// The rule, as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a user is a member.
    pub fn holds(&self, user: &User) -> bool {
        self.root.holds(user)
    }
}

impl Term {
    fn holds(&self, user: &User) -> bool {
        match self {
            Term::All(terms) => terms.iter().all(|term| term.holds(user)),
            Term::Any(terms) => terms.iter().any(|term| term.holds(user)),
            Term::Not(term) => !term.holds(user),
            Term::Compare(comparison) => comparison.holds(user),
        }
    }
}

impl Comparison {
    /// A denied comparison holds of a user without a value, as the comparison itself does not.
    /// (assumed)
    fn holds(&self, user: &User) -> bool {
        self.denied != self.test.holds(self.property.value(user).as_deref())
    }
}

impl Comparand {
    fn holds(&self, value: Option<&str>) -> bool {
        let Some(value) = value else { return matches!(self, Comparand::Null) };
        let lower = value.to_lowercase();
        match self {
            Comparand::Null => false,
            Comparand::Bool(wanted) => lower == wanted.to_string(),
            Comparand::Is(text) => *lower == **text,
            Comparand::StartsWith(text) => lower.starts_with(&**text),
            Comparand::EndsWith(text) => lower.ends_with(&**text),
            Comparand::Contains(text) => lower.contains(&**text),
            Comparand::In(list) => list.iter().any(|text| **text == *lower),
            Comparand::Matches(pattern) => pattern.is_match(value),
        }
    }
}
