//! GoLinks' own pages, and signing in there through the tenant's page.

use serde_json::json;

use crate::browser::Browser;
use crate::server::Server;
use crate::{CONTRASTS, axe};

const STORY: &str = "title = \"Two people\"\nseed = 5\nstart = 2026-03-02T08:00:00Z\nends = \"5d\"\n\
    [golinks.links]\nplan = { url = \"https://wiki.contoso.example/plan\", owner = \"ann.okafor\" }\n\
    [user.ann]\nname = \"Ann Okafor\"\n[user.bob]\nname = \"Bob Lind\"\nassigned = false\n\
    [[at]]\ntime = \"0d\"\ndo = \"start\"\n";

const PAGES: [&str; 6] = ["links", "people", "scim", "sso", "audit", "sign-in"];

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

pub fn the_dashboard_leads_to_the_pages_of_golinks_and_back(mut browser: Browser) {
    let server = served();
    browser.visit(&server, "");
    browser.look("document.querySelector('.head .open').click()");
    browser.wait_for("location.pathname === '/golinks/links' && document.querySelector('table')");
    let links = browser.text("document.querySelector('table').innerText");
    assert!(links.contains("go/plan") && links.contains("ann.okafor@contoso.example"), "{links}");
    browser.look("[...document.querySelectorAll('nav a')][1].click()");
    browser.wait_for("location.pathname === '/golinks/people' && document.querySelector('td')");
    assert!(browser.text("document.querySelector('table').innerText").contains("SCIM"));
    browser.golinks(&server, "audit", "1");
    assert!(browser.text("document.body.innerText").contains("SCIMUserCreated"));
    browser.look("document.querySelector('footer a').click()");
    browser.wait_for("location.pathname === '/'");
    browser.assert_content();
}

pub fn an_administrator_deactivates_a_person_and_issues_a_token(mut browser: Browser) {
    let server = served();
    browser.golinks(&server, "people", "1");
    browser.press_button("Deactivate ann", "document.querySelector('.chip[data-tone=bad]')");
    browser.golinks(&server, "links", "2");
    let links = browser.text("document.querySelector('table').innerText");
    assert!(links.contains("inactive"), "{links}");
    browser.golinks(&server, "scim", "3");
    browser.look("document.querySelector('[name=issue]').value = 'a-second-token'");
    browser.look("document.querySelector('[name=days]').value = '3'");
    browser.press_button("Issue", "document.querySelectorAll('tbody tr').length === 2");
    assert!(browser.text("document.querySelector('table').innerText").contains("ends soon"));
    browser.press_button("Revoke a-se", "document.querySelectorAll('tbody tr').length === 1");
    browser.golinks(&server, "audit", "4");
    let log = browser.text("document.querySelector('table').innerText");
    for word in ["SetActiveStatus", "SCIMTokenCreated", "SCIMTokenRevoked"] {
        assert!(log.contains(word), "{word}: {log}");
    }
    browser.assert_content();
}

pub fn every_text_of_golinks_can_be_read_at_every_width(mut browser: Browser) {
    let server = served();
    for theme in ["light", "dark"] {
        browser.theme(theme);
        for width in [1280, 390] {
            browser.size(width, 800);
            for page in PAGES {
                browser.golinks(&server, page, &format!("{theme}-{width}"));
                let found = browser.look(CONTRASTS);
                for pair in found.as_array().expect("a list") {
                    assert!(pair[0].as_f64() >= Some(4.5), "{theme}, {page}: {pair}");
                }
                let wide = browser.look("document.documentElement.scrollWidth - innerWidth");
                assert!(wide.as_i64() <= Some(0), "{page} at {width} is {wide} too wide");
            }
        }
    }
}

pub fn axe_finds_nothing_at_golinks(mut browser: Browser) {
    let axe = axe().expect("the trial is ignored without it");
    let server = served();
    for theme in ["light", "dark"] {
        browser.theme(theme);
        for page in PAGES {
            browser.golinks(&server, page, theme);
            browser.look(&axe);
            let found = browser.look(
                "axe.run().then(found => found.violations.flatMap(it => \
                 it.nodes.map(node => `${it.id}: ${node.html} ${node.failureSummary}`)))",
            );
            assert_eq!(found, json!([]), "{theme}, {page}");
        }
    }
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
    browser.press_button("Save", "document.body.innerText.includes('go/roadmap')");
    browser.press_button("Sign out", "location.pathname === '/golinks/sign-in'");
    browser.golinks(&server, "audit", "2");
    assert!(browser.text("document.body.innerText").contains("GoLinkCreated"));
}
