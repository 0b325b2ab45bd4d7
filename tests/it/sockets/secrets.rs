//! Secrets are planted wherever one can be written, and looked for in everything that is shown.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::graph::{ask, job};
use super::program::{Events, Program, run, serve};

/// A story with a secret at each key that takes one, and a short one and a plain word among them.
const STORY: &str = r#"
title = "Secrets everywhere"
seed  = 7
start = 2026-03-02T08:00:00Z
ends  = "3d"

[golinks]
token = { value = "SEKRIT-golinks-1", expires = "2d" }
basic = { user = "entra", password = "SEKRIT-basic-2" }
oauth = { client_id = "entra", client_secret = "SEKRIT-oauth-3", client_secrets = [{ value = "SEKRIT-oauth-4", expires = "1d" }] }

[entra]
secret = "SEKRIT-golinks-1"
graph  = { clients = { reader = { secret = "SEKRIT-reader-6" } } }

[user.ann]
name     = "Ann Okafor"
password = "SEKRIT-ann-7"

[[at]]
time = "0d"
say  = "We press start."
do   = "start"

[[at]]
time = "1h"
say  = "The token SEKRIT-golinks-1 is replaced."
do   = [
  { issue_token = "SEKRIT-issued-8" },
  { set_secret = "qz7" },
  { set = { golinks.tokens = ["qz7", "zanzibar", "SEKRIT-golinks-1"] } },
  { set = { entra.secrets = { SecretToken = "SEKRIT-set-9" } } },
  { revoke_token = "zanzibar" },
  { graph = { put = "/servicePrincipals/{main}/synchronization/secrets", body = '{"value":[{"key":"SecretToken","value":"SEKRIT-json-10"}]}' } },
  { graph = { put = "/servicePrincipals/{main}/synchronization/secrets", body = { value = [{ key = "SecretToken", valeu = "SEKRIT-valeu-15" }] } } },
  { graph = { put = "/servicePrincipals/{main}/synchronization/secrets", body = { value = [{ key = "Secrettoken", value = "SEKRIT-case-16" }, { key = "Foo", value = "SEKRIT-foo-17" }, { value = "SEKRIT-nokey-18" }] } } },
  { set = { entra.tenant_url = "https://x.example/scim/v2?token=SEKRIT-url-19" } },
  { set = { entra.tenant_url = "https://golinks.example/scim/v2" } },
  { set_secret = "SEKRIT-golinks-1" },
]

[[fault]]
from    = "1d 2h"
until   = "1d 3h"
respond = { status = 503, headers = { Authorization = "Bearer SEKRIT-fault-13", X-Api-Key = "SEKRIT-fault-14" } }

[[at]]
time = "2h"
do   = [
  { sign_in = { user = "ann", password = "SEKRIT-wrong-11" } },
  { fill_in = { mode = "automatic", secret = "SEKRIT-draft-12" } },
]

[[at]]
time = "2d 1h"
expect.worlds = "agree"
do = { set_secret = "SEKRIT-later-14" }
"#;

/// The secrets that a text shows; the short ones are no part of any other word here.
fn shown(text: &str) -> Vec<&str> {
    let starts = text.match_indices("SEKRIT-").map(|(at, _)| at);
    let words = ["qz7", "zanzibar", "qy9"];
    let words = words.into_iter().filter(|word| text.contains(word));
    starts.map(|at| &text[at..text.len().min(at + 18)]).chain(words).collect()
}

#[track_caller]
fn hides(what: &str, text: &str) {
    assert!(text.len() > 1, "{what} is empty");
    assert_eq!(shown(text), [""; 0], "{what}");
}

/// Everything that is read of a run: the state with each panel, each request in the drawer, what
/// the control API tells, the first event and the report.
fn reads(server: &Program, instant: &str) -> Vec<(String, String)> {
    let read = |path: &str| (path.to_owned(), server.ask("GET", path, "", "").body);
    let at = if instant.is_empty() { String::new() } else { format!("&at={instant}") };
    let state = server.state();
    let panels = ["drawer", "break_it", "by_hand"].into_iter().map(str::to_owned);
    let tabs = state["run"]["tabs"].as_array().expect("tabs").iter();
    let panels: BTreeSet<String> =
        tabs.filter_map(|tab| tab["name"].as_str()).map(str::to_owned).chain(panels).collect();
    let mut all = vec![("state".to_owned(), state.to_string())];
    all.extend(panels.iter().map(|panel| read(&format!("/api/v1/state?panel={panel}{at}"))));
    for about in ["settings", "user%20ann", "job", "credentials"] {
        all.push(read(&format!("/api/v1/state?about={about}{at}")));
    }
    for path in ["log", "audit", "mails", "requests?limit=1000", "job", "discovery", "progress"] {
        all.push(read(&format!("/api/v1/{path}")));
    }
    let requests = server.ask("GET", "/api/v1/requests?limit=1000", "", "").json();
    for request in requests["value"].as_array().expect("requests") {
        let seq = &request["seq"];
        all.push(read(&format!("/api/v1/request?seq={seq}")));
        all.push(read(&format!("/api/v1/state?about=request%20{seq}{at}")));
    }
    let mut events = Events::of(server, "", "");
    all.push(("events".to_owned(), events.next().1.to_string()));
    all.push(read("/api/v1/report"));
    all
}

fn act(server: &Program, action: &Value) {
    server.command("action", &action.to_string());
}

#[test]
fn no_secret_is_shown_of_a_run_that_is_served() {
    let server = serve(STORY, &["--paused"]);
    server.command("jump", r#"{"to":"3h"}"#);
    for action in [
        json!({ "issue_token": "SEKRIT-hand-20" }),
        json!({ "set_secret": "qy9" }),
        json!({ "set": { "golinks.tokens": ["qy9", "SEKRIT-hand-21", "SEKRIT-golinks-1"] } }),
        json!({ "set_secret": "SEKRIT-hand-21" }),
        json!({ "fill_in": { "mode": "automatic", "secret": "SEKRIT-hand-22" } }),
        json!({ "sign_in": { "user": "ann", "password": "SEKRIT-hand-23" } }),
    ] {
        act(&server, &action);
    }
    // Refused, and told so.
    let long = format!("{{\"set\":{{\"golinks.token\":\"SEKRIT-hand-24{}\"}}}}", "\\n");
    server.ask("POST", "/api/v1/action", "Content-Type: application/json\r\n", &long);
    let job = job(&server);
    let secrets = job.replace("/jobs/", "/secrets/");
    let secrets = secrets.split("/secrets/").next().map(|start| format!("{start}/secrets"));
    let value = json!({ "value": [{ "key": "SecretToken", "value": "SEKRIT-graph-25" }] });
    let put = ask(&server, "PUT", &secrets.expect("a path"), &value.to_string());
    assert_eq!(put.status, 204, "{put:?}");
    act(&server, &json!({ "set_secret": "SEKRIT-hand-21" }));
    server.command("jump", r#"{"to":"1d"}"#);
    act(&server, &json!({ "disable": "ann" }));
    server.command("cycle", "");
    let headers = json!({ "Authorization": "Bearer SEKRIT-hand-26" });
    act(&server, &json!({ "fault": { "respond": { "status": 503, "headers": headers } } }));
    let address = "https://x.example/scim/v2?access_token=SEKRIT-hand-27";
    act(&server, &json!({ "set": { "entra.tenant_url": address } }));
    for (what, text) in reads(&server, "") {
        hides(&what, &text);
    }
    for (what, text) in reads(&server, "2h%2030m") {
        hides(&format!("looking back: {what}"), &text);
    }
    server.command("jump", r#"{"to":"30m"}"#);
    for (what, text) in reads(&server, "") {
        hides(&format!("before it was done: {what}"), &text);
    }
    let by_hand = server.ask("GET", "/api/v1/state?panel=by_hand", "", "").json();
    let file = by_hand["by_hand"]["file"].as_str().expect("a file").to_owned();
    let (_, said) = server.stop();
    assert_eq!(shown(&said), [""; 0], "the terminal");
    // Other texts stand for the secrets, and the story is the same.
    let room = tempfile::tempdir().expect("a folder");
    std::fs::write(room.path().join("again.toml"), file).expect("it is written");
    let again = run(&["run", "again.toml", "--until", "2d"], room.path());
    let told = String::from_utf8_lossy(&again.stdout);
    assert!(told.contains("1 disabled") && !told.contains("401"), "{told}");
}

fn every_file(folder: &Path, see: &mut dyn FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => every_file(&path, see),
            false => see(&path, &String::from_utf8_lossy(&std::fs::read(&path).expect("a file"))),
        }
    }
}

/// Lines that are wrong where a secret stands, each of a file of its own.
const LINES: [(&str, &str); 7] = [
    ("verb", "[[at]]\ntime = \"1h\"\ndo = \"set_secret SEKRIT-x\""),
    ("colon", "[golinks]\ntoken : \"SEKRIT-x\""),
    ("bearer", "[golinks]\nbearer = \"SEKRIT-x\""),
    ("key", "[entra.secrets]\nPasword = \"SEKRIT-x\""),
    ("user", "[user.bob]\nname = \"Bob\"\npasswort = \"SEKRIT-x\""),
    ("list", "[golinks.oauth]\nsecrets = [\"SEKRIT-x\", 5]"),
    (
        "body",
        "[[at]]\ntime = \"1h\"\ndo = { graph = { post = \"/x\", body = \"{ \\\"a\\\": \\\"b\\\", \\\"secretText\\\": \\\"SEKRIT-x\\\" \" } }",
    ),
];

#[test]
fn no_secret_is_shown_by_a_command() {
    let room = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(room.path().join(name), text).expect("it is written");
    };
    write("good.toml", STORY);
    // Warnings and errors in the lines of secrets, and files that are no TOML there.
    let doubtful = STORY.replace("\"SEKRIT-later-14\"", "\"SEKRIT-later-14\", app = \"main\"");
    write("doubtful.toml", &doubtful);
    write("wrong.toml", &STORY.replace("expires = \"2d\"", "expirs = \"2d\""));
    write("misspelled.toml", &STORY.replace("set_secret = \"SEKRIT", "set_secrt = \"SEKRIT"));
    write(
        "unquoted.toml",
        &STORY.replace("secret = \"SEKRIT-golinks-1\"", "secret = SEKRIT-golinks-1"),
    );
    write(
        "open.toml",
        &STORY.replace("secret = \"SEKRIT-golinks-1\"", "secret = \"SEKRIT-golinks-1"),
    );
    write(
        "stray.toml",
        &STORY.replace("secret = \"SEKRIT-golinks-1\"", "secret = \"SEKRIT-golinks-1\" x"),
    );
    for (name, line) in LINES {
        write(&format!("{name}.toml"), &format!("title = \"T\"\nends = \"1d\"\n{line}\n"));
    }
    write("control.toml", &STORY.replace("SEKRIT-set-9", "SEKRIT-set-9\\u0007"));
    let mut commands: Vec<Vec<&str>> = Vec::new();
    let of_story =
        ["good", "doubtful", "wrong", "misspelled", "unquoted", "open", "stray", "control"];
    for file in of_story.into_iter().chain(LINES.map(|(name, _)| name)) {
        let file: &str = Box::leak(format!("{file}.toml").into_boxed_str());
        commands.push(vec!["check", file]);
        commands.push(vec!["check", file, "--format", "json"]);
        commands.push(vec!["check", file, "--format", "github"]);
        commands.push(vec!["run", file]);
        commands.push(vec!["log", file]);
        commands.push(vec!["explain", "user", "ann", "--scenario", file]);
    }
    let set = "golinks.token=SEKRIT-over-15";
    commands.extend([
        vec!["-vv", "run", "good.toml", "--out", "out", "--report", "html,md,junit", "--set", set],
        vec!["-v", "run", "good.toml", "--over-http", "--out", "other"],
        vec!["run", "good.toml", "--set", "entra.sicret=SEKRIT-over-16"],
        vec!["run", "good.toml", "--set", "golinks.token={ valeu = \"SEKRIT-over-17\" }"],
        vec!["run", "good.toml", "--set", "golinks.token.valu=SEKRIT-over-18"],
        vec!["run", "good.toml", "--set", "entra.secret:SEKRIT-over-19"],
        vec!["log", "good.toml", "--json"],
        vec!["requests", "good.toml", "-v"],
        vec!["requests", "good.toml", "--json"],
        vec!["requests", "out"],
        vec!["report", "out"],
        vec!["diff", "out", "other"],
    ]);
    for command in commands {
        let output = run(&command, room.path());
        let said = [output.stdout, output.stderr].concat();
        assert_eq!(shown(&String::from_utf8_lossy(&said)), [""; 0], "{}", command.join(" "));
    }
    for folder in ["out", "other"] {
        every_file(&room.path().join(folder), &mut |path, text| {
            hides(&path.display().to_string(), text);
        });
    }
}
