//! `run --target` at a server with all of SCIM gives the verdict of `run`, expectation by
//! expectation, for every story of the library that needs nothing of the mock.

use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};

use scimulator::foreign::{Access, ForeignPlay, Target};
use scimulator::scenario::{Override, Play, Script, library, needs_when_rehearsed};

use bytes::Bytes;
use http::Request;
use scimulator::entra::Reply;
use scimulator::verify::Server;
use serde_json::Value;

use crate::verify::Mock;

/// Stories that suit every server and whose expectations differ there, each with the reason.
const OTHERWISE: [(&str, &str); 1] =
    [("manager", "it names the ids that the mock draws from the story's seed")];

/// How many stories are compared at least, so that a change which leaves none is found.
const LEAST: usize = 55;

fn overrides(target: bool) -> Vec<Override> {
    let generic = Override::new("golinks.profile", "\"generic\"");
    let set = |path, value: &str| Override::new(path, format!("\"{value}\""));
    match target {
        false => vec![generic],
        true => vec![
            generic,
            set("entra.tenant_url", "/scim/v2"),
            set("entra.auth", "bearer"),
            set("entra.secret", "the-token-of-the-command-line"),
        ],
    }
}

/// The expectations of a run, each with whether it was met.
fn verdict(play: &Play) -> Vec<(String, bool)> {
    let one = |check: &scimulator::scenario::play::Checked| {
        (format!("{} {}", check.step, check.expected), check.met)
    };
    play.checks().iter().map(one).collect()
}

/// What reaches the mock: its path, its token, and more requests than any story needs.
pub fn access() -> Access {
    let token = HeaderValue::from_static("Bearer golinks-demo-token");
    Access {
        base_path: "/scim/v2".to_owned(),
        headers: HeaderMap::from_iter([(AUTHORIZATION, token)]),
        tokens: None,
        budget: 1_000_000,
        adopt: false,
    }
}

/// Plays a script into a fresh server; returns the verdict, why it ended early, and what is left.
fn at_a_target(script: Script) -> (Vec<(String, bool)>, Option<String>, usize) {
    let mut target = Target::new(Mock::with(&[]), access());
    let mut running = ForeignPlay::new(&mut target, &|| false);
    let play = running.play(script);
    let ended = running.ended().map(str::to_owned);
    target.clean_up();
    (verdict(&play), ended, target.server().held())
}

const TAG: &str = "run-7";

/// A server that keeps the names that it is sent.
struct Named {
    mock: Mock,
    sent: Vec<String>,
}

impl Server for Named {
    fn exchange(&mut self, request: Request<Bytes>) -> (Reply, std::time::Duration) {
        let is_group = request.uri().path().contains("/Groups");
        if request.method() != http::Method::GET
            && let Ok(body) = serde_json::from_slice::<Value>(request.body())
        {
            names(&body, "", is_group, &mut self.sent);
        }
        self.mock.exchange(request)
    }
}

/// The values by which servers tell objects apart, of a body or of the operations of a PATCH.
fn names(value: &Value, key: &str, is_group: bool, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let path = members.get("path").and_then(Value::as_str);
            for (name, value) in members {
                let name = if name == "value" { path.unwrap_or(key) } else { name };
                names(value, name, is_group, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, key, is_group, found)),
        Value::String(text) => {
            let is_name = match key {
                "userName" | "externalId" => true,
                "displayName" => is_group,
                _ => key.starts_with("emails"),
            };
            // The id of the directory is drawn anew with each word.
            let is_id = text.len() == 36 && text.matches('-').count() == 4;
            if is_name
                && !is_id
                && !text.is_empty()
                && key != "path"
                && !["work", "home"].contains(&&**text)
            {
                found.push(format!("{key} {text}"));
            }
        }
        _ => {}
    }
}

/// Stories whose expectations are about names in a way that no word can be put into.
const UNTAGGED: [(&str, &str); 1] =
    [("manager", "it names the ids that the mock draws from the story's seed")];

#[test]
fn with_a_tag_every_name_that_is_sent_has_it_and_each_verdict_is_the_same() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for entry in library::list() {
        let read = |setting: Option<Override>| entry.load(setting.as_slice()).ok();
        let needs = read(None).map(|script| needs_when_rehearsed(&script, read));
        let tag = Override::new("people.tag", format!("\"{TAG}\""));
        let all = [overrides(true), vec![tag]].concat();
        let (true, Ok(script)) = (needs.is_some_and(|needs| needs.is_empty()), entry.load(&all))
        else {
            continue;
        };
        compared += 1;
        let server = Named { mock: Mock::with(&[]), sent: Vec::new() };
        let mut target = Target::new(server, access());
        let play = ForeignPlay::new(&mut target, &|| false).play(script);
        let unmet = play.checks().iter().filter(|check| !check.met);
        let unmet: Vec<String> =
            unmet.map(|check| format!("{}: {}", check.expected, check.actual)).collect();
        let plain: Vec<&String> =
            target.server().sent.iter().filter(|name| !name.to_lowercase().contains(TAG)).collect();
        let known = UNTAGGED.iter().any(|(name, _)| *name == entry.name);
        if !(unmet.is_empty() && plain.is_empty() || known) {
            wrong.push(format!("{}: {plain:?} {unmet:?}", entry.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared >= LEAST, "{compared} stories");
}

#[test]
fn every_story_that_suits_a_server_has_the_same_verdict_there() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for entry in library::list() {
        let read = |setting: Option<Override>| entry.load(setting.as_slice()).ok();
        let needs = read(None).map(|script| needs_when_rehearsed(&script, read));
        if needs.is_none_or(|needs| !needs.is_empty()) {
            continue;
        }
        let (Ok(pure), Ok(script)) = (entry.load(&overrides(false)), entry.load(&overrides(true)))
        else {
            wrong.push(format!("{}: it cannot be read for a target", entry.name));
            continue;
        };
        compared += 1;
        let mut play = Play::new(pure);
        play.run_to_end();
        let (here, (there, ended, left)) = (verdict(&play), at_a_target(script));
        let known = OTHERWISE.iter().any(|(name, _)| *name == entry.name);
        if (here != there || ended.is_some() || left > 0) != known {
            let differ: Vec<String> = there
                .iter()
                .filter(|one| !here.contains(one))
                .map(|(what, met)| format!("{what} is met: {met}"))
                .collect();
            wrong.push(format!("{}: {ended:?}, {left} left, {}", entry.name, differ.join("; ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared >= LEAST, "{compared} stories were compared");
}
