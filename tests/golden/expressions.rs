//! Each vector of the mapping language is a test, named by its id: `cargo test --test golden
//! ev-101`.

use libtest_mimic::{Failed, Trial};
use regex::Regex;
use scimulator::base::{Seed, Time};
use scimulator::entra::expression::{Expression, Sheet};
use scimulator::entra::policy::Policy;
use serde_json::{Map, Value};

/// A trial for each vector, named by its id and function.
pub fn trials() -> Vec<Trial> {
    let text = include_str!("../expression_vectors.json");
    let vectors: Vec<Map<String, Value>> =
        serde_json::from_str(text).expect("the vectors are a list of objects");
    assert_eq!(vectors.len(), 234, "a vector was lost");
    let trial = |vector: Map<String, Value>| {
        let name = format!("expressions/{} {}", word(&vector, "id"), word(&vector, "function"));
        Trial::test(name, move || check(&vector))
    };
    vectors.into_iter().map(trial).collect()
}

fn word<'a>(vector: &'a Map<String, Value>, key: &str) -> &'a str {
    vector.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn check(vector: &Map<String, Value>) -> Result<(), Failed> {
    let asked = ["expression", "source", "now", "target_existing"];
    let line: Map<String, Value> = asked
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), vector.get(*key)?.clone())))
        .collect();
    let policy = Policy::default();
    let sheet = Sheet {
        now: Time::parse("2025-07-30T00:00:00Z").expect("an instant"),
        seed: Seed(7),
        policy: &policy,
    };
    let answer: Map<String, Value> =
        serde_json::from_str(&sheet.answer(Value::Object(line).to_string().as_bytes()))?;
    let failed = answer.contains_key("error");
    if vector.get("error") == Some(&Value::Bool(true)) {
        return same("an error", true, failed);
    }
    if let Some(flow) = vector.get("flow") {
        return same("the flow", Some(flow), answer.get("flow"));
    }
    let value = answer.get("value").ok_or_else(|| format!("no value, but {answer:?}"))?;
    check_log(vector)?;
    match (vector.get("expected_pattern"), vector.get("expected_checks")) {
        (Some(pattern), _) => {
            let pattern = Regex::new(pattern.as_str().unwrap_or_default())?;
            same("a match", true, value.as_str().is_some_and(|text| pattern.is_match(text)))
        }
        (_, Some(checks)) => check_random(checks, value.as_str().unwrap_or_default()),
        _ => same("the value", Some(value), vector.get("expected")),
    }
}

fn check_log(vector: &Map<String, Value>) -> Result<(), Failed> {
    if !vector.contains_key("expected_log") {
        return Ok(());
    }
    let expression = Expression::parse(word(vector, "expression"))
        .map_err(|problems| format!("{problems:?}"))?;
    same("redaction", true, expression.redacts())
}

fn check_random(checks: &Value, text: &str) -> Result<(), Failed> {
    let number = |key: &str| checks.get(key).and_then(Value::as_u64).unwrap_or_default() as usize;
    let many = |kind: fn(char) -> bool| text.chars().filter(|letter| kind(*letter)).count();
    let avoided = checks.get("exclude").and_then(Value::as_str).unwrap_or_default();
    same("the length", number("length"), text.chars().count())?;
    let enough = many(|c| c.is_ascii_digit()) >= number("min_digits")
        && many(|c| !c.is_alphanumeric()) >= number("min_special")
        && many(char::is_uppercase) >= number("min_upper")
        && many(char::is_lowercase) >= number("min_lower");
    same("the minimums", true, enough)?;
    same("what is avoided", false, text.contains(|letter| avoided.contains(letter)))
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, expected: T, found: T) -> Result<(), Failed> {
    if expected == found {
        Ok(())
    } else {
        Err(format!("{what}: {expected:?} is not {found:?}").into())
    }
}
