//! The log of a played scenario, as its readers see it.

use super::*;
use crate::base::time::parse_duration;
use crate::scenario::{Play, load};
use crate::world::driver;

const SCENARIO: &str = r#"
title = "A log to read"
ends = "40d"

[user.ann]
displayName = "Ann Okafor"
[user.bob]
displayName = "Bob Berg"

[entra]
notify = "it@contoso.example"

[[at]]
time = "0d"
do = "start"

[[at]]
time = "1h"
do = { update = { ann = { surname = 'Lind, "Ltd"' } } }

[[at]]
time = "2h"
do = { disable = "bob" }
"#;

fn played(until: &str) -> Play {
    let mut play = Play::new(load("test", SCENARIO, &[]).expect("a good scenario"));
    let until = play.world().start() + parse_duration(until).expect("a duration");
    driver::run_to(&mut play, until);
    play
}

fn asked(play: &Play, user: Option<&str>, status: Option<&str>, action: Option<&str>) -> LogQuery {
    LogQuery::read(play.world().into(), user, status, action).expect("a good query")
}

fn texts(lines: &[crate::scenario::report::Line]) -> Vec<String> {
    lines.iter().map(|line| line.text().trim_end().to_owned()).collect()
}

#[test]
fn rows_are_picked_by_user_status_and_action() {
    let play = played("3h");
    let count =
        |user, status, action| asked(&play, user, status, action).rows(play.world().into()).count();
    assert_eq!(count(None, None, None), 4);
    assert_eq!(count(Some("ann"), None, None), 2);
    assert_eq!(count(Some("ann"), None, Some("Update")), 1, "letter case does not count");
    assert_eq!(count(None, Some("success"), Some("disable")), 1);
    assert_eq!(count(None, Some("failure"), None), 0);
    let newest = LogQuery { limit: 1, ..LogQuery::default() };
    assert_eq!(json(play.world().into(), &newest)[0]["provisioningAction"], "disable");
}

#[test]
fn what_cannot_be_asked_for_is_answered_with_what_can() {
    let play = played("1h");
    let cases = [
        (Some("anne"), None, None, "did you mean `ann`?"),
        (None, Some("failed"), None, "it is one of `success`, `warning`, `failure`, `skipped`"),
        (None, None, Some("creat"), "did you mean `create`?"),
    ];
    for (user, status, action, help) in cases {
        let why = LogQuery::read(play.world().into(), user, status, action).expect_err("a mistake");
        assert_eq!(why.help, help, "{}", why.message);
    }
}

#[test]
fn rows_can_be_read_for_thirty_days_and_the_count_stays() {
    let play = played("40d");
    let view = play.world().into();
    assert_eq!(LogQuery::default().rows(view).count(), 0, "[logs-howto]");
    assert_eq!(view.entra().job().log().count(), 4);
    assert_eq!(
        texts(&lines(view, &LogQuery::default(), Detail::Row)),
        ["0 rows; 4 older ones can no longer be read: rows are kept for 30 d"]
    );
}

#[test]
fn the_terminal_shows_as_much_as_is_asked_for() {
    let play = played("3h");
    let view = play.world().into();
    let query = asked(&play, Some("bob"), None, Some("disable"));
    let row = texts(&lines(view, &query, Detail::Row));
    let said = "day 0 10:00:00  cycle 4   disable bob success: not active in the source system \
                (blocked from sign-in)";
    assert_eq!(row, [said, "1 of 4 rows, picked by what was asked for"]);
    let steps = texts(&lines(view, &query, Detail::Steps));
    assert_eq!(steps.len(), 2 + 4);
    assert!(steps[3].starts_with("    scoping              skipped  EntrySynchronizationScoping"));
    let all = texts(&lines(view, &query, Detail::All));
    assert!(all.contains(&"        Active in the source system: False".to_owned()), "{all:?}");
    assert!(all.contains(&"    active from \"True\" to \"False\"".to_owned()), "{all:?}");
}

#[test]
fn the_three_sheets_are_joined_by_the_change() {
    let play = played("3h");
    let sheets = sheets(play.world().into(), &asked(&play, Some("ann"), None, Some("update")));
    let read = |text: &str| -> Vec<csv::StringRecord> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        reader.records().map(|row| row.expect("a row of this length")).collect()
    };
    let (rows, steps) = (read(&sheets.rows), read(&sheets.steps));
    let properties = read(&sheets.properties);
    assert_eq!((rows.len(), steps.len(), properties.len()), (1, 4, 1));
    let change = &rows[0][0];
    assert!(steps.iter().chain(&properties).all(|row| &row[0] == change));
    assert_eq!(&properties[0][3], "Lind, \"Ltd\"", "a comma and quotes come back");
}

#[test]
fn a_story_tells_each_row_in_sentences() {
    let play = played("3h");
    let view: AppView<'_> = play.world().into();
    let subject = asked(&play, Some("bob"), None, None).subject.expect("bob");
    let story = texts(&story(view, subject)).join("\n");
    for sentence in [
        "day 0 08:00, cycle 1: create, success",
        "1. Microsoft Entra ID showed it as a new object: Bob Berg (bob.berg@contoso.example).",
        "2. It is in scope.",
        "3. Accounts with userName = \"bob.berg@contoso.example\": none.",
        "4. GoLinks was asked to create the account (externalId = \"bob.berg\", userName =",
        "201, with the id",
        "3. It is not in scope: not active in the source system (blocked from sign-in).",
        "active from \"True\" to \"False\"",
        "2 rows",
    ] {
        assert!(story.contains(sentence), "{sentence} is not in:\n{story}");
    }
}

#[test]
fn a_row_that_failed_before_it_wrote_tells_why() {
    let entry = crate::scenario::library::find("an-address-held-twice").expect("a story");
    let mut play = Play::new(entry.load(&[]).expect("a good scenario"));
    let until = play.world().start() + parse_duration("1h").expect("a duration");
    driver::run_to(&mut play, until);
    let view: AppView<'_> = play.world().into();
    let failed = asked(&play, None, Some("failure"), None);
    let row = failed.rows(view).next().expect("one user is found twice");
    let told = texts(&row_story(view, row));
    let why = told.iter().find(|line| line.contains("It failed there ("));
    assert!(why.is_some_and(|why| why.starts_with("  It failed")), "{told:#?}");
}

#[test]
fn a_dropped_retry_that_was_made_after_all_is_told_as_past() {
    let story = "title = \"x\"\nends = \"6h\"\n[user.ann]\n\
                 [[fault]]\nrespond = 400\nwhen = { method = \"POST\" }\nto = \"3h\"\n\
                 [[at]]\ntime = \"0d\"\ndo = \"start\"\n\
                 [[at]]\ntime = \"3h\"\ndo = { restart = [\"Escrows\"] }\n\
                 [[at]]\ntime = \"4h\"\ndo = \"restart\"\n";
    let mut play = Play::new(load("test", &story.replace("to =", "until ="), &[]).expect("good"));
    let until = play.script().start + std::time::Duration::from_secs(6 * 3_600);
    driver::run_to(&mut play, until);
    let view = play.world().into();
    let ann = find_object(view, "ann").unwrap_or_else(|_| panic!("ann is there"));
    let told = texts(&story::story(view, ann)).join("\n");
    assert!(told.contains("Its retry was dropped by a restart; cycle"), "{told}");
    assert!(!told.contains("would try it again"), "{told}");
}

/// What `explain log` says of Ann at the end of a story of hers.
fn told_of_ann(ends: &str, more: &str) -> String {
    let story = format!(
        "title = \"x\"\nends = \"{ends}\"\n[user.ann]\n[[at]]\ntime = \"0d\"\ndo = \"start\"\n{more}"
    );
    let mut play = Play::new(load("test", &story, &[]).expect("a good story"));
    play.run_to_end();
    let view = play.world().into();
    let ann = find_object(view, "ann").unwrap_or_else(|_| panic!("ann is there"));
    texts(&story::story(view, ann)).join("\n")
}

#[test]
fn what_a_fault_answered_is_not_said_of_golinks() {
    let change = "[[at]]\ntime = \"2h\"\ndo = { update = { ann = { surname = \"Lind\" } } }\n";
    let fault = |effect: &str| {
        format!(
            "[[fault]]\nname = \"proxy\"\nfrom = \"1h\"\nwhen = {{ method = \"PATCH\" }}\n{effect}\n{change}"
        )
    };
    let cases = [
        (
            "respond = 204",
            ", and the answer was 204.",
            "The fault proxy struck the request: answered 204 in GoLinks'",
        ),
        (
            "respond = 503",
            "failed (InternalServerError)",
            "The fault proxy struck the request: answered 503 in GoLinks'",
        ),
        ("stall = true", "failed (Timeout)", "The fault proxy struck the request: stalled."),
        (
            "reset = \"before\"",
            "failed (WebException",
            "The fault proxy struck the request: reset before handling.",
        ),
        (
            "delay = \"3s\"",
            ", and the answer was 200.",
            "The fault proxy struck the request: delayed by 3 s.",
        ),
    ];
    for (effect, outcome, struck) in cases {
        let told = told_of_ann("2h 50m", &fault(effect)).replace("\n     ", " ");
        assert!(told.contains(struck), "{effect}: {told}");
        assert!(told.contains(outcome), "{effect}: {told}");
        assert!(told.contains(" and answered 201"), "before the fault GoLinks answered: {told}");
    }
    let undisturbed = told_of_ann("2h 50m", change);
    assert!(!undisturbed.contains("struck") && !undisturbed.contains("nothing changed"));
    let deaf = told_of_ann("2h 50m", &format!("[golinks.quirks]\npatch_noop_200 = true\n{change}"));
    assert!(deaf.contains("The answer said success, and nothing changed at GoLinks."), "{deaf}");
}

#[test]
fn a_retry_that_was_dropped_or_overtaken_tells_why() {
    let refused = "[[fault]]\nrespond = 400\nwhen = { method = \"POST\" }\n";
    let restart = "[[at]]\ntime = \"3h\"\ndo = { restart = [\"Escrows\"] }\n";
    let told = told_of_ann("6h", &format!("{refused}{restart}")).replace("\n     ", " ");
    assert!(told.contains("Its retry was dropped by a restart: a change of it or"), "{told}");
    let left = "[[at]]\ntime = \"1h\"\ndo = { delete = \"ann\" }\n";
    let told = told_of_ann("3h", &format!("{refused}{left}")).replace("\n     ", " ");
    assert!(told.contains("Its retry was dropped because nothing was left to do."), "{told}");
    let broken = "[[fault]]\nrespond = 500\nwhen = { method = \"POST\" }\n";
    let without = "[[at]]\ntime = \"1h\"\ndo = [\"stop\", \"delete_job\"]\n";
    let told = told_of_ann("2h", &format!("{broken}{without}")).replace("\n     ", " ");
    assert!(told.contains("Its retry was dropped") && !told.contains("is tried again"), "{told}");
    let gone =
        "[[at]]\ntime = \"1h\"\ndo = { graph = { delete = \"/servicePrincipals/{main}\" } }\n";
    let told = told_of_ann("2h", &format!("{broken}{gone}")).replace("\n     ", " ");
    assert!(
        told.contains("Its retry was dropped with the application, which was deleted"),
        "{told}"
    );
    assert!(
        told.contains("since the application was deleted") && !told.contains("is tried again"),
        "{told}"
    );
    let text = format!("{SCENARIO}{broken}{}", gone.replacen("1h", "2h 30m", 1));
    let mut play = Play::new(load("test", &text, &[]).expect("a good scenario"));
    let until = play.world().start() + parse_duration("3h").expect("a duration");
    driver::run_to(&mut play, until);
    let failed = asked(&play, Some("ann"), Some("failure"), None);
    let action = json(play.world().into(), &failed)[0]["provisioningStatusInfo"]["errorInformation"]
        ["recommendedAction"]
        .clone();
    assert!(
        action.as_str().is_some_and(|it| it.starts_with("Nothing tries it again, since the")),
        "{action}"
    );
    let sheet = sheets(play.world().into(), &failed).rows;
    assert!(sheet.contains("since the application was deleted"), "{sheet}");
    let update = "[[fault]]\nfrom = \"1h\"\nuntil = \"2h 30m\"\nrespond = 500\nwhen = { method = \"PATCH\" }\n\
                  [[at]]\ntime = \"1h\"\ndo = { update = { ann = { surname = \"Lind\" } } }\n\
                  [[at]]\ntime = \"2h 30m\"\ndo = [{ delete = \"ann\" }, { purge = \"ann\" }]\n";
    let told = told_of_ann("4h", update).replace("\n     ", " ");
    let overtaken =
        "By day 0 10:40 it was deleted for good, so cycle 5 was to delete the account instead.";
    assert!(told.contains(overtaken), "{told}");
    assert!(
        !told.contains("is tried again"),
        "what became something else is waited for no more: {told}"
    );
    let unassigned = "[[at]]\ntime = \"30m\"\ndo = { unassign = \"ann\" }\n";
    let told = told_of_ann("2h", &format!("{refused}{unassigned}")).replace("\n     ", " ");
    let skipped = "it was out of scope, so it was not tried again: cycle 2 sent nothing.";
    assert!(told.contains(skipped), "{told}");
}

#[test]
fn a_row_says_which_change_of_an_assignment_had_not_arrived() {
    let steps = "[entra.policy]\nassignment_replication_delay = \"5m\"\n\
                 [[at]]\ntime = \"1h 18m\"\n\
                 do = [{ unassign = \"ann\" }, { update = { ann = { surname = \"Lind\" } } }]\n";
    let told = told_of_ann("3h", steps).replace("\n     ", " ");
    let late = "Provisioning did not see yet that the direct assignment of ann was removed at day 0 \
                09:18 (`assignment_replication_delay`).";
    assert_eq!(told.matches(late).count(), 1, "{told}");
    let update = told.find("update, success").expect("the name was changed");
    let disable = told.find("disable, success").expect("the account was disabled");
    let late = told.find(late).expect("it is told");
    assert!(update < late && late < disable, "{told}");
}

#[test]
fn what_is_given_up_is_not_promised_a_retry() {
    let refused = "[[fault]]\nrespond = 503\nwhen = { method = \"POST\" }\n";
    let told = told_of_ann("35d", refused).replace("\n     ", " ");
    let (_, last) = told.rsplit_once("This was retry").expect("it was tried again and again");
    assert!(last.contains("It was given up") && last.contains("Mend what makes it fail"), "{last}");
    assert!(!last.contains("is tried again"), "{last}");
}

#[test]
fn a_throttle_that_is_not_waited_out_tells_why() {
    let throttled = |effect: &str, more: &str| {
        let fault = format!(
            "[[fault]]\nwhen = {{ method = \"POST\" }}\nuntil = \"2h\"\nrespond = {effect}\n"
        );
        told_of_ann("2h", &format!("{fault}{more}")).replace("\n     ", " ")
    };
    let after =
        |seconds: u32| format!("{{ status = 429, headers = {{ Retry-After = \"{seconds}\" }} }}");
    let long = throttled(&after(7_200), "");
    let cut = "Throttled since day 0 08:00, it would have had to wait until day 0 10:00 for Retry-After, \
               and `retry_after_max` (1 h) ended that.";
    assert!(long.contains(cut), "{long}");
    let none = throttled("429", "");
    assert!(none.contains("The 429 had no Retry-After, so it was not waited out."), "{none}");
    let off = throttled(&after(60), "[entra.policy]\nhonor_retry_after = false\n");
    assert!(off.contains("`honor_retry_after` is off"), "{off}");
}

#[test]
fn an_account_that_a_setting_keeps_names_the_setting() {
    let kept = "[entra.policy]\nskip_out_of_scope_deletions = true\n\
                [[at]]\ntime = \"1h\"\ndo = { unassign = \"ann\" }\n";
    let told = told_of_ann("2h", kept).replace("\n     ", " ");
    let words =
        "would be disabled or deleted, but `skip_out_of_scope_deletions` leaves it as it is.";
    assert!(told.contains(words), "{told}");
    let never = "[[at]]\ntime = \"1h\"\ndo = { unassign = \"ann\" }\n";
    assert!(!told_of_ann("2h", never).contains("skip_out_of_scope_deletions"));
}

#[test]
fn a_run_on_demand_that_failed_is_told_with_what_cycles_do() {
    let broken = "[[fault]]\nrespond = 500\nwhen = { method = \"POST\" }\n";
    let asked = "[[at]]\ntime = \"1m\"\ndo = \"stop\"\n[[at]]\ntime = \"90m\"\ndo = { provision_on_demand = \"ann\" }\n";
    let told = told_of_ann("3h", &format!("{broken}{asked}")).replace("\n     ", " ");
    let stopped =
        "A run on demand tries once, and the job does not run, so no cycle tries it either.";
    assert!(told.contains(stopped), "{told}");
    assert!(told.contains("What to do: Run it on demand again later."), "{told}");
    // Held by a policy, it has retries as the failures of cycles have.
    let holds = "[entra.policy]\non_demand_holds_failures = true\n";
    let told = told_of_ann("3h", &format!("{holds}{broken}{asked}")).replace("\n     ", " ");
    let held = "This was the first retry. The job does not run: it is tried again once the job is started.";
    assert!(told.contains(held) && !told.contains("A run on demand tries once"), "{told}");
}

#[test]
fn a_create_whose_answer_was_lost_is_found_and_connected() {
    let lost = "[[fault]]\nreset = \"after\"\nwhen = { method = \"POST\" }\n";
    let told = told_of_ann("1h 30m", lost).replace("\n     ", " ");
    let found = "and not tried: it was found in the application and connected.";
    assert!(told.contains(found), "{told}");
}

#[test]
fn a_setting_that_is_off_keeps_no_account_and_what_is_passed_over_has_a_reason() {
    let unmapped = told_of_ann(
        "12h",
        "[[at]]\ntime = \"5h\"\ndo = { disable = \"ann\" }\n\
         [entra.mappings.users]\nremove = [\"active\"]\n",
    )
    .replace("\n     ", " ");
    let why = "Its account would be disabled, but `active` is not mapped, so it was left as it is.";
    assert!(unmapped.contains(why) && !unmapped.contains("skip_out_of_scope"), "{unmapped}");
    let nameless = told_of_ann(
        "12h",
        "[[entra.mappings.users.change]]\ntarget = \"userName\"\nsource = \"employeeId\"\n\
         match = 1\n",
    )
    .replace("\n     ", " ");
    assert!(
        nameless.contains("It was passed over there (ImportSkipped): it has no value for any"),
        "{nameless}"
    );
}
