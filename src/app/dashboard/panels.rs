//! The table of the page's panels; each panel has a file beside this one and in `web/js/panels/`.
//!
//! A panel's view holds the finished texts, which the page only places; the page decides nothing.
//! The views are built by hand from play and world, so that domain types can change without
//! breaking the page. Durations and instants are texts for people.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::json;

use super::board::Side;
use super::{
    Board, Live, Query, caption, clock, expectations, job, run, strip, traffic, truth, worlds,
};
use crate::entra::AppId;
use crate::scenario::Play;
use crate::scenario::play::Verdict;
use crate::world::AppView;

/// Every panel, in the order of a frame. The page loads `js/panels/<name>.js` for each name in a
/// frame.
pub const PANELS: [Panel; 9] = [
    Panel {
        name: "run",
        by_query: false,
        json: |scene| json(&run::view(scene)),
        schema: schema::<run::Run>,
    },
    Panel {
        name: "clock",
        by_query: false,
        json: |scene| json(&clock::view(scene)),
        schema: schema::<clock::Clock>,
    },
    Panel {
        name: "strip",
        by_query: false,
        json: |scene| json(&strip::view(scene)),
        schema: schema::<strip::Strip>,
    },
    Panel {
        name: "truth",
        by_query: false,
        json: |scene| json(&truth::view(scene)),
        schema: schema::<truth::Truth>,
    },
    Panel {
        name: "caption",
        by_query: false,
        json: |scene| json(&caption::view(scene)),
        schema: schema::<Option<caption::Caption>>,
    },
    Panel {
        name: "job",
        by_query: false,
        json: |scene| json(&job::view(scene)),
        schema: schema::<job::Job>,
    },
    Panel {
        name: "worlds",
        by_query: true,
        json: |scene| json(&worlds::view(scene)),
        schema: schema::<worlds::Worlds>,
    },
    Panel {
        name: "traffic",
        by_query: false,
        json: |scene| json(&traffic::view(scene)),
        schema: schema::<traffic::Traffic>,
    },
    Panel {
        name: "expectations",
        by_query: false,
        json: |scene| json(&expectations::view(scene)),
        schema: schema::<expectations::Expectations>,
    },
];

/// A part of the page, which is sent when it changes.
pub struct Panel {
    /// Its key in a frame.
    pub name: &'static str,
    /// Whether it depends on the page's filter and search too, beside its application.
    pub by_query: bool,
    /// Makes its view, as JSON on one line.
    pub json: fn(&Scene<'_>) -> String,
    /// Makes the schema of its view.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

/// The parts from which panels make their views.
pub struct Scene<'a> {
    /// The play.
    pub play: &'a Play,
    /// The facts that only the live driver knows.
    pub live: &'a Live<'a>,
    /// The data gathered from the journal.
    pub board: &'a Board,
    /// The filter and search of the page.
    pub query: &'a Query,
    /// The verdict so far.
    pub verdict: &'a Verdict,
}

impl<'a> Scene<'a> {
    /// The world as the application sees it that the page shows: the main one, when there is none
    /// of the name that it asks for.
    pub fn app(&self) -> AppView<'a> {
        let world = self.play.world();
        world.seen_by(world.find_app(&self.query.app).unwrap_or(AppId::MAIN))
    }

    /// What was gathered of that application.
    pub fn side(&self) -> &'a Side {
        self.board.of(self.app().app())
    }
}

/// The panels at one instant. Each is made when a page first needs it, and once for all pages with
/// the same query.
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

    /// The scene for a page with this query.
    pub fn scene<'b>(&'b self, query: &'b Query) -> Scene<'b> {
        let Snapshot { play, live, board, verdict, .. } = self;
        Scene { play, live, board, query, verdict }
    }

    /// A panel as JSON, for a page with this query.
    pub fn json(&self, panel: &Panel, query: &Query) -> Rc<str> {
        let key = (panel.name, if panel.by_query { query.clone() } else { query.of_app() });
        if let Some(made) = self.made.borrow().get(&key) {
            return made.clone();
        }
        let json: Rc<str> = (panel.json)(&self.scene(query)).into();
        self.made.borrow_mut().insert(key, json.clone());
        json
    }

    /// The panel of this name as JSON; `None` when there is none.
    pub fn named(&self, name: &str, query: &Query) -> Option<Rc<str>> {
        let panel = PANELS.iter().find(|panel| panel.name == name)?;
        Some(self.json(panel, query))
    }

    /// The journal's latest sequence number that the panels include.
    pub fn seq(&self) -> u64 {
        self.board.seq()
    }

    /// The number of the run.
    pub fn run(&self) -> u64 {
        self.live.run
    }

    /// All panels for a page with this query, as one JSON object.
    pub fn state(&self, query: &Query) -> String {
        let panels = PANELS.iter().map(|panel| (panel.name, self.json(panel, query)));
        frame_data(self.seq(), panels)
    }
}

/// The data of a frame: a JSON object on one line, with these panels.
pub fn frame_data(seq: u64, panels: impl Iterator<Item = (&'static str, Rc<str>)>) -> String {
    let mut data = format!("{{\"seq\":{seq}");
    for (name, json) in panels {
        data += &format!(",\"{name}\":{json}");
    }
    data + "}"
}

/// The schema of the state: a key for each panel.
pub fn state_schema(generator: &mut SchemaGenerator) -> Schema {
    let mut properties = serde_json::Map::new();
    properties.insert("seq".to_owned(), json!({ "type": "integer", "minimum": 0 }));
    for panel in &PANELS {
        properties.insert(panel.name.to_owned(), (panel.schema)(generator).to_value());
    }
    let names: Vec<&String> = properties.keys().collect();
    json_schema!({ "type": "object", "required": names, "properties": properties })
}

fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
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
