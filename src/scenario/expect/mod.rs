//! Expectations: what can be observed, how it is compared, and why it was not as expected.
//!
//! What can be observed is a table, [`ROWS`], one file a family; a few names carry a user or a SCIM
//! path and are read by their own file: `log.last.<user>`, `golinks.account.<user>`, `worlds`.

mod accounts;
mod compare;
mod cycle;
mod exposure;
mod golinks;
mod job;
mod log;
mod mails;
mod memory;
mod read;
mod requests;
mod seen;
mod why;
mod worlds;

pub use compare::{How, Shape, Since, Test};
pub use log::LogField;
pub use memory::{Memory, linked};
pub use read::{ReadContext, read};
pub use seen::ObservedValue;
pub use worlds::FIRST;

use crate::entra::tenant::UserKey;
use crate::scim::Path;
use crate::world::World;

/// One name that can be observed.
pub struct ObservableRow {
    /// Its dotted name, such as `job.status`.
    pub path: &'static str,
    /// What kind of value it has.
    pub shape: Shape,
    /// What it is, for `explain`.
    pub doc: &'static str,
    /// Reads it.
    pub see: See,
}

/// How a name is observed.
pub type See = fn(&World, &Memory) -> ObservedValue;

/// Every family of names that can be observed, in the order `explain` prints them.
pub const ROWS: &[&[ObservableRow]] = &[
    job::ROWS,
    cycle::ROWS,
    log::ROWS,
    requests::ROWS,
    mails::ROWS,
    golinks::ROWS,
    exposure::ROWS,
];

/// One expectation of a scenario.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// The line of the file it stands in, counted from 1; 0 when it came from the command line.
    pub line: usize,
    /// As written, in one line: `job.status = "Quarantine"`.
    pub text: String,
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
    /// A field of the last row of the provisioning log about a user.
    LastLog {
        /// The user's handle.
        user: String,
        /// Which field.
        field: LogField,
    },
    /// The account a user is matched with, or a value of it.
    Account {
        /// The user's handle, or the name of an account without a user.
        name: String,
        /// Which value; `None` is the account as a whole.
        path: Option<Box<Path>>,
    },
    /// Which users differ between the worlds: exactly these, or none.
    Worlds {
        /// The handles of those named as expected differences, sorted.
        differ: Vec<String>,
    },
}

/// The outcome of judging an expectation once.
#[derive(Clone, PartialEq, Debug)]
pub struct Judgement {
    /// Whether it was as expected.
    pub met: bool,
    /// The observed value, as a reader is shown it.
    pub actual: String,
}

impl std::fmt::Debug for ObservableRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.path)
    }
}

impl Expectation {
    /// Whether it observes only counters, which cost nothing to read.
    pub fn is_counter(&self) -> bool {
        matches!(&self.observed, Observable::Named(row) if row.shape == Shape::Count)
    }

    /// Reads the observed value and compares it.
    pub fn judge(&self, world: &World, memory: &Memory) -> Judgement {
        let seen = match &self.observed {
            Observable::Named(row) => self.counted((row.see)(world, memory), row, memory),
            Observable::LastLog { user, field } => log::last(world, user, *field),
            Observable::Account { name, path } => {
                accounts::see(world, memory, name, path.as_deref())
            }
            Observable::Worlds { differ } => return worlds::judge(world, differ),
        };
        Judgement { met: self.test.met(&seen), actual: format!("was {}", seen.show()) }
    }

    /// Only whether it is met, without words. `stopped` is where the last comparison of the
    /// worlds stopped, at first [`FIRST`].
    pub fn met(&self, world: &World, memory: &Memory, stopped: &mut UserKey) -> bool {
        match &self.observed {
            Observable::Worlds { differ } => worlds::agree(world, differ, stopped),
            _ => self.judge(world, memory).met,
        }
    }

    /// Why it was not met, as far as can be told: lines for a reader.
    pub fn why(&self, world: &World) -> Vec<String> {
        why::explain(&self.observed, world)
    }

    /// A counter, less what it had counted at the point it counts from; before that point it has
    /// counted nothing.
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
