//! A failed expectation says what was due, what every attempt met, and how long it was exposed.

use scimulator::evidence::exchange::ExchangeQuery;
use scimulator::evidence::held;
use scimulator::scenario::expect::{Attempts, Reason};
use scimulator::scenario::report;
use scimulator::scenario::{Play, load, messages};

const HEAD: &str = r#"
title = "Ann leaves"
ends  = "40d"

[golinks]
profile = "golinks"
token   = { value = "class-token", expires = "30d" }

[entra]
secret = "class-token"

[people]
generate = 1
assigned = true

[user.ann]
name = "Ann Okafor"
"#;

/// The play of a story whose only expectation fails, and the words of the reasons.
fn failed(story: &str) -> (Play, Vec<String>) {
    let text = format!("{HEAD}{story}");
    let script = load("story.toml", &text, &[])
        .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    let words = {
        let [check] = play.checks() else { panic!("one expectation: {:?}", play.checks()) };
        assert!(!check.met, "{check:?}");
        check.why.iter().map(|why| why.words(play.script().start)).collect()
    };
    (play, words)
}

fn check(story: &str, first: &str) {
    let (_, words) = failed(story);
    assert_eq!(words.first().map(String::as_str), Some(first), "{words:#?}");
}

#[test]
fn a_broken_assignment_is_the_reason_and_nothing_was_due() {
    let story = r#"
[[at]]
time = "0d"
do   = "start"
[[at]]
time = "1h"
do   = { break_assignment = "ann" }
[[at]]
time = "4h"
do   = "restart"
[[at]]
time = "6h"
expect.golinks.account.ann.active = true
"#;
    let first = "the record of the assignment is broken, so provisioning treats ann as not \
                 entitled; unassign and assign again";
    check(story, first);
}

#[test]
fn what_was_due_is_told_with_what_every_attempt_met() {
    let story = r#"
[[at]]
time = "0d"
do   = "start"
[[at]]
time = "31d 2h"
do   = { disable = "ann" }
[[at]]
time = "36d"
expect.golinks.account.ann.active = false
"#;
    let (play, words) = failed(story);
    let due = "the disable was due day 31 10:00, and every attempt met 401 (4 requests)";
    assert_eq!(words[0], due, "{words:#?}");
    assert!(words.iter().any(|it| it.starts_with("in quarantine since day 30")), "{words:#?}");
    let exposed = "ann was exposed for 4 d 22 h from day 31 10:00, and it goes on";
    assert!(words.contains(&exposed.to_owned()), "{words:#?}");
    let check = &play.checks()[0];
    let Some(Reason::Overdue(overdue)) = check.why.first().map(|why| &why.reason) else {
        panic!("{:?}", check.why);
    };
    assert!(matches!(overdue.attempts, Attempts::Always { requests: 4, .. }), "{overdue:?}");
    let more = report::more(play.script(), check, None);
    let command =
        format!("scimulator requests story.toml --seed {} --user ann", play.script().seed.0);
    assert_eq!(more, Some(command.clone()));
    let report = report::plain(&play, None);
    assert!(report.contains(due) && report.contains(&format!("more: {command}")), "{report}");
}

/// A group whose members GoLinks takes all, in a story that ends with this.
fn of_group(rest: &str) -> Vec<String> {
    let text = format!(
        "title = \"One out\"\nends = \"1d 2h\"\n[golinks]\nprofile = \"generic\"\n\
         [entra.mappings]\ntemplate = \"scim\"\n\
         [user.ann]\nname = \"Ann Okafor\"\n[user.ben]\nname = \"Ben Ito\"\n\
         [group.sales]\nname = \"Sales\"\nmembers = [\"ann\", \"ben\"]\nassigned = true\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n\
         [[at]]\ntime = \"1d\"\ndo = {{ remove_member = {{ group = \"sales\", user = \"ann\" }} }}\n\
         {rest}"
    );
    let script = load("group.toml", &text, &[])
        .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    let [check] = play.checks() else { panic!("one expectation: {:?}", play.checks()) };
    assert!(!check.met, "{check:?}");
    let about = ExchangeQuery { user: Some("sales".to_owned()), ..ExchangeQuery::default() };
    assert!(held::exchanges(&play, &about).iter().any(|it| it.target.contains("/Groups")));
    check.why.iter().map(|why| why.words(play.script().start)).collect()
}

#[test]
fn of_a_group_is_told_what_was_due_and_what_was_sent() {
    let words = of_group(
        "[[fault]]\nname = \"no\"\nfrom = \"1d\"\nwhen = { method = \"PATCH\" }\nrespond = 500\n\
         [finally]\ngolinks.group.sales.members = 1",
    );
    assert!(
        words[0].starts_with("the update was due day 1 08:00, and ")
            && words[0].ends_with(" about sales, a PATCH, met 500"),
        "{words:#?}"
    );
    assert!(words.iter().any(|it| it.starts_with("last request: day 1 ")), "{words:#?}");
    let words = of_group(
        "[[fault]]\nname = \"no\"\nfrom = \"1d\"\nrespond = 500\n[finally]\nworlds = \"agree\"",
    );
    let due = "sales: the update was due day 1 08:00, and the one attempt met 500";
    assert!(words[0].starts_with(due), "{words:#?}");
    assert!(words.iter().any(|it| it.starts_with("sales: last request: day 0 ")), "{words:#?}");
}

/// The words about the only expectation of a story, that the worlds agree, which fails.
fn about_worlds(tables: &str, moments: &str) -> Vec<String> {
    let text = format!(
        "title = \"T\"\nends = \"5d\"\n[golinks]\nprofile = \"generic\"\n\
         [entra.mappings]\ntemplate = \"scim\"\n[people]\ngenerate = 0\n{tables}\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n{moments}[finally]\nworlds = \"agree\"\n"
    );
    let script = load("worlds.toml", &text, &[])
        .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    let [check] = play.checks() else { panic!("one expectation: {:?}", play.checks()) };
    assert!(!check.met, "{check:?}");
    check.why.iter().map(|why| why.words(play.script().start)).collect()
}

fn has(words: &[String], start: &str) -> bool {
    words.iter().any(|it| it.starts_with(start))
}

/// What is told of `worlds` at the end begins one of its reasons with each of these words.
fn told(tables: &str, moments: &str, starts: &[&str]) -> Vec<String> {
    let words = about_worlds(tables, moments);
    for start in starts {
        assert!(has(&words, start), "{start}: {words:#?}");
    }
    words
}

/// A moment that gives ann another value.
fn change(time: &str, what: &str) -> String {
    format!("[[at]]\ntime = \"{time}\"\ndo = {{ update = {{ ann = {{ {what} }} }} }}\n")
}

#[test]
fn a_group_waits_for_a_scope_that_is_saved_and_is_due_once_it_is_in_force() {
    let tables = "[user.ann]\nname = \"Ann Okafor\"\n[group.blue]\nmembers = [\"ann\"]\n";
    let saved = "[[at]]\ntime = \"2d\"\ndo = { set_scope = \"all\" }\n";
    let waits = "what decides about the scope of blue is saved and not in force yet";
    let words = told(tables, saved, &[waits]);
    assert!(
        !words.iter().any(|it| it.contains("was due") || it.contains("no cycle")),
        "{words:#?}"
    );
    let restarted = format!(
        "{saved}[[fault]]\nname = \"no\"\nfrom = \"1d\"\nwhen = {{ path = \"/Groups*\" }}\n\
         respond = 500\n[[at]]\ntime = \"3d\"\ndo = \"restart\"\n"
    );
    told(tables, &restarted, &["blue: the create was due day 3 08:00, "]);
}

#[test]
fn a_group_whose_record_is_broken_is_owed_nothing() {
    let tables =
        "[user.ann]\nname = \"Ann Okafor\"\n[group.red]\nmembers = [\"ann\"]\nassigned = true\n";
    let breaks = "[[at]]\ntime = \"1d\"\ndo = { break_assignment = { group = \"red\" } }\n";
    let broken =
        "the record of the assignment is broken, so provisioning treats red as not entitled";
    let words = told(tables, breaks, &[broken]);
    assert!(!words.iter().any(|it| it.contains("was due")), "{words:#?}");
}

#[test]
fn a_manager_who_is_connected_by_now_is_no_reason_and_one_who_never_was_explains_no_create() {
    let tables = "[user.boss]\nname = \"Bo Boss\"\nassigned = false\n\
                  [user.ann]\nname = \"Ann Okafor\"\nmanager = \"boss\"\n";
    let passed_by = "no cycle looks at ann again until something about it changes";
    let connected = "[[at]]\ntime = \"1d 1m\"\ndo = { assign = \"boss\" }\n";
    told(tables, connected, &["ann: the update was due day 1 08:40, ", passed_by]);
    let gone = "[[at]]\ntime = \"1d 1m\"\ndo = { delete_account = \"ann\" }\n";
    let words = told(tables, gone, &["ann: the create was due day 1 08:01, ", passed_by]);
    assert!(!has(&words, "cycles pass over"), "{words:#?}");
}

#[test]
fn an_update_is_due_since_the_change_that_makes_the_difference() {
    // The title changes first; the department, which is no longer written, after that.
    let tables = "[user.ann]\nname = \"Ann Okafor\"\njobTitle = \"Lead\"\n";
    let moments = format!(
        "[[fault]]\nname = \"no\"\nfrom = \"1d\"\nwhen = {{ method = \"PATCH\" }}\nrespond = 500\n{}{}",
        change("1d 2h", "jobTitle = \"Head\""),
        change("2d 3h", "usageLocation = \"SE\"")
    );
    told(tables, &moments, &["ann: the update was due day 1 10:00, "]);
}

#[test]
fn a_read_that_lags_is_named_by_its_quirk() {
    let tables = "[golinks.quirks]\nreads_lag = true\n[user.ann]\nname = \"Ann Okafor\"\njobTitle = \"Lead\"\n";
    let moments = change("1d 5m", "jobTitle = \"Head\"") + &change("1d 3h", "jobTitle = \"Lead\"");
    told(tables, &moments, &["GoLinks has the quirk reads_lag (B124): "]);
}

#[test]
fn a_job_that_is_deleted_is_called_so() {
    let tables = "[user.ann]\nname = \"Ann Okafor\"\n";
    let moments = "[[at]]\ntime = \"1d\"\ndo = [\"delete_job\", { disable = \"ann\" }]\n";
    let due = "ann: the disable was due day 1 08:00, and no request has been sent since: the job is deleted";
    told(tables, moments, &[due]);
}

#[test]
fn the_command_for_more_names_the_application_that_the_expectation_names() {
    // One that names none speaks of the main application.
    for (of, app) in [("app.test.", "test"), ("", "main")] {
        let text = format!(
            "title = \"Two\"\nends = \"1h\"\n[user.ann]\nname = \"Ann Okafor\"\n\
             [app.test]\nsecret = \"wrong\"\n\
             [finally]\n{of}golinks.account.ann.active = true"
        );
        let script = load("two.toml", &text, &[])
            .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
        let mut play = Play::new(script);
        play.run_to_end();
        let [check] = play.checks() else { panic!("one expectation: {:?}", play.checks()) };
        let more = report::more(play.script(), check, None).unwrap_or_default();
        assert!(more.ends_with(&format!(" --user ann --app {app}")), "{more}");
    }
}

#[test]
fn where_nothing_was_sent_the_job_says_why() {
    check(
        "[[at]]\ntime = \"1h\"\nexpect.golinks.account.ann.active = true",
        "the create was due, and the job was never started",
    );
    check(
        "[[at]]\ntime = \"0d\"\ndo = \"start\"\n[[at]]\ntime = \"1d\"\n\
         do = [\"stop\", { disable = \"ann\" }]\n\
         [[at]]\ntime = \"2d\"\nexpect.golinks.account.ann.active = false",
        "the disable was due day 1 08:00, and no request has been sent since: the job is stopped",
    );
    check(
        "[[at]]\ntime = \"0d\"\ndo = \"start\"\n[[at]]\ntime = \"1d 10m\"\n\
         do = { disable = \"ann\" }\n\
         [[at]]\ntime = \"1d 20m\"\nexpect.golinks.account.ann.active = false",
        "the disable was due day 1 08:10, and no request has been sent since; the next cycle is due \
         day 1 08:40",
    );
}

#[test]
fn where_other_requests_got_through_the_last_one_about_the_user_tells() {
    check(
        "[[fault]]\nname = \"no\"\nwhen = { user = \"ann\", method = \"PATCH\" }\nrespond = 500\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n[[at]]\ntime = \"1d\"\n\
         do = { disable = \"ann\" }\n\
         [[at]]\ntime = \"1d 30m\"\nexpect.golinks.account.ann.active = false",
        "the disable was due day 1 08:00, and the last of 2 requests about ann, a PATCH, met 500",
    );
}

#[test]
fn a_request_that_only_reads_is_not_told_as_the_write_that_was_due() {
    check(
        "[[fault]]\nname = \"stale\"\nfrom = \"12h\"\nwhen = { user = \"ann\", method = \"GET\" }\n\
         respond = { status = 200, body = '{\"id\":\"792485099114193\",\"userName\":\"ann.okafor@contoso.example\",\"active\":false}' }\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n[[at]]\ntime = \"1d\"\n\
         do = { disable = \"ann\" }\n\
         [[at]]\ntime = \"1d 30m\"\nexpect.golinks.account.ann.active = false",
        "the disable was due day 1 08:00, and the one request about ann, a GET, met 200; nothing was written",
    );
}

/// The words about the only expectation that fails, of two applications on one workspace.
fn of_two(rest: &str) -> Vec<String> {
    let text = format!(
        "title = \"Two\"\nends = \"5d\"\n[user.ann]\nname = \"Ann Okafor\"\n\
         [user.bob]\nname = \"Bob Stone\"\n[app.test]\nassigned = [\"ann\", \"bob\"]\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n\
         [[at]]\ntime = \"1d\"\ndo = {{ start = true, app = \"test\" }}\n{rest}"
    );
    let script = load("two.toml", &text, &[])
        .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    let failed: Vec<_> = play.checks().iter().filter(|check| !check.met).collect();
    let [check] = failed.as_slice() else { panic!("one failure: {:?}", play.checks()) };
    check.why.iter().map(|why| why.words(play.script().start)).collect()
}

#[test]
fn what_another_application_of_the_workspace_did_is_told_by_its_name() {
    let words = of_two(
        "[[at]]\ntime = \"2d 10m\"\ndo = { unassign = \"bob\", app = \"test\" }\n\
         [finally]\ngolinks.account.bob.active = true",
    );
    let due = "[main] the enable was due day 2 08:40, and none of the 107 requests of main since was about bob";
    assert_eq!(words[0], due, "{words:#?}");
    let by = "[main] the account was last made inactive day 2 08:40 by the application test: PATCH /scim/v2/Users/";
    assert!(words[2].starts_with(by) && words[2].ends_with(", answered 200"), "{words:#?}");
    assert!(
        words
            .iter()
            .any(|it| it.starts_with("[test] last log row: day 2 08:40, cycle 38: disable bob")),
        "{words:#?}"
    );
}

#[test]
fn what_was_done_by_hand_or_by_another_client_is_no_deed_of_the_application() {
    let (_, words) = failed(
        "[[at]]\ntime = \"0d\"\ndo = \"start\"\n\
         [[at]]\ntime = \"1d\"\ndo = { edit_account = { ann = { active = false } } }\n\
         [[at]]\ntime = \"2d\"\nexpect.golinks.account.ann.active = true",
    );
    assert!(words[0].starts_with("the enable was due day 1 08:00, "), "{words:#?}");
    let none = "no cycle looks at ann again until something about it changes in the directory; a restart \
                makes one look, too";
    assert_eq!(words[1], none, "{words:#?}");
    let by = "the account was last made inactive day 1 08:00 by the action `edit_account`";
    assert_eq!(words[2], by, "{words:#?}");
    // What the application itself did last is told by its row and its request alone.
    let (_, words) = failed(
        "[[at]]\ntime = \"0d\"\ndo = \"start\"\n[[at]]\ntime = \"1d\"\ndo = { disable = \"ann\" }\n\
         [[at]]\ntime = \"2d\"\nexpect.golinks.account.ann.active = true",
    );
    assert!(!words.iter().any(|it| it.contains(" by ")), "{words:#?}");
}

#[test]
fn whoever_is_purged_while_a_disable_is_staged_waits_since_the_disable_was_due() {
    let (_, words) = failed(
        "[[at]]\ntime = \"0d\"\ndo = { set = { entra.delete_threshold = 1 } }\n\
         [[at]]\ntime = \"1m\"\ndo = \"start\"\n\
         [[at]]\ntime = \"1d\"\ndo = { delete = \"ann\" }\n\
         [[at]]\ntime = \"2d\"\ndo = { purge = \"ann\" }\n\
         [[at]]\ntime = \"4d\"\nexpect.golinks.account.ann = { absent = true }",
    );
    let due = "a disable was due day 1 08:00; the delete was due day 2 08:00, and is held back by the deletion guard: \
               1 staged, threshold 1";
    assert_eq!(words[0], due, "{words:#?}");
}

#[test]
fn what_keeps_every_cycle_from_it_is_told() {
    let (_, words) = failed(
        "[[at]]\ntime = \"0d\"\ndo = \"start\"\n\
         [[at]]\ntime = \"1d\"\ndo = [\"stop\", { delete_connection = \"ann\" }, \"start\"]\n\
         [[at]]\ntime = \"1d 2h\"\ndo = { disable = \"ann\" }\n\
         [[at]]\ntime = \"2d\"\nexpect.golinks.account.ann.active = false",
    );
    let why = "ann is connected with no account: a cycle takes away only what is connected";
    assert_eq!(words[1], why, "{words:#?}");
    let (_, words) = failed(
        "[[at]]\ntime = \"0d\"\ndo = [{ set_scope = \"all\" }, \"start\"]\n\
         [[at]]\ntime = \"1d\"\ndo = [{ set_scope = \"assigned\" }, { unassign = \"ann\" }]\n\
         [[at]]\ntime = \"2d\"\nexpect.golinks.account.ann.active = false",
    );
    let why = "what decides about the scope of ann is saved and not in force yet: it takes effect with the next initial \
               cycle";
    assert!(words.iter().any(|it| it == why), "{words:#?}");
}

#[test]
fn a_create_is_due_since_the_user_is_in_scope_whatever_value_changed_later() {
    let refused = "[[fault]]\nname = \"no\"\nwhen = { method = \"POST\" }\nrespond = 400\n\
                   [[at]]\ntime = \"0d\"\ndo = \"start\"\n\
                   [[at]]\ntime = \"2d\"\ndo = { update = { ann = { department = \"IT\" } } }\n\
                   [[at]]\ntime = \"3d\"\nexpect.golinks.account.ann.active = true";
    let (_, words) = failed(refused);
    assert!(words[0].starts_with("the create was due day 0 08:00, and "), "{words:#?}");
    // Nor does a group that is not assigned make the create any younger.
    let beside = refused.replace(
        "{ update = { ann = { department = \"IT\" } } }",
        "{ add_member = { group = \"x\", user = \"ann\" } }",
    );
    let (_, words) = failed(&format!("[group.x]\nmembers = []\n{beside}"));
    assert!(words[0].starts_with("the create was due day 0 08:00, and "), "{words:#?}");
    // Another value of the user does not make the update by hand any younger.
    let (_, words) = failed(
        "[[at]]\ntime = \"0d\"\ndo = \"start\"\n\
         [[at]]\ntime = \"1d\"\ndo = [\"stop\", { edit_account = { ann = { name = { familyName = \"X\" } } } }]\n\
         [[at]]\ntime = \"2d\"\ndo = { update = { ann = { givenName = \"Anna\" } } }\n\
         [[at]]\ntime = \"3d\"\nexpect.golinks.account.ann.name.familyName = \"Okafor\"",
    );
    assert!(words[0].starts_with("the update was due day "), "{words:#?}");
}

#[test]
fn a_member_whose_account_came_late_is_due_since_then_and_no_cycle_sends_it() {
    let text = "title = \"Late\"\nends = \"1d\"\n[golinks]\nprofile = \"generic\"\n\
                [entra.mappings]\ntemplate = \"scim\"\n[user.ann]\nname = \"Ann Okafor\"\n\
                [group.sales]\nname = \"Sales\"\nmembers = [\"ann\"]\nassigned = true\n\
                [[fault]]\nname = \"no\"\nrespond = 500\nuntil = \"5h\"\n\
                when = { method = \"POST\", path = \"/Users\" }\n\
                [[at]]\ntime = \"0d\"\ndo = \"start\"\n[finally]\nworlds = \"agree\"";
    let script = load("late.toml", text, &[])
        .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    let [check] = play.checks() else { panic!("one expectation: {:?}", play.checks()) };
    let words: Vec<String> = check.why.iter().map(|why| why.words(play.script().start)).collect();
    let due = "sales: the update was due day 0 14:00, and none of the ";
    assert!(words[0].starts_with(due), "{words:#?}");
    let none = "no cycle looks at sales again until something about it changes in the directory; a restart \
                makes one look, too";
    assert_eq!(words[1], none, "{words:#?}");
}

#[test]
fn after_a_restore_of_a_group_all_is_due_since_then() {
    let text = "title = \"Back\"\nends = \"20h\"\n[golinks]\nprofile = \"generic\"\n\
                [entra.mappings]\ntemplate = \"scim\"\n\
                [user.ann]\nassigned = false\n[user.bob]\nassigned = false\n\
                [group.sales]\nkind = \"microsoft_365\"\nsecurity_enabled = true\n\
                members = [\"ann\"]\nassigned = true\n\
                [[fault]]\nrespond = 503\nfrom = \"9h\"\nwhen = { method = [\"POST\", \"PATCH\"] }\n\
                [[at]]\ntime = \"0d\"\ndo = \"start\"\n\
                [[at]]\ntime = \"2h\"\ndo = { delete_group = \"sales\" }\n\
                [[at]]\ntime = \"10h\"\ndo = { restore_group = \"sales\" }\n\
                [[at]]\ntime = \"11h\"\ndo = { add_member = { group = \"sales\", user = \"bob\" } }\n\
                [finally]\nworlds = \"agree\"";
    let script = load("back.toml", text, &[])
        .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    let [check] = play.checks() else { panic!("one expectation: {:?}", play.checks()) };
    let words: Vec<String> = check.why.iter().map(|why| why.words(play.script().start)).collect();
    for due in [
        "ann: the enable was due day 0 18:00, and ",
        "bob: the create was due day 0 19:00, and ",
        "sales: the create was due day 0 18:00, and ",
    ] {
        assert!(words.iter().any(|it| it.starts_with(due)), "{due}: {words:#?}");
    }
}

/// The reasons of a story that fails in one expectation, without the head of the others.
fn whys(text: &str) -> Vec<String> {
    let script = load("why.toml", text, &[])
        .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    let [check] = play.checks() else { panic!("one expectation: {:?}", play.checks()) };
    assert!(!check.met, "{check:?}");
    check.why.iter().map(|why| why.words(play.script().start)).collect()
}

#[test]
fn nothing_was_due_by_a_scope_that_is_not_in_force() {
    let story = "title = \"Due\"\nends = \"3d\"\n[user.ann]\n[user.bob]\nassigned = false\n\
                 [[at]]\ntime = \"0d\"\ndo = \"start\"\n\
                 [[at]]\ntime = \"2d\"\ndo = { set_scope = \"all\" }\n\
                 [finally]\nworlds = \"agree\"\n";
    let words = whys(story);
    assert!(!words.iter().any(|it| it.contains("was due")), "{words:#?}");
    assert!(words.iter().any(|it| it.contains("saved and not in force yet")), "{words:#?}");
    // In force it is due since the scope was saved.
    let refused = story.replace(
        "do = { set_scope = \"all\" }",
        "do = [{ fault = { name = \"no\", when = { method = \"POST\" }, respond = 500 } }, \
         { set_scope = \"all\" }, \"restart\"]",
    );
    let words = whys(&refused);
    assert!(words[0].starts_with("bob: the create was due day 2 08:00, "), "{words:#?}");
}

#[test]
fn a_value_is_due_since_its_row_is_mapped() {
    let words = whys(
        "title = \"Mapped later\"\nends = \"3d\"\n[golinks]\nprofile = \"generic\"\n\
         [entra.mappings]\ntemplate = \"scim\"\n[user.ann]\n\
         [[fault]]\nname = \"w\"\nfrom = \"30h\"\nwhen = { method = \"PATCH\" }\nrespond = 500\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n[[at]]\ntime = \"2d\"\n\
         do = { set = { entra.mappings.users.change = [{ target = \"nickName\", constant = \"x\" }] } }\n\
         [finally]\nworlds = \"agree\"\n",
    );
    assert!(words[0].starts_with("ann: the update was due day 2 08:00, "), "{words:#?}");
}

#[test]
fn the_request_at_which_an_account_was_lost_is_no_attempt_to_create_it() {
    let words = whys(
        "title = \"Renamed away\"\nends = \"2d\"\n[golinks]\nprofile = \"generic\"\n\
         quirks = { rename_deletes = true }\n[entra.mappings]\ntemplate = \"scim\"\n[user.cyd]\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n[[at]]\ntime = \"10h 5m\"\n\
         do = { update = { cyd = { userPrincipalName = \"c.vane@contoso.example\" } } }\n\
         [finally]\nworlds = \"agree\"\n",
    );
    let none = "cyd: the create was due day 0 18:40, and none of the ";
    assert!(words[0].starts_with(none), "{words:#?}");
}

#[test]
fn what_no_restart_mends_is_told_by_its_cause() {
    let head = "title = \"No active\"\nends = \"2d\"\n[user.ann]\n\
                [[at]]\ntime = \"0d\"\ndo = \"start\"\n";
    let unmapped = format!(
        "{head}[[at]]\ntime = \"5h\"\ndo = {{ disable = \"ann\" }}\n[finally]\nworlds = \"agree\"\n\
         [entra.mappings.users]\nremove = [\"active\"]\n"
    );
    let words = whys(&unmapped);
    let cause = "no cycle disables the account of ann: `active` is not mapped in the mapping";
    assert!(words.iter().any(|it| it == cause), "{words:#?}");
    let nameless = "title = \"No mail\"\nends = \"2d\"\n[[entra.mappings.users.change]]\n\
                    target = \"userName\"\nsource = \"mail\"\nmatch = 1\n\
                    [user.cyd]\nmail = false\n[user.dee]\n\
                    [[at]]\ntime = \"0d\"\ndo = \"start\"\n[finally]\nworlds = \"agree\"\n";
    let words = whys(nameless);
    let cause = "cycles pass over cyd: it has no value for any matching attribute";
    assert!(words.iter().any(|it| it.starts_with(cause)), "{words:#?}");
    for words in [whys(&unmapped), whys(nameless)] {
        assert!(!words.iter().any(|it| it.contains("restart makes one look")), "{words:#?}");
    }
    // An initial cycle has looked since, and left the account as it was.
    let lies = "title = \"Says yes\"\nends = \"2d\"\n[golinks]\nprofile = \"generic\"\n\
                [entra.mappings]\ntemplate = \"scim\"\n[user.ann]\ndepartment = \"A\"\n\
                [[fault]]\nname = \"yes\"\nwhen = { method = \"PATCH\" }\nrespond = 204\n\
                [[at]]\ntime = \"0d\"\ndo = \"start\"\n[[at]]\ntime = \"5h\"\n\
                do = { update = { ann = { department = \"B\" } } }\n\
                [[at]]\ntime = \"10h\"\ndo = \"restart\"\n[finally]\nworlds = \"agree\"\n";
    let words = whys(lies);
    let looked = "in the directory: the initial cycle of day 0 18:00 looked, and left it so";
    assert!(words.iter().any(|it| it.ends_with(looked)), "{words:#?}");
}

#[test]
fn of_groups_that_are_not_provisioned_it_is_said_whether_the_job_or_the_server_lacks_them() {
    let story = |tables: &str| {
        let text = format!(
            "title = \"Groups\"\nends = \"2d\"\n{tables}\n[user.ann]\n\
             [group.sales]\nmembers = [\"ann\"]\nassigned = true\n\
             [[at]]\ntime = \"0d\"\ndo = \"start\"\n[finally]\ngolinks.group.sales.members = [\"ann\"]\n"
        );
        let script = load("groups.toml", &text, &[])
            .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
        let mut play = Play::new(script);
        play.run_to_end();
        let why = play.checks()[0].why.iter().map(|why| why.words(play.script().start));
        let said = why.collect::<Vec<_>>().join("\n");
        (said, scimulator::world::status::status(play.world()).text())
    };
    let (said, truth) = story("entra.mappings.template = \"scim\"");
    assert!(said.contains("groups are not provisioned: GoLinks has none\n"), "{said}");
    let why = "at the last try GoLinks had no groups (404 to a search for one, after one for a user was answered)";
    assert!(truth.contains(why) && !truth.contains("tenant URL"), "{truth}");
    let (said, _) = story("");
    assert!(said.contains("their mapping is off, and GoLinks has none\n"), "{said}");
    let (said, _) = story("golinks.profile = \"generic\"");
    assert!(said.contains("groups are not provisioned: their mapping is off\n"), "{said}");
    let (said, truth) = story("entra.mappings.template = \"scim\"\ngolinks.groups = \"501\"");
    assert!(truth.contains("had no groups (501 to"), "{truth}: {said}");
}

#[test]
fn what_was_never_asked_for_is_the_reason_why_it_has_no_outcome() {
    for (expected, reason) in [
        ("ondemand.ann.result = \"Success\"", "no run on demand of ann has ended: "),
        ("test.result = \"passed\"", "no connection test has ended: "),
        ("discovery.accounts = 2", "no account discovery has ended: "),
    ] {
        let (_, words) = failed(&format!(
            "[[at]]\ntime = \"0d\"\ndo = \"start\"\n[[at]]\ntime = \"1d\"\ndo = {{ disable = \"ann\" }}\n\
             expect.{expected}\n"
        ));
        assert!(words.len() == 1 && words[0].starts_with(reason), "{expected}: {words:#?}");
    }
}
