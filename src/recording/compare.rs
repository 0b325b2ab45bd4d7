//! Whether a server answers as it did when it was recorded: its status, media type and body,
//! without what no two runs have alike (ids, dates, versions, links, the prose of errors, the order
//! of lists).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::attribute;
use super::exchange::Message;
use super::others::{LeftOut, Ours};

/// The recorded ids with those that stand for them now.
pub type Ids = BTreeMap<String, String>;

/// A place where two answers differ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Point {
    /// The status, the media type, or a path in the body.
    pub place: String,
    /// What was recorded.
    pub expected: String,
    /// What came now.
    pub actual: String,
}

/// An answer that came now.
#[derive(Clone, Debug, Default)]
pub struct ServerAnswer {
    /// Its status.
    pub status: u16,
    /// Its content type.
    pub media: String,
    /// Its body.
    pub body: Vec<u8>,
}

/// The place of a point that is about the status.
pub const STATUS: &str = "status";

/// What a point says of a value that is not there.
pub const ABSENT: &str = "absent";

/// Members that are not compared.
const IGNORED: [&str; 8] = [
    "created",
    "lastmodified",
    "location",
    "version",
    "$ref",
    "detail",
    "password",
    "documentationuri",
];

/// Members that hold the id of a resource.
const ID_HOLDERS: [&str; 3] = ["members", "manager", "groups"];

/// With what two answers are compared.
pub struct Compared<'a> {
    /// The recorded ids with those of now.
    pub ids: &'a Ids,
    /// The answer is a page of a list. Which resources are on it depends on the order in which a
    /// server keeps them, so only their number is compared.
    pub page: bool,
    /// What belongs to the recording.
    pub ours: Ours<'a>,
}

/// Where an answer differs from the recorded one, and what of it was not compared.
pub fn compare(
    expected: &Message,
    actual: &ServerAnswer,
    with: &Compared<'_>,
) -> (Vec<Point>, LeftOut) {
    let mut points = Vec::new();
    let mut left_out = LeftOut::default();
    if expected.status() != actual.status {
        let before = said(expected.status(), expected.json());
        let now = said(actual.status, serde_json::from_slice(&actual.body).ok());
        points.push(Point { place: STATUS.into(), expected: before, actual: now });
        // A refusal and a resource have nothing to be compared.
        if is_success(expected.status()) != is_success(actual.status) {
            return (points, left_out);
        }
    }
    let known = expected.content.left_out.is_empty() && !expected.content.base64;
    if !known {
        return (points, left_out);
    }
    let (was, is) = (!expected.content.is_empty(), !actual.body.is_empty());
    if was && is {
        let essence =
            |media: &str| media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let media = essence(expected.get("content-type").unwrap_or_default());
        if media != essence(&actual.media) {
            points.push(Point {
                place: "content type".into(),
                expected: media,
                actual: essence(&actual.media),
            });
        }
    }
    let counted = |body: &mut Value| {
        if let Some(many) = body["Resources"].as_array().map(Vec::len).filter(|_| with.page) {
            body["Resources"] = Value::from(many);
        }
    };
    let before = expected.json();
    let now = serde_json::from_slice::<Value>(&actual.body).ok();
    match (before, now) {
        (Some(mut before), Some(mut now)) => {
            left_out = with.ours.only(&mut before, &mut now);
            counted(&mut before);
            counted(&mut now);
            Comparison { ids: with.ids, points: &mut points }.values("", &before, &now)
        }
        (Some(before), None) => points.push(Point {
            place: "body".into(),
            expected: shorten(&before.to_string()),
            actual: if is { "no JSON".into() } else { "none".into() },
        }),
        (None, Some(now)) if !was => points.push(Point {
            place: "body".into(),
            expected: "none".into(),
            actual: shorten(&now.to_string()),
        }),
        _ => {}
    }
    (points, left_out)
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// A status, and of an error what its body says of it: `400 (invalidPath: no such attribute)`.
fn said(status: u16, body: Option<Value>) -> String {
    let text = |name: &str| {
        let text = body.as_ref().and_then(|body| body.get(name)?.as_str());
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let parts: Vec<String> = ["scimType", "detail"].into_iter().filter_map(text).collect();
    match is_success(status) || parts.is_empty() {
        true => status.to_string(),
        false => format!("{status} ({})", shorten(&parts.join(": "))),
    }
}

struct Comparison<'a> {
    ids: &'a Ids,
    points: &'a mut Vec<Point>,
}

impl Comparison<'_> {
    fn differ(&mut self, path: &str, expected: &Value, actual: &Value) {
        let place = if path.is_empty() { "body" } else { path };
        self.points.push(Point {
            place: place.to_owned(),
            expected: shown(expected),
            actual: shown(actual),
        });
    }

    fn values(&mut self, path: &str, expected: &Value, actual: &Value) {
        match (expected, actual) {
            (Value::Object(expected), Value::Object(actual)) => {
                self.objects(path, expected, actual);
            }
            (Value::Array(expected), Value::Array(actual)) => self.lists(path, expected, actual),
            (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => {}
            (Value::String(a), Value::String(b)) if are_dates(a, b) => {}
            (a, b) if a == b || (is_nothing(a) && is_nothing(b)) => {}
            (a, b) if holds_id(path) && self.are_one(a, b) => {}
            _ => self.differ(path, expected, actual),
        }
    }

    /// Whether two ids mean the same resource. One that was not made by the recorded requests may
    /// be any.
    fn are_one(&self, expected: &Value, actual: &Value) -> bool {
        let (Some(expected), Some(actual)) = (id_text(expected), id_text(actual)) else {
            return false;
        };
        self.ids.get(&expected).is_none_or(|now| *now == actual)
    }

    fn objects(&mut self, path: &str, expected: &Map<String, Value>, actual: &Map<String, Value>) {
        let names =
            expected.keys().chain(actual.keys().filter(|name| !expected.contains_key(*name)));
        for name in names {
            if IGNORED.contains(&name.to_ascii_lowercase().as_str()) {
                continue;
            }
            let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            let one =
                |object: &Map<String, Value>| object.get(name).cloned().unwrap_or(Value::Null);
            self.values(&below, &one(expected), &one(actual));
        }
    }

    /// Lists in any order: what is alike is paired, and of the rest one is held against one.
    fn lists(&mut self, path: &str, expected: &[Value], actual: &[Value]) {
        let mut rest: Vec<&Value> = actual.iter().collect();
        let mut unpaired = Vec::new();
        for one in expected {
            match rest.iter().position(|other| self.alike(path, one, other)) {
                Some(at) => drop(rest.remove(at)),
                None => unpaired.push(one),
            }
        }
        let mut rest = rest.into_iter();
        for one in unpaired {
            match rest.next() {
                Some(other) => self.values(path, one, other),
                None => self.differ(path, one, &Value::Null),
            }
        }
        for other in rest {
            self.differ(path, &Value::Null, other);
        }
    }

    fn alike(&self, path: &str, expected: &Value, actual: &Value) -> bool {
        let mut points = Vec::new();
        Comparison { ids: self.ids, points: &mut points }.values(path, expected, actual);
        points.is_empty()
    }
}

/// Whether the value at this path is the id of a resource.
pub fn holds_id(path: &str) -> bool {
    let names = attribute::names(path);
    let last = names.last().map(String::as_str).unwrap_or_default();
    let holder = names.iter().any(|name| ID_HOLDERS.contains(&name.as_str()));
    last == "id" || (holder && (last == "value" || ID_HOLDERS.contains(&last)))
}

/// An id as text; some servers have numbers.
pub fn id_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Absent, null and an empty list are one (RFC 7643 2.5).
fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

fn are_dates(a: &str, b: &str) -> bool {
    let is_date = |text: &str| {
        text.len() >= 19
            && text.as_bytes()[10] == b'T'
            && text.starts_with(|c: char| c.is_ascii_digit())
    };
    is_date(a) && is_date(b)
}

fn shown(value: &Value) -> String {
    if value.is_null() { ABSENT.to_owned() } else { shorten(&value.to_string()) }
}

/// At most so much of a text.
pub fn shorten(text: &str) -> String {
    const MAX: usize = 200;
    match text.char_indices().nth(MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::exchange::Content;
    use super::*;

    fn points(expected: &str, actual: &str) -> Vec<String> {
        let content =
            Content { text: expected.into(), size: expected.len() as u64, ..Content::default() };
        let headers = vec![("Content-Type".into(), "application/scim+json; charset=utf-8".into())];
        let was = Message { line: "HTTP/1.1 200 OK".into(), headers, content };
        let is = ServerAnswer {
            status: 200,
            media: "application/scim+json".into(),
            body: actual.into(),
        };
        let ids = Ids::from([("7".to_owned(), "b2".to_owned())]);
        let none = BTreeSet::new();
        let ours = Ours { now: &none, missing: &none, most: 0, others: false };
        let (points, _) = compare(&was, &is, &Compared { ids: &ids, page: false, ours });
        points
            .iter()
            .map(|point| format!("{} {} {}", point.place, point.expected, point.actual))
            .collect()
    }

    #[test]
    fn answers_are_compared_by_what_they_say() {
        let none: &[&str] = &[];
        for (expected, actual, differ) in [
            (r#"{"a":1,"b":[1,2]}"#, r#"{"b":[2,1.0],"a":1}"#, none),
            (
                r#"{"id":"7","meta":{"created":"x","version":"1"}}"#,
                r#"{"id":"b2","meta":{"version":2}}"#,
                none,
            ),
            (r#"{"id":"7"}"#, r#"{"id":"b3"}"#, &["id \"7\" \"b3\""]),
            (r#"{"id":"8"}"#, r#"{"id":3}"#, none),
            (r#"{"members":[{"value":"7"}]}"#, r#"{"members":[{"value":"b2","$ref":"x"}]}"#, none),
            (r#"{"active":false}"#, r#"{"active":"False"}"#, &["active false \"False\""]),
            (r#"{"roles":[]}"#, r#"{"nickName":null}"#, none),
            (r#"{"userName":"a"}"#, r#"{"userName":"A"}"#, &["userName \"a\" \"A\""]),
            (
                r#"{"e":[{"t":"w","v":1},{"t":"h","v":2}]}"#,
                r#"{"e":[{"t":"h","v":2},{"t":"w","v":3}]}"#,
                &["e.v 1 3"],
            ),
            (r#"{"l":[1]}"#, r#"{"l":[1,2]}"#, &["l absent 2"]),
            (r#"{"d":"2026-01-01T00:00:00Z"}"#, r#"{"d":"2027-01-01T00:00:00Z"}"#, none),
            (
                r#"{"detail":"x","status":"409"}"#,
                r#"{"detail":"y","status":409}"#,
                &["status \"409\" 409"],
            ),
            (r#"{"a":1}"#, "<html>", &["body {\"a\":1} no JSON"]),
            ("", r#"{"a":1}"#, &["body none {\"a\":1}"]),
        ] {
            assert_eq!(points(expected, actual), differ, "{expected} {actual}");
        }
    }
}
