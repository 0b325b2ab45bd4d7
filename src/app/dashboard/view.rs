//! What the page shows, as JSON: the answer of `GET /api/state` and the parts of a frame of `GET
//! /api/events`.
//!
//! Built by hand from play and world, so that domain types may move without breaking the page.
//! Everything is said here, in words the page only places: the page decides nothing. Durations and
//! instants come as people read them.

use serde::Serialize;

/// Everything the page shows. A frame of `/api/events` has the same keys, but only those that
/// changed.
#[derive(Serialize, Clone, Debug, Default)]
pub struct State {
    /// The journal's latest sequence number: the id of the frame.
    pub seq: u64,
    /// Which run this is.
    pub run: Run,
    /// The clock bar.
    pub clock: Clock,
    /// The strip of the whole run.
    pub strip: Strip,
    /// The sentence of truth.
    pub truth: Truth,
    /// What the narrator said last.
    pub caption: Option<Caption>,
    /// The provisioning job, in a line.
    pub job: Job,
    /// The two worlds side by side.
    pub worlds: Worlds,
    /// The last requests.
    pub traffic: Traffic,
    /// The expectations judged so far.
    pub expectations: Expectations,
}

/// Which run the page looks at; when `id` changes, the page starts anew.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Differs between any two runs of one server.
    pub id: String,
    /// The scenario's name.
    pub name: String,
    /// The scenario's title.
    pub title: String,
    /// Stories and bugs it covers.
    pub covers: Vec<String>,
    /// The seed.
    pub seed: String,
    /// The version of the program.
    pub version: &'static str,
    /// The command that replays the run; absent once somebody outside touched it.
    pub replay: Option<String>,
    /// What the server has to say about the run itself, such as a scenario file that cannot be
    /// read.
    pub notice: Option<String>,
    /// Policies that are not what Entra is known to use.
    pub badges: Vec<Badge>,
}

/// A policy or setting that was changed, so that what is seen is not what Entra would do.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Badge {
    /// `scaled` when a threshold was made smaller for a class, else `overridden`.
    pub word: &'static str,
    /// Which, with both values: `quarantine_min_failures = 5 (Entra: 5,000)`.
    pub text: String,
}

/// The clock bar.
#[derive(Serialize, Clone, Debug, Default, PartialEq)]
pub struct Clock {
    /// Where now is on the strip, in thousandths.
    pub place: f64,
    /// `Day 30`.
    pub day: String,
    /// `Wed 1 Apr 2026`.
    pub date: String,
    /// `08:12`.
    pub time: String,
    /// The instant for machines: `2026-04-01T08:12:00Z`.
    pub instant: String,
    /// `running`, `paused` or `ended`.
    pub word: &'static str,
    /// Whether virtual time stands still by somebody's wish.
    pub paused: bool,
    /// The speed as it is set: `600x`, `max`.
    pub speed: String,
    /// The speeds offered, slowest first.
    pub speeds: Vec<Speed>,
    /// What comes next and when: `next try of the job in 5 h 48 m`; absent when nothing will.
    pub next_event: Option<String>,
    /// The next cycle and when; absent when none is due.
    pub next_cycle: Option<String>,
}

/// A speed the page offers.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Speed {
    /// What to send to `/api/speed`.
    pub value: &'static str,
    /// What it means: `10 minutes a second`.
    pub says: &'static str,
}

/// The strip of the whole run; places are thousandths of its length.
#[derive(Serialize, Clone, Debug, Default, PartialEq)]
pub struct Strip {
    /// Days (or hours) written under the strip.
    pub ticks: Vec<Tick>,
    /// What happened and what will, in order of place.
    pub marks: Vec<Mark>,
    /// Said when marks were left out.
    pub capped: Option<String>,
    /// The strip's start in milliseconds since 1970: a click between marks becomes an instant.
    pub from_ms: i64,
    /// The strip's end in milliseconds since 1970.
    pub to_ms: i64,
}

/// A day or hour under the strip.
#[derive(Serialize, Clone, Debug, Default, PartialEq)]
pub struct Tick {
    /// Where.
    pub x: f64,
    /// `day 10`.
    pub text: String,
}

/// Something on the strip.
#[derive(Serialize, Clone, Debug, Default, PartialEq)]
pub struct Mark {
    /// Where it begins.
    pub x: f64,
    /// How long it is; 0 for a moment.
    pub width: f64,
    /// Whether it goes on until now, wherever now is.
    pub open: bool,
    /// `cycle`, `script`, `fault`, `expectation` or `quarantine`: its row and shape.
    pub kind: &'static str,
    /// `good`, `bad`, `warn`, `quiet` or `due`.
    pub tone: &'static str,
    /// What a hover says: `Day 30 08:00 · cycle 1081 failed: 401`.
    pub says: String,
    /// Where a click jumps to, as `/api/jump` takes it.
    pub jump: Option<String>,
}

/// The sentence of truth.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// `good`, `busy`, `warn`, `bad` or `idle`.
    pub tone: &'static str,
    /// `●`, `▶`, `▲`, `⊘`, `■`: a shape for each tone.
    pub symbol: &'static str,
    /// The word before the colon: `Healthy`, `Quarantined for 6 h`.
    pub word: String,
    /// The rest of the sentence, which answers why.
    pub text: String,
    /// What follows: `Next try in 5 h 48 m.`
    pub next: Option<String>,
}

/// The narrator's caption.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Caption {
    /// What was said.
    pub text: String,
    /// When: `Day 30 09:00`.
    pub at: String,
    /// Where it stands: `expired-secret.toml:44`.
    pub place: Option<String>,
}

/// The provisioning job in a line, and what may be done with it.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Job {
    /// `Active`, `Paused` or `Disabled`, as Graph prints it.
    pub state: String,
    /// `NotConfigured`, `NotRun`, `Active`, `Paused` or `Quarantine`.
    pub status: String,
    /// `cycle 1081 · incremental · failed`.
    pub cycle: Option<String>,
    /// The commands offered, as words of `/api/action`.
    pub can: Vec<Command>,
}

/// A command without a name in it.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// The word to send as `/api/action`.
    pub action: &'static str,
    /// What the button says.
    pub label: &'static str,
}

/// The two worlds side by side.
#[derive(Serialize, Clone, Debug, Default, PartialEq)]
pub struct Worlds {
    /// What Entra holds: `20 people · 19 in scope`.
    pub entra: String,
    /// What GoLinks holds: `19 accounts · 18 active`.
    pub golinks: String,
    /// A count for each mark, in a fixed order; the legend.
    pub counts: Vec<Count>,
    /// `rows` or `dots`.
    pub shape: &'static str,
    /// The people shown as rows; of a dot grid none.
    pub rows: Vec<ViewRow>,
    /// The people shown as dots: a mark's key, a space, the handle.
    pub dots: Vec<String>,
    /// Said when not everybody is shown, or the picture is older than the clock.
    pub capped: Option<String>,
    /// Said in place of the rows when there are none.
    pub empty: Option<String>,
    /// The filter in force: `differences` or nothing.
    pub filter: &'static str,
    /// The search in force.
    pub search: String,
}

/// How many people carry a mark.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// `same`, `differs`, `pending`, `missing`, `extra`, `outside`.
    pub mark: &'static str,
    /// `=`, `≠`, `→`, `✕`, `+`, `·`.
    pub symbol: &'static str,
    /// The word beside it.
    pub word: &'static str,
    /// What it means, for a hover.
    pub says: &'static str,
    /// How many.
    pub count: usize,
}

/// One person, in both worlds.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewRow {
    /// What actions call the person; for an extra account its userName.
    pub handle: String,
    /// The display name.
    pub name: String,
    /// A second line: department, or the userName.
    pub detail: String,
    /// What holds in Entra: `in scope`, `not assigned`, `blocked from sign-in`, `in the recycle
    /// bin`, `deleted`.
    pub scope: String,
    /// Whether the person is in scope.
    pub in_scope: bool,
    /// What GoLinks should hold: `active`, `inactive or none`, `none`.
    pub intended: &'static str,
    /// The mark's key, as in [`Count`].
    pub mark: &'static str,
    /// Its shape.
    pub symbol: &'static str,
    /// What it says: `same`, `department`, `due in 31 m`.
    pub says: String,
    /// What differs, for a hover: one `attribute: intended, is` a line.
    pub why: Vec<String>,
    /// The account's userName; absent when there is none.
    pub account: Option<String>,
    /// `active`, `inactive` or `no account`.
    pub status: &'static str,
    /// Which actions make sense: verbs whose argument is the handle.
    pub can: Vec<&'static str>,
}

/// The last requests.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How many there have been, how many were writes that changed nothing, how many failed.
    pub says: String,
    /// The newest, newest first.
    pub lines: Vec<Line>,
    /// Said when there were more since the last frame than are shown.
    pub capped: Option<String>,
}

/// One request with its answer.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its place in the journal.
    pub seq: u64,
    /// `day 30 08:00`.
    pub at: String,
    /// `day 30 08:00:07`.
    pub exactly: String,
    /// How many requests in a row went alike; this is the newest of them.
    pub times: u64,
    /// When the first of those was sent.
    pub first: String,
    /// `Entra` or `outside`.
    pub from: &'static str,
    /// `PATCH`.
    pub method: String,
    /// The path below the base, with its query decoded.
    pub path: String,
    /// Whom it is about, when known.
    pub who: Option<String>,
    /// `204`; `…` while the answer is awaited; `—` when it was lost.
    pub status: String,
    /// `changed`, `nothing`, `failed`, `waiting`.
    pub outcome: &'static str,
    /// What it did: `created`, `active → false`, `nothing changed`, `no such token`.
    pub says: String,
}

/// The expectations of the script.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectations {
    /// How many were met so far.
    pub met: usize,
    /// How many failed so far.
    pub failed: usize,
    /// The panel's heading: `3 met, 1 failed so far`.
    pub says: String,
    /// Those judged, newest first, the failed ones before the met.
    pub items: Vec<Expectation>,
    /// Said when not all are shown.
    pub capped: Option<String>,
}

/// One expectation.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectation {
    /// `met` or `failed`.
    pub word: &'static str,
    /// `✓` or `✗`.
    pub symbol: &'static str,
    /// `day 30`.
    pub step: String,
    /// What was expected, as written.
    pub expected: String,
    /// What was seen instead; empty when met.
    pub actual: String,
    /// Why, as far as can be told, for a hover; a line each.
    pub why: Vec<String>,
    /// `expired-secret.toml:44`.
    pub place: String,
}
