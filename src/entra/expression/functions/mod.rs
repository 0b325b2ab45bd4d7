//! The functions of the language: one row each, with name, arguments, doc, examples and body, a
//! file for each family.
//!
//! To add one, write its row in the file of its family: parser, evaluator, tests and
//! `docs/expressions.md` all read the table.

mod case;
mod conditions;
mod dates;
mod encoding;
mod flow;
mod lists;
mod numbers;
mod presence;
mod random;
pub(super) mod replace;
pub(super) mod roles;
mod text;
pub(super) mod unique;

use super::evaluate::{Arguments, EvalResult};
use super::tree::FunctionCall;
use crate::base::{Problems, Span};

/// A function.
pub struct Function {
    /// Its name; names are compared exactly [functions].
    pub name: &'static str,
    /// What it takes, in order.
    pub parameters: &'static [Parameter],
    /// What it gives and by which rules.
    pub doc: &'static str,
    /// Expressions with their results; they run as tests.
    pub examples: &'static [Example],
    /// What it does.
    pub(super) body: Body,
    /// The fewest arguments, when they are not those up to the last required one.
    least: Option<usize>,
    /// What only it demands of its arguments, seen before anything is evaluated.
    pub(super) check: Option<Check>,
}

/// What a function does with what it is given; arguments are evaluated when it asks for them.
pub(super) type Body = for<'a> fn(&mut Arguments<'a, '_>) -> EvalResult<'a>;

/// Looks at a call as it stands and prepares what is constant.
pub(super) type Check = fn(&mut FunctionCall, Span, &mut Problems);

/// One argument of a function.
pub struct Parameter {
    /// Its name, as the service's parser gives it back where that is known [graph-functions].
    pub name: &'static str,
    /// Whether it must be there.
    pub need: Need,
    /// Whether a comparison may stand there.
    pub condition: bool,
}

/// Whether an argument must be there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// Always.
    Required,
    /// It may be empty or missing.
    Optional,
    /// It and the repeated ones after it come again and again; there must be this many.
    Repeated(usize),
}

/// An expression with what it gives.
pub struct Example {
    /// The expression.
    pub expression: &'static str,
    /// The attributes of the source object; all others are absent.
    pub source: &'static [(&'static str, Sample)],
    /// The result.
    pub result: Sample,
}

/// A value in an example.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sample {
    /// No value.
    Null,
    /// A text.
    Text(&'static str),
    /// Several values.
    List(&'static [&'static str]),
    /// App roles, by their values.
    Roles(&'static [&'static str]),
    /// A result as JSON, for complex values.
    Json(&'static str),
    /// A random result of so many characters.
    Random(usize),
    /// The attribute is left out of the change.
    Ignored,
    /// The evaluation fails.
    Fails,
}

impl Function {
    const fn new(
        name: &'static str,
        parameters: &'static [Parameter],
        doc: &'static str,
        examples: &'static [Example],
        body: Body,
    ) -> Function {
        Function { name, parameters, doc, examples, body, least: None, check: None }
    }

    const fn at_least(mut self, arguments: usize) -> Function {
        self.least = Some(arguments);
        self
    }

    const fn checked(mut self, check: Check) -> Function {
        self.check = Some(check);
        self
    }

    /// The fewest arguments it takes.
    pub fn fewest(&self) -> usize {
        let mut fewest = 0;
        for (at, parameter) in self.parameters.iter().enumerate() {
            match parameter.need {
                Need::Required => fewest = at + 1,
                Need::Optional => {}
                Need::Repeated(least) => fewest = at + least,
            }
        }
        self.least.unwrap_or(fewest)
    }

    /// The most arguments it takes; `None` without a limit.
    pub fn most(&self) -> Option<usize> {
        let repeats =
            self.parameters.iter().any(|parameter| matches!(parameter.need, Need::Repeated(_)));
        (!repeats).then_some(self.parameters.len())
    }

    /// The parameter at a position of a call.
    pub fn parameter(&self, at: usize) -> Option<&'static Parameter> {
        let repeated = self
            .parameters
            .iter()
            .position(|parameter| matches!(parameter.need, Need::Repeated(_)));
        match repeated {
            Some(first) if at >= first => {
                self.parameters.get(first + (at - first) % (self.parameters.len() - first))
            }
            _ => self.parameters.get(at),
        }
    }

    /// `Name(first, second?, more…)`.
    pub fn signature(&self) -> String {
        let shown = self.parameters.iter().map(|parameter| match parameter.need {
            Need::Required => parameter.name.to_owned(),
            Need::Optional => format!("{}?", parameter.name),
            Need::Repeated(_) => format!("{}…", parameter.name),
        });
        format!("{}({})", self.name, shown.collect::<Vec<_>>().join(", "))
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Function) -> bool {
        self.name == other.name
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

const fn required(name: &'static str) -> Parameter {
    Parameter { name, need: Need::Required, condition: false }
}

const fn optional(name: &'static str) -> Parameter {
    Parameter { name, need: Need::Optional, condition: false }
}

const fn repeated(name: &'static str, least: usize) -> Parameter {
    Parameter { name, need: Need::Repeated(least), condition: false }
}

const fn condition(name: &'static str) -> Parameter {
    Parameter { name, need: Need::Required, condition: true }
}

/// An example without attributes that gives a text.
const fn plain(expression: &'static str, result: &'static str) -> Example {
    Example { expression, source: &[], result: Sample::Text(result) }
}

/// An example with attributes.
const fn given(
    expression: &'static str,
    source: &'static [(&'static str, Sample)],
    result: Sample,
) -> Example {
    Example { expression, source, result }
}

/// All functions, by name.
pub static FUNCTIONS: [&Function; 44] = [
    &text::APPEND,
    &roles::COMPLEX,
    &roles::ASSERTIVE,
    &numbers::BIT_AND,
    &conditions::C_BOOL,
    &dates::C_DATE,
    &conditions::COALESCE,
    &encoding::CONVERT_TO_BASE64,
    &encoding::CONVERT_TO_UTF8_HEX,
    &lists::COUNT,
    &numbers::C_STR,
    &dates::DATE_ADD,
    &dates::DATE_DIFF,
    &dates::DATE_FROM_NUM,
    &dates::FORMAT_DATE_TIME,
    &random::GUID,
    &flow::IGNORE_FLOW,
    &conditions::IIF,
    &text::IN_STR,
    &presence::IS_NULL,
    &presence::IS_NULL_OR_EMPTY,
    &presence::IS_PRESENT,
    &presence::IS_STRING,
    &lists::ITEM,
    &lists::JOIN,
    &text::LEFT,
    &text::MID,
    &case::NORMALIZE_DIACRITICS,
    &conditions::NOT,
    &dates::NOW,
    &dates::NUM_FROM_DATE,
    &case::P_CASE,
    &random::RANDOM_STRING,
    &flow::REDACT,
    &lists::REMOVE_DUPLICATES,
    &replace::REPLACE,
    &unique::SELECT_UNIQUE_VALUE,
    &roles::SINGLE,
    &lists::SPLIT,
    &text::STRIP_SPACES,
    &conditions::SWITCH,
    &case::TO_LOWER,
    &case::TO_UPPER,
    &text::WORD,
];

/// The function of a name; names are compared exactly.
pub fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name).copied()
}

/// The names of all functions, for suggestions.
pub fn names() -> impl Iterator<Item = &'static str> + Clone {
    FUNCTIONS.iter().map(|function| function.name)
}

/// Functions of the related engines (Cloud Sync, Connect Sync), which people paste in and the
/// application service lacks.
pub const FOREIGN: [&str; 12] = [
    "ConvertFromBase64",
    "DNComponent",
    "DefaultDomain",
    "Error",
    "IsNothing",
    "Len",
    "LCase",
    "Prepend",
    "Right",
    "StringFromSid",
    "Trim",
    "UCase",
];
