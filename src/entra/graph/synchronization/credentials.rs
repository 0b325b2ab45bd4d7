//! `validateCredentials`: the application is asked for a user that does not exist.

use http::Uri;
use serde_json::{Map, Value};

use super::jobs::needs_credentials;
use super::secrets::{OAUTH_FIELDS, PAIR, filled_in, pairs};
use super::{app, job, names, templates};
use crate::base::{Kind, Node};
use crate::entra::graph::backend::Backend;
use crate::entra::graph::endpoint::{Call, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::reply::GraphReply;
use crate::entra::graph::shape::{PropertyShapes, Shape, check};
use crate::entra::graph::waiting::{Waiting, WantedHost};
use crate::entra::sign_in::AuthMethod;
use crate::entra::tenant::AppId;

/// `POST …/jobs/{id}/validateCredentials`.
pub fn validate(call: &mut Call<'_>) -> GraphOutcome {
    let app = job(call)?;
    test(call, app)
}

/// `POST …/jobs/validateCredentials`, which needs no job.
pub fn validate_without_job(call: &mut Call<'_>) -> GraphOutcome {
    let app = app(call)?;
    test(call, app)
}

const CREDENTIALS: PropertyShapes = &[
    ("applicationIdentifier", Shape::Text),
    ("credentials", Shape::Objects(PAIR)),
    ("templateId", Shape::Text),
    ("useSavedCredentials", Shape::Bool),
];

fn test(call: &mut Call<'_>, app: AppId) -> GraphOutcome {
    let body = call.request.object()?;
    check(&body, CREDENTIALS)?;
    known(call, app, &body)?;
    let saved = body.get("useSavedCredentials").and_then(Value::as_bool).unwrap_or(false);
    let pairs = pairs(&body, "credentials")?;
    if saved || pairs.is_empty() {
        needs_credentials(call, app)?;
    } else {
        call.act_on(app, "fill_in", filled_in(&pairs))?;
    }
    let done = call.entra().job_of(app).tests_done();
    call.act_on(app, "test_connection", Node::bare(Kind::Bool(true)))?;
    let given = !saved && !pairs.is_empty();
    let wanted = given.then(|| wanted(&pairs, &call.request.base)).flatten().map(Box::new);
    Ok(GraphReply::later(Waiting::Test { app, done, given, wanted }))
}

/// The host of the tenant URL among these pairs; none when it is a path alone.
fn wanted(pairs: &[(&'static str, String)], graph: &str) -> Option<WantedHost> {
    let host = |url: &str| Some(url.parse::<Uri>().ok()?.authority()?.to_string());
    let (_, address) = pairs.iter().find(|(key, _)| *key == "BaseAddress")?;
    Some(WantedHost { host: host(address)?, graph: host(graph)? })
}

/// Refuses a template that is not the application's, and another application than that of the path:
/// its appId, its object id or its name in the gallery (assumed; the sheet says nothing).
fn known(call: &Call<'_>, app: AppId, body: &Map<String, Value>) -> Result<(), GraphError> {
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|it| !it.is_empty());
    if let Some(template) = text("templateId") {
        templates::check_own(call, app, template)?;
    }
    let names = names(call, app);
    let own = [names.client_id(), names.service_principal(), "golinks".to_owned()];
    match text("applicationIdentifier") {
        Some(given) if !own.iter().any(|one| one.eq_ignore_ascii_case(given)) => {
            Err(GraphError::invalid_value("applicationIdentifier"))
        }
        _ => Ok(()),
    }
}

/// The answer once the application has answered.
pub fn outcome(backend: &mut dyn Backend, app: AppId, given: bool) -> GraphOutcome {
    let result = backend.entra().job_of(app).last_test().cloned();
    if given {
        backend.entra_mut().job_of_mut(app).forget_form();
    }
    match result {
        None | Some(Ok(())) => Ok(GraphReply::done()),
        Some(Err(error)) => {
            Err(GraphError::new(http::StatusCode::BAD_REQUEST, error.code.word(), error.text()))
        }
    }
}

/// `POST …/acquireAccessToken`: the token endpoint is asked, and the token is tried.
pub fn acquire(call: &mut Call<'_>) -> GraphOutcome {
    let app = app(call)?;
    let body = call.request.object()?;
    check(&body, &[("credentials", Shape::Objects(PAIR))])?;
    if !body.contains_key("credentials") {
        return Err(GraphError::required("credentials", "acquireAccessToken"));
    }
    let pairs = pairs(&body, "credentials")?;
    let given =
        |keys: &[&str]| pairs.iter().any(|(key, value)| keys.contains(key) && !value.is_empty());
    let code = given(&["Oauth2AuthorizationCode", "Oauth2RefreshToken"]);
    let oauth = given(&OAUTH_FIELDS.map(|(key, _)| key));
    let own = call.entra().job_of(app).settings().auth == AuthMethod::ClientCredentials;
    if code || !(own || oauth) {
        // Codes and the error of an application without OAuth are not published (assumed).
        return Err(GraphError::new(
            http::StatusCode::BAD_REQUEST,
            "UnsupportedAuthenticationType",
            "The application has no consent page: it gives access tokens for a client id and a secret, 'Oauth2ClientId' and 'Oauth2ClientSecret'.",
        ));
    }
    if !oauth {
        needs_credentials(call, app)?;
    }
    let given = !pairs.is_empty();
    if given {
        call.act_on(app, "fill_in", filled_in(&pairs))?;
    }
    let done = call.entra().job_of(app).tests_done();
    call.act_on(app, "test_connection", Node::bare(Kind::Bool(true)))?;
    Ok(GraphReply::later(Waiting::Test { app, done, given, wanted: None }))
}
