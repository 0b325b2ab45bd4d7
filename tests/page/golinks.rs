//! GoLinks' own pages, and signing in there through the tenant's page.

use serde_json::json;

use crate::browser::Browser;
use crate::server::Server;
use crate::{CONTRASTS, axe};

const STORY: &str = "title = \"Two people\"\nseed = 5\nstart = 2026-03-02T08:00:00Z\nends = \"5d\"\n\
    [golinks.links]\nplan = { url = \"https://wiki.contoso.example/plan\", owner = \"ann.okafor\" }\n\
    [user.ann]\nname = \"Ann Okafor\"\n[user.bob]\nname = \"Bob Lind\"\nassigned = false\n\
    [[at]]\ntime = \"0d\"\ndo = \"start\"\n";

const PAGES: [&str; 7] = ["links", "people", "developer", "scim", "sso", "audit", "sign-in"];

impl Browser {
    /// Opens a page of GoLinks; `visit` tells it from the page before.
    fn golinks(&mut self, server: &Server, page: &str, visit: &str) {
        self.go(&format!("{}/golinks/{page}?visit={visit}", server.url));
        self.wait_for(&format!(
            "location.search === '?visit={visit}' && location.pathname === '/golinks/{page}' && \
             document.readyState === 'complete' && document.querySelector('h1')"
        ));
    }

    /// Presses the button with these words, and waits for the page that it leads to.
    fn press_button(&mut self, words: &str, then: &str) {
        let button = format!(
            "[...document.querySelectorAll('button')].find(b => b.textContent.includes({}))",
            json!(words)
        );
        self.wait_for(&button);
        self.look(&format!("{button}.click()"));
        self.wait_for(&format!("document.readyState === 'complete' && ({then})"));
    }
}

/// A server whose first cycle is over, and whose clock stands.
fn served() -> Server {
    let server = Server::with(STORY, &["--paused"]);
    server.post("/api/v1/jump", &json!({ "to": "1h" }).to_string());
    server
}

/// The same, with the browser signed in as the owner of the workspace.
fn owned(browser: &mut Browser) -> Server {
    let server = served();
    browser.golinks(&server, "sign-in", "owner");
    browser.press_button("Open as the owner", "location.pathname === '/golinks/links'");
    server
}

pub fn the_dashboard_leads_to_the_pages_of_golinks_and_back(mut browser: Browser) {
    let server = served();
    browser.visit(&server, "");
    browser.look("document.querySelector('.head .open').click()");
    browser.wait_for("location.pathname === '/golinks/sign-in'");
    browser.press_button("Open as the owner", "location.pathname === '/golinks/links'");
    browser.wait_for("document.querySelector('table')");
    let links = browser.text("document.querySelector('table').innerText");
    assert!(links.contains("go/plan") && links.contains("ann.okafor@contoso.example"), "{links}");
    browser.look("[...document.querySelectorAll('nav a')][1].click()");
    browser.wait_for("location.pathname === '/golinks/people' && document.querySelector('td')");
    let people = browser.text("document.querySelector('table').innerText");
    assert!(people.contains("SCIM") && people.contains("Ann Okafor"), "{people}");
    browser.golinks(&server, "audit", "1");
    assert!(browser.text("document.body.innerText").contains("SCIMUserCreated"));
    browser.look("document.querySelector('footer a').click()");
    browser.wait_for("location.pathname === '/'");
    browser.assert_content();
}

pub fn the_owner_deactivates_a_person_and_issues_a_token(mut browser: Browser) {
    let server = owned(&mut browser);
    browser.golinks(&server, "people", "1");
    browser.press_button("Deactivate", "document.querySelector('.chip[data-tone=bad]')");
    assert!(browser.text("document.querySelector('[role=status]').innerText").contains("status"));
    browser.golinks(&server, "links", "2");
    let links = browser.text("document.querySelector('table').innerText");
    assert!(links.contains("inactive"), "{links}");
    browser.golinks(&server, "scim", "3");
    let url = format!("{}/scim/v2", server.url);
    assert!(browser.text("document.querySelector('main').innerText").contains(&url));
    browser.look("document.querySelector('[name=issue]').value = 'a-second-token'");
    browser.look("document.querySelector('[name=days]').value = '3'");
    browser.press_button("Issue", "document.querySelectorAll('tbody tr').length === 2");
    assert!(browser.text("document.querySelector('table').innerText").contains("ends soon"));
    browser.press_button("Revoke a-se", "document.querySelector('.chip[data-tone=idle]')");
    assert!(browser.text("document.querySelector('table').innerText").contains("revoked"));
    browser.golinks(&server, "audit", "4");
    let log = browser.text("document.querySelector('table').innerText");
    let owner = "the owner of the workspace";
    for word in ["SetActiveStatus", "SCIMTokenCreated", "SCIMTokenRevoked", owner] {
        assert!(log.contains(word), "{word}: {log}");
    }
    browser.assert_content();
}

pub fn every_text_of_golinks_can_be_read_at_every_width(mut browser: Browser) {
    let server = owned(&mut browser);
    for theme in ["light", "dark"] {
        browser.theme(theme);
        for width in [1280, 1024, 390] {
            browser.size(width, 800);
            for page in PAGES {
                browser.golinks(&server, page, &format!("{theme}-{width}"));
                let found = browser.look(CONTRASTS);
                for pair in found.as_array().expect("a list") {
                    assert!(pair[0].as_f64() >= Some(4.5), "{theme}, {page}: {pair}");
                }
                let wide = browser.look("document.documentElement.scrollWidth - innerWidth");
                assert!(wide.as_i64() <= Some(0), "{page} at {width} is {wide} too wide");
                // The name of an event stays whole.
                let whole = "[...document.querySelectorAll('td[data-column=Event] code')]\
                    .every(it => it.getClientRects().length === 1)";
                assert_eq!(browser.look(whole), json!(true), "{page} at {width}");
                // On a narrow screen nothing has to be moved sideways either.
                let hidden = "[...document.querySelectorAll('.scroll')]\
                    .filter(it => it.scrollWidth > it.clientWidth).length";
                assert!(width > 390 || browser.look(hidden) == json!(0), "{page} at {width}");
            }
        }
    }
}

pub fn axe_finds_nothing_at_golinks(mut browser: Browser) {
    let axe = axe().expect("the trial is ignored without it");
    let server = owned(&mut browser);
    for (theme, width) in [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)] {
        browser.theme(theme);
        browser.size(width, 800);
        for page in PAGES {
            browser.golinks(&server, page, &format!("{theme}-{width}"));
            browser.look(&axe);
            let found = browser.look(
                "axe.run().then(found => found.violations.flatMap(it => \
                 it.nodes.map(node => `${it.id}: ${node.html} ${node.failureSummary}`)))",
            );
            assert_eq!(found, json!([]), "{theme} {width}, {page}");
        }
    }
}

/// A keyboard reaches the page past the menu, and the door for people before that of the owner.
pub fn golinks_can_be_used_by_keyboard(mut browser: Browser) {
    let server = served();
    browser.golinks(&server, "sign-in", "1");
    browser.press("Tab");
    browser.wait_for("document.activeElement.matches('.skip')");
    browser.press("Enter");
    browser.wait_for("location.hash === '#main'");
    browser.press("Tab");
    browser.wait_for("document.activeElement.innerText === 'Sign in with Entra'");
    browser.press("Tab");
    browser.wait_for("document.activeElement.innerText === 'Open as the owner'");
    browser.press(" ");
    browser.wait_for("location.pathname === '/golinks/links' && document.querySelector('table')");
}

/// By keyboard alone the owner reaches a setting and the button that saves it; the page says so,
/// and the dashboard has the action.
pub fn the_owner_changes_a_setting_by_keyboard(mut browser: Browser) {
    let server = owned(&mut browser);
    browser.golinks(&server, "sso", "1");
    let tab_to = |browser: &mut Browser, wanted: &str| {
        for _ in 0..60 {
            browser.press("Tab");
            if browser.look(&format!("document.activeElement.matches('{wanted}')")) == json!(true) {
                return;
            }
        }
        panic!("no Tab leads to {wanted}");
    };
    tab_to(&mut browser, "select[name=jit]");
    browser.press("ArrowDown");
    browser.wait_for("document.activeElement.value === 'no'");
    tab_to(&mut browser, "main button.primary");
    browser.press(" ");
    browser.wait_for(
        "location.search === '?done=settings' && document.querySelector('[role=status]')",
    );
    assert_eq!(browser.text("document.querySelector('[name=jit]').value"), "no");
    browser.golinks(&server, "audit", "2");
    let log = browser.text("document.querySelector('table').innerText");
    assert!(log.contains("WorkspaceSettingsChanged") && log.contains("sso.jit"), "{log}");
    let by_hand = server.get("/api/v1/state?panel=by_hand").to_string();
    assert!(by_hand.contains("golinks = { sso = { jit = false } }"), "{by_hand}");
    browser.assert_content();
}

/// The whole way: GoLinks' sign-in page, the tenant's page with its people, the Response, and back
/// to the go link that was wanted.
pub fn a_user_signs_in_at_golinks_through_the_tenants_page(mut browser: Browser) {
    let server = served();
    browser.go(&format!("{}/go/plan", server.url));
    browser.wait_for("location.search === '?to=/go/plan' && document.querySelector('.primary')");
    // The link itself leads out of this machine, so another page is wanted.
    browser.go(&format!("{}/golinks/sign-in?to=/golinks/people", server.url));
    browser.wait_for("location.search === '?to=/golinks/people'");
    browser.press_button("Sign in with Entra", "location.pathname.endsWith('/saml2')");
    browser.press_button("Ann Okafor", "location.pathname === '/golinks/people'");
    browser.wait_for("document.querySelector('.who').innerText.includes('ann.okafor')");
    browser.golinks(&server, "links", "1");
    browser.look("document.querySelector('[name=name]').value = 'roadmap'");
    browser.look("document.querySelector('[name=url]').value = 'https://wiki.contoso.example/r'");
    browser.press_button("Make", "document.body.innerText.includes('go/roadmap')");
    // She is a member: what is an admin's is refused with a sentence, and she stays signed in.
    browser.golinks(&server, "scim", "2");
    let refused = browser.text("document.querySelector('[role=alert]').innerText");
    assert!(refused.contains("yours is member"), "{refused}");
    assert!(browser.text("document.querySelector('.who').innerText").contains("ann.okafor"));
    browser.press_button("Sign out", "location.pathname === '/golinks/sign-in'");
    browser.press_button("Open as the owner", "location.pathname === '/golinks/links'");
    browser.golinks(&server, "audit", "3");
    let row = "[...document.querySelectorAll('tr')].find(it => \
               it.innerText.includes('GoLinkCreated')).children[3].innerText";
    assert_eq!(browser.text(row), "ann.okafor@contoso.example", "whose doing it was");
}
