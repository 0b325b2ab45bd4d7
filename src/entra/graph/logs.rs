//! `/auditLogs`: the provisioning log and the audit log.

use serde_json::{Value, json};

use super::directory_audit;
use super::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use super::error::GraphError;
use super::list::picked;
use super::log_fields::{AUDITS, PROVISIONING};
use super::property::{Property, Resource, ShownObject};
use super::registered::names;
use super::reply::GraphReply;
use crate::base::Time;
use crate::entra::EntraView;
use crate::entra::job::log::LogEntry;
use crate::entra::job::summary::LogNames;
use crate::entra::tenant::AppId;

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] = &[
    row("GET", "/auditLogs/provisioning", provisioning, ""),
    row("GET", "/auditLogs/provisioning/{}", provisioning_row, ""),
    row("GET", "/auditLogs/directoryAudits", audits, AUDITS_LACK),
    row("GET", "/auditLogs/directoryAudits/{}", audit, AUDITS_LACK),
];

const AUDITS_LACK: &str = "as far back as the journal reaches; the steps of the provisioning service are in the provisioning log alone";

const fn row(
    method: &'static str,
    path: &'static str,
    handle: fn(&mut Call<'_>) -> GraphOutcome,
    lacks: &'static str,
) -> GraphEndpoint {
    GraphEndpoint { method, path, area: Area::Logs, lacks, handle }
}

/// The rows of all jobs that can still be read, newest first.
fn rows<'c>(call: &'c Call<'_>) -> Vec<(AppId, &'c LogEntry)> {
    let (entra, now) = (call.entra(), call.now());
    let of = |app: AppId| {
        let job = entra.job_of(app);
        let oldest = now.before(job.settings().policy.log_retention);
        let kept = job.log().rows().filter(move |row| row.at >= oldest);
        kept.map(move |row| (app, &**row))
    };
    let mut all: Vec<(AppId, &LogEntry)> = entra.apps().flat_map(of).collect();
    if entra.apps().count() > 1 {
        all.sort_by_key(|(_, row)| row.at);
    }
    all.reverse();
    all
}

/// A row as Graph shows it; `/beta` has the older names beside the newer.
fn show(row: &LogEntry, entra: EntraView<'_>, names: &LogNames, beta: bool) -> Value {
    let mut shown = row.summary(names, entra.next_after(row));
    if let (true, Value::Object(members)) = (beta, &mut shown) {
        let action = members["provisioningAction"].as_str().unwrap_or_default();
        let mut letters = action.chars();
        let capital: String = letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect())
            .unwrap_or_default();
        let info = members["provisioningStatusInfo"].clone();
        members.insert("action".to_owned(), capital.into());
        members.insert("statusInfo".to_owned(), info);
    }
    shown
}

/// A row of the log for filters: what older and newer names call the same is found under both.
struct LogRow(Value);

impl Resource for LogRow {
    fn property(&self, name: &str) -> Option<Property<'_>> {
        match name.to_ascii_lowercase().as_str() {
            "statusinfo" => self.0.property("provisioningStatusInfo"),
            // The older name of its name.
            "serviceprincipal" => {
                let mut shown = self.0["servicePrincipal"].clone();
                shown["name"] = shown["displayName"].clone();
                Some(Property::json(shown))
            }
            "action" => self.0.property("provisioningAction"),
            _ => self.0.property(name),
        }
    }
}

fn provisioning(call: &mut Call<'_>) -> GraphOutcome {
    let all = rows(call);
    let beta = call.request.beta;
    let seed = call.backend.seed();
    let of: Vec<LogNames> = call.entra().apps().map(|app| names(call.entra(), seed, app)).collect();
    // Most queries ask for the last rows: rows before a lower bound in time need no look.
    let since = lower_bound(call);
    let seen = |app: &AppId| call.entra().seen_by(*app);
    let from = |start: u64| {
        let listed = (1..).zip(all.iter()).skip(start as usize);
        let listed = listed.take_while(move |(_, (_, row))| since.is_none_or(|at| row.at >= at));
        listed.map(|(after, (app, row))| {
            (after, LogRow(show(row, seen(app), &of[app.index()], beta)))
        })
    };
    let select = &call.request.options.select;
    PROVISIONING.page(call.request, from, |row: &LogRow| picked(&row.0, select))
}

/// The instant before which no row can meet the filter, when it says one in the first place.
fn lower_bound(call: &Call<'_>) -> Option<Time> {
    use super::filter::{Filter, Literal, Operand, Operator};
    let bound = |filter: &Filter| match filter {
        Filter::Compare(
            Operand::Path(path),
            Operator::Ge | Operator::Gt,
            Operand::Literal(Literal::Text(text)),
        ) if path.eq_ignore_ascii_case("activityDateTime") => match text.len() {
            10 => Time::parse(&format!("{text}T00:00:00Z")),
            _ => Time::parse(text),
        },
        _ => None,
    };
    let filter = call.request.options.filter.as_ref()?;
    match filter {
        Filter::And(parts) => parts.iter().find_map(bound),
        other => bound(other),
    }
}

fn provisioning_row(call: &mut Call<'_>) -> GraphOutcome {
    let id = call.segment(2);
    let (entra, seed) = (call.entra(), call.backend.seed());
    let found = rows(call).into_iter().find_map(|(app, row)| {
        let names = names(entra, seed, app);
        names
            .row(row)
            .eq_ignore_ascii_case(id)
            .then(|| show(row, entra.seen_by(app), &names, call.request.beta))
    });
    one(call, found, "auditLogs/provisioning/$entity")
}

/// One row of a log.
pub(super) fn one(call: &Call<'_>, found: Option<Value>, context: &str) -> GraphOutcome {
    let found = found.ok_or_else(|| GraphError::not_found(call.segment(2)))?;
    let context = Property::owned(call.request.context(context));
    Ok(GraphReply::ok(&ShownObject::members(&found).first("@odata.context", context)))
}

/// The rows of the audit logs of all jobs, newest first.
fn audit_rows(call: &Call<'_>) -> Vec<Value> {
    let (entra, seed) = (call.entra(), call.backend.seed());
    let mut all = Vec::new();
    for app in entra.apps() {
        let names = names(entra, seed, app);
        all.extend(entra.job_of(app).audit().rows().map(|row| (row.at, row.to_graph(&names))));
    }
    let facts = call.backend.directory_facts();
    let changes = facts
        .iter()
        .filter_map(|fact| Some((fact.at, directory_audit::audit(fact, call.backend)?)));
    all.extend(changes);
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().rev().map(|(_, row)| row).collect()
}

fn audits(call: &mut Call<'_>) -> GraphOutcome {
    let all = audit_rows(call);
    AUDITS.values(call.request, &all)
}

fn audit(call: &mut Call<'_>) -> GraphOutcome {
    let id = call.segment(2);
    let found = audit_rows(call).into_iter().find(|row| row["id"] == json!(id));
    one(call, found, "auditLogs/directoryAudits/$entity")
}
