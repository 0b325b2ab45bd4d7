//! Since when a value of an account differs from what the mappings give: the change that made it
//! so, and no other one of the same user.

use super::beside::{Became, Beside};
use super::overdue::{account_created, last_change, remapped};
use crate::base::Time;
use crate::entra::field::Field;
use crate::entra::mapping::{Mapping, RowSource};
use crate::entra::tenant::{About, TenantEvent, UserKey};
use crate::world::AppView;
use crate::world::intent::{self, Mismatch};

/// Since when an update of a user is due: since the first of the values differs. `None` when no
/// change in reach of the journal made it so.
pub(super) fn since(world: AppView<'_>, user: UserKey, beside: Option<&Beside>) -> Option<Time> {
    let each = intent::of(world, user).into_iter().filter_map(|mismatch| match mismatch {
        Mismatch::Differs { attribute, .. } => Some(of_one(world, user, &attribute, beside)),
        _ => None,
    });
    each.min().flatten()
}

fn of_one(
    world: AppView<'_>,
    user: UserKey,
    attribute: &str,
    beside: Option<&Beside>,
) -> Option<Time> {
    if let Some(beside) = beside.filter(|it| it.changed(attribute)) {
        return Some(beside.at);
    }
    let tenant = world.entra().tenant();
    let rows = world.entra().job().settings().schema.users.rows();
    let row = rows.iter().find(|row| *row.target.name == *attribute);
    let handle = tenant.user(user).handle();
    let changed = last_change(world, |event| {
        event.about() == About::User(handle) && row.is_none_or(|row| reads(world, row, event))
    });
    // Before the manager has an account there is nothing to show.
    let manager = row.filter(|row| is_manager(row)).and_then(|_| tenant.manager(user));
    let manager = manager.and_then(|it| account_created(world, tenant.user(it).handle()));
    // What another made differs in all but what it says itself.
    let made = beside.filter(|it| it.became != Became::Changed).map(|it| it.at);
    let since = changed.max(manager).max(made).max(intent::in_scope_since(world, user));
    since.max(remapped(world, user.into(), since))
}

fn is_manager(row: &Mapping) -> bool {
    matches!(&row.source, RowSource::Attribute { field: Field::Manager, .. })
}

/// Whether a row reads what a change of a user has changed.
fn reads(world: AppView<'_>, row: &Mapping, event: &TenantEvent) -> bool {
    let reads = |is_it: &dyn Fn(&str, Option<Field>) -> bool| match &row.source {
        RowSource::Attribute { name, field } => is_it(name, Some(*field)),
        RowSource::Expression(expression) => {
            expression.attributes().any(|(name, _)| is_it(name, Field::find(name)))
        }
        RowSource::Constant(_) | RowSource::None => false,
    };
    match event {
        TenantEvent::Updated { attribute, .. } => reads(&|_, field| {
            let by_name = field == Some(Field::OriginalUserPrincipalName)
                && attribute.name() == "userPrincipalName";
            field == Some(Field::Text(*attribute)) || by_name
        }),
        TenantEvent::ExtensionUpdated { name: changed, .. } => reads(&|name, _| *name == **changed),
        TenantEvent::ManagerChanged { .. } => reads(&|_, field| field == Some(Field::Manager)),
        TenantEvent::Assigned { application, .. } | TenantEvent::Unassigned { application, .. } => {
            row.reads_roles() && **application == *world.app_name()
        }
        TenantEvent::Enabled { .. } | TenantEvent::Disabled { .. } => {
            reads(&|_, field| field == Some(Field::AccountEnabled))
        }
        TenantEvent::Hired { .. } => true,
        _ => false,
    }
}
