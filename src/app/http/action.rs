//! Actions as the control API takes them: the value of `do =` in a scenario, written in TOML or in
//! JSON.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::json;

use crate::app::live::message::CommandRefusal;
use crate::base::node::Entry;
use crate::base::{Diagnostic, Kind, Node, Problems, Span, Time};
use crate::scenario::improve_action;
use crate::world::Action;
use crate::world::actions::{VERBS, Verb, form_of_words};

/// Reads an action from a value.
///
/// # Errors
/// Everything that is wrong with the action.
pub fn read(node: &Node) -> Result<Action, CommandRefusal> {
    let mut problems = Problems::default();
    let action = Action::read(node, &mut problems);
    match action {
        Some(action) if !problems.has_errors() => Ok(action),
        _ => {
            let list = named(node);
            let all = |part: fn(&Diagnostic) -> String| {
                let all = list
                    .iter()
                    .map(part)
                    .filter(|text| !text.is_empty())
                    .collect::<Vec<_>>()
                    .join("; ");
                all.replace("?; ", "? ")
            };
            Err(CommandRefusal {
                message: all(Diagnostic::with_reason),
                help: all(|d| d.help.clone()),
            })
        }
    }
}

/// What is wrong with an action, each with the path of the key whose value it is: there is no line
/// of a file to point at.
fn named(node: &Node) -> Vec<Diagnostic> {
    let (mut node, mut places) = (node.clone(), Vec::new());
    place(&mut node, &[], &mut places);
    let mut problems = Problems::default();
    Action::read(&node, &mut problems);
    let mut list = problems.into_sorted();
    improve_action(&node, &mut list);
    for problem in &mut list {
        let at = problem.span.and_then(|span| places.get(span.start)).map(Vec::as_slice);
        // The verb is the first key, and what was sent is the whole.
        let Some([_, path @ ..]) = at else { continue };
        // A message that names something says enough.
        if !path.is_empty() && !problem.message.contains('`') {
            problem.message = format!("`{}`: {}", path.join("."), problem.message);
        }
    }
    list
}

/// Gives each key and each value a place of its own, and notes the path of keys that leads there.
fn place(node: &mut Node, path: &[String], places: &mut Vec<Vec<String>>) {
    places.push(path.to_vec());
    node.span = Span::new(places.len() - 1, places.len());
    match &mut node.kind {
        Kind::List(items) => items.iter_mut().for_each(|item| place(item, path, places)),
        Kind::Table(entries) => {
            for entry in entries {
                let below: Vec<String> = path.iter().chain([&entry.key]).cloned().collect();
                places.push(below.clone());
                entry.key_span = Span::new(places.len() - 1, places.len());
                place(&mut entry.value, &below, places);
            }
        }
        _ => {}
    }
}

/// Reads a value from a JSON text.
///
/// # Errors
/// Why the text has no usable value.
pub fn from_json(text: &str) -> Result<Node, CommandRefusal> {
    let value: serde_json::Value = serde_json::from_str(text)
        .map_err(|error| wrong(error.to_string(), r#"send {"disable": "ann"} or "restart""#))?;
    json_node(value)
}

/// Reads a value from a TOML text: `{ disable = "ann" }`, `disable = "ann"`, `"start"` or just
/// `start`.
///
/// # Errors
/// Why the text has no usable value.
pub fn from_toml(text: &str) -> Result<Node, CommandRefusal> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return Ok(Node::text(text));
    }
    let value = toml::from_str::<toml::Table>(&format!("do = {text}\n"))
        .ok()
        .and_then(|mut table| table.remove("do"))
        .map_or_else(|| toml::from_str::<toml::Table>(text).map(toml::Value::Table), Ok);
    match value {
        Ok(value) => toml_node(value),
        Err(error) if text.trim_start_matches('[').starts_with("fault") => {
            let help = r#"write a fault as a scenario does: respond = 503, or { stall = true, when = { method = "POST" } }"#;
            Err(wrong(error.message().to_owned(), help))
        }
        Err(error) => {
            let form = form_of_words(text).unwrap_or_else(|| "start, or disable = \"ann\"".into());
            Err(wrong(error.message().to_owned(), format!("write {form}")))
        }
    }
}

/// The schema of an action: a word, or an object with a verb and, where it is meant for one of
/// several applications, its name.
pub fn schema(_: &mut SchemaGenerator) -> Schema {
    let bare = |verb: &&Verb| {
        (verb.read)(&Node::bare(Kind::Bool(true)), &mut Problems::default()).is_some()
    };
    let words: Vec<&str> = VERBS.iter().filter(bare).map(|verb| verb.name).collect();
    let mut properties: serde_json::Map<String, serde_json::Value> = VERBS
        .iter()
        .map(|verb| (verb.name.to_owned(), json!({ "description": verb.doc })))
        .collect();
    let app = json!({ "type": "string", "description": "The application it is meant for." });
    properties.insert("app".to_owned(), app);
    json_schema!({
        "anyOf": [
            { "type": "string", "enum": words },
            {
                "type": "object",
                "properties": properties,
                "additionalProperties": false,
                "minProperties": 1,
                "maxProperties": 2,
            },
        ],
    })
}

/// The example of each verb, as JSON.
pub fn examples() -> Vec<serde_json::Value> {
    let example = |verb: &Verb| {
        let table = toml::from_str::<toml::Table>(&format!("do = {}\n", verb.example)).ok()?;
        serde_json::to_value(table.get("do")?).ok()
    };
    VERBS.iter().filter_map(example).collect()
}

fn wrong(message: impl Into<String>, help: impl Into<String>) -> CommandRefusal {
    CommandRefusal { message: message.into(), help: help.into() }
}

fn json_node(value: serde_json::Value) -> Result<Node, CommandRefusal> {
    use serde_json::Value;
    let kind = match value {
        Value::Null => return Err(wrong("null means nothing here", "leave the key out")),
        Value::Bool(flag) => Kind::Bool(flag),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Kind::Integer(whole),
            (None, Some(number)) => Kind::Float(number),
            (None, None) => return Err(wrong(format!("`{number}` is too large a number"), "")),
        },
        Value::String(text) => Kind::Text(text),
        Value::Array(items) => {
            Kind::List(items.into_iter().map(json_node).collect::<Result<_, _>>()?)
        }
        Value::Object(map) => {
            table(map.into_iter().map(|(key, value)| Ok((key, json_node(value)?))))?
        }
    };
    Ok(Node::bare(kind))
}

fn toml_node(value: toml::Value) -> Result<Node, CommandRefusal> {
    use toml::Value;
    let kind = match value {
        Value::Boolean(flag) => Kind::Bool(flag),
        Value::Integer(whole) => Kind::Integer(whole),
        Value::Float(number) => Kind::Float(number),
        Value::String(text) => Kind::Text(text),
        Value::Datetime(instant) => match Time::parse(&instant.to_string()) {
            Some(instant) => Kind::Time(instant),
            None => {
                return Err(wrong(
                    format!("`{instant}` has no offset"),
                    "write 2026-03-02T08:00:00Z",
                ));
            }
        },
        Value::Array(items) => {
            Kind::List(items.into_iter().map(toml_node).collect::<Result<_, _>>()?)
        }
        Value::Table(map) => {
            table(map.into_iter().map(|(key, value)| Ok((key, toml_node(value)?))))?
        }
    };
    Ok(Node::bare(kind))
}

fn table(
    entries: impl Iterator<Item = Result<(String, Node), CommandRefusal>>,
) -> Result<Kind, CommandRefusal> {
    let entry = |(key, value)| Entry { key, key_span: Span::default(), value };
    entries.map(|read| read.map(entry)).collect::<Result<_, _>>().map(Kind::Table)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, json: &str) {
        assert_eq!(from_toml(text).ok(), from_json(json).ok(), "{text} {json}");
    }

    #[test]
    fn toml_and_json_say_the_same() {
        check("start", r#""start""#);
        check("\"start\"", r#""start""#);
        check("disable = \"ann\"", r#"{"disable":"ann"}"#);
        check("{ disable = \"ann\" }", r#"{"disable":"ann"}"#);
        check(
            "update = { user = \"ann\", set = { n = 1.5, l = [true] } }",
            r#"{"update":{"set":{"l":[true],"n":1.5},"user":"ann"}}"#,
        );
        assert!(from_toml("disable = ").is_err_and(|why| why.help.contains("disable")));
        assert!(
            from_toml("fault = { respond = }").is_err_and(|why| why.help.contains("respond = 503"))
        );
        assert!(
            from_toml("[fault]\nrespond =\n").is_err_and(|why| why.help.contains("respond = 503"))
        );
        assert!(from_toml("").is_ok_and(|node| node == Node::bare(Kind::Table(Vec::new()))));
        let refused = from_toml(
            "set = { entra.mappings.users.change = [{ target = \"id\", source = \"mail\" }] }",
        );
        let refused = refused.and_then(|node| read(&node)).expect_err("the portal refuses it");
        assert_eq!(refused.message, "`id` cannot be mapped: it is the application's own key");
        for (sent, said) in [
            ("set = { \"golinks.oauth\" = 3 }", "`golinks.oauth`: expected"),
            ("set = { golinks = { rate_limit = { rps = true } } }", "`golinks.rate_limit.rps`: "),
            ("update = { ann = { surname = 3 } }", "`ann.surname`: expected a string"),
            ("disable = 3", "expected the name of a user"),
        ] {
            let refused = from_toml(sent).and_then(|node| read(&node)).expect_err(sent);
            assert!(refused.message.starts_with(said), "{sent}: {}", refused.message);
        }
        for (sent, help) in [
            ("[fault]\nstatus = 503\n", "write respond = 503"),
            ("fault = { respond = 503, user = \"ann\" }", "write when = { user = \"ann\" }"),
            ("add_member = { sales = \"ann\" }", "write { group = \"sales\", user = \"ann\" }"),
        ] {
            let refused = from_toml(sent).and_then(|node| read(&node)).expect_err(sent);
            assert_eq!(refused.help, help, "{sent}");
        }
        assert!(from_json("{").is_err());
        assert!(from_json("null").is_err());
    }
}
