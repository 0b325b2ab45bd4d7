//! What caused a record: the clock, an action, or the request before it.

use std::collections::BTreeSet;

use super::*;
use crate::entra::AppId;
use crate::entra::graph::{Backend, audit};
use crate::entra::job::ScheduleState;
use crate::entra::job::summary::LogNames;
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

/// Actions that take a role, each with what comes before it.
fn with_a_role() -> Vec<(&'static str, &'static str)> {
    vec![
        ("", "'start'"),
        ("", "'stop'"),
        ("", "'restart'"),
        ("", "'delete_job'"),
        (STAGED, "'allow_deletes'"),
        (STAGED, "'reject_deletes'"),
        ("", "'test_connection'"),
        ("{ fill_in = { notify = 'b@x.example' } }", "'save'"),
        ("", "{ set_secret = 'fresh' }"),
        ("", "{ set_scope = 'all' }"),
        ("", "'restore_default_mappings'"),
        ("", "{ provision_on_demand = 'ann' }"),
        ("", "'discover_identities'"),
        ("'stop'", "{ delete_connection = 'ann' }"),
        ("{ unassign = 'ann' }", "{ assign = 'ann' }"),
        ("", "{ unassign = 'ann' }"),
        ("{ create_group = 'own' }", "{ assign = { group = 'own' } }"),
        (
            "{ create_group = { own = { name = 'Own', assigned = true } } }",
            "{ unassign = { group = 'own' } }",
        ),
        ("", "{ hire = { zoe = { name = 'Zoe Park', assigned = true } } }"),
        ("", "{ create_group = { own = { name = 'Own', assigned = true } } }"),
        ("", "{ set = { entra.filters = [] } }"),
        ("", "{ set = { entra = { notify = 'b@x.example', delete_threshold = 3 } } }"),
        ("", "{ set = { entra.secret = 'fresh' } }"),
        ("", "{ set = { entra.policy.skip_out_of_scope_deletions = true } }"),
        ("", "{ set = { entra = { policy = { skip_out_of_scope_deletions = true } } } }"),
        ("", "{ set = { entra.secrets.SkipOutOfScopeDeletions = 'True' } }"),
        ("", "{ set = { entra.secrets = { SyncAll = 'true', SecretToken = 'fresh' } } }"),
    ]
}

/// Stands for a cycle that stages ann.
const STAGED: &str = "staged";

/// A world of a run under way, in which an action with a role can be done.
fn prepared(before: &str, role: &str) -> World {
    let mut world = run(&[], 1);
    if before == STAGED {
        act(&mut world, "{ set = { entra.delete_threshold = 1 } }");
        act(&mut world, "{ disable = 'ann' }");
        run_to(&mut world, at(2, 0));
    } else if !before.is_empty() {
        act(&mut world, before);
    }
    act(&mut world, &format!("{{ set = {{ entra = {{ role = '{role}' }} }} }}"));
    world
}

/// What an action adds to the audit log: activities, details, what came of them, and by which role.
fn rows_of(world: &mut World, text: &str) -> Vec<(String, String)> {
    let names = LogNames::of(world.entra().seen_by(AppId::MAIN), world.seed());
    let before = world.entra().job().audit().count();
    let first = world.journal().last_seq();
    let error = world.act(action(text)).err();
    let refused = |why: &str| why.starts_with("Insufficient privileges");
    assert!(error.as_ref().is_none_or(|error| refused(&error.message)), "{text}: {error:?}");
    let new = world.entra().job().audit().rows().filter(|row| row.number > before);
    let mut rows: Vec<_> = new.map(|row| (row.to_graph(&names), row.detail.clone())).collect();
    let facts = Backend::directory_facts(world).into_iter().filter(|fact| fact.number > first);
    rows.extend(facts.filter_map(|fact| Some((audit(&fact, world)?, String::new()))));
    let told = |(row, detail): (serde_json::Value, String)| {
        let activity = row["activityDisplayName"].as_str().expect("a name").to_owned();
        if activity.starts_with("Add user") || activity == "Add group" {
            // It takes no role.
            return None;
        }
        let result = if error.is_some() { "failure" } else { "success" };
        assert_eq!(row["result"], result, "{text}: {activity}");
        let roles = &row["initiatedBy"]["user"]["roles"][0];
        let role = world.entra().job().settings().role.name();
        assert_eq!(roles, role, "{text}: {activity}");
        let is_of_directory = row["loggedByService"] == "Core Directory";
        Some((activity, if is_of_directory { String::new() } else { detail }))
    };
    let mut told: Vec<_> = rows.into_iter().filter_map(told).collect();
    told.sort();
    told
}

#[test]
fn what_takes_a_role_leaves_the_same_rows_whether_it_is_done_or_refused() {
    for (before, text) in with_a_role() {
        let refused = rows_of(&mut prepared(before, "User"), text);
        let done = rows_of(&mut prepared(before, "Application Owner"), text);
        assert!(!refused.is_empty(), "{text} left no row");
        let names = |rows: &[(String, String)]| -> Vec<String> {
            rows.iter().map(|(activity, _)| activity.clone()).collect()
        };
        assert_eq!(names(&refused), names(&done), "{text}");
        if text.contains("set = ") {
            assert_eq!(refused, done, "{text}");
        }
    }
}

#[test]
fn every_verb_that_takes_a_role_is_among_those_with_rows() {
    let told: BTreeSet<&str> = with_a_role().iter().map(|(_, text)| action(text).verb()).collect();
    let mut world = run(&[], 1);
    act(&mut world, "{ set = { entra = { role = 'User' } } }");
    let needs = |text: &&str| {
        let refused = world.act(action(text)).err();
        refused.is_some_and(|error| error.message.starts_with("Insufficient privileges"))
    };
    let assigned = [
        "{ set = { entra.filters = [] } }",
        "{ hire = { zoe = { name = 'Zoe Park', assigned = 'Editor' } } }",
        "{ create_group = { own = { name = 'Own', assigned = true } } }",
    ];
    let examples = VERBS.iter().map(|verb| verb.example).chain(assigned);
    let mut takes: BTreeSet<&str> = examples.filter(needs).map(|it| action(it).verb()).collect();
    // Nothing that is typed leaves the page before it is saved or tested.
    assert!(takes.remove("fill_in") && takes.remove("discard"));
    assert_eq!(takes, told);
    // A policy is the simulation's, and takes no role; nor does what is not assigned.
    act(&mut world, "{ set = { entra.policy.max_rps = 5 } }");
    act(&mut world, "{ hire = { kim = { name = 'Kim Lund', assigned = false } } }");
    act(&mut world, "{ create_group = { plain = { name = 'Plain' } } }");
}

#[test]
fn what_goes_wrong_with_an_assignment_leaves_no_row() {
    let mut world = prepared("", "Global Reader");
    assert_eq!(rows_of(&mut world, "{ break_assignment = 'ann' }"), []);
}
