//! Why an account is right although it is not what the directory alone would have: a setting, or
//! another application, leaves it as it is.

use super::model::{self, AccountIntent};
use crate::entra::tenant::{Lifecycle, UserKey};
use crate::world::AppView;

/// What leaves the account of a user as it is, or leaves a user without one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keeper {
    /// The mapping does not create: `create = false`.
    NoCreate,
    /// The mapping does not update, and a disable is an update: `update = false`.
    NoUpdate,
    /// The mapping does not delete: `delete = false`.
    NoDelete,
    /// Users out of scope are left alone: `skip_out_of_scope_deletions`.
    SkipOutOfScope,
    /// A filter of the mapping keeps the user from being read.
    NotRead,
    /// Another application wants the account in the same workspace.
    OtherApplication {
        /// Whether the account is active, as that application wants it.
        active: bool,
    },
    /// The service never found, made or tried to make an account of the user.
    NeverManaged,
    /// The application is deleted.
    ApplicationDeleted,
}

impl Keeper {
    /// The setting or the circumstance.
    pub fn reason(self) -> &'static str {
        match self {
            Keeper::NoCreate => "`create = false` in the mapping",
            Keeper::NoUpdate => "`update = false` in the mapping",
            Keeper::NoDelete => "`delete = false` in the mapping",
            Keeper::SkipOutOfScope => "`skip_out_of_scope_deletions`",
            Keeper::NotRead => "a filter of the mapping keeps the user from being read",
            Keeper::OtherApplication { active: true } => "another application wants the account",
            Keeper::OtherApplication { active: false } => {
                "another application wants the account to be active"
            }
            Keeper::ApplicationDeleted => "the application is deleted",
            Keeper::NeverManaged => "provisioning never had an account of the user",
        }
    }

    /// What follows for the account and why, after a sentence about the account.
    pub fn words(self) -> String {
        let what = match self {
            Keeper::NoCreate => "and gets none",
            Keeper::NoDelete => "which stays",
            // The job itself may have disabled it.
            Keeper::OtherApplication { .. } => "which is no difference here",
            _ => "which is left as it is",
        };
        format!("{what}: {}", self.reason())
    }
}

/// The switches of the mapping that leave accounts missing or as they are, in words: ``with
/// `update = false` ``; `None` when both are on.
pub fn switched_off<'w>(world: impl Into<AppView<'w>>) -> Option<&'static str> {
    let actions = world.into().entra().job().settings().schema.users.actions;
    match (actions.create, actions.update) {
        (true, true) => None,
        (true, false) => Some("with `update = false`"),
        (false, true) => Some("with `create = false`"),
        (false, false) => Some("with `create = false` and `update = false`"),
    }
}

/// What keeps a user from being wrong; `None` when the user is wrong, or right without it.
pub fn keeper<'w>(world: impl Into<AppView<'w>>, user: UserKey) -> Option<Keeper> {
    let world = world.into();
    if !model::mismatches(world, user).is_empty() {
        return None;
    }
    let accounts = model::accounts(world, user);
    let is_active = accounts.iter().any(|account| account.active);
    let settings = world.entra().job().settings();
    let (actions, soft_delete) = (settings.schema.users.actions, settings.policy.soft_delete);
    match model::account_intent(world, user) {
        AccountIntent::Active if accounts.is_empty() => Some(Keeper::NoCreate),
        AccountIntent::Active if !is_active => Some(Keeper::NoUpdate),
        AccountIntent::Active if !actions.update && model::is_behind(world, user, &accounts) => {
            Some(Keeper::NoUpdate)
        }
        AccountIntent::Active | AccountIntent::NoAccount => None,
        AccountIntent::Anything
            if !accounts.is_empty() && model::wanted_beside(world.parties(), user) =>
        {
            Some(Keeper::OtherApplication { active: is_active })
        }
        AccountIntent::Anything if is_active => Some(match () {
            () if model::is_deleted(world.entra()) => Keeper::ApplicationDeleted,
            () if !model::was_managed(world, user) => Keeper::NeverManaged,
            () if !soft_delete && !actions.delete => Keeper::NoDelete,
            () if soft_delete && !actions.update => Keeper::NoUpdate,
            () if settings.policy.keeps_out_of_scope(world.entra().scoping(user).active) => {
                Keeper::SkipOutOfScope
            }
            () => Keeper::NotRead,
        }),
        AccountIntent::NotActive | AccountIntent::Anything => {
            let is_gone = world.entra().tenant().user(user).lifecycle() == Lifecycle::HardDeleted;
            (is_gone && !actions.delete && !accounts.is_empty()).then_some(Keeper::NoDelete)
        }
    }
}
