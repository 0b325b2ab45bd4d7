//! Server-sent events: a snapshot first, then only what changed; somebody who comes back is caught
//! up.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use super::STORY;
use super::program::{Program, serve};

struct Events(BufReader<TcpStream>);

impl Events {
    fn of(server: &Program, headers: &str) -> Events {
        let mut stream = server.connect();
        let request =
            format!("GET /api/events HTTP/1.1\r\nHost: {}\r\n{headers}\r\n", server.address);
        stream.write_all(request.as_bytes()).expect("it reads");
        Events(BufReader::new(stream))
    }

    /// The next event: the sequence number and its data.
    fn next(&mut self) -> (u64, serde_json::Value) {
        let (id, data) = self.next_with_id();
        (id.split('-').next().and_then(|seq| seq.parse().ok()).expect("a number"), data)
    }

    /// The next event: its id and its data.
    fn next_with_id(&mut self) -> (String, serde_json::Value) {
        let (mut id, mut line) = (String::new(), String::new());
        loop {
            line.clear();
            assert!(self.0.read_line(&mut line).expect("an event in time") > 0, "the stream ended");
            if let Some(text) = line.strip_prefix("id: ") {
                id = text.trim().to_owned();
            }
            if let Some(data) = line.strip_prefix("data: ") {
                return (id, serde_json::from_str(data).expect("JSON"));
            }
        }
    }
}

#[test]
fn a_listener_gets_a_snapshot_and_then_what_changes() {
    let server = serve(STORY, &["--paused"]);
    let mut events = Events::of(&server, "");
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
    let mut events = Events::of(&server, "");
    let (id, _) = events.next_with_id();
    drop(events);
    server.command("cycle", "");
    let back = |id: &str, query: &str| {
        let mut stream = server.connect();
        let request = format!(
            "GET /api/events{query} HTTP/1.1\r\nHost: {}\r\nLast-Event-ID: {id}\r\n\r\n",
            server.address
        );
        stream.write_all(request.as_bytes()).expect("it reads");
        Events(BufReader::new(stream)).next_with_id()
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
    let server = serve(&STORY.replace("\"3d\"", "\"300d\""), &["--paused"]);
    let mut events = Events::of(&server, "");
    let (first, _) = events.next();
    server.command("jump", r#"{"to":"200d"}"#);
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
