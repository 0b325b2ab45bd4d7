//! How a whole resource is misread when it is created or replaced.

use super::mask::Collection;
use super::operation::{Change, complex_manager, no_nulls, readable_roles};
use super::{Quirk, members};
use crate::golinks::server::GoLinks;
use crate::scim::{Error, Object, Path, ScimType, Value};

/// Misreads the body of a POST or a PUT.
pub(super) fn misread(body: &mut Object, collection: Collection, creates: bool, server: &GoLinks) -> Result<(), Error> {
    let quirks = &server.settings.quirks;
    if quirks.is(Quirk::NullIsInvalid) {
        no_nulls(body)?;
    }
    if collection == Collection::Groups {
        return misread_group(body, server);
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
    if creates && quirks.is(Quirk::UniqueKey) {
        unique_mail(body, server)?;
    }
    Ok(())
}

/// Refuses an e-mail address that somebody holds (B52).
fn unique_mail(body: &Object, server: &GoLinks) -> Result<(), Error> {
    let mut of_body: Vec<&str> = Vec::new();
    let Ok(mails) = Path::parse("emails.value") else { return Ok(()) };
    mails.any(body, &mut |mail| {
        of_body.extend(mail.as_text());
        false
    });
    let held = |resource: &Object| {
        mails.any(resource, &mut |mail| {
            mail.as_text().is_some_and(|mail| of_body.iter().any(|other| other.eq_ignore_ascii_case(mail)))
        })
    };
    match !of_body.is_empty() && server.accounts.iter().any(|account| held(&account.attributes())) {
        true => Err(Error::of(ScimType::Uniqueness, "a user with this e-mail address exists")),
        false => Ok(()),
    }
}

fn misread_group(body: &mut Object, server: &GoLinks) -> Result<(), Error> {
    let quirks = &server.settings.quirks;
    let Some(members) = body.get_mut("members") else { return Ok(()) };
    if quirks.is(Quirk::EmptyMembersRejected) && members.is_absent() {
        return Err(Error::of(ScimType::InvalidValue, "no mapping found for an empty list of members"));
    }
    if let (true, Value::List(members)) = (quirks.is(Quirk::MemberTypeRequired), &mut *members) {
        members.retain(members::has_type);
    }
    if quirks.is(Quirk::UnknownMember) {
        let known = |id: &str| server.knows_member(id);
        let current = Object::new();
        members::strangers(&Change { quirks, current: &current, known: &known }, members)?;
    }
    Ok(())
}
