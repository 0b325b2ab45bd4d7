//! The sentence of truth, in the situations in which a false word would be believed.

use super::*;

fn says(world: &World) -> String {
    status(world).text()
}

#[test]
fn an_outage_that_the_next_cycle_will_meet_is_not_healthy() {
    let mut world = world(&[
        "{ name = 'short', from = '41m', until = '60m', refuse = true }",
        "{ name = 'long', from = '2h', until = '5h', respond = 503 }",
        "{ name = 'some', from = '6h', until = '9h', respond = 503, probability = 0.1 }",
    ]);
    act(&mut world, "'start'");
    run_to(&mut world, at(0, 45));
    assert_eq!(
        says(&world),
        "● Healthy: 5 of 5 in scope are right at GoLinks. GoLinks refuses connections now. \
         Next cycle in 35 m."
    );
    run_to(&mut world, at(2, 1));
    let text = says(&world);
    assert!(text.starts_with("⛔ Quarantined"), "the cycle at 10:00 met it: {text}");
    assert!(text.contains("GoLinks was out of order (503). GoLinks answers 503 now."), "{text}");
    run_to(&mut world, at(7, 0));
    let text = says(&world);
    assert!(text.contains("GoLinks answers 503 for some requests now."), "{text}");
    assert_eq!(status(&world).lamp.light, Light::Impaired);
}

#[test]
fn what_was_met_is_told_as_past_and_what_is_true_now_by_the_lamp() {
    let mut world = run(&[], 1);
    act(&mut world, "{ revoke_token = true }");
    let text = says(&world);
    assert_eq!(
        text,
        "▲ Outage ahead: 5 of 5 in scope are right at GoLinks. GoLinks rejects the secret now. \
         Next cycle in 20 m."
    );
    run_to(&mut world, at(2, 0));
    assert!(
        says(&world).starts_with(
            "⛔ Quarantined for 40 m: at the last try GoLinks rejected the secret (401). \
             GoLinks rejects the secret now. Next try in 5 h"
        ),
        "{}",
        says(&world)
    );
    act(&mut world, "{ rotate_token = 'new-token' }");
    act(&mut world, "{ set_secret = 'new-token' }");
    assert!(says(&world).contains("rejected the secret (401). GoLinks answers now."));
}

#[test]
fn only_users_who_are_blocked_or_deleted_have_left() {
    let mut world = run(&["{ from = '1h', respond = 503 }"], 2);
    act(&mut world, "{ unassign = 'ann' }");
    assert!(says(&world).contains("ann Example is out of scope and can still sign in."));
    act(&mut world, "{ disable = 'ann' }");
    assert!(says(&world).contains("ann Example has left and can still sign in."));
    act(&mut world, "{ unassign = 'bob' }");
    assert!(
        says(&world)
            .contains("ann Example and 1 more person are out of scope and can still sign in.")
    );
}

#[test]
fn failures_idle_successes_and_waits_carry_their_reason_in_words() {
    let world = run(&["{ respond = 403, when = { method = 'POST', nth = 2 } }"], 0);
    assert_eq!(world.journal().counters().requests(), 1);
    let world = run_minutes(&["{ respond = 409, when = { method = 'POST', nth = 2 } }"], 9);
    assert!(
        says(&world).starts_with(
            "▲ Failures: 1 person fails and is tried again, the last: another account at \
             GoLinks has such a value (409). GoLinks answers"
        ),
        "{}",
        says(&world)
    );
    let mut idle = run(&["{ respond = 200, when.method = 'PATCH' }"], 1);
    act(&mut idle, "{ update = { ann = { department = 'Design' } } }");
    run_to(&mut idle, at(2, 30));
    assert!(says(&idle).contains("1 person is not right at GoLinks, which answered 1 write with success and changed nothing"), "{}", says(&idle));
    let throttle = "{ respond = { status = 429, headers = { retry-after = '600' } }, when = { method = 'POST', nth = 1 } }";
    let world = run_minutes(&[throttle], 2);
    assert!(says(&world).contains("GoLinks asked for patience (429) for 8 m"), "{}", says(&world));
}

#[test]
fn a_quarantine_is_seen_while_a_cycle_tries_to_leave_it_and_nobody_in_scope_is_no_health() {
    let mut world = run(&["{ from = '1h', stall = true }"], 2);
    let latest = at(12, 0);
    let mut seen = String::new();
    while world.now() < latest && seen.is_empty() {
        driver::step(&mut world);
        if world.entra().job().quarantine().is_some() && world.entra().job().cycle().is_some() {
            seen = says(&world);
        }
    }
    assert!(seen.starts_with("⛔ Quarantined for") && seen.contains("tries again"), "{seen}");
    let mut world = run(&[], 1);
    act(&mut world, "{ unassign = ['ann', 'bob', 'cem', 'dee', 'eva'] }");
    run_to(&mut world, at(3, 0));
    assert!(says(&world).starts_with("▲ Nobody in scope"), "{}", says(&world));
}

fn run_minutes(faults: &[&str], minutes: u64) -> World {
    let mut world = world(faults);
    act(&mut world, "'start'");
    run_to(&mut world, at(0, minutes));
    world
}
