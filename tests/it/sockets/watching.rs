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
fn a_sheet_of_people_is_watched_too() {
    let story = STORY.replace("generate = 11", "csv = \"people.csv\"");
    let folder = |server: &super::program::Program| server.file().with_file_name("people.csv");
    let sheet = "userPrincipalName,displayName\n";
    // The scenario names no sheet at first: it learns of it by an edit.
    let server = serve(&STORY.replace("generate = 11", "generate = 2"), &["--paused"]);
    std::fs::write(folder(&server), format!("{sheet}bea@contoso.example,Bea Lind\n"))
        .expect("a file");
    std::fs::write(server.file(), story.replace("Twelve people", "Two people")).expect("a file");
    server.wait_until("the sheet is read", |state| state["run"]["title"] == "Two people");
    server.command("cycle", "");
    let total = || server.scim("GET", "/Users?count=1", "").json()["totalResults"].clone();
    assert_eq!(total(), 2);
    std::fs::write(
        folder(&server),
        format!("{sheet}bea@contoso.example,Bea Lind\ncyd@contoso.example,Cyd Park\n"),
    )
    .expect("a file");
    server.wait_until("the sheet is read again", |state| {
        state["worlds"]["entra"].as_str().is_some_and(|entra| entra.starts_with("3 people"))
    });
    std::fs::remove_file(folder(&server)).expect("a file");
    server.wait_until("a sheet that is gone is told", |state| state["run"]["notice"].is_string());
    server.command("cycle", "");
    assert_eq!(total(), 3, "and the run goes on");
}

#[test]
fn a_file_that_is_extended_is_watched_too() {
    let base = |people: usize| format!("[people]\ngenerate = {people}\nassigned = true\n");
    let story = STORY.replace("[people]\ngenerate = 11\nassigned = true\n", "");
    let story = format!("extends = \"base.toml\"\n{story}");
    let server = serve(STORY, &["--paused"]);
    let beside = server.file().with_file_name("base.toml");
    std::fs::write(&beside, base(4)).expect("a file");
    std::fs::write(server.file(), story).expect("a file");
    let has = |people: &'static str| {
        move |state: &serde_json::Value| {
            state["worlds"]["entra"].as_str().is_some_and(|entra| entra.starts_with(people))
        }
    };
    server.wait_until("the base is read", has("5 people"));
    std::fs::write(&beside, base(7)).expect("a file");
    server.wait_until("the base is read again", has("8 people"));
    std::fs::write(&beside, "[people]\ngenerat = 7\n").expect("a file");
    server.wait_until("a bad base is told", |state| {
        state["run"]["notice"].as_str().is_some_and(|notice| notice.contains("base.toml:2"))
    });
    assert!(has("8 people")(&server.state()), "and the run goes on");
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

#[cfg(unix)]
#[test]
fn a_file_is_found_again_behind_links_and_in_a_folder_made_anew() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let story = |title: &str| STORY.replace("Twelve people", title);
    for (version, title) in [("v1", "First"), ("v2", "Second")] {
        std::fs::create_dir(at(version)).expect("a folder");
        std::fs::write(at(version).join("story.toml"), story(title)).expect("a file");
    }
    // As Kubernetes mounts a config map: the file is a link into a folder that is a link.
    symlink("v1", at("data")).expect("a link");
    symlink("data/story.toml", at("link.toml")).expect("a link");
    let server = serve(STORY, &["--paused"]);
    let path = server.file();
    std::fs::remove_file(&path).expect("it is there");
    symlink(at("link.toml"), &path).expect("a link");
    server.wait_until("a link is followed", |state| state["run"]["title"] == "First");
    symlink("v2", at("new")).expect("a link");
    std::fs::rename(at("new"), at("data")).expect("a link takes the place of another");
    server.wait_until("a link on the way has changed", |state| state["run"]["title"] == "Second");
    std::fs::remove_dir_all(at("v2")).expect("it is there");
    server.wait_until("the file is gone", |state| state["run"]["notice"].is_string());
    std::fs::create_dir(at("v2")).expect("a folder");
    std::fs::write(at("v2").join("story.toml"), story("Third")).expect("a file");
    server.wait_until("its folder is made anew", |state| state["run"]["title"] == "Third");
    std::fs::remove_file(&path).expect("it is there");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.is_ok_and(|made| made.success()), "mkfifo is part of every Unix");
    server.wait_until("a pipe is not read", |state| state["run"]["notice"].is_string());
    assert_eq!(server.state()["run"]["title"], "Third", "the run goes on");
}
