//! What a cycle did in Graph's counts, and what the job remembers of its cycles for its status
//! [g:exec, g:status].

use super::cycle::Ended;
use super::log::{LogAction, LogStatus, SkipReason};
use super::steps::StepKind;
use super::subject::Subject;
use crate::base::Time;
use crate::entra::event::CycleResult;
use crate::entra::scope::Scoping;

/// The counts of Graph's `synchronizationTaskExecution`. The vendor defines each in half a
/// sentence; how an object is counted here is assumed.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Execution {
    /// `countImported`: objects read from the directory.
    pub imported: u64,
    /// `countImportedDeltas`: those of them that an incremental cycle read.
    pub imported_deltas: u64,
    /// `countImportedReferenceDeltas`: managers and members that an incremental cycle looked at.
    pub imported_reference_deltas: u64,
    /// `countEntitled`: objects assigned to the application.
    pub entitled: u64,
    /// `countEntitledForProvisioning`: objects in scope.
    pub entitled_for_provisioning: u64,
    /// `countExports`: objects that something had to be written for.
    pub exports: u64,
    /// `countExported`: objects that something was written for.
    pub exported: u64,
    /// `countEscrowed`: objects that failed.
    pub escrowed: u64,
    /// `countEscrowedRaw`: the same with what the service itself holds back: references without an
    /// account to refer to.
    pub escrowed_raw: u64,
}

impl Execution {
    /// Counts an object that was read.
    pub(super) fn import(&mut self, scoping: &Scoping, incremental: bool) {
        self.imported += 1;
        self.imported_deltas += u64::from(incremental);
        self.entitled += u64::from(scoping.assigned);
        self.entitled_for_provisioning += u64::from(scoping.in_scope());
    }

    /// Counts a reference that was looked at.
    pub(super) fn refer(&mut self, incremental: bool) {
        self.imported_reference_deltas += u64::from(incremental);
    }

    /// Counts how a task ended.
    pub(super) fn end(&mut self, ending: &Ending<'_>) {
        match ending.status {
            LogStatus::Success => {
                let wrote = u64::from(ending.action != LogAction::Other);
                self.exports += wrote;
                self.exported += wrote;
            }
            LogStatus::Failure(_) => {
                self.exports += u64::from(ending.stood_at == StepKind::Export);
                self.escrowed += 1;
                self.escrowed_raw += 1;
            }
            LogStatus::Skipped(SkipReason::UnableToResolveReference(_)) | LogStatus::Warning(_) => {
                self.escrowed_raw += 1
            }
            // An export that was intended and not sent.
            LogStatus::Skipped(SkipReason::TooManyDeletes) => self.exports += 1,
            LogStatus::Skipped(_) => {}
        }
    }
}

/// How a task ended, as far as the counts depend on it.
pub(super) struct Ending<'a> {
    /// What was done or attempted.
    pub action: LogAction,
    /// How it ended.
    pub status: &'a LogStatus,
    /// The kind of step at which the task stood.
    pub stood_at: StepKind,
}

/// What the status of a job remembers of the cycles that ended.
#[derive(Clone, Default, Debug)]
pub struct Milestones {
    /// The last cycle without errors.
    pub last_successful: Option<Ended>,
    /// The last cycle without errors that wrote something.
    pub last_with_exports: Option<Ended>,
    /// How many cycles in a row failed as a whole, up to now.
    pub successive_failures: u64,
    /// When no change was left to be processed, for the first time.
    pub steady_first: Option<Time>,
    /// When no change was left to be processed, for the last time.
    pub steady_last: Option<Time>,
    /// Whether errors of objects were pruned during the initial cycle.
    pub escrows_pruned: bool,
}

impl Milestones {
    /// Takes in a cycle that ended; `steady` tells that it left no change unprocessed.
    pub(super) fn end_cycle(&mut self, ended: &Ended, steady: bool) {
        match ended.result {
            CycleResult::Failed => self.successive_failures += 1,
            CycleResult::Succeeded | CycleResult::EntryLevelErrors => self.successive_failures = 0,
        }
        if ended.result == CycleResult::Succeeded {
            self.last_successful = Some(ended.clone());
            if ended.execution.exported > 0 {
                self.last_with_exports = Some(ended.clone());
            }
        }
        if steady && ended.result != CycleResult::Failed {
            self.steady_first.get_or_insert(ended.ended);
            self.steady_last = Some(ended.ended);
        }
    }
}

/// The users and groups in the connector data store, which the portal counts
/// (`synchronizedEntryCountByType`). They grow when an object enters the scope and never shrink;
/// after the store was reset, the next initial cycle counts anew [when-finish].
#[derive(Clone, Default, Debug)]
pub struct EntryCounts {
    users: SeenSet,
    groups: SeenSet,
    /// Whether the store was reset since the last initial cycle began.
    stale: bool,
}

impl EntryCounts {
    /// Counts an object in scope, once.
    pub(super) fn enter(&mut self, subject: Subject) {
        match subject {
            Subject::User(_) => self.users.insert(subject.index()),
            Subject::Group(_) => self.groups.insert(subject.index()),
        }
    }

    /// The store was reset: the counts stay until the next initial cycle.
    pub(super) fn reset(&mut self) {
        self.stale = true;
    }

    /// An initial cycle begins.
    pub(super) fn begin_initial(&mut self) {
        if std::mem::take(&mut self.stale) {
            *self = EntryCounts::default();
        }
    }

    /// The users counted so far.
    pub fn users(&self) -> u64 {
        self.users.count
    }

    /// The groups counted so far.
    pub fn groups(&self) -> u64 {
        self.groups.count
    }
}

/// A set of dense positions: a bit each, so that a million users take 125 kB.
#[derive(Clone, Default, Debug)]
struct SeenSet {
    bits: Vec<u64>,
    count: u64,
}

impl SeenSet {
    fn insert(&mut self, at: usize) {
        let (word, bit) = (at / 64, 1u64 << (at % 64));
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        self.count += u64::from(self.bits[word] & bit == 0);
        self.bits[word] |= bit;
    }
}

/// How far a cycle is, in pages of the directory: a page holds many objects, so this is not the
/// share of objects [when-finish, g:progress].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// Pages that are done.
    pub completed: u64,
    /// Pages in all, as far as known.
    pub total: u64,
}

impl Progress {
    /// The pages of so many objects.
    pub(super) fn of(done: u64, objects: u64, page: u64) -> Progress {
        let page = page.max(1);
        let total = objects.div_ceil(page).max(1);
        let completed = if done >= objects { total } else { done / page };
        Progress { completed, total }
    }

    /// The share in percent, rounded down.
    pub fn percent(&self) -> u64 {
        self.completed * 100 / self.total.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::tenant::{GroupKey, UserKey};

    #[test]
    fn an_entry_is_counted_once_until_the_store_is_reset() {
        let mut counts = EntryCounts::default();
        for key in [0, 63, 64, 0, 64, 1_000] {
            counts.enter(Subject::User(UserKey(key)));
        }
        counts.enter(Subject::Group(GroupKey(3)));
        assert_eq!((counts.users(), counts.groups()), (4, 1));
        counts.begin_initial();
        assert_eq!(counts.users(), 4, "nothing was reset");
        counts.reset();
        assert_eq!(counts.users(), 4, "the next initial cycle counts anew");
        counts.begin_initial();
        assert_eq!((counts.users(), counts.groups()), (0, 0));
    }

    #[test]
    fn progress_counts_whole_pages() {
        let cases = [
            ((0, 250, 100), (0, 3, 0)),
            ((199, 250, 100), (1, 3, 33)),
            ((249, 250, 100), (2, 3, 66)),
            ((250, 250, 100), (3, 3, 100)),
            ((300, 300, 100), (3, 3, 100)),
            ((0, 0, 100), (1, 1, 100)),
        ];
        for ((done, total, page), (completed, pages, percent)) in cases {
            let progress = Progress::of(done, total, page);
            assert_eq!((progress.completed, progress.total), (completed, pages));
            assert_eq!(progress.percent(), percent);
        }
    }
}
