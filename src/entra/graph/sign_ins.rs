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
use crate::entra::tenant::Attribute;

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] =
    &[row("/auditLogs/signIns", sign_ins), row("/auditLogs/signIns/{}", sign_in_row)];

const LACKS: &str = "sign-ins of users at applications by SAML, as far back as the journal reaches; no address, place or device is known";

const fn row(path: &'static str, handle: fn(&mut Call<'_>) -> GraphOutcome) -> GraphEndpoint {
    GraphEndpoint { method: "GET", path, area: Area::Logs, lacks: LACKS, handle }
}

/// The ids of a row, by the number of its record: of the row, which the page of a refusal calls its
/// request, and of the correlation.
pub fn sign_in_ids(seed: Seed, number: u64) -> [String; 2] {
    ["sign-in", "sign-in correlation"].map(|what| show_guid(seed.guid(what, "", number)))
}

/// The rows, newest first.
fn rows(call: &Call<'_>) -> Vec<Value> {
    let facts = call.backend.directory_facts();
    facts.iter().rev().filter_map(|fact| show(fact, call)).collect()
}

fn sign_ins(call: &mut Call<'_>) -> GraphOutcome {
    let all = rows(call);
    let listing = if call.request.beta { &SIGN_INS_BETA } else { &SIGN_INS };
    listing.values(call.request, &all)
}

fn sign_in_row(call: &mut Call<'_>) -> GraphOutcome {
    let id = call.segment(2);
    let found = rows(call).into_iter().find(|row| row["id"] == json!(id));
    one(call, found, "auditLogs/signIns/$entity")
}

/// A sign-in as Graph shows it; `None` for a change.
fn show(fact: &DirectoryFact, call: &Call<'_>) -> Option<Value> {
    let backend: &dyn Backend = call.backend;
    let tenant = backend.entra().tenant();
    let (handle, status) = match &fact.what {
        DirectoryChange::Changed(_) => return None,
        DirectoryChange::SignedOn(handle) => (handle, (0, Value::Null)),
        DirectoryChange::SignInRefused(handle, why) => (handle, (why.code(), json!(why.words()))),
    };
    let row = tenant.find_user(handle).map(|user| tenant.user(user));
    let names = names(backend.entra(), backend.seed(), fact.app);
    let [id, correlation] = sign_in_ids(backend.seed(), fact.number);
    let (code, reason) = status;
    let mut shown = json!({
        "id": id,
        "createdDateTime": fact.at.timestamp().strftime("%Y-%m-%dT%H:%M:%S.%7fZ").to_string(),
        "userDisplayName": row.and_then(|row| row.get(Attribute::DisplayName)),
        "userPrincipalName": row.and_then(|row| row.sign_in_name()),
        "userId": row.map(|row| row.object_id().to_string()),
        "appId": names.client_id(),
        "appDisplayName": &*names.application,
        "resourceDisplayName": &*names.application,
        "resourceId": names.client_id(),
        "correlationId": correlation,
        "ipAddress": null,
        "clientAppUsed": "Browser",
        "isInteractive": true,
        "deviceDetail": {
            "deviceId": null, "displayName": null, "operatingSystem": null, "browser": null,
            "isCompliant": null, "isManaged": null, "trustType": null,
        },
        "location": {
            "city": null, "state": null, "countryOrRegion": null,
            "geoCoordinates": { "altitude": null, "latitude": null, "longitude": null },
        },
        "status": { "errorCode": code, "failureReason": reason, "additionalDetails": null },
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
            ("authenticationProtocol", json!("saml20")),
            ("authenticationRequirement", json!("singleFactorAuthentication")),
            ("signInEventTypes", json!(["interactiveUser"])),
            ("homeTenantId", json!(tenant)),
            ("resourceTenantId", json!(tenant)),
            ("servicePrincipalId", json!("")),
        ] {
            members.insert(name.to_owned(), value);
        }
    }
    Some(shown)
}
