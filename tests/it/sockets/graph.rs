//! The tenant's Graph API over sockets: what waits for the application, and clients that poll.

use serde_json::{Value, json};

use super::STORY;
use super::program::{Answer, Program, serve};

pub(super) fn ask(server: &Program, method: &str, path: &str, body: &str) -> Answer {
    let headers = "Authorization: Bearer graph-demo-token\r\nContent-Type: application/json\r\n";
    server.ask(method, &format!("/v1.0{path}"), headers, body)
}

fn read(server: &Program, path: &str) -> Value {
    let answer = ask(server, "GET", path, "");
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.json()
}

/// The path of the synchronization job.
pub(super) fn job(server: &Program) -> String {
    let principals = read(server, "/servicePrincipals?$select=id");
    let sp =
        format!("/servicePrincipals/{}", principals["value"][0]["id"].as_str().expect("an id"));
    let jobs = read(server, &format!("{sp}/synchronization/jobs"));
    format!("{sp}/synchronization/jobs/{}", jobs["value"][0]["id"].as_str().expect("an id"))
}

#[test]
fn credentials_are_validated_and_a_user_is_provisioned_while_the_clock_stands() {
    let server = serve(STORY, &["--paused"]);
    let job = job(&server);
    let saved = r#"{"useSavedCredentials":true}"#;
    let good = ask(&server, "POST", &format!("{job}/validateCredentials"), saved);
    assert_eq!((good.status, good.body.as_str()), (204, ""));
    let wrong = json!({ "useSavedCredentials": false, "credentials": [
        { "key": "BaseAddress", "value": "https://golinks.example/scim/v2" },
        { "key": "SecretToken", "value": "wrong" },
    ] });
    let bad = ask(&server, "POST", &format!("{job}/validateCredentials"), &wrong.to_string());
    assert_eq!(bad.status, 400, "{bad:?}");
    let ann = read(&server, "/users?$filter=displayName%20eq%20'Ann%20Okafor'");
    let subject = json!({ "objectId": ann["value"][0]["id"], "objectTypeName": "User" });
    let rule = read(&server, &format!("{job}/schema"))["synchronizationRules"][0]["id"].clone();
    let picked = json!({ "parameters": [{ "ruleId": rule, "subjects": [subject] }] });
    let run = ask(&server, "POST", &format!("{job}/provisionOnDemand"), &picked.to_string());
    assert_eq!(run.status, 200, "{run:?}");
    let value = run.json()["value"].as_str().expect("a text").to_owned();
    assert!(value.contains("\"action\":\"Create\""), "{value}");
    assert_eq!(server.scim("GET", "/Users?count=1", "").json()["totalResults"], 1);
    assert!(
        run.head.contains("request-id: ") && run.head.contains("odata-version: 4.0"),
        "{}",
        run.head
    );
}

#[test]
fn a_jump_back_repeats_what_a_client_has_made_and_a_file_says_it() {
    let server = serve(STORY, &["--paused"]);
    server.command("jump", r#"{"to":"1d"}"#);
    let template = read(&server, "/applicationTemplates")["value"][0]["id"].clone();
    let path = format!("/applicationTemplates/{}/instantiate", template.as_str().expect("an id"));
    let made = ask(&server, "POST", &path, r#"{"displayName":"Second"}"#);
    assert_eq!(made.status, 201, "{made:?}");
    let id = made.json()["servicePrincipal"]["id"].as_str().expect("an id").to_owned();
    let principal = format!("/servicePrincipals/{id}");
    let changed = ask(&server, "PATCH", &principal, r#"{"notes":null,"tags":["HideApp"]}"#);
    assert_eq!(changed.status, 204, "{changed:?}");
    let jobs = format!("{principal}/synchronization/jobs");
    assert_eq!(ask(&server, "POST", &jobs, r#"{"templateId":"goLinks"}"#).status, 201);
    let secret = ask(&server, "POST", &format!("{principal}/addPassword"), "{}");
    let secret = secret.json()["keyId"].clone();
    let before = (read(&server, &principal), read(&server, &jobs));
    server.command("jump", r#"{"to":"2d"}"#);
    server.command("jump", r#"{"to":"12h"}"#);
    assert_eq!(ask(&server, "GET", &principal, "").status, 404, "it is still to come");
    server.command("jump", r#"{"to":"2d"}"#);
    assert_eq!((read(&server, &principal), read(&server, &jobs)), before);
    assert_eq!(before.0["passwordCredentials"][0]["keyId"], secret);
    let by_hand = server.ask("GET", "/api/v1/state?panel=by_hand", "", "").json();
    let file = by_hand["by_hand"]["file"].as_str().unwrap_or_default().to_owned();
    assert!(file.contains("do = { graph = { post = \"/applicationTemplates/"), "{by_hand}");
    assert!(file.contains("adds = \"second\""), "{file}");
    let audit = read(&server, "/auditLogs/directoryAudits");
    let rows = audit["value"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["activityDisplayName"] == "Add service principal");
    let app = row.expect("a row")["initiatedBy"]["app"].clone();
    assert!(app["appId"].is_string() && app["displayName"] == "Graph client", "{app}");
}

#[test]
fn a_client_that_polls_moves_a_paused_clock_where_a_policy_says_so() {
    let server = serve(STORY, &["--paused", "--set", "entra.policy.graph_poll_advances=true"]);
    let job = job(&server);
    // Without a cycle that is due, there is nothing to move to: the story does not run out.
    let before = server.state()["clock"]["instant"].clone();
    read(&server, &job);
    assert_eq!(server.state()["clock"]["instant"], before);
    assert_eq!(ask(&server, "POST", &format!("{job}/start"), "").status, 204);
    let code = |_: usize| read(&server, &job)["status"]["code"].as_str().map(str::to_owned);
    let mut polls = (0..100_000).map(code);
    assert!(polls.any(|code| code.as_deref() == Some("Active")));
    assert_eq!(server.scim("GET", "/Users?count=1", "").json()["totalResults"], 12);
}

#[test]
fn a_secret_that_a_client_sent_stands_in_clear_nowhere() {
    let server = serve(STORY, &["--paused"]);
    let job = job(&server);
    let secrets = job.split("/jobs/").next().expect("a path").to_owned() + "/secrets";
    let sent = json!({ "value": [{ "key": "SecretToken", "value": "SEKRIT2" }] });
    assert_eq!(ask(&server, "PUT", &secrets, &sent.to_string()).status, 204);
    let wrong = json!({ "credentials": [
        { "key": "BaseAddress", "value": "https://golinks.example/scim/v2" },
        { "key": "SecretToken", "value": "SEKRIT3" },
    ] });
    ask(&server, "POST", &format!("{job}/validateCredentials"), &wrong.to_string());
    let panels = ["by_hand", "broken", "break_it", "traffic", "log", "strip", "story"];
    let state = |panel: &str| {
        let answer = server.ask("GET", &format!("/api/v1/state?panel={panel}"), "", "");
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    };
    for panel in panels {
        let shown = state(panel);
        assert!(!shown.contains("SEKRIT"), "{panel}: {shown}");
    }
    assert!(state("by_hand").contains("SecretToken = \\\"***\\\""), "{}", state("by_hand"));
    // The button that mends the token does what it says, although the page is not told the token.
    let mend = "{ rotate_token = { value = \"***\" } }";
    assert_eq!(
        server.ask("POST", "/api/v1/action", "Content-Type: application/toml\r\n", mend).status,
        200
    );
    let saved = r#"{"useSavedCredentials":true}"#;
    let good = ask(&server, "POST", &format!("{job}/validateCredentials"), saved);
    assert_eq!(good.status, 204, "{good:?}");
    assert!(!state("by_hand").contains("SEKRIT"));
}

#[test]
fn quotes_that_a_client_does_not_escape_are_read_as_they_are() {
    let server = serve(STORY, &["--paused"]);
    let headers = format!(
        "Host: {}\r\nAuthorization: Bearer graph-demo-token\r\nConsistencyLevel: eventual",
        server.address
    );
    let get = |path: &str| format!("GET /v1.0{path} HTTP/1.1\r\n{headers}\r\n");
    let body = "{\"displayName\":\"<b>\"}";
    let post = format!(
        "POST /v1.0/nothing HTTP/1.1\r\n{headers}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    // All over one connection, also behind a body.
    let (search, filter) =
        (get("/users?$search=\"displayName:ann\""), get("/users?$filter=city+eq+'<^`>'"));
    let all = server.send(&format!("{search}\r\n{post}{filter}Connection: close\r\n\r\n"));
    let answers = format!("{}\r\n\r\n{}", all.head, all.body).to_lowercase();
    let statuses: Vec<&str> =
        answers.split("http/1.1 ").skip(1).filter_map(|one| one.split(' ').next()).collect();
    assert_eq!(statuses, ["200", "400", "200"], "{answers}");
    assert_eq!(answers.matches("\r\nrequest-id: ").count(), 3, "{answers}");
    assert_eq!(answers.matches("\"ann okafor\"").count(), 1, "{answers}");
    let accounts = server.scim("GET", "/Users?filter=userName+eq+\"nobody\"", "");
    assert_eq!((accounts.status, accounts.json()["totalResults"].as_u64()), (200, Some(0)));
}
