//! GoLinks' own pages: what they show, what their forms do, and what they do not take.

use super::sign_in::assertion;
use super::*;
use crate::golinks::{Followed, LinkOwner};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Gets a page.
fn get(bench: &Bench, path: &str, cookie: &str) -> (u16, String) {
    let request = Request::builder().uri(path).header("cookie", cookie).body(Bytes::new()).unwrap();
    let response = bench.golinks.show_page(&request, &[], bench.now, Seed(7));
    let policy = response.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{policy}");
    (response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap())
}

/// Sends a form; returns the status, where the browser goes on, and the cookie that it is given.
fn post(bench: &mut Bench, path: &str, form: &str, cookie: &str) -> (u16, String, String) {
    let request = Request::builder().method("POST").uri(path).header(FORM.0, FORM.1);
    let request = request.header("cookie", cookie).body(Bytes::from(form.to_owned())).unwrap();
    let response = bench.do_by_hand(|golinks, moment| golinks.take_form(&request, moment));
    let header = |name: &str| {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
    };
    (response.status().as_u16(), header("location"), header("set-cookie"))
}

/// Signs in past the identity provider, and returns the cookie.
fn session(bench: &mut Bench, name: &str) -> String {
    bench.now = bench.now + std::time::Duration::from_secs(1);
    let assertion = assertion(name, bench.now);
    let number = bench.do_by_hand(|golinks, moment| golinks.sign_in(&assertion, moment)).unwrap();
    let value = bench.golinks.cookie_of(number, Seed(7)).unwrap();
    format!("a=1; golinks_session={value}")
}

#[test]
fn every_page_is_there_and_shows_names_as_text() {
    let mut bench = Bench::new();
    let name = "<script>alert(1)</script>\"'@x.example";
    let resource = Object::from_iter([("userName".into(), name.into())]);
    bench.do_by_hand(|golinks, moment| golinks.create_account(resource, moment)).unwrap();
    for path in ["/golinks/", "/golinks/links", "/golinks/people", "/golinks/scim"] {
        assert_eq!(get(&bench, path, "").0, 200, "{path}");
    }
    for path in ["/golinks/sso", "/golinks/audit", "/golinks/sign-in?to=//evil.example"] {
        let (status, page) = get(&bench, path, "");
        assert!(status == 200 && !page.contains("evil"), "{path}: {page}");
    }
    let (_, people) = get(&bench, "/golinks/people", "");
    assert!(people.contains("&lt;script&gt;") && !people.contains("<script"), "{people}");
    assert!(!get(&bench, "/golinks/scim", "").1.contains("golinks-demo-token"));
    assert_eq!(get(&bench, "/golinks/nothing", "").0, 404);
}

#[test]
fn a_member_makes_a_link_follows_it_and_signs_out() {
    let mut bench = Bench::new();
    let form =
        "name=Plan&url=https%3A%2F%2Fwiki.x.example%2F%3Fa%3D1&description=%3Cb%3E&private=yes";
    assert_eq!(post(&mut bench, "/golinks/links", form, "").0, 409);
    let ann = session(&mut bench, "ann@x.example");
    assert_eq!(post(&mut bench, "/golinks/links", form, &ann).0, 303);
    let link = bench.golinks.links().get("plan").unwrap();
    let id = bench.golinks.find_user_name("ann@x.example").unwrap();
    assert_eq!((link.owner.clone(), link.private), (LinkOwner::Account(id), true));
    // A private link is shown to its owner alone.
    assert!(get(&bench, "/golinks/links", &ann).1.contains("go/plan"));
    assert!(!get(&bench, "/golinks/links", "").1.contains("go/plan"));
    let follow = |bench: &mut Bench, cookie: &str| post(bench, "/go/plan", "", cookie).1;
    assert_eq!(follow(&mut bench, &ann), "https://wiki.x.example/?a=1");
    assert_eq!(follow(&mut bench, ""), "/golinks/sign-in?to=/go/plan");
    let (_, place, cookie) = post(&mut bench, "/golinks/sign-out", "", &ann);
    assert_eq!(place, "/golinks/sign-in");
    assert!(cookie.ends_with("Max-Age=0"), "{cookie}");
    assert_eq!(follow(&mut bench, &ann), "/golinks/sign-in?to=/go/plan");
}

#[test]
fn a_cookie_is_good_for_its_own_session_alone() {
    let mut bench = Bench::new();
    let ann = session(&mut bench, "ann@x.example");
    let ben = session(&mut bench, "ben@x.example");
    let shown = |cookie: &str| get(&bench, "/golinks/links", cookie).1.contains("Signed in as");
    assert!(shown(&ann) && shown(&ben));
    let (number, secret) = (&ann["a=1; golinks_session=".len()..][..1], ben.rsplit('.').next());
    let forged = format!("golinks_session={number}.{}", secret.unwrap());
    for cookie in [forged.as_str(), "golinks_session=1", "golinks_session=1.0", "golinks_session="]
    {
        assert!(!shown(cookie), "{cookie}");
    }
}

#[test]
fn an_administrator_changes_status_role_and_tokens() {
    let mut bench = Bench::new();
    bench.send("POST /Users", MIRA);
    let mira = bench.golinks.find_user_name("mira.lind@northwind.example").unwrap();
    let user = "user=mira.lind%40northwind.example";
    assert_eq!(post(&mut bench, "/golinks/people", &format!("{user}&role=moderator"), "").0, 303);
    assert_eq!(bench.golinks.role(mira).word(), "moderator");
    assert_eq!(post(&mut bench, "/golinks/people", &format!("{user}&active=no"), "").0, 303);
    assert!(!bench.golinks.account(mira).unwrap().active);
    for wrong in ["role=king", "active=perhaps", "role=admin&active=no"] {
        assert_eq!(post(&mut bench, "/golinks/people", &format!("{user}&{wrong}"), "").0, 409);
    }
    assert_eq!(post(&mut bench, "/golinks/scim", "issue=a-new-token&days=30", "").0, 303);
    assert_eq!(bench.golinks.refuses_token("a-new-token", bench.now), None);
    assert_eq!(post(&mut bench, "/golinks/scim", "revoke=2", "").0, 303);
    assert!(bench.golinks.refuses_token("a-new-token", bench.now).is_some());
    for wrong in ["revoke=9", "revoke=0", "revoke=", "issue=short", "issue=a%0Ab-long-enough"] {
        assert_eq!(post(&mut bench, "/golinks/scim", wrong, "").0, 409, "{wrong}");
    }
}

#[test]
fn what_is_no_response_or_no_form_is_refused() {
    let mut bench = Bench::new();
    let acs = crate::golinks::ACS_PATH;
    for form in ["", "SAMLResponse=", "SAMLResponse=%ff", "SAMLResponse=PGE%2BPC9hPg%3D%3D", "x"] {
        let (status, place, cookie) = post(&mut bench, acs, form, "");
        assert!([400, 403].contains(&status), "{form}: {status}");
        assert!(place.is_empty() && cookie.is_empty());
    }
    let request = Request::builder().method("POST").uri("/golinks/links");
    let request = request.header("content-type", "text/plain").body(Bytes::new()).unwrap();
    let response = bench.do_by_hand(|golinks, moment| golinks.take_form(&request, moment));
    assert_eq!(response.status(), 400);
    let unknown = bench.do_by_hand(|golinks, moment| golinks.follow_link("no such", None, moment));
    assert_eq!(unknown, Followed::ToSignIn);
}
