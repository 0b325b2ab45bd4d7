//! Whether there is a value: IsNull, IsNullOrEmpty, IsPresent, IsString.

use super::{Function, Shown, given, plain, required};
use crate::entra::expression::evaluate::{Answer, Given};
use crate::entra::expression::value::Value;

pub(super) static IS_NULL: Function = Function::new(
    "IsNull",
    &[required("Expression")],
    "True when there is no value. The empty text is one.",
    &[
        given("IsNull([displayName])", &[], Shown::Text("True")),
        given("IsNull([displayName])", &[("displayName", Shown::Text(""))], Shown::Text("False")),
    ],
    is_null,
);

fn is_null<'a>(given: &mut Given<'a, '_>) -> Answer<'a> {
    Ok(Value::Bool(given.value(0)? == Value::Null))
}

pub(super) static IS_NULL_OR_EMPTY: Function = Function::new(
    "IsNullOrEmpty",
    &[required("Expression")],
    "True when there is no value, or the empty text.",
    &[
        given("IsNullOrEmpty([displayName])", &[], Shown::Text("True")),
        given(
            "IsNullOrEmpty([displayName])",
            &[("displayName", Shown::Text("Ada"))],
            Shown::Text("False"),
        ),
    ],
    is_null_or_empty,
);

fn is_null_or_empty<'a>(given: &mut Given<'a, '_>) -> Answer<'a> {
    Ok(Value::Bool(given.value(0)?.is_null_or_empty()))
}

pub(super) static IS_PRESENT: Function = Function::new(
    "IsPresent",
    &[required("Expression")],
    "True when there is a value other than the empty text.",
    &[
        given(
            "IsPresent([displayName])",
            &[("displayName", Shown::Text("Ada"))],
            Shown::Text("True"),
        ),
        given("IsPresent([displayName])", &[], Shown::Text("False")),
    ],
    is_present,
);

fn is_present<'a>(given: &mut Given<'a, '_>) -> Answer<'a> {
    Ok(Value::Bool(!given.value(0)?.is_null_or_empty()))
}

pub(super) static IS_STRING: Function = Function::new(
    "IsString",
    &[required("Expression")],
    "True when the value can be taken as a text; no value and several values cannot.",
    &[plain(r#"IsString("abc")"#, "True"), given("IsString([mail])", &[], Shown::Text("False"))],
    is_string,
);

fn is_string<'a>(given: &mut Given<'a, '_>) -> Answer<'a> {
    Ok(Value::Bool(matches!(given.value(0)?.into_text(), Ok(Some(_)))))
}
