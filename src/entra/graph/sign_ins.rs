//! `/auditLogs/signIns`: who signed in to which application, and who was refused
//! [graph-sign-in].

use serde_json::{Value, json};

use super::backend::Backend;
use super::directory_audit::{DirectoryChange, DirectoryFact};
use super::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use super::log_fields::{SIGN_INS, SIGN_INS_BETA};
use super::logs::one;
use super::registered::names;
use crate::base::Seed;
use crate::base::seed::show_guid;
use crate::entra::identity;
use crate::entra::sign_in_log::{LoggedSignIn, SignInKind, SignInParty};
use crate::entra::tenant::{Attribute, ObjectId, Tenant, User};

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] =
    &[row("/auditLogs/signIns", sign_ins), row("/auditLogs/signIns/{}", sign_in_row)];

const LACKS: &str = "as far back as the journal reaches; no address, place or device is known; sign-ins without a person are listed where a filter of /beta names their signInEventTypes";

const fn row(path: &'static str, handle: fn(&mut Call<'_>) -> GraphOutcome) -> GraphEndpoint {
    GraphEndpoint { method: "GET", path, area: Area::Logs, lacks: LACKS, handle }
}

/// The ids of a row, by the number of its record: of the row, which the page of a refusal calls its
/// request, and of the correlation.
pub fn sign_in_ids(seed: Seed, number: u64) -> [String; 2] {
    ["sign-in", "sign-in correlation"].map(|what| show_guid(seed.guid(what, "", number)))
}

/// The rows, newest first, each with the list of the log that it is in.
fn rows(call: &Call<'_>) -> Vec<(SignInKind, Value)> {
    let facts = call.backend.directory_facts();
    facts.iter().rev().filter_map(|fact| show(fact, call)).collect()
}

/// The log. Sign-ins in which no person takes part are shown to those alone who ask for them by a
/// filter [graph-sign-in].
fn sign_ins(call: &mut Call<'_>) -> GraphOutcome {
    let listing = if call.request.beta { &SIGN_INS_BETA } else { &SIGN_INS };
    let filter = call.request.options.filter.as_ref();
    let names_kinds = |path: &str| path.eq_ignore_ascii_case("signInEventTypes");
    let all = filter.is_some_and(|filter| filter.paths().into_iter().any(names_kinds));
    let wanted = |kind: SignInKind| all || kind == SignInKind::InteractiveUser;
    let rows = rows(call).into_iter().filter(|(kind, _)| wanted(*kind));
    let rows: Vec<Value> = rows.map(|(_, row)| row).collect();
    listing.values(call.request, &rows)
}

fn sign_in_row(call: &mut Call<'_>) -> GraphOutcome {
    let id = call.segment(2);
    let found = rows(call).into_iter().map(|(_, row)| row).find(|row| row["id"] == json!(id));
    one(call, found, "auditLogs/signIns/$entity")
}

/// What a row says of a sign-in, whichever way it came.
fn facts(fact: &DirectoryFact, call: &Call<'_>) -> Option<LoggedSignIn> {
    let names = || names(call.backend.entra(), call.backend.seed(), fact.app);
    let by_saml = |handle: &str, code: u32, why: String| {
        let app = SignInParty::new(&names().client_id(), &names().application);
        Some(LoggedSignIn {
            kind: SignInKind::InteractiveUser,
            protocol: "saml20",
            user: Some(handle.into()),
            resource: app.clone(),
            app,
            principal: "".into(),
            code,
            why: why.into(),
        })
    };
    match &fact.what {
        DirectoryChange::Changed(_) => None,
        DirectoryChange::SignedOn(handle) => by_saml(handle, 0, String::new()),
        DirectoryChange::SignInRefused(handle, why) => by_saml(handle, why.code(), why.words()),
        DirectoryChange::SignInLogged(row) => Some((**row).clone()),
    }
}

/// The user of a row: by handle where the tenant itself wrote it, by what was entered otherwise.
fn user_of<'t>(fact: &DirectoryFact, name: &str, tenant: &'t Tenant) -> Option<&'t User> {
    let found = match fact.what {
        DirectoryChange::SignInLogged(_) => {
            let by_id = || tenant.find_user_id(ObjectId::parse(name)?);
            tenant.find_upn(name).or_else(by_id)
        }
        _ => tenant.find_user(name),
    };
    found.map(|user| tenant.user(user))
}

/// A text, or null where there is none.
fn text(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { json!(text) }
}

/// A sign-in as Graph shows it; `None` for a change.
fn show(fact: &DirectoryFact, call: &Call<'_>) -> Option<(SignInKind, Value)> {
    let (backend, row): (&dyn Backend, _) = (call.backend, facts(fact, call)?);
    let user = row.user.as_deref();
    let found = user.and_then(|name| user_of(fact, name, backend.entra().tenant()));
    let name = found.map_or(user, |row| row.sign_in_name());
    let [id, correlation] = sign_in_ids(backend.seed(), fact.number);
    let by_person = row.kind == SignInKind::InteractiveUser;
    let mut shown = json!({
        "id": id,
        "createdDateTime": fact.at.timestamp().strftime("%Y-%m-%dT%H:%M:%S.%7fZ").to_string(),
        "userDisplayName": found.and_then(|row| row.get(Attribute::DisplayName)),
        "userPrincipalName": name,
        "userId": found.map(|row| row.object_id().to_string()),
        "appId": text(&row.app.id),
        "appDisplayName": text(&row.app.name),
        "resourceDisplayName": text(&row.resource.name),
        "resourceId": text(&row.resource.id),
        "correlationId": correlation,
        "ipAddress": null,
        "clientAppUsed": by_person.then_some("Browser"),
        "isInteractive": by_person,
        "deviceDetail": {
            "deviceId": null, "displayName": null, "operatingSystem": null, "browser": null,
            "isCompliant": null, "isManaged": null, "trustType": null,
        },
        "location": {
            "city": null, "state": null, "countryOrRegion": null,
            "geoCoordinates": { "altitude": null, "latitude": null, "longitude": null },
        },
        "status": { "errorCode": row.code, "failureReason": text(&row.why), "additionalDetails": null },
        "conditionalAccessStatus": "notApplied",
        "appliedConditionalAccessPolicies": [],
        "riskDetail": "none",
        "riskLevelAggregated": "none",
        "riskLevelDuringSignIn": "none",
        "riskState": "none",
        "riskEventTypes": [],
        "riskEventTypes_v2": [],
    });
    if let (true, Value::Object(members)) = (call.request.beta, &mut shown) {
        let tenant = identity::tenant_id(backend.seed());
        for (name, value) in [
            ("authenticationProtocol", json!(row.protocol)),
            ("authenticationRequirement", json!("singleFactorAuthentication")),
            ("signInEventTypes", json!([row.kind.word()])),
            ("homeTenantId", json!(tenant)),
            ("resourceTenantId", json!(tenant)),
            ("servicePrincipalId", json!(row.principal)),
        ] {
            members.insert(name.to_owned(), value);
        }
    }
    Some((row.kind, shown))
}
