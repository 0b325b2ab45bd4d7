//! The quirks that act inside the server: one function for each place where the server asks.

use super::{Quirk, Quirks};
use crate::golinks::store::account::Account;
use crate::scim::shape::DottedKeys;
use crate::scim::{Error, Rules, ScimType};

impl Quirks {
    /// How lenient the server is with bodies.
    pub(crate) fn reading(&self) -> Rules {
        Rules {
            strict_booleans: self.is(Quirk::StrictBooleans),
            strict_op_case: self.is(Quirk::StrictOpCase),
            create_on_filter_miss: !self.is(Quirk::NoCreateOnFilterMiss),
            dotted_keys: match self.word(Quirk::DottedKeys) {
                "ignore" => DottedKeys::Ignore,
                "literal" => DottedKeys::Literal,
                _ => DottedKeys::Expand,
            },
            ..Rules::default()
        }
    }

    /// Whether SCIM can see an account (B53, B91).
    pub(crate) fn shows(&self, account: &Account) -> bool {
        (account.active || !self.is(Quirk::HideInactive))
            && !(account.by_hand && self.is(Quirk::HideUnmanaged))
    }

    /// Whether lists leave inactive accounts out (B91).
    pub(crate) fn hides_inactive(&self) -> bool {
        self.is(Quirk::HideInactive)
    }

    /// Whether some accounts are never found.
    pub(crate) fn hides_some(&self) -> bool {
        self.is(Quirk::HideInactive) || self.is(Quirk::HideUnmanaged)
    }

    /// Whether a filter compares userName with its case (B51).
    pub(crate) fn filters_exact_names(&self) -> bool {
        self.is(Quirk::UsernameFilterCase)
    }

    /// Whether userNames that differ in case alone may belong to two accounts (B51).
    pub(crate) fn exact_names_are_unique(&self) -> bool {
        self.is(Quirk::UsernameUniqueCase)
    }

    /// Whether an e-mail address may belong to one account only (B52).
    pub(crate) fn mail_is_unique(&self) -> bool {
        self.is(Quirk::UniqueKey)
    }

    /// Whether a create takes over an account by its e-mail address (B130).
    pub(crate) fn adopts_by_mail(&self) -> bool {
        self.is(Quirk::AdoptByMail)
    }

    /// Refuses a filter that meets nothing (B48).
    pub(crate) fn check_found_nothing(&self) -> Result<(), Error> {
        match self.is(Quirk::NoMatch404) {
            true => Err(Error::new(404, "no resource meets the filter")),
            false => Ok(()),
        }
    }

    /// Whether a PATCH of a user succeeds without effect (B25).
    pub(crate) fn ignores_patches(&self) -> bool {
        self.is(Quirk::PatchNoop200)
    }

    /// Refuses a PATCH that changed nothing (B24).
    pub(crate) fn check_unchanged(&self) -> Result<(), Error> {
        match self.is(Quirk::NoopPatchIs400) {
            true => Err(Error::new(400, "no valid fields to update")),
            false => Ok(()),
        }
    }

    /// Refuses a change by the old and the new value of `active` (B04, B81).
    pub(crate) fn check_activity(&self, was: bool, becomes: bool) -> Result<(), Error> {
        match (was, becomes) {
            (false, false) if self.is(Quirk::InactiveIsReadonly) => {
                Err(Error::new(409, "the user must be active"))
            }
            (false, true) if self.is(Quirk::ReactivateUnsupported) => {
                Err(Error::new(400, "invalid patch operation"))
            }
            _ => Ok(()),
        }
    }

    /// Refuses every DELETE (B80).
    pub(crate) fn check_deletion(&self) -> Result<(), Error> {
        match self.is(Quirk::Delete500) {
            true => Err(Error::new(500, "Internal Server Error")),
            false => Ok(()),
        }
    }

    /// Whether accounts that SCIM made are forgotten with the last credential (B87).
    pub(crate) fn forgets_on_disconnect(&self) -> bool {
        self.is(Quirk::ForgetOnDisconnect)
    }

    /// Whether signing in creates an account, or reactivates one (B90).
    pub(crate) fn makes_accounts_on_login(&self) -> bool {
        self.is(Quirk::JitOnLogin)
    }

    /// Whether changes of a group can overlap and be lost (B32).
    pub(crate) fn loses_updates(&self) -> bool {
        self.is(Quirk::MemberLostUpdate)
    }

    /// The error that a client gets in place of this one (B75, B110).
    pub(crate) fn replaced_error(&self, error: &Error) -> Option<Error> {
        if error.scim_type == Some(ScimType::InvalidFilter) && self.is(Quirk::UnknownFilter404) {
            return Some(Error::new(404, "not found"));
        }
        let clients =
            (400..500).contains(&error.status) && ![401, 403, 404, 429].contains(&error.status);
        (clients && self.is(Quirk::ClientErrorsAs500))
            .then(|| Error::new(500, "Internal Server Error"))
    }
}
