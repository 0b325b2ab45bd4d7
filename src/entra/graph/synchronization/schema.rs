//! The schema of a job: mappings and filters in the vendor's own JSON, and what may stand in it.

use serde_json::{Map, Value, json};

use super::templates::named;
use super::{context, job, schema_body};
use crate::base::{Kind, Node};
use crate::entra::expression::{Expression, FUNCTIONS, Need, Sheet};
use crate::entra::filter::{ClauseOperator, OperandKind};
use crate::entra::graph::endpoint::{Call, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::list::Listing;
use crate::entra::graph::property::{Property, ShownObject};
use crate::entra::graph::reply::GraphReply;
use crate::entra::graph::shape::{PropertyShapes, Shape, check};
use crate::entra::mapping::{Schema, Template, parsed_expression};
use crate::entra::tenant::AppId;

/// The schema of a template, as JSON.
pub fn of_template(template: Template) -> Value {
    as_json(&Schema::gallery(template).to_json().to_string())
}

fn as_json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// The schema of a job, with how often it was saved as its version.
fn of_job(call: &Call<'_>, app: AppId) -> Value {
    let mut schema = as_json(&call.entra().job_of(app).settings().schema.to_json().to_string());
    let saves = call.entra().job_of(app).schema_saves();
    if let Value::Object(members) = &mut schema {
        members.insert("version".to_owned(), format!("v1.{saves}").into());
        let (names, template) =
            (super::names(call, app), call.entra().job_of(app).settings().schema.template);
        // A job's schema is named after the job, a template's after the template.
        let guid = names.job.rsplit('.').next().unwrap_or_default().replace('-', "");
        members.insert("id".to_owned(), format!("{}.{guid}", template.id()).into());
    }
    schema
}

fn shown(call: &Call<'_>, schema: &Value) -> GraphOutcome {
    let context = Property::owned(context(call, "jobs/schema/$entity"));
    Ok(GraphReply::ok(&ShownObject::members(schema).first("@odata.context", context)))
}

/// `GET …/jobs/{id}/schema`.
pub fn get(call: &mut Call<'_>) -> GraphOutcome {
    let app = job(call)?;
    shown(call, &of_job(call, app))
}

/// `GET …/templates/{id}/schema`.
pub fn get_template(call: &mut Call<'_>) -> GraphOutcome {
    let app = named(call)?;
    let template = call.entra().job_of(app).settings().schema.template;
    shown(call, &of_template(template))
}

/// `PUT …/jobs/{id}/schema`: replaces everything, and restarts as saving in the portal does.
pub fn put(call: &mut Call<'_>) -> GraphOutcome {
    let app = job(call)?;
    let body = call.request.object()?;
    schema_body::check_shapes(&body)?;
    let own = of_job(call, app);
    known_objects(&body, &own)?;
    schema_body::check_kept(&body, &own, call.entra().job_of(app).settings().schema.template)?;
    let text = Value::Object(body).to_string();
    let mappings = Node::table([("schema", Node::text(text))]);
    let entra = Node::table([("mappings", mappings)]);
    call.act_on(app, "set", Node::table([("entra", entra)]))?;
    Ok(GraphReply::done())
}

/// Refuses rules between directories that the schema does not define, and mappings of objects that
/// those directories do not have. A body without definitions goes by those in force.
fn known_objects(body: &Map<String, Value>, own: &Value) -> Result<(), GraphError> {
    let list = |of: Option<&Value>, name: &str| -> Vec<Value> {
        of.and_then(|of| of.get(name)).and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let mut directories =
        body.get("directories").and_then(Value::as_array).cloned().unwrap_or_default();
    if directories.is_empty() {
        directories = list(Some(own), "directories");
    }
    for rule in body.get("synchronizationRules").and_then(Value::as_array).into_iter().flatten() {
        for (of_rule, of_mapping) in [
            ("sourceDirectoryName", "sourceObjectName"),
            ("targetDirectoryName", "targetObjectName"),
        ] {
            let directory = directories.iter().find(|one| one["name"] == rule[of_rule]);
            if directory.is_none() {
                return Err(GraphError::invalid_value(of_rule));
            }
            let objects = list(directory, "objects");
            for mapping in list(Some(rule), "objectMappings") {
                if !objects.iter().any(|object| object["name"] == mapping[of_mapping]) {
                    return Err(GraphError::invalid_value(of_mapping));
                }
            }
        }
    }
    Ok(())
}

/// `DELETE …/jobs/{id}/schema`: the template's own again.
pub fn reset(call: &mut Call<'_>) -> GraphOutcome {
    let app = job(call)?;
    call.act_on(app, "restore_default_mappings", Node::bare(Kind::Bool(true)))?;
    Ok(GraphReply::done())
}

/// `GET …/schema/directories`.
pub fn directories(call: &mut Call<'_>) -> GraphOutcome {
    let app = job(call)?;
    let all = of_job(call, app)["directories"].as_array().cloned().unwrap_or_default();
    page(call, "directoryDefinitions", all)
}

/// `POST …/schema/directories/{id}/discover`.
pub fn discover(call: &mut Call<'_>) -> GraphOutcome {
    check(&call.request.object()?, &[])?;
    let app = job(call)?;
    let id = call.segment(7);
    let schema = of_job(call, app);
    let mut all = schema["directories"].as_array().into_iter().flatten();
    let found = all.find(|one| one["id"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(id)));
    let mut found = found.cloned().ok_or_else(|| GraphError::not_found(id))?;
    if let Value::Object(members) = &mut found {
        members.insert("discoveryDateTime".to_owned(), call.now().rfc3339().into());
        members.insert("discoverabilities".to_owned(), "AttributeNames".into());
    }
    let context = Property::owned(call.request.context("microsoft.graph.directoryDefinition"));
    Ok(GraphReply::ok(&ShownObject::members(&found).first("@odata.context", context)))
}

fn page(call: &Call<'_>, context: &'static str, rows: Vec<Value>) -> GraphOutcome {
    Listing::plain(context).values(call.request, &rows)
}

/// Finds the job or the template of a path.
fn known(call: &Call<'_>) -> Result<AppId, GraphError> {
    match call.request.path.lower().get(3).map(String::as_str) {
        Some("templates") => named(call),
        _ => job(call),
    }
}

/// `GET …/schema/filterOperators()`.
pub fn filter_operators(call: &mut Call<'_>) -> GraphOutcome {
    known(call)?;
    let row = |operator: ClauseOperator| {
        let arity = match operator.needs() {
            OperandKind::Nothing => "Unary",
            _ => "Binary",
        };
        json!({
            "id": operator.name(), "name": operator.name(), "arity": arity,
            "multivaluedComparisonType": "All", "supportedAttributeTypes": ["String"],
        })
    };
    page(call, "filterOperators", ClauseOperator::all().map(row).collect())
}

/// `GET …/schema/functions()`.
pub fn functions(call: &mut Call<'_>) -> GraphOutcome {
    known(call)?;
    let rows = FUNCTIONS.iter().map(|function| {
        let parameter = |parameter: &crate::entra::expression::Parameter| {
            json!({
                "name": parameter.name, "type": "String",
                "required": parameter.need == Need::Required, "allowMultipleOccurrences": false,
            })
        };
        let parameters: Vec<Value> = function.parameters.iter().map(parameter).collect();
        json!({ "id": function.name, "name": function.name, "parameters": parameters })
    });
    page(call, "functions", rows.collect())
}

const EXPRESSION: PropertyShapes = &[
    ("expression", Shape::Text),
    (
        "testInputObject",
        Shape::Object(&[
            ("definition", Shape::Any),
            ("properties", Shape::Objects(&[("key", Shape::Text), ("value", Shape::Any)])),
        ]),
    ),
    ("targetAttributeDefinition", Shape::Any),
];

/// `POST …/schema/parseExpression`: also a bad expression is answered with 200.
pub fn parse_expression(call: &mut Call<'_>) -> GraphOutcome {
    let app = known(call)?;
    let body = call.request.object()?;
    check(&body, EXPRESSION)?;
    let text = body.get("expression").and_then(Value::as_str);
    let text = text.ok_or_else(|| GraphError::required("expression", "parseExpression"))?;
    let context = Property::owned(call.request.context("microsoft.graph.parseExpressionResponse"));
    let answer = match Expression::parse(text) {
        Ok(expression) => {
            let parsed = as_json(&parsed_expression(&expression).to_string());
            let (value, error) = evaluated(call, app, text, &body);
            json!({
                "error": error, "evaluationSucceeded": value.is_some(),
                "evaluationResult": value.unwrap_or_default(),
                "parsedExpression": parsed, "parsingSucceeded": true,
            })
        }
        Err(problems) => {
            let why = problems.first().map(|first| first.with_reason()).unwrap_or_default();
            json!({
                "error": { "code": "ParseError", "message": why, "tenantActionable": true },
                "evaluationSucceeded": false, "evaluationResult": [],
                "parsedExpression": null, "parsingSucceeded": false,
            })
        }
    };
    Ok(GraphReply::ok(&ShownObject::members(&answer).first("@odata.context", context)))
}

/// What an expression gives for the object of the request; an error when it cannot be evaluated.
fn evaluated(
    call: &Call<'_>,
    app: AppId,
    text: &str,
    body: &Map<String, Value>,
) -> (Option<Vec<Value>>, Value) {
    let Some(object) = body.get("testInputObject").filter(|object| !object.is_null()) else {
        return (None, Value::Null);
    };
    let pairs = object["properties"].as_array().map(Vec::as_slice).unwrap_or_default();
    let pair = |pair: &Value| Some((pair["key"].as_str()?.to_owned(), pair["value"].clone()));
    let source: Map<String, Value> = pairs.iter().filter_map(pair).collect();
    let line = json!({ "expression": text, "source": source }).to_string();
    let policy = &call.entra().job_of(app).settings().policy;
    let sheet = Sheet { now: call.now(), seed: call.backend.seed(), policy };
    let answer = as_json(&sheet.answer(line.as_bytes()));
    match (answer.get("value"), answer.get("error")) {
        (_, Some(why)) => {
            (None, json!({ "code": "EvaluationError", "message": why, "tenantActionable": true }))
        }
        (Some(Value::Array(values)), None) => (Some(values.clone()), Value::Null),
        (Some(Value::Null) | None, None) => (Some(Vec::new()), Value::Null),
        (Some(value), None) => (Some(vec![value.clone()]), Value::Null),
    }
}
