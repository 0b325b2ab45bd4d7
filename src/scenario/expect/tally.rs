//! `log.where` and `requests.where`: rows of the provisioning log and requests of the job that meet
//! conditions, counted as they come, so that the count is exact whatever the log still holds.

use std::collections::BTreeSet;

use super::ObservedValue;
use crate::base::glob::glob;
use crate::entra;
use crate::entra::job::Subject;
use crate::entra::job::log::LogEntry;
use crate::world::record::{RecordedRequest, ReplyStatus};
use crate::world::transit::Door;
use crate::world::{Record, RecordedEvent};

/// What is counted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Counted {
    /// Rows of the provisioning log.
    Rows(RowFilter),
    /// SCIM requests of the application's job.
    Requests(RequestFilter),
}

/// Which rows count; each condition that is there must hold.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RowFilter {
    /// The handle of the user they are about.
    pub user: Option<String>,
    /// The handle of the group they are about.
    pub group: Option<String>,
    /// Their action, in the vendor's word.
    pub action: Option<String>,
    /// Their status, in the vendor's word.
    pub status: Option<String>,
    /// Their error code or skip reason.
    pub code: Option<String>,
}

/// Which requests count; each condition that is there must hold.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RequestFilter {
    /// The handle of the user they are about.
    pub user: Option<String>,
    /// Their method.
    pub method: Option<String>,
    /// Their path, as a whole or below the base; a `*` stands for any text.
    pub path: Option<String>,
    /// The status of the answer; with it, a request counts once it is answered.
    pub status: Option<StatusFilter>,
}

/// Which statuses of answers count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StatusFilter {
    /// This one.
    Exactly(u16),
    /// Those of a class: 4 stands for 4xx.
    Class(u16),
}

/// A count, as far as the play has come.
pub struct Tally {
    counted: Counted,
    /// The cycle after whose end the count begins.
    since: Option<u64>,
    count: u64,
    /// The count at the end of that cycle.
    then: Option<u64>,
    /// The requests, by their records, that count if the answer has the right status.
    unanswered: BTreeSet<u64>,
}

impl Counted {
    /// The user or the group of which it speaks.
    pub fn subject(&self) -> Option<&str> {
        match self {
            Counted::Rows(filter) => filter.user.as_deref().or(filter.group.as_deref()),
            Counted::Requests(filter) => filter.user.as_deref(),
        }
    }
}

impl RowFilter {
    fn takes(&self, row: &LogEntry) -> bool {
        let is = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == found)
        };
        let is_user = matches!(row.subject, Subject::User(_));
        (self.user.is_none() || is_user)
            && (self.group.is_none() || !is_user)
            && is(&self.user, &row.handle)
            && is(&self.group, &row.handle)
            && is(&self.action, row.action.word())
            && is(&self.status, row.status.word())
            && is(&self.code, row.status.code())
    }
}

impl RequestFilter {
    /// Whether a request counts, whatever its answer.
    fn takes(&self, request: &RecordedRequest<'_>, base: &str) -> bool {
        let path = request.target.split('?').next().unwrap_or_default();
        let meets = |pattern: &String| {
            let below = path.strip_prefix(base);
            glob(pattern, path) || below.is_some_and(|path| glob(pattern, path))
        };
        request.door == Door::Scim
            && self.user.as_ref().is_none_or(|user| request.who == Some(user))
            && self.method.as_ref().is_none_or(|method| request.method == method)
            && self.path.as_ref().is_none_or(meets)
    }
}

impl StatusFilter {
    fn takes(self, found: ReplyStatus) -> bool {
        match (self, found) {
            (StatusFilter::Exactly(wanted), ReplyStatus::Status(found)) => wanted == found,
            (StatusFilter::Class(class), ReplyStatus::Status(found)) => class == found / 100,
            _ => false,
        }
    }
}

impl Tally {
    /// A count that begins with the run, or at the end of a cycle.
    pub fn new(counted: Counted, since: Option<u64>) -> Tally {
        Tally { counted, since, count: 0, then: None, unanswered: BTreeSet::new() }
    }

    /// Whether it counts requests.
    pub fn counts_requests(&self) -> bool {
        matches!(self.counted, Counted::Requests(_))
    }

    /// Whether it counts this, from that point on.
    pub fn is_of(&self, counted: &Counted, since: Option<u64>) -> bool {
        self.counted == *counted && self.since == since
    }

    /// The count so far; absent before the point from which it counts.
    pub fn value(&self) -> ObservedValue {
        match (self.since, self.then) {
            (None, _) => ObservedValue::count(self.count),
            (Some(_), Some(then)) => ObservedValue::count(self.count - then),
            (Some(_), None) => ObservedValue::Absent,
        }
    }

    /// Reads one record of the application, whose server has its endpoints below `base`.
    pub fn read(&mut self, record: &Record<'_>, base: &str) {
        match (&self.counted, &record.event) {
            (_, RecordedEvent::Entra(entra::Event::CycleEnded { number, .. }))
                if self.since == Some(*number) =>
            {
                self.then = Some(self.count);
            }
            (Counted::Rows(filter), RecordedEvent::Entra(entra::Event::Provisioned(row))) => {
                self.count += u64::from(filter.takes(row));
            }
            (Counted::Requests(filter), RecordedEvent::Request(request)) => match filter.status {
                _ if !filter.takes(request, base) => {}
                Some(_) => {
                    self.unanswered.insert(record.seq);
                }
                None => self.count += 1,
            },
            (Counted::Requests(filter), RecordedEvent::Answer(answer)) => {
                let waited = self.unanswered.remove(&answer.request);
                let takes = filter.status.is_some_and(|status| status.takes(answer.status));
                self.count += u64::from(waited && takes);
            }
            _ => {}
        }
    }
}
