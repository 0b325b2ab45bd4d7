//! Creating, changing and deleting groups: each is an action, as a scenario has it.

use http::Method;
use serde_json::{Map, Value};

use super::properties::{DEFAULT, KNOWN};
use super::{GroupRow, find, members, shown};
use crate::base::{Kind, Node};
use crate::entra::graph::endpoint::{Call, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::property::Property;
use crate::entra::graph::registered::owners;
use crate::entra::graph::reply::GraphReply;
use crate::entra::graph::shape::{PropertyShapes, Shape, check};
use crate::entra::tenant::group::LONGEST_NAME;
use crate::entra::tenant::new_user::plain;
use crate::entra::tenant::{GroupKey, GroupKind, Tenant};

/// The longest mail alias of a group [g:group].
const LONGEST_ALIAS: usize = 64;

/// `POST /groups`.
pub fn create(call: &mut Call<'_>) -> GraphOutcome {
    let body = call.request.object()?;
    check_group(&body)?;
    let (name, alias) = required(&body)?;
    let handle = free_handle(call.tenant(), alias, name);
    let mut group = vec![
        ("name", Node::text(name)),
        ("mailNickname", Node::text(alias)),
        ("kind", Node::text(kind(&body)?)),
        ("security_enabled", Node::bare(Kind::Bool(flag(&body, "securityEnabled")?))),
    ];
    if let Some(text) = body.get("description").and_then(Value::as_str) {
        group.push(("description", Node::text(text)));
    }
    let rule = body.get("membershipRule").and_then(Value::as_str);
    match (types(&body).any(|kind| kind == "DynamicMembership"), rule) {
        (true, Some(rule)) => group.push(("rule", Node::text(rule))),
        (true, None) => return Err(GraphError::required("membershipRule", "Group")),
        (false, Some(_)) => return Err(GraphError::invalid_value("membershipRule")),
        (false, None) => {}
    }
    if let Some(bound) = body.get("members@odata.bind") {
        let (users, groups) = members::bound(call.tenant(), bound)?;
        let names = |names: Vec<String>| {
            Node::bare(Kind::List(names.into_iter().map(Node::text).collect()))
        };
        group.extend([("members", names(users)), ("groups", names(groups))]);
    }
    let owners = owners::bound(call, &body)?;
    call.act("create_group", Node::table([(handle.clone(), Node::table(group))]))?;
    let tenant = call.tenant();
    let group = tenant.find_group(&handle).ok_or_else(|| GraphError::not_found(&handle))?;
    let id = tenant.group(group).object_id();
    keep(call, group, &body)?;
    for owner in owners {
        owners::own(call, group, owner)?;
    }
    let row = GroupRow { tenant: call.tenant(), group, begun: call.backend.start() };
    let context = Property::owned(call.request.context("groups/$entity"));
    let one = shown(&row, DEFAULT).first("@odata.context", context);
    Ok(GraphReply::created(&one, call.request.url(&format!("groups/{id}"))))
}

/// The name and the mail alias of a new group.
fn required(body: &Map<String, Value>) -> Result<(&str, &str), GraphError> {
    let text = |name: &'static str, longest: usize| match body.get(name) {
        Some(Value::String(text)) if !text.is_empty() && text.chars().count() <= longest => {
            Ok(text.as_str())
        }
        Some(Value::String(text)) if !text.is_empty() => Err(GraphError::invalid_value(name)),
        _ => Err(GraphError::required(name, "Group")),
    };
    let name = text("displayName", LONGEST_NAME)?;
    for name in ["mailEnabled", "securityEnabled"] {
        if body.get(name).is_none_or(Value::is_null) {
            return Err(GraphError::required(name, "Group"));
        }
    }
    let alias = text("mailNickname", LONGEST_ALIAS)?;
    check_alias(alias)?;
    Ok((name, alias))
}

/// Refuses what no mail alias is [g:group].
fn check_alias(alias: &str) -> Result<(), GraphError> {
    let good = |c: char| c.is_ascii_graphic() && !"@()\\[]\";:.<>,".contains(c);
    match !alias.is_empty() && alias.len() <= LONGEST_ALIAS && alias.chars().all(good) {
        true => Ok(()),
        false => Err(GraphError::invalid_value("mailNickname")),
    }
}

fn flag(body: &Map<String, Value>, name: &'static str) -> Result<bool, GraphError> {
    body.get(name).and_then(Value::as_bool).ok_or_else(|| GraphError::invalid_value(name))
}

fn types(body: &Map<String, Value>) -> impl Iterator<Item = &str> {
    body.get("groupTypes").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// What the group is for. Groups of Exchange are not made by Graph [g:group-create].
fn kind(body: &Map<String, Value>) -> Result<&'static str, GraphError> {
    let unified = types(body).any(|kind| kind == "Unified");
    let (mail, security) = (flag(body, "mailEnabled")?, flag(body, "securityEnabled")?);
    match (unified, mail, security) {
        (true, ..) => Ok("microsoft_365"),
        (false, false, true) => Ok("security"),
        (false, true, _) => Err(GraphError::bad_request(
            "Mail-enabled groups that are not Microsoft 365 groups cannot be created by this service.",
        )),
        (false, false, false) => Err(GraphError::invalid_value("securityEnabled")),
    }
}

/// What may be written about a group [g:group].
const GROUP: PropertyShapes = &[
    ("classification", Shape::Text),
    ("description", Shape::Text),
    ("displayName", Shape::Text),
    ("groupTypes", Shape::Words(&["Unified", "DynamicMembership"])),
    ("isAssignableToRole", Shape::Bool),
    ("mailEnabled", Shape::Bool),
    ("mailNickname", Shape::Text),
    ("membershipRule", Shape::Text),
    ("membershipRuleProcessingState", Shape::Word(&["On", "Paused"])),
    ("preferredDataLocation", Shape::Text),
    ("preferredLanguage", Shape::Text),
    ("resourceBehaviorOptions", Shape::Texts),
    ("resourceProvisioningOptions", Shape::Texts),
    ("securityEnabled", Shape::Bool),
    ("theme", Shape::Word(&["Teal", "Purple", "Green", "Blue", "Pink", "Orange", "Red"])),
    ("uniqueName", Shape::Text),
    ("visibility", Shape::Word(&["Private", "Public", "HiddenMembership"])),
    (
        "writebackConfiguration",
        Shape::Object(&[("isEnabled", Shape::Bool), ("onPremisesGroupType", Shape::Text)]),
    ),
];

/// What is kept as it was written; nothing here reads it.
const KEPT: [&str; 8] = [
    "classification",
    "isAssignableToRole",
    "preferredDataLocation",
    "preferredLanguage",
    "resourceBehaviorOptions",
    "resourceProvisioningOptions",
    "theme",
    "visibility",
];

/// Refuses properties that groups do not have or that are the service's own, and values that they
/// do not take. A rule is evaluated always: its processing cannot be paused here.
fn check_group(body: &Map<String, Value>) -> Result<(), GraphError> {
    let own = |name: &&String| {
        GROUP.iter().all(|(known, _)| known != name) && KNOWN.contains(&name.as_str())
    };
    if let Some(name) = body.keys().find(own) {
        return Err(GraphError::read_only(name));
    }
    check(body, GROUP)?;
    match body.get("membershipRuleProcessingState").and_then(Value::as_str) {
        Some("Paused") => Err(GraphError::bad_request(
            "The processing of membership rules cannot be paused in this tenant.",
        )),
        _ => Ok(()),
    }
}

/// Keeps what nothing here reads.
fn keep(call: &mut Call<'_>, group: GroupKey, body: &Map<String, Value>) -> Result<(), GraphError> {
    let mut written = body.clone();
    written.retain(|name, _| KEPT.contains(&name.as_str()));
    if written.is_empty() {
        return Ok(());
    }
    let path = format!("groups/{}", call.tenant().group(group).object_id());
    let rest = call.request.beside(Method::PATCH, &path, written.clone());
    call.rest(&rest, |call| {
        let tenant = call.backend.entra_mut().tenant_mut();
        for (name, value) in &written {
            tenant.write_of_group(group, name, value.clone());
        }
    })
}

/// Refuses what cannot change once a group is there: for what it is.
fn check_fixed(
    call: &Call<'_>,
    group: GroupKey,
    body: &Map<String, Value>,
) -> Result<(), GraphError> {
    let row = call.tenant().group(group);
    let flags =
        [("securityEnabled", row.security_enabled()), ("mailEnabled", row.kind().has_mail())];
    for (name, now) in flags {
        if body.get(name).is_some_and(|value| *value != Value::Bool(now)) {
            return Err(GraphError::bad_request(format!(
                "Property '{name}' of a group cannot be changed in this tenant."
            )));
        }
    }
    if body.contains_key("isAssignableToRole") {
        return Err(GraphError::read_only("isAssignableToRole"));
    }
    let wants = |kind: &str| types(body).any(|one| one == kind);
    if body.contains_key("groupTypes") {
        let unified = row.kind() == GroupKind::Microsoft365;
        // A group becomes dynamic with its rule, and loses it when it is no longer.
        let rule = match body.get("membershipRule") {
            Some(rule) => rule.as_str().is_some_and(|rule| !rule.is_empty()),
            None => row.rule().is_some(),
        };
        if wants("Unified") != unified || wants("DynamicMembership") != rule {
            return Err(GraphError::invalid_value("groupTypes"));
        }
    }
    Ok(())
}

/// A name for the group that scenarios can use and no group has.
fn free_handle(tenant: &Tenant, alias: &str, name: &str) -> String {
    let base = [plain(alias), plain(name), "group".to_owned()];
    let base = base.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    let numbered = (2u32..).map(|number| format!("{base}-{number}"));
    let mut names = std::iter::once(base.clone()).chain(numbered);
    names.find(|name| tenant.find_group(name).is_none()).unwrap_or(base)
}

/// `PATCH /groups/{id}`.
pub fn update(call: &mut Call<'_>) -> GraphOutcome {
    let mut body = call.request.object()?;
    check_group(&body)?;
    let group = find(call.tenant(), call.segment(1))?;
    let dynamic = types(&body).any(|kind| kind == "DynamicMembership");
    let is_dynamic = call.tenant().group(group).rule().is_some();
    if body.contains_key("groupTypes") && !dynamic && is_dynamic {
        // Without its type it has no rule.
        body.entry("membershipRule").or_insert(Value::Null);
    }
    check_fixed(call, group, &body)?;
    let row = call.tenant().group(group);
    let handle = row.handle().to_string();
    let rule = row.rule().map(|rule| rule.text()).unwrap_or_default();
    let kept = [
        ("displayName", "name", row.display_name()),
        ("description", "description", row.description().unwrap_or_default()),
        ("mailNickname", "mailNickname", row.mail_nickname()),
        ("membershipRule", "rule", rule),
    ];
    let mut changed = Vec::new();
    for (property, key, before) in kept {
        let after = match body.get(property) {
            None => continue,
            Some(Value::Null) => "",
            Some(Value::String(text)) => text,
            Some(_) => return Err(GraphError::invalid_value(property)),
        };
        if property == "mailNickname" {
            check_alias(after)?;
        }
        if property == "displayName" && (after.is_empty() || after.chars().count() > LONGEST_NAME) {
            return Err(GraphError::invalid_value(property));
        }
        if after != before {
            changed.push((key, Node::text(after)));
        }
    }
    let bound = body.get("members@odata.bind");
    let joining = bound.map(|bound| members::joining(call.tenant(), group, bound)).transpose()?;
    if !changed.is_empty() {
        call.act("update_group", Node::table([(&handle, Node::table(changed))]))?;
    }
    keep(call, group, &body)?;
    if let Some(users) = joining {
        members::add_all(call, &handle, users)?;
    }
    Ok(GraphReply::done())
}

/// `DELETE /groups/{id}`.
pub fn delete(call: &mut Call<'_>) -> GraphOutcome {
    let group = find(call.tenant(), call.segment(1))?;
    let handle = call.tenant().group(group).handle().to_string();
    call.act("delete_group", Node::text(handle))?;
    Ok(GraphReply::done())
}
