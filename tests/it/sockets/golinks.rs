//! GoLinks' own pages over real HTTP: every page answers, every form works, what is wrong is
//! refused on a page; and single sign-on to GoLinks as a reader of the vendor's tutorial does it.

use super::program::{Answer, Program, serve};
use super::sso::{FORM, encoded, field};

/// The cookie of the session at GoLinks, as a header; the head is in small letters.
pub fn session(answer: &Answer) -> Option<String> {
    let line = answer.head.lines().find(|it| it.starts_with("set-cookie: golinks_session"))?;
    let pair = line.strip_prefix("set-cookie: ")?.split(';').next()?;
    Some(format!("Cookie: {pair}\r\n"))
}

/// Where a browser is sent, as the page writes it.
pub fn location(answer: &Answer) -> String {
    let line = answer.head.lines().find_map(|it| it.strip_prefix("location: "));
    line.unwrap_or_else(|| panic!("{} {}", answer.head, answer.body)).to_owned()
}

pub fn owner(server: &Program) -> String {
    let done = server.ask("POST", "/golinks/sign-in", FORM, "as=owner");
    assert_eq!((done.status, location(&done).as_str()), (303, "/golinks/links"), "{}", done.head);
    session(&done).expect("a session")
}

/// A page of GoLinks, whatever it says.
fn assert_page(answer: &Answer, status: u16, words: &str) {
    assert_eq!(answer.status, status, "{}", answer.head);
    assert!(answer.head.contains("content-type: text/html"), "{}", answer.head);
    assert!(answer.head.contains("content-security-policy: "), "{}", answer.head);
    assert!(
        answer.body.contains("<h1>") && answer.body.contains(words),
        "{words}: {}",
        answer.body
    );
}

pub const STORY: &str = r#"
title = "Two people"
seed  = 5
start = 2026-03-02T08:00:00Z
ends  = "5d"

[golinks.links]
plan = { url = "https://wiki.contoso.example/plan", owner = "ann.okafor" }

[user.ann]
name = "Ann Okafor"

[user.bob]
name = "Bob Lind"

[[at]]
time = "0d"
do   = "start"
"#;

/// A server whose first cycle is over, and whose clock stands.
pub fn served() -> Program {
    let server = serve(STORY, &["--paused"]);
    server.command("jump", r#"{"to":"1h"}"#);
    server
}

#[test]
fn every_page_answers_and_every_form_works() {
    let server = served();
    let owner = owner(&server);
    let pages = [
        ("/golinks/links", "go/plan"),
        ("/golinks/links/", "go/plan"),
        ("/golinks/links?search=plan", "go/plan"),
        ("/golinks/people", "Ann Okafor"),
        ("/golinks/people?search=bob&status=active", "Bob Lind"),
        ("/golinks/developer", "API tokens"),
        ("/golinks/scim", "/scim/v2"),
        ("/golinks/sso", "Single sign-on"),
        ("/golinks/audit", "SCIMUserCreated"),
        ("/golinks/sign-in", "the owner of the workspace"),
    ];
    let html = format!("{owner}Accept: text/html\r\n");
    for (path, words) in pages {
        assert_page(&server.ask("GET", path, &html, ""), 200, words);
        let head = server.ask("HEAD", path, &html, "");
        assert_eq!((head.status, head.body.as_str()), (200, ""), "{path}");
    }
    assert_page(&server.ask("GET", "/golinks", &html, ""), 200, "go/plan");
    assert_page(&server.ask("GET", "/golinks/nothing", &owner, ""), 404, "no such page");
    assert_eq!(server.ask("GET", "/golinks/golinks.css", "", "").status, 200);

    let send = |path: &str, fields: &[(&str, &str)], to: &str| {
        let done = server.ask("POST", path, &format!("{owner}{FORM}"), &encoded(fields));
        assert_eq!((done.status, location(&done).as_str()), (303, to), "{path} {}", done.body);
        assert_page(&server.ask("GET", to, &html, ""), 200, "role=status");
    };
    let bob = "bob.lind@contoso.example";
    let ann = "ann.okafor@contoso.example";
    let link = [("name", "road"), ("url", "https://wiki.contoso.example/road")];
    send("/golinks/links", &link, "/golinks/links?done=made");
    send("/golinks/links/delete", &[("name", "road")], "/golinks/links?done=deleted");
    let both = [("from", ann), ("to", bob)];
    send("/golinks/links/transfer", &both, "/golinks/links?done=transferred");
    send("/golinks/people", &[("user", bob), ("role", "admin")], "/golinks/people?done=role");
    send("/golinks/people", &[("user", ann), ("active", "no")], "/golinks/people?done=status");
    let issued = [("issue", "a-new-token-1"), ("days", "30")];
    send("/golinks/scim", &issued, "/golinks/scim?done=issued");
    let scim = server.ask("GET", "/golinks/scim", &html, "").body;
    assert!(!scim.contains("a-new-token-1"), "a token is not shown again");
    let followed = server.ask("GET", "/go/plan", &owner, "");
    assert_eq!(
        (followed.status, location(&followed).as_str()),
        (303, "https://wiki.contoso.example/plan")
    );
    let out = server.ask("POST", "/golinks/sign-out", &format!("{owner}{FORM}"), "");
    assert_eq!((out.status, location(&out).as_str()), (303, "/golinks/sign-in?done=out"));
    assert_page(&server.ask("GET", "/golinks/sign-in?done=out", "", ""), 200, "signed out here");
}

#[test]
fn what_is_wrong_is_refused_on_a_page_and_breaks_nothing() {
    let server = served();
    let owner = owner(&server);
    let sends = format!("{owner}{FORM}");
    let paths = [
        "/golinks/links",
        "/golinks/links/delete",
        "/golinks/links/transfer",
        "/golinks/people",
        "/golinks/developer",
        "/golinks/developer/new",
        "/golinks/scim",
        "/golinks/sso",
        "/golinks/audit",
        "/golinks/sign-out",
        "/golinks/sign-in",
        "/golinks/workspace",
        "/golinks/nothing",
        "/simplesaml/module.php/saml/sp/saml2-acs.php/default-sp",
    ];
    for path in paths {
        for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
            let refused = server.ask(method, path, &owner, "");
            assert_page(&refused, 405, "role=alert");
            assert!(refused.head.contains("allow: get, head, post"), "{}", refused.head);
        }
        // Nothing that a browser can send is answered with a failure of the server.
        for (headers, body) in [
            (&sends, "user=nobody&role=king&name=%00&url=javascript:1&SAMLResponse=%FF&days=x"),
            (&sends, "name=%F0%9F%9A%80&to=//evil.example&from=x&issue=short"),
            (&owner, "{\"json\": true}"),
            (&sends, ""),
        ] {
            let answer = server.ask("POST", path, headers, body);
            assert!(answer.status < 500 && answer.status != 0, "{path} {body}: {answer:?}");
            if answer.status >= 400 {
                assert_page(&answer, answer.status, "role=alert");
            }
        }
    }
    for path in ["/golinks/links", "/golinks/scim", paths[13]] {
        let large = format!("name={}", "a".repeat(300 << 10));
        let refused = server.ask("POST", path, &sends, &large);
        assert_page(&refused, 413, "larger than the 262144 bytes");
        let chunked = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\n{FORM}Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            server.address
        );
        assert_page(&server.send(&chunked), 400, "chunks are wrong");
    }
    // A program of the REST API is answered in JSON.
    let rest = server.ask("POST", "/golinks", FORM, &format!("name={}", "a".repeat(300 << 10)));
    assert_eq!((rest.status, rest.json()["error"].as_str()), (413, Some("invalid_request")));
    assert_eq!(server.ask("PUT", "/golinks/people", "", "").status, 405);
    let evil = format!("{sends}Origin: https://evil.example\r\n");
    let refused = server.ask("POST", "/golinks/links", &evil, "name=x&url=https://x.example");
    assert_eq!(refused.status, 403, "{refused:?}");
}

/// The form of single sign-on as the page has it, with these fields said otherwise: what a browser
/// sends.
fn sso_form(page: &str, said: &[(&str, &str)]) -> String {
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut choice = "";
    let until = |text: &str, end: char| text.split(end).next().unwrap_or_default().to_owned();
    for tag in page.split('<') {
        if let Some(rest) = tag.strip_prefix("input name=") {
            let value = rest.split_once("value=\"").map_or("", |(_, value)| value);
            fields.push((until(rest, ' '), until(value, '"')));
        } else if let Some(rest) = tag.strip_prefix("select name=\"") {
            choice = rest.split('"').next().unwrap_or_default();
        } else if let Some(rest) =
            tag.strip_prefix("option value=").filter(|it| it.contains(" selected"))
        {
            fields.push((choice.to_owned(), until(rest, ' ')));
        }
    }
    for (name, value) in said {
        let field = fields.iter_mut().find(|(known, _)| known == name);
        field.unwrap_or_else(|| panic!("no field {name}: {page}")).1 = (*value).to_owned();
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, it)| (&**name, &**it)).collect();
    encoded(&fields)
}

#[test]
fn settings_of_single_sign_on_are_changed_at_the_page_and_copied_as_moments() {
    let server = served();
    let owner = owner(&server);
    let sends = format!("{owner}{FORM}");
    let page = || server.ask("GET", "/golinks/sso", &owner, "").body;
    let audit = || server.ask("GET", "/golinks/audit", &owner, "").body;
    let by_hand = || server.ask("GET", "/api/v1/state?panel=by_hand", "", "").json();
    let save = |said: &[(&str, &str)]| {
        server.ask("POST", "/golinks/sso", &sends, &sso_form(&page(), said))
    };
    // What says what is in force already changes nothing, and is no action.
    let same = save(&[]);
    assert_eq!((same.status, location(&same).as_str()), (303, "/golinks/sso?done=settings"));
    assert!(!audit().contains("SettingsChanged"), "{}", audit());
    assert_eq!(by_hand()["by_hand"]["rows"].as_array().map(Vec::len), Some(0));

    let saved = save(&[
        ("jit", "no"),
        ("inactive_sign_in", "reactivate"),
        ("session_lifetime", "2h"),
        ("domains", "contoso.example, partner.example"),
        ("new_domain", "partner.example"),
        ("new_domain_role", "limited_member"),
    ]);
    assert_eq!((saved.status, location(&saved).as_str()), (303, "/golinks/sso?done=settings"));
    let shown = page();
    for words in [
        "value=\"2h\"",
        "value=\"contoso.example, partner.example\"",
        "<option value=reactivate selected>",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let rows = audit();
    for words in ["WorkspaceSettingsChanged", "DomainRolesUpdated", "sso.jit, sso.domains"] {
        assert!(rows.contains(words), "{words}: {rows}");
    }
    let by = rows.split("<tr").find(|row| row.contains("DomainRolesUpdated")).expect("a row");
    assert!(by.contains("the owner of the workspace"), "{by}");
    // The action stands in the journal, with the request of the page as its cause.
    let told = by_hand()["by_hand"].clone();
    assert_eq!(told["rows"][0]["verb"], "set", "{told}");
    let file = told["file"].as_str().expect("a file").to_owned();
    let moment = "do = { set = { golinks = { sso = { session_lifetime = \"2h\", jit = false, \
                  domains = [\"contoso.example\", \"partner.example\"], inactive_sign_in = \"reactivate\", \
                  domain_roles = { \"partner.example\" = \"limited_member\" } } } } }";
    assert!(file.contains(moment), "{file}");
    // A role of a domain is taken away again, and what was copied ends in the same settings.
    let gone = save(&[("role of partner.example", "none")]);
    assert_eq!(gone.status, 303, "{gone:?}");
    assert!(!page().contains("role of partner.example"), "{}", page());
    let file = by_hand()["by_hand"]["file"].as_str().expect("a file").to_owned();
    let again = serve(&file, &["--paused"]);
    again.command("jump", r#"{"to":"2h"}"#);
    server.command("jump", r#"{"to":"2h"}"#);
    let other = self::owner(&again);
    let body = |server: &Program, owner: &str| {
        let page = server.ask("GET", "/golinks/sso", owner, "").body;
        page.split_once("<form method=post action=\"/golinks/sso\"").expect("a form").1.to_owned()
    };
    assert_eq!(body(&again, &other), body(&server, &owner));
    let shown = again.ask("GET", "/golinks/audit", &other, "").body;
    assert_eq!(shown.matches("DomainRolesUpdated").count(), 2, "{shown}");
}

#[test]
fn settings_of_single_sign_on_are_changed_by_admins_of_this_page_alone() {
    let server = served();
    let owner = owner(&server);
    let page = || server.ask("GET", "/golinks/sso", &owner, "").body;
    let before = page();
    let post = |headers: &str, body: &str| server.ask("POST", "/golinks/sso", headers, body);
    assert_page(&post(FORM, "jit=no"), 401, "Your session is over");
    assert_page(&post(&format!("{owner}Content-Type: application/json\r\n"), "{}"), 400, "no form");
    let evil = format!("{owner}{FORM}Origin: https://evil.example\r\n");
    assert_eq!(post(&evil, "jit=no").status, 403);
    let cross = format!("{owner}{FORM}Sec-Fetch-Site: cross-site\r\n");
    assert_eq!(post(&cross, "jit=no").status, 403);
    let sends = format!("{owner}{FORM}");
    for (wrong, why) in [
        ("jit=perhaps", "true or false"),
        ("role=king", "king"),
        ("session_lifetime=soon", "soon"),
        ("session_lifetime=0s", "a duration above 0"),
        ("entity_id=", "a text"),
        ("domains=ann%40contoso.example", "no e-mail domain"),
        ("new_domain=a%40b&new_domain_role=admin", "no e-mail domain"),
        ("new_domain=b.example&new_domain_role=king", "king"),
        // Of several settings all are changed, or none.
        ("jit=no&role=king", "king"),
    ] {
        let refused = post(&sends, wrong);
        assert_page(&refused, 422, why);
        let said = refused.body.split_once("class=alert>").expect("a sentence").1;
        assert!(!said.starts_with(char::is_lowercase), "{said}");
    }
    assert_eq!(page(), before);
    let by_hand = server.ask("GET", "/api/v1/state?panel=by_hand", "", "").json();
    assert_eq!(by_hand["by_hand"]["rows"].as_array().map(Vec::len), Some(0), "{by_hand}");
}

/// Whichever side changes a setting, the log has it, in the vendor's words.
#[test]
fn the_audit_log_has_the_settings_that_an_action_has_changed() {
    let server = served();
    let owner = owner(&server);
    let toml = "Content-Type: application/toml\r\n";
    for action in [
        "{ set = { golinks.roles.edit_links = 'own', golinks.sso.jit = true } }",
        "{ set = { golinks.sso.domain_roles = { 'partner.example' = 'moderator' } } }",
        "{ set = { golinks.quirks.hide_unmanaged = true } }",
    ] {
        let done = server.ask("POST", "/api/v1/action", toml, action);
        assert_eq!(done.status, 200, "{done:?}");
    }
    let rows = server.ask("GET", "/golinks/audit", &owner, "").body;
    assert!(rows.contains("settings of the workspace changed: roles.edit_links<"), "{rows}");
    assert_eq!(rows.matches("WorkspaceSettingsChanged").count(), 1, "{rows}");
    assert_eq!(rows.matches("DomainRolesUpdated").count(), 1, "{rows}");
}

/// Where GoLinks takes Responses.
const ACS: &str = "/simplesaml/module.php/saml/sp/saml2-acs.php/default-sp";

/// Signs in as a person of the tenant, on the way to the list of people, as a browser does; returns
/// GoLinks' answer, and the form that it was sent.
pub fn enter(server: &Program, user: &str) -> (Answer, String) {
    // The link leads to the page for signing in, and that one to Entra.
    let asked = server.ask("GET", "/golinks/people", "", "");
    assert_eq!(location(&asked), "/golinks/sign-in?to=/golinks/people");
    let page = server.ask("GET", &location(&asked), "", "");
    let to = field(&page.body.replace("name=to", "name=\"to\""), "to").expect("where to go");
    assert_eq!(to, "/golinks/people");
    // What is deflated has capital letters, which the head of an answer has lost.
    let to_entra = server.leads_to("POST", "/golinks/sign-in", FORM, &encoded(&[("to", &to)]));
    assert!(to_entra.starts_with("/common/saml2?SAMLRequest="), "{to_entra}");
    let people = server.ask("GET", &to_entra, "", "");
    assert!(people.body.contains("Ann Okafor"), "{}", people.body);
    let message = field(&people.body, "SAMLRequest").expect("the request");
    let state = field(&people.body, "RelayState").expect("the state");
    let picked = [("SAMLRequest", &*message), ("RelayState", &state), ("user", user)];
    let response = server.ask("POST", "/common/saml2", FORM, &encoded(&picked));
    assert!(response.body.contains(&format!("{}{ACS}", server.url())), "{}", response.body);
    let brought = encoded(&[
        ("SAMLResponse", &field(&response.body, "SAMLResponse").expect("a Response")),
        ("RelayState", &field(&response.body, "RelayState").expect("the state")),
    ]);
    let entered = server.ask("POST", ACS, FORM, &brought);
    assert_eq!(
        (entered.status, location(&entered).as_str()),
        (303, "/golinks/people"),
        "{entered:?}"
    );
    (entered, brought)
}

/// The vendor's tutorial, as it is clicked through in a story of the library.
const TUTORIAL: &str = include_str!("../../../scenarios/basics/tutorial.toml");

#[test]
fn the_tutorials_single_sign_on_can_be_done_by_hand_at_the_usual_speed() {
    let server = serve(TUTORIAL, &["--paused"]);
    server.command("jump", r#"{"to":"13h"}"#);
    server.command("resume", "{}");
    let (entered, brought) = enter(&server, "ann.okafor@contoso.example");
    let session = session(&entered).expect("a session");
    let there = server.ask("GET", "/golinks/people", &session, "");
    assert_page(&there, 200, "Signed in as <b>ann.okafor@contoso.example</b>");
    // The same Response is not believed twice.
    assert_page(&server.ask("POST", ACS, FORM, &brought), 403, "did not sign you in");
}
