//! Whether there is a value: IsNull, IsNullOrEmpty, IsPresent, IsString.

use crate::entra::expression::evaluate::{Arguments, EvalResult};
use crate::entra::expression::function::{Function, Sample, given, plain, required};
use crate::entra::expression::value::Value;

pub(super) static IS_NULL: Function = Function::new(
    "IsNull",
    &[required("Expression")],
    "True when there is no value.\nThe empty text is one.",
    &[
        given("IsNull([displayName])", &[], Sample::Text("True")),
        given("IsNull([displayName])", &[("displayName", Sample::Text(""))], Sample::Text("False")),
    ],
    is_null,
);

fn is_null<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    Ok(Value::Bool(given.value(0)? == Value::Null))
}

pub(super) static IS_NULL_OR_EMPTY: Function = Function::new(
    "IsNullOrEmpty",
    &[required("Expression")],
    "True when there is no value, or the empty text.",
    &[
        given("IsNullOrEmpty([displayName])", &[], Sample::Text("True")),
        given(
            "IsNullOrEmpty([displayName])",
            &[("displayName", Sample::Text("Ada"))],
            Sample::Text("False"),
        ),
    ],
    is_null_or_empty,
);

fn is_null_or_empty<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    Ok(Value::Bool(given.value(0)?.is_null_or_empty()))
}

pub(super) static IS_PRESENT: Function = Function::new(
    "IsPresent",
    &[required("Expression")],
    "True when there is a value other than the empty text.",
    &[
        given(
            "IsPresent([displayName])",
            &[("displayName", Sample::Text("Ada"))],
            Sample::Text("True"),
        ),
        given("IsPresent([displayName])", &[], Sample::Text("False")),
    ],
    is_present,
);

fn is_present<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    Ok(Value::Bool(!given.value(0)?.is_null_or_empty()))
}

pub(super) static IS_STRING: Function = Function::new(
    "IsString",
    &[required("Expression")],
    "True when the value can be taken as a text; no value and several values cannot.",
    &[plain(r#"IsString("abc")"#, "True"), given("IsString([mail])", &[], Sample::Text("False"))],
    is_string,
);

fn is_string<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    Ok(Value::Bool(matches!(given.value(0)?.into_text(), Ok(Some(_)))))
}
