//! The schema knows what the tables know.

use serde_json::Value;

use super::{base_schema, json_schema};
use crate::scenario::explain::topics;

/// The schemas at and below a dotted name, through references and alternatives.
fn find<'a>(whole: &'a Value, at: &'a Value, path: &[&str], found: &mut Vec<&'a Value>) {
    if let Some(name) = at["$ref"].as_str().and_then(|name| name.strip_prefix("#/definitions/")) {
        find(whole, &whole["definitions"][name], path, found);
    }
    for list in ["anyOf", "allOf", "oneOf"].map(|key| at[key].as_array()).into_iter().flatten() {
        list.iter().for_each(|one| find(whole, one, path, found));
    }
    let Some((key, rest)) = path.split_first() else { return found.push(at) };
    if let Some(inner) = at["properties"].get(*key) {
        find(whole, inner, rest, found);
    } else if at["additionalProperties"].is_object() {
        find(whole, &at["additionalProperties"], rest, found);
    }
}

fn at<'a>(schema: &'a Value, name: &str) -> Vec<&'a Value> {
    let (path, mut found): (Vec<&str>, _) = (name.split('.').collect(), Vec::new());
    find(schema, schema, &path, &mut found);
    found
}

#[test]
fn every_key_that_is_explained_is_in_it() {
    let schema = json_schema();
    let kinds = ["setting", "policy", "quirk", "key"];
    let is_key = |kind: &str| kinds.contains(&kind.split(' ').next().unwrap_or_default());
    let mut missing = Vec::new();
    for topic in topics::all() {
        let name = match topic.kind {
            super::super::explain::topics::OBSERVED => format!("finally.{}", topic.name),
            "key of faults" | "key of mappings" | "key of moments" => continue,
            kind if is_key(kind) => topic.name.clone(),
            _ => continue,
        };
        if at(&schema, &name).is_empty() {
            missing.push(name);
        }
    }
    assert!(missing.is_empty(), "the schema lacks {missing:?}");
}

#[test]
fn a_base_has_a_setup_and_neither_needs_nor_takes_a_story() {
    let (whole, base) = (json_schema(), base_schema());
    assert_eq!(base.get("required"), None);
    for (key, takes) in [("entra", true), ("extends", true), ("at", false), ("title", false)] {
        assert_eq!(base["properties"].get(key).is_some(), takes, "{key}");
    }
    assert_eq!(base["properties"]["user"], whole["properties"]["user"]);
}

#[test]
fn values_have_the_types_that_their_readers_take() {
    let schema = json_schema();
    let shown = |name: &str| {
        let of = at(&schema, name).into_iter().find(|it| it.get("description").is_some());
        let mut of = of.cloned().unwrap_or_default();
        if let Some(it) = of.as_object_mut() {
            it.remove("description");
            it.remove("examples");
        }
        of.to_string()
    };
    assert_eq!(shown("entra.dialect"), r#"{"enum":["classic","compliant"]}"#);
    assert_eq!(shown("entra.policy.max_rps"), r#"{"minimum":0,"type":"integer"}"#);
    assert_eq!(shown("entra.policy.quarantine_ratio"), r#"{"type":"number"}"#);
    assert_eq!(shown("entra.policy.trip_on_equal"), r#"{"type":"boolean"}"#);
    assert!(shown("entra.policy.cycle_interval").contains("pattern"));
    assert_eq!(shown("user.ann.enabled"), r#"{"type":"boolean"}"#);
    // Graph writes a truth value as a text.
    let either = r#"{"anyOf":[{"type":"boolean"},{"type":"string"}]}"#;
    assert_eq!(shown("entra.secrets.SyncAll"), either);
    assert_eq!(shown("entra.secrets.SecretToken"), either);
    assert!(shown("golinks.profile").contains(r#""enum":["golinks","generic"]"#));
    assert!(shown("finally.job.state").contains(r#"["Active","Paused","Disabled"]"#));
    // One of the tokens of an account, by its place.
    let place =
        r#""revoke_api_tokens":{"anyOf":[{"type":"string"},{"type":"array"},{"type":"object"}]"#;
    assert!(schema.to_string().contains(place));
}
