//! The schemas of what is answered in Graph's shapes. The values are built by hand where the job
//! and its log are written (`to_graph`, `summary`), so their schemas are too; `.ci/api` has others
//! judge whether they hold.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::entra::job::Correlation;

/// Any object.
pub fn any_object(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object" })
}

/// Graph's `synchronizationJob`.
pub fn job(_: &mut SchemaGenerator) -> Schema {
    object(json!({
        "id": text(),
        "templateId": text(),
        "schedule": nested(json!({
            "expiration": nullable("string"),
            "interval": text(),
            "state": words(&["Active", "Paused", "Disabled"]),
        })),
        "status": nested(json!({
            "code": text(),
            "countSuccessiveCompleteFailures": number(),
            "escrowsPruned": { "type": "boolean" },
            "lastExecution": or_null(execution()),
            "lastSuccessfulExecution": or_null(execution()),
            "lastSuccessfulExecutionWithExports": or_null(execution()),
            "progress": list(nested(json!({
                "completedUnits": number(),
                "progressObservationDateTime": nullable("string"),
                "totalUnits": number(),
                "units": text(),
            }))),
            "quarantine": or_null(nested(json!({
                "currentBegan": nullable("string"),
                "error": sync_error(),
                "nextAttempt": nullable("string"),
                "reason": text(),
                "seriesBegan": nullable("string"),
                "seriesCount": number(),
            }))),
            "steadyStateFirstAchievedTime": nullable("string"),
            "steadyStateLastAchievedTime": nullable("string"),
            "synchronizedEntryCountByType":
                list(nested(json!({ "key": text(), "value": number() }))),
            "troubleshootingUrl": text(),
        })),
        "synchronizationJobSettings": list(nested(json!({ "name": text(), "value": text() }))),
    }))
}

/// A list of Graph's `provisioningObjectSummary`.
pub fn log(_: &mut SchemaGenerator) -> Schema {
    rows(json!({
        "id": text(),
        "activityDateTime": text(),
        "tenantId": text(),
        "jobId": text(),
        "cycleId": text(),
        "changeId": text(),
        "provisioningAction": text(),
        "durationInMilliseconds": number(),
        "servicePrincipal": named(),
        "sourceSystem": named(),
        "targetSystem": named(),
        "initiatedBy": named(),
        "sourceIdentity": named(),
        "targetIdentity": named(),
        "provisioningStatusInfo": nested(json!({
            "status": words(&super::readings::statuses()),
            "errorInformation": { "type": ["object", "null"] },
        })),
        "provisioningSteps": list(nested(json!({ "name": text(), "status": text() }))),
        "modifiedProperties": list(nested(json!({
            "displayName": text(),
            "oldValue": nullable("string"),
            "newValue": nullable("string"),
        }))),
    }))
}

/// A list of Graph's `directoryAudit`.
pub fn audit(_: &mut SchemaGenerator) -> Schema {
    rows(json!({
        "id": text(),
        "category": text(),
        "correlationId": text(),
        "result": words(&["success", "failure"]),
        "resultReason": text(),
        "activityDisplayName": text(),
        "activityDateTime": text(),
        "loggedByService": text(),
        "operationType": text(),
        "initiatedBy": nested(json!({
            "user": { "type": ["object", "null"] },
            "app": { "type": ["object", "null"] },
        })),
        "targetResources": list(named()),
        "additionalDetails": list(nested(json!({ "key": text(), "value": text() }))),
    }))
}

/// Graph's `identityCorrelation`, with its identities.
pub fn discovery(_: &mut SchemaGenerator) -> Schema {
    let side = || {
        or_null(nested(json!({
            "anchor": nested(json!({ "name": text(), "value": text() })),
            "matchingProperty": nested(json!({ "name": text(), "value": text() })),
            "identityType": text(),
            "details": { "type": "object" },
        })))
    };
    rows(json!({
        "id": text(),
        "startDateTime": text(),
        "endDateTime": text(),
        "error": or_null(nested(json!({ "code": text(), "message": text() }))),
        "identities": list(nested(json!({
            "id": text(),
            "correlatedDateTime": text(),
            "sourceIdentity": side(),
            "targetIdentity": side(),
            "status": words(&Correlation::WORDS),
            "error": or_null(nested(json!({ "errorCode": text(), "errorMessage": text() }))),
        }))),
    }))
}

/// The mails.
pub fn mails(_: &mut SchemaGenerator) -> Schema {
    rows(json!({
        "from": text(),
        "to": text(),
        "sentDateTime": text(),
        "subject": text(),
        "reason": nullable("string"),
        "body": text(),
    }))
}

/// Graph's `synchronizationTaskExecution`.
fn execution() -> Value {
    nested(json!({
        "activityIdentifier": text(),
        "countEntitled": number(),
        "countEntitledForProvisioning": number(),
        "countEscrowed": number(),
        "countEscrowedRaw": number(),
        "countExported": number(),
        "countExports": number(),
        "countImported": number(),
        "countImportedDeltas": number(),
        "countImportedReferenceDeltas": number(),
        "state": text(),
        "error": or_null(sync_error()),
        "timeBegan": text(),
        "timeEnded": text(),
    }))
}

/// Graph's `synchronizationError`.
fn sync_error() -> Value {
    nested(json!({
        "code": text(),
        "message": text(),
        "tenantActionable": { "type": "boolean" },
    }))
}

/// Something with an id and a name.
fn named() -> Value {
    nested(json!({ "id": text(), "displayName": text() }))
}

/// Graph's lists: the rows are the `value`.
fn rows(properties: Value) -> Schema {
    object(json!({ "value": list(nested(properties)) }))
}

fn object(properties: Value) -> Schema {
    Schema::try_from(nested(properties)).unwrap_or_default()
}

/// An object in which each of these properties is there; others may be too.
fn nested(properties: Value) -> Value {
    let names: Vec<&String> = properties.as_object().into_iter().flat_map(|it| it.keys()).collect();
    json!({ "type": "object", "required": names, "properties": properties })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn or_null(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn number() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

fn nullable(kind: &str) -> Value {
    json!({ "type": [kind, "null"] })
}

fn words(all: &[&str]) -> Value {
    json!({ "type": "string", "enum": all })
}
