//! Reads values out of the JSON that a server sent; names are found in any case (RFC 7643 2.1).

use serde_json::Value;

/// Returns the value at a path: each step is a name, or `name=value`, which takes the first element
/// of a list whose sub-attribute of that name has that value.
pub fn pick<'a>(value: &'a Value, steps: &[&str]) -> Option<&'a Value> {
    steps.iter().try_fold(value, |value, step| match (value, step.split_once('=')) {
        (Value::Array(items), Some((name, wanted))) => {
            items.iter().find(|item| text(item, &[name]).is_some_and(|is| is == wanted))
        }
        _ => member(value, step),
    })
}

/// The text at a path.
pub fn text<'a>(value: &'a Value, steps: &[&str]) -> Option<&'a str> {
    pick(value, steps)?.as_str()
}

/// The list at a path; empty when there is none.
pub fn list<'a>(value: &'a Value, steps: &[&str]) -> &'a [Value] {
    pick(value, steps).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A path as SCIM writes it: `emails[type eq "work"].value` (RFC 7644 3.10).
pub fn path(steps: &[&str]) -> String {
    let mut out = String::new();
    for (nth, step) in steps.iter().enumerate() {
        match step.split_once('=') {
            Some((name, value)) => out += &format!("[{name} eq \"{value}\"]"),
            None if nth == 0 => out += step,
            None if nth == 1 && out.starts_with("urn:") => out += &format!(":{step}"),
            None => out += &format!(".{step}"),
        }
    }
    out
}

/// Whether nothing is there: no such name, `null`, an empty text or an empty list.
pub fn is_empty(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        Some(Value::Object(members)) => members.values().all(|member| is_empty(Some(member))),
        Some(_) => false,
    }
}

/// A value as it is quoted in a finding: compact JSON, or `nothing`.
pub fn shown(value: Option<&Value>) -> String {
    cut(&value.map_or_else(|| "nothing".to_owned(), Value::to_string), 120)
}

/// The beginning of a text that is too long.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let members = value.as_object()?;
    members
        .get(name)
        .or_else(|| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_goes_through_objects_and_lists() {
        let user = serde_json::json!({
            "Emails": [{"type": "home", "value": "a"}, {"type": "work", "value": "b"}],
            "name": {"familyName": "Ōe"}, "nothing": {"x": ""},
        });
        assert_eq!(text(&user, &["emails", "type=work", "value"]), Some("b"));
        assert_eq!(text(&user, &["name", "familyname"]), Some("Ōe"));
        assert_eq!(text(&user, &["emails", "type=other", "value"]), None);
        assert!(is_empty(pick(&user, &["nothing"])));
    }

    #[test]
    fn a_path_is_written_as_scim_does() {
        for (steps, written) in [
            (&["title"][..], "title"),
            (&["name", "givenName"], "name.givenName"),
            (&["emails", "type=work", "value"], "emails[type eq \"work\"].value"),
            (&["urn:x:2.0:User", "department"], "urn:x:2.0:User:department"),
        ] {
            assert_eq!(path(steps), written);
        }
    }
}
