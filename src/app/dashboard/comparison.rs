//! The comparison of what Entra intends with what GoLinks holds, kept up to date person by person.
//!
//! To compare all people at every frame would take too long in a large directory. So the class of
//! each person is stored, and a person is compared again only when the directory, the provisioning
//! log or GoLinks has an event about them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::entra;
use crate::entra::scope::SyncScope;
use crate::entra::tenant::{Lifecycle, TenantEvent, UserKey};
use crate::golinks::{AccountId, AccountView};
use crate::world::intent::{self, AccountIntent, Counts, Judgement, Mismatch};
use crate::world::{AppView, RecordedEvent};

/// How many people one update compares when all must be, so that no update takes long.
const JUDGED_AT_ONCE: usize = 20_000;

/// How many touched people and accounts are remembered. Beyond it all people are compared again:
/// while no page watches, the list must not grow for ever.
const TOUCHED_MAX: usize = 100_000;

/// With more accounts than this, the accounts from before the run are not searched for owners.
const SCANNED_MAX: usize = 100_000;

/// How a person compares, whether or not provisioning is about to remove the difference.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Class {
    /// Not compared yet.
    Unknown,
    /// Deleted for good in Entra, and no difference is left.
    Gone,
    /// Not in scope, and GoLinks holds nothing that differs.
    Outside,
    /// The account is as Entra intends.
    Same,
    /// Entra intends an account, and GoLinks has none.
    Missing,
    /// The account is not as Entra intends.
    Differs,
}

/// The comparison of the two worlds.
#[derive(Default)]
pub struct Comparison {
    classes: Vec<Class>,
    /// The update in which each person was compared last, and the number of the latest one: within
    /// an update nothing changes, so no user is compared twice in it.
    compared: Vec<u32>,
    updates: u32,
    tally: BTreeMap<Class, usize>,
    wrong: BTreeSet<UserKey>,
    counts: Counts,
    in_scope: Vec<bool>,
    directory: u64,
    groups: u64,
    scope: Option<SyncScope>,
    touched: Vec<Touched>,
    todo: Range<u32>,
    extra: BTreeSet<AccountId>,
    scanned: bool,
    /// The accounts by which users were compared that are not linked to them: left by a leaver, or
    /// found by a name alone. The other way round as well.
    unlinked: BTreeSet<(AccountId, UserKey)>,
    unlinked_of: BTreeSet<(UserKey, AccountId)>,
    /// The people who reported to a manager when they were compared last, where managers are
    /// provisioned: their comparison follows the manager's account.
    reports: BTreeSet<(UserKey, UserKey)>,
}

/// A person or an account to compare again.
enum Touched {
    User(UserKey),
    Handle(Arc<str>),
    Account(AccountId, Box<str>),
    /// An account by the id that a link had.
    Target(Box<str>),
}

impl Comparison {
    /// Marks the person or the account of an event to be compared again.
    pub fn observe(&mut self, event: &RecordedEvent<'_>) {
        let touched = match event {
            RecordedEvent::Entra(entra::Event::Provisioned(row)) => match row.subject.user() {
                Some(user) => Touched::User(user),
                None => return,
            },
            RecordedEvent::Entra(entra::Event::Tenant(event)) => match event {
                // An assignment changes the intent at once, but reaches the change feed only when
                // the job can see it.
                TenantEvent::Assigned { user, .. }
                | TenantEvent::Unassigned { user, .. }
                | TenantEvent::AssignmentBroken { user, .. }
                | TenantEvent::MemberAdded { user, .. }
                | TenantEvent::MemberRemoved { user, .. } => Touched::Handle(user.clone()),
                TenantEvent::GroupAssigned { .. }
                | TenantEvent::GroupUnassigned { .. }
                | TenantEvent::GroupAssignmentBroken { .. }
                | TenantEvent::GroupDeleted { .. }
                | TenantEvent::GroupRestored { .. } => {
                    self.scope = None;
                    return;
                }
                _ => return,
            },
            // A filter, a mapping or a policy may concern everybody.
            RecordedEvent::Entra(entra::Event::SettingChanged(_) | entra::Event::Saved) => {
                self.scope = None;
                return;
            }
            // A restart may forget the links, which say whose an account is.
            RecordedEvent::Entra(entra::Event::Restarted(_)) => {
                (self.scope, self.scanned) = (None, false);
                return;
            }
            RecordedEvent::Entra(entra::Event::ConnectionDeleted { handle, target }) => {
                self.touched.extend(target.clone().map(Touched::Target));
                Touched::Handle(handle.clone())
            }
            RecordedEvent::Account(account) => {
                Touched::Account(account.id, account.user_name.into())
            }
            _ => return,
        };
        if self.touched.len() >= TOUCHED_MAX {
            self.forget();
        }
        self.touched.push(touched);
    }

    /// Drops every result, because records were lost or are too many; all people will be compared
    /// again.
    pub fn forget(&mut self) {
        *self = Comparison::default();
    }

    /// Compares the touched people and accounts; returns how many people are still to be compared.
    pub fn update(&mut self, world: AppView<'_>) -> usize {
        self.follow_directory(world);
        self.updates = self.updates.wrapping_add(1);
        let touched = std::mem::take(&mut self.touched);
        for touched in touched {
            match touched {
                Touched::User(user) => self.judge_with_sharers(world, user),
                Touched::Handle(handle) => {
                    if let Some(user) = world.entra().tenant().find_user(&handle) {
                        self.judge_with_sharers(world, user);
                    }
                }
                Touched::Account(id, user_name) => self.judge_account(world, id, &user_name),
                Touched::Target(id) => {
                    let id = world.target().find_id(&id);
                    let account = id.and_then(|id| Some((id, world.target().user_name(id)?)));
                    if let Some((id, user_name)) = account {
                        self.judge_account(world, id, &user_name);
                    }
                }
            }
        }
        let end = self.todo.end.min(self.todo.start.saturating_add(JUDGED_AT_ONCE as u32));
        let now = self.todo.start..end;
        self.todo.start = end;
        for user in now {
            self.judge(world, UserKey(user));
        }
        self.todo.len()
    }

    /// Whether people are still to be compared.
    pub fn unfinished(&self) -> bool {
        !self.todo.is_empty()
    }

    /// The class of a person.
    pub fn class(&self, user: UserKey) -> Class {
        self.classes.get(user.index()).copied().unwrap_or(Class::Unknown)
    }

    /// How many people have a class.
    pub fn count(&self, class: Class) -> usize {
        self.tally.get(&class).copied().unwrap_or(0)
    }

    /// The users with [`Class::Missing`] or [`Class::Differs`], in user order.
    pub fn wrong(&self) -> &BTreeSet<UserKey> {
        &self.wrong
    }

    /// How many people are in scope, right and wrong.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The accounts that belong to no user of Entra.
    pub fn extra(&self) -> &BTreeSet<AccountId> {
        &self.extra
    }

    fn follow_directory(&mut self, world: AppView<'_>) {
        let tenant = world.entra().tenant();
        let scope = Some(world.entra().job().settings().scope);
        let known = self.classes.len();
        self.classes.resize(tenant.user_count(), Class::Unknown);
        self.compared.resize(tenant.user_count(), 0);
        self.in_scope.resize(tenant.user_count(), false);
        let changed = if self.directory == tenant.version(world.app()) {
            0
        } else {
            tenant.changes_since(world.app(), self.directory).count()
        };
        // A new scope or a changed group may concern every person; with very many changes it is as
        // cheap to compare all people.
        if self.scope != scope
            || self.groups != tenant.group_version(world.app())
            || changed > JUDGED_AT_ONCE
            || known == 0
        {
            self.todo = 0..tenant.user_count() as u32;
        } else if changed > 0 {
            self.touched
                .extend(tenant.changes_since(world.app(), self.directory).map(Touched::User));
        }
        (self.scope, self.groups, self.directory) =
            (scope, tenant.group_version(world.app()), tenant.version(world.app()));
        let target = world.target();
        if !self.scanned && target.account_count() <= SCANNED_MAX {
            let accounts = target.user_names();
            let all = accounts.map(|(id, user_name)| Touched::Account(id, user_name.into()));
            self.touched.extend(all);
        }
        self.scanned = true;
        if self.touched.len() > self.classes.len().max(JUDGED_AT_ONCE) {
            self.touched.clear();
            self.todo = 0..tenant.user_count() as u32;
            self.scanned = false;
        }
    }

    fn judge_account(&mut self, world: AppView<'_>, id: AccountId, user_name: &str) {
        self.note_extra(world, id);
        self.judge_users_of(world, id, user_name);
    }

    /// Compares the users whose comparison an account decides: those linked to it, the one with its
    /// name, and those to whom it belongs in another way.
    fn judge_users_of(&mut self, world: AppView<'_>, id: AccountId, user_name: &str) {
        let linked = world.entra().job().links().users_of(&world.target().id_text(id));
        let named = world.entra().tenant().find_upn(user_name);
        let others: Vec<UserKey> = self.users_by(id).collect();
        for user in linked.into_iter().chain(named).chain(others) {
            self.judge_with_reports(world, user);
        }
    }

    /// The users who were compared by an account that is not linked to them.
    fn users_by(&self, id: AccountId) -> impl Iterator<Item = UserKey> + '_ {
        let users = self.unlinked.range((id, UserKey(0))..=(id, UserKey(u32::MAX)));
        users.map(|(_, user)| *user)
    }

    /// Compares a user, and all others who share one of the user's accounts: whose it is decides
    /// about each of them.
    fn judge_with_sharers(&mut self, world: AppView<'_>, user: UserKey) {
        let before = self.accounts_by(user);
        self.judge_with_reports(world, user);
        let in_scope = self.in_scope.get(user.index()).is_some_and(|inside| *inside);
        let now = intent::looked_at(world, user, in_scope);
        for id in before.into_iter().chain(now) {
            let user_name = world.target().user_name(id).unwrap_or_default();
            self.judge_users_of(world, id, &user_name);
        }
    }

    /// The accounts by which a user was compared that are not linked to the user.
    fn accounts_by(&self, user: UserKey) -> Vec<AccountId> {
        let ids = self.unlinked_of.range((user, AccountId(0))..=(user, AccountId(u64::MAX)));
        ids.map(|(_, id)| *id).collect()
    }

    /// Remembers by which accounts a user was compared, and says anew of each whether it belongs to
    /// no user.
    fn note_accounts(&mut self, world: AppView<'_>, user: UserKey) {
        let links = world.entra().job().links();
        let link = links.get(user).and_then(|link| world.target().find_id(&link.target));
        let in_scope = self.in_scope.get(user.index()).is_some_and(|inside| *inside);
        let (before, now) = (self.accounts_by(user), intent::looked_at(world, user, in_scope));
        for id in &before {
            self.unlinked.remove(&(*id, user));
            self.unlinked_of.remove(&(user, *id));
        }
        for id in now.iter().filter(|id| Some(**id) != link) {
            self.unlinked.insert((*id, user));
            self.unlinked_of.insert((user, *id));
        }
        if let Some(id) = link {
            self.extra.remove(&id);
        }
        for id in before.into_iter().chain(now).filter(|id| Some(*id) != link) {
            self.note_extra(world, id);
        }
    }

    /// Whether an account belongs to no user: none is linked to it, has its name, or has a row in
    /// which it is counted.
    fn note_extra(&mut self, world: AppView<'_>, id: AccountId) {
        let user_name = world.target().user_name(id);
        let is_extra = user_name.is_some_and(|user_name| {
            owner(world, id, &user_name).is_none()
                && self.users_by(id).all(|user| self.class(user) == Class::Gone)
        });
        match is_extra {
            true => self.extra.insert(id),
            false => self.extra.remove(&id),
        };
    }

    /// Compares a person, and those who report to the person: their accounts should name the
    /// manager's account, if there is one.
    fn judge_with_reports(&mut self, world: AppView<'_>, user: UserKey) {
        self.judge(world, user);
        let reports = self.reports.range((user, UserKey(0))..=(user, UserKey(u32::MAX)));
        for (_, report) in reports.copied().collect::<Vec<_>>() {
            self.judge(world, report);
        }
    }

    fn judge(&mut self, world: AppView<'_>, user: UserKey) {
        // The users that are still to be compared are not compared now as well.
        if self.todo.contains(&user.0) || self.compared.get(user.index()) == Some(&self.updates) {
            return;
        }
        let Some(place) = self.classes.get_mut(user.index()) else { return };
        self.compared[user.index()] = self.updates;
        let tenant = world.entra().tenant();
        if world.entra().job().settings().schema.users.manager().is_some()
            && let Some(manager) = tenant.manager(user)
        {
            self.reports.insert((manager, user));
        }
        let judged = intent::judge(world, user);
        let was = (self.in_scope[user.index()], *place);
        *place = classify(world, user, &judged);
        self.in_scope[user.index()] = judged.in_scope;
        let now = (judged.in_scope, *place);
        self.tally(was, false);
        self.tally(now, true);
        match now.1 {
            Class::Missing | Class::Differs => self.wrong.insert(user),
            _ => self.wrong.remove(&user),
        };
        self.note_accounts(world, user);
    }

    fn tally(&mut self, (in_scope, class): (bool, Class), add: bool) {
        let change =
            |count: &mut usize| *count = if add { *count + 1 } else { count.saturating_sub(1) };
        if class == Class::Unknown {
            return;
        }
        change(self.tally.entry(class).or_default());
        if in_scope {
            change(&mut self.counts.in_scope);
        }
        match class {
            Class::Same if in_scope => change(&mut self.counts.right),
            Class::Missing | Class::Differs => change(&mut self.counts.wrong),
            _ => {}
        }
    }
}

fn classify(world: AppView<'_>, user: UserKey, judged: &Judgement) -> Class {
    if judged.what.iter().any(|what| matches!(what, Mismatch::Missing)) {
        return Class::Missing;
    }
    if !judged.what.is_empty() {
        return Class::Differs;
    }
    if judged.in_scope || (judged.intent != AccountIntent::Anything && judged.has_account) {
        return Class::Same;
    }
    match world.entra().tenant().user(user).lifecycle() {
        Lifecycle::HardDeleted => Class::Gone,
        _ => Class::Outside,
    }
}

/// The account of a person, as [`intent`] defines it; of several the first that is active.
pub fn account(world: AppView<'_>, user: UserKey) -> Option<AccountView> {
    let mut accounts = intent::accounts(world, user);
    let nth = accounts.iter().position(|account| account.active).unwrap_or(0);
    (nth < accounts.len()).then(|| accounts.swap_remove(nth))
}

/// The user of an account: the linked user, else the user whose userPrincipalName is its userName.
fn owner(world: AppView<'_>, id: AccountId, user_name: &str) -> Option<UserKey> {
    let linked = world.entra().job().links().user_of(&world.target().id_text(id));
    linked.or_else(|| world.entra().tenant().find_upn(user_name))
}
