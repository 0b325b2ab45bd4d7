//! `run --target` at a server with all of SCIM gives the verdict of `run`, expectation by
//! expectation, for every story of the library that needs nothing of the mock.

use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};

use scimulator::foreign::{Access, ForeignPlay, Target};
use scimulator::scenario::library::{self, BundledScenario};
use scimulator::scenario::play::Outcome;
use scimulator::scenario::report::{self, Line};
use scimulator::scenario::{Override, Play, Script};

use bytes::Bytes;
use http::Request;
use scimulator::entra::Reply;
use scimulator::verify::Server;
use serde_json::Value;

use crate::verify::Mock;

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

/// Plays a script into a fresh server; returns the play, why it ended early, and what is left.
fn at_a_target(script: Script) -> (Play, Option<String>, usize) {
    let mut target = Target::new(Mock::with(&[]), access());
    let mut running = ForeignPlay::new(&mut target, &|| false);
    let play = running.play(script);
    let ended = running.ended().map(str::to_owned);
    target.clean_up();
    (play, ended, target.server().held())
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
        let tag = Override::new("people.tag", format!("\"{TAG}\""));
        let all = [overrides(true), vec![tag]].concat();
        let suits = entry.rehearsed().first().is_some_and(|script| script.needs.is_empty());
        let (true, Ok(script)) = (suits, entry.load(&all)) else { continue };
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

/// A cell of a story, rehearsed, with other settings.
fn with(entry: &BundledScenario, cell: &Script, settings: Vec<Override>) -> Script {
    let all: Vec<Override> = settings.into_iter().chain(cell.chosen_cell()).collect();
    let script = entry.load(&all);
    let script = script.unwrap_or_else(|_| panic!("{} cannot be read", cell.run_name()));
    Script { needs: cell.needs.clone(), ..script }
}

#[test]
fn every_story_that_suits_a_server_has_the_same_verdict_there() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for entry in library::list() {
        for cell in entry.rehearsed().iter().filter(|cell| cell.needs.is_empty()) {
            compared += 1;
            let mut play = Play::new(with(&entry, cell, overrides(false)));
            play.run_to_end();
            let (at_target, ended, left) = at_a_target(with(&entry, cell, overrides(true)));
            let (here, there) = (verdict(&play), verdict(&at_target));
            if here != there || ended.is_some() || left > 0 {
                let differ: Vec<String> = there
                    .iter()
                    .filter(|one| !here.contains(one))
                    .map(|(what, met)| format!("{what} is met: {met}"))
                    .collect();
                let differ = differ.join("; ");
                wrong.push(format!("{}: {ended:?}, {left} left, {differ}", cell.run_name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared >= LEAST, "{compared} stories were compared");
}

#[test]
fn of_a_story_or_a_cell_that_needs_the_mock_nothing_is_told_that_the_mock_does_not_tell() {
    let (mut unclear, mut wrong) = (0, Vec::new());
    for entry in library::list() {
        for cell in entry.rehearsed().iter().filter(|cell| !cell.needs.is_empty()) {
            let mut play = Play::new(cell.clone());
            play.run_to_end();
            let (at_target, ended, left) = at_a_target(with(&entry, cell, overrides(true)));
            let (here, there) = (play.verdict().outcome(), at_target.verdict().outcome());
            unclear += usize::from(there == Outcome::CannotTell);
            if ended.is_some() || left > 0 || ![here, Outcome::CannotTell].contains(&there) {
                wrong.push(format!("{}: {here:?}, {there:?}, {ended:?}", cell.run_name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(unclear > 0, "no cell needs the mock");
}

#[test]
fn a_cell_that_needs_a_quirk_is_unclear_in_every_text_and_the_others_of_its_matrix_are_green() {
    let entries = library::list().into_iter();
    for name in ["one-out-all-out", "capital-letters", "manager-as-text"] {
        let entry = entries.clone().find(|entry| entry.name == name).expect("a story");
        let mut runs = Vec::new();
        for cell in entry.rehearsed() {
            let (play, ..) = at_a_target(with(&entry, &cell, overrides(true)));
            let summary = report::Summary::of(&play);
            let known = cell.cell.as_ref().is_some_and(|cell| cell.known_bad.is_some());
            let expected = if known { Outcome::CannotTell } else { Outcome::Green };
            assert_eq!(summary.outcome, expected, "{}", cell.run_name());
            if known {
                let said = report::verdict(&play).text();
                assert!(said.starts_with("CANNOT TELL "), "{said}");
                assert!(said.ends_with("GoLinks has: golinks.quirks"), "{said}");
            }
            runs.push((summary, None));
        }
        let table = report::matrix_lines(name, "", &runs);
        let total = table.last().map(Line::text).unwrap_or_default();
        assert!(total.starts_with("CANNOT TELL "), "{total}");
        let of_all = report::summary_lines(&runs, &[]);
        let total = of_all.last().map(Line::text).unwrap_or_default();
        assert!(total.starts_with("CANNOT TELL "), "{total}");
    }
}
