//! Which rows of the log follow a request that a fault has struck: what came back then was not
//! GoLinks' own answer, or did not come as GoLinks sent it.

use std::collections::BTreeMap;

use crate::entra;
use crate::entra::job::Subject;
use crate::entra::job::log::LogEntry;
use crate::world::record::RecordedRequest;
use crate::world::{AppView, Party, Record, RecordedEvent};

/// How many of the last records are searched.
const LOOKED_BACK: usize = 50_000;

/// What faults did to the last request before each row about one object, by the row's number: `the
/// fault outage struck the request: refused`.
pub(super) struct Struck(BTreeMap<u64, String>);

impl Struck {
    /// Reads the rows about an object, as far back as the journal is searched.
    pub fn of_object(view: AppView<'_>, subject: Subject) -> Struck {
        let records = view.journal().records();
        let old = records.len().saturating_sub(LOOKED_BACK);
        Struck::read(view, subject, records.skip(old))
    }

    /// Reads one row alone.
    pub fn of_row(view: AppView<'_>, row: &LogEntry) -> Struck {
        let records = view.journal().records().rev().take(LOOKED_BACK);
        let since = records.take_while(|record| record.at >= row.began);
        let mut found: Vec<Record<'_>> = since.filter(|record| record.at <= row.at).collect();
        found.reverse();
        Struck::read(view, row.subject, found.into_iter())
    }

    /// What a fault did to the request after which a row was written.
    pub fn before(&self, row: &LogEntry) -> Option<&str> {
        self.0.get(&row.number).map(String::as_str)
    }

    fn read<'r>(
        view: AppView<'_>,
        subject: Subject,
        records: impl Iterator<Item = Record<'r>>,
    ) -> Struck {
        let ours = Party::App(view.app());
        let tenant = view.entra().tenant();
        let is_about = |request: &RecordedRequest<'_>| match subject {
            Subject::User(user) => request.who == Some(&**tenant.user(user).handle()),
            Subject::Group(group) => request.group == Some(&**tenant.group(group).handle()),
        };
        let (mut rows, mut last, mut struck) = (BTreeMap::new(), None, None);
        for record in records {
            match record.event {
                RecordedEvent::Request(request) if record.party == ours && is_about(&request) => {
                    (last, struck) = (Some(record.seq), None);
                }
                RecordedEvent::FaultStruck { fault, request, did } if last == Some(request) => {
                    struck = Some(format!("the fault {fault} struck the request: {did}"));
                }
                RecordedEvent::Entra(entra::Event::Provisioned(row))
                    if record.party == ours && row.subject == subject =>
                {
                    rows.extend(struck.take().map(|words| (row.number, words)));
                    last = None;
                }
                _ => {}
            }
        }
        Struck(rows)
    }
}
