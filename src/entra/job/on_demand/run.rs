//! The record of a run on demand: what was picked, which rows it wrote, and how it ended.

use std::fmt::Write;
use std::sync::Arc;

use super::refusal::Absence;
use crate::base::Time;
use crate::entra::job::in_flight::OnDemandId;
use crate::entra::job::log::{LogEntry, LogStatus};
use crate::entra::job::removal::Removal;
use crate::entra::job::reply::SyncError;
use crate::entra::job::subject::Subject;
use crate::entra::tenant::UserKey;

/// One run on demand.
#[derive(Clone, PartialEq, Debug)]
pub struct OnDemandRun {
    /// Its id.
    pub id: OnDemandId,
    /// The user or the group.
    pub subject: Subject,
    /// Its handle.
    pub handle: Arc<str>,
    /// The members that were picked with a group, with their handles.
    pub members: Vec<(UserKey, Arc<str>)>,
    /// When it began.
    pub began: Time,
    /// When it ended; when it began while it has not.
    pub ended: Time,
    /// Why it ended before everything was done.
    pub stopped: Option<Stopped>,
    /// The rows of the provisioning log that it wrote: the object, then its references.
    pub rows: Vec<Arc<LogEntry>>,
}

/// Why a run ended before everything was done.
#[derive(Clone, PartialEq, Debug)]
pub enum Stopped {
    /// The connection test failed.
    ConnectionTest(SyncError),
    /// The object has gone since it was picked, or a filter keeps it from being read.
    NotFound(Absence),
    /// The job was deleted while the run was under way, alone or with its application.
    Deleted(Removal),
}

impl Stopped {
    /// The same as a sentence about the object, by its name.
    pub fn sentence(&self, name: &str) -> String {
        match self {
            Stopped::ConnectionTest(error) => {
                format!("The connection test failed: {} ({}).", error.text(), error.code.word())
            }
            Stopped::NotFound(absence) => format!("{name} was not found: {}.", absence.words()),
            Stopped::Deleted(what) => format!("It was broken off: {}.", what.words()),
        }
    }

    /// The words for it.
    pub fn text(&self) -> String {
        match self {
            Stopped::ConnectionTest(error) => {
                format!("connection test FAILED, {}: {}", error.code.word(), error.text())
            }
            Stopped::NotFound(Absence::NotRead) => {
                format!("not found, {}", Absence::NotRead.words())
            }
            Stopped::NotFound(absence) => format!("no longer found, {}", absence.words()),
            Stopped::Deleted(what) => format!("broken off, {}", what.words()),
        }
    }
}

/// How a run ended [g:pod].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnDemandResult {
    /// Something was written, and nothing failed.
    Success,
    /// Nothing had to be done, or nothing may be done.
    Skipped,
    /// Something failed.
    Failure,
}

impl OnDemandResult {
    /// Graph's word for it.
    pub fn word(self) -> &'static str {
        match self {
            OnDemandResult::Success => "Success",
            OnDemandResult::Skipped => "Skipped",
            OnDemandResult::Failure => "Failure",
        }
    }
}

impl OnDemandRun {
    /// The row about the object itself; `None` if it was not looked at.
    pub fn row(&self) -> Option<&LogEntry> {
        self.rows.first().map(|row| &**row)
    }

    /// Writes how it ended as one line of text.
    pub(in crate::entra) fn write(&self, out: &mut String) -> std::fmt::Result {
        write!(out, "provision on demand of {} ended, {}", self.handle, self.result().word())?;
        match &self.stopped {
            Some(why) => write!(out, ": {}", why.text()),
            None => Ok(()),
        }
    }

    /// What it did, in words: its rows as they were written, or why it was stopped.
    pub fn words(&self) -> String {
        self.words_with(|row| {
            let mut text = String::new();
            row.write(&mut text);
            text
        })
    }

    /// The same with rows as `of_row` writes them.
    pub fn words_with(&self, of_row: impl Fn(&LogEntry) -> String) -> String {
        match (&self.stopped, self.rows.is_empty()) {
            (Some(why), _) => format!("{}: {}", self.handle, why.text()),
            (None, true) => format!("{}: nothing to do", self.handle),
            (None, false) => {
                self.rows.iter().map(|row| of_row(row)).collect::<Vec<_>>().join(" · ")
            }
        }
    }

    /// How it ended: with its worst row, and a success counts more than a skip.
    pub fn result(&self) -> OnDemandResult {
        let any = |is: fn(&LogStatus) -> bool| self.rows.iter().any(|row| is(&row.status));
        if self.stopped.is_some() || any(|status| matches!(status, LogStatus::Failure(_))) {
            OnDemandResult::Failure
        } else if any(|status| *status == LogStatus::Success) {
            OnDemandResult::Success
        } else {
            OnDemandResult::Skipped
        }
    }
}
