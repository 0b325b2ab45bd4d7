//! What a report tells, in the situations in which a false word would be believed.

use super::*;
use crate::world::AppView;

/// The report of the stage's story with more to it.
fn told(story: &str) -> String {
    let mut play = play(story, &[]);
    play.run_to_end();
    report::plain(&play, None)
}

/// What `explain log` says about a user at the end of such a story.
fn row_told(story: &str, user: &str) -> String {
    let mut play = play(story, &[]);
    play.run_to_end();
    let view = play.world().into();
    let query = crate::scenario::log::LogQuery::read(view, Some(user), None, None);
    let subject = query.ok().and_then(|query| query.subject).expect("a known user");
    let lines = crate::scenario::log::story(view, subject);
    lines.iter().map(|line| line.text().trim().to_owned() + " ").collect()
}

#[test]
fn a_delete_that_finds_nothing_and_a_success_that_did_nothing_are_told_as_such() {
    let gone = "[[at]]\ntime = \"1h\"\ndo = [{ delete_account = \"ann\" }, { delete = \"ann\" }, { purge = \"ann\" }]\n";
    assert!(told(gone).contains("1 gone already"), "{}", told(gone));
    let row = row_told(gone, "ann");
    assert!(row.contains("and answered 404: it was gone already."), "{row}");
    assert!(row.contains("an object that is deleted for good: Ann Okafor."), "{row}");
    let lie = "[[fault]]\nrespond = 204\nwhen = { method = \"PATCH\" }\n\
               [[at]]\ntime = \"1h\"\ndo = { disable = \"ann\" }\n";
    let report = told(lie);
    assert!(report.contains("1 disabled · 1 success changed nothing at GoLinks"), "{report}");
    let row = row_told(lie, "ann");
    assert!(row.contains("GoLinks was asked to disable the account"), "{row}");
    let struck = "and the answer was 204. The fault respond struck the request: answered 204 in GoLinks' place.";
    assert!(row.contains(struck), "{row}");
    // On demand there is no cycle that could tell it.
    let once = "[[fault]]\nrespond = 204\nwhen = { method = \"PATCH\" }\n\
                [[at]]\ntime = \"1h\"\ndo = [{ disable = \"ann\" }, { provision_on_demand = \"ann\" }]\n";
    let report = told(once);
    let line = report.lines().find(|line| line.contains("on demand  ")).unwrap_or(&report);
    assert!(report.contains("1 success changed nothing at GoLinks"), "{line}\n{report}");
}

#[test]
fn a_sign_in_tells_who_let_the_user_in_or_turned_the_user_away() {
    let before = |done: &str| {
        let story = format!("[[at]]\ntime = \"1h\"\ndo = [{done}{{ sign_in = \"ann\" }}]\n");
        let report = told(&story);
        let line = report.lines().find(|line| line.contains("sign-in  ")).map(str::trim);
        let line = line.unwrap_or_else(|| panic!("{report}"));
        line.split_whitespace().skip(3).collect::<Vec<_>>().join(" ")
    };
    let name = "ann.okafor@contoso.example";
    let cases = [
        ("", format!("● sign-in {name} signed in")),
        (
            "{ disable = \"ann\" }, ",
            "✗ sign-in Entra refused ann: AADSTS50057, the user is blocked from sign-in".to_owned(),
        ),
        (
            "{ delete = \"ann\" }, ",
            "✗ sign-in Entra refused ann: AADSTS50034, the user is deleted".to_owned(),
        ),
        (
            "{ delete = \"ann\" }, { purge = \"ann\" }, ",
            "✗ sign-in Entra refused ann: AADSTS50034, the user is deleted".to_owned(),
        ),
        (
            "{ delete_account = \"ann\" }, ",
            format!("● sign-in {name} signed in, which created an account"),
        ),
        (
            "{ delete_account = \"ann\" }, { set = { golinks.sso.jit = false } }, ",
            format!("✗ sign-in {name} was turned away at sign-in: no account has this userName"),
        ),
        (
            "{ edit_account = { ann = { active = false } } }, ",
            format!("✗ sign-in {name} was turned away at sign-in: the account is inactive"),
        ),
        (
            "{ edit_account = { ann = { active = false } } }, { set = { golinks.quirks.jit_on_login = true } }, ",
            format!("● sign-in {name} signed in, which reactivated the account"),
        ),
    ];
    for (done, line) in cases {
        assert!(line.starts_with(&before(done)), "{} is not the beginning of {line}", before(done));
    }
}

#[test]
fn a_failure_in_a_job_that_does_not_run_waits_for_the_start() {
    let fault = "[[fault]]\nrespond = 403\nwhen = { method = \"POST\", user = \"ann\" }\n";
    let report = told(&format!("{fault}[[at]]\ntime = \"10m\"\ndo = \"stop\"\n"));
    assert!(report.contains("1 failed and is tried again once the job is started"), "{report}");
}

#[test]
fn another_reason_for_a_quarantine_has_a_line_of_its_own() {
    let story = "[entra]\ndelete_threshold = 1\n\
                 [[at]]\ntime = \"1h\"\ndo = \"revoke_token\"\n\
                 [[at]]\ntime = \"2h\"\ndo = [{ rotate_token = { value = \"n\" } }, { set_secret = \"n\" }, { disable = \"ann\" }]\n\
                 [[at]]\ntime = \"10h\"\nexpect.job.status = \"Active\"\n";
    let report = told(story).replace(char::is_whitespace, " ");
    let words: Vec<&str> = report.split(' ').filter(|word| !word.is_empty()).collect();
    let report = words.join(" ");
    let line = "⛔ quarantine TooManyDeletes, before that EncounteredQuarantineException";
    assert!(report.contains(line), "{report}");
    let why = "in quarantine since day 0 09:20, since day 0 15:20 for this: TooManyDeletes";
    assert!(report.contains(why), "{report}");
}

#[test]
fn what_two_applications_know_is_told_as_whose_it_is() {
    let story = "[app.test]\nworkspace = \"sandbox\"\nassigned = [\"ann\"]\n[workspace.sandbox]\n\
                 [[fault]]\nrespond = 403\nwhen = { method = \"POST\", user = \"ann\" }\n\
                 [[at]]\ntime = \"0d\"\ndo = { start = true, app = \"test\" }\n\
                 [[at]]\ntime = \"1h\"\nexpect.worlds = \"agree\"\n";
    let report = told(story);
    assert!(report.contains("[main] ann: last log row: day 0"), "{report}");
    assert!(report.contains("[test] ann: last log row: day 0"), "{report}");
}

#[test]
fn a_request_of_another_application_is_no_evidence_of_this_one() {
    // The main application disables the account that the other one wants.
    let story = "[app.test]\nassigned = [\"ann\"]\n\
                 [[at]]\ntime = \"0d\"\ndo = { start = true, app = \"test\" }\n\
                 [[at]]\ntime = \"1h\"\ndo = { unassign = \"ann\" }\n\
                 [[at]]\ntime = \"3h\"\nexpect.worlds = \"agree\"\n";
    let report = told(story);
    let requests: Vec<&str> = report.lines().filter(|line| line.contains("last request")).collect();
    assert!(
        requests.len() == 1 && requests[0].contains("[test] ann: last request: day 0 08:00"),
        "{report}"
    );
    let mut play = play(story, &[]);
    play.run_to_end();
    let ann = crate::scenario::explain::find_user(play.world(), "ann").expect("a user");
    let first = crate::scenario::explain::user(play.world().into(), ann)[0].text();
    let words = "with an inactive account, which is no difference here: another application wants the \
         account to be active.";
    assert!(first.contains(words), "{first}");
}

#[test]
fn a_group_is_no_account_and_rests_with_its_assignment() {
    let story = "[golinks]\nprofile = \"generic\"\n[entra.mappings]\ntemplate = \"scim\"\n\
                 [group.sales]\nmembers = [\"ann\"]\nassigned = true\n\
                 [[at]]\ntime = \"1h\"\ndo = { update_group = { sales = { name = \"Sales East\" } } }\n\
                 [[at]]\ntime = \"3h\"\ndo = { delete_group = \"sales\" }\n";
    let mut play = play(story, &[]);
    play.run_to_end();
    let view: AppView<'_> = play.world().into();
    let group = view.entra().tenant().find_group("sales").expect("a group");
    let lines = crate::scenario::log::story(view, group.into());
    let told: String = lines.iter().map(|line| line.text().trim().to_owned() + "\n").collect();
    assert!(told.contains("Groups with displayName = \"sales\": none."), "{told}");
    assert!(told.contains("Its linked group ") && !told.contains("account"), "{told}");
    assert!(told.contains("not active in the source system (in the recycle bin).\n"), "{told}");
}

#[test]
fn with_several_applications_a_line_says_whose_it_is() {
    let story = "[app.test]\nworkspace = \"sandbox\"\n[workspace.sandbox]\n\
                 token = { value = \"s\", expires = \"2h\" }\n\
                 [[at]]\ntime = \"0d\"\ndo = { start = true, app = \"test\" }\n\
                 [[at]]\ntime = \"1h\"\ndo = [{ sign_in = \"ann\" }, { sign_in = \"ann\", app = \"test\" }]\n";
    let report = told(story);
    let told = |words: &str| {
        let line = report.lines().find(|line| line.contains(words)).unwrap_or(&report);
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(told("signed in").contains("[main] ● sign-in"), "{report}");
    assert!(told("was turned away").contains("[test] ✗ sign-in"), "{report}");
    assert!(report.contains("reached the end of its life (workspace"), "{report}");
    assert!(report.ends_with("· test: the job is in quarantine\n"), "{report}");
    let nobody = super::play(
        "[app.test]\n[[at]]\ntime = \"0d\"\ndo = { start = true, app = \"test\" }\n",
        &["ends=2h"],
    );
    let mut nobody = nobody;
    nobody.run_to_end();
    let report = report::plain(&nobody, None);
    assert!(report.ends_with("nothing was expected · test: no user is in scope\n"), "{report}");
}

#[test]
fn a_member_with_an_account_that_nothing_matched_is_not_said_to_have_none() {
    let story = "[golinks]\nprofile = \"generic\"\n[entra.mappings]\ntemplate = \"scim\"\n\
                 [user.lea]\nassigned = false\n\
                 [golinks.account.lea]\nuserName = \"lea@contoso.example\"\n\
                 [group.sales]\nmembers = [\"ann\"]\nassigned = true\n\
                 [[at]]\ntime = \"1h\"\ndo = { update = { ann = { manager = \"lea\" } } }\n";
    let row = row_told(story, "ann");
    assert!(row.contains("the manager is not connected with an account"), "{row}");
    let told = told(story);
    assert!(told.contains("1 of 1 in scope") || !told.contains("of 1 in scope are"), "{told}");
}

#[test]
fn a_setting_that_stands_in_a_table_ends_what_it_kept() {
    let story = "[[at]]\ntime = \"30m\"\ndo = { set = { 'entra.policy.skip_out_of_scope_deletions' = true } }\n\
                 [[at]]\ntime = \"1h\"\ndo = { disable = \"ann\" }\n\
                 [[at]]\ntime = \"1d\"\ndo = { set = { entra.policy.skip_out_of_scope_deletions = false } }\n\
                 [[at]]\ntime = \"29h\"\ndo = \"restart\"\n";
    let report = told(story);
    assert!(report.contains("longest exposure 5 h (ann)"), "{report}");
}

#[test]
fn cycles_that_share_a_line_stand_in_the_order_of_time() {
    let told = told(
        "[app.test]\nworkspace = \"sandbox\"\nassigned = true\n[workspace.sandbox]\n\
         [[at]]\ntime = \"20m\"\ndo = { start = true, app = \"test\" }\n\
         [[at]]\ntime = \"50m\"\nsay = \"One.\"\n[[at]]\ntime = \"1h 30m\"\nsay = \"Two.\"\n",
    );
    let at = |line: &str| told.find(line).unwrap_or_else(|| panic!("{line} is not in {told}"));
    // Those of `test` came at 09:00, the others at 09:20.
    assert!(at("One.") < at("[test] cycle 2"), "{told}");
    assert!(at("[test] cycle 2") < at("[main] cycle 3"), "{told}");
    assert!(at("[main] cycle 3") < at("Two."), "{told}");
    assert!(at("[test] cycles 3") < at("[main] cycles 4"), "{told}");
}

#[test]
fn a_row_without_a_write_says_what_was_compared() {
    let story = "[golinks]\nprofile = \"generic\"\n[entra.mappings]\ntemplate = \"scim\"\n\
                 [group.crew]\nassigned = true\n[[at]]\ntime = \"1h\"\n\
                 do = [{ disable = \"ann\" }, { add_member = { group = \"crew\", user = \"ann\" } }]\n\
                 [[at]]\ntime = \"2h\"\ndo = { delete = \"ann\" }\n\
                 [[at]]\ntime = \"3h\"\ndo = \"restart\"\n";
    let ann = row_told(story, "ann");
    let left = "the account is inactive already, and its other values are left as they are";
    assert!(ann.contains(left), "{ann}");
    assert!(!ann.contains("already match"), "its name was changed by the deletion: {ann}");
    let crew = row_told(story, "crew");
    assert!(crew.contains("already match, its members apart"), "{crew}");
}

#[test]
fn an_account_whose_create_was_broken_off_is_one_of_provisioning() {
    let begin = "[[fault]]\nname = \"slow\"\ndelay = \"40s\"\nfor = \"3h\"\n\
                 [[at]]\ntime = \"1m 30s\"\ndo = { disable = \"ann\" }\n";
    for breaks in ["interrupt", "delete_job"] {
        let again = if breaks == "interrupt" { "stop" } else { "test_connection" };
        let story = format!(
            "{begin}[[at]]\ntime = \"1m 50s\"\ndo = \"{breaks}\"\n\
             [[at]]\ntime = \"5h\"\ndo = \"{again}\"\n"
        );
        let mut play = play(&story, &[]);
        play.run_to_end();
        let view: AppView<'_> = play.world().into();
        let ann = view.entra().tenant().find_user("ann").expect("a known user");
        assert_eq!(crate::world::intent::keeper(view, ann), None, "{breaks}");
        let exposure = crate::world::intent::exposure_of(view, ann).expect("she is exposed");
        assert!(exposure.open, "{breaks}");
    }
    let row = row_told(&format!("{begin}[[at]]\ntime = \"1m 50s\"\ndo = \"interrupt\"\n"), "ann");
    assert!(!row.contains("struck the request"), "no request of this run: {row}");
}

#[test]
fn a_quarantine_that_saved_mappings_clear_was_cleared_by_no_restart() {
    let story = "[[at]]\ntime = \"1h\"\ndo = \"quarantine\"\n\
                 [[at]]\ntime = \"2h\"\ndo = \"restore_default_mappings\"\n";
    let report = told(story);
    assert!(report.contains("cleared by the saved mapping"), "{report}");
    assert!(!report.contains("cleared by restart"), "{report}");
}

#[test]
fn every_429_of_a_cycle_counts_and_not_only_those_that_were_waited_out() {
    let busy = "[[fault]]\nname = \"busy\"\n\
                respond = { status = 429, headers = { Retry-After = \"600\" } }\n\
                when = { method = \"PATCH\" }\n\
                from = \"3h\"\nfor = \"2h\"\n\
                [[at]]\ntime = \"3h 5m\"\ndo = { update = { ann = { surname = \"Fabre\" } } }\n";
    let report = told(busy);
    assert!(report.contains("throttled 7 times (429)"), "{report}");
    let row = row_told(busy, "ann");
    assert!(!row.contains("throttled 6 times"), "{row}");
}

#[test]
fn differences_are_counted_with_those_that_were_expected() {
    let story = "[user.bob]\nname = \"Bob Stone\"\n[[fault]]\nrespond = 503\nfrom = \"30m\"\n\
                 [[at]]\ntime = \"1h\"\ndo = { disable = [\"ann\", \"bob\"] }\n\
                 [[at]]\ntime = \"2h\"\nexpect = { worlds = { differ = [\"ann\"] } }\n";
    let report = told(story);
    assert!(report.contains("2 differ, 1 more than expected: bob"), "{report}");
}
