//! A cycle that the provisioning service itself breaks off, as when the vendor moves it to another
//! machine.
//!
//! What was carried out stays carried out. The watermark is still that of the last cycle that came
//! to its end, so the next one reads the same changes again, and finds most of them done (assumed;
//! how-works has the watermark written at the end of a cycle).

use std::fmt;

use super::reply::SyncError;
use super::{Job, Moment};
use crate::entra::error_code::ErrorCode;
use crate::entra::event::{CycleResult, Event};

/// Why nothing was interrupted: no cycle is under way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoCycle;

impl fmt::Display for NoCycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no cycle is under way")
    }
}

impl Job {
    /// Breaks off the cycle under way. It is no quarantine, because neither the credentials nor the
    /// application failed; a quarantine that there is goes on with its next attempt (assumed).
    ///
    /// # Errors
    /// No cycle is under way.
    pub fn interrupt(&mut self, moment: &mut Moment<'_>) -> Result<(), NoCycle> {
        let cycle = self.drop_cycle().ok_or(NoCycle)?;
        let (number, began) = (cycle.number, cycle.began);
        let failed = (number, cycle.counts.failed > 0);
        let error = SyncError::new(ErrorCode::InternalError, "the service broke the cycle off");
        self.remember(cycle, CycleResult::Failed, Some(error), moment);
        moment.emit(Event::CycleInterrupted { number, removal: None });
        match &self.quarantine {
            Some(kept) => {
                let next = kept.attempt_after(moment.now(), &self.settings.policy);
                self.schedule.at(next);
            }
            None => self.schedule_next(began, moment),
        }
        self.apply_restart(moment);
        self.note_next_cycle(failed);
        Ok(())
    }
}
