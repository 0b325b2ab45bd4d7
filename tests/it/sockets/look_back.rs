//! A past instant is played again beside the run, and the run can go on from it in another way.

use serde_json::{Value, json};

use super::STORY;
use super::program::{Events, Program, serve};

/// What of a state must be the same, whether the run itself or a replay has reached the instant.
const SAME: [&str; 6] = ["truth", "caption", "job", "worlds", "traffic", "expectations"];

fn parts(state: &Value) -> Vec<Value> {
    SAME.iter().map(|name| state[name].clone()).collect()
}

fn state(server: &Program, at: &str) -> Value {
    let at = at.replace(' ', "%20");
    let answer = server.ask("GET", &format!("/api/v1/state?at={at}"), "", "");
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// A server on which ann was blocked by hand on the first day and let in again on the second.
fn with_a_hand() -> Program {
    let server = serve(STORY, &["--paused"]);
    server.command("jump", r#"{"to":"1d"}"#);
    server.command("action", r#"{"disable":"ann"}"#);
    server.command("jump", r#"{"to":"2d"}"#);
    server.command("action", r#"{"enable":"ann"}"#);
    server.command("jump", r#"{"to":"2d 6h"}"#);
    server
}

#[test]
fn a_past_instant_is_as_it_was_and_the_run_is_not_touched() {
    let server = with_a_hand();
    let before = server.state();
    assert_eq!(before["past"]["word"], "now");
    let instants = ["2d 3h", "1d 5h", "20h", "90m"];
    let seen: Vec<Value> = instants.iter().map(|at| state(&server, at)).collect();
    for past in &seen {
        assert_eq!(
            (&past["past"]["word"], &past["clock"]["word"]),
            (&json!("past"), &json!("past"))
        );
        let same = ["id", "name", "seed", "replay", "by_hand", "branch"];
        for part in same {
            assert_eq!(past["run"][part], before["run"][part], "which run it is, is said as now");
        }
        assert_eq!(past["strip"], before["strip"], "the strip is of the whole run");
    }
    assert_eq!(server.state(), before, "the run is not touched");
    // The run itself, played again to each instant, finds the same.
    for (at, past) in instants.iter().zip(&seen) {
        server.command("jump", &json!({ "to": at }).to_string());
        let now = server.state();
        assert_eq!(now["clock"]["instant"], past["clock"]["instant"]);
        assert_eq!(parts(&now), parts(past), "{at}");
    }
}

#[test]
fn what_is_done_by_hand_at_an_instant_is_in_its_past() {
    let server = with_a_hand();
    let seen = |at: &str| {
        let rows = state(&server, at)["worlds"]["rows"].clone();
        let rows = rows.as_array().expect("rows").clone();
        rows.iter().find(|row| row["handle"] == "ann").expect("ann")["status"].clone()
    };
    assert_eq!(seen("23h"), "active");
    assert_eq!(seen("1d 2h"), "inactive");
    assert_eq!(seen("2d 2h"), "active");
    // An action by hand before an instant that was looked at: what was kept of it holds no more.
    server.command("jump", r#"{"to":"20h"}"#);
    server.command("action", r#"{"disable":"ann"}"#);
    server.command("jump", r#"{"to":"2d 6h"}"#);
    assert_eq!(seen("23h"), "inactive");
}

#[test]
fn what_is_no_past_instant_is_said() {
    let server = with_a_hand();
    assert_eq!(state(&server, "2d 20h")["past"]["word"], "ahead");
    assert_eq!(state(&server, "2d 6h")["past"]["word"], "now");
    assert_eq!(state(&server, "2020-01-01T00:00:00Z")["clock"]["instant"], "2026-03-02T08:00:00Z");
    for asked in ["at=soon", "panel=then_and_now&narrow=soon"] {
        let refused = server.ask("GET", &format!("/api/v1/state?{asked}"), "", "");
        assert_eq!(refused.status, 400, "{asked}");
        assert_eq!(refused.json()["error"]["message"], "`soon` is not a moment", "{asked}");
    }
}

#[test]
fn a_page_looks_back_and_returns_on_the_connection_it_has() {
    let server = with_a_hand();
    let mut events = Events::of(&server, "?at=1d%205h", "");
    let number = loop {
        let line = events.line().expect("a head");
        if let Some(number) = line.to_lowercase().strip_prefix("scimulator-viewer: ") {
            break number.trim().to_owned();
        }
    };
    let mut frame = |met: &dyn Fn(&Value) -> bool| loop {
        let (_, frame) = events.next();
        if met(&frame) {
            break frame;
        }
    };
    let past = frame(&|frame| frame["past"]["word"] == "past");
    assert_eq!(past["clock"]["instant"], "2026-03-03T13:00:00Z");
    // It looks at something else of the same instant, and at another one.
    let view = |more: &str| server.command("view", &format!(r#"{{"viewer":{number}{more}}}"#));
    view(r#","at":"1d 5h","about":"user ann""#);
    let drawer = frame(&|frame| frame["drawer"].is_object());
    assert!(drawer["drawer"].to_string().contains("blocked"), "{drawer}");
    view(r#","at":"90m""#);
    let earlier = frame(&|frame| frame["clock"].is_object());
    assert_eq!(earlier["clock"]["instant"], "2026-03-02T09:30:00Z");
    view("");
    let back = frame(&|frame| frame["past"]["word"] == "now");
    assert_eq!(back["clock"]["instant"], "2026-03-04T14:00:00Z");
}

#[test]
fn two_instants_are_compared_person_by_person() {
    let server = with_a_hand();
    let differences = |query: &str| {
        let path = format!("/api/v1/state?panel=then_and_now{query}");
        server.ask("GET", &path, "", "").json()["then_and_now"].clone()
    };
    let then = differences("&at=1d%205h");
    assert_eq!(
        (&then["then"], &then["later"]),
        (&json!("day 1 13:00"), &json!("day 2 14:00, now"))
    );
    let account = json!({ "what": "account", "then": "inactive", "later": "active" });
    let people = then["people"].as_array().expect("people");
    assert_eq!(people.len(), 1, "{then}");
    assert_eq!(people[0]["about"], "user ann");
    assert!(people[0]["differences"].as_array().expect("a list").contains(&account), "{then}");
    // The other instant may be a past one too, and the order does not matter.
    let turned = json!({ "what": "account", "then": "active", "later": "inactive" });
    for query in ["&at=1d%205h&narrow=20h", "&at=20h&narrow=1d%205h"] {
        let two = differences(query);
        assert!(two["people"][0]["differences"].as_array().expect("a list").contains(&turned));
    }
    assert!(differences("&narrow=1d%205h")["people"] == then["people"]);
    assert!(differences("")["note"].to_string().contains("Look back first"));
}

#[test]
fn the_run_goes_on_from_a_past_instant_and_there_is_a_way_back() {
    let server = with_a_hand();
    let left = server.state();
    let branch = server.command("branch", r#"{"from":"1d 5h"}"#);
    assert_eq!((&branch["now"], &branch["paused"]), (&json!("2026-03-03T13:00:00Z"), &json!(true)));
    let state = server.state();
    assert_ne!(state["run"]["id"], left["run"]["id"]);
    let badges = state["run"]["badges"].as_array().expect("badges");
    let badge = badges.iter().find(|badge| badge["word"] == "branch").expect("a badge");
    let text = badge["text"].as_str().expect("a text");
    assert!(text.contains("goes on from day 1 13:00") && text.contains("(1 action)"), "{text}");
    assert!(state["run"]["replay"].to_string().contains("a branch from day 1 13:00"));
    assert_eq!(state["strip"]["marks"][0]["kind"], left["strip"]["marks"][0]["kind"]);
    // What was done by hand later is not in it: ann stays out.
    server.command("jump", r#"{"to":"2d 6h"}"#);
    let ann = "/Users?filter=userName%20eq%20%22ann.okafor@contoso.example%22";
    assert_eq!(server.scim("GET", ann, "").json()["Resources"][0]["active"], false);

    let back = server.command("unbranch", "");
    assert_eq!(back["now"], "2026-03-04T14:00:00Z");
    assert_eq!(parts(&server.state())[3], parts(&left)[3], "the worlds are those of the run left");
    let refused = server.ask("POST", "/api/v1/unbranch", "", "");
    assert_eq!(refused.status, 409, "{refused:?}");
    let ahead = r#"{"from":"2d 20h"}"#;
    let refused = server.ask("POST", "/api/v1/branch", "Content-Type: application/json\r\n", ahead);
    assert_eq!(refused.status, 409, "{refused:?}");
}

#[test]
fn a_caption_holds_the_clock_or_pauses_it_or_neither() {
    let server = serve(STORY, &["--paused", "--speed", "3600x"]);
    let mut events = Events::of(&server, "", "");
    assert_eq!(events.next().1["clock"]["captions"], "hold");
    server.command("resume", "");
    let mut until = |word: &str| loop {
        let (_, frame) = events.next();
        if frame["clock"]["word"] == word {
            break frame["clock"]["instant"].clone();
        }
    };
    assert_eq!(until("reading"), "2026-03-02T08:00:00Z");
    until("running");
    server.command("captions", r#"{"captions":"pause"}"#);
    server.command("rerun", "");
    server.command("resume", "");
    assert_eq!(until("paused"), "2026-03-02T08:00:00Z");
    server.wait_until("it has paused by itself", |state| {
        state["clock"]["word"] == "paused" && state["caption"]["text"] == "We press start."
    });
    // What was said is not said again, so the clock runs on.
    server.command("resume", "");
    server.wait_until("it goes on", |state| state["clock"]["instant"] != "2026-03-02T08:00:00Z");
}
