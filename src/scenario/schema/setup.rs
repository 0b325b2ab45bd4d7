//! What exists before the story begins: entra, golinks, people, groups, faults, a matrix.

use serde_json::{Value, json};

use super::tree::{Tree, axis, described, object};
use super::{each, probe, reference};
use crate::base::node::Entry;
use crate::base::{Node, Span};
use crate::entra::filter::ClauseOperator;
use crate::entra::key_doc::KeyDoc;
use crate::entra::mapping::{self, Schema};
use crate::entra::people::{read, read_group, vocabulary};
use crate::entra::policy::Policy;
use crate::entra::tenant::Attribute;
use crate::entra::{self, people};
use crate::golinks::{self, quirks};
use crate::scenario::APP_KEYS;
use crate::scenario::explain::topics::{self, Topic};
use crate::world::applications::MAIN;
use crate::world::faults::{FAULT_KEYS, FAULTS, Fault, WHEN_KEYS};

/// `[entra]`.
pub fn entra() -> Value {
    entra_tree().schema(false)
}

fn entra_tree() -> Tree {
    let mut tree = Tree::default();
    for topic in topics::all() {
        let Some(name) = topic.name.strip_prefix("entra.") else { continue };
        let path: Vec<&str> = name.split('.').collect();
        let schema = match path.as_slice() {
            ["mappings", ..] | ["policy", ..] => continue,
            ["filters"] => filters(),
            _ => probe::schema("", |node, problems| {
                entra::Settings::default().set(&path, node, problems);
            }),
        };
        tree.add(name, with_doc(&topic, schema));
    }
    for row in Policy::rows() {
        let schema = probe::schema(&row.default, |node, problems| {
            Policy::default().set(row.name, node, problems);
        });
        let doc = format!("{}\n\nDefault: {}", row.doc, row.default);
        tree.add(&format!("policy.{}", row.name), described(&doc, schema));
    }
    mappings(&mut tree);
    tree
}

/// `[[entra.filters]]`.
fn filters() -> Value {
    let operators: Vec<&str> = ClauseOperator::all().map(ClauseOperator::name).collect();
    let clause = object([
        ("attribute".to_owned(), json!({ "type": "string" })),
        ("is".to_owned(), json!({ "type": "string", "examples": operators })),
        ("value".to_owned(), json!({})),
    ]);
    let filter = object([
        ("title".to_owned(), json!({ "type": "string" })),
        ("of".to_owned(), json!({})),
        ("set".to_owned(), json!({})),
        ("where".to_owned(), json!({ "type": "array", "items": clause })),
    ]);
    json!({ "type": "array", "items": filter })
}

/// `[entra.mappings]`.
fn mappings(tree: &mut Tree) {
    let row = object(mapping::ROW_KEYS.iter().map(|key| {
        let schema = match key.name {
            // A row is read as a whole, so its keys are known by their examples.
            "default" | "none" | "multi_valued" | "required" | "case_exact" => json!({}),
            "match" => json!({ "type": "integer", "minimum": 0 }),
            _ => json!({ "type": "string" }),
        };
        (key.name.to_owned(), described(key.doc, schema))
    }));
    let takes = |path: &[&str], key: &KeyDoc| {
        probe::schema(key.example, |node, problems| {
            let whole =
                path.iter().rev().fold(node.clone(), |node, key| Node::table([(*key, node)]));
            Schema::default().change(&whole, problems);
        })
    };
    for key in &mapping::SCHEMA_KEYS {
        tree.add(&format!("mappings.{}", key.name), described(key.doc, takes(&[key.name], key)));
    }
    for kind in ["users", "groups"] {
        for key in &mapping::TABLE_KEYS {
            let schema = match key.name {
                "rows" | "change" => json!({ "type": "array", "items": row }),
                "remove" => json!({ "type": "array", "items": { "type": "string" } }),
                _ => takes(&[kind, key.name], key),
            };
            tree.add(&format!("mappings.{kind}.{}", key.name), described(key.doc, schema));
        }
    }
}

/// `[golinks]` as `set` takes it.
pub fn golinks() -> Value {
    golinks_tree().schema(false)
}

/// `[golinks]`, with the accounts that are there beforehand.
pub fn golinks_with_accounts() -> Value {
    let mut tree = golinks_tree();
    let doc = "Accounts made beforehand, each as [golinks.account.<name>]: SCIM paths and values.";
    tree.add("account", described(doc, each(json!({ "type": "object" }))));
    tree.schema(false)
}

fn golinks_tree() -> Tree {
    let mut tree = Tree::default();
    for row in golinks::Settings::rows() {
        let path: Vec<&str> = row.name.split('.').collect();
        let schema = match row.name {
            "token" => {
                json!({ "anyOf": [{ "type": "string" }, { "type": "boolean" }, { "type": "object" }] })
            }
            "quirks" => continue,
            _ => probe::schema(row.default, |node, problems| {
                golinks::Settings::default().set(&path, node, problems);
            }),
        };
        let doc = format!("{}\n\nDefault: {}", row.doc(), row.default);
        tree.add(row.name, described(&doc, schema));
    }
    for row in quirks::TABLE {
        let word = |word: &&str| match *word {
            "true" | "false" => json!(*word == "true"),
            word => json!(word),
        };
        let numbers = row.words.iter().any(|word| word.parse::<u64>().is_ok());
        let mut takes: Vec<Value> =
            vec![json!({ "enum": row.words.iter().map(word).collect::<Vec<_>>() })];
        // The words too may be written as texts, and numbers as numbers.
        takes.push(json!({ "enum": row.words }));
        if numbers {
            takes.push(json!({ "type": "integer", "minimum": 0 }));
        }
        takes.push(object([
            ("is".to_owned(), json!({})),
            ("when".to_owned(), json!({ "type": "object" })),
        ]));
        let doc = format!("{}\n\n{} · {}", row.story, row.bugs.join(", "), row.from);
        tree.add(&format!("quirks.{}", row.name), described(&doc, json!({ "anyOf": takes })));
    }
    tree
}

/// `[people]`.
pub fn people() -> Value {
    object(vocabulary::PEOPLE.iter().map(|key| {
        let schema = match key.name {
            "csv" => json!({ "type": "string" }),
            name => probe::schema(key.example, |node, problems| {
                people::PeopleSettings::default().set(&[name], node, problems);
            }),
        };
        (key.name.to_owned(), described(key.doc, schema))
    }))
}

/// An entry of a table of tables with one key.
fn entry(key: &str, value: &Node) -> Entry {
    let value = Node::table([(key, value.clone())]);
    Entry { key: "somebody".to_owned(), key_span: Span::default(), value }
}

/// `[user.<name>]`.
pub fn user() -> Value {
    let takes = |key: &str, example: &str| {
        probe::schema(example, |node, problems| {
            read::user(&entry(key, node), problems);
        })
    };
    let known = vocabulary::USER
        .iter()
        .map(|key| (key.name.to_owned(), described(key.doc, takes(key.name, key.example))));
    let documented = |name: &&str| vocabulary::USER.iter().any(|key| key.name == *name);
    let others = Attribute::NAMES.into_iter().filter(|name| !documented(name));
    let others = others.map(|name| (name.to_owned(), takes(name, "\"x\"")));
    let mut schema = object(known.chain(others));
    schema["patternProperties"] = json!({ "^extension_": { "type": "string" } });
    schema
}

/// `[group.<name>]`.
pub fn group() -> Value {
    object(vocabulary::GROUP.iter().map(|key| {
        let schema = probe::schema(key.example, |node, problems| {
            read_group::group(&entry(key.name, node), problems);
        });
        (key.name.to_owned(), described(key.doc, schema))
    }))
}

/// `[app.<name>]`: the keys of `[entra]`, and some of its own.
pub fn app() -> Value {
    let mut schema = entra();
    for key in APP_KEYS {
        let own = match key.name {
            "assigned" => json!({}),
            _ => json!({ "type": "string" }),
        };
        schema["properties"][key.name] = described(key.doc, own);
    }
    schema["propertyNames"] = json!({ "not": { "const": MAIN } });
    schema
}

/// A `[[fault]]`.
pub fn fault() -> Value {
    let key = |key: &KeyDoc, schema: Value| (key.name.to_owned(), described(key.doc, schema));
    let when = object(WHEN_KEYS.iter().map(|it| key(it, json!({}))));
    let of = |it: &KeyDoc| match it.name {
        "when" => when.clone(),
        "from" | "until" => super::story::moment_of_time(),
        name => probe::schema(it.example, |node, problems| {
            Fault::read(
                &Node::table([
                    ("stall", Node::bare(crate::base::Kind::Bool(true))),
                    (name, node.clone()),
                ]),
                problems,
            );
        }),
    };
    let keys = FAULT_KEYS.iter().map(|it| key(it, of(it)));
    let effects = FAULTS.iter().map(|kind| {
        let example = kind.example.split_once('=').map_or("", |(_, value)| value.trim());
        let schema = probe::schema(example, |node, problems| {
            (kind.read)(node, problems);
        });
        (kind.name.to_owned(), described(kind.doc, schema))
    });
    object(keys.chain(effects))
}

/// `[matrix]`.
pub fn matrix() -> Value {
    let known_bad = object([
        (
            "when".to_owned(),
            described("Which cells: axes with one value each.", json!({ "type": "object" })),
        ),
        (
            "because".to_owned(),
            described("Why they fail: a bug, or a sentence.", json!({ "type": "string" })),
        ),
    ]);
    let free = json!({ "type": "object" });
    let mut properties = vec![
        ("entra".to_owned(), entra_tree().schema(true)),
        ("golinks".to_owned(), golinks_tree().schema(true)),
        ("seed".to_owned(), axis(json!({ "type": "integer", "minimum": 0 }))),
        ("start".to_owned(), axis(json!({}))),
        ("ends".to_owned(), axis(json!({}))),
    ];
    for table in ["people", "user", "group", "app", "workspace", "fault"] {
        properties.push((table.to_owned(), free.clone()));
    }
    let doc = "Cells that are expected to fail.";
    let list = json!({ "type": "array", "items": known_bad });
    properties.push(("known_bad".to_owned(), described(doc, list)));
    object(properties)
}

/// A schema with the long text that `explain` prints.
fn with_doc(topic: &Topic, schema: Value) -> Value {
    let lines: Vec<&str> = topic.long.lines().map(str::trim).collect();
    described(lines.join("\n").trim(), schema)
}

/// The `set` verb's argument: settings of a run.
pub fn settings() -> Value {
    object([("entra".to_owned(), reference("entra")), ("golinks".to_owned(), reference("golinks"))])
}
