//! What is broken on purpose, and the pace of a class, in a real browser.

use serde_json::json;

use super::browser::Browser;
use super::server::Server;

pub fn a_fault_by_hand_has_a_chip_and_a_way_off(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/cycle", "");
    browser.visit(&server, "#panel=break_it");
    browser.wait_for("document.querySelectorAll('#panel-break_it .family li').length > 80");
    browser.click("#panel-break_it .family .switch");
    browser.wait_for("document.querySelector('#chips .chip')?.textContent.includes('down')");
    browser.wait_for(
        "document.querySelector('#panel-break_it .switch').getAttribute('aria-checked') === 'true'",
    );
    browser.press("c");
    browser.wait_for("document.querySelector('#truth').textContent.includes('Quarantined')");
    browser.click("#chips .chip");
    browser.wait_for("document.querySelector('#chips').childElementCount === 0");
    browser.wait_for_words("#announce", "No longer broken on purpose: ");
    // A quirk is found by its number, and switched on and off.
    browser.look(
        "(it => { it.value = 'B01'; it.dispatchEvent(new Event('input')) })\
         (document.querySelector('#panel-break_it input'))",
    );
    browser.look(
        "[...document.querySelectorAll('#panel-break_it .switch')]\
         .find(it => it.textContent.includes('strict_booleans')).click()",
    );
    browser
        .wait_for("document.querySelector('#chips').textContent.includes('arrives as the text')");
    browser.click("#chips .chip");
    browser.wait_for("document.querySelector('#chips').childElementCount === 0");
    let rows = server.get("/api/v1/state?panel=by_hand")["by_hand"]["rows"].clone();
    let done: Vec<&str> =
        rows.as_array().expect("rows").iter().filter_map(|row| row["action"].as_str()).collect();
    assert_eq!(done.len(), 4, "{done:?}");
    assert!(done[0].contains("refuse = true") && done[1].contains("up"), "{done:?}");
    browser.assert_content();
}

pub fn a_class_goes_from_moment_to_moment_and_reads_large(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    browser.visit(&server, "");
    browser.wait_for("!document.querySelector('#moment').disabled");
    let said = "document.querySelector('#caption p').textContent";
    let mut before = browser.text(said);
    for _ in 0..3 {
        browser.press("n");
        browser.wait_for(&format!(
            "{said} !== {} && document.querySelector('#state').textContent === 'paused'",
            json!(before)
        ));
        before = browser.text(said);
    }
    browser.look("document.querySelector('#tabs [data-name=story]').click()");
    browser.wait_for("document.querySelectorAll('#panel-story li').length >= 3");
    browser.press("p");
    browser.wait_for("document.body.hasAttribute('data-present')");
    assert_eq!(browser.text("location.hash"), "#panel=story&present=yes");
    let wide = "document.scrollingElement.scrollWidth - innerWidth";
    assert_eq!(browser.look(wide), json!(0));
    browser.press("p");
    browser.wait_for("!document.body.hasAttribute('data-present')");
    browser.assert_content();
}
