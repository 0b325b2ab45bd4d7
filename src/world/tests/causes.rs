//! What caused a record: the clock, an action, or the request before it.

use std::collections::BTreeSet;

use super::*;
use crate::entra::job::ScheduleState;
use crate::world::actions::VERBS;

#[test]
fn a_record_knows_what_caused_it() {
    let mut world = world(&["{ respond = 503, name = 'down', when.nth = 2 }"]);
    act(&mut world, "'start'");
    run_to(&mut world, at(0, 1));
    act(&mut world, "{ edit_account = { bob = { name.familyName = 'Byhand' } } }");
    let journal = world.journal();
    for record in journal.records() {
        let cause = record.cause.map(|cause| match cause {
            Cause::Timer => "the clock",
            Cause::Request(seq) | Cause::Action(seq) => {
                journal.get(seq).expect("a cause is in the journal").event.who()
            }
        });
        let expected: &[Option<&str>] = match (&record.event, record.event.who()) {
            (_, "action" | "outside") => &[None],
            (_, "request") => &[Some("the clock"), Some("request"), Some("action")],
            (_, "answer") => &[Some("request")],
            (_, "fault") => &[Some("the clock"), Some("request")],
            (RecordedEvent::Account(event), _) if event.what == Happened::Changed => {
                &[Some("action")]
            }
            (_, "golinks") => &[Some("request")],
            _ => &[Some("the clock"), Some("request"), Some("action")],
        };
        let mut line = String::new();
        record.event.write(&mut line);
        assert!(expected.contains(&cause), "{cause:?} caused: {line}");
    }
    let by_hand = journal.records().next_back().expect("a record");
    assert_eq!(by_hand.cause, Some(Cause::Action(by_hand.seq - 1)));
}

#[test]
fn a_request_of_the_engine_is_caused_by_the_clock_an_action_or_the_answer_it_follows() {
    let mut world = world(&[]);
    act(&mut world, "{ set = { entra.policy.max_rps = 0 } }");
    act(&mut world, "'start'");
    run_to(&mut world, at(0, 1));
    act(&mut world, "'test_connection'");
    driver::run_to(&mut world, at(0, 1));
    let journal = world.journal();
    let line = |seq: u64| match journal.get(seq).map(|record| record.event) {
        Some(RecordedEvent::Request(request)) => {
            format!("{} {}", request.method, request.who.unwrap_or("nobody"))
        }
        Some(RecordedEvent::Action(action)) => action.to_toml(),
        other => panic!("{other:?}"),
    };
    let requests = journal.records().filter_map(|record| match record.event {
        RecordedEvent::Request(_) => Some((line(record.seq), record.cause)),
        _ => None,
    });
    let causes: Vec<String> = requests
        .map(|(request, cause)| match cause.expect("every request has a cause") {
            Cause::Timer => format!("{request} by the clock"),
            Cause::Request(seq) | Cause::Action(seq) => format!("{request} by {}", line(seq)),
        })
        .collect();
    assert_eq!(causes[0], "GET nobody by the clock", "the probe");
    assert_eq!(causes[1], "GET ann by GET nobody", "the first lookup follows the probe");
    assert!(causes.contains(&"POST ann by GET ann".to_owned()), "{causes:#?}");
    assert!(causes.contains(&"POST eva by GET eva".to_owned()), "{causes:#?}");
    assert_eq!(causes.last().map(String::as_str), Some("GET nobody by \"test_connection\""));
}

#[test]
fn what_a_role_does_not_allow_is_refused_and_stands_in_the_audit_log() {
    let mut world = run(&[], 1);
    act(&mut world, "{ set = { entra = { role = 'User' } } }");
    let denied = world.act(action("'stop'")).expect_err("a user may not stop it");
    let row = world.entra().job().audit().rows().next_back().expect("a row").clone();
    assert_eq!(
        (row.activity.word(), row.actor_name()),
        ("Disable/pause provisioning configuration", "User")
    );
    assert_eq!(row.refused, Some(denied.message));
    assert_eq!(world.entra().job().state(), ScheduleState::Active);
}

#[test]
fn every_verb_that_takes_a_role_leaves_a_row_when_it_is_refused() {
    let mut world = run(&[], 1);
    act(&mut world, "{ set = { entra = { role = 'User' } } }");
    let settings = [
        "{ set = { entra.filters = [] } }",
        "{ set = { entra = { notify = 'b@x.example', delete_threshold = 3 } } }",
        "{ assign = { group = 'sales' } }",
        "{ unassign = { group = 'sales' } }",
    ];
    let examples = VERBS.iter().map(|verb| verb.example);
    let mut refused = BTreeSet::new();
    let mut activities = BTreeSet::new();
    for text in examples.chain(settings) {
        let (text, before) = (action(text), world.entra().job().audit().count());
        let Err(error) = world.act(text.clone()) else { continue };
        if !error.message.starts_with("Insufficient privileges") {
            continue;
        }
        refused.insert(text.verb());
        let rows = world.entra().job().audit().rows().filter(|row| row.number > before);
        let rows: Vec<_> = rows.cloned().collect();
        assert!(!rows.is_empty(), "{} left no row", text.words());
        for row in rows {
            assert_eq!(row.refused.as_ref(), Some(&error.message), "{}", text.words());
            activities.insert(row.activity.word());
        }
    }
    assert_eq!(refused.len(), 18, "{refused:?}");
    for word in [
        "Update provisioning setting or credentials",
        "Update attribute mappings or scope",
        "Add app role assignment grant to user",
        "Add app role assignment to group",
        "Remove app role assignment from group",
        "Provision on demand",
    ] {
        assert!(activities.contains(word), "{word} is not in {activities:?}");
    }
    // A policy is the simulation's, and takes no role.
    act(&mut world, "{ set = { entra.policy.max_rps = 5 } }");
}
