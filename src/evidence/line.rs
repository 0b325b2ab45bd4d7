//! The lines of `run.jsonl`, the record of a run from which every report is made: a line of JSON
//! each, in the order in which things happened. docs/run-record.md describes them.
//!
//! The first line is the head, the last one the end. Between them stand the records of the journal,
//! each with its number, and now and then how the two worlds compare.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::scenario::report::quoted;

/// The version of the format; a reader refuses any other.
pub const VERSION: u32 = 1;

/// The first line: what is played, and how to play it again.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RunHead {
    /// What the line is: `head`.
    pub kind: HeadKind,
    /// The version of the format.
    pub version: u32,
    /// The program that wrote it: `scimulator 0.1.0`.
    pub program: String,
    /// The scenario's name.
    pub scenario: String,
    /// The cell of its matrix, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// The file, as it was named.
    pub file: String,
    /// The title, in one line.
    pub title: String,
    /// The stories and bugs it covers.
    #[serde(default)]
    pub covers: Vec<String>,
    /// The seed of all chance.
    pub seed: u64,
    /// When virtual time starts.
    pub start: String,
    /// When the run ends.
    pub ends: String,
    /// The command that plays the run again.
    pub replay: String,
    /// What was done by hand while it ran, if anything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<RunByHand>,
    /// What the record does not hold, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The bugs that the command line brings about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bugs: Vec<String>,
    /// What is switched on: quirks, faults, policies; first what is so from the beginning.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub switched_on: Vec<RunSwitch>,
    /// The server was none of ours; otherwise both sides were simulated.
    #[serde(default, skip_serializing_if = "is_false")]
    pub foreign: bool,
    /// Where that server is: its tenant URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The files of the story in the folder of the record, the scenario's first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

/// The scenario that does by itself what was done by hand.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RunByHand {
    /// The name to save it under.
    pub name: String,
    /// Its text, without secrets.
    pub file: String,
    /// The command that plays it.
    pub replay: String,
}

/// Something that a scenario switches on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RunSwitch {
    /// As a scenario writes it: `golinks.quirks.hide_unmanaged = true`.
    pub what: String,
    /// What it does, in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub says: String,
    /// The bugs that it plays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bugs: Vec<String>,
    /// When the story has set it: `day 1 08:00`; absent for what is so from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<String>,
}

impl RunHead {
    /// The command that plays the run again from the folder of its record; `None` when the story
    /// is not in it, or was changed by hand.
    pub fn replay_here(&self) -> Option<String> {
        let file = self.files.first().filter(|_| self.by_hand.is_none())?;
        let typed = format!("scimulator run {} ", quoted(&self.file));
        let rest = self.replay.strip_prefix(&typed)?;
        Some(format!("scimulator run {} {rest}", quoted(file)))
    }
}

/// The kind of a head.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HeadKind {
    /// The first line: what is played, and how to play it again.
    Head,
}

/// A record of the journal.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct RunLine<'a> {
    /// What it is.
    pub kind: LineKind,
    /// Its number: 1, 2, 3, without gaps.
    pub seq: u64,
    /// When it happened, in virtual time and whole seconds: `2026-03-02T08:00:00Z`.
    #[serde(borrow)]
    pub at: Cow<'a, str>,
    /// The same in microseconds since the start of the run.
    pub us: u64,
    /// What caused it; absent when that lies outside of the world.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<LineCause>,
    /// The application or the workspace, where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub of: Option<Cow<'a, str>>,
    /// The kind of event, for programs: `CycleEnded`.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub event: Option<Cow<'a, str>>,
    /// What happened, for readers; absent for requests and answers.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub says: Option<Cow<'a, str>>,
    /// Of a request: `entra`, or `outside` for any other client.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub from: Option<Cow<'a, str>>,
    /// Of a request: `scim`, `token`, `graph` or `pages`.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub door: Option<Cow<'a, str>>,
    /// Of a request or a row: the name of the user or group it is about.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub user: Option<Cow<'a, str>>,
    /// Of a request: its method.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub method: Option<Cow<'a, str>>,
    /// Of a request: its path and query.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub target: Option<Cow<'a, str>>,
    /// Of an answer: the number of its request. Of a fault: that of the request it strikes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<u64>,
    /// Of an answer: its status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Of an answer that did not come: why not, such as `reset`.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub lost: Option<Cow<'a, str>>,
    /// Of an answer: how long after the request it came, in microseconds of virtual time.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub after_us: u64,
    /// Of an answer: it reports success for a write that changed nothing.
    #[serde(default, skip_serializing_if = "is_false")]
    pub idle: bool,
    /// Of an answer: it came after the engine had given up on the call.
    #[serde(default, skip_serializing_if = "is_false")]
    pub late: bool,
    /// Of an answer: its `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub retry_after: Option<Cow<'a, str>>,
    /// The content type, when it is neither absent nor `application/scim+json`.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub content_type: Option<Cow<'a, str>>,
    /// The headers of a request or an answer: names in small letters, and values without secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty", borrow)]
    pub headers: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// The body of a request or an answer, when it is not empty.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub body: Option<Cow<'a, str>>,
    /// The body is base64, because its bytes are no UTF-8.
    #[serde(default, skip_serializing_if = "is_false")]
    pub base64: bool,
    /// Of an account: its id.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub id: Option<Cow<'a, str>>,
    /// Of an account: its userName.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub user_name: Option<Cow<'a, str>>,
    /// Of an account: the paths of the attributes that changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty", borrow)]
    pub paths: Vec<Cow<'a, str>>,
    /// Of a row of the provisioning log: the row, as the portal exports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<RunRow>,
}

impl RunLine<'_> {
    /// The line with texts of its own.
    pub fn into_owned(self) -> RunLine<'static> {
        let own = |text: Option<Cow<'_, str>>| text.map(|text| Cow::Owned(text.into_owned()));
        let header = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
            (Cow::Owned(name.into_owned()), Cow::Owned(value.into_owned()))
        };
        RunLine {
            kind: self.kind,
            seq: self.seq,
            at: Cow::Owned(self.at.into_owned()),
            us: self.us,
            cause: self.cause,
            of: own(self.of),
            event: own(self.event),
            says: own(self.says),
            from: own(self.from),
            door: own(self.door),
            user: own(self.user),
            method: own(self.method),
            target: own(self.target),
            to: self.to,
            status: self.status,
            lost: own(self.lost),
            after_us: self.after_us,
            idle: self.idle,
            late: self.late,
            retry_after: own(self.retry_after),
            content_type: own(self.content_type),
            headers: self.headers.into_iter().map(header).collect(),
            body: own(self.body),
            base64: self.base64,
            id: own(self.id),
            user_name: own(self.user_name),
            paths: self.paths.into_iter().map(|path| Cow::Owned(path.into_owned())).collect(),
            row: self.row,
        }
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn is_false(yes: &bool) -> bool {
    !yes
}

/// What a record is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LineKind {
    /// A request left the engine, or came in from outside.
    Request,
    /// An answer left, or its loss became known.
    Answer,
    /// Something happened to an account at GoLinks.
    Account,
    /// A row of the provisioning log was written.
    Row,
    /// An event of the directory or of the provisioning job.
    #[default]
    Entra,
    /// An event of GoLinks that is not about an account.
    Golinks,
    /// A fault begins, ends, or strikes a request.
    Fault,
    /// The narrator spoke.
    Story,
    /// An action of the script, a button or the control API.
    Action,
    /// An action that was refused.
    Refused,
}

impl LineKind {
    /// The word for it, which the format has too.
    pub fn word(self) -> &'static str {
        match self {
            LineKind::Request => "request",
            LineKind::Answer => "answer",
            LineKind::Account => "account",
            LineKind::Row => "row",
            LineKind::Entra => "entra",
            LineKind::Golinks => "golinks",
            LineKind::Fault => "fault",
            LineKind::Story => "story",
            LineKind::Action => "action",
            LineKind::Refused => "refused",
        }
    }
}

/// What caused a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LineCause {
    /// The clock: something was due.
    Timer,
    /// A request, by the number of its record.
    Request(u64),
    /// An action, by the number of its record.
    Action(u64),
}

/// A row of the provisioning log: the cells of the three sheets that the portal exports.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct RunRow {
    /// The cells of the row.
    #[schemars(with = "BTreeMap<String, String>")]
    pub cells: Cells,
    /// The cells of each step.
    #[schemars(with = "Vec<BTreeMap<String, String>>")]
    pub steps: Vec<Cells>,
    /// The cells of each modified property.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<BTreeMap<String, String>>")]
    pub modified: Vec<Cells>,
}

/// Cells by their columns; empty ones are left out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Cells(pub Vec<(Cow<'static, str>, String)>);

impl Cells {
    /// The cell of a column; empty when it has none.
    pub fn get(&self, column: &str) -> &str {
        self.0.iter().find(|(name, _)| name == column).map_or("", |(_, cell)| cell)
    }
}

impl Serialize for Cells {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (column, cell) in self.0.iter().filter(|(_, cell)| !cell.is_empty()) {
            map.serialize_entry(column, cell)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Cells {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Cells, D::Error> {
        struct Columns;
        impl<'de> Visitor<'de> for Columns {
            type Value = Cells;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("cells by their columns")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cells, A::Error> {
                let mut cells = Vec::new();
                while let Some((column, cell)) = map.next_entry::<String, String>()? {
                    cells.push((column.into(), cell));
                }
                Ok(Cells(cells))
            }
        }
        deserializer.deserialize_map(Columns)
    }
}

/// How the two worlds compare at an instant, as the page shows it; written when that has changed.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct RunWorlds {
    /// What the line is: `worlds`.
    pub kind: WorldsKind,
    /// The last record before it.
    pub seq: u64,
    /// When, in microseconds since the start.
    pub us: u64,
    /// The application, where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The page's panels `truth`, `caption` and `worlds`; while only time passes, `truth` alone.
    #[schemars(with = "serde_json::Value")]
    pub panels: Box<RawValue>,
}

/// The kind of a comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WorldsKind {
    /// How the two worlds compare, when that has changed and no cycle is under way.
    Worlds,
}

/// The last line: the verdict.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct RunEnd {
    /// What the line is: `end`.
    pub kind: EndKind,
    /// The last record.
    pub seq: u64,
    /// The instant that was reached, in microseconds since the start.
    pub us: u64,
    /// How many expectations were met.
    pub met: usize,
    /// How many were not met.
    pub failed: usize,
    /// How many of `[always]` held up to an end that came before the story's.
    #[serde(default, skip_serializing_if = "is_none")]
    pub kept: usize,
    /// How many lie beyond an end that the command line has set.
    #[serde(default, skip_serializing_if = "is_none")]
    pub left_out: usize,
    /// What came of it.
    pub outcome: RunOutcome,
    /// Why this cell of a matrix is expected to fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_bad: Option<String>,
    /// What the story needs that only the mock has, of a run at another server.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// The digest of the journal; absent for a run that was touched from outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The last line of the report: `GREEN    8 expectations met`.
    pub verdict: String,
    /// Why the run ended before its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_off: Option<String>,
    /// What the story has switched since the beginning.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub switched_later: Vec<RunSwitch>,
    /// Every expectation with its outcome.
    pub checks: Vec<RunCheck>,
    /// The story: a line for each cycle that did something, and captions and actions between.
    pub story: Vec<RunStory>,
    /// How the worlds compare at the end and what was sent, in lines.
    pub totals: Vec<String>,
    /// The page's panels `strip`, `expectations` and `file`, in `cycle_lists` its panel
    /// `cycle_list` of each application, and in `apps` the panels `job_state`, `directory`,
    /// `mappings` and `plots` of each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub panels: Option<Box<RawValue>>,
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

/// What came of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunOutcome {
    /// Every expectation was met.
    Green,
    /// An expectation was not met.
    Failed,
    /// An expectation was not met, as is known of this cell of a matrix.
    KnownBad,
    /// Every expectation was met in a cell that is known to fail.
    Surprise,
    /// At a server that is not ours it did not come out as the scenario says, and the story needs
    /// what only the mock has.
    CannotTell,
    /// The run ended before its time, and every expectation until then was met.
    Unfinished,
    /// The command line ended the run early: what was judged was met, and some was not judged.
    Cut,
}

/// The kind of an end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EndKind {
    /// The last line: the verdict. A record without it is of a run that was stopped.
    End,
}

/// An expectation and whether it was met.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RunCheck {
    /// The part of the story it belongs to.
    pub step: String,
    /// Where it stands: `leaver.toml:44`, or `--set`.
    pub place: String,
    /// The expectation as written.
    pub expected: String,
    /// Whether it was met.
    pub met: bool,
    /// It is of `[always]`, and was met only up to an end that came before the story's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub kept: bool,
    /// What was observed instead; empty when it was met.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub actual: String,
    /// The likely reasons, in lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<String>,
    /// The user or group it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The command that shows more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<String>,
    /// When it was judged.
    pub at: String,
    /// The same in microseconds since the start.
    pub us: u64,
}

/// An entry of the story.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RunStory {
    /// `day 30 08:00`.
    pub when: String,
    /// Its heading: `⛔ quarantine`.
    pub what: String,
    /// What happened.
    pub text: String,
    /// `plain`, `faint`, `strong`, `good`, `warn` or `bad`.
    pub tone: String,
}
