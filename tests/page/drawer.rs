//! The drawer, the tabs and what was done by hand, in a real browser.

use serde_json::json;

use super::browser::Browser;
use super::server::Server;

/// Whether an element's text contains something.
fn says(selector: &str, words: &str) -> String {
    format!("document.querySelector('{selector}')?.textContent.includes({})", json!(words))
}

pub fn a_click_on_a_person_tells_everything_and_back_goes_back(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/jump", r#"{"to":"3d 7h 12m"}"#);
    browser.visit(&server, "");
    browser.wait_for("document.querySelector('.row[data-mark=differs]')");
    browser.click(".row[data-mark=differs] .name");
    browser.wait_for(&says("#drawer h2", "Cleo D'Angelo"));
    assert_eq!(browser.text("location.hash"), "#about=user+cleo");
    for words in [
        "is at GoLinks, with an active account, which is not as it should be",
        "active in the source system: blocked from sign-in",
        "Provisioning log",
        "Requests",
    ] {
        browser.wait_for(&says("#drawer .body", words));
    }
    let differs = browser.text("document.querySelector('#drawer tr[data-tone=bad]').innerText");
    assert!(differs.contains("active") && differs.contains("False"), "{differs}");
    assert_eq!(browser.text("document.activeElement.id"), "drawer-title");
    // What is done from the drawer is seen in it.
    browser.click("#drawer .act");
    browser.wait_for(&says("#drawer .body", "sign-in is allowed"));
    browser.look("document.querySelector('#drawer [data-about^=request]').click()");
    browser.wait_for(&says("#drawer h2", "/Users"));
    browser.look("history.back()");
    browser.wait_for(&says("#drawer h2", "Cleo D'Angelo"));
    browser.press("Escape");
    browser.wait_for("document.querySelector('#drawer').hidden && location.hash === ''");
    browser.visit(&server, "#about=user+nobody");
    browser.wait_for(&says("#drawer .body", "Nobody in the directory has this name"));
    browser.assert_content();
}

pub fn a_click_on_a_request_tells_what_was_sent_and_what_it_caused(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/cycle", "");
    browser.visit(&server, "");
    browser.wait_for("document.querySelectorAll('#lines li').length > 12");
    browser.look(
        "[...document.querySelectorAll('#lines li')].find(it => it.textContent.includes('POST'))\
         .querySelector('.path').click()",
    );
    browser.wait_for(&says("#drawer h2", "POST /Users"));
    for words in [
        "Entra sent it about",
        "the answer: 201",
        "Sent against stored, as the answer says",
        "Cause: the clock",
        "\"userName\":",
        "What it caused",
        "Set TOKEN to GoLinks' token first",
    ] {
        browser.wait_for(&says("#drawer .body", words));
    }
    assert_eq!(browser.look("document.querySelectorAll('#drawer tr[data-tone=bad]').length"), 0);
    browser.assert_content();
}

pub fn a_group_has_its_members_and_they_open_too(mut browser: Browser) {
    let server = Server::of("name-and-people", &["--paused"]);
    server.post("/api/v1/cycle", "");
    browser.visit(&server, "");
    browser.wait_for("document.querySelectorAll('#groups .row[data-mark=same]').length === 1");
    browser.click("#groups .name");
    browser.wait_for(&says("#drawer .body", "is at GoLinks, with 3 members"));
    // Beside the drawer too, a group is said to be one.
    let word = "document.querySelector('#groups .person small').checkVisibility()";
    assert_eq!(browser.look(word), json!(true));
    browser.look("document.querySelector('#drawer [data-about^=user]').click()");
    browser.wait_for("location.hash.startsWith('#about=user')");
    browser.wait_for(&says("#drawer .body", "Scope, clause by clause"));
    browser.assert_content();
}

#[allow(clippy::disallowed_methods, reason = "a test of the shell writes a file and plays it")]
pub fn what_was_done_by_hand_is_listed_and_its_scenario_runs(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/jump", r#"{"to":"1d 1h"}"#);
    server.post("/api/v1/action", r#"{"disable":"ben"}"#);
    server.post("/api/v1/jump", r#"{"to":"4d 23h"}"#);
    server.post("/api/v1/action", r#"{"disable":"ann"}"#);
    browser.visit(&server, "");
    browser.wait_for(
        "[...document.querySelectorAll('#tabs button')].some(it => it.textContent === 'By hand')",
    );
    browser.look("document.querySelector('#tabs [data-name=by_hand]').click()");
    browser.wait_for("document.querySelectorAll('#panel-by_hand tbody tr').length === 2");
    assert_eq!(browser.text("location.hash"), "#panel=by_hand");
    let state = server.get("/api/v1/state?panel=by_hand");
    let file = state["by_hand"]["file"].as_str().expect("the file");
    let (ben, ann) = (file.find("disable = \"ben\""), file.find("disable = \"ann\""));
    assert!(ben.is_some() && ben < ann, "{file}");
    // A long text is not said as a whole: how much it holds is.
    let moments = file.lines().filter(|line| *line == "[[at]]").count();
    browser.look(
        "[...document.querySelectorAll('#panel-by_hand button')].find(it => it.textContent === 'Copy the scenario').click()",
    );
    browser.wait_for(&format!(
        "document.querySelector('#toast').textContent.endsWith(': a scenario with {moments} moments')"
    ));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("by-hand.toml");
    std::fs::write(&path, file).expect("it is written");
    for person in ["ben", "ann"] {
        let explained = std::process::Command::new(env!("CARGO_BIN_EXE_scimulator"))
            .args(["explain", "user", person, "--scenario"])
            .arg(&path)
            .output()
            .expect("the program starts");
        let told = String::from_utf8_lossy(&explained.stdout);
        assert!(told.contains("blocked from sign-in"), "{told}");
    }
    browser.assert_content();
}

pub fn the_log_and_the_requests_are_narrowed_and_open_the_drawer(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/cycle", "");
    browser.visit(&server, "#panel=log");
    browser.wait_for("document.querySelectorAll('#panel-log tbody tr').length === 12");
    browser.look("location.hash = '#panel=log&narrow=cleo'");
    browser.wait_for("document.querySelectorAll('#panel-log tbody tr').length === 1");
    browser.click("#panel-log [data-about='user cleo']");
    browser.wait_for(&says("#drawer h2", "Cleo D'Angelo"));
    browser.look("location.hash = '#panel=requests&narrow=post'");
    browser.wait_for("document.querySelectorAll('#panel-requests tbody tr').length === 12");
    browser.look("document.querySelector('#panel-requests [data-about^=request]').click()");
    browser.wait_for(&says("#drawer h2", "POST /Users"));
    browser.assert_content();
}

pub fn a_row_of_the_log_has_the_four_tabs_of_the_portal(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/jump", r#"{"to":"2d 4h"}"#);
    browser.visit(&server, "#panel=log&narrow=update+ben");
    browser.wait_for("document.querySelectorAll('#panel-log tbody tr').length === 1");
    browser.click("#panel-log [data-about^='row ']");
    browser.wait_for_words("#drawer h2", "update ben: success");
    let tabs = "[...document.querySelectorAll('.drawer-tabs button')].map(it => it.textContent)";
    let names = ["Steps", "Troubleshooting & recommendations", "Modified properties", "Summary"];
    assert_eq!(browser.look(tabs), json!(names));
    for (nth, words) in
        [(0, "Received User"), (1, "Nothing is to be done"), (2, "Success"), (3, "changeId")]
    {
        browser.look(&format!("document.querySelectorAll('.drawer-tabs button')[{nth}].click()"));
        browser.wait_for_words("#drawer .body", words);
        let current = "document.querySelector('.drawer-tabs [aria-current]').textContent";
        assert_eq!(browser.text(current), names[nth]);
    }
    // The row leads on to the user.
    browser.look("document.querySelector(\"#drawer .body [data-about='user ben']\").click()");
    browser.wait_for_words("#drawer h2", "Ben");
    browser.assert_content();
}
