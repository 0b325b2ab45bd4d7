//! Evaluation: a walk down the tree in which a function evaluates each argument only when it needs
//! it (assumed: lazy, since published idioms guard an argument that would fail).
//!
//! Its cost is bounded. The tree is bounded by the length of its text and by its depth, and a new
//! text may have [`TEXT_MAX`] bytes. Reading and writing is charged against [`EFFORT`]; a search
//! with a pattern costs text length times pattern size.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::date::Date;
use super::limits::{EFFORT, TEXT_MAX};
use super::scope::Scope;
use super::tree::{Comparison, Form, FunctionCall, Keyword, Term};
use super::value::{NotOne, Value, integer, quoted};
use crate::base::Span;
use crate::base::seed::Seed;
use crate::entra::policy::Policy;

/// The value of a part of an expression, or why it has none.
pub type EvalResult<'a> = Result<Value<'a>, EvalExit>;

/// Why an evaluation ends without a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EvalExit {
    /// It failed.
    Failed(Box<EvalError>),
    /// The attribute is left out of this change.
    IgnoreAttribute,
    /// The whole object is skipped.
    IgnoreObject,
}

/// What went wrong, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EvalError {
    /// What went wrong, in one sentence without a full stop.
    pub message: String,
    /// The part of the expression.
    pub span: Span,
}

/// One step of an evaluation, to show how a value is computed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EvalStep {
    /// The part of the expression.
    pub span: Span,
    /// How deep it is nested, from 0.
    pub depth: usize,
    /// Its value as JSON, or why it has none.
    pub shown: String,
}

/// The record of an explained evaluation.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Notes {
    /// The steps, in the order in which they ended.
    pub steps: Vec<EvalStep>,
    /// Warnings about likely mistakes: a place and a sentence.
    pub warnings: Vec<(Span, String)>,
}

/// An evaluation in progress.
pub(super) struct Evaluator<'a> {
    scope: Scope<'a>,
    effort: u64,
    drawn: u64,
    depth: usize,
    notes: Option<Notes>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(scope: Scope<'a>, noting: bool) -> Evaluator<'a> {
        Evaluator { scope, effort: EFFORT, drawn: 0, depth: 0, notes: noting.then(Notes::default) }
    }

    pub(super) fn into_notes(self) -> Notes {
        self.notes.unwrap_or_default()
    }

    /// The arguments of a term that is a call, for a caller that does not need its value.
    pub(super) fn arguments<'m>(&'m mut self, term: &'a Term) -> Option<Arguments<'a, 'm>> {
        Some(Arguments { call: term.call()?, span: term.span, evaluator: self })
    }

    /// Evaluates a part.
    pub(super) fn value(&mut self, term: &'a Term) -> EvalResult<'a> {
        if self.notes.is_some() && !matches!(term.form, Form::Text(_) | Form::Number(_)) {
            return self.noted(term);
        }
        self.evaluate(term)
    }

    fn evaluate(&mut self, term: &'a Term) -> EvalResult<'a> {
        match &term.form {
            Form::Attribute(name) => Ok(self.scope.source.get(name)),
            Form::Text(text) | Form::Number(text) => Ok(Value::text(text)),
            Form::Call(call) => {
                let value = (call.function.body)(&mut Arguments {
                    evaluator: self,
                    call,
                    span: term.span,
                })?;
                self.weigh(&value, term.span)?;
                Ok(value)
            }
            Form::Compare(parts) => self.compare(parts, term.span).map(Value::Bool),
            Form::Keyword(Keyword::IgnoreAttributeFlow) => Err(EvalExit::IgnoreAttribute),
            Form::Keyword(Keyword::IgnoreObjectFlow) => Err(EvalExit::IgnoreObject),
            Form::Keyword(keyword) => Ok(Value::text(keyword.word())),
        }
    }

    fn noted(&mut self, term: &'a Term) -> EvalResult<'a> {
        self.depth += 1;
        let answer = self.evaluate(term);
        self.depth -= 1;
        let shown = match &answer {
            Ok(value) => value.to_string(),
            Err(EvalExit::Failed(failure)) => format!("fails: {}", failure.message),
            Err(EvalExit::IgnoreAttribute) => "the attribute is left out of this change".to_owned(),
            Err(EvalExit::IgnoreObject) => "the object is skipped".to_owned(),
        };
        if let Some(notes) = &mut self.notes {
            notes.steps.push(EvalStep { span: term.span, depth: self.depth, shown });
        }
        answer
    }

    /// Compares two sides: dates as dates, whole numbers as numbers, all else as text, character by
    /// character and exactly (assumed). Null counts as the empty text (assumed; two published
    /// guides rely on it).
    fn compare(&mut self, parts: &'a Comparison, span: Span) -> Result<bool, EvalExit> {
        let left = self.value(&parts.left)?;
        let right = self.value(&parts.right)?;
        let many = |NotOne| failed(span, "several values cannot be compared");
        let ordering = match (&left, &right) {
            (Value::Date(left), Value::Date(right)) => left.cmp(right),
            _ => match (whole(&left), whole(&right)) {
                (Some(left), Some(right)) => left.cmp(&right),
                _ => text_order(left, right).map_err(many)?,
            },
        };
        Ok(parts.operator.holds(ordering))
    }

    /// Charges the cost of a value, and fails if the value is too large.
    fn weigh(&mut self, value: &Value<'_>, span: Span) -> Result<(), EvalExit> {
        let bytes = match value {
            Value::Text(text) => text.len(),
            Value::List(values) => {
                values.iter().map(|value| value.len() + size_of::<Cow<'_, str>>()).sum()
            }
            _ => 0,
        };
        if matches!(value, Value::Text(Cow::Owned(_))) && bytes > TEXT_MAX {
            return Err(too_long(span));
        }
        self.spend(bytes as u64 + 16, span)
    }

    fn spend(&mut self, cost: u64, span: Span) -> Result<(), EvalExit> {
        match self.effort.checked_sub(cost) {
            Some(left) => {
                self.effort = left;
                Ok(())
            }
            None => {
                Err(failed(span, "this would take too long: the texts or patterns are too large"))
            }
        }
    }
}

fn whole(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => integer(text),
        _ => None,
    }
}

fn text_order(left: Value<'_>, right: Value<'_>) -> Result<Ordering, NotOne> {
    Ok(left.into_text()?.unwrap_or_default().cmp(&right.into_text()?.unwrap_or_default()))
}

fn failed(span: Span, message: impl Into<String>) -> EvalExit {
    EvalExit::Failed(Box::new(EvalError { message: message.into(), span }))
}

fn too_long(span: Span) -> EvalExit {
    failed(span, format!("the text would be longer than {TEXT_MAX} bytes"))
}

/// The input of a function: its unevaluated arguments, and access to clock, seed and policies.
pub(super) struct Arguments<'a, 'm> {
    evaluator: &'m mut Evaluator<'a>,
    call: &'a FunctionCall,
    span: Span,
}

impl<'a> Arguments<'a, '_> {
    /// How many arguments there are, empty ones counted.
    pub(super) fn count(&self) -> usize {
        self.call.arguments.len()
    }

    /// The call itself.
    pub(super) fn call(&self) -> &'a FunctionCall {
        self.call
    }

    /// The value of a term that is an attribute, without counting as a step; null for any other
    /// term.
    pub(super) fn attribute(&self, term: &Term) -> Value<'a> {
        match &term.form {
            Form::Attribute(name) => self.evaluator.scope.source.get(name),
            _ => Value::Null,
        }
    }

    /// Whether an argument is there and not empty.
    pub(super) fn has(&self, at: usize) -> bool {
        self.call.argument(at).is_some()
    }

    /// Evaluates an argument; an empty or missing argument is null.
    pub(super) fn value(&mut self, at: usize) -> EvalResult<'a> {
        match self.call.argument(at) {
            Some(term) => self.evaluator.value(term),
            None => Ok(Value::Null),
        }
    }

    /// Evaluates an argument as one text; `None` for null.
    pub(super) fn text(&mut self, at: usize) -> Result<Option<Cow<'a, str>>, EvalExit> {
        let value = self.value(at)?;
        let kind = value.kind_name();
        value.into_text().map_err(|NotOne| {
            self.fail_at(at, format!("one text is needed here, but this is {kind}"))
        })
    }

    /// Evaluates an argument as a list of texts; empty for null.
    pub(super) fn texts(&mut self, at: usize) -> Result<Vec<Cow<'a, str>>, EvalExit> {
        let value = self.value(at)?;
        let kind = value.kind_name();
        value.into_texts().map_err(|NotOne| {
            self.fail_at(at, format!("texts are needed here, but this is {kind}"))
        })
    }

    /// Evaluates an argument as a whole number; `None` for null.
    pub(super) fn number(&mut self, at: usize) -> Result<Option<i64>, EvalExit> {
        let value = self.value(at)?;
        if let Value::Number(number) = value {
            return Ok(Some(number));
        }
        match value.into_text() {
            Ok(None) => Ok(None),
            Ok(Some(text)) => match integer(&text) {
                Some(number) => Ok(Some(number)),
                None => Err(self.fail_at(at, format!("{} is not a whole number", quoted(&text)))),
            },
            Err(NotOne) => {
                Err(self.fail_at(at, "a whole number is needed here, not several values"))
            }
        }
    }

    /// Evaluates an argument as a whole number that must be there.
    pub(super) fn whole(&mut self, at: usize) -> Result<i64, EvalExit> {
        self.number(at)?
            .ok_or_else(|| self.fail_at(at, "a whole number is needed here, but there is no value"))
    }

    /// Evaluates an argument as a date that must be there.
    pub(super) fn date(&mut self, at: usize) -> Result<Date, EvalExit> {
        let value = self.value(at)?;
        if let Value::Date(date) = value {
            return Ok(date);
        }
        match value.into_text() {
            Ok(Some(text)) if !text.is_empty() => match Date::parse(&text) {
                Some(date) => Ok(date),
                None => Err(self.fail_at(at, format!("{} is not a date", quoted(&text)))),
            },
            Ok(_) => Err(self.fail_at(at, "a date is needed here, but there is no value")),
            Err(NotOne) => Err(self.fail_at(at, "a date is needed here, not several values")),
        }
    }

    /// A failure of the whole call.
    pub(super) fn fail(&self, message: impl Into<String>) -> EvalExit {
        failed(self.span, message)
    }

    /// A failure of one argument.
    pub(super) fn fail_at(&self, at: usize, message: impl Into<String>) -> EvalExit {
        failed(self.call.argument(at).map_or(self.span, |term| term.span), message)
    }

    /// Charges the cost of work that the size of the result does not show.
    pub(super) fn spend(&mut self, cost: usize) -> Result<(), EvalExit> {
        self.evaluator.spend(cost as u64, self.span)
    }

    /// Fails when a text has grown too long while it is being made.
    pub(super) fn check_length(&self, bytes: usize) -> Result<(), EvalExit> {
        if bytes > TEXT_MAX { Err(too_long(self.span)) } else { Ok(()) }
    }

    /// Records a warning, in an explained evaluation.
    pub(super) fn warn(&mut self, message: &str) {
        if let Some(notes) = &mut self.evaluator.notes {
            notes.warnings.push((self.span, message.to_owned()));
        }
    }

    /// The current date.
    pub(super) fn now(&self) -> Date {
        Date::of(self.evaluator.scope.now)
    }

    /// The tenant's default domain.
    pub(super) fn domain(&self) -> &'a str {
        self.evaluator.scope.domain
    }

    /// The policies in force.
    pub(super) fn policy(&self) -> &'a Policy {
        self.evaluator.scope.policy
    }

    /// Whether another object of the target has this value.
    pub(super) fn is_taken(&self, value: &str) -> bool {
        (self.evaluator.scope.taken)(value)
    }

    /// The inputs of the next random value: different for each draw and instant, the same in each
    /// replay.
    pub(super) fn chance(&mut self) -> (Seed, &'a str, u64) {
        self.evaluator.drawn += 1;
        let Scope { now, seed, key, row, .. } = self.evaluator.scope;
        // An odd multiplier spreads the instants, so that they do not collide with the numbers of
        // rows and draws.
        let instant = (now.as_micros() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (seed, key, instant ^ (row as u64) << 32 ^ self.evaluator.drawn)
    }
}
