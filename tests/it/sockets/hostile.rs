//! Clients that mean ill or are broken: slow, huge, malformed, from another site; and starts that
//! cannot succeed.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::STORY;
use super::program::{Events, run, serve};

#[test]
fn a_client_that_sends_nothing_or_half_a_request_is_cut_off() {
    let server = serve(STORY, &["--paused", "--read-timeout", "300ms"]);
    let halves = [
        "",
        "GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\n",
        "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"half\"",
        "POST /api/v1/speed HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{\"speed\"",
    ];
    for half in halves {
        let began = Instant::now();
        let mut stream = server.connect();
        stream.write_all(half.as_bytes()).expect("it reads");
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        assert!(rest.is_empty(), "{half:?}: {}", String::from_utf8_lossy(&rest));
        let waited = began.elapsed();
        assert!(
            (Duration::from_millis(250)..Duration::from_secs(60)).contains(&waited),
            "{half:?}: {waited:?}"
        );
    }
    assert_eq!(server.scim("GET", "/Users?count=1", "").status, 200, "others are served");
}

#[test]
fn a_body_beyond_the_limit_is_refused_and_not_held() {
    let server = serve(STORY, &["--paused", "--set", "golinks.body_limit=1000"]);
    let large = format!(r#"{{"userName":"{}"}}"#, "x".repeat(300_000));
    let refused = server.scim("POST", "/Users", &large);
    assert_eq!(refused.status, 413, "{refused:?}");
    assert_eq!(refused.json()["status"], "413");
    assert!(refused.head.contains("connection: close"));
    let chunked = format!(
        "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer test-token\r\nTransfer-Encoding: chunked\r\n\r\n\
         {:x}\r\n{large}\r\n0\r\n\r\n",
        large.len()
    );
    assert_eq!(server.send(&chunked).status, 413);
    assert_eq!(server.scim("GET", "/Users?count=1", "").status, 200);
}

#[test]
fn nonsense_is_answered_and_nothing_breaks() {
    let server = serve(STORY, &["--paused"]);
    let lines = [
        "NONSENSE\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /scim/v2/Users?filter=%ff%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET http://elsewhere.example/scim/v2/Users HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "BREW /scim/v2/Users HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\nConnection: close\r\n\r\n12345",
    ];
    for line in lines {
        let answer = server.send(line);
        assert!(answer.status >= 400, "{line:?}: {answer:?}");
    }
    for body in ["", "{", "[]", "null", "{\"userName\":1}", "\u{0}"] {
        let answer = server.scim("POST", "/Users", body);
        assert_eq!(
            (answer.status, &answer.json()["status"]),
            (400, &"400".into()),
            "{body:?}: {answer:?}"
        );
    }
    assert_eq!(
        server.scim("GET", "/Users?count=1", "").json()["totalResults"],
        0,
        "nothing was stored"
    );
}

#[test]
fn another_name_or_another_site_is_refused_by_the_control_api() {
    let server = serve(STORY, &["--paused", "--allow-host", "mock.test"]);
    let get = |host: &str| {
        server.send(&format!(
            "GET /api/v1/state HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        ))
    };
    for host in ["localhost:1", "127.0.0.1", "[::1]:9", "mock.test:80"] {
        assert_eq!(get(host).status, 200, "{host}");
    }
    for host in ["rebound.example", "rebound.example:4040", ""] {
        assert_eq!(get(host).status, 403, "{host}");
    }
    let post = |headers: &str| server.ask("POST", "/api/v1/resume", headers, "").status;
    assert_eq!(post("Origin: http://elsewhere.example\r\n"), 403);
    assert_eq!(post("Sec-Fetch-Site: cross-site\r\n"), 403);
    assert_eq!(server.state()["clock"]["paused"], true);
    assert_eq!(post(&format!("Origin: {}\r\nSec-Fetch-Site: same-origin\r\n", server.url())), 200);
    assert!(
        !server
            .ask("GET", "/api/v1/state", "Origin: http://x\r\n", "")
            .head
            .contains("access-control-allow")
    );
}

#[test]
fn a_start_that_cannot_succeed_says_so_in_one_message() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("story.toml"), STORY).expect("a file");
    std::fs::write(folder.path().join("bad.toml"), "titel = 1\n").expect("a file");
    std::fs::write(folder.path().join("red.toml"), STORY.replace("active = 12", "active = 13"))
        .expect("a file");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let cases: [(&[&str], i32, &str); 11] = [
        (&["serve", "story.toml", "--port", &port], 3, "--port 0"),
        (
            &["serve", "story.toml", "--host", "203.0.113.9", "--port", "0"],
            3,
            "not an address of this machine",
        ),
        (&["serve", "story.toml", "--prot", "0"], 2, "--port"),
        (&["run", "missing.toml"], 2, "there is no file"),
        (&["run", "."], 2, "`.` is a folder"),
        (&["run", "nonesuch"], 2, "no scenario is called `nonesuch`"),
        (&["run", "bad.toml", "story.toml"], 2, "title"),
        (&["run", "red.toml", "story.toml"], 1, ""),
        (&["run", "story.toml", "story.toml", "--jobs", "2"], 0, ""),
        (&["healthcheck", "--url", "http://127.0.0.1:1"], 1, "no server answers"),
        (&["ctl", "--url", "http://127.0.0.1:1", "pause"], 3, "scimulator serve"),
    ];
    for (arguments, code, part) in cases {
        let output = run(arguments, folder.path());
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
        assert!(error.contains(part), "{arguments:?}: {error}");
        assert!(!error.contains("panicked"), "{arguments:?}: {error}");
    }
}

#[cfg(unix)]
#[test]
fn too_few_file_descriptors_are_told_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("story.toml"), STORY).expect("a file");
    let limited = |limit: u32, arguments: &str| {
        let program = env!("CARGO_BIN_EXE_scimulator");
        let script = format!("ulimit -n {limit} && exec '{program}' {arguments}");
        let mut shell = std::process::Command::new("sh");
        let output = shell.args(["-c", &script]).current_dir(folder.path()).output();
        let output = output.expect("sh is part of every Unix");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let many = "run story.toml --over-http --set entra.policy.concurrency=1000";
    let (code, error) = limited(256, many);
    assert_eq!(code, Some(3), "{error}");
    assert!(error.contains("256 files") && error.contains("ulimit -n 2048"), "{error}");
    assert_eq!(limited(32, "serve story.toml --port 0").0, Some(3));
    let few = "run story.toml story.toml story.toml story.toml --jobs 4 --over-http";
    let (code, error) = limited(100, few);
    assert_eq!((code, error.as_str()), (Some(0), ""), "they take turns");
}

#[cfg(target_os = "linux")]
#[test]
fn file_descriptors_that_run_out_in_the_middle_stop_the_clock_and_fail_nobody() {
    let story = "title = \"t\"\nends = \"2d\"\n[people]\ngenerate = 40\nassigned = true\n\
                 [entra.policy]\nconcurrency = 20\nmax_rps = 0\n[golinks]\ntoken = \"test-token\"\n\
                 [[fault]]\nname = \"slow\"\ndelay = \"5s\"\n[[at]]\ntime = \"0d\"\ndo = \"start\"\n";
    // Room for a handful of the twenty connections that the cycle wants. Each has two ends in this
    // process: in one of the two cases the descriptor that is missing is the server's.
    for room in [8, 9] {
        stops_for_want_of_descriptors(story, room);
    }
}

#[cfg(target_os = "linux")]
fn stops_for_want_of_descriptors(story: &str, room: u64) {
    // At full speed requests have sockets; in a jump they would need none.
    let server = serve(story, &["--paused", "--speed", "max"]);
    let mut events = Events::of(&server, "", "");
    events.next();
    server.limit_files(server.open_files() + room);
    server.ask("POST", "/api/v1/resume", "Content-Type: application/json\r\n", "");
    while events.next().1["run"]["notice"].is_null() {}
    server.limit_files(1_000);
    let state = server.state();
    let notice = state["run"].to_string();
    assert!(notice.contains("the engine has no socket to send its request"), "{notice}");
    assert_eq!(state["clock"]["paused"], true);
    server.command("cycle", "");
    assert_eq!(server.state()["run"]["notice"], serde_json::Value::Null, "the clock moves again");
    let list = server.scim("GET", "/Users?count=1", "").json();
    assert_eq!(list["totalResults"], 40, "{list}");
    let truth = server.state()["truth"].to_string();
    assert!(truth.contains("40 of 40 in scope are right"), "{truth}");
}
