//! GoLinks' own pages: what they show to whom, what their forms do, and what they do not take.

use super::sign_in::assertion;
use super::*;
use crate::golinks::{Followed, LinkOwner, LinkWish, PagePlace, Role, Wanted};
use crate::scim::Path;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn place() -> PagePlace {
    PagePlace { base: "https://here.example".into(), workspaces: vec!["main".into()], current: 0 }
}

/// Gets a page.
fn get(bench: &Bench, path: &str, cookie: &str) -> (u16, String) {
    let request = Request::builder().uri(path).header("cookie", cookie).body(Bytes::new()).unwrap();
    let response = bench.golinks.show_page(&request, &place(), &[], (bench.now, Seed(7)));
    if response.status() == 303 {
        return (303, response.headers()["location"].to_str().unwrap().to_owned());
    }
    let policy = response.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{policy}");
    (response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap())
}

/// Sends a form; returns the status, where the browser goes on or what the page says, and the
/// cookie that it is given.
pub(super) fn post(
    bench: &mut Bench,
    path: &str,
    form: &str,
    cookie: &str,
) -> (u16, String, String) {
    let request = Request::builder().method("POST").uri(path).header(FORM.0, FORM.1);
    let request = request.header("cookie", cookie).body(Bytes::from(form.to_owned())).unwrap();
    let response = match GoLinks::asks_for_change(&request) {
        true => carry_out(bench, &request),
        false => bench.do_by_hand(|golinks, moment| golinks.take_form(&request, &place(), moment)),
    };
    let header = |name: &str| {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
    };
    let said = match header("location") {
        none if none.is_empty() => String::from_utf8_lossy(response.body()).into_owned(),
        location => location,
    };
    (response.status().as_u16(), said, header("set-cookie"))
}

/// Carries out a form as the world does by its verbs.
fn carry_out(bench: &mut Bench, request: &Request<Bytes>) -> Response<Bytes> {
    let now = bench.now;
    let asked = match bench.golinks.asked_at_page(request, &place(), Seed(7)) {
        Ok(asked) => asked,
        Err((status, why)) => {
            let why = (status, why.as_str());
            return bench.golinks.show_refusal(request, &place(), why, (now, Seed(7)));
        }
    };
    bench.do_by_hand(|golinks, moment| {
        let done = match asked.wanted.clone().expect("something changes") {
            Wanted::Role(id, role) => golinks.set_role(id, role, moment),
            Wanted::Active(id, active) => {
                let path = Path { attribute: "active".to_owned(), ..Path::default() };
                golinks.edit_account(id, vec![(path, active.into())], moment)
            }
            Wanted::IssueToken(value, lifetime) => golinks.add_token(&value, lifetime, moment),
            Wanted::RevokeToken(value) => golinks.revoke_token(Some(&value), moment),
            Wanted::MakeApiToken(id) => golinks.make_api_token(id, moment).map(drop),
            Wanted::RevokeApiToken(id, _) => {
                golinks.revoke_api_tokens(id, moment);
                Ok(())
            }
            Wanted::Link(LinkWish::Create(draft), by) => golinks.create_link(draft, by, moment),
            Wanted::Link(LinkWish::Edit(name, draft), by) => {
                golinks.edit_link(&name, draft, by, moment)
            }
            Wanted::Link(LinkWish::Delete(name), by) => golinks.delete_link(&name, by, moment),
            Wanted::TransferLinks(from, to, only) => {
                golinks.transfer_links(from, to, &only, moment).map(drop)
            }
            Wanted::Settings(_) | Wanted::Link(LinkWish::Follow(_), _) => panic!("no form here"),
        };
        done.expect("what may be done");
        golinks.form_done(request, &place(), &asked, moment)
    })
}

/// Signs in past the identity provider, and returns the cookie.
fn session(bench: &mut Bench, name: &str) -> String {
    bench.now = bench.now + std::time::Duration::from_secs(1);
    let assertion = assertion(name, bench.now);
    let number = bench.do_by_hand(|golinks, moment| golinks.sign_in(&assertion, moment)).unwrap();
    let value = bench.golinks.cookie_of(number, Seed(7)).unwrap();
    format!("a=1; golinks_session={value}")
}

/// The cookie of the owner of the workspace.
fn owner(bench: &mut Bench) -> String {
    let (status, place, cookie) = post(bench, "/golinks/sign-in", "as=owner&to=/golinks/scim", "");
    assert_eq!((status, place.as_str()), (303, "/golinks/scim"));
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

#[test]
fn every_page_is_there_and_shows_names_as_text() {
    let mut bench = Bench::new();
    let name = "<script>alert(1)</script>\"'@x.example";
    let resource = Object::from_iter([("userName".into(), name.into())]);
    bench.do_by_hand(|golinks, moment| golinks.create_account(resource, moment)).unwrap();
    let owner = owner(&mut bench);
    for path in [
        "/golinks/",
        "/golinks/links",
        "/golinks/people?search=script&status=active",
        "/golinks/developer",
        "/golinks/scim",
        "/golinks/sso",
        "/golinks/audit",
        "/golinks/sign-in?to=//evil.example",
    ] {
        let (status, page) = get(&bench, path, &owner);
        assert!(status == 200 && !page.contains("evil"), "{path}: {page}");
    }
    let (_, people) = get(&bench, "/golinks/people", &owner);
    assert!(people.contains("&lt;script&gt;") && !people.contains("<script"), "{people}");
    let (_, scim) = get(&bench, "/golinks/scim", &owner);
    assert!(!scim.contains("golinks-demo-token"), "{scim}");
    assert!(scim.contains("<code>https://here.example/scim/v2</code>"), "{scim}");
    assert_eq!(get(&bench, "/golinks/nothing", &owner).0, 404);
}

#[test]
fn the_form_of_single_sign_on_asks_for_every_setting_of_it() {
    let mut bench = Bench::new();
    let owner = owner(&mut bench);
    let (_, page) = get(&bench, "/golinks/sso", &owner);
    let rows = crate::golinks::Settings::rows();
    let keys: Vec<&str> = rows.iter().filter_map(|row| row.name.strip_prefix("sso.")).collect();
    assert!(keys.len() > 10, "{keys:?}");
    for key in keys {
        let field = if key == "domain_roles" { "new_domain" } else { key };
        let asked = page.contains(&format!("name={field} "))
            || page.contains(&format!("<select name=\"{field}\">"));
        assert!(asked, "{key}: {page}");
    }
}

#[test]
fn who_is_not_signed_in_comes_to_the_sign_in_page_and_back() {
    let mut bench = Bench::new();
    for (path, to) in [
        ("/golinks/people", "/golinks/people"),
        ("/golinks", "/golinks/links"),
        ("/golinks/nothing?a=//evil.example", "/golinks/nothing"),
    ] {
        assert_eq!(get(&bench, path, ""), (303, format!("/golinks/sign-in?to={to}")));
    }
    assert!(get(&bench, "/golinks/sign-in", "").1.contains("Open as the owner"));
    for path in ["/golinks/links", "/golinks/people", "/golinks/scim", "/golinks/developer/new"] {
        assert_eq!(post(&mut bench, path, "issue=a-new-token", "").0, 401, "{path}");
    }
    bench.set("sso.required", Kind::Bool(true));
    assert!(!get(&bench, "/golinks/sign-in", "").1.contains("Open as the owner"));
    let (status, page, cookie) = post(&mut bench, "/golinks/sign-in", "as=owner", "");
    assert!(status == 403 && cookie.is_empty() && page.contains("single sign-on alone"), "{page}");
}

#[test]
fn each_role_is_refused_what_is_not_for_it_with_a_sentence() {
    let mut bench = Bench::new();
    let ann = session(&mut bench, "ann@x.example");
    let id = bench.golinks.find_user_name("ann@x.example").unwrap();
    let role = |bench: &mut Bench, role| {
        bench.do_by_hand(|golinks, moment| golinks.set_role(id, role, moment)).unwrap();
    };
    let settings = ["/golinks/scim", "/golinks/sso", "/golinks/audit"];
    for path in settings {
        let (status, page) = get(&bench, path, &ann);
        assert_eq!(status, 403);
        assert!(page.contains("the role admin; yours is member"), "{page}");
        assert!(page.contains("Signed in as <b>ann@x.example</b>"), "{page}");
    }
    let menu = get(&bench, "/golinks/links", &ann).1;
    assert!(menu.contains("/golinks/people\"") && !menu.contains("/golinks/scim"), "{menu}");
    for (path, form) in [
        ("/golinks/scim", "issue=a-new-token"),
        ("/golinks/people", "user=ann%40x.example&role=admin"),
        ("/golinks/links/transfer", "from=ann%40x.example&to=ben%40x.example"),
    ] {
        let (status, page, _) = post(&mut bench, path, form, &ann);
        assert!(status == 403 && page.contains("yours is member"), "{path}: {page}");
    }
    role(&mut bench, Role::LimitedMember);
    assert_eq!(get(&bench, "/golinks/people", &ann).0, 403);
    role(&mut bench, Role::Admin);
    assert!(settings.iter().all(|path| get(&bench, path, &ann).0 == 200));
}

const PLAN: &str = "name=Plan&url=https%3A%2F%2Fwiki.x.example%2F%3Fa%3D1&description=%3Cb%3E";

#[test]
fn a_member_makes_a_link_follows_it_and_signs_out() {
    let mut bench = Bench::new();
    let ann = session(&mut bench, "ann@x.example");
    let private = format!("{PLAN}&private=yes&aliases=p&tags=a, b");
    let made = post(&mut bench, "/golinks/links", &private, &ann);
    assert_eq!((made.0, made.1.as_str()), (303, "/golinks/links?done=made"));
    let link = bench.golinks.links().get("plan").unwrap();
    let id = bench.golinks.find_user_name("ann@x.example").unwrap();
    assert_eq!((link.owner.clone(), link.private), (LinkOwner::Account(id), true));
    assert_eq!(link.tags, ["a", "b"]);
    // A private link is shown to its owner alone.
    let ben = session(&mut bench, "ben@x.example");
    let list = |cookie: &str| get(&bench, "/golinks/links?done=made", cookie).1;
    assert!(list(&ann).contains("go/plan") && list(&ann).contains("The link is made."));
    assert!(!list(&ben).contains("go/plan") && list(&ben).contains("1 link is private to others"));
    let follow = |bench: &mut Bench, name: &str, cookie: &str| {
        post(bench, &format!("/go/{name}"), "", cookie).1
    };
    assert_eq!(follow(&mut bench, "p", &ann), "https://wiki.x.example/?a=1");
    assert_eq!(follow(&mut bench, "plan", ""), "/golinks/sign-in?to=/go/plan");
    let (_, place, cookie) = post(&mut bench, "/golinks/sign-out", "", &ann);
    assert_eq!(place, "/golinks/sign-in?done=out");
    assert!(cookie.ends_with("Max-Age=0"), "{cookie}");
    assert_eq!(follow(&mut bench, "plan", &ann), "/golinks/sign-in?to=/go/plan");
}

#[test]
fn a_link_is_edited_on_purpose_and_then_belongs_to_who_edited_it() {
    let mut bench = Bench::new();
    let ann = session(&mut bench, "ann@x.example");
    let ben = session(&mut bench, "ben@x.example");
    assert_eq!(post(&mut bench, "/golinks/links", PLAN, &ann).0, 303);
    // Typing a name that is taken takes nothing over.
    let (status, page, _) = post(&mut bench, "/golinks/links", PLAN, &ben);
    assert!(status == 409 && page.contains("edit that one"), "{page}");
    let owner = |bench: &Bench| {
        let LinkOwner::Account(id) = bench.golinks.links().get("plan").unwrap().owner else {
            panic!("nobody's")
        };
        bench.golinks.account(id).unwrap().user_name
    };
    assert_eq!(owner(&bench), "ann@x.example");
    assert!(get(&bench, "/golinks/links?edit=plan", &ben).1.contains("Edit go/plan"));
    // What is not its name, URL or description changes no owner.
    let tagged = format!("{PLAN}&edited=plan&tags=x");
    assert_eq!(post(&mut bench, "/golinks/links", &tagged, &ben).0, 303);
    assert_eq!(owner(&bench), "ann@x.example");
    assert_eq!(
        post(&mut bench, "/golinks/links", &format!("{tagged}2&description=c"), &ben).0,
        303
    );
    assert_eq!(owner(&bench), "ann@x.example");
    let told = tagged.replace("%3Cb%3E", "new");
    assert_eq!(post(&mut bench, "/golinks/links", &told, &ben).0, 303);
    assert_eq!(owner(&bench), "ben@x.example");
    bench.set("roles.delete_links", text("own"));
    let (status, page, _) = post(&mut bench, "/golinks/links/delete", "name=plan", &ann);
    assert!(status == 403 && page.contains("their own links only"), "{page}");
    assert_eq!(post(&mut bench, "/golinks/links/delete", "name=plan", &ben).0, 303);
    let long = format!("name=x&url=https%3A%2F%2Fx.example&description={}", "d".repeat(501));
    assert_eq!(post(&mut bench, "/golinks/links", &long, &ben).0, 422);
}

#[test]
fn a_go_link_may_have_emoji_and_take_what_follows_its_name() {
    let mut bench = Bench::new();
    let ann = session(&mut bench, "ann@x.example");
    for form in ["name=🚀&url=https://x.example/r", "name=t&url=https://x.example/{*}%23a"] {
        assert_eq!(post(&mut bench, "/golinks/links", form, &ann).0, 303, "{form}");
    }
    for (path, leads) in [
        ("/go/%F0%9F%9A%80", "https://x.example/r"),
        ("/go/T/12%2F3", "https://x.example/12%2F3#a"),
    ] {
        assert_eq!(post(&mut bench, path, "", &ann).1, leads);
    }
    let (status, page, _) = post(&mut bench, "/go/%F0%9F%9A%80/more", "", &ann);
    assert!(status == 404 && page.contains("takes nothing behind its name"), "{page}");
    let sent = post(&mut bench, "/go/%F0%9F%9A%80", "", "").1;
    assert_eq!(sent, "/golinks/sign-in?to=/go/%F0%9F%9A%80");
}

#[test]
fn a_cookie_is_good_for_its_own_session_alone() {
    let mut bench = Bench::new();
    let ann = session(&mut bench, "ann@x.example");
    let ben = session(&mut bench, "ben@x.example");
    let shown = |cookie: &str| get(&bench, "/golinks/links", cookie).0 == 200;
    assert!(shown(&ann) && shown(&ben));
    let (number, secret) = (&ann["a=1; golinks_session=".len()..][..1], ben.rsplit('.').next());
    let forged = format!("golinks_session={number}.{}", secret.unwrap());
    for cookie in [
        forged.as_str(),
        "golinks_session=0.0",
        "golinks_session=1",
        "golinks_session=1.0",
        "golinks_session=",
    ] {
        assert!(!shown(cookie), "{cookie}");
    }
}

#[test]
fn the_owner_changes_status_role_tokens_and_the_owners_of_links() {
    let mut bench = Bench::new();
    let owner = owner(&mut bench);
    bench.send("POST /Users", MIRA);
    let mira = bench.golinks.find_user_name("mira.lind@northwind.example").unwrap();
    let people = get(&bench, "/golinks/people", &owner).1;
    assert!(people.contains("Mira Lind<br>") && people.contains("<div>Design</div>"), "{people}");
    let user = "user=mira.lind%40northwind.example";
    let people = |form: &str| format!("{user}&{form}");
    let send = |bench: &mut Bench, path: &str, form: &str| post(bench, path, form, &owner);
    assert_eq!(
        send(&mut bench, "/golinks/people", &people("role=moderator")).1,
        "/golinks/people?done=role"
    );
    assert_eq!(bench.golinks.role(mira).word(), "moderator");
    assert_eq!(send(&mut bench, "/golinks/people", &people("active=no")).0, 303);
    assert!(!bench.golinks.account(mira).unwrap().active);
    for wrong in ["role=king", "active=perhaps", "role=admin&active=no"] {
        assert_eq!(send(&mut bench, "/golinks/people", &people(wrong)).0, 422);
    }
    assert_eq!(send(&mut bench, "/golinks/scim", "issue=a-new-token&days=30").0, 303);
    assert_eq!(bench.golinks.refuses_token("a-new-token", bench.now), None);
    assert_eq!(send(&mut bench, "/golinks/scim", "revoke=2").0, 303);
    assert!(bench.golinks.refuses_token("a-new-token", bench.now).is_some());
    let (_, scim) = get(&bench, "/golinks/scim", &owner);
    let revoked = scim.split("</tr>").find(|row| row.contains("revoked")).expect("a row");
    let revoked = revoked.rsplit("<tr").next().expect("the row alone");
    assert!(revoked.contains("a-ne…") && !revoked.contains("<button"), "{revoked}");
    for wrong in ["revoke=9", "revoke=0", "revoke=", "issue=short", "issue=a%0Ab-long-enough"] {
        assert_eq!(send(&mut bench, "/golinks/scim", wrong).0, 422, "{wrong}");
    }
    let ann = session(&mut bench, "ann@x.example");
    assert_eq!(post(&mut bench, "/golinks/links", PLAN, &ann).0, 303);
    session(&mut bench, "ben@x.example");
    let transfer = |bench: &mut Bench, form: &str| send(bench, "/golinks/links/transfer", form).0;
    let to = |name: &str| format!("from=ann%40x.example&to={name}");
    assert_eq!(transfer(&mut bench, &to("")), 422);
    assert_eq!(transfer(&mut bench, &to("ann%40x.example")), 422);
    assert_eq!(transfer(&mut bench, &format!("{}&only=other", to("ben%40x.example"))), 404);
    assert_eq!(transfer(&mut bench, &format!("{}&only=go/plan", to("ben%40x.example"))), 303);
}

#[test]
fn the_tokens_of_scim_are_listed_with_when_they_were_issued_and_how_they_stand() {
    let mut bench = Bench::new();
    let owner = owner(&mut bench);
    let day = std::time::Duration::from_secs(86_400);
    let begun = bench.now;
    bench.now = bench.now + day;
    for form in ["issue=second-token&days=3", "issue=third-token&days=30"] {
        assert_eq!(post(&mut bench, "/golinks/scim", form, &owner).0, 303);
    }
    let second = bench.now;
    assert_eq!(post(&mut bench, "/golinks/scim", "revoke=1", &owner).0, 303);
    let stands = |bench: &Bench| {
        let page = get(bench, "/golinks/scim", &owner).1;
        let row =
            |hint: &str| page.split("</tr>").find(|row| row.contains(hint)).unwrap().to_owned();
        ["seco…", "thir…", "goli…"].map(|hint| {
            let row = row(hint);
            let words = ["good", "ends soon", "expired", "revoked"];
            let word = words.into_iter().find(|word| row.contains(&format!(">{word}<")));
            let issued = row.contains(&second.rfc3339());
            (word.unwrap(), issued)
        })
    };
    assert_eq!(stands(&bench), [("ends soon", true), ("good", true), ("revoked", true)]);
    bench.now = bench.now + day * 5;
    assert_eq!(stands(&bench), [("expired", true), ("good", true), ("revoked", true)]);
    assert!(get(&bench, "/golinks/scim", &owner).1.contains(&begun.rfc3339()), "the first one's");
}

#[test]
fn a_person_makes_an_api_token_which_is_shown_once_and_revoked_by_its_person_or_an_admin() {
    let mut bench = Bench::new();
    let ann = session(&mut bench, "ann@x.example");
    let ben = session(&mut bench, "ben@x.example");
    let made = post(&mut bench, "/golinks/developer/new", "", &ann).1;
    let id = bench.golinks.find_user_name("ann@x.example").unwrap();
    let value = bench.golinks.api_tokens(id)[0].value.to_string();
    assert!(made.contains(&value), "{made}");
    let hint = &value[..11];
    let list = |cookie: &str| get(&bench, "/golinks/developer", cookie).1;
    assert!(list(&ann).contains(hint) && !list(&ann).contains(&value));
    assert!(!list(&ben).contains(hint));
    let revoke = format!("revoke={hint}");
    assert_eq!(post(&mut bench, "/golinks/developer", &revoke, &ben).0, 422);
    let owner = owner(&mut bench);
    assert!(get(&bench, "/golinks/developer", &owner).1.contains(hint));
    assert_eq!(post(&mut bench, "/golinks/developer", &revoke, &owner).0, 303);
    assert!(!bench.golinks.api_tokens(id)[0].good);
    bench.set("plan", text("free"));
    assert_eq!(post(&mut bench, "/golinks/developer/new", "", &ann).0, 403);
}

#[test]
fn what_is_no_response_or_no_form_is_refused() {
    let mut bench = Bench::new();
    let acs = crate::golinks::ACS_PATH;
    for form in ["", "SAMLResponse=", "SAMLResponse=%ff", "SAMLResponse=PGE%2BPC9hPg%3D%3D", "x"] {
        let (status, page, cookie) = post(&mut bench, acs, form, "");
        assert!([400, 403].contains(&status), "{form}: {status}");
        assert!(page.contains("role=alert") && cookie.is_empty());
    }
    let request = Request::builder().method("POST").uri("/golinks/links");
    let request = request.header("content-type", "text/plain").body(Bytes::new()).unwrap();
    assert_eq!(carry_out(&mut bench, &request).status(), 400);
    let unknown = bench.do_by_hand(|golinks, moment| golinks.follow_link("no such", None, moment));
    assert_eq!(unknown, Followed::ToSignIn);
}
