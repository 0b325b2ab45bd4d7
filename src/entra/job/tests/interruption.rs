//! Cycles that the service breaks off, requests that it never sends, and quarantines of its own.

use super::*;
use crate::entra::event::CycleResult;
use crate::entra::job::NoCycle;
use crate::entra::job::quarantine::Reason;

impl Talk {
    fn interrupt(&mut self) -> Result<(), NoCycle> {
        self.act(|entra, moment| entra.job_mut().interrupt(moment))
    }
}

#[test]
fn a_cycle_that_is_broken_off_is_begun_again_with_the_same_watermark() {
    let mut talk = Talk::with(&["ann", "bob"]).policy("concurrency", Kind::Integer(1));
    assert_eq!(talk.interrupt(), Err(NoCycle));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.create("ann", "1");
    talk.expect("GET", 200, EMPTY);
    let (create, said) = talk.next();
    assert!(said.starts_with("POST"), "{said}");
    assert_eq!(talk.interrupt(), Ok(()));
    let job = talk.entra.job();
    assert_eq!((job.status(), job.watermark()), (JobStatus::Active, None));
    assert_eq!(job.quarantine(), None, "nothing is wrong with the application");
    assert_eq!(job.milestones().successive_failures, 1);
    let last = job.last_execution().expect("a cycle");
    assert_eq!((last.result, last.counts.created), (CycleResult::Failed, 1));
    let error = last.error.as_ref().expect("a reason");
    assert_eq!(
        (error.code.word(), &*error.detail),
        ("InternalError", "the service broke the cycle off")
    );
    // The application has carried the create out, and nobody waits for its answer any more.
    talk.reply(create, 201, r#"{"id":"2"}"#);
    assert_eq!(talk.entra.job().links().len(), 1);
    talk.probe();
    assert_eq!(talk.now, START + Duration::from_secs(2400), "at the usual time");
    assert_eq!(talk.entra.job().cycle().map(|cycle| cycle.kind), Some(CycleKind::Initial));
    talk.read("1", "ann", true);
    assert_eq!(talk.log("ann"), "other ann skipped RedundantExport");
    talk.expect("GET", 200, &list(1, &account("2", "bob", true)));
    assert_eq!(talk.log("bob"), "other bob skipped RedundantExport");
    assert_eq!(talk.entra.job().links().len(), 2);
    assert_eq!(talk.entra.job().milestones().successive_failures, 0);
}

#[test]
fn what_an_interrupted_cycle_had_to_retry_or_to_restart_is_not_forgotten() {
    let mut talk = Talk::provisioned(&["ann"]);
    talk.update("ann", Attribute::Surname, "Park");
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 500, "");
    talk.probe();
    let (read, _) = talk.next();
    talk.act(|entra, moment| entra.job_mut().restart(ResetScope::PORTAL, moment));
    assert_eq!(talk.interrupt(), Ok(()));
    talk.reply(read, 200, &account("1", "ann", true));
    let now = talk.now;
    talk.probe();
    let pace = Duration::from_secs(1);
    assert!(talk.now < now + pace, "the restart that was asked for begins at once");
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
    talk.expect(r#""path":"name.familyName","value":"Park""#, 204, "");
}

#[test]
fn an_attempt_in_quarantine_that_is_broken_off_leaves_the_next_one() {
    let mut talk = Talk::provisioned(&["ann"]);
    let (id, _) = talk.next();
    talk.reply(id, 401, "");
    let began = talk.entra.job().quarantine().expect("a quarantine").series_began;
    let (_, said) = talk.next();
    assert!(said.starts_with("GET"), "{said}");
    assert_eq!(talk.interrupt(), Ok(()));
    assert_eq!(talk.entra.job().next_cycle(), Some(began + Duration::from_secs(12 * 3600)));
    talk.probe();
    assert_eq!(talk.entra.job().quarantine(), None);
}

#[test]
fn a_request_that_the_service_never_sent_fails_the_object_with_an_internal_error() {
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    let (id, _) = talk.next();
    talk.act(|entra, moment| entra.deliver(id, Err(Lost::Internal), moment));
    assert_eq!(
        talk.log("ann"),
        "create ann failure InternalError: the provisioning service failed by itself, retries 0, \
         next 2026-03-02T08:40:00Z"
    );
    let row = talk.entra.job().log().last_of(talk.user("ann")).expect("a row").clone();
    let names = crate::entra::job::summary::LogNames::of(talk.entra.seen_by(AppId::MAIN), Seed(7));
    let error = &row.summary(&names, None)["provisioningStatusInfo"]["errorInformation"];
    assert_eq!(error["errorCategory"], "failure", "it is the service's own fault");
    talk.probe();
    talk.create("ann", "1");
}

#[test]
fn the_service_has_reasons_of_its_own_and_the_next_attempt_ends_them() {
    let words = Reason::OF_SERVICE.map(|(word, _)| word);
    assert_eq!(words, ["QuarantinedOnDemand", "IngestionInterrupted", "Unknown"]);
    for (word, reason) in Reason::OF_SERVICE {
        let mut talk = Talk::provisioned(&["ann"]);
        talk.act(|entra, moment| entra.job_mut().quarantine_by_service(reason, moment));
        let quarantine = talk.entra.job().quarantine().expect("a quarantine");
        assert_eq!(quarantine.cause.reason.word(), word);
        assert_eq!(quarantine.cause.code, None);
        assert_eq!(talk.entra.job().outbox().count(), 1);
        talk.probe();
        let first = START + Duration::from_secs(6 * 3600);
        assert!(talk.now >= first && talk.now < first + Duration::from_secs(1), "{word}");
        assert_eq!(talk.entra.job().status(), JobStatus::Active, "{word}");
    }
}
