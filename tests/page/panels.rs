//! The panels of job, cycles and directory, in a real browser.

use serde_json::json;

use super::browser::Browser;
use super::server::Server;

pub fn the_job_lights_its_state_and_is_tested_and_stopped(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/cycle", "");
    browser.visit(&server, "#panel=job_state");
    let lit = |name: &str| {
        format!("document.querySelector('.states [aria-current]')?.textContent.includes('{name}')")
    };
    browser.wait_for(&lit("Active"));
    browser.wait_for("document.querySelectorAll('#panel-job_state .gauges li').length >= 4");
    let press = |label: &str| {
        format!(
            "[...document.querySelectorAll('#panel-job_state .act')]\
             .find(it => it.textContent === '{label}').click()"
        )
    };
    let told = |words: &str| {
        format!("document.querySelector('#panel-job_state').textContent.includes('{words}')")
    };
    browser.look(&press("Test connection"));
    browser.wait_for(&told("Connection test: passed."));
    server.post("/api/v1/action", r#""revoke_token""#);
    server.post("/api/v1/cycle", "");
    browser.wait_for(&lit("Quarantine"));
    browser.wait_for("document.querySelectorAll('.ladder [data-place=next]').length === 1");
    browser.look(&press("Stop provisioning"));
    browser.wait_for(&told("stopped: no attempt until it is started"));
    assert_eq!(browser.look("document.querySelectorAll('.ladder [data-place=next]').length"), 0);
    browser.assert_content();
}

pub fn a_click_on_a_cycle_jumps_to_it(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/jump", r#"{"to":"1d 1h"}"#);
    browser.visit(&server, "#panel=cycle_list");
    // Thirty-seven cycles that found nothing to do share a line.
    let numbers = "[...document.querySelectorAll('#panel-cycle_list tbody .about')]\
                   .map(it => it.textContent).join(' ')";
    browser.wait_for(&format!("{numbers} === '2–38 1'"));
    browser.look("document.querySelector('#panel-cycle_list tbody tr:last-child .about').click()");
    browser.wait_for("document.querySelectorAll('#panel-cycle_list tbody tr').length === 0");
    browser.wait_for("document.querySelector('#day').textContent === 'Day 0'");
    browser.assert_content();
}

pub fn the_directory_is_changed_by_its_buttons(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/cycle", "");
    browser.visit(&server, "#panel=directory");
    browser.wait_for("document.querySelectorAll('#panel-directory tbody tr').length >= 12");
    let row = "#panel-directory tr[data-handle=ann]";
    let says = |words: &str| {
        format!("document.querySelector('{row}')?.textContent.includes({})", json!(words))
    };
    // A user is edited by the name in the list, too.
    browser.look(
        "(form => { form.user.value = 'ann okafor'; form.value.value = 'Legal'; form.requestSubmit(); })\
         (document.querySelector('#panel-directory form[aria-label=Edit]'))",
    );
    browser.wait_for(&says("Legal"));
    for (verb, words) in [
        ("disable", "✕ blocked"),
        ("enable", "✓ in scope"),
        ("unassign", "✕ not assigned"),
        ("assign", "✓ in scope"),
        ("delete", "✕ in the bin"),
    ] {
        browser.look(&format!("document.querySelector('{row} [data-verb={verb}]').click()"));
        browser.wait_for(&says(words));
    }
    browser.look("location.hash = '#panel=directory&narrow=cleo'");
    browser.wait_for("document.querySelectorAll('#panel-directory tbody tr').length === 1");
    browser.click("#panel-directory .about");
    browser.wait_for("document.querySelector('#drawer h2')?.textContent.includes('Cleo')");
    browser.assert_content();
}
