//! Which people are right at GoLinks and which are not, kept up to date by comparing only those
//! that something happened to.
//!
//! Asking the naive model about all people costs more the more people there are. So each person has
//! a class here, and is judged anew when the directory, the provisioning log or GoLinks says
//! something about them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::entra;
use crate::entra::scope::SyncScope;
use crate::entra::tenant::{Attribute, Lifecycle, TenantEvent, UserKey};
use crate::golinks::AccountId;
use crate::world::intent::{self, AccountIntent, Counts, Mismatch};
use crate::world::{RecordedEvent, World};

/// How many people are judged in one go, so that a look never takes long.
const JUDGED_AT_ONCE: usize = 20_000;

/// So many changes are no fewer than all people: what no page watches must not be remembered
/// for ever.
const TOUCHED_MAX: usize = 100_000;

/// In a larger GoLinks accounts made beforehand are not searched for owners.
const SCANNED_MAX: usize = 100_000;

/// How a person compares, leaving aside whether the difference is about to be mended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Class {
    /// Not judged yet.
    Unknown,
    /// Deleted for good, and nothing is left at GoLinks.
    Gone,
    /// Not in scope, and no account.
    Outside,
    /// As Entra intends.
    Same,
    /// In scope without an account.
    Missing,
    /// Something is not as Entra intends.
    Differs,
}

/// The comparison of the two worlds.
#[derive(Default)]
pub struct Comparison {
    classes: Vec<Class>,
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
}

/// A person or an account that something happened to.
enum Touched {
    User(UserKey),
    Handle(Arc<str>),
    Account(AccountId, Box<str>),
}

impl Comparison {
    /// Notes the person or the account that an event is about.
    pub fn observe(&mut self, event: &RecordedEvent<'_>) {
        let touched = match event {
            RecordedEvent::Entra(entra::Event::Provisioned(row)) => match row.subject.user() {
                Some(user) => Touched::User(user),
                None => return,
            },
            RecordedEvent::Entra(entra::Event::Tenant(event)) => match event {
                // An assignment is intent at once, and on the change feed only when the job can
                // see it.
                TenantEvent::Assigned { user, .. }
                | TenantEvent::Unassigned { user, .. }
                | TenantEvent::MemberAdded { user, .. }
                | TenantEvent::MemberRemoved { user, .. } => Touched::Handle(user.clone()),
                TenantEvent::GroupAssigned { .. }
                | TenantEvent::GroupUnassigned { .. }
                | TenantEvent::GroupDeleted { .. } => {
                    self.scope = None;
                    return;
                }
                _ => return,
            },
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

    /// Records were lost, or are too many: all people have to be judged anew.
    pub fn forget(&mut self) {
        *self = Comparison::default();
    }

    /// Judges the people that something happened to; returns how many are still to be judged.
    pub fn update(&mut self, world: &World) -> usize {
        self.follow_directory(world);
        let touched = std::mem::take(&mut self.touched);
        for touched in touched {
            match touched {
                Touched::User(user) => self.judge(world, user),
                Touched::Handle(handle) => {
                    if let Some(user) = world.entra().tenant().find_user(&handle) {
                        self.judge(world, user);
                    }
                }
                Touched::Account(id, user_name) => self.judge_account(world, id, &user_name),
            }
        }
        let end = self.todo.end.min(self.todo.start.saturating_add(JUDGED_AT_ONCE as u32));
        for user in self.todo.start..end {
            self.judge(world, UserKey(user));
        }
        self.todo.start = end;
        self.todo.len()
    }

    /// How a person compares.
    pub fn class(&self, user: UserKey) -> Class {
        self.classes.get(user.index()).copied().unwrap_or(Class::Unknown)
    }

    /// How many people are of a class.
    pub fn count(&self, class: Class) -> usize {
        self.tally.get(&class).copied().unwrap_or(0)
    }

    /// Those who are [`Class::Missing`] or [`Class::Differs`], in user order.
    pub fn wrong(&self) -> &BTreeSet<UserKey> {
        &self.wrong
    }

    /// How many are in scope, and how many of them are right.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The accounts that belong to no user of Entra.
    pub fn extra(&self) -> &BTreeSet<AccountId> {
        &self.extra
    }

    fn follow_directory(&mut self, world: &World) {
        let tenant = world.entra().tenant();
        let scope = Some(world.entra().job().settings().scope);
        let known = self.classes.len();
        self.classes.resize(tenant.user_count(), Class::Unknown);
        self.in_scope.resize(tenant.user_count(), false);
        let changed = if self.directory == tenant.version() {
            0
        } else {
            tenant.changes_since(self.directory).count()
        };
        // A new scope or a changed group may concern every person, and so many changes are no fewer
        // than all people.
        if self.scope != scope
            || self.groups != tenant.group_version()
            || changed > JUDGED_AT_ONCE
            || known == 0
        {
            self.todo = 0..tenant.user_count() as u32;
        } else if changed > 0 {
            self.touched.extend(tenant.changes_since(self.directory).map(Touched::User));
        }
        (self.scope, self.groups, self.directory) =
            (scope, tenant.group_version(), tenant.version());
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

    fn judge_account(&mut self, world: &World, id: AccountId, user_name: &str) {
        let owner = owner(world, id, user_name);
        if owner.is_none() && world.target().holds(id) {
            self.extra.insert(id);
        } else {
            self.extra.remove(&id);
        }
        let named = world.entra().tenant().find_upn(user_name);
        for user in owner.into_iter().chain(named.filter(|named| Some(*named) != owner)) {
            self.judge(world, user);
        }
    }

    fn judge(&mut self, world: &World, user: UserKey) {
        let Some(place) = self.classes.get_mut(user.index()) else { return };
        let tenant = world.entra().tenant();
        let in_scope = intent::in_scope(world, user);
        let was = (self.in_scope[user.index()], *place);
        let what = intent::of(world, user);
        *place = classify(world, user, in_scope, &what);
        self.in_scope[user.index()] = in_scope;
        let now = (in_scope, *place);
        self.tally(was, false);
        self.tally(now, true);
        match now.1 {
            Class::Missing | Class::Differs => self.wrong.insert(user),
            _ => self.wrong.remove(&user),
        };
        // The person's account may have belonged to no user until now.
        if !self.extra.is_empty()
            && let Some(account) = tenant.user(user).get(Attribute::UserPrincipalName)
            && let Some(id) = world.target().find_user_name(account)
        {
            self.extra.remove(&id);
        }
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

fn classify(world: &World, user: UserKey, in_scope: bool, what: &[Mismatch]) -> Class {
    if what.iter().any(|what| matches!(what, Mismatch::Missing)) {
        return Class::Missing;
    }
    if !what.is_empty() {
        return Class::Differs;
    }
    let expected = intent::account_intent(world, user) != AccountIntent::Anything;
    if in_scope || (expected && account(world, user).is_some()) {
        return Class::Same;
    }
    match world.entra().tenant().user(user).lifecycle() {
        Lifecycle::HardDeleted => Class::Gone,
        _ => Class::Outside,
    }
}

/// The account of a person: the linked one, else the one with their userName.
pub fn account(world: &World, user: UserKey) -> Option<AccountId> {
    let (links, target) = (world.entra().job().links(), world.target());
    let linked = links.get(user).and_then(|link| target.find_id(&link.target));
    let linked = linked.filter(|id| target.holds(*id));
    let named = || world.entra().tenant().user(user).sign_in_name();
    linked.or_else(|| world.target().find_user_name(named()?))
}

/// Whose account it is: the linked person's, else that of the person with its userName.
fn owner(world: &World, id: AccountId, user_name: &str) -> Option<UserKey> {
    let linked = world.entra().job().links().user_of(&world.target().id_text(id));
    linked.or_else(|| world.entra().tenant().find_upn(user_name))
}
