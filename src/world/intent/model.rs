//! The naive model: who should have an account, which accounts are theirs, and what is wrong with
//! them.

use std::borrow::Cow;

use super::Mismatch;
use crate::entra::field::ImportedUser;
use crate::entra::mapping::{Apply, Flow, Import, Mapping, RowSource, value_of};
use crate::entra::scope::SyncScope;
use crate::entra::settings::Settings;
use crate::entra::tenant::{Lifecycle, Tenant, User, UserKey};
use crate::golinks::{AccountId, AccountView};
use crate::scim::{Object, Value};
use crate::world::Drive;
use crate::world::World;

/// Whether an administrator who looks at the directory would say that this person should have an
/// account.
///
/// Unlike provisioning it sees an assignment at once, and the scope that is set, not the one in
/// force.
pub fn in_scope(world: &World, user: UserKey) -> bool {
    let entra = world.entra();
    wanted(entra.tenant(), entra.job().settings(), user)
}

pub(super) fn wanted(tenant: &Tenant, settings: &Settings, user: UserKey) -> bool {
    let row = tenant.user(user);
    row.lifecycle() == Lifecycle::Active
        && row.enabled()
        && (settings.scope == SyncScope::All || is_assigned(tenant, row))
        && settings.schema.filters.pass(row, &settings.policy)
}

/// Directly, or as a direct member of an assigned group; groups in groups do not count [how-works].
fn is_assigned(tenant: &Tenant, user: &User) -> bool {
    let by_group = |group| {
        let group = tenant.group(group);
        group.assigned().is_some() && group.security_enabled() && !group.deleted()
    };
    user.assigned().is_some() || user.groups().iter().any(|group| by_group(*group))
}

/// Whether the service was bound to delete the account of somebody who is gone: assigned to the
/// end.
fn was_managed(world: &World, user: UserKey) -> bool {
    let entra = world.entra();
    let left_while_in_scope = !world.exposures.remembered(user).is_empty();
    left_while_in_scope
        && (entra.job().settings().scope == SyncScope::All || entra.tenant().facts(user).assigned)
}

/// The accounts that are this person's: the one provisioning has linked, the one of their userName,
/// and what was theirs when they left. What is linked to somebody else in scope is that person's,
/// and what somebody who left still has the link of is whoever's has its userName by now.
pub fn accounts(world: &World, user: UserKey) -> Vec<AccountView> {
    let (entra, target) = (world.entra(), world.target());
    let (tenant, links) = (entra.tenant(), entra.job().links());
    let linked = links.get(user).and_then(|link| target.find_id(&link.target));
    let name = wanted_name(world, user);
    let by_name = name.and_then(|name| target.find_user_name(&name));
    let mut ids: Vec<AccountId> = linked.into_iter().chain(by_name).collect();
    ids.extend(world.exposures.remembered(user));
    let others = |other: UserKey| other != user && in_scope(world, other);
    let mut found: Vec<AccountView> = Vec::new();
    for id in ids {
        if found.iter().any(|account| account.id == id) {
            continue;
        }
        let own = linked == Some(id);
        let linked_away = !own && links.user_of(&target.id_text(id)).is_some_and(others);
        let named_away = |account: &AccountView| {
            !(own && in_scope(world, user))
                && tenant.find_upn(&account.user_name).is_some_and(others)
        };
        found.extend(target.account(id).filter(|account| !linked_away && !named_away(account)));
    }
    found
}

/// The userName the mapping gives a person.
fn wanted_name(world: &World, user: UserKey) -> Option<Cow<'_, str>> {
    let entra = world.entra();
    let rows = entra.job().settings().schema.users.rows();
    let nth = rows.iter().position(|row| row.target.is("userName"))?;
    match &rows[nth].source {
        RowSource::Attribute { field, .. } => field.text(entra.tenant().user(user)),
        _ => {
            intended(world, user, nth, &rows[nth]).shown().map(|name| Cow::Owned(name.into_owned()))
        }
    }
}

/// What a mapping row gives a person now; it shares with the engine the evaluation of one row,
/// which is a pure function.
fn intended(world: &World, user: UserKey, nth: usize, row: &Mapping) -> Flow {
    let entra = world.entra();
    let person = entra.tenant().user(user);
    let roles = if row.reads_roles() { entra.tenant().app_roles(user) } else { Vec::new() };
    let person = ImportedUser {
        user: person,
        soft_deleted: !in_scope(world, user),
        manager: None,
        roles: &roles,
    };
    let settings = entra.job().settings();
    let (key, seed) = (person.user.handle(), world.seed());
    let (now, domain) = (world.now(), &*entra.tenant().settings().domain);
    value_of(row, nth, &Import { person, key, domain, now, seed, policy: &settings.policy })
}

/// What is wrong about a person.
pub(super) fn judge(world: &World, user: UserKey) -> Vec<Mismatch> {
    let row = world.entra().tenant().user(user);
    let scope = in_scope(world, user);
    let gone = row.lifecycle() == Lifecycle::HardDeleted;
    let accounts = accounts(world, user);
    let active: Vec<&AccountView> = accounts.iter().filter(|account| account.active).collect();
    match (scope, accounts.len(), active.as_slice()) {
        (false, 1.., _) if gone && was_managed(world, user) => vec![Mismatch::StillExists],
        (false, _, []) => Vec::new(),
        (false, _, [_, ..]) => vec![Mismatch::StillActive],
        (true, 0, _) => vec![Mismatch::Missing],
        (true, _, []) => vec![Mismatch::Inactive],
        (true, _, [one]) => differing(world, user, &one.resource),
        (true, _, several) => vec![Mismatch::Several(several.len())],
    }
}

/// The mapped values in which an account differs; what the person has no value for may be anything,
/// and so may what is drawn by chance or read from the clock.
fn differing(world: &World, user: UserKey, account: &Object) -> Vec<Mismatch> {
    let mut differing = Vec::new();
    let rows = world.entra().job().settings().schema.users.rows();
    for (nth, row) in
        rows.iter().enumerate().filter(|(_, row)| row.apply == Apply::Always && !is_fleeting(row))
    {
        let want = intended(world, user, nth, row);
        let (Flow::Text(_) | Flow::Number(_), Some(want)) = (&want, want.shown()) else { continue };
        let have = row.target.path.find(account).and_then(shown);
        let exact = row.target.case_exact;
        let same = |have: &str| {
            if exact { have == want } else { have.to_lowercase() == want.to_lowercase() }
        };
        if !have.as_deref().map_or(want.is_empty(), same) {
            let (attribute, want) = (Box::from(&*row.target.name), Box::from(&*want));
            differing.push(Mismatch::Differs { attribute, want, have });
        }
    }
    differing
}

/// Whether a row gives another value each time, or leaves alone what is there.
fn is_fleeting(row: &Mapping) -> bool {
    let chance = |name: &str| row.expression().is_some_and(|expression| expression.calls(name));
    row.source == RowSource::None || ["Now", "Guid", "RandomString"].into_iter().any(chance)
}

/// A value as text; `None` for an absent one.
fn shown(value: &Value) -> Option<Box<str>> {
    match value {
        Value::Null => None,
        Value::Text(text) => Some(text.as_str().into()),
        other => Some(other.to_string().into()),
    }
}
