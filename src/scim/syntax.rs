//! The filter language of RFC 7644 3.4.2.2 and the paths of 3.10, as trees that print themselves as
//! they were read.
//!
//! Value paths need no tree of their own: the part in brackets is a [`Filter`] within a [`Path`].

use std::fmt;

use super::value::Value;

/// Why a filter or a path could not be read, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FilterError {
    /// What is wrong, in one line.
    pub message: String,
    /// The byte at which it was noticed.
    pub at: usize,
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at character {})", self.message, self.at + 1)
    }
}

impl std::error::Error for FilterError {}

/// How an attribute is compared with a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Greater than.
    Gt,
    /// Greater than or equal.
    Ge,
    /// Less than.
    Lt,
    /// Less than or equal.
    Le,
}

impl Operator {
    /// Every operator with its word.
    pub const WORDS: [(&'static str, Operator); 9] = [
        ("eq", Operator::Eq),
        ("ne", Operator::Ne),
        ("co", Operator::Co),
        ("sw", Operator::Sw),
        ("ew", Operator::Ew),
        ("gt", Operator::Gt),
        ("ge", Operator::Ge),
        ("lt", Operator::Lt),
        ("le", Operator::Le),
    ];

    /// The operator's word on the wire.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, operator)| *operator == self).map_or("eq", |(word, _)| word)
    }

    /// The operator of a word in any case (RFC 7644 3.4.2.2).
    pub fn parse(word: &str) -> Option<Operator> {
        Self::WORDS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(word))
            .map(|(_, operator)| *operator)
    }
}

/// A filter as a tree.
#[derive(Clone, PartialEq, Debug)]
pub enum Filter {
    /// `attribute op value`; the value is a string, a number, a boolean or null.
    Compare(Path, Operator, Value),
    /// `attribute pr`, and `attribute[…]`: some element meets the filter in brackets.
    Present(Path),
    /// All of at least two filters hold.
    And(Vec<Filter>),
    /// One of at least two filters holds.
    Or(Vec<Filter>),
    /// `not (…)`
    Not(Box<Filter>),
}

/// A path to an attribute or a part of one.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Path {
    /// The schema, when the path names one; the last colon ends it.
    pub schema: Option<String>,
    /// The attribute; empty when the path is a schema alone.
    pub attribute: String,
    /// Which elements of a multi-valued attribute.
    pub filter: Option<Box<Filter>>,
    /// A part of a complex attribute.
    pub sub_attribute: Option<String>,
    /// Whether a schema says that its values are compared exactly, whatever the name says.
    pub case_exact: bool,
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Filter::Compare(path, operator, value) => {
                write!(f, "{path} {} {value}", operator.word())
            }
            Filter::Present(path) if path.filter.is_some() && path.sub_attribute.is_none() => {
                write!(f, "{path}")
            }
            Filter::Present(path) => write!(f, "{path} pr"),
            Filter::And(all) => {
                write_joined(f, all, " and ", |part| matches!(part, Filter::And(_) | Filter::Or(_)))
            }
            Filter::Or(any) => write_joined(f, any, " or ", |part| matches!(part, Filter::Or(_))),
            Filter::Not(inner) => write!(f, "not ({inner})"),
        }
    }
}

fn write_joined(
    f: &mut fmt::Formatter<'_>,
    parts: &[Filter],
    word: &str,
    needs_parentheses: fn(&Filter) -> bool,
) -> fmt::Result {
    for (nth, part) in parts.iter().enumerate() {
        if nth > 0 {
            f.write_str(word)?;
        }
        match needs_parentheses(part) {
            true => write!(f, "({part})")?,
            false => write!(f, "{part}")?,
        }
    }
    Ok(())
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            f.write_str(schema)?;
            if !self.attribute.is_empty() {
                f.write_str(":")?;
            }
        }
        f.write_str(&self.attribute)?;
        if let Some(filter) = &self.filter {
            write!(f, "[{filter}]")?;
        }
        if let Some(sub) = &self.sub_attribute {
            write!(f, ".{sub}")?;
        }
        Ok(())
    }
}
