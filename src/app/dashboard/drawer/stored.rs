//! What was sent against what the server stored: every value of a body, and what stands there now.

use super::parts::{Piece, Row, Section};
use crate::app::dashboard::panels::Scene;
use crate::app::dashboard::words;
use crate::evidence::exchange::{Content, RunExchange};
use crate::scim::{Object, Path, Value};

/// How many values are compared.
const SHOWN: usize = 60;

/// Every value that a request wrote, and what is stored; `None` when it wrote none. The answer
/// tells what is stored; where it has no body, the account or the group as it is now.
pub fn of(scene: &Scene<'_>, exchange: &RunExchange) -> Option<Section> {
    if !matches!(exchange.method.as_str(), "POST" | "PUT" | "PATCH") {
        return None;
    }
    let object = |content: &Content| Object::parse(content.body.as_ref()?.as_bytes()).ok();
    let written = written(&object(&exchange.sent)?);
    let answered = exchange.answer.as_ref().and_then(|answer| object(&answer.content));
    let (title, stored) = match answered.filter(|it| it.get("id").is_some()) {
        Some(stored) => ("Sent against stored, as the answer says", stored),
        None => ("Sent against stored, as it is now", resource(scene, &exchange.target)?),
    };
    let mut rows: Vec<Row> =
        written.into_iter().take(SHOWN).map(|(path, sent)| row(path, &sent, &stored)).collect();
    rows.sort_by_key(|row| row.tone.is_empty());
    let columns = ["Attribute", "Sent", "", "Stored"];
    Some(Section::table(title, &columns, rows, "It wrote no value."))
}

/// The account or the group that a path names, as it is now.
fn resource(scene: &Scene<'_>, target: &str) -> Option<Object> {
    let path = target.split('?').next()?;
    let (before, id) = path.trim_end_matches('/').rsplit_once('/')?;
    let target = scene.app().target();
    match before.ends_with("/Groups") {
        true => target.group(target.find_group_id(id)?),
        false => target.account(target.find_id(id)?).map(|account| account.resource),
    }
}

fn row(path: String, sent: &Value, stored: &Object) -> Row {
    let there = Path::parse(&path).ok().and_then(|path| path.find(stored).cloned());
    let (tone, mark) = match is_same(sent, there.as_ref()) {
        true => ("", "="),
        false => ("bad", "≠"),
    };
    let stored = there.map_or_else(|| Piece::from("none").in_tone("faint"), |it| shown(&it));
    let short = path.rsplit(':').next().unwrap_or(&path).to_owned();
    Row { tone, cells: vec![short.into(), shown(sent), Piece::from(mark).in_tone(tone), stored] }
}

/// Whether the same is stored: a text in any case, and nothing for a value that was taken away.
fn is_same(sent: &Value, stored: Option<&Value>) -> bool {
    let text = |value: &Value| match value {
        Value::Text(text) => text.as_str().to_lowercase(),
        other => other.to_string().to_lowercase(),
    };
    match stored.filter(|value| !value.is_absent()) {
        None => sent.is_absent() || sent.as_text() == Some(""),
        Some(stored) => text(sent) == text(stored),
    }
}

fn shown(value: &Value) -> Piece {
    match value {
        Value::Null => Piece::from("none").in_tone("faint"),
        Value::Text(text) => words::cut(text, 300).into(),
        other => words::cut(&other.to_string(), 300).into(),
    }
}

/// The values that a body writes, each with its path.
fn written(body: &Object) -> Vec<(String, Value)> {
    let mut written = Vec::new();
    let Some(operations) = body.get("Operations").and_then(Value::as_list) else {
        flatten("", body, &mut written);
        return written;
    };
    for operation in operations.iter().filter_map(Value::as_object) {
        let path = operation.get("path").and_then(Value::as_text).unwrap_or_default();
        let removes = operation
            .get("op")
            .and_then(Value::as_text)
            .is_some_and(|op| op.eq_ignore_ascii_case("remove"));
        match operation.get("value") {
            _ if path == "members" => {}
            _ if removes => written.push((path.to_owned(), Value::Null)),
            Some(Value::Object(values)) => flatten(path, values, &mut written),
            Some(value) => written.push((path.to_owned(), value.clone())),
            None => {}
        }
    }
    written
}

/// The single values below an object, each with its path.
fn flatten(before: &str, object: &Object, written: &mut Vec<(String, Value)>) {
    for (name, value) in object.iter().filter(|(name, _)| *name != "schemas") {
        let path = match before {
            "" => name.to_owned(),
            urn if is_schema(urn) => format!("{urn}:{name}"),
            before => format!("{before}.{name}"),
        };
        match value {
            Value::Object(values) => flatten(&path, values, written),
            Value::List(elements) => flatten_list(&path, elements, value, written),
            single => written.push((path, single.clone())),
        }
    }
}

/// Whether a path is the URN of a schema, `urn:…:2.0:User`, below which attributes stand after a
/// colon.
fn is_schema(path: &str) -> bool {
    let version = path.rsplit(':').nth(1);
    path.starts_with("urn:")
        && version.is_some_and(|it| it.starts_with(|c: char| c.is_ascii_digit()))
}

/// The elements of a list by their type; a list without types as a whole.
fn flatten_list(path: &str, elements: &[Value], whole: &Value, written: &mut Vec<(String, Value)>) {
    let parts = elements.iter().map(|element| {
        let element = element.as_object()?;
        Some((element.get("type")?.as_text()?, element.get("value")?))
    });
    match parts.collect::<Option<Vec<_>>>() {
        Some(parts) => written.extend(
            parts
                .into_iter()
                .map(|(kind, value)| (format!("{path}[type eq \"{kind}\"].value"), value.clone())),
        ),
        None => written.push((path.to_owned(), whole.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(body: &str) -> Vec<(String, String)> {
        let body = Object::parse(body.as_bytes()).expect("a body");
        written(&body).into_iter().map(|(path, value)| (path, value.to_string())).collect()
    }

    #[test]
    fn every_value_of_a_body_has_a_path() {
        let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let body = format!(
            r#"{{"schemas":["x"],"userName":"a","name":{{"givenName":"A"}},
                "emails":[{{"type":"work","value":"a@x"}}],"{enterprise}":{{"department":"D","manager":{{"value":"1"}}}}}}"#
        );
        let expected = [
            ("userName".to_owned(), "\"a\""),
            ("name.givenName".to_owned(), "\"A\""),
            ("emails[type eq \"work\"].value".to_owned(), "\"a@x\""),
            (format!("{enterprise}:department"), "\"D\""),
            (format!("{enterprise}:manager.value"), "\"1\""),
        ];
        let expected = expected.map(|(path, value)| (path, value.to_owned()));
        assert_eq!(paths(&body), expected);
    }

    #[test]
    fn operations_write_at_their_paths() {
        let body = r#"{"Operations":[{"op":"Replace","path":"active","value":false},
            {"op":"Remove","path":"title"},{"op":"Add","value":{"displayName":"A"}},
            {"op":"Add","path":"members","value":[{"value":"1"}]}]}"#;
        let expected = [("active", "false"), ("title", "null"), ("displayName", "\"A\"")]
            .map(|(path, value)| (path.to_owned(), value.to_owned()));
        assert_eq!(paths(body), expected);
    }

    #[test]
    fn a_value_is_stored_or_is_not() {
        let text = |text: &str| Value::from(text);
        for (sent, stored, same) in [
            (text("False"), Some(Value::Bool(false)), true),
            (text("Sales"), Some(text("sales")), true),
            (text("Sales"), Some(text("Art")), false),
            (text("Sales"), None, false),
            (Value::Null, None, true),
        ] {
            assert_eq!(is_same(&sent, stored.as_ref()), same, "{sent} {stored:?}");
        }
    }
}
