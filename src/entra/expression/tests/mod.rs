//! Tests of the language as a whole: the examples of the table, problems with their places, traps,
//! bounds, printing.

mod bounds;
mod examples;
mod printing;
mod problems;
mod traps;

use super::{AppRole, EvalOutcome, Expression, Scope, Value, nothing_taken};
use crate::base::{Seed, Time};
use crate::entra::policy::Policy;
use crate::entra::tenant::DEFAULT_DOMAIN;

type SheetAttributes = Vec<(String, Value<'static>)>;

fn attributes(source: &[(&str, &str)]) -> SheetAttributes {
    source.iter().map(|(name, text)| ((*name).to_owned(), Value::text(text).into_owned())).collect()
}

fn scope<'a>(source: &'a SheetAttributes, policy: &'a Policy) -> Scope<'a> {
    let now = Time::parse("2021-07-02T15:33:38Z").unwrap();
    let (seed, domain) = (Seed(7), DEFAULT_DOMAIN);
    Scope { source, now, seed, key: "test", domain, row: 0, taken: &nothing_taken, policy }
}

/// The result as JSON, or the word for what happens instead.
fn run(text: &str, source: &SheetAttributes, policy: &Policy) -> Result<String, String> {
    let expression = Expression::parse(text).map_err(|problems| problems[0].message.clone())?;
    match expression.evaluate(scope(source, policy)) {
        Ok(EvalOutcome::Value(value)) => Ok(value.to_string()),
        Ok(EvalOutcome::IgnoreAttribute) => Ok("ignored".to_owned()),
        Ok(EvalOutcome::IgnoreObject) => Ok("skipped".to_owned()),
        Err(failure) => Err(failure.message),
    }
}

/// Evaluates with the default policies, and must succeed.
pub(super) fn evaluated(text: &str, source: &[(&str, &str)]) -> String {
    run(text, &attributes(source), &Policy::default()).unwrap_or_else(|why| panic!("{text}: {why}"))
}

/// Evaluates with the default policies, and must fail; returns why.
pub(super) fn failure(text: &str, source: &[(&str, &str)]) -> String {
    run(text, &attributes(source), &Policy::default()).expect_err(text)
}

fn role(value: &str) -> AppRole {
    AppRole { id: "role-1".to_owned(), value: value.to_owned(), display_name: value.to_owned() }
}
