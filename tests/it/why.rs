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
    let more = report::more(play.script(), check);
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
            && words[0].ends_with(" about sales met 500"),
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

#[test]
fn the_command_for_more_names_the_application_that_the_expectation_names() {
    let text = "title = \"Two\"\nends = \"1h\"\n[user.ann]\nname = \"Ann Okafor\"\n\
                [app.test]\nsecret = \"wrong\"\n\
                [finally]\napp.test.golinks.account.ann.active = true";
    let script = load("two.toml", text, &[])
        .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    let [check] = play.checks() else { panic!("one expectation: {:?}", play.checks()) };
    let more = report::more(play.script(), check).unwrap_or_default();
    assert!(more.ends_with(" --user ann --app test"), "{more}");
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
        "the disable was due day 1 08:00, and the last of 2 requests about ann met 500",
    );
}
