//! GoLinks as its clients meet it: requests and what they are answered.

mod access;
mod acs;
mod bulk;
mod by_hand;
mod credentials;
mod edge;
mod extensions;
mod generic;
mod groups;
mod pages;
mod patch;
mod quirks;
mod refusals;
mod rest;
mod sign_in;
mod signed;
mod users;

use bytes::Bytes;
use http::{Request, Response};

use crate::base::{Kind, Moment, Node, Problems, Seed, Time};
use crate::golinks::Event;
use crate::golinks::GoLinks;
use crate::golinks::Settings;
use crate::scim::{Object, Path, Value};

const START: Time = Time::from_secs(1_772_438_400);
pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A GoLinks with a clock and a notebook.
pub(super) struct Bench {
    pub(super) golinks: GoLinks,
    pub(super) now: Time,
    events: Vec<Event>,
}

/// An answer, as tables compare it.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) response: Response<Bytes>,
}

impl Answer {
    pub(super) fn body(&self) -> Object {
        Object::parse(self.response.body())
            .unwrap_or_else(|why| panic!("{why}: {:?}", self.response))
    }

    /// The value at a path of the body, as JSON; empty when there is none.
    pub(super) fn at(&self, path: &str) -> String {
        Path::parse(path).unwrap().find(&self.body()).map(Value::to_string).unwrap_or_default()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(super) fn id(&self) -> String {
        self.at("id").trim_matches('"').to_owned()
    }
}

impl Bench {
    pub(super) fn new() -> Bench {
        Bench::with(&[])
    }

    /// A GoLinks with these settings.
    pub(super) fn with(settings: &[(&str, Kind)]) -> Bench {
        let mut chosen = Settings::default();
        let mut problems = Problems::default();
        for (path, kind) in settings {
            let path: Vec<&str> = path.split('.').collect();
            chosen.set(&path, &Node::bare(kind.clone()), &mut problems);
        }
        assert!(problems.list().is_empty(), "{problems:?}");
        Bench { golinks: GoLinks::new(chosen, START), now: START, events: Vec::new() }
    }

    /// Changes a setting.
    pub(super) fn set(&mut self, path: &str, kind: Kind) {
        let path: Vec<&str> = path.split('.').collect();
        let mut problems = Problems::default();
        self.golinks.set(&path, &Node::bare(kind), &mut problems);
        assert!(problems.list().is_empty(), "{problems:?}");
    }

    pub(super) fn do_by_hand<T>(
        &mut self,
        act: impl FnOnce(&mut GoLinks, &mut Moment<'_, Event>) -> T,
    ) -> T {
        act(&mut self.golinks, &mut Moment::new(self.now, Seed(7), &mut self.events))
    }

    /// Sends a request as the provisioning client would; `ask` is `METHOD path`.
    pub(super) fn send(&mut self, ask: &str, body: &str) -> Answer {
        self.send_with(ask, body, &[("authorization", "Bearer golinks-demo-token")])
    }

    pub(super) fn send_with(&mut self, ask: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
        let answer = self.send_at(None, ask, body, headers);
        let expected =
            if answer.response.body().is_empty() { None } else { Some("application/scim+json") };
        assert_eq!(
            answer.response.headers().get("content-type").map(|value| value.to_str().unwrap()),
            expected
        );
        answer
    }

    /// The same for a client with a time of its own, whatever the answer's type.
    pub(super) fn send_at(
        &mut self,
        own: Option<crate::golinks::ClientTime>,
        ask: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let (method, path) = ask.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(format!("/scim/v2{path}"));
        if !body.is_empty() && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/scim+json; charset=utf-8");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Bytes::from(body.to_owned())).unwrap();
        own.map(|own| request.extensions_mut().insert(own));
        let response = self.do_by_hand(|golinks, moment| golinks.handle(&request, moment));
        Answer { status: response.status().as_u16(), response }
    }

    /// The events since the last call, a line each, with ids left out.
    pub(super) fn events(&mut self) -> Vec<String> {
        let line = |event: &Event| {
            let mut line = String::new();
            event.write(&mut line);
            line.split(' ')
                .filter(|word| word.parse::<u64>().is_err() || word.len() != 15)
                .collect::<Vec<_>>()
                .join(" ")
        };
        self.events.drain(..).map(|event| line(&event)).collect()
    }
}

/// Mira of golinks.md 1.2, as the classic dialect creates her.
pub(super) const MIRA: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
    "externalId":"mlind","userName":"mira.lind@northwind.example","active":true,
    "emails":[{"primary":true,"type":"work","value":"mira.lind@northwind.example"}],
    "name":{"givenName":"Mira","familyName":"Lind"},"meta":{"resourceType":"User"},"roles":[],"displayName":"Mira Lind",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Design","manager":null}}"#;

pub(super) fn text(text: &str) -> Kind {
    Kind::Text(text.to_owned())
}

pub(super) fn user(user_name: &str) -> String {
    format!(r#"{{"userName":"{user_name}"}}"#)
}
