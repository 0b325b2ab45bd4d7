//! `provisionOnDemand`: one user, or one group with a few of its members, at once.

use serde_json::{Map, Value, json};

use super::job;
use super::jobs::needs_credentials;
use crate::base::{Kind, Node};
use crate::entra::graph::backend::Backend;
use crate::entra::graph::endpoint::{Call, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::property::{Property, ShownObject};
use crate::entra::graph::reply::GraphReply;
use crate::entra::graph::shape::{PropertyShapes, Shape, check};
use crate::entra::graph::waiting::Waiting;
use crate::entra::graph::{groups, registered, users};
use crate::entra::job::log::LogEntry;
use crate::entra::job::step_details::SOURCE_SYSTEM;
use crate::entra::job::summary::LogNames;
use crate::entra::job::{NextTry, OnDemandId, OnDemandRun};
use crate::entra::mapping::RULE_ID;
use crate::entra::tenant::AppId;

/// The key of the answer, which is the same for all (published samples).
const KEY: &str = "Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo";

/// How many members of a group a run takes at most is the engine's; more subjects are none of it.
const SUBJECTS: usize = 1;

/// `POST …/jobs/{id}/provisionOnDemand`.
pub fn provision(call: &mut Call<'_>) -> GraphOutcome {
    let app = job(call)?;
    needs_credentials(call, app)?;
    let body = call.request.object()?;
    let argument = picked(call, &body)?;
    let before = call.entra().job_of(app).on_demand().under_way().count();
    call.act_on(app, "provision_on_demand", argument)?;
    let context = call.request.context("microsoft.graph.stringKeyStringValuePair");
    let runs = call.entra().job_of(app).on_demand();
    let run = match runs.under_way().nth(before).or(runs.under_way().last()) {
        Some(run) => run.id,
        None => runs.ended().next_back().map(|run| run.id).unwrap_or(OnDemandId(0)),
    };
    Ok(GraphReply::later(Waiting::OnDemand { app, run, context }))
}

const LINKED: PropertyShapes = &[("objectId", Shape::Text), ("objectTypeName", Shape::Text)];

const PARAMETER: PropertyShapes = &[
    ("ruleId", Shape::Text),
    (
        "subjects",
        Shape::Objects(&[
            (
                "links",
                Shape::Object(&[
                    ("manager", Shape::Objects(LINKED)),
                    ("members", Shape::Objects(LINKED)),
                    ("owners", Shape::Objects(LINKED)),
                ]),
            ),
            ("objectId", Shape::Text),
            ("objectTypeName", Shape::Text),
        ]),
    ),
];

/// What the body picks, as `provision_on_demand` takes it.
fn picked(call: &Call<'_>, body: &Map<String, Value>) -> Result<Node, GraphError> {
    check(body, &[("parameters", Shape::Objects(PARAMETER))])?;
    let parameters = body.get("parameters").and_then(Value::as_array);
    let first = parameters.filter(|all| all.len() == 1).and_then(|all| all.first());
    let first = first.ok_or_else(|| GraphError::invalid_value("parameters"))?;
    if first
        .get("ruleId")
        .and_then(Value::as_str)
        .is_none_or(|id| !id.eq_ignore_ascii_case(RULE_ID))
    {
        return Err(GraphError::invalid_value("ruleId"));
    }
    let subjects = first.get("subjects").and_then(Value::as_array);
    let subjects = subjects.filter(|subjects| subjects.len() == SUBJECTS);
    let Some([subject]) = subjects.map(Vec::as_slice) else {
        return Err(GraphError::invalid_value("subjects"));
    };
    let id = subject.get("objectId").and_then(Value::as_str).unwrap_or_default();
    let tenant = call.tenant();
    match subject.get("objectTypeName").and_then(Value::as_str) {
        Some("User") => {
            let user = users::find(tenant, id)?;
            Ok(Node::text(&**tenant.user(user).handle()))
        }
        Some("Group") => {
            let group = groups::find(tenant, id)?;
            let links = subject.get("links").and_then(|links| links.get("members"));
            let members = links.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let name = |member: &Value| {
                let id = member.get("objectId").and_then(Value::as_str).unwrap_or_default();
                users::find(tenant, id).map(|user| Node::text(&**tenant.user(user).handle()))
            };
            let names = members.iter().map(name).collect::<Result<Vec<_>, _>>()?;
            Ok(Node::table([
                ("group", Node::text(&**tenant.group(group).handle())),
                ("users", Node::bare(Kind::List(names))),
            ]))
        }
        _ => Err(GraphError::invalid_value("objectTypeName")),
    }
}

/// The answer once the run has ended.
pub fn outcome(
    backend: &mut dyn Backend,
    app: AppId,
    run: OnDemandId,
    context: &str,
) -> GraphOutcome {
    let (entra, seed) = (backend.entra(), backend.seed());
    let names = registered::names(entra, seed, app);
    let mut ended = entra.job_of(app).on_demand().ended().rev();
    let found = ended.find(|one| one.id == run);
    let Some(run) = found else { return Err(GraphError::not_found("provisionOnDemand")) };
    let shown = match run.row() {
        Some(row) => vec![of_row(row, entra.seen_by(app).next_after(row), &names)],
        None => vec![stopped(run, &names)],
    };
    let value = Value::Array(shown).to_string();
    let pair = ShownObject::default()
        .and("@odata.context", Property::owned(context))
        .and("key", Property::owned(KEY))
        .and("value", Property::owned(value));
    Ok(GraphReply::ok(&pair))
}

/// A run as the answer shows it: the row of the log with other words for the same.
fn of_row(row: &LogEntry, next: Option<NextTry>, names: &LogNames) -> Value {
    let summary = row.summary(names, next);
    let info = &summary["provisioningStatusInfo"];
    let error = &info["errorInformation"];
    let steps = summary["provisioningSteps"].as_array().map(Vec::as_slice).unwrap_or_default();
    let object = format!("{} '{}'", row.kind_word(), row.reportable());
    let step = |step: &Value| {
        // On demand the object is fetched, where a cycle is told of its change (published samples).
        let fetched = ["EntryImportAdd", "EntryImportUpdate"].iter().any(|it| step["name"] == *it);
        let (name, description) = match fetched {
            true => {
                ("EntryImport".into(), format!("Retrieved {object} from {SOURCE_SYSTEM}").into())
            }
            false => (step["name"].clone(), step["description"].clone()),
        };
        json!({
            "name": name, "type": capital(&step["provisioningStepType"]),
            "status": capital(&step["status"]), "description": description,
            "timestamp": summary["activityDateTime"], "details": step["details"],
        })
    };
    // Nothing was done to an object that was skipped (assumed).
    let action = match info["status"] == "skipped" {
        true => "Other".into(),
        false => capital(&summary["provisioningAction"]),
    };
    let identity = |key: &str| {
        let of = &summary[key];
        json!({
            "id": of["id"], "type": of["identityType"], "displayName": of["displayName"],
            "details": of["details"],
        })
    };
    let system = |key: &str| {
        let of = &summary[key];
        json!({ "id": of["id"], "name": of["displayName"], "details": of["details"] })
    };
    json!({
        "action": action,
        "changeId": summary["changeId"],
        "startTime": row.began.rfc3339(),
        "endTime": row.at.rfc3339(),
        "reportableIdentifier": row.identity.sign_in_name(),
        "statusInfo": {
            "status": capital(&info["status"]), "errorCode": error["errorCode"],
            "reason": error["reason"], "additionalDetails": error["additionalDetails"],
            "errorCategory": error["errorCategory"], "recommendedAction": error["recommendedAction"],
        },
        "sourceIdentity": identity("sourceIdentity"),
        "targetIdentity": identity("targetIdentity"),
        "sourceSystem": system("sourceSystem"),
        "targetSystem": system("targetSystem"),
        "modifiedProperties": summary["modifiedProperties"],
        "provisioningSteps": steps.iter().map(step).collect::<Value>(),
    })
}

/// A run that was stopped before the object was looked at.
fn stopped(run: &OnDemandRun, names: &LogNames) -> Value {
    let why = run.stopped.as_ref().map(|why| why.text()).unwrap_or_default();
    json!({
        "action": "Other",
        "changeId": null,
        "startTime": run.began.rfc3339(),
        "endTime": run.ended.rfc3339(),
        "reportableIdentifier": &*run.handle,
        "statusInfo": {
            "status": run.result().word(), "errorCode": null, "reason": why,
            "additionalDetails": null, "errorCategory": null, "recommendedAction": null,
        },
        "sourceIdentity": null,
        "targetIdentity": null,
        "sourceSystem": null,
        "targetSystem": { "id": null, "name": names.system, "details": {} },
        "modifiedProperties": [],
        "provisioningSteps": [],
    })
}

/// A word with a capital letter, as this answer has it.
fn capital(word: &Value) -> Value {
    let word = word.as_str().unwrap_or_default();
    let mut letters = word.chars();
    letters
        .next()
        .map_or(Value::Null, |first| Value::String(first.to_uppercase().chain(letters).collect()))
}
