//! The notification mails: one when a job enters quarantine, another when the reason changes
//! [quarantine], and by policy one when a job pauses after pruning.
//!
//! A mail keeps its facts; subject and text are written from them, in our own words.

use std::collections::VecDeque;

use super::quarantine::{Quarantine, QuarantineCause, Reason};
use super::{Job, Moment};
use crate::base::Time;
use crate::entra::event::Event;

/// The sender of the vendor's mails [quarantine].
pub const SENDER: &str = "azure-noreply@microsoft.com";

/// One mail.
#[derive(Clone, PartialEq, Debug)]
pub struct Mail {
    /// When it was sent.
    pub at: Time,
    /// The address.
    pub to: String,
    /// What it reports.
    pub about: MailAbout,
}

/// What a mail reports.
#[derive(Clone, PartialEq, Debug)]
pub enum MailAbout {
    /// The job is in quarantine.
    Quarantine {
        /// Why.
        cause: QuarantineCause,
        /// Whether it was in quarantine before, for another reason.
        stays: bool,
        /// When the job is tried again.
        next_attempt: Time,
        /// When the job is disabled unless an attempt succeeds before.
        disable_at: Time,
    },
    /// The job is paused, because its initial cycle dropped so many errors.
    Pruned(u64),
}

impl MailAbout {
    /// A mail about a quarantine.
    pub(super) fn quarantine(of: &Quarantine) -> MailAbout {
        MailAbout::Quarantine {
            cause: of.cause.clone(),
            stays: of.series_count > 0,
            next_attempt: of.next_attempt,
            disable_at: of.disable_at,
        }
    }

    /// Graph's reason of the quarantine; `None` when there is none.
    pub fn reason(&self) -> Option<Reason> {
        match self {
            MailAbout::Quarantine { cause, .. } => Some(cause.reason),
            MailAbout::Pruned(_) => None,
        }
    }
}

impl Mail {
    /// The subject; `application` is the application's name.
    pub fn subject(&self, application: &str) -> String {
        let what = match self.about {
            MailAbout::Quarantine { .. } => "is in quarantine",
            MailAbout::Pruned(_) => "is paused",
        };
        format!("Provisioning to {application} {what}")
    }

    /// The text, line by line.
    pub fn lines(&self, application: &str) -> Vec<String> {
        match &self.about {
            MailAbout::Quarantine { cause, stays, next_attempt, disable_at } => {
                let mut lines = of_cause(application, cause, *stays);
                let (next, ends) = (next_attempt.rfc3339(), disable_at.rfc3339());
                lines.push(match next_attempt < disable_at {
                    true => format!(
                        "The job runs less often now; the next attempt is at {next}. If no attempt \
                         succeeds, it is disabled at {ends}."
                    ),
                    false => format!("No further attempt is made; it is disabled at {ends}."),
                });
                lines
            }
            MailAbout::Pruned(errors) => vec![
                format!(
                    "The initial cycle of {application} dropped {errors} {}, because too many \
                     objects failed, and the provisioning job was paused when it had ended.",
                    if *errors == 1 { "error" } else { "errors" }
                ),
                "What was dropped is not tried again. Correct the errors that the provisioning log \
                 shows, and restart provisioning."
                    .to_owned(),
            ],
        }
    }
}

/// What happened, what was seen and what to do.
fn of_cause(application: &str, cause: &QuarantineCause, stays: bool) -> Vec<String> {
    let code = cause.code.map_or(String::new(), |code| format!(", {}", code.word()));
    let reason = cause.reason.word();
    let first = match stays {
        false => format!(
            "The provisioning job of {application} was put into quarantine ({reason}{code})."
        ),
        true => format!(
            "The provisioning job of {application} stays in quarantine, for another reason than \
             before ({reason}{code})."
        ),
    };
    vec![
        first,
        format!("What was seen: {}.", cause.text().trim_end_matches('.')),
        format!("What to do: {}", cause.recommended_action()),
    ]
}

impl Job {
    /// Sends a mail to the notification address, if there is one and its box is checked.
    pub(super) fn send_mail(&mut self, about: MailAbout, moment: &mut Moment<'_>) {
        let Some(to) = self.settings.mail_to().map(str::to_owned) else { return };
        self.history.counters.mails += 1;
        moment.emit(Event::MailSent { to: to.clone(), reason: about.reason() });
        self.history.outbox.push(Mail { at: moment.now(), to, about });
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
