//! A server that tells its tenants apart by the query of the tenant URL.

use std::process::Command;

use super::odd::{Does, Odd};
use super::odd_targets::{program, story};
use super::program::serve;
use super::recordings::record_once;

/// The tenant URL, with the flag of the client too.
fn url(server: &Odd) -> String {
    format!("{}?aadOptscim062020&tenant=7", server.url)
}

#[test]
fn the_query_of_a_target_goes_along_with_every_request_of_every_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("a name");
    let one = story(folder.path(), "");
    let recording = record_once(folder.path());
    let recording = recording.to_str().expect("a name");
    for arguments in [
        &["run", &one, "--target"][..],
        &["verify", "--only", "user,find,patch,life.update"],
        &["swarm", "--seeds", "1..2", "--state", path, "--out", path],
        &["replay", recording, "--against"],
    ] {
        let server = Odd::of_tenant("tenant=7");
        let (command, rest) = arguments.split_first().expect("a command");
        let url = url(&server);
        let all = match *command {
            "run" | "replay" => [&[*command], rest, &[&url]].concat(),
            _ => [&[*command, &url], rest].concat(),
        };
        let (code, told) = program(&all);
        assert_eq!(code, Some(0), "{all:?}: {told}");
        assert!(told.contains("/scim/v2?tenant=7"), "it says where: {told}");
        let came = server.requests();
        assert!(came.len() > 5 && came.iter().any(|it| it.contains("filter=")), "{came:?}");
        let with = |it: &&String| it.matches("tenant=7").count() == 1 && !it.contains("aadOpt");
        assert_eq!(came.iter().filter(with).count(), came.len(), "{came:?}");
        assert_eq!(server.held(), 0, "what was made is deleted");
    }
}

#[test]
fn the_query_of_a_target_goes_along_in_serve() {
    let server = Odd::of_tenant("tenant=7");
    let folder = tempfile::tempdir().expect("a folder");
    let token = folder.path().join("token");
    std::fs::write(&token, "golinks-demo-token").expect("a file");
    let token = token.to_str().expect("a name");
    let url = url(&server);
    let page = serve(super::STORY, &["--paused", "--target", &url, "--token-file", token]);
    page.wait_until("it is ready", |state| state["clock"]["paused"] == true);
    page.command("cycle", "");
    assert_eq!(server.held(), 12);
    let came = server.requests();
    assert!(came.iter().all(|it| it.matches("tenant=7").count() == 1), "{came:?}");
}

#[test]
fn a_line_that_shows_a_failure_again_has_the_query_of_the_tenant_url() {
    let server = Odd::start(|method, _, _| match method {
        "PATCH" => Does::Answer(400, "Content-Type: application/scim+json", "{}"),
        _ => Does::Mock,
    });
    let url = format!("{}?tenant=7", server.url);
    let (code, told) = program(&["verify", &url, "--only", "patch.userName", "--json"]);
    assert_eq!(code, Some(1), "{told}");
    let curl = told.lines().find(|line| line.contains("-X PATCH")).expect("a line");
    assert!(curl.contains("?tenant=7'"), "{curl}");
    // It is run as it stands: all that it sends goes to the tenant.
    let report: serde_json::Value =
        serde_json::from_str(&told[told.find('{').expect("JSON")..]).expect("JSON");
    let checks = report["checks"].as_array().expect("a list");
    let failed = checks.iter().find(|it| it["curl"].is_string()).expect("one failed");
    let before = server.came();
    let mut shell = Command::new("sh");
    let shell = shell.args(["-c", failed["curl"].as_str().expect("a line")]);
    shell.env("SCIM_TOKEN", "golinks-demo-token").output().expect("it runs");
    let again = server.requests().split_off(before);
    assert!(again.len() > 1, "{again:?}");
    assert!(again.iter().all(|it| it.matches("tenant=7").count() == 1), "{again:?}");
    assert_eq!(server.held(), 0, "the lines delete what they made");
}
