//! `golinks.account.<user>`: the account that belongs to a user, also after a rename and after the
//! link is gone.

use crate::golinks::AccountView;
use crate::scim::Path;
use crate::world::AppView;

use super::{Memory, ObservedValue, linked};

/// Returns a value of an account; without a path its userName, which shows that it exists.
pub fn see(world: AppView<'_>, memory: &Memory, name: &str, path: Option<&Path>) -> ObservedValue {
    match (find(world, memory, name), path) {
        (None, _) => ObservedValue::Absent,
        (Some(account), None) => ObservedValue::Text(account.user_name),
        (Some(account), Some(path)) => {
            path.find(&account.resource).map_or(ObservedValue::Absent, ObservedValue::scim)
        }
    }
}

/// Finds the account of a name, in this order: the linked account, the account that was linked
/// last, the account with the user's sign-in name, the initial account of that name, the account
/// whose userName it is.
pub fn find(world: AppView<'_>, memory: &Memory, name: &str) -> Option<AccountView> {
    let target = world.target();
    let tenant = world.entra().tenant();
    let user = tenant.find_user(name);
    let link = user.and_then(|user| linked(world, user)).and_then(|id| target.account(id));
    let remembered = || memory.account(name).and_then(|id| target.account(id));
    let by_name = |name: &str| target.find_user_name(name).and_then(|id| target.account(id));
    let by_upn = || by_name(tenant.user(user?).sign_in_name()?);
    let made = || by_name(memory.made_as(name)?);
    link.or_else(remembered).or_else(by_upn).or_else(made).or_else(|| by_name(name))
}
