//! A SCIM client from outside against a running server: create, filter, PATCH, delete; also while
//! the clock is paused.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use super::STORY;
use super::program::{Program, serve};

#[test]
fn a_foreign_client_is_served_while_the_clock_passes() {
    check(&serve(STORY, &["--speed", "max"]));
}

#[test]
fn a_foreign_client_is_served_while_the_clock_is_paused() {
    let server = serve(STORY, &["--paused"]);
    check(&server);
    assert_eq!(server.state()["clock"]["paused"], true);
}

fn check(server: &Program) {
    let name = "grace@elsewhere.example";
    let body = format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{name}","active":true,
            "name":{{"givenName":"Grace","familyName":"Abara"}},"emails":[{{"type":"work","value":"{name}","primary":true}}]}}"#
    );
    let created = server.scim("POST", "/Users", &body);
    assert_eq!(created.status, 201, "{created:?}");
    let id = created.json()["id"].as_str().expect("an id").to_owned();
    let location = format!("{}/scim/v2/Users/{id}", server.url());
    assert_eq!(created.json()["meta"]["location"], location.as_str());
    assert_eq!(server.scim("POST", "/Users", &body).status, 409);

    let found =
        server.scim("GET", "/Users?filter=userName%20eq%20%22GRACE@elsewhere.example%22", "");
    assert_eq!((found.status, &found.json()["totalResults"]), (200, &1.into()), "{found:?}");

    let patch = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations":[{"op":"Replace","path":"active","value":"False"}]}"#;
    let patched = server.scim("PATCH", &format!("/Users/{id}"), patch);
    assert!(matches!(patched.status, 200 | 204), "{patched:?}");
    assert_eq!(server.scim("GET", &format!("/Users/{id}"), "").json()["active"], false);

    let deleted = server.scim("DELETE", &format!("/Users/{id}"), "");
    assert_eq!(deleted.status, 204, "{deleted:?}");
}

#[test]
fn without_the_token_there_is_a_scim_error() {
    let server = serve(STORY, &["--paused"]);
    let refused = server.ask("GET", "/scim/v2/Users", "", "");
    assert_eq!(refused.status, 401);
    assert_eq!(refused.json()["status"], "401");
    assert!(refused.head.contains("content-type: application/scim+json"), "{}", refused.head);
    assert_eq!(server.ask("GET", "/v1.0/users", "", "").status, 401);
    assert_eq!(server.ask("GET", "/healthz", "", "").status, 200);
}

#[test]
fn a_fault_delays_an_outsider_in_real_time_also_while_paused() {
    let story = format!(
        "{STORY}\n[[fault]]\ndelay = \"300ms\"\n[[fault]]\nreset = \"before\"\nwhen = {{ method = \"DELETE\" }}\n"
    );
    let server = serve(
        &story.replace("delay = \"300ms\"", "delay = \"300ms\"\nwhen = { method = \"GET\" }"),
        &["--paused"],
    );
    let began = Instant::now();
    assert_eq!(server.scim("GET", "/Users", "").status, 200);
    assert!(began.elapsed() >= Duration::from_millis(300), "{:?}", began.elapsed());
    let reset = server.scim("DELETE", "/Users/1", "");
    assert_eq!(
        (reset.status, reset.head.as_str()),
        (0, ""),
        "the connection breaks without an answer"
    );
}

#[test]
fn a_throttled_outsider_waits_in_real_time_also_while_paused() {
    let limited = STORY.replace("[golinks]", "[golinks]\nrate_limit = { rps = 2 }");
    let server = serve(&limited, &["--paused"]);
    let ask = || server.scim("GET", "/Users", "");
    let first = ask();
    assert_eq!(first.status, 200, "{first:?}");
    // On a slow machine some requests come too late after each other to be refused.
    let refused = (0..1000).map(|_| ask()).find(|answer| answer.status != 200).expect("a limit");
    assert!(refused.status == 429 && refused.head.contains("retry-after: 1"), "{refused:?}");
    let told = Instant::now() + Duration::from_secs(1);
    loop {
        let sent = Instant::now();
        if ask().status == 200 {
            break;
        }
        assert!(sent < told, "what it was told was true");
    }
    assert_eq!(server.state()["clock"]["paused"], true);
}

#[test]
fn one_connection_carries_many_requests() {
    let server = serve(STORY, &["--paused"]);
    let mut stream = server.connect();
    let request = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    stream.write_all(request.repeat(3).as_bytes()).expect("it reads");
    let mut text = String::new();
    let mut piece = [0; 4096];
    while text.matches("ready\n").count() < 3 {
        let count = stream.read(&mut piece).expect("it writes");
        assert!(count > 0, "{text}");
        text.push_str(&String::from_utf8_lossy(&piece[..count]));
    }
}

#[test]
fn a_server_is_verified_over_http_and_its_fault_has_a_line_that_shows_it_again() {
    let server = serve(STORY, &["--paused", "--set", "golinks.profile=generic"]);
    let url = format!("{}/scim/v2/", server.url());
    let state = tempfile::tempdir().expect("a folder");
    let verify = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_scimulator"));
        let output = command.args(["verify", &url]).args(arguments).env("SCIM_TOKEN", "test-token");
        let output = output.env("XDG_STATE_HOME", state.path());
        let output = output.env("NO_COLOR", "1").output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, said) = verify(&[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("checks passed"), "{said}");

    let body = r#"{"set":{"golinks":{"quirks":{"strict_booleans":true}}}}"#;
    server.command("action", body);
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().to_str().expect("a name");
    let (code, said) = verify(&["--only", "active", "--report", "junit,har,html", "--out", out]);
    assert_eq!(code, Some(1), "{said}");
    for wanted in [
        "active.text",
        "leavers keep their access",
        "\n  again  sh ",
        "-scim-v2.again.sh active.text\n",
    ] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    assert!(!said.contains("curl"), "{said}");
    let (_, wordy) = verify(&["--only", "active", "-v"]);
    for wanted in ["         u1=$(curl -sS -X POST", "curl -sSi -X PATCH"] {
        assert!(wordy.contains(wanted), "{wanted}: {wordy}");
    }
    let written = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect(name);
    assert!(written("junit.xml").contains("<failure"));
    let page = written("report.html");
    assert!(page.contains("<details class=\"failure harm\" id=\"active.text\" open>"), "{page}");
    for outside in ["src=", "href=", "url(", "<script", "@import", "test-token"] {
        assert!(!page.contains(outside), "{outside}");
    }
    let har: serde_json::Value = serde_json::from_str(&written("http.har")).expect("JSON");
    assert_eq!(har["log"]["version"], "1.2");
    assert!(!written("http.har").contains("test-token") && !said.contains("test-token"));

    let known = folder.path().join("known");
    std::fs::write(&known, "active.text  ticket 7\nuser.create-roles-text\nfind.case\n")
        .expect("a file");
    let known = known.to_str().expect("a name");
    let (code, said) = verify(&["--known", known]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("find.case is listed as a known failure, and passed"), "{said}");
}

/// Runs a story against a server, and returns the exit code and what was said.
fn run_against(server: &Program, story: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let url = format!("{}/scim/v2", server.url());
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_scimulator"));
    let command = command.args(["run", story, "--target", &url]).args(arguments);
    let output = command.env("SCIM_TOKEN", "test-token").env("NO_COLOR", "1").output();
    let output = output.expect("it runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn a_throttled_run_waits_in_real_time_while_the_clock_stands_and_says_so() {
    let throttling = format!(
        "{STORY}\n[[fault]]\nrespond = {{ status = 429, headers = {{ Retry-After = \"1\" }} }}\nwhen = {{ method = \"POST\", nth = 1 }}\n"
    );
    let server = serve(&throttling, &["--paused", "--set", "golinks.profile=generic"]);
    let began = Instant::now();
    let folder = tempfile::tempdir().expect("a folder");
    let story = folder.path().join("one.toml");
    let text = "title = \"one\"\nends = \"1d\"\n[user.ann]\nname = \"Ann Okafor\"\n\
        [[at]]\ntime = \"0d\"\ndo = \"start\"\n[finally]\nworlds = \"agree\"\n";
    std::fs::write(&story, text).expect("a file");
    let (code, said) = run_against(&server, story.to_str().expect("a name"), &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("429: waiting 1 s (Retry-After); virtual time stands"), "{said}");
    assert!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(held(&server), 0);
}

#[test]
fn what_was_there_before_is_neither_changed_nor_deleted() {
    let server = serve(STORY, &["--paused", "--set", "golinks.profile=generic"]);
    let body = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ann.okafor@contoso.example"}"#;
    assert_eq!(server.scim("POST", "/Users", body).status, 201);
    let folder = tempfile::tempdir().expect("a folder");
    let story = folder.path().join("one.toml");
    let text = "title = \"one\"\nends = \"1d\"\n[user.ann]\nname = \"Ann Okafor\"\n\
        [entra.mappings.users]\nchange = [\n\
        { target = \"externalId\", source = \"objectId\", match = 1 },\n\
        { target = \"userName\", source = \"userPrincipalName\", match = 0 },\n]\n\
        [[at]]\ntime = \"0d\"\ndo = \"start\"\n[finally]\nlog.failures = 0\n";
    std::fs::write(&story, text).expect("a file");
    let (code, said) = run_against(&server, story.to_str().expect("a name"), &[]);
    assert_eq!(code, Some(3), "{said}");
    let told = "error: 1 of the names that this story gives is taken at http://127.0.0.1:";
    assert!(
        said.contains(told) && said.contains("(ann.okafor@contoso.example); nothing"),
        "{said}"
    );
    assert!(said.contains("--tag with a word of its own") && !said.contains("cycle 1"), "{said}");
    // With a name of its own it is played, and with a budget too small to look beforehand.
    let (code, said) = run_against(&server, story.to_str().expect("a name"), &["--tag", "own"]);
    assert!(code == Some(0) && said.contains("all deleted again"), "{said}");
    let small = ["--budget", "9"];
    let (code, said) = run_against(&server, story.to_str().expect("a name"), &small);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("was there before this run, and is left alone"), "{said}");
    assert!(!said.contains("refused"), "no connection was refused: {said}");
    let (_, log) = run_against(&server, story.to_str().expect("a name"), &["-v", "--budget", "9"]);
    let told = "not sent: what was there before this run is left alone";
    assert!(log.contains(told) && !log.contains("refused"), "{log}");
    assert_eq!(held(&server), 1);
}

#[test]
fn a_run_that_a_server_does_not_let_in_does_not_begin() {
    let server = serve(STORY, &["--paused", "--set", "golinks.profile=generic"]);
    let wrong = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(wrong.path(), "wrong").expect("a file");
    let file = ["--token-file", wrong.path().to_str().expect("a name")];
    let (code, said) = run_against(&server, "welcome", &file);
    assert_eq!(code, Some(3), "{said}");
    assert!(
        said.contains("answers 401 Unauthorized")
            && said.contains("it does not accept the token in /"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 2, "nothing was played: {said}");
    // In a story of credentials a refusal is played.
    let (_, said) = run_against(&server, "another-reason", &file);
    assert!(said.lines().count() > 20, "{said}");
}

#[test]
fn quietly_a_run_at_a_server_is_its_verdict_and_the_line_of_a_cut_run_plays_it_again() {
    let server = serve(STORY, &["--paused", "--set", "golinks.profile=generic"]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("one.toml");
    let text = "title = \"one\"\nends = \"1d\"\n[user.ann]\nname = \"Ann Okafor\"\n\
        [[at]]\ntime = \"0d\"\ndo = \"start\"\n[finally]\nworlds = \"agree\"\n";
    std::fs::write(&file, text).expect("a file");
    let story = file.to_str().expect("a name");
    let cut = ["--until", "2h", "--tag", "cut"];
    let (_, said) = run_against(&server, story, &[&cut[..], &["-q"]].concat());
    let verdicts: Vec<&str> = said.lines().collect();
    assert!(verdicts[0].starts_with("CUT ") && verdicts.len() <= 2, "{said}");
    let (_, said) = run_against(&server, story, &[&cut[..], &["--adopt", "--keep"]].concat());
    let replay = said.lines().find(|line| line.starts_with("REPLAY")).expect("a line");
    for flag in [" --until 2h", " --tag cut", " --adopt", " --keep", " --target http://"] {
        assert!(replay.contains(flag), "{flag}: {replay}");
    }
}

/// Sends a process the termination signal.
#[cfg(unix)]
fn terminate(process: &std::process::Child) {
    let pid = rustix::process::Pid::from_child(process);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("it is sent");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_verify_and_a_run_with_its_own_code_and_what_was_made_is_deleted() {
    let slow = format!("{STORY}\n[[fault]]\ndelay = \"20ms\"\n");
    let server = serve(&slow, &["--paused", "--set", "golinks.profile=generic"]);
    let url = format!("{}/scim/v2", server.url());
    for arguments in [["verify", &url, "--budget", "5000"], ["run", "first-sync", "--target", &url]]
    {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_scimulator"));
        command.args(arguments).env("SCIM_TOKEN", "test-token").env("NO_COLOR", "1");
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let process = command.spawn().expect("it starts");
        while held(&server) < 1 {
            std::thread::sleep(Duration::from_millis(2));
        }
        terminate(&process);
        let output = process.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(143), "{arguments:?}: {said}");
        assert!(said.contains("stopping: what was made at the server is deleted"), "{said}");
        assert_eq!(held(&server), 0, "{arguments:?}: {said}");
    }
}

#[test]
fn a_story_that_needs_the_mock_is_not_judged_at_another_server() {
    let server = serve(STORY, &["--paused", "--set", "golinks.profile=generic"]);
    let (code, said) = run_against(&server, "no-groups-here", &[]);
    assert_eq!(code, Some(3), "what only the profile lacks: {said}");
    let (code, said) = run_against(&server, "deaf-success", &[]);
    assert_eq!(code, Some(3), "{said}");
    for wanted in ["this story needs what only the mock has (golinks.quirks", "CANNOT TELL"] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
}

/// How many accounts the server holds.
fn held(server: &Program) -> i64 {
    let list = server.scim("GET", "/Users?count=0", "");
    list.json()["totalResults"].as_i64().expect("a number")
}

#[test]
fn a_story_has_the_same_verdict_against_a_server_of_another_process() {
    let server = serve(STORY, &["--paused", "--set", "golinks.profile=generic"]);
    for story in ["first-sync", "joiner-mover-leaver", "outage", "four-ways-out", "slow-target"] {
        let (code, said) = run_against(&server, story, &[]);
        assert_eq!(code, Some(0), "{story}: {said}");
        assert!(said.contains("all deleted again"), "{story}: {said}");
        let replay = format!("REPLAY   scimulator run {story} --seed ");
        assert!(said.contains(&replay) && said.contains("--target http://127"), "{story}: {said}");
        assert!(!said.contains("test-token"), "{story}: {said}");
        assert_eq!(held(&server), 0, "{story}");
    }
}

#[test]
fn a_run_that_ends_before_its_time_says_so_and_cleans_up_or_says_what_is_left() {
    let server = serve(STORY, &["--paused", "--set", "golinks.profile=generic"]);
    let (code, said) = run_against(&server, "first-sync", &["--budget", "6"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("the budget of 6 requests is spent"), "{said}");
    assert_eq!(held(&server), 0);

    let (_, said) = run_against(&server, "first-sync", &["--keep"]);
    assert!(said.contains("6 still there:\n  /Users/"), "{said}");
    assert_eq!(held(&server), 6);
}

#[test]
fn a_port_that_is_taken_is_told_before_a_server_that_is_not_ours_too() {
    let server = serve(STORY, &["--paused", "--set", "golinks.profile=generic"]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let target = format!("{}/scim/v2", server.url());
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_scimulator"))
        .args(["serve", "first-sync", "--target", &target, "--port", &port])
        .env("SCIM_TOKEN", "test-token")
        .env("NO_COLOR", "1")
        .output()
        .expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains(&format!("port {port} of 127.0.0.1 is taken")), "{said}");
}

#[test]
fn a_target_that_is_killed_in_the_middle_of_a_run_is_survived_and_what_it_may_hold_is_said() {
    let slow = format!("{STORY}\n[[fault]]\ndelay = \"20ms\"\nwhen = {{ method = \"POST\" }}\n");
    let target = serve(&slow, &["--paused", "--set", "golinks.profile=generic"]);
    let folder = tempfile::tempdir().expect("a folder");
    let story = folder.path().join("many.toml");
    std::fs::write(&story, STORY.replace("generate = 11", "generate = 500")).expect("a file");
    let url = format!("{}/scim/v2", target.url());
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_scimulator"));
    let second = folder.path().join("second.toml");
    std::fs::copy(&story, &second).expect("a second story");
    command.arg("run").args([&story, &second]).args(["--target", &url]);
    command.env("SCIM_TOKEN", "test-token").env("NO_COLOR", "1");
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let run = command.spawn().expect("it starts");
    while held(&target) < 3 {
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(target);
    let output = run.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains(" not deleted, as it answers no more; "), "{said}");
    assert!(said.contains("UNFINISHED") && said.contains("the server stopped answering"), "{said}");
    let worlds = said.lines().find(|line| line.starts_with("WORLDS")).expect("a line");
    let wanted = "the target answers no more, so what it holds is not known; when it was read last, at day 0 ";
    assert!(worlds.contains(wanted) && worlds.contains(" right at the target"), "{worlds}");
    let ended = "the server answers no more: 1 of 2 runs were not begun";
    assert!(said.contains(ended) && said.matches("UNFINISHED").count() <= 2, "{said}");
    // Each thing once, and a command that names the folder of all.
    let one = said.lines().find(|line| line.starts_with("  /Users/")).expect("a thing");
    let path = one.split_whitespace().next().expect("a path");
    assert_eq!(said.matches(&format!("  {path} ")).count(), 1, "{said}");
    let command = said.lines().find(|line| line.starts_with("  delete them: ")).expect("a command");
    assert!(
        command.contains("curl -sS -X DELETE -H \"Authorization: Bearer $SCIM_TOKEN\" "),
        "{said}"
    );
}
