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
mod caption;
mod clock;
mod comparison;
mod cycles;
mod expectations;
mod groups;
mod job;
mod panels;
mod person;
mod run;
mod strip;
#[cfg(test)]
mod tests;
mod traffic;
mod truth;
mod viewer;
mod web;
mod words;
mod worlds;

use crate::base::Time;
use crate::world::Action;
use crate::world::applications::MAIN;

pub use board::Board;
pub use panels::{Snapshot, state_schema};
pub use viewer::{Frame, Viewer};
pub use web::asset;

/// The facts about a run that the live driver knows and the play does not.
#[derive(Clone, Copy, Debug)]
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
    pub by_hand: &'a [(Time, Action)],
    /// Whether the run was played again from its start by a jump back.
    pub jumped_back: bool,
    /// Where the server is that is provisioned, when it is not the mock GoLinks.
    pub target: Option<&'a str>,
}

/// The filter and the search of a page.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Query {
    /// The application that the page shows, by its name; empty for the main one.
    pub app: String,
    /// Whether to show only people about whom the worlds differ.
    pub differences: bool,
    /// Part of a name, handle or userName; empty for all people.
    pub search: String,
}

impl Query {
    /// The query of the parameters `app`, `filter` and `search`; an unknown filter is ignored.
    pub fn of(app: &str, filter: &str, search: &str) -> Query {
        let short = |text: &str| text.trim().chars().take(100).collect();
        let app = if app == MAIN { String::new() } else { short(app) };
        Query { app, differences: filter == "differences", search: short(search) }
    }

    /// The query of a part of the page that depends on the application alone.
    fn of_app(&self) -> Query {
        Query { app: self.app.clone(), ..Query::default() }
    }

    /// Reads a URL's query: `app=test&filter=differences&search=ann`; unknown keys are ignored.
    pub fn parse(query: &str) -> Query {
        let value = |key: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let value = pairs.filter(|(name, _)| *name == key).map(|(_, value)| value).next_back();
            let value = value.unwrap_or_default().replace('+', " ");
            percent_encoding::percent_decode_str(&value).decode_utf8_lossy().into_owned()
        };
        Query::of(&value("app"), &value("filter"), &value("search"))
    }
}
