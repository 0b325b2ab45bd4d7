//! A server that fails as a whole is told as that, once, and no innocent check is blamed: one that
//! breaks now and then, that hangs at one method, that dies while it is checked.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use scimulator::entra::{Lost, Reply};
use scimulator::verify::abilities::Can;
use scimulator::verify::{Outcome, Plan, Report, Server, verify};

use crate::verify::{Mock, plan};

/// The mock, with something that may come between it and its client. It knows the request, and how
/// many came before.
struct Between<F> {
    mock: Mock,
    came: u64,
    comes: F,
}

/// What comes instead of the mock's answer.
enum Instead {
    /// This, and the mock does nothing.
    Undone(Reply),
    /// This, and the mock has done what it was asked for.
    Done(Reply),
}

impl<F: FnMut(&Request<Bytes>, u64) -> Option<Instead>> Server for Between<F> {
    fn exchange(&mut self, request: Request<Bytes>) -> (Reply, Duration) {
        self.came += 1;
        match (self.comes)(&request, self.came - 1) {
            None => self.mock.exchange(request),
            Some(Instead::Undone(reply)) => (reply, Duration::ZERO),
            Some(Instead::Done(reply)) => {
                let _ = self.mock.exchange(request);
                (reply, Duration::ZERO)
            }
        }
    }
}

fn status(status: u16) -> Reply {
    Ok(Response::builder().status(status).body(Bytes::new()).expect("a response"))
}

/// Checks the mock with something between; returns the report and the accounts that it holds then.
fn on(comes: impl FnMut(&Request<Bytes>, u64) -> Option<Instead>) -> (Report, Vec<String>) {
    let mut server = Between { mock: Mock::with(&[]), came: 0, comes };
    let mut lane: &mut dyn Server = &mut server;
    let report = verify(&mut lane, &plan());
    let held = server.mock.names();
    (report, held)
}

fn red(report: &Report) -> Vec<&'static str> {
    report.failures().iter().map(|one| one.check.id).collect()
}

fn came(report: &Report) -> String {
    report.failures()[0].finding().expect("it failed").came.clone()
}

/// The report has every request that was sent, those of the cleaning and those that were sent again
/// among them.
fn all_sent_is_kept(report: &Report) {
    assert_eq!(report.sent.len() as u64, report.requests);
}

/// A token that ends while a server is checked is one cause, and not a fault of what is asked then.
#[test]
fn a_token_that_ends_meanwhile_is_the_only_cause() {
    for after in [7, 31, 90, 400] {
        let (report, _) = on(|_, nth| (nth >= after).then(|| Instead::Undone(status(401))));
        assert_eq!(red(&report), ["net.alive"], "{after}: {}", came(&report));
        assert!(came(&report).contains("it lets the client in no more"), "{}", came(&report));
        assert!(report.requests < after + 60, "{after}: {}", report.requests);
        all_sent_is_kept(&report);
    }
    // What is forbidden alone is no such thing.
    let (report, _) = on(|request, _| {
        let hit = request.method() == "PUT" && request.uri().path().contains("/Users/");
        hit.then(|| Instead::Undone(status(401)))
    });
    assert!(!red(&report).contains(&"net.alive"), "{:?}", red(&report));
}

/// A number by chance, the same for the same number.
fn chance(number: u64) -> u64 {
    let mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 33
}

#[test]
fn a_server_that_breaks_now_and_then_is_one_finding_and_blames_no_check() {
    for seed in 0..4 {
        // One in ten; some of them are carried out all the same.
        let (report, held) = on(|_, nth| {
            let drawn = chance(nth + seed * 10_000);
            let done = (drawn / 10).is_multiple_of(2);
            let broken = drawn.is_multiple_of(10).then(|| status(500))?;
            Some(if done { Instead::Done(broken) } else { Instead::Undone(broken) })
        });
        let told: Vec<_> = report.failures().iter().map(|one| one.finding().cloned()).collect();
        assert_eq!(red(&report), ["net.steady"], "{seed}: {told:?}");
        let told = came(&report);
        assert!(told.contains(" of ") && told.contains("GET /Users/{id}"), "{told}");
        assert!(told.contains("the first was 500 to "), "{told}");
        assert!(report.left_behind.is_nothing() && held.is_empty(), "{seed}: {held:?}");
        assert!(report.counts().passed > 100, "{seed}: {:?}", report.counts());
        all_sent_is_kept(&report);
    }
}

#[test]
fn a_server_that_always_breaks_at_one_request_does_not_waver() {
    let (report, _) = on(|request, _| {
        let hit = request.uri().path().ends_with("/Users/.search");
        hit.then(|| Instead::Undone(status(500)))
    });
    assert_eq!(red(&report), ["x.search"]);
}

#[test]
fn a_server_that_dies_is_the_only_cause_and_the_rest_is_not_tried() {
    let dead: [fn() -> Reply; 3] = [|| Err(Lost::Refused), || Err(Lost::Reset), || status(500)];
    for (after, gone) in [1, 2, 3, 7, 30, 31, 90, 400].into_iter().zip(dead.iter().cycle()) {
        let (report, _) = on(|_, nth| (nth >= after).then(|| Instead::Undone(gone())));
        assert_eq!(red(&report), ["net.alive"], "{after}: {}", came(&report));
        assert!(came(&report).contains("after the server had answered "), "{}", came(&report));
        assert!(report.behind("net.alive") > 20, "{after}: {}", report.behind("net.alive"));
        assert!(report.requests < after + 60, "{after}: {}", report.requests);
        assert_eq!(report.ended, None);
        all_sent_is_kept(&report);
    }
}

#[test]
fn the_report_has_every_request_with_the_cleaning_and_what_was_throttled() {
    let (report, _) = on(|_, _| None);
    all_sent_is_kept(&report);
    let made = |is_cleaning: bool, method: &str| {
        let all = report.sent.iter().filter(|one| one.is_cleaning == is_cleaning);
        all.filter(|one| one.exchange.request.method() == method).count()
    };
    assert!(made(true, "DELETE") > 300, "{}", made(true, "DELETE"));
    assert!(made(true, "POST") == 0 && made(false, "POST") > 300);
    let of_lives = report.sent.iter().filter(|one| one.check.starts_with("life.")).count();
    assert!(of_lives > 300, "{of_lives}");
    // Every tenth request is throttled once.
    let (report, _) = on(|_, nth| nth.is_multiple_of(10).then(|| Instead::Undone(status(429))));
    all_sent_is_kept(&report);
    let throttled = |one: &&scimulator::verify::Sent| one.exchange.status() == Some(429);
    assert!(report.sent.iter().filter(throttled).count() > 100);
}

#[test]
fn what_a_server_holds_that_died_is_named_each_thing_once() {
    for after in (3..60).chain([90, 133, 200, 400, 700, 1_000]) {
        // What it dies of is carried out.
        let mut server = Between {
            mock: Mock::with(&[]),
            came: 0,
            comes: |_: &Request<Bytes>, nth: u64| match nth.cmp(&after) {
                std::cmp::Ordering::Less => None,
                std::cmp::Ordering::Equal => Some(Instead::Done(Err(Lost::Reset))),
                std::cmp::Ordering::Greater => Some(Instead::Undone(Err(Lost::Refused))),
            },
        };
        let mut lane: &mut dyn Server = &mut server;
        let report = verify(&mut lane, &plan());
        let left = &report.left_behind;
        let mut named: Vec<String> = left.there.iter().map(|one| one.path.clone()).collect();
        named.extend(left.unknown.iter().map(|(_, name)| name.clone()));
        let many = named.len();
        named.sort_unstable();
        named.dedup();
        assert_eq!(named.len(), many, "{after}: {left:?}");
        for (id, name) in server.mock.accounts() {
            let is_told = named.contains(&format!("/Users/{id}")) || named.contains(&name);
            assert!(is_told, "{after}: {name} is not told: {left:?}");
        }
    }
}

#[test]
fn a_method_that_gets_no_answer_is_the_cause_and_costs_two_time_outs() {
    for (method, behind) in [("DELETE", 4), ("PATCH", 40), ("PUT", 1), ("POST", 80)] {
        let mut hung = 0;
        let (report, _) = on(|request, _| {
            (request.method() == method).then(|| {
                hung += 1;
                Instead::Undone(Err(Lost::TimedOut))
            })
        });
        assert_eq!(red(&report), ["net.hangs"], "{method}: {}", came(&report));
        assert!(came(&report).contains(&format!("{method} ")), "{}", came(&report));
        assert!(report.behind("net.hangs") >= behind, "{}", report.behind("net.hangs"));
        // Some are sent at the same time, and share one.
        assert!(hung <= 12, "{method}: {hung} time-outs");
        if method == "DELETE" {
            let left = &report.left_behind;
            let told = left.there[0].to_string();
            assert!(told.starts_with("/Users/") && told.contains("DELETE got no answer"), "{told}");
            assert!(left.names[&left.there[0].path].starts_with("scimulator-"));
        }
    }
    let (report, _) = on(|_, _| Some(Instead::Undone(Err(Lost::TimedOut))));
    assert_eq!((red(&report), report.requests), (vec!["net.reach"], 1));
}

#[test]
fn what_a_job_can_do_follows_from_the_checks() {
    let mut urn = |request: &Request<Bytes>, _: u64| {
        let body = String::from_utf8_lossy(request.body());
        let hit = request.method() == "PATCH" && body.contains("2.0:User:department");
        hit.then(|| Instead::Undone(status(400)))
    };
    let (report, _) = on(&mut urn);
    let can = |report: &Report, words: &str| {
        let all = report.abilities();
        all.into_iter().find(|one| one.words == words).expect("an ability").can
    };
    let changes = can(&report, "every change arrives");
    assert!(matches!(&changes, Can::No(ids) if ids.contains(&"patch.urn")), "{changes:?}");
    assert_eq!(can(&report, "every user is created"), Can::Yes);

    // A change is refused whole, and a disable with it: then leavers keep access. One that is
    // answered with success does not keep a disable from its effect.
    let leaves = "every leaver loses access";
    let fax = |status: u16| {
        move |request: &Request<Bytes>, _: u64| {
            let body = String::from_utf8_lossy(request.body());
            let hit = request.method() == "PATCH" && body.contains("type eq \\\"fax\\\"");
            hit.then(|| Instead::Undone(self::status(status)))
        }
    };
    let (report, _) = on(fax(400));
    let refused = can(&report, leaves);
    assert!(matches!(&refused, Can::No(ids) if ids == &["patch.filtered-new"]), "{refused:?}");
    let (report, _) = on(fax(204));
    assert_eq!(red(&report), ["patch.filtered-new"]);
    assert_eq!(can(&report, leaves), Can::Yes);
    assert!(matches!(can(&report, "every change arrives"), Can::No(_)));

    // What no token was sent to tells nothing of tokens.
    let mut lane: &mut dyn Server = &mut Mock::with(&[]);
    let tokenless = Plan { skip: vec!["auth".into()], ..plan() };
    let report = verify(&mut lane, &tokenless);
    let token = "whoever has the token is let in, and nobody else";
    assert!(report.abilities().iter().all(|one| one.words != token), "{:?}", report.abilities());

    // What cannot be judged because of a failure is not so, and not unknown.
    let (report, _) = on(|request, _| {
        let create = request.method() == "POST" && request.uri().path().ends_with("/Users");
        create.then(|| Instead::Undone(status(400)))
    });
    for words in ["every user is created", "every change arrives", "every leaver loses access"] {
        let can = can(&report, words);
        assert!(matches!(&can, Can::No(ids) if ids.contains(&"user.create")), "{words}: {can:?}");
    }
    // Nothing of it says that the server is not reached, or lets others in.
    for words in
        ["the server can be reached, and says who is there", "nobody gets a second account"]
    {
        let can = can(&report, words);
        assert!(matches!(can, Can::Unclear(_)), "{words}: {can:?}");
    }
    let told = |one: &Outcome| matches!(one, Outcome::CannotTell(_));
    assert!(report.checked.iter().filter(|one| told(&one.outcome)).count() > 60);
    let report = verify(&mut (&mut Mock::with(&[]) as &mut dyn Server), &Plan::default());
    assert!(report.counts().passed == 0, "without a token: {:?}", report.counts());
}
