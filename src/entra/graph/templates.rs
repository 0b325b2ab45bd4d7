//! `/applicationTemplates`: the gallery, which has two entries here: GoLinks, and what is not in
//! the gallery.

use serde_json::{Value, json};

use super::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use super::error::GraphError;
use super::list::Listing;
use super::property::{Property, ShownObject};
use super::property_type::PropertyType;
use super::registered::{applications, service_principals, sign_on_at};
use super::reply::GraphReply;
use super::shape::{PropertyShapes, Shape, check};
use crate::base::Seed;
use crate::base::seed::show_guid;
use crate::entra::identity;
use crate::entra::mapping::Template;
use crate::entra::tenant::group::LONGEST_NAME;

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] = &[
    row("GET", "/applicationTemplates", list),
    row("GET", "/applicationTemplates/{}", get),
    GraphEndpoint {
        area: Area::Applications,
        lacks: "the new application provisions the main workspace; the objects can be read at once",
        ..row("POST", "/applicationTemplates/{}/instantiate", instantiate)
    },
];

const fn row(
    method: &'static str,
    path: &'static str,
    handle: fn(&mut Call<'_>) -> GraphOutcome,
) -> GraphEndpoint {
    GraphEndpoint {
        method,
        path,
        area: Area::Open,
        lacks: "the gallery has two entries: GoLinks, and the one for applications that are not in it",
        handle,
    }
}

/// The id of a template in the gallery; that of other applications is the vendor's own
/// [g:apptemplate].
pub fn template_of(seed: Seed, template: Template) -> String {
    match template {
        Template::GoLinks => show_guid(seed.guid("application template", "GoLinks", 0)),
        Template::Scim => identity::blank_secret_audience().to_owned(),
    }
}

/// The template of this id.
pub fn find(seed: Seed, id: &str) -> Option<Template> {
    let all = [Template::GoLinks, Template::Scim];
    all.into_iter().find(|template| template_of(seed, *template).eq_ignore_ascii_case(id))
}

fn show(seed: Seed, begun: &str, template: Template) -> Value {
    let (name, publisher, description, modes) = match template {
        Template::GoLinks => (
            "GoLinks",
            "GoLinks",
            "Short links for a company.",
            json!(["saml", "password", "external"]),
        ),
        Template::Scim => (
            "Custom",
            "",
            "An application that is not in the gallery.",
            json!(["saml", "password", "external", "oidc"]),
        ),
    };
    json!({
        "id": template_of(seed, template),
        "displayName": name,
        "homePageUrl": null,
        "supportedSingleSignOnModes": modes,
        "supportedProvisioningTypes": ["sync"],
        "logoUrl": null,
        "categories": ["productivity"],
        "publisher": publisher,
        "description": description,
        "lastModifiedDateTime": begun,
    })
}

const LISTING: Listing = Listing::filtered(
    "applicationTemplates",
    &[
        "id",
        "displayName",
        "homePageUrl",
        "supportedSingleSignOnModes",
        "supportedProvisioningTypes",
        "logoUrl",
        "categories",
        "publisher",
        "description",
        "lastModifiedDateTime",
    ],
    &[
        ("id", PropertyType::Text),
        ("displayName", PropertyType::Text),
        ("publisher", PropertyType::Text),
        ("description", PropertyType::Text),
        ("lastModifiedDateTime", PropertyType::Instant),
    ],
);

fn list(call: &mut Call<'_>) -> GraphOutcome {
    let (seed, begun) = (call.backend.seed(), call.backend.start().rfc3339());
    let all = [Template::GoLinks, Template::Scim].map(|one| show(seed, &begun, one));
    LISTING.values(call.request, &all)
}

fn get(call: &mut Call<'_>) -> GraphOutcome {
    let (seed, begun) = (call.backend.seed(), call.backend.start().rfc3339());
    let id = call.segment(1);
    let template = find(seed, id).ok_or_else(|| GraphError::not_found(id))?;
    let one = show(seed, &begun, template);
    let context = call.request.context("applicationTemplates/$entity");
    Ok(GraphReply::ok(
        &ShownObject::members(&one).first("@odata.context", Property::owned(context)),
    ))
}

const INSTANTIATE: PropertyShapes =
    &[("displayName", Shape::Text), ("serviceManagementReference", Shape::Text)];

/// `POST /applicationTemplates/{id}/instantiate`: a new application with its service principal. It
/// has no synchronization job yet.
fn instantiate(call: &mut Call<'_>) -> GraphOutcome {
    let (seed, base) = (call.backend.seed(), call.request.here(""));
    let id = call.segment(1);
    let template = find(seed, id).ok_or_else(|| GraphError::not_found(id))?;
    let body = call.request.object()?;
    check(&body, INSTANTIATE)?;
    let name = body.get("displayName").and_then(Value::as_str).map(str::trim);
    let name = name.filter(|name| !name.is_empty() && name.chars().count() <= LONGEST_NAME);
    let name = name.ok_or_else(|| GraphError::required("displayName", "ServicePrincipal"))?;
    let app = call.backend.instantiate(name, template).map_err(GraphError::from)?;
    call.backend.entra_mut().surface_mut().of_mut(app).jobless = true;
    let (entra, at) = (call.entra(), sign_on_at(call, &base));
    let both = json!({
        "application": applications::show(entra, at, entra.tenant().registry().of(app)),
        "servicePrincipal": service_principals::show(entra, at, app),
    });
    let context = call.request.context("microsoft.graph.applicationServicePrincipal");
    let location = both["application"]["id"].as_str().unwrap_or_default().to_owned();
    let shown = ShownObject::members(&both).first("@odata.context", Property::owned(context));
    Ok(GraphReply::created(&shown, call.request.url(&format!("applications/{location}"))))
}
