//! Disabling and enabling: whether a leaver loses access.

use serde_json::{Value, json};

use crate::verify::bodies::{add_members, patch_one, pathless};
use crate::verify::check::checks;
use crate::verify::finding::{NotPassed, Sign, must};
use crate::verify::pick::{self, pick};
use crate::verify::session::{Endpoint, Session};

checks! {
    "active.text" Harm Nothing text {
        sends: "classic: `Replace` of active with the texts \"False\", \"true\" and \"false\"",
        right: "it becomes the boolean",
        sources: "scim-compat, B01",
        portal: "leavers keep their access: Disable fails",
        accepted: Harm "leavers keep their access: the log says success",
    }
    "active.bool" Harm Nothing boolean {
        sends: "compliant: `replace` of active with false",
        right: "it is false",
        sources: "scim-compat, validator",
        portal: "leavers keep their access: Disable fails",
        accepted: Harm "leavers keep their access: the log says success",
    }
    "active.pathless" Harm Nothing without_path {
        sends: "compliant: {\"active\": false} without a path",
        right: "it is false",
        sources: "B21",
        portal: "leavers keep their access: Disable fails",
        accepted: Harm "leavers keep their access: the log says success",
    }
    "active.real" Harm Nothing real {
        sends: "a disable, read back",
        right: "active is the boolean false, not a text",
        sources: "RFC 7643 4.1.1, B25, B118",
        portal: "the same Disable in every cycle, for ever",
        after: "active.text",
    }
    "active.on" Fail Nothing on_again {
        sends: "a disable, then an enable",
        right: "active is true, and the user is the same",
        sources: "scim-dev, B04",
        portal: "a returning user has no access: Update fails",
        accepted: Harm "a returning user has no access: the log says success",
    }
    "active.twice" Fail Nothing twice {
        sends: "a disable of a disabled user",
        right: "200 or 204",
        sources: "B81",
        portal: "Disable fails in every cycle",
    }
    "active.groups" Harm Groups groups {
        sends: "a disable and an enable of a member of a group",
        right: "the membership is kept",
        sources: "how-works, scim-dev",
        portal: "a returning user is missing in the groups until a restart",
    }
}

fn active(user: &Value) -> Option<&Value> {
    pick(user, &["active"])
}

fn must_read(user: &Value, wanted: bool) -> Result<(), NotPassed> {
    let value = active(user);
    must(value == Some(&Value::Bool(wanted)), || {
        format!("active is {} and not {wanted}", pick::shown(value))
    })
    .map_err(|failure| {
        let text = value.and_then(Value::as_str);
        match text.is_some_and(|text| text.eq_ignore_ascii_case(&wanted.to_string())) {
            true => failure.of_kind(Sign::ActiveIsText),
            false if value == Some(&Value::Bool(true)) => failure.of_kind(Sign::StaysActive),
            false => failure,
        }
    })
}

fn text(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    for (text, wanted) in [("False", false), ("true", true), ("false", false), ("True", true)] {
        let body = patch_one("Replace", "active", json!(text));
        let came = session.patched(Endpoint::User, &user.id, &body);
        let Err(failure) = came.and_then(|user| must_read(&user, wanted)) else { continue };
        let failure = failure.shown_by_last(session);
        // That nothing lets the user in again is another cause than the text.
        if wanted && matches!(set(session, &user.id, true), Err(NotPassed::Failed(_))) {
            return Err(NotPassed::Needs("active.on"));
        }
        return Err(failure);
    }
    Ok(())
}

fn boolean(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    set(session, &user.id, false)
}

fn without_path(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let body = pathless("replace", json!({"active": false}));
    must_read(&session.patched(Endpoint::User, &user.id, &body)?, false)
}

fn real(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let body = patch_one("Replace", "active", json!("False"));
    let user = session.patched(Endpoint::User, &user.id, &body)?;
    let value = active(&user);
    must(value.is_some_and(Value::is_boolean), || format!("active is {}", pick::shown(value)))
}

fn on_again(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    set(session, &user.id, false)
        .map_err(|why| why.unless_ended(NotPassed::Needs("active.bool")))?;
    set(session, &user.id, true)
}

/// Sets `active` in the form of the compliant dialect.
fn set(session: &mut Session<'_>, user: &str, wanted: bool) -> Result<(), NotPassed> {
    let body = patch_one("replace", "active", json!(wanted));
    must_read(&session.patched(Endpoint::User, user, &body)?, wanted)
}

fn twice(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let body = patch_one("replace", "active", json!(false));
    session.patch(Endpoint::User, &user.id, &body)?.must_be(&[200, 204])?;
    session.patch(Endpoint::User, &user.id, &body)?.must_be(&[200, 204]).map(|_| ())
}

fn groups(session: &mut Session<'_>) -> Result<(), NotPassed> {
    session.must_show_members()?;
    let (user, group) = (session.new_user()?, session.new_group()?);
    session
        .patch(Endpoint::Group, &group.id, &add_members(&[&user.id]))?
        .must_succeed()
        .map_err(|_| NotPassed::Needs("member.add"))?;
    session.must_have_members(&group.id, 1, "member.add")?;
    for (wanted, told_by) in [(false, "active.bool"), (true, "active.on")] {
        set(session, &user.id, wanted)
            .map_err(|why| why.unless_ended(NotPassed::Needs(told_by)))?;
    }
    let group = session.read(Endpoint::Group, &group.id)?;
    let kept = pick::list(&group, &["members"])
        .iter()
        .any(|member| pick::text(member, &["value"]) == Some(&user.id));
    must(kept, || "the membership is gone".to_owned())
}
