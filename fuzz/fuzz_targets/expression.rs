//! Any text as a mapping expression: what is read prints and reads back, and is evaluated without a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scimulator::base::{Seed, Time};
use scimulator::entra::expression::{Expression, Sheet};
use scimulator::entra::policy::Policy;
use scimulator::scim::{Object, Value};

const SOURCE: &[u8] =
    br#"{"givenName":"Ann","surname":"Lind","proxyAddresses":["a@b","c@d"],"whenCreated":"20230401120000.0Z"}"#;

fuzz_target!(|text: &str| {
    if let Ok(expression) = Expression::parse(text) {
        let printed = expression.root().to_string();
        assert!(Expression::parse(&printed).is_ok(), "{printed:?} does not read back");
    }
    let policy = Policy::default();
    let sheet = Sheet { now: Time::from_secs(0), seed: Seed(7), policy: &policy };
    let mut line = Object::new();
    line.insert("expression", Value::Text(text.into()));
    line.insert("source", Value::Object(Object::parse(SOURCE).expect("a resource")));
    let _ = sheet.answer(&Value::Object(line).to_string());
    // The text as a whole line, too.
    let _ = sheet.answer(text);
});
