//! The exchanges that the journal still holds: all, or one with what caused it and what it caused.

use schemars::JsonSchema;
use serde::Serialize;

use super::exchange::{Content, ExchangeQuery, Exchanges, RunExchange};
use super::line::{LineCause, LineKind};
use super::write::LineWriter;
use crate::scenario::Play;
use crate::scim::Object;
use crate::world::{AppView, Party, Record, RecordedEvent};

/// The exchanges that are asked for, in the order of the answers; those without an answer last.
pub fn exchanges(play: &Play, query: &ExchangeQuery) -> Vec<RunExchange> {
    let wanted = |exchange: &RunExchange| query.lets_through(exchange);
    let mut all = Gathered::new(play);
    let mut found: Vec<RunExchange> = play
        .world()
        .journal()
        .records()
        .filter_map(|record| all.observe(&record))
        .filter(wanted)
        .collect();
    found.extend(all.exchanges.unanswered().filter(wanted));
    found
}

/// How many records the journal no longer holds.
pub fn forgotten(play: &Play) -> u64 {
    play.world().journal().first_seq() - 1
}

/// A request with what surrounds it.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct RequestDetail {
    /// The request and what came of it.
    #[serde(flatten)]
    pub exchange: RunExchange,
    /// What caused it, when that is an action or a request that the journal still holds.
    pub caused_by: Option<Related>,
    /// What it caused, in the order in which it happened: what GoLinks did, further requests, rows
    /// of the log. At most fifty.
    pub caused: Vec<Related>,
    /// The resource that it is about as GoLinks holds it now.
    pub stored: Option<serde_json::Value>,
}

/// A record that caused a request, or was caused by it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct Related {
    /// Its number.
    pub seq: u64,
    /// What it is: `request`, `account`, `row`, `action`.
    pub kind: &'static str,
    /// What happened, in words.
    pub says: String,
}

/// How many consequences of a request are named, and how many records are searched for them.
const CAUSED_MAX: usize = 50;
const LOOKED_AHEAD: usize = 20_000;

/// The request of this number, or the one that the record of this number answers; `None` when the
/// journal does not hold it.
pub fn request(play: &Play, seq: u64) -> Option<RequestDetail> {
    let journal = play.world().journal();
    let seq = match journal.get(seq)?.event {
        RecordedEvent::Request(_) => seq,
        RecordedEvent::Answer(answer) | RecordedEvent::TooLate(answer) => answer.request,
        _ => return None,
    };
    let asked = journal.get(seq)?;
    let mut all = Gathered::new(play);
    let mut caused = Vec::new();
    let mut found = all.observe(&asked);
    for record in journal.since(seq)?.take(LOOKED_AHEAD) {
        let by_this = record.cause == Some(crate::world::record::Cause::Request(seq));
        let answers = match record.event {
            RecordedEvent::Answer(answer) | RecordedEvent::TooLate(answer) => answer.request == seq,
            _ => false,
        };
        if by_this && !answers && caused.len() < CAUSED_MAX {
            caused.push(all.related(&record));
        }
        if (by_this || answers || struck(&record) == Some(seq))
            && let Some(whole) = all.observe(&record)
        {
            found = Some(whole);
        }
    }
    let exchange = found.or_else(|| all.exchanges.unanswered().next())?;
    let cause = match exchange.cause {
        Some(LineCause::Request(seq) | LineCause::Action(seq)) => journal.get(seq),
        Some(LineCause::Timer) | None => None,
    };
    let caused_by = cause.map(|record| Gathered::new(play).related(&record));
    let stored = stored(play, &asked, &exchange);
    Some(RequestDetail { exchange, caused_by, caused, stored })
}

fn struck(record: &Record<'_>) -> Option<u64> {
    match record.event {
        RecordedEvent::FaultStruck { request, .. } => Some(request),
        _ => None,
    }
}

/// The resource that a request names in its path or got an id for in its answer.
fn stored(play: &Play, asked: &Record<'_>, exchange: &RunExchange) -> Option<serde_json::Value> {
    let world = play.world();
    let view = match asked.party {
        Party::App(app) => world.seen_by(app),
        _ => AppView::from(world),
    };
    let path = exchange.target.split('?').next().unwrap_or_default();
    let (before, last) = path.rsplit_once('/')?;
    let groups = path.contains("/Groups");
    let id = match last {
        "Users" | "Groups" => {
            let answer = exchange.answer.as_ref()?.content.body.as_ref()?;
            let body: serde_json::Value = serde_json::from_str(answer).ok()?;
            body["id"].as_str()?.to_owned()
        }
        _ if before.ends_with("/Users") || before.ends_with("/Groups") => last.to_owned(),
        _ => return None,
    };
    let target = view.reached();
    let resource: Object = match groups {
        true => target.group(target.find_group_id(&id)?)?,
        false => target.account(target.find_id(&id)?)?.resource,
    };
    serde_json::to_value(&resource).ok()
}

/// Exchanges put together from records of the journal.
struct Gathered<'p> {
    play: &'p Play,
    writer: LineWriter,
    exchanges: Exchanges,
}

impl<'p> Gathered<'p> {
    fn new(play: &'p Play) -> Gathered<'p> {
        Gathered { play, writer: LineWriter::new(play), exchanges: Exchanges::default() }
    }

    /// Takes the next record; returns an exchange that is complete with it.
    fn observe(&mut self, record: &Record<'_>) -> Option<RunExchange> {
        let journal = self.play.world().journal();
        let is_message = match record.event {
            RecordedEvent::Request(_) | RecordedEvent::Answer(_) | RecordedEvent::TooLate(_) => {
                true
            }
            RecordedEvent::Account(_)
            | RecordedEvent::GoLinks(_)
            | RecordedEvent::FaultStruck { .. } => false,
            _ => return None,
        };
        let body = if is_message { journal.body(record.seq) } else { None };
        let exchanges = &mut self.exchanges;
        let whole = self.writer.with_line(record, body, |line| exchanges.observe(line));
        let mut whole = whole?;
        let gone = |content: &mut Content, seq| content.gone = journal.body(seq).is_none();
        gone(&mut whole.sent, whole.seq);
        if let Some(answer) = &mut whole.answer
            && answer.status.is_some()
        {
            gone(&mut answer.content, answer.seq);
        }
        Some(whole)
    }

    fn related(&mut self, record: &Record<'_>) -> Related {
        self.writer.with_line(record, None, |line| Related {
            seq: line.seq,
            kind: line.kind.word(),
            says: match line.kind {
                LineKind::Request => {
                    let (method, target) = (line.method.as_deref(), line.target.as_deref());
                    format!("{} {}", method.unwrap_or_default(), target.unwrap_or_default())
                }
                _ => line.says.as_deref().unwrap_or_default().to_owned(),
            },
        })
    }
}
