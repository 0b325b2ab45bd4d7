//! Server-sent events: a snapshot first, then only what changed; somebody who comes back is caught
//! up.

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
