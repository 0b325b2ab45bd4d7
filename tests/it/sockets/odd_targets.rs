//! What the commands say and do at a server that is not there, is no SCIM server, or fails while it
//! is used, and when they are stopped there.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::odd::{Does, Odd};
use super::recordings::record_once;

/// The program, with the token of the mock.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scimulator"));
    command.args(arguments).env("SCIM_TOKEN", "golinks-demo-token").env("NO_COLOR", "1");
    command.env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn said(output: &Output) -> String {
    let all = [output.stdout.clone(), output.stderr.clone()].concat();
    String::from_utf8_lossy(&all).into_owned()
}

/// Runs the program to its end; returns its exit code and all it said.
pub fn program(arguments: &[&str]) -> (Option<i32>, String) {
    let output = command(arguments).output().expect("it runs");
    (output.status.code(), said(&output))
}

/// Writes a story of one user who is provisioned at once.
pub fn story(folder: &Path, more: &str) -> String {
    let path = folder.join("story.toml");
    let text = format!(
        "title = \"One\"\nends = \"3d\"\n{more}\n[user.ann]\nname = \"Ann Okafor\"\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n[finally]\nworlds = \"agree\"\n"
    );
    std::fs::write(&path, text).expect("a file");
    path.to_str().expect("a name").to_owned()
}

/// The first line that it writes to standard error. Nothing is read beyond it.
fn first_line(process: &mut Child) -> String {
    let stderr = process.stderr.as_mut().expect("it was piped");
    let mut line = Vec::new();
    let mut byte = [0];
    while line.last() != Some(&b'\n') && stderr.read(&mut byte).expect("text") > 0 {
        line.push(byte[0]);
    }
    String::from_utf8_lossy(&line).into_owned()
}

#[cfg(unix)]
fn send(process: &Child, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_child(process);
    rustix::process::kill_process(pid, signal).expect("it is sent");
}

#[test]
fn where_nothing_listens_every_command_says_so_alike() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/scim/v2", gone.local_addr().expect("an address"));
    drop(gone);
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let out = out.to_str().expect("a name");
    let recording = record_once(folder.path());
    let recording = recording.to_str().expect("a name");
    for arguments in [
        &["verify", &url][..],
        &["run", "first-sync", "--target", &url],
        &["swarm", &url, "--seeds", "1..2"],
        &["serve", "first-sync", "--port", "0", "--target", &url],
        &["record", "--upstream", &url, "--out", out, "--port", "0"],
        &["replay", recording, "--against", &url],
    ] {
        let (code, told) = program(arguments);
        assert_eq!(code, Some(3), "{arguments:?}: {told}");
        let wanted = "error: nothing listens at http://127.0.0.1:";
        assert!(told.starts_with(wanted) && told.contains("connection refused"), "{told}");
    }
}

#[test]
fn a_page_to_sign_in_is_told_once_as_what_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let recording = record_once(folder.path());
    let recording = recording.to_str().expect("a name");
    for (status, head, wanted) in [
        (200, "Content-Type: text/html", "a page for people answers at"),
        (302, "Location: /login", "sends every request to /login (302)"),
    ] {
        let server = Odd::start(move |_, _, _| Does::Answer(status, head, "<html>Sign in</html>"));
        for arguments in [
            &["swarm", &server.url, "--seeds", "1..2"][..],
            &["run", "first-sync", "--target", &server.url],
            &["serve", "first-sync", "--port", "0", "--target", &server.url],
            &["replay", recording, "--against", &server.url],
        ] {
            let (code, told) = program(arguments);
            assert_eq!(code, Some(3), "{arguments:?}: {told}");
            // A run says before what it will do where.
            let error = told.split_once("error: ").expect("an error").1;
            assert!(error.contains(wanted) && error.lines().count() <= 3, "{told}");
        }
    }
}

#[test]
fn a_server_that_answers_everything_alike_is_told_before_anything_is_played() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().to_str().expect("a name");
    let json = "Content-Type: application/scim+json";
    let empty = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"Resources":[]}"#;
    for (status, head, body, wanted) in [
        (200, json, empty, "answers every request with a list, also one to create a user"),
        (200, json, "{}", "answers a question for users with what is no list of them"),
        (200, "Content-Type: text/plain", "<html>Sign in</html>", "what is no list of them"),
        (204, "X-Odd: yes", "", "what is no list of them"),
        (401, json, "{}", "answers 401 Unauthorized to a question for users"),
    ] {
        let server = Odd::start(move |_, _, _| Does::Answer(status, head, body));
        for arguments in [
            &["swarm", &server.url, "--seeds", "1..2", "--state", folder, "--out", folder][..],
            &["run", "first-sync", "--target", &server.url],
            &["serve", "first-sync", "--port", "0", "--target", &server.url],
        ] {
            let (code, told) = program(arguments);
            assert_eq!(code, Some(3), "{arguments:?}: {told}");
            let error = told.split_once("error: ").expect("an error").1;
            assert!(error.contains(wanted) && error.lines().count() <= 2, "{told}");
        }
    }
    // One that lists nobody where a user is read, and creates all the same, is played.
    let server = Odd::start(move |method, path, _| match (method, path) {
        ("GET", path) if path.contains("/Users/0000") => Does::Answer(200, json, empty),
        _ => Does::Mock,
    });
    let (code, told) = program(&["run", "first-sync", "--target", &server.url]);
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(server.held(), 0, "{told}");
}

#[test]
fn serve_says_once_that_its_target_is_silent_and_once_that_it_answers_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = story(folder.path(), "");
    let text = std::fs::read_to_string(&file).expect("a story");
    std::fs::write(&file, text.replace("\"3d\"", "\"90d\"")).expect("a file");
    let dropping = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let drops = dropping.clone();
    let server = Odd::start(move |_, _, nth| match nth > 12 && drops.load(Ordering::SeqCst) {
        true => Does::Drop,
        false => Does::Mock,
    });
    let arguments = ["serve", &file, "--port", "0", "--speed", "1000000", "--target", &server.url];
    let mut serve = command(&arguments).spawn().expect("it starts");
    let (mut told, mut silent) = (String::new(), 0);
    while !told.contains(&format!("{} answers again\n", server.url)) {
        let line = first_line(&mut serve);
        assert!(!line.is_empty() && !line.contains("has ended"), "{told}{line}");
        if line.contains(" answers no more: until it does, the job meets an outage") {
            silent += 1;
            dropping.store(false, Ordering::SeqCst);
        }
        told += &line;
    }
    serve.kill().expect("it runs");
    serve.wait().expect("it ends");
    assert_eq!(silent, 1, "{told}");
}

#[cfg(unix)]
#[test]
fn a_swarm_that_is_stopped_says_what_was_not_shortened_and_not_played() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().to_str().expect("a name");
    // It takes no change, so each life fails.
    let server = Odd::start(|method, _, _| match method {
        "PATCH" => Does::Answer(501, "X-Odd: yes", r#"{"detail":"not here"}"#),
        _ => Does::Mock,
    });
    let arguments = [
        "swarm",
        &server.url,
        "--seeds",
        "1..9",
        "--state",
        out,
        "--out",
        out,
        "--shrink-tries",
        "100000",
    ];
    let swarm = command(&arguments).spawn().expect("it starts");
    // The tags of lives count up: beyond the third one a failure is being shortened.
    server.wait_until(|seen| seen.iter().any(|line| line.contains("-5.example")));
    send(&swarm, rustix::process::Signal::INT);
    let output = swarm.wait_with_output().expect("it ends");
    let told = said(&output);
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(told.contains(", not shortened"), "{told}");
    assert!(
        told.contains(": stopped by a signal") && told.contains("..9 were not played"),
        "{told}"
    );
    let lines = std::fs::read_to_string(folder.path().join("results-1-of-1.jsonl"));
    let lines = lines.expect("results");
    assert!(lines.contains(r#""cut":"not shortened"#) && lines.contains(",9]]}"), "{lines}");

    let arguments =
        ["swarm", &server.url, "--seeds", "1", "--state", out, "--out", out, "--shrink-tries", "3"];
    let (code, told) = program(&arguments);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains(": --shrink-tries 3 is used up"), "{told}");
    let text = std::fs::read_to_string(folder.path().join("seed-1.toml")).expect("a file");
    assert!(text.contains("--shrink-tries 3 is used up"), "{text}");
    let answered: Vec<&str> =
        text.lines().skip_while(|line| !line.contains("→ 501")).take(3).collect();
    assert!(
        answered[1].starts_with("#     > {") && answered[2].contains("< {\"detail\""),
        "{text}"
    );
}

#[cfg(unix)]
#[test]
fn a_run_that_is_stopped_at_a_server_is_unfinished_and_cleaned_up() {
    use rustix::process::Signal;
    let folder = tempfile::tempdir().expect("a folder");
    let file = story(folder.path(), "");
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let server = Odd::start(|_, _, nth| if nth < 8 { Does::Mock } else { Does::Hang });
        let mut run = command(&["run", &file, "--target", &server.url]).spawn().expect("it starts");
        server.wait_until(|seen| seen.len() > 8);
        send(&run, signal);
        // What hangs is answered once the signal is known; nothing more is sent then.
        let first = first_line(&mut run);
        server.release();
        let output = run.wait_with_output().expect("it ends");
        let told = said(&output);
        assert_eq!(output.status.code(), Some(code), "{first}{told}");
        assert!(first.contains("stopping: what was made at the server is deleted"), "{first}");
        assert!(told.contains("UNFINISHED  at day 0 "), "{told}");
        let replay = told.lines().find(|line| line.starts_with("REPLAY")).expect("a line");
        assert!(replay.contains(" --until "), "{replay}");
        assert!(told.contains("stopped by a signal; not judged: 1 expectation"), "{told}");
        assert!(!told.contains("FAILED") && told.contains("all deleted again"), "{told}");
        assert_eq!(server.held(), 0, "{told}");
    }
}

#[cfg(unix)]
#[test]
fn a_replay_that_is_stopped_is_unfinished_and_not_green() {
    let folder = tempfile::tempdir().expect("a folder");
    let recording = record_once(folder.path());
    let recording = recording.to_str().expect("a name");
    let server = Odd::start(|_, _, nth| if nth < 4 { Does::Mock } else { Does::Hang });
    let arguments = ["replay", recording, "--against", &server.url];
    let mut replay = command(&arguments).spawn().expect("it starts");
    server.wait_until(|seen| seen.len() > 4);
    send(&replay, rustix::process::Signal::TERM);
    let first = first_line(&mut replay);
    server.release();
    let output = replay.wait_with_output().expect("it ends");
    let told = said(&output);
    assert_eq!(output.status.code(), Some(143), "{first}{told}");
    assert!(told.contains("UNFINISHED  after ") && told.contains("stopped by a signal"), "{told}");
    assert!(!told.contains("GREEN") && server.held() == 0, "{told}");
}

#[test]
fn a_server_that_dies_in_the_middle_of_a_replay_is_told_with_what_it_may_hold() {
    let folder = tempfile::tempdir().expect("a folder");
    let recording = record_once(folder.path());
    let recording = recording.to_str().expect("a name");
    let creates = AtomicUsize::new(0);
    let server = Odd::start(move |method, _, _| match method {
        "POST" if creates.fetch_add(1, Ordering::SeqCst) == 1 => Does::Die,
        _ => Does::Mock,
    });
    let (code, told) = program(&["replay", recording, "--against", &server.url]);
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("UNFINISHED  after ") && told.contains(" not deleted, as it"), "{told}");
    assert!(
        told.contains("whether these creates were carried out is not known, so they may be there"),
        "{told}"
    );
    assert_eq!(told.matches("  delete them: ").count(), 1, "{told}");
}

#[cfg(unix)]
#[test]
fn two_signals_end_at_once_and_name_what_is_left() {
    use rustix::process::Signal;
    let folder = tempfile::tempdir().expect("a folder");
    let file = story(folder.path(), "");
    let server = Odd::start(|method, _, _| match method {
        "DELETE" => Does::Hang,
        _ => Does::Mock,
    });
    let mut run = command(&["run", &file, "--target", &server.url]).spawn().expect("it starts");
    server.wait_until(|seen| seen.iter().any(|line| line.starts_with("DELETE")));
    send(&run, Signal::TERM);
    // The two must not melt into one: the first is known by what is said of it.
    let first = first_line(&mut run);
    send(&run, Signal::TERM);
    let output = run.wait_with_output().expect("it ends");
    let rest = said(&output);
    assert_eq!(output.status.code(), Some(143), "{first}{rest}");
    assert!(first.contains("again to leave it there"), "{first}");
    assert!(rest.contains("still at the server:\n  /scim/v2/Users/"), "{rest}");
}

#[test]
fn a_delete_that_fails_once_is_sent_again_and_one_that_always_fails_is_told_with_its_status() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = story(folder.path(), "");
    let deletes = std::sync::atomic::AtomicUsize::new(0);
    let server = Odd::start(move |method, _, _| match method {
        "DELETE" if deletes.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 => {
            Does::Answer(500, "X-Odd: yes", "")
        }
        _ => Does::Mock,
    });
    let (code, told) = program(&["run", &file, "--target", &server.url]);
    assert!(code == Some(0) && told.contains("all deleted again"), "{told}");
    assert_eq!(server.held(), 0);

    let server = Odd::start(|method, _, _| match method {
        "DELETE" => Does::Answer(500, "X-Odd: yes", ""),
        _ => Does::Mock,
    });
    let (_, told) = program(&["run", &file, "--target", &server.url]);
    assert!(told.contains("1 still there:\n  /Users/"), "{told}");
    assert!(told.contains("  DELETE was answered 500\n"), "{told}");
}

#[test]
fn every_cell_of_a_matrix_is_played_at_a_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let more = "[matrix]\nentra.dialect = [\"classic\", \"compliant\"]";
    let file = story(folder.path(), more);
    let server = Odd::start(|_, _, _| Does::Mock);
    let (code, told) = program(&["run", &file, "--target", &server.url]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("GREEN    2 cells: 2 green"), "{told}");
    assert_eq!(told.matches("1 object made there, all deleted again").count(), 2, "{told}");
    let (_, told) = program(&["run", &file, "--cell", "2", "--target", &server.url]);
    assert!(!told.contains("2 cells") && told.contains("GREEN    1 expectation met"), "{told}");
}

#[test]
fn a_server_that_breaks_leaves_a_run_unfinished_and_does_not_judge_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = story(folder.path(), "");
    let server = Odd::start(|method, _, nth| match method {
        "GET" if nth > 4 => Does::Answer(500, "X-Odd: yes", ""),
        _ => Does::Mock,
    });
    let (code, told) = program(&["run", &file, "--target", &server.url]);
    assert_eq!(code, Some(3), "{told}");
    let wanted = "the server answered 5 requests in a row with an error of its own";
    assert!(told.contains("UNFINISHED  at day ") && told.contains(wanted), "{told}");
    assert!(!told.contains("\nFAILED") && told.contains("all deleted again"), "{told}");
}

#[test]
fn verify_tells_of_a_server_that_dies_while_it_is_checked_and_of_nothing_else() {
    for after in [30, 300] {
        let server = Odd::start(move |_, _, nth| if nth < after { Does::Mock } else { Does::Die });
        let (code, told) = program(&["verify", &server.url]);
        assert_eq!(code, Some(1), "{told}");
        assert!(
            told.contains("✗ net.alive  block")
                && told.contains("FAILED   ")
                && told.contains(" failed (1 block"),
            "{told}"
        );
        assert!(!told.contains(" harm") && !told.contains(" fail ("), "{told}");
        let wanted = "not tried: because of net.alive: ";
        assert!(told.contains(wanted) && !told.contains("what Entra can do"), "{told}");
    }
}

/// What stood at a server that was killed is deleted by the command that is told, once it is there
/// again; a create without an answer is found by the other one.
#[test]
fn what_a_killed_server_kept_is_deleted_by_the_command_that_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = story(folder.path(), "");
    for (arguments, after) in
        [(&["verify"][..], 300), (&["verify"], 600), (&["run", &file, "--target"], 9)]
    {
        let server = Odd::start(move |_, _, nth| if nth < after { Does::Mock } else { Does::Die });
        let (_, told) = program(&[arguments, &[&server.url]].concat());
        let held = server.held();
        assert!(held > 0, "{told}");
        server.start_again();
        let typed = |head: &str| {
            let line = told.lines().find_map(|line| line.trim_start().strip_prefix(head));
            line.map(|line| line.split_once(": ").expect("a command").1.to_owned())
        };
        let shell = |line: &str| {
            let mut shell = Command::new("sh");
            shell.args(["-c", line]).env("SCIM_TOKEN", "golinks-demo-token");
            said(&shell.output().expect("a shell"))
        };
        let delete = typed("delete them").expect("a command");
        let came = shell(&delete);
        let unknown = told.lines().filter(|line| line.starts_with("  /Users (")).count();
        assert!(server.held() <= unknown, "{held}, {}: {delete}: {came}\n{told}", server.held());
        if let Some(look) = typed("look for") {
            let found = shell(&look);
            assert!(found.contains("totalResults"), "{look}: {found}");
        }
        if let Some((_, list)) = delete.split_once(" < ") {
            let _ = std::fs::remove_file(list.trim_matches('\''));
        }
    }
}

#[test]
fn verify_names_a_method_that_hangs_and_goes_on_without_it() {
    let server = Odd::start(|method, _, _| match method {
        "DELETE" => Does::Hang,
        _ => Does::Mock,
    });
    let arguments = [
        "verify",
        &server.url,
        "--timeout",
        "300ms",
        "--only",
        "user,patch.op-case",
        "--skip",
        "user.location",
    ];
    let (code, told) = program(&arguments);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("✗ net.hangs  fail") && told.contains("DELETE /Users/{id}"), "{told}");
    assert!(told.contains("FAILED   1 failed") && told.contains("DELETE got no answer"), "{told}");
}

#[test]
fn a_swarm_tells_of_a_server_that_dies_and_not_of_lives_after_that() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().to_str().expect("a name");
    for after in [30, 90] {
        let server = Odd::start(move |_, _, nth| if nth < after { Does::Mock } else { Does::Die });
        let arguments =
            ["swarm", &server.url, "--seeds", "1..9", "--state", folder, "--out", folder];
        let output = command(&arguments).current_dir(folder).output().expect("it runs");
        let (code, told) = (output.status.code(), said(&output));
        assert_eq!(code, Some(3), "{told}");
        let wanted =
            format!("? the server stopped answering after {} requests, in seed ", after - 3);
        assert_eq!(told.matches("stopped answering").count(), 1, "{told}");
        assert!(told.contains(&wanted) && told.contains("UNFINISHED"), "{told}");
        assert!(!told.contains('✗') && !told.contains("kept in"), "{told}");
        assert!(told.contains("..9 were not played"), "{told}");
        let lines = std::fs::read_to_string(format!("{folder}/results-1-of-1.jsonl"));
        assert!(lines.expect("results").contains(",9]]}"), "{told}");
        let left = told.lines().filter(|line| line.starts_with("  /Users/")).count();
        let deletes = told.contains("  delete them: ");
        assert!((left > 0) == deletes && left == server.held(), "{left}: {told}");
        let files = std::fs::read_dir(folder).expect("a folder").flatten();
        let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
        let kept: Vec<String> =
            names.filter(|name| name.ends_with(".toml") || name.ends_with(".seeds")).collect();
        assert!(kept.is_empty(), "{kept:?}");
    }
}

#[test]
fn a_run_at_a_server_that_dies_is_unfinished() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = story(folder.path(), "");
    let server = Odd::start(|_, _, nth| if nth < 6 { Does::Mock } else { Does::Die });
    let (code, told) = program(&["run", &file, "--target", &server.url]);
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("the server stopped answering after "), "{told}");
    assert!(told.contains("UNFINISHED  at day ") && !told.contains("\nFAILED"), "{told}");
}

#[test]
fn a_path_at_which_no_scim_server_is_ends_a_run_and_the_right_one_is_named() {
    let server = Odd::start(|_, path, _| match path {
        path if path.starts_with("/scim/v2/") => Does::Mock,
        _ => Does::Answer(404, "Content-Type: text/html", "<html>Not found</html>"),
    });
    let host = server.url.trim_end_matches("/scim/v2");
    let (users, wrong) = (format!("{}/Users", server.url), format!("{host}/wrong"));
    let one_answers = format!("one answers at {host}/scim/v2");
    for (url, help) in
        [(host, &*one_answers), (&*wrong, &*one_answers), (&*users, "leave off /Users")]
    {
        for arguments in [
            &["run", "first-sync", "--target", url][..],
            &["run", "blank-secret", "--target", url],
            &["swarm", url, "--seeds", "1..2"],
            &["serve", "first-sync", "--port", "0", "--target", url],
            &["verify", url],
        ] {
            let (code, told) = program(arguments);
            assert_eq!(code, Some(3), "{arguments:?}: {told}");
            let error = told.split_once("error: ").expect("an error").1;
            assert!(error.starts_with("no SCIM server is at "), "{told}");
            assert!(error.contains(help) && error.lines().count() <= 3, "{told}");
        }
    }
}

/// A server may say in SCIM's own words that nothing is at a path.
#[test]
fn where_nothing_is_every_shape_of_it_ends_every_command_alike() {
    let error = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404"}"#;
    for (get, post, body) in [
        (404, 404, error),
        (404, 405, error),
        (404, 501, "<html>"),
        (405, 403, ""),
        (404, 405, "{}"),
    ] {
        let server = Odd::start(move |method, _, _| {
            let status = if method == "GET" { get } else { post };
            Does::Answer(status, "Content-Type: application/scim+json", body)
        });
        for arguments in [
            &["verify", &server.url][..],
            &["run", "first-sync", "--target", &server.url],
            &["swarm", &server.url, "--seeds", "1..2"],
        ] {
            let (code, told) = program(arguments);
            assert_eq!(code, Some(3), "{get} {post} {arguments:?}: {told}");
            assert!(told.contains("error: no SCIM server is at "), "{get} {post}: {told}");
        }
    }
}

#[test]
fn a_token_that_is_not_accepted_ends_every_command_alike() {
    let server = Odd::start(|_, _, _| Does::Answer(401, "WWW-Authenticate: Bearer", ""));
    for arguments in [
        &["verify", &server.url][..],
        &["run", "first-sync", "--target", &server.url],
        &["swarm", &server.url, "--seeds", "1..2"],
    ] {
        let (code, told) = program(arguments);
        assert_eq!(code, Some(3), "{arguments:?}: {told}");
        assert!(told.contains("answers 401 Unauthorized to a question for users"), "{told}");
    }
}

#[test]
fn https_to_a_port_that_speaks_plain_http_is_told_so() {
    let server = super::program::serve(super::STORY, &["--paused"]);
    let url = format!("{}/scim/v2", server.url().replacen("http:", "https:", 1));
    for arguments in [
        &["verify", &url][..],
        &["run", "first-sync", "--target", &url],
        &["swarm", &url, "--seeds", "1..2"],
    ] {
        let (code, told) = program(arguments);
        assert_eq!(code, Some(3), "{arguments:?}: {told}");
        assert!(told.contains(" listens but speaks no TLS"), "{told}");
        assert!(told.contains(&format!("try {}/scim/v2", server.url())), "{told}");
    }
}

#[test]
fn verify_names_the_code_with_which_entra_fails_at_each_such_server() {
    for (status, head, code) in [
        (401, "X-Odd: yes", "CredentialValidationFailure"),
        (404, "X-Odd: yes", "ServiceIncompatible"),
        (500, "X-Odd: yes", "CredentialValidationUnavailable"),
        (302, "Location: /login", "ServiceIncompatible"),
        (200, "Content-Type: text/html", "ServiceIncompatible"),
    ] {
        let server = Odd::start(move |_, _, _| Does::Answer(status, head, "<html>"));
        let (_, told) = program(&["verify", &server.url]);
        let wanted = format!("fails with SystemForCrossDomainIdentityManagement{code} (");
        assert!(told.replace("\n", " ").contains(&wanted), "{status}: {told}");
    }
}

#[test]
fn much_that_is_left_stands_whole_in_a_file_and_its_beginning_one_a_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Odd::start(|method, _, _| match method {
        "DELETE" => Does::Answer(403, "X-Odd: yes", ""),
        _ => Does::Mock,
    });
    let arguments = ["swarm", &server.url, "--seeds", "1..3", "--state", "state"];
    let output = command(&arguments).current_dir(folder.path()).output().expect("it runs");
    let told = said(&output);
    assert!(told.contains(" still there:\n  /"), "{told}");
    let held = told.lines().filter(|line| line.ends_with("DELETE was answered 403")).count();
    let file = told.split_once("all of them are in ").expect("a file").1;
    let file = file.lines().next().expect("a name");
    assert!(told.contains(&format!("$SCIM_TOKEN\" < {file}\n")), "{told}");
    let all = std::fs::read_to_string(file).expect("it was written");
    std::fs::remove_file(file).expect("it is there");
    let wanted = format!("  and {} more; all of them", all.lines().count() - held);
    assert!(held == 20 && told.contains(&wanted), "{told}");
    assert!(all.lines().all(|line| line.starts_with(&format!("{}/", server.url))), "{all}");
}

#[test]
fn what_verify_left_is_told_once_with_its_name_and_the_credentials_as_typed() {
    let server = Odd::start(|method, _, _| match method {
        "DELETE" => Does::Answer(403, "X-Odd: yes", ""),
        _ => Does::Mock,
    });
    let key = ["--header-env", "X-Key=ODD_KEY"];
    let arguments = [&["verify", &server.url, "--only", "find.userName"][..], &key].concat();
    let output = command(&arguments).env("ODD_KEY", "k").output().expect("it runs");
    let told = said(&output);
    let left = told.split_once("at the server: ").expect("what is left").1;
    let lines: Vec<&str> = left.lines().collect();
    let paths: Vec<&str> =
        lines.iter().filter_map(|line| line.strip_prefix("  /")?.split(' ').next()).collect();
    let once: std::collections::BTreeSet<&&str> = paths.iter().collect();
    assert!(!paths.is_empty() && once.len() == paths.len(), "{told}");
    let of_one = lines.iter().filter(|line| line.starts_with("  /"));
    let named = |line: &&str| line.contains(" (verify-") && line.ends_with(" answered 403");
    assert!(of_one.clone().all(named), "{told}");
    assert!(left.contains("  delete them: curl ") || left.contains("  delete them: xargs "));
    assert!(left.contains(" -H \"X-Key: $ODD_KEY\" "), "{told}");
}

#[test]
fn checks_that_are_asked_for_and_left_out_at_once_are_refused() {
    let url = "http://127.0.0.1:1/scim/v2";
    for (only, skip, refused) in
        [("patch", "patch", true), ("patch.urn", "patch", true), ("patch", "patch.urn", false)]
    {
        let (code, told) = program(&["verify", url, "--only", only, "--skip", skip]);
        assert_eq!(code, Some(if refused { 2 } else { 3 }), "{told}");
        assert_eq!(told.contains("leaves out all of what"), refused, "{told}");
    }
}

#[test]
fn the_requests_that_are_told_are_those_that_came_and_what_a_story_deleted_was_made_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("gone.toml");
    let text = "title = \"Gone\"\nends = \"3d\"\n[user.ann]\n[user.bob]\n\
                [[at]]\ntime = \"0d\"\ndo = \"start\"\n\
                [[at]]\ntime = \"1d\"\ndo = { delete = \"bob\" }\n\
                [[at]]\ntime = \"2d\"\ndo = { purge = \"bob\" }\n";
    std::fs::write(&path, text).expect("a file");
    let server = Odd::start(|_, _, _| Does::Mock);
    let file = path.to_str().expect("a name");
    let (_, told) = program(&["run", file, "--target", &server.url]);
    assert_eq!(server.held(), 0, "{told}");
    let came = server.requests();
    let posts = came.iter().filter(|one| one.starts_with("POST ")).count();
    assert_eq!(posts, 2, "{came:?}");
    assert!(told.contains("; 2 objects made there, all deleted again"), "{told}");
    let said = told.lines().find_map(|line| line.split_once(" requests in all, ")).expect(&told);
    assert_eq!(said.0.trim(), came.len().to_string(), "{told}");
}
