//! The lists of the log and of the requests, what is due, and what is not as Entra has it.

use super::*;

const STARTED: &str = "title = 'a'\nends = '2d'\n[golinks]\nprofile = 'generic'\n[entra.mappings]\ntemplate = 'scim'\n\
    [user.ann]\n[user.bob]\n[group.sales]\nassigned = true\nmembers = ['ann']\n[[at]]\ntime = '0d'\ndo = 'start'\n";

/// The state of a play that a page with this query would show.
fn told<V>(play: &Play, query: &str, view: fn(&panels::Scene<'_>) -> V) -> V {
    let mut board = Board::default();
    board.update(play, &LIVE);
    board.compare(play);
    view(&Snapshot::new(&board, play, &LIVE).scene(&Query::parse(query)))
}

fn cells(row: &drawer::parts::Row) -> Vec<&str> {
    row.cells.iter().map(|cell| cell.text.as_str()).collect()
}

#[test]
fn a_group_whose_change_is_due_is_pending_until_the_cycle_has_sent_it() {
    let (mut play, _) = board_of(STARTED, 60);
    let group = |play: &Play, query: &str| told(play, query, worlds::view).groups;
    assert_eq!(group(&play, "")[0].mark, "same");
    assert!(group(&play, "filter=differences").is_empty());
    play.act(action("{ add_member = { group = 'sales', user = 'bob' } }")).expect("it can be done");
    let due = group(&play, "");
    assert_eq!((due[0].mark, &*due[0].says), ("pending", "due in 20 m"), "{due:?}");
    assert!(due[0].why.iter().any(|why| why == "The change is due in 20 m."), "{due:?}");
    let shown = told(&play, "filter=differences", worlds::view);
    assert_eq!(shown.groups.len(), 1);
    let empty = shown.empty.expect("no person differs");
    assert_eq!(empty, "No person differs; a group does, see below.");
    let until = play.script().start + Duration::from_secs(90 * 60);
    driver::run_to(&mut play, until);
    assert_eq!((group(&play, "")[0].mark, &*group(&play, "")[0].golinks), ("same", "2 members"));
    let agree = told(&play, "filter=differences", worlds::view).empty;
    assert_eq!(agree.as_deref(), Some("No differences: the two worlds agree."));
}

#[test]
fn a_row_of_the_log_says_more_than_its_other_columns() {
    let text = "title = 'a'\nends = '2d'\n[user.ann]\n[user.bob]\n[[at]]\ntime = '0d'\ndo = 'start'\n\
                [[fault]]\nrespond = 500\nwhen = { method = 'POST', user = 'bob' }\n\
                [[at]]\ntime = '1h'\ndo = { update = { ann = { department = 'Legal' } } }\n\
                [[at]]\ntime = '2h'\ndo = { disable = 'ann' }\n";
    let (play, _) = board_of(text, 170);
    let table = told(&play, "", log::view).table;
    let more = |action: &str, status: &str| {
        let rows = table.rows.iter().map(cells);
        let mut rows = rows.filter(|row| row[2] == action && row[5] == status);
        rows.next().map(|row| row[6].to_owned()).unwrap_or_default()
    };
    assert_eq!(more("update", "success"), "changed: department");
    assert!(more("create", "success").ends_with("values written"), "{table:?}");
    assert_eq!(
        more("disable", "success"),
        "not active in the source system (blocked from sign-in)"
    );
    let failed = more("create", "failure");
    assert!(failed.starts_with("InternalServerError: ") && failed.contains("next try day 0 "));
    assert!(!failed.contains("bob") && !failed.contains("create"), "{failed}");
}

#[test]
fn probes_in_a_row_are_one_request_in_the_list() {
    let (play, _) = board_of(STARTED, 10 * 60);
    let rows = told(&play, "", requests::view).table.rows;
    let probes: Vec<_> =
        rows.iter().map(cells).filter(|row| row[2] == "connection probe").collect();
    assert!(probes.len() <= 3, "{probes:?}");
    assert!(probes.iter().any(|row| row[4].ends_with("in a row")), "{probes:?}");
    let told_of_group = rows.iter().any(|row| {
        row.cells[2].about.as_deref() == Some("group sales") && row.cells[3].about.is_some()
    });
    assert!(told_of_group, "a request about a group opens it");
}

#[test]
fn the_settings_that_are_not_entras_are_one_badge_and_a_list() {
    let text = "title = 'a'\nends = '2d'\n[entra.policy]\nquarantine_min_failures = 5\ncycle_interval = '20m'\n[user.ann]\n";
    let (play, _) = board_of(text, 1);
    let badges = told(&play, "", run::view).badges;
    let words: Vec<_> = badges.iter().map(|badge| (&*badge.word, badge.about)).collect();
    assert_eq!(words, [("2 settings are not Entra's", Some("settings"))]);
    let listed = told(&play, "about=settings", drawer::view);
    let table = listed.sections[1].table.as_ref().expect("a table");
    let row = table.rows.iter().map(cells).find(|row| row[4] == "quarantine_min_failures");
    let row = row.expect("the threshold");
    assert!(row[0].ends_with('.') && (row[1], row[2]) == ("5", "5000"), "{row:?}");
    assert!(told(&self::play("welcome"), "", run::view).badges.is_empty());
}

#[test]
fn the_page_of_one_application_has_a_badge_for_what_is_wrong_with_another() {
    let text = "title = 'a'\nends = '2d'\n[user.ann]\n[app.test]\nassigned = ['ann']\n[[at]]\ntime = '0d'\n\
                do = ['start', { start = true, app = 'test' }]\n[[at]]\ntime = '1h'\n\
                do = { delete_job = true, app = 'test' }\n";
    let (play, _) = board_of(text, 2 * 3600);
    let badges = |of: &str| told(&play, of, run::view).badges;
    let words: Vec<String> = badges("").into_iter().map(|badge| badge.word).collect();
    assert_eq!(words, ["test: the job is deleted"]);
    assert!(badges("app=test").is_empty(), "its own page says it in the sentence");
}

#[test]
fn a_clock_that_runs_past_the_end_has_not_ended() {
    let (mut play, board) = board_of(STARTED, 1);
    play.run_to_end();
    let word = |paused: bool| {
        let live = Live { paused, ..LIVE };
        clock::view(&Snapshot::new(&board, &play, &live).scene(&Query::default())).word
    };
    assert_eq!((word(true), word(false)), ("ended", "past the end"));
}

#[test]
fn a_run_that_stands_at_its_end_says_how_it_came_out() {
    let (mut play, board) = board_of(STARTED, 1);
    let look = |play: &Play, paused: bool| {
        let live = Live { paused, ..LIVE };
        let snapshot = Snapshot::new(&board, play, &live);
        let query = Query::default();
        let scene = snapshot.scene(&query);
        (truth::view(&scene), clock::view(&scene))
    };
    assert_ne!(look(&play, true).0.word, "Ended");
    play.run_to_end();
    let (truth, clock) = look(&play, true);
    assert_eq!((truth.word.as_str(), truth.text.as_str()), ("Ended", "nothing was expected."));
    assert!(!clock.moment_to_come);
    assert_ne!(look(&play, false).0.word, "Ended", "it runs on");
    let mut welcome = self::play("welcome");
    welcome.run_to_end();
    let all = welcome.checks().len();
    let board = Board::default();
    let live = Live { paused: true, ..LIVE };
    let said = truth::view(&Snapshot::new(&board, &welcome, &live).scene(&Query::default()));
    assert_eq!(said.text, format!("all {all} expectations are met."));
    assert_eq!(said.tone, "good");
}

#[test]
fn what_comes_next_is_the_end_of_a_fault_and_not_a_fault() {
    let fault = "\n[[fault]]\nname = \"outage\"\nfrom = \"5m\"\nuntil = \"8m\"\nrefuse = true\n";
    let next = |minutes: u64| {
        let (play, board) = board_of(&format!("{STARTED}{fault}"), minutes);
        let live = Live { paused: true, ..LIVE };
        clock::view(&Snapshot::new(&board, &play, &live).scene(&Query::default())).next_event
    };
    assert_eq!(next(4).as_deref(), Some("outage begins in 1 m"));
    assert_eq!(next(6).as_deref(), Some("outage ends in 2 m"));
}

#[test]
fn what_is_said_at_one_instant_is_one_caption() {
    let said = "\n[[at]]\ntime = \"5m\"\nsay = \"One.\"\n\n[[at]]\ntime = \"5m\"\nsay = \"Two.\"\n\n\
                [[at]]\ntime = \"6m\"\nsay = \"Three.\"\n";
    let caption = |minutes: u64| {
        let (play, _) = board_of(&format!("{STARTED}{said}"), minutes);
        play.caption().map(|(_, text)| text.to_owned())
    };
    assert_eq!(caption(5).as_deref(), Some("One.\nTwo."));
    assert_eq!(caption(6).as_deref(), Some("Three."));
}

#[test]
fn every_panel_counts_requests_on_one_basis_and_names_those_at_golinks_pages() {
    let (mut play, _) = board_of(STARTED, 60);
    let counted = *play.world().journal().counters();
    for path in ["/golinks/links", "/go/nothing"] {
        let request = http::Request::post(path).body(Default::default()).expect("a request");
        let _ = play.handle_external(Door::Pages, &request);
    }
    let now = *play.world().journal().counters();
    assert_eq!(now, crate::world::Counters { pages: 2, ..counted }, "nor are the answers counted");
    let sent = now.requests();
    let says = format!("{sent} requests and 2 at GoLinks' pages");
    assert!(told(&play, "", traffic::view).says.starts_with(&says));
    assert!(told(&play, "", requests::view).says.starts_with(&says));
    let plots = told(&play, "", plots::view);
    let chart = plots.charts.iter().find(|it| it.title.starts_with("Requests")).expect("a chart");
    let drawn: u64 = chart.series.iter().filter_map(|it| it.last.parse::<u64>().ok()).sum();
    assert_eq!(drawn, sent, "{chart:?}");
}

#[test]
fn whoever_can_be_provisioned_on_demand_is_offered_or_named_as_left_out() {
    let many: String = (0..114).map(|nth| format!("[user.u{nth}]\n")).collect();
    let many = STARTED.replace("[user.bob]\n", &format!("[user.bob]\ndepartment = 'Law'\n{many}"));
    let (play, _) = board_of(&many, 60);
    let offered = |query: &str| told(&play, query, on_demand::view);
    let names =
        |query: &str| offered(query).found.into_iter().map(|it| it.name).collect::<Vec<_>>();
    assert!(offered("").found.iter().any(|it| it.kind.starts_with("group")), "{:?}", offered(""));
    assert_eq!((names("").len(), names("narrow=u1").len()), (100, 25));
    let more = "The first 100 are offered; a name or a department finds the others.";
    assert_eq!(offered("").more.as_deref(), Some(more));
    assert_eq!((names("narrow=law").len(), offered("narrow=law").more), (1, None));
    let none = offered("narrow=nemo").more;
    assert_eq!(none.as_deref(), Some("No user or group here is called “nemo”."));
    let (few, _) = board_of(STARTED, 60);
    assert_eq!(told(&few, "", on_demand::view).more, None);
    let (mut one, _) = board_of(STARTED, 60);
    one.act(action("{ disable = 'bob' }")).expect("it can be done");
    let bob = told(&one, "narrow=bob", on_demand::view);
    assert_eq!(bob.found, [], "a run would be refused");
    let why = bob.more.expect("it says why");
    assert!(why.ends_with("does not find blocked users: a cycle disables them."), "{why}");
    let off = "[entra.mappings.groups]\nenabled = false\n[user.ann]\n";
    let (off, _) = board_of(&STARTED.replace("[user.ann]\n", off), 60);
    let sales = told(&off, "narrow=sales", on_demand::view).more.expect("it says why");
    assert!(sales.starts_with("The group sales cannot be provisioned"), "{sales}");
}

/// A cycle of half an hour, so that there is time to look at it while it runs.
const SLOW: &str = "title = 'a'\nends = '2d'\n[golinks]\nprofile = 'generic'\n\
    [entra.policy]\ninitial_duration_model = 'per_object'\ninitial_object_min = '10m'\n\
    initial_object_max = '10m'\n[user.ann]\n[user.bob]\n[user.cid]\n[group.sales]\nmembers = ['ann']\n\
    [[at]]\ntime = '0d'\ndo = 'start'\n";

#[test]
fn a_row_of_the_log_tells_its_steps_its_remedy_and_what_it_changed() {
    let text = format!(
        "{STARTED}[[at]]\ntime = '1h'\ndo = {{ update = {{ ann = {{ displayName = 'Ann B' }} }} }}\n\
         [[at]]\ntime = '2h'\ndo = {{ hire = {{ cid = {{ assigned = true }} }} }}\n\
         [[fault]]\nrespond = 500\nwhen = {{ method = 'POST', user = 'cid' }}\n"
    );
    let (play, _) = board_of(&text, 170);
    let log = told(&play, "", log::view).table;
    let about = |action: &str| {
        let row = log.rows.iter().find(|row| cells(row)[2] == action).expect("a row");
        row.cells[0].about.clone().expect("the date opens it").replace(' ', "+")
    };
    let drawer = |action: &str| told(&play, &format!("about={}", about(action)), drawer::view);
    let update = drawer("update");
    let titles: Vec<_> = update.sections.iter().map(|section| section.title).collect();
    let portal = ["Steps", "Troubleshooting & recommendations", "Modified properties", "Summary"];
    assert_eq!((titles, update.tabs), (portal.to_vec(), true));
    let rows = |drawer: &drawer::Drawer, nth: usize| {
        let table = drawer.sections[nth].table.clone().expect("a table");
        table.rows.iter().map(|row| cells(row).join(" | ")).collect::<Vec<_>>()
    };
    assert!(rows(&update, 2).iter().any(|row| row.ends_with("| Ann B")), "{update:?}");
    assert!(rows(&update, 3).iter().any(|row| row == "provisioningAction | update"), "{update:?}");
    let failed = drawer("create");
    assert_eq!(failed.title, "create cid: failure");
    let text: String = failed.sections[1].lines.iter().flatten().map(|it| &*it.text).collect();
    for part in ["Error code: ", "Reason: ", "Recommendation: "] {
        assert!(text.contains(part), "{text}");
    }
    let steps =
        failed.sections[0].lines.iter().map(|line| line.iter().map(|it| &*it.text).collect());
    let steps: Vec<String> = steps.collect();
    assert!(steps.iter().any(|line| line.ends_with("export failure")), "{steps:?}");
    let none = told(&play, "about=row+99", drawer::view);
    assert_eq!((none.tabs, none.sections.len()), (false, 1));
}

#[test]
fn what_is_counted_while_people_are_still_compared_is_said_to_be_that() {
    let text = "title = 'a'\nends = '1d'\n[people]\ngenerate = 20100\nassigned = true\n";
    let play = Play::new(load("a", text, &[]).unwrap_or_else(|_| panic!("it can be played")));
    let mut board = Board::default();
    board.update(&play, &LIVE);
    board.compare(&play);
    let query = Query::default();
    let says = |board: &Board| {
        let snapshot = Snapshot::new(board, &play, &LIVE);
        let scene = snapshot.scene(&query);
        (truth::view(&scene).text, worlds::view(&scene).entra)
    };
    let (text, entra) = says(&board);
    assert_eq!(text, "20,000 people are in scope; 100 people are still to be compared.");
    assert_eq!(entra, "20,100 people · still comparing");
    board.compare(&play);
    let (text, entra) = says(&board);
    assert_eq!(text, "20,100 people are in scope.");
    assert_eq!(entra, "20,100 people · 20,100 in scope");
}

#[test]
fn the_legend_counts_as_pending_what_the_rows_call_so_while_a_cycle_reads_everything() {
    // The deletion threshold has staged three; the cycle after that reads all users again.
    let text = SLOW
        .replace("[user.ann]", "[entra]\nscope = 'all'\ndelete_threshold = 2\n[user.ann]")
        .replace("[user.bob]", "[user.dan]\nassigned = false\n[user.bob]\nassigned = false")
        .replace("[user.cid]", "[user.cid]\nassigned = false")
        + "[[at]]\ntime = '2h'\ndo = [{ set_scope = 'assigned' }, 'restart']\n\
           [[at]]\ntime = '6h'\ndo = ['restart', { hire = { eve = { assigned = true } } }]\n";
    let mut seen = Vec::new();
    for minutes in [15, 125, 361] {
        let (play, _) = board_of(&text, minutes);
        let shown = told(&play, "", worlds::view);
        let marks = shown.rows.iter().map(|row| row.mark);
        let marks: Vec<_> = marks.chain(shown.groups.iter().map(|group| group.mark)).collect();
        for count in shown.counts.iter().filter(|it| it.mark != "outside") {
            let rows = marks.iter().filter(|mark| **mark == count.mark).count();
            assert_eq!(count.count, rows, "{count:?} of {marks:?}");
        }
        seen.extend(marks);
    }
    assert!(seen.contains(&"pending") && seen.contains(&"differs"), "{seen:?}");
}

#[test]
fn a_cycle_that_runs_has_what_it_will_not_look_at_again_due_in_the_next_one() {
    let text = format!("{SLOW}[[at]]\ntime = '25m'\ndo = {{ disable = 'ann' }}\n");
    let marks = |minutes| {
        let (play, _) = board_of(&text, minutes);
        let shown = told(&play, "", worlds::view);
        let pending = shown.counts.iter().find(|it| it.mark == "pending").expect("a count").count;
        let rows: Vec<_> = shown.rows.into_iter().map(|row| (row.mark, row.says)).collect();
        assert_eq!(rows.iter().filter(|(mark, _)| *mark == "pending").count(), pending);
        rows.iter().map(|(mark, says)| format!("{mark}: {says}")).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(marks(15), "same: same, pending: due now, pending: due now");
    assert_eq!(marks(26), "pending: due next cycle, same: same, pending: due now");
    let (play, _) = board_of(&text, 26);
    let first = |about: &str| {
        let drawer = told(&play, about, drawer::view);
        let line = &drawer.sections[0].lines[0];
        line.iter().map(|piece| (piece.tone, &*piece.text)).collect::<Vec<_>>()[1].0
    };
    // Beside a mark that says that something is due, nothing is said to be wrong.
    assert_eq!((first("about=user+ann"), first("about=user+bob")), ("warn", "good"));
    let members = told(&play, "about=group+sales", drawer::view);
    let table = members.sections.iter().find_map(|it| it.table.as_ref()).expect("a table");
    assert_eq!((table.rows[0].tone, cells(&table.rows[0])[1]), ("", "is in no group there"));
}

#[test]
fn a_countdown_says_the_same_wherever_it_stands() {
    for minutes in [41, 45, 75] {
        let (play, _) = board_of(STARTED, minutes);
        let bar = told(&play, "", clock::view).next_cycle.expect("one is due");
        let sentence = told(&play, "", truth::view).next.expect("one is due");
        let wait = |text: &str| text.split_once(" in ").map(|(_, wait)| wait.to_owned());
        assert_eq!(wait(&bar), wait(sentence.trim_end_matches('.')), "{bar} {sentence}");
    }
}
