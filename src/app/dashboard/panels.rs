//! The table of the page's panels; each panel has a file beside this one and in `web/js/panels/`.
//!
//! A panel's view holds the finished texts, which the page only places; the page decides nothing.
//! The views are built by hand from play and world, so that domain types can change without
//! breaking the page. Durations and instants are texts for people.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use bytes::Bytes;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::json;
use xxhash_rust::xxh3::xxh3_64;

use super::board::Side;
use super::{
    Board, Live, Query, Seen, break_it, broken, by_hand, caption, checks, clock, cycle_list,
    directory, drawer, expectations, file, job, job_state, log, mappings, on_demand, past, plots,
    requests, run, start, story, strip, then_and_now, traffic, truth, worlds,
};
use crate::base::Time;
use crate::entra::AppId;
use crate::scenario::Play;
use crate::scenario::play::Verdict;
use crate::world::{AppView, Drive};

/// A panel's row: its module, the type of its view, and where it stands on the page.
macro_rules! panel {
    ($module:ident $view:ty, $place:expr) => {
        Panel {
            name: stringify!($module),
            place: $place,
            json: |scene| json(&$module::view(scene)),
            schema: schema::<$view>,
        }
    };
}

/// Every panel, in the order of a frame and of the page's tabs. A panel is named as its module.
pub const PANELS: [Panel; 27] = [
    panel!(run run::Run, Place::Looked),
    panel!(past past::Past, Place::Looked),
    panel!(clock clock::Clock, Place::Always),
    panel!(strip strip::Strip, Place::Now),
    panel!(truth truth::Truth, Place::Always),
    panel!(caption Option<caption::Caption>, Place::Always),
    panel!(start Option<start::Start>, Place::Always),
    panel!(job job::Job, Place::Always),
    panel!(broken Vec<broken::Chip>, Place::Always),
    panel!(worlds worlds::Worlds, Place::Searched),
    panel!(traffic traffic::Traffic, Place::Always),
    panel!(expectations expectations::Expectations, Place::Always),
    panel!(break_it break_it::BreakIt, Place::Side("Break it")),
    panel!(log log::Listed, Place::Wide("Provisioning log")),
    panel!(requests log::Listed, Place::Wide("Requests")),
    panel!(cycle_list cycle_list::CycleList, Place::Wide("Cycles")),
    panel!(job_state job_state::JobState, Place::Wide("Job")),
    panel!(directory directory::Directory, Place::Wide("Directory")),
    panel!(mappings mappings::Mappings, Place::Wide("Mappings")),
    panel!(on_demand on_demand::OnDemand, Place::Wide("On demand")),
    panel!(checks checks::Checks, Place::Wide("Expectations")),
    panel!(plots plots::Plots, Place::Wide("Plots")),
    panel!(file file::File, Place::Wide("Scenario")),
    panel!(story story::Story, Place::Side("Story")),
    panel!(by_hand by_hand::ByHand, Place::Wide("By hand")),
    panel!(then_and_now then_and_now::ThenAndNow, Place::Beside("Then and now")),
    panel!(drawer drawer::Drawer, Place::Drawer),
];

/// A part of the page, which is sent when it changes. The page loads `js/panels/<name>.js` for each
/// name in a frame.
pub struct Panel {
    /// Its key in a frame, and the name of its module.
    pub name: &'static str,
    /// Where it stands on the page, and so when it is sent.
    pub place: Place,
    /// Makes its view, as JSON on one line.
    json: fn(&Scene<'_>) -> String,
    /// Makes the schema of its view.
    schema: fn(&mut SchemaGenerator) -> Schema,
}

/// Where a panel stands on the page, and so when it is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Always there.
    Always,
    /// Always there, of the run as it is now, also on a page that looks back.
    Now,
    /// Always there; it says something of the instant at which the page looks, and is made anew for
    /// each.
    Looked,
    /// Always there, for the people that the page's filter and search let through.
    Searched,
    /// Opened by a tab with this title, over the whole lower half of the page.
    Wide(&'static str),
    /// Opened by a tab with this title, beside the two worlds.
    Side(&'static str),
    /// Opened by a tab with this title, over the whole lower half; it compares two instants.
    Beside(&'static str),
    /// In the drawer, for what the page asks about.
    Drawer,
}

impl Place {
    /// Whether the panel shows more than one instant.
    fn depends_on_look(self) -> bool {
        matches!(self, Place::Looked | Place::Beside(_))
    }
}

impl Panel {
    /// The title of its tab, and whether it takes the whole lower half; `None` when it has no tab.
    pub fn tab(&self) -> Option<(&'static str, bool)> {
        match self.place {
            Place::Wide(title) | Place::Beside(title) => Some((title, true)),
            Place::Side(title) => Some((title, false)),
            Place::Always | Place::Now | Place::Looked | Place::Searched | Place::Drawer => None,
        }
    }

    /// Whether it shows what was recorded, so that it can be had for an earlier instant.
    fn is_of_records(&self) -> bool {
        ["log", "requests", "cycle_list", "story"].contains(&self.name)
    }

    /// Whether a page with this query shows it.
    fn is_shown(&self, query: &Query) -> bool {
        match self.place {
            Place::Always | Place::Now | Place::Looked | Place::Searched => true,
            Place::Wide(_) | Place::Side(_) | Place::Beside(_) => query.panel == self.name,
            Place::Drawer => !query.about.is_empty(),
        }
    }

    /// The part of a query on which it depends.
    fn key(&self, query: &Query) -> Query {
        let mut key = Query { app: query.app.clone(), ..Query::default() };
        match self.place {
            Place::Always | Place::Now | Place::Looked => {}
            Place::Searched => {
                (key.differences, key.search) = (query.differences, query.search.clone());
            }
            Place::Wide(_) | Place::Side(_) | Place::Beside(_) => {
                key.narrow.clone_from(&query.narrow);
            }
            Place::Drawer => key.about.clone_from(&query.about),
        }
        key
    }
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
    /// At what the page looks.
    pub look: Look<'a>,
    /// The run as it is now, when the page looks at another instant.
    pub now: Option<&'a Snapshot<'a>>,
    /// The past instant to compare with.
    pub beside: Option<&'a Seen>,
}

/// At what instant a page looks.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Look<'a> {
    /// At the run as it is now.
    #[default]
    Now,
    /// At an instant that is still to come: it shows the run as it is now.
    Ahead(Time),
    /// At a past instant that is being played again; so many thousandths of the way are played.
    Playing(Time, u16),
    /// At a past instant.
    Past(Time),
    /// At a past instant of which the page has everything.
    Kept(Time),
    /// At a past instant of a run into another server: what was recorded by then, and the run as
    /// it is now.
    Recorded(Time),
    /// At an instant that cannot be shown, and why.
    Refused(&'a str),
}

impl Look<'_> {
    /// Whether there are panels to show: of that instant, or of the run as it is now.
    fn is_shown(self) -> bool {
        let not_yet = matches!(self, Look::Playing(..) | Look::Kept(_));
        !not_yet
    }
}

impl<'a> Scene<'a> {
    /// The world as the application sees it that the page shows: the main one, when there is none
    /// of the name that it asks for.
    pub fn app(&self) -> AppView<'a> {
        let world = self.play.world();
        world.seen_by(world.find_app(&self.query.app).unwrap_or(AppId::MAIN))
    }

    /// Whether something of this instant is shown: all, but where the page looks at what was
    /// recorded up to an earlier one.
    pub fn shows(&self, at: Time) -> bool {
        !matches!(self.look, Look::Recorded(until) if at > until)
    }

    /// Whether the page looks at what was recorded up to an earlier instant.
    pub fn is_recorded(&self) -> bool {
        matches!(self.look, Look::Recorded(_))
    }

    /// A sum of all that there is by now, said as such where less is shown.
    pub fn by_now(&self, sum: String) -> String {
        if self.is_recorded() { sum + " by now" } else { sum }
    }

    /// A text of a scenario that still plays, with another text for each secret.
    pub fn stand_in(&self, text: &str) -> String {
        let board = self.now.map_or(self.board, |now| now.board);
        board.stand_in(text, self.play)
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
    verdict: Rc<Verdict>,
    made: RefCell<MadePanels>,
    /// The frames that were made, by what they hold, for all pages that lack the same.
    frames: RefCell<BTreeMap<FrameKey, Bytes>>,
    /// The past instant that this is, which keeps its panels.
    seen: Option<&'a Seen>,
    look: Look<'a>,
    /// The run as it is now, when this is another instant.
    now: Option<&'a Snapshot<'a>>,
    /// The past instant to compare with.
    beside: Option<&'a Seen>,
}

/// Panels that were made, by their names and the part of the query on which they depend.
pub type MadePanels = BTreeMap<(&'static str, Query), PanelText>;

/// A panel as JSON.
#[derive(Clone)]
pub struct PanelText {
    /// Its text.
    pub json: Rc<str>,
    /// The hash of its text, by which a page's listener knows what it has sent.
    pub hash: u64,
}

/// What a frame holds: the server's number, and each panel with the hash of its text.
pub type FrameKey = (u32, Vec<(&'static str, u64)>);

impl<'a> Snapshot<'a> {
    /// The panels as they are now.
    pub fn new(board: &'a Board, play: &'a Play, live: &'a Live<'_>) -> Snapshot<'a> {
        Snapshot {
            play,
            live,
            board,
            verdict: Rc::new(play.verdict()),
            made: RefCell::default(),
            frames: RefCell::default(),
            seen: None,
            look: Look::Now,
            now: None,
            beside: None,
        }
    }

    /// The run as it is now, for a page that asks for another instant which is not there.
    pub fn in_place(now: &'a Snapshot<'a>, look: Look<'a>) -> Snapshot<'a> {
        let (play, live, board) = (now.play, now.live, now.board);
        Snapshot {
            play,
            live,
            board,
            verdict: now.verdict.clone(),
            made: RefCell::default(),
            frames: RefCell::default(),
            seen: None,
            look,
            now: Some(now),
            beside: None,
        }
    }

    /// The panels of a past instant; `live` is told of it.
    pub fn of_past(
        seen: &'a Seen,
        at: Time,
        live: &'a Live<'_>,
        now: &'a Snapshot<'a>,
    ) -> Snapshot<'a> {
        Snapshot {
            play: &seen.play,
            live,
            board: &seen.board,
            verdict: seen.verdict.clone(),
            made: RefCell::default(),
            frames: RefCell::default(),
            seen: Some(seen),
            look: Look::Past(at),
            now: Some(now),
            beside: None,
        }
    }

    /// The scene for a page with this query.
    pub fn scene<'b>(&'b self, query: &'b Query) -> Scene<'b> {
        let Snapshot { play, live, board, verdict, look, now, beside, .. } = self;
        Scene { play, live, board, query, verdict, look: *look, now: *now, beside: *beside }
    }

    /// A panel as JSON, for a page with this query.
    fn made(&self, panel: &Panel, query: &Query) -> PanelText {
        match (panel.place, self.now) {
            (Place::Now, Some(now)) => return now.made(panel, query),
            // A page that looks ahead is shown what the others are.
            (_, Some(now))
                if self.seen.is_none()
                    && !panel.place.depends_on_look()
                    && !(matches!(self.look, Look::Recorded(_)) && panel.is_of_records()) =>
            {
                return now.made(panel, query);
            }
            _ => {}
        }
        let kept = self.seen.filter(|_| !panel.place.depends_on_look());
        let made = kept.map_or(&self.made, |seen| &seen.made);
        let key = (panel.name, panel.key(query));
        if let Some(made) = made.borrow().get(&key) {
            return made.clone();
        }
        let json = (panel.json)(&self.scene(query));
        // Of a past instant too: actions that are still to be repeated are secret there as well.
        let board = self.now.map_or(self.board, |now| now.board);
        let json: Rc<str> = board.mask_json(&json, self.play).into();
        let made = PanelText { hash: xxh3_64(json.as_bytes()), json };
        match kept {
            Some(seen) => seen.keep(key, made.clone()),
            None => drop(self.made.borrow_mut().insert(key, made.clone())),
        }
        made
    }

    /// The frame that holds this: the one that was made for another page, or a new one.
    pub fn frame(&self, key: FrameKey, make: impl FnOnce() -> Bytes) -> Bytes {
        let frames = self.now.map_or(&self.frames, |now| &now.frames);
        frames.borrow_mut().entry(key).or_insert_with(make).clone()
    }

    /// The panel of this name as JSON; `None` when there is none.
    pub fn named(&self, name: &str, query: &Query) -> Option<Rc<str>> {
        let panel = PANELS.iter().find(|panel| panel.name == name)?;
        Some(self.made(panel, query).json)
    }

    /// The journal's latest sequence number that the panels of the run as it is now include.
    pub fn seq(&self) -> u64 {
        self.now.map_or(self.board.seq(), Snapshot::seq)
    }

    /// At what the page looks.
    pub fn look(&self) -> Look<'a> {
        self.look
    }

    /// What only the live driver knows of the run.
    pub fn live(&self) -> &'a Live<'a> {
        self.live
    }

    /// The play that the panels are of.
    pub fn play(&self) -> &'a Play {
        self.play
    }

    /// The same panels, with a past instant to compare them with.
    pub fn beside(self, seen: &'a Seen) -> Snapshot<'a> {
        Snapshot { beside: Some(seen), ..self }
    }

    /// The instant that the panels are of.
    pub fn at(&self) -> Time {
        self.play.now()
    }

    /// The number of the run.
    pub fn run(&self) -> u64 {
        self.live.run
    }

    /// The panels that a page with this query shows, each as JSON.
    pub fn shown(&self, query: &Query) -> impl Iterator<Item = (&'static str, PanelText)> {
        // Of an instant that is not there, there is only what is said of it.
        let there = |panel: &&Panel| {
            self.look.is_shown() || matches!(panel.place, Place::Now | Place::Looked)
        };
        let shown = PANELS.iter().filter(|panel| panel.is_shown(query)).filter(there);
        shown.map(|panel| (panel.name, self.made(panel, query)))
    }

    /// All panels that a page with this query shows, as one JSON object.
    pub fn state(&self, query: &Query) -> String {
        frame_data(self.seq(), self.shown(query))
    }
}

/// The data of a frame: a JSON object on one line, with these panels.
pub fn frame_data(seq: u64, panels: impl Iterator<Item = (&'static str, PanelText)>) -> String {
    let mut data = format!("{{\"seq\":{seq}");
    for (name, PanelText { json, .. }) in panels {
        for part in [",\"", name, "\":", &json] {
            data += part;
        }
    }
    data + "}"
}

/// The schema of the state: a key for each panel.
pub fn state_schema(generator: &mut SchemaGenerator) -> Schema {
    let mut properties = serde_json::Map::new();
    properties.insert("seq".to_owned(), json!({ "type": "integer", "minimum": 0 }));
    let mut names = vec!["seq"];
    for panel in &PANELS {
        properties.insert(panel.name.to_owned(), (panel.schema)(generator).to_value());
        names.extend(panel.is_shown(&Query::default()).then_some(panel.name));
    }
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
