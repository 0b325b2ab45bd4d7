//! What the words of `run.jsonl` mean, read from the types that its lines are made of: a kind or a
//! member that is added there is told of here.

use schemars::{JsonSchema, SchemaGenerator};
use serde_json::Value;

use super::line::{EndKind, HeadKind, LineKind, RunByHand, RunCheck, RunEnd, RunHead, RunLine};
use super::line::{RunOutcome, RunRow, RunStory, RunSwitch, RunWorlds, WorldsKind};

/// The kinds of lines, in the order in which they come.
pub fn kinds() -> Vec<(String, String)> {
    let mut kinds = variants(&schema_of::<HeadKind>());
    kinds.extend(variants(&schema_of::<LineKind>()));
    kinds.extend(variants(&schema_of::<WorldsKind>()));
    kinds.extend(variants(&schema_of::<EndKind>()));
    kinds
}

/// What can come of a run, as the last line has it.
pub fn outcomes() -> Vec<(String, String)> {
    variants(&schema_of::<RunOutcome>())
}

/// The members of lines: those of the head, of the records of the journal, then of all others,
/// which say of what they are.
pub fn members() -> Vec<(String, String)> {
    let tables = [
        ("", schema_of::<RunHead>()),
        ("", schema_of::<RunSwitch>()),
        ("", schema_of::<RunLine<'static>>()),
        ("Of what was done by hand: ", schema_of::<RunByHand>()),
        ("Of a row of the provisioning log: ", schema_of::<RunRow>()),
        ("Of how the worlds compare: ", schema_of::<RunWorlds>()),
        ("Of the end: ", schema_of::<RunEnd>()),
        ("Of an expectation: ", schema_of::<RunCheck>()),
        ("Of an entry of the story: ", schema_of::<RunStory>()),
    ];
    let mut members: Vec<(String, String)> = Vec::new();
    for (of, schema) in &tables {
        for (name, doc) in properties(schema) {
            let doc = if of.is_empty() { doc } else { format!("{of}{}", uncapitalized(&doc)) };
            match members.iter_mut().find(|(known, _)| *known == name) {
                // What it is stands in each line; the kinds themselves have words of their own.
                Some((_, known)) if name != "kind" && !known.contains(&doc) => {
                    *known += &format!("\n{doc}");
                }
                Some(_) => {}
                None => members.push((name, doc)),
            }
        }
    }
    members
}

fn uncapitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().collect::<String>() + chars.as_str())
        .unwrap_or_default()
}

fn schema_of<T: JsonSchema>() -> Value {
    SchemaGenerator::default().into_root_schema_for::<T>().to_value()
}

/// The values of an enumeration with their docs: one alone, or several that schemars lists.
fn variants(schema: &Value) -> Vec<(String, String)> {
    let several = schema["oneOf"].as_array().into_iter().flatten();
    let listed: Vec<&Value> = several.chain(schema["const"].as_str().map(|_| schema)).collect();
    let word = |one: &Value| Some((one["const"].as_str()?.to_owned(), doc(one)));
    listed.into_iter().filter_map(word).collect()
}

fn properties(schema: &Value) -> Vec<(String, String)> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.map(|(name, property)| (name.clone(), doc(property))).collect()
}

/// The doc comment, without the marks and breaks that it has in the code.
fn doc(schema: &Value) -> String {
    let text = schema["description"].as_str().unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace(['[', ']'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_line_and_each_member_has_words() {
        let kinds = kinds();
        let names: Vec<&str> = kinds.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names.first(), Some(&"head"));
        assert_eq!(names.last(), Some(&"end"));
        for kind in [
            "request", "answer", "account", "row", "entra", "golinks", "fault", "story", "action",
            "refused", "worlds",
        ] {
            assert!(names.contains(&kind), "{kind}: {names:?}");
        }
        for (name, doc) in kinds.into_iter().chain(members()).chain(outcomes()) {
            assert!(doc.len() > 10 && doc.ends_with('.'), "{name}: {doc}");
        }
        assert!(members().iter().any(|(name, _)| name == "retry_after"));
    }
}
