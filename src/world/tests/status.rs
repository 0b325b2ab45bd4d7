//! The sentence of truth, in the situations in which a false word would be believed.

use super::*;
use crate::world::status::{Coming, When};

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
        "▲ Secret refused: 5 of 5 in scope are right at GoLinks. GoLinks rejects the secret now. \
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
    assert!(says(&world).contains("rejected the secret (401). GoLinks takes the secret now."));
}

/// What the sentence says 5 minutes before the third cycle, when something was set 10 minutes
/// before it and these faults are known.
fn before_the_third_cycle(set: &str, faults: &[&str]) -> String {
    let mut world = world(faults);
    act(&mut world, "'start'");
    run_to(&mut world, at(1, 10));
    if !set.is_empty() {
        act(&mut world, set);
    }
    run_to(&mut world, at(1, 15));
    says(&world)
}

const NOW: &str = "5 of 5 in scope are right at GoLinks. GoLinks";
const THEN: &str = "5 of 5 in scope are right at GoLinks, and the next cycle finds that GoLinks";

/// What is set, the fault, and the sentence about the next cycle.
const AHEAD: &[(&str, &str, &str, &str, &str)] = &[
    ("", "{ from = '70m', delay = '2m' }", "Outage", NOW, "answers too late for the engine now."),
    ("", "{ from = '70m', delay = '2s' }", "Fault", NOW, "answers late now."),
    (
        "",
        "{ from = '70m', delay = { uniform = ['1s', '3m'] } }",
        "Fault",
        NOW,
        "answers late, or too late for the engine now.",
    ),
    ("", "{ from = '70m', garble = 'html' }", "Outage", NOW, "spoils its answers now."),
    ("", "{ from = '70m', respond = 204 }", "Outage", NOW, "answers 204 now."),
    ("", "{ from = '78m', refuse = true }", "Outage", THEN, "refuses connections."),
    (
        "",
        "{ from = '70m', respond = 503, when.nth = 1 }",
        "Outage",
        THEN,
        "answers 503. GoLinks answers 503 for some requests now.",
    ),
    (
        "{ set = { 'golinks.limits.maintenance' = { from = '78m', for = '1h' } } }",
        "",
        "Outage",
        THEN,
        "is being worked on.",
    ),
    (
        "{ set = { 'golinks.token.expires' = '79m' } }",
        "",
        "Secret refused",
        THEN,
        "rejects the secret.",
    ),
    (
        "{ set = { 'golinks.rate_limit' = { window = { requests = 0, span = '1d' } } } }",
        "",
        "Outage",
        NOW,
        "asks for patience (429) now.",
    ),
    (
        "{ set = { 'golinks.rate_limit' = { window = { requests = 0, span = '6m' } } } }",
        "",
        "Fault",
        NOW,
        "asks for patience (429) now.",
    ),
    (
        "{ set = { 'golinks.quirks.filter_ignored' = true } }",
        "",
        "Outage",
        NOW,
        "answers in a way that the engine cannot use now.",
    ),
];

#[test]
fn healthy_is_never_said_while_the_next_cycle_will_meet_a_fault() {
    for (set, fault, word, when, does) in AHEAD {
        let faults: Vec<&str> =
            Some(*fault).filter(|fault| !fault.is_empty()).into_iter().collect();
        let ahead = if *when == NOW { "" } else { " ahead" };
        let right = format!("▲ {word}{ahead}: {when} {does} Next cycle in 5 m.");
        assert_eq!(before_the_third_cycle(set, &faults), right, "{set} {fault}");
    }
}

/// Two things that are amiss at once, and the sentence: neither is left out, and none is named that
/// never strikes.
const TWO: &[(&str, &[&str], &str)] = &[
    (
        "{ revoke_token = true }",
        &["{ from = '70m', delay = '2s' }"],
        "Secret refused: 5 of 5 in scope are right at GoLinks. GoLinks rejects the secret and answers \
         late now.",
    ),
    (
        "",
        &[
            "{ from = '70m', respond = 503, when.method = 'POST' }",
            "{ from = '70m', delay = '2s' }",
        ],
        "Fault: 5 of 5 in scope are right at GoLinks. GoLinks answers late and answers 503 for \
         some requests now.",
    ),
    (
        "",
        &[
            "{ from = '70m', delay = '2s' }",
            "{ from = '70m', respond = 503, when.method = 'POST' }",
        ],
        "Fault: 5 of 5 in scope are right at GoLinks. GoLinks answers late now.",
    ),
    (
        "{ revoke_token = true }",
        &["{ from = '70m', until = '79m', refuse = true }"],
        "Secret refused: 5 of 5 in scope are right at GoLinks, and the next cycle finds that GoLinks \
         rejects the secret. GoLinks refuses connections now.",
    ),
    (
        "{ set = { 'golinks.quirks.strict_booleans' = true } }",
        &["{ from = '70m', respond = 503, when.method = 'POST' }"],
        "Healthy: 5 of 5 in scope are right at GoLinks. GoLinks answers 503 for some requests and \
         has the quirk “The text \"False\" is no boolean” now.",
    ),
    (
        "",
        &["{ from = '70m', delay = '2s' }", "{ from = '78m', refuse = true }"],
        "Outage ahead: 5 of 5 in scope are right at GoLinks, and the next cycle finds that GoLinks \
         refuses connections. GoLinks answers late now.",
    ),
];

#[test]
fn neither_of_two_faults_is_left_out() {
    for (set, faults, right) in TWO {
        let text = before_the_third_cycle(set, faults);
        assert_eq!(text[4..], format!("{right} Next cycle in 5 m."), "{set} {faults:?}");
    }
}

#[test]
fn what_golinks_does_now_is_about_the_cause() {
    let mut world = run(&[], 1);
    act(&mut world, "{ set = { 'golinks.limits.seats' = 5 } }");
    act(&mut world, "{ hire = { fay = {} } }");
    act(&mut world, "{ assign = 'fay' }");
    run_to(&mut world, at(2, 10));
    let seat = "the last: GoLinks had no seat left. GoLinks has no seat left now.";
    assert!(says(&world).contains(seat), "{}", says(&world));
    act(&mut world, "{ set = { 'golinks.limits.seats' = 9 } }");
    let seat = "the last: GoLinks had no seat left. GoLinks has a seat left now.";
    assert!(says(&world).contains(seat), "{}", says(&world));
}

#[test]
fn a_quirk_that_lets_cycles_pass_is_told_by_the_lamp() {
    let set = "{ set = { 'golinks.quirks.strict_booleans' = true } }";
    assert_eq!(
        before_the_third_cycle(set, &[]),
        "● Healthy: 5 of 5 in scope are right at GoLinks. GoLinks has the quirk “The \
         text \"False\" is no boolean” now. Next cycle in 5 m."
    );
    let none =
        before_the_third_cycle("{ set = { 'golinks.quirks.strict_booleans' = false } }", &[]);
    assert_eq!(none, "● Healthy: 5 of 5 in scope are right at GoLinks. Next cycle in 5 m.");
}

#[test]
fn how_each_exposed_user_lost_the_right_is_said() {
    let mut world = run(&["{ from = '1h', respond = 503 }"], 2);
    act(&mut world, "{ unassign = 'ann' }");
    assert!(says(&world).contains("ann Example is out of scope and can still use GoLinks."));
    act(&mut world, "{ disable = 'ann' }");
    assert!(says(&world).contains("ann Example is blocked in Entra and can still use GoLinks."));
    act(&mut world, "{ unassign = 'bob' }");
    assert!(says(&world).contains(
        "ann Example and 1 more person are blocked or out of scope and can still use GoLinks."
    ));
    act(&mut world, "{ delete = 'ann' }");
    assert!(says(&world).contains(
        "ann Example and 1 more person are deleted or out of scope and can still use GoLinks."
    ));
}

#[test]
fn failures_idle_successes_and_waits_carry_their_reason_in_words() {
    let world = run(&["{ respond = 403, when = { method = 'POST', nth = 2 } }"], 0);
    assert_eq!(world.journal().counters().requests(), 1);
    let world = run_minutes(&["{ respond = 409, when = { method = 'POST', nth = 2 } }"], 9);
    assert!(
        says(&world).starts_with(
            "▲ Failures: 1 person fails and is tried again, the last: GoLinks said that \
             another account has such a value (409). Next cycle in 31 m."
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

#[test]
fn staged_deletions_wait_for_an_administrator_and_not_for_golinks() {
    let mut world = run(&[], 1);
    act(&mut world, "{ set = { entra.delete_threshold = 2 } }");
    act(&mut world, "{ disable = ['ann', 'bob', 'cem'] }");
    run_to(&mut world, at(3, 0));
    let text = says(&world);
    assert!(
        text.starts_with(
            "⛔ Quarantined for 1 h 40 m: 3 people are staged to lose access, with a threshold of \
             2, and nothing is sent for them until the deletions are allowed. ann Example and 2 more people are blocked in Entra and can still use \
             GoLinks. Next try in "
        ),
        "{text}"
    );
    act(&mut world, "{ enable = 'ann' }");
    let text = says(&world);
    assert!(
        text.contains("2 people are staged to lose access, with a threshold of 2")
            && text.contains("; 1 person staged before is back in scope."),
        "{text}"
    );
    act(&mut world, "{ enable = 'bob' }");
    let text = says(&world);
    let one = "1 person is staged to lose access, fewer than the threshold of 2, and nothing is sent for what is \
               staged until it is allowed all the same; 2 people staged before are back in scope.";
    assert!(text.contains(one), "{text}");
    run_to(&mut world, at(8, 0));
    assert_eq!(world.target().active_count(), 5, "what is left is not sent");
    assert!(says(&world).contains("1 person is staged to lose access, fewer"), "{}", says(&world));
    act(&mut world, "{ disable = ['ann', 'bob'] }");
    run_to(&mut world, at(15, 0));
    act(&mut world, "{ enable = ['ann', 'bob'] }");
    act(&mut world, "{ enable = 'cem' }");
    let text = says(&world);
    let none = "nothing staged is still out of scope; 3 people staged before are back in scope.";
    assert!(text.contains(none), "{text}");
    act(&mut world, "{ disable = ['ann', 'bob', 'cem'] }");
    act(&mut world, "'allow_deletes'");
    run_to(&mut world, at(16, 0));
    assert_eq!((differences(&world), world.target().active_count()), (Vec::new(), 2));
    assert!(says(&world).starts_with("● Healthy"), "{}", says(&world));
}

#[test]
fn a_guard_that_has_nothing_left_to_stage_can_be_answered() {
    for (answer, allowed) in [("'allow_deletes'", true), ("'reject_deletes'", false)] {
        let mut world = run(&[], 1);
        act(&mut world, "{ set = { entra.delete_threshold = 2 } }");
        act(&mut world, "{ unassign = ['ann', 'bob'] }");
        run_to(&mut world, at(2, 0));
        let job = |world: &World| world.entra().job().status().word();
        assert_eq!(job(&world), "Quarantine");
        act(&mut world, "{ provision_on_demand = 'ann' }");
        act(&mut world, "{ provision_on_demand = 'bob' }");
        run_to(&mut world, at(2, 10));
        assert!(world.entra().job().deletions().staged().is_empty());
        let text = says(&world);
        assert!(text.contains("and nothing is left"), "{text}");
        act(&mut world, answer);
        run_to(&mut world, at(2, 20));
        assert_eq!(job(&world), "Active", "{answer}");
        let row = world.entra().job().audit().rows().next_back().expect("a row");
        assert!(row.detail.contains("0 staged"), "{}", row.detail);
        assert_eq!(row.detail.contains("allowed"), allowed);
        // Whatever is answered, there is nothing to answer any more.
        assert!(world.act(action(answer)).is_err());
    }
}

#[test]
fn quirks_are_told_by_what_they_do_however_many_are_on() {
    let mut world = run(&[], 1);
    act(&mut world, "{ set = { golinks.quirks.patch_noop_200 = true } }");
    act(&mut world, "{ set = { golinks.quirks.active_always_true = true } }");
    let text = says(&world);
    assert!(text.contains("GoLinks has the quirks “") && text.contains("” and “"), "{text}");
    act(&mut world, "{ set = { golinks.quirks.noop_patch_is_400 = true } }");
    let text = says(&world);
    assert!(text.contains("” and 2 more now"), "{text}");
    assert!(!text.contains('_'), "no key is in it: {text}");
}

#[test]
fn who_leaves_while_others_are_staged_counts_for_the_threshold_too() {
    let mut world = run(&[], 1);
    act(&mut world, "{ set = { entra.policy.staged_left = 'send' } }");
    act(&mut world, "{ set = { entra.delete_threshold = 2 } }");
    act(&mut world, "{ disable = ['ann', 'bob'] }");
    run_to(&mut world, at(3, 0));
    act(&mut world, "{ enable = 'ann' }");
    act(&mut world, "{ disable = 'cem' }");
    let text = says(&world);
    let both = "1 person is staged to lose access, and the next try counts 2, with a threshold of 2, and nothing is \
                sent for them until the deletions are allowed or the threshold is no longer reached; 1 person staged \
                before is back in scope; 1 more person is about to lose access.";
    assert!(text.contains(both), "{text}");
    assert!(crate::world::status::still_holds((&world).into()));
    // What the sentence says is what the next try does.
    run_to(&mut world, at(10, 0));
    assert_eq!(world.target().active_count(), 5, "nothing was sent");
    // An account that is inactive by now needs no request, so it is not counted.
    act(&mut world, "{ edit_account = { cem = { active = false } } }");
    let text = says(&world);
    let one = "2 people are staged to lose access, and the next try counts 1, fewer than the threshold of 2.";
    assert!(text.contains(one), "{text}");
    assert!(!crate::world::status::still_holds((&world).into()));
    run_to(&mut world, at(20, 0));
    assert_eq!(world.target().active_count(), 3, "the disable was sent");
}

#[test]
fn a_quarantine_by_the_service_is_no_failed_try() {
    let mut world = run(&[], 1);
    act(&mut world, "'quarantine'");
    run_to(&mut world, at(2, 0));
    let text = says(&world);
    let words = "⛔ Quarantined for 1 h: the vendor's staff quarantined the job. Next try in";
    assert!(text.starts_with(words), "{text}");
    let cause = &world.entra().job().quarantine().expect("a quarantine").cause;
    assert!(cause.recommended_action().starts_with("Nothing in the application"));
}

#[test]
fn a_run_on_demand_since_the_last_try_is_told_with_it() {
    let mut world = run(&[], 1);
    act(&mut world, "{ revoke_token = true }");
    run_to(&mut world, at(2, 0));
    let rejected = "at the last try GoLinks rejected the secret (401)";
    act(&mut world, "{ provision_on_demand = 'ann' }");
    run_to(&mut world, at(2, 5));
    let failed = format!("{rejected}; a run on demand of ann has failed since. GoLinks rejects");
    assert!(says(&world).contains(&failed), "{}", says(&world));
    act(&mut world, "{ rotate_token = 'new-token' }");
    act(&mut world, "{ set_secret = 'new-token' }");
    act(&mut world, "{ update = { ann = { department = 'Legal' } } }");
    act(&mut world, "{ provision_on_demand = 'ann' }");
    run_to(&mut world, at(2, 10));
    let done = format!("{rejected}; a run on demand of ann has succeeded since. GoLinks takes");
    assert!(says(&world).contains(&done), "{}", says(&world));
}

#[test]
fn a_share_of_nobody_is_told_as_nobody() {
    let mut world = run(&[], 1);
    act(&mut world, "{ unassign = ['ann', 'bob', 'cem', 'dee'] }");
    run_to(&mut world, at(3, 0));
    let text = says(&world);
    assert!(text.contains("1 of 1 in scope is right at GoLinks"), "{text}");
    act(&mut world, "{ unassign = 'eva' }");
    act(&mut world, "'stop'");
    run_to(&mut world, at(4, 0));
    let text = says(&world);
    assert!(text.starts_with("■ Stopped: nobody is in scope."), "{text}");
}

#[test]
fn no_try_is_promised_that_the_end_of_the_quarantine_comes_before() {
    let mut world = world(&["{ from = '41m', respond = 503 }"]);
    act(&mut world, "'start'");
    run_to(&mut world, at(24 * 28, 30));
    let quarantine = world.entra().job().quarantine().expect("a quarantine");
    let (ends, tried) = (quarantine.disable_at, quarantine.next_attempt);
    assert!(tried >= ends, "the attempt would come after the end");
    let text = says(&world);
    assert!(
        text.contains("The job is disabled in ") && text.contains(", before another try."),
        "{text}"
    );
    assert!(!text.contains("Next try"), "{text}");
    assert_eq!(world.entra().job().next_cycle(), None);
}

#[test]
fn who_no_cycle_sees_to_is_not_pending_beside_one_on_the_way() {
    let mut world = run(&[], 1);
    act(&mut world, "{ unassign = 'ann' }");
    run_to(&mut world, at(3, 1));
    act(&mut world, "{ edit_account = { ann = { active = true } } }");
    let text = says(&world);
    assert!(
        text.starts_with("▲ Differing: 1 person is not right at GoLinks, and provisioning"),
        "{text}"
    );
    act(&mut world, "{ unassign = 'bob' }");
    let text = says(&world);
    let both = "▲ Differing: 2 people are not right at GoLinks; 1 of them waits for a cycle to come, and about the \
                rest provisioning sees nothing to do.";
    assert!(text.starts_with(both), "{text}");
    assert!(text.contains("can still use GoLinks."), "{text}");
    let bob = world.entra().tenant().find_user("bob").expect("bob");
    assert_eq!(Coming::of((&world).into()).when(bob), Some(When::OnceSeen));
    run_to(&mut world, at(3, 15));
    assert!(matches!(Coming::of((&world).into()).when(bob), Some(When::At(_))));
}
