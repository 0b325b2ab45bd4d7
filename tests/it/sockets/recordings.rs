//! What becomes of a recording: the scenario made of it ends with the same accounts, and replayed
//! against a server like the recorded one nothing differs.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use scimulator::entra::field::Field;
use scimulator::entra::mapping::{RowSource, Schema, Template};
use scimulator::recording::mapped::ROWS;
use scimulator::recording::{Content, Exchange, Masks, Message};
use serde_json::{Value, json};

use super::program::{Program, serve};
use super::recorder::Recorder;

/// Nobody is in it: what is provisioned comes from elsewhere.
const EMPTY: &str = "title = \"A server\"\nends = \"1d\"\n";

fn server(text: &str, arguments: &[&str]) -> Program {
    let generic =
        ["--paused", "--set", "golinks.profile=generic", "--set", "golinks.token=test-token"];
    serve(text, &[&generic, arguments].concat())
}

/// Runs the program; returns its exit code and all it said.
fn program(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scimulator"));
    let command = command.args(arguments).env("SCIM_TOKEN", "test-token").env("NO_COLOR", "1");
    let output = command.output().expect("it runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

/// Records a story on its way to a server; what it made stays there.
fn record(story: &str, server: &Program, folder: &Path, arguments: &[&str]) -> PathBuf {
    let upstream = format!("{}/scim/v2", server.url());
    let mut recorder = Recorder::start(&upstream, folder, arguments);
    let target = format!("http://{}/scim/v2", recorder.address);
    let (code, said) = program(&["-q", "run", story, "--target", &target, "--keep", "--adopt"]);
    assert_eq!(code, Some(0), "{story}: {said}");
    assert_eq!(recorder.stop(), Some(0));
    recorder.out.clone()
}

/// Records a short story in this folder.
pub fn record_once(folder: &Path) -> PathBuf {
    let story = folder.join("recorded.toml");
    std::fs::write(&story, FOUND).expect("a file");
    record(story.to_str().expect("a name"), &server(EMPTY, &[]), folder, &[])
}

/// What a server holds: each user and group by name, references by the names they lead to.
fn held(server: &Program, masks: Option<&Masks>) -> BTreeMap<String, Value> {
    let list = |path: &str| {
        let answer = server.scim("GET", &format!("{path}?count=1000"), "");
        let content = Content { text: answer.body, ..Content::default() };
        let response = Message { line: "HTTP/1.1 200 OK".into(), headers: Vec::new(), content };
        let request = Message { line: format!("GET {path} HTTP/1.1"), ..Message::default() };
        let mut exchange = Exchange {
            seq: 1,
            connection: 1,
            started_us: 0,
            took_us: [0; 3],
            request,
            response: Some(response),
            lost: None,
        };
        if let Some(masks) = masks {
            masks.mask(&mut exchange);
        }
        let body = exchange.response.and_then(|response| response.json()).expect("JSON");
        body["Resources"].as_array().cloned().unwrap_or_default()
    };
    let (users, groups) = (list("/Users"), list("/Groups"));
    let mut names = BTreeMap::new();
    for one in users.iter().chain(&groups) {
        let name = one["userName"].as_str().or(one["displayName"].as_str()).expect("a name");
        names.insert(one["id"].as_str().expect("an id").to_owned(), name.to_owned());
    }
    let mut held = BTreeMap::new();
    for mut one in users {
        plain(&mut one, &names);
        held.insert(one["userName"].to_string(), one);
    }
    for mut one in groups {
        plain(&mut one, &names);
        // A group's object id, which a scenario cannot choose.
        one["externalId"] = Value::Null;
        held.insert(one["displayName"].to_string(), one);
    }
    held
}

/// Without what each server gives anew; ids of others become their names.
fn plain(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::Object(object) => {
            for name in ["id", "meta", "$ref", "display", "displayName", "groups"] {
                if name != "displayName" || object.contains_key("value") {
                    object.remove(name);
                }
            }
            object.values_mut().for_each(|value| plain(value, names));
        }
        Value::Array(list) => {
            list.iter_mut().for_each(|value| plain(value, names));
            list.sort_by_key(Value::to_string);
        }
        Value::String(text) => {
            if let Some(name) = names.get(text) {
                *text = name.clone();
            }
            // A scenario does not choose the object id before the name of a deleted user.
            if text.contains('@') && text.bytes().take_while(u8::is_ascii_hexdigit).count() >= 32 {
                *text = format!("deleted {}", &text[32..]);
            }
        }
        _ => {}
    }
}

/// The scenario made of a recording, which `check` and `run` take.
fn scenario_of(recording: &Path) -> PathBuf {
    let file = recording.join("story.toml");
    let path = |path: &Path| path.to_str().expect("a name").to_owned();
    let (code, said) =
        program(&["new", "--from-recording", &path(recording), "--out", &path(&file)]);
    assert_eq!(code, Some(0), "{said}");
    let text = std::fs::read_to_string(&file).expect("it was written");
    let (code, said) = program(&["check", &path(&file)]);
    assert!(code == Some(0) && said.contains("no problems"), "{said}{text}");
    let (code, said) = program(&["-q", "run", &path(&file)]);
    assert_eq!(code, Some(0), "{said}{text}");
    file
}

#[test]
fn a_scenario_made_of_a_run_that_failed_fails_in_the_same_way() {
    let story = "title = \"leaves\"\nends = \"1d\"\n[user.ann]\nname = \"Ann Okafor\"\n\
        [[at]]\ntime = \"0d\"\ndo = \"start\"\n[[at]]\ntime = \"2h\"\ndo = { disable = \"ann\" }\n\
        [finally]\nworlds = \"agree\"\n";
    for (quirk, told) in [
        ("golinks.quirks.strict_booleans=true", "respond = { status = 400, body = "),
        ("golinks.quirks.patch_noop_200=true", "respond = 204 "),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("leaves.toml");
        std::fs::write(&file, story).expect("a file");
        let server = server(EMPTY, &["--set", quirk]);
        let upstream = format!("{}/scim/v2", server.url());
        let mut recorder = Recorder::start(&upstream, folder.path(), &["--raw"]);
        let target = format!("http://{}/scim/v2", recorder.address);
        let path = |path: &Path| path.to_str().expect("a name").to_owned();
        let (code, said) = program(&["-q", "run", &path(&file), "--target", &target, "--keep"]);
        assert_eq!(code, Some(1), "{said}");
        assert_eq!(recorder.stop(), Some(0));
        let (code, text) = program(&["new", "--from-recording", &path(&recorder.out)]);
        assert!(code == Some(0) && text.contains(told), "{text}");
        let made = folder.path().join("made.toml");
        std::fs::write(&made, &text).expect("a file");
        let (code, said) = program(&["-q", "run", &path(&made)]);
        assert_eq!(code, Some(1), "{said}{text}");
        assert!(said.contains("ann is blocked or deleted and still active"), "{said}{text}");
    }
}

/// The scenario made of a recording leaves a new server with the same accounts as the recorded one.
fn check(story: &str, server: &Program, masked: bool) {
    let masks = Masks::new(b"a key", &[]);
    let folder = tempfile::tempdir().expect("a folder");
    let how: &[&str] = if masked { &["--key-env", "PSEUDONYMS"] } else { &["--raw"] };
    let recording = record(story, server, folder.path(), how);
    let expected = held(server, masked.then_some(&masks));
    assert!(!expected.is_empty(), "{story}");
    let file = scenario_of(&recording);
    let again = self::server(EMPTY, &[]);
    let target = format!("{}/scim/v2", again.url());
    let file = file.to_str().expect("a name");
    let (code, said) = program(&["-q", "run", file, "--target", &target, "--keep"]);
    assert_eq!(code, Some(0), "{story}: {said}");
    let text = std::fs::read_to_string(file).expect("it was written");
    assert_eq!(held(&again, None), expected, "{story}: {text}");
}

#[test]
fn a_scenario_made_of_a_recording_ends_with_the_same_accounts() {
    let stories = ["joiner-mover-leaver", "four-ways-out", "manager", "late-member", "outage"];
    for (nth, story) in stories.into_iter().enumerate() {
        check(story, &server(EMPTY, &[]), nth % 2 == 0);
    }
}

/// Accounts that were made by hand before: one in other letters, one with another department.
const BEFORE: &str = r#"
[golinks.account.ben]
userName = "Ben.Brand@Contoso.Example"
active = true
name = { givenName = "Ben", familyName = "Brand" }
department = "Support"

[golinks.account.cleo]
userName = "cleo.marchetti@contoso.example"
active = false
department = "Printing"
"#;

const FOUND: &str = r#"
title = "Two are known already"
ends = "3h"

[user.ann]
name = "Ann Okafor"

[user.ben]
name = "Ben Brand"
department = "Support"

[user.cleo]
name = "Cleo Marchetti"
department = "Design"

[[at]]
time = "0d"
do = "start"

[[at]]
time = "1h"
do = { disable = "ben" }
"#;

#[test]
fn accounts_that_were_there_before_are_so_in_the_scenario() {
    let folder = tempfile::tempdir().expect("a folder");
    let story = folder.path().join("found.toml");
    std::fs::write(&story, FOUND).expect("a file");
    let text = format!("{EMPTY}{BEFORE}");
    check(story.to_str().expect("a name"), &server(&text, &[]), true);
}

#[test]
fn a_replay_differs_where_the_server_does() {
    let (first, folder) = (server(EMPTY, &[]), tempfile::tempdir().expect("a folder"));
    let recording = record("joiner-mover-leaver", &first, folder.path(), &[]);
    let recording = recording.to_str().expect("a name");
    let replay = |server: &Program, arguments: &[&str]| {
        let against = format!("{}/scim/v2", server.url());
        program(&[&["replay", recording, "--against", &against], arguments].concat())
    };
    let same = server(EMPTY, &[]);
    let (code, said) = replay(&same, &[]);
    assert!(code == Some(0) && said.contains("GREEN"), "{said}");
    assert_eq!(held(&same, None), BTreeMap::new(), "it deletes what it has made");

    let (code, said) = replay(&same, &["--keep", "--json"]);
    assert_eq!(code, Some(0), "{said}");
    let told: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(told["differences"], json!([]));
    assert_eq!(told["left"].as_array().map(Vec::len), Some(6));

    let other = server(EMPTY, &["--bug", "B25"]);
    let (code, said) = replay(&other, &[]);
    assert!(code == Some(1) && said.contains("FAILED "), "{said}");
    assert!(said.contains("active: recorded false, now"), "{said}");
    assert!(said.contains("sent  {\"schemas\""), "{said}");
}

/// Who replays asks how a server behaves, not whom it holds.
#[test]
fn a_replay_is_not_about_what_the_server_held_before() {
    let (first, folder) = (server(EMPTY, &[]), tempfile::tempdir().expect("a folder"));
    let user = |name: &str| json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name});
    let mut recorder =
        Recorder::start(&format!("{}/scim/v2", first.url()), folder.path(), &["--raw"]);
    for name in ["ann@b.c", "bob@b.c"] {
        through(&recorder, "POST", "/Users", &user(name));
    }
    let lists =
        ["/Users", "/Users?startIndex=1&count=1", "/Users?filter=active%20eq%20true", "/Groups"];
    for path in lists {
        through(&recorder, "GET", path, &json!({}));
    }
    recorder.wait_for(6);
    assert_eq!(recorder.stop(), Some(0));
    let replay = |server: &Program, arguments: &[&str]| {
        let against = format!("{}/scim/v2", server.url());
        let recording = recorder.out.to_str().expect("a name");
        program(&[&["replay", recording, "--against", &against], arguments].concat())
    };

    // It holds three others.
    let other = server(EMPTY, &[]);
    for name in ["cyd@b.c", "dan@b.c", "eve@b.c"] {
        assert_eq!(other.scim("POST", "/Users", &user(name).to_string()).status, 201);
    }
    let (code, said) = replay(&other, &[]);
    assert!(code == Some(0) && said.contains("GREEN    6 answers as recorded"), "{said}");
    assert!(said.contains("it holds 3 users already"), "{said}");
    assert!(said.contains("not compared: 3, 5: what these lists show of objects"), "{said}");
    assert!(said.contains("not compared: 4: how many these lists count"), "{said}");

    // What it does wrong with what the recording is about is found as ever.
    let wrong = server(EMPTY, &["--bug", "B109"]);
    assert_eq!(wrong.scim("POST", "/Users", &user("cyd@b.c").to_string()).status, 201);
    let (code, said) = replay(&wrong, &[]);
    assert!(code == Some(1) && said.contains("active"), "{said}");

    // One of them has a name of the recording.
    assert_eq!(other.scim("POST", "/Users", &user("ann@b.c").to_string()).status, 201);
    let (code, said) = replay(&other, &["--json"]);
    let told: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((code, &told["differences"]), (Some(0), &json!([])), "{said}");
    assert_eq!(told["held"], json!({"users": 4}));
    let taken = json!([{"seq": 1, "name": "ann@b.c"}]);
    assert_eq!(told["not_compared"]["names_taken"], taken);
    assert_eq!(held(&other, None).len(), 4, "all of them stay");
}

/// A request of a client on its way through a recorder; its answer.
fn through(recorder: &Recorder, method: &str, path: &str, body: &Value) -> Value {
    let body = body.to_string();
    let mut client = recorder.connect();
    let request = format!(
        "{method} /scim/v2{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer test-token\r\n\
         Content-Type: application/scim+json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    client.write_all(request.as_bytes()).expect("it is read");
    let mut answer = String::new();
    client.read_to_string(&mut answer).expect("an answer");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a head");
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

#[test]
fn bulk_requests_and_put_are_replayed_with_the_ids_of_the_other_server() {
    let (first, folder) = (server(EMPTY, &[]), tempfile::tempdir().expect("a folder"));
    let mut recorder = Recorder::start(&format!("{}/scim/v2", first.url()), folder.path(), &[]);
    let user = |name: &str| json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name});
    let bulk = |operations: Value| json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations});
    let post = |name: &str| json!({"method": "POST", "path": "/Users", "bulkId": name, "data": user(name)});
    let made =
        through(&recorder, "POST", "/Bulk", &bulk(json!([post("ann@b.c"), post("bob@b.c")])));
    let id = |nth: usize| {
        let location = made["Operations"][nth]["location"].as_str().expect("a location");
        location.rsplit('/').next().expect("an id").to_owned()
    };
    let patch = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "displayName", "value": "Ann"}]
    });
    let changes = json!([
        {"method": "PATCH", "path": format!("/Users/{}", id(0)), "data": patch},
        {"method": "DELETE", "path": format!("/Users/{}", id(1))},
    ]);
    through(&recorder, "POST", "/Bulk", &bulk(changes));
    through(&recorder, "PUT", &format!("/Users/{}", id(0)), &user("ann.b@b.c"));
    recorder.wait_for(3);
    assert_eq!(recorder.stop(), Some(0));
    let other = server(EMPTY, &[]);
    // Another id is given there to the first user.
    assert_eq!(other.scim("POST", "/Users", &user("cyd@b.c").to_string()).status, 201);
    let against = format!("{}/scim/v2", other.url());
    let recording = recorder.out.to_str().expect("a name");
    let (code, said) = program(&["replay", recording, "--against", &against]);
    assert!(code == Some(0) && said.contains("GREEN    3 answers as recorded"), "{said}");
    assert_eq!(held(&other, None).len(), 1, "it deletes what it has made: {said}");
}

#[test]
fn the_usual_sources_are_those_of_the_template() {
    let schema = Schema::gallery(Template::Scim);
    let mut direct = 0;
    for row in schema.users.rows() {
        let RowSource::Attribute { field, .. } = &row.source else { continue };
        let usual = ROWS.iter().find(|(target, _)| row.target.is(target));
        let Some((target, source)) = usual else {
            assert!(row.target.is(scimulator::recording::flat::MANAGER), "{:?}", row.target);
            continue;
        };
        assert_eq!(Field::find(source).as_ref(), Some(field), "{target}");
        direct += 1;
    }
    assert_eq!(direct, ROWS.len());
}
