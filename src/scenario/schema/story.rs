//! The story: moments, actions, expectations.

use serde_json::{Value, json};

use super::probe::{self, duration};
use super::reference;
use super::setup;
use super::tree::{Tree, described, object};
use crate::base::Node;
use crate::scenario::expect::{
    LinkField, LogField, METHODS, OF_REQUESTS, OF_ROWS, OnDemandField, ROLES, ROWS, RequestField,
    Shape, SignInField,
};
use crate::scenario::explain::topics;
use crate::scenario::read::STEP_KEYS;
use crate::world::Action;
use crate::world::actions::{VERBS, Verb};

/// A duration since the start, or a date-time.
pub fn moment_of_time() -> Value {
    // An editor shows date-times of TOML to a schema as texts.
    json!({ "type": "string" })
}

/// One `[[at]]`.
pub fn moment() -> Value {
    let mut schema = object(STEP_KEYS.iter().map(|key| {
        let schema = match key.name {
            "time" => moment_of_time(),
            "do" => json!({ "anyOf": [
                reference("action"),
                { "type": "array", "items": reference("action") },
            ] }),
            "expect" => reference("expect"),
            "within" => duration(),
            "repeat" => object([
                ("every".to_owned(), duration()),
                ("times".to_owned(), json!({ "type": "integer", "minimum": 2 })),
                ("until".to_owned(), moment_of_time()),
            ]),
            _ => json!({ "type": "string" }),
        };
        (key.name.to_owned(), described(key.doc, schema))
    }));
    schema["oneOf"] = json!([{ "required": ["time"] }, { "required": ["after"] }]);
    schema
}

/// What can be done.
pub fn action() -> Value {
    let bare = |verb: &&Verb| reads(&Node::text(verb.name));
    let words: Vec<Value> = VERBS
        .iter()
        .filter(bare)
        .map(|verb| described(verb.doc, json!({ "const": verb.name })))
        .collect();
    let argument = |verb: &Verb| match verb.name {
        "set" => setup::settings(),
        "fault" => reference("fault"),
        _ => probe::schema(&argument(verb), |node, problems| {
            (verb.read)(node, problems);
        }),
    };
    let app = "The application that is meant, where there are several.";
    let verbs = VERBS.iter().map(|verb| {
        let doc = format!("{}\n\ndo = {}", verb.doc, verb.example);
        (verb.name.to_owned(), described(&doc, argument(verb)))
    });
    let app = ("app".to_owned(), described(app, json!({ "type": "string" })));
    let mut table = object(verbs.chain([app]));
    table["minProperties"] = json!(1);
    // One verb, and beside it the application.
    table["oneOf"] = json!([
        { "maxProperties": 1 },
        { "minProperties": 2, "maxProperties": 2, "required": ["app"] },
    ]);
    json!({ "anyOf": [{ "oneOf": words }, table] })
}

fn reads(node: &Node) -> bool {
    Action::read(node, &mut Default::default()).is_some()
}

/// The argument of a verb's example, as TOML.
fn argument(verb: &Verb) -> String {
    let example = crate::scenario::format::value(verb.example);
    example.and_then(|node| node.get(verb.name).map(Node::to_toml)).unwrap_or_default()
}

/// What `[always]` takes: counters.
pub fn always() -> Value {
    let mut tree = rows(|shape| shape == Shape::Count);
    tree.add("app.<name>", json!({ "type": "object" }));
    tree.schema(false)
}

/// The names of the table whose values have some shapes.
fn rows(wanted: impl Fn(Shape) -> bool) -> Tree {
    let mut tree = Tree::default();
    for row in ROWS.iter().flat_map(|rows| rows.iter()).filter(|row| wanted(row.shape)) {
        tree.add(row.path, described(row.doc, comparison(row.shape)));
    }
    tree
}

/// What can be observed.
pub fn expect() -> Value {
    let mut tree = rows(|_| true);
    let other = |name: &str| {
        let topic = topics::all().into_iter().find(|topic| topic.name == name);
        topic.map(|topic| topic.short).unwrap_or_default()
    };
    for (key, shape, _) in LogField::FIELDS {
        tree.add(&format!("log.last.<name>.{key}"), comparison(shape));
    }
    tree.add("log.last.<name>.absent", json!({ "type": "boolean" }));
    for (key, shape, _) in RequestField::FIELDS {
        tree.add(&format!("requests.last.<name>.{key}"), comparison(shape));
    }
    tree.add("requests.last.<name>.absent", json!({ "type": "boolean" }));
    for (key, shape, _) in OnDemandField::FIELDS {
        tree.add(&format!("ondemand.<name>.{key}"), comparison(shape));
    }
    tree.add("ondemand.<name>.absent", json!({ "type": "boolean" }));
    let exposure = described(&other("exposure.<user>"), comparison(Shape::Span));
    tree.add("exposure.<user>", exposure);
    for (name, keys) in [("log.where", OF_ROWS), ("requests.where", OF_REQUESTS)] {
        tree.add(name, described(&other(name), conditions(keys)));
    }
    tree.add("link.<name>", described(&other("link.<name>"), json!({})));
    for name in ["golinks.account.<user>", "golinks.group.<group>"] {
        tree.add(name, described(&other(name), json!({})));
    }
    for name in ["golinks.session.<user>", "golinks.api_token.<user>", "golinks.api_call.<user>"] {
        tree.add(name, described(&other(name), comparison(Shape::Count)));
    }
    let role = described(&other("golinks.role.<user>"), comparison(Shape::Word(ROLES)));
    tree.add("golinks.role.<user>", role);
    for (key, shape, _) in LinkField::FIELDS {
        tree.add(&format!("golinks.link.<name>.{key}"), comparison(shape));
    }
    tree.add("golinks.link.<name>.absent", json!({ "type": "boolean" }));
    for (key, shape, _) in SignInField::FIELDS {
        tree.add(&format!("signins.last.<user>.{key}"), comparison(shape));
    }
    tree.add("signins.last.<user>.absent", json!({ "type": "boolean" }));
    let names = json!({ "type": ["array", "string"] });
    let differ = json!({ "anyOf": [names, comparison(Shape::Count)] });
    let differ = object([("differ".to_owned(), differ)]);
    let worlds = json!({ "anyOf": [{ "const": "agree" }, differ] });
    tree.add("worlds", described(&other("worlds"), worlds));
    tree.add("app.<name>", described(&other("app.<name>"), reference("expect")));
    tree.schema(false)
}

/// Conditions beside the comparison of a count, or a list of such.
fn conditions(keys: &[&str]) -> Value {
    let mut one = comparison(Shape::Count)["anyOf"][1].clone();
    for key in keys {
        one["properties"][*key] = match *key {
            "status" => json!({ "type": ["string", "integer"] }),
            "method" => json!({ "enum": METHODS }),
            _ => json!({ "type": "string" }),
        };
    }
    json!({ "anyOf": [one, { "type": "array", "items": one }] })
}

/// A value of a shape, or a comparison with some.
fn comparison(shape: Shape) -> Value {
    let value = match shape {
        Shape::Count => json!({ "type": "integer", "minimum": 0 }),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::Text => json!({ "type": "string" }),
        Shape::Span => duration(),
        Shape::Truth => json!({ "type": "boolean" }),
        Shape::Presence | Shape::Any => json!({}),
    };
    let mut properties: Vec<(String, Value)> =
        ["is", "min", "max"].map(|key| (key.to_owned(), value.clone())).into();
    properties.push(("one_of".to_owned(), json!({ "type": "array", "items": value })));
    properties.push(("contains".to_owned(), json!({})));
    properties.push(("absent".to_owned(), json!({ "type": "boolean" })));
    if shape == Shape::Count {
        let doc = "From when it counts: the end of a cycle.";
        let since = json!({ "type": "string", "pattern": "^cycle [0-9]+$" });
        properties.push(("since".to_owned(), described(doc, since)));
    }
    let mut compared = object(properties);
    compared["minProperties"] = json!(1);
    match shape {
        Shape::Presence => object([("absent".to_owned(), json!({ "type": "boolean" }))]),
        Shape::Any => json!({}),
        _ => json!({ "anyOf": [value, compared] }),
    }
}
