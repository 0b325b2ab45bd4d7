//! The audit log and the mails: what an administrator did, and what the service told of it.

use super::*;
use crate::entra::error_code::ErrorCode;
use crate::entra::job::audit::Activity;
use crate::entra::job::quarantine::QuarantineCause;
use crate::entra::job::summary::LogNames;
use crate::entra::job::{Removal, SetupRefusal, SyncError};
use crate::entra::tenant::AppId;

impl Talk {
    /// The rows of the audit log as `activity: detail`.
    fn audit(&self) -> Vec<String> {
        let rows = self.entra.job().audit().rows();
        rows.map(|row| format!("{}: {}", row.activity.word(), row.detail)).collect()
    }
}

#[test]
fn what_changes_the_configuration_is_recorded_and_what_the_service_does_is_its_own() {
    let mut talk = Talk::provisioned(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().stop(moment));
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.delete_connection(AppId::MAIN, ann.into(), moment))
        .expect("the job is stopped");
    talk.save(&["role"], &Node::text("Application Owner"));
    talk.save(&["notify"], &Node::text("ops@contoso.example"));
    talk.save(&["policy", "max_rps"], &Node::bare(Kind::Integer(5)));
    talk.save(&["policy", "skip_out_of_scope_deletions"], &Node::bare(Kind::Bool(true)));
    talk.save(&["policy", "skip_out_of_scope_deletions"], &Node::bare(Kind::Bool(false)));
    talk.filter("Sales");
    talk.act(|entra, moment| entra.job_mut().set_secret("another", moment)).expect("it is short");
    talk.act(|entra, moment| entra.job_mut().restart(ResetScope::PORTAL, moment));
    let (id, _) = talk.next();
    talk.reply(id, 401, "");
    talk.act(|entra, moment| entra.job_mut().delete(Removal::Job, moment));
    let expected = [
        "Enable/start provisioning configuration: ",
        "Disable/pause provisioning configuration: ",
        "Delete object connection: ann: 1",
        "Update provisioning setting or credentials: notify",
        "Update provisioning setting or credentials: SkipOutOfScopeDeletions",
        "Update provisioning setting or credentials: SkipOutOfScopeDeletions",
        "Update attribute mappings or scope: filters",
        "Update provisioning setting or credentials: secret token",
        "Enable/restart provisioning configuration: forgetting watermark, escrows, quarantine",
        "Quarantine: EncounteredQuarantineException",
        "Delete provisioning configuration: ",
    ];
    assert_eq!(talk.audit(), expected, "a policy is none, unless Graph has it");
    let names = LogNames::of(talk.entra.seen_by(AppId::MAIN), Seed(7));
    let rows: Vec<_> = talk.entra.job().audit().rows().map(|row| row.to_graph(&names)).collect();
    let who = |row: usize| &rows[row]["initiatedBy"]["user"]["displayName"];
    assert_eq!(
        (who(0), who(3)),
        (&"Application Administrator".into(), &"Application Owner".into())
    );
    assert_eq!(rows[9]["initiatedBy"]["app"]["displayName"], "Azure AD Provisioning Service");
    assert_eq!(rows[9]["result"], "success");
}

#[test]
fn what_was_refused_and_what_was_decided_about_staged_deletions_is_recorded() {
    let mut talk = Talk::provisioned(&["ann"]);
    talk.save(&["delete_threshold"], &Node::bare(Kind::Integer(1)));
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.delete_connection(AppId::MAIN, ann.into(), moment))
        .expect_err("the job runs");
    let row = talk.entra.job().audit().rows().next_back().expect("a row").clone();
    assert_eq!((row.activity, row.detail.as_str()), (Activity::DeleteConnection, "ann"));
    assert!(row.refused.expect("a reason").starts_with("409"));
    talk.act(|entra, moment| entra.tenant_mut().disable(ann, moment)).expect("ann may sign in");
    talk.probe();
    talk.read("1", "ann", true);
    talk.act(|entra, moment| entra.job_mut().reject_deletes(moment));
    talk.probe();
    talk.read("1", "ann", true);
    talk.act(|entra, moment| entra.job_mut().allow_deletes(moment));
    let told = talk.audit();
    let restart = "Enable/restart provisioning configuration: ";
    for told_as in [
        "Reject deletes, 1 staged; forgetting watermark, escrows, quarantine",
        "Allow deletes, 1 staged; nothing forgotten, staged deletions allowed",
    ] {
        assert!(told.contains(&format!("{restart}{told_as}")), "{told_as} is not in {told:?}");
    }
}

#[test]
fn what_a_role_did_not_allow_is_recorded_where_a_policy_says_so() {
    for (audited, rows) in [(true, 1), (false, 0)] {
        let mut talk = Talk::with(&["ann"]).policy("audit_denied", Kind::Bool(audited));
        talk.act(|entra, moment| {
            let (detail, why) = ("stop".to_owned(), "as User".to_owned());
            entra.job_mut().record_denied(Activity::Stop, detail, why, moment);
        });
        let told: Vec<_> = talk.entra.job().audit().rows().cloned().collect();
        assert_eq!(told.len(), rows);
        let stop = told.first().map(|row| (row.activity, row.refused.clone()));
        assert!(stop.is_none_or(|it| it == (Activity::Stop, Some("as User".to_owned()))));
    }
}

#[test]
fn what_changes_no_configuration_is_recorded_where_a_policy_says_so() {
    for (audited, rows) in [(true, 4), (false, 0)] {
        let mut talk = Talk::provisioned(&["ann"]).policy("audit_tries", Kind::Bool(audited));
        let before = talk.audit().len();
        let ann = talk.user("ann").into();
        talk.act(|entra, moment| entra.job_mut().test_connection(moment));
        talk.act(|entra, moment| entra.provision_on_demand(AppId::MAIN, ann, moment))
            .expect("it may");
        talk.act(|entra, moment| entra.job_mut().discover_identities(moment)).expect("it may");
        let why = "as User".to_owned();
        talk.act(|entra, moment| {
            let (what, detail) = (Activity::TestConnection, String::new());
            entra.job_mut().record_denied(what, detail, why, moment);
        });
        let told = talk.audit().split_off(before);
        assert_eq!(told.len(), rows, "{told:?}");
        let begun = ["Test connection: begun", "Provision on demand: ann: begun"];
        assert!(!audited || told.starts_with(&begun.map(str::to_owned)), "{told:?}");
    }
}

#[test]
fn a_row_names_the_properties_that_changed_and_shows_no_secret() {
    let mut talk = Talk::provisioned(&["ann"]);
    talk.save(&["scope"], &Node::text("all"));
    talk.save(&["secret"], &Node::text("far-too-secret"));
    talk.act(|entra, moment| entra.job_mut().set_secret("another-secret", moment))
        .expect("it is short");
    talk.save(&["delete_threshold"], &Node::bare(Kind::Integer(7)));
    talk.save(&["mode"], &Node::text("manual"));
    talk.save(&["oauth", "scope"], &Node::text("provisioning"));
    talk.filter("Sales");
    talk.act(|entra, moment| entra.job_mut().restore_default_mappings(moment));
    talk.act(|entra, moment| entra.job_mut().stop(moment));
    talk.act(|entra, moment| entra.job_mut().restart(ResetScope::PORTAL, moment));
    talk.act(|entra, moment| entra.job_mut().delete(Removal::Job, moment));
    let names = LogNames::of(talk.entra.seen_by(AppId::MAIN), Seed(7));
    let rows = talk.entra.job().audit().rows().map(|row| row.to_graph(&names));
    let changed = |row: serde_json::Value| {
        let properties = row["targetResources"][0]["modifiedProperties"].clone();
        let text = |it: &serde_json::Value, key: &str| it[key].as_str().unwrap_or("-").to_owned();
        let properties = properties.as_array().expect("a list").iter().map(|it| {
            let [name, old, new] = ["displayName", "oldValue", "newValue"].map(|key| text(it, key));
            format!("{name} {old} {new}")
        });
        properties.collect::<Vec<_>>().join("; ")
    };
    let told: Vec<String> = rows.map(changed).collect();
    assert!(!told.concat().contains("secret\""), "{told:?}");
    let threshold = |on, value| {
        serde_json::Value::from(format!(
            "{{\"Enabled\":true,\"Recipients\":\"it@contoso.example\",\"DeleteThresholdEnabled\":{on},\"DeleteThresholdValue\":{value}}}"
        ))
    };
    let threshold =
        format!("SyncNotificationSettings {} {}", threshold(false, 500), threshold(true, 7));
    let expected = [
        "schedule.state \"Disabled\" \"Active\"",
        "SyncAll \"false\" \"true\"",
        "SecretToken \"*\" \"*\"",
        "SecretToken \"*\" \"*\"",
        &threshold,
        "mode \"Automatic\" \"Manual\"",
        "oauth - -",
        "filters - -",
        "filters - -",
        "schedule.state \"Active\" \"Paused\"",
        "schedule.state \"Paused\" \"Active\"",
        "schedule.state \"Active\" \"Disabled\"",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_secret_that_is_refused_is_recorded_as_a_failure() {
    let mut talk = Talk::with(&["ann"]).policy("secret_limit", Kind::Integer(10));
    let refused =
        talk.act(|entra, moment| entra.job_mut().set_secret("far too long a token", moment));
    assert_eq!(refused, Err(SetupRefusal::SecretTooLong(20)));
    let row = talk.entra.job().audit().rows().next().expect("a row").clone();
    assert_eq!(row.refused, refused.err().map(|it| it.to_string()));
}

#[test]
fn a_mail_says_why_what_to_do_and_when_it_is_tried_again() {
    let mut talk = Talk::provisioned(&["ann"]);
    for _ in 0..2 {
        let (id, _) = talk.next();
        talk.reply(id, 401, "");
    }
    let outbox = talk.entra.job().outbox();
    assert_eq!(outbox.count(), 1, "one for a quarantine, none for a further attempt");
    let mail = outbox.mails().next().expect("a mail");
    assert_eq!(mail.to, "it@contoso.example");
    assert_eq!(mail.subject("GoLinks"), "Provisioning to GoLinks is in quarantine");
    let text = mail.lines("GoLinks").join("\n");
    for part in [
        "(EncounteredQuarantineException, SystemForCrossDomainIdentityManagementCredentialValidationFailure)",
        "401",
        "Save a secret token that the application accepts",
        "the next attempt is at 2026-03-02T14:40:00Z",
        "disabled at 2026-03-30T08:40:00Z",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
}

#[test]
fn another_reason_is_told_by_journal_audit_log_and_mail() {
    let mut talk = Talk::provisioned(&["ann", "bob"]);
    talk.save(&["delete_threshold"], &Node::bare(Kind::Integer(1)));
    let (id, _) = talk.next();
    talk.reply(id, 401, "");
    let began = talk.now;
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().disable(ann, moment)).expect("ann is there");
    talk.probe();
    talk.read("1", "ann", true);
    let quarantine = talk.entra.job().quarantine().expect("it stays").clone();
    assert_eq!((quarantine.series_began, quarantine.cause_began), (began, talk.now));
    let told = talk.events.iter().map(|event| {
        let mut out = String::new();
        event.write(&mut out);
        out
    });
    let told: Vec<String> = told.filter(|line| line.starts_with("QUARANTINE")).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(
        told[1],
        "QUARANTINE TooManyDeletes: 1 user staged to be disabled or deleted, and the threshold is 1; before that \
         EncounteredQuarantineException"
    );
    assert!(talk.audit().ends_with(&["Quarantine: TooManyDeletes".to_owned()]));
    let mail = talk.entra.job().outbox().mails().next_back().expect("a mail").clone();
    let text = mail.lines("GoLinks");
    assert_eq!(
        text[..2],
        [
            "The provisioning job of GoLinks stays in quarantine, for another reason than before \
             (TooManyDeletes).",
            "What was seen: 1 user staged to be disabled or deleted, and the threshold is 1.",
        ]
    );
    assert!(text[2].starts_with("What to do: Look at the staged rows"), "{text:?}");
}

#[test]
fn a_mail_about_the_token_endpoint_names_the_client_secret() {
    let cases = [(401, "Save a client secret"), (503, "Check that the token endpoint")];
    for (status, words) in cases {
        let error = SyncError {
            status: StatusCode::from_u16(status).ok(),
            at_token_endpoint: true,
            ..SyncError::new(
                match status {
                    401 => ErrorCode::CredentialValidationFailure,
                    _ => ErrorCode::CredentialValidationUnavailable,
                },
                "no token",
            )
        };
        let cause = QuarantineCause::of(error);
        assert!(cause.recommended_action().starts_with(words), "{}", cause.recommended_action());
    }
}

#[test]
fn a_secret_by_its_key_is_the_setting_that_it_stands_for() {
    let mut talk = Talk::provisioned(&["ann"]);
    let before = talk.audit().len();
    let keys = [("SyncAll", "true"), ("SecretToken", "fresh"), ("SkipOutOfScopeDeletions", "True")];
    talk.save(&["secrets"], &Node::table(keys.map(|(key, text)| (key, Node::text(text)))));
    let told = talk.audit().split_off(before);
    let expected = [
        "Update attribute mappings or scope: scope",
        "Update provisioning setting or credentials: secret token",
        "Update provisioning setting or credentials: SkipOutOfScopeDeletions",
    ];
    assert_eq!(told, expected, "no secret is shown");
    let settings = talk.entra.job().settings();
    assert_eq!(settings.secret.as_deref(), Some("fresh"));
    assert!(settings.policy.skip_out_of_scope_deletions);
    let header = talk.next_call().request.headers().get("authorization").cloned();
    assert_eq!(header.expect("a header"), "Bearer fresh");
}

#[test]
fn each_activity_has_the_name_that_fidelity_grades() {
    let names = [
        (Activity::UpdateSettings, "Update provisioning setting or credentials"),
        (Activity::Start, "Enable/start provisioning configuration"),
        (Activity::Stop, "Disable/pause provisioning configuration"),
        (Activity::Restart, "Enable/restart provisioning configuration"),
        (Activity::UpdateMappings, "Update attribute mappings or scope"),
        (Activity::Delete, "Delete provisioning configuration"),
        (Activity::DeleteConnection, "Delete object connection"),
        (Activity::Quarantine, "Quarantine"),
        (Activity::TestConnection, "Test connection"),
        (Activity::ProvisionOnDemand, "Provision on demand"),
        (Activity::DiscoverIdentities, "Discover identities"),
        (Activity::Assign, "Add app role assignment grant to user"),
        (Activity::Unassign, "Remove app role assignment from user"),
        (Activity::AssignGroup, "Add app role assignment to group"),
        (Activity::UnassignGroup, "Remove app role assignment from group"),
    ];
    assert_eq!(names.map(|(activity, _)| activity), Activity::ALL);
    for (activity, name) in names {
        assert_eq!(activity.word(), name);
    }
}
