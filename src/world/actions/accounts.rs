//! Which account is meant: scenarios name accounts by the handle of the person they belong to.

use crate::base::diagnostic::nearest;
use crate::entra::Entra;
use crate::entra::tenant::Attribute;
use crate::golinks::{AccountId, GoLinks};

use super::{ActionContext, ActionError};
use crate::world::intent::ExposureTracker;

/// The account that is meant by a name: that of the user of this handle (the one provisioning has
/// linked, else by userName, else the one they had when they left), else the one with this userName
/// or id, else the one whose userName begins with it before the `@`.
pub(in crate::world) fn find_account(
    entra: &Entra,
    golinks: &GoLinks,
    leavers: &ExposureTracker,
    name: &str,
) -> Option<AccountId> {
    let user = entra.tenant().find_user(name);
    let upn = user.and_then(|user| entra.tenant().user(user).get(Attribute::UserPrincipalName));
    let linked = || {
        user.and_then(|user| entra.job().links().get(user))
            .and_then(|link| AccountId::parse(&link.target))
    };
    let remembered = || user.and_then(|user| leavers.remembered(user).first().copied());
    let there = |id: &AccountId| golinks.accounts().get(*id).is_some();
    linked()
        .filter(there)
        .or_else(|| upn.and_then(|upn| golinks.find_user_name(upn)))
        .or_else(|| remembered().filter(there))
        .or_else(|| golinks.find_user_name(name))
        .or_else(|| AccountId::parse(name).filter(there))
        .or_else(|| golinks.find_user_name(&format!("{name}@{}", entra.tenant().settings().domain)))
        .or_else(|| {
            golinks.accounts().iter().find(|a| local_part(&a.user_name()) == name).map(|a| a.id)
        })
}

/// The same, or why there is none.
pub(super) fn account_named(
    context: &ActionContext<'_>,
    name: &str,
) -> Result<AccountId, ActionError> {
    find_account(context.entra, context.golinks, context.leavers, name).ok_or_else(|| {
        let accounts = context.golinks.accounts().iter();
        let names: Vec<String> =
            accounts.take(1000).map(|account| account.user_name().into_owned()).collect();
        let near = nearest(name, names.iter().map(|name| local_part(name)));
        let help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
        ActionError { message: format!("GoLinks has no account `{name}`"), help }
    })
}

fn local_part(user_name: &str) -> &str {
    user_name.split('@').next().unwrap_or(user_name)
}
