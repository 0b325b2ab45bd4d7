//! The provisioning job: when it runs, what it says, and what it makes of the answers.
//!
//! It is a state machine, not a coroutine: between any two requests of one cycle the world is free.
//! Start reading at [`Job::wake`]; control.rs has the buttons, cycle.rs the queue, task.rs one
//! user's way through it.

mod control;
mod cycle;
mod decide;
mod diff;
pub mod escrow;
pub mod links;
pub mod log;
mod pace;
pub mod quarantine;
mod reference;
mod reply;
mod requests;
mod running;
mod schedule;
mod task;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::Arc;

use http::HeaderValue;

pub use control::ResetScope;
pub use cycle::{Cycle, Ended};
pub use decide::{Plan, decide};
pub use schedule::Schedule;
pub use task::{SyncTask, TaskStep};

use crate::base::Time;
use crate::entra::call::{Call, CallId};
use crate::entra::error_code::ErrorCode;
use crate::entra::event::Event;
use crate::entra::mapping::{ObjectMapping, Schema};
use crate::entra::scope::SyncScope;
use crate::entra::settings::Settings;
use escrow::Escrows;
use links::Links;
use log::Log;
use pace::Pace;
use quarantine::{Quarantine, Volume};

/// What the job is told and tells in: its moments.
pub type Moment<'a> = crate::base::Moment<'a, Event>;

/// Graph's `schedule.state` [g:schedule].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScheduleState {
    /// It runs.
    Active,
    /// It was stopped, with its state kept.
    Paused,
    /// It was never started, or was given up after four weeks of quarantine.
    Disabled,
}

impl ScheduleState {
    /// As Graph prints it.
    pub fn word(self) -> &'static str {
        match self {
            ScheduleState::Active => "Active",
            ScheduleState::Paused => "Paused",
            ScheduleState::Disabled => "Disabled",
        }
    }
}

/// Graph's `status.code` [g:status].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JobStatus {
    /// No credentials.
    NotConfigured,
    /// Configured, but the first run has not finished.
    NotRun,
    /// Running periodically.
    Active,
    /// Stopped.
    Paused,
    /// Running at a reduced pace, or given up.
    Quarantine,
}

impl JobStatus {
    /// As Graph prints it.
    pub fn word(self) -> &'static str {
        match self {
            JobStatus::NotConfigured => "NotConfigured",
            JobStatus::NotRun => "NotRun",
            JobStatus::Active => "Active",
            JobStatus::Paused => "Paused",
            JobStatus::Quarantine => "Quarantine",
        }
    }
}

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

/// A call whose answer is awaited.
#[derive(Clone, Debug)]
struct Flight {
    id: CallId,
    purpose: Purpose,
    deadline: Time,
}

/// What a call is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Purpose {
    /// The connection test that somebody asked for.
    Test,
    /// The probe at the start of a cycle.
    Probe,
    /// The passage in this place.
    Task(usize),
}

/// The provisioning job of one application.
pub struct Job {
    settings: Settings,
    /// The mappings and filters in force: what is saved during a cycle counts from the next one.
    schema: Arc<Schema>,
    secret: String,
    bearer: Option<HeaderValue>,
    state: ScheduleState,
    scope: SyncScope,
    schedule: Schedule,
    watermark: Option<u64>,
    links: Links,
    escrows: Escrows,
    volume: Volume,
    quarantine: Option<Quarantine>,
    cycle: Option<Cycle>,
    cycles_begun: u64,
    tests_wanted: u32,
    tests_sent: u64,
    restart: Option<ResetScope>,
    pace: Pace,
    outbox: VecDeque<Call>,
    flights: Vec<Flight>,
    next_call: u64,
    log: Log,
    counters: Counters,
    ended: VecDeque<Ended>,
    last_test: Option<Result<(), (ErrorCode, String)>>,
}

/// How many ended cycles are remembered.
const ENDED_KEPT: usize = 2_000;

impl Job {
    /// A job that was never started.
    pub fn new(settings: Settings) -> Job {
        let secret = settings.secret.clone().unwrap_or_default();
        let bearer = requests::bearer(&secret).filter(|_| !secret.is_empty());
        Job {
            scope: settings.scope,
            schema: settings.schema.clone(),
            settings,
            secret,
            bearer,
            state: ScheduleState::Disabled,
            schedule: Schedule::default(),
            watermark: None,
            links: Links::default(),
            escrows: Escrows::default(),
            volume: Volume::default(),
            quarantine: None,
            cycle: None,
            cycles_begun: 0,
            tests_wanted: 0,
            tests_sent: 0,
            restart: None,
            pace: Pace::default(),
            outbox: VecDeque::new(),
            flights: Vec::new(),
            next_call: 1,
            log: Log::default(),
            counters: Counters::default(),
            ended: VecDeque::new(),
            last_test: None,
        }
    }

    /// Graph's `schedule.state`.
    pub fn state(&self) -> ScheduleState {
        self.state
    }

    /// Graph's `status.code`.
    pub fn status(&self) -> JobStatus {
        if self.quarantine.is_some() {
            JobStatus::Quarantine
        } else if self.state == ScheduleState::Paused && self.cycle.is_none() {
            JobStatus::Paused
        } else if self.secret.is_empty() {
            JobStatus::NotConfigured
        } else if self.counters.cycles == 0 {
            JobStatus::NotRun
        } else {
            JobStatus::Active
        }
    }

    /// The quarantine record, while there is one.
    pub fn quarantine(&self) -> Option<&Quarantine> {
        self.quarantine.as_ref()
    }

    /// The cycle under way.
    pub fn cycle(&self) -> Option<&Cycle> {
        self.cycle.as_ref()
    }

    /// How many cycles began.
    pub fn cycles_begun(&self) -> u64 {
        self.cycles_begun
    }

    /// The cycles that ended, oldest first; the last two thousand.
    pub fn ended(&self) -> impl DoubleEndedIterator<Item = &Ended> {
        self.ended.iter()
    }

    /// When the next cycle is due; `None` while one runs, or when none will.
    pub fn next_cycle(&self) -> Option<Time> {
        if self.cycle.is_some() { None } else { self.schedule.next() }
    }

    /// The link store.
    pub fn links(&self) -> &Links {
        &self.links
    }

    /// The failed objects.
    pub fn escrows(&self) -> &Escrows {
        &self.escrows
    }

    /// The provisioning log.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Exact counts since the start.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The mapping table for users that is in force.
    pub fn mappings(&self) -> &ObjectMapping {
        &self.schema.users
    }

    /// All mappings and filters that are in force.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The scope in force, which follows the setting at the next initial cycle [known-issues].
    pub fn scope(&self) -> SyncScope {
        self.scope
    }

    /// The version of the directory up to which everything was read; `None` before the first cycle
    /// went through.
    pub fn watermark(&self) -> Option<u64> {
        self.watermark
    }

    /// How the last connection test went.
    pub fn last_test(&self) -> Option<&Result<(), (ErrorCode, String)>> {
        self.last_test.as_ref()
    }

    /// Whether the answer to a call is still of interest.
    pub fn awaits(&self, call: CallId) -> bool {
        self.flights.iter().any(|flight| flight.id == call)
    }

    /// The next call to be sent, first in, first out.
    pub fn next_call(&mut self) -> Option<Call> {
        self.outbox.pop_front()
    }
}
