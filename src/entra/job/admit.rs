//! Begins cycles, and the tasks of a cycle.

use std::sync::Arc;

use super::context::{Imported, JobContext};
use super::cycle::{Cycle, Probe, Source, Version};
use super::deletions::Ruling;
use super::in_flight::For;
use super::reference::{DueReference, Reference};
use super::reply::SyncError;
use super::subject::Subject;
use super::task::{Next, SyncTask};
use super::working_time::WorkingTime;
use super::{Dropped, Job, Moment, NextTry};
use crate::base::Time;
use crate::entra::error_code::ErrorCode;
use crate::entra::event::{CycleKind, Event};
use crate::entra::mapping::Schema;
use crate::entra::scope::SyncScope;
use crate::entra::tenant::Tenant;

/// What a new task of a cycle works on.
enum Start {
    Object(Subject),
    Reference(DueReference),
}

impl Job {
    /// Begins a cycle. An initial cycle also takes up settings saved meanwhile [how-works,
    /// known-issues].
    pub(super) fn begin_cycle(&mut self, tenant: &Tenant, moment: &mut Moment<'_>) {
        self.cycles_begun += 1;
        self.deletions.begin_cycle(self.watermark.is_none());
        self.credentials.begin_cycle(&self.settings.policy);
        let (number, now) = (self.cycles_begun, moment.now());
        let cycle = match self.watermark {
            Some(watermark) => {
                let with_groups = self.schema.groups.enabled;
                self.note_memberships(watermark, tenant);
                let source = Source { app: self.app, tenant, with_groups };
                // An object that has failed waits for its retry, staged or not.
                let is_free = |subject: &Subject| self.escrows.get(*subject).is_none();
                let pending = self.deletions.pending().filter(is_free);
                let again = self.escrows.due(now).chain(pending);
                let budget = self.settings.policy.changes_per_cycle;
                Cycle::incremental(source, number, now, (watermark, budget), again)
            }
            None => {
                self.schema = self.settings.schema.clone();
                self.scope = self.settings.scope;
                self.history.entries.begin_initial();
                let with_groups = self.schema.groups.enabled;
                // It reads no single changes of members: all members of each linked group are due,
                // also when the group itself is not provisioned before a later cycle.
                self.links.begin_members_again();
                Cycle::initial(Source { app: self.app, tenant, with_groups }, number, now)
            }
        };
        self.working_time = match cycle.kind {
            CycleKind::Initial => {
                let size = || cycle.size(tenant, &self.links, self.scope);
                let (policy, seed) = (&self.settings.policy, moment.seed());
                WorkingTime::of_initial(policy, self.scope, size, (seed, number))
            }
            CycleKind::Incremental => WorkingTime::default(),
        };
        let unseen = match self.scope {
            SyncScope::Assigned => tenant.unseen_assignments(self.app),
            SyncScope::All => Vec::new(),
        };
        moment.emit(Event::CycleBegan { number, kind: cycle.kind, unseen });
        self.cycle = Some(cycle);
        self.refuse_duplicate_roles(moment);
    }

    /// Fails a cycle of an application that has two app roles of one name: no object is looked at
    /// [quarantine].
    fn refuse_duplicate_roles(&mut self, moment: &mut Moment<'_>) {
        if let Some(role) = self.settings.duplicate_app_role() {
            let detail = format!("the application had the app role {role} twice");
            self.fail_cycle(SyncError::new(ErrorCode::DuplicateAppRoles, detail), moment);
        }
    }

    /// Notes which memberships of linked groups changed. Those of other groups do not matter: all
    /// members of a group are sent when it is linked.
    fn note_memberships(&mut self, watermark: Version, tenant: &Tenant) {
        let groups = &self.schema.groups;
        if !groups.enabled || groups.members().is_none() {
            return;
        }
        for (group, user) in tenant.membership_changes_since(watermark.memberships) {
            if self.links.get(group).is_some() {
                self.links.memberships_mut().changed(group, user);
            }
        }
    }

    /// The limit for awaited replies, and also for tasks of a cycle under way.
    pub(super) fn concurrency(&self) -> u64 {
        self.settings.policy.concurrency.max(1)
    }

    /// Whether a cycle has a task that may begin now.
    pub(super) fn may_admit(&self, cycle: &Cycle) -> bool {
        (self.in_flight.of_cycle() as u64) < self.concurrency()
            && (cycle.has_ready_subjects()
                || (!cycle.has_subjects() && cycle.has_references() && self.may_refer()))
    }

    /// Whether references may be set: only after all objects are done [how-works].
    fn may_refer(&self) -> bool {
        !self.in_flight.has_objects_of_cycle() && !self.deletions.has_held()
    }

    /// Begins tasks up to the limit of tasks under way. A task that needs no request ends at once.
    pub(super) fn admit(&mut self, tenant: &Tenant, moment: &mut Moment<'_>) {
        while let Some(start) = self.next_start(tenant, moment.now()) {
            match start {
                Start::Object(subject) => {
                    let imported = self.context(For::Cycle, moment).import(subject, tenant);
                    match imported.is_read {
                        true => self.begin_task(imported, For::Cycle, moment),
                        false => self.leave_unread(subject),
                    }
                }
                Start::Reference(due) if due.reference == Reference::Members => {
                    let parts = self.members_due(due, tenant);
                    if let Some(cycle) = &mut self.cycle {
                        cycle.refer_next(parts.into_iter());
                    }
                }
                Start::Reference(due) => self.begin_reference(due, For::Cycle, tenant, moment),
            }
        }
        self.settle_deletions(moment);
    }

    /// Decides about the disables and deletions that were held back, as soon as it can be decided.
    fn settle_deletions(&mut self, moment: &mut Moment<'_>) {
        if !self.deletions.has_held() {
            return;
        }
        let has_more = |cycle: &Cycle| cycle.has_subjects() || cycle.has_postponed();
        let subjects_left = self.cycle.as_ref().is_some_and(has_more);
        let all_seen = !subjects_left && !self.in_flight.has_objects_of_cycle();
        let (ruling, tasks) = self.deletions.settle(all_seen);
        for mut task in tasks.into_iter().map(Box::new) {
            match ruling {
                Ruling::Stage => {
                    let next = task.stage();
                    self.proceed(task, next, moment);
                }
                Ruling::Send | Ruling::Hold => self.in_flight.admit(task),
            }
        }
    }

    /// Leaves out an object that the filters do not let be read: no row, no request, and nothing
    /// that waited for it goes on. A link that it has stays [g:filter].
    fn leave_unread(&mut self, subject: Subject) {
        self.end_wait(subject, NextTry::Dropped(Dropped::NotRead));
        self.deletions.forget(subject);
    }

    fn next_start(&mut self, tenant: &Tenant, now: Time) -> Option<Start> {
        let idle = self.working_time.free_at() <= now;
        let room = idle && (self.in_flight.of_cycle() as u64) < self.concurrency();
        let may_refer = self.may_refer();
        let cycle = self.cycle.as_mut().filter(|cycle| room && cycle.probe == Probe::Passed)?;
        let busy = |subject| self.in_flight.works_on_demand(subject);
        while let Some(subject) = cycle.next_subject(tenant, &self.links, self.scope) {
            match busy(subject) {
                true => cycle.postpone(subject),
                false => return Some(Start::Object(subject)),
            }
        }
        if let Some(subject) = cycle.next_postponed(|subject| !busy(subject)) {
            return Some(Start::Object(subject));
        }
        let done = may_refer && !cycle.has_subjects();
        if done { cycle.next_reference().map(Start::Reference) } else { None }
    }

    /// What is due for the members of a group, one part for each request.
    fn members_due(&mut self, due: DueReference, tenant: &Tenant) -> Vec<DueReference> {
        let Some(group) = due.subject.group() else { return Vec::new() };
        let parts = due.clone().parts(self.links.members_due(group, tenant, &self.settings.policy));
        // What failed before needs no further try.
        if parts.is_empty() && self.escrows.get(group).is_some_and(|held| held.reference) {
            self.end_wait(group, NextTry::Dropped(Dropped::NothingDue));
        }
        parts
    }

    /// Begins the task of an imported object, for the cycle or on demand.
    pub(super) fn begin_task(&mut self, imported: Imported, run: For, moment: &mut Moment<'_>) {
        let retried = run == For::Cycle && self.escrows.get(imported.subject).is_some();
        if let (For::Cycle, Some(cycle)) = (run, &mut self.cycle) {
            cycle.counts.evaluated += 1;
            cycle.counts.retried += u64::from(retried);
            let incremental = cycle.kind == CycleKind::Incremental;
            cycle.execution.import(&imported.scoping, incremental);
            self.working_time.take_up(1, moment.now());
        }
        if imported.scoping.in_scope() {
            self.history.entries.enter(imported.subject);
        }
        let (task, next) = SyncTask::begin(imported, run, retried, &mut self.context(run, moment));
        self.proceed(task, next, moment);
    }

    /// Begins the task of a reference, for the cycle or on demand.
    pub(super) fn begin_reference(
        &mut self,
        due: DueReference,
        run: For,
        tenant: &Tenant,
        moment: &mut Moment<'_>,
    ) {
        if let (For::Cycle, Some(cycle)) = (run, &mut self.cycle) {
            cycle.execution.refer(cycle.kind == CycleKind::Incremental);
            // The formula counts memberships beside users and groups [when-finish].
            if let Reference::Batch(batch) = &due.reference {
                self.working_time.take_up(batch.members.len(), moment.now());
            }
        }
        let context = self.context(run, moment);
        let (task, next) = SyncTask::refer(due, run, tenant, &context);
        self.proceed(task, next, moment);
    }

    /// Carries out the next step of a task: queues its request, or ends the task.
    pub(super) fn proceed(&mut self, mut task: Box<SyncTask>, next: Next, moment: &mut Moment<'_>) {
        match next {
            Next::Send(request) => {
                task.request = Some(request);
                self.in_flight.admit(task);
            }
            Next::Hold(request) => {
                task.request = Some(request);
                self.deletions.hold(*task);
            }
            Next::Done(outcome) => self.finish_task(task, outcome, moment),
        }
    }

    /// Borrows the parts of the job that a task works with. A run on demand uses what was chosen
    /// for it when it began, and a dialect of its own.
    pub(super) fn context(&mut self, run: For, moment: &Moment<'_>) -> JobContext<'_> {
        let incremental =
            matches!(&self.cycle, Some(cycle) if cycle.kind == CycleKind::Incremental);
        let of_cycle = JobContext {
            app: self.app,
            settings: &self.settings,
            schema: &self.schema,
            links: &mut self.links,
            deletions: &mut self.deletions,
            scope: self.scope,
            now: moment.now(),
            seed: moment.seed(),
            dialect: self.settings.dialect,
            incremental,
        };
        match run {
            For::OnDemand(id) if let Some(under_way) = self.on_demand.get(id) => JobContext {
                schema: &under_way.schema,
                scope: under_way.scope,
                dialect: self.settings.dialect_on_demand(),
                incremental: false,
                ..of_cycle
            },
            _ => of_cycle,
        }
    }

    /// The mappings and filters that a run uses.
    pub(super) fn schema_for(&self, run: For) -> Arc<Schema> {
        let on_demand = match run {
            For::OnDemand(id) => self.on_demand.get(id),
            For::Cycle => None,
        };
        on_demand.map_or(&self.schema, |under_way| &under_way.schema).clone()
    }
}
