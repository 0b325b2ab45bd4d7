//! The portal's buttons and what is saved while the job runs.

use super::*;
use crate::entra::policy::Policy;

#[test]
fn stop_lets_the_cycle_run_out_and_start_goes_on() {
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.act(|entra, moment| entra.job_mut().stop(moment));
    talk.create("ann", "1");
    assert_eq!(
        (talk.entra.job().state(), talk.entra.job().status()),
        (ScheduleState::Paused, JobStatus::Paused)
    );
    assert_eq!(talk.entra.next_due(), None);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    assert_eq!(talk.entra.job().counters().cycles, 2);
    let kind = talk.entra.job().ended().next_back().map(|cycle| cycle.kind);
    assert_eq!(kind, Some(CycleKind::Incremental));
}

#[test]
fn a_restart_reads_everybody_again_and_full_forgets_the_links() {
    let mut talk = Talk::provisioned(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().restart(ResetScope::PORTAL, moment));
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
    let full = ResetScope::read(&["Full"], &Policy::default()).expect("a flag");
    talk.act(|entra, moment| entra.job_mut().restart(full, moment));
    talk.probe();
    talk.expect("GET /scim/v2/Users?filter=", 200, &list(1, &account("1", "ann", true)));
    assert_eq!(talk.entra.job().links().len(), 1);
}

#[test]
fn a_restart_starts_a_stopped_job_whatever_it_forgets() {
    for flags in [&[][..], &["None"], &["Escrows"]] {
        let mut talk = Talk::provisioned(&["ann"]);
        talk.act(|entra, moment| entra.job_mut().stop(moment));
        let scope = ResetScope::read(flags, &Policy::default()).expect("flags");
        talk.act(|entra, moment| entra.job_mut().restart(scope, moment));
        assert_eq!(talk.entra.job().state(), ScheduleState::Active);
        let told = talk.events.last().cloned();
        assert!(
            matches!(&told, Some(Event::Restarted(words)) if words.ends_with(", and started by it")),
            "{told:?}"
        );
        talk.probe();
    }
}

#[test]
fn a_saved_filter_restarts_with_everybody_and_disables_who_falls_out() {
    let mut talk = Talk::provisioned(&["ann", "bob"]);
    talk.update("ann", Attribute::Department, "Sales");
    talk.filter("Sales");
    talk.probe();
    assert!(talk.now < START + Duration::from_secs(1), "a restart does not wait for the grid");
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
    talk.expect(r#"User:department","value":"Sales""#, 204, "");
    talk.read("2", "bob", true);
    talk.expect(r#"{"op":"Replace","path":"active","value":"False"}"#, 204, "");
    assert_eq!(talk.log("bob"), "disable bob success: outside the scoping filters");
    talk.update("bob", Attribute::Department, "sales");
    talk.probe();
    talk.read("2", "bob", false);
    assert!(talk.log("bob").contains("RedundantExport"), "{}", talk.log("bob"));
}

#[test]
fn what_is_saved_during_a_cycle_counts_from_the_next_one() {
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    let (lookup, _) = talk.next();
    talk.change(&[("target", "name.familyName"), ("expression", "ToUpper([surname])")]);
    talk.reply(lookup, 200, EMPTY);
    talk.expect(r#""familyName":"Lind""#, 201, r#"{"id":"1"}"#);
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
    talk.expect(r#"{"op":"Replace","path":"name.familyName","value":"LIND"}"#, 204, "");
    assert!(talk.events.iter().any(
        |event| matches!(event, Event::SettingChanged(path) if path.starts_with("entra.mappings"))
    ));
}

#[test]
fn switched_off_actions_are_skipped_and_disabling_is_an_update() {
    let mut talk = Talk::with(&["ann"]);
    talk.switch("create");
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.expect("GET", 200, EMPTY);
    assert_eq!(talk.log("ann"), "create ann skipped AddDisabled");

    let mut talk = Talk::provisioned(&["ann"]);
    talk.switch("update");
    talk.probe();
    talk.expect(
        "GET /scim/v2/Users/1 ",
        200,
        &account("1", "ann", true).replace("Lind\"", "Old\""),
    );
    assert_eq!(talk.log("ann"), "other ann skipped UpdateDisabled");
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().disable(ann, moment)).expect("ann is there");
    talk.probe();
    assert_eq!(talk.log("ann"), "other ann skipped UpdateDisabled");

    let mut talk = Talk::provisioned(&["ann"]);
    talk.switch("delete");
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
    let ann = talk.user("ann");
    talk.act(|entra, moment| {
        entra.tenant_mut().delete(ann, moment).expect("ann is there");
        entra.tenant_mut().purge(ann, moment).expect("ann is in the bin");
    });
    talk.probe();
    assert_eq!(talk.log("ann"), "other ann skipped DeleteDisabled");
    assert_eq!(talk.entra.job().links().len(), 0);
}

#[test]
fn stop_wins_over_a_restart_asked_for_during_the_same_cycle() {
    for saves in [false, true] {
        let mut talk = Talk::with(&["ann"]);
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        let (lookup, _) = talk.next();
        match saves {
            true => talk.change(&[("target", "nickName"), ("source", "givenName")]),
            false => talk.act(|entra, moment| entra.job_mut().restart(ResetScope::PORTAL, moment)),
        }
        talk.act(|entra, moment| entra.job_mut().stop(moment));
        talk.reply(lookup, 200, EMPTY);
        talk.expect("POST /scim/v2/Users ", 201, r#"{"id":"1"}"#);
        let job = talk.entra.job();
        assert_eq!((job.state(), job.next_cycle()), (ScheduleState::Paused, None));
        assert_eq!(talk.entra.next_due(), None, "nothing is due while the job is paused");
        // The restart is remembered: all users are evaluated after the start.
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        talk.read("1", "ann", true);
    }
}

#[test]
fn what_is_saved_while_a_stopped_cycle_runs_out_counts_after_the_start() {
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    let (lookup, _) = talk.next();
    talk.act(|entra, moment| entra.job_mut().stop(moment));
    talk.change(&[("target", "nickName"), ("source", "givenName")]);
    talk.reply(lookup, 200, EMPTY);
    talk.expect("POST /scim/v2/Users ", 201, r#"{"id":"1"}"#);
    assert_eq!(talk.entra.next_due(), None);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect(r#""path":"nickName","value":"ann""#, 204, "");
}

#[test]
fn several_restarts_during_one_cycle_add_up() {
    let mut talk = Talk::provisioned(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().restart(ResetScope::PORTAL, moment));
    talk.probe();
    let (read, _) = talk.next();
    let full = ResetScope::read(&["Full"], &Policy::default()).expect("a flag");
    talk.act(|entra, moment| entra.job_mut().restart(full, moment));
    talk.change(&[("target", "nickName"), ("source", "givenName")]);
    talk.reply(read, 200, &account("1", "ann", true));
    assert!(talk.entra.job().links().is_empty(), "the links are dropped, as Full asked");
    talk.probe();
    talk.expect("GET /scim/v2/Users?filter=", 200, EMPTY);
}

#[test]
fn a_restart_that_leaves_the_quarantine_waits_for_its_next_attempt() {
    let mut talk = Talk::provisioned(&["ann"]);
    let (probe, _) = talk.next();
    talk.reply(probe, 503, "");
    let attempt = talk.entra.job().quarantine().expect("imposed").next_attempt;
    let watermark = ResetScope::read(&["Watermark"], &Policy::default()).expect("a flag");
    talk.act(|entra, moment| entra.job_mut().restart(watermark, moment));
    assert_eq!(talk.entra.job().status(), JobStatus::Quarantine);
    assert_eq!(talk.entra.job().next_cycle(), Some(attempt));
    talk.probe();
    assert_eq!(talk.now, attempt);
    talk.read("1", "ann", true);
    assert_eq!(talk.entra.job().status(), JobStatus::Active);
}

#[test]
fn a_button_clears_a_quarantine_and_the_first_attempt_that_gets_through_is_the_recovery() {
    let mut talk = Talk::provisioned(&["ann"]);
    let (probe, _) = talk.next();
    talk.reply(probe, 503, "");
    let recoveries = |talk: &Talk| {
        let is = |event: &&Event| matches!(event, Event::QuarantineLifted | Event::Recovered);
        talk.events.iter().filter(is).count()
    };
    talk.act(|entra, moment| entra.job_mut().restart(ResetScope::PORTAL, moment));
    assert_eq!((talk.entra.job().status(), recoveries(&talk)), (JobStatus::Active, 0));
    let (probe, _) = talk.next();
    talk.reply(probe, 503, "");
    assert_eq!((talk.entra.job().status(), recoveries(&talk)), (JobStatus::Quarantine, 0));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.read("1", "ann", true);
    assert_eq!((talk.entra.job().status(), recoveries(&talk)), (JobStatus::Active, 1));
    assert!(matches!(
        talk.events.iter().rfind(|event| !matches!(event, Event::Provisioned(_))),
        Some(Event::Recovered)
    ));
}
