//! Which account is meant: scenarios name accounts by the handle of the person they belong to.

use crate::base::diagnostic::nearest;
use crate::entra::Entra;
use crate::entra::tenant::Attribute;
use crate::golinks::{AccountId, GoLinks};

use super::ActionError;

/// The account that is meant by a name: that of the user of this handle (by userName, else the one provisioning has linked),
/// else the one with this userName or id, else the one whose userName begins with it before the `@`.
pub fn find_account(entra: &Entra, golinks: &GoLinks, name: &str) -> Option<AccountId> {
    let user = entra.tenant().find_user(name);
    let upn = user.and_then(|user| entra.tenant().user(user).get(Attribute::UserPrincipalName));
    let linked = || user.and_then(|user| entra.job().links().get(user)).and_then(|link| AccountId::parse(&link.target));
    let there = |id: &AccountId| golinks.account(*id).is_some();
    upn.and_then(|upn| golinks.find_user_name(upn))
        .or_else(|| linked().filter(there))
        .or_else(|| golinks.find_user_name(name))
        .or_else(|| AccountId::parse(name).filter(there))
        .or_else(|| golinks.find_user_name(&format!("{name}@{}", entra.tenant().settings().domain)))
        .or_else(|| golinks.iter().find(|account| local_part(&account.user_name) == name).map(|account| account.id))
}

/// The same, or why there is none.
pub(super) fn account_named(entra: &Entra, golinks: &GoLinks, name: &str) -> Result<AccountId, ActionError> {
    find_account(entra, golinks, name).ok_or_else(|| {
        let names: Vec<String> = golinks.iter().take(1000).map(|account| account.user_name).collect();
        let near = nearest(name, names.iter().map(|name| local_part(name)));
        let help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
        ActionError { message: format!("GoLinks has no account `{name}`"), help }
    })
}

fn local_part(user_name: &str) -> &str {
    user_name.split('@').next().unwrap_or(user_name)
}
