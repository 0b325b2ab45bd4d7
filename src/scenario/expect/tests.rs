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
    let differ = "2 differ: ann is blocked or deleted and still active; \
                  ben is blocked or deleted and still active";
    assert_eq!(seen(story), ["met", differ, "the worlds agree"]);
}

#[test]
fn rows_and_requests_are_counted_by_conditions() {
    // One cycle fails with Ann, who moves; Ben has left before, and got through.
    let story = "[[fault]]\nname = \"refused\"\nfrom = \"1d 5m\"\nuntil = \"2d\"\nrespond = 400\n\
                 when = { method = \"PATCH\" }\n\
                 [[at]]\ntime = \"20h 5m\"\ndo = { disable = \"ben\" }\n\
                 [[at]]\ntime = \"1d 6m\"\ndo = { update = { ann = { department = \"Legal\" } } }\n\
                 [[at]]\ntime = \"1d 1h\"\nexpect.requests.where = [\
                 { user = \"ann\", method = \"PATCH\", is = 1 }, { user = \"ann\", status = \"4xx\", is = 1 }, \
                 { user = \"ann\", status = 400, since = \"cycle 1\", is = 1 }, \
                 { user = \"ben\", method = \"PATCH\", status = 400, is = 0 }, \
                 { user = \"ben\", method = \"PATCH\", status = \"2xx\", is = 1 }, \
                 { method = \"POST\", since = \"cycle 1\", is = 0 }, { method = \"POST\", is = 5 }, \
                 { path = \"/Users/*\", method = \"PATCH\", status = \"2xx\", is = 1 }, \
                 { path = \"/scim/v2/Users\", method = \"POST\", is = 4 }, { path = \"/Groups*\", is = 0 }]\n\
                 expect.log.where = [{ user = \"ann\", action = \"create\", is = 1 }, \
                 { user = \"ann\", status = \"failure\", is = 1 }, { action = \"disable\", is = 2 }, \
                 { status = \"success\", action = \"create\", since = \"cycle 90\", is = 0 }]\n\
                 [always]\nlog.where = { user = \"ben\", status = \"failure\", max = 0 }\n";
    let met = || "met".to_owned();
    let expected = [vec![met(); 6], vec!["was 4".to_owned()], vec![met(); 5]].concat();
    let rest = ["was 1", "was absent", "met"].map(str::to_owned).to_vec();
    assert_eq!(seen(story), [expected, rest].concat());
}

#[test]
fn the_last_request_is_seen_with_its_bodies() {
    let story = "[[fault]]\nname = \"refused\"\nfrom = \"1d 5m\"\nuntil = \"2d\"\nrespond = 400\n\
                 when = { method = \"PATCH\" }\n\
                 [[at]]\ntime = \"0d\"\nexpect.requests.last.ann = { absent = true }\n\
                 [[at]]\nafter = \"cycle 1\"\nexpect.requests.last.ann = { method = \"POST\", \
                 status = 201, sent = { contains = '\"active\":true' }, \
                 answer = { contains = '\"id\":' }, path = \"/scim/v2/Users\" }\n\
                 [[at]]\ntime = \"1d 6m\"\ndo = { disable = \"ann\" }\n\
                 [[at]]\ntime = \"1d 1h\"\nexpect.requests.last = { ann = { method = \"PATCH\", \
                 status = 400, sent = { contains = \"active\" } }, ben.method = \"POST\" }\n\
                 [finally]\nrequests.last.ann.method = \"GET\"\n";
    let expected = [vec!["met".to_owned(); 10], vec!["was \"PATCH\"".to_owned()]].concat();
    assert_eq!(seen(story), expected);
}

#[test]
fn wrong_uses_are_told_with_the_right_form() {
    let cases = [
        ("[finally]\nexposure.annn = \"1h\"", "`ann`"),
        ("[finally]\nexposure.ann = 5", "expected a duration"),
        ("[finally]\nexposure.ann = { absent = true }", "exposure.ann = \"0s\""),
        ("[always]\nexposure.ann = \"0s\"", "`exposure.ann` is not a counter"),
        ("[finally]\nworlds = { differ = { since = \"cycle 1\", is = 2 } }", "not `since` a cycle"),
        ("[finally]\nlog.where = 3", "such as log.where = { user = \"ann\", is = 2 }"),
        ("[finally]\nlog.where = { is = 3 }", "`log.where` has no condition"),
        ("[finally]\nlog.where = { user = \"ann\" }", "how many are expected?"),
        ("[finally]\nlog.where = { user = \"annn\", is = 1 }", "`ann`"),
        ("[finally]\nlog.where = { group = \"ann\", is = 1 }", "group"),
        ("[finally]\nlog.where = { user = \"ann\", group = \"g\", is = 1 }", "never about both"),
        ("[finally]\nlog.where = { status = \"failed\", is = 1 }", "`failed`"),
        ("[finally]\nlog.where = { methd = \"GET\", status = \"failure\", is = 1 }", "`methd`"),
        ("[finally]\nrequests.where = { metod = \"GET\", is = 1 }", "did you mean `method`"),
        ("[finally]\nrequests.where = { method = \"get\", is = 1 }", "`GET`"),
        ("[finally]\nrequests.where = { status = \"404\", is = 1 }", "a status such as 404"),
        ("[finally]\nrequests.where = { status = 7, is = 1 }", "a status such as 404"),
        ("[finally]\nrequests.where = { path = \"Users\", is = 1 }", "a path such as"),
        ("[finally]\nrequests.last.annn.method = \"GET\"", "`ann`"),
        ("[finally]\nrequests.last.ann = 3", "such as requests.last.ann.method"),
        ("[finally]\nrequests.last.ann.body = \"x\"", "unknown field `body` of the last request"),
        ("[finally]\nrequests.last.ann.status = { since = \"cycle 1\", is = 200 }", "not counted"),
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

/// The reasons of the expectations of a story that failed, each in a line.
fn reasons(text: &str) -> String {
    let script = load("t.toml", text, &[]);
    let script = script.unwrap_or_else(|wrong| panic!("{}", messages::render(&wrong)));
    let mut play = Play::new(script);
    play.run_to_end();
    let start = play.world().start();
    let failed = play.checks().iter().filter(|check| !check.met);
    failed.flat_map(|check| &check.why).map(|why| why.words(start) + "\n").collect()
}

#[test]
fn a_success_that_changed_nothing_and_a_user_out_of_scope_are_reasons() {
    let told = reasons(
        "title = \"t\"\nends = \"4h\"\n[golinks.quirks]\npatch_noop_200 = true\n[user.ann]\n\
         [user.zoe]\nassigned = false\n[[at]]\ntime = \"0d\"\ndo = \"start\"\n\
         [[at]]\ntime = \"1h\"\ndo = { disable = \"ann\" }\n\
         [finally]\nworlds = \"agree\"\ngolinks.account.zoe = { absent = false }\n",
    );
    for line in [
        "and the last of 2 requests about ann, a PATCH, met 200 and changed nothing\n",
        ", answered 200 and changed nothing\n",
        "zoe is out of scope: not assigned to the application, without the required role\n",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    assert!(!told.contains("ann is out of scope"), "what is due says it: {told}");
}

#[test]
fn a_failed_expectation_of_a_sign_in_is_explained_by_the_door() {
    let story = "title = \"t\"\nends = \"2h\"\n[user.ann]\nname = \"Ann Okafor\"\n\
                 [user.ben]\nname = \"Ben Adeyemi\"\nassigned = false\n[user.cy]\nname = \"Cy Moe\"\n\
                 [[at]]\ntime = \"0d\"\ndo = \"start\"\n\
                 [[at]]\ntime = \"1h\"\ndo = [{ sign_in = [\"ann\", \"ben\"] }, { end_session = \"ann\" }]\n\
                 [finally]\nsignins.last.ben.result = \"let in\"\nsignins.last.cy = { absent = false }\n\
                 golinks.session.ann = 1\n";
    let expected =
        "last end of a session: day 0 09:00, the session of ann.okafor@contoso.example ended: ";
    let told = reasons(story);
    for line in [
        "last sign-in: day 0 09:00, Entra refused ben: AADSTS50105",
        "last sign-in: cy has not signed in\n",
        "last sign-in: day 0 09:00, ann.okafor@contoso.example signed in\n",
        expected,
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    assert!(!told.contains("last request"), "{told}");
}

#[test]
fn a_session_of_a_user_is_that_of_the_account_to_which_sign_on_leads() {
    let story = "title = \"t\"\nends = \"2h\"\n[entra.sso]\nname_id = \"mail\"\n\
                 [golinks.links]\nroad = \"https://r.example/\"\n\
                 [user.ann]\nname = \"Ann Okafor\"\nmail = \"a@contoso.example\"\n\
                 [[at]]\ntime = \"0d\"\ndo = \"start\"\n\
                 [[at]]\ntime = \"1h\"\ndo = [{ sign_in = \"ann\" }, { follow = { link = \"road\", as = \"ann\" } }]\n\
                 expect.golinks.session.ann = 1\nexpect.golinks.link.road.hits = 1\n\
                 [[at]]\ntime = \"90m\"\ndo = { end_session = \"ann\" }\nexpect.golinks.session.ann = 0\n";
    assert_eq!(reasons(story), "");
}

#[test]
fn what_outlives_a_deleted_account_is_still_that_users() {
    let story = "title = \"t\"\nends = \"3d\"\n[entra.policy]\nsoft_delete = false\n\
                 [entra.mappings.users]\nremove = [\"active\"]\n\
                 [golinks]\napi_tokens = [\"ann.okafor\"]\n\
                 capabilities.soft_delete = false\n\
                 [golinks.sso]\nsession_on_deactivate = \"keep\"\ntoken_on_deactivate = \"keep\"\n\
                 session_lifetime = \"7d\"\n[user.ann]\nname = \"Ann Okafor\"\n\
                 [[at]]\ntime = \"0d\"\ndo = \"start\"\n\
                 [[at]]\ntime = \"1d\"\ndo = { sign_in = \"ann\" }\n\
                 expect.golinks.session.ann = 1\nexpect.golinks.api_token.ann = 1\n\
                 [[at]]\ntime = \"1d 5m\"\ndo = { unassign = \"ann\" }\n\
                 [[at]]\ntime = \"2d\"\nexpect.golinks.accounts.total = 0\n\
                 expect.golinks.session.ann = 1\nexpect.golinks.api_token.ann = 1\n";
    assert_eq!(reasons(story), "");
}

#[test]
fn a_group_without_its_connection_is_the_one_that_was_connected_last() {
    let story = "title = \"t\"\nends = \"3d\"\n[entra]\nmappings.template = \"scim\"\n\
                 [golinks]\nprofile = \"generic\"\n[user.ann]\nname = \"Ann Okafor\"\n\
                 [group.sales]\nname = \"Field force\"\nmembers = [\"ann\"]\nassigned = true\n\
                 [[at]]\ntime = \"0d\"\ndo = \"start\"\n\
                 [[at]]\ntime = \"1d\"\ndo = \"stop\"\n\
                 [[at]]\ntime = \"25h\"\ndo = [{ delete_connection = { group = \"sales\" } }, \
                 { update_group = { sales = { name = \"Sales East\" } } }]\n\
                 [[at]]\ntime = \"2d\"\nexpect.golinks.group.sales.members = 1\n";
    assert_eq!(reasons(story), "");
}

#[test]
fn of_several_applications_a_reason_counts_the_requests_of_its_own() {
    let story = "title = \"t\"\nends = \"1d\"\n[user.ann]\nname = \"Ann Okafor\"\n\
                 [app.test]\nassigned = [\"ann\"]\n\
                 [[at]]\ntime = \"0d\"\ndo = [\"start\", { start = true, app = \"test\" }]\n\
                 [[at]]\ntime = \"5h\"\ndo = { unassign = \"ann\", app = \"test\" }\n\
                 [finally]\ngolinks.account.ann.active = true\n";
    let told = reasons(story);
    assert!(told.contains(" requests of main since was about ann"), "{told}");
    assert!(told.contains("made inactive day 0 13:20 by the application test"), "{told}");
}
