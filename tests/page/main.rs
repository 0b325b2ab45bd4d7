//! The page in a real browser, served by the real program. Where there is no browser its tests are
//! listed as ignored, each with the reason.

mod breaking;
mod browser;
mod drawer;
mod first;
mod golinks;
mod look_back;
mod more;
mod panels;
mod report;
mod server;
mod sign_in;

use std::sync::{Arc, OnceLock};

use browser::{Browser, Chromium};
use libtest_mimic::{Arguments, Trial};
use serde_json::json;
use server::Server;

/// The browser of all tests, started by the first one that needs it.
static CHROMIUM: OnceLock<Arc<Chromium>> = OnceLock::new();

/// A trial for each of these functions, which get a tab of their own.
macro_rules! trials {
    ($($test:path,)+) => { vec![$(trial(stringify!($test), $test)),+] };
}

#[allow(clippy::print_stdout, reason = "a reader of the summary should see what was left out")]
fn main() {
    let mut trials = trials![
        the_first_ten_seconds_are_told_without_scrolling,
        every_control_is_a_command_to_the_server,
        a_person_is_changed_from_the_row_and_the_change_is_pending_until_the_next_cycle,
        names_are_text_whatever_they_hold,
        hidden_characters_of_a_client_are_written_out,
        many_people_are_dots_and_those_who_differ_are_rows,
        groups_stand_below_the_people,
        a_lost_connection_is_shown_and_taken_up_again,
        every_text_can_be_read_in_both_themes,
        forty_letters_and_forty_tabs_find_the_page_alive,
        ten_windows_side_by_side_all_show_what_happens,
        nothing_is_cut_off_at_any_width,
        the_application_that_is_shown_is_said_and_can_be_changed,
        of_a_server_that_is_not_ours_the_page_says_where_it_is_and_what_it_holds,
        drawer::a_click_on_a_person_tells_everything_and_back_goes_back,
        drawer::a_click_on_a_request_tells_what_was_sent_and_what_it_caused,
        drawer::a_group_has_its_members_and_they_open_too,
        drawer::what_was_done_by_hand_is_listed_and_its_scenario_runs,
        drawer::the_log_and_the_requests_are_narrowed_and_open_the_drawer,
        drawer::a_row_of_the_log_has_the_four_tabs_of_the_portal,
        breaking::a_fault_by_hand_has_a_chip_and_a_way_off,
        breaking::a_class_goes_from_moment_to_moment_and_reads_large,
        first::an_expired_secret_is_told_in_ten_seconds,
        first::green_rows_and_a_quarantine_are_told_in_ten_seconds,
        first::a_group_that_loses_all_its_members_is_told_in_ten_seconds,
        first::a_click_on_a_past_cycle_looks_back_at_it,
        first::time_stands_while_a_caption_is_read_and_goes_on_by_a_button,
        first::a_link_that_leads_nowhere_says_so,
        first::a_reload_shows_the_same_and_a_new_server_is_taken_up_without_one,
        panels::the_job_lights_its_state_and_is_tested_and_stopped,
        panels::a_click_on_a_cycle_jumps_to_it,
        panels::the_directory_is_changed_by_its_buttons,
        more::an_expression_is_tried_on_a_user_as_it_is_typed,
        more::a_run_on_demand_shows_the_five_steps,
        more::an_expectation_leads_to_its_moment_and_the_file_is_lit_there,
        more::plots_are_drawn_told_and_tabled,
        more::people_and_groups_are_made_and_changed_in_the_directory,
        more::the_running_cycle_has_a_bar,
        more::every_control_is_reached_by_keyboard,
        more::shapes_and_words_stay_in_forced_colours,
        more::a_finger_is_told_what_things_are,
        golinks::the_dashboard_leads_to_the_pages_of_golinks_and_back,
        golinks::the_owner_deactivates_a_person_and_issues_a_token,
        golinks::golinks_can_be_used_by_keyboard,
        golinks::the_owner_changes_a_setting_by_keyboard,
        golinks::a_user_signs_in_at_golinks_through_the_tenants_page,
        golinks::every_text_of_golinks_can_be_read_at_every_width,
    ];
    trials.extend(trials_of_the_past());
    trials.extend(axe_trials());
    trials.push(trial("picture", picture).with_ignored_flag(true).with_kind("run docs/picture.sh"));
    let end = libtest_mimic::run(&Arguments::from_args(), trials);
    if let Some(chromium) = CHROMIUM.get() {
        chromium.stop();
    }
    if browser::find().is_none() {
        println!("The page was not tested: {}.", browser::NONE);
    }
    end.exit();
}

/// The trials of what is past, of reports, and of signing in.
fn trials_of_the_past() -> Vec<Trial> {
    trials![
        look_back::a_drag_over_the_strip_looks_back_and_escape_returns,
        look_back::of_another_server_the_past_is_what_was_recorded,
        look_back::a_chip_of_the_past_mends_nothing_and_says_so,
        look_back::a_link_leads_into_the_past_with_its_panel_and_its_drawer,
        look_back::keys_alone_look_back_and_forth_compare_and_branch,
        look_back::the_start_screen_says_what_will_be_seen_and_has_one_big_button,
        look_back::a_caption_pauses_time_and_every_caption_leads_to_its_moment,
        report::a_report_in_one_file_shows_any_moment_and_asks_for_nothing,
        report::the_report_of_the_run_so_far_is_handed_out_by_a_button,
        report::an_overview_of_a_matrix_leads_to_each_of_its_cells,
        sign_in::a_person_signs_in_at_my_apps_and_out_again,
    ]
}

/// The trials by axe, of every kind of page.
fn axe_trials() -> [Trial; 4] {
    [
        axe_trial("axe_finds_nothing", axe_finds_nothing),
        axe_trial("axe_finds_nothing_in_the_past", look_back::axe_finds_nothing_in_the_past),
        axe_trial("axe_finds_nothing_at_golinks", golinks::axe_finds_nothing_at_golinks),
        sign_in::trial_by_axe(),
    ]
}

/// A test of the page, ignored where there is no browser to show it.
fn trial(name: &str, test: fn(Browser)) -> Trial {
    let Some(program) = browser::find() else {
        let left_out = Trial::test(name, || Err(browser::NONE.into()));
        return left_out.with_ignored_flag(true).with_kind("no browser");
    };
    Trial::test(name, move || {
        test(Browser::open(CHROMIUM.get_or_init(|| Chromium::start(&program))));
        Ok(())
    })
}

/// A test by axe-core, ignored where there is none.
fn axe_trial(name: &str, test: fn(Browser)) -> Trial {
    match axe() {
        Some(_) => trial(name, test),
        None => {
            trial(name, test).with_ignored_flag(true).with_kind("no axe-core in $SCIMULATOR_AXE")
        }
    }
}

impl Browser {
    fn visit(&mut self, server: &Server, hash: &str) {
        self.go(&format!("{}/{hash}", server.url));
        self.wait_for("document.body && document.body.dataset.ready");
    }

    fn assert_content(&mut self) {
        let complaints = self.complaints();
        assert!(complaints.is_empty(), "the console says: {complaints:#?}");
    }
}

fn the_first_ten_seconds_are_told_without_scrolling(mut browser: Browser) {
    let server = Server::of("welcome", &["--speed", "60x"]);
    browser.visit(&server, "");
    browser.wait_for("document.querySelectorAll('.row[data-mark=same]').length === 12");
    for (selector, words) in [
        ("#day", "Day 0"),
        ("#truth", "12 of 12 in scope are right at GoLinks"),
        ("#caption", "created all twelve"),
        ("#traffic", "created"),
        ("#expectations", "met"),
        ("title", "welcome"),
    ] {
        browser.wait_for_words(selector, words);
    }
    assert_eq!(
        browser.look(
            "[document.scrollingElement.scrollWidth, document.scrollingElement.scrollHeight]"
        ),
        json!([1280, 720])
    );
    let whole = |selector: &str| {
        format!(
            "(e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight)(document.querySelector('{selector}'))"
        )
    };
    for selector in
        ["#title", "#traffic-sum", "#expectations-sum", "#entra-sum", "#golinks-sum", "#truth p"]
    {
        assert_eq!(browser.look(&whole(selector)), json!(true), "{selector} is cut");
    }
    assert_eq!(browser.look(MARK_LEFTS), json!(1), "the marks stand below each other");
    browser.assert_content();
}

fn every_control_is_a_command_to_the_server(mut browser: Browser) {
    let server = Server::of("welcome", &[]);
    browser.visit(&server, "");
    browser.click("#pause");
    browser.wait_for("document.querySelector('#state').textContent === 'paused'");
    assert_eq!(server.state()["clock"]["paused"], json!(true));
    browser.press(" ");
    browser.wait_for("document.querySelector('#state').textContent === 'running'");
    browser.press("c");
    browser.wait_for("document.querySelector('#state').textContent === 'paused'");
    let before = browser.text("document.querySelector('#traffic-sum').textContent");
    browser.press(".");
    browser.wait_for(&format!(
        "document.querySelector('#traffic-sum').textContent !== {}",
        json!(before)
    ));
    browser.press("]");
    browser.wait_for("document.querySelector('#speed').value === '3600x'");
    browser.look("document.querySelector('#speed').value = 'max'; document.querySelector('#speed').dispatchEvent(new Event('change'))");
    browser.wait_for(
        "document.querySelector('#speed').selectedOptions[0].textContent === 'full speed'",
    );
    // The page shows the choice at once; the server hears of it a little later.
    server.wait_for_state(|state| state["clock"]["speed"] == json!("max"));
    browser.click(".mark.expectation[data-tone=due]");
    browser.wait_for("document.querySelector('#day').textContent !== 'Day 0'");
    browser.press("?");
    browser.wait_for("document.querySelector('dialog').open && location.hash === '#panel=help'");
    assert!(browser.text("document.querySelector('dialog').innerText").contains("curl -X POST"));
    browser.assert_content();
}

fn a_person_is_changed_from_the_row_and_the_change_is_pending_until_the_next_cycle(
    mut browser: Browser,
) {
    let server = Server::of("welcome", &[]);
    server.post("/api/v1/cycle", "");
    browser.visit(&server, "");
    browser.wait_for("document.querySelectorAll('.row[data-mark=same]').length === 12");
    browser.look("document.querySelector('.row .more').click()");
    browser.wait_for("document.querySelector('#menu').matches(':popover-open')");
    assert!(
        browser
            .text("document.querySelector('#menu .copy').title")
            .contains(r#"{"disable":"ann"}"#)
    );
    assert_eq!(
        browser.text("document.querySelectorAll('#menu .copy')[1].title"),
        r#"do = { disable = "ann" }"#
    );
    browser.click("#menu .act");
    browser.wait_for("document.querySelector('.row[data-mark=pending]')");
    assert!(
        browser
            .text("document.querySelector('.row[data-mark=pending]').innerText")
            .contains("blocked")
    );
    browser.press("c");
    browser.wait_for("document.querySelectorAll('.row[data-mark=same]').length === 12");
    browser.wait_for("document.querySelector('.row .status').textContent === 'inactive'");
    browser.assert_content();
}

fn names_are_text_whatever_they_hold(mut browser: Browser) {
    let evil = "<img src=x onerror=alert(1)>\\\"'&lt;";
    let server = Server::with(
        &format!(
            "title = \"{evil}\"\nends = \"1d\"\n[people]\nassigned = true\n[user.eve]\nname = \"{evil}\"\n\
             department = \"{evil}\"\n[[at]]\ntime = \"0d\"\nsay = \"{evil}\"\ndo = \"start\"\n"
        ),
        &["--speed", "max"],
    );
    browser.visit(&server, "");
    browser.wait_for("document.querySelector('.row')");
    for place in ["#title", "#caption p", ".person .name", ".person small"] {
        browser.wait_for_words(place, "<img src=x onerror=alert(1)>");
    }
    assert_eq!(browser.look("document.images.length"), json!(0));
    browser.assert_content();
}

fn hidden_characters_of_a_client_are_written_out(mut browser: Browser) {
    let server = Server::with(
        "title = \"t\"\nends = \"1d\"\n[people]\ngenerate = 3\n[golinks]\ntoken = \"golinks-demo-token\"\n",
        &["--paused"],
    );
    let user = r#"{"userName":"mel\u202egnp.exe\u200b\u001b[31m","active":true}"#;
    let created = server.scim("POST", "/scim/v2/Users?a=%E2%80%AE", "golinks-demo-token", user);
    assert!(created.contains("\"id\""), "{created}");
    browser.visit(&server, "#filter=differences");
    browser.wait_for("document.querySelector('.row[data-mark=extra]')");
    let page = browser.text("document.body.innerText");
    assert!(page.contains(r"mel\u{202e}gnp.exe\u{200b}\u{1b}[31m"), "{page}");
    let hidden = "[...document.querySelectorAll('body, body *')].flatMap(e => [...e.childNodes].filter(n => \
         n.nodeType === 3).map(n => n.data).concat([e.title, e.ariaLabel ?? ''])).filter(t => \
         /[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u200b\\u202a-\\u202e]/.test(t))";
    assert_eq!(browser.look(hidden), json!([]));
    browser.assert_content();
}

fn many_people_are_dots_and_those_who_differ_are_rows(mut browser: Browser) {
    let server = Server::with(
        "title = \"many\"\nends = \"1d\"\n[people]\ngenerate = 1000\nassigned = true\n[[at]]\ntime = \"0d\"\ndo = \"start\"\n\
         [[at]]\ntime = \"1h\"\ndo = { create_account = { userName = \"old@contoso.example\" } }\n",
        &["--speed", "max"],
    );
    browser.visit(&server, "");
    browser.wait_for("document.querySelectorAll('.dot[data-mark=same]').length === 1000");
    browser.wait_for_words("#golinks-sum", "1,001 accounts");
    browser.wait_for_words("#truth", "1,000 of 1,000 in scope");
    let heads = "[...document.querySelectorAll('.head.entra, .head.golinks, .tools')].map(it => it.clientHeight < 48)";
    assert_eq!(browser.look(heads), json!([true, true, true]), "each is one line high");
    browser.press("d");
    browser.wait_for("location.hash === '#filter=differences'");
    browser.wait_for("document.querySelectorAll('.row').length === 1");
    assert!(
        browser.text("document.querySelector('.row').innerText").contains("old@contoso.example")
    );
    browser.press("d");
    browser.look("location.hash = '#search=zzzz'");
    browser.wait_for("document.querySelector('.empty')");
    assert!(
        browser
            .text("document.querySelector('.empty').textContent")
            .contains("Nobody is called “zzzz”")
    );
    browser.assert_content();
}

fn groups_stand_below_the_people(mut browser: Browser) {
    let server = Server::of("name-and-people", &[]);
    server.post("/api/v1/cycle", "");
    browser.visit(&server, "");
    browser.wait_for("document.querySelectorAll('#groups .row[data-mark=same]').length === 1");
    let row = browser.text("document.querySelector('#groups .row').innerText");
    for part in ["Design", "3 members", "in scope"] {
        assert!(row.contains(part), "{row}");
    }
    browser.look("document.querySelector('#groups .more').click()");
    browser.wait_for("document.querySelector('#menu').matches(':popover-open')");
    assert_eq!(
        browser.text("document.querySelectorAll('#menu .copy')[1].title"),
        r#"do = { delete_group = "design" }"#
    );
    browser.click("#menu .act");
    browser.wait_for("document.querySelector('#groups .row[data-mark=pending]')");
    browser.press("c");
    browser.wait_for("document.querySelector('#groups .status').textContent === 'no group'");
    browser.assert_content();
}

fn forty_letters_and_forty_tabs_find_the_page_alive(mut browser: Browser) {
    let server = Server::with(
        "title = \"many\"\nends = \"1d\"\n[people]\ngenerate = 300\nassigned = true\n\
         [user.ann]\nname = \"Ann Okafor\"\n[[at]]\ntime = \"0d\"\ndo = \"start\"\n",
        &["--paused"],
    );
    server.post("/api/v1/cycle", "");
    browser.visit(&server, "");
    let all = "document.querySelectorAll('.dot[data-mark=same]').length === 301";
    browser.wait_for(all);
    browser.press("/");
    let letters = "ann okaforzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz";
    assert_eq!(letters.len(), 40);
    for letter in letters.chars() {
        browser.press(&letter.to_string());
    }
    browser.wait_for("document.querySelector('.empty')?.textContent.includes('zzzz')");
    // Back takes all letters away at once.
    browser.look("history.back()");
    browser.wait_for(all);
    browser.look("history.forward()");
    browser.wait_for("document.querySelector('.empty')?.textContent.includes('zzzz')");
    browser.press("Escape");
    browser.wait_for(all);
    browser.press("d");
    browser.wait_for("document.querySelector('.empty')");
    browser.press("d");
    browser.wait_for(all);
    let first = browser.tab();
    for _ in 0..40 {
        browser.open_tab(&server.url);
    }
    browser.wait_for(all);
    browser.turn_to(first);
    browser.press("c");
    // The cycle runs and the clock stands still again; a click before that would pause.
    browser.wait_for(
        "document.body.textContent.includes('cycle 3 in 40 m') \
         && document.querySelector('#state').textContent === 'paused'",
    );
    browser.look("document.querySelector('#pause').click()");
    browser.wait_for("document.querySelector('#state').textContent === 'running'");
    browser.wait_for(all);
    browser.assert_content();
}

fn ten_windows_side_by_side_all_show_what_happens(mut browser: Browser) {
    let server = Server::with(
        "title = \"windows\"\nends = \"1d\"\n[people]\ngenerate = 5\nassigned = true\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n",
        &["--paused"],
    );
    let mut windows = vec![browser.tab()];
    browser.visit(&server, "");
    for _ in 1..10 {
        windows.push(browser.open_window());
        browser.visit(&server, "");
    }
    // The last window has no connection of its own: what is done in it, and in the first, is seen
    // in all.
    browser.press("c");
    let same = "document.querySelectorAll('.row[data-mark=same]').length === 5";
    for window in &windows {
        browser.turn_to(window.clone());
        assert_eq!(browser.look("document.hidden"), json!(false));
        browser.wait_for(same);
        assert_eq!(browser.look("document.querySelector('#lost').hidden"), json!(true));
        browser.assert_content();
    }
    browser.look("document.querySelector('.row .more').click()");
    browser.wait_for("document.querySelector('#menu').matches(':popover-open')");
    browser.click("#menu .act");
    for window in &windows {
        browser.turn_to(window.clone());
        browser.wait_for("document.querySelectorAll('.row[data-mark=pending]').length === 1");
    }
    // A window without a connection of its own answers a search too.
    browser.press("/");
    for letter in "zzzz".chars() {
        browser.press(&letter.to_string());
    }
    browser.wait_for("document.querySelector('.empty')?.textContent.includes('zzzz')");
    let listening = "navigator.locks.query().then(it => it.held.length)";
    assert_eq!(browser.look(listening), json!(4), "and two connections are left");
}

fn a_lost_connection_is_shown_and_taken_up_again(mut browser: Browser) {
    let server = Server::on_a_port_of_its_own("welcome", &[]);
    let port = server.port().to_owned();
    browser.visit(&server, "");
    assert_eq!(browser.look("document.querySelector('#lost').hidden"), json!(true));
    drop(server);
    browser.wait_for("!document.querySelector('#lost').hidden");
    let server = Server::of("welcome", &["--port", &port]);
    browser.wait_for("document.querySelector('#lost').hidden");
    server.post("/api/v1/rerun", "");
    browser.wait_for("document.querySelector('#toast').textContent.includes('new run')");
}

fn nothing_is_cut_off_at_any_width(mut browser: Browser) {
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/jump", r#"{"to":"3d 7h 12m"}"#);
    browser.visit(&server, "");
    browser.wait_for("document.querySelector('.row[data-mark=differs]')");
    // A line ends before or after a duration, and not within one.
    let whole = "[...document.querySelectorAll('#truth .whole')].every(it => getComputedStyle(it).whiteSpace === 'nowrap') \
        && document.querySelectorAll('#truth .whole').length";
    assert_eq!(browser.look(whole), json!(2), "how long it has lasted, and when the next try is");
    let outside = "[...document.querySelectorAll('button, input, select, h2, .legend li, .mark-cell')] \
        .filter(e => e.checkVisibility() && !e.closest('.tabs')).filter(e => { const box = e.getBoundingClientRect(); \
        const card = e.closest('.card')?.getBoundingClientRect() ?? { left: 0, right: innerWidth }; \
        return box.right > card.right || box.left < card.left; }).map(e => e.outerHTML)";
    let wide = "document.scrollingElement.scrollWidth - innerWidth";
    let sideways = "[...document.querySelectorAll('.body, .card, .tools')].filter(e => e.checkVisibility() && \
        e.scrollWidth > e.clientWidth + 1).map(e => e.id || e.className)";
    let alone = server.tabs().into_iter().map(|name| format!("panel={name}"));
    // A panel beside the drawer has half of the room; two stand where the drawer is then.
    let beside = alone.clone().filter(|it| !["panel=break_it", "panel=story"].contains(&&**it));
    let beside: Vec<String> = beside.map(|it| format!("{it}&about=user+cleo")).collect();
    let others =
        ["about=user+cleo", "about=row+2", "about=settings", "present=yes"].map(str::to_owned);
    let all: Vec<String> = others.into_iter().chain(alone).chain(beside).collect();
    for (width, height) in [(1280, 720), (1181, 720), (1024, 768), (390, 844)] {
        browser.size(width, height);
        for hash in &all {
            browser.look(&format!("location.hash = '#{hash}'"));
            browser.wait_for(&format!(
                "location.hash === '#{hash}' && document.body.dataset.drawer === \
                ('{hash}'.includes('about') ? '' : undefined) && \
                (!'{hash}'.startsWith('panel') || document.querySelector('#{0} h2')?.checkVisibility())",
                hash.split('&').next().unwrap_or_default().replace('=', "-")
            ));
            browser.wait_for_rest();
            assert_eq!(browser.look(wide), json!(0), "at {width} with {hash}");
            assert_eq!(browser.look(sideways), json!([]), "at {width} with {hash}");
            let lines = "document.querySelector('#worlds').checkVisibility() && \
                document.querySelector('.heads').clientHeight";
            let one_line = width < 1000 || browser.look(lines).as_u64().unwrap_or(0) < 40;
            assert!(one_line, "at {width} with {hash} the heads of the worlds wrap");
        }
    }
    browser.look("location.hash = ''");
    for width in [360, 390, 640, 800, 980, 981, 1000, 1060, 1100, 1165, 1180, 1280, 1920] {
        browser.size(width, 800);
        browser.wait_for(&format!("innerWidth === {width}"));
        assert_eq!(browser.look(wide), json!(0), "at {width} the page is wider than the window");
        assert_eq!(browser.look(outside), json!([]), "at {width}");
        assert_eq!(browser.look(MARK_LEFTS), json!(1), "at {width} the marks stand in a line");
    }
}

/// In how many columns the marks of the rows stand.
const MARK_LEFTS: &str = "new Set([...document.querySelectorAll('.mark-cell b')] \
    .map(e => Math.round(e.getBoundingClientRect().x))).size";

/// The script of axe-core (`npm install axe-core`), which looks for what keeps people from using a
/// page.
#[allow(clippy::disallowed_methods, reason = "a script is a file")]
fn axe() -> Option<String> {
    std::fs::read_to_string(std::env::var_os("SCIMULATOR_AXE")?).ok()
}

fn axe_finds_nothing(mut browser: Browser) {
    let axe = axe().expect("the trial is ignored without it");
    let server = Server::of("welcome", &["--paused"]);
    server.post("/api/v1/jump", r#"{"to":"3d 7h 12m"}"#);
    let (widths, themes) = ([1280, 1024, 390], ["light", "dark"]);
    let panels: Vec<String> =
        server.tabs().iter().map(|name| format!("location.hash = '#panel={name}'")).collect();
    for (width, theme) in widths.into_iter().flat_map(|width| themes.map(|it| (width, it))) {
        browser.size(width, 800);
        browser.theme(theme);
        for open in [
            "",
            "document.querySelector('.more').click()",
            "document.querySelector('#job').click()",
            "location.hash = '#panel=help'",
            "location.hash = '#about=user+cleo'",
            "location.hash = '#about=group+design'",
            "location.hash = '#panel=mappings&narrow=cleo+%5Bmail%5D'",
            "location.hash = '#about=settings'",
            "location.hash = '#about=row+2'",
            "location.hash = '#present=yes'",
        ]
        .into_iter()
        .chain(panels.iter().map(String::as_str))
        {
            browser.visit(&server, "#");
            browser.wait_for("document.querySelector('.row[data-mark=differs]')");
            browser.look(&axe);
            browser.look(open);
            let shown = "[...document.querySelectorAll('.panel, #drawer')].some(e => \
                e.checkVisibility() && e.querySelector('h2'))";
            browser.wait_for(&format!(
                "(/panel=(?!help)|about=/.test({}) ? location.hash.length > 1 && {shown} : true)",
                json!(open)
            ));
            browser.wait_for_rest();
            let found = browser.look(
                "axe.run().then(found => found.violations.flatMap(it => \
                 it.nodes.map(node => `${it.id}: ${node.html} ${node.failureSummary}`)))",
            );
            assert_eq!(found, json!([]), "{width} {theme} {open}");
        }
    }
}

/// Every text that can be seen, with its contrast against what is behind it.
const CONTRASTS: &str = r#"(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (colour, under) => {
    canvas.fillStyle = under; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const css = ([r, g, b]) => `rgb(${r} ${g} ${b})`;
  const ground = (element) => {
    const under = element.parentElement ? ground(element.parentElement) : "white";
    return css(rgba(getComputedStyle(element).backgroundColor, under));
  };
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const element = text.parentElement;
    if (!text.textContent.trim() || !element.checkVisibility() || element.closest("option")) continue;
    const behind = ground(element);
    const [a, b] = [light(rgba(getComputedStyle(element).color, behind)), light(rgba(behind, "white"))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found.push([contrast, `${element.tagName} ${element.className} ${text.textContent.trim().slice(0, 30)}`]);
  }
  return found;
})()"#;

fn every_text_can_be_read_in_both_themes(mut browser: Browser) {
    let server = Server::of("welcome", &["--speed", "max"]);
    for theme in ["light", "dark"] {
        browser.theme(theme);
        for instant in ["1h", "3d 7h"] {
            server.post("/api/v1/jump", &json!({ "to": instant }).to_string());
            browser.visit(&server, "");
            browser.wait_for("document.querySelectorAll('.row').length >= 12");
            browser.wait_for_rest();
            let found = browser.look(CONTRASTS);
            let found = found.as_array().expect("a list");
            assert!(found.len() > 80, "{} texts", found.len());
            for pair in found {
                assert!(pair[0].as_f64() >= Some(4.5), "{theme}, {instant}: {pair}");
            }
        }
    }
}

/// Not a check: `docs/picture.sh` has the picture of the page taken here.
#[allow(clippy::disallowed_methods, reason = "a picture is a file")]
fn picture(mut browser: Browser) {
    let scenario = std::env::var("SCENARIO").unwrap_or_else(|_| "welcome".to_owned());
    let flags = std::env::var("FLAGS").unwrap_or_default();
    let flags: Vec<&str> =
        ["--speed", "600x"].into_iter().chain(flags.split_whitespace()).collect();
    let server = Server::of(&scenario, &flags);
    let to = std::env::var("JUMP").unwrap_or_else(|_| "3d 7h 12m".to_owned());
    server.post("/api/v1/jump", &json!({ "to": to }).to_string());
    if let Ok(theme) = std::env::var("THEME") {
        browser.theme(&theme);
    }
    if let Ok(size) = std::env::var("SIZE") {
        let (width, height) = size.split_once('x').expect("SIZE is like 1600x900");
        browser.size(width.parse().expect("a number"), height.parse().expect("a number"));
    }
    browser.visit(&server, &std::env::var("HASH").unwrap_or_default());
    browser.wait_for("document.querySelectorAll('.row, .dot').length > 0");
    let file = std::env::var("PICTURE").expect("PICTURE says where it goes");
    std::fs::write(file, browser.picture()).expect("the picture is written");
}

fn the_application_that_is_shown_is_said_and_can_be_changed(mut browser: Browser) {
    let alone = Server::of("welcome", &["--paused"]);
    browser.visit(&alone, "");
    assert_eq!(browser.look("document.querySelector('#app-label').hidden"), json!(true));
    let server = Server::of("sandbox", &["--paused"]);
    server.post("/api/v1/jump", r#"{"to":"20h"}"#);
    browser.visit(&server, "");
    let accounts = |text: &str| {
        format!("document.querySelector('#golinks-sum').textContent.includes('{text}')")
    };
    browser.wait_for(&accounts("3 accounts"));
    assert_eq!(browser.text("document.querySelector('#app').value"), "main");
    browser.look(
        "(select => { select.value = 'test'; select.dispatchEvent(new Event('change')) })\
         (document.querySelector('#app'))",
    );
    browser.wait_for(&accounts("2 accounts"));
    assert_eq!(browser.text("location.hash"), "#app=test");
    browser.click("#job");
    browser.wait_for("document.querySelector('#menu .act')");
    browser.look("[...document.querySelectorAll('#menu .act')].find(b => b.textContent.startsWith('Stop')).click()");
    browser.wait_for("document.querySelector('#job').textContent.includes('Paused')");
    let state = server.state();
    assert_eq!((&state["run"]["app"], &state["job"]["state"]), (&json!("main"), &json!("Active")));
    browser.assert_content();
}

fn of_a_server_that_is_not_ours_the_page_says_where_it_is_and_what_it_holds(mut browser: Browser) {
    let (target, server) = Server::into_another("name-and-people", "golinks-demo-token");
    let url = format!("{}/scim/v2", target.url);
    server.post("/api/v1/cycle", "");
    browser.visit(&server, "");
    browser.wait_for("document.querySelectorAll('#groups .row[data-mark=same]').length === 1");
    assert_eq!(browser.text("document.querySelector('#golinks-name').textContent"), "Target");
    assert_eq!(browser.text("document.querySelector('#golinks-name').title"), url);
    // The pages of the mock are not the target's; and before the page knows, it names neither.
    assert_eq!(browser.look("document.querySelector('#pages').hidden"), json!(true));
    let head = "fetch('/').then(it => it.text()).then(it => new DOMParser() \
        .parseFromString(it, 'text/html').body.textContent.includes('GoLinks'))";
    assert_eq!(browser.look(head), json!(false), "the page as it is sent names the mock");
    let run = browser.text("document.querySelector('#run').textContent");
    assert_eq!(run, format!("name-and-people → {}/scim/v2", target.host()));
    let badges = browser.text("document.querySelector('#badges').innerText");
    assert!(badges.contains("foreign target"), "{badges}");
    // The group that the page shows is there.
    let body = target.scim("GET", "/scim/v2/Groups", "golinks-demo-token", "");
    assert!(body.contains("\"displayName\":\"Design\""), "{body}");
    browser.assert_content();
}
