//! How a whole resource is rewrite when it is created or replaced.

use super::Quirk;
use super::layer::Collection;
use super::members;
use super::operation::Change;
use super::operation::complex_manager;
use super::operation::no_nulls;
use super::operation::readable_roles;
use crate::golinks::Account;
use crate::golinks::AccountId;
use crate::golinks::server::GoLinks;
use crate::scim::compare::same_folded;
use crate::scim::{Error, Object, Path, ScimType, Value};

/// Misreads the body of a POST or a PUT.
pub(super) fn rewrite(
    body: &mut Object,
    collection: Collection,
    server: &GoLinks,
) -> Result<(), Error> {
    let quirks = &server.settings.quirks;
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

impl GoLinks {
    /// Refuses an e-mail address that another account holds (B52).
    pub(crate) fn unique_mail(
        &self,
        resource: &Object,
        own: Option<AccountId>,
    ) -> Result<(), Error> {
        if !self.settings.quirks.is(Quirk::UniqueKey) {
            return Ok(());
        }
        let Ok(mails) = Path::parse("emails.value") else { return Ok(()) };
        let mut sent: Vec<&str> = Vec::new();
        mails.any(resource, &mut |mail| {
            sent.extend(mail.as_text());
            false
        });
        let held = |account: Account<'_>| {
            Some(account.id) != own
                && mails.any(&account.attributes(), &mut |mail| {
                    mail.as_text()
                        .is_some_and(|mail| sent.iter().any(|other| same_folded(other, mail)))
                })
        };
        let taken = sent.iter().any(|mail| match self.accounts.likely(&mails, mail) {
            Some(likely) => likely.into_iter().map(|slot| self.accounts.at(slot)).any(held),
            None => self.accounts.iter().any(held),
        });
        match taken {
            true => Err(Error::of(ScimType::Uniqueness, "a user with this e-mail address exists")),
            false => Ok(()),
        }
    }
}

fn rewrite_group(body: &mut Object, server: &GoLinks) -> Result<(), Error> {
    let quirks = &server.settings.quirks;
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
        let known = |id: &str| server.knows_member(id);
        let current = Object::new();
        members::strangers(&Change { quirks, current: &current, known: &known }, members)?;
    }
    Ok(())
}
