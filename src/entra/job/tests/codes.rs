//! The vendor's words: every error code of an object, every reason of a quarantine by failures,
//! every flag of a restart.

use super::*;
use crate::entra::job::log::LogStatus;
use crate::entra::job::quarantine::Reason;

impl Talk {
    fn asks(handles: &[&str]) -> Talk {
        let mut talk = Talk::with(handles).policy("concurrency", Kind::Integer(1));
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        talk
    }

    fn reset(&mut self, flag: &str) {
        let policy = self.entra.job().settings().policy.clone();
        let scope = ResetScope::read(&[flag], &policy).expect("a flag");
        self.act(|entra, moment| entra.job_mut().restart(scope, moment));
    }
}

#[test]
fn a_create_that_is_refused_has_the_code_of_its_status() {
    let codes = [
        (400, "SystemForCrossDomainIdentityManagementServiceIncompatible"),
        (403, "InsufficientRights"),
        (405, "MethodNotAllowed"),
        (409, "EntryConflict"),
        (422, "UnprocessableEntity"),
        (429, "TooManyRequests"),
        (500, "InternalServerError"),
        (501, "NotImplemented"),
        (503, "InternalServerError"),
    ];
    for (status, code) in codes {
        let mut talk = Talk::asks(&["ann", "bob"]);
        talk.expect("GET", 200, EMPTY);
        talk.expect("POST", status, "");
        assert!(talk.log("ann").starts_with(&format!("create ann failure {code}: {status}")));
        talk.create("bob", "2");
        let ended = talk.entra.job().ended().next_back().expect("one failure ends no cycle");
        assert_eq!((ended.counts.created, ended.counts.failed), (1, 1), "{code}");
    }
}

#[test]
fn a_changed_value_that_another_account_has_is_a_code_of_its_own() {
    let mut talk = Talk::provisioned(&["ann"]);
    talk.update("ann", Attribute::Surname, "Berg");
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect("PATCH", 409, "");
    let code = "SystemForCrossDomainIdentityManagementServiceIncompatibleFiltering";
    assert!(talk.log("ann").starts_with(&format!("update ann failure {code}: 409")));
}

#[test]
fn several_values_for_an_attribute_that_takes_one_fail_the_user() {
    let mut talk = Talk::with(&["ann"]);
    talk.change(&[("target", "nickName"), ("expression", "Split([displayName], \" \")")]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    let log = talk.log("ann");
    assert!(log.starts_with("create ann failure SchemaPropertyCanOnlyAcceptValue"), "{log}");
}

#[test]
fn each_threshold_of_failures_has_its_reason() {
    let cases = [
        (("quarantine_max_failures", 1), Reason::BaseEscrowThreshold),
        (("quarantine_min_failures", 2), Reason::EscrowProportionThreshold),
    ];
    for ((name, value), reason) in cases {
        let mut talk = Talk::with(&["ann", "bob"])
            .policy("concurrency", Kind::Integer(1))
            .policy("initial_cycle_prune", Kind::Bool(false))
            .policy("quarantine_min_failures", Kind::Integer(2))
            .policy(name, Kind::Integer(value));
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        for _ in 0..2 {
            talk.expect("GET", 200, EMPTY);
            talk.expect("POST", 400, "");
        }
        let cause = talk.entra.job().quarantine().map(|kept| kept.cause.reason);
        assert_eq!(cause, Some(reason), "{name}");
    }
}

#[test]
fn failures_below_the_ratio_and_above_the_total_are_the_total() {
    for (ratio, total, reason) in
        [(0.9, 60_000, None), (0.9, 1, Some(Reason::TotalEscrowThreshold))]
    {
        let mut talk = Talk::with(&["ann", "bob", "cat"])
            .policy("concurrency", Kind::Integer(1))
            .policy("initial_cycle_prune", Kind::Bool(false))
            .policy("quarantine_min_failures", Kind::Integer(2))
            .policy("quarantine_ratio", Kind::Float(ratio))
            .policy("quarantine_max_total", Kind::Integer(total));
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        talk.create("ann", "1");
        for _ in 0..2 {
            talk.expect("GET", 200, EMPTY);
            talk.expect("POST", 400, "");
        }
        assert_eq!(talk.entra.job().quarantine().map(|kept| kept.cause.reason), reason);
    }
}

#[test]
fn each_flag_of_a_restart_forgets_what_it_says_and_nothing_else() {
    // (flag, next cycle is initial, failures, links)
    let cases = [
        ("None", false, 1, 1),
        ("Watermark", true, 1, 1),
        ("Escrows", false, 0, 1),
        ("QuarantineState", false, 1, 1),
        ("ConnectorDataStore", true, 1, 0),
        ("ForceDeletes", false, 1, 1),
        ("Full", true, 0, 0),
    ];
    assert_eq!(cases.map(|(flag, ..)| flag), ResetScope::FLAGS);
    for (flag, initial, failures, links) in cases {
        let mut talk = Talk::asks(&["ann", "bob"]);
        talk.create("ann", "1");
        talk.expect("GET", 200, EMPTY);
        talk.expect("POST", 400, "");
        talk.reset(flag);
        let job = talk.entra.job();
        assert_eq!(job.watermark().is_none(), initial, "{flag}");
        assert_eq!((job.escrows().len(), job.links().len()), (failures, links), "{flag}");
    }
}

#[test]
fn the_flag_quarantine_state_lifts_it_and_the_others_leave_it() {
    for (flag, lifted) in [("QuarantineState", true), ("Escrows", false), ("Full", true)] {
        let mut talk = Talk::with(&["ann"]);
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.expect("GET", 401, "");
        assert!(talk.entra.job().quarantine().is_some());
        talk.reset(flag);
        assert_eq!(talk.entra.job().quarantine().is_none(), lifted, "{flag}");
    }
}

#[test]
fn a_row_about_a_manager_ends_with_the_resolution_of_the_reference() {
    const MANAGER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
    let mut talk = Talk::with(&["ann", "bob"]).policy("concurrency", Kind::Integer(1));
    talk.change(&[("target", MANAGER), ("source", "manager")]);
    let (ann, bob) = (talk.user("ann"), talk.user("bob"));
    talk.act(|entra, moment| entra.tenant_mut().set_manager(ann, Some(bob), moment))
        .expect("both are there");
    talk.act(|entra, moment| entra.tenant_mut().disable(bob, moment)).expect("is active");
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.create("ann", "1");
    let row = talk.entra.job().log().last_of(ann).expect("a row");
    assert!(matches!(&row.status, LogStatus::Skipped(reason)
        if reason.word() == "UnableToResolveReferenceAttributeValue"));
    let last = row.steps().pop().expect("a step");
    assert_eq!(last.kind.word(), "referenceResolution");
    assert_eq!(last.name.word(), "EntrySynchronizationUpdate");
}

#[test]
fn the_words_of_a_refusal_give_a_finer_code_where_a_policy_says_so() {
    let cases = [
        (403, "all 5 seats are taken", "LicenseLimitExceeded", "InsufficientRights"),
        (400, "the domain of emails is not accepted", "InvalidDomain", INCOMPATIBLE),
        (400, "title is required", "MandatoryFieldsMissing", INCOMPATIBLE),
        (400, "unknown attribute nickName", "SchemaAttributeNotFound", INCOMPATIBLE),
        (403, "this account is protected", "NotPermitted", "InsufficientRights"),
        (403, "no", "InsufficientRights", "InsufficientRights"),
        (400, "title must not be empty", "MissingValues", INCOMPATIBLE),
        (409, "the domain is taken", "EntryConflict", "EntryConflict"),
        (409, "the account is locked by a merge", "Conflict", "EntryConflict"),
    ];
    for (status, words, finer, coarse) in cases {
        for (by_words, code) in [(true, finer), (false, coarse)] {
            let mut talk = Talk::with(&["ann"]).policy("codes_by_words", Kind::Bool(by_words));
            talk.act(|entra, moment| entra.job_mut().start(moment));
            talk.probe();
            talk.expect("GET", 200, EMPTY);
            talk.expect("POST", status, &format!(r#"{{"detail":"{words}"}}"#));
            let row = talk.log("ann");
            assert!(
                row.starts_with(&format!("create ann failure {code}: {status} {words}")),
                "{row}"
            );
        }
    }
}

const INCOMPATIBLE: &str = "SystemForCrossDomainIdentityManagementServiceIncompatible";

#[test]
fn several_resources_where_one_is_due_are_a_code_of_their_own() {
    let code = "MultipleEntriesInResponse: 2 resources came where one is due";
    let two = format!("{},{}", account("1", "ann", true), account("2", "bob", true));
    let mut talk = Talk::asks(&["ann"]);
    talk.expect("GET", 200, &list(1, &two));
    assert!(talk.log("ann").contains(code), "{}", talk.log("ann"));
    let mut talk = Talk::provisioned(&["ann"]);
    talk.update("ann", Attribute::Surname, "Berg");
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 200, &list(2, &two));
    assert!(talk.log("ann").contains(code), "{}", talk.log("ann"));
}
