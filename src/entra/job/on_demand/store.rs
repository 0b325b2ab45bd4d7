//! The runs on demand of a job: those under way, those that ended, and how many were asked for of
//! late.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::run::{OnDemandRun, Stopped};
use crate::base::Time;
use crate::entra::job::in_flight::OnDemandId;
use crate::entra::job::log::LogEntry;
use crate::entra::job::reference::{DueReference, Reference};
use crate::entra::job::subject::Subject;
use crate::entra::mapping::Schema;
use crate::entra::scope::SyncScope;
use crate::entra::tenant::UserKey;

/// How many runs that ended are remembered.
const ENDED_KEPT: usize = 500;

/// The runs on demand of a job.
#[derive(Clone, Default)]
pub struct OnDemandRuns {
    begun: u64,
    count: u64,
    /// When the latest runs began, oldest first, for the limit on requests.
    recent: VecDeque<Time>,
    under_way: BTreeMap<OnDemandId, UnderWay>,
    ended: VecDeque<Arc<OnDemandRun>>,
    /// The runs whose connection test is still to be sent.
    waiting_tests: VecDeque<OnDemandId>,
}

/// A run that has not ended.
#[derive(Clone)]
pub struct UnderWay {
    run: OnDemandRun,
    /// The mappings and filters that were saved, or by policy in force, when the run began.
    pub schema: Arc<Schema>,
    /// The scope that was saved, or by policy in force, when the run began.
    pub scope: SyncScope,
    tested: bool,
    /// Whether a task of the run is under way; a run does one thing after the other.
    busy: bool,
    objects: VecDeque<Subject>,
    references: VecDeque<DueReference>,
}

impl UnderWay {
    /// A run that begins.
    pub(super) fn new(run: OnDemandRun, schema: Arc<Schema>, scope: SyncScope) -> UnderWay {
        UnderWay {
            objects: VecDeque::from([run.subject]),
            run,
            schema,
            scope,
            tested: false,
            busy: false,
            references: VecDeque::new(),
        }
    }

    /// The members that were picked with a group.
    pub(super) fn picked(&self) -> impl Iterator<Item = UserKey> + '_ {
        self.run.members.iter().map(|(user, _)| *user)
    }
}

impl OnDemandRuns {
    /// The runs that ended, oldest first; the last five hundred.
    pub fn ended(&self) -> impl DoubleEndedIterator<Item = &Arc<OnDemandRun>> {
        self.ended.iter()
    }

    /// How many runs have ended since the start.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The last run that ended about an object, among those remembered.
    pub fn last_of(&self, subject: impl Into<Subject>) -> Option<&Arc<OnDemandRun>> {
        let subject = subject.into();
        self.ended.iter().rev().find(|run| run.subject == subject)
    }

    /// The runs that have not ended.
    pub fn under_way(&self) -> impl Iterator<Item = &OnDemandRun> {
        self.under_way.values().map(|under_way| &under_way.run)
    }

    /// When the next run may begin, if `limit` runs began within `window` before now.
    pub(super) fn free_at(&self, now: Time, limit: u64, window: Duration) -> Option<Time> {
        let recent = self.recent.iter().rev().take_while(|at| **at + window > now);
        let oldest = recent.take(limit as usize).enumerate().last();
        oldest.filter(|(nth, _)| *nth as u64 + 1 == limit).map(|(_, at)| *at + window)
    }

    pub(super) fn next_id(&self) -> OnDemandId {
        OnDemandId(self.begun + 1)
    }

    pub(super) fn begin(&mut self, under_way: UnderWay) {
        self.begun += 1;
        self.recent.push_back(under_way.run.began);
        // More than these are never looked at: the limit counts the latest ones.
        while self.recent.len() > ENDED_KEPT {
            self.recent.pop_front();
        }
        self.under_way.insert(under_way.run.id, under_way);
    }

    /// A run that has not ended.
    pub(in crate::entra::job) fn get(&self, id: OnDemandId) -> Option<&UnderWay> {
        self.under_way.get(&id)
    }

    pub(super) fn ids(&self) -> Vec<OnDemandId> {
        self.under_way.keys().copied().collect()
    }

    /// The connection test of a run is to be sent, or to be sent again.
    pub(super) fn wait_for_test(&mut self, id: OnDemandId) {
        self.waiting_tests.push_back(id);
    }

    /// Whether a connection test is to be sent.
    pub(super) fn has_waiting_tests(&self) -> bool {
        !self.waiting_tests.is_empty()
    }

    /// The next run whose connection test is to be sent.
    pub(super) fn next_waiting_test(&mut self) -> Option<OnDemandId> {
        self.waiting_tests.pop_front()
    }

    pub(super) fn passed_test(&mut self, id: OnDemandId) {
        if let Some(under_way) = self.under_way.get_mut(&id) {
            under_way.tested = true;
        }
    }

    /// Whether a run may do the next thing: its test has passed and none of its tasks is under way.
    pub(super) fn is_idle(&self, id: OnDemandId) -> bool {
        self.get(id).is_some_and(|under_way| under_way.tested && !under_way.busy)
    }

    /// The object that a run has to look at next.
    pub(super) fn next_object(&self, id: OnDemandId) -> Option<Subject> {
        self.get(id)?.objects.front().copied()
    }

    /// Takes the next object of a run to begin its task.
    pub(super) fn begin_task(&mut self, id: OnDemandId) {
        if let Some(under_way) = self.under_way.get_mut(&id) {
            under_way.objects.pop_front();
            under_way.busy = true;
        }
    }

    /// Takes the reference that stands for the members of the group, if it is the next one.
    pub(super) fn take_picked_members(&mut self, id: OnDemandId) -> Option<DueReference> {
        let references = &mut self.under_way.get_mut(&id)?.references;
        references.front().filter(|due| due.reference == Reference::Members)?;
        references.pop_front()
    }

    /// Puts the parts of a reference in its place.
    pub(super) fn put_references(&mut self, id: OnDemandId, parts: Vec<DueReference>) {
        if let Some(under_way) = self.under_way.get_mut(&id) {
            for part in parts.into_iter().rev() {
                under_way.references.push_front(part);
            }
        }
    }

    /// Takes the next reference of a run to begin its task.
    pub(super) fn take_reference(&mut self, id: OnDemandId) -> Option<DueReference> {
        let under_way = self.under_way.get_mut(&id)?;
        let due = under_way.references.pop_front()?;
        under_way.busy = true;
        Some(due)
    }

    /// Takes in that the task of a run has ended.
    pub(super) fn finish_task(
        &mut self,
        id: OnDemandId,
        row: Option<Arc<LogEntry>>,
        left: Option<DueReference>,
    ) {
        if let Some(under_way) = self.under_way.get_mut(&id) {
            under_way.busy = false;
            under_way.run.rows.extend(row);
            under_way.references.extend(left);
        }
    }

    /// Ends a run that has done everything.
    pub(super) fn end(&mut self, id: OnDemandId, now: Time) -> Option<Arc<OnDemandRun>> {
        let UnderWay { mut run, .. } = self.under_way.remove(&id)?;
        run.ended = now;
        let run = Arc::new(run);
        self.count += 1;
        self.ended.push_back(run.clone());
        if self.ended.len() > ENDED_KEPT {
            self.ended.pop_front();
        }
        Some(run)
    }

    /// Ends a run before everything was done.
    pub(super) fn stop(
        &mut self,
        id: OnDemandId,
        why: Stopped,
        now: Time,
    ) -> Option<Arc<OnDemandRun>> {
        self.waiting_tests.retain(|waiting| *waiting != id);
        self.under_way.get_mut(&id)?.run.stopped = Some(why);
        self.end(id, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_may_begin_when_the_oldest_of_the_latest_is_out_of_the_window() {
        let second = |n: i64| Time::from_secs(n);
        let mut runs = OnDemandRuns::default();
        let window = Duration::from_secs(10);
        runs.recent = [0, 1, 2, 3, 4].map(second).into();
        for (now, limit, free) in
            [(4, 5, Some(10)), (9, 5, Some(10)), (10, 5, None), (4, 6, None), (9, 2, Some(13))]
        {
            let at = free.map(second);
            assert_eq!(runs.free_at(second(now), limit, window), at, "{now} {limit}");
        }
    }
}
