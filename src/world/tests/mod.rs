//! The world as a whole: a real engine against a real GoLinks, and the rules of the road between
//! them.

mod applications;
mod causes;
mod graph;
mod status;
mod whole;

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};

use super::actions::tests::{action, node};
use super::driver::{self, carry, run_to};
use super::intent::{self, Mismatch};
use super::record::{Cause, RecordedEvent, ReplyStatus};
use super::snapshot::Snapshot;
use super::status::{Light, Tone, status};
use super::*;
use crate::base::{Moment, Problems, Seed, Time};
use crate::entra::tenant::new_user::NewUser;
use crate::entra::tenant::{Attribute, NewAssignment, Role, Tenant};
use crate::entra::{self, Entra};
use crate::golinks::{self, GoLinks, Happened};

const START: &str = "2026-03-02T08:00:00Z";
const PEOPLE: [&str; 5] = ["ann", "bob", "cem", "dee", "eva"];

fn start() -> Time {
    Time::parse(START).expect("an instant")
}

/// `hours` and minutes after the start.
fn at(hours: u64, minutes: u64) -> Time {
    start() + Duration::from_secs(hours * 3600 + minutes * 60)
}

/// Five assigned users, a GoLinks without accounts, and these faults.
fn setup(faults: &[&str]) -> Setup {
    let mut problems = Problems::default();
    let mut tenant = Tenant::new(Default::default(), Seed(7));
    for handle in PEOPLE {
        let mut user = NewUser::new(handle).with_name(&format!("{handle} Example"));
        user = user.with(Attribute::Department, Some("Sales"));
        user.assigned = Some(NewAssignment::As(Role::User));
        tenant.set_up_user(user).expect("a user");
    }
    let mut settings = golinks::Settings::default();
    settings.set(&["token"], &node("'class-token'"), &mut problems);
    let mut entra = entra::Settings::default();
    entra.set(&["secret"], &node("'class-token'"), &mut problems);
    entra.set(&["notify"], &node("'it@contoso.example'"), &mut problems);
    let faults = faults.iter().filter_map(|text| Fault::read(&node(text), &mut problems)).collect();
    assert!(!problems.has_errors(), "{:?}", problems.list());
    Setup {
        seed: Seed(7),
        start: start(),
        entra: Entra::new(entra, tenant),
        target: GoLinks::new(settings, start()).into(),
        faults,
        base_url: "https://api.golinks.example/scim/v2".to_owned(),
        journal: Bounds::default(),
    }
}

fn world(faults: &[&str]) -> World {
    World::new(setup(faults))
}

/// A world that was started and ran for so many hours.
fn run(faults: &[&str], hours: u64) -> World {
    let mut world = world(faults);
    act(&mut world, "'start'");
    run_to(&mut world, at(hours, 0));
    world
}

fn act(world: &mut World, text: &str) {
    world.act(action(text)).unwrap_or_else(|error| panic!("{text}: {error}"));
}

fn request(method: Method, target: &str, body: &str) -> Request<Bytes> {
    Request::builder()
        .method(method)
        .uri(target)
        .header("authorization", "Bearer class-token")
        .header("content-type", "application/scim+json")
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .expect("a request")
}

/// The answer to an external request: status and body, or what else came, and how long it is
/// held back.
fn ask(world: &mut World, request: Request<Bytes>) -> (String, Duration) {
    let DelayedReply { wait, reply } = knock(world, Door::Scim, &request);
    let words = match reply {
        WireReply::Response(response) => {
            format!("{} {}", response.status().as_u16(), String::from_utf8_lossy(response.body()))
        }
        WireReply::Reset => "reset".to_owned(),
        WireReply::Never => "never".to_owned(),
    };
    (words, wait)
}

fn knock(world: &mut World, door: Door, request: &Request<Bytes>) -> DelayedReply {
    let knocked = world.handle_external(door, request);
    world.send(knocked)
}

/// The lines of the journal that hold these words.
fn lines(world: &World, words: &str) -> Vec<String> {
    let line = |record: Record<'_>| {
        let mut line = String::new();
        record.write(world.start(), &mut line);
        line
    };
    world.journal().records().map(line).filter(|line| line.contains(words)).collect()
}

fn differences(world: &World) -> Vec<String> {
    intent::compare(world)
        .into_iter()
        .map(|difference| format!("{}: {}", difference.handle, difference.what))
        .collect()
}

#[test]
fn five_people_appear_and_then_nothing_is_left_to_do() {
    let mut world = world(&[]);
    assert_eq!(status(&world).text(), "■ Not started: 5 people are in scope.");
    assert_eq!(differences(&world).len(), 5);
    act(&mut world, "'start'");
    assert_eq!(status(&world).text(), "▶ Starting: 5 people are in scope. Next cycle now.");
    run_to(&mut world, at(0, 9));
    assert_eq!(world.target().active_count(), 5);
    assert_eq!(differences(&world), [""; 0]);
    assert_eq!(
        status(&world).text(),
        "● Healthy: 5 of 5 in scope are right at GoLinks. Next cycle in 31 m."
    );
    run_to(&mut world, at(2, 0));
    let counters = world.journal().counters();
    assert_eq!((counters.post, counters.patch, counters.failed), (5, 0, 0));
    assert_eq!((counters.cycles, counters.log_rows, counters.log_failures), (4, 5, 0));
    assert_eq!(counters.get, 5 + 4, "a look for each person, and a probe for each cycle");
    assert_eq!(counters.requests(), counters.status.iter().sum::<u64>());
    assert!(world.outbox.pending.count() == 0 && world.timeline.next_due().is_none());
}

#[test]
fn two_runs_have_the_same_journal_to_the_byte() {
    let faults = [
        "{ name = 'flaky', probability = 0.3, respond = 503 }",
        "{ delay = { uniform = ['1s', '120s'] } }",
    ];
    let story = |setup: Setup| {
        let mut world = World::new(setup);
        act(&mut world, "'start'");
        run_to(&mut world, at(5, 0));
        act(&mut world, "{ disable = 'ann' }");
        act(&mut world, "{ hire = { zoe = { name = 'Zoë Park', assigned = true } } }");
        run_to(&mut world, at(30, 0));
        world
    };
    let (first, second) = (story(setup(&faults)), story(setup(&faults)));
    assert_eq!(first.journal().digest(), second.journal().digest());
    let text = |world: &World| lines(world, "").join("\n");
    assert_eq!(text(&first), text(&second));
    let mut small = setup(&faults);
    small.journal = Bounds { records: 10, bodies: 1000 };
    let small = story(small);
    assert_eq!(small.journal().records().len(), 10);
    let bodies: Vec<_> =
        small.journal().records().filter_map(|r| small.journal().body(r.seq)).collect();
    assert!(bodies.len() > 1 && bodies.concat().len() <= 1000);
    assert_eq!(small.journal().digest(), first.journal().digest());
    assert_eq!(small.journal().counters(), first.journal().counters());
    let mut other = setup(&faults);
    other.seed = Seed(8);
    assert_ne!(story(other).journal().digest(), first.journal().digest());
}

#[test]
fn one_thing_is_in_transit_at_a_time_and_outsiders_never_are() {
    let mut world = world(&[]);
    act(&mut world, "'start'");
    world.advance(start());
    let Some(Outgoing::Call(call)) = world.next_outgoing() else { panic!("the probe leaves") };
    assert!(world.next_outgoing().is_none(), "the probe is on the wire");
    let list = request(Method::GET, "/scim/v2/Users", "");
    assert!(ask(&mut world, list).0.starts_with("200 "), "an outsider is answered meanwhile");
    assert!(world.next_outgoing().is_none(), "and the probe is on the wire still");
    let ticket = world.receive(call.id, &call.request);
    let Some(Outgoing::Answer(answer)) = world.next_outgoing() else { panic!("its answer leaves") };
    assert_eq!((answer.ticket, answer.to), (ticket, call.id));
    assert!(world.next_outgoing().is_none(), "the answer is on the wire");
    let WireReply::Response(response) = answer.reply else { panic!("a response") };
    world.deliver(call.id, Ok(response));
    assert!(world.next_outgoing().is_none(), "the pace says when the next call leaves");
    world.advance(world.next_due().expect("it will"));
    assert!(matches!(world.next_outgoing(), Some(Outgoing::Call(_))), "and on it goes");
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "the clock moves only when nothing is in transit")]
fn the_clock_does_not_move_while_something_is_in_transit() {
    let mut world = world(&[]);
    act(&mut world, "'start'");
    world.advance(start());
    assert!(matches!(world.next_outgoing(), Some(Outgoing::Call(_))));
    world.advance(at(1, 0));
}

#[test]
fn a_slow_answer_comes_too_late_and_what_it_did_is_found_in_the_next_cycle() {
    let slow =
        "{ name = 'slow', delay = '130s', when = { method = 'POST', user = 'ann' }, for = '30m' }";
    let mut world = run(&[slow], 0);
    run_to(&mut world, at(0, 10));
    let counters = world.journal().counters();
    assert_eq!((counters.too_late, counters.lost, counters.struck), (1, 1, 1));
    assert_eq!(world.target().active_count(), 5, "the server did it");
    assert_eq!(status(&world).tone, Tone::Warning);
    assert!(
        status(&world).text().contains(
            "1 person fails and is tried again, the last: GoLinks gave no answer in time"
        )
    );
    assert_eq!(lines(&world, "too late").len(), 1);
    assert!(
        lines(&world, "too late")[0].contains("day   0 08:02:10"),
        "{:?}",
        lines(&world, "too late")
    );
    run_to(&mut world, at(1, 0));
    assert_eq!(
        (world.target().account_count(), world.journal().counters().post),
        (5, 5),
        "found, not made twice"
    );
    assert_eq!(status(&world).tone, Tone::Good);
}

#[test]
fn a_call_that_timed_out_is_abandoned_and_its_ticket_forgotten() {
    let mut world = world(&["{ stall = true, when = { method = 'POST', nth = 1 } }"]);
    act(&mut world, "'start'");
    let mut story = Vec::new();
    while world.now() < at(0, 5) {
        while let Some(outgoing) = world.next_outgoing() {
            match outgoing {
                Outgoing::Call(call) => drop(world.receive(call.id, &call.request)),
                Outgoing::Answer(Answer {
                    to: call, reply: WireReply::Response(response), ..
                }) => {
                    world.deliver(call, Ok(response));
                }
                Outgoing::Answer(Answer { to: call, reply: WireReply::Never, .. }) => {
                    story.push(("forget", call))
                }
                Outgoing::Abandon(call) => story.push(("abandon", call)),
                other => panic!("{other:?}"),
            }
        }
        world.advance(world.next_due().unwrap_or(at(0, 5)).clamp(world.now(), at(0, 5)));
    }
    assert_eq!(story.len(), 2);
    assert_eq!((story[0].0, story[1].0, story[0].1 == story[1].1), ("abandon", "forget", true));
    assert_eq!(lines(&world, "none in time").len(), 1);
    assert!(world.outbox.pending.count() == 0);
}

#[test]
fn every_effect_is_felt_by_the_engine() {
    let first_post = |effect: &str| {
        let mut world =
            run(&[&format!("{{ {effect}, when = {{ method = 'POST', nth = 1 }} }}")], 0);
        run_to(&mut world, at(0, 10));
        let lost = |record: Record<'_>| match record.event {
            RecordedEvent::Answer(answer) if answer.status.failed() => Some(answer.status),
            _ => None,
        };
        let status = world.journal().records().find_map(lost);
        (status, world.target().account_count(), world.entra().job().escrows().len())
    };
    assert_eq!(first_post("refuse = true"), (Some(ReplyStatus::Refused), 4, 1));
    assert_eq!(first_post("reset = 'before'"), (Some(ReplyStatus::Reset), 4, 1));
    assert_eq!(first_post("reset = 'after'"), (Some(ReplyStatus::Reset), 5, 1));
    assert_eq!(first_post("respond = 503"), (Some(ReplyStatus::Status(503)), 4, 1));
    assert_eq!(first_post("garble = 'truncate'"), (None, 5, 1));
    assert_eq!(first_post("garble = 'type'"), (None, 5, 0));
    assert_eq!(first_post("delay = '8s'"), (None, 5, 0));
}

#[test]
fn every_effect_is_felt_outside_and_no_one_waits_for_the_clock() {
    let get = || request(Method::GET, "/scim/v2/Users", "");
    let felt = |effect: &str| ask(&mut world(&[&format!("{{ {effect} }}")]), get());
    assert_eq!(felt("delay = '8s'").1, Duration::from_secs(8));
    assert_eq!(felt("stall = true").0, "never");
    assert_eq!(felt("refuse = true").0, "reset");
    assert_eq!(felt("reset = 'after'").0, "reset");
    assert!(felt("respond = { status = 503, body = 'down' }").0.starts_with("503 down"));
    assert_eq!(felt("garble = 'empty'").0, "200 ");
    let reply = knock(&mut world(&[]), Door::Graph, &request(Method::GET, "/v1.0/users", "")).reply;
    assert!(matches!(reply, WireReply::Response(response) if response.status() == 401));
}

#[test]
fn a_fault_meets_an_outsider_by_the_person_it_is_about() {
    let mut world = run(&["{ name = 'x', respond = 418, when = { user = 'ann' } }"], 0);
    let upn = world.entra().tenant().user(world.entra().tenant().find_user("bob").expect("bob"));
    let bob = upn.get(Attribute::UserPrincipalName).expect("a name").to_owned();
    let ann = bob.replace("bob", "ann");
    let mut asked = |method: Method, target: &str, body: &str| {
        let (words, _) = ask(&mut world, request(method, target, body));
        words.split(' ').next().unwrap_or_default().to_owned()
    };
    assert_eq!(
        asked(
            Method::POST,
            "/scim/v2/Users",
            &format!("{{\"userName\":\"{}\"}}", ann.to_uppercase())
        ),
        "418"
    );
    assert_eq!(
        asked(Method::GET, &format!("/scim/v2/Users?filter=userName%20eq%20%22{ann}%22"), ""),
        "418"
    );
    assert_eq!(
        asked(Method::GET, &format!("/scim/v2/Users?filter=userName%20eq%20%22{bob}%22"), ""),
        "200"
    );
    assert_eq!(world.journal().counters().outside, 3);
}

#[test]
fn writes_that_are_acknowledged_and_dropped_show_as_a_difference() {
    let mut world = run(&["{ name = 'drops', respond = 204, when = { method = 'PATCH' } }"], 1);
    act(&mut world, "{ update = { ann = { department = 'Design' } } }");
    act(&mut world, "{ disable = 'bob' }");
    assert_eq!(
        status(&world).text(),
        "▶ Pending: 2 people are not right at GoLinks yet. GoLinks answers 204 for some requests \
         now. Next cycle in 20 m."
    );
    run_to(&mut world, at(3, 0));
    assert_eq!(world.journal().counters().log_failures, 0, "the log is green");
    assert_eq!(
        differences(&world),
        [
            "ann: urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department is \"Sales\" and should be \"Design\"",
            "bob: blocked or deleted, and the account is still active"
        ]
    );
    assert_eq!(intent::counts(&world), intent::Counts { in_scope: 4, right: 3, wrong: 2 });
    assert!(status(&world).text().starts_with(
        "▲ Differing: 2 people are not right at GoLinks, which answered 2 writes with success"
    ));
    assert_eq!(world.journal().counters().changed_nothing, 2);
}

#[test]
fn after_a_failed_swap_of_names_everybody_is_judged_by_their_own_account() {
    let mut world = run(&["{ name = 'drops', respond = 204, when = { method = 'PATCH' } }"], 1);
    let upn = |world: &World, who: &str| {
        let tenant = world.entra().tenant();
        let user = tenant.find_user(who).expect("a user");
        tenant.user(user).get(Attribute::UserPrincipalName).expect("a name").to_owned()
    };
    let (ann, bob) = (upn(&world, "ann"), upn(&world, "bob"));
    act(&mut world, "{ update = { ann = { userPrincipalName = 'nobody@contoso.example' } } }");
    act(
        &mut world,
        &format!(
            "{{ update = {{ bob = {{ userPrincipalName = '{ann}', department = 'Design' }} }} }}"
        ),
    );
    act(&mut world, &format!("{{ update = {{ ann = {{ userPrincipalName = '{bob}' }} }} }}"));
    run_to(&mut world, at(3, 0));
    let found = differences(&world);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found.contains(&format!("ann: userName is \"{ann}\" and should be \"{bob}\"")),
        "{found:?}"
    );
    assert!(
        found.contains(&format!("bob: userName is \"{bob}\" and should be \"{ann}\"")),
        "{found:?}"
    );
    assert!(
        found.iter().any(|line| line.starts_with("bob: urn") && line.contains("Design")),
        "{found:?}"
    );
    act(&mut world, "{ disable = 'ann' }");
    act(
        &mut world,
        &format!("{{ edit_account = {{ ann = {{ userName = '{bob}x', active = false }} }} }}"),
    );
    assert_eq!(
        intent::exposed(&world).count(),
        0,
        "bob's account, which has her name, is not hers"
    );
}

#[test]
fn who_leaves_during_an_outage_is_exposed_until_it_is_over() {
    let mut world = run(&["{ name = 'outage', from = '1h', until = '20h', respond = 503 }"], 2);
    assert_eq!(intent::longest_exposure(&world), None);
    act(&mut world, "{ disable = ['ann', 'bob'] }");
    run_to(&mut world, at(10, 0));
    assert!(status(&world).text().starts_with(
        "⛔ Quarantined for 8 h 40 m: at the last try GoLinks was out of order (503). "
    ));
    assert!(
        status(&world).text().contains(
            "now. ann Example and 1 more person are blocked in Entra and can still use GoLinks. Next try in"
        ),
        "{}",
        status(&world).text()
    );
    act(&mut world, "{ enable = 'bob' }");
    let longest = intent::longest_exposure(&world).expect("ann is exposed");
    assert_eq!((&*longest.handle, longest.open, longest.lasted.as_secs()), ("ann", true, 8 * 3600));
    run_to(&mut world, at(48, 0));
    let longest = intent::longest_exposure(&world).expect("ann was exposed");
    assert_eq!((&*longest.handle, longest.open, longest.since), ("ann", false, at(2, 0)));
    assert!(longest.lasted > Duration::from_secs(18 * 3600), "{:?}", longest.lasted);
    assert_eq!(differences(&world), [""; 0]);
}

#[test]
fn who_is_gone_for_good_shall_have_no_account_if_managed_to_the_end() {
    let mut world = run(&["{ name = 'keeps', respond = 204, when = { method = 'DELETE' } }"], 1);
    act(&mut world, "{ unassign = 'bob' }");
    run_to(&mut world, at(3, 0));
    act(&mut world, "{ delete = ['ann', 'bob'] }");
    run_to(&mut world, at(5, 0));
    assert_eq!(differences(&world), [""; 0], "both are inactive");
    act(&mut world, "{ purge = ['ann', 'bob'] }");
    run_to(&mut world, at(7, 0));
    assert_eq!(differences(&world), ["ann: deleted for good, and the account still exists"]);
    act(&mut world, "{ clear_fault = 'keeps' }");
    act(&mut world, "{ delete_account = 'ann' }");
    assert_eq!(differences(&world), [""; 0]);
}

#[test]
fn what_is_done_by_hand_at_golinks_is_seen() {
    let mut world = run(&[], 1);
    act(
        &mut world,
        "{ edit_account = { ann = { active = false }, bob = { name.familyName = 'Other' } } }",
    );
    assert_eq!(
        differences(&world),
        [
            "ann: in scope, and the account is inactive",
            "bob: name.familyName is \"Other\" and should be \"Example\""
        ]
    );
    act(&mut world, "{ create_account = { userName = 'guest@contoso.example' } }");
    assert_eq!(differences(&world).len(), 2, "an account of nobody is left aside");
    act(&mut world, "{ delete_account = ['ann', 'guest'] }");
    assert_eq!(world.target().account_count(), 4);
    let what: Vec<Mismatch> =
        intent::compare(&world).into_iter().map(|difference| difference.what).collect();
    assert_eq!(what[0], Mismatch::Missing);
}

#[test]
fn an_action_stands_before_what_follows_and_a_refused_one_leaves_no_trace() {
    let mut world = world(&[]);
    world.say("Monday.");
    act(&mut world, "{ disable = ['ann', 'bob'] }");
    let all = lines(&world, "");
    assert_eq!(all.len(), 4, "{all:#?}");
    assert_eq!(all[0], "day   0 08:00:00  story    Monday.");
    assert_eq!(all[1], "day   0 08:00:00  action   { disable = [\"ann\", \"bob\"] }");
    assert!(all[2].starts_with("day   0 08:00:00  entra    ann "), "{}", all[2]);
    let before = world.journal().digest();
    for (text, message) in [
        ("{ disable = 'anm' }", "there is no user `anm`"),
        ("{ assign = { group = 'sales' } }", "there is no group `sales`"),
        ("{ enable = ['cem', 'ann'] }", "may sign in already"),
        ("{ delete_account = 'ann' }", "GoLinks has no account `ann`"),
        ("'allow_deletes'", "no deletions are staged"),
        ("'reject_deletes'", "no deletions are staged"),
        ("{ clear_fault = 'outage' }", "there is no fault `outage`"),
        ("{ revoke_token = 'none' }", "GoLinks refuses"),
        ("{ create_account = { userName = '' } }", "GoLinks refuses"),
    ] {
        let error = world.act(action(text)).expect_err(text);
        assert!(error.to_string().contains(message), "{text}: {error}");
        assert_eq!(world.journal().digest(), before, "{text}");
    }
    act(&mut world, "'pause'");
    assert!(world.take_pause() && !world.take_pause());
}

#[test]
fn every_verb_can_be_done() {
    let mut world = run(&[], 1);
    for text in [
        "{ hire = { zoe = { name = 'Zoë Park', department = 'Sales', assigned = true, manager = 'ann' } } }",
        "{ update = { ann = { surname = 'Adeyemi', manager = 'bob' } } }",
        "{ disable = 'cem' }",
        "{ enable = 'cem' }",
        "{ unassign = 'dee' }",
        "{ assign = 'dee' }",
        "{ delete = 'eva' }",
        "{ restore = 'eva' }",
        "{ rotate_token = { value = 'fresh', expires = '30d' } }",
        "{ set_secret = 'fresh' }",
        "'test_connection'",
        "{ set_scope = 'all' }",
        "{ set = { entra.policy.max_rps = 5, golinks.delete = 'remove' } }",
        "{ fault = { name = 'outage', respond = 503, for = '10m' } }",
        "{ clear_fault = 'outage' }",
        "{ restart = ['Full'] }",
        "'stop'",
        "'start'",
    ] {
        act(&mut world, text);
        let now = world.now();
        run_to(&mut world, now);
    }
    run_to(&mut world, at(4, 0));
    assert_eq!(differences(&world), [""; 0]);
    assert_eq!(world.target().active_count(), 6);
    act(&mut world, "'revoke_token'");
    run_to(&mut world, at(5, 0));
    assert!(
        status(&world).text().contains("GoLinks rejected the secret (401)"),
        "{}",
        status(&world).text()
    );
    act(&mut world, "'stop'");
    run_to(&mut world, at(30 * 24, 0));
    let text = status(&world).text();
    assert!(text.starts_with("⛔ Quarantined"), "{text}");
}

#[test]
fn an_expired_token_ends_in_a_disabled_job() {
    let mut setup = setup(&[]);
    let mut problems = Problems::default();
    let expiring = node("{ value = 'class-token', expires = '2d' }");
    let golinks = setup.target.mock_mut().expect("the mock");
    golinks.set(&["token"], &expiring, &mut problems);
    let mut world = World::new(setup);
    act(&mut world, "'start'");
    run_to(&mut world, at(49, 0));
    let text = status(&world).text();
    assert!(
        text.starts_with(
            "⛔ Quarantined for 1 h: at the last try GoLinks rejected the secret (401). GoLinks \
             rejects the secret now. Next try in 5 h"
        ),
        "{text}"
    );
    run_to(&mut world, at(40 * 24, 0));
    let text = status(&world).text();
    assert_eq!(
        text,
        "⛔ Disabled: the quarantine lasted four weeks, because GoLinks rejected the secret (401). GoLinks \
         rejects the secret now."
    );
    assert_eq!(world.journal().counters().mails, 1);
}

#[test]
fn faults_say_when_they_begin_and_end() {
    let world = run(&["{ name = 'outage', from = '1h', until = '2h', refuse = true }"], 3);
    let said = lines(&world, "  fault    outage ");
    assert_eq!(said[0], "day   0 09:00:00  fault    outage begins");
    assert!(
        said[1].starts_with("day   0 09:20:00  fault    outage strikes request "),
        "{}",
        said[1]
    );
    assert_eq!(said[2], "day   0 10:00:00  fault    outage ends");
    assert!(
        lines(&world, "connection refused to request ").len() == 1 && said.len() == 3,
        "{said:?}"
    );
}

#[test]
fn a_reply_from_a_server_of_somebody_else_is_journalled_too() {
    let mut world = world(&[]);
    act(&mut world, "'start'");
    world.advance(start());
    let Some(Outgoing::Call(call)) = world.next_outgoing() else { panic!("the probe leaves") };
    let answer =
        http::Response::builder().status(503).header("retry-after", "7").body(Bytes::from("busy"));
    world.deliver(call.id, Ok(answer.expect("a response")));
    assert_eq!(lines(&world, "Retry-After: 7").len(), 1);
    world.deliver(call.id, Err(entra::Lost::Reset));
    assert_eq!(world.journal().counters().failed, 1, "a second reply to the same call is nobody's");
    assert!(world.journal().counters().requests() == 1 && driver::step(&mut world).is_some());
    assert!(!carry(&mut world));
    let mut said: Vec<entra::Event> = Vec::new();
    assert_eq!(Moment::new(start(), Seed(7), &mut said).now(), start());
}

#[test]
fn a_server_of_another_process_is_judged_by_what_was_read_back_from_it() {
    let mut other = setup(&[]);
    let TargetServer::Mock(mut server) =
        std::mem::replace(&mut other.target, TargetServer::External(Box::default()))
    else {
        panic!("the mock")
    };
    let mut world = World::new(other);
    act(&mut world, "'start'");
    let mut events = Vec::new();
    while let Some(due) = world.next_due().filter(|due| *due <= at(0, 5)) {
        world.advance(due);
        while let Some(Outgoing::Call(call)) = world.next_outgoing() {
            let response =
                server.handle(&call.request, &mut Moment::new(due, Seed(9), &mut events));
            world.deliver(call.id, Ok(response));
        }
    }
    let read = |server: &GoLinks| Snapshot::read(server.iter().map(|account| account.resource));
    assert_eq!(intent::compare(&world).len(), 5, "nothing has been read back yet");
    world.read_back(read(&server));
    assert_eq!(intent::compare(&world), []);
    let upn = world.target().user_names().map(|(_, name)| name).find(|n| n.starts_with("dee"));
    let dee = world.target().find_user_name(&upn.expect("a userName")).expect("her account");
    assert!(world.target().is_active(dee) && world.target().active_count() == 5);
    act(&mut world, "{ update = { dee = { department = 'Support' } } }");
    let what: Vec<String> =
        intent::compare(&world).iter().map(|one| one.what.to_string()).collect();
    assert_eq!(what.len(), 1, "{what:?}");
    assert!(world.act(action("{ delete_account = 'dee' }")).is_err(), "it is not ours");
    let (reply, _) = ask(&mut world, request(Method::GET, "/scim/v2/Users", ""));
    assert_eq!(reply, "404 ");
}
