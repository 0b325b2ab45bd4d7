//! The job's status as Graph shows it, over the life of a job.

use serde_json::{Value, json};

use super::*;
use crate::entra::job::summary::LogNames;
use crate::entra::tenant::AppId;

impl Talk {
    fn graph(&self) -> Value {
        self.entra.job().to_graph(&LogNames::of(self.entra.seen_by(AppId::MAIN), Seed(7)), self.now)
    }
}

/// The keys of a JSON object, in their order.
fn keys(value: &Value) -> Vec<&str> {
    value.as_object().map(|object| object.keys().map(String::as_str).collect()).unwrap_or_default()
}

/// Graph's keys of a status and of an execution [g:status, g:exec].
const STATUS: [&str; 12] = [
    "code",
    "countSuccessiveCompleteFailures",
    "escrowsPruned",
    "lastExecution",
    "lastSuccessfulExecution",
    "lastSuccessfulExecutionWithExports",
    "progress",
    "quarantine",
    "steadyStateFirstAchievedTime",
    "steadyStateLastAchievedTime",
    "synchronizedEntryCountByType",
    "troubleshootingUrl",
];
const EXECUTION: [&str; 14] = [
    "activityIdentifier",
    "countEntitled",
    "countEntitledForProvisioning",
    "countEscrowed",
    "countEscrowedRaw",
    "countExported",
    "countExports",
    "countImported",
    "countImportedDeltas",
    "countImportedReferenceDeltas",
    "error",
    "state",
    "timeBegan",
    "timeEnded",
];

#[test]
fn a_new_job_has_no_interval_and_has_never_been_steady() {
    let talk = Talk::with(&["ann"]);
    let job = talk.graph();
    let schedule = json!({
        "expiration": null, "interval": "P10675199DT2H48M5.4775807S", "state": "Disabled",
    });
    assert_eq!(job["schedule"], schedule);
    let mut found = keys(&job["status"]);
    found.sort_unstable();
    assert_eq!(found, STATUS);
    assert_eq!(job["status"]["steadyStateFirstAchievedTime"], "0001-01-01T00:00:00Z");
    assert_eq!(job["status"]["lastExecution"], Value::Null);
    assert_eq!(job["status"]["synchronizedEntryCountByType"], json!([]));
}

#[test]
fn a_cycle_leaves_its_counts_and_the_job_is_steady() {
    let mut talk = Talk::with(&["ann", "bob", "cec"]).policy("concurrency", Kind::Integer(1));
    let cec = talk.user("cec");
    talk.act(|entra, moment| entra.tenant_mut().disable(cec, moment)).expect("cec may sign in");
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    let progress = talk.graph()["status"]["progress"][0].clone();
    assert_eq!((&progress["units"], &progress["totalUnits"]), (&json!("pages"), &json!(1)));
    talk.create("ann", "1");
    talk.expect("GET", 200, EMPTY);
    talk.expect("POST", 409, "");
    let job = talk.graph();
    assert_eq!(job["schedule"]["interval"], "PT40M");
    let last = &job["status"]["lastExecution"];
    let mut found = keys(last);
    found.sort_unstable();
    assert_eq!(found, EXECUTION);
    let counts = ["Entitled", "EntitledForProvisioning", "Escrowed", "Exported", "Exports"];
    let counts = counts.map(|name| last[format!("count{name}")].as_u64().expect("a count"));
    assert_eq!(counts, [3, 2, 1, 1, 2]);
    assert_eq!(last["state"], "EntryLevelErrors");
    assert_eq!(last["timeBegan"], "2026-03-02T08:00:00.0000000Z");
    assert_eq!(job["status"]["lastSuccessfulExecution"], Value::Null);
    assert_eq!(job["status"]["steadyStateFirstAchievedTime"], last["timeEnded"]);
    assert_eq!(job["status"]["progress"], json!([]));
    talk.probe();
    talk.create("bob", "2");
    let status = &talk.graph()["status"];
    assert_eq!(status["lastSuccessfulExecutionWithExports"], status["lastExecution"]);
    assert_eq!(status["lastExecution"]["countImportedDeltas"], 1);
    talk.probe();
    let status = &talk.graph()["status"];
    assert_eq!(status["lastSuccessfulExecution"], status["lastExecution"]);
    assert_ne!(status["lastSuccessfulExecutionWithExports"], status["lastExecution"]);
    assert_ne!(status["steadyStateFirstAchievedTime"], status["steadyStateLastAchievedTime"]);
}

#[test]
fn complete_failures_are_counted_in_a_row_and_the_quarantine_is_shown() {
    let mut talk = Talk::provisioned(&["ann"]);
    for count in [1, 2] {
        let (id, _) = talk.next();
        talk.reply(id, 401, "");
        let status = &talk.graph()["status"];
        assert_eq!(status["countSuccessiveCompleteFailures"], count);
        assert_eq!(status["quarantine"]["reason"], "EncounteredQuarantineException");
        assert_eq!(status["lastExecution"]["error"], status["quarantine"]["error"]);
        assert_eq!(status["quarantine"]["error"]["tenantActionable"], true);
        assert_eq!(status["quarantine"]["seriesCount"], count);
    }
    talk.probe();
    let status = &talk.graph()["status"];
    assert_eq!(status["countSuccessiveCompleteFailures"], 0);
    assert_eq!(status["quarantine"], Value::Null);
}

#[test]
fn the_count_of_entries_only_grows_until_the_store_is_reset() {
    let mut talk = Talk::provisioned(&["ann", "bob"]);
    let entries = |talk: &Talk| talk.graph()["status"]["synchronizedEntryCountByType"].clone();
    let key = "User to urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    assert_eq!(entries(&talk), json!([{ "key": key, "value": 2 }]));
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().delete(ann, moment)).expect("ann is there");
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect("PATCH", 204, "");
    assert_eq!(entries(&talk)[0]["value"], 2, "a deletion takes nothing away [when-finish]");
    let full = ResetScope::read(&["Full"], &Default::default()).expect("a flag");
    talk.act(|entra, moment| entra.job_mut().restart(full, moment));
    assert_eq!(entries(&talk)[0]["value"], 2, "until the next initial cycle");
    talk.probe();
    talk.expect("GET", 200, &list(1, &account("2", "bob", true)));
    assert_eq!(entries(&talk)[0]["value"], 1);
}

#[test]
fn a_quarantine_by_the_guard_has_its_reason_for_a_code_and_the_threshold_is_a_setting() {
    let mut talk = Talk::provisioned(&["ann"]);
    talk.save(&["delete_threshold"], &Node::bare(Kind::Integer(1)));
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().disable(ann, moment)).expect("ann may sign in");
    talk.probe();
    talk.read("1", "ann", true);
    let job = talk.graph();
    let setting = json!({ "name": "QuarantineTooManyDeletesThreshold", "value": "1" });
    assert_eq!(job["synchronizationJobSettings"][1], setting);
    let quarantine = &job["status"]["quarantine"];
    assert_eq!(quarantine["reason"], "TooManyDeletes");
    assert_eq!(quarantine["error"]["code"], "TooManyDeletes");
    assert_eq!(
        quarantine["error"]["message"],
        "1 user staged to be disabled or deleted, and the threshold is 1"
    );
    assert_eq!(quarantine["seriesCount"], 1);
}
