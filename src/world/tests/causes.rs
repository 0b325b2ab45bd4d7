//! What caused a record: the clock, an action, or the request before it.

use super::*;
use crate::entra::job::ScheduleState;

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
