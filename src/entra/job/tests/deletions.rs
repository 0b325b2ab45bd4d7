//! The guard against accidental deletions: what it counts, what it stages, and both ways out.

use super::*;
use crate::entra::job::quarantine::Reason;
use crate::entra::job::summary::LogNames;
use crate::entra::job::{ByCycles, NextTry};

const PEOPLE: [&str; 4] = ["ann", "bob", "cat", "dan"];
const OFF: &str = r#""path":"active","value":"False""#;

impl Talk {
    /// Four accounts, and a threshold.
    fn guarded(threshold: i64) -> Talk {
        let mut talk = Talk::provisioned(&PEOPLE);
        talk.save(&["delete_threshold"], &Node::bare(Kind::Integer(threshold)));
        talk
    }

    fn block(&mut self, handles: &[&str]) {
        for handle in handles {
            let user = self.user(handle);
            self.act(|entra, moment| entra.tenant_mut().disable(user, moment)).expect("is active");
        }
    }

    fn unblock(&mut self, handles: &[&str]) {
        for handle in handles {
            let user = self.user(handle);
            self.act(|entra, moment| entra.tenant_mut().enable(user, moment)).expect("is blocked");
        }
    }

    /// Expects the linked accounts to be read and shows them as active, one after the other.
    fn reads(&mut self, handles: &[&str]) {
        for handle in handles {
            let id = PEOPLE.iter().position(|other| other == handle).expect("one of four") + 1;
            self.read(&id.to_string(), handle, true);
        }
    }

    fn staged(&self) -> usize {
        self.entra.job().deletions().staged().len()
    }

    fn reason(&self) -> Option<Reason> {
        self.entra.job().quarantine().map(|quarantine| quarantine.cause.reason)
    }

    fn cycles(&self) -> u64 {
        self.entra.job().counters().cycles
    }

    fn press(&mut self, flags: &[&str]) {
        let scope = ResetScope::read(flags, &self.entra.job().settings().policy).expect("flags");
        self.act(|entra, moment| entra.job_mut().restart(scope, moment));
    }
}

#[test]
fn below_the_threshold_the_requests_wait_for_the_last_object_and_are_sent() {
    let mut talk = Talk::guarded(3);
    talk.block(&["ann", "bob"]);
    talk.update("cat", Attribute::Surname, "Berg");
    talk.probe();
    talk.reads(&["ann", "bob", "cat"]);
    talk.expect(r#""path":"name.familyName","value":"Berg""#, 204, "");
    talk.expect(OFF, 204, "");
    talk.expect(OFF, 204, "");
    assert_eq!((talk.reason(), talk.staged()), (None, 0));
    assert_eq!(
        talk.log("bob"),
        "disable bob success: not active in the source system (blocked from sign-in)"
    );
}

#[test]
fn at_the_threshold_nothing_is_sent_for_any_of_them_and_the_rest_goes_on() {
    let mut talk = Talk::guarded(3);
    talk.block(&["ann", "bob", "cat"]);
    talk.update("dan", Attribute::Surname, "Berg");
    talk.probe();
    talk.reads(&["ann", "bob", "cat", "dan"]);
    talk.expect(r#""path":"name.familyName","value":"Berg""#, 204, "");
    assert_eq!((talk.reason(), talk.staged()), (Some(Reason::TooManyDeletes), 3));
    assert_eq!(
        talk.log("ann"),
        "stageddelete ann skipped TooManyDeletes: not active in the source system (blocked from \
         sign-in)"
    );
    let ended = talk.entra.job().ended().next_back().expect("a cycle").counts;
    assert_eq!((ended.staged, ended.updated, ended.disabled), (3, 1, 0));
    assert!(talk.events.iter().any(|event| matches!(
        event,
        Event::MailSent { reason: Some(Reason::TooManyDeletes), .. }
    )));
    // The next attempt finds them again, though nothing has changed, and mails no second time.
    talk.probe();
    assert!(talk.now > START + Duration::from_secs(2400 + 6 * 3600));
    talk.reads(&["ann", "bob", "cat"]);
    assert_eq!((talk.reason(), talk.staged()), (Some(Reason::TooManyDeletes), 3));
    assert_eq!(talk.entra.job().counters().mails, 1);
}

#[test]
fn allowed_deletions_are_carried_out_at_once_and_health_returns() {
    let mut talk = Talk::guarded(2);
    talk.block(&["ann", "bob"]);
    talk.probe();
    talk.reads(&["ann", "bob"]);
    let pressed = talk.now;
    talk.press(&["ForceDeletes"]);
    // One more left meanwhile and was not allowed: one is below the threshold.
    talk.block(&["cat"]);
    talk.probe();
    assert!(talk.now.since(pressed).as_secs() < 1, "it does not wait for the next attempt");
    assert_eq!(talk.reason(), Some(Reason::TooManyDeletes), "healthy only after the cycle");
    talk.reads(&["cat", "ann"]);
    talk.expect(OFF, 204, "");
    talk.reads(&["bob"]);
    talk.expect(OFF, 204, "");
    talk.expect(OFF, 204, "");
    assert_eq!((talk.reason(), talk.staged()), (None, 0));
    assert_eq!(talk.entra.job().counters().disabled, 3);
}

#[test]
fn only_what_was_staged_is_allowed() {
    let mut talk = Talk::guarded(2);
    talk.block(&["ann", "bob"]);
    talk.probe();
    talk.reads(&["ann", "bob"]);
    talk.press(&["ForceDeletes"]);
    talk.block(&["cat", "dan"]);
    talk.probe();
    talk.reads(&["cat", "dan", "ann"]);
    talk.expect(OFF, 204, "");
    talk.reads(&["bob"]);
    talk.expect(OFF, 204, "");
    assert_eq!((talk.reason(), talk.staged()), (Some(Reason::TooManyDeletes), 2));
}

#[test]
fn an_allowed_deletion_that_fails_stays_allowed() {
    let mut talk = Talk::guarded(1);
    talk.block(&["ann"]);
    talk.probe();
    talk.reads(&["ann"]);
    assert_eq!(talk.staged(), 1);
    talk.press(&["ForceDeletes"]);
    talk.probe();
    talk.reads(&["ann"]);
    talk.expect(OFF, 500, "");
    talk.probe();
    talk.reads(&["ann"]);
    talk.expect(OFF, 204, "");
    // Back and away again, it is counted like any other.
    talk.unblock(&["ann"]);
    talk.probe();
    talk.read("1", "ann", false);
    talk.expect(r#""path":"active","value":"True""#, 204, "");
    talk.block(&["ann"]);
    talk.probe();
    talk.reads(&["ann"]);
    assert_eq!((talk.reason(), talk.staged()), (Some(Reason::TooManyDeletes), 1));
}

#[test]
fn a_restart_before_the_repair_trips_again_and_one_after_it_does_not() {
    let mut talk = Talk::guarded(2);
    talk.block(&["ann", "bob"]);
    talk.probe();
    talk.reads(&["ann", "bob"]);
    talk.press(&[]);
    talk.probe();
    talk.reads(&PEOPLE);
    assert_eq!((talk.reason(), talk.staged()), (Some(Reason::TooManyDeletes), 2));
    talk.unblock(&["ann", "bob"]);
    talk.press(&[]);
    talk.probe();
    talk.reads(&PEOPLE);
    assert_eq!((talk.reason(), talk.staged()), (None, 0));
    assert_eq!(talk.entra.job().counters().disabled, 0);
}

#[test]
fn what_is_left_below_the_threshold_waits_to_be_allowed_or_is_sent_by_policy() {
    for word in ["wait", "send"] {
        let mut talk = Talk::guarded(2).policy("staged_left", Kind::Text(word.to_owned()));
        talk.block(&["ann", "bob"]);
        talk.probe();
        talk.reads(&["ann", "bob"]);
        let mail = talk.entra.job().outbox().mails().next().expect("a mail").lines("GoLinks");
        let says = if word == "wait" { "waits until it is allowed" } else { "sent without being" };
        assert!(mail.join("\n").contains(says), "{mail:?}");
        talk.unblock(&["ann"]);
        talk.probe();
        talk.reads(&["ann", "bob"]);
        if word == "send" {
            talk.expect(OFF, 204, "");
            assert_eq!((talk.reason(), talk.staged()), (None, 0), "one is below the threshold");
            continue;
        }
        assert_eq!((talk.reason(), talk.staged()), (Some(Reason::TooManyDeletes), 1));
        let quarantine = talk.entra.job().quarantine().expect("it stays").clone();
        assert_eq!(
            quarantine.cause.text(),
            "1 user staged to be disabled or deleted, fewer than the threshold of 2 by now, and not \
             allowed yet"
        );
        // Started again, the job still waits; others below the threshold go.
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.block(&["cat"]);
        talk.save(&["delete_threshold"], &Node::bare(Kind::Integer(3)));
        talk.probe();
        talk.reads(&["cat", "bob"]);
        talk.expect(OFF, 204, "");
        assert_eq!((talk.reason(), talk.staged()), (Some(Reason::TooManyDeletes), 1));
        talk.press(&["ForceDeletes"]);
        talk.probe();
        talk.reads(&["bob"]);
        talk.expect(OFF, 204, "");
        assert_eq!((talk.reason(), talk.staged()), (None, 0));
        assert_eq!(talk.entra.job().counters().disabled, 2);
    }
}

#[test]
fn the_rows_of_what_is_staged_hold_whatever_is_left_of_it() {
    let mut talk = Talk::guarded(2);
    talk.block(&["ann", "bob"]);
    talk.probe();
    talk.reads(&["ann", "bob"]);
    talk.unblock(&["ann"]);
    talk.probe();
    talk.reads(&["ann", "bob"]);
    let names = LogNames::of(talk.entra.seen_by(AppId::MAIN), Seed(7));
    let row = talk.entra.job().log().last_of(talk.user("bob")).expect("a row");
    let shown = row.summary(&names, None).to_string();
    let why = "a cycle reached the deletion threshold, this one or one before it";
    assert!(shown.contains(why), "{shown}");
}

#[test]
fn a_run_on_demand_that_fails_for_a_staged_user_says_that_cycles_hold_it_back() {
    for (word, next) in [("wait", ByCycles::Staged), ("send", ByCycles::Unsaid)] {
        let mut talk = Talk::guarded(2).policy("staged_left", Kind::Text(word.to_owned()));
        for handle in ["ann", "bob"] {
            let user = talk.user(handle);
            talk.act(|entra, moment| entra.tenant_mut().unassign(AppId::MAIN, user, moment))
                .expect("assigned");
        }
        talk.now = talk.now + Duration::from_secs(600);
        talk.act(|entra, moment| entra.wake_directory(moment));
        talk.probe();
        talk.reads(&["ann", "bob"]);
        assert_eq!(talk.staged(), 2);
        let ann = talk.user("ann");
        talk.act(|entra, moment| entra.provision_on_demand(AppId::MAIN, ann.into(), moment))
            .expect("not refused");
        talk.expect("GET /scim/v2/Users?filter", 200, EMPTY);
        talk.reads(&["ann"]);
        talk.expect(OFF, 500, "");
        let job = talk.entra.job();
        let row = job.log().last_of(ann).expect("a row");
        let told = job.next_after(row, talk.entra.tenant());
        let next = match (next, job.next_cycle()) {
            (ByCycles::Unsaid, Some(at)) => ByCycles::At(at),
            (next, _) => next,
        };
        assert_eq!(told, Some(NextTry::NotRepeated(next)), "{word}");
    }
}

#[test]
fn what_is_left_is_counted_anew_by_a_restart() {
    let mut talk = Talk::guarded(2);
    talk.block(&["ann", "bob"]);
    talk.probe();
    talk.reads(&["ann", "bob"]);
    talk.unblock(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().reject_deletes(moment));
    talk.probe();
    talk.reads(&PEOPLE);
    talk.expect(OFF, 204, "");
    assert_eq!((talk.reason(), talk.staged()), (None, 0), "one is below the threshold");
}

#[test]
fn a_user_disabled_on_demand_is_staged_and_counted_no_more() {
    let mut talk = Talk::guarded(2);
    for user in ["ann", "bob"].map(|handle| talk.user(handle)) {
        talk.act(|entra, moment| entra.tenant_mut().unassign(AppId::MAIN, user, moment))
            .expect("is assigned");
    }
    talk.probe();
    talk.reads(&["ann", "bob"]);
    assert_eq!(talk.staged(), 2);
    let ann = talk.user("ann").into();
    talk.act(|entra, moment| entra.provision_on_demand(AppId::MAIN, ann, moment)).expect("it may");
    talk.probe();
    talk.reads(&["ann"]);
    talk.expect(OFF, 204, "");
    assert_eq!((talk.staged(), talk.reason()), (1, Some(Reason::TooManyDeletes)));
    talk.probe();
    talk.reads(&["bob"]);
    let quarantine = talk.entra.job().quarantine().expect("it stays").clone();
    assert!(quarantine.cause.text().starts_with("1 user staged"), "{}", quarantine.cause.text());
    assert_eq!((talk.staged(), talk.entra.job().deletions().planned()), (1, 1));
}

#[test]
fn nothing_is_carried_over_from_cycle_to_cycle() {
    let mut talk = Talk::guarded(2);
    for handle in PEOPLE {
        talk.block(&[handle]);
        talk.probe();
        talk.reads(&[handle]);
        talk.expect(OFF, 204, "");
    }
    assert_eq!((talk.reason(), talk.entra.job().counters().disabled), (None, 4));
}

#[test]
fn the_threshold_itself_trips_unless_the_policy_says_above_it() {
    for (equal, staged) in [(true, 2), (false, 0)] {
        let mut talk = Talk::guarded(2).policy("trip_on_equal", Kind::Bool(equal));
        talk.block(&["ann", "bob"]);
        talk.probe();
        talk.reads(&["ann", "bob"]);
        if !equal {
            talk.expect(OFF, 204, "");
            talk.expect(OFF, 204, "");
        }
        assert_eq!(talk.staged(), staged);
    }
}

#[test]
fn with_overflow_those_before_the_threshold_are_sent() {
    let mut talk = Talk::guarded(2).policy("stage_deletes", Kind::Text("overflow".to_owned()));
    talk.block(&["ann", "bob", "cat"]);
    talk.probe();
    talk.reads(&["ann"]);
    talk.expect(OFF, 204, "");
    talk.reads(&["bob", "cat"]);
    assert_eq!((talk.reason(), talk.staged()), (Some(Reason::TooManyDeletes), 2));
    // In the next attempt the staged ones count and are not sent one after the other.
    talk.probe();
    talk.reads(&["bob", "cat"]);
    assert_eq!((talk.reason(), talk.staged()), (Some(Reason::TooManyDeletes), 2));
    assert_eq!(talk.entra.job().counters().disabled, 1);
}

#[test]
fn full_allows_staged_deletions_by_policy_alone() {
    for (includes, disabled) in [(false, 0), (true, 2)] {
        let mut talk = Talk::guarded(2);
        talk = talk.policy("full_includes_force_deletes", Kind::Bool(includes));
        talk.block(&["ann", "bob"]);
        talk.probe();
        talk.reads(&["ann", "bob"]);
        let scope = ResetScope::read(&["Full"], &talk.entra.job().settings().policy);
        assert_eq!(scope.map(|scope| scope.force_deletes), Ok(includes));
        // Without the links nothing can be disabled; with the flag alone it is.
        let flags = if includes { &["ForceDeletes"][..] } else { &["None"] };
        talk.press(flags);
        talk.probe();
        talk.reads(&["ann"]);
        if includes {
            talk.expect(OFF, 204, "");
        }
        talk.reads(&["bob"]);
        if includes {
            talk.expect(OFF, 204, "");
        }
        assert_eq!(talk.entra.job().counters().disabled, disabled);
    }
}

#[test]
fn a_cycle_that_fails_drops_what_it_held_and_stages_nothing() {
    let mut talk = Talk::guarded(3);
    talk.block(&["ann", "bob"]);
    talk.probe();
    talk.reads(&["ann"]);
    talk.expect("GET /scim/v2/Users/2 ", 401, "");
    assert_eq!((talk.reason(), talk.staged()), (Some(Reason::QuarantineException), 0));
    let cycles = talk.cycles();
    talk.probe();
    talk.reads(&["ann", "bob"]);
    talk.expect(OFF, 204, "");
    talk.expect(OFF, 204, "");
    assert_eq!((talk.reason(), talk.cycles()), (None, cycles + 1));
}

#[test]
fn deleted_users_are_counted_too_and_switching_the_guard_off_lets_them_go() {
    let mut talk = Talk::guarded(2);
    for handle in ["ann", "bob"] {
        let user = talk.user(handle);
        talk.act(|entra, moment| entra.tenant_mut().delete(user, moment)).expect("is there");
        talk.act(|entra, moment| entra.tenant_mut().purge(user, moment)).expect("in the bin");
    }
    talk.probe();
    let (probe, said) = talk.next();
    assert!(said.contains("filter=userName"), "nothing but the next attempt follows: {said}");
    assert_eq!((talk.reason(), talk.staged()), (Some(Reason::TooManyDeletes), 2));
    talk.save(&["delete_threshold"], &Node::bare(Kind::Bool(false)));
    talk.reply(probe, 200, EMPTY);
    talk.expect("DELETE /scim/v2/Users/1 ", 204, "");
    talk.expect("DELETE /scim/v2/Users/2 ", 204, "");
    assert_eq!((talk.reason(), talk.staged()), (None, 0));
}
