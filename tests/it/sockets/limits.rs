//! What GoLinks can bear, which clients it admits and what happens to it, as a client from outside
//! meets it.

use super::STORY;
use super::program::{Answer, Program, serve};

/// A paused server with these settings.
fn with(settings: &[&str]) -> Program {
    let set = settings.iter().flat_map(|set| ["--set", set]);
    // One token, or several.
    let several = settings.iter().any(|set| set.starts_with("golinks.tokens="));
    let one = "token = \"test-token\"";
    let story = STORY.replace(one, if several { "" } else { one });
    serve(&story, &["--paused"].into_iter().chain(set).collect::<Vec<_>>())
}

fn ask(server: &Program, authorization: &str, request: &str, body: &str) -> Answer {
    let (method, path) = request.split_once(' ').expect("a method and a path");
    let kind = if path.ends_with("/token") {
        "application/x-www-form-urlencoded"
    } else {
        "application/scim+json"
    };
    server.ask(
        method,
        path,
        &format!("Authorization: {authorization}\r\nContent-Type: {kind}\r\n"),
        body,
    )
}

/// A request with the token of the story.
fn scim(server: &Program, request: &str, body: &str) -> Answer {
    ask(server, "Bearer test-token", request, body)
}

fn user(name: &str) -> String {
    format!(r#"{{"userName":"{name}"}}"#)
}

#[test]
fn limits_hold() {
    let list = "GET /scim/v2/Users";
    for (settings, statuses, header) in [
        (
            &["golinks.rate_limit={ rps = 0.01, burst = 2 }"][..],
            [200, 200, 429],
            "retry-after: 100",
        ),
        (&["golinks.rate_limit={ rps = 0.01, retry_after = \"none\" }"], [200, 429, 429], ""),
        (
            &["golinks.rate_limit={ rps = 0.01, retry_after = \"7s\" }"],
            [200, 429, 429],
            "retry-after: 7",
        ),
        (
            &["golinks.rate_limit={ window = { requests = 2, span = \"1h\" } }"],
            [200, 200, 429],
            "retry-after: 3600",
        ),
        (&["golinks.rate_limit={ daily = 1 }"], [200, 429, 429], "retry-after: "),
        (&["golinks.limits.maintenance={ for = \"1h\" }"], [503; 3], ""),
    ] {
        let server = with(settings);
        let answers = [(); 3].map(|()| scim(&server, list, ""));
        assert_eq!(answers.each_ref().map(|answer| answer.status), statuses, "{settings:?}");
        let head = &answers[2].head;
        assert!(
            head.contains(header) && (head.contains("retry-after") != header.is_empty()),
            "{settings:?}: {head}"
        );
    }
}

#[test]
fn seats_pages_and_bodies_are_limited() {
    let server = with(&["golinks.limits.seats=2", "golinks.page_size=1", "golinks.body_limit=400"]);
    let create = |name: &str| scim(&server, "POST /scim/v2/Users", &user(name)).status;
    assert_eq!(["a", "b", "c"].map(create), [201, 201, 403]);
    assert_eq!(create(&"x".repeat(400)), 413);
    let page = scim(&server, "GET /scim/v2/Users?count=50", "").json();
    assert_eq!((&page["totalResults"], &page["itemsPerPage"]), (&2.into(), &1.into()));
}

#[test]
fn a_new_account_is_found_by_filter_only_after_a_while() {
    let server = with(&["golinks.limits.visible_after=10m"]);
    let id = scim(&server, "POST /scim/v2/Users", &user("late")).json()["id"].clone();
    let found = || {
        let list = scim(&server, "GET /scim/v2/Users?filter=userName%20eq%20%22late%22", "").json();
        list["totalResults"].as_i64().expect("a number")
    };
    let by_id = format!("GET /scim/v2/Users/{}", id.as_str().expect("an id"));
    assert_eq!((found(), scim(&server, &by_id, "").status), (0, 200));
    server.command("jump", r#"{"to":"11m"}"#);
    assert_eq!(found(), 1);
}

#[test]
fn who_waits_for_answers_is_not_two_and_finds_what_it_made() {
    let server = with(&[
        "golinks.profile=generic",
        "golinks.quirks.member_lost_update=true",
        "golinks.limits.visible_after=1s",
    ]);
    let id = |answer: Answer| answer.json()["id"].as_str().expect("an id").to_owned();
    let crew = id(scim(&server, "POST /scim/v2/Groups", r#"{"displayName":"Crew"}"#));
    for nth in 0..6 {
        let member = id(scim(&server, "POST /scim/v2/Users", &user(&format!("u{nth}"))));
        let add = format!(
            r#"{{"Operations":[{{"op":"add","path":"members","value":[{{"value":"{member}"}}]}}]}}"#
        );
        assert_eq!(scim(&server, &format!("PATCH /scim/v2/Groups/{crew}"), &add).status, 204);
    }
    let group = scim(&server, &format!("GET /scim/v2/Groups/{crew}"), "").json();
    assert_eq!(group["members"].as_array().map(Vec::len), Some(6));
    let list = "GET /scim/v2/Users?filter=userName%20sw%20%22u%22";
    let found = || scim(&server, list, "").json()["totalResults"].clone();
    let begun = std::time::Instant::now();
    while found() != 6 {
        assert!(begun.elapsed().as_secs() < 20, "they are never found");
    }
}

#[test]
fn who_may_do_what_is_told_by_the_credentials() {
    let tokens = r#"golinks.tokens=[{ value = "full" }, { value = "ro", scope = "read" }, { value = "old", expires = "1h" }]"#;
    let oauth = r#"golinks.oauth={ client_id = "c", client_secret = "s&1" }"#;
    let server = with(&[tokens, oauth]);
    server.command("jump", r#"{"to":"2h"}"#);
    let may = |token: &str| {
        let bearer = format!("Bearer {token}");
        let read = ask(&server, &bearer, "GET /scim/v2/Users", "").status;
        (read, ask(&server, &bearer, "POST /scim/v2/Users", &user(token)).status)
    };
    assert_eq!(
        ["full", "ro", "old", "nope"].map(may),
        [(200, 201), (200, 403), (401, 401), (401, 401)]
    );
    let form = "grant_type=client_credentials&client_id=c&client_secret=";
    assert_eq!(ask(&server, "", "POST /scim/v2/oauth/token", form).status, 401);
    let granted = ask(&server, "", "POST /scim/v2/oauth/token", &format!("{form}s%261")).json();
    assert_eq!(may(granted["access_token"].as_str().expect("a token")), (200, 201));
    server.command("action", r#"{"revoke_token":"full"}"#);
    assert_eq!(may("full"), (401, 401));
    let schemes = |server: &Program, authorization: &str| {
        let config = ask(server, authorization, "GET /scim/v2/ServiceProviderConfig", "").json();
        let schemes = config["authenticationSchemes"].as_array().expect("a list").clone();
        schemes
            .iter()
            .map(|it| it["type"].as_str().expect("a word").to_owned())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(schemes(&server, "Bearer ro"), "oauthbearertoken oauth2");
    let basic = with(&["golinks.auth=basic"]);
    let list = "GET /scim/v2/Users";
    let password = "Basic Z29saW5rczpnb2xpbmtzLWRlbW8tcGFzc3dvcmQ=";
    assert_eq!(
        (ask(&basic, password, list, "").status, schemes(&basic, password)),
        (200, "httpbasic".to_owned())
    );
    assert_eq!(scim(&basic, list, "").status, 401);
    assert_eq!(ask(&with(&["golinks.auth=none"]), "", list, "").status, 200);
}

#[test]
fn golinks_moves_falls_and_gets_up_again() {
    let server = with(&["golinks.profile=generic"]);
    let list = |base: &str| scim(&server, &format!("GET {base}/Users"), "");
    // Also below a path that is the page's or the control API's.
    for base in ["/scim/v3", "/auth/scim", "/api/scim/v3", "/v2"] {
        server.command("action", &format!(r#"{{"move_base":"{base}"}}"#));
        assert_eq!((list("/scim/v2").status, list(base).status), (404, 200), "{base}");
        let created = scim(&server, &format!("POST {base}/Users"), &user(base));
        let at = created.json()["meta"]["location"].as_str().expect("an address").to_owned();
        assert!(at.starts_with(&format!("{}{base}/Users/", server.url())), "{at}");
        assert_eq!(scim(&server, &format!("GET {}", &at[server.url().len()..]), "").status, 200);
    }
    server.command("action", r#"{"move_base":"/scim/v2"}"#);
    server.command("action", r#"{"down":true}"#);
    assert_eq!(list("/scim/v2").status, 0, "the connection breaks without an answer");
    server.command("action", r#"{"up":true}"#);
    assert_eq!(list("/scim/v2").status, 200);
    server.command("action", r#"{"fault":{"garble":"html"}}"#);
    let page = list("/scim/v2");
    assert!(
        page.status == 200
            && page.body.starts_with("<!doctype html>")
            && page.head.contains("text/html"),
        "{page:?}"
    );
    let elsewhere = with(&["golinks.base_path=/auth/scim"]);
    assert_eq!(scim(&elsewhere, "GET /auth/scim/Users", "").status, 200);
    elsewhere.command("action", r#"{"fault":{"certificate":"expired"}}"#);
    assert_eq!(scim(&elsewhere, "GET /auth/scim/Users", "").status, 0, "an outsider sees a reset");
}

#[test]
fn accounts_are_changed_by_hand() {
    let server = with(&[]);
    let at = |name: &str| {
        let filter = format!("GET /scim/v2/Users?filter=userName%20eq%20%22{name}%22");
        scim(&server, &filter, "").json()["Resources"][0].clone()
    };
    server.command("action", r#"{"create_account":{"userName":"hand","name":{"givenName":"H"}}}"#);
    assert_eq!(
        (&at("hand")["active"], &at("hand")["name"]["givenName"]),
        (&true.into(), &"H".into())
    );
    server.command("action", r#"{"edit_account":{"hand":{"active":false}}}"#);
    assert_eq!(at("hand")["active"], false);
    server.command("action", r#"{"delete_account":"hand"}"#);
    assert_eq!(at("hand"), serde_json::Value::Null);
    assert_eq!(
        scim(&server, "POST /scim/v2/Users", &user("hand")).status,
        201,
        "its userName is free"
    );
}
