//! The data behind the page: how it is gathered from the journal, put into words, and sent.
//!
//! The live driver owns one [`Board`] and calls [`Board::update`] once a frame (about 15 times a
//! second, also while no page watches, because the journal forgets), and [`Board::compare`]
//! when a page watches. Each listener of `/api/v1/events` has one [`Viewer`]; [`Viewer::frame`]
//! returns the next server-sent event, or `None` when no panel has changed. `/api/v1/state` is
//! [`Snapshot::state`].
//!
//! What the page sends are commands of the control API: `src/app/http/routes.rs` has its table.

mod board;
mod break_it;
mod broken;
mod by_hand;
mod caption;
mod checks;
mod clock;
mod comparison;
mod cycle_list;
mod cycles;
mod directory;
mod drawer;
mod expectations;
mod file;
mod groups;
mod job;
mod job_state;
mod log;
mod mappings;
mod on_demand;
mod panels;
mod past;
mod person;
mod plots;
mod query;
mod requests;
mod run;
mod seen;
mod start;
mod story;
mod strip;
#[cfg(test)]
mod tests;
mod then_and_now;
mod traffic;
mod truth;
mod viewer;
mod web;
mod words;
mod worlds;

use crate::base::Time;

pub use board::Board;
pub use broken::resolved;
pub use by_hand::{Done, came_from_client, saved_by_hand};
pub use panels::{Look, PANELS, Snapshot, state_schema};
pub use query::{Asked, Query};
pub use seen::{Gathering, Seen, live_then};
pub use viewer::Viewer;
pub use web::asset;
pub(super) use worlds::marks;

/// The facts about a run that the live driver knows and the play does not.
#[derive(Clone, Copy, Debug, Default)]
pub struct Live<'a> {
    /// The number of the run, which differs between any two runs of one server.
    pub run: u64,
    /// The speed that is set: `600x`, `max`.
    pub speed: &'a str,
    /// Whether the clock is paused.
    pub paused: bool,
    /// A notice of the server about the run, such as that the scenario file cannot be read.
    pub notice: Option<&'a str>,
    /// The actions of the run that are not in its script, with their instants.
    pub by_hand: &'a [Done],
    /// Whether clients from outside have sent requests.
    pub outside: bool,
    /// Whether the run was played again from its start by a jump back.
    pub jumped_back: bool,
    /// Where the server is that is provisioned, when it is not the mock GoLinks.
    pub target: Option<&'a str>,
    /// Where the run has branched off from another.
    pub branched: Option<Branched>,
    /// What the clock does while a caption is new: `hold`, `pause` or `run`.
    pub captions: &'a str,
    /// Whether the clock stands so that the caption can be read.
    pub reading: bool,
}

/// Where a run has branched off from another, which was left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Branched {
    /// The instant up to which both are the same.
    pub from: Time,
    /// The instant at which the other stood when it was left.
    pub stood: Time,
    /// How many actions by hand of the other are not in this one.
    pub dropped: usize,
}
