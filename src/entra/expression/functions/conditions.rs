//! Choices: CBool, Coalesce, IIF, Not, Switch. Only the chosen argument is evaluated.

use crate::entra::expression::evaluate::{Arguments, EvalExit, EvalResult};
use crate::entra::expression::function::{
    CheckContext, Function, Parameter, Sample, condition, given, optional, plain, repeated,
    required,
};
use crate::entra::expression::tree::{Comparison, Form, FunctionCall, Term};
use crate::entra::expression::value::{Value, integer};
use crate::entra::policy::NullCondition;

pub(super) static C_BOOL: Function = Function::new(
    "CBool",
    &[condition("Expression")],
    "True when the condition holds or the number is not 0, else False.",
    &[
        given(
            "CBool([a] = [b])",
            &[("a", Sample::Text("x")), ("b", Sample::Text("x"))],
            Sample::Text("True"),
        ),
        plain("CBool(1)", "True"),
        plain("CBool(0)", "False"),
    ],
    c_bool,
);

fn c_bool<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    Ok(Value::Bool(truth(given, 0)?))
}

/// Whether a condition holds; a condition without a value does not.
fn truth(given: &mut Arguments<'_, '_>, at: usize) -> Result<bool, EvalExit> {
    match given.value(at)? {
        Value::Bool(truth) => return Ok(truth),
        Value::Number(number) => return Ok(number != 0),
        value => match value.into_text() {
            Ok(None) => return Ok(false),
            Ok(Some(text)) if text.eq_ignore_ascii_case("true") => return Ok(true),
            Ok(Some(text)) if text.is_empty() || text.eq_ignore_ascii_case("false") => {
                return Ok(false);
            }
            Ok(Some(text)) => {
                if let Some(number) = integer(&text) {
                    return Ok(number != 0);
                }
            }
            Err(_) => {}
        },
    }
    Err(given.fail_at(at, "this is no condition: it is neither True, False nor a number"))
}

pub(super) static IIF: Function = Function::new(
    "IIF",
    &[condition("condition"), required("valueIfTrue"), required("valueIfFalse")],
    "One of two values.\nA condition compares with `=`, `<>`, `>`, `>=`, `<` or `<=`: whole numbers as numbers, all \
     else as text, case-sensitively. For AND, nest an IIF in the true branch; for OR, in the false one. The service \
     counts a condition on an attribute without a value as failed and does not support asking for its absence; what \
     happens here then is the policy `iif_null`. Switch is the recommended way to say \"or else\".",
    &[
        given(
            r#"IIF([country]="USA", [country], [department])"#,
            &[("country", Sample::Text("USA"))],
            Sample::Text("USA"),
        ),
        given(
            r#"IIF([country]="USA", "a", IIF([state]="CA", "b", "c"))"#,
            &[("country", Sample::Text("Canada")), ("state", Sample::Text("CA"))],
            Sample::Text("b"),
        ),
        given(
            r#"IIF([code]=1, "one", "other")"#,
            &[("code", Sample::Text("1"))],
            Sample::Text("one"),
        ),
        given(
            r#"IIF([type]="Guest", IgnoreAttributeFlow, [department])"#,
            &[("type", Sample::Text("Guest"))],
            Sample::Ignored,
        ),
    ],
    iif,
);

fn iif<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let call = given.call();
    let mut holds = truth(given, 0)?;
    if let Some(attribute) = call.argument(0).and_then(asked)
        && given.attribute(attribute).is_null_or_empty()
        && holds
        && given.policy().iif_null == NullCondition::FalseBranch
    {
        given.warn("the attribute in this condition has no value, so the condition counts as failed (`iif_null`)");
        holds = false;
    }
    given.value(if holds { 1 } else { 2 })
}

/// The attribute that a condition is about: a side of a comparison, or the argument of a presence
/// test.
fn asked(condition: &Term) -> Option<&Term> {
    let attribute = |term: &Term| matches!(term.form, Form::Attribute(_));
    match &condition.form {
        Form::Compare(parts) => {
            let Comparison { left, right, .. } = &**parts;
            [left, right].into_iter().find(|side| attribute(side))
        }
        Form::Call(call) => {
            call.argument(0).filter(|term| call.function.name.starts_with("Is") && attribute(term))
        }
        _ => None,
    }
}

pub(super) static NOT: Function = Function::new(
    "Not",
    &[required("source")],
    "False for True, and True for anything else.",
    &[
        given(
            "Not([IsSoftDeleted])",
            &[("IsSoftDeleted", Sample::Text("False"))],
            Sample::Text("True"),
        ),
        plain(r#"Not("True")"#, "False"),
        given("Not([mail])", &[], Sample::Text("True")),
    ],
    not,
);

fn not<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let value = given.value(0)?;
    let is_true = match value {
        Value::Bool(truth) => truth,
        other => matches!(other.into_text(), Ok(Some(text)) if text == "True"),
    };
    Ok(Value::Bool(!is_true))
}

pub(super) static COALESCE: Function = Function::new(
    "Coalesce",
    &[repeated("source", 1)],
    "The first argument that is not null; null when all are.\nThe empty text counts as a value, unless the policy \
     `coalesce_skips_empty` says otherwise.",
    &[
        given(
            "Coalesce([mail], [userPrincipalName])",
            &[("userPrincipalName", Sample::Text("ann@contoso.example"))],
            Sample::Text("ann@contoso.example"),
        ),
        given(r#"Coalesce([a], [b], "fallback")"#, &[], Sample::Text("fallback")),
        given("Coalesce([a], [b])", &[], Sample::Null),
        given(r#"Coalesce([a], "b")"#, &[("a", Sample::Text(""))], Sample::Text("")),
    ],
    coalesce,
);

fn coalesce<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    for at in 0..given.count() {
        let value = given.value(at)?;
        let last = at + 1 == given.count();
        let skipped = value == Value::Null
            || (given.policy().coalesce_skips_empty && value.is_null_or_empty() && !last);
        if !skipped {
            return Ok(value);
        }
    }
    Ok(Value::Null)
}

const SWITCH_PARAMETERS: [Parameter; 4] = [
    required("source"),
    optional("defaultValue"),
    repeated("switchValue", 1),
    repeated("value", 1),
];

pub(super) static SWITCH: Function = Function::new(
    "Switch",
    &SWITCH_PARAMETERS,
    "The value of the first key that equals the source, case-sensitively; the default when none does, null when \
     there is no default.\nA source without a value equals the key \"\", so `Switch([country], [country], \"\", \
     \"Other\")` says \"country, or else Other\". The number of arguments is even.",
    &[
        given(
            r#"Switch([state], "Australia/Sydney", "QLD", "Australia/Brisbane")"#,
            &[("state", Sample::Text("QLD"))],
            Sample::Text("Australia/Brisbane"),
        ),
        given(
            r#"Switch([IsSoftDeleted], , "False", "True", "True", "False")"#,
            &[("IsSoftDeleted", Sample::Text("True"))],
            Sample::Text("False"),
        ),
        given(r#"Switch([country], [country], "", "Other")"#, &[], Sample::Text("Other")),
        given(r#"Switch([active], , "1", "False")"#, &[("active", Sample::Text("2"))], Sample::Null),
    ],
    switch,
)
.checked(even);

fn even(call: &mut FunctionCall, context: &mut CheckContext<'_>) {
    let count = call.arguments.len();
    if count % 2 == 1 {
        context
            .problems
            .error(context.span, "Switch needs an even number of arguments")
            .label(format!("there are {count}, so a key or a value is missing"))
            .help("Switch(source, default, key, value, key, value, …); a default left out still needs its comma");
    }
}

fn switch<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let source = given.text(0)?.unwrap_or_default();
    for at in (2..given.count()).step_by(2) {
        let key = given.text(at)?.unwrap_or_default();
        given.spend(key.len().min(source.len()))?;
        if key == source {
            return given.value(at + 1);
        }
    }
    given.value(1)
}
