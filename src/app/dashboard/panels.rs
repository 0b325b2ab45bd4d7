//! The panels of the page: one row each, and one file each beside this one and in `web/js/panels/`.
//!
//! Everything a panel shows is said here in words which the page only places; the page decides
//! nothing. The views are built by hand from play and world, so that domain types may move without
//! breaking the page. Durations and instants come as people read them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Serialize;

use super::{
    Board, Live, Query, caption, clock, expectations, job, run, strip, traffic, truth, worlds,
};
use crate::scenario::Play;
use crate::scenario::play::Verdict;

/// Every panel, in the order of a frame. The page loads `js/panels/<name>.js` for each name it is
/// sent.
pub const PANELS: [Panel; 9] = [
    Panel { name: "run", by_query: false, json: |scene| json(&run::view(scene)) },
    Panel { name: "clock", by_query: false, json: |scene| json(&clock::view(scene)) },
    Panel { name: "strip", by_query: false, json: |scene| json(&strip::view(scene)) },
    Panel { name: "truth", by_query: false, json: |scene| json(&truth::view(scene)) },
    Panel { name: "caption", by_query: false, json: |scene| json(&caption::view(scene)) },
    Panel { name: "job", by_query: false, json: |scene| json(&job::view(scene)) },
    Panel { name: "worlds", by_query: true, json: |scene| json(&worlds::view(scene)) },
    Panel { name: "traffic", by_query: false, json: |scene| json(&traffic::view(scene)) },
    Panel { name: "expectations", by_query: false, json: |scene| json(&expectations::view(scene)) },
];

/// A part of the page that is sent when it changes.
pub struct Panel {
    /// Its key in a frame.
    pub name: &'static str,
    /// Whether it depends on what the page asked to see.
    pub by_query: bool,
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
    pub verdict: &'a Verdict,
}

/// The panels of one moment. Each is made when it is first asked for, and once for all pages that
/// see the same.
pub struct Snapshot<'a> {
    play: &'a Play,
    live: &'a Live<'a>,
    board: &'a Board,
    verdict: Verdict,
    made: RefCell<BTreeMap<(&'static str, Query), Rc<str>>>,
}

impl<'a> Snapshot<'a> {
    /// The panels as they are now.
    pub fn new(board: &'a Board, play: &'a Play, live: &'a Live<'_>) -> Snapshot<'a> {
        Snapshot { play, live, board, verdict: play.verdict(), made: RefCell::default() }
    }

    /// What the panels of a page are made from that asked `query`.
    pub fn scene<'b>(&'b self, query: &'b Query) -> Scene<'b> {
        let Snapshot { play, live, board, verdict, .. } = self;
        Scene { play, live, board, query, verdict }
    }

    /// A panel for a page that asked `query`, as JSON.
    pub fn json(&self, panel: &Panel, query: &Query) -> Rc<str> {
        let key = (panel.name, if panel.by_query { query.clone() } else { Query::default() });
        if let Some(made) = self.made.borrow().get(&key) {
            return made.clone();
        }
        let json: Rc<str> = (panel.json)(&self.scene(query)).into();
        self.made.borrow_mut().insert(key, json.clone());
        json
    }

    /// The journal's latest sequence number in what is shown.
    pub fn seq(&self) -> u64 {
        self.board.seq()
    }

    /// The number of the run that is shown.
    pub fn run(&self) -> u64 {
        self.live.run
    }

    /// Everything a page shows, as JSON.
    pub fn state(&self, query: &Query) -> String {
        let panels = PANELS.iter().map(|panel| (panel.name, self.json(panel, query)));
        frame_data(self.seq(), panels)
    }
}

/// A frame: a JSON object on one line, with these panels.
pub fn frame_data(seq: u64, panels: impl Iterator<Item = (&'static str, Rc<str>)>) -> String {
    let mut data = format!("{{\"seq\":{seq}");
    for (name, json) in panels {
        data += &format!(",\"{name}\":{json}");
    }
    data + "}"
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
