//! The panels of the page: one row each, and one file each beside this one and in `web/js/panels/`.
//!
//! Everything a panel shows is said here in words which the page only places; the page decides
//! nothing. The views are built by hand from play and world, so that domain types may move without
//! breaking the page. Durations and instants come as people read them.

use serde::Serialize;

use super::{
    Board, Live, Query, caption, clock, expectations, job, run, strip, traffic, truth, worlds,
};
use crate::scenario::Play;
use crate::scenario::play::Verdict;

/// Every panel, in the order of a frame. The page loads `js/panels/<name>.js` for each name it is
/// sent.
pub const PANELS: [Panel; 9] = [
    Panel { name: "run", json: |scene| json(&run::view(scene)) },
    Panel { name: "clock", json: |scene| json(&clock::view(scene)) },
    Panel { name: "strip", json: |scene| json(&strip::view(scene)) },
    Panel { name: "truth", json: |scene| json(&truth::view(scene)) },
    Panel { name: "caption", json: |scene| json(&caption::view(scene)) },
    Panel { name: "job", json: |scene| json(&job::view(scene)) },
    Panel { name: "worlds", json: |scene| json(&worlds::view(scene)) },
    Panel { name: "traffic", json: |scene| json(&traffic::view(scene)) },
    Panel { name: "expectations", json: |scene| json(&expectations::view(scene)) },
];

/// A part of the page that is sent when it changes.
pub struct Panel {
    /// Its key in a frame.
    pub name: &'static str,
    /// What it shows, as JSON on one line.
    pub json: fn(&Scene<'_>) -> String,
}

/// What the panels are made from.
pub struct Scene<'a> {
    /// The play.
    pub play: &'a Play,
    /// What only the live driver knows.
    pub live: &'a Live<'a>,
    /// What was gathered from the journal.
    pub board: &'a Board,
    /// What the page asked to see.
    pub query: &'a Query,
    /// The verdict so far.
    pub verdict: Verdict,
}

fn json(view: &impl Serialize) -> String {
    serde_json::to_string(view)
        .expect("a view holds only strings, numbers and lists, which are always JSON")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::dashboard::asset;

    #[test]
    fn every_panel_has_a_module_of_the_page() {
        for panel in &PANELS {
            let path = format!("/js/panels/{}.js", panel.name);
            assert!(asset(&path).is_some(), "web{path} is missing");
        }
    }
}
