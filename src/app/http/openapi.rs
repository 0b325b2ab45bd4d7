//! The OpenAPI document of the control API, made from the table of routes and the types in it.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::answers::{self, RefusalAnswer};
use super::control::VIEWER_HEADER;
use super::routes::{BASE, Handler, Parameter, ParameterKind, ROUTES, Route};

/// The whole document.
pub fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
    });
    let mut answers = settings.clone().for_serialize().into_generator();
    let refusal = answers::schema::<RefusalAnswer>(&mut answers).to_value();
    let mut paths = Map::new();
    for route in ROUTES {
        let method = if route.reads() { "get" } else { "post" };
        let operation = operation(route, &mut answers, &refusal);
        paths.insert(format!("{BASE}/{}", route.word), json!({ method: operation }));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "scimulator's control API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What the page's buttons and `scimulator ctl` use. A request must name \
                this machine as its host, and a change may come from the server's own page or from \
                a program, not from another site.",
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": { "schemas": answers.take_definitions(true) },
    })
}

fn operation(route: &Route, generator: &mut SchemaGenerator, refusal: &Value) -> Value {
    let mut operation = json!({
        "operationId": route.word.trim_end_matches(".json"),
        "summary": route.summary,
        "responses": responses(route, generator, refusal),
    });
    if !route.parameters.is_empty() {
        operation["parameters"] = route.parameters.iter().map(parameter).collect();
    }
    if let Some(body) = &route.body {
        let schema = (body.schema)(generator).to_value();
        let examples: Map<String, Value> = (body.examples)()
            .into_iter()
            .enumerate()
            .map(|(number, value)| (format!("{}", number + 1), json!({ "value": value })))
            .collect();
        let mut content = json!({ "application/json": { "schema": schema, "examples": examples } });
        if body.toml {
            content["application/toml"] = json!({ "schema": { "type": "string" } });
        }
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    operation
}

/// The responses by status: the answer, and each way to be refused.
fn responses(route: &Route, generator: &mut SchemaGenerator, refusal: &Value) -> Value {
    let schema = (route.answer)(generator).to_value();
    let kind = match route.handler {
        Handler::Events => "text/event-stream",
        Handler::Report => "text/html",
        _ => "application/json",
    };
    let mut responses = json!({
        "200": { "description": "Done.", "content": { kind: { "schema": schema } } },
    });
    if matches!(route.handler, Handler::Events) {
        responses["200"]["description"] =
            "A stream without an end. The data of each event is a JSON \
            object: of the first every panel of `state`, of the others those that changed."
                .into();
        responses["200"]["headers"] = json!({ VIEWER_HEADER: {
            "description": "The number of the page, which `view` needs.",
            "schema": { "type": "integer" },
        }});
    }
    for (status, why) in refusals(route) {
        responses[status] = json!({
            "description": why,
            "content": { "application/json": { "schema": refusal } },
        });
    }
    responses
}

/// The statuses with which a route refuses, and why.
fn refusals(route: &Route) -> Vec<(&'static str, &'static str)> {
    let mut all = vec![("403", "From another host or another site.")];
    match route.handler {
        Handler::OpenApi => {}
        Handler::State => {
            all.push(("400", "The instant to look at cannot be read."));
            all.push(("409", "This run cannot be looked at as it was then."));
        }
        Handler::Report => {
            all.push(("409", "This run cannot be played again for a report."));
            all.push(("500", "There is no room for its files."));
        }
        Handler::Events => all.push(("503", "As many pages watch as may.")),
        Handler::Reading(_) => all.push(("400", "A parameter is unknown or has no such value.")),
        Handler::View => all.push(("404", "No page has this number.")),
        Handler::Command(_) => all.push(("409", "It cannot be done now.")),
    }
    if !route.reads() {
        all.push(("400", "The body cannot be read."));
        all.push(("413", "The body is too large."));
        all.push(("503", "Too many bodies of requests are under way."));
    }
    all
}

fn parameter(parameter: &Parameter) -> Value {
    let schema = match parameter.kind {
        ParameterKind::Text => json!({ "type": "string" }),
        ParameterKind::Word(words) => json!({ "type": "string", "enum": words() }),
        ParameterKind::Limit(usual, most) => {
            json!({ "type": "integer", "minimum": 1, "maximum": most, "default": usual })
        }
        ParameterKind::Record => json!({ "type": "integer", "minimum": 0 }),
    };
    json!({
        "name": parameter.name,
        "in": "query",
        "description": parameter.doc,
        "required": matches!(parameter.kind, ParameterKind::Record),
        "schema": schema,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_to_a_schema() {
        let document = document();
        let text = document.to_string();
        let mut found = 0;
        for rest in text.split("\"$ref\":\"#").skip(1) {
            let pointer = rest.split('"').next().unwrap_or_default();
            assert!(document.pointer(pointer).is_some(), "#{pointer} leads nowhere");
            found += 1;
        }
        assert!(found > 10, "only {found} references");
    }

    /// What an example leaves out, no client must give.
    #[test]
    fn the_examples_of_bodies_have_all_that_is_required() {
        let document = document();
        let mut seen = 0;
        for route in ROUTES {
            let Some(body) = &route.body else { continue };
            let place = format!(
                "/paths/{}/post/requestBody",
                format!("{BASE}/{}", route.word).replace('/', "~1")
            );
            let schema =
                document.pointer(&format!("{place}/content/application~1json/schema/$ref"));
            let Some(name) = schema.and_then(Value::as_str) else { continue };
            let required = document.pointer(&format!("{}/required", &name[1..]));
            let required = required.and_then(Value::as_array).cloned().unwrap_or_default();
            for example in (body.examples)() {
                seen += 1;
                for name in required.iter().filter_map(Value::as_str) {
                    assert!(example.get(name).is_some(), "{}: {example} has no {name}", route.word);
                }
            }
        }
        assert!(seen > 8, "only {seen} examples");
    }

    #[test]
    fn the_examples_of_bodies_can_be_read() {
        for route in ROUTES {
            let (Some(body), Handler::Command(read)) = (&route.body, &route.handler) else {
                continue;
            };
            let examples = (body.examples)();
            assert!(!examples.is_empty(), "{}", route.word);
            for example in examples {
                let read = read(example.to_string().as_bytes(), true);
                assert!(read.is_ok(), "{} {example}: {read:?}", route.word);
            }
        }
    }
}
