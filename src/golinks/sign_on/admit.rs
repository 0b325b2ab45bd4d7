//! Which account a believed Response opens: one that is there, one that it wakes, or a new one.

use super::{Assertion, SignInRefusal};
use crate::golinks::AccountId;
use crate::golinks::settings::sso::{InactiveSignIn, ScimAccounts, Sso};

/// The account that the Response names, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct FoundAccount {
    /// Its id.
    pub(crate) id: AccountId,
    /// Whether it is active.
    pub(crate) active: bool,
    /// Whether SCIM has made it.
    pub(crate) by_scim: bool,
}

/// What a sign-in does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Admission {
    /// The account is there.
    Enter(AccountId),
    /// The account is made active again (B90).
    Reactivate(AccountId),
    /// The account's row is hidden, and a new one made in its place.
    Recreate(AccountId),
    /// An account is made.
    Create,
}

/// Decides what a sign-in does, by the settings; `wakes` says that the quirk `jit_on_login` is on.
pub(crate) fn admit(
    assertion: &Assertion,
    found: Option<FoundAccount>,
    sso: &Sso,
    wakes: bool,
) -> Result<Admission, SignInRefusal> {
    match found {
        Some(FoundAccount { id, active: true, by_scim }) => match sso.scim_accounts {
            ScimAccounts::Refuse if by_scim => Err(SignInRefusal::NotLinked),
            _ => Ok(Admission::Enter(id)),
        },
        Some(FoundAccount { id, active: false, .. }) => match sso.inactive_sign_in {
            _ if wakes => Ok(Admission::Reactivate(id)),
            InactiveSignIn::Refuse => Err(SignInRefusal::Inactive),
            InactiveSignIn::Reactivate => Ok(Admission::Reactivate(id)),
            InactiveSignIn::Recreate => Ok(Admission::Recreate(id)),
        },
        None if wakes => Ok(Admission::Create),
        None if !sso.jit => Err(SignInRefusal::NoAccount),
        None => {
            let address = new_name(assertion, sso);
            match sso.domains.refuses(address) {
                Some(domain) => {
                    let shown = domain.chars().take(120).collect::<String>();
                    Err(SignInRefusal::Domain(shown.into()))
                }
                None => Ok(Admission::Create),
            }
        }
    }
}

/// The userName of an account that the sign-in makes: the value that names it, unless that is an
/// object id.
pub(super) fn new_name<'a>(assertion: &'a Assertion, sso: &Sso) -> &'a str {
    use crate::golinks::settings::sso::AccountKey;
    match sso.jit_key {
        AccountKey::ObjectIdentifier => &assertion.name_id,
        key => assertion.key(key).unwrap_or(&assertion.name_id),
    }
}

impl Assertion {
    /// The userName of an account that this sign-in would make.
    pub(crate) fn new_name(&self, sso: &Sso) -> &str {
        new_name(self, sso)
    }
}
