//! Tokens and the rate limit, in virtual time and for clients in real time.

use std::time::Duration;

use super::*;
use crate::golinks::ClientTime;

const DAY: Duration = Duration::from_secs(86_400);

fn bearer(bench: &mut Bench, token: &str) -> Answer {
    bench.send_with("GET /Users", "", &[("authorization", token)])
}

#[test]
fn a_request_needs_a_good_token() {
    let mut bench = Bench::new();
    for (header, status) in [
        ("Bearer golinks-demo-token", 200),
        ("bearer  golinks-demo-token ", 200),
        ("Bearer golinks-demo-tokem", 401),
        ("Bearer ", 401),
        ("Bearer", 401),
        ("", 401),
        ("Basic Z29saW5rczp4", 401),
    ] {
        let answer = bearer(&mut bench, header);
        assert_eq!(answer.status, status, "{header}");
        if status == 401 {
            assert_eq!(
                (answer.at("status"), answer.header("www-authenticate")),
                ("\"401\"".to_owned(), "Bearer")
            );
        }
    }
    assert_eq!(bench.send_with("GET /Users", "", &[]).status, 401);
    // A client without credentials learns nothing of what is there, but the path of the server
    // itself is no secret.
    assert_eq!(bench.send_with("GET /Nothing", "", &[]).status, 401);
}

#[test]
fn tokens_end_rotate_and_are_revoked() {
    let mut bench =
        Bench::with(&[("token.value", text("class-token")), ("token.expires", text("30d"))]);
    let class = "Bearer class-token";
    assert_eq!(bench.golinks.next_due(), Some(START + DAY * 30));
    bench.now = START + (DAY * 30 - Duration::from_secs(1));
    assert_eq!(bearer(&mut bench, class).status, 200);
    bench.now = START + DAY * 30;
    assert_eq!(bearer(&mut bench, class).at("detail"), "\"the token has expired\"");
    for _ in 0..2 {
        bench.do_by_hand(|golinks, moment| golinks.expire(moment));
    }
    assert_eq!(bench.golinks.next_due(), None);
    assert_eq!(bench.events(), ["refused 401: the token has expired", "token clas… expired"]);

    bench.do_by_hand(|golinks, moment| golinks.rotate_token("fresh", Some(DAY), moment));
    assert_eq!(bearer(&mut bench, class).status, 401);
    assert_eq!(bearer(&mut bench, "Bearer fresh").status, 200);
    assert_eq!(bench.golinks.next_due(), Some(bench.now + DAY));
    let issue = |golinks: &mut GoLinks, moment: &mut Moment<'_, Event>| {
        golinks.add_token("second", None, moment)
    };
    bench.do_by_hand(issue).unwrap();
    bench.do_by_hand(issue).unwrap_err();
    for good in ["Bearer fresh", "Bearer second"] {
        assert_eq!(bearer(&mut bench, good).status, 200, "{good}");
    }
    bench.do_by_hand(|golinks, moment| golinks.revoke_token(Some("other"), moment)).unwrap_err();
    bench.do_by_hand(|golinks, moment| golinks.revoke_token(None, moment)).unwrap();
    assert_eq!(bearer(&mut bench, "Bearer fresh").status, 401);
    assert_eq!(bench.golinks.next_due(), None);

    let mut problems = Problems::default();
    bench.golinks.set(&["token", "value"], &Node::text("by-set"), &mut problems);
    assert_eq!(bearer(&mut bench, "Bearer by-set").status, 200);
    bench.golinks.set(&["token"], &Node::bare(Kind::Bool(true)), &mut problems);
    assert!(problems.has_errors());
    assert_eq!(bearer(&mut bench, "Bearer by-set").status, 200);
}

#[test]
fn too_many_requests_get_429() {
    let check = |retry_after: Option<&str>, header: &str| {
        let mut settings =
            vec![("rate_limit.rps", Kind::Integer(2)), ("rate_limit.burst", Kind::Integer(2))];
        settings.extend(retry_after.map(|value| ("rate_limit.retry_after", text(value))));
        let mut bench = Bench::with(&settings);
        let statuses: Vec<u16> = (0..3).map(|_| bench.send("GET /Users", "").status).collect();
        assert_eq!(statuses, [200, 200, 429]);
        let refused = bench.send("GET /Users", "");
        assert_eq!((refused.status, refused.header("retry-after")), (429, header));
        assert_eq!(bench.events(), ["throttled 429", "throttled 429"]);
        bench.now = bench.now + Duration::from_millis(500);
        assert_eq!(bench.send("GET /Users", "").status, 200);
        let mut problems = Problems::default();
        bench.golinks.set(&["rate_limit"], &Node::text("none"), &mut problems);
        assert_eq!((0..100).filter(|_| bench.send("GET /Users", "").status == 200).count(), 100);
    };
    check(None, "1");
    check(Some("7s"), "7");
    check(Some("none"), "");
}

#[test]
fn who_lives_in_real_time_is_measured_in_it() {
    let window = Node::table([("from", Node::text("2h")), ("for", Node::text("30m"))]);
    let settings = [
        ("rate_limit.rps", Kind::Integer(1)),
        ("limits.maintenance", window.kind),
        ("oauth.expires", text("10m")),
    ];
    let mut bench = Bench::with(&settings);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let own = |secs: u64, speed| Some(ClientTime { now: START + Duration::from_secs(secs), speed });
    let grant = "grant_type=client_credentials&client_id=entra&client_secret=golinks-demo-secret";
    let issued = bench.send_at(own(0, None), "POST /oauth/token", grant, &form);
    let token = format!("Bearer {}", issued.at("access_token").trim_matches('"'));
    let ask =
        |bench: &mut Bench, own| bench.send_at(own, "GET /Users", "", &[("authorization", &token)]);

    // The clock stands still: what counts is how much real time has passed.
    assert_eq!(ask(&mut bench, own(1, None)).status, 200);
    let refused = ask(&mut bench, own(1, None));
    assert_eq!((refused.status, refused.header("retry-after")), (429, "1"));
    assert_eq!(bench.send("GET /Users", "").status, 200, "the engine is counted apart");
    assert_eq!(ask(&mut bench, own(2, None)).status, 200);

    // A slow start is one for its own time too: the rate has grown to a half, whatever the clock
    // says.
    let slow = Node::bare(Kind::Text("9s".to_owned()));
    bench.golinks.set(&["rate_limit", "slow_start"], &slow, &mut Problems::default());
    assert_eq!(ask(&mut bench, own(4, None)).status, 200);
    assert_eq!([5, 6].map(|secs| ask(&mut bench, own(secs, None)).status), [429, 200]);
    bench.golinks.set(&["rate_limit", "slow_start"], &Node::text("0s"), &mut Problems::default());

    // The clock races: the token lives on, and maintenance is told in real seconds.
    bench.now = START + Duration::from_secs(2 * 3600);
    let refused = ask(&mut bench, own(12, Some(600.0)));
    assert_eq!((refused.status, refused.header("retry-after")), (503, "3"));
    assert_eq!(
        ask(&mut bench, own(12, None)).header("retry-after"),
        "",
        "nobody knows when the clock will go on"
    );
    bench.now = START + Duration::from_secs(3 * 3600);
    assert_eq!(ask(&mut bench, own(599, Some(600.0))).status, 200);
    assert_eq!(ask(&mut bench, own(600, Some(600.0))).at("detail"), "\"the token has expired\"");
}

#[test]
fn tokens_that_a_setting_makes_and_takes_are_told_as_any_other() {
    use crate::base::{Node, Problems};
    let mut bench = Bench::new();
    bench.do_by_hand(|golinks, moment| {
        let (before, mut problems) = (golinks.settings().clone(), Problems::default());
        golinks.set(&["token"], &Node::text("classroom"), &mut problems);
        golinks.tell_settings(&before, moment);
        let after = golinks.settings().clone();
        golinks.tell_settings(&after, moment);
    });
    assert_eq!(bench.events(), ["token clas… issued", "token goli… revoked"]);
}
