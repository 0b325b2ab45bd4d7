//! The program as people type it: what it says, where, and with which exit code.

use std::process::{Command, Stdio};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scimulator"));
    command.args(arguments).env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

#[test]
#[cfg(target_os = "linux")]
#[allow(clippy::disallowed_methods)] // tests open files
fn output_that_cannot_be_written_is_an_error_and_a_reader_who_leaves_is_none() {
    for arguments in [
        &["list"][..],
        &["--help"],
        &["--version"],
        &["run", "welcome"],
        &["show", "welcome"],
        &["explain"],
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        let output = program(arguments).stdout(full).output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {told}");
        assert!(told.contains("cannot write to standard output"), "{arguments:?}: {told}");

        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = program(arguments).stdout(writer).output().expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn quietly_a_run_that_went_well_is_its_verdict_alone() {
    let said = |arguments: &[&str]| {
        let output = program(arguments).output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    assert_eq!(
        said(&["-q", "run", "welcome"]),
        (Some(0), "GREEN    21 expectations met\n".to_owned())
    );
    let (code, red) = said(&["-q", "run", "welcome", "--set", "people.generate=2"]);
    assert!(code == Some(1) && red.contains("✗ FAILED") && red.contains("EXPECTATIONS"), "{red}");
}

#[test]
fn a_run_that_says_more_shows_its_exchanges_and_then_their_bodies() {
    let said = |arguments: &[&str]| {
        let output = program(arguments).output().expect("it runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let refused = "(kian.hermann) → 429, Retry-After 1\n";
    let body = "      > {\"schemas\":";
    let [plain, heads, bodies] = [
        said(&["run", "throttled"]),
        said(&["run", "throttled", "-v"]),
        said(&["run", "throttled", "-vv"]),
    ];
    assert!(!plain.contains("EXCHANGES") && plain.ends_with("expectations met\n"), "{plain}");
    assert!(heads.contains(refused) && !heads.contains(body), "{heads}");
    assert!(bodies.contains(refused) && bodies.contains(body), "{bodies}");
    assert!(bodies.ends_with("expectations met\n"), "the verdict is the last line");
}

#[test]
fn people_come_from_a_sheet_beside_the_scenario() {
    let folder = std::env::temp_dir().join(format!("scimulator-sheet-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let story = "title = \"sheet\"\nends = \"1h\"\n[people]\ncsv = \"people.csv\"\n[[at]]\n\
                 time = \"0d\"\ndo = \"start\"\n[finally]\ngolinks.accounts.active = 1\n";
    std::fs::write(folder.join("story.toml"), story).expect("a file");
    let file = folder.join("story.toml");
    let run = || program(&["run", file.to_str().expect("a path")]).output().expect("it runs");
    let missing = run();
    assert!(String::from_utf8_lossy(&missing.stderr).contains("`people.csv` cannot be read"));
    let sheet = "version:v1.0\nUser name [userPrincipalName] Required\nann@contoso.example\n";
    std::fs::write(folder.join("people.csv"), sheet).expect("a file");
    let read = run();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stdout));
    std::fs::remove_dir_all(&folder).expect("its own folder");
}

#[test]
fn the_library_is_listed_found_and_copied() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = |arguments: &[&str]| {
        let output = program(arguments).current_dir(&folder).output().expect("it runs");
        let text = [output.stdout, output.stderr].concat();
        (output.status.code().expect("a code"), String::from_utf8_lossy(&text).into_owned())
    };
    for (arguments, code, part) in [
        (&["list"][..], 0, "one-out-all-out"),
        (&["list", "bugs"], 0, "Removing one member empties the group\n        one-out-all-out"),
        (&["list", "stories"], 0, "S18   The secret expires"),
        (&["list", "throttle"], 0, "B72   Throttling"),
        (&["list", "members"], 0, "  added-again"),
        (&["list", "s05"], 0, "joiner-mover-leaver"),
        (&["list", "B27", "--json"], 0, "\"one-out-all-out\""),
        (&["list", "B92", "B41"], 0, "B92   "),
        (&["list", "B92", "B41"], 0, "B41   "),
        (&["list", "my/story.toml"], 2, "`scimulator check my/story.toml` reads it"),
        (&["explain", "log"], 0, "`scimulator explain log <name> --scenario <file>` tells"),
        (&["explain", "user", "ann"], 0, "of the story `welcome`; --scenario names another\n"),
        (&["list", "nonesuch"], 2, "nothing speaks of `nonesuch`"),
        (
            &["explain", "log", "eva", "--scenario", "before-provisioning"],
            0,
            "`explain user` tells of the acc",
        ),
        (&["show", "B27"], 0, "covers = [\"S31\", \"B27\", \"B29\"]"),
        (&["-q", "run", "--bug", "B60"], 0, "GREEN"),
        (&["-q", "run", "basics/wel"], 0, "GREEN    21"),
        (&["-q", "run", "patch"], 0, "only-active"),
        (&["run", "welcome", "--bug", "B60"], 2, "run --bug B60"),
        (&["new", "--from", "S05"], 0, "Joiner, mover, leaver"),
        (&["new", "ticket", "--bug", "B27"], 0, "ticket.toml is written"),
        (&["new", "ticket"], 2, "`ticket.toml` is there already"),
        (&["new", "leaver"], 0, "scimulator run leaver.toml"),
        (&["-q", "run", "leaver.toml", "ticket.toml"], 0, "leaver"),
    ] {
        let (found, text) = said(arguments);
        assert!(found == code && text.contains(part), "{arguments:?}: {found} {text}");
    }
}

/// What `list --json` writes has the members that the page on records names, and no others.
#[test]
fn the_library_as_json_is_as_documented() {
    let page = include_str!("../../docs/run-record.md");
    let (_, part) = page.split_once("## The library, for a program").expect("a part of the page");
    for (list, arguments) in [
        ("scenarios", &["list", "--json"][..]),
        ("stories", &["list", "stories", "--json"]),
        ("bugs", &["list", "bugs", "--json"]),
    ] {
        let output = program(arguments).output().expect("it runs");
        let all: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let row = part.lines().find(|line| line.starts_with(&format!("| `{list}` |")));
        let mut named: Vec<&str> = row.expect("a row").split('`').skip(3).step_by(2).collect();
        named.sort_unstable();
        let entries = all[list].as_array().expect("a list");
        assert!(!entries.is_empty(), "{list}");
        for entry in entries {
            let members: Vec<&String> = entry.as_object().expect("an object").keys().collect();
            assert_eq!(members, named, "{list}");
        }
    }
}

/// Ctrl-C ends a run with what was reached, and the line that plays it again up to there.
#[test]
#[cfg(unix)]
fn a_run_that_is_stopped_tells_what_was_reached() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let path = out.to_str().expect("a path of letters");
    let child = program(&["run", "first-sync", "--speed", "real", "--out", path])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    // The record is begun after the signals are caught, and the story takes days.
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !out.join("run.jsonl").exists() {
        assert!(std::time::Instant::now() < until, "no record was begun");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("it runs");
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(130), "{said}{told}");
    assert!(told.contains("stopped: what comes later is left out"), "{told}");
    let replay = said.lines().find(|line| line.starts_with("REPLAY")).expect("a line to replay");
    assert!(replay.contains(" --until "), "{replay}");
    assert!(said.contains(" left out") && !said.contains("FAILED"), "{said}");
    let report = program(&["report", path, "--report", "md"]).output().expect("it runs");
    assert!(report.status.success(), "{report:?}");
    let summary = std::fs::read_to_string(out.join("summary.md")).expect("it is written");
    // It was a signal, and no option of the command line.
    assert!(summary.contains("Not judged: ") && !summary.contains("(--until)"), "{summary}");
}

/// A folder is no scenario, and what is told of it names the files in it, not the machine's error.
#[test]
fn the_record_of_a_run_in_place_of_a_scenario_is_told_with_what_reads_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = |arguments: &[&str]| {
        let output = program(arguments).current_dir(&folder).output().expect("it runs");
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&text).into_owned())
    };
    assert_eq!(said(&["-q", "run", "welcome", "--out", "o1"]).0, Some(0));
    for arguments in [
        &["log", "o1"][..],
        &["log", "o1/run.jsonl"],
        &["explain", "user", "ann", "--scenario", "o1"],
    ] {
        let (code, told) = said(arguments);
        let reads = "`scimulator requests o1` and `scimulator report o1` read it";
        assert!(code == Some(2) && told.contains(reads), "{arguments:?}: {told}");
    }
    for reader in ["requests", "report"] {
        let (code, told) = said(&[reader, "o1"]);
        assert_eq!(code, Some(0), "{reader}: {told}");
    }
}

#[test]
fn a_folder_in_place_of_a_file_is_answered_with_its_files() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("st")).expect("a folder");
    for name in ["b.toml", "a.toml", "notes.md"] {
        std::fs::write(folder.path().join("st").join(name), "").expect("a file");
    }
    std::fs::create_dir(folder.path().join("empty")).expect("a folder");
    for verb in ["run", "check", "log"] {
        for (typed, help) in [
            ("st", "name files in it: st/a.toml, st/b.toml\n"),
            ("empty", "there is no .toml in this folder\n"),
        ] {
            let output = program(&[verb, typed]).current_dir(&folder).output().expect("it runs");
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(2), "{verb}: {told}");
            assert!(told.contains(&format!("`{typed}` is a folder")), "{verb}: {told}");
            assert!(told.contains(help) && !told.contains("os error"), "{verb}: {told}");
        }
    }
}

#[test]
fn a_folder_that_is_called_like_a_theme_does_not_stand_in_its_way() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("members")).expect("a folder");
    std::fs::create_dir(folder.path().join("welcome")).expect("a folder");
    for (arguments, runs) in
        [(&["-q", "run", "members"][..], 12), (&["-q", "run", "welcome", "members"], 13)]
    {
        let output = program(arguments).current_dir(&folder).output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(0), "{told}");
        assert!(told.contains(&format!("{runs} scenarios")), "{told}");
    }
}

/// The warnings of a file are told by the commands whose subject is the file.
#[test]
fn warnings_are_told_by_check_and_run_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let story = "title = \"x\"\nends = \"1d\"\n[user.ann]\n[[at]]\ntime = \"0d\"\n\
                 do = [\"start\", { purge = \"ann\" }]\n";
    std::fs::write(folder.path().join("x.toml"), story).expect("a file");
    for (arguments, tells) in [
        (&["check", "x.toml"][..], true),
        (&["run", "x.toml"], true),
        (&["log", "x.toml"], false),
        (&["requests", "x.toml"], false),
        (&["explain", "user", "ann", "--scenario", "x.toml"], false),
    ] {
        let output = program(arguments).current_dir(&folder).output().expect("it runs");
        let all = [output.stdout, output.stderr].concat();
        let all = String::from_utf8_lossy(&all);
        assert_eq!(all.contains("`purge` will be refused here"), tells, "{arguments:?}: {all}");
    }
}

#[test]
fn what_is_no_scenario_and_what_cannot_be_served_is_told_by_what_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let sheet = "version:v1.0\nUser name [userPrincipalName] Required\nada@contoso.example\n";
    std::fs::write(folder.path().join("people.csv"), sheet).expect("a file");
    std::fs::write(folder.path().join("run.jsonl"), "{\"kind\":\"head\"}\n{}\n").expect("a file");
    let cases = [
        (&["check", "people.csv"][..], "names it: [people] csv = \"people.csv\""),
        (&["check", "people.csv", "--until", "3d"], "`check` takes no --until"),
        (&["swarm", "merge", "."], ". holds no results: ./run.jsonl is no result of a swarm\n"),
        (
            &["serve", "--port", "21899", "--tls", "--tls-port", "21899"],
            "`--port` and `--tls-port` are both 21899",
        ),
    ];
    for (arguments, part) in cases {
        let output = program(arguments).current_dir(&folder).output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && told.contains(part), "{arguments:?}: {told}");
    }
}
