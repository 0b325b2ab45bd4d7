//! A row as Graph shows it, beside the vendor's sample: the same keys, and the vendor's words.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::entra::job::summary::LogNames;
use crate::entra::tenant::AppId;

/// The keys of the vendor's record of a create [g:objsummary] [field: captured record 2026].
const KEYS: &[&str] = &[
    "activityDateTime",
    "changeId",
    "cycleId",
    "durationInMilliseconds",
    "id",
    "initiatedBy.displayName",
    "initiatedBy.id",
    "initiatedBy.initiatorType",
    "jobId",
    "modifiedProperties.displayName",
    "modifiedProperties.newValue",
    "modifiedProperties.oldValue",
    "provisioningAction",
    "provisioningStatusInfo.errorInformation",
    "provisioningStatusInfo.status",
    "provisioningSteps.description",
    "provisioningSteps.details",
    "provisioningSteps.name",
    "provisioningSteps.provisioningStepType",
    "provisioningSteps.status",
    "servicePrincipal.displayName",
    "servicePrincipal.id",
    "sourceIdentity.details",
    "sourceIdentity.displayName",
    "sourceIdentity.id",
    "sourceIdentity.identityType",
    "sourceSystem.details",
    "sourceSystem.displayName",
    "sourceSystem.id",
    "targetIdentity.details",
    "targetIdentity.displayName",
    "targetIdentity.id",
    "targetIdentity.identityType",
    "targetSystem.details",
    "targetSystem.displayName",
    "targetSystem.id",
    "tenantId",
];

/// The keys below the row, to the depth at which the vendor's are fixed.
fn keys(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) if !path.ends_with("details") => {
            for (key, value) in object {
                let dot = if path.is_empty() { "" } else { "." };
                keys(value, &format!("{path}{dot}{key}"), found);
            }
        }
        Value::Array(list) => list.iter().for_each(|element| keys(element, path, found)),
        _ => {
            found.insert(path.to_owned());
        }
    }
}

impl Talk {
    fn summary(&self, handle: &str) -> Value {
        let row = self.entra.job().log().last_of(self.user(handle)).expect("a row in the log");
        let entra = self.entra.seen_by(AppId::MAIN);
        row.summary(&LogNames::of(entra, Seed(7)), entra.next_after(row))
    }
}

#[test]
fn a_created_account_is_a_record_with_the_vendors_keys() {
    let talk = Talk::provisioned(&["ann"]);
    let row = talk.summary("ann");
    let mut found = BTreeSet::new();
    keys(&row, "", &mut found);
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), KEYS);
    assert_eq!(row["provisioningAction"], "create");
    assert_eq!(row["activityDateTime"], "2026-03-02T08:00:00Z");
    assert_eq!(
        row["provisioningStatusInfo"],
        json!({"status": "success", "errorInformation": null})
    );
    assert_eq!(row["targetIdentity"]["id"], "1");
    let tenant = row["tenantId"].as_str().expect("a text").replace('-', "");
    let job = row["jobId"].as_str().expect("a text");
    assert!(job.starts_with(&format!("goLinks.{tenant}.")), "{job}");
    let scoping = json!({
        "Active in the source system": "True",
        "Assigned to the application": "True",
        "User has the required role": "True",
        "Scoping filter evaluation passed": "True",
        "ScopeEvaluationResult": "{}",
    });
    assert_eq!(row["provisioningSteps"][1]["details"], scoping);
    let import = &row["provisioningSteps"][0]["details"];
    assert_eq!(import["IsSoftDeleted"], "False");
    assert_eq!(import["appRoleAssignments"], "User");
    let active = json!({"displayName": "active", "oldValue": null, "newValue": "True"});
    assert!(row["modifiedProperties"].as_array().is_some_and(|all| all.contains(&active)));
}

#[test]
fn a_failure_has_a_category_and_a_recommended_action() {
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.expect("GET", 200, &list(2, ""));
    let row = talk.summary("ann");
    let error = &row["provisioningStatusInfo"]["errorInformation"];
    assert_eq!(error["errorCode"], "DuplicateTargetEntries");
    assert_eq!(error["errorCategory"], "nonServiceFailure");
    // Whether there are two of them, or the filter was not obeyed, the engine does not know.
    let remedy = error["recommendedAction"].as_str().unwrap_or_default();
    assert!(remedy.contains("If several accounts") && remedy.contains("filter"), "{remedy}");
    assert_eq!(row["provisioningSteps"][2]["details"]["MatchesFound"], "2");
}

#[test]
fn rows_of_one_cycle_share_its_id_and_have_their_own() {
    let mut talk = Talk::provisioned(&["ann", "bob"]);
    let (ann, bob) = (talk.summary("ann"), talk.summary("bob"));
    assert_eq!(ann["cycleId"], bob["cycleId"]);
    assert_ne!(ann["changeId"], bob["changeId"]);
    assert_ne!(ann["id"], ann["changeId"]);
    talk.update("ann", Attribute::Surname, "Berg");
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect("PATCH", 204, "");
    assert_ne!(talk.summary("ann")["cycleId"], bob["cycleId"]);
}
