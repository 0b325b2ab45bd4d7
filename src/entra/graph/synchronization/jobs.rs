//! Synchronization jobs: created, started, paused, restarted, deleted.

use serde_json::{Value, json};

use super::{app, context, job, names, templates};
use crate::base::{Kind, Node};
use crate::entra::graph::endpoint::{Call, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::list::Listing;
use crate::entra::graph::property::{Property, ShownObject};
use crate::entra::graph::reply::GraphReply;
use crate::entra::graph::shape::{Shape, check};
use crate::entra::job::ResetScope;
use crate::entra::tenant::AppId;

fn show(call: &Call<'_>, app: AppId) -> Value {
    call.entra().job_of(app).to_graph(&names(call, app), call.now())
}

/// `GET …/jobs`.
pub fn list(call: &mut Call<'_>) -> GraphOutcome {
    let app = app(call)?;
    let has_job = call.entra().surface().has_job(app);
    let all: Vec<Value> = has_job.then(|| show(call, app)).into_iter().collect();
    Listing::plain("synchronizationJobs").values(call.request, &all)
}

/// `GET …/jobs/{id}`.
pub fn get(call: &mut Call<'_>) -> GraphOutcome {
    let app = job(call)?;
    let one = show(call, app);
    let context = Property::owned(context(call, "jobs/$entity"));
    Ok(GraphReply::ok(&ShownObject::members(&one).first("@odata.context", context)))
}

/// `POST …/jobs`.
pub fn create(call: &mut Call<'_>) -> GraphOutcome {
    let app = app(call)?;
    let body = call.request.object()?;
    check(&body, &[("templateId", Shape::Text)])?;
    let template = body.get("templateId").and_then(Value::as_str);
    let template =
        template.ok_or_else(|| GraphError::required("templateId", "synchronizationJob"))?;
    templates::check_own(call, app, template)?;
    if call.entra().surface().has_job(app) {
        return Err(GraphError::new(
            http::StatusCode::CONFLICT,
            "Request_MultipleObjectsWithSameKeyValue",
            "A synchronization job of this template exists for the application already.",
        ));
    }
    call.whole(|call| {
        let kept = call.backend.entra_mut().surface_mut().of_mut(app);
        kept.jobless = false;
        kept.jobs_made += 1;
        Ok(GraphReply::done())
    })?;
    let one = show(call, app);
    let context = Property::owned(context(call, "jobs/$entity"));
    let id = one["id"].as_str().unwrap_or_default();
    let location = call.request.url(&format!("{}/{id}", call.request.own_path()));
    let shown = ShownObject::members(&one).first("@odata.context", context);
    Ok(GraphReply::created(&shown, location))
}

/// `DELETE …/jobs/{id}`: everything is stopped and forgotten.
pub fn delete(call: &mut Call<'_>) -> GraphOutcome {
    let app = job(call)?;
    call.act_on(app, "delete_job", Node::bare(Kind::Bool(true)))?;
    Ok(GraphReply::done())
}

/// `POST …/start`.
pub fn start(call: &mut Call<'_>) -> GraphOutcome {
    let app = job(call)?;
    check(&call.request.object()?, &[])?;
    needs_credentials(call, app)?;
    call.act_on(app, "start", Node::bare(Kind::Bool(true)))?;
    Ok(GraphReply::done())
}

/// Refuses what needs saved credentials.
pub fn needs_credentials(call: &Call<'_>, app: AppId) -> Result<(), GraphError> {
    match call.entra().job_of(app).has_credentials() {
        true => Ok(()),
        false => Err(GraphError::new(
            http::StatusCode::BAD_REQUEST,
            "CredentialsMissing",
            "The credentials of the application were not saved.",
        )),
    }
}

/// `POST …/pause`.
pub fn pause(call: &mut Call<'_>) -> GraphOutcome {
    let app = job(call)?;
    check(&call.request.object()?, &[])?;
    call.act_on(app, "stop", Node::bare(Kind::Bool(true)))?;
    Ok(GraphReply::done())
}

/// `POST …/restart`.
pub fn restart(call: &mut Call<'_>) -> GraphOutcome {
    let app = job(call)?;
    needs_credentials(call, app)?;
    let body = call.request.object()?;
    check(&body, &[("criteria", Shape::Object(&[("resetScope", Shape::Any)]))])?;
    let scope = body.get("criteria").and_then(|criteria| criteria.get("resetScope"));
    let flags = match scope {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) => flags(text)?,
        // Some clients send several values as a list.
        Some(Value::Array(list)) => {
            let text = |one: &Value| match one.as_str() {
                Some(text) => flags(text),
                None => Err(GraphError::invalid_value("resetScope")),
            };
            let each = list.iter().map(text);
            each.collect::<Result<Vec<_>, _>>()?.concat()
        }
        Some(_) => return Err(GraphError::invalid_value("resetScope")),
    };
    let argument = match flags.is_empty() {
        true => Node::bare(Kind::Bool(true)),
        false => Node::bare(Kind::List(flags.into_iter().map(Node::text).collect())),
    };
    call.act_on(app, "restart", argument)?;
    Ok(GraphReply::done())
}

/// The flags of a comma-separated text, in any case.
fn flags(text: &str) -> Result<Vec<&'static str>, GraphError> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let read = |word: &str| {
        let known = ResetScope::FLAGS.into_iter().find(|flag| flag.eq_ignore_ascii_case(word));
        known.ok_or_else(|| GraphError::invalid_value("resetScope"))
    };
    words.map(read).collect()
}

/// The status of a template, used where it is shown beside a job.
pub fn template_metadata() -> Value {
    json!([
        { "key": "GalleryApplicationIdentifier", "value": "golinks" },
        { "key": "GalleryApplicationKey", "value": "golinks" },
        { "key": "IsOAuthEnabled", "value": "false" },
        { "key": "IsSynchronizationAgentAssignmentRequired", "value": "false" },
        { "key": "IsSynchronizationAgentRequired", "value": "false" },
        { "key": "IsSynchronizationInPreview", "value": "false" },
        { "key": "ConfigurationFields", "value": "[{\"name\":\"baseaddress\"},{\"name\":\"secrettoken\",\"secret\":true}]" },
    ])
}
