//! The syntax tree of an expression, with places, and its printing.

use std::fmt;

use super::function::Function;
use super::pattern::Pattern;
use crate::base::Span;

/// A part of an expression, and its place.
#[derive(Clone, PartialEq, Debug)]
pub struct Term {
    /// Its bytes in the text.
    pub span: Span,
    /// What it is.
    pub form: Form,
}

/// The kinds of parts of an expression.
#[derive(Clone, PartialEq, Debug)]
pub enum Form {
    /// `[mail]`: an attribute of the source object.
    Attribute(Box<str>),
    /// `"text"`, without its quotation marks and escapes.
    Text(Box<str>),
    /// `15` or `&HF`, in its spelling: an unquoted number is the same argument as a quoted one
    /// [graph-parseExpression].
    Number(Box<str>),
    /// A bare word.
    Keyword(Keyword),
    /// `a = b`, which is allowed only where a condition is expected.
    Compare(Box<Comparison>),
    /// `Name(…)`.
    Call(Box<FunctionCall>),
}

/// The words that need no quotation marks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keyword {
    /// `vbTextCompare`: ignoring case.
    TextCompare,
    /// `vbBinaryCompare`: exactly.
    BinaryCompare,
    /// `IgnoreAttributeFlow`: this attribute is left out of this change [wd-guide].
    IgnoreAttributeFlow,
    /// `IgnoreObjectFlow`: the whole object is skipped [wd-guide].
    IgnoreObjectFlow,
}

impl Keyword {
    /// The words and what they stand for.
    pub const WORDS: [(&'static str, Keyword); 4] = [
        ("vbTextCompare", Keyword::TextCompare),
        ("vbBinaryCompare", Keyword::BinaryCompare),
        ("IgnoreAttributeFlow", Keyword::IgnoreAttributeFlow),
        ("IgnoreObjectFlow", Keyword::IgnoreObjectFlow),
    ];

    /// The keyword of a word; words are compared exactly.
    pub fn parse(word: &str) -> Option<Keyword> {
        Keyword::WORDS.iter().find(|(known, _)| *known == word).map(|(_, keyword)| *keyword)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        Keyword::WORDS[self as usize].0
    }
}

/// Two sides and an operator.
#[derive(Clone, PartialEq, Debug)]
pub struct Comparison {
    /// The left side.
    pub left: Term,
    /// The operator.
    pub operator: ComparisonOperator,
    /// The right side.
    pub right: Term,
}

/// The operator of a comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ComparisonOperator {
    /// `=`.
    Equal,
    /// `<>`.
    NotEqual,
    /// `>=`.
    AtLeast,
    /// `<=`.
    AtMost,
    /// `>`.
    Greater,
    /// `<`.
    Less,
}

impl ComparisonOperator {
    /// The signs; longer signs come before their prefixes.
    pub const SIGNS: [(&'static str, ComparisonOperator); 6] = [
        ("=", ComparisonOperator::Equal),
        ("<>", ComparisonOperator::NotEqual),
        (">=", ComparisonOperator::AtLeast),
        ("<=", ComparisonOperator::AtMost),
        (">", ComparisonOperator::Greater),
        ("<", ComparisonOperator::Less),
    ];

    /// The sign for it.
    pub fn sign(self) -> &'static str {
        ComparisonOperator::SIGNS[self as usize].0
    }

    /// Whether it holds for this ordering of its sides.
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            ComparisonOperator::Equal => ordering.is_eq(),
            ComparisonOperator::NotEqual => ordering.is_ne(),
            ComparisonOperator::AtLeast => ordering.is_ge(),
            ComparisonOperator::AtMost => ordering.is_le(),
            ComparisonOperator::Greater => ordering.is_gt(),
            ComparisonOperator::Less => ordering.is_lt(),
        }
    }
}

/// A function and its arguments.
#[derive(Clone, PartialEq, Debug)]
pub struct FunctionCall {
    /// The row of the table.
    pub function: &'static Function,
    /// The place of its name.
    pub name_span: Span,
    /// The arguments; `None` for an empty one.
    pub arguments: Vec<Option<Term>>,
    /// The regular expression among the arguments, when it is a constant, compiled once.
    pub pattern: Option<Pattern>,
}

impl FunctionCall {
    /// The argument at a position, unless it is empty or missing.
    pub fn argument(&self, at: usize) -> Option<&Term> {
        self.arguments.get(at)?.as_ref()
    }
}

impl Term {
    /// The text of a constant, quoted or not.
    pub fn constant(&self) -> Option<&str> {
        match &self.form {
            Form::Text(text) | Form::Number(text) => Some(text),
            _ => None,
        }
    }

    /// The call, if the term is a call.
    pub fn call(&self) -> Option<&FunctionCall> {
        match &self.form {
            Form::Call(call) => Some(call),
            _ => None,
        }
    }

    /// Visits this part and all below it, in the order of the text.
    pub fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term)) {
        visitor(self);
        match &self.form {
            Form::Compare(comparison) => {
                comparison.left.visit(visitor);
                comparison.right.visit(visitor);
            }
            Form::Call(call) => {
                call.arguments.iter().flatten().for_each(|argument| argument.visit(visitor))
            }
            _ => {}
        }
    }
}

impl fmt::Display for Term {
    /// Writes a spelling that parses to the same tree.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.form {
            Form::Attribute(name) => write!(f, "[{name}]"),
            Form::Text(text) => write_text(text, f),
            Form::Number(text) => f.write_str(text),
            Form::Keyword(keyword) => f.write_str(keyword.word()),
            Form::Compare(parts) => {
                write!(f, "{} {} {}", parts.left, parts.operator.sign(), parts.right)
            }
            Form::Call(call) => write_call(call, f),
        }
    }
}

fn write_text(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("\"")?;
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\\']) {
        write!(f, "{}\\{}", &rest[..at], &rest[at..=at])?;
        rest = &rest[at + 1..];
    }
    write!(f, "{rest}\"")
}

fn write_call(call: &FunctionCall, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}(", call.function.name)?;
    for (at, argument) in call.arguments.iter().enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        if let Some(argument) = argument {
            write!(f, "{argument}")?;
        }
    }
    f.write_str(")")
}
