//! App roles: SingleAppRoleAssignment, AppRoleAssignmentsComplex,
//! AssertiveAppRoleAssignmentsComplex.

use std::borrow::Cow;

use crate::entra::expression::evaluate::{Arguments, EvalExit, EvalResult};
use crate::entra::expression::function::{CheckContext, Function, Sample, given, required};
use crate::entra::expression::tree::{Form, FunctionCall};
use crate::entra::expression::value::{AppRole, Value};
use crate::entra::policy::SeveralRoles;
use crate::scim::Object;

/// The `type` of a role on the wire [customize].
pub const ROLE_TYPE: &str = "WindowsAzureActiveDirectoryRole";

pub(super) static SINGLE: Function = Function::new(
    "SingleAppRoleAssignment",
    &[required("appRoleAssignments")],
    "The value of the user's app role; null without one.\nWith several, no order is promised: the first is taken, or \
     the evaluation fails (policy `several_roles`). Not to be used with the scope \"all\".",
    &[
        given(
            "SingleAppRoleAssignment([appRoleAssignments])",
            &[("appRoleAssignments", Sample::Roles(&["Admin"]))],
            Sample::Text("Admin"),
        ),
        given("SingleAppRoleAssignment([appRoleAssignments])", &[], Sample::Null),
    ],
    single,
)
.checked(takes_roles);

fn single<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let roles = roles(given)?;
    if roles.len() > 1 && given.policy().several_roles == SeveralRoles::Fail {
        return Err(given.fail(format!("one app role is expected, but there are {}", roles.len())));
    }
    Ok(roles.first().map_or(Value::Null, |role| Value::Text(Cow::Borrowed(&role.value))))
}

pub(super) static COMPLEX: Function = Function::new(
    "AppRoleAssignmentsComplex",
    &[required("appRoleAssignments")],
    "All app roles of the user, for a multi-valued `roles`.\nRoles are only ever added at the target: one that is \
     withdrawn stays there. Not to be used with the scope \"all\".",
    &[given(
        "AppRoleAssignmentsComplex([appRoleAssignments])",
        &[("appRoleAssignments", Sample::Roles(&["Admin"]))],
        Sample::Json(r#"[{"id":"role-1","value":"Admin","displayName":"Admin"}]"#),
    )],
    complex,
)
.checked(takes_roles);

fn complex<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let roles = roles(given)?;
    Ok(if roles.is_empty() {
        Value::Null
    } else {
        Value::Objects(roles.iter().map(AppRole::to_object).collect())
    })
}

pub(super) static ASSERTIVE: Function = Function::new(
    "AssertiveAppRoleAssignmentsComplex",
    &[required("appRoleAssignments")],
    "All app roles of the user, for a multi-valued `roles` that they replace: a role that is withdrawn is removed \
     at the target, and so is one that came from elsewhere.\nNot to be used with the scope \"all\".",
    &[given(
        "AssertiveAppRoleAssignmentsComplex([appRoleAssignments])",
        &[("appRoleAssignments", Sample::Roles(&["Admin"]))],
        Sample::Json(
            r#"[{"primary":false,"type":"WindowsAzureActiveDirectoryRole","display":"Admin","value":"Admin"}]"#,
        ),
    )],
    assertive,
)
.checked(takes_roles);

fn assertive<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let roles = roles(given)?;
    let shown = |role: &AppRole| {
        let mut object = Object::with_room(4);
        object.push("primary", false);
        object.push("type", ROLE_TYPE);
        object.push("display", role.display_name.as_str());
        object.push("value", role.value.as_str());
        object
    };
    Ok(if roles.is_empty() {
        Value::Null
    } else {
        Value::Objects(roles.iter().map(shown).collect())
    })
}

fn roles<'a>(given: &mut Arguments<'a, '_>) -> Result<&'a [AppRole], EvalExit> {
    match given.value(0)? {
        Value::Roles(roles) => {
            given.spend(roles.len() * 256)?;
            Ok(roles)
        }
        Value::Null => Ok(&[]),
        other => Err(given.fail_at(
            0,
            format!("app role assignments are needed here, but this is {}", other.kind_name()),
        )),
    }
}

fn takes_roles(call: &mut FunctionCall, context: &mut CheckContext<'_>) {
    let Some(term) = call.argument(0) else { return };
    if !matches!(&term.form, Form::Attribute(name) if &**name == "appRoleAssignments") {
        context
            .problems
            .error(term.span, format!("{} reads app role assignments alone", call.function.name))
            .label("write `[appRoleAssignments]`");
    }
}
