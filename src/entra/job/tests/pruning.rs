//! What too many failures lead to: pruning in the initial cycle, quarantine in any other, and a
//! quarantine that the vendor imposes.

use super::*;
use crate::entra::job::quarantine::Reason;

impl Talk {
    fn failing(handles: &[&str]) -> Talk {
        let mut talk = Talk::with(handles)
            .policy("concurrency", Kind::Integer(1))
            .policy("quarantine_min_failures", Kind::Integer(2));
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        talk
    }

    fn refuse_create(&mut self) {
        self.expect("GET", 200, EMPTY);
        self.expect("POST", 400, "");
    }

    fn held_for(&self) -> Option<Reason> {
        self.entra.job().quarantine().map(|quarantine| quarantine.cause.reason)
    }
}

#[test]
fn an_initial_cycle_drops_its_errors_goes_on_and_then_waits() {
    let mut talk = Talk::failing(&["ann", "bob", "cat", "dan"]);
    talk.refuse_create();
    talk.refuse_create();
    assert!(talk.entra.job().escrows().is_empty(), "two are too many");
    talk.create("cat", "3");
    talk.create("dan", "4");
    assert_eq!((talk.entra.job().state(), talk.held_for()), (ScheduleState::Paused, None));
    assert_eq!(talk.entra.job().status(), JobStatus::Paused);
    assert!(talk.entra.job().milestones().escrows_pruned);
    assert_eq!(talk.entra.next_due(), None, "nothing happens by itself");
    let mail = talk.entra.job().outbox().mails().next_back().expect("a mail").clone();
    assert_eq!(mail.subject("GoLinks"), "Provisioning to GoLinks is paused");
    assert!(mail.lines("GoLinks")[0].contains("dropped 2 errors"), "{:?}", mail.lines("GoLinks"));
    assert_eq!(mail.about.reason(), None);
    // Started again, it goes on with what changes; what was dropped is not retried.
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.probe();
    talk.update("ann", Attribute::Surname, "Berg");
    talk.probe();
    talk.create("ann", "1");
    talk.act(|entra, moment| entra.job_mut().restart(ResetScope::PORTAL, moment));
    assert!(!talk.entra.job().milestones().escrows_pruned);
}

#[test]
fn no_mail_is_sent_about_pruning_if_a_policy_says_so() {
    let mut talk = Talk::failing(&["ann", "bob"]).policy("mail_after_pruning", Kind::Bool(false));
    talk.refuse_create();
    talk.refuse_create();
    assert_eq!(talk.entra.job().state(), ScheduleState::Paused);
    assert_eq!(talk.entra.job().outbox().count(), 0);
}

#[test]
fn without_pruning_the_job_is_quarantined_when_the_initial_cycle_ends() {
    let mut talk =
        Talk::failing(&["ann", "bob", "cat"]).policy("initial_cycle_prune", Kind::Bool(false));
    talk.refuse_create();
    talk.refuse_create();
    talk.create("cat", "3");
    assert_eq!(talk.held_for(), Some(Reason::EscrowProportionThreshold));
    assert_eq!(talk.entra.job().escrows().len(), 2);
}

#[test]
fn an_incremental_cycle_prunes_nothing() {
    let mut talk =
        Talk::provisioned(&["ann", "bob"]).policy("quarantine_min_failures", Kind::Integer(2));
    for handle in ["ann", "bob"] {
        talk.update(handle, Attribute::Surname, "Berg");
    }
    talk.probe();
    for (id, handle) in [("1", "ann"), ("2", "bob")] {
        talk.read(id, handle, true);
        talk.expect("PATCH", 400, "");
    }
    assert_eq!(talk.held_for(), Some(Reason::EscrowProportionThreshold));
}

#[test]
fn any_success_ends_a_quarantine_for_failures_if_the_policy_says_so() {
    for (exit, why) in
        [("thresholds", Some(Reason::EscrowProportionThreshold)), ("any_success", None)]
    {
        let mut talk = Talk::failing(&["ann", "bob", "cat"])
            .policy("initial_cycle_prune", Kind::Bool(false))
            .policy("quarantine_exit", Kind::Text(exit.to_owned()));
        talk.refuse_create();
        talk.refuse_create();
        talk.refuse_create();
        assert_eq!(talk.held_for(), Some(Reason::EscrowProportionThreshold));
        talk.probe();
        talk.create("ann", "1");
        talk.refuse_create();
        talk.refuse_create();
        assert_eq!(talk.held_for(), why, "{exit}");
    }
}

#[test]
fn the_vendor_quarantines_a_job_and_the_next_attempt_ends_it() {
    let mut talk = Talk::provisioned(&["ann"]);
    talk.act(|entra, moment| {
        entra.job_mut().quarantine_by_service(Reason::QuarantinedOnDemand, moment)
    });
    assert_eq!(talk.held_for(), Some(Reason::QuarantinedOnDemand));
    talk.probe();
    assert_eq!(talk.now, START + Duration::from_secs(6 * 3600) + Duration::from_millis(80));
    assert_eq!(talk.held_for(), None);
}

#[test]
fn a_cycle_under_way_ends_before_the_vendor_quarantines_the_job() {
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.act(|entra, moment| {
        entra.job_mut().quarantine_by_service(Reason::QuarantinedOnDemand, moment)
    });
    assert_eq!(talk.held_for(), None);
    talk.create("ann", "1");
    assert_eq!(talk.held_for(), Some(Reason::QuarantinedOnDemand));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    assert_eq!(talk.held_for(), None, "start clears it");
}
