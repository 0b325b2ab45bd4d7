//! How a whole resource is rewrite when it is created or replaced.

use super::Quirk;
use super::aim::Collection;
use super::change::Change;
use super::members;
use super::operation::complex_manager;
use super::operation::no_nulls;
use super::operation::readable_roles;
use crate::golinks::server::GoLinks;
use crate::scim::{Error, Object, ScimType, Value};

/// Misreads the body of a POST or a PUT.
pub(super) fn rewrite(
    body: &mut Object,
    collection: Collection,
    server: &GoLinks,
) -> Result<(), Error> {
    let quirks = server.quirks();
    if quirks.is(Quirk::NullIsInvalid) {
        no_nulls(body)?;
    }
    if collection == Collection::Groups {
        return rewrite_group(body, server);
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
