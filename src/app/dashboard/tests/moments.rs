//! What the strip, the caption and the lists of expectations say of instants.

use super::*;
use crate::app::dashboard::saved_by_hand;
use crate::entra::AppId;

const STORY: &str = "title = 'a'\nends = '2d'\n[user.ann]\n\
    [[at]]\ntime = '0d'\nsay = 'The start.'\ndo = 'start'\n\
    [[at]]\ntime = '1h'\ndo = { disable = 'ann' }\n\
    [[at]]\ntime = '2h'\nwithin = '3h'\nexpect.golinks.account.ann.active = false\n\
    expect.mails.sent = 9\n\
    [[fault]]\nname = 'early'\ndelay = '1s'\nfrom = '30m'\nuntil = '20h'\n";

#[test]
fn a_fault_that_was_cleared_keeps_its_band() {
    let (mut play, mut board) = board_of(STORY, 90);
    play.act(action("{ clear_fault = 'early' }")).expect("it can be done");
    board.update(&play, &LIVE);
    let query = Query::default();
    let marks = strip::view(&Snapshot::new(&board, &play, &LIVE).scene(&query)).marks;
    let fault = marks.iter().find(|mark| mark.kind == "fault").expect("it was on");
    assert_eq!((fault.tone, fault.open), ("quiet", false));
    assert!(fault.says.ends_with("fault early, over after 1 h"), "{fault:?}");
    // An hour of two days, from one tenth of a thousandth to another.
    assert_eq!((fault.width * 10.0).round(), 209.0);
}

#[test]
fn a_fault_is_drawn_until_now_and_what_is_left_of_it_as_still_to_come() {
    let (mut play, mut board) = board_of(STORY, 90);
    play.act(action("{ fault = { name = 'hand', refuse = true } }")).expect("it can be done");
    board.update(&play, &LIVE);
    let query = Query::default();
    let marks = strip::view(&Snapshot::new(&board, &play, &LIVE).scene(&query)).marks;
    let faults: Vec<_> = marks.iter().filter(|mark| mark.kind == "fault").collect();
    let drawn: Vec<_> = faults.iter().map(|it| (it.tone, it.open, it.width > 0.0)).collect();
    // The fault of the file has an end; what is done by hand has none.
    assert_eq!(drawn, [("warn", true, false), ("due", false, true), ("warn", true, false)]);
    assert!(faults[1].says.ends_with("fault early, until day 1 04:00"), "{faults:?}");
}

#[test]
fn expectations_to_come_stand_in_the_order_of_the_story() {
    let story = "title = 'a'\nends = '5d'\n[user.ann]\n[[at]]\ntime = '0d'\ndo = 'start'\n\
        [[at]]\ntime = '1d'\nexpect.mails.sent = 0\n[[at]]\nafter = 'next cycle'\n\
        expect.mails.sent = 0\n[[at]]\ntime = '3d'\nexpect.mails.sent = 0\n\
        [[at]]\nafter = 'quarantine'\nexpect.mails.sent = 1\n[finally]\nmails.sent = 1\n";
    let (play, board) = board_of(story, 60);
    let query = Query::default();
    let snapshot = Snapshot::new(&board, &play, &LIVE);
    let parts = checks::view(&snapshot.scene(&query)).parts;
    let at: Vec<_> = parts[0].rows.iter().map(|row| row.at.as_str()).collect();
    assert_eq!(
        at,
        [
            "day 1 08:00",
            "after the first cycle from day 1 08:00 on",
            "day 3 08:00",
            "after a quarantine",
            "at the end",
        ]
    );
}

#[test]
fn what_was_done_by_hand_is_no_moment_of_the_story() {
    let (mut play, mut board) = board_of(STORY, 90);
    let enable = action("{ enable = 'ann' }");
    let done = Done {
        at: play.now(),
        steps: 2,
        action: enable.clone(),
        hidden: false,
        by: None,
        at_page: false,
    };
    play.act(enable).expect("it can be done");
    board.update(&play, &LIVE);
    let (query, live) = (Query::default(), Live { by_hand: &[done], ..LIVE });
    let marks = strip::view(&Snapshot::new(&board, &play, &live).scene(&query)).marks;
    let told: Vec<_> = marks.iter().filter(|mark| mark.says.contains("ann")).collect();
    let kinds: Vec<_> =
        told.iter().map(|mark| (mark.kind, mark.says.contains("by hand"))).collect();
    assert_eq!(kinds[..2], [("script", false), ("hand", true)], "{told:?}");
    let badged = |play: &Play, board: &Board| {
        let badges = run::view(&Snapshot::new(board, play, &live).scene(&query)).badges;
        badges.iter().any(|badge| badge.word == "by hand")
    };
    assert!(badged(&play, &board));
    let now = Snapshot::new(&board, &play, &live);
    let looking = |look: panels::Look<'_>| {
        let there = Snapshot::in_place(&now, look);
        let badges = run::view(&there.scene(&query)).badges;
        badges.iter().any(|badge| badge.word == "by hand")
    };
    let before = play.now().before(Duration::from_secs(60));
    assert!(looking(panels::Look::Past(play.now())) && looking(panels::Look::Kept(play.now())));
    assert!(!looking(panels::Look::Past(before)) && !looking(panels::Look::Kept(before)));
    assert!(looking(panels::Look::Playing(before, 1)), "until it is there, the run is shown");
}

#[test]
fn an_expectation_with_time_left_is_listed_and_the_caption_keeps_its_place() {
    let (play, board) = board_of(STORY, 150);
    let query = Query::default();
    let snapshot = Snapshot::new(&board, &play, &LIVE);
    let scene = snapshot.scene(&query);
    let parts = checks::view(&scene).parts;
    let rows: Vec<_> = parts.iter().flat_map(|part| &part.rows).collect();
    let at: Vec<_> = rows.iter().map(|row| row.at.as_str()).collect();
    assert_eq!(at, ["by day 0 13:00"; 2], "{rows:?}");
    let marks = strip::view(&scene).marks;
    assert!(marks.iter().any(|mark| mark.says.contains("to be true by now")), "{marks:?}");
    let caption = caption::view(&scene).expect("the narrator has spoken");
    assert_eq!(caption.place.as_deref(), Some("a:4"), "not where the last step stands");
}

#[test]
fn the_start_says_how_long_it_takes_and_which_bug_it_shows() {
    let text = format!("covers = ['S01', 'B25']\n{STORY}");
    let play = Play::new(load("a", &text, &[]).unwrap_or_else(|_| panic!("it can be played")));
    let live = Live { paused: true, ..LIVE };
    let (board, query) = (Board::default(), Query::default());
    let says =
        start::view(&Snapshot::new(&board, &play, &live).scene(&query)).expect("it waits").says;
    let all = says.join("\n");
    assert!(all.contains("2 d of virtual time, about 4 m 48 s at 600x"), "{all}");
    assert!(all.contains("a reported bug, B25: ") && !all.contains("S01"), "{all}");
}

/// A button is pressed at the very instant at which a cycle has ended.
#[test]
fn what_a_button_does_is_repeated_from_its_instant_on_and_not_earlier() {
    let welcome = || {
        let entry = crate::scenario::library::find("welcome").expect("it is in the library");
        entry.load(&[]).unwrap_or_else(|_| panic!("it is good"))
    };
    let after_a_cycle = || {
        let mut play = Play::new(welcome());
        while play.world().views().all(|app| app.entra().job().counters().cycles == 0) {
            driver::step(&mut play).expect("a cycle ends");
        }
        play
    };
    let (board, query) = (Board::default(), Query::default());
    let look = after_a_cycle();
    let families = break_it::view(&Snapshot::new(&board, &look, &LIVE).scene(&query)).families;
    let later = look.world().start() + Duration::from_secs(2 * 3600);
    let state = |play: &Play| {
        (
            play.world().seen_by(AppId::MAIN).target().account_count(),
            play.world().journal().digest(),
        )
    };
    for switch in families.into_iter().flat_map(|family| family.switches) {
        let mut play = after_a_cycle();
        play.begin_instant();
        let action = resolved(&action(&switch.action), play.world().seen_by(AppId::MAIN));
        let (at, steps) = (play.now(), play.steps_played());
        let done = Done { at, steps, action, hidden: false, by: None, at_page: false };
        done.carry_out(&mut play).expect("it can be done");
        // With its secrets: the file of the page has others.
        let (_, file, _) = saved_by_hand(play.script(), &[done]).expect("an action was done");
        driver::run_to(&mut play, later);
        let script = load("by-hand", &file, &[]).unwrap_or_else(|_| panic!("{file}"));
        let mut again = Play::new(script);
        driver::run_to(&mut again, later);
        assert_eq!(state(&again), state(&play), "{}: {file}", switch.name);
    }
}

#[test]
fn the_button_that_ends_the_token_can_be_copied_and_a_quirk_is_named_by_its_bug() {
    let mut play = play("welcome");
    let query = Query::default();
    let told = |play: &Play| {
        let board = Board::default();
        let snapshot = Snapshot::new(&board, play, &LIVE);
        let scene = snapshot.scene(&query);
        (break_it::view(&scene).families, broken::view(&scene))
    };
    let (families, _) = told(&play);
    let expired = families.iter().flat_map(|it| &it.switches).find(|it| it.name == "Expired");
    let action_of = expired.expect("it is offered").action.clone();
    assert!(!action_of.contains("***"), "{action_of}");
    play.act(action(&action_of)).expect("it can be done");
    let quirk = "{ set = { golinks.quirks.remove_members_ignores_value = true } }";
    play.act(action(quirk)).expect("it can be done");
    let words: Vec<String> = told(&play).1.into_iter().map(|chip| chip.word).collect();
    assert_eq!(words, ["token", "B27 Removing one member empties the group"]);
}

/// Page, file and the line that replays the run say alike what a client sent and nobody can repeat;
/// what the page itself did lacks nothing.
#[test]
fn a_replay_says_that_it_lacks_the_secrets_of_clients() {
    let play = play("welcome");
    let query = Query::default();
    let told = |written: &str, hidden: bool| {
        let (at, action) = (play.now(), action(written));
        let dones = [Done { at, steps: 0, action, hidden, by: None, at_page: false }];
        let live = Live { by_hand: &dones, ..LIVE };
        let mut board = Board::default();
        board.update(&play, &live);
        let snapshot = Snapshot::new(&board, &play, &live);
        let view = by_hand::view(&snapshot.scene(&query));
        let replay = run::view(&snapshot.scene(&query)).replay;
        (view.note, view.file.expect("an action was done"), replay)
    };
    let secret = "{ fill_in = { mode = 'automatic', secret = 'opensesame' } }";
    let (note, file, replay) = told(secret, true);
    let note = note.expect("it lacks a secret");
    assert_eq!(note, "The file lacks the secrets that clients sent: *** stands in place of each.");
    assert!(file.contains("write it in place of ***") && !file.contains("opensesame"), "{file}");
    let lack = ": copy them as moments of the file, which lack the secrets that clients sent";
    assert!(replay.ends_with(lack), "{replay}");
    let stand_in = "Secrets stand as secret-1, secret-2 and so on, alike for the same, so that the file \
                    plays.";
    for (written, hidden, says) in
        [(secret, false, Some(stand_in)), ("{ disable = 'ann' }", true, None)]
    {
        let (note, file, replay) = told(written, hidden);
        assert_eq!(note.as_deref(), says, "{written}");
        assert!(!file.contains("***") && !file.contains("opensesame"), "{written}: {file}");
        assert!(replay.ends_with(": copy them as moments of the file"), "{replay}");
    }
}
