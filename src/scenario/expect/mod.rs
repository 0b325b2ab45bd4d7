//! Expectations: what can be observed, how it is compared, and why it was not as expected.
//!
//! The observable names stand in a table, [`ROWS`], with one file for each family. A few names
//! contain a user, a group or a SCIM path, or compare the worlds, and have their own code:
//! `log.last.<name>`, `requests.last.<name>`, `ondemand.<user>`, `link.<user>`, `exposure.<user>`,
//! `golinks.account.<user>`, `golinks.group.<group>`, `golinks.session.<user>`,
//! `golinks.api_token.<user>`, `golinks.api_call.<user>`, `golinks.role.<user>`,
//! `golinks.link.<name>`, `signins.last.<user>`, `worlds`, `log.where`, `requests.where`.

mod accounts;
mod beside;
mod compare;
mod conditions;
mod cycle;
mod differs;
mod discovery;
mod execution;
mod exposure;
mod golinks;
mod groups;
mod job;
mod last_request;
mod last_sign_in;
mod links;
mod log;
mod mails;
mod memory;
mod ondemand;
mod overdue;
mod product;
mod read;
mod reason;
mod refused;
mod requests;
mod seen;
mod sentence;
mod signins;
mod tally;
mod test;
#[cfg(test)]
mod tests;
mod why;
mod worlds;

pub use beside::{Author, Became, Beside, of_user as changed_beside};
pub use compare::{How, Shape, Since, Test};
pub use conditions::{METHODS, OF_REQUESTS, OF_ROWS};
pub use groups::GroupPart;
pub use last_request::RequestField;
pub use last_sign_in::of as last_sign_in;
pub use log::LogField;
pub use memory::{Memories, Memory, linked, linked_group};
pub use ondemand::OnDemandField;
pub use overdue::{Attempts, DueWrite, Idle, Overdue};
pub use product::{LinkField, ProductPart, ROLES};
pub use read::{ReadContext, read};
pub use reason::{CameBack, JobState, LastRequest, Reason, Why};
pub use seen::ObservedValue;
pub use signins::SignInField;
pub use tally::Counted;
pub use why::changed_nothing;
pub use worlds::FIRST;

use std::sync::Arc;

use crate::entra::AppId;
use crate::entra::job::Subject;
use crate::scim::Path;
use crate::world::{AppView, World};

/// One name that can be observed.
pub struct ObservableRow {
    /// Its dotted name, such as `job.status`.
    pub path: &'static str,
    /// The kind of its value.
    pub shape: Shape,
    /// Its meaning, for `explain`.
    pub doc: &'static str,
    /// The function that reads it.
    pub see: See,
}

/// A function that reads an observable value.
pub type See = fn(AppView<'_>, &Memory) -> ObservedValue;

/// Every family of names that can be observed, in the order `explain` prints them.
pub const ROWS: &[&[ObservableRow]] = &[
    job::ROWS,
    test::ROWS,
    execution::ROWS,
    cycle::ROWS,
    log::ROWS,
    requests::ROWS,
    mails::ROWS,
    golinks::ROWS,
    groups::ROWS,
    product::ROWS,
    signins::ROWS,
    exposure::ROWS,
    ondemand::ROWS,
    discovery::ROWS,
    refused::ROWS,
];

/// One expectation of a scenario.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// Its line in the file, counted from 1; 0 when it came from the command line.
    pub line: usize,
    /// Its text in one line: `job.status = "Quarantine"`.
    pub text: String,
    /// The application of which it speaks; `None` when it names none: then it speaks of the main
    /// one, and `worlds` and `exposure` of every one.
    pub app: Option<AppId>,
    /// What is observed.
    pub observed: Observable,
    /// What is expected of it.
    pub test: Test,
}

/// What an expectation observes.
#[derive(Clone, Debug)]
pub enum Observable {
    /// A name of the table.
    Named(&'static ObservableRow),
    /// A field of the last row of the provisioning log about a user or a group.
    LastLog {
        /// The handle; of a user and a group called alike, the user.
        name: String,
        /// Which field.
        field: LogField,
    },
    /// A field of the last request about a user or a group.
    LastRequest {
        /// The handle; of a user and a group called alike, the user.
        name: String,
        /// Which field.
        field: RequestField,
    },
    /// A field of the last run on demand about a user or a group.
    OnDemand {
        /// The handle.
        name: String,
        /// Which field.
        field: OnDemandField,
    },
    /// The account that a user or a group is connected with.
    Link {
        /// The handle.
        name: String,
    },
    /// How long a user had an active account after leaving.
    Exposure {
        /// The user's handle.
        name: String,
    },
    /// How many rows of the log, or requests, meet conditions.
    Tally(Counted),
    /// The account a user is matched with, or a value of it.
    Account {
        /// The user's handle, or the name of an account without a user.
        name: String,
        /// Which value; `None` is the account as a whole.
        path: Option<Box<Path>>,
    },
    /// The group that a group of the directory is matched with, or a part of it.
    Group {
        /// The group's handle.
        name: String,
        /// Which part.
        part: GroupPart,
    },
    /// Sessions or API tokens of a user, or a go link.
    Product {
        /// The user's handle, or the name of the link.
        name: String,
        /// Which of them.
        part: ProductPart,
    },
    /// A field of the last sign-in of a user.
    SignIn {
        /// The user's handle.
        name: String,
        /// Which field.
        field: SignInField,
    },
    /// The users and groups that differ between the worlds: exactly these.
    Worlds {
        /// The handles of the users expected to differ, sorted; empty when the worlds must agree.
        differ: Vec<String>,
    },
    /// How many users and groups differ between the worlds.
    Differing,
}

/// How much is said of an observed value, in characters.
const ACTUAL_MAX: usize = 1_500;

/// The outcome of judging an expectation once.
#[derive(Clone, PartialEq, Debug)]
pub struct Judgement {
    /// Whether it was as expected.
    pub met: bool,
    /// The observed value, in words for a reader.
    pub actual: String,
    /// The observed value, where it is one.
    pub seen: Option<ObservedValue>,
}

impl std::fmt::Debug for ObservableRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.path)
    }
}

impl Expectation {
    /// Whether it observes a counter, which costs almost nothing to read.
    pub fn is_counter(&self) -> bool {
        match &self.observed {
            Observable::Named(row) => row.shape == Shape::Count,
            Observable::Tally(_) => true,
            _ => false,
        }
    }

    /// Whether it counts all that differs between the worlds: too much work after every change.
    pub fn is_census(&self) -> bool {
        matches!(self.observed, Observable::Differing)
    }

    /// Reads the observed value and compares it.
    pub fn judge(&self, world: &World, memories: &Memories) -> Judgement {
        let app = self.app.unwrap_or(AppId::MAIN);
        let (whole, memory, world) = (world, memories.of(app), world.seen_by(app));
        let seen = match &self.observed {
            Observable::Named(row) => {
                let seen = self.most(whole, |view| (row.see)(view, memory));
                self.counted(seen, row, memory)
            }
            Observable::Tally(counted) => memory.tallied(counted, self.test.since),
            Observable::Exposure { name } => self.most(whole, |view| exposure::of(view, name)),
            Observable::LastLog { name, field } => log::last(world, name, *field),
            Observable::LastRequest { name, field } => memory.last_request(name, *field),
            Observable::OnDemand { name, field } => ondemand::last(world, name, *field),
            Observable::Link { name } => links::see(world, name),
            Observable::Account { name, path } => {
                accounts::see(world, memory, name, path.as_deref())
            }
            Observable::Group { name, part } => groups::see(world, memory, name, part),
            Observable::Product { name, part } => product::see(world, memory, name, *part),
            Observable::SignIn { name, field } => memory.sign_ins().last(name, *field),
            Observable::Worlds { differ } => return worlds::judge(&self.views(whole), differ),
            Observable::Differing => return worlds::judge_count(&self.views(whole), &self.test),
        };
        let mut actual = format!("was {}", seen.show());
        // The bodies of messages may be very long.
        if let Some((at, _)) = actual.char_indices().nth(ACTUAL_MAX) {
            actual.truncate(at);
            actual.push('…');
        }
        Judgement { met: self.test.met(&seen), actual, seen: Some(seen) }
    }

    /// Whether it is met, without words for a reader. `stopped` is where the last
    /// comparison of the worlds stopped, at first [`FIRST`].
    pub fn met(&self, world: &World, memories: &Memories, stopped: &mut Subject) -> bool {
        match &self.observed {
            Observable::Worlds { differ } => worlds::agree(&self.views(world), differ, stopped),
            _ => self.judge(world, memories).met,
        }
    }

    /// The likely reasons why it was not met.
    pub fn why(&self, world: &World) -> Vec<Why> {
        let views = self.views(world);
        let named = |view: AppView<'_>, whys: Vec<Why>| {
            let app = view.label().map(Arc::from);
            whys.into_iter().map(|why| Why { app: app.clone(), ..why }).collect::<Vec<_>>()
        };
        let mut whys: Vec<Why> = views
            .iter()
            .flat_map(|view| named(*view, why::explain(&self.observed, *view)))
            .collect();
        if let [view] = views.as_slice() {
            for other in view.beside() {
                let reasons = why::explain_beside(&self.observed, other);
                whys.extend(named(other, reasons.into_iter().map(Why::from).collect()));
            }
        }
        whys
    }

    /// The user or the group of which it speaks.
    pub fn subject(&self) -> Option<&str> {
        why::subject(&self.observed)
    }

    /// The world as each application sees it of which this speaks.
    fn views<'w>(&self, world: &'w World) -> Vec<AppView<'w>> {
        let of_all = match &self.observed {
            Observable::Worlds { .. } | Observable::Differing | Observable::Exposure { .. } => true,
            Observable::Named(row) => row.path.starts_with("exposure."),
            _ => false,
        };
        match self.app {
            None if of_all => world.views().collect(),
            app => vec![world.seen_by(app.unwrap_or(AppId::MAIN))],
        }
    }

    /// The value that the applications see of which this speaks; the greatest where they differ.
    fn most(&self, world: &World, see: impl Fn(AppView<'_>) -> ObservedValue) -> ObservedValue {
        let most = |one: ObservedValue, other: ObservedValue| match one.number() {
            Some(number) if other.number().is_some_and(|other| other > number) => other,
            _ => one,
        };
        self.views(world).into_iter().map(see).reduce(most).unwrap_or(ObservedValue::Absent)
    }

    /// The value of a counter since the point from which it counts; absent before that point.
    fn counted(&self, seen: ObservedValue, row: &ObservableRow, memory: &Memory) -> ObservedValue {
        match (self.test.since, seen) {
            (Some(since), ObservedValue::Count(now)) => match memory.count_at(since, row.path) {
                Some(then) => ObservedValue::Count(now - then),
                None => ObservedValue::Absent,
            },
            (_, seen) => seen,
        }
    }
}
