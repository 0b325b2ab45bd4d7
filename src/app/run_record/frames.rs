//! How the two worlds compare, written into the record between the records: after each cycle and
//! each change, so that a report can show any moment of the run.

use std::time::Duration;

use bytes::Bytes;
use http::Request;

use super::Recorder;
use crate::app::dashboard::{Board, Live, Query, Snapshot};
use crate::base::Time;
use crate::entra::{CallId, Reply};
use crate::scenario::Play;
use crate::world::{Drive, Outgoing, Ticket};

/// The panels of the page that a report shows at any moment, those of the end, and those of each
/// application at the end.
const MOMENT: [&str; 3] = ["truth", "caption", "worlds"];
const END: [&str; 3] = ["strip", "expectations", "file"];
const END_OF_APP: [&str; 4] = ["job_state", "directory", "mappings", "plots"];

/// The panel that changes while only time passes: it counts how long something has lasted, and how
/// long it is until the next cycle.
const PASSING: [&str; 1] = ["truth"];

/// A run of years has no more moments than this.
const FRAMES_MAX: u32 = 2_000;

/// How often in a run what time alone changes is written, and how much time there is at least
/// between two of them.
const PASSING_MAX: u32 = 500;
const PASSING_MIN: Duration = Duration::from_secs(600);

/// A play whose moments are written into its record. It is driven as the play is.
pub struct Framed<'a> {
    /// The play.
    pub play: &'a mut Play,
    recorder: &'a Recorder,
    board: Board,
    /// The last fact of which there is a frame.
    seen: u64,
    /// The last frame of each application.
    last: Vec<String>,
    frames: u32,
}

impl<'a> Framed<'a> {
    /// A play at its start.
    pub fn new(play: &'a mut Play, recorder: &'a Recorder) -> Framed<'a> {
        let last = play.world().views().map(|_| String::new()).collect();
        let mut framed =
            Framed { play, recorder, board: Board::default(), seen: 0, last, frames: 0 };
        framed.write(&MOMENT);
        framed
    }

    /// Writes the moment if something has happened since the last one and no cycle is under way.
    pub fn note(&mut self) {
        let new = self.play.world().journal().last_fact();
        if new > self.seen && !self.in_cycle() && self.frames < FRAMES_MAX {
            self.seen = new;
            self.write(&MOMENT);
        }
    }

    /// The panels of the end, and the cycles of each application.
    pub fn end(mut self) -> String {
        self.note();
        let live = live();
        let snapshot = Snapshot::new(&self.board, self.play, &live);
        let mut panels = panels(&snapshot, &END, &Query::default());
        let lists = self.play.world().views().filter_map(|app| {
            let name = serde_json::Value::from(app.label().unwrap_or_default());
            let list = snapshot.named("cycle_list", &Query::of_app(app.app_name()))?;
            Some(format!("{name}:{list}"))
        });
        let lists = lists.collect::<Vec<_>>().join(",");
        let apps = self.play.world().views().map(|app| {
            let name = serde_json::Value::from(app.label().unwrap_or_default());
            format!(
                "{name}:{}",
                self::panels(&snapshot, &END_OF_APP, &Query::of_app(app.app_name()))
            )
        });
        let apps = apps.collect::<Vec<_>>().join(",");
        panels.truncate(panels.len() - 1);
        format!("{panels},\"cycle_lists\":{{{lists}}},\"apps\":{{{apps}}}}}")
    }

    /// Lets time pass up to this instant, before which nothing is due, and writes how the sentence
    /// changes meanwhile.
    fn pass(&mut self, to: Time) {
        let script = self.play.script();
        let (start, ends) = (script.start, script.ends);
        let step = PASSING_MIN.max(ends.since(start) / PASSING_MAX);
        let mut at = self.play.now() + step;
        while at < to.min(ends) && !self.in_cycle() {
            self.play.advance(at);
            self.write(&PASSING);
            at = at + step;
        }
    }

    fn in_cycle(&self) -> bool {
        self.play.world().views().any(|app| app.entra().job().cycle().is_some())
    }

    fn write(&mut self, names: &[&str]) {
        let live = live();
        self.board.update(self.play, &live);
        self.board.compare(self.play);
        while self.board.unfinished() {
            self.board.compare(self.play);
        }
        let snapshot = Snapshot::new(&self.board, self.play, &live);
        for (nth, app) in self.play.world().views().enumerate() {
            let frame = panels(&snapshot, names, &Query::of_app(app.app_name()));
            if self.last[nth] != frame {
                self.recorder.frame(self.play, app.label(), &frame);
                self.last[nth] = frame;
                self.frames += u32::from(names == MOMENT);
            }
        }
    }
}

/// A run that nobody watches.
fn live() -> Live<'static> {
    Live { run: 1, speed: "max", ..Live::default() }
}

fn panels(snapshot: &Snapshot<'_>, names: &[&str], query: &Query) -> String {
    let panels = names.iter().filter_map(|name| {
        let json = snapshot.named(name, query)?;
        Some(format!("\"{name}\":{json}"))
    });
    format!("{{{}}}", panels.collect::<Vec<_>>().join(","))
}

impl Drive for Framed<'_> {
    fn now(&self) -> Time {
        self.play.now()
    }

    fn next_due(&self) -> Option<Time> {
        self.play.next_due()
    }

    fn advance(&mut self, to: Time) {
        if to > self.play.now() {
            self.note();
            self.pass(to);
        }
        self.play.advance(to);
    }

    fn next_outgoing(&mut self) -> Option<Outgoing> {
        self.play.next_outgoing()
    }

    fn receive(&mut self, call: CallId, request: &Request<Bytes>) -> Ticket {
        self.play.receive(call, request)
    }

    fn deliver(&mut self, call: CallId, reply: Reply) {
        self.play.deliver(call, reply);
    }
}
