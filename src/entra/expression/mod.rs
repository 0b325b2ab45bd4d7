//! The mapping expression language, such as `Join(".", [givenName], [surname])`: an expression is
//! parsed once and evaluated for each object.
//!
//! All of it is pure. [`Expression::parse`] returns a tree or diagnostics; [`Expression::evaluate`]
//! returns a value, leaves the attribute or object out, or fails. `functions` is the table of
//! functions, `evaluate` runs them, `reference` documents them.

mod check;
mod date;
mod date_format;
mod evaluate;
mod function;
pub mod functions;
mod limits;
mod lint;
mod parse;
mod pattern;
mod reference;
mod scanner;
mod scope;
mod sheet;
#[cfg(test)]
mod tests;
mod tree;
mod value;

pub use date::{Date, Interval};
pub use evaluate::{EvalError, EvalExit, EvalStep, Notes};
pub use function::{Need, Parameter};
pub use functions::FUNCTIONS;
pub use functions::roles::ROLE_TYPE;
pub use functions::unique::{ALL_TAKEN, NAME as SELECT_UNIQUE_VALUE};
pub use limits::{DEPTH_MAX, EFFORT, LENGTH_MAX, TEXT_MAX};
pub use pattern::Pattern;
pub use reference::reference;
pub use scope::{AttributeSource, Scope, nothing_taken};
pub use sheet::{Sheet, SheetAttributes};
pub use tree::{Comparison, ComparisonOperator, Form, FunctionCall, Keyword, Term};
pub use value::{AppRole, Value};

use std::fmt;

use crate::base::{Diagnostic, Node, Problems, Span};
use evaluate::Evaluator;

/// A parsed expression.
#[derive(Clone, Debug)]
pub struct Expression {
    text: Box<str>,
    root: Term,
    warnings: Vec<Diagnostic>,
    // Both are asked for each object: the tree is walked once.
    attributes: Vec<(Box<str>, Span)>,
    functions: Vec<&'static str>,
}

/// The result of an expression for one object.
#[derive(Clone, PartialEq, Debug)]
pub enum EvalOutcome<'a> {
    /// A value, which may be null.
    Value(Value<'a>),
    /// The attribute is left out of this change: neither sent nor cleared.
    IgnoreAttribute,
    /// The whole object is skipped.
    IgnoreObject,
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// All problems, ordered by their places in `text`.
    pub fn parse(text: &str) -> Result<Expression, Vec<Diagnostic>> {
        let mut problems = Problems::default();
        let Some(root) = parse::parse(text, &mut problems) else {
            return Err(problems.into_sorted());
        };
        let (mut attributes, mut functions) = (Vec::new(), Vec::new());
        root.visit(&mut |term| match &term.form {
            Form::Attribute(name) => attributes.push((name.clone(), term.span)),
            Form::Call(call) => functions.push(call.function.name),
            _ => {}
        });
        let warnings = lint::lint(&root);
        Ok(Expression { text: text.into(), root, warnings, attributes, functions })
    }

    /// Reads an expression in a file and reports its problems at their places in the file.
    pub fn read(node: &Node, problems: &mut Problems) -> Option<Expression> {
        let text = node.as_text(problems)?;
        let (found, expression) = match Expression::parse(text) {
            Ok(expression) => (expression.warnings.clone(), Some(expression)),
            Err(found) => (found, None),
        };
        for mut problem in found {
            let known = problem.span.filter(|_| node.span != Span::default());
            problem.span = known.map(|span| Expression::place(node.span, text, span));
            problems.push(problem);
        }
        expression
    }

    /// Evaluates it for one object.
    ///
    /// # Errors
    /// What went wrong and where.
    pub fn evaluate<'a>(&'a self, scope: Scope<'a>) -> Result<EvalOutcome<'a>, EvalError> {
        outcome(Evaluator::new(scope, false).value(&self.root))
    }

    /// The candidates of a SelectUniqueValue, each once and in order, to be looked up at the target
    /// one by one; `None` for any other expression.
    ///
    /// # Errors
    /// The exit of the first rule if it has no value; a later rule without a value ends the list.
    pub fn candidates<'a>(&'a self, scope: Scope<'a>) -> Option<Result<Vec<Box<str>>, EvalExit>> {
        let mut evaluator = Evaluator::new(scope, false);
        let mut arguments = evaluator.arguments(&self.root)?;
        self.calls_at_top(SELECT_UNIQUE_VALUE)
            .then(|| functions::unique::candidates(&mut arguments))
    }

    /// Evaluates it and records every step, to show how the value is computed.
    pub fn explain<'a>(&'a self, scope: Scope<'a>) -> (Result<EvalOutcome<'a>, EvalError>, Notes) {
        let mut machine = Evaluator::new(scope, true);
        let outcome = outcome(machine.value(&self.root));
        (outcome, machine.into_notes())
    }

    /// Converts a place in an expression to a place in its file. When the literal has escapes,
    /// which its length reveals, the place of the whole literal is returned.
    pub fn place(file: Span, text: &str, inside: Span) -> Span {
        let marks = (file.end - file.start).checked_sub(text.len());
        let opening = match marks {
            Some(2) => 1,
            Some(6) => 3,
            // A line break right after the opening marks is not part of the text.
            Some(7) => 4,
            _ => return file,
        };
        Span::new(file.start + opening + inside.start, file.start + opening + inside.end)
    }

    /// The text, as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its tree.
    pub fn root(&self) -> &Term {
        &self.root
    }

    /// The warnings about likely mistakes.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Whether logs show `[Redact]` in place of its values.
    pub fn redacts(&self) -> bool {
        self.calls("Redact")
    }

    /// The attributes it reads, with their places, in the order of the text.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, Span)> {
        self.attributes.iter().map(|(name, span)| (&**name, *span))
    }

    /// Whether it is a call of this function.
    pub fn calls_at_top(&self, name: &str) -> bool {
        self.root.call().is_some_and(|call| call.function.name == name)
    }

    /// Whether it calls a function.
    pub fn calls(&self, name: &str) -> bool {
        self.functions.contains(&name)
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Expression) -> bool {
        self.text == other.text
    }
}

impl fmt::Display for Expression {
    /// Writes it in a uniform spelling, without regard to the original blanks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}

fn outcome(answer: evaluate::EvalResult<'_>) -> Result<EvalOutcome<'_>, EvalError> {
    match answer {
        Ok(value) => Ok(EvalOutcome::Value(value)),
        Err(EvalExit::IgnoreAttribute) => Ok(EvalOutcome::IgnoreAttribute),
        Err(EvalExit::IgnoreObject) => Ok(EvalOutcome::IgnoreObject),
        Err(EvalExit::Failed(failure)) => Err(*failure),
    }
}
