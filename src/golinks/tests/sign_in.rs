//! People sign in: the five collisions of just-in-time accounts and SCIM, and what outlives a
//! deactivation.

use std::time::Duration;

use super::*;
use crate::golinks::{ACS_PATH, AccountSource, Assertion};

/// What an identity provider says of a user.
pub(super) fn assertion(name: &str, now: Time) -> Assertion {
    const CLAIMS: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/";
    let mail = name.replace('@', ".mail@");
    Assertion {
        id: format!("_{name}-{}", now.rfc3339()),
        name_id: name.to_owned(),
        audiences: vec!["okta_sso_golinks".to_owned()],
        destination: None,
        recipient: Some(ACS_PATH.to_owned()),
        in_response_to: None,
        not_before: now,
        not_on_or_after: now + Duration::from_secs(3_600),
        attributes: vec![
            (format!("{CLAIMS}givenname"), "Mira".to_owned()),
            (format!("{CLAIMS}emailaddress"), mail),
            (
                "http://schemas.microsoft.com/identity/claims/objectidentifier".to_owned(),
                "0-1-2".to_owned(),
            ),
        ],
    }
}

const MIRA_NAME: &str = "mira.lind@northwind.example";

/// Signs Mira in; returns `in`, or why she is turned away.
fn sign_in(bench: &mut Bench, name: &str) -> &'static str {
    bench.now = bench.now + Duration::from_secs(1);
    let assertion = assertion(name, bench.now);
    let done = bench.do_by_hand(|golinks, moment| golinks.sign_in(&assertion, moment));
    done.map_or_else(|why| why.word(), |_| "in")
}

fn deactivate(bench: &mut Bench, id: &str) {
    let body = r#"{"Operations":[{"op":"Replace","path":"active","value":"False"}]}"#;
    assert_eq!(bench.send(&format!("PATCH /Users/{id}"), body).status, 200);
}

#[test]
fn an_account_made_by_signing_in_is_found_by_scim_or_hidden_from_it() {
    for (hidden, status) in [(false, 409), (true, 409)] {
        let mut bench = Bench::with(&[("quirks.hide_unmanaged", Kind::Bool(hidden))]);
        assert_eq!(sign_in(&mut bench, MIRA_NAME), "in");
        let found = bench.send(&format!("GET /Users?filter=userName+eq+%22{MIRA_NAME}%22"), "");
        assert_eq!(found.at("totalResults"), if hidden { "0" } else { "1" });
        assert_eq!(bench.send("POST /Users", MIRA).status, status);
        let id = bench.golinks.find_user_name(MIRA_NAME).unwrap();
        assert_eq!(bench.golinks.source(id), AccountSource::SignIn);
    }
}

#[test]
fn a_first_sign_in_to_an_account_of_scim_is_linked_or_refused() {
    for (word, wanted) in [("link", "in"), ("refuse", "not_linked")] {
        let mut bench = Bench::with(&[("sso.scim_accounts", text(word))]);
        bench.send("POST /Users", MIRA);
        assert_eq!(sign_in(&mut bench, MIRA_NAME), wanted);
        assert_eq!(bench.golinks.accounts().len(), 1);
    }
}

#[test]
fn the_value_that_names_the_account_decides_whether_there_is_a_second_one() {
    for (key, accounts) in [("nameid", 1), ("objectidentifier", 1), ("emailaddress", 2)] {
        let mut bench = Bench::with(&[("sso.jit_key", text(key))]);
        bench.send("POST /Users", MIRA);
        assert_eq!(sign_in(&mut bench, MIRA_NAME), "in");
        assert_eq!(bench.golinks.accounts().len(), accounts, "{key}");
    }
    // An object id stays bound to the account of the first sign-in.
    let mut bench = Bench::with(&[("sso.jit_key", text("objectidentifier"))]);
    bench.send("POST /Users", MIRA);
    assert_eq!(sign_in(&mut bench, MIRA_NAME), "in");
    assert_eq!(sign_in(&mut bench, "mira.berg@northwind.example"), "in");
    assert_eq!(bench.golinks.accounts().len(), 1);
}

#[test]
fn an_inactive_account_stays_shut_or_is_woken_or_replaced() {
    let cases = [
        ("refuse", "inactive", false, true),
        ("reactivate", "in", true, true),
        ("recreate", "in", true, false),
    ];
    for (word, wanted, active, same) in cases {
        let mut bench = Bench::with(&[("sso.inactive_sign_in", text(word))]);
        let id = bench.send("POST /Users", MIRA).id();
        deactivate(&mut bench, &id);
        assert_eq!(sign_in(&mut bench, MIRA_NAME), wanted);
        let now = bench.golinks.find_user_name(MIRA_NAME).unwrap();
        assert_eq!(bench.golinks.account(now).unwrap().active, active, "{word}");
        assert_eq!(now.to_string() == id, same, "{word}");
        let again = bench.send(&format!("GET /Users/{id}"), "").status;
        assert_eq!(again, if same { 200 } else { 404 }, "{word}");
    }
}

#[test]
fn a_session_and_an_api_token_end_with_the_account_or_outlive_it() {
    for (session, token) in [("end", "keep"), ("keep", "end"), ("keep", "keep"), ("end", "end")] {
        let owners = Kind::List(vec![Node::text("mira.lind")]);
        let mut bench = Bench::with(&[
            ("sso.session_on_deactivate", text(session)),
            ("sso.token_on_deactivate", text(token)),
            ("api_tokens", owners),
        ]);
        let id = bench.send("POST /Users", MIRA).id();
        assert_eq!(sign_in(&mut bench, MIRA_NAME), "in");
        deactivate(&mut bench, &id);
        let mira = bench.golinks.find_user_name(MIRA_NAME).unwrap();
        assert_eq!(bench.golinks.sessions(mira).len(), usize::from(session == "keep"));
        assert_eq!(bench.golinks.api_tokens(mira)[0].good, token == "keep");
        // What outlived the account ends by itself.
        bench.now = bench.now + Duration::from_secs(8 * 3_600);
        bench.do_by_hand(|golinks, moment| golinks.expire(moment));
        assert!(bench.golinks.sessions(mira).is_empty() && bench.golinks.next_due().is_none());
    }
}

fn words(event: &Event) -> String {
    let mut out = String::new();
    event.write(&mut out);
    out
}

#[test]
fn no_session_outlives_a_deleted_account() {
    for (session, delete) in [("keep", "remove"), ("end", "remove"), ("end", "deactivate")] {
        let mut bench =
            Bench::with(&[("sso.session_on_deactivate", text(session)), ("delete", text(delete))]);
        let id = bench.send("POST /Users", MIRA).id();
        assert_eq!(sign_in(&mut bench, MIRA_NAME), "in");
        bench.send(&format!("DELETE /Users/{id}"), "");
        assert_eq!(bench.golinks.session_count(), 0, "{session} {delete}");
        let why = if delete == "remove" { "was deleted" } else { "is no longer active" };
        let ended = format!("the session of {MIRA_NAME} ended: the account {why}");
        let events: Vec<String> = bench.events.iter().map(words).collect();
        assert!(events.contains(&ended), "{session} {delete}: {events:?}");
    }
}

#[test]
fn a_session_is_named_by_the_name_that_was_signed_in_with() {
    let mut bench = Bench::new();
    let id = bench.send("POST /Users", MIRA).id();
    assert_eq!(sign_in(&mut bench, MIRA_NAME), "in");
    let bin = format!("c9bfea152d88472f808a82db6119226a{MIRA_NAME}");
    let body = format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
        {{"op":"replace","path":"userName","value":"{bin}"}},
        {{"op":"replace","path":"active","value":false}}]}}"#
    );
    bench.send(&format!("PATCH /Users/{id}"), &body);
    let ended = format!("the session of {MIRA_NAME} ended: the account is no longer active");
    assert!(bench.events.iter().any(|event| words(event) == ended), "{:?}", bench.events);
}

#[test]
fn who_may_join_is_asked_before_a_row_is_written() {
    let domains = |name: &str| Kind::List(vec![Node::text(name)]);
    let cases: [(&str, Kind, &str); 4] = [
        ("sso.domains", domains("Northwind.example"), "in"),
        ("sso.domains", domains("contoso.example"), "domain"),
        ("sso.jit", Kind::Bool(false), "no_account"),
        ("limits.seats", Kind::Integer(0), "no_seat"),
    ];
    for (key, value, wanted) in cases {
        let mut bench = Bench::with(&[(key, value)]);
        assert_eq!(sign_in(&mut bench, MIRA_NAME), wanted, "{key}");
        assert_eq!(bench.golinks.accounts().len(), usize::from(wanted == "in"), "{key}");
    }
}

#[test]
fn a_response_is_taken_once_and_answers_a_request_once() {
    let mut bench = Bench::new();
    let request = bench.do_by_hand(|golinks, moment| golinks.ask_to_sign_in(moment));
    let now = bench.now;
    let mut come = |id: &str, to: Option<&str>| {
        let mut assertion = assertion(MIRA_NAME, now);
        (assertion.id, assertion.in_response_to) = (id.to_owned(), to.map(str::to_owned));
        let done = bench.do_by_hand(|golinks, moment| golinks.sign_in(&assertion, moment));
        done.map_or_else(|why| why.word(), |_| "in")
    };
    assert_eq!(come("_1", Some("_made-up")), "in_response_to");
    assert_eq!(come("_1", Some(&request)), "in");
    assert_eq!(come("_1", None), "replayed");
    assert_eq!(come("_2", Some(&request)), "in_response_to");
    assert_eq!(come("_3", None), "in");
}

#[test]
fn links_wait_for_their_owner_stay_and_are_transferred() {
    let mut problems = Problems::default();
    let link = Node::table([
        ("url", Node::text("https://wiki.northwind.example/plan")),
        ("owner", Node::text("Mira.Lind")),
    ]);
    let mut settings = Settings::default();
    settings.set(&["links", "Plan"], &link, &mut problems);
    assert!(problems.list().is_empty(), "{problems:?}");
    let mut bench =
        Bench { golinks: GoLinks::new(settings, START), now: START, events: Vec::new() };
    let id = bench.send("POST /Users", MIRA).id();
    bench.send("POST /Users", &user("ben@northwind.example"));
    let named = |bench: &Bench, name: &str| bench.golinks.find_user_name(name).unwrap();
    let (mira, ben) = (named(&bench, MIRA_NAME), named(&bench, "ben@northwind.example"));
    assert_eq!(bench.golinks.links().of(mira).count(), 1);
    deactivate(&mut bench, &id);
    assert_eq!(bench.golinks.links().of(mira).count(), 1);
    let mut transfer = |from, to| {
        let done = |golinks: &mut GoLinks, moment: &mut Moment<'_, Event>| {
            golinks.transfer_links(from, to, &[], moment).map_err(|error| error.status)
        };
        bench.do_by_hand(done)
    };
    assert_eq!(transfer(ben, mira), Err(409));
    assert_eq!(transfer(mira, ben), Ok(1));
    assert_eq!(transfer(mira, ben), Err(409));
    assert_eq!(bench.golinks.links().of(ben).count(), 1);
}

#[test]
fn a_link_leads_nowhere_but_to_the_web() {
    for url in
        ["javascript:alert(1)", "data:text/html,x", "//evil.example", "/admin", "ftp://x.example"]
    {
        let mut problems = Problems::default();
        Settings::default().set(&["links", "x"], &Node::text(url), &mut problems);
        assert_eq!(problems.errors(), 1, "{url}");
    }
}

#[test]
fn a_create_takes_over_an_account_by_its_address_or_makes_a_second_one() {
    const OTHER: &str = r#"{"userName":"mira@corp.example","active":true,
        "emails":[{"type":"work","value":"Mira.Lind@northwind.example"}]}"#;
    for (adopts, accounts) in [(true, 1), (false, 2)] {
        let mut bench = Bench::with(&[("quirks.adopt_by_mail", Kind::Bool(adopts))]);
        assert_eq!(sign_in(&mut bench, MIRA_NAME), "in");
        let before = bench.golinks.find_user_name(MIRA_NAME).unwrap();
        let made = bench.send("POST /Users", OTHER);
        assert_eq!((made.status, bench.golinks.accounts().len()), (201, accounts));
        assert_eq!(made.id() == before.to_string(), adopts);
        assert_eq!(bench.golinks.find_user_name(MIRA_NAME).is_none(), adopts, "it was renamed");
        // What SCIM has made itself is not taken over.
        let again = OTHER.replace("mira@corp", "mira@other");
        let mut bench = Bench::with(&[("quirks.adopt_by_mail", Kind::Bool(adopts))]);
        bench.send("POST /Users", OTHER);
        assert_eq!(bench.send("POST /Users", &again).status, 201);
        assert_eq!(bench.golinks.accounts().len(), 2);
    }
}

#[test]
fn the_role_claim_gives_the_role_where_it_is_read() {
    const ROLE: &str = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role";
    let sign_in = |bench: &mut Bench, roles: &[&str]| {
        bench.now = bench.now + Duration::from_secs(1);
        let mut said = assertion(MIRA_NAME, bench.now);
        said.attributes.extend(roles.iter().map(|role| (ROLE.to_owned(), (*role).to_owned())));
        bench.do_by_hand(|golinks, moment| golinks.sign_in(&said, moment)).expect("she is let in");
        let id = bench.golinks.find_user_name(MIRA_NAME).unwrap();
        bench.golinks.role(id).word()
    };
    let mut bench = Bench::with(&[("sso.role_claim", Kind::Bool(true))]);
    let cases: [(&[&str], &str); 6] = [
        (&["admin"], "admin"),
        (&["Limited Member"], "limited_member"),
        (&["limited-member", "moderator", "auditor"], "moderator"),
        (&["owner"], "member"),
        (&["MEMBER", "Admin"], "admin"),
        (&[], "member"),
    ];
    for (roles, wanted) in cases {
        assert_eq!(sign_in(&mut bench, roles), wanted, "{roles:?}");
    }
    let own = [("sso.role_claim", Kind::Bool(true)), ("sso.role", text("limited_member"))];
    assert_eq!(sign_in(&mut Bench::with(&own), &[]), "limited_member");
    // By default no claim is read, and on the free plan roles are locked.
    assert_eq!(sign_in(&mut Bench::new(), &["admin"]), "member");
    let free = [("sso.role_claim", Kind::Bool(true)), ("plan", text("free"))];
    assert_eq!(sign_in(&mut Bench::with(&free), &["limited_member"]), "admin");
}

#[test]
fn a_mail_domain_has_a_default_role_for_those_who_join_from_it() {
    let role = |settings: &[(&str, Kind)], name: &str| {
        let mut bench = Bench::with(settings);
        assert_eq!(sign_in(&mut bench, name), "in");
        bench.golinks.role(bench.golinks.find_user_name(name).unwrap()).word()
    };
    let by_domain = ("sso.domain_roles.partner.example", text("limited_member"));
    let own = [by_domain.clone(), ("sso.role", text("moderator"))];
    assert_eq!(role(&own, "cara@Partner.example"), "limited_member");
    assert_eq!(role(&own, MIRA_NAME), "moderator");
    assert_eq!(role(std::slice::from_ref(&by_domain), MIRA_NAME), "member");
    // A claim that names no role leaves the default.
    let claimed = [by_domain.clone(), ("sso.role_claim", Kind::Bool(true))];
    assert_eq!(role(&claimed, "cara@partner.example"), "limited_member");
    // An account that is there keeps the role it has.
    let mut bench = Bench::with(&[by_domain]);
    bench.send("POST /Users", r#"{"userName":"cara@partner.example"}"#);
    assert_eq!(sign_in(&mut bench, "cara@partner.example"), "in");
    let id = bench.golinks.find_user_name("cara@partner.example").unwrap();
    assert_eq!(bench.golinks.role(id).word(), "member");
}
