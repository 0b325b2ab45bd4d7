//! What flows and what logs show: IgnoreFlowIfNullOrEmpty, Redact.

use super::{Function, Shown, given, required};
use crate::entra::expression::evaluate::{Answer, Given, Stop};

pub(super) static IGNORE_FLOW: Function = Function::new(
    "IgnoreFlowIfNullOrEmpty",
    &[required("expression")],
    "The value, when there is one; otherwise the attribute is left out of the change: neither sent nor cleared.",
    &[
        given(
            "IgnoreFlowIfNullOrEmpty([department])",
            &[("department", Shown::Text("Sales"))],
            Shown::Text("Sales"),
        ),
        given("IgnoreFlowIfNullOrEmpty([department])", &[], Shown::Ignored),
    ],
    ignore_flow,
);

fn ignore_flow<'a>(given: &mut Given<'a, '_>) -> Answer<'a> {
    let value = given.value(0)?;
    if value.is_null_or_empty() { Err(Stop::IgnoreAttribute) } else { Ok(value) }
}

pub(super) static REDACT: Function = Function::new(
    "Redact",
    &[required("Value")],
    "The value as it is; the provisioning log shows `[Redact]` in its place.",
    &[given(
        "Redact([userPrincipalName])",
        &[("userPrincipalName", Shown::Text("ann@contoso.example"))],
        Shown::Text("ann@contoso.example"),
    )],
    redact,
);

fn redact<'a>(given: &mut Given<'a, '_>) -> Answer<'a> {
    given.value(0)
}
