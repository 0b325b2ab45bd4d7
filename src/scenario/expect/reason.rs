//! Why an expectation was not met, as data, and the words for it.

use std::sync::Arc;

use super::beside::Beside;
use super::overdue::Overdue;
use crate::base::Time;
use crate::base::time::show_exactly;
use crate::entra::call::LEFT_ALONE;
use crate::entra::error_code::ErrorCode;
use crate::entra::job::log::Run;
use crate::entra::job::quarantine;
use crate::scenario::layout::{day, day_and_time};
use crate::world::ServerName;
use crate::world::intent::Exposure;
use crate::world::record::ReplyStatus;

/// A reason, and the application of which it speaks where there are several.
#[derive(Clone, PartialEq, Debug)]
pub struct Why {
    /// The application.
    pub app: Option<Arc<str>>,
    /// The user or the group of which it speaks, where the expectation names none and the reason
    /// does not either.
    pub about: Option<Arc<str>>,
    /// The reason.
    pub reason: Reason,
}

/// Why an expectation was not met.
#[derive(Clone, PartialEq, Debug)]
pub enum Reason {
    /// Something was due, and has not got through.
    Overdue(Overdue),
    /// The last change at GoLinks was not made by the application of which the others speak.
    Beside(Beside),
    /// The job.
    Job(JobState),
    /// The last row of the log about the user or the group.
    LastRow {
        /// When it was written.
        at: Time,
        /// The run that wrote it.
        run: Run,
        /// What it says.
        says: String,
    },
    /// There is no row about this user or group.
    NoRow(Arc<str>),
    /// The last row of the log with a failure.
    LastFailure {
        /// When it was written.
        at: Time,
        /// What it says.
        says: String,
    },
    /// The last request about the user or the group.
    LastRequest(LastRequest),
    /// None was sent about this user or group.
    NoRequest(Arc<str>),
    /// The last sign-in, and what was said at the door to which it came.
    LastSignIn {
        /// When it was.
        at: Time,
        /// How it went.
        says: String,
    },
    /// The user of this name, or nobody, has tried to sign in.
    NoSignIn(Option<Arc<str>>),
    /// A session ended.
    SessionEnded {
        /// When it ended.
        at: Time,
        /// Whose it was, and why it ended.
        says: String,
    },
    /// A user was out of scope with an active account.
    Exposed(Exposure),
    /// The user is out of scope, for these reasons.
    OutOfScope(Arc<str>, Vec<&'static str>),
    /// A setting that decides about the scope is saved, and takes effect with the next initial
    /// cycle.
    NotInForce(Arc<str>),
    /// The user, who is out of scope, is connected with no account, so no cycle takes one away.
    NotConnected(Arc<str>),
    /// Nothing about the user or the group has changed in the directory since a cycle looked at it,
    /// so none looks again.
    NothingChanged {
        /// The user or the group.
        name: Arc<str>,
        /// When an initial cycle looked at it that found it as it is: another one would not help.
        looked: Option<Time>,
    },
    /// A user out of scope keeps an active account, because the mapping gives `active` no value
    /// that says otherwise.
    CannotDisable(Arc<str>, &'static str),
    /// Cycles pass over the user or the group.
    PassedOver(Arc<str>, String),
    /// The server deviates, and its answers may have led to what is wrong.
    Quirk {
        /// The server.
        server: ServerName,
        /// The quirk.
        name: &'static str,
        /// The bug that it brings.
        bug: &'static str,
        /// What it does.
        story: &'static str,
    },
    /// The record of the user's assignment is broken.
    BrokenAssignment(Arc<str>),
    /// The directory has no such user.
    NoSuchUser(Arc<str>),
    /// The directory has no such group.
    NoSuchGroup(Arc<str>),
    /// Groups are not provisioned: their mapping is off, or the server has none.
    GroupsAreOff {
        /// The server.
        server: ServerName,
        /// Whether the job maps groups.
        mapped: bool,
        /// Whether the server has groups.
        had: bool,
    },
    /// No run on demand of this user or group has ended.
    NoRunOnDemand(Arc<str>),
    /// Nothing of this kind has ended, which this verb asks for.
    NothingAsked(&'static str, &'static str),
    /// It has not held since this instant.
    Since {
        /// When the run starts.
        start: Time,
        /// The instant.
        at: Time,
    },
}

/// The state of a job.
#[derive(Clone, PartialEq, Debug)]
pub enum JobState {
    /// It is in quarantine.
    Quarantined {
        /// Since when.
        since: Time,
        /// Since when for this reason.
        cause_since: Time,
        /// The reason.
        reason: quarantine::Reason,
        /// The error code.
        code: Option<ErrorCode>,
    },
    /// It is not.
    Runs {
        /// Its status, in the vendor's word.
        status: &'static str,
        /// Its next cycle.
        next: Option<Time>,
    },
}

/// The last request about a user or a group.
#[derive(Clone, PartialEq, Debug)]
pub struct LastRequest {
    /// The number of its record.
    pub seq: u64,
    /// When it was sent.
    pub at: Time,
    /// Its method.
    pub method: Arc<str>,
    /// Path and query.
    pub target: Arc<str>,
    /// What came back; `None` while nothing has.
    pub answer: Option<CameBack>,
}

/// What came back to a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CameBack {
    /// The status, or why there is none.
    pub status: ReplyStatus,
    /// Whether it is the success of a write that changed nothing.
    pub idle: bool,
}

impl Why {
    /// The reason in a line, for a run that starts at this instant.
    pub fn words(&self, start: Time) -> String {
        let app = self.app.as_ref().map(|app| format!("[{app}] ")).unwrap_or_default();
        let about = self.about.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
        format!("{app}{about}{}", self.reason.words(start))
    }
}

impl From<Reason> for Why {
    fn from(reason: Reason) -> Why {
        Why { app: None, about: None, reason }
    }
}

impl Reason {
    /// Whether it is about a user or a group and its words need not name it.
    pub(super) fn lacks_name(&self) -> bool {
        use Reason::{Beside, LastRequest, LastRow, Overdue};
        matches!(self, Overdue(_) | Beside(_) | LastRow { .. } | LastRequest(_))
    }

    fn words(&self, start: Time) -> String {
        match self {
            Reason::Overdue(overdue) => overdue.words(start),
            Reason::Beside(beside) => beside.words(start),
            Reason::Job(state) => state.words(start),
            Reason::LastRow { at, run, says } => {
                format!("last log row: {}, {}: {says}", day_and_time(start, *at), run.words())
            }
            Reason::NoRow(name) => format!("last log row: none about {name}"),
            Reason::LastFailure { at, says } => {
                format!("last failure {}: {says}", day_and_time(start, *at))
            }
            Reason::LastRequest(request) => request.words(start),
            Reason::LastSignIn { at, says } => {
                format!("last sign-in: {}, {says}", day_and_time(start, *at))
            }
            Reason::NoSignIn(Some(name)) => format!("last sign-in: {name} has not signed in"),
            Reason::NoSignIn(None) => "last sign-in: nobody has signed in".to_owned(),
            Reason::SessionEnded { at, says } => {
                format!("last end of a session: {}, {says}", day_and_time(start, *at))
            }
            Reason::NoRequest(name) => format!("last request: none was sent about {name}"),
            Reason::Exposed(exposure) => exposed(exposure, start),
            Reason::OutOfScope(name, why) => {
                format!("{name} is out of scope: {}", why.join(", "))
            }
            Reason::NotInForce(name) => format!(
                "what decides about the scope of {name} is saved and not in force yet: it takes \
                 effect with the next initial cycle"
            ),
            Reason::NotConnected(name) => format!(
                "{name} is connected with no account: a cycle takes away only what is connected"
            ),
            Reason::NothingChanged { name, looked: None } => format!(
                "no cycle looks at {name} again until something about it changes in the directory; a \
                 restart makes one look, too"
            ),
            Reason::NothingChanged { name, looked: Some(at) } => format!(
                "no cycle looks at {name} again until something about it changes in the directory: the \
                 initial cycle of {} looked, and left it so",
                day_and_time(start, *at)
            ),
            Reason::CannotDisable(name, why) => {
                format!("no cycle disables the account of {name}: {why} in the mapping")
            }
            Reason::PassedOver(name, why) => format!("cycles pass over {name}: {why}"),
            Reason::Quirk { server, name, bug, story } => {
                let story = story.trim_end_matches('.');
                format!("{} has the quirk {name} ({bug}): {story}", server.amid())
            }
            Reason::BrokenAssignment(name) => format!(
                "the record of the assignment is broken, so provisioning treats {name} as not \
                 entitled; unassign and assign again"
            ),
            Reason::NoSuchUser(name) => format!("nobody in the directory is called {name}"),
            Reason::NoSuchGroup(name) => format!("no group in the directory is called {name}"),
            Reason::GroupsAreOff { server, mapped, had } => {
                let none = format!("{} has none", server.amid());
                format!("groups are not provisioned: {}", why_no_groups(*mapped, *had, none))
            }
            Reason::NoRunOnDemand(name) => {
                let asks = format!("{{ provision_on_demand = \"{name}\" }} asks for one");
                format!("no run on demand of {name} has ended: {asks}")
            }
            Reason::NothingAsked(what, verb) => {
                format!("no {what} has ended: do = \"{verb}\" asks for one")
            }
            Reason::Since { start, at } => format!("first on {}", day(*start, *at)),
        }
    }
}

fn exposed(exposure: &Exposure, start: Time) -> String {
    format!(
        "{} was exposed for {} from {}{}",
        exposure.handle,
        show_exactly(exposure.lasted),
        day_and_time(start, exposure.since),
        if exposure.open { ", and it goes on" } else { "" }
    )
}

/// Whether it is the job or the server that lacks groups.
fn why_no_groups(mapped: bool, had: bool, none: String) -> String {
    match (mapped, had) {
        (true, _) => none,
        (false, true) => "their mapping is off".to_owned(),
        (false, false) => format!("their mapping is off, and {none}"),
    }
}

impl JobState {
    fn words(&self, start: Time) -> String {
        match self {
            JobState::Quarantined { since, cause_since, reason, code } => format!(
                "in quarantine since {}{}: {}{}",
                day_and_time(start, *since),
                match cause_since > since {
                    true => format!(", since {} for this", day_and_time(start, *cause_since)),
                    false => String::new(),
                },
                reason.word(),
                code.map_or(String::new(), |code| format!(" ({})", code.word()))
            ),
            JobState::Runs { status, next: Some(next) } => {
                format!("the job is {status}; next cycle {}", day_and_time(start, *next))
            }
            JobState::Runs { status, next: None } => format!("the job is {status}"),
        }
    }
}

impl LastRequest {
    fn words(&self, start: Time) -> String {
        format!("last request: {}, {}", day_and_time(start, self.at), self.sent())
    }

    /// The request and its answer: `PATCH /scim/v2/Users/7, answered 200`.
    pub(super) fn sent(&self) -> String {
        let answer = self.answer.map_or("no answer yet".to_owned(), answered);
        let LastRequest { method, target, .. } = self;
        format!("{method} {target}, {answer}")
    }
}

/// An answer in words.
fn answered(answer: CameBack) -> String {
    match answer.status {
        ReplyStatus::Status(_) => format!("answered {}", answer.met()),
        ReplyStatus::Unwanted => "no answer before the cycle ended".to_owned(),
        lost => met(lost),
    }
}

impl CameBack {
    /// What a request met, after "met".
    pub(super) fn met(self) -> String {
        match self.idle {
            true => format!("{} and changed nothing", met(self.status)),
            false => met(self.status),
        }
    }
}

/// What a request met, after "met".
pub(super) fn met(status: ReplyStatus) -> String {
    match status {
        ReplyStatus::Status(status) => status.to_string(),
        ReplyStatus::Untrusted => "certificate not trusted".to_owned(),
        ReplyStatus::Refused => "connection refused".to_owned(),
        ReplyStatus::Reset => "connection reset".to_owned(),
        ReplyStatus::TimedOut => "timed out".to_owned(),
        ReplyStatus::NotSent => "not sent, the service failed".to_owned(),
        ReplyStatus::LeftAlone => LEFT_ALONE.to_owned(),
        ReplyStatus::Unwanted => "the end of the cycle".to_owned(),
    }
}
