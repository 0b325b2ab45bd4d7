//! Any text as a mapping expression and as a line of a mapping sheet: it is read or refused with
//! places inside the text, what is read prints and reads back, and what a line is answered with is
//! a line of JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scimulator::base::{Seed, Time};
use scimulator::entra::expression::{DEPTH_MAX, Expression, Form, LENGTH_MAX, Sheet, Term};
use scimulator::entra::policy::Policy;
use scimulator::scim::{Object, Value};

const SOURCE: &[u8] =
    br#"{"givenName":"Ann","surname":"Lind","proxyAddresses":["a@b","c@d"],"whenCreated":"20230401120000.0Z"}"#;

fuzz_target!(|text: &str| {
    match Expression::parse(text) {
        Ok(expression) => sound(text, &expression),
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a word");
            for problem in problems {
                assert!(
                    problem.message.len() + problem.help.len() < 1_000,
                    "{problem:?} tells a long story"
                );
                let span = problem.span.expect("every problem has its place");
                assert!(
                    span.start <= span.end && span.end <= text.len().max(1),
                    "{problem:?} lies outside"
                );
                assert!(
                    text.is_char_boundary(span.start.min(text.len())),
                    "{problem:?} cuts a character"
                );
            }
        }
    }
    let policy = Policy::default();
    let sheet = Sheet { now: Time::from_secs(0), seed: Seed(7), policy: &policy };
    let mut line = Object::new();
    line.insert("expression", Value::Text(text.into()));
    line.insert("source", Value::Object(Object::parse(SOURCE).expect("a resource")));
    // The text as an expression, and as a whole line.
    for line in [&*Value::Object(line).to_string(), text] {
        let answer = sheet.answer(line.as_bytes());
        assert!(
            !answer.contains('\n') && Object::parse(answer.as_bytes()).is_ok(),
            "{answer:?} is no line of JSON"
        );
    }
});

/// What was read lies within the bounds, and reads back from what it prints.
fn sound(text: &str, expression: &Expression) {
    assert!(text.chars().count() <= LENGTH_MAX);
    assert!(depth(expression.root()) <= DEPTH_MAX, "nested too deeply");
    let printed = expression.to_string();
    // Blanks are put where an author had none, so that the longest expressions print longer than
    // they may be.
    if printed.chars().count() <= LENGTH_MAX {
        let again = Expression::parse(&printed)
            .unwrap_or_else(|_| panic!("{printed:?} does not read back"));
        assert_eq!(printed, again.to_string());
    }
    for (_, span) in expression.attributes() {
        assert!(
            text.get(span.start..span.end).is_some_and(|part| part.starts_with('[')),
            "an attribute's place"
        );
    }
}

/// How many calls stand one in the other.
fn depth(term: &Term) -> usize {
    match &term.form {
        Form::Call(call) => 1 + call.arguments.iter().flatten().map(depth).max().unwrap_or(0),
        Form::Compare(parts) => depth(&parts.left).max(depth(&parts.right)),
        _ => 0,
    }
}
