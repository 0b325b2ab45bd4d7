//! Small plays, one for each rule of moments, windows and endings.

mod told;

use crate::base::{Node, printable};
use crate::scenario::{Override, load, messages, report};
use crate::world::Action;
use crate::world::driver;

use super::*;

/// Without a limit of requests a second, a cycle takes no virtual time at all.
const STAGE: &str = "title = \"t\"\nends = \"2d\"\n[people]\ngenerate = 2\n[entra.policy]\nmax_rps = 0\n[user.ann]\nname = \"Ann Okafor\"\n\
                     [[at]]\ntime = \"0d\"\ndo = \"start\"\n";

fn play(story: &str, overrides: &[&str]) -> Play {
    let overrides: Vec<Override> =
        overrides.iter().map(|o| Override::parse(o).expect("path=value")).collect();
    let script = load("t.toml", &format!("{STAGE}{story}"), &overrides);
    Play::new(script.unwrap_or_else(|problems| panic!("{}", messages::render(&problems))))
}

/// Each judged expectation as `met day 1 requests.post = 3`, or with what was seen instead.
fn judged(story: &str) -> Vec<String> {
    let mut play = play(story, &[]);
    play.run_to_end();
    let show = |check: &Checked| match check.met {
        true => format!("met {} {}", check.step, check.expected),
        false => format!("FAILED {} {}: {}", check.step, check.expected, check.actual),
    };
    play.checks().iter().map(show).collect()
}

#[test]
fn moments_come_in_file_order_and_do_comes_before_expect() {
    let story = "[[at]]\nafter = \"cycle 1\"\nexpect.golinks.accounts.active = 3\n\
                 [[at]]\ntime = \"1d\"\ndo = { disable = \"ann\" }\nexpect.golinks.account.ann.active = true\n\
                 [[at]]\nafter = \"next cycle\"\nexpect.golinks.account.ann.active = false\n";
    let expected = [
        "met day 0 golinks.accounts.active = 3",
        "met day 1 golinks.account.ann.active = true",
        "met day 1 golinks.account.ann.active = false",
    ];
    assert_eq!(judged(story), expected);
}

#[test]
fn what_is_done_to_a_deleted_job_is_refused() {
    for verb in [
        "\"stop\"",
        "\"restart\"",
        "\"delete_job\"",
        "\"quarantine\"",
        "\"allow_deletes\"",
        "\"reject_deletes\"",
        "{ provision_on_demand = \"ann\" }",
    ] {
        let story = format!(
            "[[at]]\ntime = \"4h\"\ndo = \"delete_job\"\n[[at]]\ntime = \"5h\"\ndo = {verb}\n\
             [[at]]\ntime = \"6h\"\ndo = [\"start\", \"stop\"]\nexpect.job.state = \"Paused\"\n"
        );
        let judged = judged(&story);
        assert_eq!(judged.len(), 2, "{verb}: {judged:?}");
        let refused = "could not be done: there is no job (`start` makes one)";
        assert!(judged[0].ends_with(refused), "{verb}: {judged:?}");
        assert!(judged[1].starts_with("met"), "{verb}: {judged:?}");
    }
}

#[test]
fn a_moment_that_never_comes_is_a_failed_expectation() {
    let never = judged("[[at]]\nafter = \"quarantine\"\nexpect.mails.sent = 1\n");
    assert_eq!(
        never,
        [
            "FAILED never mails.sent = 1: this moment (after = \"quarantine\") never came: the run ended first"
        ]
    );
    let second = judged("[[at]]\nafter = \"quarantine\"\n[[at]]\nafter = \"recovery\"\n");
    let before = "it was not waited for, because the moment before it never came";
    assert!(second[1].ends_with(before), "{}", second[1]);
    let passed =
        judged("[[at]]\nafter = \"recovery\"\n[[at]]\ntime = \"1d\"\nexpect.mails.sent = 0\n");
    assert_eq!(passed.len(), 2);
    assert!(passed[0].contains("the next moment came first"), "{}", passed[0]);
    let too_early = judged(
        "[[at]]\ntime = \"1d\"\ndo = \"quarantine\"\n[[at]]\ntime = \"2d\"\n\
         [[at]]\nafter = \"quarantine\"\nexpect.mails.sent = 1\n",
    );
    let why = "`quarantine` had already come on day 1 08:00, before the moment above";
    assert!(too_early[0].contains(why), "{}", too_early[0]);
    let backwards =
        judged("[[at]]\ntime = \"1d\"\n[[at]]\nafter = \"cycle 1\"\nexpect.mails.sent = 0\n");
    assert!(backwards[0].contains("cycle 1 had already ended on day 0"), "{}", backwards[0]);
}

#[test]
fn a_window_counts_from_its_moment_with_both_ends() {
    // The cycle that creates her comes exactly 40 minutes after this moment, at an instant of the
    // grid.
    let hired = |within: &str| {
        format!(
            "[[at]]\ntime = \"1d\"\n[[at]]\nafter = \"next cycle\"\n\
             do = {{ hire = {{ zoe = {{ name = \"Zoe Park\", assigned = true }} }} }}\n\
             [[at]]\ntime = \"1d 40m\"\n[[at]]\ntime = \"1d 40m\"\nwithin = \"{within}\"\nexpect.golinks.accounts.total = 4\n"
        )
    };
    assert_eq!(judged(&hired("0s")), ["met day 1 golinks.accounts.total = 4"]);
    let late = judged(
        "[[at]]\ntime = \"1d 1m\"\ndo = { disable = \"ann\" }\n[[at]]\ntime = \"1d 1m\"\nwithin = \"38m\"\nexpect.golinks.account.ann.active = false\n",
    );
    assert_eq!(late, ["FAILED day 1 golinks.account.ann.active = false: was true"]);
    let just = judged(
        "[[at]]\ntime = \"1d 1m\"\ndo = { disable = \"ann\" }\n[[at]]\ntime = \"1d 1m\"\nwithin = \"39m\"\nexpect.golinks.account.ann.active = false\n",
    );
    assert_eq!(just, ["met day 1 golinks.account.ann.active = false"]);
}

#[test]
fn all_of_a_window_must_hold_at_one_instant() {
    let story = "[[at]]\ntime = \"1d 1m\"\ndo = { disable = \"ann\" }\n\
                 [[at]]\ntime = \"1d 1m\"\nwithin = \"2h\"\nexpect.golinks.account.ann.active = false\n\
                 expect.log.last.ann.status = \"failure\"\n";
    let judged = judged(story);
    assert_eq!(judged[0], "met day 1 golinks.account.ann.active = false");
    assert!(judged[1].starts_with("FAILED day 1 log.last.ann.status"), "{}", judged[1]);
}

#[test]
fn worlds_agree_at_an_instant_inside_a_window() {
    // They agree from the end of cycle 1 until she is blocked; before and after, one differs.
    let agree = "[[at]]\ntime = \"0d\"\nwithin = \"5m\"\nexpect.worlds = \"agree\"\n";
    let leaves = "[[at]]\ntime = \"1h\"\ndo = { disable = \"ann\" }\n";
    let differ =
        "[[at]]\ntime = \"1h\"\nwithin = \"20m\"\nexpect.worlds = { differ = [\"ann\"] }\n";
    let within = |time: &str| {
        format!("[[at]]\ntime = \"1h\"\nwithin = \"{time}\"\nexpect.worlds = \"agree\"\n")
    };
    let story = format!("{agree}{leaves}{differ}{}{}", within("19m"), within("20m"));
    let judged = judged(&story);
    assert_eq!(judged[0], "met day 0 worlds = \"agree\"");
    assert_eq!(judged[1], "met day 0 worlds = { differ = [\"ann\"] }");
    assert_eq!(
        judged[2],
        "FAILED day 0 worlds = \"agree\": 1 differs: ann is blocked or deleted and still active"
    );
    assert_eq!(judged[3], "met day 0 worlds = \"agree\"");
}

#[test]
fn who_is_blocked_or_deleted_and_who_is_unassigned_are_told_apart() {
    let after = |verb: &str| {
        let story = format!(
            "[[at]]\ntime = \"1h\"\ndo = {{ {verb} = \"ann\" }}\n[[at]]\ntime = \"1h\"\nexpect.worlds = \"agree\"\n"
        );
        judged(&story).remove(0)
    };
    let says = |words: &str| {
        format!("FAILED day 0 worlds = \"agree\": 1 differs: ann {words} and still active")
    };
    for verb in ["disable", "delete"] {
        assert_eq!(after(verb), says("is blocked or deleted"), "{verb}");
    }
    assert_eq!(after("unassign"), says("is out of scope"));
}

#[test]
fn always_is_told_once_with_its_first_breach() {
    let story = "[always]\ngolinks.accounts.total = { max = 2 }\nmails.sent = { max = 0 }\n";
    let judged = judged(story);
    assert_eq!(judged.len(), 2);
    assert_eq!(judged[0], "FAILED always golinks.accounts.total = { max = 2 }: was 3");
    assert_eq!(judged[1], "met always mails.sent = { max = 0 }");
}

#[test]
fn counters_count_since_the_end_of_a_cycle() {
    let story = "[[at]]\nafter = \"cycle 3\"\nexpect.requests.total = { since = \"cycle 1\", is = 2 }\n\
                 expect.requests.get = { since = \"cycle 9\", is = 0 }\n";
    assert_eq!(
        judged(story),
        [
            "met day 0 requests.total = { since = \"cycle 1\", is = 2 }",
            "FAILED day 0 requests.get = { since = \"cycle 9\", is = 0 }: was absent",
        ]
    );
}

#[test]
fn an_action_that_cannot_be_done_fails_the_run() {
    let judged = judged("[[at]]\ntime = \"1h\"\ndo = { restore = \"ann\" }\n");
    assert!(
        judged[0].starts_with("FAILED day 0 do = { restore = \"ann\" }: could not be done"),
        "{}",
        judged[0]
    );
}

#[test]
fn an_end_set_by_the_command_line_leaves_out_what_comes_after_it() {
    let story = "[[at]]\nafter = \"cycle 1\"\nexpect.mails.sent = 0\n[[at]]\ntime = \"1d\"\nexpect.mails.sent = 7\n\
                 [finally]\nmails.sent = 7\n";
    let mut play = play(story, &["ends=\"6h\""]);
    play.run_to_end();
    let verdict = play.verdict();
    assert_eq!((verdict.met, verdict.failed, verdict.left_out), (1, 0, 2));
    assert_eq!(verdict.outcome(), Outcome::Cut);
    let summary = report::Summary::of(&play);
    let shown: Vec<String> =
        report::summary_lines(&[(summary, None)], &[]).iter().map(|line| line.text()).collect();
    assert!(shown[1].starts_with("  … cut "), "{shown:#?}");
    let total = "CUT      1 of 1 scenario cut short (--until), 1 expectation met, 2 not judged";
    assert_eq!(shown[2], total);
    assert_eq!(play.now(), play.script().start + std::time::Duration::from_secs(6 * 3600));
}

#[test]
fn an_end_of_the_command_line_is_no_early_end_unless_it_is_before_the_files_own() {
    let story = "[finally]\nmails.sent = 7\ncycle.count = { min = 1 }\n";
    for later in ["2d", "30d"] {
        let mut play = play(story, &[&format!("ends=\"{later}\"")]);
        play.run_to_end();
        let verdict = play.verdict();
        assert_eq!((verdict.met, verdict.failed, verdict.left_out), (1, 1, 0), "{later}");
    }
    let told = |story: &str| {
        let mut cut = play(story, &["ends=\"6h\""]);
        cut.run_to_end();
        report::plain(&cut, None).lines().last().unwrap_or_default().to_owned()
    };
    let why = "left out by an end before the file's (--until)";
    assert_eq!(told(story), format!("CUT      not judged: 2 expectations in [finally], {why}"));
    let met = "[[at]]\ntime = \"1h\"\nexpect.mails.sent = 0\n\
               [[at]]\ntime = \"1d\"\nexpect.mails.sent = 0\n[finally]\nmails.sent = 0\n";
    let said = format!(
        "CUT      1 expectation met, not judged: 2 expectations (1 of them in [finally]), {why}"
    );
    assert_eq!(told(met), said);
}

#[test]
fn what_must_always_hold_is_kept_and_not_met_before_the_end_of_the_story() {
    let story = "[[at]]\ntime = \"1h\"\nexpect.mails.sent = 0\n[always]\nmails.sent = { max = 0 }\n\
                 [finally]\nmails.sent = 0\n";
    let mut cut = play(story, &["ends=\"6h\""]);
    cut.run_to_end();
    let verdict = cut.verdict();
    assert_eq!((verdict.met, verdict.failed, verdict.kept, verdict.left_out), (1, 0, 1, 1));
    let report = report::plain(&cut, None);
    for said in
        ["1 of 1 met, 1 kept so far, 1 beyond", "✓ kept", "1 expectation met, 1 kept so far"]
    {
        assert!(report.contains(said), "{said}: {report}");
    }
    let mut whole = play(story, &[]);
    whole.run_to_end();
    assert_eq!((whole.verdict().met, whole.verdict().kept), (3, 0));
}

#[test]
fn the_command_of_a_touched_run_says_what_it_lacks() {
    let mut touched = play("", &[]);
    let action = Action::read(&Node::text("stop"), &mut Default::default()).expect("it is a verb");
    touched.act(action).expect("it can be stopped");
    let told = |lines: Vec<report::Line>| {
        lines.iter().map(|line| line.text().trim().to_owned()).collect::<Vec<_>>().join("\n")
    };
    let alone = told(report::totals(&touched));
    assert!(alone.contains("It plays the story alone"), "{alone}");
    let by_hand = told(report::totals_by_hand(&touched, "scimulator run a-by-hand.toml --seed 7"));
    assert!(by_hand.contains("REPLAY   scimulator run a-by-hand.toml --seed 7 "), "{by_hand}");
    assert!(by_hand.contains("needs the scenario that repeats it"), "{by_hand}");
}

#[test]
fn a_run_touched_from_outside_has_no_digest() {
    let mut untouched = play("", &[]);
    untouched.run_to_end();
    let digest = untouched.verdict().digest;
    assert!(digest.is_some());
    let mut touched = play("", &[]);
    let start = touched.script().start;
    driver::run_to(&mut touched, start);
    let action = Action::read(&Node::text("stop"), &mut Default::default()).expect("it is a verb");
    touched.act(action).expect("it can be stopped");
    touched.run_to_end();
    assert!(touched.touched());
    assert_eq!(touched.verdict().digest, None);
}

#[test]
fn a_play_that_goes_on_beyond_its_end_keeps_its_verdict() {
    let mut play = play("[finally]\ncycle.count = 73\n", &[]);
    let beyond = play.ends() + std::time::Duration::from_secs(86_400);
    driver::run_to(&mut play, beyond);
    assert!(play.ended());
    let verdict = play.verdict();
    assert_eq!((verdict.met, verdict.failed), (1, 0), "{:?}", verdict.checks);
    let mut again = self::play("[finally]\ncycle.count = 73\n", &[]);
    again.run_to_end();
    assert_eq!(again.verdict(), verdict);
}

#[test]
fn the_report_tells_of_a_cycle_that_still_runs_and_of_its_own_time_outs_alone() {
    let story = "[[fault]]\nname = \"gap\"\nstall = true\nfrom = \"40m\"\nfor = \"1m\"\n";
    let mut cut = play(story, &["ends=41m", "entra.policy.request_timeout=3m"]);
    cut.run_to_end();
    let report = report::plain(&cut, None);
    assert!(report.contains("day  0 08:41  cycle 2  incremental"), "{report}");
    assert!(report.contains("still running, and has only begun"), "{report}");
    let tested = "[[fault]]\nname = \"gap\"\nstall = true\nfrom = \"10m\"\nfor = \"1m\"\n\
                  [[at]]\ntime = \"10m\"\ndo = \"test_connection\"\n[[at]]\ntime = \"20m\"\ndo = { update = { ann = { department = \"X\" } } }\n";
    let mut tested = play(tested, &[]);
    tested.run_to_end();
    let report = report::plain(&tested, None);
    assert!(report.contains("1 updated") && report.contains("✗ connection test"), "{report}");
    assert!(
        !report.contains("without an answer in time"),
        "the test's time-out is not the cycle's: {report}"
    );
}

#[test]
fn a_report_keeps_to_the_width_there_is() {
    let mut play = play(
        "[[at]]\nafter = \"cycle 1\"\nsay = \"A sentence that is a good deal longer than a narrow terminal is wide.\"\n",
        &[],
    );
    play.run_to_end();
    for columns in [20, 80, 118, 400] {
        let widest = report::lines(&play, None, columns)
            .iter()
            .map(|line| line.text().trim_end().chars().count())
            .max();
        assert!(widest <= Some(columns.clamp(88, 118)), "{columns}: {widest:?}");
    }
}

#[test]
fn a_secret_too_long_to_be_saved_is_not_used() {
    // B70: the administrator renews the token, and what was to be saved was not.
    for (limit, status, refused) in [
        (0, "Active", ""),
        (11, "Active", ""),
        (10, "Quarantine", "expect.refused = { contains = \"11 bytes\" }\n"),
    ] {
        let story = format!(
            "[[at]]\ntime = \"1h\"\ndo = [{{ set = {{ entra.policy.secret_limit = {limit} }} }}, \
             {{ rotate_token = {{ value = \"fresh-token\" }} }}, {{ set_secret = \"fresh-token\" }}]\n{refused}\
             [[at]]\ntime = \"2h\"\nexpect.job.status = \"{status}\"\n"
        );
        let judged = judged(&story);
        let met = judged.iter().all(|one| one.starts_with("met day 0"));
        assert!(met && judged.len() == 1 + usize::from(limit == 10), "{limit}: {judged:?}");
        let mut play = play(&story, &[]);
        play.run_to_end();
        let lines: Vec<String> =
            report::lines(&play, None, 118).iter().map(|line| line.text().to_string()).collect();
        let told = lines.iter().any(|line| line.contains("✗ refused") && line.contains("11 bytes"));
        assert_eq!(told, limit == 10, "{limit}: {lines:#?}");
    }
}

#[test]
fn no_text_of_a_server_or_a_client_can_tell_another_story() {
    // The error text holds an escape sequence, a line end and a right-to-left override.
    let body = r#"{"detail":"\u001b[2J no\nGREEN    9 expectations met \u202etsom"}"#;
    let story = format!(
        "[[fault]]\nwhen.method = \"POST\"\nrespond = {{ status = 400, body = '{body}' }}\n\
         [[at]]\ntime = \"1h\"\nexpect.log.last.ann.status = \"success\"\n"
    );
    let mut play = play(&story, &[]);
    play.run_to_end();
    let lines = report::lines(&play, None, 118).into_iter().chain(report::exchanges(&play, true));
    let lines: Vec<String> = lines.map(|line| line.text()).collect();
    assert!(lines.iter().any(|line| line.contains(r"\u{1b}[2J no GREEN")), "{lines:#?}");
    let hidden = lines.iter().filter(|line| line.chars().any(printable::is_hidden));
    assert_eq!(hidden.count(), 0, "{lines:#?}");
}

#[test]
fn no_secret_of_the_token_endpoint_is_journalled_or_shown() {
    for auth in ["client_credentials", "federation"] {
        let story = format!(
            "[golinks]\noauth = {{ client_secret = \"hidden-winter\" }}\n\
             [[fault]]\nname = \"cut\"\ngarble = \"truncate\"\nfrom = \"2h\"\nfor = \"10m\"\n\
             when = {{ path = \"/oauth/token\" }}\n\
             [[at]]\ntime = \"3h\"\ndo = {{ set = {{ entra.auth = \"{auth}\" }} }}\n\
             expect.requests.tokens = {{ min = 2 }}\n"
        );
        let mut play = play(&story, &[&format!("entra.auth={auth}")]);
        play.run_to_end();
        let journal = play.world().journal();
        let mut seen = 0;
        for record in journal.records() {
            let body = String::from_utf8_lossy(journal.body(record.seq).unwrap_or_default());
            seen += usize::from(body.contains("grant_type=client_credentials"));
            for secret in ["hidden-winter", "\"oauth-", "eyJhbGciOi"] {
                assert!(!body.contains(secret), "{secret} in {body}");
            }
        }
        assert!(seen >= 2, "token requests are in the journal");
        assert!(!report::plain(&play, None).contains("hidden-winter"));
    }
}

#[test]
fn a_job_that_is_given_up_during_its_last_attempt_stays_in_quarantine() {
    // The last attempt begins 27 days after the first failure and gets through, but takes longer
    // than the day that is left. The four weeks decide [quarantine].
    let text = "title = \"Too late\"\nends = \"32d\"\n[entra.policy]\nconcurrency = 1\n\
                [people]\ngenerate = 600\nassigned = true\n\
                [[fault]]\nname = \"down\"\nrespond = 503\nuntil = \"26d 20h\"\n\
                [[fault]]\nname = \"slow\"\ndelay = \"90s\"\n\
                [[at]]\ntime = \"0d\"\ndo = \"start\"\n\
                [[at]]\ntime = \"27d 20h\"\nexpect.job.state = \"Active\"\nexpect.golinks.accounts.total = { min = 1 }\n\
                [finally]\njob = { state = \"Disabled\", status = \"Quarantine\" }\ngolinks.accounts.total = 600\n";
    let script = load("late.toml", text, &[])
        .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    let report = report::plain(&play, None);
    assert!(play.verdict().green(), "{report}");
    assert!(report.ends_with("the job was given up in quarantine\n"), "{report}");
    assert!(!report.contains("recovered"), "{report}");
}

#[test]
fn a_reason_names_no_retry_before_the_next_attempt_of_the_quarantine() {
    // Ten failures impose a quarantine, whose next attempt is six hours later.
    let text = "title = \"t\"\nends = \"2h\"\n[people]\ngenerate = 10\nassigned = true\n\
                [entra.policy]\nquarantine_min_failures = 3\ninitial_cycle_prune = false\n\
                [[fault]]\nrespond = 400\nwhen = { method = \"POST\" }\n\
                [[at]]\ntime = \"0d\"\ndo = \"start\"\n[[at]]\ntime = \"1h\"\nexpect.job.escrows = 0\n";
    let script = load("held.toml", text, &[])
        .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    let report = report::plain(&play, None);
    assert!(report.contains("2026-03-02T14:00:00Z"), "{report}");
    assert!(!report.contains("2026-03-02T08:40:00Z"), "{report}");
}

/// The report of a story with ten people that ends after a day.
fn report_of(more: &str) -> String {
    let text = format!(
        "title = \"Ten\"\nends = \"25h\"\n[people]\ngenerate = 10\n{more}\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n"
    );
    let script = load("ten.toml", &text, &[])
        .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    report::plain(&play, None)
}

#[test]
fn a_failed_cycle_tells_what_it_did_and_the_last_line_hides_no_quarantine() {
    let when = "when = { method = \"POST\", nth = { min = 4 } }";
    let report = report_of(&format!("[[fault]]\nname = \"out\"\nrespond = 401\n{when}\n"));
    let failed = report.lines().find(|line| line.contains("cycle 1  FAILED")).unwrap_or(&report);
    assert!(failed.contains("401") && report.contains("3 created"), "{report}");
    assert!(
        report.ends_with("DONE     nothing was expected · the job is in quarantine\n"),
        "{report}"
    );
}

#[test]
fn people_that_fail_are_counted_beside_the_worlds_and_an_empty_scope_is_said() {
    let fault =
        "[[fault]]\nname = \"one\"\nrespond = 403\nwhen = { method = \"POST\", user = \"ann\" }\n";
    let report = report_of(&format!("[user.ann]\nname = \"Ann Okafor\"\n{fault}"));
    let worlds = "10 of 11 in scope are right at GoLinks · 1 fails and waits for a retry";
    assert!(report.contains(worlds), "{report}");
    let report = report_of("assigned = false");
    assert!(report.contains("WORLDS   no user is in scope"), "{report}");
    assert!(report.ends_with("nothing was expected · no user is in scope\n"), "{report}");
}

#[test]
fn a_quarantine_that_was_cleared_does_not_make_the_next_one_longer() {
    let story = "[[at]]\ntime = \"1h\"\ndo = \"revoke_token\"\n\
                 [[at]]\ntime = \"3h\"\ndo = \"restart\"\n\
                 [[at]]\ntime = \"10h\"\ndo = [{ rotate_token = { value = \"n\" } }, { set_secret = \"n\" }]\n";
    let mut play = play(story, &[]);
    play.run_to_end();
    let told = report::plain(&play, None);
    let lifted = "recovered               quarantine lifted after 12 h, 13 h 40 m after the first of 2 in a row began\n";
    assert!(told.contains(lifted), "{told}");
}

#[test]
fn a_quarantine_and_a_cycle_end_with_their_job() {
    let story = "[[at]]\ntime = \"1h\"\ndo = \"quarantine\"\n\
                 [[at]]\ntime = \"3h\"\ndo = \"delete_job\"\n[[at]]\ntime = \"4h\"\ndo = \"start\"\n\
                 [[at]]\ntime = \"10h\"\ndo = \"quarantine\"\n";
    let mut quarantined = play(story, &[]);
    quarantined.run_to_end();
    let told = report::plain(&quarantined, None);
    assert!(told.contains("○ quarantine              over, its job is deleted\n"), "{told}");
    assert!(!told.contains("in a row") && !told.contains("of 2"), "{told}");
    let story = "[[at]]\ntime = \"1h\"\ndo = { set = { entra.policy.max_rps = 1 } }\n\
                 [[at]]\ntime = \"1h\"\ndo = \"restart\"\n[[at]]\ntime = \"3601s\"\ndo = \"delete_job\"\n";
    let mut under_way = play(story, &[]);
    under_way.run_to_end();
    let told = report::plain(&under_way, None);
    assert!(told.contains("broken off: the job was deleted"), "{told}");
    assert!(!told.contains("by the service"), "{told}");
}

#[test]
fn a_run_on_demand_whose_connection_test_fails_is_explained() {
    let mut play = play("[[at]]\ntime = \"1h\"\ndo = \"revoke_token\"\n", &["ends=2h"]);
    play.run_to_end();
    let main = crate::entra::AppId::MAIN;
    let lines = crate::scenario::explain::ondemand(&mut play, main, "ann").expect("it is run");
    let told: String = lines.iter().map(|line| line.text() + "\n").collect();
    assert!(told.contains("401") && !told.contains("has not ended"), "{told}");
}

#[test]
fn allowing_deletes_starts_a_job_that_was_given_up() {
    let story = "[entra]\ndelete_threshold = 1\n\
                 [[at]]\ntime = \"1d\"\ndo = { disable = \"ann\" }\n";
    let given_up = "[[at]]\ntime = \"29d 1h\"\nexpect.job.state = \"Disabled\"\n";
    for answer in ["\"allow_deletes\"", "{ restart = [\"ForceDeletes\"] }"] {
        let allowed = format!("[[at]]\ntime = \"35d\"\ndo = {answer}\n");
        let closing = "[finally]\njob.state = \"Active\"\nworlds = \"agree\"\n";
        let mut play = play(&format!("{story}{given_up}{allowed}{closing}"), &["ends=\"36d\""]);
        play.run_to_end();
        let verdict = play.verdict();
        assert_eq!((verdict.met, verdict.failed), (3, 0), "{answer}: {:?}", verdict.checks);
    }
}

#[test]
fn what_the_deletion_guard_holds_back_is_told_with_the_guard() {
    let story = "[entra]\ndelete_threshold = 1\n\
                 [[at]]\ntime = \"1h\"\ndo = { delete = \"ann\" }\n[finally]\nworlds = \"agree\"\n";
    let told = |ends: &str| {
        let mut play = play(story, &[&format!("ends=\"{ends}\"")]);
        play.run_to_end();
        report::plain(&play, None).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let held = "is held back by the deletion guard: 1 staged, threshold 1";
    let disable = told("2d");
    assert!(disable.contains(&format!("the disable was due day 0 09:00, and {held}")), "{disable}");
    assert!(disable.contains("TooManyDeletes ") && !disable.contains("no code"), "{disable}");
    let delete = told("33d");
    assert!(delete.contains(&format!("the delete was due day 30 09:00, and {held}")), "{delete}");
}

#[test]
fn a_green_run_says_which_fault_struck_no_request() {
    let last = |fault: &str| {
        let text = format!("[[fault]]\nrespond = 503\nname = \"outage\"\n{fault}\n");
        let mut play = play(&text, &[]);
        play.run_to_end();
        report::plain(&play, None).lines().last().unwrap_or_default().to_owned()
    };
    let missed = "the fault `outage` struck no request";
    // Between two cycles nothing is sent, and no group is there to be asked for.
    for fault in ["from = \"1h\"\nuntil = \"1h 1m\"", "when = { path = \"/Groups*\" }"] {
        assert!(last(fault).ends_with(missed), "{fault}: {}", last(fault));
    }
    for fault in ["from = \"1h\"\nuntil = \"2h\"", "from = \"3d\""] {
        assert!(!last(fault).contains("struck no request"), "{fault}: {}", last(fault));
    }
    let cleared = "when = { path = \"/Groups*\" }\n\
                   [[at]]\ntime = \"1d\"\ndo = { clear_fault = \"outage\" }";
    assert!(last(cleared).ends_with(missed), "{}", last(cleared));
}

#[test]
fn the_header_has_the_policies_of_the_file_and_not_those_of_a_later_moment() {
    let story =
        "[[at]]\ntime = \"20h\"\ndo = { set = { entra.policy.cycle_interval = \"20m\" } }\n";
    let mut play = play(story, &["ends=\"1d\""]);
    play.run_to_end();
    let told = report::plain(&play, None);
    let first = told.lines().next().expect("a header");
    assert!(first.ends_with("1 day · policy: max_rps = 0"), "{first}");
    assert!(told.contains("cycle_interval = \"20m\""), "the moment has it: {told}");
}
