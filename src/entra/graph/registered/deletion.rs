//! Deleting registrations and service principals, and taking them back from the recycle bin.
//!
//! With its registration an application loses its service principal, and with that its job; the
//! registration stays when only the service principal is deleted [g:app-delete] (the latter
//! assumed). What comes back has its assignments, and no job (assumed).

use serde_json::Value;

use super::{display_name, find, object_id, show, side_of};
use crate::entra::graph::endpoint::{Call, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::reply::GraphReply;
use crate::entra::tenant::registry::{AppObject, AppSide, RegisteredKey};
use crate::entra::tenant::{AppId, Lifecycle, TenantEvent};

/// `DELETE` of either.
pub fn delete(call: &mut Call<'_>) -> GraphOutcome {
    let side = side_of(call);
    let key = find(call, side, call.segment(1))?;
    let row = call.tenant().registry().row(key);
    if let Some(app) = row.app().filter(|_| row.has(AppSide::Principal)) {
        delete_job(call, app)?;
        set(call, key, AppSide::Principal, Lifecycle::SoftDeleted { since: call.now() });
    }
    if side == AppSide::Registration {
        set(call, key, AppSide::Registration, Lifecycle::SoftDeleted { since: call.now() });
    }
    Ok(GraphReply::done())
}

/// Deletes the job of an application with it, if it has one.
///
/// # Errors
/// The refusal; nothing has changed then.
fn delete_job(call: &mut Call<'_>, app: AppId) -> Result<(), GraphError> {
    match call.entra().surface().has_job(app) {
        true => call.backend.remove_job(app, call.caller).map_err(GraphError::from),
        false => Ok(()),
    }
}

/// Moves one of the two objects, and notes it.
fn set(call: &mut Call<'_>, key: RegisteredKey, side: AppSide, state: Lifecycle) {
    let row = call.entra().tenant().registry().row(key);
    let application = display_name(call.entra(), row).into();
    let app = row.app().unwrap_or(AppId::MAIN);
    let for_good = state == Lifecycle::HardDeleted;
    let event = match state {
        Lifecycle::Active => TenantEvent::ApplicationRestored { application, side },
        Lifecycle::SoftDeleted { .. } | Lifecycle::HardDeleted => {
            TenantEvent::ApplicationDeleted { application, side, for_good, by_itself: false }
        }
    };
    call.backend.entra_mut().tenant_mut().registry_mut().set_state(key, side, state);
    call.backend.note(app, event);
}

/// When an object was deleted, as Graph shows it.
pub fn deleted_at(object: &AppObject) -> Value {
    match object.state {
        Lifecycle::SoftDeleted { since } => since.rfc3339().into(),
        Lifecycle::Active | Lifecycle::HardDeleted => Value::Null,
    }
}

/// Whether an object lies in the recycle bin.
fn in_bin(object: &AppObject) -> bool {
    matches!(object.state, Lifecycle::SoftDeleted { .. })
}

/// The objects of one kind in the recycle bin.
pub fn bin(call: &Call<'_>, side: AppSide) -> Vec<Value> {
    let rows = call.tenant().registry().rows();
    let lie = rows.filter(|(_, row)| row.side(side).is_some_and(in_bin));
    lie.map(|(key, _)| show(call, key, side)).collect()
}

/// The object in the recycle bin of this id.
pub fn find_in_bin(call: &Call<'_>, id: &str) -> Option<(RegisteredKey, AppSide)> {
    let id = id.to_ascii_lowercase();
    let (entra, seed) = (call.entra(), call.backend.seed());
    call.tenant().registry().rows().find_map(|(key, row)| {
        let mut sides = [AppSide::Registration, AppSide::Principal].into_iter();
        let side = sides.find(|side| {
            row.side(*side).is_some_and(in_bin)
                && object_id(entra, seed, row, *side).is_some_and(|own| own == id)
        })?;
        Some((key, side))
    })
}

/// Takes an object back from the recycle bin; with a registration comes its service principal.
///
/// # Errors
/// A service principal cannot be without its registration.
pub fn restore(call: &mut Call<'_>, key: RegisteredKey, side: AppSide) -> Result<(), GraphError> {
    let row = call.tenant().registry().row(key);
    let with_principal = row.side(AppSide::Principal).is_some_and(in_bin);
    match side {
        AppSide::Registration => {
            set(call, key, AppSide::Registration, Lifecycle::Active);
            if with_principal {
                set(call, key, AppSide::Principal, Lifecycle::Active);
            }
        }
        AppSide::Principal if !row.has(AppSide::Registration) => {
            return Err(GraphError::bad_request(
                "The backing application of the service principal is deleted, and has to be restored first.",
            ));
        }
        AppSide::Principal => set(call, key, AppSide::Principal, Lifecycle::Active),
    }
    Ok(())
}

/// Deletes an object in the recycle bin for good; with a registration goes its service principal.
pub fn purge(call: &mut Call<'_>, key: RegisteredKey, side: AppSide) {
    set(call, key, side, Lifecycle::HardDeleted);
    let row = call.tenant().registry().row(key);
    let left = row.side(AppSide::Principal).is_some_and(in_bin);
    if side == AppSide::Registration && left {
        set(call, key, AppSide::Principal, Lifecycle::HardDeleted);
    }
}
