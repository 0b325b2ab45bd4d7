//! `/servicePrincipals/{id}/synchronization`: the provisioning of an application.

pub mod credentials;
mod jobs;
pub mod on_demand;
mod schema;
mod schema_body;
mod secrets;
mod templates;

pub use secrets::VENDOR_KEYS;

use super::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use super::error::GraphError;
use super::registered::{self, service_principals};
use crate::entra::job::summary::LogNames;
use crate::entra::tenant::AppId;

const fn row(
    method: &'static str,
    path: &'static str,
    handle: fn(&mut Call<'_>) -> GraphOutcome,
) -> GraphEndpoint {
    GraphEndpoint { method, path, area: Area::Synchronization, lacks: "", handle }
}

/// What a test of credentials does not do.
const ONE_APPLICATION: &str = "credentials are tried at the application that the tenant is connected to, whatever the host of BaseAddress; the header Warning says so when it is another";

/// The endpoints.
#[rustfmt::skip]
pub const ENDPOINTS: &[GraphEndpoint] = &[
    row("GET", "/servicePrincipals/{}/synchronization/templates", templates::list),
    row("GET", "/servicePrincipals/{}/synchronization/templates/{}", templates::get),
    row("GET", "/servicePrincipals/{}/synchronization/templates/{}/schema", schema::get_template),
    row("GET", "/servicePrincipals/{}/synchronization/templates/{}/schema/filterOperators", schema::filter_operators),
    row("GET", "/servicePrincipals/{}/synchronization/templates/{}/schema/functions", schema::functions),
    row("POST", "/servicePrincipals/{}/synchronization/templates/{}/schema/parseExpression", schema::parse_expression),
    row("GET", "/servicePrincipals/{}/synchronization/jobs", jobs::list),
    row("POST", "/servicePrincipals/{}/synchronization/jobs", jobs::create),
    GraphEndpoint { lacks: ONE_APPLICATION, ..row("POST", "/servicePrincipals/{}/synchronization/jobs/validateCredentials", credentials::validate_without_job) },
    row("GET", "/servicePrincipals/{}/synchronization/jobs/{}", jobs::get),
    row("DELETE", "/servicePrincipals/{}/synchronization/jobs/{}", jobs::delete),
    row("POST", "/servicePrincipals/{}/synchronization/jobs/{}/start", jobs::start),
    row("POST", "/servicePrincipals/{}/synchronization/jobs/{}/pause", jobs::pause),
    row("POST", "/servicePrincipals/{}/synchronization/jobs/{}/restart", jobs::restart),
    GraphEndpoint { lacks: ONE_APPLICATION, ..row("POST", "/servicePrincipals/{}/synchronization/jobs/{}/validateCredentials", credentials::validate) },
    row("POST", "/servicePrincipals/{}/synchronization/jobs/{}/provisionOnDemand", on_demand::provision),
    row("GET", "/servicePrincipals/{}/synchronization/jobs/{}/schema", schema::get),
    GraphEndpoint {
        lacks: "what the engine does not read is refused instead of kept: a second rule, a second mapping of a kind of object, groupFilter, containerFilter, exportMissingReferences, metadata, other names and ids, definitions of attributes that nothing maps",
        ..row("PUT", "/servicePrincipals/{}/synchronization/jobs/{}/schema", schema::put)
    },
    row("DELETE", "/servicePrincipals/{}/synchronization/jobs/{}/schema", schema::reset),
    row("GET", "/servicePrincipals/{}/synchronization/jobs/{}/schema/directories", schema::directories),
    GraphEndpoint {
        lacks: "nothing new is found: the attributes are those of the schema",
        ..row("POST", "/servicePrincipals/{}/synchronization/jobs/{}/schema/directories/{}/discover", schema::discover)
    },
    row("GET", "/servicePrincipals/{}/synchronization/jobs/{}/schema/filterOperators", schema::filter_operators),
    row("GET", "/servicePrincipals/{}/synchronization/jobs/{}/schema/functions", schema::functions),
    row("POST", "/servicePrincipals/{}/synchronization/jobs/{}/schema/parseExpression", schema::parse_expression),
    row("GET", "/servicePrincipals/{}/synchronization/secrets", secrets::get),
    GraphEndpoint {
        lacks: "keys that are no setting of a SCIM application are kept and change nothing; of BaseAddress the path alone counts: requests go to the application that this process serves, whatever the host",
        ..row("PUT", "/servicePrincipals/{}/synchronization/secrets", secrets::put)
    },
    GraphEndpoint {
        lacks: "client credentials alone, whose token is tried and not kept: GoLinks has no consent page, and a code is refused",
        ..row("POST", "/servicePrincipals/{}/synchronization/acquireAccessToken", credentials::acquire)
    },
];

/// The application that the path names.
fn app(call: &Call<'_>) -> Result<AppId, GraphError> {
    service_principals::find(call, call.segment(1))
}

/// The names and ids of an application.
fn names(call: &Call<'_>, app: AppId) -> LogNames {
    registered::names(call.entra(), call.backend.seed(), app)
}

/// The application and its job that the path names.
fn job(call: &Call<'_>) -> Result<AppId, GraphError> {
    let app = app(call)?;
    let names = names(call, app);
    let id = call.segment(4);
    match names.job.eq_ignore_ascii_case(id) && call.entra().surface().has_job(app) {
        true => Ok(app),
        false => Err(GraphError::new(
            http::StatusCode::NOT_FOUND,
            "JobNotFound",
            format!("Job '{id}' could not be found."),
        )),
    }
}

/// The context of an answer about the synchronization of an application.
fn context(call: &Call<'_>, of: &str) -> String {
    let id = call.segment(1);
    call.request.context(&format!("servicePrincipals('{id}')/synchronization/{of}"))
}
