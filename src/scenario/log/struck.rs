//! What a row of the log does not know of the last request before it: that a fault has struck it,
//! so that what came back was not GoLinks' own answer or not as GoLinks sent it; that a success
//! changed nothing; and that a change of an assignment was still on its way.

use std::collections::BTreeMap;

use crate::entra;
use crate::entra::job::Subject;
use crate::entra::job::log::{LogEntry, Run};
use crate::entra::tenant::UnseenAssignment;
use crate::world::record::RecordedRequest;
use crate::world::{AppView, Party, Record, RecordedEvent};

/// How many of the last records are searched.
const LOOKED_BACK: usize = 50_000;

/// What befell one request, and what its run did not see.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Befell {
    /// What a fault did to it, in a sentence.
    pub fault: Option<String>,
    /// Whether it was a write that was answered with success and changed nothing.
    pub idle: bool,
    /// The changes of assignments that its run did not see yet.
    pub unseen: Vec<UnseenAssignment>,
}

/// What befell the last request before each row about one object, by the row's number.
pub(super) struct Struck(BTreeMap<u64, Befell>);

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
        // The run may have begun long before it came to the object.
        let mut older = view.journal().records().rev().take(LOOKED_BACK);
        let begin =
            older.find(|record| record.party == Party::App(view.app()) && begins(record, row));
        found.extend(begin.filter(|begin| begin.at < row.began));
        found.reverse();
        Struck::read(view, row.subject, found.into_iter())
    }

    /// What befell the request after which a row was written.
    pub fn before(&self, row: &LogEntry) -> Befell {
        self.0.get(&row.number).cloned().unwrap_or_default()
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
        let (mut rows, mut last, mut befell) = (BTreeMap::new(), None, Befell::default());
        let mut sent = None;
        let (mut of_cycle, mut on_demand) = (Vec::new(), Vec::new());
        for record in records {
            match record.event {
                RecordedEvent::Request(request) if record.party == ours && is_about(&request) => {
                    (last, befell) = (Some(record.seq), Befell::default());
                    sent = Some(record.at);
                }
                RecordedEvent::FaultStruck { fault, request, did } if last == Some(request) => {
                    befell.fault = Some(format!("The fault {fault} struck the request: {did}."));
                }
                RecordedEvent::Answer(answer) if last == Some(answer.request) => {
                    befell.idle = answer.idle;
                }
                RecordedEvent::Entra(entra::Event::Provisioned(row))
                    if record.party == ours && row.subject == subject =>
                {
                    let unseen: &[UnseenAssignment] = match row.run {
                        Run::Cycle(_) => &of_cycle,
                        Run::OnDemand(_) => &on_demand,
                    };
                    // A run that was broken off leaves a request without a row.
                    if sent.take().is_some_and(|sent| sent < row.began) {
                        befell = Befell::default();
                    }
                    befell.unseen = about(view, row, unseen);
                    rows.insert(row.number, std::mem::take(&mut befell));
                    last = None;
                }
                RecordedEvent::Entra(entra::Event::CycleBegan { unseen, .. })
                    if record.party == ours =>
                {
                    of_cycle.clone_from(unseen);
                }
                RecordedEvent::Entra(entra::Event::OnDemandBegan { unseen, .. })
                    if record.party == ours =>
                {
                    on_demand.clone_from(unseen);
                }
                _ => {}
            }
        }
        Struck(rows)
    }
}

/// Whether a record is the beginning of the run of a row.
fn begins(record: &Record<'_>, row: &LogEntry) -> bool {
    match (record.event, row.run) {
        (RecordedEvent::Entra(entra::Event::CycleBegan { number, .. }), Run::Cycle(of)) => {
            *number == of
        }
        (RecordedEvent::Entra(entra::Event::OnDemandBegan { handle, .. }), Run::OnDemand(_)) => {
            *handle == row.handle
        }
        _ => false,
    }
}

/// The changes that had not arrived when the object of a row was read, of its own assignment or of
/// those of its groups.
fn about(view: AppView<'_>, row: &LogEntry, unseen: &[UnseenAssignment]) -> Vec<UnseenAssignment> {
    let tenant = view.entra().tenant();
    let is_about = |it: &&UnseenAssignment| match (row.subject, it.is_group) {
        (Subject::User(_), false) | (Subject::Group(_), true) => it.handle == row.handle,
        (Subject::User(user), true) => {
            let mut groups = tenant.user(user).groups().iter();
            groups.any(|group| *tenant.group(*group).handle() == it.handle)
        }
        (Subject::Group(_), false) => false,
    };
    let late = unseen.iter().filter(|it| row.began < it.due);
    late.filter(is_about).cloned().collect()
}
