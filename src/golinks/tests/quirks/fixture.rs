//! What the cases of quirks are tried on.

use super::*;

pub(super) const ANN: &str = r#"{"userName":"ann@x.example","externalId":"ann","active":true,"displayName":"Ann",
    "name":{"givenName":"Ann","familyName":"Okafor"},
    "emails":[{"type":"work","value":"ann@x.example"},{"type":"home","value":"home@x.example"}],
    "roles":[{"value":"user","primary":true}],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Sales","manager":{"value":"4711"}}}"#;
pub(super) const BEN: &str = r#"{"userName":"ben@x.example","active":false}"#;

/// A request, and what is seen of it: the status, and the value at a path of the answer or of what
/// is read afterwards.
pub(super) struct Case {
    /// `name=value` of quirks, with blanks between several.
    pub(super) quirks: &'static str,
    pub(super) ask: &'static str,
    pub(super) body: &'static str,
    /// What is read afterwards; empty for the answer itself.
    pub(super) look: &'static str,
    pub(super) at: &'static str,
    pub(super) on: (u16, &'static str),
    pub(super) off: (u16, &'static str),
}

/// Ann, inactive Ben, and a crew of both.
pub(super) struct Fixture {
    pub(super) bench: Bench,
    pub(super) names: Vec<(&'static str, String)>,
}

impl Fixture {
    pub(super) fn with(quirks: &str) -> Fixture {
        // What is there was made before the quirks came.
        let mut fixture =
            Fixture { bench: Bench::with(&[("profile", text("generic"))]), names: Vec::new() };
        fixture.add("{ann}", "POST /Users", ANN);
        fixture.add("{ben}", "POST /Users", BEN);
        fixture.add(
            "{crew}",
            "POST /Groups",
            r#"{"displayName":"Crew","members":[{"value":"{ann}"},{"value":"{ben}"}]}"#,
        );
        for quirk in quirks.split(' ').filter(|quirk| !quirk.is_empty()) {
            let (name, value) = quirk.split_once('=').unwrap();
            let kind = match (value.parse::<i64>(), value) {
                (Ok(number), _) => Kind::Integer(number),
                (_, "true") => Kind::Bool(true),
                _ => text(value),
            };
            let mut problems = Problems::default();
            fixture.bench.golinks.set(&["quirks", name], &Node::bare(kind), &mut problems);
            assert!(problems.list().is_empty(), "{quirk}: {problems:?}");
        }
        fixture
    }

    pub(super) fn add(&mut self, name: &'static str, ask: &str, body: &str) {
        let (status, answer) = self.send(ask, body);
        assert_eq!(status, 201, "{answer}");
        let id = Object::parse(answer.as_bytes())
            .unwrap()
            .get("id")
            .and_then(Value::as_text)
            .unwrap()
            .to_owned();
        self.names.push((name, id));
    }

    pub(super) fn fill(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id))
    }

    pub(super) fn send(&mut self, ask: &str, body: &str) -> (u16, String) {
        let (ask, body) = (self.fill(ask), self.fill(body));
        let (method, path) = ask.split_once(' ').unwrap();
        let request = Request::builder().method(method).uri(format!("/scim/v2{path}"));
        let request = request.header("authorization", "Bearer golinks-demo-token");
        let request = match body.is_empty() {
            true => request,
            false => request.header("content-type", "application/scim+json; charset=utf-8"),
        };
        let body = match method {
            "PATCH" if !body.is_empty() => format!("{{\"Operations\":[{body}]}}"),
            _ => body,
        };
        let request = request.body(Bytes::from(body)).unwrap();
        let response = self.bench.do_by_hand(|golinks, moment| golinks.handle(&request, moment));
        (response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap())
    }

    pub(super) fn seen(&mut self, case: &Case) -> (u16, String) {
        let (status, answer) = self.send(case.ask, case.body);
        let read = if case.look.is_empty() { answer } else { self.send(case.look, "").1 };
        let value = match Object::parse(read.as_bytes()) {
            Ok(object) => value_at(&object, case.at),
            Err(_) => read.chars().take(9).collect(),
        };
        let value = self.names.iter().fold(value, |value, (name, id)| value.replace(id, name));
        (status, value)
    }
}

/// A value as JSON; of a list of members their ids; `#` before a name counts.
pub(super) fn value_at(object: &Object, at: &str) -> String {
    if let Some(name) = at.strip_prefix('#') {
        return object.get(name).and_then(Value::as_list).map_or(0, <[Value]>::len).to_string();
    }
    // Names are compared as they are written: what is misspelt is not found.
    if let Some(name) = at.strip_prefix('=') {
        return object.iter().any(|(key, _)| key == name).to_string();
    }
    match (at, object.get(at)) {
        ("Resources", Some(Value::List(found))) => {
            let id = |it: &Value| {
                it.as_object().and_then(|it| it.get("id")).map(Value::to_string).unwrap_or_default()
            };
            found.iter().map(id).collect::<Vec<_>>().join(" ")
        }
        (_, Some(value)) => value.to_string(),
        _ => Path::parse(at)
            .ok()
            .and_then(|path| path.find(object))
            .map(Value::to_string)
            .unwrap_or_default(),
    }
}
