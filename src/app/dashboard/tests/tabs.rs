//! The panels that a tab opens: job, cycles, directory.

use super::*;

const QUARANTINED: &str = "title = 'a'\nends = '40d'\n[user.ann]\n[entra]\nnotify = 'ops@contoso.example'\n\
    [[at]]\ntime = '0d'\ndo = 'start'\n[[at]]\ntime = '1h'\ndo = 'revoke_token'\n";

fn job_after(text: &str, minutes: u64) -> job_state::JobState {
    let (play, board) = board_of(text, minutes);
    job_state::view(&Snapshot::new(&board, &play, &LIVE).scene(&Query::default()))
}

/// The only state that is lit.
fn lit(job: &job_state::JobState) -> &'static str {
    let lit: Vec<_> = job.states.iter().filter(|state| state.on).map(|state| state.name).collect();
    assert_eq!(lit.len(), 1, "{lit:?}");
    lit[0]
}

#[test]
fn exactly_one_state_of_the_job_is_lit() {
    let stopped = "title = 'a'\nends = '2d'\n[user.ann]\n[[at]]\ntime = '0d'\ndo = 'start'\n\
                   [[at]]\ntime = '1h'\ndo = 'stop'\n";
    let manual = "title = 'a'\nends = '2d'\n[entra]\nmode = 'manual'\n[user.ann]\n";
    let cases = [
        (manual, 10, "NotConfigured"),
        ("title = 'a'\nends = '2d'\n[user.ann]\n", 10, "NotRun"),
        (stopped, 30, "Active"),
        (stopped, 90, "Paused"),
        (QUARANTINED, 8 * 60, "Quarantine"),
        (QUARANTINED, 35 * 24 * 60, "Disabled"),
    ];
    for (text, minutes, state) in cases {
        assert_eq!(lit(&job_after(text, minutes)), state, "after {minutes} minutes of {text}");
    }
}

#[test]
fn the_job_of_a_deleted_application_offers_nothing_and_is_in_no_state() {
    let story = "title = 'a'\nends = '40d'\n[user.ann]\n[[at]]\ntime = '0d'\ndo = 'start'\n\
                 [[at]]\ntime = '1h'\ndo = { graph = { delete = '/servicePrincipals/{main}' } }\n";
    for (minutes, how) in [(90, "into the recycle bin"), (32 * 24 * 60, "for good")] {
        let job = job_after(story, minutes);
        assert_eq!((&*job.says, job.can.len()), ("Deleted with the application", 0), "{job:?}");
        assert!(job.states.iter().all(|state| !state.on), "{job:?}");
        assert!(job.next.len() == 1 && job.next[0].contains(how), "{:?}", job.next);
    }
}

#[test]
fn the_ladder_has_the_attempts_around_now_and_the_end() {
    let job = job_after(QUARANTINED, 8 * 60);
    let places: Vec<_> = job.ladder.iter().map(|rung| rung.place).collect();
    assert_eq!(places, ["past", "next", "later", "later", "later", "later", "end"]);
    let next = &job.ladder[1];
    assert_eq!((&*next.at, &*next.says), ("day 0 21:20", "attempt 2, in 5 h 20 m"));
    assert!(job.ladder[6].at.starts_with("day 28"), "{:?}", job.ladder[6]);
    let words = job.quarantine.last().expect("sentences");
    assert!(words.contains("EncounteredQuarantineException"), "{:?}", job.quarantine);
    assert!(job.quarantine.iter().any(|said| said == "1 attempt has failed since."));
    assert_eq!((job.mails.len(), &*job.mails[0].to), (1, "ops@contoso.example"));
    let given_up = job_after(QUARANTINED, 35 * 24 * 60);
    let last = given_up.ladder.last().expect("the end");
    assert_eq!((last.place, &*last.at), ("end", "now"));
    assert!(given_up.ladder.iter().all(|rung| rung.place != "next"), "{:?}", given_up.ladder);
}

#[test]
fn the_gauges_count_what_failed_and_the_guard_lists_what_it_holds() {
    let failing = "title = 'a'\nends = '2d'\n[people]\ngenerate = 3\nassigned = true\n\
                   [entra.policy]\nquarantine_min_failures = 6\n[[at]]\ntime = '0d'\ndo = 'start'\n\
                   [[fault]]\nrespond = { status = 500 }\nwhen = { method = 'POST' }\n";
    let gauges = job_after(failing, 10).gauges;
    assert_eq!((&*gauges[0].says, gauges[0].share, gauges[0].reached), ("3 of 6", 500, false));
    let guarded = "title = 'a'\nends = '2d'\n[entra]\ndelete_threshold = 2\n[user.ann]\n[user.bob]\n\
                   [[at]]\ntime = '0d'\ndo = 'start'\n[[at]]\ntime = '1h'\ndo = { disable = ['ann', 'bob'] }\n\
                   [[at]]\ntime = '2h'\ndo = { enable = 'bob' }\n";
    let job = job_after(guarded, 150);
    let gauge = job.guard.gauge.expect("the guard is on");
    assert_eq!((&*gauge.says, gauge.reached), ("2 of 2", true));
    let cells = |row: &drawer::parts::Row| {
        row.cells.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>().join(" ")
    };
    let staged: Vec<_> = job.guard.staged.rows.iter().map(cells).collect();
    assert_eq!(staged, ["ann user about to lose access", "bob user back in scope"]);
    assert!(job.can.iter().any(|command| command.action == "allow_deletes"));
    let open = job_after(failing, 10).guard;
    assert!(open.gauge.is_none() && open.says[0].contains("off"), "{open:?}");
}

#[test]
fn cycles_are_listed_newest_first_and_a_quiet_row_of_them_is_one_line() {
    let text = "title = 'a'\nends = '12d'\n[user.ann]\n[user.bob]\n[[at]]\ntime = '0d'\ndo = 'start'\n\
                [[at]]\ntime = '1h'\ndo = { disable = 'ann' }\n";
    let listed = |minutes| {
        let (play, board) = board_of(text, minutes);
        let shown = cycle_list::view(&Snapshot::new(&board, &play, &LIVE).scene(&Query::default()));
        (shown, play)
    };
    let (shown, play) = listed(100);
    let numbers: Vec<u64> = shown.rows.iter().map(|row| row.number).collect();
    assert_eq!((numbers, &*shown.says), (vec![3, 2, 1], "3 cycles have ended"));
    let [third, second, first] = &shown.rows[..] else { panic!("three rows") };
    assert_eq!((first.kind, first.created, first.tone), ("initial", 2, "good"));
    assert_eq!(first.instant, play.world().start().rfc3339());
    assert_eq!((second.disabled, second.tone, third.disabled, third.tone), (0, "", 1, "good"));
    assert!(shown.rows.iter().any(|row| row.share == 1_000));
    let (shown, play) = listed(11 * 24 * 60);
    let total = play.world().entra().job().counters().cycles;
    assert!(total > 300);
    let [quiet, third, ..] = &shown.rows[..] else { panic!("four rows") };
    assert_eq!((shown.rows.len(), quiet.number, third.number), (4, total, 3));
    assert_eq!((quiet.numbers.clone(), third.disabled), (format!("4–{total}"), 1));
    assert_eq!(quiet.result, format!("Succeeded, {} in a row", total - 3));
    let fourth = play.world().start() + Duration::from_secs(3 * 40 * 60);
    assert_eq!(quiet.instant, fourth.rfc3339());
    let to = quiet.to.as_deref().expect("there are several");
    assert!(quiet.at == "day 0 10:00" && to.starts_with("day 1"), "{quiet:?}");
    let line = "; those in a row that found nothing to do are one line";
    assert_eq!(shown.says, format!("{total} cycles have ended{line}"));
    assert_eq!(listed(0).0.says, "none has ended yet");
}

#[test]
fn the_directory_says_who_is_assigned_and_follows_what_is_done() {
    let text = "title = 'a'\nends = '2d'\n[user.ann]\nname = 'Ann Arbor'\n[user.bob]\nassigned = false\n\
                [user.cyd]\nassigned = false\n[group.sales]\nassigned = true\nmembers = ['cyd']\n";
    let (mut play, board) = board_of(text, 1);
    let look = |play: &Play, narrow: &str| {
        let query = Query { narrow: narrow.to_owned(), ..Query::default() };
        directory::view(&Snapshot::new(&board, play, &LIVE).scene(&query))
    };
    let told = |row: &directory::DirectoryRow| {
        format!("{} {} {} {}", row.handle, row.sign_in, row.assigned, row.scope)
    };
    let rows: Vec<String> = look(&play, "").rows.iter().map(told).collect();
    let want = [
        "ann enabled directly in scope",
        "bob enabled no not assigned",
        "cyd enabled through a group in scope",
    ];
    assert_eq!(rows, want);
    let found = look(&play, "ARBOR");
    assert_eq!((found.rows.len(), &*found.says), (1, "1 found; 3 users"));
    assert_eq!(found.rows[0].can, ["disable", "unassign", "delete"]);
    let steps = [
        ("disable", "ann blocked directly blocked"),
        ("enable", "ann enabled directly in scope"),
        ("unassign", "ann enabled no not assigned"),
        ("assign", "ann enabled directly in scope"),
    ];
    for (verb, after) in steps {
        assert!(look(&play, "ann").rows[0].can.contains(&verb), "{verb} is offered");
        play.act(action(&format!("{{ {verb} = 'ann' }}"))).expect("it can be done");
        assert_eq!(told(&look(&play, "ann").rows[0]), after);
    }
    play.act(action("{ delete = 'ann' }")).expect("it can be done");
    let row = &look(&play, "ann").rows[0];
    assert_eq!((row.sign_in, &*row.can), ("in the bin", &["restore", "purge"][..]));
}
