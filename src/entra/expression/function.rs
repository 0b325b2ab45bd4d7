//! The description of a function: its name, parameters, documentation, examples and body.
//!
//! A function, a call of it and the evaluation of that call need each other's types, so this file,
//! `tree` and `evaluate` import one another; nothing else here does.

use super::evaluate::{Arguments, EvalResult};
use super::tree::FunctionCall;
use crate::base::{Problems, Span};

/// A function.
pub struct Function {
    /// Its name; names are compared exactly [functions].
    pub name: &'static str,
    /// The parameters, in order.
    pub parameters: &'static [Parameter],
    /// Its documentation: the result and the rules.
    pub doc: &'static str,
    /// Expressions with their results; they run as tests.
    pub examples: &'static [Example],
    /// Its implementation.
    pub(super) body: Body,
    /// The fewest arguments, if it is not the position of the last required one.
    least: Option<usize>,
    /// A check of its own, made before anything is evaluated.
    pub(super) check: Option<Check>,
}

/// The body of a function, which evaluates its arguments as it needs them.
pub(super) type Body = for<'a> fn(&mut Arguments<'a, '_>) -> EvalResult<'a>;

/// Checks a call before it is evaluated and compiles its constants.
pub(super) type Check = fn(&mut FunctionCall, &mut CheckContext<'_>);

/// The context of the check of one call.
pub(super) struct CheckContext<'p> {
    /// The place of the whole call.
    pub(super) span: Span,
    /// The bytes that are left in this expression for compiled patterns.
    pub(super) pattern_room: &'p mut usize,
    /// Where to report problems.
    pub(super) problems: &'p mut Problems,
}

/// One argument of a function.
pub struct Parameter {
    /// Its name, as the service's parser returns it where that is known [graph-functions].
    pub name: &'static str,
    /// Whether it must be there.
    pub need: Need,
    /// Whether the argument may be a comparison.
    pub condition: bool,
}

/// Whether an argument must be there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// Always.
    Required,
    /// It may be empty or missing.
    Optional,
    /// It and the parameters after it repeat; this many arguments must be there.
    Repeated(usize),
}

/// An expression with its result.
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
    /// A random result of this many characters.
    Random(usize),
    /// The attribute is left out of the change.
    Ignored,
    /// The evaluation fails.
    Fails,
}

impl Function {
    pub(super) const fn new(
        name: &'static str,
        parameters: &'static [Parameter],
        doc: &'static str,
        examples: &'static [Example],
        body: Body,
    ) -> Function {
        Function { name, parameters, doc, examples, body, least: None, check: None }
    }

    pub(super) const fn at_least(mut self, arguments: usize) -> Function {
        self.least = Some(arguments);
        self
    }

    pub(super) const fn checked(mut self, check: Check) -> Function {
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

    /// Returns `Name(first, second?, more…)`.
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

pub(super) const fn required(name: &'static str) -> Parameter {
    Parameter { name, need: Need::Required, condition: false }
}

pub(super) const fn optional(name: &'static str) -> Parameter {
    Parameter { name, need: Need::Optional, condition: false }
}

pub(super) const fn repeated(name: &'static str, least: usize) -> Parameter {
    Parameter { name, need: Need::Repeated(least), condition: false }
}

pub(super) const fn condition(name: &'static str) -> Parameter {
    Parameter { name, need: Need::Required, condition: true }
}

/// An example without attributes that gives a text.
pub(super) const fn plain(expression: &'static str, result: &'static str) -> Example {
    Example { expression, source: &[], result: Sample::Text(result) }
}

/// An example with attributes.
pub(super) const fn given(
    expression: &'static str,
    source: &'static [(&'static str, Sample)],
    result: Sample,
) -> Example {
    Example { expression, source, result }
}
