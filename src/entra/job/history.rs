//! The history of a job: rows of the log, counts, cycles that ended.

use std::collections::VecDeque;

use super::audit::AuditLog;
use super::cycle::Ended;
use super::execution::{EntryCounts, Milestones};
use super::log::Log;
use super::mail::Outbox;
use crate::entra::event::{CycleCounts, CycleResult};

/// Exact counts since the start.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counters {
    /// Cycles that ended.
    pub cycles: u64,
    /// Cycles that failed as a whole.
    pub cycles_failed: u64,
    /// Times the job entered quarantine.
    pub quarantines: u64,
    /// Mails that went out.
    pub mails: u64,
    /// Accounts created.
    pub created: u64,
    /// Accounts updated.
    pub updated: u64,
    /// Accounts disabled.
    pub disabled: u64,
    /// Accounts deleted.
    pub deleted: u64,
}

impl Counters {
    /// Adds the account counts of a finished cycle.
    pub(super) fn add(&mut self, counts: &CycleCounts) {
        self.created += counts.created;
        self.updated += counts.updated;
        self.disabled += counts.disabled;
        self.deleted += counts.deleted;
    }
}

/// The memory of a job.
#[derive(Clone, Default, Debug)]
pub(super) struct History {
    /// The provisioning log.
    pub log: Log,
    /// Exact counts; they include the rows and cycles that were dropped from memory.
    pub counters: Counters,
    /// The latest cycles that ended, oldest first.
    pub ended: VecDeque<Ended>,
    /// What the job's status remembers of them.
    pub milestones: Milestones,
    /// The users and groups in the connector data store.
    pub entries: EntryCounts,
    /// The audit log.
    pub audit: AuditLog,
    /// The notification mails.
    pub outbox: Outbox,
}

/// How many ended cycles are remembered.
const ENDED_KEPT: usize = 2_000;

impl History {
    /// Remembers a cycle that ended, and forgets the oldest beyond [`ENDED_KEPT`]. The cycle was
    /// `steady` if it left no change unprocessed.
    pub fn end_cycle(&mut self, ended: Ended, steady: bool) {
        self.milestones.end_cycle(&ended, steady);
        self.counters.cycles += 1;
        self.counters.cycles_failed += u64::from(ended.result == CycleResult::Failed);
        self.ended.push_back(ended);
        if self.ended.len() > ENDED_KEPT {
            self.ended.pop_front();
        }
    }
}
