//! Creating, changing and deleting groups: each is an action, as a scenario has it.

use serde_json::{Map, Value};

use super::properties::{DEFAULT, KNOWN};
use super::{GroupRow, find, members, shown};
use crate::base::{Kind, Node};
use crate::entra::graph::endpoint::{Call, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::property::Property;
use crate::entra::graph::property_type::check_type;
use crate::entra::graph::reply::GraphReply;
use crate::entra::tenant::Tenant;
use crate::entra::tenant::group::LONGEST_NAME;
use crate::entra::tenant::new_user::plain;

/// The longest mail alias of a group [g:group].
const LONGEST_ALIAS: usize = 64;

/// `POST /groups`.
pub fn create(call: &mut Call<'_>) -> GraphOutcome {
    let body = call.request.object()?;
    check_names(&body)?;
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
    if types(&body).any(|kind| kind == "DynamicMembership") {
        let rule = body.get("membershipRule").and_then(Value::as_str);
        let rule = rule.ok_or_else(|| GraphError::required("membershipRule", "Group"))?;
        group.push(("rule", Node::text(rule)));
    }
    if let Some(bound) = body.get("members@odata.bind") {
        let (users, groups) = members::bound(call.tenant(), bound)?;
        let names = |names: Vec<String>| {
            Node::bare(Kind::List(names.into_iter().map(Node::text).collect()))
        };
        group.extend([("members", names(users)), ("groups", names(groups))]);
    }
    call.act("create_group", Node::table([(handle.clone(), Node::table(group))]))?;
    let tenant = call.tenant();
    let group = tenant.find_group(&handle).ok_or_else(|| GraphError::not_found(&handle))?;
    let row = GroupRow { tenant, group, begun: call.backend.start() };
    let context = Property::owned(call.request.context("groups/$entity"));
    let one = shown(&row, DEFAULT).first("@odata.context", context);
    let id = tenant.group(group).object_id();
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
    let good = |c: char| c.is_ascii_graphic() && !"@()\\[]\";:.<>,".contains(c);
    match alias.chars().all(good) {
        true => Ok((name, alias)),
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

/// Refuses properties that groups do not have, and values of other types than theirs.
fn check_names(body: &Map<String, Value>) -> Result<(), GraphError> {
    let bound = |name: &str| name.ends_with("@odata.bind");
    match body.keys().find(|name| !KNOWN.contains(&name.as_str()) && !bound(name)) {
        Some(name) => Err(GraphError::unknown_property(name)),
        None => {
            let mut own = body.iter().filter(|(name, _)| !bound(name));
            own.try_for_each(|(name, value)| check_type(name, value))
        }
    }
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
    let body = call.request.object()?;
    check_names(&body)?;
    let group = find(call.tenant(), call.segment(1))?;
    let row = call.tenant().group(group);
    let handle = row.handle().to_string();
    let rule = row.rule().map(|rule| rule.text()).unwrap_or_default();
    let kept = [
        ("displayName", "name", row.display_name()),
        ("description", "description", row.description().unwrap_or_default()),
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
