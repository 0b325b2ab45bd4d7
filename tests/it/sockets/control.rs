//! The control API and `ctl`: the clock obeys, actions are done, and what is wrong is said.

use std::collections::BTreeSet;

use super::STORY;
use super::program::{Program, run, serve};

fn now(server: &Program) -> String {
    server.state()["clock"]["instant"].as_str().expect("an instant").to_owned()
}

#[test]
fn the_clock_stands_steps_and_jumps() {
    let server = serve(STORY, &["--paused"]);
    assert_eq!(now(&server), "2026-03-02T08:00:00Z");
    server.command("step", "");
    assert_eq!(server.state()["clock"]["paused"], true);
    let after = server.command("cycle", "");
    assert_eq!(after["paused"], true);
    assert_eq!(
        server.scim("GET", "/Users?count=1", "").json()["totalResults"],
        12,
        "the initial cycle has ended"
    );
    assert_eq!(server.command("jump", r#"{"to":"1d"}"#)["now"], "2026-03-03T08:00:00Z");
    assert_eq!(
        server.command("jump", r#"{"to":"2026-03-03T20:00:00Z"}"#)["now"],
        "2026-03-03T20:00:00Z"
    );
    assert_eq!(
        server.command("jump", r#"{"to":"6h"}"#)["now"],
        "2026-03-02T14:00:00Z",
        "back: the run is played anew"
    );
    assert_eq!(server.command("speed", r#"{"speed":"max"}"#)["speed"], "max");
    server.command("resume", "");
    server.wait_until("it runs to its end", |state| {
        let clock = &state["clock"];
        clock["instant"] == "2026-03-05T08:00:00Z" && clock["paused"] == true
    });
    assert_eq!(server.scim("GET", "/Users?count=1", "").status, 200, "at its end it stays up");
    assert_eq!(server.command("rerun", "")["now"], "2026-03-02T08:00:00Z");
}

#[test]
fn a_connection_test_is_answered_while_the_clock_stands() {
    let server = serve(STORY, &["--paused"]);
    let before = now(&server);
    server.command("action", r#""test_connection""#);
    server.wait_until("the probe has its answer", |state| {
        let lines = state["traffic"]["lines"].as_array().expect("lines");
        lines.iter().any(|line| line["who"] == "probe" && line["says"] == "works")
    });
    assert_eq!(now(&server), before);
    assert_eq!(server.state()["clock"]["paused"], true);
}

#[test]
fn an_action_is_done_in_either_notation() {
    let server = serve(STORY, &["--paused"]);
    server.command("cycle", "");
    server.command("action", r#"{"disable":"ann"}"#);
    server.command("cycle", "");
    let ann = "/Users?filter=userName%20eq%20%22ann.okafor@contoso.example%22";
    assert_eq!(server.scim("GET", ann, "").json()["Resources"][0]["active"], false);
    let url = server.url();
    let folder = std::env::temp_dir();
    let ctl =
        |arguments: &[&str]| run(&[&["ctl", "--url", url.as_str()], arguments].concat(), &folder);
    assert_eq!(ctl(&["action", "enable = \"ann\""]).status.code(), Some(0));
    assert_eq!(ctl(&["cycle"]).status.code(), Some(0));
    assert_eq!(server.scim("GET", ann, "").json()["Resources"][0]["active"], true);
    let fault = ctl(&["fault", "respond = { status = 503 }"]);
    assert_eq!(fault.status.code(), Some(0), "{}", String::from_utf8_lossy(&fault.stderr));
    assert_eq!(server.scim("GET", ann, "").status, 503);
    let state = ctl(&["state"]);
    assert!(serde_json::from_slice::<serde_json::Value>(&state.stdout).is_ok());
    for (arguments, part) in [
        (["action", "disabel = \"ann\""], "did you mean"),
        (["action", "disable = \"nobody\""], "nobody"),
        (["action", "disable ann"], "write disable = \"ann\""),
    ] {
        let output = ctl(&arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains(part), "{output:?}");
    }
    let words = ctl(&["action", "disable", "ann"]);
    assert_eq!(words.status.code(), Some(2));
    let said = String::from_utf8_lossy(&words.stderr).into_owned();
    assert!(said.contains("scimulator ctl action 'disable = \"ann\"'"), "{said}");
    assert_eq!(run(&["healthcheck", "--url", &url], &folder).status.code(), Some(0));
}

#[test]
fn the_report_of_the_run_so_far_is_saved_by_a_command() {
    let server = serve(STORY, &["--paused"]);
    let url = server.url();
    let folder = tempfile::tempdir().expect("a folder");
    let ctl = |arguments: &[&str]| {
        run(&[&["ctl", "--url", url.as_str()], arguments].concat(), folder.path())
    };
    assert_eq!(ctl(&["jump", "6h"]).status.code(), Some(0));
    let before = now(&server);
    assert_eq!(ctl(&["report", "monday.html"]).status.code(), Some(0));
    let page = std::fs::read_to_string(folder.path().join("monday.html")).expect("it is saved");
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    assert!(page.contains("the report was made here"), "it says that the run goes on");
    assert_eq!(now(&server), before, "the run is not touched");
    // Made again it is the same, and nothing was done by hand.
    assert_eq!(ctl(&["report"]).status.code(), Some(0));
    let again = std::fs::read_to_string(folder.path().join("report.html")).expect("it is saved");
    assert!(again == page && !page.contains("\"by_hand\":{"));
}

#[test]
fn the_buttons_of_the_teaching_pace_are_commands_too() {
    let server = serve(STORY, &["--paused"]);
    let url = server.url();
    let ctl = |arguments: &[&str]| {
        let arguments = [&["ctl", "--url", url.as_str()], arguments].concat();
        let output = run(&arguments, &std::env::temp_dir());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, _, said) = ctl(&["unbranch"]);
    assert!(code == Some(2) && !said.is_empty(), "there is no branch yet: {said}");
    assert_eq!(ctl(&["moment"]).0, Some(0));
    assert_eq!(ctl(&["captions", "pause"]).0, Some(0));
    assert_eq!(server.state()["clock"]["captions"], "pause");
    let (code, _, said) = ctl(&["captions", "stop"]);
    assert!(code == Some(2) && said.contains("write `hold`, `pause` or `run`"), "{said}");
    assert_eq!(ctl(&["jump", "6h"]).0, Some(0));
    let there = now(&server);
    let (code, out, _) = ctl(&["branch", "2h"]);
    assert!(code == Some(0) && out.starts_with("2026-03-02T10:00:00Z paused"), "{out}");
    let (code, out, said) = ctl(&["unbranch"]);
    assert!(code == Some(0) && out.starts_with(&there), "{out} {said}");
}

#[test]
fn a_connection_test_says_its_result_also_while_paused() {
    let server = serve(STORY, &["--paused"]);
    let url = server.url();
    let test = || {
        let output =
            run(&["ctl", "--url", &url, "action", "test_connection"], &std::env::temp_dir());
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let passed = test();
    assert!(passed.contains("connection test passed"), "{passed}");
    assert_eq!(now(&server), "2026-03-02T08:00:00Z", "the clock has not moved");
    assert_eq!(server.state()["clock"]["paused"], true);
    assert_eq!(server.state()["job"]["test"], "Connection test: passed.");
    // A late answer is waited for: the clock moves for it alone, and stands again.
    server.command("action", r#"{"fault":{"name":"slow","delay":"8s"}}"#);
    let late = test();
    assert!(late.starts_with("2026-03-02T08:00:08Z paused at "), "{late}");
    assert!(late.contains("connection test passed"), "{late}");
    assert_eq!(now(&server), "2026-03-02T08:00:08Z");
    server.command("action", r#"{"clear_fault":"slow"}"#);
    server.command("action", r#"{"down":true}"#);
    let failed = test();
    assert!(failed.contains("connection test failed"), "{failed}");
    server.command("resume", "");
    let running = server.command("action", r#""test_connection""#);
    assert_eq!(running["test"]["passed"], false, "{running}");
}

#[test]
fn a_run_on_demand_tells_its_result_also_while_the_clock_is_paused() {
    let server = serve(STORY, &["--paused"]);
    let url = server.url();
    let on_demand = |who: &str| {
        let action = format!("provision_on_demand = \"{who}\"");
        run(&["ctl", "--url", &url, "action", &action], &std::env::temp_dir())
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = text(&on_demand("ann").stdout);
    assert!(said.contains("provision on demand: Success, create ann success"), "{said}");
    assert_eq!(now(&server), "2026-03-02T08:00:00Z", "the clock has not moved");
    let ann = "/Users?filter=userName%20eq%20%22ann.okafor@contoso.example%22";
    assert_eq!(server.scim("GET", ann, "").json()["totalResults"], 1);
    // A late answer is waited for: the clock moves for it alone, and stands again.
    server.command("action", r#"{"fault":{"name":"slow","delay":"8s"}}"#);
    let late = server.command("action", r#"{"provision_on_demand":"ann"}"#);
    assert_eq!(late["on_demand"]["result"], "Skipped", "{late}");
    assert_eq!((&late["paused"], now(&server).as_str()), (&true.into(), "2026-03-02T08:00:16Z"));
    server.command("action", r#"{"disable":"ann"}"#);
    let refused = on_demand("ann");
    let told = text(&refused.stderr);
    assert!(told.contains("the search does not find ann, who is blocked from sign-in"), "{told}");
}

#[test]
fn what_was_done_by_hand_is_told_and_kept_on_a_jump_back() {
    let server = serve(STORY, &["--paused"]);
    server.command("jump", r#"{"to":"1d"}"#);
    let replay = server.state()["run"]["replay"].clone();
    assert!(replay.as_str().is_some_and(|it| it.ends_with("story.toml --seed 7")), "{replay}");
    server.command("action", r#"{"disable":"ann"}"#);
    let told = server.state()["run"].clone();
    // A cycle has ended at that instant, so the action has the next one.
    assert_eq!(told["by_hand"], "[[at]]\ntime = \"1d 1us\"\ndo = { disable = \"ann\" }\n");
    assert!(told["replay"].as_str().is_some_and(|it| it.contains("1 action by hand")), "{told}");
    assert_eq!(told["badges"][0]["word"], "by hand");
    let ann = || {
        let path = "/Users?filter=userName%20eq%20%22ann.okafor@contoso.example%22";
        server.scim("GET", path, "").json()["Resources"][0]["active"].clone()
    };
    for (to, active) in [("12h", true), ("2d", false)] {
        server.command("jump", &format!(r#"{{"to":"{to}"}}"#));
        assert_eq!(ann(), active, "at {to}");
    }
    let words: Vec<String> = server.state()["run"]["badges"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|badge| badge["word"].to_string())
        .collect();
    assert!(words.contains(&"\"played again\"".to_owned()), "{words:?}");
    server.command("rerun", "");
    assert_eq!(server.state()["run"]["by_hand"], "", "a run from the file alone");
}

#[test]
fn what_is_wrong_is_said() {
    let server = serve(STORY, &["--paused"]);
    let cases = [
        ("POST", "/api/v1/pauze", "", 404, "pause"),
        ("GET", "/api/v1/pause", "", 405, "POST"),
        ("GET", "/api/v1/", "", 404, "openapi.json"),
        ("POST", "/api/pause", "", 404, "/api/v1/"),
        ("POST", "/api/v1/state", "", 405, "GET"),
        ("POST", "/api/v1/speed", "{}", 400, "speed"),
        ("POST", "/api/v1/speed", r#"{"speed":"warp"}"#, 400, "600x"),
        ("POST", "/api/v1/jump", r#"{"to":"soon"}"#, 400, "30d"),
        ("POST", "/api/v1/action", "{", 400, "disable"),
        ("POST", "/api/v1/action", r#"{"fly":"ann"}"#, 400, "fly"),
        ("POST", "/api/v1/action", r#"{"disable":"nobody"}"#, 409, "nobody"),
        ("GET", "/nothing", "", 404, "/scim/v2"),
        ("POST", "/", "", 405, "GET"),
    ];
    for (method, path, body, status, part) in cases {
        let answer = server.ask(method, path, "Content-Type: application/json\r\n", body);
        assert_eq!(answer.status, status, "{path} {body}: {answer:?}");
        assert!(answer.body.contains(part), "{path} {body}: {answer:?}");
    }
}

/// The document is what `.ci/api` judges the answers by; here it is what the server has, and what
/// page and `ctl` use stands in it.
#[test]
fn the_document_of_the_control_api_has_every_route() {
    let server = serve(STORY, &["--paused"]);
    let document = server.ask("GET", "/api/v1/openapi.json", "", "").json();
    let printed = run(&["openapi"], &std::env::temp_dir());
    let printed: serde_json::Value = serde_json::from_slice(&printed.stdout).expect("JSON");
    assert_eq!(document, printed);
    let paths = document["paths"].as_object().expect("paths");
    for (path, operations) in paths {
        let reads = operations.get("get").is_some();
        let answer = server.ask(if reads { "POST" } else { "GET" }, path, "", "");
        assert_eq!(answer.status, 405, "{path}: {answer:?}");
        let allowed = if reads { "allow: get, head" } else { "allow: post" };
        assert!(answer.head.contains(allowed), "{path}: {answer:?}");
        assert!(answer.json()["error"]["message"].is_string(), "{path}: {answer:?}");
    }
    let schema = &paths["/api/v1/state"]["get"]["responses"]["200"]["content"];
    let panels = schema["application/json"]["schema"]["properties"].as_object().expect("panels");
    // A panel that stands behind a tab is sent when it is asked for.
    let mut sent: BTreeSet<String> = BTreeSet::new();
    for panel in panels.keys() {
        let path = format!("/api/v1/state?panel={panel}&about=user+ann");
        let state = server.ask("GET", &path, "", "").json();
        sent.extend(state.as_object().expect("panels").keys().cloned());
    }
    assert!(panels.keys().eq(sent.iter()), "{sent:?}");
    let mut used = BTreeSet::new();
    for file in ["web/js", "web/js/panels", "src/app/commands"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            let words = text.split("/api/v1/").skip(1);
            let word = |rest: &str| {
                rest.split(|c: char| !c.is_ascii_alphanumeric() && !"_.-".contains(c))
                    .next()
                    .map(|word| word.trim_end_matches('.').to_owned())
            };
            used.extend(words.filter_map(word).filter(|word| !word.is_empty()));
        }
    }
    assert!(used.len() > 3, "{used:?}");
    for word in used {
        assert!(paths.contains_key(&format!("/api/v1/{word}")), "no route `{word}`");
    }
}

#[test]
fn the_page_is_served_with_its_files() {
    let server = serve(STORY, &["--paused"]);
    let page = server.ask("GET", "/", "", "");
    assert_eq!(page.status, 200);
    assert!(
        page.head.contains("content-type: text/html")
            && page.head.contains("content-security-policy")
    );
    assert!(server.greeting.contains("test-token"));
    assert_eq!(server.ask("GET", "/style.css", "", "").status, 200);
    for path in ["/../Cargo.toml", "/%2e%2e/Cargo.toml", "/js/../../Cargo.toml"] {
        assert_eq!(server.ask("GET", path, "", "").status, 404, "{path}");
    }
}

#[cfg(unix)]
#[test]
fn a_signal_stops_it_in_good_order() {
    let server = serve(STORY, &["--speed", "max"]);
    let (code, _) = server.stop();
    assert_eq!(code, Some(0));
}

/// A run in real time of a story that it reads from a pipe. So it reads only when its signals are
/// caught, and the pipe tells when it reads.
#[cfg(unix)]
fn run_in_real_time() -> std::process::Child {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("story.toml");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.is_ok_and(|made| made.success()), "mkfifo is part of every Unix");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_scimulator"));
    command.args(["run", "--speed", "real"]).arg(&pipe).stderr(std::process::Stdio::null());
    let child = command.spawn().expect("the program starts");
    std::fs::write(&pipe, STORY).expect("it reads");
    child
}

#[cfg(unix)]
#[test]
fn a_run_is_ended_by_either_signal_with_its_own_exit_code() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let mut run = run_in_real_time();
        let id = run.id().to_string();
        std::process::Command::new("kill").args([signal, &id]).status().expect("kill is there");
        assert_eq!(run.wait().expect("it ends").code(), Some(code), "{signal}");
    }
}

#[cfg(unix)]
#[test]
fn a_served_run_has_the_digest_of_the_file_whatever_its_port() {
    let digest = |text: &str| {
        let at = text.find("digest ").unwrap_or_else(|| panic!("no digest: {text}"));
        text[at..].split_whitespace().nth(1).expect("a number").to_owned()
    };
    let server = serve(STORY, &["--speed", "max"]);
    server.wait_until("it runs to its end", |state| state["clock"]["word"] == "ended");
    let folder = server.file().parent().expect("a folder").to_owned();
    let alone = run(&["run", "story.toml"], &folder);
    let (_, served) = server.stop();
    assert_eq!(digest(&served), digest(&String::from_utf8_lossy(&alone.stdout)));
}

#[test]
fn a_workspace_of_its_own_and_an_application_of_its_own_are_reached() {
    let story = include_str!("../../../scenarios/applications/sandbox.toml");
    let server = serve(story, &["--paused"]);
    server.command("jump", r#"{"to":"20h"}"#);
    let ask = |path: &str, token: &str| {
        let headers = format!("Authorization: Bearer {token}\r\n");
        let answer = server.ask("GET", path, &headers, "");
        let total = (answer.status == 200).then(|| answer.json()["totalResults"].clone());
        (answer.status, total)
    };
    let (main, sandbox) = ("golinks-demo-token", "golinks-demo-token-sandbox");
    assert_eq!(ask("/scim/v2/Users", main), (200, Some(3.into())));
    assert_eq!(ask("/sandbox/scim/v2/Users", sandbox), (200, Some(2.into())));
    assert_eq!(ask("/sandbox/scim/v2/Users", main).0, 401, "a workspace has its own tokens");
    server.command("action", r#"{"stop":true,"app":"test"}"#);
    let of = |app: &str| {
        let state = server.ask("GET", &format!("/api/v1/state?app={app}"), "", "").json();
        (state["run"]["app"].clone(), state["job"]["state"].clone())
    };
    assert_eq!(of("test"), ("test".into(), "Paused".into()));
    assert_eq!(of("main"), ("main".into(), "Active".into()));
    let tested = server.command("action", r#"{"test_connection":true,"app":"test"}"#);
    assert_eq!(tested["test"]["passed"], true, "{tested}");
}

#[test]
fn ctl_says_where_a_sign_in_went() {
    let server = serve(STORY, &["--paused"]);
    let url = server.url();
    let says = |action: &str| {
        let done = run(&["ctl", "--url", &url, "action", action], &std::env::temp_dir());
        assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        said.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let mail = "ann.okafor@contoso.example";
    assert_eq!(
        says("sign_in = \"ann\""),
        [
            format!("ann signed in; the application is told of {mail}"),
            format!("{mail} signed in, which created an account"),
        ]
    );
    assert!(says("unassign = \"ann\"").is_empty());
    let refused = says("sign_in = \"ann\"");
    assert!(
        refused.len() == 1 && refused[0].starts_with("sign-in of ann refused: "),
        "{refused:?}"
    );
}
