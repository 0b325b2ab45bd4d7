//! The guard against accidental deletions: every request that disables or deletes an account or a
//! group passes here before it is sent [accidental].
//!
//! With the threshold set, a cycle holds such requests back until it has looked at every object. If
//! fewer objects than the threshold are concerned, the requests are sent. Otherwise all of them are
//! staged: nothing is sent for them, and the job is quarantined when the cycle ends. A staged
//! object is looked at in every following cycle, until it is back in scope or until the deletions
//! are allowed; by policy it is sent as soon as a cycle counts fewer than the threshold. An initial
//! cycle counts all objects anew. The count is per cycle, and nothing is carried over.

use std::collections::BTreeSet;

use super::in_flight::For;
use super::quarantine::QuarantineCause;
use super::subject::Subject;
use super::task::SyncTask;
use crate::entra::policy::{Policy, StageDeletes, StagedLeft};
use crate::entra::settings::Settings;

/// What becomes of a request that disables or deletes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ruling {
    /// It is sent.
    Send,
    /// It waits until the cycle has looked at every object.
    Hold,
    /// It is staged.
    Stage,
}

/// The disables and deletions of the current cycle, and those staged so far.
#[derive(Clone, Default)]
pub struct Deletions {
    /// How many the current cycle has planned.
    planned: u64,
    /// Whether the current cycle has reached the threshold.
    tripped: bool,
    /// Whether the current cycle counts anew what was staged before.
    anew: bool,
    /// Whether the current cycle has found something staged before that waits to be allowed.
    found_waiting: bool,
    /// Tasks of the current cycle whose requests wait; at most as many as the threshold.
    held: Vec<SyncTask>,
    /// The objects whose disabling or deletion is staged.
    staged: BTreeSet<Subject>,
    /// The objects whose staged deletion was allowed; they are not counted.
    allowed: BTreeSet<Subject>,
}

impl Deletions {
    /// Begins a new count, because a cycle begins; an initial one decides anew about what was
    /// staged.
    pub(super) fn begin_cycle(&mut self, initial: bool) {
        self.planned = 0;
        self.tripped = false;
        self.anew = initial;
        self.found_waiting = false;
        self.held.clear();
    }

    /// Decides about an object that is about to be disabled or deleted, and counts it. A run on
    /// demand is not counted (assumed: the threshold is documented for cycles).
    pub(super) fn judge(&mut self, subject: Subject, run: For, settings: &Settings) -> Ruling {
        if run != For::Cycle || self.allowed.contains(&subject) {
            return Ruling::Send;
        }
        self.planned += 1;
        let Some(threshold) = settings.delete_threshold.in_force() else { return Ruling::Send };
        let policy = &settings.policy;
        self.tripped |= reaches(self.planned, threshold, policy);
        let was_staged = self.staged.contains(&subject);
        if was_staged && !self.anew && policy.staged_left == StagedLeft::Wait {
            self.found_waiting = true;
            return Ruling::Stage;
        }
        let waits = policy.stage_deletes == StageDeletes::All || was_staged;
        match self.tripped {
            true => Ruling::Stage,
            false if waits => Ruling::Hold,
            false => Ruling::Send,
        }
    }

    /// Holds a task back until [`Deletions::settle`].
    pub(super) fn hold(&mut self, task: SyncTask) {
        self.held.push(task);
    }

    /// Whether requests of the current cycle are held back.
    pub(super) fn has_held(&self) -> bool {
        !self.held.is_empty()
    }

    /// Decides about the tasks that were held back and returns them: they are staged once the
    /// threshold is reached, and sent if it is not when every object was looked at.
    pub(super) fn settle(&mut self, all_seen: bool) -> (Ruling, Vec<SyncTask>) {
        match (self.tripped, all_seen) {
            (true, _) => (Ruling::Stage, std::mem::take(&mut self.held)),
            (false, true) => (Ruling::Send, std::mem::take(&mut self.held)),
            (false, false) => (Ruling::Hold, Vec::new()),
        }
    }

    /// Drops what is held back, because the cycle failed as a whole.
    pub(super) fn drop_held(&mut self) {
        self.held.clear();
    }

    /// Records an object as staged.
    pub(super) fn stage(&mut self, subject: Subject) {
        self.staged.insert(subject);
    }

    /// Forgets an object that was dealt with: disabled, deleted, or found to be in order.
    pub(super) fn forget(&mut self, subject: Subject) {
        self.staged.remove(&subject);
        self.allowed.remove(&subject);
    }

    /// Forgets every staged object.
    pub(super) fn clear(&mut self) {
        self.staged.clear();
        self.allowed.clear();
    }

    /// Allows everything staged so far: the next cycle carries it out [g:restart: ForceDeletes].
    pub(super) fn allow(&mut self) {
        self.allowed.append(&mut self.staged);
    }

    /// The cause for a quarantine, if the current cycle has reached the threshold, or has found
    /// what still waits to be allowed.
    pub(super) fn breach(&self, settings: &Settings) -> Option<QuarantineCause> {
        let threshold = settings.delete_threshold.value;
        let sends_left = settings.policy.staged_left == StagedLeft::Send;
        let users = self.staged.iter().filter(|subject| subject.user().is_some()).count();
        let groups = self.staged.len() - users;
        let counted = (users, groups, self.tripped);
        (self.tripped || self.found_waiting)
            .then(|| QuarantineCause::deletions(counted, threshold, sends_left))
    }

    /// The objects that the next cycle has to look at though they have not changed: the staged
    /// ones, and the allowed ones.
    pub(super) fn pending(&self) -> impl Iterator<Item = Subject> {
        self.staged.iter().chain(&self.allowed).copied()
    }

    /// Whether the staged deletion of an object was allowed, so that it is not counted.
    pub fn is_allowed(&self, subject: Subject) -> bool {
        self.allowed.contains(&subject)
    }

    /// How many objects the current cycle is about to disable or delete, without the allowed ones.
    pub fn planned(&self) -> u64 {
        self.planned
    }

    /// The objects whose disabling or deletion is staged.
    pub fn staged(&self) -> &BTreeSet<Subject> {
        &self.staged
    }
}

/// Whether a count reaches the threshold: 500 permits at most 499 [cloud-sync-graph].
pub fn reaches(count: u64, threshold: u64, policy: &Policy) -> bool {
    if policy.trip_on_equal { count >= threshold } else { count > threshold }
}
