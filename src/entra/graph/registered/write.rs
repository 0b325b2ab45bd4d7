//! Making and changing registrations and service principals.

use serde_json::{Map, Value};

use super::shapes::{APPLICATION, PRINCIPAL};
use super::{
    find, ids, key_credentials, names, note_change, owners, roles, service_principals, show,
    side_of, sign_on_at,
};
use crate::base::seed::show_guid;
use crate::base::{Kind, Node, Time};
use crate::entra::Entra;
use crate::entra::graph::endpoint::{Call, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::property::{Property, ShownObject};
use crate::entra::graph::reply::GraphReply;
use crate::entra::graph::shape::check;
use crate::entra::mapping::Template;
use crate::entra::sign_on::{SsoSettings, key_id};
use crate::entra::tenant::registry::{AppSide, GALLERY_ROLES, OwnIds, RegisteredKey, role_name};
use crate::entra::tenant::{AppId, TenantEvent};

/// The longest name of an application [g:application].
const LONGEST_NAME: usize = 120;

/// How many registrations a tenant takes; the vendor's quota is by owner.
const REGISTRATIONS_MAX: usize = 1_000;

/// `POST /applications`.
pub fn create_application(call: &mut Call<'_>) -> GraphOutcome {
    let body = call.request.object()?;
    check(&body, APPLICATION)?;
    if body.get("displayName").and_then(Value::as_str).is_none_or(str::is_empty) {
        return Err(GraphError::required("displayName", "Application"));
    }
    let count = call.tenant().registry().count();
    if count >= REGISTRATIONS_MAX {
        return Err(GraphError::bad_request(
            "The directory object quota limit for the Tenant has been exceeded.",
        ));
    }
    let written = checked(call, None, AppSide::Registration, &body)?;
    let owners = owners::bound(call, &body)?;
    let drawn = |kind| show_guid(call.backend.seed().guid(kind, "registered", count as u64));
    let ids = OwnIds { object: drawn("application object"), client: drawn("application") };
    let now = call.now();
    let application = body["displayName"].as_str().unwrap_or_default().into();
    let registry = call.backend.entra_mut().tenant_mut().registry_mut();
    let key = registry.register(ids, now);
    let row = registry.change(key, AppSide::Registration, &[]);
    row.registration.owners = owners;
    apply(&mut row.registration.values, written.values);
    call.backend.note(AppId::MAIN, TenantEvent::ApplicationRegistered { application });
    created(call, key, AppSide::Registration)
}

/// `POST /servicePrincipals`: of a registration of this tenant that has none.
pub fn create_principal(call: &mut Call<'_>) -> GraphOutcome {
    let body = call.request.object()?;
    check(&body, PRINCIPAL)?;
    let client = body.get("appId").and_then(Value::as_str).filter(|id| !id.is_empty());
    let client = client.ok_or_else(|| GraphError::required("appId", "ServicePrincipal"))?;
    let key = find(call, AppSide::Registration, &format!("appid={client}")).map_err(|_| {
        GraphError::bad_request(format!(
            "The appId '{client}' of the service principal does not reference a valid application object."
        ))
    })?;
    let (entra, seed) = (call.entra(), call.backend.seed());
    let row = entra.tenant().registry().row(key);
    if row.has(AppSide::Principal) {
        return Err(GraphError::new(
            http::StatusCode::CONFLICT,
            "Request_MultipleObjectsWithSameKeyValue",
            format!(
                "The service principal cannot be created, updated, or restored because the service principal name {client} is already in use."
            ),
        ));
    }
    let written = checked(call, Some(key), AppSide::Principal, &body)?;
    let owners = owners::bound(call, &body)?;
    let own_ids = ids(entra, seed, row);
    let name = super::display_name(entra, row).to_owned();
    let template = match row.app().filter(|_| row.from_gallery()) {
        Some(app) => entra.job_of(app).settings().schema.template,
        None => Template::Scim,
    };
    let app = call.backend.instantiate(&name, template).map_err(GraphError::from)?;
    let now = call.now();
    let entra = call.backend.entra_mut();
    entra.surface_mut().of_mut(app).jobless = true;
    join(entra, key, app, (own_ids, now));
    let registry = entra.tenant_mut().registry_mut();
    let row = registry.change(key, AppSide::Principal, &[]);
    row.principal.owners = owners;
    store(call, key, AppSide::Principal, written)?;
    created(call, key, AppSide::Principal)
}

/// Makes an application the service principal of a registration, as which users sign in.
fn join(entra: &mut Entra, key: RegisteredKey, app: AppId, (ids, now): (OwnIds, Time)) {
    let row = entra.tenant().registry().row(key);
    let before = row.app().map(|before| entra.sso_of(before).clone());
    let from_gallery = row.from_gallery();
    let row = entra.tenant_mut().registry_mut().join(key, ids, app, now);
    let values = &mut row.registration.values;
    let mut shown: Map<String, Value> = std::mem::take(values).into_iter().collect();
    let sso = SsoSettings::of_new_principal(from_gallery, before.as_ref(), &mut shown);
    *values = shown.into_iter().collect();
    entra.change_sso(app, |now| *now = sso);
}

fn created(call: &Call<'_>, key: RegisteredKey, side: AppSide) -> GraphOutcome {
    let one = show(call, key, side);
    let kind = match side {
        AppSide::Registration => "applications",
        AppSide::Principal => "servicePrincipals",
    };
    let context = Property::owned(call.request.context(&format!("{kind}/$entity")));
    let location = format!("{kind}/{}", one["id"].as_str().unwrap_or_default());
    let shown = ShownObject::members(&one).first("@odata.context", context);
    Ok(GraphReply::created(&shown, call.request.url(&location)))
}

/// `PATCH` of either. With `appId='…'` in the path and the header of an upsert nothing else
/// happens.
pub fn update(call: &mut Call<'_>) -> GraphOutcome {
    let side = side_of(call);
    let key = find(call, side, call.segment(1))?;
    let body = call.request.object()?;
    let members = match side {
        AppSide::Registration => APPLICATION,
        AppSide::Principal => PRINCIPAL,
    };
    check(&body, members)?;
    let written = checked(call, Some(key), side, &body)?;
    let names: Vec<&str> = written.values.keys().map(String::as_str).collect();
    let names = names.join(", ");
    if !names.is_empty() {
        store(call, key, side, written)?;
        note_change(call, key, side, &names);
    }
    Ok(GraphReply::done())
}

/// What a client writes about one of the two objects.
struct Written {
    values: Map<String, Value>,
    /// The ids of the certificates for signing that stay; `None` when certificates are not written.
    signing: Option<Vec<String>>,
}

/// What of a body is to be written: checked for what the types alone do not say.
fn checked(
    call: &Call<'_>,
    key: Option<RegisteredKey>,
    side: AppSide,
    body: &Map<String, Value>,
) -> Result<Written, GraphError> {
    let before = key.map(|key| show(call, key, side)).unwrap_or_default();
    let mut written = body.clone();
    written.retain(|name, _| !name.contains('@'));
    if side == AppSide::Principal {
        // The client id stays, and the name is the registration's.
        let same = written.remove("appId").is_none_or(|id| {
            let own = before["appId"].as_str();
            own.is_none() || id.as_str().is_some_and(|id| own == Some(&*id.to_ascii_lowercase()))
        });
        if !same {
            return Err(GraphError::read_only("appId"));
        }
        written.remove("servicePrincipalType");
    }
    if let Some(name) = written.get("displayName") {
        let name = name.as_str().unwrap_or_default();
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(GraphError::invalid_value("displayName"));
        }
    }
    for name in ["identifierUris", "servicePrincipalNames"] {
        if let Some(uris) = written.get(name) {
            identifiers_are_free(call, key, (name, uris), &before[name])?;
        }
    }
    if let Some(after) = written.get("appRoles") {
        let after = roles::checked(&before["appRoles"], after)?;
        written.insert("appRoles".to_owned(), after);
    }
    let mut signing = None;
    if let Some(keys) = written.get("keyCredentials") {
        let registry = call.tenant().registry();
        let kept = key.and_then(|key| registry.row(key).side(side)?.values.get("keyCredentials"));
        let (sign, others) =
            without_signing(call, key.filter(|_| side == AppSide::Principal), keys);
        let keys = key_credentials::checked(call, kept, &others)?;
        written.insert("keyCredentials".to_owned(), keys);
        signing = Some(sign);
    }
    Ok(Written { values: written, signing })
}

/// The ids of the certificates for signing among those that a client sends back as they were shown,
/// and all that it sends beside them.
fn without_signing(
    call: &Call<'_>,
    key: Option<RegisteredKey>,
    keys: &Value,
) -> (Vec<String>, Value) {
    let (entra, at) = (call.entra(), sign_on_at(call, ""));
    let app = key.and_then(|key| entra.tenant().registry().row(key).app());
    let known = app.map(|app| service_principals::signing(entra, app, at)).unwrap_or_default();
    let is_signing = |one: &&Value| {
        one["key"].is_null() && known.iter().any(|it| one["keyId"].as_str() == Some(&*it.key_id))
    };
    let all = keys.as_array().map(Vec::as_slice).unwrap_or_default();
    let (signing, others): (Vec<&Value>, Vec<&Value>) = all.iter().partition(is_signing);
    let ids = signing.into_iter().filter_map(|one| one["keyId"].as_str());
    (ids.map(str::to_owned).collect(), others.into_iter().cloned().collect())
}

/// Refuses identifiers that another registration has, unless the object has them already: a
/// scenario may give several applications the same one.
fn identifiers_are_free(
    call: &Call<'_>,
    key: Option<RegisteredKey>,
    (name, uris): (&'static str, &Value),
    before: &Value,
) -> Result<(), GraphError> {
    let texts = |list: &Value| -> Vec<String> {
        list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let had = texts(before);
    let mut wanted = texts(uris).into_iter().filter(|uri| !had.contains(uri));
    match wanted.any(|uri| call.entra().identifier_is_taken(&uri, key)) {
        true => Err(GraphError::conflict(name)),
        false => Ok(()),
    }
}

/// Writes what was checked. Names and app roles are one for both objects, and the job reads roles.
fn store(
    call: &mut Call<'_>,
    key: RegisteredKey,
    side: AppSide,
    written: Written,
) -> Result<(), GraphError> {
    let Written { values: mut written, signing } = written;
    let app = call.tenant().registry().row(key).app();
    if let (Some(app), Some(written)) = (app, written.get("appRoles")) {
        let names = written.as_array().into_iter().flatten().map(role_name);
        let own = names.filter(|name| !GALLERY_ROLES.contains(name));
        let mut names: Vec<&str> = own.collect();
        names.sort_unstable();
        names.dedup();
        let names = Node::bare(Kind::List(names.into_iter().map(Node::text).collect()));
        let entra = Node::table([("app_roles", names)]);
        call.act_on(app, "set", Node::table([("entra", entra)]))?;
    }
    if let Some(app) = app {
        store_sign_on(call, (app, side), &mut written, signing.as_deref());
    }
    let tenant = call.backend.entra_mut().tenant_mut();
    let name = written.get("displayName").and_then(Value::as_str).map(str::to_owned);
    if let (Some(app), Some(name)) = (app, &name) {
        tenant.rename_application(app, name);
    }
    let mut shared = Map::new();
    for name in ["displayName", "appRoles"] {
        shared.extend(written.remove(name).map(|value| (name.to_owned(), value)));
    }
    let registry = tenant.registry_mut();
    for (side, written) in [(AppSide::Registration, shared), (side, written)] {
        let names: Vec<&str> = written.keys().map(String::as_str).collect();
        if !names.is_empty() {
            let kept = &mut registry.change(key, side, &names).side_mut(side).values;
            apply(kept, written);
        }
    }
    Ok(())
}

/// Writes what is of single sign-on, which stands in the settings of the application.
fn store_sign_on(
    call: &mut Call<'_>,
    (app, side): (AppId, AppSide),
    written: &mut Map<String, Value>,
    signing: Option<&[String]>,
) {
    let (here, seed) = (call.request.here(""), call.backend.seed());
    let own = names(call.entra(), seed, app).client_id();
    let entra = call.backend.entra_mut();
    entra.change_sso(app, |sso| {
        sso.take_written(side, written, (&own, &here));
        if let Some(stay) = signing.filter(|_| side == AppSide::Principal && sso.is_saml()) {
            let gone = |nth: &usize| !stay.contains(&key_id(app, *nth, seed));
            sso.graph.withdrawn.extend((0..sso.certificates.len()).filter(gone));
        }
    });
    let registry = entra.tenant_mut().registry_mut();
    let key = registry.key_of(app);
    if let Some(stay) = signing.filter(|_| side == AppSide::Principal) {
        for one in &mut registry.change(key, side, &["passwordCredentials"]).signing {
            one.withdrawn |= !stay.contains(&one.key_id);
        }
    }
}

/// Puts values in place: nothing clears, and of an object only the members that are given change.
fn apply(kept: &mut std::collections::BTreeMap<String, Value>, written: Map<String, Value>) {
    for (name, value) in written {
        match (kept.get_mut(&name), value) {
            (_, Value::Null) => {
                kept.remove(&name);
            }
            (Some(Value::Object(kept)), Value::Object(members)) => kept.extend(members),
            (_, value) => {
                kept.insert(name, value);
            }
        }
    }
}
