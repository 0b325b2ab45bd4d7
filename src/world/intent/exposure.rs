//! How long people who lost scope kept an active account; it costs what changes, not how many
//! people there are.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{Exposure, model};
use crate::base::Time;
use crate::base::index::Lookup;
use crate::entra::tenant::{self, Attribute, Tenant, UserKey};
use crate::entra::{self, Entra};
use crate::golinks::{AccountEvent, AccountId, Happened};
use crate::world::Drive;
use crate::world::{RecordedEvent, TargetServer, World};

/// Where a person stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Never was in scope.
    Outside,
    /// Is in scope.
    Inside,
    /// Was in scope, and is not any more.
    Left,
}

/// What is remembered of somebody who left.
#[derive(Default)]
struct Leaver {
    /// The accounts they had, or got since.
    accounts: Vec<AccountId>,
    /// Since when they are exposed, while they are.
    since: Option<Time>,
    /// Their longest exposure that is over.
    longest: Option<(Time, Duration)>,
}

/// Whether a setting can put people in scope or out of it; mappings can bring filters with them.
fn decides_scope(path: &str) -> bool {
    let deciding =
        ["entra.scope", "entra.filters", "entra.mappings", "entra.policy.regex_anchored"];
    deciding.iter().any(|setting| path.starts_with(setting))
}

/// Watches who leaves and what becomes of their accounts.
#[derive(Default)]
pub struct ExposureTracker {
    standing: Vec<Standing>,
    leavers: BTreeMap<UserKey, Leaver>,
    /// Those who left, by the userName they had, in lower case.
    names: Lookup<Box<str>, UserKey>,
    /// Whose an account is, of those who left.
    owners: Lookup<AccountId, UserKey>,
    /// The exposures that go on.
    open: BTreeSet<(Time, UserKey)>,
    /// The longest that is over.
    longest: Option<(UserKey, Time, Duration)>,
}

impl ExposureTracker {
    /// Begins to watch: who is in scope now may leave later.
    pub(in crate::world) fn begin(&mut self, entra: &Entra) {
        let (tenant, settings) = (entra.tenant(), entra.job().settings());
        let inside = |user| {
            if model::wanted(tenant, settings, user) { Standing::Inside } else { Standing::Outside }
        };
        self.standing = tenant.users().map(|(user, _)| inside(user)).collect();
    }

    /// Takes in what happened, after it did.
    pub(in crate::world) fn see(
        &mut self,
        event: RecordedEvent<'_>,
        entra: &Entra,
        target: &TargetServer,
        now: Time,
    ) {
        match event {
            RecordedEvent::Entra(entra::Event::Tenant(event)) => {
                self.see_directory(event, entra, target, now)
            }
            RecordedEvent::Entra(entra::Event::SettingChanged(path)) if decides_scope(path) => {
                self.recheck_all(entra, target, now);
            }
            RecordedEvent::Account(event) if !self.leavers.is_empty() => {
                self.see_account(event, target, now)
            }
            _ => {}
        }
    }

    fn see_directory(
        &mut self,
        event: &tenant::TenantEvent,
        entra: &Entra,
        target: &TargetServer,
        now: Time,
    ) {
        let tenant = entra.tenant();
        match event.about() {
            // Who was in it cannot be asked any more.
            tenant::About::Group(_)
                if matches!(event, tenant::TenantEvent::GroupDeleted { .. }) =>
            {
                self.recheck_all(entra, target, now);
            }
            tenant::About::Group(group) => {
                let members =
                    tenant.find_group(group).into_iter().flat_map(|group| tenant.members(group));
                members.for_each(|user| self.recheck(user, entra, target, now));
            }
            tenant::About::User(user) => {
                let user = tenant.find_user(user);
                user.into_iter().for_each(|user| self.recheck(user, entra, target, now));
            }
        }
    }

    fn recheck_all(&mut self, entra: &Entra, target: &TargetServer, now: Time) {
        entra.tenant().users().for_each(|(user, _)| self.recheck(user, entra, target, now));
    }

    /// Looks whether somebody came into scope or left it.
    fn recheck(&mut self, user: UserKey, entra: &Entra, target: &TargetServer, now: Time) {
        if self.standing.len() <= user.index() {
            self.standing.resize(user.index() + 1, Standing::Outside);
        }
        let inside = model::wanted(entra.tenant(), entra.job().settings(), user);
        match (self.standing[user.index()], inside) {
            (Standing::Inside, false) => {
                self.standing[user.index()] = Standing::Left;
                self.leave(user, entra, target, now);
            }
            (Standing::Left | Standing::Outside, true) => {
                self.standing[user.index()] = Standing::Inside;
                self.close(user, now);
            }
            _ => {}
        }
    }

    fn leave(&mut self, user: UserKey, entra: &Entra, target: &TargetServer, now: Time) {
        let upn = entra.tenant().user(user).get(Attribute::UserPrincipalName);
        // Of that name may be somebody else's account, when names were swapped and that went wrong.
        let others = |id: &AccountId| {
            entra.job().links().user_of(&target.id_text(*id)).is_some_and(|other| other != user)
        };
        let by_name = upn.and_then(|upn| target.find_user_name(upn)).filter(|id| !others(id));
        let linked = entra.job().links().get(user).and_then(|link| target.find_id(&link.target));
        if let Some(upn) = upn {
            self.names.insert(upn.to_lowercase().into(), user);
        }
        self.leavers.entry(user).or_default();
        for id in by_name.into_iter().chain(linked) {
            self.own(user, id);
        }
        self.recheck_accounts(user, target, now);
    }

    fn see_account(&mut self, event: AccountEvent<'_>, target: &TargetServer, now: Time) {
        let id = event.id;
        match event.what {
            Happened::Created | Happened::Reactivated => {
                let name = event.user_name.to_lowercase();
                let Some(&user) = self.owners.get(&id).or_else(|| self.names.get(name.as_str()))
                else {
                    return;
                };
                self.own(user, id);
                self.recheck_accounts(user, target, now);
            }
            Happened::Deactivated | Happened::Deleted => {
                if let Some(&user) = self.owners.get(&id) {
                    self.recheck_accounts(user, target, now);
                }
            }
            Happened::Changed => {}
        }
    }

    fn own(&mut self, user: UserKey, id: AccountId) {
        let accounts = &mut self.leavers.entry(user).or_default().accounts;
        if !accounts.contains(&id) {
            accounts.push(id);
        }
        self.owners.insert(id, user);
    }

    /// Opens or closes the exposure of somebody who left, by whether any account of theirs is
    /// active.
    fn recheck_accounts(&mut self, user: UserKey, target: &TargetServer, now: Time) {
        if self.standing.get(user.index()) != Some(&Standing::Left) {
            return;
        }
        let Some(leaver) = self.leavers.get_mut(&user) else { return };
        let active = leaver.accounts.iter().any(|id| target.is_active(*id));
        match (active, leaver.since) {
            (true, None) => {
                leaver.since = Some(now);
                self.open.insert((now, user));
            }
            (false, Some(_)) => self.close(user, now),
            _ => {}
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

    /// The accounts somebody had when they left.
    pub(in crate::world) fn remembered(&self, user: UserKey) -> &[AccountId] {
        self.leavers.get(&user).map_or(&[], |leaver| &leaver.accounts)
    }

    /// Who is exposed now: how many, and the one who has been for longest.
    pub(super) fn open(&self) -> (usize, Option<UserKey>) {
        (self.open.len(), self.open.first().map(|(_, user)| *user))
    }

    /// The longest exposure, over or not.
    pub(super) fn longest(&self, world: &World) -> Option<Exposure> {
        let open =
            self.open.first().map(|&(since, user)| (user, since, world.now().since(since), true));
        let over = self.longest.map(|(user, since, lasted)| (user, since, lasted, false));
        let longer = match (over, open) {
            (Some(over), Some(open)) if over.2 > open.2 => over,
            (over, open) => open.or(over)?,
        };
        Some(exposure(world.entra().tenant(), longer))
    }
}

fn exposure(
    tenant: &Tenant,
    (user, since, lasted, open): (UserKey, Time, Duration, bool),
) -> Exposure {
    Exposure { user, handle: tenant.user(user).handle().clone(), since, lasted, open }
}
