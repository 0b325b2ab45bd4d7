//! The manager of a user: the only reference that Entra's default mappings send.

use http::Method;
use serde_json::{Value, json};

use crate::verify::bodies::{ENTERPRISE, patch_one};
use crate::verify::check::checks;
use crate::verify::exchange::Exchange;
use crate::verify::finding::{Finding, NotPassed, Sign, must};
use crate::verify::pick::{self, pick};
use crate::verify::session::{Endpoint, Made, Session};

checks! {
    "mgr.bare" Fail Nothing bare {
        sends: "`Add` of urn:...:manager with the id as a bare text",
        right: "manager.value in the extension is the id",
        sources: "scim-dev, direct test 25, B10",
        portal: "Update fails for every user with a manager",
        accepted: Harm "the log says success, and no user has a manager",
    }
    "mgr.object" Fail Nothing object {
        sends: "`Add` of urn:...:manager with {\"value\": id}",
        right: "manager.value in the extension is the id",
        sources: "validator",
        portal: "the validator's tests of managers fail; Update does, where the client sends this form",
    }
    "mgr.array" Fail Nothing array {
        sends: "`Add` of urn:...:manager with [{\"$ref\": ..., \"value\": id}], as in the vendor's worked example",
        right: "manager.value in the extension is the id",
        sources: "scim-dev",
        portal: "Update fails for users with a manager, where the client sends this form",
    }
    "mgr.replace" Fail Nothing replace {
        sends: "`Replace` of urn:...:manager with the id of another user",
        right: "it is that one",
        sources: "validator, direct test 25",
        portal: "Update fails, and a user keeps the old manager",
        accepted: Harm "the log says success, and a user has another manager than the one that was sent",
    }
    "mgr.clear" Fail Nothing clear {
        sends: "`Replace` of urn:...:manager with \"\"",
        right: "the manager is absent or empty",
        sources: "validator, direct test 25",
        portal: "Update fails for users whose manager is taken away, where the client sends this form",
        accepted: Harm "the log says success, and a user keeps a manager who was taken away",
    }
    "mgr.unknown" Warn Nothing unknown {
        sends: "the id of nobody",
        right: "refused or kept, and no server error",
        sources: "B35",
        portal: "InternalServerError",
    }
    "mgr.shape" Harm Nothing shape {
        sends: "a manager, read back",
        right: "an object with `value` in the extension",
        sources: "RFC 7643 4.3, B11, B12",
        portal: "the same Update in every cycle, for ever",
    }
}

fn path() -> String {
    format!("{ENTERPRISE}:manager")
}

/// Creates a user and a manager.
fn two(session: &mut Session<'_>) -> Result<(Made, Made), NotPassed> {
    Ok((session.new_user()?, session.new_user()?))
}

fn manager(user: &Value) -> Option<&Value> {
    pick(user, &[ENTERPRISE, "manager"])
}

fn must_be(user: &Value, id: &str) -> Result<(), NotPassed> {
    let value = manager(user).and_then(|manager| pick::text(manager, &["value"]));
    if value != Some(id) && is_in_another_shape(user, id) {
        return Err(NotPassed::Needs("mgr.shape"));
    }
    must(value == Some(id), || format!("the manager is {}", pick::shown(manager(user))))
}

/// Whether the manager is this one, and is shown as a text or outside of the extension.
fn is_in_another_shape(user: &Value, id: &str) -> bool {
    let is_it =
        |value: &Value| value.as_str() == Some(id) || pick::text(value, &["value"]) == Some(id);
    [manager(user), pick(user, &["manager"])].into_iter().flatten().any(is_it)
}

fn sets(
    session: &mut Session<'_>,
    op: &str,
    value: impl FnOnce(&str) -> Value,
) -> Result<Value, NotPassed> {
    let (user, boss) = two(session)?;
    let read =
        session.patched(Endpoint::User, &user.id, &patch_one(op, &path(), value(&boss.id)))?;
    must_be(&read, &boss.id)?;
    Ok(read)
}

fn bare(session: &mut Session<'_>) -> Result<(), NotPassed> {
    // The path is one below a URN, which a server may not apply at all.
    let set = sets(session, "Add", |id| json!(id)).map(|_| ());
    let ignored = session.exchanges.iter().rev().find(|one| *one.request.method() == Method::PATCH);
    match ignored.and_then(Exchange::status) {
        Some(200..300) => set.map_err(|failure| failure.of_kind(Sign::BelowUrn)),
        _ => set,
    }
}

fn object(session: &mut Session<'_>) -> Result<(), NotPassed> {
    sets(session, "Add", |id| json!({"value": id}))
        .map_err(|failure| unless_never(session, failure))
        .map(|_| ())
}

fn array(session: &mut Session<'_>) -> Result<(), NotPassed> {
    sets(session, "Add", |id| json!([{"$ref": format!("../Users/{id}"), "value": id}]))
        .map_err(|failure| unless_never(session, failure))
        .map(|_| ())
}

/// The failure of a form; when no form sets a manager, that is told once, of the form that the
/// service sends.
fn unless_never(session: &mut Session<'_>, failure: NotPassed) -> NotPassed {
    let NotPassed::Failed(found) = failure else { return failure };
    let exchange = found.exchange.or(session.exchanges.len().checked_sub(1));
    match set(session) {
        Err(NotPassed::Needs("mgr.object")) => NotPassed::Needs("mgr.bare"),
        _ => NotPassed::Failed(Finding { exchange, ..found }),
    }
}

fn replace(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (user, boss) = set(session)?;
    let other = session.new_user()?;
    let body = patch_one("Replace", &path(), json!({"value": other.id}));
    let read = session.patched(Endpoint::User, &user.id, &body)?;
    must_be(&read, &other.id).map_err(|failure| {
        if must_be(&read, &boss.id).is_ok() {
            return NotPassed::failed("the manager is still the first one")
                .entra("the log says success, and a user keeps the old manager");
        }
        failure
    })
}

/// Creates a user with a manager, set in whichever form the server takes.
fn set(session: &mut Session<'_>) -> Result<(Made, Made), NotPassed> {
    let (user, boss) = two(session)?;
    for value in [json!({"value": boss.id}), json!(boss.id)] {
        let answer = session.patch(Endpoint::User, &user.id, &patch_one("Add", &path(), value))?;
        if answer.must_succeed().is_err() {
            continue;
        }
        match must_be(&session.read(Endpoint::User, &user.id)?, &boss.id) {
            Ok(()) => return Ok((user, boss)),
            Err(NotPassed::Needs(other)) => return Err(NotPassed::Needs(other)),
            Err(_) => {}
        }
    }
    Err(NotPassed::Needs("mgr.object"))
}

fn clear(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (user, _) = set(session)?;
    let read =
        session.patched(Endpoint::User, &user.id, &patch_one("Replace", &path(), json!("")))?;
    let value = manager(&read).and_then(|manager| pick(manager, &["value"]));
    must(pick::is_empty(value), || format!("the manager is {}", pick::shown(manager(&read))))
}

fn unknown(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (user, nobody) = (session.new_user()?, session.nobody());
    let body = patch_one("Add", &path(), json!(nobody));
    session.patch(Endpoint::User, &user.id, &body)?.must_not_break().map(|_| ())
}

fn shape(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (user, boss) = two(session)?;
    // In whichever form the server takes.
    let mut read = Value::Null;
    for value in [json!({"value": boss.id}), json!(boss.id)] {
        let body = patch_one("Add", &path(), value);
        if session.patch(Endpoint::User, &user.id, &body)?.must_succeed().is_ok() {
            read = session.read(Endpoint::User, &user.id)?;
            if is_in_another_shape(&read, &boss.id) {
                break;
            }
        }
    }
    let top = pick(&read, &["manager"]);
    must(top.is_none(), || format!("`manager` is outside of the extension: {}", pick::shown(top)))?;
    let value = manager(&read);
    must(value.is_some(), String::new).map_err(|_| NotPassed::Needs("mgr.object"))?;
    must(value.is_some_and(Value::is_object), || format!("the manager is {}", pick::shown(value)))
}
