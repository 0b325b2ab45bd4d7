//! Rewrites a whole resource that is created or replaced.

use super::Quirk;
use super::aim::Collection;
use super::change::{Change, SideEffects};
use super::operation::complex_manager;
use super::operation::no_nulls;
use super::operation::readable_roles;
use super::{members, names};
use crate::golinks::server::GoLinks;
use crate::scim::{Error, Object, ScimType, Value};

/// Rewrites the body of a POST or a PUT.
pub(super) fn rewrite(
    body: &mut Object,
    (collection, item): (Collection, Option<&str>),
    server: &GoLinks,
    side_effects: &mut SideEffects,
) -> Result<(), Error> {
    let quirks = server.quirks();
    let kind =
        if collection == Collection::Groups { server.group_type() } else { server.user_type() };
    if quirks.is(Quirk::CaseSensitiveNames) {
        names::drop_other_case(body, kind);
    }
    if quirks.is(Quirk::UnknownAttributeRefused) {
        names::refuse_unknown(body, kind)?;
    }
    if quirks.is(Quirk::NullIsInvalid) {
        no_nulls(body)?;
    }
    if collection == Collection::Groups {
        // With an item, the request is a PUT.
        if quirks.is(Quirk::MembersImmutable) && item.is_some() && body.get("members").is_some() {
            return Err(members::immutable());
        }
        return rewrite_group(body, server);
    }
    if let Some(id) = item.filter(|_| quirks.is(Quirk::PutKeepsExtensions)) {
        let before = server.find_account(id).map(|account| account.attributes());
        let before = before.unwrap_or_default();
        for extension in &kind.extensions {
            match before.get(&extension.id) {
                Some(kept) => body.insert(extension.id.clone(), kept.clone()),
                None => body.remove(&extension.id),
            };
        }
    }
    if quirks.is(Quirk::ActiveAsText) {
        side_effects.active = body.get("active").cloned();
    }
    if quirks.is(Quirk::RolesMustBeObjects) {
        readable_roles(body.get("roles"))?;
    }
    if quirks.is(Quirk::ManagerMustBeObject) {
        complex_manager(body, quirks)?;
    }
    if quirks.is(Quirk::ActiveAlwaysTrue) {
        body.insert("active", true);
    }
    if quirks.is(Quirk::DropExternalId) {
        body.remove("externalId");
    }
    Ok(())
}

fn rewrite_group(body: &mut Object, server: &GoLinks) -> Result<(), Error> {
    let quirks = server.quirks();
    let Some(members) = body.get_mut("members") else { return Ok(()) };
    if quirks.is(Quirk::EmptyMembersRejected) && members.is_absent() {
        return Err(Error::of(
            ScimType::InvalidValue,
            "no mapping found for an empty list of members",
        ));
    }
    if let (true, Value::List(members)) = (quirks.is(Quirk::MemberTypeRequired), &mut *members) {
        members.retain(members::has_type);
    }
    if quirks.is(Quirk::UnknownMember) {
        let known = |id: &str| server.member(id).is_ok();
        let current = Object::new();
        members::strangers(&Change { quirks, current: &current, known: &known }, members)?;
    }
    Ok(())
}
