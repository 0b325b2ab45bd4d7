//! Exact counts of what happened, including records that the journal no longer holds.

use super::record::{RecordedEvent, ReplyStatus};
use super::transit::{Door, Origin};
use crate::entra;
use crate::entra::event::CycleResult;
use crate::entra::job::log::LogStatus;

/// Exact counts since the start. Requests of the engine and of external clients both count.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counters {
    /// GET requests.
    pub get: u64,
    /// POST requests.
    pub post: u64,
    /// PATCH requests.
    pub patch: u64,
    /// PUT requests.
    pub put: u64,
    /// DELETE requests.
    pub delete: u64,
    /// Requests of any other method.
    pub other: u64,
    /// Requests for access tokens, which count under no method.
    pub tokens: u64,
    /// Requests answered with 400 or above, or not at all.
    pub failed: u64,
    /// Answers by class: 1xx, 2xx, 3xx, 4xx, 5xx.
    pub status: [u64; 5],
    /// Requests without an answer: refused, not trusted, reset, timed out or no longer wanted.
    pub lost: u64,
    /// Answers that came after the engine had given up.
    pub too_late: u64,
    /// Writes that were answered with success and changed nothing at GoLinks.
    pub changed_nothing: u64,
    /// Requests of external clients.
    pub outside: u64,
    /// Requests at GoLinks' pages and its REST API, which count nowhere else: neither they nor
    /// their answers.
    pub pages: u64,
    /// Requests struck by a fault.
    pub struck: u64,
    /// Mails sent.
    pub mails: u64,
    /// Cycles begun.
    pub cycles: u64,
    /// Cycles that failed as a whole.
    pub cycles_failed: u64,
    /// Rows of the provisioning log.
    pub log_rows: u64,
    /// Rows of the provisioning log that say Failure.
    pub log_failures: u64,
}

impl Counters {
    /// All requests.
    pub fn requests(&self) -> u64 {
        self.get + self.post + self.patch + self.put + self.delete + self.other + self.tokens
    }

    /// Counts one event, but for an answer to a request at GoLinks' pages.
    pub(super) fn count(&mut self, event: &RecordedEvent<'_>) {
        match event {
            RecordedEvent::Request(request) => {
                match request.door {
                    Door::Token => self.tokens += 1,
                    // A browser at GoLinks is no client of SCIM.
                    Door::Pages => {
                        self.pages += 1;
                        return;
                    }
                    Door::Scim | Door::Graph => *self.method(request.method) += 1,
                }
                self.outside += u64::from(request.origin == Origin::External);
            }
            RecordedEvent::Answer(answer) => {
                self.failed += u64::from(answer.status.failed());
                self.changed_nothing += u64::from(answer.idle);
                match answer.status {
                    ReplyStatus::Status(status) => {
                        self.status[usize::from(status / 100).clamp(1, 5) - 1] += 1
                    }
                    _ => self.lost += 1,
                }
            }
            RecordedEvent::TooLate(_) => self.too_late += 1,
            RecordedEvent::FaultStruck { .. } => self.struck += 1,
            RecordedEvent::Entra(event) => self.count_entra(event),
            _ => {}
        }
    }

    fn count_entra(&mut self, event: &entra::Event) {
        match event {
            entra::Event::CycleBegan { .. } => self.cycles += 1,
            entra::Event::CycleEnded { result, .. } => {
                self.cycles_failed += u64::from(*result == CycleResult::Failed);
            }
            entra::Event::Provisioned(row) => {
                self.log_rows += 1;
                self.log_failures += u64::from(matches!(row.status, LogStatus::Failure(_)));
            }
            entra::Event::MailSent { .. } => self.mails += 1,
            _ => {}
        }
    }

    fn method(&mut self, method: &str) -> &mut u64 {
        match method {
            "GET" => &mut self.get,
            "POST" => &mut self.post,
            "PATCH" => &mut self.patch,
            "PUT" => &mut self.put,
            "DELETE" => &mut self.delete,
            _ => &mut self.other,
        }
    }
}
