//! How long leavers kept an active account. The cost follows the number of changes, not of users,
//! except that a deleted group or a changed setting of the scope rechecks every user.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::groups::ManagedGroups;
use super::{Exposure, model};
use crate::base::Time;
use crate::base::index::Lookup;
use crate::entra::job::log::LogEntry;
use crate::entra::tenant::{self, Tenant, UserKey};
use crate::entra::{self, EntraView};
use crate::golinks::{self, AccountEvent, AccountId, Happened};
use crate::world::applications::Applications;
use crate::world::{AppView, RecordedEvent, TargetServer};

/// Whether a user is in scope, or was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Was never in scope.
    Outside,
    /// Is in scope.
    Inside,
    /// Was in scope, and is no longer.
    Left,
}

/// What is remembered of a leaver.
#[derive(Default)]
struct Leaver {
    /// The accounts that the user had on leaving or got since.
    accounts: Vec<AccountId>,
    /// Since when the user is exposed.
    since: Option<Time>,
    /// The start and the length of the longest exposure that is over.
    longest: Option<(Time, Duration)>,
}

/// By what a leaver can still use the application, as far as the exposure counts it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WayIn {
    /// By an active account.
    Account,
    /// By a session that is open, with no account active.
    Session,
    /// By an API token that is good, with no account active.
    ApiToken,
    /// By both, with no account active.
    SessionAndApiToken,
}

impl WayIn {
    /// It, with the verb that says what it does: `a session is open`.
    pub fn words(self) -> &'static str {
        match self {
            WayIn::Account => "an account is active",
            WayIn::Session => "a session is open",
            WayIn::ApiToken => "an API token is good",
            WayIn::SessionAndApiToken => "a session is open and an API token is good",
        }
    }
}

/// Whether a setting decides which users are in scope, or which accounts are left alone. The
/// mappings count, because scoping filters and actions come with them; the vendor's secrets stand
/// for some of the others. A table is set by its own path, whatever is in it.
fn decides_intent(path: &str) -> bool {
    let deciding = [
        "entra.scope",
        "entra.filters",
        "entra.mappings",
        "entra.policy.regex_anchored",
        "entra.policy.skip_out_of_scope_deletions",
        "entra.policy.skip_flag_covers",
        "entra.policy.soft_delete",
        "entra.policy.exposure_counts_sessions",
        "entra.policy.exposure_counts_api_tokens",
        "entra.secrets",
    ];
    deciding.iter().any(|setting| path.starts_with(setting) || setting.starts_with(path))
}

/// The parties as they are after an event.
#[derive(Clone, Copy)]
pub(in crate::world) struct Parties<'w> {
    /// The tenant, with the job of the application that is watched.
    pub(in crate::world) entra: EntraView<'w>,
    /// The server that the application is meant to provision.
    pub(in crate::world) target: &'w TargetServer,
    /// All applications, of which others may provision the same server.
    pub(in crate::world) applications: &'w Applications,
    pub(in crate::world) now: Time,
}

/// Watches which users leave and what becomes of their accounts.
#[derive(Default)]
pub struct ExposureTracker {
    standing: Vec<Standing>,
    /// How many users are in scope.
    inside: usize,
    /// When each user who was not in scope at the start last came into it.
    entered: BTreeMap<UserKey, Time>,
    /// Whether provisioning has found an account of each user, or made or tried one, at any time.
    managed: Vec<bool>,
    leavers: BTreeMap<UserKey, Leaver>,
    /// Leavers by the userName they had, in lower case.
    names: Lookup<Box<str>, UserKey>,
    /// Leavers by their accounts.
    owners: Lookup<AccountId, UserKey>,
    /// The exposures that are not over, by their start.
    open: BTreeSet<(Time, UserKey)>,
    /// The longest exposure that is over.
    longest: Option<(UserKey, Time, Duration)>,
    /// The groups at the target that provisioning had to do with.
    groups: ManagedGroups,
}

impl ExposureTracker {
    /// Notes which users are in scope at the start, because they may leave later.
    pub(in crate::world) fn begin(&mut self, entra: EntraView<'_>) {
        let inside =
            |user| if model::wanted(entra, user) { Standing::Inside } else { Standing::Outside };
        self.standing = entra.tenant().users().map(|(user, _)| inside(user)).collect();
        self.inside = self.standing.iter().filter(|it| **it == Standing::Inside).count();
    }

    /// Takes in what has happened.
    pub(in crate::world) fn observe(&mut self, event: RecordedEvent<'_>, parties: Parties<'_>) {
        if let RecordedEvent::Entra(entra::Event::Provisioned(row)) = event {
            self.groups.observe(row, parties.target);
            self.note_managed(row);
        }
        match event {
            RecordedEvent::Entra(entra::Event::Tenant(event)) => {
                self.on_directory_event(event, parties)
            }
            RecordedEvent::Entra(entra::Event::SettingChanged(path)) if decides_intent(path) => {
                self.recheck_all(parties);
            }
            // The provisioning page has the scope among its fields.
            RecordedEvent::Entra(entra::Event::Saved) => self.recheck_all(parties),
            RecordedEvent::Entra(entra::Event::Provisioned(row)) if !self.leavers.is_empty() => {
                // An account may have been linked to another user.
                let account = row.target.as_ref().and_then(|id| parties.target.find_id(id));
                self.recheck_owner(account, parties);
            }
            RecordedEvent::Account(event) if !self.leavers.is_empty() => {
                self.on_account_event(event, parties)
            }
            RecordedEvent::GoLinks(
                golinks::Event::SignedIn { id, .. }
                | golinks::Event::SessionEnded { id, .. }
                | golinks::Event::ApiTokenMade { id, .. }
                | golinks::Event::ApiTokensEnded { id, .. },
            ) if !self.leavers.is_empty() => self.recheck_owner(Some(*id), parties),
            _ => {}
        }
    }

    fn note_managed(&mut self, row: &LogEntry) {
        if let Some(user) = row.subject.user().filter(|_| row.target.is_some()) {
            self.note_create(user);
        }
    }

    /// Notes that a create is sent. It counts whatever comes of it: an answer that is lost, or that
    /// comes after the cycle was broken off, leaves an account that provisioning made.
    pub(in crate::world) fn note_create(&mut self, user: UserKey) {
        if self.managed.len() <= user.index() {
            self.managed.resize(user.index() + 1, false);
        }
        self.managed[user.index()] = true;
    }

    fn on_directory_event(&mut self, event: &tenant::TenantEvent, parties: Parties<'_>) {
        let tenant = parties.entra.tenant();
        match event.about() {
            tenant::About::Application(_) => {
                use tenant::TenantEvent::{ApplicationDeleted, ApplicationRestored};
                if matches!(event, ApplicationDeleted { .. } | ApplicationRestored { .. }) {
                    self.recheck_all(parties);
                }
            }
            // The members of a deleted group can no longer be listed.
            tenant::About::Group(_)
                if matches!(event, tenant::TenantEvent::GroupDeleted { for_good: true, .. }) =>
            {
                self.recheck_all(parties);
            }
            tenant::About::Group(group) => {
                let members =
                    tenant.find_group(group).into_iter().flat_map(|group| tenant.members(group));
                members.for_each(|user| self.recheck(user, parties));
            }
            tenant::About::User(user) => {
                let user = tenant.find_user(user);
                user.into_iter().for_each(|user| self.recheck(user, parties));
            }
        }
    }

    fn recheck_all(&mut self, parties: Parties<'_>) {
        parties.entra.tenant().users().for_each(|(user, _)| self.recheck(user, parties));
    }

    /// Checks whether a user came into scope or left it.
    fn recheck(&mut self, user: UserKey, parties: Parties<'_>) {
        if self.standing.len() <= user.index() {
            self.standing.resize(user.index() + 1, Standing::Outside);
        }
        match (self.standing[user.index()], model::wanted(parties.entra, user)) {
            (Standing::Inside, false) => {
                self.standing[user.index()] = Standing::Left;
                self.inside -= 1;
                self.leave(user, parties);
            }
            (Standing::Left | Standing::Outside, true) => {
                self.standing[user.index()] = Standing::Inside;
                self.inside += 1;
                self.entered.insert(user, parties.now);
                self.close(user, parties.now);
            }
            // The user may be deleted by now, or a setting may leave the account alone.
            (Standing::Left, false) => self.recheck_accounts(user, parties),
            _ => {}
        }
        if !self.leavers.is_empty()
            && let Some(upn) = parties.entra.tenant().user(user).sign_in_name()
        {
            // A leaver's account may have this userName, and is then this user's account.
            self.recheck_owner(parties.target.find_user_name(upn), parties);
        }
    }

    fn leave(&mut self, user: UserKey, parties: Parties<'_>) {
        let Parties { entra, target, .. } = parties;
        let upn = entra.tenant().user(user).sign_in_name();
        // After a failed swap of names, another user's account may have this name.
        let is_others = |id: &AccountId| {
            entra.job().links().user_of(&target.id_text(*id)).is_some_and(|other| other != user)
        };
        let by_name = upn.and_then(|upn| target.find_user_name(upn)).filter(|id| !is_others(id));
        let linked = entra.job().links().get(user).and_then(|link| target.find_id(&link.target));
        if let Some(upn) = upn {
            self.names.insert(upn.to_lowercase().into(), user);
        }
        self.leavers.entry(user).or_default();
        for id in by_name.into_iter().chain(linked) {
            self.own(user, id);
        }
        self.recheck_accounts(user, parties);
    }

    fn on_account_event(&mut self, event: AccountEvent<'_>, parties: Parties<'_>) {
        let id = event.id;
        let owner = self.owners.get(&id).copied();
        let appears = matches!(event.what, Happened::Created | Happened::Reactivated);
        if appears && owner.is_none() {
            let Some(&user) = self.names.get(event.user_name.to_lowercase().as_str()) else {
                return;
            };
            if !model::belongs_to_another(parties, id, user) {
                self.own(user, id);
            }
        }
        self.recheck_owner(Some(id), parties);
    }

    fn own(&mut self, user: UserKey, id: AccountId) {
        let accounts = &mut self.leavers.entry(user).or_default().accounts;
        if !accounts.contains(&id) {
            accounts.push(id);
        }
        self.owners.insert(id, user);
    }

    /// Rechecks the leaver with this account.
    fn recheck_owner(&mut self, account: Option<AccountId>, parties: Parties<'_>) {
        if let Some(&user) = account.and_then(|id| self.owners.get(&id)) {
            self.recheck_accounts(user, parties);
        }
    }

    /// Opens or closes the exposure of a leaver.
    fn recheck_accounts(&mut self, user: UserKey, parties: Parties<'_>) {
        let Parties { entra, now, .. } = parties;
        if self.standing.get(user.index()) != Some(&Standing::Left) {
            return;
        }
        let exposed = self.was_managed(user)
            && self.way_in(user, parties).is_some()
            && !model::is_kept(entra, user)
            && !model::wanted_beside(parties, user);
        let Some(leaver) = self.leavers.get_mut(&user) else { return };
        match (exposed, leaver.since) {
            (true, None) => {
                leaver.since = Some(now);
                self.open.insert((now, user));
            }
            (false, Some(_)) => self.close(user, now),
            _ => {}
        }
    }

    /// By what a leaver can still use the application; `None` when by nothing.
    pub(super) fn way_in(&self, user: UserKey, parties: Parties<'_>) -> Option<WayIn> {
        let Parties { entra, target, .. } = parties;
        let policy = &entra.job().settings().policy;
        let leaver = self.leavers.get(&user)?;
        let is_own = |id: &&AccountId| !model::belongs_to_another(parties, **id, user);
        let own: Vec<AccountId> = leaver.accounts.iter().filter(is_own).copied().collect();
        let any = |has: &dyn Fn(AccountId) -> bool| own.iter().any(|id| has(*id));
        let session = policy.exposure_counts_sessions && any(&|id| target.has_session(id));
        let api_token = policy.exposure_counts_api_tokens && any(&|id| target.has_api_token(id));
        match (any(&|id| target.is_active(id)), session, api_token) {
            (true, _, _) => Some(WayIn::Account),
            (false, true, true) => Some(WayIn::SessionAndApiToken),
            (false, true, false) => Some(WayIn::Session),
            (false, false, true) => Some(WayIn::ApiToken),
            (false, false, false) => None,
        }
    }

    fn close(&mut self, user: UserKey, now: Time) {
        let Some(leaver) = self.leavers.get_mut(&user) else { return };
        let Some(since) = leaver.since.take() else { return };
        self.open.remove(&(since, user));
        let lasted = now.since(since);
        if leaver.longest.is_none_or(|(_, longest)| lasted > longest) {
            leaver.longest = Some((since, lasted));
        }
        if self.longest.is_none_or(|(_, _, longest)| lasted > longest) {
            self.longest = Some((user, since, lasted));
        }
    }

    /// The groups at the target that provisioning had to do with.
    pub(super) fn groups(&self) -> &ManagedGroups {
        &self.groups
    }

    /// Whether provisioning has found an account of a user, or made one or tried to, at any time.
    pub(super) fn was_managed(&self, user: UserKey) -> bool {
        self.managed.get(user.index()).copied().unwrap_or(false)
    }

    /// The accounts that a leaver had on leaving or got since.
    pub(in crate::world) fn remembered(&self, user: UserKey) -> &[AccountId] {
        self.leavers.get(&user).map_or(&[], |leaver| &leaver.accounts)
    }

    /// When a user last came into scope; `None` for one who is in it from the start.
    pub(super) fn entered(&self, user: UserKey) -> Option<Time> {
        self.entered.get(&user).copied()
    }

    /// How many users are in scope.
    pub(in crate::world) fn inside(&self) -> usize {
        self.inside
    }

    /// The exposure of each user that had one, as [`ExposureTracker::of`] tells it, the longest
    /// first; no more than `most`. The cost grows with the users who ever left.
    pub(super) fn longest_first(&self, world: AppView<'_>, most: usize) -> Vec<Exposure> {
        let now = world.now();
        let lasted = |leaver: &Leaver| match (leaver.since, leaver.longest) {
            (Some(since), _) => now.since(since),
            (None, longest) => longest.map_or(Duration::ZERO, |(_, lasted)| lasted),
        };
        let all = self.leavers.iter().map(|(user, leaver)| (lasted(leaver), *user));
        let mut all: Vec<_> = all.filter(|(lasted, _)| !lasted.is_zero()).collect();
        all.sort_unstable_by_key(|(lasted, user)| (std::cmp::Reverse(*lasted), *user));
        all.truncate(most);
        all.into_iter().filter_map(|(_, user)| self.of(user, world)).collect()
    }

    /// The users who are exposed now, the longest first.
    pub(in crate::world) fn open(&self) -> impl ExactSizeIterator<Item = UserKey> {
        self.open.iter().map(|(_, user)| *user)
    }

    /// The exposure of a user that is not over, else the longest one; `None` without one.
    pub(super) fn of(&self, user: UserKey, world: AppView<'_>) -> Option<Exposure> {
        let leaver = self.leavers.get(&user)?;
        let found = match (leaver.since, leaver.longest) {
            (Some(since), _) => (user, since, world.now().since(since), true),
            (None, longest) => longest.map(|(since, lasted)| (user, since, lasted, false))?,
        };
        Some(exposure(world.entra().tenant(), found))
    }

    /// How long the longest exposure of a user lasted, over or not; zero without one.
    pub(super) fn longest_of(&self, user: UserKey, world: AppView<'_>) -> Duration {
        let Some(leaver) = self.leavers.get(&user) else { return Duration::ZERO };
        let open = leaver.since.map(|since| world.now().since(since));
        let over = leaver.longest.map(|(_, lasted)| lasted);
        open.max(over).unwrap_or_default()
    }

    /// The longest exposure, over or not; `None` when none lasted any time.
    pub(super) fn longest(&self, world: AppView<'_>) -> Option<Exposure> {
        let open =
            self.open.first().map(|&(since, user)| (user, since, world.now().since(since), true));
        let over = self.longest.map(|(user, since, lasted)| (user, since, lasted, false));
        let longer = match (over, open) {
            (Some(over), Some(open)) if over.2 > open.2 => over,
            (over, open) => open.or(over)?,
        };
        (!longer.2.is_zero()).then(|| exposure(world.entra().tenant(), longer))
    }
}

fn exposure(
    tenant: &Tenant,
    (user, since, lasted, open): (UserKey, Time, Duration, bool),
) -> Exposure {
    Exposure { user, handle: tenant.user(user).handle().clone(), since, lasted, open }
}
