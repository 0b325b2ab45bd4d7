//! `index.html` of a recorded run, opened from its file.

use std::process::Command;

use serde_json::json;

use super::axe;
use super::browser::Browser;
use super::server::Server;

/// The moment of Welcome at which Cleo has left, and her account is still active.
const EXPOSED: u64 = (3 * 24 * 3600 + 8 * 3600) * 1_000_000;

pub fn a_report_in_one_file_shows_any_moment_and_asks_for_nothing(mut browser: Browser) {
    let room = tempfile::tempdir().expect("a folder");
    let out = room.path().join("out");
    let status = Command::new(env!("CARGO_BIN_EXE_scimulator"))
        .args(["-q", "run", "welcome", "--report", "html", "--out"])
        .arg(&out)
        .status();
    assert!(status.expect("it runs").success());
    browser.go(&format!("file://{}", out.join("index.html").display()));
    browser.wait_for("document.querySelectorAll('#people .row').length === 13");
    assert_eq!(browser.text("document.querySelector('#day').textContent"), "Day 5");
    assert!(browser.text("document.querySelector('#verdict').textContent").contains("GREEN"));
    let marks = "[...document.querySelectorAll('#people .row')].map(row => row.dataset.mark)";
    let all_same = browser.look(&format!("{marks}.every(mark => mark === 'same')"));
    assert_eq!(all_same, json!(true));

    the_end_is_shown_by_the_pages_own_panels(&mut browser);

    // Any moment is shown: by the slider, by the buttons, and by a mark of the strip.
    browser.look(&format!(
        "(() => {{ const scrub = document.querySelector('#scrub'); \
         scrub.value = {EXPOSED} / 432000000000 * 1000; scrub.oninput(); }})()"
    ));
    browser.wait_for("document.querySelector('.row[data-mark=differs], .row[data-mark=pending]')");
    assert_eq!(browser.text("document.querySelector('#day').textContent"), "Day 3");
    assert!(browser.text("document.querySelector('#truth').textContent").contains("uarantine"));
    browser.look("document.querySelector('#on').click()");
    browser.look("document.querySelector('#strip .mark[data-jump]').click()");
    the_address_holds_the_moment_and_the_drawer(&mut browser);
    browser.look("document.querySelectorAll('#requests details').forEach(it => it.open = true)");
    browser.wait_for("document.querySelector('#requests pre')");

    // Nothing was loaded, and nothing could be.
    let loaded = browser.look(
        "performance.getEntriesByType('resource').map(it => it.name).concat(\
         [...document.querySelectorAll('[src], link[href]')].map(it => it.outerHTML))",
    );
    assert_eq!(loaded, json!([]));
    let sends = "fetch('http://127.0.0.1:9/').then(() => 'sent', error => error.name)";
    assert_eq!(browser.text(sends), "TypeError");
    let complaints = browser.complaints();
    let unforeseen: Vec<&String> =
        complaints.iter().filter(|it| !it.contains("127.0.0.1:9")).collect();
    assert!(unforeseen.is_empty() && !complaints.is_empty(), "{complaints:#?}");

    judge(&mut browser);
}

/// A link leads to a moment, and to what the drawer tells of somebody at it.
fn the_address_holds_the_moment_and_the_drawer(browser: &mut Browser) {
    browser.look("location.hash = 'at=3d 8h 7m'");
    browser.wait_for("document.querySelector('#day').textContent === 'Day 3'");
    let rows = |at: &str| format!("document.querySelectorAll('#panel-{at} tbody tr').length");
    // The sentence says of which moment it is, and expectations are those judged by then, in words.
    let said = browser.text("document.querySelector('#truth').textContent");
    assert!(said.contains("As of day ") && !said.contains("Next cycle"), "{said}");
    let sum = browser.text("document.querySelector('#checks-sum').textContent");
    assert!(sum.contains(" after this moment"), "{sum}");
    browser.wait_for_words("#caption", "The connection probe finds nobody at home");
    the_sentence_is_of_the_minute_shown(browser);
    let code = "document.querySelectorAll('#verdicts > li').length > 0 && \
                !document.querySelector('#verdicts > li > code')";
    assert_eq!(browser.look(code), json!(true));
    let then = [rows("log"), rows("cycles")].map(|of| browser.look(&of).as_u64());
    browser.look("document.querySelector('#people .row[data-mark=differs], #people .row').click()");
    browser.wait_for("!document.querySelector('#drawer').hidden");
    let told = browser.text("document.querySelector('#drawer').textContent");
    assert!(told.contains("Provisioning log") && told.contains("Requests"), "{told}");
    browser.look("document.querySelector('#drawer td .about').click()");
    browser.wait_for("document.querySelector('#drawer pre')");
    judge(browser);
    browser.look("dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))");
    browser.wait_for("document.querySelector('#drawer').hidden");
    // A narrower log, and the end of the run, where there is more of both.
    browser.look("location.hash = 'narrow=failure'");
    browser.wait_for("document.querySelector('#day').textContent === 'Day 5'");
    browser.wait_for(
        "[...document.querySelectorAll('#panel-log tbody tr')].every(it => \
         it.textContent.includes('failure'))",
    );
    browser.look("location.hash = ''");
    browser.wait_for(&format!("{} > {}", rows("log"), then[0].unwrap_or_default()));
    browser.wait_for(&format!("{} > {}", rows("cycles"), then[1].unwrap_or_default()));
    browser.look("dispatchEvent(new KeyboardEvent('keydown', { key: ',' }))");
    browser.wait_for("location.hash.includes('at=')");
}

/// While only time passes, the sentence counts it, and still names the exposed.
fn the_sentence_is_of_the_minute_shown(browser: &mut Browser) {
    browser.look("location.hash = 'at=3d 7h 12m'");
    browser.wait_for("document.querySelector('#time').textContent === '15:12:00'");
    let said = browser.text("document.querySelector('#truth').textContent");
    assert!(said.contains("Quarantined for ") && !said.contains("just now"), "{said}");
    let exposed = "Cleo D'Angelo is blocked in Entra and can still use GoLinks.";
    assert!(said.contains(exposed) && !said.contains("Next try"), "{said}");
    // The drawer of an exposed user says why nothing mends it.
    browser.look("location.hash = 'at=3d 7h 12m&about=user cleo'");
    browser.wait_for_words("#drawer", "The job: As of day 3 15:");
    browser.wait_for_words("#drawer", "Quarantined for ");
    browser.look("location.hash = 'at=3d 8h 7m'");
    browser.wait_for("document.querySelector('#time').textContent === '16:07:00'");
}

/// Of the page's other panels it shows the end, without anything that changes or tries something.
fn the_end_is_shown_by_the_pages_own_panels(browser: &mut Browser) {
    let count = |of: &str| format!("document.querySelectorAll('{of}').length");
    for (of, many) in [
        ("#panel-plots .chart", 5),
        ("#panel-job_state .states [aria-current]", 1),
        ("#panel-file [aria-current]", 1),
        (".panel .forms, .panel .try, .panel form, .panel .acts button", 0),
    ] {
        assert_eq!(browser.look(&count(of)), json!(many), "{of}");
    }
    for of in ["#panel-directory tbody tr", "#panel-mappings tbody tr", "#panel-file li"] {
        assert!(browser.look(&count(of)).as_u64() > Some(5), "{of}");
    }
    let heads = "[...document.querySelectorAll('#panel-plots .card-head, #panel-job_state .card-head, \
                 #panel-file .card-head')].every(it => it.textContent.includes('at the end of this report: '))";
    assert_eq!(browser.look(heads), json!(true));
    browser.wait_for_words("#at-end", "Then and now");
    assert_eq!(browser.look("scrollY"), json!(0), "the lit line has not scrolled the report");
}

pub fn the_report_of_the_run_so_far_is_handed_out_by_a_button(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/jump", r#"{"to":"3d 9h"}"#);
    server.post("/api/v1/action", r#"{"disable":"ann"}"#);
    let room = tempfile::tempdir().expect("a folder");
    browser.saves_to(room.path());
    browser.visit(&server, "");
    browser.wait_for("document.querySelector('.row[data-mark=differs]')");
    browser.click("#report");
    browser.wait_for_words("#toast", "saved as welcome-day-3-1700.html");
    browser.wait_for("!document.querySelector('#report').disabled");
    let file = room.path().join("welcome-day-3-1700.html");
    browser.wait_for_file(&file);
    assert_eq!(server.state()["clock"]["time"], json!("17:00"), "the run is not touched");
    browser.assert_content();

    browser.go(&format!("file://{}", file.display()));
    browser.wait_for("document.querySelectorAll('#people .row').length === 13");
    assert_eq!(browser.text("document.querySelector('#day').textContent"), "Day 3");
    browser.wait_for_words("#verdict", "the report was made here");
    let differ =
        "[...document.querySelectorAll('.row[data-mark=differs] .name')].map(it => it.textContent)";
    assert_eq!(browser.look(differ), json!(["Ann Okafor", "Cleo D'Angelo"]));
    // What was done by hand is in it as a scenario, and the command ends where the report does.
    browser.wait_for_words("#by-hand-file", "{ disable = \"ann\" }");
    browser.wait_for_words("#replay", "welcome-by-hand.toml --seed 7 --until '3d 9h'");
    browser.wait_for_words("#totals", "REPLAY   scimulator run welcome-by-hand.toml --seed 7");
    // What must always hold is not met before the story's end, and what is left is counted.
    let sum = browser.text("document.querySelector('#checks-sum').textContent");
    assert!(sum.contains(" met, 1 kept so far, ") && sum.contains(" not judged"), "{sum}");
    // An earlier moment is shown as it was.
    browser.look("location.hash = 'at=1d 2h'");
    browser.wait_for("document.querySelector('#day').textContent === 'Day 1'");
    browser.wait_for("!document.querySelector('.row[data-mark=differs]')");
    judge(&mut browser);
}

pub fn an_overview_of_a_matrix_leads_to_each_of_its_cells(mut browser: Browser) {
    let room = tempfile::tempdir().expect("a folder");
    let out = room.path().join("out");
    let status = Command::new(env!("CARGO_BIN_EXE_scimulator"))
        .args(["-q", "run", "capital-letters", "--report", "html", "--out"])
        .arg(&out)
        .status();
    assert!(status.expect("it runs").success());
    browser.go(&format!("file://{}", out.join("index.html").display()));
    browser.wait_for("document.querySelectorAll('tbody tr').length === 4");
    assert!(browser.text("document.querySelector('.verdict').textContent").contains("GREEN"));
    judge(&mut browser);
    assert!(browser.complaints().is_empty(), "{:#?}", browser.complaints());
    browser.look("document.querySelector('a[href]').click()");
    browser.wait_for("document.querySelector('#people .row')");
}

/// Has axe-core judge the page, where it is there.
fn judge(browser: &mut Browser) {
    let Some(axe) = axe() else { return };
    for (width, theme) in [(1280, "light"), (1280, "dark"), (390, "light")] {
        browser.size(width, 800);
        browser.theme(theme);
        // What changes is lit for a moment, and the colours of that moment are no colours to judge.
        browser.wait_for("document.getAnimations().length === 0");
        browser.look(&axe);
        let found = browser.look(
            "axe.run().then(found => found.violations.flatMap(it => \
             it.nodes.map(node => `${it.id}: ${node.html} ${node.failureSummary}`)))",
        );
        assert_eq!(found, json!([]), "{width} {theme}");
    }
}
