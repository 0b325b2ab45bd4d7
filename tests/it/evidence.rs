//! `run --out`, `report`, `requests` and `diff`: the record of a run and what is made of it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// A story whose every secret holds the word `canary`, and which fails.
const SECRETIVE: &str = r#"
title = "Secrets everywhere"
ends  = "2d"

[golinks]
profile = "generic"
token = { value = "canary-golinks", expires = "30d" }

[entra]
secret = "canary-golinks"

[people]
generate = 2
assigned = true

[user.ann]
name = "Ann Okafor"

[[at]]
time = "0d"
do   = "start"

[[at]]
time = "1d"
say  = "The token is changed, and the job is told."
do   = [{ rotate_token = "canary-rotated" }, { set_secret = "canary-rotated" }]

[[at]]
time = "1d 2h"
do   = { disable = "ann" }
expect.golinks.account.ann.active = false

[[at]]
time = "1d 6h"
do   = { set_secret = "canary \"quoted\" wrong" }
"#;

const FORMS: [&str; 8] = [
    "index.html",
    "junit.xml",
    "http.har",
    "ProvisioningLogs.csv",
    "ProvisioningLogs_ProvisioningSteps.csv",
    "ProvisioningLogs_ModifiedProperties.csv",
    "summary.md",
    "result.json",
];

fn scimulator(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scimulator"));
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1").output().expect("it runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn lines(record: &Path) -> Vec<Value> {
    let line =
        |line: &str| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}"));
    read(record).lines().map(line).collect()
}

#[test]
fn no_secret_is_in_a_record_a_report_or_a_list_of_requests() {
    let room = tempfile::tempdir().expect("a folder");
    let folder = room.path();
    fs::write(folder.join("secretive.toml"), SECRETIVE).expect("it is written");
    let all = "html,junit,har,csv,md,json";
    let changes = ["--set", "entra.secret=canary-golinks"];
    let arguments = ["run", "secretive.toml", "--out", "out", "--report", all];
    let output = scimulator(folder, &[&arguments[..], &changes].concat());
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    for file in FORMS.iter().chain(&["run.jsonl", "scenario/secretive.toml"]) {
        let text = read(&folder.join("out").join(file));
        let at = text.find("canary").map(|at| &text[at.saturating_sub(80)..at + 20]);
        assert_eq!(at, None, "{file}");
    }
    assert!(read(&folder.join("out/run.jsonl")).contains("rotate_token = \\\"***\\\""));
    for more in [&["secretive.toml"][..], &["secretive.toml", "--json"], &["out"]] {
        let requests = said(&scimulator(folder, &[&["requests"], more].concat()));
        assert!(requests.len() > 1_000 && !requests.contains("canary"), "{requests}");
    }
}

#[test]
fn the_record_has_every_record_and_the_verdict_of_the_run() {
    let room = tempfile::tempdir().expect("a folder");
    let folder = room.path();
    let output = scimulator(folder, &["run", "welcome", "--out", "out"]);
    assert_eq!(output.status.code(), Some(0));
    let lines = lines(&folder.join("out/run.jsonl"));
    assert_eq!((&lines[0]["kind"], &lines[0]["version"]), (&"head".into(), &1.into()));
    let end = lines.last().expect("an end");
    assert_eq!((&end["kind"], &end["failed"]), (&"end".into(), &0.into()));
    let digest = end["digest"].as_str().expect("a digest");
    assert!(said(&output).contains(&digest[..8]));
    let numbered = lines.iter().filter(|line| line["at"].is_string());
    let numbers: Vec<u64> = numbered.filter_map(|line| line["seq"].as_u64()).collect();
    assert_eq!(numbers, (1..=end["seq"].as_u64().expect("a number")).collect::<Vec<_>>());
    // Every answer knows its request, and its cause is that request.
    for answer in lines.iter().filter(|line| line["kind"] == "answer") {
        assert_eq!(answer["cause"]["request"], answer["to"]);
        let request = &lines.iter().find(|line| line["seq"] == answer["to"]).expect("it is there");
        assert_eq!(request["kind"], "request");
    }
    // Requests are told alike from the scenario and from its record.
    let of = |what: &str| said(&scimulator(folder, &["requests", what, "--method", "PATCH"]));
    assert_eq!(of("welcome"), of("out"));
    assert!(of("out").ends_with("2 requests\n"), "{}", of("out"));
}

#[test]
fn requests_are_told_by_user_status_and_path() {
    let room = tempfile::tempdir().expect("a folder");
    let json = |more: &[&str]| -> Vec<Value> {
        let arguments = [&["requests", "welcome", "--json"], more].concat();
        serde_json::from_str(&said(&scimulator(room.path(), &arguments))).expect("JSON")
    };
    let ben = json(&["--user", "ben", "--method", "PATCH"]);
    assert_eq!(ben.len(), 1);
    assert!(ben[0]["sent"]["body"].as_str().is_some_and(|body| body.contains("Lindqvist")));
    assert_eq!((&ben[0]["answer"]["status"], &ben[0]["user"]), (&200.into(), &"ben".into()));
    assert!(ben[0]["did"][0]["says"].as_str().is_some_and(|did| did.contains("changed")));
    assert_eq!(json(&["--status", "lost"]).len(), 1);
    assert_eq!(json(&["--status", "5xx"]).len(), 0);
    assert_eq!(json(&["--status", "201"]).len(), 13);
    for (arguments, says) in [
        (&["requests", "welcome", "--user", "bne"][..], "did you mean `ben`?"),
        (&["requests", "welcome", "--status", "ok"], "write 404, 4xx"),
        (&["report", "nowhere"], "run --out FOLDER"),
        (&["diff", ".", "."], "run SCENARIO --out FOLDER"),
        (&["run", "welcome", "--report", "html"], "--out"),
    ] {
        let output = scimulator(room.path(), arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && told.contains(says), "{arguments:?}: {told}");
    }
}

#[test]
fn two_runs_are_the_same_or_part_at_a_record() {
    let room = tempfile::tempdir().expect("a folder");
    let folder = room.path();
    for (out, more) in [("a", &[][..]), ("b", &[]), ("c", &["--set", "golinks.patch_reply=204"])] {
        scimulator(folder, &[&["run", "welcome", "-q", "--out", out], more].concat());
    }
    let same = scimulator(folder, &["diff", "a", "b/run.jsonl"]);
    assert_eq!(same.status.code(), Some(0), "{}", said(&same));
    let other = scimulator(folder, &["diff", "a", "c"]);
    let told = said(&other);
    assert_eq!(other.status.code(), Some(1), "{told}");
    let before = told.lines().filter(|line| line.starts_with("  #")).count();
    assert_eq!(before, 3, "{told}");
    assert!(told.contains("-  #") || told.contains("- #"), "{told}");
    assert!(told.contains("command: scimulator run "), "{told}");
    assert!(told.contains("200 to #") && told.contains("204 to #"), "{told}");
}

#[test]
fn a_diff_names_the_folders_that_it_cannot_compare() {
    let room = tempfile::tempdir().expect("a folder");
    let folder = room.path();
    scimulator(folder, &["run", "welcome", "throttled", "-q", "--out", "out"]);
    let refused = |arguments: &[&str]| {
        let output = scimulator(folder, arguments);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let none = refused(&["diff", "out/welcome", "nosuch"]);
    assert!(none.contains("there is no folder nosuch"), "{none}");
    let several = refused(&["diff", "out", "out/welcome"]);
    assert!(several.contains("welcome") && several.contains("throttled"), "{several}");
    let other = said(&scimulator(folder, &["diff", "out/welcome", "out/throttled"]));
    let headed = "the runs were set up differently\n  scenario: welcome / throttled\n";
    assert!(other.starts_with(headed), "{other}");
}

#[test]
fn no_report_of_an_earlier_run_stays_beside_a_record() {
    let room = tempfile::tempdir().expect("a folder");
    let folder = room.path();
    let all = "html,junit,har,csv,md,json";
    scimulator(folder, &["run", "welcome", "-q", "--out", "out", "--report", all]);
    fs::write(folder.join("out/mine.txt"), "mine").expect("it is written");
    assert!(FORMS.iter().all(|form| folder.join("out").join(form).is_file()));
    scimulator(folder, &["run", "throttled", "-q", "--out", "out"]);
    let mut left: Vec<String> = fs::read_dir(folder.join("out"))
        .expect("a folder")
        .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    left.sort();
    assert_eq!(left, ["mine.txt", "run.jsonl", "scenario"]);
    assert!(!folder.join("out/scenario/welcome.toml").exists());
    scimulator(folder, &["run", "welcome", "throttled", "-q", "--out", "out", "--report", "md"]);
    assert!(folder.join("out/welcome/summary.md").is_file());
    assert!(!folder.join("out/run.jsonl").exists());
}

#[test]
fn a_secret_that_an_axis_of_a_matrix_gives_is_masked() {
    let room = tempfile::tempdir().expect("a folder");
    let folder = room.path();
    let story = "title = \"x\"\nends = \"3h\"\n[matrix]\n\
                 entra.secret = [\"good-canary\", \"bad-canary\"]\n\
                 [golinks]\ntoken = \"good-canary\"\n[user.ann]\nname = \"Ann Okafor\"\n\
                 [[at]]\ntime = \"0d\"\ndo = \"start\"\n[finally]\nworlds = \"agree\"\n";
    fs::write(folder.join("m.toml"), story).expect("it is written");
    let all = "html,junit,har,csv,md,json";
    scimulator(folder, &["run", "m.toml", "-q", "--out", "out", "--report", all]);
    for (cell, form) in ["m-1", "m-2"].into_iter().flat_map(|cell| FORMS.map(|it| (cell, it))) {
        let path = match form {
            "junit.xml" => folder.join("out").join(form),
            form => folder.join("out").join(cell).join(form),
        };
        assert!(!read(&path).contains("canary"), "{}", path.display());
    }
    let record = read(&folder.join("out/m-1/run.jsonl"));
    assert!(record.contains("entra.secret = \\\"***\\\"") && !record.contains("canary"));
}

#[test]
fn a_verb_beside_a_secret_is_told_by_a_story_that_has_a_warning() {
    let room = tempfile::tempdir().expect("a folder");
    let folder = room.path();
    // The second assignment is warned of, with the lines of the file.
    let story = "title = \"x\"\nends = \"2h\"\n[user.ann]\n[entra]\nmode = \"manual\"\n\
                 [[at]]\ntime = \"0m\"\ndo = [{ fill_in = { mode = \"automatic\", secret = \"canary\" } }, \
                 \"test_connection\"]\n[[at]]\ntime = \"10m\"\ndo = { assign = \"ann\" }\n";
    fs::write(folder.join("w.toml"), story).expect("it is written");
    let output = scimulator(folder, &["run", "w.toml"]);
    let warned = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(warned.contains("will be refused here") && !warned.contains("canary"), "{warned}");
    let said = said(&output);
    assert!(said.contains("▸ action                  test_connection\n"), "{said}");
    assert!(said.contains("secret = \"***\"") && !said.contains("canary"), "{said}");
}

#[test]
fn several_runs_have_a_folder_each_and_one_junit_file() {
    let room = tempfile::tempdir().expect("a folder");
    let folder = room.path();
    let arguments = ["run", "welcome", "throttled", "-q", "--out", "out", "--report", "junit,json"];
    assert_eq!(scimulator(folder, &arguments).status.code(), Some(0));
    let junit = read(&folder.join("out/junit.xml"));
    assert_eq!(junit.matches("<testsuite ").count(), 2, "{junit}");
    for name in ["welcome", "throttled"] {
        assert!(junit.contains(&format!("<testsuite name=\"{name}\"")), "{junit}");
        let result: Value =
            serde_json::from_str(&read(&folder.join("out").join(name).join("result.json")))
                .expect("JSON");
        assert_eq!(result["green"], true);
    }
}

#[test]
fn a_matrix_has_an_overview_of_its_cells_and_keeps_none_of_an_earlier_run() {
    let room = tempfile::tempdir().expect("a folder");
    let folder = room.path();
    let there = |path: &str| folder.join("out").join(path).exists();
    let story = "title = \"M\"\nends = \"3h\"\n[matrix]\npeople.generate = [1, 2, 3]\n\
                 [[matrix.known_bad]]\nwhen = { people.generate = 3 }\nbecause = \"B27\"\n\
                 [[at]]\ntime = \"0d\"\ndo = \"start\"\n[finally]\nlog.created = { max = 2 }\n";
    fs::write(folder.join("m.toml"), story).expect("it is written");
    let arguments = ["run", "m.toml", "-q", "--out", "out", "--report", "html,md"];
    assert_eq!(scimulator(folder, &arguments).status.code(), Some(0));
    let page = read(&folder.join("out/index.html"));
    assert!(page.contains("href=\"m-3/index.html\"") && page.contains("known to be bad"), "{page}");
    let summary = read(&folder.join("out/summary.md"));
    assert!(summary.contains("| ✓ green | [m-1](m-1/index.html) |"), "{summary}");
    assert!(summary.contains("| ! known to be bad | [m-3](m-3/index.html) |"), "{summary}");
    let list: Value = serde_json::from_str(&read(&folder.join("out/runs.json"))).expect("JSON");
    assert_eq!(list["runs"].as_array().map(Vec::len), Some(3));
    assert_eq!(
        (&list["runs"][2]["folder"], &list["runs"][2]["green"]),
        (&"m-3".into(), &true.into())
    );

    // A cell that there is no more leaves nothing but what is not its own.
    fs::write(folder.join("out/m-3/mine.txt"), "mine").expect("it is written");
    fs::create_dir(folder.join("out/other")).expect("a folder");
    fs::write(folder.join("m.toml"), story.replace("[1, 2, 3]", "[3, 1]")).expect("it is written");
    assert_eq!(scimulator(folder, &arguments[..5]).status.code(), Some(0));
    let record = |cell: &str| read(&folder.join("out").join(cell).join("run.jsonl"));
    assert!(record("m-1").contains("people.generate = 3"), "{}", record("m-1"));
    assert!(there("m-2/run.jsonl") && there("m-3/mine.txt") && there("other"));
    assert!(!there("m-3/run.jsonl") && !there("index.html") && !there("m-1/index.html"));
    scimulator(folder, &["run", "throttled", "-q", "--out", "out"]);
    assert!(there("run.jsonl") && there("other") && !there("m-1") && !there("runs.json"));
}

#[test]
fn a_record_without_an_end_is_reported_as_unfinished() {
    let room = tempfile::tempdir().expect("a folder");
    let folder = room.path();
    scimulator(folder, &["run", "welcome", "-q", "--out", "out"]);
    let record = folder.join("out/run.jsonl");
    let text = read(&record);
    fs::write(&record, &text[..text.len() / 2]).expect("it is written");
    let output = scimulator(folder, &["report", "out", "--report", "html,junit,har,csv,md,json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(read(&folder.join("out/summary.md")).contains("UNFINISHED"));
    assert!(read(&folder.join("out/junit.xml")).contains("<error"));
    let har: Value = serde_json::from_str(&read(&folder.join("out/http.har"))).expect("JSON");
    assert!(har["log"]["entries"].as_array().is_some_and(|all| all.len() > 20));
}

#[test]
fn what_cannot_be_read_is_told_by_verdict_list_and_reports() {
    let room = tempfile::tempdir().expect("a folder");
    let folder = room.path();
    let output = scimulator(folder, &["run", "no.toml", "none.toml"]);
    assert_eq!(output.status.code(), Some(2));
    let told = said(&output);
    assert!(told.contains("✗ NOT RUN   no.toml"), "{told}");
    assert!(
        told.ends_with("FAILED   2 of 2 scenarios could not be run, 0 expectations met\n"),
        "{told}"
    );
    fs::write(folder.join("bad.toml"), "title = 7\n").expect("it is written");
    let arguments = ["run", "welcome", "no.toml", "bad.toml", "--out", "out"];
    let output = scimulator(folder, &[&arguments[..], &["--report", "junit,md,html"]].concat());
    let told = said(&output);
    assert!(
        output.status.code() == Some(2) && told.contains("FAILED   2 of 3 scenarios"),
        "{told}"
    );
    let list: Value = serde_json::from_str(&read(&folder.join("out/runs.json"))).expect("JSON");
    let rows = list["runs"].as_array().expect("a list");
    let names: Vec<&Value> = rows.iter().map(|row| &row["scenario"]).collect();
    assert_eq!(names, ["welcome", "no.toml", "bad.toml"]);
    assert!(rows[1]["green"] == false && rows[1]["why"] == "there is no file `no.toml`");
    // Reports that are made later know of them too.
    for file in ["junit.xml", "summary.md", "index.html"] {
        fs::remove_file(folder.join("out").join(file)).expect("it was made");
    }
    scimulator(folder, &["report", "out", "--report", "junit,md,html"]);
    let xml = read(&folder.join("out/junit.xml"));
    assert!(xml.contains("errors=\"2\"") && xml.contains("the scenario can be run"), "{xml}");
    let summary = read(&folder.join("out/summary.md"));
    assert!(summary.contains("**FAILED  2 of 3 runs not run**"), "{summary}");
    assert!(summary.contains("| ✗ NOT RUN | bad.toml |"), "{summary}");
    assert!(read(&folder.join("out/index.html")).contains("✗ NOT RUN"));
    // A folder of which nothing could be run says so.
    scimulator(folder, &["run", "no.toml", "--out", "none", "--report", "junit"]);
    assert!(read(&folder.join("none/junit.xml")).contains("errors=\"1\""));
    let diff = scimulator(folder, &["diff", "none", "out"]);
    assert!(String::from_utf8_lossy(&diff.stderr).contains("nothing could be run"));
}

/// A ticket: the user does not exist and exists already; its people come from a sheet.
const TICKET: &str = r#"
title  = "Jonas does not exist and exists already"
covers = ["B53"]
extends = "../shared/tenant.toml"
ends   = "1d"

[golinks.quirks]
hide_unmanaged = true

[user.jonas]
name = "Jonas Weber"

[golinks.account.jonas]
userName = "jonas.weber@contoso.example"
active   = true

[[at]]
time = "0d"
do   = "start"

[finally]
log.last.jonas.code = "EntryConflict"
"#;

#[test]
fn a_folder_that_is_sent_has_the_story_the_reason_and_the_way_to_see_it_again() {
    let room = tempfile::tempdir().expect("a folder");
    let folder = room.path();
    for name in ["shared", "tickets"] {
        fs::create_dir(folder.join(name)).expect("a folder");
    }
    fs::write(folder.join("shared/tenant.toml"), "[people]\ncsv = \"staff.csv\"\n")
        .expect("a file");
    let sheet = "version:v1.0\nUser name [userPrincipalName] Required\nada@contoso.example\n";
    fs::write(folder.join("shared/staff.csv"), sheet).expect("a file");
    fs::write(folder.join("tickets/t.toml"), TICKET).expect("a file");
    let arguments = ["run", "tickets/t.toml", "--bug", "B40", "--out", "out", "--report", "md,har"];
    let output = scimulator(folder, &arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let summary = read(&folder.join("out/summary.md"));
    for part in [
        "A simulation: scimulator played the tenant and GoLinks in virtual time.",
        "- B53: The user does not exist and exists already\n- B40: excludedAttributes is ignored\n",
        "- `golinks.quirks.hide_unmanaged = true` (B53",
        "requests that failed or changed nothing\n\n### day 0 08:00:00 (2026-03-02)",
        ", read before the next\n\n`GET /scim/v2/Users?filter=",
        "\"totalResults\": 0",
        "→ 409\n",
        "In this folder, which has the story:\n\n```sh\nscimulator run scenario/tickets/t.toml ",
        " --bug B40",
    ] {
        assert!(summary.contains(part), "{part}\n{summary}");
    }
    assert_eq!(summary.matches("→ 409\n").count(), 1, "the same again is no news\n{summary}");
    let archive: Value = serde_json::from_str(&read(&folder.join("out/http.har"))).expect("JSON");
    let comment = archive["log"]["comment"].as_str().expect("a comment");
    assert!(comment.starts_with("Simulated by scimulator"), "{comment}");
    let entries = archive["log"]["entries"].as_array().expect("a list");
    let asked = |entry: &Value| {
        let value = &entry["request"]["queryString"][0]["value"];
        value == "userName eq \"jonas.weber@contoso.example\""
    };
    assert!(entries.iter().any(asked), "a query is shown as it is meant");
    // The command in the summary plays the same run, from the folder alone.
    let sent = folder.join("out");
    let command = summary.split("```sh\nscimulator ").nth(1).and_then(|it| it.lines().next());
    let words: Vec<&str> = command.expect("a command").split(' ').collect();
    let again = said(&scimulator(&sent, &words));
    let digest = |text: &str| text.split("digest ").nth(1).map(|it| it[..8].to_owned());
    assert_eq!(digest(&again), digest(&said(&output)), "{again}");
    // The next run in that folder takes the copies away, and nothing else.
    fs::write(sent.join("scenario/mine.txt"), "mine").expect("a file");
    scimulator(folder, &["run", "welcome", "-q", "--out", "out"]);
    assert!(!sent.join("scenario/tickets").exists() && !sent.join("scenario/shared").exists());
    assert!(
        sent.join("scenario/mine.txt").exists() && sent.join("scenario-2/welcome.toml").exists()
    );
}

#[test]
fn a_summary_names_the_bug_of_each_switch_and_shows_what_is_expected_where_nothing_failed() {
    let room = tempfile::tempdir().expect("a folder");
    let folder = room.path();
    let summary = |bug: &str| {
        let output = scimulator(folder, &["run", "--bug", bug, "--out", bug, "--report", "md"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        read(&folder.join(bug).join("summary.md"))
    };
    let ten = summary("B58");
    for part in ["`golinks.quirks.integer_ids = true` (B58) ", "total_results = \"page\"` (B63) "] {
        assert!(ten.contains(part), "{part}\n{ten}");
    }
    let addresses = summary("B113");
    for part in [
        "- `golinks.profile = \"generic\"` ",
        "filtered_add_multiplies = true` (B113) ",
        "## What the expectations are about",
        "`PATCH /scim/v2/Users/",
        "addresses[type eq \\\"work\\\"].streetAddress",
        "| ✓ met | day 1 | 2026-03-03 10:00:00 | `log.last.mo.action",
        "| ✓ met | end | 2026-03-05 08:00:00 | `log.failures",
    ] {
        assert!(addresses.contains(part), "{part}\n{addresses}");
    }
}

#[test]
fn a_summary_says_of_the_requests_before_a_failure_that_they_are_the_last_ones() {
    let room = tempfile::tempdir().expect("a folder");
    let folder = room.path();
    let late = "title = \"Late\"\nends = \"9d\"\n[user.ann]\n[[at]]\ntime = \"0d\"\ndo = \"start\"\n\
                [[at]]\ntime = \"8d\"\nexpect.golinks.account.ann.active = false\n";
    fs::write(folder.join("late.toml"), late).expect("a file");
    let arguments = ["run", "late.toml", "--out", "out", "--report", "md"];
    assert_eq!(scimulator(folder, &arguments).status.code(), Some(1));
    let summary = read(&folder.join("out/summary.md"));
    let said = "The last requests up to then about ann:\n\n### day 0 08:00:00 (2026-03-02)";
    assert!(summary.contains(said), "{summary}");
}
