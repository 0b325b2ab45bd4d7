//! The provisioning job: its schedule, its requests, and its handling of the replies.
//!
//! It is a state machine and not a coroutine: the directory and the application may change between
//! any two requests of a cycle. Start reading at [`Job::wake`]. `control` has the portal's buttons;
//! `admit` begins cycles and tasks, `outcome` and `ending` end them; `task` takes one object
//! through a run, and `responses` handles each reply to a task.

mod admit;
pub mod audit;
mod calls;
pub mod changed;
mod coming;
mod connections;
mod context;
mod control;
mod credentials;
mod cycle;
mod decide;
mod deletions;
mod diff;
mod discovery;
mod ending;
pub mod escrow;
pub mod execution;
mod findings;
mod finer_code;
pub mod graph;
mod history;
pub mod identity;
mod in_flight;
mod interruption;
pub mod links;
pub mod log;
mod looks;
pub mod mail;
pub mod memberships;
pub mod modified;
mod on_demand;
mod outcome;
mod pace;
mod patch;
mod probe;
mod prune;
pub mod quarantine;
mod reference;
mod removal;
mod reply;
mod requests;
mod reset;
mod responses;
mod retries;
mod schedule;
mod setup;
pub mod step_details;
pub mod steps;
mod subject;
pub mod summary;
mod task;
#[cfg(test)]
mod tests;
mod token;
pub mod trail;
mod wake;
mod working_time;

use std::sync::Arc;

use http::HeaderValue;

pub use coming::TakenAway;
pub use connections::JobIsRunning;
pub use cycle::{Cycle, Ended};
pub use decide::{Plan, decide};
pub use deletions::{Deletions, reaches};
pub use discovery::{
    Correlation, Discovered, DiscoveredAccount, DiscoveryFailure, DiscoveryRefusal,
    DiscoveryReport, Uncorrelatable,
};
pub use findings::Findings;
pub use history::Counters;
pub use in_flight::{For, OnDemandId};
pub use interruption::NoCycle;
pub use looks::{Look, Looks};
pub use on_demand::{
    Absence, Card, OnDemandRefusal, OnDemandResult, OnDemandRun, OnDemandRuns, Picked, Stage,
    Stopped,
};
pub use probe::probe_failure;
pub use removal::Removal;
pub use reply::{SyncError, lookup_failure, write_failure};
pub use reset::ResetScope;
pub use retries::{ByCycles, Dropped, NextTry, Retry, ScopeStanding};
pub use schedule::Schedule;
pub use setup::{FORM_KEYS, SetupRefusal};
pub use subject::Subject;
pub use task::{SyncTask, TaskStep};

use crate::base::Time;
use crate::entra::call::{Call, CallId};
use crate::entra::event::{Button, Event};
use crate::entra::mapping::{ObjectMapping, Schema};
use crate::entra::policy::StagedLeft;
use crate::entra::scope::SyncScope;
use crate::entra::settings::Settings;
use crate::entra::sign_on::SsoSettings;
use crate::entra::tenant::{AppId, Tenant};
use audit::AuditLog;
use calls::{Calls, Purpose};
use credentials::Credentials;
use cycle::Version;
use discovery::Discoveries;
use escrow::Escrows;
use history::History;
use in_flight::InFlight;
use links::Links;
use log::Log;
use mail::Outbox;
use probe::ConnectionTests;
use quarantine::{Quarantine, Reason, Volume};
use setup::Form;
use working_time::WorkingTime;

/// The context of one step of the engine: the time, the seed, and the sink of its events.
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

/// The provisioning job of one application. It knows nothing of the jobs of other applications.
pub struct Job {
    app: AppId,
    /// What the administrator has saved.
    settings: Settings,
    /// The mappings and filters in force. Changes saved during a cycle take effect in the next one.
    schema: Arc<Schema>,
    /// How often mappings and filters were saved, from whatever side.
    schema_saves: u64,
    /// The scope in force. A saved change takes effect in the next initial cycle [known-issues].
    scope: SyncScope,
    credentials: Credentials,
    /// What was filled in on the provisioning page and is not saved yet.
    form: Option<Form>,

    state: ScheduleState,
    schedule: Schedule,
    /// The restart that was requested while a cycle ran; it is applied when the cycle ends.
    restart: Option<ResetScope>,
    /// What the last restart came of.
    restarted_by: Button,
    quarantine: Option<Quarantine>,
    /// Whether a button cleared a quarantine and no attempt has succeeded since.
    cleared: bool,

    /// The version of the directory up to which everything was read; `None` makes the next cycle
    /// initial.
    watermark: Option<Version>,
    links: Links,
    escrows: Escrows,
    /// Successes since the failures were last cleared. The failures are counted from escrow.
    volume: Volume,
    deletions: Deletions,
    /// The quarantine that the service asked for while a cycle ran.
    asked_quarantine: Option<Reason>,

    cycle: Option<Cycle>,
    cycles_begun: u64,
    /// How many cycles the jobs had that were deleted before this one.
    cycles_before: u64,
    working_time: WorkingTime,
    on_demand: OnDemandRuns,
    discoveries: Discoveries,
    tests: ConnectionTests,
    in_flight: InFlight,
    calls: Calls,
    history: History,
}

impl Job {
    /// Creates a job that has not been started.
    pub fn new(app: AppId, settings: Settings) -> Job {
        Job {
            app,
            scope: settings.scope,
            schema: settings.schema.clone(),
            schema_saves: 0,
            credentials: Credentials::new(&settings),
            settings,
            form: None,
            state: ScheduleState::Disabled,
            schedule: Schedule::default(),
            restart: None,
            restarted_by: Button::Restart,
            quarantine: None,
            cleared: false,
            watermark: None,
            links: Links::default(),
            escrows: Escrows::default(),
            volume: Volume::default(),
            deletions: Deletions::default(),
            asked_quarantine: None,
            cycle: None,
            cycles_begun: 0,
            cycles_before: 0,
            working_time: WorkingTime::default(),
            on_demand: OnDemandRuns::default(),
            discoveries: Discoveries::default(),
            tests: ConnectionTests::default(),
            in_flight: InFlight::default(),
            calls: Calls::of(app),
            history: History::default(),
        }
    }

    /// The application that it provisions.
    pub fn app(&self) -> AppId {
        self.app
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
        } else if self.credentials.is_empty() {
            JobStatus::NotConfigured
        } else if self.last_execution().is_none() {
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

    /// The number of cycles that began.
    pub fn cycles_begun(&self) -> u64 {
        self.cycles_begun
    }

    /// The cycles that ended, oldest first; the last two thousand.
    pub fn ended(&self) -> impl DoubleEndedIterator<Item = &Ended> {
        self.history.ended.iter()
    }

    /// When the next cycle is due; `None` while a cycle runs, or when none will follow.
    pub fn next_cycle(&self) -> Option<Time> {
        // The time of a quarantine may end before its next attempt, and the job with it.
        let comes = |at: &Time| self.quarantine.as_ref().is_none_or(|it| *at < it.disable_at);
        if self.cycle.is_some() { None } else { self.schedule.next().filter(comes) }
    }

    /// The `Authorization` header of its requests; `None` when it has no secret.
    pub fn authorization(&self) -> Option<&HeaderValue> {
        self.credentials.bearer().map(requests::Bearer::value)
    }

    /// The call that was made last, sent or not; before the first one an id that no call has.
    pub fn last_call(&self) -> CallId {
        self.calls.last()
    }

    /// Whether it signs in by OAuth, with access tokens of a token endpoint.
    pub fn uses_oauth(&self) -> bool {
        self.credentials.is_oauth()
    }

    /// Whether anything was filled in with which it signs in.
    pub fn has_credentials(&self) -> bool {
        !self.credentials.is_empty()
    }

    /// The end of the wait that a 429 asked for; an instant in the past when there is none.
    pub fn held_until(&self) -> Time {
        self.calls.pace.held_until()
    }

    /// The link store.
    pub fn links(&self) -> &Links {
        &self.links
    }

    /// The failed objects.
    pub fn escrows(&self) -> &Escrows {
        &self.escrows
    }

    /// When a failed object is tried again: at its retry time or the next cycle, whichever is
    /// later.
    pub fn next_try(&self, subject: impl Into<Subject>) -> Option<Time> {
        let due = self.escrows.get(subject)?.next_retry;
        Some(self.next_cycle().map_or(due, |next| next.max(due)))
    }

    /// The provisioning log.
    pub fn log(&self) -> &Log {
        &self.history.log
    }

    /// How often mappings and filters were saved since the run began.
    pub fn schema_saves(&self) -> u64 {
        self.schema_saves
    }

    /// The audit log: changes of the configuration, and quarantines.
    pub fn audit(&self) -> &AuditLog {
        &self.history.audit
    }

    /// The notification mails that were sent.
    pub fn outbox(&self) -> &Outbox {
        &self.history.outbox
    }

    /// Exact counts since the start.
    pub fn counters(&self) -> &Counters {
        &self.history.counters
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How users sign in to the application, to change it: that is no part of provisioning.
    pub(in crate::entra) fn sso_mut(&mut self) -> &mut SsoSettings {
        &mut self.settings.sso
    }

    /// The mapping table for users that is in force.
    pub fn mappings(&self) -> &ObjectMapping {
        &self.schema.users
    }

    /// Whether changes of groups were not read yet.
    pub fn has_unread_groups(&self, tenant: &Tenant) -> bool {
        self.schema.groups.enabled
            && self.watermark.is_none_or(|read| read.groups < tenant.group_version(self.app))
    }

    /// All mappings and filters that are in force.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The scope in force, which follows the setting at the next initial cycle [known-issues].
    pub fn scope(&self) -> SyncScope {
        self.scope
    }

    /// The version of the users up to which everything was read; `None` before the first cycle went
    /// through.
    pub fn watermark(&self) -> Option<u64> {
        self.watermark.map(|read| read.users)
    }

    /// Whether a connection test is under way.
    pub fn is_testing(&self) -> bool {
        let test = |purpose| matches!(purpose, Purpose::Test(_) | Purpose::TestToken);
        self.calls.any(test)
    }

    /// How the last connection test went.
    pub fn last_test(&self) -> Option<&Result<(), SyncError>> {
        self.tests.last.as_ref()
    }

    /// How many connection tests have a result.
    pub fn tests_done(&self) -> u64 {
        self.tests.done
    }

    /// Whether deletions can be allowed or rejected: some are staged, or the job is in quarantine
    /// for those that were. A run on demand may have dealt with all of them since, and the
    /// quarantine is judged again by a cycle alone [quarantine].
    pub fn awaits_answer(&self) -> bool {
        let waits = |kept: &Quarantine| kept.cause.reason == Reason::TooManyDeletes;
        !self.deletions.staged().is_empty() || self.quarantine.as_ref().is_some_and(waits)
    }

    /// Whether what is staged stays staged in the next cycle, however little is left of it: by
    /// policy, unless that cycle is an initial one.
    pub fn keeps_staged(&self) -> bool {
        let policy = &self.settings.policy;
        policy.staged_left == StagedLeft::Wait
            && self.watermark.is_some()
            && self.settings.delete_threshold.in_force().is_some()
    }

    /// The guard against accidental deletions: what the current cycle plans, and what is staged.
    pub fn deletions(&self) -> &Deletions {
        &self.deletions
    }

    /// Whether the reply to a call is still awaited.
    pub fn awaits(&self, call: CallId) -> bool {
        self.calls.awaits(call)
    }

    /// The next call to be sent, first in, first out.
    pub fn next_call(&mut self) -> Option<Call> {
        self.calls.next()
    }
}
