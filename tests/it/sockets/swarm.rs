//! `swarm` as processes: shards that are merged, and lives against a server of another process.

use std::path::Path;
use std::process::{Child, Output, Stdio};

use super::program::{command, run, serve};

fn words(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

fn shard(arguments: &[&str], index: Option<&str>, folder: &Path) -> Child {
    let mut command = command(&["swarm", "--seeds", "1..6", "--out", "results"]);
    command.args(["--state", "state"]).args(arguments).current_dir(folder);
    if let Some(index) = index {
        command.env("JOB_COMPLETION_INDEX", index);
    }
    command.stdout(Stdio::null()).spawn().expect("the program runs")
}

#[test]
fn two_shards_run_as_two_processes_and_are_merged() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = shard(&["--shard", "1/2"], None, folder.path());
    let second = shard(&["--shards", "2"], Some("1"), folder.path());
    for mut child in [first, second] {
        assert!(child.wait().expect("it ends").success());
    }
    let merged = run(&["swarm", "merge", "results"], folder.path());
    assert!(words(&merged).contains("GREEN  6 lives in 2 of 2 shards"), "{}", words(&merged));
    assert_eq!(merged.status.code(), Some(0));

    std::fs::remove_file(folder.path().join("results/results-2-of-2.jsonl")).expect("a file");
    let half = run(&["swarm", "merge", "results"], folder.path());
    let said = words(&half);
    assert!(
        said.contains("no results of shard 2") && said.contains("3 seeds have no result"),
        "{said}"
    );
    assert_eq!(half.status.code(), Some(3));

    let found = [
        "swarm",
        "--bug",
        "B01",
        "--seeds",
        "1..20",
        "--fail-fast",
        "--state",
        "state",
        "--out",
        "of ours/B01",
    ];
    assert_eq!(run(&found, folder.path()).status.code(), Some(1));
    let merged = words(&run(&["swarm", "merge", "of ours"], folder.path()));
    let again = merged.lines().find_map(|line| line.trim().strip_prefix("scimulator "));
    let again = again.unwrap_or_else(|| panic!("no command in {merged}"));
    assert!(
        again.starts_with("run 'of ours/B01/seed-") && again.ends_with(" --bug B01"),
        "{again}"
    );
    let (file, bug) = again["run '".len()..].split_once("' ").expect("a file");
    let bug: Vec<&str> = bug.split(' ').collect();
    let again = run(&[&["run", file][..], &bug].concat(), folder.path());
    assert_eq!(again.status.code(), Some(1), "{}", words(&again));
}

#[test]
fn one_number_is_one_seed_and_the_output_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = words(&run(&["swarm", "--seeds", "300", "--state", "state"], folder.path()));
    assert!(said.starts_with("1 life (seed 300) against the mock"), "{said}");
    assert!(said.contains("GREEN  1 life, 0 failed"), "{said}");
}

/// A mock that stands in for somebody's server.
const OTHER: &str = r#"
title = "A server"
ends = "1d"
[golinks]
token = "test-token"
profile = "generic"
"#;

#[test]
fn lives_are_played_against_a_server_of_another_process() {
    let server = serve(OTHER, &["--paused"]);
    let url = format!("{}/scim/v2", server.url());
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("token"), "test-token\n").expect("a file");
    let swarm = |more: &[&str]| {
        let arguments = ["swarm", &url, "--token-file", "token", "--state", "state"];
        run(&[&arguments[..], more].concat(), folder.path())
    };
    let right = swarm(&["--seeds", "1..2"]);
    assert_eq!(right.status.code(), Some(0), "{}", words(&right));
    assert!(words(&right).contains("GREEN  2 lives, 0 failed"), "{}", words(&right));

    let quirk = "set = { golinks.quirks.strict_booleans = true }";
    let set = run(&["ctl", "--url", &server.url(), "action", quirk], folder.path());
    assert_eq!(set.status.code(), Some(0), "{}", words(&set));
    let wrong = swarm(&["--seeds", "1..20", "--fail-fast"]);
    assert_eq!(wrong.status.code(), Some(1), "{}", words(&wrong));
    let said = words(&wrong);
    let file = said.split_whitespace().find(|word| word.ends_with(".toml")).expect("a file");
    let replay = ["run", file, "--target", &url, "--token-file", "token"];
    let replayed = run(&replay, folder.path());
    assert_eq!(replayed.status.code(), Some(1), "{}", words(&replayed));
    // Nothing is left there.
    let list = server.scim("GET", "/Users?count=1", "");
    assert_eq!(list.json()["totalResults"], 0, "{list:?}");
}

#[test]
fn a_server_that_cannot_be_used_is_told_before_any_life() {
    let server = serve(OTHER, &["--paused"]);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("token"), "wrong\n").expect("a file");
    let url = format!("{}/scim/v2", server.url());
    let refused = run(&["swarm", &url, "--token-file", "token"], folder.path());
    assert_eq!(refused.status.code(), Some(3), "{}", words(&refused));
    assert!(words(&refused).contains("answers 401"), "{}", words(&refused));
    assert!(
        words(&refused).contains("it does not accept the token in token"),
        "{}",
        words(&refused)
    );
    std::fs::write(folder.path().join("file"), "").expect("a file");
    for flag in ["--out", "--state"] {
        let unwritable = run(&["swarm", "--seeds", "1", flag, "file/below"], folder.path());
        let said = words(&unwritable);
        assert!(said.contains("error: cannot write to file/below: "), "{said}");
        assert_eq!(unwritable.status.code(), Some(2), "{said}");
    }
    let bad = run(&["swarm", "--set", "entra.dialect=latin"], folder.path());
    assert_eq!(bad.status.code(), Some(2), "{}", words(&bad));
}

/// What fails by chance in a few moments did not fail three times because the whole life, with many
/// more, did.
#[test]
fn how_often_a_failure_comes_is_said_of_the_file_that_is_handed_out() {
    let lost = "[[fault]]\nname = \"lost\"\nrespond = 204\n\
                when = { method = \"PATCH\", nth = { every = 9 } }\n";
    let server = serve(&format!("{OTHER}{lost}"), &["--paused"]);
    let url = format!("{}/scim/v2", server.url());
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("token"), "test-token\n").expect("a file");
    let arguments = ["swarm", &url, "--token-file", "token", "--state", "state", "--fail-fast"];
    let more = ["--seeds", "1..40", "--shrink-tries", "40"];
    let said = words(&run(&[&arguments[..], &more].concat(), folder.path()));
    assert!(said.contains("FAILED  "), "{said}");
    let file = said.split_whitespace().find(|word| word.contains(".toml")).expect("a file");
    let file = folder.path().join(file.trim_end_matches([';', ',']));
    let text = std::fs::read_to_string(file).expect("the file is written");
    match said.split("it wavers: ").nth(1) {
        Some(told) => {
            let often = told.split(" times").next().expect("how often");
            assert!(text.contains(&format!("this file failed so {often} times")), "{text}");
        }
        None => assert!(text.contains("what was left did not fail again"), "{text}"),
    }
}
