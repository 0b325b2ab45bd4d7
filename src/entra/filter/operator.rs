//! The operators of clauses: one row each, with what it takes and when it holds.
//!
//! One rule comes before all: an attribute without a value makes every clause false, NOT EQUALS
//! too, except IS NULL [filters]. Texts are compared with regard to case.

use super::Clause;
use crate::entra::field::Holds;
use crate::entra::policy::Policy;

/// What a clause asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    /// The value is exactly this.
    Equals,
    /// There is a value, and it is not this.
    NotEquals,
    /// There is no value.
    IsNull,
    /// There is a value.
    IsNotNull,
    /// The value is true.
    IsTrue,
    /// The value is false.
    IsFalse,
    /// A pattern matches.
    RegexMatch,
    /// There is a value, and a pattern does not match.
    NotRegexMatch,
    /// A whole number above this.
    GreaterThan,
    /// A whole number of at least this.
    GreaterThanOrEquals,
    /// The value contains this.
    Includes,
    /// The value ends with this.
    EndsWith,
    /// The value occurs inside this.
    Within,
    /// There is a value, and it does not occur inside this.
    NotWithin,
}

/// What stands beside an operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// A regular expression.
    Pattern,
}

/// A row of the table.
struct Row {
    operator: Operator,
    name: &'static str,
    needs: Needs,
    doc: &'static str,
}

#[rustfmt::skip]
const ROWS: [Row; 14] = [
    row(Operator::Equals, "EQUALS", Needs::Text, "The value is exactly this, case included."),
    row(Operator::NotEquals, "NOT EQUALS", Needs::Text, "There is a value, and it is not exactly this."),
    row(Operator::IsNull, "IS NULL", Needs::Nothing, "There is no value."),
    row(Operator::IsNotNull, "IS NOT NULL", Needs::Nothing, "There is a value."),
    row(Operator::IsTrue, "IS TRUE", Needs::Nothing, "A Boolean attribute is true."),
    row(Operator::IsFalse, "IS FALSE", Needs::Nothing, "A Boolean attribute is false."),
    row(Operator::RegexMatch, "REGEX MATCH", Needs::Pattern, "The pattern matches somewhere in the value (policy `regex_anchored`)."),
    row(Operator::NotRegexMatch, "NOT REGEX MATCH", Needs::Pattern, "There is a value, and the pattern does not match."),
    row(Operator::GreaterThan, "Greater_Than", Needs::Number, "The value is a whole number above this."),
    row(Operator::GreaterThanOrEquals, "Greater_Than_OR_EQUALS", Needs::Number, "The value is a whole number of at least this."),
    row(Operator::Includes, "Includes", Needs::Text, "The value contains this text."),
    row(Operator::EndsWith, "ENDS_WITH", Needs::Text, "The value ends with this text."),
    row(Operator::Within, "&", Needs::Text, "The value occurs inside this text."),
    row(Operator::NotWithin, "!&", Needs::Text, "There is a value, and it does not occur inside this text."),
];

const fn row(operator: Operator, name: &'static str, needs: Needs, doc: &'static str) -> Row {
    Row { operator, name, needs, doc }
}

impl Operator {
    /// The operators, in the order of the portal's reference.
    pub fn all() -> impl Iterator<Item = Operator> {
        ROWS.iter().map(|row| row.operator)
    }

    /// The vendor's names, for suggestions.
    pub fn names() -> impl Iterator<Item = &'static str> + Clone {
        ROWS.iter().map(|row| row.name)
    }

    /// The operator of a name; case does not count, and a blank may stand for an underscore.
    pub fn parse(name: &str) -> Option<Operator> {
        let same = |known: &str| {
            known.len() == name.len()
                && known
                    .bytes()
                    .zip(name.bytes())
                    .all(|(a, b)| a.eq_ignore_ascii_case(&b) || (blank(a) && blank(b)))
        };
        ROWS.iter().find(|row| same(row.name)).map(|row| row.operator)
    }

    /// The vendor's name.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// When it holds.
    pub fn doc(self) -> &'static str {
        self.row().doc
    }

    /// What stands beside it.
    pub fn needs(self) -> Needs {
        self.row().needs
    }

    /// Whether it can be asked of what an attribute holds [g:filterops].
    pub fn fits(self, holds: Holds) -> bool {
        match self {
            Operator::IsNull | Operator::IsNotNull => true,
            Operator::IsTrue | Operator::IsFalse => holds == Holds::Truth,
            _ => holds != Holds::Truth,
        }
    }

    /// Whether it holds for a value.
    pub(super) fn holds(self, found: Option<&str>, clause: &Clause, policy: &Policy) -> bool {
        let Some(found) = found.filter(|found| !found.is_empty()) else {
            return self == Operator::IsNull;
        };
        let matches = || {
            let (anywhere, whole) = clause
                .patterns
                .as_ref()
                .expect("read() compiles the pattern of each clause with one");
            if policy.regex_anchored { whole.is_match(found) } else { anywhere.is_match(found) }
        };
        match self {
            Operator::Equals => found == clause.value,
            Operator::NotEquals => found != clause.value,
            Operator::IsNull => false,
            Operator::IsNotNull => true,
            Operator::IsTrue => found == "True",
            Operator::IsFalse => found == "False",
            Operator::RegexMatch => matches(),
            Operator::NotRegexMatch => !matches(),
            Operator::GreaterThan => {
                numbers(found, clause).is_some_and(|(found, value)| found > value)
            }
            Operator::GreaterThanOrEquals => {
                numbers(found, clause).is_some_and(|(found, value)| found >= value)
            }
            Operator::Includes => found.contains(&clause.value),
            Operator::EndsWith => found.ends_with(&clause.value),
            Operator::Within => clause.value.contains(found),
            Operator::NotWithin => !clause.value.contains(found),
        }
    }

    /// What explains a verdict that surprises.
    pub(super) fn note(self, found: Option<&str>, clause: &Clause) -> &'static str {
        let found = found.unwrap_or_default();
        match self {
            Operator::IsNull => "",
            _ if found.is_empty() => "without a value every operator but IS NULL is false",
            Operator::GreaterThan | Operator::GreaterThanOrEquals
                if numbers(found, clause).is_none() =>
            {
                "not two whole numbers, so it is false"
            }
            Operator::Equals
                if found != clause.value && found.to_lowercase() == clause.value.to_lowercase() =>
            {
                "the case differs"
            }
            _ => "",
        }
    }

    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}

fn blank(byte: u8) -> bool {
    byte == b' ' || byte == b'_'
}

fn numbers(found: &str, clause: &Clause) -> Option<(i64, i64)> {
    Some((found.trim().parse().ok()?, clause.value.trim().parse().ok()?))
}
