//! The directory: users, groups, the recycle bin, and the assignments to each application.

pub mod application;
mod assignment;
pub mod attribute;
mod changed;
mod dynamic;
pub mod event;
pub mod feed;
pub mod group;
mod group_lifecycle;
pub mod ids;
mod lifecycle;
mod lookup;
mod membership;
pub mod new_user;
mod password;
pub mod registry;
mod sign_on;
pub mod user;
mod written;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

pub use application::Role;
pub use assignment::{AssignmentChange, UnseenAssignment};
pub use attribute::{Attribute, Attributes};
pub use changed::{ChangedNames, ChangedObjects};
pub use event::{About, TenantEvent};
pub use group::{Group, GroupKind, NewGroup};
pub use group_lifecycle::GroupChange;
pub use ids::{AppId, GroupKey, ObjectId, UserKey};
pub use new_user::{HandleRef, NewAssignment, NewUser, is_upn};
pub use password::Password;
pub use sign_on::SignOnError;
pub use user::{Lifecycle, ScopeFacts, User};

use crate::base::time::{DAY, earliest};
use crate::base::{Moment, Seed, Time};
use application::Application;
use assignment::Replication;
use dynamic::Dynamic;
use feed::{Feeds, MembershipFeed};
use lookup::Indexes;
use registry::Registry;

/// The domain of a tenant that sets none.
pub const DEFAULT_DOMAIN: &str = "contoso.example";

/// The settings of the directory; the durations follow the engine's policies.
#[derive(Clone, PartialEq, Debug)]
pub struct TenantSettings {
    /// The main application's name, as events show it.
    pub application: Arc<str>,
    /// The domain from which a new user's UPN and mail are derived.
    pub domain: Arc<str>,
    /// A word in the names that are derived for new users; empty for none.
    pub tag: Arc<str>,
    /// How long a deleted user or group can be restored; 30 days. [users-restore, g:group-delete]
    pub recycle_bin: Duration,
    /// Whether security groups have a recycle bin, as Microsoft 365 groups have. [g:group-delete]
    pub security_group_bin: bool,
    /// How long a change of an assignment takes to reach provisioning; 2 minutes. (assumed,
    /// [on-demand])
    pub replication_delay: Duration,
    /// How long after a change the rules of dynamic groups are evaluated; 5 minutes. (assumed)
    pub evaluation_delay: Duration,
}

impl Default for TenantSettings {
    fn default() -> TenantSettings {
        TenantSettings {
            application: "GoLinks".into(),
            domain: DEFAULT_DOMAIN.into(),
            tag: "".into(),
            recycle_bin: 30 * DAY,
            security_group_bin: true,
            replication_delay: Duration::from_secs(120),
            evaluation_delay: Duration::from_secs(300),
        }
    }
}

/// A change that the directory makes by itself when its time has come.
#[derive(Clone, Copy)]
enum Timed {
    /// A user's time in the recycle bin is over.
    UserBin(UserKey),
    /// A group's time in the recycle bin is over.
    GroupBin(GroupKey),
    /// A change of an assignment reaches provisioning.
    Replication,
    /// Rules are evaluated.
    Evaluation,
}

/// When objects were created after the beginning of the run; the others were there before.
#[derive(Clone, Default)]
struct Created {
    users: BTreeMap<UserKey, Time>,
    groups: BTreeMap<GroupKey, Time>,
    assignments: BTreeMap<(u16, UserKey), Time>,
    group_assignments: BTreeMap<(u16, GroupKey), Time>,
}

/// The directory of one tenant, and its enterprise applications as far as objects are assigned to
/// them.
#[derive(Clone)]
pub struct Tenant {
    settings: TenantSettings,
    seed: Seed,
    users: Vec<User>,
    /// The passwords of those who have one.
    passwords: BTreeMap<UserKey, Password>,
    /// What ended sessions of users.
    revoked: BTreeMap<UserKey, sign_on::Revoked>,
    groups: Vec<Group>,
    user_feed: Feeds,
    group_feed: Feeds,
    membership_feed: MembershipFeed,
    /// Which properties of users changed.
    changed: changed::ChangedProperties<UserKey>,
    /// Which properties of groups changed.
    changed_groups: changed::ChangedProperties<GroupKey>,
    indexes: Indexes,
    /// The users in the recycle bin, in the order of their deletion.
    bin: BTreeSet<(Time, UserKey)>,
    /// How many users are deleted for good.
    gone: usize,
    /// The groups in the recycle bin, in the order of their deletion.
    group_bin: BTreeSet<(Time, GroupKey)>,
    replication: Replication,
    dynamic: Dynamic,
    /// When users and groups were created that were not there at the beginning.
    created: Created,
    /// The applications by their ids; the first is the main one.
    applications: Vec<Application>,
    /// What was written about the applications and their registrations.
    registry: Registry,
    /// What was written about users and groups, and nothing reads.
    written: written::Written,
}

impl Tenant {
    /// An empty directory.
    pub fn new(settings: TenantSettings, seed: Seed) -> Tenant {
        let mut registry = Registry::default();
        registry.add(AppId::MAIN);
        Tenant {
            registry,
            written: written::Written::default(),
            applications: vec![Application::new(settings.application.clone())],
            settings,
            seed,
            users: Vec::new(),
            passwords: BTreeMap::new(),
            revoked: BTreeMap::new(),
            groups: Vec::new(),
            user_feed: Feeds::default(),
            group_feed: Feeds::default(),
            membership_feed: MembershipFeed::default(),
            changed: changed::ChangedProperties::default(),
            changed_groups: changed::ChangedProperties::default(),
            indexes: Indexes::default(),
            bin: BTreeSet::new(),
            gone: 0,
            group_bin: BTreeSet::new(),
            replication: Replication::default(),
            dynamic: Dynamic::default(),
            created: Created::default(),
        }
    }

    /// Reserves room for this many users.
    pub fn reserve(&mut self, users: usize) {
        self.users.reserve_exact(users);
        self.user_feed.reserve(users);
        self.applications.iter_mut().for_each(|app| app.reserve(users));
    }

    /// The settings, which may be changed at any time; waiting changes follow the new delays.
    pub fn settings_mut(&mut self) -> &mut TenantSettings {
        &mut self.settings
    }

    /// The settings.
    pub fn settings(&self) -> &TenantSettings {
        &self.settings
    }

    /// A user, deleted or not.
    pub fn user(&self, user: UserKey) -> &User {
        &self.users[user.index()]
    }

    /// All users in the order of their keys, deleted ones included.
    pub fn users(&self) -> impl Iterator<Item = (UserKey, &User)> {
        (0..).map(UserKey).zip(&self.users)
    }

    /// How many users there ever were.
    pub fn user_count(&self) -> usize {
        self.users.len()
    }

    /// How many users are in the directory, those in its recycle bin included.
    pub fn present_count(&self) -> usize {
        self.users.len() - self.gone
    }

    /// The manager of a user; `None` when there is none or the manager is gone.
    pub fn manager(&self, user: UserKey) -> Option<UserKey> {
        self.user(user)
            .manager
            .filter(|manager| self.user(*manager).lifecycle != Lifecycle::HardDeleted)
    }

    /// A group, deleted or not.
    pub fn group(&self, group: GroupKey) -> &Group {
        &self.groups[group.index()]
    }

    /// How many groups there ever were.
    pub fn group_count(&self) -> usize {
        self.groups.len()
    }

    /// All groups in the order of their keys, deleted ones included.
    pub fn groups(&self) -> impl Iterator<Item = (GroupKey, &Group)> {
        (0..).map(GroupKey).zip(&self.groups)
    }

    /// The users in the recycle bin, in the order of their deletion.
    pub fn users_in_bin(&self) -> impl Iterator<Item = UserKey> + '_ {
        self.bin.iter().map(|(_, user)| *user)
    }

    /// The groups in the recycle bin, in the order of their deletion.
    pub fn groups_in_bin(&self) -> impl Iterator<Item = GroupKey> + '_ {
        self.group_bin.iter().map(|(_, group)| *group)
    }

    /// When a user was hired during the run; `None` for one who was there before.
    pub fn hired_at(&self, user: UserKey) -> Option<Time> {
        self.created.users.get(&user).copied()
    }

    /// When a group was created during the run; `None` for one that was there before.
    pub fn group_created_at(&self, group: GroupKey) -> Option<Time> {
        self.created.groups.get(&group).copied()
    }

    /// The facts about a user's scope, as an application's provisioning sees them now.
    pub fn facts(&self, app: AppId, user: UserKey) -> ScopeFacts {
        let row = self.user(user);
        // An application that is deleted has no assignments; a restore brings them back.
        let role = self.entitlement(app, user).filter(|_| self.registry.gone(app).is_none());
        ScopeFacts {
            exists: row.lifecycle == Lifecycle::Active,
            soft_deleted: matches!(row.lifecycle, Lifecycle::SoftDeleted { .. }),
            hard_deleted: row.lifecycle == Lifecycle::HardDeleted,
            enabled: row.enabled,
            assigned: role.is_some(),
            // Every role this application has is usable, Default Access too [no-users].
            has_role: role.is_some_and(|role| role != Role::Broken),
        }
    }

    /// The facts about a group's scope, as an application's provisioning sees them now. A group is
    /// assigned directly and not through another group; only a security group can be [how-works].
    pub fn group_facts(&self, app: AppId, group: GroupKey) -> ScopeFacts {
        let row = self.group(group);
        // In the recycle bin a group keeps its assignment, although its members get nothing by it.
        let role = self.applications[app.index()].groups[group.index()].effective;
        let role = role.filter(|_| row.security_enabled && self.registry.gone(app).is_none());
        ScopeFacts {
            exists: !row.deleted(),
            soft_deleted: matches!(row.lifecycle, Lifecycle::SoftDeleted { .. }),
            hard_deleted: row.lifecycle == Lifecycle::HardDeleted,
            enabled: true,
            assigned: role.is_some(),
            has_role: role.is_some_and(|role| role != Role::Broken),
        }
    }

    /// The number of the latest change of any user that concerns an application; it only grows.
    pub fn version(&self, app: AppId) -> u64 {
        self.user_feed.of(app).version()
    }

    /// The number of a user's latest change that concerns an application.
    pub fn changed_at(&self, app: AppId, user: UserKey) -> u64 {
        self.user_feed.of(app).changed_at(user.0)
    }

    /// The users changed after `version`, as far as it concerns an application: each once, in the
    /// order of their last change.
    pub fn changes_since(&self, app: AppId, version: u64) -> impl Iterator<Item = UserKey> + '_ {
        self.user_feed.of(app).since(version).map(UserKey)
    }

    /// The number of the latest change of any group that concerns an application; it only grows.
    pub fn group_version(&self, app: AppId) -> u64 {
        self.group_feed.of(app).version()
    }

    /// The groups changed after `version`, as far as it concerns an application: each once, in the
    /// order of their last change.
    pub fn group_changes_since(
        &self,
        app: AppId,
        version: u64,
    ) -> impl Iterator<Item = GroupKey> + '_ {
        self.group_feed.of(app).since(version).map(GroupKey)
    }

    /// The number of a group's latest change that concerns an application.
    pub fn group_changed_at(&self, app: AppId, group: GroupKey) -> u64 {
        self.group_feed.of(app).changed_at(group.0)
    }

    /// The number of the latest change of any membership; it only grows.
    pub fn membership_version(&self) -> u64 {
        self.membership_feed.version()
    }

    /// The memberships that began or ended after `version`, each once, in the order of their last
    /// change. A user who goes to the recycle bin or comes back from it stays a member
    /// [how-works]; one deleted for good ends all memberships (B34).
    pub fn membership_changes_since(
        &self,
        version: u64,
    ) -> impl Iterator<Item = (GroupKey, UserKey)> + '_ {
        self.membership_feed.since(version)
    }

    /// When the next timed change is due: the end of an object's time in the recycle bin, the
    /// arrival of an assignment at provisioning, or the evaluation of a rule.
    pub fn next_due(&self) -> Option<Time> {
        earliest([self.next_timed().map(|(due, _)| due), self.application_bin_due()])
    }

    /// Carries out the timed changes that are due, earliest first.
    pub fn wake(&mut self, moment: &mut Moment<'_, impl From<TenantEvent>>) {
        while let Some((_, what)) = self.next_timed().filter(|(due, _)| *due <= moment.now()) {
            match what {
                Timed::UserBin(user) => self.remove_for_good(user, true, moment),
                Timed::GroupBin(group) => self.remove_group_for_good(group, true, moment),
                Timed::Replication => self.replicate_one(),
                Timed::Evaluation => self.evaluate_one(moment),
            }
        }
    }

    /// The next timed change; of several at one instant, in the order of the enum.
    fn next_timed(&self) -> Option<(Time, Timed)> {
        let stays = self.settings.recycle_bin;
        let user = self.bin.first().map(|(since, user)| (*since + stays, Timed::UserBin(*user)));
        let group =
            self.group_bin.first().map(|(since, group)| (*since + stays, Timed::GroupBin(*group)));
        let replication = self.replication_due().map(|due| (due, Timed::Replication));
        let evaluation = self.evaluation_due().map(|due| (due, Timed::Evaluation));
        [user, group, replication, evaluation].into_iter().flatten().min_by_key(|(due, _)| *due)
    }

    fn handle(&self, user: UserKey) -> Arc<str> {
        self.user(user).handle.clone()
    }

    fn group_handle(&self, group: GroupKey) -> Arc<str> {
        self.group(group).handle.clone()
    }
}
