//! Looking back in a real browser: by the strip, by a deep link, by keys; a branch; captions; the
//! start screen.

use serde_json::json;

use super::axe;
use super::browser::Browser;
use super::server::Server;

/// Waits until the page looks at a past instant of this day.
fn wait_for_past(browser: &mut Browser, day: &str) {
    browser.wait_for(&format!(
        "document.body.dataset.past === 'past' \
         && document.querySelector('#day').textContent === '{day}'"
    ));
}

fn wait_for_now(browser: &mut Browser, day: &str) {
    browser.wait_for(&format!(
        "!document.body.dataset.past && document.querySelector('#day').textContent === '{day}'"
    ));
}

/// Welcome on its fifth day: everything is right, and the job was in quarantine on day 3.
fn welcome_at_its_end() -> Server {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/jump", r#"{"to":"4d 12h"}"#);
    server
}

pub fn a_drag_over_the_strip_looks_back_and_escape_returns(mut browser: Browser) {
    let server = welcome_at_its_end();
    browser.visit(&server, "");
    wait_for_now(&mut browser, "Day 4");
    let run = server.state()["run"]["id"].clone();
    browser.drag("#strip .track", 0.9, 0.68);
    wait_for_past(&mut browser, "Day 3");
    browser.wait_for("document.querySelector('#truth').textContent.includes('uarantine')");
    assert_eq!(browser.look("document.querySelector('#pause').disabled"), json!(true));
    let badge = browser.text("document.querySelector('.past-badge').textContent");
    assert!(badge.starts_with("◂ The past: day 3"), "{badge}");
    // A command is refused with its reason, whatever sends it.
    browser.press("c");
    browser.wait_for("document.querySelector('#toast').textContent.includes('looks at the past')");
    browser.press("Escape");
    wait_for_now(&mut browser, "Day 4");
    // Back on the browser leads to the past again, which is still there.
    browser.look("history.back()");
    wait_for_past(&mut browser, "Day 3");
    browser.click("#past .primary");
    wait_for_now(&mut browser, "Day 4");
    let state = server.state();
    assert_eq!((&state["run"]["id"], &state["clock"]["day"]), (&run, &json!("Day 4")));
    browser.assert_content();
}

/// What is at another server cannot be played again: the past shows what was recorded, and says so.
pub fn of_another_server_the_past_is_what_was_recorded(mut browser: Browser) {
    let (_target, server) = Server::into_another("welcome", "welcome-token");
    server.post("/api/v1/jump", r#"{"to":"2d 12h"}"#);
    browser.visit(&server, "#panel=log");
    let rows = |browser: &mut Browser, many: u64| {
        browser.wait_for(&format!(
            "document.querySelectorAll('#panel-log tbody tr').length === {many}"
        ));
    };
    rows(&mut browser, 14);
    browser.look("location.hash = '#panel=log&at=1d'");
    browser.wait_for("document.body.dataset.past === 'recorded'");
    rows(&mut browser, 12);
    browser.wait_for_words("#panel-log", "14 rows, 0 failed by now");
    browser.wait_for_words("#past", "cannot be played again: the two worlds are as they are now");
    browser.wait_for_words("#past .past-badge", "Recorded: day 1");
    browser.look("location.hash = '#panel=story&at=1d'");
    browser.wait_for("document.querySelectorAll('#panel-story .body > *').length >= 1");
    let told = "document.querySelector('#panel-story').textContent";
    browser.wait_for(&format!("{told}.includes('created all twelve') && !{told}.includes('Ben')"));
    browser.press("c");
    browser.wait_for("document.querySelector('#toast').textContent.includes('looks at the past')");
    browser.press("Escape");
    browser.wait_for(&format!("!document.body.dataset.past && {told}.includes('Ben')"));
    browser.assert_content();
}

/// What was broken then stands as a chip, which cannot be used and does not look so.
pub fn a_chip_of_the_past_mends_nothing_and_says_so(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/jump", r#"{"to":"3d 7h 12m"}"#);
    browser.visit(&server, "");
    let chip = "document.querySelector('button.chip')";
    let label = format!("{chip}?.getAttribute('aria-label')");
    browser.wait_for(&format!("{label}?.endsWith('broken on purpose. Mend it')"));
    let mark = format!("{chip}.querySelector('b').checkVisibility()");
    assert_eq!(browser.look(&mark), json!(true));
    browser.look("location.hash = '#at=3d+7h'");
    wait_for_past(&mut browser, "Day 3");
    browser.wait_for(&format!("{label}?.endsWith('was broken on purpose then')"));
    assert_eq!(browser.look(&mark), json!(false));
    assert_eq!(browser.look(&format!("getComputedStyle({chip}).cursor")), json!("default"));
    browser.look(&format!("{chip}.click()"));
    browser.wait_for("document.querySelector('#toast').textContent.includes('looks at the past')");
    browser.press("Escape");
    browser.wait_for(&format!("{label}?.endsWith('Mend it')"));
    browser.assert_content();
}

pub fn a_link_leads_into_the_past_with_its_panel_and_its_drawer(mut browser: Browser) {
    let server = welcome_at_its_end();
    browser.visit(&server, "#at=3d+1h&panel=log&about=user+cleo");
    wait_for_past(&mut browser, "Day 3");
    browser.wait_for("document.querySelector('#drawer h2')?.textContent.includes('Cleo')");
    browser.wait_for("document.querySelectorAll('#panel-log tbody tr').length > 0");
    let now =
        server.get("/api/v1/state?panel=log")["log"]["table"]["rows"].as_array().map(Vec::len);
    let now = now.expect("rows");
    assert!(now > 10, "{now} rows");
    // The log has no row of what came later.
    browser.wait_for(&format!("document.querySelectorAll('#panel-log tbody tr').length < {now}"));
    // An instant that is still to come is no past: the page says so and shows the run.
    browser.look("location.hash = '#at=4d+20h'");
    browser.wait_for("document.body.dataset.past === 'ahead'");
    browser.wait_for("document.querySelector('#day').textContent === 'Day 4'");
    assert_eq!(browser.look("document.querySelector('#pause').disabled"), json!(false));
    browser.look("location.hash = '#at=some+day'");
    browser.wait_for("document.body.dataset.past === 'refused'");
    browser.wait_for_words("#past", "`some day` is not a moment");
    browser.wait_for_words("#past", "What you see is the run as it is now.");
    assert_eq!(browser.look("document.querySelector('#pause').disabled"), json!(false));
    // A link with such an instant shows the run too.
    browser.go("about:blank");
    browser.wait_for("location.href === 'about:blank'");
    browser.visit(&server, "#at=nonsense");
    browser.wait_for("document.querySelectorAll('.row').length >= 12");
    browser.press("Escape");
    wait_for_now(&mut browser, "Day 4");
    browser.assert_content();
}

pub fn keys_alone_look_back_and_forth_compare_and_branch(mut browser: Browser) {
    let server = welcome_at_its_end();
    browser.visit(&server, "");
    wait_for_now(&mut browser, "Day 4");
    browser.look("document.querySelector('#strip').focus()");
    // From mark to mark, beginning at the instant looked at and not at the start of the run.
    browser.press("ArrowLeft");
    let mark = browser.text("document.activeElement.getAttribute('aria-label')");
    assert!(mark.starts_with("day 3 20:40"), "{mark}");
    browser.press_with_shift("ArrowLeft");
    browser.wait_for("document.body.dataset.past === 'past'");
    for _ in 0..4 {
        browser.press("PageUp");
    }
    wait_for_past(&mut browser, "Day 2");
    browser.press("End");
    wait_for_now(&mut browser, "Day 4");
    // A button does it too, on a phone with a panel open, and the buttons that go on are there.
    browser.size(390, 844);
    browser.look("location.hash = '#panel=log'");
    browser.wait_for("document.querySelector('#step').checkVisibility()");
    browser.click("#earlier");
    browser.wait_for("document.body.dataset.past === 'past'");
    browser.press("Escape");
    browser.size(1280, 720);
    wait_for_now(&mut browser, "Day 4");
    // From event to event, and over the last one back to now.
    browser.press(",");
    browser.wait_for("document.body.dataset.past === 'past'");
    let first = browser.text("location.hash");
    browser.press(",");
    let hash = json!(first);
    browser.wait_for(&format!("document.body.dataset.past === 'past' && location.hash !== {hash}"));
    browser.press(".");
    browser.wait_for(&format!("location.hash === {hash}"));
    browser.press(".");
    wait_for_now(&mut browser, "Day 4");

    browser.look("location.hash = '#at=3d+1h&panel=then_and_now'");
    wait_for_past(&mut browser, "Day 3");
    let cells = "[...document.querySelectorAll('#panel-then_and_now tbody tr')]\
                 .map(row => row.innerText)";
    browser.wait_for(&format!("{cells}.some(row => /active[^]*inactive/.test(row))"));
    // Back at now nothing is left to compare: the worlds are shown.
    browser.click("#past .primary");
    wait_for_now(&mut browser, "Day 4");
    browser.wait_for("location.hash === '' && document.querySelector('#worlds').checkVisibility()");
    browser.look("history.back()");
    wait_for_past(&mut browser, "Day 3");
    browser.press("b");
    browser.wait_for("document.querySelector('#toast').textContent.includes('goes on from day 3')");
    wait_for_now(&mut browser, "Day 3");
    browser.wait_for(
        "[...document.querySelectorAll('.badge')].some(it => it.textContent === 'branch')",
    );
    browser.look(
        "[...document.querySelectorAll('.badge')].find(it => it.textContent === 'branch').click()",
    );
    browser.wait_for("document.querySelector('#menu').matches(':popover-open')");
    let back = browser.text("document.querySelector('#menu .act').textContent");
    assert!(back.contains("Back to the run that was left, at day 4"), "{back}");
    browser.click("#menu .act");
    browser.wait_for("document.querySelector('#day').textContent === 'Day 4'");
    assert_eq!(server.state()["run"]["branch"], json!(null));
    browser.assert_content();
}

pub fn the_start_screen_says_what_will_be_seen_and_has_one_big_button(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    browser.visit(&server, "");
    browser.wait_for("!document.querySelector('#start').hidden");
    let says = browser.text("document.querySelector('#start').innerText");
    for part in ["Welcome: a week of joining", "12 people", "5 d", "moments", "expectations"] {
        assert!(says.contains(part), "{part}: {says}");
    }
    assert_eq!(browser.look("document.querySelector('#worlds').inert"), json!(true));
    browser.click("#start .big");
    browser.wait_for("document.querySelector('#start').hidden");
    assert_eq!(browser.look("document.querySelector('#worlds').inert"), json!(false));
    browser.wait_for("document.querySelectorAll('.row[data-mark=same]').length === 12");
    // It is there again where the run begins again, and gives way to whatever is opened.
    server.post("/api/v1/rerun", "");
    browser.wait_for("!document.querySelector('#start').hidden");
    browser.press("t");
    browser.wait_for("document.querySelector('#start').hidden");
    browser.press("T");
    browser.wait_for("!document.querySelector('#start').hidden");
    browser.press("n");
    browser.wait_for("document.querySelector('#start').hidden");
    browser.assert_content();
}

pub fn a_caption_pauses_time_and_every_caption_leads_to_its_moment(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused", "--speed", "max"]);
    browser.visit(&server, "#panel=story");
    browser.press("n");
    // The space bar does what the page shows beside it: the caption comes before the clock stands.
    browser.wait_for(
        "document.querySelectorAll('.said li').length === 1 \
         && document.querySelector('#state').textContent === 'paused'",
    );
    browser.look(
        "(select => { select.value = 'pause'; select.dispatchEvent(new Event('change')) })\
         (document.querySelector('#captions'))",
    );
    server.wait_for_state(|state| state["clock"]["captions"] == json!("pause"));
    for told in 2..5 {
        browser.press(" ");
        // At full speed time stops at the next caption all the same.
        browser.wait_for(&format!(
            "document.querySelectorAll('.said li').length === {told} \
             && document.querySelector('#state').textContent === 'paused'"
        ));
    }
    let first = browser.text("document.querySelector('.said li p').textContent");
    browser.look("document.querySelector('.said li .about').click()");
    wait_for_past(&mut browser, "Day 0");
    browser.wait_for(&format!(
        "document.querySelector('#caption p').textContent === {}",
        json!(first)
    ));
    browser.press("Escape");
    browser.wait_for("!document.body.dataset.past");
    browser.assert_content();
}

pub fn axe_finds_nothing_in_the_past(mut browser: Browser) {
    let axe = axe().expect("the trial is ignored without it");
    let (server, fresh) = (welcome_at_its_end(), Server::of("welcome", &["--paused"]));
    let past = "document.body.dataset.past === 'past'";
    let compared = "document.querySelectorAll('#panel-then_and_now tbody tr').length > 1";
    for (width, theme) in [
        (1280, "light"),
        (1280, "dark"),
        (1024, "light"),
        (1024, "dark"),
        (390, "light"),
        (390, "dark"),
    ] {
        browser.size(width, 800);
        browser.theme(theme);
        for (server, hash, ready) in [
            (&server, "#at=3d+7h+12m", past),
            (&server, "#at=3d+1h&panel=then_and_now", compared),
            (&server, "#at=4d+20h", "document.body.dataset.past === 'ahead'"),
            (&server, "#at=some+day", "document.body.dataset.past === 'refused'"),
            (&fresh, "", "!document.querySelector('#start').hidden"),
        ] {
            browser.go("about:blank");
            browser.wait_for("location.href === 'about:blank'");
            browser.go(&format!("{}/{hash}", server.url));
            browser.wait_for("document.body && document.body.dataset.ready");
            browser.wait_for(ready);
            browser.wait_for("document.getAnimations().length === 0");
            browser.look(&axe);
            let found = browser.look(
                "axe.run().then(found => found.violations.flatMap(it => \
                 it.nodes.map(node => `${it.id}: ${node.html} ${node.failureSummary}`)))",
            );
            assert_eq!(found, json!([]), "{width} {theme} {hash}");
            let wide = "document.scrollingElement.scrollWidth - innerWidth";
            assert_eq!(browser.look(wide), json!(0), "at {width} {hash} is wider than the window");
        }
    }
}
