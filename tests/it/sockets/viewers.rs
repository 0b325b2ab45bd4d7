//! Two hundred pages at once, at different instants and with different filters, some of which never
//! read what they are sent.

use super::STORY;
use super::program::{Events, serve};

/// As many as a lecture hall has.
const PAGES: usize = 200;

/// What the pages want to see; those of the last row never read.
const QUERIES: [&str; 10] = [
    "",
    "filter=differences",
    "search=a",
    "panel=log",
    "panel=requests&narrow=post",
    "at=30m",
    "at=1h",
    "at=5h",
    "panel=plots",
    "panel=checks&filter=differences",
];

#[test]
fn two_hundred_pages_see_what_they_asked_for_and_none_holds_up_the_run() {
    let server = serve(STORY, &["--paused"]);
    server.command("jump", r#"{"to":"1d"}"#);
    let pages = (0..PAGES).map(|nth| QUERIES[nth % QUERIES.len()]);
    let pages: Vec<(&str, Events)> =
        pages.map(|query| (query, Events::of(&server, &format!("?{query}"), ""))).collect();
    server.command("jump", r#"{"to":"2d"}"#);
    assert_eq!(server.state()["clock"]["day"], "Day 2", "the run has gone on");
    let silent = |query: &str| QUERIES[8..].contains(&query);
    let (_kept, reading): (Vec<_>, Vec<_>) = pages.into_iter().partition(|(it, _)| silent(it));
    assert_eq!(reading.len(), PAGES * 8 / 10);
    for (query, mut page) in reading {
        let met = |frame: &serde_json::Value| match query.starts_with("at=") {
            true => frame["past"]["word"] == "past" && frame["clock"]["day"] == "Day 0",
            false => frame["clock"]["day"] == "Day 2",
        };
        while !met(&page.next().1) {}
    }
}
