//! The tenant itself: `/organization` and `/domains`.

use serde_json::{Value, json};

use super::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use super::list::Listing;
use crate::entra::identity::tenant_id;

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] = &[
    GraphEndpoint {
        method: "GET",
        path: "/organization",
        area: Area::Organization,
        lacks: "",
        handle: organization,
    },
    GraphEndpoint {
        method: "GET",
        path: "/domains",
        area: Area::Domains,
        lacks: "",
        handle: domains,
    },
];

fn organization(call: &mut Call<'_>) -> GraphOutcome {
    let tenant = call.tenant();
    let domain = &*tenant.settings().domain;
    let name = domain.split('.').next().unwrap_or(domain);
    let mut letters = name.chars();
    let name: String = letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default();
    let one = json!({
        "id": tenant_id(call.backend.seed()),
        "deletedDateTime": null,
        "displayName": name,
        "tenantType": "AAD",
        "createdDateTime": call.backend.start().rfc3339(),
        "businessPhones": [],
        "city": null,
        "country": null,
        "countryLetterCode": null,
        "preferredLanguage": "en",
        "technicalNotificationMails": [],
        "assignedPlans": [],
        "verifiedDomains": [{
            "capabilities": "Email, OfficeCommunicationsOnline",
            "isDefault": true, "isInitial": true, "name": domain, "type": "Managed",
        }],
    });
    list(call, "organization", vec![one])
}

fn domains(call: &mut Call<'_>) -> GraphOutcome {
    let domain = call.tenant().settings().domain.to_string();
    let one = json!({
        "id": domain, "authenticationType": "Managed", "isAdminManaged": true, "isDefault": true,
        "isInitial": true, "isRoot": true, "isVerified": true,
        "supportedServices": ["Email"], "passwordValidityPeriodInDays": null,
    });
    list(call, "domains", vec![one])
}

fn list(call: &Call<'_>, context: &'static str, rows: Vec<Value>) -> GraphOutcome {
    Listing::plain(context).values(call.request, &rows)
}
