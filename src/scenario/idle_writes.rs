//! The writes that were answered with success and changed nothing, told apart by the run that sent
//! them: a cycle, or a run on demand beside it.

use std::collections::BTreeMap;

use crate::entra::job::log::{LogEntry, Run};
use crate::world::Origin;
use crate::world::record::{RecordedAnswer, RecordedRequest};

/// The idle writes of an application since its last lines.
///
/// A request does not say which run sends it; the row of the log that follows does.
#[derive(Default)]
pub struct IdleWrites {
    /// The user or the group of each write that has no answer yet, by its record.
    sent: BTreeMap<u64, String>,
    /// The idle writes about users and groups of which no row has come yet.
    open: BTreeMap<String, u64>,
    of_cycle: u64,
    on_demand: u64,
    /// How many runs on demand are under way.
    running: u64,
}

impl IdleWrites {
    /// A cycle began.
    pub fn begin_cycle(&mut self) {
        self.of_cycle = 0;
    }

    /// A run on demand began.
    pub fn begin_on_demand(&mut self) {
        self.running += 1;
    }

    /// A request left, with this record.
    pub fn send(&mut self, record: u64, request: &RecordedRequest<'_>) {
        let by_engine = matches!(request.origin, Origin::Engine(_)) && request.method != "GET";
        if let (true, Some(about)) = (by_engine, request.about()) {
            self.sent.insert(record, about.to_owned());
        }
    }

    /// An answer came.
    pub fn answer(&mut self, answer: &RecordedAnswer<'_>) {
        if let Some(about) = self.sent.remove(&answer.request).filter(|_| answer.idle) {
            *self.open.entry(about).or_default() += 1;
        }
    }

    /// A row of the log was written.
    pub fn row(&mut self, row: &LogEntry) {
        let idle = self.open.remove(&*row.handle).unwrap_or_default();
        match row.run {
            Run::Cycle(_) => self.of_cycle += idle,
            Run::OnDemand(_) => self.on_demand += idle,
        }
    }

    /// The idle writes of the cycle that ended. One that was broken off leaves writes without a row.
    pub fn end_cycle(&mut self) -> u64 {
        if self.running == 0 {
            self.of_cycle += std::mem::take(&mut self.open).into_values().sum::<u64>();
        }
        std::mem::take(&mut self.of_cycle)
    }

    /// The idle writes of the run on demand that ended.
    pub fn end_on_demand(&mut self) -> u64 {
        self.running = self.running.saturating_sub(1);
        std::mem::take(&mut self.on_demand)
    }
}
