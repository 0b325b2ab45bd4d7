//! Taking values away, and roles as Entra writes them.

use serde_json::{Value, json};

use crate::verify::bodies::{patch_one, pathless};
use crate::verify::check::checks;
use crate::verify::finding::{NotPassed, must};
use crate::verify::pick::{self, pick};
use crate::verify::session::{Endpoint, Session};

checks! {
    "null.empty" Fail Nothing empty {
        sends: "`replace` of title with \"\"",
        right: "it is \"\", null or absent",
        sources: "direct test 16",
        portal: "the gallery's null update test fails",
    }
    "null.null" Fail Nothing null {
        sends: "`replace` of title with null",
        right: "it is null or absent",
        sources: "direct test 16, RFC 7644 3.5.2.3",
        portal: "the gallery's null update test fails",
    }
    "null.pathless" Warn Nothing without_path {
        sends: "{\"title\": null} without a path",
        right: "it is null or absent",
        sources: "direct test 16",
        portal: "the gallery's null update test fails in its other form",
        after: "null.null",
    }
    "role.patch-text" Warn Nothing role {
        sends: "`Add` of roles[primary eq \"True\"].value whose value is JSON written as a text",
        right: "the role is there",
        sources: "scim-dev, B08",
        portal: "Update fails for users with a role of the application",
        accepted: Warn "the log says success, and the role is not there",
        after: "patch.filtered-new",
    }
    "role.replace" Fail Nothing replace_role {
        sends: "`Replace` of roles[primary eq \"True\"].value, of a user whose primary role is there",
        right: "one role, with the new value",
        sources: "scim-dev, B06",
        portal: "Update fails for users whose role changes",
        accepted: Harm "the log says success, and the roles are not what was sent",
    }
}

fn cleared(session: &mut Session<'_>, body: &Value) -> Result<Value, NotPassed> {
    let user = session.new_user()?;
    session.patched(Endpoint::User, &user.id, body)
}

fn empty(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = cleared(session, &patch_one("replace", "title", json!("")))?;
    let title = pick(&user, &["title"]);
    must(pick::is_empty(title), || format!("title is {}", pick::shown(title)))
}

fn null(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = cleared(session, &patch_one("replace", "title", Value::Null))?;
    must_be_absent(&user)
}

fn without_path(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = cleared(session, &pathless("replace", json!({"title": null})))?;
    must_be_absent(&user)
}

fn must_be_absent(user: &Value) -> Result<(), NotPassed> {
    let title = pick(user, &["title"]);
    must(title.is_none_or(Value::is_null), || format!("title is {}", pick::shown(title)))
}

fn replace_role(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let mut body = session.user_body();
    body["roles"] = json!([{"value": "User", "primary": true}]);
    let user = session.make(Endpoint::User, &body).map_err(|_| NotPassed::Needs("user.create"))?;
    let shown = session.read(Endpoint::User, &user.id)?;
    if pick::is_empty(pick(&shown, &["roles"])) {
        return Err(NotPassed::cannot_tell("the server does not keep roles"));
    }
    let change = patch_one("Replace", "roles[primary eq \"True\"].value", json!("Editor"));
    let read = session.patched(Endpoint::User, &user.id, &change)?;
    let roles = pick::list(&read, &["roles"]);
    must(roles.len() == 1 && pick::text(&roles[0], &["value"]) == Some("Editor"), || {
        format!("roles are {}", pick::shown(pick(&read, &["roles"])))
    })
    .map_err(|failure| {
        failure.entra(match roles.len() {
            0 => "the log says success, and the user has no role",
            1 => "the log says success, and the user has not the role that was sent",
            _ => "the log says success, and roles pile up",
        })
    })
}

fn role(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let value = json!("{\"id\":\"1\",\"value\":\"Editor\",\"displayName\":\"Editor\"}");
    let body = patch_one("Add", "roles[primary eq \"True\"].value", value);
    let read = session.patched(Endpoint::User, &user.id, &body)?;
    let roles = pick(&read, &["roles"]);
    must(!pick::is_empty(roles), || "the user has no role".to_owned())
}
