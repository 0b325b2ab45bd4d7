//! What is done at GoLinks' pages is done by hand: it is listed, survives a jump back and a branch,
//! and is saved as a scenario that ends in the same world.

use super::golinks::{enter, location, owner, served, session};
use super::program::{Program, run, serve};
use super::sso::{FORM, encoded};

const ANN: &str = "ann.okafor@contoso.example";
const BOB: &str = "bob.lind@contoso.example";

/// Sends a form, which is carried out.
fn send(server: &Program, session: &str, path: &str, fields: &[(&str, &str)]) {
    let done = server.ask("POST", path, &format!("{session}{FORM}"), &encoded(fields));
    assert!([200, 303].contains(&done.status), "{path} {fields:?}: {}", done.body);
}

/// Every form of the pages and a link that is followed, by the owner and by Ann, each with a
/// session.
fn use_the_pages(server: &Program, owner: &str, ann: &str) {
    let url = ("url", "https://wiki.contoso.example/road");
    send(server, owner, "/golinks/links", &[("name", "lunch"), url, ("tags", "food, daily")]);
    send(server, ann, "/golinks/links", &[("name", "Road"), url, ("private", "yes")]);
    let edited = [("edited", "road"), ("name", "road"), url, ("aliases", "way")];
    send(server, ann, "/golinks/links", &edited);
    send(server, owner, "/golinks/links/delete", &[("name", "lunch")]);
    for name in ["road", "plan"] {
        assert_eq!(server.ask("GET", &format!("/go/{name}"), ann, "").status, 303);
    }
    send(server, owner, "/golinks/links/transfer", &[("from", ANN), ("to", BOB), ("only", "plan")]);
    send(server, owner, "/golinks/people", &[("user", BOB), ("role", "admin")]);
    for _ in 0..2 {
        send(server, ann, "/golinks/developer/new", &[]);
    }
    let page = server.ask("GET", "/golinks/developer", ann, "").body;
    let hint = page.split("name=revoke value=\"").nth(1).and_then(|it| it.split('"').next());
    send(server, ann, "/golinks/developer", &[("revoke", hint.expect("a token"))]);
    send(server, owner, "/golinks/scim", &[("issue", "a-new-token-1"), ("days", "30")]);
    send(server, owner, "/golinks/scim", &[("revoke", "2")]);
    send(server, owner, "/golinks/people", &[("user", BOB), ("active", "no")]);
}

const VERBS: [&str; 14] = [
    "sign_in",
    "create_link",
    "create_link",
    "edit_link",
    "delete_link",
    "follow",
    "follow",
    "transfer_links",
    "set_role",
    "make_api_token",
    "make_api_token",
    "revoke_api_tokens",
    "issue_token",
    "revoke_token",
];

/// What the pages show to the owner and to Ann, but for the time at their foot.
fn shown(server: &Program, owner: &str, ann: &str) -> Vec<String> {
    let of = |(path, session): &(&str, &str)| {
        let page = server.ask("GET", path, session, "");
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        page.body.split("<footer>").next().unwrap_or_default().to_owned()
    };
    let pages = [
        ("/golinks/links", owner),
        ("/golinks/links", ann),
        ("/golinks/people", owner),
        ("/golinks/developer", owner),
        ("/golinks/scim", owner),
    ];
    pages.iter().map(of).collect()
}

fn by_hand(server: &Program) -> serde_json::Value {
    server.ask("GET", "/api/v1/state?panel=by_hand", "", "").json()["by_hand"].clone()
}

#[test]
fn what_is_done_at_the_pages_survives_a_jump_back_and_a_branch_and_is_saved_as_a_scenario() {
    let server = served();
    let owner = owner(&server);
    let ann = session(&enter(&server, ANN).0).expect("a session");
    use_the_pages(&server, &owner, &ann);
    let told = by_hand(&server);
    let rows = told["rows"].as_array().expect("rows");
    let verbs: Vec<&str> = rows.iter().filter_map(|row| row["verb"].as_str()).collect();
    assert_eq!(verbs[..14], VERBS, "{told}");
    assert_eq!(verbs[14..], ["edit_account"], "{told}");
    let says = |nth: usize| rows[nth]["action"].as_str().expect("an action");
    assert_eq!(
        says(3),
        r#"{ edit_link = { link = "road", private = false, aliases = "way", as = "ann" } }"#
    );
    assert_eq!(says(14), r#"{ edit_account = { bob = { active = false } } }"#);
    // Nothing is said of clients from outside: there were none.
    assert!(!told["note"].as_str().unwrap_or_default().contains("outside"), "{told}");
    assert!(!told.to_string().contains("a-new-token-1"), "{told}");
    let log = server.ask("GET", "/golinks/audit", &owner, "").body;
    let row = log.split("<tr").find(|row| row.contains("LinkDeleted")).unwrap_or(&log);
    assert!(row.contains("the owner of the workspace"), "{row}");

    let now = shown(&server, &owner, &ann);
    for word in ["jump", "branch"] {
        server.command("jump", r#"{"to":"30m"}"#);
        let before = server.ask("GET", "/golinks/links", &owner, "").body;
        assert!(!before.contains("go/road"), "{before}");
        server.command("jump", r#"{"to":"90m"}"#);
        assert_eq!(shown(&server, &owner, &ann), now, "after a {word}");
        server.command("branch", r#"{"from":"80m"}"#);
        assert_eq!(shown(&server, &owner, &ann), now, "after a branch");
    }

    let file = by_hand(&server)["file"].as_str().expect("a file").to_owned();
    assert!(!file.contains("a-new-token-1") && file.contains("secret-"), "{file}");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("saved.toml"), &file).expect("written");
    for verb in ["check", "run"] {
        let done = run(&[verb, "saved.toml"], folder.path());
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success(), "{said}{}\n{file}", String::from_utf8_lossy(&done.stderr));
        let clean = verb != "check" || said.contains("no problems");
        assert!(clean, "{said}\n{file}");
    }
    let again = serve(&file, &["--paused"]);
    again.command("jump", r#"{"to":"90m"}"#);
    let pages = |server: &Program, session: &str| {
        let people = server.ask("GET", "/golinks/people", session, "").body;
        let links = server.ask("GET", "/golinks/links", session, "").body;
        [people, links].map(|page| page.split("<footer>").next().unwrap_or_default().to_owned())
    };
    assert_eq!(pages(&again, &self::owner(&again)), pages(&server, &owner));
}

/// A session that the page ends is over after a jump back too.
#[test]
fn who_has_signed_out_stays_out() {
    let server = served();
    let ann = session(&enter(&server, ANN).0).expect("a session");
    send(&server, &ann, "/golinks/sign-out", &[]);
    let told = by_hand(&server);
    assert_eq!(told["rows"][1]["action"], r#"{ end_session = "ann" }"#, "{told}");
    server.command("jump", r#"{"to":"30m"}"#);
    server.command("jump", r#"{"to":"90m"}"#);
    let page = server.ask("GET", "/golinks/people", &ann, "");
    assert_eq!(
        (page.status, location(&page).as_str()),
        (303, "/golinks/sign-in?to=/golinks/people")
    );
}
