//! The panels of mappings, runs on demand, expectations, plots and the scenario's file.

use super::*;

const STORY: &str = "title = 'a'\nends = '10d'\n[golinks]\ntoken = 'a-token-of-its-own'\n[people]\ngenerate = 4\nassigned = true\n\
    [user.ann]\nname = 'Ann Arbor'\nmail = 'Ann@contoso.example'\ndepartment = 'Sales'\n\
    [[entra.filters]]\ntitle = 'Sales'\nwhere = [{ attribute = 'department', is = 'EQUALS', value = 'Sales' }]\n\
    [[at]]\ntime = '0d'\ndo = 'start'\n\
    [[at]]\ntime = '1h'\nexpect.golinks.accounts.active = 1\nexpect.log.failures = 3\n\
    [[at]]\ntime = '2h'\ndo = { provision_on_demand = 'ann' }\n\
    [[fault]]\nname = 'down'\nrefuse = true\nfrom = '3h'\nuntil = '4d'\n\
    [[at]]\ntime = '4h'\ndo = { disable = 'ann' }\n\
    [[at]]\ntime = '9d'\nexpect.mails.sent = 0\n\
    [finally]\nworlds = 'agree'\n";

fn told<V>(minutes: u64, query: &str, view: fn(&panels::Scene<'_>) -> V) -> V {
    let (play, board) = board_of(STORY, minutes);
    view(&Snapshot::new(&board, &play, &LIVE).scene(&Query::parse(query)))
}

fn text(lines: &[Vec<drawer::parts::Piece>]) -> String {
    let line = |line: &Vec<drawer::parts::Piece>| {
        line.iter().map(|piece| piece.text.as_str()).collect::<String>()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn mappings_have_the_columns_of_the_portal_and_an_expression_is_tried_as_explain_does() {
    let panel = told(10, "narrow=ann+ToUpper([mail])", mappings::view);
    let row = panel.tables[0].rows.iter().find(|row| row.target == "userName");
    let row = row.expect("userName is mapped");
    assert_eq!((row.kind, row.matching), ("Direct", Some(1)), "{row:?}");
    assert_eq!(panel.filters[0].clauses, ["department EQUALS \"Sales\""]);
    let tried = panel.tried.expect("something was asked for");
    assert_eq!((&*tried.user, &tried.refused), ("ann", &None));
    assert!(text(&tried.steps).contains("ANN@CONTOSO.EXAMPLE"), "{tried:?}");
    assert!(text(&tried.scope).contains("department EQUALS \"Sales\": \"Sales\""), "{tried:?}");
    let refused = |query: &str| {
        let tried = told(10, query, mappings::view).tried.expect("something was asked for");
        tried.refused.expect("it is refused")
    };
    assert!(refused("narrow=an+[mail]").contains("did you mean `ann`"));
    assert!(refused("narrow=ann+ToUpper(").contains("error"), "the place is shown");
    assert!(refused("narrow=-+[mailNickname]").starts_with("Choose a user"), "nobody is chosen");
    assert_eq!(told(10, "", mappings::view).tried, None);
}

#[test]
fn a_run_on_demand_has_the_five_steps_of_the_portal() {
    let panel = told(125, "", on_demand::view);
    let run = &panel.runs[0];
    assert_eq!((&*run.name, run.result, run.steps.len()), ("Ann Arbor", "Skipped", 5), "{run:?}");
    let symbols: Vec<_> = run.steps.iter().map(|step| step.symbol).collect();
    assert_eq!(symbols, ["✓", "✓", "✓", "✓", "○"]);
    let says = "Ann Arbor: nothing was written (RedundantExport: the values in the source and in the \
                target already match).";
    assert_eq!(run.says, says);
    assert_eq!(run.steps[2].title, "Determine if user is in scope");
    assert!(text(&run.steps[4].lines).contains("RedundantExport"), "{run:?}");
    let found = told(125, "narrow=arb", on_demand::view).found;
    let actions: Vec<_> = found.iter().map(|it| (&*it.name, &*it.action)).collect();
    assert_eq!(actions, [("Ann Arbor", "{ provision_on_demand = \"ann\" }")]);
    action(&found[0].action);
    // Nothing is sent while GoLinks is down: the run ends with the connection test.
    let (mut play, mut board) = board_of(STORY, 200);
    play.act(action(&found[0].action)).expect("it can be done");
    let until = play.world().now() + Duration::from_secs(60);
    driver::run_to(&mut play, until);
    board.update(&play, &LIVE);
    let query = Query::default();
    let panel = on_demand::view(&Snapshot::new(&board, &play, &LIVE).scene(&query));
    let tones: Vec<_> = panel.runs[0].steps.iter().map(|step| step.tone).collect();
    assert_eq!(tones, ["bad", "idle", "idle", "idle", "idle"]);
    let says = &panel.runs[0].says;
    assert!(says.starts_with("The connection test failed: the connection was refused ("), "{says}");
}

#[test]
fn expectations_are_sentences_that_lead_to_their_moment() {
    let panel = told(70, "", checks::view);
    let parts: Vec<_> = panel.parts.iter().map(|part| (part.title, part.count)).collect();
    assert_eq!(parts, [("Failed", 1), ("To come", 2), ("Met", 1)]);
    let failed = &panel.parts[0].rows[0];
    assert_eq!(failed.sentence, "3 rows of the provisioning log are failures.");
    assert_eq!((&*failed.at, failed.jump.is_some()), ("day 0 09:00", true));
    assert_eq!(failed.why[0], "was 0");
    let to_come: Vec<_> =
        panel.parts[1].rows.iter().map(|row| (&*row.at, &*row.sentence)).collect();
    let want = [("day 9 08:00", "No mails were sent."), ("at the end", "The two worlds agree.")];
    assert_eq!(to_come, want);
    assert_eq!(panel.parts[2].rows[0].sentence, "1 account is active at GoLinks.");
    let card = told(70, "", expectations::view).items;
    assert_eq!(card[0].sentence, failed.sentence);
}

#[test]
fn the_file_is_shown_without_secrets_and_its_moment_is_lit() {
    let panel = told(70, "", file::view);
    assert!(!panel.lines.join("\n").contains("a-token-of-its-own"), "{:?}", panel.lines);
    let lit = |panel: &file::File| {
        let (from, to) = (panel.current.expect("it began"), panel.until.expect("it ends"));
        panel.lines[from - panel.first..=to - panel.first].join("\n")
    };
    let want = "[[at]]\ntime = '1h'\nexpect.golinks.accounts.active = 1\nexpect.log.failures = 3";
    assert_eq!(lit(&panel), want);
    let at = |line: usize| &*panel.lines[line - panel.first];
    assert_eq!(
        panel.met.iter().map(|line| at(*line)).collect::<Vec<_>>(),
        ["expect.golinks.accounts.active = 1"]
    );
    assert_eq!(
        panel.failed.iter().map(|line| at(*line)).collect::<Vec<_>>(),
        ["expect.log.failures = 3"]
    );
}

#[test]
fn plots_tell_what_happened_and_stay_small() {
    let panel = told(6 * 24 * 60, "", plots::view);
    let [accounts, requests, failures, cycles, exposure] = &panel.charts[..] else {
        panic!("five charts")
    };
    let series = |chart: &plots::Chart| {
        chart.series.iter().map(|it| (it.tone, it.last.clone())).collect::<Vec<_>>()
    };
    // Ann left while GoLinks was down, and kept her account for days.
    let last: Vec<_> = series(accounts).into_iter().map(|(_, last)| last).collect();
    assert_eq!(last, ["0", "0", "0"], "{}", accounts.says);
    let high = |nth: usize| accounts.series[nth].points.iter().map(|point| point.1).max();
    assert_eq!((high(0), high(1), high(2)), (Some(1_000), Some(1_000), Some(1_000)));
    assert!(requests.says.contains("answered with success"), "{}", requests.says);
    assert!(series(requests).iter().any(|(tone, last)| *tone == "idle" && last != "0"));
    assert_eq!(failures.series[1].tone, "limit");
    assert!(cycles.series[0].points.len() > 50, "{}", cycles.says);
    let down = told(3 * 24 * 60, "", plots::view);
    let bad = down.charts[3].series.iter().find(|it| it.tone == "bad");
    assert!(bad.is_some_and(|bad| !bad.points.is_empty()), "{:?}", down.charts[3]);
    assert_eq!((exposure.rows.len(), &*exposure.rows[0].name), (1, "ann"));
    assert!(exposure.rows[0].says.ends_with(", over"), "{exposure:?}");
    for chart in &panel.charts {
        assert!(!chart.says.is_empty() && !chart.table.is_empty(), "{chart:?}");
        assert!(chart.table.len() <= 60, "{}", chart.title);
        let columns = chart.columns.len();
        assert!(chart.table.iter().all(|row| row.len() == columns), "{chart:?}");
        for series in &chart.series {
            assert!(series.points.len() <= 330, "{} {}", series.name, series.points.len());
            let inside = |(x, y): &(u32, u32)| *x <= 1_000 && *y <= 1_000;
            assert!(series.points.iter().all(inside), "{series:?}");
        }
    }
    let before = told(0, "", plots::view);
    assert_eq!(before.charts.len(), 5);
}

#[test]
fn a_running_cycle_shows_its_pages_as_the_portal_does() {
    let text = "title = 'a'\nends = '2d'\n[people]\ngenerate = 400\nassigned = true\n\
                [entra.policy]\nprogress_page_size = 100\nconcurrency = 1\n[[at]]\ntime = '0d'\ndo = 'start'\n\
                [[fault]]\ndelay = '10s'\nwhen = { method = 'POST' }\n";
    let (play, board) = board_of(text, 30);
    let query = Query::default();
    let running = cycle_list::view(&Snapshot::new(&board, &play, &LIVE).scene(&query)).running;
    let running = running.expect("it takes an hour");
    assert!(running.says.contains("of 4 pages"), "{}", running.says);
    assert_eq!(running.percent, 25, "{}", running.says);
}

#[test]
fn the_directory_has_groups_with_what_can_be_done_to_them() {
    let text = "title = 'a'\nends = '2d'\n[golinks]\nprofile = 'generic'\n[entra.mappings]\ntemplate = 'scim'\n\
                [user.ann]\n[group.sales]\nmembers = ['ann']\n[group.rule]\nrule = 'user.department -eq \"Sales\"'\n";
    let (mut play, board) = board_of(text, 1);
    let look = |play: &Play, narrow: &str| {
        let query = Query { narrow: narrow.to_owned(), ..Query::default() };
        directory::view(&Snapshot::new(&board, play, &LIVE).scene(&query))
    };
    let first = look(&play, "sales").groups;
    assert_eq!(first.len(), 1);
    assert_eq!(
        (&*first[0].members, first[0].assigned, first[0].scope),
        ("1 member", false, "not in scope")
    );
    assert!(first[0].can.contains(&"assign_group"));
    play.act(action("{ assign = { group = 'sales' } }")).expect("it can be done");
    let then = &look(&play, "sales").groups[0];
    assert!(then.assigned && then.in_scope && then.can.contains(&"unassign_group"), "{then:?}");
    assert!(!look(&play, "rule").groups[0].by_hand);
    assert!(look(&play, "").attributes.contains(&"department"));
}

#[test]
fn a_job_that_is_deleted_is_never_called_not_started() {
    let story = "title = 'a'\nends = '2d'\n[user.ann]\n[[at]]\ntime = '0d'\ndo = 'start'\n\
                 [[at]]\ntime = '1h'\ndo = 'delete_job'\n";
    let (play, board) = board_of(story, 90);
    let query = Query::default();
    let snapshot = Snapshot::new(&board, &play, &LIVE);
    let scene = snapshot.scene(&query);
    let truth = truth::view(&scene);
    let says =
        "the provisioning job is deleted; nothing is provisioned, and what is at GoLinks stays.";
    assert_eq!((&*truth.word, &*truth.text), ("Deleted", says));
    let job = job::view(&scene);
    let can: Vec<&str> = job.can.iter().map(|command| command.action).collect();
    assert_eq!(can, ["start"]);
    assert_eq!(job_state::view(&scene).says, "Deleted");
}

#[test]
fn a_session_that_outlives_the_account_is_told_in_the_row_and_in_the_sentence() {
    let story = "title = 'a'\nends = '2d'\n[entra.policy]\nexposure_counts_sessions = true\n\
                 [golinks.sso]\nsession_on_deactivate = 'keep'\n[user.ann]\nname = 'Ann Okafor'\n\
                 [user.bob]\n[[at]]\ntime = '0d'\ndo = 'start'\n\
                 [[at]]\ntime = '1h'\ndo = [{ sign_in = 'ann' }, { disable = 'ann' }]\n";
    let (play, mut board) = board_of(story, 180);
    board.compare(&play);
    let query = Query::default();
    let snapshot = Snapshot::new(&board, &play, &LIVE);
    let scene = snapshot.scene(&query);
    let rows = worlds::view(&scene).rows;
    let ann = rows.iter().find(|row| row.handle == "ann").expect("she has a row");
    assert_eq!(ann.says, "same, but a session is open");
    assert_eq!(
        ann.why,
        ["At GoLinks a session is open, so the person is exposed since day 0 09:00."]
    );
    let next = truth::view(&scene).next.unwrap_or_default();
    assert!(
        next.starts_with("Ann Okafor is blocked in Entra and can still use GoLinks."),
        "{next}"
    );
}

#[test]
fn a_cell_of_a_matrix_is_named_with_its_values() {
    let text = "title = 'a'\nends = '2d'\n[matrix]\nentra.dialect = ['classic', 'compliant']\n[user.ann]\n";
    let (play, board) = board_of(text, 0);
    let query = Query::default();
    let snapshot = Snapshot::new(&board, &play, &LIVE);
    let badge = run::view(&snapshot.scene(&query)).badges.swap_remove(0);
    assert_eq!(badge.word, "cell 1 of 2");
    assert!(badge.text.contains("this is cell 1: entra.dialect = \"classic\"."), "{}", badge.text);
}
