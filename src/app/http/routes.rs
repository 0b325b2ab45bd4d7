//! The routes of the control API, one row each. A request is dispatched by this table, and the
//! OpenAPI document is made of it, so there is no route without a row.
//!
//! To add one: a row here; what it takes and answers is a type with `JsonSchema`, or a schema in
//! `graph_schemas`.

use schemars::{Schema, SchemaGenerator};

use super::answers::{
    self, BranchBody, CaptionsBody, ClockAnswer, JumpBody, Nothing, SpeedBody, ViewBody,
};
use super::readings::{self, LIMIT, LIMIT_MAX, Parameters};
use super::{action, commands, exchanges, graph_schemas};
use crate::app::dashboard;
use crate::app::live::Command;
use crate::app::live::message::CommandRefusal;
use crate::app::standing::RunStanding;
use crate::evidence::held::RequestDetail;
use crate::scenario::Play;

/// The version of the control API; everything is below it.
pub const BASE: &str = "/api/v1";

/// A route: what it is for, what it takes and answers, and what carries it out.
pub struct Route {
    /// The path below [`BASE`], without a slash.
    pub word: &'static str,
    /// One line for a list.
    pub summary: &'static str,
    /// The parameters of its URL.
    pub parameters: &'static [Parameter],
    /// Its body; `None` when it takes none.
    pub body: Option<RequestBody>,
    /// The schema of its answer.
    pub answer: SchemaOf,
    /// What carries it out.
    pub handler: Handler,
}

/// Makes a schema, and keeps those of the types in it with the generator.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// A parameter of a URL.
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// What it may be.
    pub kind: ParameterKind,
}

/// What a parameter may be.
pub enum ParameterKind {
    /// Any text.
    Text,
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
    /// A number from 1 to this one; this many unless it is given.
    Limit(usize, usize),
    /// The number of a record, which must be given.
    Record,
}

/// The body of a request.
pub struct RequestBody {
    /// Its schema.
    pub schema: SchemaOf,
    /// Bodies that can be read, as JSON.
    pub examples: fn() -> Vec<serde_json::Value>,
    /// Whether it may also be TOML.
    pub toml: bool,
}

/// Carries a request out. A route that changes something takes `POST` only, the others `GET`.
pub enum Handler {
    /// The state of the run for a page.
    State,
    /// The stream of what changes in it.
    Events,
    /// The OpenAPI document.
    OpenApi,
    /// The report of the run so far.
    Report,
    /// What can be read of a play.
    Reading(fn(&Play, &Parameters) -> Result<serde_json::Value, CommandRefusal>),
    /// Changes what a page sees.
    View,
    /// A command to the owner, read from the body; the flag says that the body is JSON.
    Command(fn(&[u8], bool) -> Result<Command, CommandRefusal>),
}

impl Route {
    /// Whether it only reads: it takes `GET` and `HEAD`, otherwise `POST`.
    pub fn reads(&self) -> bool {
        !matches!(self.handler, Handler::View | Handler::Command(_))
    }
}

/// The route of this word.
pub fn find(word: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.word == word)
}

const APP: Parameter = Parameter {
    name: "app",
    doc: "The application, where a scenario has several; otherwise the main one.",
    kind: ParameterKind::Text,
};
const FILTER: Parameter = Parameter {
    name: "filter",
    doc: "`differences`: only people about whom the worlds differ.",
    kind: ParameterKind::Text,
};
const SEARCH: Parameter = Parameter {
    name: "search",
    doc: "Part of a name, a handle or a userName.",
    kind: ParameterKind::Text,
};
const PANEL: Parameter = Parameter {
    name: "panel",
    doc: "The panel that is open beside those that are always there.",
    kind: ParameterKind::Text,
};
const NARROW: Parameter = Parameter {
    name: "narrow",
    doc: "What the open panel is narrowed to, in words of its own.",
    kind: ParameterKind::Text,
};
const ABOUT: Parameter = Parameter {
    name: "about",
    doc: "What the drawer tells about: `user ann`, `account a@b.example`, `group design` or `request 12`.",
    kind: ParameterKind::Text,
};
const AT: Parameter = Parameter {
    name: "at",
    doc: "The instant to look at, `2026-03-05T07:12:00Z` or `3d 7h` after the start; otherwise now. A past one is played again beside the run.",
    kind: ParameterKind::Text,
};
const SEEN: &[Parameter] = &[APP, FILTER, SEARCH, PANEL, NARROW, ABOUT, AT];
const LIMIT_ROWS: Parameter = Parameter {
    name: "limit",
    doc: "At most so many rows, the newest.",
    kind: ParameterKind::Limit(LIMIT, LIMIT_MAX),
};
const USER: Parameter = Parameter {
    name: "user",
    doc: "Rows about this user or group, by handle, sign-in name or display name.",
    kind: ParameterKind::Text,
};
const STATUS: Parameter = Parameter {
    name: "status",
    doc: "Rows with this status.",
    kind: ParameterKind::Word(readings::statuses),
};
const ACTION: Parameter = Parameter {
    name: "action",
    doc: "Rows with this action.",
    kind: ParameterKind::Word(readings::actions),
};

const OF_USER: Parameter = Parameter {
    name: "user",
    doc: "Requests about this user or group, by handle, sign-in name or display name.",
    kind: ParameterKind::Text,
};
const OUTCOME: Parameter = Parameter {
    name: "status",
    doc: "Requests with this outcome: `404`, `4xx`, `failed`, `lost` or `idle`.",
    kind: ParameterKind::Text,
};
const METHOD: Parameter =
    Parameter { name: "method", doc: "Requests with this method.", kind: ParameterKind::Text };
const PATH: Parameter = Parameter {
    name: "path",
    doc: "Requests with this text in path and query.",
    kind: ParameterKind::Text,
};
const SEQ: Parameter = Parameter {
    name: "seq",
    doc: "The number of the request's record, or of its answer's.",
    kind: ParameterKind::Record,
};

/// A command without a body; it answers with the clock.
const fn bare(
    word: &'static str,
    summary: &'static str,
    read: fn(&[u8], bool) -> Result<Command, CommandRefusal>,
) -> Route {
    let answer = answers::schema::<ClockAnswer>;
    Route { word, summary, parameters: &[], body: None, answer, handler: Handler::Command(read) }
}

/// What is read of a play.
const fn reading(
    word: &'static str,
    summary: &'static str,
    parameters: &'static [Parameter],
    answer: SchemaOf,
    read: fn(&Play, &Parameters) -> Result<serde_json::Value, CommandRefusal>,
) -> Route {
    Route { word, summary, parameters, body: None, answer, handler: Handler::Reading(read) }
}

/// Every route.
pub static ROUTES: &[Route] = &[
    Route {
        word: "state",
        summary: "The state of the run as the page shows it: one key for each panel",
        parameters: SEEN,
        body: None,
        answer: dashboard::state_schema,
        handler: Handler::State,
    },
    Route {
        word: "events",
        summary: "Server-sent events: each has the panels that changed since the last",
        parameters: SEEN,
        body: None,
        answer: answers::schema::<String>,
        handler: Handler::Events,
    },
    reading(
        "applications",
        "The applications that have a job, the main one first",
        &[],
        answers::schema::<readings::Applications>,
        readings::applications,
    ),
    reading(
        "job",
        "The provisioning job, as Graph's synchronizationJob",
        &[APP],
        graph_schemas::job,
        readings::job,
    ),
    reading(
        "log",
        "Rows of the provisioning log, newest first, as Graph's provisioningObjectSummary",
        &[APP, LIMIT_ROWS, USER, STATUS, ACTION],
        graph_schemas::log,
        readings::log,
    ),
    reading(
        "audit",
        "Rows of the audit log, newest first, as Graph's directoryAudit",
        &[APP, LIMIT_ROWS],
        graph_schemas::audit,
        readings::audit,
    ),
    reading(
        "mails",
        "The mails that were sent, newest first",
        &[APP, LIMIT_ROWS],
        graph_schemas::mails,
        readings::mails,
    ),
    reading(
        "discovery",
        "The last report of the accounts that the application has, as Graph's identityCorrelation",
        &[APP],
        graph_schemas::discovery,
        readings::discovery,
    ),
    reading(
        "requests",
        "Requests with their answers and bodies, newest first, as far as the journal holds them",
        &[APP, LIMIT_ROWS, OF_USER, OUTCOME, METHOD, PATH],
        answers::schema::<exchanges::Requests>,
        exchanges::requests,
    ),
    reading(
        "request",
        "One request with its bodies, what caused it, what it caused, and what GoLinks stores now",
        &[SEQ],
        answers::schema::<RequestDetail>,
        exchanges::request,
    ),
    reading(
        "progress",
        "How far the run has come: its clock, and the cycle that is under way",
        &[],
        answers::schema::<RunStanding>,
        readings::progress,
    ),
    Route {
        word: "report",
        summary: "The report of the run so far, one page of HTML to save and hand out; the run is played again for it and is not touched",
        parameters: &[],
        body: None,
        answer: answers::schema::<String>,
        handler: Handler::Report,
    },
    Route {
        word: "openapi.json",
        summary: "This document",
        parameters: &[],
        body: None,
        answer: graph_schemas::any_object,
        handler: Handler::OpenApi,
    },
    bare("pause", "Pause the clock", |_, _| Ok(Command::Pause)),
    bare("resume", "Let the clock run", |_, _| Ok(Command::Resume)),
    bare("step", "Do the next thing that is due, then pause", |_, _| Ok(Command::Step)),
    bare("cycle", "Run to the end of the next cycle, then pause", |_, _| Ok(Command::Cycle)),
    bare("moment", "Run to the next moment of the story, then pause", |_, _| Ok(Command::Moment)),
    bare("rerun", "Start the scenario anew", |_, _| Ok(Command::Rerun)),
    Route {
        word: "speed",
        summary: "Set the speed of the clock",
        parameters: &[],
        body: Some(RequestBody {
            schema: answers::schema::<SpeedBody>,
            examples: answers::speeds,
            toml: false,
        }),
        answer: answers::schema::<ClockAnswer>,
        handler: Handler::Command(commands::speed),
    },
    Route {
        word: "jump",
        summary: "Run to an instant as fast as possible, then pause; a past one is reached by playing the run again",
        parameters: &[],
        body: Some(RequestBody {
            schema: answers::schema::<JumpBody>,
            examples: answers::jumps,
            toml: false,
        }),
        answer: answers::schema::<ClockAnswer>,
        handler: Handler::Command(commands::jump),
    },
    Route {
        word: "branch",
        summary: "Let the run go on from a past instant; what was done by hand after it is dropped, and the clock is paused",
        parameters: &[],
        body: Some(RequestBody {
            schema: answers::schema::<BranchBody>,
            examples: answers::branches,
            toml: false,
        }),
        answer: answers::schema::<ClockAnswer>,
        handler: Handler::Command(commands::branch),
    },
    bare(
        "unbranch",
        "Go back to the run that the last branch has left, at the instant where it stood",
        |_, _| Ok(Command::Unbranch),
    ),
    Route {
        word: "captions",
        summary: "Set what the clock does while a caption is new",
        parameters: &[],
        body: Some(RequestBody {
            schema: answers::schema::<CaptionsBody>,
            examples: answers::caption_modes,
            toml: false,
        }),
        answer: answers::schema::<ClockAnswer>,
        handler: Handler::Command(commands::captions),
    },
    Route {
        word: "action",
        summary: "Carry out an action, written as the value of `do` in a scenario",
        parameters: &[],
        body: Some(RequestBody { schema: action::schema, examples: action::examples, toml: true }),
        answer: answers::schema::<ClockAnswer>,
        handler: Handler::Command(commands::action),
    },
    Route {
        word: "view",
        summary: "Change what a connected page sees, so that a search needs no new connection",
        parameters: &[],
        body: Some(RequestBody {
            schema: answers::schema::<ViewBody>,
            examples: answers::views,
            toml: false,
        }),
        answer: answers::schema::<Nothing>,
        handler: Handler::View,
    },
];
