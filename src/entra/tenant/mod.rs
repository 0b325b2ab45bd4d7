//! The directory: users, groups, the recycle bin, and who is assigned to the application.

pub mod application;
pub mod attribute;
pub mod event;
pub mod feed;
pub mod group;
pub mod ids;
pub mod user;
mod verbs;

use std::sync::Arc;
use std::time::Duration;

pub use application::Role;
pub use attribute::{Attribute, Attributes};
pub use event::Event;
pub use group::{Group, NewGroup};
pub use ids::{GroupKey, ObjectId, UserKey};
pub use user::{Facts, Lifecycle, NewUser, Reference, User};

use crate::base::time::DAY;
use crate::base::{Moment, Seed, Time};
use feed::Feed;

/// What the directory is told from outside; the numbers stand in the engine's policies.
#[derive(Clone, PartialEq, Debug)]
pub struct Settings {
    /// The application's name, as events say it.
    pub application: Arc<str>,
    /// The domain from which a new user's UPN and mail are derived.
    pub domain: Arc<str>,
    /// How long a deleted user can be restored; 30 days. [users-restore]
    pub recycle_bin: Duration,
    /// How long a change of an assignment takes to reach provisioning; 2 minutes. (assumed, [on-demand])
    pub replication_delay: Duration,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            application: "GoLinks".into(),
            domain: "contoso.example".into(),
            recycle_bin: 30 * DAY,
            replication_delay: Duration::from_secs(120),
        }
    }
}

/// The directory of one tenant and its one enterprise application.
#[derive(Clone)]
pub struct Tenant {
    settings: Settings,
    seed: Seed,
    users: Vec<User>,
    groups: Vec<Group>,
    user_feed: Feed,
    group_feed: Feed,
}

impl Tenant {
    /// An empty directory.
    pub fn new(settings: Settings, seed: Seed) -> Tenant {
        Tenant {
            settings,
            seed,
            users: vec![],
            groups: vec![],
            user_feed: Feed::default(),
            group_feed: Feed::default(),
        }
    }

    /// The settings, which may be changed at any time; waiting changes follow the new delays.
    pub fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A user, whatever state it is in.
    pub fn user(&self, user: UserKey) -> &User {
        &self.users[user.index()]
    }

    /// All users in the order of their keys, those that are gone included.
    pub fn users(&self) -> impl Iterator<Item = (UserKey, &User)> {
        (0..).map(UserKey).zip(&self.users)
    }

    /// How many keys were ever given to users.
    pub fn user_count(&self) -> usize {
        self.users.len()
    }

    /// The user of this handle; the latest when one that is gone had it before.
    pub fn find_user(&self, handle: &str) -> Option<UserKey> {
        self.users().find(|(_, user)| &**user.handle() == handle).map(|(key, _)| key)
    }

    /// The user with this GUID.
    pub fn find_object(&self, id: ObjectId) -> Option<UserKey> {
        self.users().find(|(_, user)| user.object_id == id).map(|(key, _)| key)
    }

    /// The user of this sign-in name, ignoring case; users in the recycle bin have none.
    pub fn find_upn(&self, upn: &str) -> Option<UserKey> {
        let same = |user: &User| user.get(Attribute::UserPrincipalName).is_some_and(|u| u.eq_ignore_ascii_case(upn));
        self.users().find(|(_, user)| same(user)).map(|(key, _)| key)
    }

    /// The user of this handle, or a sentence that says there is none and suggests the nearest.
    ///
    /// # Errors
    /// The sentence.
    pub fn user_named(&self, handle: &str) -> Result<UserKey, String> {
        self.find_user(handle).ok_or_else(|| format!("there is no user `{handle}`"))
    }

    /// The group of this handle, or a sentence that says there is none and suggests the nearest.
    ///
    /// # Errors
    /// The sentence.
    pub fn group_named(&self, handle: &str) -> Result<GroupKey, String> {
        self.find_group(handle).ok_or_else(|| format!("there is no group `{handle}`"))
    }

    /// The manager of a user; `None` when there is none or the manager is gone.
    pub fn manager(&self, user: UserKey) -> Option<UserKey> {
        self.user(user).manager.filter(|manager| self.user(*manager).lifecycle != Lifecycle::HardDeleted)
    }

    /// A group, deleted or not.
    pub fn group(&self, group: GroupKey) -> &Group {
        &self.groups[group.index()]
    }

    /// All groups in the order of their keys, deleted ones included.
    pub fn groups(&self) -> impl Iterator<Item = (GroupKey, &Group)> {
        (0..).map(GroupKey).zip(&self.groups)
    }

    /// The group of this handle.
    pub fn find_group(&self, handle: &str) -> Option<GroupKey> {
        self.groups().find(|(_, group)| &**group.handle() == handle).map(|(key, _)| key)
    }

    /// What the directory knows about a user's scope, as provisioning sees it now.
    pub fn facts(&self, user: UserKey) -> Facts {
        let user = self.user(user);
        Facts {
            exists: user.lifecycle == Lifecycle::Active,
            soft_deleted: matches!(user.lifecycle, Lifecycle::SoftDeleted { .. }),
            hard_deleted: user.lifecycle == Lifecycle::HardDeleted,
            enabled: user.enabled,
            assigned: user.effective.is_some(),
            has_role: user.effective.is_some(),
        }
    }

    /// The number of the latest change of any user; it only grows.
    pub fn version(&self) -> u64 {
        self.user_feed.version()
    }

    /// The number of a user's latest change.
    pub fn changed_at(&self, user: UserKey) -> u64 {
        self.user_feed.changed_at(user.0)
    }

    /// The users changed after `version`, each once, in the order of their last change.
    pub fn changes_since(&self, version: u64) -> impl Iterator<Item = UserKey> + '_ {
        self.user_feed.since(version).map(UserKey)
    }

    /// The number of the latest change of any group; it only grows.
    pub fn group_version(&self) -> u64 {
        self.group_feed.version()
    }

    /// The groups changed after `version`, each once, in the order of their last change.
    pub fn group_changes_since(&self, version: u64) -> impl Iterator<Item = GroupKey> + '_ {
        self.group_feed.since(version).map(GroupKey)
    }

    /// When something happens by itself: a user's time in the recycle bin ends, an assignment reaches provisioning.
    pub fn next_due(&self) -> Option<Time> {
        None
    }

    /// Does what is due by itself.
    pub fn wake(&mut self, _moment: &mut Moment<'_, impl From<Event>>) {}
}
