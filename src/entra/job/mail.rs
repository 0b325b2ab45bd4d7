//! The notification mails: one when a job enters quarantine, another when the reason changes
//! [quarantine].
//!
//! A mail keeps its facts; subject and text are written from them, in our own words.

use std::collections::VecDeque;

use super::quarantine::{Quarantine, QuarantineCause};
use crate::base::Time;

/// The sender of the vendor's mails [quarantine].
pub const SENDER: &str = "azure-noreply@microsoft.com";

/// One mail.
#[derive(Clone, PartialEq, Debug)]
pub struct Mail {
    /// When it was sent.
    pub at: Time,
    /// The address.
    pub to: String,
    /// Why the job is in quarantine.
    pub cause: QuarantineCause,
    /// Whether it was in quarantine before, for another reason.
    pub stays: bool,
    /// When the job is tried again.
    pub next_attempt: Time,
    /// When the job is disabled unless an attempt succeeds before.
    pub disable_at: Time,
}

impl Mail {
    /// The mail about a quarantine.
    pub(super) fn about(quarantine: &Quarantine, to: String, at: Time) -> Mail {
        Mail {
            at,
            to,
            cause: quarantine.cause.clone(),
            stays: quarantine.series_count > 0,
            next_attempt: quarantine.next_attempt,
            disable_at: quarantine.disable_at,
        }
    }

    /// The subject; `application` is the application's name.
    pub fn subject(&self, application: &str) -> String {
        format!("Provisioning to {application} is in quarantine")
    }

    /// The text, line by line.
    pub fn lines(&self, application: &str) -> Vec<String> {
        let code = self.cause.code.map_or(String::new(), |code| format!(", {}", code.word()));
        let mut lines = vec![
            match self.stays {
                false => format!(
                    "The provisioning job of {application} was put into quarantine ({}{code}).",
                    self.cause.reason.word()
                ),
                true => format!(
                    "The provisioning job of {application} stays in quarantine, for another reason \
                     than before ({}{code}).",
                    self.cause.reason.word()
                ),
            },
            format!("What was seen: {}.", self.cause.text().trim_end_matches('.')),
            format!("What to do: {}", self.cause.recommended_action()),
        ];
        lines.push(format!(
            "The job runs less often now; the next attempt is at {}. If no attempt succeeds, it \
             is disabled at {}.",
            self.next_attempt.rfc3339(),
            self.disable_at.rfc3339()
        ));
        lines
    }
}

/// The latest mails, oldest first.
#[derive(Clone, Default, Debug)]
pub struct Outbox {
    mails: VecDeque<Mail>,
    sent: u64,
}

/// How many mails are remembered; there is one for a quarantine.
const KEPT: usize = 200;

impl Outbox {
    /// Adds a mail.
    pub(super) fn push(&mut self, mail: Mail) {
        self.sent += 1;
        self.mails.push_back(mail);
        if self.mails.len() > KEPT {
            self.mails.pop_front();
        }
    }

    /// The mails that are kept, oldest first.
    pub fn mails(&self) -> impl DoubleEndedIterator<Item = &Mail> {
        self.mails.iter()
    }

    /// How many mails were ever sent.
    pub fn count(&self) -> u64 {
        self.sent
    }
}
