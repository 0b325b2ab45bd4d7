//! The operators of clauses: one row each, with its operand and when it holds.
//!
//! An attribute without a value makes every clause false, even NOT EQUALS; only IS NULL holds
//! [filters]. Comparisons of text are case-sensitive.

use super::Clause;
use crate::entra::field::FieldKind;
use crate::entra::policy::Policy;

/// The condition of a clause.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClauseOperator {
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

/// The operand of an operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OperandKind {
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
    operator: ClauseOperator,
    name: &'static str,
    needs: OperandKind,
    doc: &'static str,
}

#[rustfmt::skip]
const ROWS: [Row; 14] = [
    row(ClauseOperator::Equals, "EQUALS", OperandKind::Text, "The value is exactly this, case included."),
    row(ClauseOperator::NotEquals, "NOT EQUALS", OperandKind::Text, "There is a value, and it is not exactly this."),
    row(ClauseOperator::IsNull, "IS NULL", OperandKind::Nothing, "There is no value."),
    row(ClauseOperator::IsNotNull, "IS NOT NULL", OperandKind::Nothing, "There is a value."),
    row(ClauseOperator::IsTrue, "IS TRUE", OperandKind::Nothing, "A Boolean attribute is true."),
    row(ClauseOperator::IsFalse, "IS FALSE", OperandKind::Nothing, "A Boolean attribute is false."),
    row(ClauseOperator::RegexMatch, "REGEX MATCH", OperandKind::Pattern, "The pattern matches somewhere in the value (policy `regex_anchored`)."),
    row(ClauseOperator::NotRegexMatch, "NOT REGEX MATCH", OperandKind::Pattern, "There is a value, and the pattern does not match."),
    row(ClauseOperator::GreaterThan, "Greater_Than", OperandKind::Number, "The value is a whole number above this."),
    row(ClauseOperator::GreaterThanOrEquals, "Greater_Than_OR_EQUALS", OperandKind::Number, "The value is a whole number of at least this."),
    row(ClauseOperator::Includes, "Includes", OperandKind::Text, "The value contains this text."),
    row(ClauseOperator::EndsWith, "ENDS_WITH", OperandKind::Text, "The value ends with this text."),
    row(ClauseOperator::Within, "&", OperandKind::Text, "The value occurs inside this text."),
    row(ClauseOperator::NotWithin, "!&", OperandKind::Text, "There is a value, and it does not occur inside this text."),
];

const fn row(
    operator: ClauseOperator,
    name: &'static str,
    needs: OperandKind,
    doc: &'static str,
) -> Row {
    Row { operator, name, needs, doc }
}

impl ClauseOperator {
    /// The operators, in the order of the portal's reference.
    pub fn all() -> impl Iterator<Item = ClauseOperator> {
        ROWS.iter().map(|row| row.operator)
    }

    /// The vendor's names, for suggestions.
    pub fn names() -> impl Iterator<Item = &'static str> + Clone {
        ROWS.iter().map(|row| row.name)
    }

    /// The operator of a name, ignoring case; a blank may replace an underscore.
    pub fn parse(name: &str) -> Option<ClauseOperator> {
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

    /// When it holds, in a sentence.
    pub fn doc(self) -> &'static str {
        self.row().doc
    }

    /// The operand it takes.
    pub fn needs(self) -> OperandKind {
        self.row().needs
    }

    /// Whether it can be used on an attribute of this kind [g:filterops].
    pub fn fits(self, holds: FieldKind) -> bool {
        match self {
            ClauseOperator::IsNull | ClauseOperator::IsNotNull => true,
            ClauseOperator::IsTrue | ClauseOperator::IsFalse => holds == FieldKind::Truth,
            _ => holds != FieldKind::Truth,
        }
    }

    /// Whether it holds for a value.
    pub(super) fn holds(self, found: Option<&str>, clause: &Clause, policy: &Policy) -> bool {
        let Some(found) = found.filter(|found| !found.is_empty()) else {
            return self == ClauseOperator::IsNull;
        };
        let matches = || {
            let (anywhere, whole) = clause
                .patterns
                .as_ref()
                .expect("read() compiles the pattern of each clause with one");
            if policy.regex_anchored { whole.is_match(found) } else { anywhere.is_match(found) }
        };
        match self {
            ClauseOperator::Equals => found == clause.value,
            ClauseOperator::NotEquals => found != clause.value,
            ClauseOperator::IsNull => false,
            ClauseOperator::IsNotNull => true,
            ClauseOperator::IsTrue => found == "True",
            ClauseOperator::IsFalse => found == "False",
            ClauseOperator::RegexMatch => matches(),
            ClauseOperator::NotRegexMatch => !matches(),
            ClauseOperator::GreaterThan => {
                numbers(found, clause).is_some_and(|(found, value)| found > value)
            }
            ClauseOperator::GreaterThanOrEquals => {
                numbers(found, clause).is_some_and(|(found, value)| found >= value)
            }
            ClauseOperator::Includes => found.contains(&clause.value),
            ClauseOperator::EndsWith => found.ends_with(&clause.value),
            ClauseOperator::Within => clause.value.contains(found),
            ClauseOperator::NotWithin => !clause.value.contains(found),
        }
    }

    /// Explains a verdict that is likely to surprise; empty otherwise.
    pub(super) fn note(self, found: Option<&str>, clause: &Clause) -> &'static str {
        let found = found.unwrap_or_default();
        match self {
            ClauseOperator::IsNull => "",
            _ if found.is_empty() => "without a value every operator but IS NULL is false",
            ClauseOperator::GreaterThan | ClauseOperator::GreaterThanOrEquals
                if numbers(found, clause).is_none() =>
            {
                "not two whole numbers, so it is false"
            }
            ClauseOperator::Equals
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
