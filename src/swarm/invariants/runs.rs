//! Which run a request belongs to, and what the service may have read of an object for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::history::{History, Saved, Standing};
use super::records;
use crate::base::Time;
use crate::entra::event::CycleKind;
use crate::entra::job::Subject;
use crate::entra::job::log::{LogEntry, Run};
use crate::entra::scope::Scoping;
use crate::entra::{self, AppId};
use crate::world::record::{Cause, RecordedRequest};
use crate::world::{Action, AppView, Record, RecordedEvent};

/// The cycles, the runs on demand and the rows of one application.
pub(super) struct Runs<'h> {
    app: AppId,
    history: &'h History,
    cycles: Vec<CycleSpan>,
    on_demand: Vec<OnDemandSpan>,
    rows: BTreeMap<Subject, Vec<Arc<LogEntry>>>,
    /// The records of the actions that begin a run on demand or a connection test.
    beside: Vec<u64>,
}

/// A cycle, by the numbers of its first and its last record.
struct CycleSpan {
    first: u64,
    last: u64,
    began: Time,
    initial: bool,
}

/// A run on demand, by the numbers of its first and its last record.
struct OnDemandSpan {
    /// The user or the group.
    handle: Arc<str>,
    first: u64,
    last: u64,
}

impl<'h> Runs<'h> {
    pub(super) fn of(world: AppView<'_>, history: &'h History) -> Runs<'h> {
        let (app, cycles, on_demand) = (world.app(), Vec::new(), Vec::new());
        let (rows, beside) = (BTreeMap::new(), Vec::new());
        let mut runs = Runs { app, history, cycles, on_demand, rows, beside };
        for record in world.journal().records() {
            if let RecordedEvent::Action(action) = record.event
                && is_beside(action)
            {
                runs.beside.push(record.seq);
            }
        }
        for record in records(world) {
            if let RecordedEvent::Entra(event) = record.event {
                runs.read(&record, event);
            }
        }
        runs
    }

    fn read(&mut self, record: &Record<'_>, event: &entra::Event) {
        match event {
            entra::Event::CycleBegan { kind, .. } => self.cycles.push(CycleSpan {
                first: record.seq,
                last: u64::MAX,
                began: record.at,
                initial: *kind == CycleKind::Initial,
            }),
            entra::Event::CycleEnded { .. } => {
                self.cycles.last_mut().into_iter().for_each(|cycle| cycle.last = record.seq);
            }
            entra::Event::OnDemandBegan { handle, .. } => {
                let handle = handle.clone();
                self.on_demand.push(OnDemandSpan { handle, first: record.seq, last: u64::MAX });
            }
            entra::Event::OnDemandEnded(run) => {
                let same =
                    |span: &&mut OnDemandSpan| span.handle == run.handle && span.last == u64::MAX;
                self.on_demand.iter_mut().find(same).into_iter().for_each(|span| {
                    span.last = record.seq;
                });
            }
            entra::Event::Provisioned(row) => {
                self.rows.entry(row.subject).or_default().push(row.clone());
            }
            _ => {}
        }
    }

    /// Whether a cycle was under way at a record.
    pub(super) fn in_cycle(&self, seq: u64) -> bool {
        self.cycle_at(seq).is_some()
    }

    fn cycle_at(&self, seq: u64) -> Option<&CycleSpan> {
        self.cycles.iter().find(|cycle| (cycle.first..=cycle.last).contains(&seq))
    }

    /// Whether a request is of a run on demand or of a connection test: these go out at once.
    pub(super) fn is_beside(&self, record: &Record<'_>, request: &RecordedRequest<'_>) -> bool {
        let of_action =
            matches!(record.cause, Some(Cause::Action(by)) if self.beside.contains(&by));
        let of_run = |span: &OnDemandSpan| {
            let about = [request.who, request.group].contains(&Some(&*span.handle));
            about && (span.first..=span.last).contains(&record.seq)
        };
        (of_action && request.who.is_none()) || self.on_demand.iter().any(of_run)
    }

    /// What the service may have read of the scope of an object for a request: when the object was
    /// imported, and after each change up to the request.
    pub(super) fn scopes(&self, subject: Subject, record: &Record<'_>) -> Vec<Scoping> {
        let scope = |standing: &Standing, by: &Saved| match subject {
            Subject::User(user) => Some(standing.user(self.app, user, by)),
            Subject::Group(group) => standing.group(self.app, group, by),
        };
        self.while_read(subject, record, scope).into_iter().flatten().collect()
    }

    /// Whether the filters may have let an object be read for a request.
    pub(super) fn may_be_read(&self, subject: Subject, record: &Record<'_>) -> bool {
        let reads = |standing: &Standing, by: &Saved| standing.reads(subject, by);
        self.while_read(subject, record, reads).contains(&true)
    }

    /// What is seen of the directory and the filters in force, when an object was imported for a
    /// request and after each change up to the request.
    fn while_read<T>(
        &self,
        subject: Subject,
        record: &Record<'_>,
        see: impl Fn(&Standing, &Saved) -> T,
    ) -> Vec<T> {
        let row = self.row(subject, record.at);
        let cycle = self.cycle_at(record.seq);
        let from = row.map(|row| row.began).or(cycle.map(|cycle| cycle.began));
        let from = from.unwrap_or(record.at);
        // A cycle goes by the filters that were saved when the last initial one began.
        let initial = self.cycles.iter().rev().find(|it| it.initial && it.first < record.seq);
        let on_demand = row.is_some_and(|row| matches!(row.run, Run::OnDemand(_)));
        let in_force = initial.filter(|_| !on_demand).map(|cycle| self.history.at(cycle.began));
        let seen =
            |standing: &Standing| see(standing, in_force.unwrap_or(standing).saved(self.app));
        self.history.during(from, record.at).map(seen).collect()
    }

    /// The row about an object that a request at an instant ends in.
    fn row(&self, subject: Subject, at: Time) -> Option<&LogEntry> {
        let rows = self.rows.get(&subject)?;
        let covers = |row: &&Arc<LogEntry>| row.began <= at && at <= row.at;
        rows.iter().find(covers).map(|row| &**row)
    }

    /// The group whose row about a resource of the application a request at an instant ends in;
    /// else the group that was last known by its id.
    pub(super) fn group_of(&self, id: &str, at: Time) -> Option<Subject> {
        let about = |row: &&Arc<LogEntry>| {
            row.target.as_deref() == Some(id) && matches!(row.subject, Subject::Group(_))
        };
        let rows = || self.rows.values().flatten().filter(about);
        let covers = rows().find(|row| row.began <= at && at <= row.at);
        covers.or_else(|| rows().max_by_key(|row| row.at)).map(|row| row.subject)
    }

    /// How the directory stands at an instant.
    pub(super) fn directory(&self, at: Time) -> &'h entra::tenant::Tenant {
        &self.history.at(at).tenant
    }
}

/// Whether an action has requests sent beside the cycles.
fn is_beside(action: &Action) -> bool {
    matches!(action.verb(), "provision_on_demand" | "test_connection" | "save")
}
