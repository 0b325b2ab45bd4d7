//! What follows a failed row: what is planned when it is written, and what is known later.

use super::*;
use crate::entra::job::log::LogStatus;
use crate::entra::job::quarantine::Reason;
use crate::entra::job::{Dropped, NextTry, Removal, ScopeStanding};

impl Talk {
    /// What is known now of what follows the last row about a user.
    fn next_after(&self, handle: &str) -> Option<NextTry> {
        let job = self.entra.job();
        let row = job.log().last_of(self.user(handle)).expect("a row");
        job.next_after(row, self.entra.tenant())
    }

    /// Ann alone, refused in the first cycle, with these policies.
    fn refused_with(policies: &[(&str, Kind)]) -> Talk {
        let mut talk = Talk::with(&["ann"]);
        for (name, value) in policies {
            talk = talk.policy(name, value.clone());
        }
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.refused();
        talk
    }

    /// A cycle in which the create of ann is refused.
    fn refused(&mut self) {
        self.probe();
        self.expect("GET", 200, EMPTY);
        self.expect("POST", 409, "");
    }
}

fn minutes(minutes: u64) -> NextTry {
    NextTry::At(START + Duration::from_secs(60 * minutes))
}

#[test]
fn the_newest_row_tells_the_next_try_and_older_ones_what_was_planned() {
    let mut talk = Talk::refused_with(&[]);
    let first = talk.entra.job().log().rows().next().expect("a row").clone();
    assert_eq!(talk.next_after("ann"), Some(minutes(40)));
    talk.refused();
    let planned = START + Duration::from_secs(2400);
    assert_eq!(
        talk.entra.job().next_after(&first, talk.entra.tenant()),
        Some(NextTry::TriedAt(planned))
    );
    assert_eq!(talk.next_after("ann"), Some(minutes(360)), "the ladder");
    talk.act(|entra, moment| entra.job_mut().stop(moment));
    assert_eq!(talk.next_after("ann"), Some(NextTry::OnceStarted));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    assert_eq!(talk.next_after("ann"), Some(minutes(360)));
    talk.act(|entra, moment| entra.job_mut().restart(ResetScope::PORTAL, moment));
    assert_eq!(talk.next_after("ann"), Some(NextTry::Restarted), "the restart forgets failures");
}

#[test]
fn what_comes_before_the_planned_try_is_told_instead_of_the_plan() {
    // A change is read by the next cycle, long before the ladder's next rung.
    let mut talk = Talk::refused_with(&[]);
    talk.refused();
    assert_eq!(talk.next_after("ann"), Some(minutes(360)));
    talk.update("ann", Attribute::Surname, "Berg");
    assert_eq!(talk.next_after("ann"), Some(minutes(80)), "the cycle that reads the change");
    let row = talk.entra.job().log().last_of(talk.user("ann")).expect("a row").clone();
    talk.probe();
    let tried = talk.now;
    talk.expect("GET", 200, EMPTY);
    talk.expect("POST", 201, &account("1", "ann", true));
    assert_eq!(
        talk.entra.job().next_after(&row, talk.entra.tenant()),
        Some(NextTry::TriedAt(tried))
    );
    let line = talk.entra.job().line(&row, talk.entra.tenant());
    assert!(line.ends_with(&format!(", tried again {}", tried.rfc3339())), "{line}");
}

#[test]
fn in_the_cycle_that_lifts_a_quarantine_the_next_try_is_the_next_cycle() {
    let mut talk = Talk::provisioned(&["bob"]);
    talk.act(|entra, moment| {
        entra.job_mut().quarantine_by_service(Reason::QuarantinedOnDemand, moment)
    });
    talk.update("bob", Attribute::Surname, "Berg");
    talk.probe();
    talk.read("1", "bob", true);
    let attempt = talk.now;
    talk.expect("PATCH", 409, "");
    assert!(talk.entra.job().quarantine().is_none(), "one failure is not too many");
    let planned = talk.log("bob");
    assert!(planned.ends_with("next 2026-03-02T20:00:00Z"), "the second attempt: {planned}");
    let next = talk.entra.job().next_cycle().expect("a cycle");
    assert!(next <= attempt + Duration::from_secs(2400), "{next:?}");
    assert_eq!(talk.next_after("bob"), Some(NextTry::At(next)));
    // An older row of that cycle says the same as soon as a newer one tells what came of it.
    let row = talk.entra.job().log().last_of(talk.user("bob")).expect("a row").clone();
    talk.probe();
    talk.read("1", "bob", true);
    talk.expect("PATCH", 409, "");
    assert_eq!(
        talk.entra.job().next_after(&row, talk.entra.tenant()),
        Some(NextTry::TriedAt(next))
    );
}

#[test]
fn a_dropped_failure_names_no_retry() {
    let pruned = [("quarantine_min_failures", Kind::Integer(1))];
    let talk = Talk::refused_with(&pruned);
    assert_eq!(talk.next_after("ann"), Some(NextTry::Dropped(Dropped::Pruned)));
    let row = talk.entra.job().log().last_of(talk.user("ann")).expect("a row");
    let line = talk.entra.job().line(row, talk.entra.tenant());
    let why = ", retry dropped because the initial cycle had too many failures";
    assert!(line.ends_with(why), "{line}");
    // A user who was deleted and never linked is passed over without a row.
    let mut talk = Talk::refused_with(&[]);
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().delete(ann, moment)).expect("ann is there");
    talk.probe();
    talk.probe();
    assert_eq!(talk.next_after("ann"), Some(NextTry::Dropped(Dropped::NothingDue)));
}

#[test]
fn a_retry_that_finds_nothing_to_write_has_tried_nothing() {
    let mut talk = Talk::provisioned(&["ann"]);
    talk.update("ann", Attribute::Surname, "Berg");
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect("PATCH", 500, "");
    let row = talk.entra.job().log().last_of(talk.user("ann")).expect("a row").clone();
    // By now the directory says again what the account holds.
    talk.update("ann", Attribute::Surname, "Lind");
    talk.probe();
    let began = talk.now;
    talk.read("1", "ann", true);
    assert!(talk.log("ann").contains("RedundantExport"), "{}", talk.log("ann"));
    let became = talk.entra.job().next_after(&row, talk.entra.tenant());
    assert_eq!(became, Some(NextTry::PassedOver(began, "nothing was left to write")));
    let line = talk.entra.job().line(&row, talk.entra.tenant());
    let end = format!(", not tried again: nothing was left to write {}", began.rfc3339());
    assert!(line.ends_with(&end), "{line}");
}

#[test]
fn what_was_due_for_another_reason_is_no_second_try() {
    // An update failed; then the user left, and a disable is sent instead.
    let mut talk = Talk::provisioned(&["ann"]);
    talk.update("ann", Attribute::Surname, "Berg");
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect("PATCH", 500, "");
    let row = talk.entra.job().log().last_of(talk.user("ann")).expect("a row").clone();
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().disable(ann, moment)).expect("ann is there");
    talk.probe();
    let began = talk.now;
    talk.read("1", "ann", true);
    talk.expect("PATCH", 200, &account("1", "ann", false));
    let became = talk.entra.job().next_after(&row, talk.entra.tenant());
    assert_eq!(became, Some(NextTry::Overtaken(began, ScopeStanding::OutOfScope)));
    let line = talk.entra.job().line(&row, talk.entra.tenant());
    assert!(line.ends_with(&format!(", out of scope by {}", began.rfc3339())), "{line}");
}

#[test]
fn a_restart_that_forgets_the_failures_alone_drops_the_retry() {
    let mut talk = Talk::refused_with(&[]);
    let escrows = ResetScope { escrows: true, ..ResetScope::NONE };
    talk.act(|entra, moment| entra.job_mut().restart(escrows, moment));
    assert_eq!(talk.next_after("ann"), Some(NextTry::Dropped(Dropped::ByRestart)));
}

#[test]
fn a_deleted_job_drops_a_retry_by_name() {
    let mut talk = Talk::refused_with(&[]);
    talk.act(|entra, moment| entra.job_of_mut(AppId::MAIN).delete(Removal::Job, moment));
    assert_eq!(talk.next_after("ann"), Some(NextTry::JobDeleted));
    let row = talk.entra.job().log().last_of(talk.user("ann")).expect("a row");
    let line = talk.entra.job().line(row, talk.entra.tenant());
    assert!(line.ends_with(", retry dropped by delete_job"), "{line}");
    // One that went with its application is told as that, and no retry is promised.
    let mut talk = Talk::refused_with(&[]);
    talk.act(|entra, moment| entra.job_mut().delete(Removal::Application, moment));
    let next = talk.next_after("ann");
    assert_eq!(next, Some(NextTry::ApplicationDeleted));
    let row = talk.entra.job().log().last_of(talk.user("ann")).expect("a row");
    let line = talk.entra.job().line(row, talk.entra.tenant());
    assert!(line.ends_with(", retry dropped by the deletion of the application"), "{line}");
}

#[test]
fn no_retry_is_promised_before_a_stopped_job_is_started() {
    let advice = |talk: &Talk| {
        let row = talk.entra.job().log().last_of(talk.user("ann")).expect("a row");
        row.recommended_action(talk.entra.job().next_after(row, talk.entra.tenant()))
    };
    for (holds, stopped) in [
        (true, "Start provisioning: it is tried again then, and not before."),
        (false, "Run it on demand again later."),
    ] {
        let mut talk = Talk::with(&["ann"]).policy("on_demand_holds_failures", Kind::Bool(holds));
        let ann = talk.user("ann");
        talk.act(|entra, moment| entra.provision_on_demand(AppId::MAIN, ann.into(), moment))
            .expect("not refused");
        talk.probe();
        talk.expect("GET", 200, EMPTY);
        talk.expect("POST", 500, "");
        let told = advice(&talk).expect("a failure");
        assert!(told.starts_with(stopped), "{told}");
    }
    let mut talk = Talk::refused_with(&[]);
    let running = advice(&talk);
    talk.act(|entra, moment| entra.job_mut().stop(moment));
    assert_eq!(talk.next_after("ann"), Some(NextTry::OnceStarted));
    assert_eq!(advice(&talk), running, "a value is to be corrected, whatever the job does");
}

#[test]
fn a_cycle_that_overruns_puts_the_next_try_off() {
    let mut talk = Talk::with(&["ann"])
        .policy("concurrency", Kind::Integer(1))
        .policy("quarantine_min_failures", Kind::Integer(9));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.expect("GET", 200, EMPTY);
    let (id, _) = talk.next();
    talk.now = START + Duration::from_secs(45 * 60);
    talk.reply(id, 409, "");
    assert_eq!(talk.next_after("ann"), Some(minutes(80)), "a point of the grid was missed");
}

#[test]
fn words_about_seats_decide_what_is_to_be_done_and_the_status_decides_the_code() {
    for (words, remedy) in
        [("all 5 seats are taken", "Buy seats"), ("no", "Give the token's owner")]
    {
        let mut talk = Talk::with(&["ann"]);
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        talk.expect("GET", 200, EMPTY);
        talk.expect("POST", 403, &format!(r#"{{"detail":"{words}"}}"#));
        let row = talk.entra.job().log().last_of(talk.user("ann")).expect("a row");
        let LogStatus::Failure(failure) = &row.status else { panic!("{row:?}") };
        assert_eq!(failure.code.word(), "InsufficientRights");
        assert!(failure.remedy.recommended_action().starts_with(remedy), "{words}");
    }
}
