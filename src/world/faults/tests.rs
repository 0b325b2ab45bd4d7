//! Faults are read as written, switch when they should, and strike the right requests.

use http::Method;

use super::*;
use crate::base::{Seed, Time};
use crate::world::actions::tests::node;

fn fault(text: &str) -> Fault {
    let mut problems = Problems::default();
    Fault::read(&node(text), &mut problems)
        .unwrap_or_else(|| panic!("{text}: {:?}", problems.list()))
}

fn faults(text: &str) -> Faults {
    let mut faults = Faults::new(vec![fault(text)], Time::from_secs(0));
    faults.switch(Time::from_secs(0), |_| {});
    faults
}

/// The verdicts on so many requests, in words; a dash for none.
fn strikes(faults: &mut Faults, requests: u64, method: &Method, path: &str) -> Vec<String> {
    let seen = RequestFacts {
        method,
        path,
        base: "/scim/v2",
        about: &|handle| handle == "ann",
        app: Some("main"),
        accounts: 0,
    };
    (0..requests)
        .map(|_| {
            faults
                .judge(Seed(7), Time::from_secs(60), &seen)
                .map_or("-".to_owned(), |(_, v)| v.words())
        })
        .collect()
}

#[test]
fn every_effect_is_explained_and_reads_back_what_it_writes() {
    for kind in FAULTS {
        assert!(kind.doc.ends_with('.') && kind.doc.len() > 20, "{}", kind.name);
        let read = fault(&format!("{{ {} }}", kind.example));
        assert_eq!(read.name, kind.name);
        assert_eq!(fault(&read.to_node().to_toml()), read);
    }
    for text in [
        r#"{ name = "slow", from = "1d", for = "2h", probability = 0.25, delay = { uniform = ["1s", "9s"] } }"#,
        r#"{ name = "slow", until = 2026-03-02T08:00:00Z, delay = { normal = { mean = "8s", deviation = "2s" } } }"#,
        r#"{ name = "x", delay = { ramp = { from = "8s", to = "130s", over = "20m" } } }"#,
        r#"{ name = "x", when = { method = ["POST", "PATCH"], path = "/Users", user = "ann", nth = 3 }, stall = true }"#,
        r#"{ name = "x", when = { user = ["ann", "bob"], nth = [1, 2] }, garble = "truncate" }"#,
        r#"{ name = "x", when = { nth = { min = 2, max = 9, every = 3 } }, respond = 204 }"#,
    ] {
        let read = fault(text);
        assert_eq!(fault(&read.to_node().to_toml()), read);
    }
}

#[test]
fn what_is_wrong_is_said() {
    let cases = [
        ("{ name = 'x' }", "this fault does nothing"),
        ("{ stal = true }", "unknown key `stal` in a fault"),
        ("{ stall = true, refuse = true }", "a fault does one thing: `refuse` or `stall`"),
        ("{ stall = false }", "expected true"),
        ("{ stall = true, until = '1d', for = '1h' }", "a fault has `until` or `for`, not both"),
        ("{ stall = true, probability = 2 }", "expected a probability"),
        ("{ respond = 42 }", "expected an HTTP status"),
        ("{ respond = { body = 'x' } }", "`respond` needs a status"),
        (
            "{ respond = { status = 503, headers = { 'Bad Name' = 'x' } } }",
            "`Bad Name` is not a header name",
        ),
        ("{ delay = { uniform = ['1s'] } }", "expected two durations"),
        ("{ delay = { normal = { mean = '1s' } } }", "`deviation` is missing"),
        ("{ reset = 'between' }", "unknown value `between`"),
        ("{ stall = true, when = { path = 'Users' } }", "expected a path"),
        ("{ stall = true, when = { method = 'FETCH' } }", "unknown value `FETCH`"),
        ("{ stall = true, when = { nth = { mni = 3 } } }", "unknown key `mni`"),
        ("{ stall = true, when = { nth = 0 } }", "expected a whole number of at least 1"),
        ("{ stall = true, when = { nth = [1, 0] } }", "expected a whole number of at least 1"),
        ("{ stall = true, when = { nth = { every = 0 } } }", "a whole number of at least 1"),
        ("{ stall = true, when = { nth = { min = 5, max = 2 } } }", "not above `max`"),
        ("{ stall = true, when = { nth = [] } }", "expected a value, or a list of some"),
        ("{ stall = true, when = { method = [] } }", "expected a value, or a list of some"),
        ("{ stall = true, when = { user = [] } }", "expected a value, or a list of some"),
        ("{ stall = true, probability = 0 }", "expected a probability above 0.0"),
        ("{ stall = true, for = '0s' }", "this fault is never active"),
        ("{ stall = true, from = '2h', until = '1h' }", "this fault ends before it begins"),
        ("{ stall = true, from = '1h', until = '1h' }", "this fault ends before it begins"),
        ("{ stall = true, until = '0s' }", "this fault ends before it begins"),
        ("{ stall = true, until = '2026-03-02T08:00:00Z' }", "expected a duration since the start"),
        ("{ delay = '0s' }", "expected a duration above 0"),
        ("{ delay = { per_account = '0s' } }", "expected a duration above 0"),
        ("{ delay = { uniform = ['9s', '1s'] } }", "no delay lies between them"),
        ("{ stall = true, name = '  ' }", "a fault needs a name that can be read"),
    ];
    for (text, message) in cases {
        let mut problems = Problems::default();
        assert!(Fault::read(&node(text), &mut problems).is_none(), "{text} was read");
        assert!(
            problems.list()[0].message.contains(message),
            "{text}: {}",
            problems.list()[0].message
        );
    }
}

#[test]
fn a_matcher_counts_what_it_meets_and_strikes_what_it_should() {
    let mut second =
        faults("{ stall = true, when = { method = 'POST', path = '/Users', nth = 2 } }");
    assert_eq!(strikes(&mut second, 2, &Method::GET, "/scim/v2/Users"), ["-", "-"]);
    assert_eq!(strikes(&mut second, 3, &Method::POST, "/scim/v2/Users"), ["-", "stalled", "-"]);
    let mut third = faults("{ refuse = true, when = { nth = { every = 3 } } }");
    assert_eq!(
        strikes(&mut third, 6, &Method::GET, "/"),
        ["-", "-", "refused", "-", "-", "refused"]
    );
    let mut bob = faults("{ refuse = true, when = { user = 'bob' } }");
    assert_eq!(strikes(&mut bob, 1, &Method::GET, "/"), ["-"]);
    let mut ann = faults("{ reset = 'after', when = { user = ['bob', 'ann'] } }");
    assert_eq!(strikes(&mut ann, 1, &Method::GET, "/"), ["reset after handling"]);
}

#[test]
fn chance_is_named_and_the_same_every_time() {
    let half = || {
        strikes(
            &mut faults("{ name = 'flaky', stall = true, probability = 0.5 }"),
            1000,
            &Method::GET,
            "/",
        )
    };
    let struck = half().iter().filter(|words| *words == "stalled").count();
    assert!((400..600).contains(&struck), "{struck}");
    assert_eq!(half(), half());
    let other = strikes(
        &mut faults("{ name = 'other', stall = true, probability = 0.5 }"),
        1000,
        &Method::GET,
        "/",
    );
    assert_ne!(half(), other);
}

#[test]
fn delays_follow_their_distributions() {
    let draw = |text: &str, active: u64| {
        let Effect::Delay(delay) = fault(text).effect else { panic!("a delay") };
        let one =
            |nth| delay.draw(Seed(7), "slow", nth, Duration::from_secs(active), 3).as_secs_f64();
        (0..1000).map(one).collect::<Vec<f64>>()
    };
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
    let even = draw("{ delay = { uniform = ['1s', '9s'] } }", 0);
    assert!(
        even.iter().all(|secs| (1.0..=9.0).contains(secs)) && (4.7..5.3).contains(&mean(&even))
    );
    let normal = draw("{ delay = { normal = { mean = '8s', deviation = '2s' } } }", 0);
    assert!((7.8..8.2).contains(&mean(&normal)), "{}", mean(&normal));
    let spread = mean(&normal.iter().map(|secs| (secs - 8.0).powi(2)).collect::<Vec<_>>()).sqrt();
    assert!((1.8..2.2).contains(&spread), "{spread}");
    let ramp = "{ delay = { ramp = { from = '10s', to = '30s', over = '100s' } } }";
    for (active, secs) in [(0, 10.0), (50, 20.0), (100, 30.0), (1000, 30.0)] {
        assert_eq!(draw(ramp, active)[0], secs);
    }
}

#[test]
fn faults_switch_at_their_instants() {
    let list = vec![
        fault("{ name = 'later', from = '10s', until = '20s', stall = true }"),
        fault("{ name = 'later', for = '5s', stall = true }"),
        fault("{ name = 'never', from = '9s', until = 1970-01-01T00:00:09Z, stall = true }"),
    ];
    let mut faults = Faults::new(list, Time::from_secs(0));
    let mut story = Vec::new();
    let mut switch = |faults: &mut Faults, now: Time| {
        faults.switch(now, |s| {
            story.push(format!("{} {} {}", now.as_micros() / 1_000_000, s.name, s.on))
        })
    };
    switch(&mut faults, Time::from_secs(0));
    while let Some(due) = faults.next_due() {
        switch(&mut faults, due);
    }
    assert_eq!(story, ["0 later 2 true", "5 later 2 false", "10 later true", "20 later false"]);
    let mut said = Vec::new();
    let mut add = |text: &str| {
        faults.add(fault(text), Time::from_secs(30), |s| said.push((s.name.to_string(), s.on)))
    };
    assert_eq!(add("{ name = 'later', stall = true }"), Ok(()));
    assert_eq!(add("{ name = 'later', refuse = true }"), Ok(()));
    let over = add("{ name = 'later', until = '29s', refuse = true }");
    assert_eq!(over, Err("the fault `later` would be over already".to_owned()));
    let over = add("{ name = 'later', from = '2h', until = 1970-01-01T00:00:31Z, refuse = true }");
    assert!(over.is_err());
    assert_eq!(said, [("later".into(), true), ("later".into(), false), ("later".into(), true)]);
    assert_eq!(faults.clear("later").map(|s| s.on), Some(true));
    assert_eq!(faults.clear("later"), None);
}

#[test]
fn an_answer_in_golinks_place_looks_like_one() {
    let Effect::Respond(plain) = fault("{ respond = 503 }").effect else { panic!("respond") };
    let response = plain.response();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["content-type"], "application/scim+json");
    assert!(String::from_utf8_lossy(response.body()).contains("\"status\":\"503\""));
    let text =
        "{ respond = { status = 429, headers = { Retry-After = 120 }, body = 'slow down' } }";
    let Effect::Respond(full) = fault(text).effect else { panic!("respond") };
    let response = full.response();
    assert_eq!(
        (response.headers()["retry-after"].as_bytes(), &response.body()[..]),
        (&b"120"[..], &b"slow down"[..])
    );
    let Effect::Respond(none) = fault("{ respond = 204 }").effect else { panic!("respond") };
    assert!(none.response().body().is_empty());
}

#[test]
fn garbling_spoils_the_answer() {
    let answer = || {
        Response::builder()
            .header("content-type", "application/scim+json")
            .body(Bytes::from("{\"a\":1}"))
    };
    let spoil = |garble: Garble| garble.spoil(answer().expect("a response"));
    assert_eq!(spoil(Garble::Truncate).body(), "{\"a");
    assert_eq!(spoil(Garble::Empty).body(), "");
    assert_eq!(spoil(Garble::Type).headers()["content-type"], "text/plain");
    assert_eq!(spoil(Garble::Html).headers()["content-type"], "text/html");
}
