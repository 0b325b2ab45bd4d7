//! `serve --target`: the page's tenant provisions a server of another process. The clock stands
//! while an answer is awaited, and what was made there is deleted when the run ends or begins anew.

use std::time::{SystemTime, UNIX_EPOCH};

use super::STORY;
use super::graph;
use super::program::{Program, serve};

/// A server to provision, whose clock stands: nothing happens there by itself.
fn target() -> Program {
    serve(STORY, &["--paused", "--set", "golinks.profile=generic"])
}

/// The page's side: a story that provisions the target.
fn driver(story: &str, target: &Program, more: &[&str]) -> Program {
    let token = target.file().with_file_name("token");
    std::fs::write(&token, "test-token\n").expect("a file");
    let token = token.to_str().expect("a name");
    driver_with(story, target, &[&["--token-file", token], more].concat())
}

/// The same, with other credentials.
fn driver_with(story: &str, target: &Program, more: &[&str]) -> Program {
    let url = format!("{}/scim/v2", target.url());
    serve(story, &[&["--target", &url], more].concat())
}

/// How many accounts, or groups, the server holds.
fn held(server: &Program, endpoint: &str) -> i64 {
    let list = server.scim("GET", &format!("/{endpoint}?count=0"), "");
    list.json()["totalResults"].as_i64().expect("a number")
}

/// The number in front of a word of a sum such as `12 accounts · 12 active`.
fn counts(state: &serde_json::Value, word: &str) -> i64 {
    let sum = state["worlds"]["golinks"].as_str().expect("a sum");
    let part = sum.split(" · ").find(|part| part.ends_with(word)).unwrap_or("0");
    part.split(' ').next().and_then(|count| count.parse().ok()).expect("a number")
}

#[test]
fn what_the_page_shows_under_golinks_is_what_the_target_holds() {
    let target = target();
    let page = driver(STORY, &target, &["--paused"]);
    assert!(page.greeting.contains("target    http://127.0.0.1:"), "{}", page.greeting);
    page.wait_until("it is ready", |state| state["clock"]["paused"] == true);
    page.command("cycle", "");
    assert_eq!((held(&target, "Users"), counts(&page.state(), "accounts")), (12, 12));
    assert_eq!(page.state()["expectations"]["failed"], 0);
    let badges = page.state()["run"]["badges"].to_string();
    assert!(badges.contains("foreign target") && badges.contains(&target.url()), "{badges}");

    page.command("action", r#"{"disable":"ann"}"#);
    page.command("cycle", "");
    assert_eq!(counts(&page.state(), "active"), 11);
    let filter = "/Users?filter=active%20eq%20false&count=0";
    assert_eq!(target.scim("GET", filter, "").json()["totalResults"], 1);

    // A jump back plays the run again from its start: what the first run made is gone.
    page.command("jump", r#"{"to":"2026-03-02T08:00:00Z"}"#);
    assert_eq!((held(&target, "Users"), counts(&page.state(), "accounts")), (0, 0));
    page.command("cycle", "");
    assert_eq!(held(&target, "Users"), 12);
    let (code, said) = page.stop();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("12 objects made there, all deleted again"), "{said}");
    assert_eq!(held(&target, "Users"), 0);
}

#[test]
fn credentials_of_a_graph_client_are_tried_at_the_target() {
    let target = target();
    let page = driver(STORY, &target, &["--paused"]);
    assert!(page.greeting.contains("Graph     http://127.0.0.1:"), "{}", page.greeting);
    let job = graph::job(&page);
    let validate = |path: &str, token: &str| {
        let credentials = serde_json::json!({ "useSavedCredentials": false, "credentials": [
            { "key": "BaseAddress", "value": format!("{}{path}", target.url()) },
            { "key": "SecretToken", "value": token },
        ] });
        let path = format!("{job}/validateCredentials");
        graph::ask(&page, "POST", &path, &credentials.to_string()).status
    };
    assert_eq!(validate("/scim/v2", "wrong"), 400);
    assert_eq!(validate("/nowhere", "test-token"), 400);
    assert_eq!(validate("/scim/v2", "test-token"), 204);
    // Another host is not asked, and the answer says so.
    let credentials = serde_json::json!({ "useSavedCredentials": false, "credentials": [
        { "key": "BaseAddress", "value": "https://scim.other.example/scim/v2" },
        { "key": "SecretToken", "value": "test-token" },
    ] });
    let path = format!("{job}/validateCredentials");
    let answer = graph::ask(&page, "POST", &path, &credentials.to_string());
    let said =
        format!("scim.other.example was not asked: credentials are tried at {}", target.url());
    assert!(answer.status == 204 && answer.head.contains(&said), "{answer:?}");
    let own = credentials.to_string().replace("https://scim.other.example", &target.url());
    let answer = graph::ask(&page, "POST", &path, &own);
    assert!(answer.status == 204 && !answer.head.contains("not asked"), "{answer:?}");
    // What was tried is not kept.
    page.command("cycle", "");
    assert_eq!(held(&target, "Users"), 12);
}

#[test]
fn faults_strike_on_the_way_and_what_only_the_mock_can_do_is_refused() {
    let target = target();
    let page = driver(STORY, &target, &["--paused"]);
    page.command("action", r#"{"fault":{"name":"outage","respond":{"status":503}}}"#);
    page.command("cycle", "");
    assert_eq!(held(&target, "Users"), 0, "the target has not seen a request");
    page.command("action", r#"{"clear_fault":"outage"}"#);
    page.command("cycle", "");
    assert_eq!(held(&target, "Users"), 12);
    for body in [r#"{"delete_account":"ann"}"#, r#"{"set":{"golinks.delete":"remove"}}"#] {
        let headers = "Content-Type: application/json\r\n";
        let refused = page.ask("POST", "/api/v1/action", headers, body);
        assert!(refused.status >= 400 && refused.body.contains("not the mock"), "{refused:?}");
    }
    let (_, said) = page.stop();
    assert!(said.contains("all deleted again"), "{said}");
}

#[test]
fn what_was_there_before_is_left_alone_and_the_clock_pauses() {
    let target = target();
    let ann = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName":"ann.okafor@contoso.example","name":{"givenName":"Not ours"}}"#;
    let ann = target.scim("POST", "/Users", ann).json()["id"].as_str().expect("an id").to_owned();
    let page = driver(STORY, &target, &["--paused"]);
    page.command("cycle", "");
    let state = page.state();
    assert_eq!(state["clock"]["paused"], true);
    let notice = state["run"]["notice"].as_str().expect("a notice");
    assert!(notice.contains("was there before this run"), "{notice}");
    page.stop();
    let given_name =
        || target.scim("GET", &format!("/Users/{ann}"), "").json()["name"]["givenName"].clone();
    assert_eq!((given_name(), held(&target, "Users")), ("Not ours".into(), 1));

    let page = driver(STORY, &target, &["--paused", "--adopt", "--keep"]);
    page.command("cycle", "");
    assert_eq!(given_name(), "Ann");
    let (_, said) = page.stop();
    assert!(said.contains(" still there:\n  /Users/") && held(&target, "Users") == 12, "{said}");
}

#[test]
fn a_target_that_breaks_pauses_the_clock_and_a_resume_tries_again() {
    let target = target();
    let page = driver(STORY, &target, &["--paused"]);
    let broken = r#"{"fault":{"name":"broken","respond":{"status":500}}}"#;
    target.command("action", broken);
    (0..6).for_each(|_| drop(page.command("cycle", "")));
    let state = page.state();
    let notice = state["run"]["notice"].as_str().expect("a notice");
    assert!(notice.contains("5 requests in a row with an error of its own"), "{notice}");
    target.command("action", r#"{"clear_fault":"broken"}"#);
    page.command("action", r#""restart""#);
    // The cycle that was under way, and the one after it.
    (0..2).for_each(|_| drop(page.command("cycle", "")));
    assert_eq!((held(&target, "Users"), &page.state()["run"]["notice"]), (12, &().into()));
}

#[test]
fn a_target_that_is_killed_loses_nothing_of_the_run_and_what_is_left_is_said() {
    let target = target();
    let page = driver(STORY, &target, &["--paused"]);
    page.command("cycle", "");
    drop(target);
    page.command("action", r#"{"disable":"ann"}"#);
    page.command("cycle", "");
    let state = page.state();
    assert_eq!(counts(&state, "active"), 12, "what was read last is what is shown");
    assert_eq!(state["clock"]["paused"], true);
    let (code, said) = page.stop();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("12 objects made there, 12 not deleted, as it answers no more; they are there unless it has lost them:\n  /Users/"), "{said}");
}

#[test]
fn groups_of_the_target_are_compared_too() {
    let target = target();
    let story = format!(
        "{STORY}\n[group.sales]\nmembers = [\"ann\"]\nassigned = true\n[entra.mappings]\ntemplate = \"scim\"\n\
         [finally]\nworlds = \"agree\"\n"
    );
    let page = driver(&story, &target, &["--paused"]);
    page.command("cycle", "");
    assert_eq!(held(&target, "Groups"), 1);
    let list = target.scim("GET", "/Groups", "").json();
    let group = list["Resources"][0]["id"].as_str().expect("an id").to_owned();
    let shown = page.state()["worlds"]["groups"].to_string();
    assert!(shown.contains("sales"), "{shown}");
    let remove = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations":[{"op":"remove","path":"members"}]}"#;
    let answer = target.scim("PATCH", &format!("/Groups/{group}"), remove);
    assert!(matches!(answer.status, 200 | 204), "{answer:?}");
    page.command("jump", r#"{"to":"2026-03-05T09:00:00Z"}"#);
    let state = page.state();
    assert_eq!(state["expectations"]["failed"], 1, "{}", state["expectations"]);
}

/// A target that grants access tokens, whose clock is the real one.
fn granting(oauth: &str) -> Program {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let now = scimulator::base::Time::from_secs(now as i64).rfc3339();
    let story = STORY.replace("2026-03-02T08:00:00Z", &now).replace(
        "token = \"test-token\"",
        &format!("token = \"test-token\"\nprofile = \"generic\"\noauth = {oauth}"),
    );
    serve(&story, &["--paused"])
}

#[test]
fn client_credentials_are_shown_at_the_token_endpoint_and_a_token_that_ended_is_renewed() {
    let target = granting(r#"{ client_id = "entra", client_secret = "winter", expires = "1h" }"#);
    let secret = target.file().with_file_name("secret");
    std::fs::write(&secret, "winter\n").expect("a file");
    let tokens = format!("{}/scim/v2/oauth/token", target.url());
    let secret = secret.to_str().expect("a name");
    let flags = ["--token-url", &tokens, "--client-id", "entra", "--client-secret-file", secret];
    let page = driver_with(STORY, &target, &[&flags[..], &["--paused"]].concat());
    page.command("cycle", "");
    assert_eq!((held(&target, "Users"), counts(&page.state(), "accounts")), (12, 12));
    // Every token has ended: the engine gets a new one, and so does the cleaning at the end.
    let end_all_tokens = || {
        target.command("action", r#""revoke_token""#);
        target.command("action", r#"{"set":{"golinks.token":"test-token"}}"#);
    };
    end_all_tokens();
    page.command("action", r#"{"disable":"ann"}"#);
    page.command("cycle", "");
    assert_eq!(counts(&page.state(), "active"), 11);
    end_all_tokens();
    let (_, said) = page.stop();
    assert!(said.contains("12 objects made there, all deleted again"), "{said}");
    assert_eq!(held(&target, "Users"), 0);
}

#[test]
fn the_tenant_signs_an_assertion_with_the_real_time_for_a_target() {
    let target = granting(r#"{ expires = "1h" }"#);
    target.command("action", r#""trust_tenant""#);
    let tokens = format!("{}/scim/v2/oauth/token", target.url());
    let flags = ["--token-url", &tokens, "--client-id", "entra", "--federated", "--paused"];
    let page = driver_with(STORY, &target, &flags);
    page.command("cycle", "");
    assert_eq!(held(&target, "Users"), 12, "{}", page.state()["status"]);
    page.stop();
}
