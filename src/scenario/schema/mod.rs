//! The scenario format as a JSON Schema (draft 7), for completion and hover in an editor.
//!
//! It is made of the tables of which `explain`, the messages and the reference are made, and of the
//! readers themselves: which types a key takes is found out by offering it values of each. What a
//! schema cannot say, such as that a name exists, `check` alone tells.

mod probe;
mod setup;
mod story;
mod tree;

use serde_json::{Value, json};

use super::extends::SETUP;
use super::read::TOP;
use tree::{described, object};

/// What the keys and tables of a scenario mean, in the order of [`TOP`].
#[rustfmt::skip]
pub const TABLES: [&str; TOP.len()] = [
    "What is told, in one line.",
    "The stories (S18) and reported bugs (B65) that it covers.",
    "The seed of all chance; 7 unless said.",
    "When virtual time starts: 2026-03-02T08:00:00Z, a Monday, unless said.",
    "When the run ends: a duration since the start, or a date-time.",
    "A file with the setup that it begins with, named as from this file; what stands here wins.",
    "The GoLinks SCIM server.",
    "The provisioning job in Entra.",
    "The people that are generated, or read from a sheet.",
    "People of the directory, each as [user.<name>].",
    "Groups of the directory, each as [group.<name>].",
    "Further applications of the tenant, each as [app.<name>].",
    "Further GoLinks workspaces, each as [workspace.<name>].",
    "Several values for some settings: every combination is a run.",
    "What goes wrong between Entra and GoLinks, each as [[fault]].",
    "The moments of the story, each as [[at]].",
    "Counters that must hold after every change.",
    "What must hold at the end.",
];

/// The schema of a scenario file.
pub fn json_schema() -> Value {
    let mut schema = of_keys(|_| true);
    schema["title"] = json!("A scenario of scimulator");
    schema["required"] = json!(["title", "ends"]);
    schema
}

/// The schema of a file that scenarios extend: it holds a setup and tells no story.
pub fn base_schema() -> Value {
    let mut schema = of_keys(|key| SETUP.contains(&key) || key == "extends");
    schema["title"] = json!("A setup that scenarios of scimulator extend");
    schema
}

/// The schema of a file with these keys at the top.
fn of_keys(may_have: impl Fn(&str) -> bool) -> Value {
    let of = |key: &str| match key {
        "extends" => json!({ "type": "string", "minLength": 1 }),
        "title" => json!({ "type": "string", "minLength": 1 }),
        "covers" => {
            json!({ "type": "array", "items": { "type": "string", "pattern": "^[SB][0-9]{2,3}$" } })
        }
        "seed" => json!({ "type": "integer", "minimum": 0 }),
        "start" => json!({ "type": "string" }),
        "ends" => story::moment_of_time(),
        "golinks" => reference("server"),
        "entra" => reference("entra"),
        "people" => setup::people(),
        "user" => each(setup::user()),
        "group" => each(setup::group()),
        "app" => each(setup::app()),
        "workspace" => each(reference("server")),
        "matrix" => setup::matrix(),
        "fault" => json!({ "type": "array", "items": reference("fault") }),
        "at" => json!({ "type": "array", "items": story::moment() }),
        "always" => story::always(),
        "finally" => reference("expect"),
        _ => json!({}),
    };
    let keys = TOP.iter().zip(TABLES).filter(|(key, _)| may_have(key));
    let properties = keys.map(|(key, doc)| ((*key).to_owned(), described(doc, of(key))));
    let mut schema = object(properties);
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["definitions"] = json!({
        "entra": setup::entra(),
        "golinks": setup::golinks(),
        "server": setup::golinks_with_accounts(),
        "fault": setup::fault(),
        "action": story::action(),
        "expect": story::expect(),
    });
    schema
}

/// A reference to one of the definitions.
fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

/// A table whose keys are names.
fn each(value: Value) -> Value {
    json!({ "type": "object", "additionalProperties": value })
}

#[cfg(test)]
mod tests;
