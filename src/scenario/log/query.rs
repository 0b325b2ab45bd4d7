//! Which rows of the provisioning log are asked for.

use std::sync::Arc;

use crate::base::diagnostic::{did_you_mean, did_you_mean_of};
use crate::entra::job::Subject;
use crate::entra::job::log::{LogAction, LogEntry};
use crate::world::AppView;

/// A question that cannot be answered, and what to write instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueryError {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Which rows are asked for; every condition that is there must hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogQuery {
    /// Rows about this object.
    pub subject: Option<Subject>,
    /// Rows with this status.
    pub status: Option<&'static str>,
    /// Rows with this action.
    pub action: Option<&'static str>,
    /// At most so many rows, the newest.
    pub limit: usize,
}

/// The statuses a row can have [g:statusinfo].
pub const STATUSES: [&str; 4] = ["success", "warning", "failure", "skipped"];

/// How many rows are shown unless another number is asked for.
const LIMIT: usize = 1_000;

impl Default for LogQuery {
    fn default() -> LogQuery {
        LogQuery { subject: None, status: None, action: None, limit: LIMIT }
    }
}

impl LogQuery {
    /// Reads the conditions as they were typed; a user may be named by the handle, the sign-in
    /// name or a displayName that no other has, a group by its handle or its display name.
    ///
    /// # Errors
    /// When there is no such object, status or action.
    pub fn read(
        view: AppView<'_>,
        user: Option<&str>,
        status: Option<&str>,
        action: Option<&str>,
    ) -> Result<LogQuery, QueryError> {
        let actions = LogAction::ALL.map(LogAction::word);
        Ok(LogQuery {
            subject: user.map(|name| find_object(view, name)).transpose()?,
            status: status.map(|word| known("status", word, &STATUSES)).transpose()?,
            action: action.map(|word| known("action", word, &actions)).transpose()?,
            limit: LIMIT,
        })
    }

    /// The rows that can still be read and meet the conditions, oldest first; more than the limit
    /// may be among them.
    pub fn rows<'w>(
        &self,
        view: AppView<'w>,
    ) -> impl DoubleEndedIterator<Item = &'w Arc<LogEntry>> + use<'w> {
        let (query, now, job) = (self.clone(), view.now(), view.entra().job());
        let retention = job.settings().policy.log_retention;
        job.log().rows().filter(move |row| now.since(row.at) <= retention && query.takes(row))
    }

    fn takes(&self, row: &LogEntry) -> bool {
        self.subject.is_none_or(|subject| subject == row.subject)
            && self.status.is_none_or(|status| status == row.status.word())
            && self.action.is_none_or(|action| action == row.action.word())
    }
}

/// The handle of the user or the group of this name.
///
/// # Errors
/// The nearest name, when there is no such object.
pub fn handle_of(view: AppView<'_>, name: &str) -> Result<String, QueryError> {
    let tenant = view.entra().tenant();
    Ok(match find_object(view, name)? {
        Subject::User(user) => tenant.user(user).handle().to_string(),
        Subject::Group(group) => tenant.group(group).handle().to_string(),
    })
}

/// Finds the user or the group of this name.
///
/// # Errors
/// The nearest name, when there is no such object.
pub fn find_object(view: AppView<'_>, name: &str) -> Result<Subject, QueryError> {
    let tenant = view.entra().tenant();
    let user = tenant.find_user(name).or_else(|| tenant.find_upn(name));
    let group = || {
        let mut groups = tenant.groups();
        groups.find(|(_, group)| &**group.handle() == name || group.display_name() == name)
    };
    let found = user.map(Subject::User).or_else(|| group().map(|(key, _)| Subject::Group(key)));
    let found = found.or_else(|| tenant.find_displayed(name).map(Subject::User));
    found.ok_or_else(|| {
        let users = tenant.users().take(1_000).map(|(_, user)| &**user.handle());
        let groups = tenant.groups().take(1_000).map(|(_, group)| &**group.handle());
        let names: Vec<&str> = users.chain(groups).collect();
        QueryError {
            message: format!("no user and no group in the directory is called `{name}`"),
            help: match names.as_slice() {
                [] => "it has no user and no group".to_owned(),
                names => did_you_mean_of(name, names.iter().copied().take(50), ""),
            },
        }
    })
}

/// The one of `words` that was typed, in any letter case.
fn known(what: &str, typed: &str, words: &[&'static str]) -> Result<&'static str, QueryError> {
    let found = words.iter().find(|word| word.eq_ignore_ascii_case(typed));
    found.copied().ok_or_else(|| QueryError {
        message: format!("no row has the {what} `{typed}`"),
        help: did_you_mean(typed, words.iter().copied()),
    })
}
