//! Observed values that name a user or count the worlds: what they see, and how wrong use is told.

use crate::scenario::{Play, load, messages};

/// Without a limit of requests a second, a cycle takes no virtual time at all.
const STAGE: &str = "title = \"t\"\nends = \"2d\"\n[people]\ngenerate = 2\n\
                     [entra.policy]\nmax_rps = 0\n[user.ann]\nname = \"Ann Okafor\"\n\
                     [user.ben]\nname = \"Ben Adeyemi\"\n\
                     [[at]]\ntime = \"0d\"\ndo = \"start\"\n";

/// What the expectations of such a story saw: `met`, or the value of each that failed.
fn seen(story: &str) -> Vec<String> {
    let script = load("t.toml", &format!("{STAGE}{story}"), &[]);
    let script = script.unwrap_or_else(|wrong| panic!("{}", messages::render(&wrong)));
    let mut play = Play::new(script);
    play.run_to_end();
    let checks = play.checks().iter();
    checks.map(|it| if it.met { "met".to_owned() } else { it.actual.clone() }).collect()
}

/// The messages about such a story, with its help.
fn told(story: &str) -> String {
    match load("t.toml", &format!("{STAGE}{story}"), &[]) {
        Ok(_) => "nothing".to_owned(),
        Err(wrong) => messages::render(&wrong),
    }
}

#[test]
fn the_exposure_of_one_user_is_the_longest_of_that_user() {
    // Ann leaves twice. The next cycle comes after 35 minutes, and then after two.
    let story = "[[at]]\ntime = \"1d 5m\"\ndo = { disable = \"ann\" }\n\
                 [[at]]\ntime = \"1d 10m\"\nexpect.exposure = { ann = \"5m\", ben = \"0s\" }\n\
                 [[at]]\ntime = \"1d 1h\"\ndo = { enable = \"ann\" }\n\
                 [[at]]\ntime = \"1d 1h 58m\"\ndo = { disable = \"ann\" }\n\
                 [[at]]\ntime = \"1d 1h 59m\"\nexpect.exposure.ann = { max = \"1m\" }\n\
                 [finally]\nexposure = { ann = \"35m\", longest = \"35m\" }\n";
    assert_eq!(seen(story), ["met", "met", "was 35 m", "met", "met"]);
}

#[test]
fn those_that_differ_are_counted() {
    let story = "[[at]]\ntime = \"1d 5m\"\ndo = [{ disable = \"ann\" }, { delete = \"ben\" }]\n\
                 [[at]]\ntime = \"1d 6m\"\nexpect.worlds = { differ = 2 }\n\
                 [[at]]\ntime = \"1d 6m\"\nexpect.worlds = { differ = { max = 1 } }\n\
                 [finally]\nworlds = { differ = { min = 1 } }\n";
    let differ = "2 differ: ann has left and is still active; ben has left and is still active";
    assert_eq!(seen(story), ["met", differ, "the worlds agree"]);
}

#[test]
fn wrong_uses_are_told_with_the_right_form() {
    let cases = [
        ("[finally]\nexposure.annn = \"1h\"", "`ann`"),
        ("[finally]\nexposure.ann = 5", "expected a duration"),
        ("[finally]\nexposure.ann = { absent = true }", "exposure.ann = \"0s\""),
        ("[always]\nexposure.ann = \"0s\"", "`exposure.ann` is not a counter"),
        ("[finally]\nworlds = { differ = { since = \"cycle 1\", is = 2 } }", "not `since` a cycle"),
        ("[finally]\nworlds = { differ = 2, agree = 3 }", "`agree`"),
        (
            "[[at]]\ntime = \"1d\"\nwithin = \"1h\"\nexpect.worlds = { differ = 2 }",
            "not counted after every change",
        ),
    ];
    for (story, expected) in cases {
        let told = told(story);
        assert!(told.contains(expected), "{story}\nshould say {expected}\n{told}");
    }
}
