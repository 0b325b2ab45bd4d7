//! The panels of mappings, runs on demand, expectations, plots, the scenario and the directory, and
//! how they are reached, in a real browser.

use serde_json::json;

use super::browser::Browser;
use super::server::Server;

/// Fills a field as typing does.
fn fill(browser: &mut Browser, selector: &str, text: &str) {
    browser.look(&format!(
        "(field => {{ field.value = {}; field.dispatchEvent(new Event('input', {{ bubbles: true }})) }})\
         (document.querySelector({}))",
        json!(text),
        json!(selector)
    ));
}

/// Whether the text of an element contains these words.
fn says(selector: &str, words: &str) -> String {
    format!("document.querySelector({})?.textContent.includes({})", json!(selector), json!(words))
}

pub fn an_expression_is_tried_on_a_user_as_it_is_typed(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/cycle", "");
    browser.visit(&server, "#panel=mappings");
    browser.wait_for("document.querySelectorAll('.mapped tbody tr').length >= 5");
    for words in ["Direct", "userPrincipalName", "Always"] {
        browser.wait_for(&says("#panel-mappings .mapped", words));
    }
    browser.look("document.querySelector('.mapped tbody button').click()");
    fill(&mut browser, "#try-user", "cleo");
    browser.wait_for(&says("#panel-mappings .steps", "value"));
    browser.wait_for(&says("#panel-mappings", "Scope of cleo, clause by clause"));
    fill(&mut browser, "#try-expression", "ToUpper([displayName])");
    browser.wait_for(&says("#panel-mappings .steps", "CLEO D'ANGELO"));
    assert!(browser.text("location.hash").contains("ToUpper"), "the link holds it");
    fill(&mut browser, "#try-expression", "ToUpper(");
    browser.wait_for(&says("#panel-mappings pre", "error"));
    browser.assert_content();
}

pub fn a_run_on_demand_shows_the_five_steps(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/cycle", "");
    browser.visit(&server, "#panel=on_demand");
    fill(&mut browser, "#panel-on_demand input", "cleo");
    browser.wait_for("document.querySelectorAll('#panel-on_demand .act').length === 1");
    browser.look("document.querySelector('#panel-on_demand .act').click()");
    // The clock goes on by itself, as far as the requests need it.
    browser.wait_for("document.querySelectorAll('.step-card').length === 5");
    for words in ["Test connection", "Determine if user is in scope", "Perform action"] {
        browser.wait_for(&says(".cards", words));
    }
    browser.look("document.querySelector('.runs .about').click()");
    browser.wait_for(&says("#drawer h2", "Cleo"));
    browser.assert_content();
}

pub fn an_expectation_leads_to_its_moment_and_the_file_is_lit_there(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/jump", r#"{"to":"3d 7h 12m"}"#);
    browser.visit(&server, "#panel=checks");
    browser.wait_for(&says("#panel-checks", "12 accounts are active at GoLinks."));
    let to_come = "[...document.querySelectorAll('.checked')].some(it => \
                   it.textContent.startsWith('To come'))";
    browser.wait_for(to_come);
    browser.look("location.hash = '#panel=file'");
    browser.wait_for("document.querySelector('.file [aria-current]')");
    let line = "Number(document.querySelector('.file [aria-current]').dataset.line)";
    let later = browser.look(line).as_u64().expect("a line");
    assert!(
        browser.look("document.querySelectorAll('.file [data-lit]').length > 1") == json!(true)
    );
    assert_eq!(
        browser.look("document.querySelector('.file').textContent.includes('golinks-demo-token')"),
        json!(false)
    );
    browser.look("location.hash = '#panel=checks'");
    browser.wait_for("document.querySelector('#panel-checks').checkVisibility()");
    browser.look(
        "[...document.querySelectorAll('#panel-checks .about')]\
         .find(it => it.textContent.startsWith('day 2')).click()",
    );
    browser.wait_for("document.querySelector('#day').textContent === 'Day 2'");
    browser.click("#tabs [data-name=file]");
    browser.wait_for(&format!("{line} < {later}"));
    browser.assert_content();
}

pub fn plots_are_drawn_told_and_tabled(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/jump", r#"{"to":"4d"}"#);
    browser.visit(&server, "#panel=plots");
    browser.wait_for("document.querySelectorAll('.chart').length === 5");
    browser.wait_for(
        "[...document.querySelectorAll('.chart path.line')].some(it => it.getBBox().width > 500)",
    );
    browser.wait_for(
        "[...document.querySelectorAll('.chart path.bar')].some(it => it.getBBox().height > 50)",
    );
    let told = "[...document.querySelectorAll('.chart svg[role=img]')].every(it => it.ariaLabel.length > 20)";
    assert_eq!(browser.look(told), json!(true), "each picture has words");
    // Lines of one chart differ by their dashes, not by colour alone.
    let dashes = "[...document.querySelectorAll('.chart')].every(chart => { \
        const lines = [...chart.querySelectorAll('.drawing path.line')].map(it => it.getAttribute('stroke-dasharray')); \
        return new Set(lines).size === lines.length; })";
    assert_eq!(browser.look(dashes), json!(true));
    browser.look("document.querySelector('.chart details').open = true");
    browser.wait_for("document.querySelectorAll('.chart details td').length > 8");
    browser.wait_for(&says(".chart details", "In scope"));
    browser.wait_for("document.querySelector('.lying .about')?.textContent === 'cleo'");
    browser.look("document.querySelector('.lying .about').click()");
    browser.wait_for(&says("#drawer h2", "Cleo"));
    browser.assert_content();
}

pub fn people_and_groups_are_made_and_changed_in_the_directory(mut browser: Browser) {
    let server = Server::of("name-and-people", &["--paused"]);
    server.post("/api/v1/cycle", "");
    browser.visit(&server, "#panel=directory");
    browser.wait_for("document.querySelector('#panel-directory tr[data-handle=ada]')");
    let submit = |browser: &mut Browser, form: &str, fields: &[(&str, &str)]| {
        for (name, value) in fields {
            fill(browser, &format!("form[aria-label='{form}'] [name={name}]"), value);
        }
        browser
            .look(&format!("document.querySelector(\"form[aria-label='{form}'] button\").click()"));
    };
    let row = |handle: &str| format!("#panel-directory tr[data-handle='{handle}']");
    submit(&mut browser, "Hire", &[("name", "Zoë Park"), ("department", "Sales")]);
    browser.wait_for(&says(&row("zoe.park"), "Sales"));
    submit(
        &mut browser,
        "Edit",
        &[("user", "zoe.park"), ("attribute", "department"), ("value", "Legal")],
    );
    browser.wait_for(&says(&row("zoe.park"), "Legal"));
    submit(&mut browser, "New group", &[("name", "Legal")]);
    browser.wait_for(&says(&row("legal"), "0 members"));
    submit(&mut browser, "Members", &[("user", "zoe.park"), ("group", "legal")]);
    browser.wait_for(&says(&row("legal"), "1 member"));
    browser.look(&format!(
        "document.querySelector(\"{} [data-verb=unassign_group]\").click()",
        row("legal")
    ));
    browser.wait_for(&says(&row("legal"), "✕ not in scope"));
    browser.look("location.hash = '#panel=by_hand'");
    browser.wait_for("document.querySelectorAll('#panel-by_hand tbody tr').length === 5");
    browser.assert_content();
}

pub fn the_running_cycle_has_a_bar(mut browser: Browser) {
    let server = Server::with(
        "title = \"slow\"\nends = \"2d\"\n[people]\ngenerate = 300\nassigned = true\n\
         [entra.policy]\nprogress_page_size = 100\nconcurrency = 1\n[[at]]\ntime = \"0d\"\ndo = \"start\"\n\
         [[fault]]\ndelay = \"10s\"\nwhen = { method = \"POST\" }\n",
        &["--paused"],
    );
    server.post("/api/v1/jump", r#"{"to":"25m"}"#);
    browser.visit(&server, "#panel=cycle_list");
    browser.wait_for("document.querySelector('.progress')?.ariaValueNow === '33'");
    browser.wait_for(&says("#panel-cycle_list", "1 of 3 pages"));
    browser.assert_content();
}

/// What can be pressed, typed into or scrolled on the page now, but cannot be reached by Tab.
const UNREACHED: &str = "[...document.querySelectorAll('button, input, select, summary, a[href], [onclick]')] \
    .filter(it => it.checkVisibility() && !it.disabled && it.tabIndex < 0 \
        && !it.closest('.strip')).map(it => it.outerHTML)";

/// Regions that scroll and cannot be scrolled by keyboard.
const UNSCROLLED: &str = "[...document.querySelectorAll('*')].filter(it => it.checkVisibility() \
    && ['auto', 'scroll'].includes(getComputedStyle(it).overflowY) && it.scrollHeight > it.clientHeight + 1 \
    && it.tabIndex < 0 && !it.querySelector('a, button, input, select') \
    && it !== document.scrollingElement).map(it => it.className || it.id)";

pub fn every_control_is_reached_by_keyboard(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/jump", r#"{"to":"3d 7h 12m"}"#);
    let names = server.tabs();
    assert!(names.len() >= 13, "{names:?}");
    for name in names {
        browser.visit(&server, "#");
        browser.look(&format!("location.hash = '#panel={name}'"));
        browser.wait_for(&format!("document.querySelector('#panel-{name} h2')?.checkVisibility()"));
        assert_eq!(browser.look(UNREACHED), json!([]), "{name}");
        assert_eq!(browser.look(UNSCROLLED), json!([]), "{name}");
    }
    // A panel is opened, and a user in it, by keys alone.
    browser.visit(&server, "#");
    browser.look("document.activeElement?.blur()");
    browser.press("t");
    browser.wait_for("location.hash === '#panel=break_it'");
    browser.press("T");
    browser.wait_for("location.hash === '' && document.querySelector('.row .name')");
    browser.look("document.querySelector('.row .name').focus()");
    browser.look("document.activeElement.click()");
    browser.wait_for("document.activeElement.closest('#drawer')");
    browser.press("Escape");
    browser.wait_for("document.querySelector('#drawer').hidden");
    browser.assert_content();
}

pub fn shapes_and_words_stay_in_forced_colours(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/jump", r#"{"to":"3d 7h 12m"}"#);
    browser.forced_colours();
    browser.visit(&server, "");
    browser.wait_for("matchMedia('(forced-colors: active)').matches");
    browser.wait_for(
        "document.querySelector('.row[data-mark=differs] .mark-cell b').textContent === '≠'",
    );
    // What is a colour alone elsewhere has a border or a fill of the system's here.
    let seen = |selector: &str, property: &str| {
        format!(
            "(it => it && getComputedStyle(it).{property} !== getComputedStyle(it.parentElement).backgroundColor)\
             (document.querySelector({}))",
            json!(selector)
        )
    };
    browser.wait_for(&seen(".now", "backgroundColor"));
    browser.wait_for(&seen(".mark.cycle", "backgroundColor"));
    browser.look("location.hash = '#panel=plots'");
    browser.wait_for(&seen(".chart path.line", "stroke"));
    browser.look("location.hash = '#panel=job_state'");
    browser.wait_for(&seen(".states [aria-current]", "borderTopColor"));
    browser.look("location.hash = '#panel=file'");
    browser.wait_for(&seen(".file [data-lit]", "borderLeftColor"));
    browser.assert_content();
}

pub fn a_finger_is_told_what_things_are(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/action", r#"{"disable":"ann"}"#);
    browser.visit(&server, "");
    browser.size(390, 844);
    browser.wait_for_words("#badges", "by hand");
    let told =
        |words: &str| format!("!document.querySelector('#tip').hidden && {}", says("#tip", words));
    // A tap on what does nothing tells what it is, and goes on telling.
    browser.touch(".legend li[data-mark=pending]", "true");
    browser.wait_for(&told("A cycle is to send this change"));
    // A finger that rests on a button asks, and does nothing.
    browser.touch("#cycle", &told("Jump to the end of the next provisioning cycle"));
    browser.touch("#badges .badge", &told("Done by hand; a click copies it"));
    assert_eq!(server.state()["job"]["cycle"], json!(null), "no cycle has run");
    // A tap does what the button says.
    browser.touch("#cycle", "true");
    server.wait_for_state(|state| state["worlds"]["golinks"] == json!("11 accounts · 11 active"));
    // The keyboard is told the same.
    browser.look("document.querySelector('#badges .badge').focus()");
    browser.wait_for(&told("Done by hand"));
    browser.assert_content();
}
