//! The first ten seconds of some stories, the strip, captions that hold the clock, and what is left
//! after a reload and after the server has begun again, in a real browser.

use serde_json::json;

use super::browser::Browser;
use super::server::Server;

/// What a visitor reads without a scroll: each of these elements with its words.
fn reads(browser: &mut Browser, all: &[(&str, &str)]) {
    for (selector, words) in all {
        browser.wait_for_words(selector, words);
        let seen = format!(
            "(box => box.top >= 0 && box.top < innerHeight && box.height > 0)\
             (document.querySelector({}).getBoundingClientRect())",
            json!(selector)
        );
        browser.wait_for(&seen);
    }
    browser.wait_for("document.scrollingElement.scrollHeight === innerHeight");
}

pub fn an_expired_secret_is_told_in_ten_seconds(mut browser: Browser) {
    let server = Server::of("expired-secret-disabled", &["--paused"]);
    server.post("/api/v1/jump", r#"{"to":"33d"}"#);
    browser.visit(&server, "");
    let first = [
        ("#day", "Day 33"),
        ("#truth", "Quarantined for"),
        ("#truth", "401"),
        ("#truth", "Next try in"),
        ("#caption p", "."),
        ("#traffic", "401"),
        (".row .status", "active"),
    ];
    reads(&mut browser, &first);
    browser.wait_for("document.querySelector('.mark[data-kind=quarantine]')");
    browser.assert_content();
}

pub fn green_rows_and_a_quarantine_are_told_in_ten_seconds(mut browser: Browser) {
    let server = Server::of("no-groups-here", &["--paused"]);
    server.post("/api/v1/cycle", "");
    server.post("/api/v1/jump", r#"{"to":"1d"}"#);
    browser.visit(&server, "");
    reads(&mut browser, &[("#truth", "Quarantined for"), ("#caption p", "."), ("#traffic", "404")]);
    browser.assert_content();
}

pub fn a_group_that_loses_all_its_members_is_told_in_ten_seconds(mut browser: Browser) {
    let quirk = "golinks.quirks.remove_members_ignores_value=true";
    let server = Server::of("one-out-all-out", &["--set", quirk, "--paused"]);
    server.post("/api/v1/jump", r#"{"to":"1d 1h"}"#);
    browser.visit(&server, "");
    let first = [
        ("#truth", "1 group is not right at GoLinks"),
        ("#groups .mark-cell", "members missing"),
        ("#expectations-sum", "failed"),
    ];
    reads(&mut browser, &first);
    browser.click("#groups .name");
    browser.wait_for_words("#drawer .body", "is at GoLinks");
    browser.assert_content();
}

pub fn a_click_on_a_past_cycle_looks_back_at_it(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/jump", r#"{"to":"4d 12h"}"#);
    browser.visit(&server, "");
    browser.wait_for("document.querySelector('.mark.cycle[data-jump]')");
    let run = server.state()["run"]["id"].clone();
    browser.look("document.querySelector('.mark.cycle[data-jump]').click()");
    browser.wait_for("document.body.dataset.past === 'past'");
    browser.wait_for("document.querySelector('#day').textContent === 'Day 0'");
    browser.press("Escape");
    browser.wait_for("document.querySelector('#day').textContent === 'Day 4'");
    assert_eq!(server.state()["run"]["id"], run, "the run was not touched");
    browser.assert_content();
}

/// Five captions that take fifteen seconds each to read, so that time stands for one of them
/// whenever the page looks.
pub fn time_stands_while_a_caption_is_read_and_goes_on_by_a_button(mut browser: Browser) {
    let said = "Read this slowly. ".repeat(60);
    let moment = |nth: u32| format!("[[at]]\ntime = \"{nth}h\"\nsay = \"{nth}: {said}\"\n");
    let moments: String = (1..=5).map(moment).collect();
    let text = format!("title = \"read\"\nends = \"9d\"\n[people]\ngenerate = 2\n{moments}");
    let server = Server::with(&text, &["--paused", "--speed", "36000x"]);
    browser.visit(&server, "");
    browser.click("#start .big");
    browser.wait_for("!document.querySelector('#go-on').hidden");
    let caption = "document.querySelector('#caption p').textContent.slice(0, 2)";
    let first = browser.text(caption);
    browser.click("#go-on");
    browser.wait_for(&format!("{caption} > {}", json!(first)));
    browser.assert_content();
}

pub fn a_reload_shows_the_same_and_a_new_server_is_taken_up_without_one(mut browser: Browser) {
    let server = Server::on_a_port_of_its_own("welcome", &["--paused"]);
    let port = server.port().to_owned();
    server.post("/api/v1/jump", r#"{"to":"3d 7h 12m"}"#);
    browser.visit(&server, "#panel=log&narrow=cleo&about=user+cleo");
    let all = |browser: &mut Browser| {
        browser.wait_for("document.querySelectorAll('#panel-log tbody tr').length === 1");
        browser.wait_for_words("#drawer h2", "Cleo D'Angelo");
        browser.wait_for_words("#day", "Day 3");
    };
    all(&mut browser);
    browser.look("window.before = true");
    browser.look("location.reload()");
    browser.wait_for("!window.before && document.body.dataset.ready");
    all(&mut browser);
    browser.assert_content();
    drop(server);
    browser.wait_for("!document.querySelector('#lost').hidden");
    let server = Server::of("welcome", &["--port", &port, "--paused"]);
    browser.wait_for("document.querySelector('#lost').hidden");
    browser.wait_for_words("#toast", "The server was started again, and this is a new run");
    browser.wait_for_words("#day", "Day 0");
    server.post("/api/v1/jump", r#"{"to":"3d 7h 12m"}"#);
    all(&mut browser);
}

pub fn a_link_that_leads_nowhere_says_so(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    browser.visit(&server, "#panel=plotts");
    browser.wait_for_words("#toast", "There is no panel called “plotts”: the overview is shown.");
    assert_eq!(browser.look("document.querySelector('#worlds').checkVisibility()"), json!(true));
    browser.look("document.querySelector('#toast').click()");
    browser.look("location.hash = '#app=sandbox'");
    browser.wait_for_words("#toast", "There is no application called “sandbox”");
    browser.assert_content();
}
