//! Control of the flow and of the logs: IgnoreFlowIfNullOrEmpty, Redact.

use crate::entra::expression::evaluate::{Arguments, EvalExit, EvalResult};
use crate::entra::expression::function::{Function, Sample, given, required};

pub(super) static IGNORE_FLOW: Function = Function::new(
    "IgnoreFlowIfNullOrEmpty",
    &[required("expression")],
    "The value, when there is one; otherwise the attribute is left out of the change: neither sent nor cleared.",
    &[
        given(
            "IgnoreFlowIfNullOrEmpty([department])",
            &[("department", Sample::Text("Sales"))],
            Sample::Text("Sales"),
        ),
        given("IgnoreFlowIfNullOrEmpty([department])", &[], Sample::Ignored),
    ],
    ignore_flow,
);

fn ignore_flow<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let value = given.value(0)?;
    if value.is_null_or_empty() { Err(EvalExit::IgnoreAttribute) } else { Ok(value) }
}

pub(super) static REDACT: Function = Function::new(
    "Redact",
    &[required("Value")],
    "The value as it is; the provisioning log shows `[Redact]` in its place.",
    &[given(
        "Redact([userPrincipalName])",
        &[("userPrincipalName", Sample::Text("ann@contoso.example"))],
        Sample::Text("ann@contoso.example"),
    )],
    redact,
);

fn redact<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    given.value(0)
}
