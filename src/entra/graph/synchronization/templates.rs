//! Synchronization templates: what a job of the application is made from.

use serde_json::{Value, json};

use super::jobs::template_metadata;
use super::{app, context, names, schema};
use crate::entra::graph::endpoint::{Call, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::list::Listing;
use crate::entra::graph::property::{Property, ShownObject};
use crate::entra::graph::reply::GraphReply;
use crate::entra::mapping::Template;
use crate::entra::tenant::AppId;

fn show(call: &Call<'_>, app: AppId) -> Value {
    let template = call.entra().job_of(app).settings().schema.template;
    let tag = match template {
        Template::GoLinks => "CustomSCIM",
        Template::Scim => "customappsso",
    };
    json!({
        "id": template.id(),
        "applicationId": names(call, app).client_id(),
        "default": true,
        "description": null,
        "discoverable": true,
        "factoryTag": tag,
        "metadata": template_metadata(),
        "schema": schema::of_template(template),
    })
}

/// `GET …/templates`.
pub fn list(call: &mut Call<'_>) -> GraphOutcome {
    let app = app(call)?;
    // What is from no gallery cannot be provisioned (assumed).
    let provisioned = call.tenant().registry().of(app).from_gallery();
    let all: Vec<Value> = provisioned.then(|| show(call, app)).into_iter().collect();
    Listing::plain("synchronizationTemplates").values(call.request, &all)
}

/// Refuses the id of a template that is not the application's own.
///
/// # Errors
/// There is no such template for the application.
pub fn check_own(call: &Call<'_>, app: AppId, id: &str) -> Result<(), GraphError> {
    let own = call.entra().job_of(app).settings().schema.template.id();
    let provisioned = call.tenant().registry().of(app).from_gallery();
    match provisioned && id.eq_ignore_ascii_case(own) {
        true => Ok(()),
        false => Err(GraphError::bad_request(format!(
            "The template '{id}' does not exist for this application."
        ))),
    }
}

/// The application, when the template of the path is its own.
///
/// # Errors
/// There is no such template.
pub fn named(call: &Call<'_>) -> Result<AppId, GraphError> {
    let app = app(call)?;
    let id = call.segment(4);
    let own = call.entra().job_of(app).settings().schema.template.id();
    let provisioned = call.tenant().registry().of(app).from_gallery();
    match provisioned && id.eq_ignore_ascii_case(own) {
        true => Ok(app),
        false => Err(GraphError::new(
            http::StatusCode::NOT_FOUND,
            "TemplateNotFound",
            format!("Template '{id}' could not be found."),
        )),
    }
}

/// `GET …/templates/{id}`.
pub fn get(call: &mut Call<'_>) -> GraphOutcome {
    let app = named(call)?;
    let one = show(call, app);
    let context = Property::owned(context(call, "templates/$entity"));
    Ok(GraphReply::ok(&ShownObject::members(&one).first("@odata.context", context)))
}
