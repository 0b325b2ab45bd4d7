//! The provisioning log for its readers: which rows, and how they are shown.
//!
//! `query` picks rows, `lines` shows them in a terminal, `story` tells in sentences what happened
//! to one object, and `sheets` writes the portal's CSV files. JSON is
//! [`LogEntry::summary`](crate::entra::job::log::LogEntry::summary).

mod changes;
mod discovery;
mod lines;
mod query;
mod sheets;
mod story;
mod struck;
#[cfg(test)]
mod tests;

pub use discovery::{discovery, discovery_csv, discovery_json};
pub use lines::{Detail, audit, lines, mails};
pub use query::{LogQuery, QueryError, STATUSES, find_object, handle_of};
pub use sheets::{FILES, PROPERTIES, ROWS, STEPS, Sheets, main_row, properties, sheets, steps};
pub use story::{after_on_demand, entry as row_story, story};

use serde_json::{Value, json};

use crate::entra::job::quarantine::Reason;
use crate::entra::job::summary::LogNames;
use crate::world::AppView;

/// The names and ids that the rows of an application's log share.
pub fn names(view: AppView<'_>) -> LogNames {
    LogNames::of(view.entra(), view.seed())
}

/// The rows as Graph lists them, newest first [g:objsummary].
pub fn json(view: AppView<'_>, query: &LogQuery) -> Value {
    let names = names(view);
    let rows = query.rows(view).rev().take(query.limit);
    rows.map(|row| row.summary(&names, view.entra().next_after(row))).collect()
}

/// The audit log as Graph lists it, newest first.
pub fn audit_json(view: AppView<'_>, limit: usize) -> Value {
    let (names, audit) = (names(view), view.entra().job().audit());
    audit.rows().rev().take(limit).map(|row| row.to_graph(&names)).collect()
}

/// The mails that were sent, newest first.
pub fn mails_json(view: AppView<'_>, limit: usize) -> Value {
    let application = view.entra().tenant().application_name(view.app());
    let mail = |mail: &crate::entra::job::mail::Mail| {
        json!({
            "from": crate::entra::job::mail::SENDER,
            "to": mail.to,
            "sentDateTime": mail.at.rfc3339(),
            "subject": mail.subject(application),
            "reason": mail.about.reason().map(Reason::word),
            "body": mail.lines(application).join("\n"),
        })
    };
    view.entra().job().outbox().mails().rev().take(limit).map(mail).collect()
}
