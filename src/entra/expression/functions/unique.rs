//! SelectUniqueValue.

use super::{Function, Shown, given, repeated};
use crate::entra::expression::evaluate::{Answer, Given};
use crate::entra::expression::value::Value;
use crate::entra::policy::UniqueValue;

pub(super) static SELECT_UNIQUE_VALUE: Function = Function::new(
    "SelectUniqueValue",
    &[repeated("uniqueValueRule", 2)],
    "The first of its rules whose value nobody has at the target yet; an error when all are taken. It stands only \
     at the top of an expression, not on a matching attribute, and is meant for rows that apply on creation alone. \
     The service has it for HR-driven provisioning into on-premises Active Directory; what a SCIM application gets \
     is the policy `select_unique_value`.",
    &[
        given(
            "SelectUniqueValue([a], [b])",
            &[("a", Shown::Text("taken")), ("b", Shown::Text("free"))],
            Shown::Text("free"),
        ),
        given("SelectUniqueValue([a], [a])", &[("a", Shown::Text("taken"))], Shown::Fails),
    ],
    select_unique_value,
);

fn select_unique_value<'a>(given: &mut Given<'a, '_>) -> Answer<'a> {
    if given.policy().select_unique_value == UniqueValue::Refuse {
        return Err(given.fail("SelectUniqueValue is not supported for this application"));
    }
    for at in 0..given.count() {
        let Some(value) = given.text(at)?.filter(|value| !value.is_empty()) else { continue };
        if !given.is_taken(&value) {
            return Ok(Value::Text(value));
        }
    }
    Err(given.fail("every value these rules give is taken at the target"))
}
