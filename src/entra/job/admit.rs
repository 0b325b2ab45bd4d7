//! Beginning: cycles, and the tasks of a cycle.

use super::context::{Imported, JobContext};
use super::cycle::{Cycle, Probe};
use super::in_flight::For;
use super::reference::DueReference;
use super::subject::Subject;
use super::task::{Next, SyncTask};
use super::{Job, Moment};
use crate::entra::event::{CycleKind, Event};
use crate::entra::tenant::Tenant;

/// What a task of a cycle begins with.
enum Start {
    Object(Subject),
    Reference(DueReference),
}

impl Job {
    /// Begins a cycle; an initial one takes up what was saved meanwhile [how-works, known-issues].
    pub(super) fn begin_cycle(&mut self, tenant: &Tenant, moment: &mut Moment<'_>) {
        self.cycles_begun += 1;
        self.deletions.begin_cycle();
        let (number, now) = (self.cycles_begun, moment.now());
        let cycle = match self.watermark {
            Some(watermark) => Cycle::incremental(number, now, tenant, watermark, &self.escrows),
            None => {
                self.schema = self.settings.schema.clone();
                self.scope = self.settings.scope;
                Cycle::initial(number, now, tenant)
            }
        };
        moment.emit(Event::CycleBegan { number, kind: cycle.kind });
        self.cycle = Some(cycle);
    }

    /// How many replies may be awaited, and how many tasks of a cycle may be under way, at once.
    pub(super) fn concurrency(&self) -> u64 {
        self.settings.policy.concurrency.max(1)
    }

    /// Whether a cycle has a task that may begin now.
    pub(super) fn may_admit(&self, cycle: &Cycle) -> bool {
        (self.in_flight.of_cycle() as u64) < self.concurrency()
            && (cycle.has_subjects() || (cycle.has_references() && self.may_refer()))
    }

    /// References follow when all objects are done [how-works].
    fn may_refer(&self) -> bool {
        !self.in_flight.has_objects_of_cycle()
    }

    /// Begins tasks until as many are under way as may be; those that need no request end at once.
    pub(super) fn admit(&mut self, tenant: &Tenant, moment: &mut Moment<'_>) {
        while let Some(start) = self.next_start(tenant) {
            match start {
                Start::Object(subject) => {
                    let context = self.context(moment);
                    let Some(imported) = context.import(subject, tenant, moment.now()) else {
                        continue;
                    };
                    self.begin_task(imported, For::Cycle, moment);
                }
                Start::Reference(due) => self.begin_reference(due, For::Cycle, tenant, moment),
            }
        }
    }

    fn next_start(&mut self, tenant: &Tenant) -> Option<Start> {
        let room = (self.in_flight.of_cycle() as u64) < self.concurrency();
        let may_refer = self.may_refer();
        let cycle = self.cycle.as_mut().filter(|cycle| room && cycle.probe == Probe::Passed)?;
        if let Some(subject) = cycle.next_subject(tenant, &self.links, self.scope) {
            return Some(Start::Object(subject));
        }
        if may_refer { cycle.next_reference().map(Start::Reference) } else { None }
    }

    /// Begins the task of an imported object, for the cycle or on demand.
    pub(super) fn begin_task(&mut self, imported: Imported, run: For, moment: &mut Moment<'_>) {
        let retried = self.escrows.get(imported.subject).is_some();
        if let (For::Cycle, Some(cycle)) = (run, &mut self.cycle) {
            cycle.counts.evaluated += 1;
            cycle.counts.retried += u64::from(retried);
        }
        let now = moment.now();
        let (task, next) = SyncTask::begin(imported, run, retried, now, &mut self.context(moment));
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
        let context = self.context(moment);
        let (task, next) = SyncTask::refer(due, run, tenant, moment.now(), &context);
        self.proceed(task, next, moment);
    }

    /// Does what a task wants next: its request waits for its turn, or the task ends.
    pub(super) fn proceed(&mut self, mut task: SyncTask, next: Next, moment: &mut Moment<'_>) {
        match next {
            Next::Send(request) => {
                task.request = Some(request);
                self.in_flight.admit(task);
            }
            Next::Done(outcome) => self.finish_task(task, outcome, moment),
        }
    }

    /// What a task works with: the one place where the job is lent out in parts.
    pub(super) fn context(&mut self, moment: &Moment<'_>) -> JobContext<'_> {
        JobContext {
            settings: &self.settings,
            schema: &self.schema,
            links: &mut self.links,
            deletions: &mut self.deletions,
            scope: self.scope,
            seed: moment.seed(),
            incremental: matches!(&self.cycle, Some(cycle) if cycle.kind == CycleKind::Incremental),
        }
    }
}
