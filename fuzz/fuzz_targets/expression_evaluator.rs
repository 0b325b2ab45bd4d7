//! Well-formed expressions over all functions, grown from bytes, for people of many kinds: each is
//! evaluated without a panic, within its bounds, alike with and without its steps, and alike when
//! it is printed and read again.
//!
//! Bytes that are an expression as they stand are taken as one, so that a corpus may hold
//! expressions in plain text.

#![no_main]

mod grow;

use grow::Bytes;
use libfuzzer_sys::fuzz_target;
use scimulator::base::{Seed, Time};
use scimulator::entra::expression::{
    EvalError, EvalOutcome, Expression, LENGTH_MAX, Scope, SheetAttributes, TEXT_MAX, Value,
};
use scimulator::entra::policy::Policy;

fuzz_target!(|data: &[u8]| {
    let mut bytes = Bytes::new(data);
    let plain = std::str::from_utf8(data).ok().and_then(|text| Expression::parse(text).ok());
    let policy = grow::policy(&mut bytes);
    let source = grow::source(&mut bytes);
    let now = Time::from_micros(bytes.long() % 4_000_000_000_000_000);
    let Some(expression) = plain.or_else(|| Expression::parse(&grow::expression(&mut bytes)).ok())
    else {
        return;
    };
    check(&expression, source, now, &policy);
});

fn check(expression: &Expression, source: &SheetAttributes, now: Time, policy: &Policy) {
    let taken = |value: &str| value.len() % 3 == 1;
    let scope = Scope {
        source,
        now,
        seed: Seed(7),
        key: "ann",
        domain: "contoso.example",
        row: 1,
        taken: &taken,
        policy,
    };
    let outcome = expression.evaluate(scope);
    if expression.text().len().is_multiple_of(2) {
        let (explained, notes) = expression.explain(scope);
        assert_eq!(outcome, explained, "looking changes nothing: {expression}");
        assert!(notes.steps.iter().all(|step| step.span.end <= expression.text().len()));
    } else {
        reads_back(expression, scope, &outcome);
    }
    match &outcome {
        Ok(EvalOutcome::Value(value)) => {
            bounded(value, expression);
            let _ = value.to_json().to_string();
        }
        Ok(_) => {}
        Err(failure) => {
            let part = expression.text().get(failure.span.start..failure.span.end);
            assert!(
                part.is_some_and(|part| !part.is_empty()),
                "{failure:?} names no part of {expression}"
            );
            assert!(!failure.message.is_empty() && failure.message.len() < 1_000, "{failure:?}");
        }
    }
}

/// What is printed means the same; blanks are put where there were none, so that the longest may
/// print too long.
fn reads_back(
    expression: &Expression,
    scope: Scope<'_>,
    outcome: &Result<EvalOutcome<'_>, EvalError>,
) {
    let printed = expression.to_string();
    if printed.chars().count() > LENGTH_MAX {
        return;
    }
    let again =
        Expression::parse(&printed).unwrap_or_else(|_| panic!("{printed:?} does not read back"));
    let same = match (outcome, &again.evaluate(scope)) {
        (Ok(one), Ok(other)) => one == other,
        (Err(one), Err(other)) => one.message == other.message,
        _ => false,
    };
    assert!(same, "{expression} means another thing than {printed}");
}

/// No value is longer than what a function may make, or than what the source holds.
fn bounded(value: &Value<'_>, expression: &Expression) {
    let most = TEXT_MAX.max(grow::LONGEST);
    let (one, all) = match value {
        Value::Text(text) => (text.len(), text.len()),
        Value::List(texts) => (
            texts.iter().map(|text| text.len()).max().unwrap_or(0),
            texts.iter().map(|text| text.len()).sum(),
        ),
        _ => (0, 0),
    };
    assert!(one <= most && all <= 2 * most, "{all} bytes come of {expression}");
}
