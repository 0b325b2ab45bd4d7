//! The board on every scenario of the library: what it keeps up to date is what a look at
//! everything would find.

mod lists;
mod moments;
mod more;
mod tabs;

use std::time::Duration;

use super::panels::Place;
use super::*;
use crate::scenario::{Override, Play, library, load};
use crate::world::Drive;
use crate::world::actions::tests::action;
use crate::world::{Door, WireReply, driver, intent};

const LIVE: Live<'static> = Live {
    run: 1,
    speed: "600x",
    paused: false,
    notice: None,
    by_hand: &[],
    outside: false,
    jumped_back: false,
    target: None,
    branched: None,
    captions: "run",
    reading: false,
};

fn play(name: &str) -> Play {
    let entry = library::find(name).expect("it is in the library");
    Play::new(entry.load(&[]).unwrap_or_else(|_| panic!("{name} cannot be played")))
}

#[test]
fn a_query_is_read_leniently() {
    let query = |text| Query::parse(text);
    assert_eq!(query(""), Query::default());
    let both = query("filter=differences&search=o%27brien+x&page=2");
    assert_eq!(
        both,
        Query { differences: true, search: "o'brien x".to_owned(), ..Query::default() }
    );
    assert_eq!(query("filter=&search=%FF").search, "\u{fffd}");
}

#[test]
fn the_comparison_kept_is_the_comparison_made_anew() {
    for entry in library::list() {
        let mut play = play(&entry.name);
        let mut board = Board::default();
        let ends = play.ends();
        for nth in 0.. {
            let due = crate::world::Drive::next_due(&play).filter(|due| *due <= ends);
            // A small directory is looked at often, because much happens between two looks else.
            let few = play.world().entra().tenant().user_count() < 100;
            if nth % if few { 13 } else { 61 } == 0 || due.is_none() {
                board.update(&play, &LIVE);
                board.compare(&play);
                let (kept, anew) = (*board.counts(), intent::counts(play.world()));
                assert_eq!(kept, anew, "{} at {}", entry.name, play.world().now());
                if few {
                    assert_as_at_first_sight(&board, &play);
                }
            }
            if due.is_none() {
                break;
            }
            driver::step(&mut play);
        }
    }
}

/// The page says the same whether it looked on all the time or comes now, in one jump.
fn assert_as_at_first_sight(kept: &Board, play: &Play) {
    let mut anew = Board::default();
    anew.update(play, &LIVE);
    anew.compare(play);
    let everybody = Query::default();
    let [kept, anew] = [kept, &anew].map(|board| {
        let snapshot = Snapshot::new(board, play, &LIVE);
        let scene = snapshot.scene(&everybody);
        (worlds::view(&scene), truth::view(&scene))
    });
    let (name, now) = (&play.script().title, play.world().now());
    let now = now.since(play.world().start());
    for (kept, anew) in kept.0.rows.iter().zip(&anew.0.rows) {
        assert_eq!(kept, anew, "{name} after {now:?}");
    }
    assert_eq!(kept, anew, "{name} after {now:?}");
}

/// Looks at a story at these hours, and at each as if it came then in one jump.
fn looked_at_hours(text: &str, hours: &[u64]) -> (Play, Board) {
    let script = load("it.toml", text, &[]).unwrap_or_else(|_| panic!("it can be played"));
    let mut play = Play::new(script);
    let (start, mut board) = (play.world().start(), Board::default());
    for hour in hours {
        let until = start + Duration::from_secs(hour * 3600);
        while play.next_due().is_some_and(|due| due <= until) {
            driver::step(&mut play);
        }
        board.update(&play, &LIVE);
        board.compare(&play);
        assert_as_at_first_sight(&board, &play);
    }
    (play, board)
}

#[test]
fn two_users_of_one_account_are_compared_again_when_either_changes_it() {
    let (_, board) = looked_at_hours(
        r#"
        title = "One mailbox"
        ends = "2d"
        [golinks]
        profile = "generic"
        [entra.policy]
        on_shared_target = "link_both"
        [entra.mappings.users]
        change = [ { target = "userName", source = "mail", match = 1 } ]
        [user.ann]
        name = "Ann Okafor"
        mail = "team@contoso.example"
        [user.ben]
        name = "Ben Adeyemi"
        mail = "team@contoso.example"
        [[at]]
        time = "0d"
        do = "start"
        [[at]]
        time = "10h 1m"
        do = { update = { ann = { department = "Research" } } }
        "#,
        &[2, 11, 24],
    );
    assert_eq!((board.counts().right, board.counts().wrong), (1, 1));
}

#[test]
fn an_account_that_is_kept_for_a_user_gone_for_good_is_counted_once() {
    let text = r#"
        title = "Purged and kept"
        ends = "5d"
        [entra.mappings.users]
        delete = false
        [user.ann]
        name = "Ann Okafor"
        [user.cyd]
        name = "Cyd Vane"
        [[at]]
        time = "0d"
        do = "start"
        [[at]]
        time = "1d 5m"
        do = { delete = "cyd" }
        [[at]]
        time = "2d 5m"
        do = { purge = "cyd" }
        "#;
    for hours in [&[72][..], &[25, 72]] {
        let (_, board) = looked_at_hours(text, hours);
        assert!(board.of(crate::entra::AppId::MAIN).comparison.extra().is_empty());
    }
}

#[test]
fn the_replay_line_says_what_the_command_line_said() {
    let entry = library::find("welcome").expect("it is in the library");
    let overrides = [Override::parse("golinks.token=other").expect("a path and a value")];
    let script = load("my/welcome.toml", entry.text, &overrides)
        .unwrap_or_else(|_| panic!("it can be played"));
    let (play, board, query) = (Play::new(script), Board::default(), Query::default());
    let replay = run::view(&Snapshot::new(&board, &play, &LIVE).scene(&query)).replay;
    assert_eq!(replay, "scimulator run my/welcome.toml --seed 7 --set golinks.token=other");
}

#[test]
fn before_anything_has_happened_the_story_is_what_comes_next() {
    let (play, board, query) =
        (play("expired-secret-disabled"), Board::default(), Query::default());
    let next = clock::view(&Snapshot::new(&board, &play, &LIVE).scene(&query)).next_event;
    assert_eq!(next.as_deref(), Some("the story now"));
}

#[test]
fn the_marks_add_up_to_everybody() {
    let mut play = play("joiner-mover-leaver");
    play.run_to_end();
    let mut board = Board::default();
    board.update(&play, &LIVE);
    board.compare(&play);
    let everybody = Query::default();
    let snapshot = Snapshot::new(&board, &play, &LIVE);
    let scene = snapshot.scene(&everybody);
    let shown = worlds::view(&scene);
    let marked: usize = shown.counts.iter().map(|count| count.count).sum();
    assert_eq!(marked, shown.rows.len());
    assert_eq!(truth::view(&scene).tone, "good");
    let differences = Query { differences: true, ..Query::default() };
    let none = worlds::view(&Snapshot::new(&board, &play, &LIVE).scene(&differences));
    assert!(none.rows.is_empty() && none.empty.is_some());
}

#[test]
fn before_the_start_nobody_is_missing_who_only_waits() {
    let play = play("welcome");
    let mut board = Board::default();
    board.update(&play, &LIVE);
    board.compare(&play);
    let worlds = worlds::view(&Snapshot::new(&board, &play, &LIVE).scene(&Query::default()));
    let count =
        |mark: &str| worlds.counts.iter().find(|count| count.mark == mark).map(|count| count.count);
    assert_eq!((count("missing"), count("pending")), (Some(0), Some(12)));
    assert!(worlds.rows.iter().all(|row| row.mark == "pending" && row.says == "not started"));
}

#[test]
fn a_person_who_failed_and_waits_is_marked_so() {
    let text = "title = 'a'\nends = '2d'\n[people]\ngenerate = 3\nassigned = true\n[[at]]\ntime = '0d'\ndo = 'start'\n\
                [[fault]]\nrespond = { status = 500 }\nwhen = { method = 'POST' }\n";
    let mut play = Play::new(load("a", text, &[]).unwrap_or_else(|_| panic!("it can be played")));
    let start = play.script().start;
    driver::run_to(&mut play, start + Duration::from_secs(600));
    let mut board = Board::default();
    board.update(&play, &LIVE);
    board.compare(&play);
    let worlds = worlds::view(&Snapshot::new(&board, &play, &LIVE).scene(&Query::default()));
    let counts: Vec<_> = worlds.counts.iter().map(|count| (count.mark, count.count)).collect();
    assert!(counts.contains(&("retry", 3)) && counts.contains(&("missing", 0)), "{counts:?}");
    let rows: Vec<_> = worlds.rows.iter().map(|row| (row.mark, &*row.says)).collect();
    assert!(
        rows.iter().all(|(mark, says)| *mark == "retry" && *says == "retry in 30 m"),
        "{rows:?}"
    );
}

#[test]
fn a_frame_holds_what_changed_and_nothing_else() {
    let mut play = play("welcome");
    let mut board = Board::default();
    let mut viewer = Viewer::new(Query::default(), 1);
    let mut frame = |play: &Play| {
        board.update(play, &LIVE);
        board.compare(play);
        viewer.hurry();
        let event = viewer.frame(&Snapshot::new(&board, play, &LIVE))?;
        let event = String::from_utf8(event.to_vec()).expect("JSON is UTF-8");
        let (_, data) = event.split_once("\ndata: ").expect("an id and data");
        Some(data.trim_end().to_owned())
    };
    let first = frame(&play).expect("a snapshot");
    let whole: serde_json::Value = serde_json::from_str(&first).expect("a frame is JSON");
    for panel in &panels::PANELS {
        let asked_for = panel.tab().is_some() || panel.place == Place::Drawer;
        assert_eq!(whole.get(panel.name).is_none(), asked_for, "{}", panel.name);
    }
    assert_eq!(frame(&play), None);
    driver::step(&mut play);
    let second = frame(&play).expect("the first cycle");
    assert!(second.contains("\"traffic\":") && !second.contains("\"run\":"), "{second}");
}

#[test]
fn pages_that_lack_the_same_are_sent_the_same_bytes() {
    let mut play = play("welcome");
    let mut board = Board::default();
    let queries = ["", "", "panel=log"];
    let mut viewers = queries.map(|query| Viewer::new(Query::parse(query), 1));
    for nth in 0..3 {
        board.update(&play, &LIVE);
        board.compare(&play);
        let snapshot = Snapshot::new(&board, &play, &LIVE);
        let sent = viewers.each_mut().map(|viewer| {
            viewer.hurry();
            viewer.frame(&snapshot).expect("a step changes something")
        });
        assert_eq!(sent[0].as_ptr(), sent[1].as_ptr(), "frame {nth} was made once for both");
        let log = sent[2].windows(6).any(|part| part == b"\"log\":");
        assert_eq!(sent[0].as_ptr() != sent[2].as_ptr(), log, "frame {nth}, with the log or not");
        driver::step(&mut play);
    }
}

#[test]
fn an_open_panel_is_sent_and_a_closed_one_is_not() {
    let (play, board) = (play("welcome"), Board::default());
    for (asked, there) in [("", false), ("panel=by_hand", true), ("panel=other", false)] {
        let state = Snapshot::new(&board, &play, &LIVE).state(&Query::parse(asked));
        assert_eq!(state.contains("\"by_hand\":{"), there, "{asked}");
    }
}

#[test]
fn what_outsiders_did_while_nobody_watched_is_there_for_who_comes() {
    let mut play = play("welcome");
    let mut board = Board::default();
    for nth in 1..=1_500 {
        let request =
            http::Request::get("/scim/v2/Users").body(bytes::Bytes::new()).expect("a request");
        let answer = play.handle_external(Door::Scim, &request);
        assert!(matches!(play.send(answer).reply, WireReply::Response(_)));
        if nth == 10 {
            board.update(&play, &LIVE);
        }
    }
    board.update(&play, &LIVE);
    let shown =
        |board: &Board| traffic::view(&Snapshot::new(board, &play, &LIVE).scene(&Query::default()));
    assert_eq!(shown(&board).lines.iter().map(|line| line.times).sum::<u64>(), 10);
    board.compare(&play);
    let traffic = shown(&board);
    assert!(traffic.says.starts_with("1,500 requests"), "{}", traffic.says);
    // What came next to what was missed is a line by itself.
    assert!(traffic.lines[0].times > 600, "{}", traffic.lines[0].times);
    board.compare(&play);
    assert_eq!(shown(&board).lines.len(), traffic.lines.len());
}

#[test]
fn a_change_by_hand_is_no_requests_change() {
    let mut play = play("welcome");
    let start = play.script().start;
    driver::run_to(&mut play, start + Duration::from_secs(600));
    let by_hand = action("{ edit_account = { ann = { name.familyName = 'Byhand' } } }");
    play.act(by_hand).expect("she has an account");
    driver::run_to(&mut play, start + Duration::from_secs(720));
    let mut board = Board::default();
    board.update(&play, &LIVE);
    board.compare(&play);
    let traffic = traffic::view(&Snapshot::new(&board, &play, &LIVE).scene(&Query::default()));
    assert!(traffic.lines.iter().any(|line| line.method == "POST"));
    assert!(traffic.lines.iter().all(|line| !line.says.contains("name.familyName")));
}

#[test]
fn a_page_shows_one_application_of_several_and_says_which() {
    let mut play = self::play("sandbox");
    let start = play.script().start;
    driver::run_to(&mut play, start + Duration::from_secs(36 * 60 * 60));
    let mut board = Board::default();
    board.update(&play, &LIVE);
    board.compare(&play);
    let snapshot = Snapshot::new(&board, &play, &LIVE);
    let shown = |app: &str| {
        let query = Query::parse(&format!("app={app}"));
        let scene = snapshot.scene(&query);
        (run::view(&scene), worlds::view(&scene), truth::view(&scene), traffic::view(&scene))
    };
    let (run, worlds, truth, traffic) = shown("");
    assert_eq!((run.apps, &*run.app), (vec!["main".to_owned(), "test".to_owned()], "main"));
    assert_eq!((worlds.golinks.as_str(), truth.tone), ("3 accounts · 3 active", "good"));
    assert!(traffic.lines.iter().all(|line| line.path.starts_with("/Users")), "{traffic:?}");
    let (run, worlds, truth, traffic) = shown("test");
    assert_eq!(&*run.app, "test");
    assert_eq!((worlds.golinks.as_str(), truth.tone), ("2 accounts · 2 active", "bad"));
    assert!(traffic.lines.iter().all(|line| line.path.starts_with("/sandbox/")), "{traffic:?}");
    assert_eq!(shown("nobody").0.app, "main", "an unknown name shows the main one, and says so");
    let alone = self::play("welcome");
    let (board, query) = (Board::default(), Query::default());
    let run = run::view(&Snapshot::new(&board, &alone, &LIVE).scene(&query));
    assert_eq!((run.apps, &*run.app), (vec![], ""));
}

#[test]
fn groups_are_shown_with_their_members_where_they_are_provisioned() {
    let shown = |play: &Play, query: &Query| {
        let mut board = Board::default();
        board.update(play, &LIVE);
        board.compare(play);
        worlds::view(&Snapshot::new(&board, play, &LIVE).scene(query))
    };
    let mut late = play("late-member");
    let day_2 = late.world().start() + Duration::from_secs(47 * 3_600);
    driver::run_to(&mut late, day_2);
    let [row] = &shown(&late, &Query::default()).groups[..] else { panic!("one group") };
    assert_eq!(
        (&*row.name, &*row.entra, &*row.golinks, row.mark, &*row.says, row.scope),
        ("Design", "3 members", "2 members", "differs", "members missing", "in scope")
    );
    assert_eq!(row.why, ["The group: should have cyd as a member."]);
    assert_eq!(row.can, ["delete_group", "unassign_group"]);
    let called = |search: &str| Query { search: search.to_owned(), ..Query::default() };
    assert_eq!(shown(&late, &called("desi")).groups.len(), 1);
    assert_eq!(shown(&late, &called("ada")).groups.len(), 0);
    late.run_to_end();
    let differences = Query { differences: true, ..Query::default() };
    assert_eq!(shown(&late, &differences).groups, []);
    // The documented GoLinks has none.
    assert_eq!(shown(&play("by-rule"), &Query::default()).groups, []);
}

/// A play of this story, and what the board knows of it after so many minutes.
fn board_of(text: &str, minutes: u64) -> (Play, Board) {
    let mut play = Play::new(load("a", text, &[]).unwrap_or_else(|_| panic!("it can be played")));
    let until = play.script().start + Duration::from_secs(60 * minutes);
    driver::run_to(&mut play, until);
    let mut board = Board::default();
    board.update(&play, &LIVE);
    board.compare(&play);
    (play, board)
}

#[test]
fn a_cycle_that_staged_deletions_is_none_that_wrote_nothing() {
    let text = "title = 'a'\nends = '2d'\n[entra]\ndelete_threshold = 2\n[user.ann]\n[user.bob]\n[user.cem]\n\
                [[at]]\ntime = '0d'\ndo = 'start'\n[[at]]\ntime = '1h'\ndo = { disable = ['ann', 'bob'] }\n\
                [[at]]\ntime = '2h'\ndo = { enable = 'bob' }\n";
    let (play, board) = board_of(text, 150);
    let query = Query::default();
    let snapshot = Snapshot::new(&board, &play, &LIVE);
    let marks = strip::view(&snapshot.scene(&query)).marks;
    let says: Vec<&str> = marks.iter().map(|mark| &*mark.says).collect();
    assert!(says.iter().any(|says| says.contains("cycle 3, incremental: 2 staged")), "{says:?}");
    assert!(says.iter().any(|says| says.contains("Quarantine, still on")), "{says:?}");
    let staged = job::view(&snapshot.scene(&query)).staged;
    let words = "1 person is staged to lose access; 1 person staged before is back in scope.";
    assert_eq!(staged.as_deref(), Some(words));
}

#[test]
fn page_and_explanation_tell_one_account() {
    // The main application has disabled the account that the other one wants.
    let text = "title = 'a'\nends = '2d'\n[user.ann]\n[user.bob]\nassigned = false\n[app.test]\nassigned = ['ann', 'bob']\n\
                [[at]]\ntime = '0d'\ndo = ['start']\n[[at]]\ntime = '20m'\ndo = { start = true, app = 'test' }\n\
                [[at]]\ntime = '1h'\ndo = { unassign = 'ann' }\n";
    let (play, board) = board_of(text, 300);
    let query = Query::default();
    let shown = worlds::view(&Snapshot::new(&board, &play, &LIVE).scene(&query));
    let row = |handle: &str| shown.rows.iter().find(|row| row.handle == handle).expect("a row");
    let first = |name: &str| {
        let user = crate::scenario::explain::find_user(play.world(), name).expect("a user");
        crate::scenario::explain::user(play.world().into(), user)[0].text()
    };
    for (handle, status) in [("ann", "inactive"), ("bob", "active")] {
        let (row, told) = (row(handle), first(handle));
        assert_eq!(row.status, status, "{row:?}");
        assert!(told.contains(&format!("with an {status} account")), "{told}");
        let why = row.why.join(" ");
        assert!(why.contains("another application wants the account"), "{why}");
        assert!(!why.contains("Left as it is") && !told.contains("left as it is"), "{told}");
    }
}

#[test]
fn a_retry_is_said_to_be_in_the_cycle_that_makes_it() {
    let text = "title = 'a'\nends = '2d'\n[user.ann]\n[[at]]\ntime = '0d'\ndo = 'start'\n\
                [[fault]]\nrespond = 500\nwhen = { method = 'POST' }\n\
                [[fault]]\ndelay = '60s'\nwhen = { method = 'GET' }\n";
    for (minutes, says) in
        [(10, "retry in 30 m"), (41, "retry in this cycle"), (45, "retry in 5 h 15 m")]
    {
        let (play, board) = board_of(text, minutes);
        let query = Query::default();
        let shown = worlds::view(&Snapshot::new(&board, &play, &LIVE).scene(&query));
        assert_eq!(shown.rows[0].says, says, "after {minutes} minutes");
    }
}

#[test]
fn a_secret_that_was_never_given_is_not_said_to_be_rejected() {
    let text = "title = 'a'\nends = '2d'\n[entra]\nmode = 'manual'\n[user.ann]\n";
    let (play, board) = board_of(text, 60);
    let query = Query::default();
    let truth = truth::view(&Snapshot::new(&board, &play, &LIVE).scene(&query));
    assert_eq!(&*truth.word, "Not started");
    assert_eq!(truth.next.as_deref(), Some("GoLinks wants a secret, and the job has none now."));
}

#[test]
fn who_loses_the_connection_loses_the_account_and_a_group_that_failed_waits() {
    let text = "title = 'a'\nends = '2d'\n[golinks]\nprofile = 'generic'\n[entra.mappings]\ntemplate = 'scim'\n\
                [user.ann]\n[group.sales]\nassigned = true\n\
                [[fault]]\nrespond = 500\nwhen = { method = 'POST', path = '/Groups' }\n\
                [[at]]\ntime = '0d'\ndo = 'start'\n\
                [[at]]\ntime = '1h'\ndo = { edit_account = { ann = { userName = 'other@contoso.example' } } }\n\
                [[at]]\ntime = '2h'\ndo = ['stop', { delete_connection = 'ann' }]\n";
    let (mut play, mut board) = board_of(text, 90);
    let query = Query::default();
    let shown = worlds::view(&Snapshot::new(&board, &play, &LIVE).scene(&query));
    let group = &shown.groups[0];
    assert_eq!((group.mark, &*group.says), ("retry", "retry in 4 h 30 m"));
    assert!(group.why[1].contains("The last attempt failed: GoLinks was out of order (5xx); the log says InternalServerError."), "{group:?}");
    let until = play.script().start + Duration::from_secs(3 * 3_600);
    driver::run_to(&mut play, until);
    board.update(&play, &LIVE);
    board.compare(&play);
    let shown = worlds::view(&Snapshot::new(&board, &play, &LIVE).scene(&query));
    let rows: Vec<_> = shown.rows.iter().map(|row| (&*row.handle, row.mark, row.status)).collect();
    let want = [("ann", "missing", "no account"), ("other@contoso.example", "extra", "active")];
    assert_eq!(rows, want);
    assert_eq!(&*shown.groups[0].says, "retry once started");
}

#[test]
fn a_fault_that_is_over_is_not_due() {
    let text = "title = 'a'\nends = '2d'\n[user.ann]\n[[at]]\ntime = '0d'\ndo = 'start'\n\
                [[fault]]\nname = 'early'\nrefuse = true\nfrom = '1h'\nuntil = '2h'\n\
                [[fault]]\nname = 'late'\nrefuse = true\nfrom = '1d'\n";
    let (play, board) = board_of(text, 600);
    let query = Query::default();
    let marks = strip::view(&Snapshot::new(&board, &play, &LIVE).scene(&query)).marks;
    let faults: Vec<_> = marks.iter().filter(|mark| mark.kind == "fault").collect();
    let told: Vec<_> = faults.iter().map(|mark| (mark.tone, &*mark.says)).collect();
    let want = [
        ("quiet", "day 0 09:00 · fault early, over after 1 h"),
        ("due", "day 1 08:00 · fault late"),
    ];
    assert_eq!(told, want);
}

#[test]
fn a_wrong_group_is_not_healthy_and_a_stopped_quarantine_is_said_to_be_stopped() {
    let mut late = play("late-member");
    let day_2 = late.world().start() + Duration::from_secs(47 * 3_600);
    driver::run_to(&mut late, day_2);
    let mut board = Board::default();
    board.update(&late, &LIVE);
    board.compare(&late);
    let query = Query::default();
    let page = truth::view(&Snapshot::new(&board, &late, &LIVE).scene(&query));
    let whole = crate::world::status::status(late.world());
    assert_eq!((&*page.word, &*whole.word), ("Differing", "Differing"));
    assert!(page.text.starts_with("1 group is not right at GoLinks"), "{page:?}");
    assert_eq!(page.text, format!("{}.", whole.why));
    let text = "title = 'a'\nends = '2d'\n[user.ann]\n[[at]]\ntime = '0d'\ndo = 'start'\n\
                [[at]]\ntime = '1h'\ndo = 'revoke_token'\n[[at]]\ntime = '2h'\ndo = ['stop', { delete = 'ann' }, { purge = 'ann' }]\n";
    let (play, board) = board_of(text, 150);
    let snapshot = Snapshot::new(&board, &play, &LIVE);
    let truth = truth::view(&snapshot.scene(&query));
    assert!(truth.text.ends_with("(401), and provisioning is stopped."), "{truth:?}");
}
