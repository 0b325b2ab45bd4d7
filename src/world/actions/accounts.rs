//! Finds the account that a name means, or several: scenarios name an account by the handle of its
//! user.

use crate::base::diagnostic::nearest;
use crate::base::{Moment, Node, Problems};
use crate::entra::EntraView;
use crate::golinks::{AccountId, Event, GoLinks};

use super::names::{each_once, texts};
use super::{ActionContext, ActionError, Name};
use crate::world::intent::ExposureTracker;
use crate::world::target::TargetServer;

/// Finds the account that a name means. First the account of the user with this handle: the linked
/// one, else the one with the user's userName, else the one the user had on leaving. Then the
/// account with this userName or id, then the one whose userName has the name before its `@`.
pub(in crate::world) fn find_account(
    entra: EntraView<'_>,
    target: &TargetServer,
    leavers: &ExposureTracker,
    name: &str,
) -> Option<AccountId> {
    let user = entra.tenant().find_user(name);
    let upn = user.and_then(|user| entra.tenant().user(user).sign_in_name());
    let linked = || {
        user.and_then(|user| entra.job().links().get(user))
            .and_then(|link| target.find_id(&link.target))
    };
    let remembered = || user.and_then(|user| leavers.remembered(user).first().copied());
    let there = |id: &AccountId| target.holds(*id);
    linked()
        .filter(there)
        .or_else(|| upn.and_then(|upn| target.find_user_name(upn)))
        .or_else(|| remembered().filter(there))
        .or_else(|| target.find_user_name(name))
        .or_else(|| target.find_id(name).filter(there))
        .or_else(|| target.find_user_name(&format!("{name}@{}", entra.tenant().settings().domain)))
        .or_else(|| {
            let mut accounts = target.user_names();
            accounts.find(|(_, user_name)| local_part(user_name) == name).map(|(id, _)| id)
        })
}

/// The account of which the sessions of a name are: that of [`account_named`] unless it has none
/// and the user is signed in with another, which bears the name that sign-on sends.
pub(super) fn signed_in_account(
    context: &ActionContext<'_>,
    name: &str,
) -> Result<AccountId, ActionError> {
    let (entra, target) = (context.entra.seen_by(context.app), &*context.target);
    let found = account_named(context, name);
    let user = entra.tenant().find_user(name);
    let at_sign_on = user
        .and_then(|user| entra.sign_on_name(user))
        .and_then(|name| target.find_user_name(name))
        .filter(|id| target.has_session(*id));
    match (&found, at_sign_on) {
        (Ok(id), Some(_)) if target.has_session(*id) => found,
        (_, Some(id)) => Ok(id),
        (_, None) => found,
    }
}

/// Calls [`find_account`]; the error suggests the nearest userName.
pub(super) fn account_named(
    context: &ActionContext<'_>,
    name: &str,
) -> Result<AccountId, ActionError> {
    find_account(context.entra.seen_by(context.app), context.target, context.leavers, name)
        .ok_or_else(|| {
            let accounts = context.target.user_names();
            let names: Vec<String> = accounts.take(1000).map(|(_, user_name)| user_name).collect();
            let near = nearest(name, names.iter().map(|name| local_part(name)));
            let help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
            ActionError { message: format!("GoLinks has no account `{name}`"), help }
        })
}

/// One account or several, for each of which an administrator of GoLinks does the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedAccounts(
    /// Their names: by the handle of the user, by userName or by id.
    pub Vec<String>,
);

impl NamedAccounts {
    pub(super) fn read(node: &Node, problems: &mut Problems) -> Option<NamedAccounts> {
        each_once(node, problems).map(NamedAccounts)
    }

    pub(super) fn to_node(&self) -> Node {
        texts(&self.0)
    }

    pub(super) fn names(&self) -> Vec<Name<'_>> {
        self.0.iter().map(|name| Name::Account(name)).collect()
    }

    /// Finds all of them, and then does it with one after the other.
    pub(super) fn each(
        &self,
        context: &mut ActionContext<'_>,
        find: impl Fn(&ActionContext<'_>, &str) -> Result<AccountId, ActionError>,
        mut act: impl FnMut(
            &mut GoLinks,
            AccountId,
            &str,
            &mut Moment<'_, Event>,
        ) -> Result<(), ActionError>,
    ) -> Result<(), ActionError> {
        let ids: Result<Vec<AccountId>, ActionError> =
            self.0.iter().map(|name| find(context, name)).collect();
        ids?.into_iter().zip(&self.0).try_for_each(|(id, name)| {
            context.golinks(|golinks, moment| act(golinks, id, name, moment))
        })
    }
}

fn local_part(user_name: &str) -> &str {
    user_name.split('@').next().unwrap_or(user_name)
}
