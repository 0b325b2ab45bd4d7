//! The tenant's pages for signing in: reached by keyboard, without a console's
//! complaint, and by axe.

use libtest_mimic::Trial;
use serde_json::json;

use super::browser::Browser;
use super::server::Server;
use super::{axe, trial};

/// A tenant whose application's reply URL is nowhere, so that the browser stays here.
fn tenant() -> Server {
    let here = "entra.sso.sign_on_url=/myapps";
    Server::of("welcome", &["--paused", "--set", here])
}

pub fn a_person_signs_in_at_my_apps_and_out_again(mut browser: Browser) {
    let server = tenant();
    browser.go(&format!("{}/myapps", server.url));
    browser.wait_for("document.querySelectorAll('.people button').length > 3");
    for _ in 0..3 {
        browser.press("Tab");
    }
    browser.wait_for("document.activeElement.closest('.people')");
    browser.click(".people button");
    browser.wait_for("document.querySelector('h1')?.innerText === 'My Apps'");
    browser.press("Tab");
    browser.wait_for("document.activeElement.closest('.apps') || document.activeElement.innerText === 'Sign out'");
    browser.click(".foot button");
    browser.wait_for("document.querySelector('h1')?.innerText === 'Signed out'");
    let complaints = browser.complaints();
    assert!(complaints.is_empty(), "the console says: {complaints:#?}");
}

/// The trial by axe, ignored where axe is not there.
pub fn trial_by_axe() -> Trial {
    let trial = trial("axe_finds_nothing_at_sign_in", axe_finds_nothing_at_sign_in);
    match axe() {
        Some(_) => trial,
        None => trial.with_ignored_flag(true).with_kind("no axe-core in $SCIMULATOR_AXE"),
    }
}

fn axe_finds_nothing_at_sign_in(mut browser: Browser) {
    let axe = axe().expect("the trial is ignored without it");
    let server = tenant();
    for (width, theme) in [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")] {
        browser.size(width, 800);
        browser.theme(theme);
        for (path, title) in
            [("/myapps", "Sign in"), ("/common/saml2", "Sign in"), ("/common/logout", "Signed out")]
        {
            browser.go("about:blank");
            browser.wait_for("location.href === 'about:blank'");
            browser.go(&format!("{}{path}", server.url));
            browser
                .wait_for(&format!("document.querySelector('h1')?.innerText === {}", json!(title)));
            browser.look(&axe);
            let found = browser.look(
                "axe.run().then(found => found.violations.flatMap(it => \
                 it.nodes.map(node => `${it.id}: ${node.html} ${node.failureSummary}`)))",
            );
            assert_eq!(found, json!([]), "{width} {theme} {path}");
            let wide = "document.scrollingElement.scrollWidth - innerWidth";
            assert_eq!(browser.look(wide), json!(0), "at {width} {path} is wider than the window");
        }
    }
}
