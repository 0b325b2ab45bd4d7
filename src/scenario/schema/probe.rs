//! Finds out which values a reader takes, by offering it some of each type.

use serde_json::{Value, json};

use crate::base::time::parse_duration;
use crate::base::{Kind, Node, Problems};

/// A word that no table knows.
const NO_WORD: &str = "a word that nothing is called";

/// Texts of every form that some key asks for.
const TEXTS: [&str; 14] = [
    NO_WORD,
    "40m",
    "ann",
    "/scim/v2",
    "https://golinks.example/scim/v2",
    "it@contoso.example",
    "contoso.example",
    "none",
    "true",
    "Cycle",
    "Full",
    "cycle 1",
    "user.department -eq \"Sales\"",
    "userPrincipalName,displayName\nann@contoso.example,Ann Okafor\n",
];

/// Tables of every form that some key asks for.
const TABLES: [&[(&str, &str)]; 7] = [
    &[("group", "ann")],
    &[("user", "ann")],
    &[("department", "ann")],
    &[("value", "ann")],
    &[("from", "2h"), ("for", "30m")],
    &[("per_account", "50ms")],
    &[("requests", "5"), ("span", "1m")],
];

/// The values that `read` takes, as a schema; `example` is one as an author writes it. The reader
/// reports what it does not take.
pub fn schema(example: &str, read: impl Fn(&Node, &mut Problems)) -> Value {
    let example = super::super::format::value(example);
    let takes = |kind: Kind| {
        let mut problems = Problems::default();
        read(&Node::bare(kind), &mut problems);
        !problems.has_errors()
    };
    let any = |kinds: &[Kind]| {
        let same = |kind: &Kind| {
            let alike =
                |other: &&Kind| std::mem::discriminant(*other) == std::mem::discriminant(kind);
            example.as_ref().map(|node| &node.kind).filter(alike).is_some()
        };
        kinds.iter().any(|kind| same(kind) || takes(kind.clone()))
    };
    let text = |text: &str| Kind::Text(text.to_owned());
    let list = |items: Vec<Node>| Kind::List(items);
    let mut found = Vec::new();
    if any(&[Kind::Bool(true), Kind::Bool(false)]) {
        found.push(json!({ "type": "boolean" }));
    }
    if takes(Kind::Float(0.5)) {
        found.push(json!({ "type": "number" }));
    } else if any(&[1, 0, 5, 403, 404, 405, 501].map(Kind::Integer)) {
        found.push(json!({ "type": "integer", "minimum": 0 }));
    }
    found.extend(texts(&read, any(&TEXTS.map(text))));
    if any(&[list(Vec::new()), list(vec![Node::text("ann")])]) {
        found.push(json!({ "type": "array" }));
    }
    let table = |keys: &[(&'static str, &str)]| {
        Node::table(keys.iter().map(|(key, text)| (*key, Node::text(*text)))).kind
    };
    let tables = TABLES.map(table);
    let counted = Node::table([("ann", Node::bare(Kind::Integer(1)))]).kind;
    if any(&[Kind::Table(Vec::new()), counted]) || tables.into_iter().any(takes) {
        found.push(json!({ "type": "object" }));
    }
    match <[Value; 1]>::try_from(found) {
        Ok([one]) => one,
        Err(several) if several.is_empty() => json!({}),
        Err(several) => json!({ "anyOf": several }),
    }
}

/// The texts that `read` takes: some words, durations, or any.
fn texts(read: &impl Fn(&Node, &mut Problems), any: bool) -> Option<Value> {
    let mut problems = Problems::default();
    read(&Node::text(NO_WORD), &mut problems);
    let words: Vec<&str> = problems.list().iter().flat_map(|it| it.words.clone()).collect();
    let takes = |text: &str| {
        let mut problems = Problems::default();
        read(&Node::text(text), &mut problems);
        !problems.has_errors()
    };
    let others = TEXTS.iter().any(|text| takes(text) && parse_duration(text).is_err());
    match (words.is_empty(), others) {
        (false, _) => Some(json!({ "enum": words })),
        (true, false) if takes("40m") => Some(duration()),
        (true, _) => any.then(|| json!({ "type": "string" })),
    }
}

/// A duration as a text: numbers, each with a unit.
pub fn duration() -> Value {
    json!({
        "type": "string",
        "pattern": "^\\s*([0-9]+([.,][0-9]+)?\\s*[A-Za-zµ]+[\\s,]*)+$|^P",
        "examples": ["40m", "1h 30m", "30d"],
    })
}
