//! SelectUniqueValue.

use crate::entra::expression::evaluate::{Arguments, EvalExit, EvalResult};
use crate::entra::expression::function::{Function, Sample, given, repeated};
use crate::entra::expression::value::Value;
use crate::entra::policy::UniqueValue;

/// Its name.
pub const NAME: &str = "SelectUniqueValue";

pub(super) static SELECT_UNIQUE_VALUE: Function = Function::new(
    NAME,
    &[repeated("uniqueValueRule", 2)],
    "The first of its rules whose value nobody has at the target yet; an error when all are taken.\nIt stands only \
     at the top of an expression and not on a matching attribute. Before an account is created, the application is \
     searched for one value after the other; an account that is there keeps what it has. \
     The service has it for HR-driven provisioning into on-premises Active Directory; what a SCIM application gets \
     is the policy `select_unique_value`.",
    &[
        given(
            "SelectUniqueValue([a], [b])",
            &[("a", Sample::Text("taken")), ("b", Sample::Text("free"))],
            Sample::Text("free"),
        ),
        given("SelectUniqueValue([a], [a])", &[("a", Sample::Text("taken"))], Sample::Fails),
    ],
    select_unique_value,
);

fn select_unique_value<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    refuse(given)?;
    for at in 0..given.count() {
        let Some(value) = given.text(at)?.filter(|value| !value.is_empty()) else { continue };
        if !given.is_taken(&value) {
            return Ok(Value::Text(value));
        }
    }
    Err(given.fail(ALL_TAKEN))
}

/// The message if no rule gives a free value.
pub const ALL_TAKEN: &str = "every value these rules give is taken at the target";

/// The values of all rules, each once, taken or not. A rule that fails ends the list; only a
/// failure of the first rule is an error.
pub(in crate::entra::expression) fn candidates(
    given: &mut Arguments<'_, '_>,
) -> Result<Vec<Box<str>>, EvalExit> {
    refuse(given)?;
    let mut found: Vec<Box<str>> = Vec::new();
    for at in 0..given.count() {
        match given.text(at) {
            Ok(Some(text)) if text.is_empty() || found.iter().any(|known| **known == *text) => {}
            Ok(Some(text)) => found.push(text.into()),
            Ok(None) => {}
            Err(stop) if found.is_empty() => return Err(stop),
            Err(_) => break,
        }
    }
    if found.is_empty() { Err(given.fail("none of these rules gives a value")) } else { Ok(found) }
}

fn refuse(given: &Arguments<'_, '_>) -> Result<(), EvalExit> {
    match given.policy().select_unique_value {
        UniqueValue::Refuse => {
            Err(given.fail("SelectUniqueValue is not supported for this application"))
        }
        UniqueValue::Evaluate => Ok(()),
    }
}
