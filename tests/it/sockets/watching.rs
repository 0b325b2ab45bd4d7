//! The served file is watched: a good edit starts the run anew, a bad one changes nothing.

use super::STORY;
use super::program::serve;

#[test]
fn a_good_edit_starts_anew_and_a_bad_one_changes_nothing() {
    let server = serve(STORY, &["--paused"]);
    server.command("cycle", "");
    std::fs::write(server.file(), STORY.replace("generate = 11", "generat = 3")).expect("a file");
    server.wait_until("a bad file is told", |state| state["run"]["notice"].is_string());
    assert_eq!(
        server.scim("GET", "/Users?count=1", "").json()["totalResults"],
        12,
        "the run goes on"
    );

    // As many editors do it: a new file takes the old one's place.
    let beside = server.file().with_extension("new");
    std::fs::write(
        &beside,
        STORY.replace("Twelve people", "Four people").replace("generate = 11", "generate = 3"),
    )
    .expect("a file");
    std::fs::rename(&beside, server.file()).expect("a file");
    server.wait_until("a good file is played", |state| state["run"]["title"] == "Four people");
    assert!(server.state()["run"]["notice"].is_null());
    server.command("cycle", "");
    assert_eq!(server.scim("GET", "/Users?count=1", "").json()["totalResults"], 4);
}

#[test]
fn an_edit_leaves_the_clock_paused_or_running_as_it_was() {
    for (started, command, paused) in [(&[][..], "pause", true), (&["--paused"], "resume", false)] {
        let server =
            serve(&STORY.replace("\"3d\"", "\"3000d\""), &[started, &["--speed", "60x"]].concat());
        server.command(command, "");
        std::fs::write(server.file(), STORY.replace("Twelve people", "Again")).expect("a file");
        server.wait_until("the edit is played", |state| state["run"]["title"] == "Again");
        assert_eq!(server.state()["clock"]["paused"], paused, "{command}");
    }
}

#[test]
#[cfg(unix)]
fn a_terminal_hears_every_caption_however_fast_the_clock() {
    let moment = |say: &str| format!("[[at]]\ntime = \"1d\"\nsay = \"{say}\"\n");
    let server =
        serve(&format!("{STORY}{}{}", moment("First."), moment("Second.")), &["--speed", "max"]);
    server.wait_until("the run ends", |state| state["clock"]["paused"] == true);
    let (_, said) = server.stop();
    for caption in
        ["day 0 08:00   We press start.", "day 1 08:00   First.", "day 1 08:00   Second."]
    {
        assert!(said.contains(caption), "{caption}: {said}");
    }
}
