//! What goes wrong: probes, throttling, time-outs, refused credentials, accounts that are gone.

use super::*;
use crate::entra::job::NextTry;

#[test]
fn a_failed_probe_of_any_kind_is_quarantine_with_one_mail_and_a_thinning_pace() {
    type Answer = Result<(u16, &'static str), Lost>;
    let answers: [Answer; 9] = [
        Ok((401, "")),
        Ok((403, "")),
        Ok((404, "")),
        Ok((500, "")),
        Ok((429, "")),
        Ok((200, "<html>")),
        Err(Lost::Refused),
        Err(Lost::TimedOut),
        Err(Lost::Reset),
    ];
    for answer in answers {
        let mut talk = Talk::provisioned(&["ann"]);
        let imposed = START + Duration::from_secs(2400);
        let mut attempts = Vec::new();
        for _ in 0..31 {
            let (id, _) = talk.next();
            attempts.push(talk.now.since(imposed).as_secs() / 3600);
            match answer {
                Ok((status, body)) => talk.reply(id, status, body),
                Err(lost) => talk.act(|entra, moment| entra.deliver(id, Err(lost), moment)),
            }
            if attempts.len() == 30 {
                break;
            }
        }
        assert_eq!(attempts[..6], [0, 6, 12, 24, 48, 72], "{answer:?}");
        assert_eq!(attempts[29], 27 * 24);
        assert_eq!(talk.entra.job().status(), JobStatus::Quarantine);
        assert_eq!(talk.entra.job().counters().mails, 1);
        talk.now = talk.entra.next_due().expect("the end of the quarantine");
        assert_eq!(talk.now.since(imposed).as_secs(), 28 * 86_400);
        talk.act(|entra, moment| entra.wake(moment));
        assert_eq!(
            (talk.entra.job().state(), talk.entra.job().status()),
            (ScheduleState::Disabled, JobStatus::Quarantine)
        );
        assert_eq!(talk.entra.next_due(), None);
        assert_eq!(talk.entra.job().log().failures(), 0, "no object failed");
    }
}

#[test]
fn a_probe_in_json_fails_the_test_and_the_cycle_unless_a_policy_lets_it_pass() {
    let answers = [("scim", true, false), ("json", true, true), ("any", true, true)];
    for (policy, scim, json) in answers {
        for (media, passes) in
            [("application/scim+json; charset=utf-8", scim), ("application/json", json)]
        {
            let mut talk = Talk::provisioned(&["ann"])
                .policy("probe_media_type", Kind::Text(policy.to_owned()));
            let (id, _) = talk.next();
            let mut response = Response::new(Bytes::from_static(EMPTY.as_bytes()));
            response.headers_mut().insert("content-type", http::HeaderValue::from_static(media));
            talk.act(|entra, moment| entra.deliver(id, Ok(response), moment));
            let status = if passes { JobStatus::Active } else { JobStatus::Quarantine };
            assert_eq!(talk.entra.job().status(), status, "{policy} {media}");
        }
    }
}

#[test]
fn a_good_attempt_lifts_the_quarantine_and_goes_back_to_the_grid() {
    let mut talk = Talk::provisioned(&["ann"]);
    let (id, _) = talk.next();
    talk.reply(id, 503, "");
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().disable(ann, moment)).expect("ann may sign in");
    talk.probe();
    assert_eq!(talk.now, START + Duration::from_secs(2400 + 6 * 3600));
    talk.read("1", "ann", true);
    talk.expect(r#""path":"active","value":"False""#, 204, "");
    assert_eq!(talk.entra.job().status(), JobStatus::Active);
    assert_eq!(talk.entra.job().next_cycle(), Some(START + Duration::from_secs(2400 * 11)));
}

#[test]
fn a_throttled_request_is_repeated_after_the_wait_or_fails_by_policy() {
    let refuse = |talk: &mut Talk| {
        let (id, _) = talk.next();
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        response.headers_mut().insert("retry-after", http::HeaderValue::from_static("30"));
        talk.act(|entra, moment| entra.deliver(id, Ok(response), moment));
    };
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    refuse(&mut talk);
    let held = talk.now;
    talk.create("ann", "1");
    assert!(talk.now >= held + Duration::from_secs(30));
    assert_eq!(talk.log("ann"), "create ann success, throttled once");

    // An application that never relents costs the object an hour, and the cycle ends.
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    for _ in 0..=120 {
        refuse(&mut talk);
    }
    assert!(
        talk.log("ann").starts_with("create ann failure TooManyRequests"),
        "{}",
        talk.log("ann")
    );
    assert!(talk.now.since(START) <= Duration::from_secs(3601));

    let mut talk = Talk::with(&["ann"]).policy("honor_retry_after", Kind::Bool(false));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    refuse(&mut talk);
    assert!(talk.log("ann").starts_with("create ann failure TooManyRequests"));
}

#[test]
fn a_create_that_timed_out_is_found_and_matched_in_the_next_cycle() {
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.expect("GET", 200, EMPTY);
    let (late, _) = talk.next();
    let sent = talk.now;
    talk.now = talk.entra.next_due().expect("the time-out");
    assert_eq!(talk.now.since(sent).as_secs(), 100);
    talk.act(|entra, moment| entra.wake(moment));
    assert!(talk.log("ann").starts_with("create ann failure Timeout"));
    // The response comes too late: it is no longer awaited.
    talk.reply(late, 201, r#"{"id":"1"}"#);
    assert!(talk.entra.job().links().is_empty());
    talk.probe();
    talk.expect("GET", 200, &list(1, &account("1", "ann", true)));
    assert_eq!(talk.log("ann"), "other ann skipped RedundantExport");
    assert!(talk.entra.job().escrows().is_empty());
}

#[test]
fn refused_credentials_in_the_middle_end_the_cycle_without_losing_anybody() {
    let mut talk = Talk::with(&["ann", "bob"]).policy("concurrency", Kind::Integer(1));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.create("ann", "1");
    talk.expect("GET", 401, "");
    assert_eq!(talk.entra.job().status(), JobStatus::Quarantine);
    assert_eq!(talk.entra.job().watermark(), None);
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
    talk.create("bob", "2");
    assert_eq!(talk.entra.job().status(), JobStatus::Active);
}

#[test]
fn a_linked_account_that_is_gone_is_an_invalid_anchor_or_matched_anew_by_policy() {
    for (policy, after) in [("fail", None), ("rematch", Some("GET /scim/v2/Users?filter="))] {
        let mut talk =
            Talk::provisioned(&["ann"]).policy("on_missing_target", Kind::Text(policy.to_owned()));
        let ann = talk.user("ann");
        let title = |entra: &mut Entra, moment: &mut Moment<'_, Event>| {
            entra.tenant_mut().update(ann, Attribute::Department, Some("Design"), moment)
        };
        talk.act(title).expect("a department");
        talk.probe();
        talk.expect("GET /scim/v2/Users/1 ", 404, "");
        match after {
            None => assert!(
                talk.log("ann").starts_with("update ann failure InvalidAnchor"),
                "{}",
                talk.log("ann")
            ),
            Some(words) => talk.silent_until(words),
        }
    }
}

#[test]
fn nothing_a_peer_answers_panics() {
    let answers = [
        "",
        "null",
        "[]",
        "{}",
        "0",
        "\"x\"",
        "{\"id\":7}",
        "{\"id\":\"\"}",
        "{\"totalResults\":-1}",
        "{\"totalResults\":1}",
        "{\"totalResults\":1,\"Resources\":[{}]}",
        "{\"totalResults\":1,\"Resources\":[{\"id\":{}}]}",
        "{\"totalResults\":1,\"Resources\":7}",
        "{\"totalResults\":1e99,\"Resources\":[]}",
        "\u{feff}{}",
        "{\"active\":[]}",
    ];
    for status in [200, 201, 204, 302, 400, 404, 409, 429, 500, 599] {
        for body in answers {
            let mut talk = Talk::with(&["ann"]);
            talk.act(|entra, moment| entra.job_mut().start(moment));
            talk.probe();
            for _ in 0..4 {
                let (id, _) = talk.next();
                talk.reply(id, status, body);
            }
        }
    }
}

#[test]
fn an_account_that_may_have_been_activated_is_disabled_without_being_read() {
    let mut talk = Talk::provisioned(&["ann"]).policy("read_before_disable", Kind::Bool(false));
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().disable(ann, moment)).expect("ann may sign in");
    talk.probe();
    talk.expect(r#""path":"active","value":"False""#, 204, "");
    talk.act(|entra, moment| entra.tenant_mut().enable(ann, moment)).expect("ann is blocked");
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", false));
    let (id, said) = talk.next();
    assert!(said.contains(r#""path":"active","value":"True""#), "{said}");
    talk.act(|entra, moment| entra.deliver(id, Err(Lost::Reset), moment));
    talk.act(|entra, moment| entra.tenant_mut().disable(ann, moment)).expect("ann may sign in");
    talk.probe();
    talk.expect(r#""path":"active","value":"False""#, 204, "");
}

#[test]
fn a_refusal_of_credentials_is_the_jobs_and_a_refusal_of_one_object_is_the_objects() {
    for (status, code, quarantined) in
        [(401, "Unauthorized", true), (403, "InsufficientRights", false)]
    {
        let mut talk = Talk::with(&["ann", "bob"]).policy("concurrency", Kind::Integer(1));
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        talk.expect("GET", 200, EMPTY);
        talk.expect("POST", status, r#"{"detail":"no seat is left"}"#);
        assert!(
            talk.log("ann").starts_with(&format!("create ann failure {code}: {status} no seat"))
        );
        assert_eq!(talk.entra.job().quarantine().is_some(), quarantined, "{status}");
        if !quarantined {
            talk.create("bob", "2");
            assert_eq!(talk.entra.job().escrows().len(), 1);
        }
    }
}

#[test]
fn a_retry_after_may_be_a_date() {
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.expect("GET", 200, EMPTY);
    let (id, _) = talk.next();
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    let date = http::HeaderValue::from_static("Mon, 02 Mar 2026 08:05:00 GMT");
    response.headers_mut().insert("retry-after", date);
    talk.act(|entra, moment| entra.deliver(id, Ok(response), moment));
    talk.expect("POST", 201, r#"{"id":"1"}"#);
    assert_eq!(talk.now, START + Duration::from_secs(300));
    assert_eq!(talk.log("ann"), "create ann success, throttled once");
}

#[test]
fn a_volume_quarantine_names_the_failures_and_ends_in_disabled() {
    let handles = ["ann", "bob", "cid"];
    let mut talk = Talk::with(&handles)
        .policy("quarantine_min_failures", Kind::Integer(3))
        .policy("initial_cycle_prune", Kind::Bool(false));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.run_to_end(|said| if said.starts_with("POST") { (409, "") } else { (200, EMPTY) });
    let job = talk.entra.job();
    assert_eq!((job.state(), job.status()), (ScheduleState::Disabled, JobStatus::Quarantine));
    assert_eq!(talk.now.since(START).as_secs() / 86_400, 28);
    let cause = &job.quarantine().expect("it stays").cause;
    assert_eq!(cause.code.map(|code| code.word()), Some("EntryConflict"));
    assert!(!talk.events.contains(&Event::QuarantineLifted), "giving up is no recovery");
    assert!(job.escrows().is_empty());
    assert!(job.escrows().given_up(talk.user("ann")).is_some());
    assert!(talk.log("ann").ends_with(", given up"), "{}", talk.log("ann"));
}

#[test]
fn an_attempt_in_quarantine_that_fails_otherwise_tells_its_own_cause() {
    let mut talk = Talk::with(&["ann"])
        .policy("quarantine_min_failures", Kind::Integer(1))
        .policy("initial_cycle_prune", Kind::Bool(false));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.expect("GET", 200, EMPTY);
    talk.expect("POST", 409, "");
    let (id, _) = talk.next();
    talk.act(|entra, moment| entra.deliver(id, Err(Lost::Refused), moment));
    let kept = talk.events.iter().find_map(|event| match event {
        Event::QuarantineKept { cause, .. } => Some(cause.text()),
        _ => None,
    });
    assert_eq!(kept.as_deref(), Some("the connection was refused"));
}

#[test]
fn a_failure_in_quarantine_names_no_retry_before_the_next_attempt() {
    let mut talk = Talk::with(&["ann"])
        .policy("quarantine_min_failures", Kind::Integer(1))
        .policy("initial_cycle_prune", Kind::Bool(false));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    for _ in 0..2 {
        talk.probe();
        talk.expect("GET", 200, EMPTY);
        talk.expect("POST", 409, "");
    }
    let job = talk.entra.job();
    let next = job.next_cycle().expect("an attempt is due");
    assert_eq!(Some(next), job.quarantine().map(|quarantine| quarantine.next_attempt));
    assert_eq!(job.next_try(talk.user("ann")), Some(next));
    assert!(
        talk.log("ann").ends_with(&format!(", next {}", next.rfc3339())),
        "{}",
        talk.log("ann")
    );
}

#[test]
fn the_cycle_that_imposes_a_quarantine_names_its_first_attempt_as_the_next_retry() {
    // Refused credentials end the cycle at once, so the row knows.
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.expect("GET", 401, "");
    let attempt = talk.now + Duration::from_secs(6 * 3600);
    assert!(talk.log("ann").ends_with(&format!(", next {}", attempt.rfc3339())));
    // Too many failures are found at the end of the cycle, so a reader of the row knows.
    let mut talk = Talk::with(&["ann"])
        .policy("quarantine_min_failures", Kind::Integer(1))
        .policy("initial_cycle_prune", Kind::Bool(false));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.expect("GET", 200, EMPTY);
    talk.expect("POST", 409, "");
    let job = talk.entra.job();
    let row = job.log().last_of(talk.user("ann")).expect("a row");
    let attempt = job.quarantine().expect("one failure is enough").next_attempt;
    assert_eq!(job.next_after(row, talk.entra.tenant()), Some(NextTry::At(attempt)));
    assert!(job.line(row, talk.entra.tenant()).ends_with(&format!(", next {}", attempt.rfc3339())));
}

#[test]
fn two_app_roles_of_one_name_quarantine_the_job_before_anything_is_sent() {
    let mut talk = Talk::with(&["ann"]);
    let roles = |names: &[&str]| {
        Node::bare(Kind::List(names.iter().map(|name| Node::text(*name)).collect()))
    };
    talk.save(&["app_roles"], &roles(&["Editor", "Reader", "Editor"]));
    talk.act(|entra, moment| {
        entra.job_mut().start(moment);
        entra.wake(moment);
    });
    assert!(talk.entra.next_call().is_none(), "no object is looked at");
    let cause = &talk.entra.job().quarantine().expect("a quarantine").cause;
    assert_eq!(cause.reason.word(), "EncounteredQuarantineException");
    assert_eq!(cause.text(), "the application had the app role Editor twice");
    assert_eq!(cause.code.map(|code| code.word()), Some("DuplicateAppRoles"));
    talk.save(&["app_roles"], &roles(&["Editor", "Reader"]));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.create("ann", "1");
    assert!(talk.entra.job().quarantine().is_none());
}

#[test]
fn a_probe_of_groups_that_finds_one_passes_unless_a_policy_says_so() {
    for (strict, reason) in [(false, None), (true, Some("EncounteredQuarantineException"))] {
        let policies = [("group_probe_finds_none", Kind::Bool(strict))];
        let mut talk = super::groups::ready(&["ann"], &policies);
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        talk.create("ann", "1");
        let other = list(1, r#"{"id":"9","displayName":"Legal"}"#);
        talk.expect("/Groups?excludedAttributes=members&filter=", 200, &other);
        let quarantine = talk.entra.job().quarantine();
        assert_eq!(quarantine.map(|it| it.cause.reason.word()), reason);
        if !strict {
            talk.create_group("7");
        }
    }
}
