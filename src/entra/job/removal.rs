//! Deleting the job: it is stopped and everything it knew is forgotten, at once and as a whole
//! [g:jobdelete]. What was carried out stays carried out, the logs are kept, and so are the
//! credentials, which belong to the application.

use super::audit::Activity;
use super::changed::ChangedSetting;
use super::execution::{EntryCounts, Milestones};
use super::quarantine::Volume;
use super::reply::SyncError;
use super::{Job, Moment, NextTry, ScheduleState};
use crate::entra::error_code::ErrorCode;
use crate::entra::event::{CycleResult, Event};

/// What is deleted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Removal {
    /// The job alone.
    Job,
    /// The application, and the job with it.
    Application,
}

impl Removal {
    /// It, in words.
    pub fn words(self) -> &'static str {
        match self {
            Removal::Job => "the job was deleted",
            Removal::Application => "the application was deleted",
        }
    }

    /// What it did to a cycle, in words.
    pub fn broken_off(self) -> &'static str {
        match self {
            Removal::Job => "broken off: the job was deleted",
            Removal::Application => "broken off: the application was deleted",
        }
    }
}

impl Job {
    /// Deletes the job. A cycle under way is broken off (assumed; a restart lets it complete), and
    /// so are runs on demand and a report of accounts. What is started afterwards is a new job,
    /// whose first cycle is an initial one.
    pub fn delete(&mut self, what: Removal, moment: &mut Moment<'_>) {
        moment.emit(Event::JobDeleted);
        let (detail, dropped) = match what {
            Removal::Job => ("", NextTry::JobDeleted),
            Removal::Application => ("with the application", NextTry::ApplicationDeleted),
        };
        let changed = ChangedSetting::of_state(self.state, ScheduleState::Disabled);
        self.record_change(Activity::Delete, detail, changed, moment);
        self.restart = None;
        self.state = ScheduleState::Disabled;
        self.schedule.stop();
        if let Some(cycle) = self.drop_cycle() {
            let number = cycle.number;
            let error = SyncError::new(ErrorCode::InternalError, what.words());
            self.remember(cycle, CycleResult::Failed, Some(error), moment);
            moment.emit(Event::CycleInterrupted { number, removal: Some(what) });
        }
        self.drop_on_demand(what, moment);
        self.drop_discovery(what, moment);
        self.quarantine = None;
        self.cleared = false;
        self.asked_quarantine = None;
        self.watermark = None;
        self.links.clear();
        self.drop_escrows(dropped);
        self.volume = Volume::default();
        self.deletions.clear();
        self.history.entries = EntryCounts::default();
        self.history.milestones = Milestones::default();
        self.cycles_before = self.cycles_begun;
        self.schema = self.settings.schema.clone();
        self.scope = self.settings.scope;
    }
}
