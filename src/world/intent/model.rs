//! The naive model: which users should have an account, which accounts are a user's, and what is
//! wrong with them.

use std::borrow::Cow;

use super::{Mismatch, Parties};
use crate::entra::EntraView;
use crate::entra::expression::AppRole;
use crate::entra::field::ImportedUser;
use crate::entra::mapping::{Apply, Flow, Import, Mapping, Roles, RowSource, value_of};
use crate::entra::scope::SyncScope;
use crate::entra::tenant::{Lifecycle, UserKey};
use crate::golinks::{AccountId, AccountView};
use crate::scim::{Object, Path, Value};
use crate::world::AppView;

/// Whether an administrator who looks at the directory would say that this user should have an
/// account.
///
/// Unlike provisioning, it sees an assignment at once, and a new scope as soon as it is set.
pub fn in_scope<'w>(world: impl Into<AppView<'w>>, user: UserKey) -> bool {
    wanted(world.into().entra(), user)
}

pub(super) fn wanted(entra: EntraView<'_>, user: UserKey) -> bool {
    let (row, settings) = (entra.tenant().user(user), entra.job().settings());
    !is_deleted(entra)
        && row.lifecycle() == Lifecycle::Active
        && row.enabled()
        && is_entitled(entra, user)
        && settings.schema.filters.pass(row, &settings.policy)
        && settings.schema.filters.read_in(row, &settings.policy)
}

/// Whether the application is deleted, and with it its scope: what it has provisioned stays as it
/// is.
pub(super) fn is_deleted(entra: EntraView<'_>) -> bool {
    entra.gone().is_some()
}

/// Whether the scope is all users or the user is assigned: the filters decide the rest.
pub fn is_entitled(entra: EntraView<'_>, user: UserKey) -> bool {
    entra.job().settings().scope == SyncScope::All || is_assigned(entra, user)
}

/// Whether another application that is meant to provision the same server wants the user to have
/// an account there.
pub(super) fn wanted_beside(parties: Parties<'_>, user: UserKey) -> bool {
    let mut others = parties.applications.beside(parties.entra.app());
    others.any(|app| wanted(parties.entra.as_app(app), user))
}

/// Whether a user is assigned directly or as a direct member of an assigned group; groups in groups
/// do not count [how-works].
pub fn is_assigned(entra: EntraView<'_>, user: UserKey) -> bool {
    let (tenant, app) = (entra.tenant(), entra.app());
    let by_group = |group| {
        let (assigned, group) = (tenant.group_assigned(app, group), tenant.group(group));
        assigned.is_some() && group.security_enabled() && !group.deleted()
    };
    let groups = tenant.user(user).groups();
    tenant.assigned(app, user).is_some() || groups.iter().any(|group| by_group(*group))
}

/// What the target should hold for one user.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AccountIntent {
    /// One active account, with the mapped values.
    Active,
    /// No active account.
    NotActive,
    /// No account at all.
    NoAccount,
    /// Anything: the settings leave the account alone, or the service never managed it.
    Anything,
}

/// What the target should hold for a user: the one definition behind `worlds`, `exposure` and
/// `explain user`.
pub fn account_intent<'w>(world: impl Into<AppView<'w>>, user: UserKey) -> AccountIntent {
    let world = world.into();
    intent_of(world, user, in_scope(world, user))
}

fn intent_of(world: AppView<'_>, user: UserKey, in_scope: bool) -> AccountIntent {
    let (entra, exposures) = (world.entra(), world.exposures());
    if in_scope {
        return AccountIntent::Active;
    }
    if !was_managed(world, user) || is_kept(entra, user) || wanted_beside(world.parties(), user) {
        AccountIntent::Anything
    } else if is_to_be_deleted(entra, user) && !exposures.remembered(user).is_empty() {
        AccountIntent::NoAccount
    } else {
        AccountIntent::NotActive
    }
}

/// Whether the service has managed the account of a user out of scope.
pub(super) fn was_managed(world: AppView<'_>, user: UserKey) -> bool {
    world.exposures().was_managed(user) || world.entra().job().links().get(user).is_some()
}

/// Whether the account of a user out of scope is left as it is: the application is deleted, updates
/// are off (a disable is an update) or deletes where these stand for it, users out of scope are
/// skipped, or a filter keeps the user from being read. The account of a user deleted for good is
/// deleted all the same.
pub(super) fn is_kept(entra: EntraView<'_>, user: UserKey) -> bool {
    let (settings, row) = (entra.job().settings(), entra.tenant().user(user));
    let is_active = entra.scoping(user).active;
    let actions = settings.schema.users.actions;
    // Where the application has no inactive state, the account is deleted instead.
    let takes = if settings.policy.soft_delete { actions.update } else { actions.delete };
    let keeps = !takes
        || settings.policy.keeps_out_of_scope(is_active)
        || !settings.schema.filters.read_in(row, &settings.policy);
    is_deleted(entra) || (keeps && !is_to_be_deleted(entra, user))
}

/// Whether the account of a user is to be deleted: the user is deleted for good, deletes are on,
/// and the scope is all users, or the user was assigned to the end.
fn is_to_be_deleted(entra: EntraView<'_>, user: UserKey) -> bool {
    entra.tenant().user(user).lifecycle() == Lifecycle::HardDeleted
        && entra.job().settings().schema.users.actions.delete
        && entra.scoping(user).entitled()
}

/// Whether an account belongs to another user in scope: it is linked to that user, or its userName
/// is that user's userPrincipalName.
pub(super) fn belongs_to_another(parties: Parties<'_>, id: AccountId, user: UserKey) -> bool {
    let Parties { entra, target, .. } = parties;
    let tenant = entra.tenant();
    let is_other =
        |other: UserKey| other != user && (wanted(entra, other) || wanted_beside(parties, other));
    let (links, text) = (entra.job().links(), target.id_text(id));
    let named = || {
        let named = target.user_name(id).and_then(|user_name| tenant.find_upn(&user_name));
        named.filter(|other| is_other(*other))
    };
    match links.user_of(&text) {
        Some(linked) if linked != user && is_other(linked) => true,
        // The link counts for more than the userName, which may be another user's by now, unless
        // the account is linked to both.
        Some(linked) if linked == user => {
            named().and_then(|other| links.get(other)).is_some_and(|link| *link.target == *text)
        }
        _ => named().is_some(),
    }
}

/// The accounts of a user: the linked one, the one with the user's userName unless it is linked to
/// another user, and the ones the user had on leaving. An account that belongs to another user in
/// scope is left out, unless it is linked to this user, who is in scope: the link counts for more
/// than the userName.
pub fn accounts<'w>(world: impl Into<AppView<'w>>, user: UserKey) -> Vec<AccountView> {
    let world = world.into();
    accounts_of(world, user, in_scope(world, user))
}

fn accounts_of(world: AppView<'_>, user: UserKey, in_scope: bool) -> Vec<AccountView> {
    let ids = ids_of(world, user, in_scope);
    ids.into_iter().filter_map(|id| world.target().account(id)).collect()
}

/// The ids of [`accounts`]; an account may be gone.
pub(super) fn ids(world: AppView<'_>, user: UserKey) -> Vec<AccountId> {
    ids_of(world, user, in_scope(world, user))
}

fn ids_of(world: AppView<'_>, user: UserKey, in_scope: bool) -> Vec<AccountId> {
    let (entra, target) = (world.entra(), world.target());
    let linked = entra.job().links().get(user).and_then(|link| target.find_id(&link.target));
    // An account that is connected with another user stays that user's, whatever its name is.
    let is_others = |id: &AccountId| {
        entra.job().links().user_of(&target.id_text(*id)).is_some_and(|other| other != user)
    };
    let by_name = wanted_name(world, user, in_scope).and_then(|name| target.find_user_name(&name));
    let by_name = by_name.filter(|id| !is_others(id));
    let mut ids: Vec<AccountId> = linked.into_iter().chain(by_name).collect();
    ids.extend(world.exposures().remembered(user));
    let mut found: Vec<AccountId> = Vec::new();
    for id in ids {
        let own = linked == Some(id) && in_scope;
        if !found.contains(&id) && (own || !belongs_to_another(world.parties(), id, user)) {
            found.push(id);
        }
    }
    found
}

/// The accounts that decide what is found about a user, whether or not they belong to another user
/// by now: the linked one, those with the user's names, and those that the user had on leaving.
pub fn looked_at(world: AppView<'_>, user: UserKey, in_scope: bool) -> Vec<AccountId> {
    let (entra, target) = (world.entra(), world.target());
    let linked = entra.job().links().get(user).and_then(|link| target.find_id(&link.target));
    let named = wanted_name(world, user, in_scope);
    let named = named.and_then(|name| target.find_user_name(&name));
    let signs_in = entra.tenant().user(user).sign_in_name();
    let signs_in = signs_in.and_then(|name| target.find_user_name(name));
    let mut ids: Vec<AccountId> = linked.into_iter().chain(named).chain(signs_in).collect();
    ids.extend(world.exposures().remembered(user));
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The user of an account: the linked one, else the one whose userPrincipalName is its userName.
pub(super) fn owner(world: AppView<'_>, account: AccountId) -> Option<UserKey> {
    let (entra, target) = (world.entra(), world.target());
    let linked = entra.job().links().user_of(&target.id_text(account));
    linked.or_else(|| entra.tenant().find_upn(&target.user_name(account)?))
}

/// The userName that the mapping gives a user.
fn wanted_name(world: AppView<'_>, user: UserKey, in_scope: bool) -> Option<Cow<'_, str>> {
    let entra = world.entra();
    let rows = entra.job().settings().schema.users.rows();
    let nth = rows.iter().position(|row| row.target.is("userName"))?;
    match &rows[nth].source {
        RowSource::Attribute { field, .. } => field.text(entra.tenant().user(user)),
        _ => intended_of(world, user, in_scope, (nth, &rows[nth]))
            .shown()
            .map(|name| Cow::Owned(name.into_owned())),
    }
}

/// The value that a mapping row gives a user now. The engine evaluates a row by the same pure
/// function.
pub(super) fn intended(world: AppView<'_>, user: UserKey, nth: usize, row: &Mapping) -> Flow {
    intended_of(world, user, in_scope(world, user), (nth, row))
}

fn intended_of(
    world: AppView<'_>,
    user: UserKey,
    in_scope: bool,
    (nth, row): (usize, &Mapping),
) -> Flow {
    let entra = world.entra();
    let person = entra.tenant().user(user);
    let roles =
        if row.reads_roles() { entra.tenant().app_roles(entra.app(), user) } else { Vec::new() };
    let person =
        ImportedUser { user: person, soft_deleted: !in_scope, manager: None, roles: &roles };
    let settings = entra.job().settings();
    let (key, seed) = (person.user.handle(), world.seed());
    let (now, domain) = (world.now(), &*entra.tenant().settings().domain);
    value_of(
        row,
        nth,
        &Import { object: person.into(), key, domain, now, seed, policy: &settings.policy },
    )
}

/// Why no disable can be sent for a user out of scope, where the application has an inactive state:
/// the mapping gives `active` no value that says so. `None` when it does.
pub fn cannot_disable(world: AppView<'_>, user: UserKey) -> Option<&'static str> {
    let settings = world.entra().job().settings();
    let users = &settings.schema.users;
    if !settings.policy.soft_delete {
        return None;
    }
    let Some(nth) = users.active() else { return Some("`active` is not mapped") };
    let gives = intended_of(world, user, false, (nth, &users.rows()[nth]));
    (gives != Flow::Bool(false)).then_some("the row of `active` does not give `false`")
}

/// What there is to say about a user: what the target should hold, what it holds, and what is wrong
/// with that.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Judgement {
    /// Whether the user is in scope.
    pub in_scope: bool,
    /// What the target should hold.
    pub intent: AccountIntent,
    /// Whether it holds an account of the user.
    pub has_account: bool,
    /// What is wrong; empty when all is right.
    pub what: Vec<Mismatch>,
}

/// Judges one user.
pub fn judge(world: AppView<'_>, user: UserKey) -> Judgement {
    // The scope is asked for once: its filters cost as much as the rest.
    let in_scope = in_scope(world, user);
    let intent = intent_of(world, user, in_scope);
    let accounts = accounts_of(world, user, in_scope);
    let active: Vec<&AccountView> = accounts.iter().filter(|account| account.active).collect();
    let what = match (intent, active.as_slice()) {
        (AccountIntent::Active, active) => of_wanted(world, user, accounts.len(), active),
        (AccountIntent::NotActive, [_, ..]) => {
            vec![Mismatch::StillActive { has_left: world.entra().tenant().user(user).has_left() }]
        }
        (AccountIntent::NoAccount, _) if !accounts.is_empty() => vec![Mismatch::StillExists],
        _ => Vec::new(),
    };
    Judgement { in_scope, intent, has_account: !accounts.is_empty(), what }
}

/// What is wrong with the accounts of a user.
pub(super) fn mismatches(world: AppView<'_>, user: UserKey) -> Vec<Mismatch> {
    judge(world, user).what
}

/// What is wrong with the accounts of a user who should have one. When creates are off, no account
/// is missing; when updates are off, an account stays as it is.
fn of_wanted(
    world: AppView<'_>,
    user: UserKey,
    count: usize,
    active: &[&AccountView],
) -> Vec<Mismatch> {
    let actions = world.entra().job().settings().schema.users.actions;
    match (count, active) {
        (0, _) if actions.create => vec![Mismatch::Missing],
        (0, _) => Vec::new(),
        (_, [_, _, ..]) => vec![Mismatch::Several(active.len())],
        _ if !actions.update => Vec::new(),
        (_, []) => vec![Mismatch::Inactive],
        (_, [one]) => {
            let mut wrong = differing(world, user, &one.resource);
            wrong.extend(of_manager(world, user, &one.resource));
            wrong
        }
    }
}

/// Whether the active account of a user in scope shows other values than it should.
pub(super) fn is_behind(world: AppView<'_>, user: UserKey, accounts: &[AccountView]) -> bool {
    let active = accounts.iter().find(|account| account.active);
    active.is_some_and(|account| !differing(world, user, &account.resource).is_empty())
}

/// A manager whom the account does not show. Only a manager who should have an account and has one
/// counts. The service itself fills in a manager who came later by a restart alone (B85). A manager
/// whom the user no longer has stays, unless a policy takes them away.
fn of_manager(world: AppView<'_>, user: UserKey, account: &Object) -> Option<Mismatch> {
    let (entra, target) = (world.entra(), world.target());
    let users = &entra.job().settings().schema.users;
    let row = &users.rows()[users.manager()?];
    let have = row.target.path.find(account).and_then(|value| match value {
        Value::Object(parts) => parts.get("value").and_then(text_of),
        single => text_of(single),
    });
    let have = have.filter(|have| !have.is_empty());
    let wanted = entra.tenant().manager(user);
    if let Some(manager) = wanted {
        let ids = if in_scope(world, manager) { ids(world, manager) } else { Vec::new() };
        let ids: Vec<String> =
            ids.into_iter().filter(|id| target.holds(*id)).map(|id| target.id_text(id)).collect();
        if ids.is_empty() || have.as_ref().is_some_and(|have| ids.contains(have)) {
            return None;
        }
    } else if have.is_none() || !entra.job().settings().policy.remove_manager {
        return None;
    }
    let shown = have.map(|have| {
        let user = target.find_id(&have).and_then(|id| owner(world, id));
        user.map_or(have.into(), |user| Box::from(&**entra.tenant().user(user).handle()))
    });
    Some(Mismatch::Differs {
        attribute: Box::from(&*row.target.name),
        want: wanted.map_or("", |manager| entra.tenant().user(manager).handle()).into(),
        have: shown,
    })
}

/// The mapped values in which the account of a user in scope differs. An attribute may have any
/// value when the user has none for it, when its row has no source, applies to creates alone, draws
/// by chance, reads the clock or chooses a unique value. The manager has a rule of its own,
/// [`of_manager`].
fn differing(world: AppView<'_>, user: UserKey, account: &Object) -> Vec<Mismatch> {
    let rows = world.entra().job().settings().schema.users.rows().iter().enumerate();
    // An application without an inactive state has nothing to show for `active`.
    let stateless = !world.entra().job().settings().policy.soft_delete;
    let unshown = |row: &Mapping| {
        stateless && row.target.is("active") && row.target.path.find(account).is_none()
    };
    let compared = rows
        .filter(|(_, row)| row.apply != Apply::OnlyOnCreate && !is_fleeting(row) && !unshown(row));
    let differing = compared.filter_map(|(nth, row)| {
        let want = intended_of(world, user, true, (nth, row));
        if shows(row, &want, account) {
            return None;
        }
        let attribute = Box::from(&*row.target.name);
        let want = Box::from(&*want.shown()?);
        Some(Mismatch::Differs { attribute, want, have: have(row, account) })
    });
    differing.collect()
}

/// Whether an account shows the value of a row.
pub(super) fn shows(row: &Mapping, want: &Flow, account: &Object) -> bool {
    let same = |want: &str, have: &str| {
        want == have || (!row.target.case_exact && want.to_lowercase() == have.to_lowercase())
    };
    let found = row.target.path.find(account).filter(|found| !found.is_absent());
    match want {
        Flow::Null | Flow::Ignored | Flow::Candidates(_) => true,
        Flow::Text(want) => match found.and_then(text_of) {
            Some(have) => same(want, &have),
            None => want.is_empty(),
        },
        Flow::Number(want) => found.and_then(Value::as_i64) == Some(*want),
        Flow::Bool(want) => found.and_then(Value::as_bool) == Some(*want),
        Flow::List(want) => {
            let have = values_at(&row.target.path, account);
            let holds = |want: &str| have.iter().any(|have| same(want, have));
            let wanted = |have: &str| want.iter().any(|want| same(want, have));
            want.iter().all(|want| holds(want))
                && (row.apply == Apply::AddValues || have.iter().all(|have| wanted(have)))
        }
        Flow::Roles(want) => {
            let have = values_at(&row.target.attribute(), account);
            let holds = |role: &AppRole| have.contains(&role.value);
            let wanted = |have: &String| want.roles.iter().any(|role| role.value == *have);
            match want.way {
                Roles::Single => want.roles.first().is_none_or(holds),
                Roles::Added => want.roles.iter().all(holds),
                Roles::Exactly => want.roles.iter().all(holds) && have.iter().all(wanted),
            }
        }
    }
}

/// The value of an account at the target of a row; `None` when there is none.
pub(super) fn have(row: &Mapping, account: &Object) -> Option<Box<str>> {
    let values = match row.target.path.find(account)? {
        Value::List(_) | Value::Object(_) => values_at(&row.target.attribute(), account),
        single => Vec::from_iter(text_of(single)),
    };
    (!values.is_empty()).then(|| values.join(", ").into())
}

/// The values of a multi-valued attribute: each element, or its `value`.
fn values_at(path: &Path, account: &Object) -> Vec<String> {
    let mut values = Vec::new();
    path.any(account, &mut |element| {
        let value = element.as_object().map_or(Some(element), |parts| parts.get("value"));
        values.extend(value.and_then(text_of));
        false
    });
    values
}

/// Whether a row gives another value each time, or has no source and leaves the value alone.
pub(super) fn is_fleeting(row: &Mapping) -> bool {
    let chance = |name: &str| row.expression().is_some_and(|expression| expression.calls(name));
    row.source == RowSource::None || ["Now", "Guid", "RandomString"].into_iter().any(chance)
}

/// A single value as text; `None` for an absent one.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Text(text) => Some(text.to_string()),
        other => Some(other.to_string()),
    }
}
