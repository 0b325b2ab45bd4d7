//! Server-sent events: a snapshot first, then only what changed; a page that comes back is caught
//! up.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use super::STORY;
use super::program::{Events, serve};

#[test]
fn a_listener_gets_a_snapshot_and_then_what_changes() {
    let server = serve(STORY, &["--paused"]);
    let mut events = Events::of(&server, "", "");
    let (first, snapshot) = events.next();
    assert_eq!(snapshot["run"]["name"], "story");
    assert_eq!(snapshot["clock"]["paused"], true);
    server.command("cycle", "");
    let mut last = first;
    while last < first + 24 {
        let (id, _) = events.next();
        assert!(id >= last, "ids only grow");
        last = id;
    }
}

#[test]
fn who_comes_back_gets_what_was_missed_and_a_stranger_the_whole() {
    let server = serve(STORY, &["--paused"]);
    let mut events = Events::of(&server, "", "");
    let (id, _) = events.next_with_id();
    drop(events);
    server.command("cycle", "");
    let back = |id: &str, query: &str| {
        Events::of(&server, query, &format!("Last-Event-ID: {id}\r\n")).next_with_id()
    };
    let (later, missed) = back(&id, "");
    assert!(missed["worlds"].is_object() && missed["traffic"].is_object(), "everybody was created");
    assert!(
        missed["run"].is_null() && missed["caption"].is_object(),
        "the run is still the same: {missed}"
    );
    assert_ne!(later, id);
    assert!(back(&id, "?search=ann").1["run"].is_object(), "another question");
    assert!(back("7-0.1", "").1["run"].is_object(), "another server");
    assert!(back("nonsense", "").1["run"].is_object());
}

#[test]
fn fast_forward_is_aggregated() {
    let server = serve(&STORY.replace("\"3d\"", "\"100d\""), &["--paused"]);
    let mut events = Events::of(&server, "", "");
    let (first, _) = events.next();
    server.command("jump", r#"{"to":"60d"}"#);
    let mut frames = 0;
    let records = loop {
        let (id, frame) = events.next();
        frames += 1;
        if frame["clock"]["paused"] == true && id > first + 1000 {
            break id - first;
        }
    };
    assert!(frames * 20 < records, "{frames} frames of {records} records");
}

#[test]
fn a_course_may_watch_and_pages_that_are_gone_give_way() {
    let server = serve(STORY, &["--paused"]);
    let ask = format!("GET /api/v1/events HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
    let begin = || {
        let mut stream = server.connect();
        stream.write_all(ask.as_bytes()).expect("it reads");
        let mut status = [0; 12];
        stream.read_exact(&mut status).expect("an answer in time");
        (stream, String::from_utf8_lossy(&status).into_owned())
    };
    let mut watching = Vec::new();
    let refused = loop {
        match begin() {
            (stream, status) if status.ends_with("200") => watching.push(stream),
            (_, status) => break status,
        }
    };
    assert_eq!(refused, "HTTP/1.1 503");
    assert!(watching.len() >= 200, "{} may watch", watching.len());
    let why = server.ask("GET", "/api/v1/events", "", "").json();
    assert!(why["error"]["message"].as_str().is_some_and(|why| why.contains("pages watch")));
    // They go while the clock stands, so nothing is sent to them but beats.
    drop(watching);
    let until = Instant::now() + Duration::from_secs(60);
    while !begin().1.ends_with("200") {
        assert!(Instant::now() < until, "those that are gone keep their places");
    }
}

#[test]
fn a_page_sees_something_else_on_the_connection_it_has() {
    let server = serve(STORY, &["--paused"]);
    let mut events = Events::of(&server, "", "");
    let number = loop {
        let line = events.line().expect("a head");
        if let Some(number) = line.to_lowercase().strip_prefix("scimulator-viewer: ") {
            break number.trim().to_owned();
        }
    };
    assert_eq!(events.next().1["worlds"]["search"], "");
    server.command("view", &format!(r#"{{"viewer":{number},"search":"ann"}}"#));
    let (_, frame) = events.next();
    assert_eq!((&frame["worlds"]["search"], &frame["run"]), (&"ann".into(), &().into()));
    let unknown = server.ask(
        "POST",
        "/api/v1/view",
        "Content-Type: application/json\r\n",
        r#"{"viewer":99999}"#,
    );
    assert_eq!(unknown.status, 404, "{unknown:?}");
}
