//! `index.html`: a run in one file that loads nothing. The page's own modules show the strip and
//! the two worlds at any moment; below are the story, the expectations, the log and the exchanges,
//! and the page's plots, job, directory, mappings and scenario as they were at the end.
//!
//! A page cannot hold a run of years: of a long one it has the first and the last exchanges and
//! records, and moments at greater distances, and says so.

use std::collections::VecDeque;
use std::io::{self, Write};

use base64ct::{Base64, Encoding};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::bundle::bundle;
use crate::app::dashboard::asset;
use crate::base::Time;
use crate::base::html::escaped;
use crate::evidence::diff::words;
use crate::evidence::exchange::{Content, Exchanges, RunExchange};
use crate::evidence::line::{LineKind, RunLine, RunRow};
use crate::evidence::{RecordedRun, Report, RunItem, about};
use crate::scenario::report::plural;

/// How many exchanges and records are shown from the beginning, and as many from the end.
const SHOWN: usize = 1_000;

/// How many bytes the moments of a page may have; from there on every second one is dropped.
const MOMENTS_MAX: usize = 6 << 20;

/// The longest body that is shown whole, in characters.
const BODY_MAX: usize = 4_000;

/// A page in the making.
pub struct Html<'r, W> {
    run: &'r RecordedRun,
    out: W,
    start: Time,
    exchanges: Exchanges,
    shown: Ends<RunExchange>,
    log: Ends<LogLine>,
    rows: Ends<ProvisioningRow>,
    moments: Moments,
}

/// The first and the last of very many.
struct Ends<T> {
    first: Vec<T>,
    last: VecDeque<T>,
    all: usize,
}

impl<T> Ends<T> {
    fn new() -> Ends<T> {
        Ends { first: Vec::new(), last: VecDeque::new(), all: 0 }
    }

    fn push(&mut self, one: T) {
        self.all += 1;
        if self.first.len() < SHOWN {
            return self.first.push(one);
        }
        if self.last.len() == SHOWN {
            self.last.pop_front();
        }
        self.last.push_back(one);
    }

    fn iter(&self) -> impl Iterator<Item = &T> {
        self.first.iter().chain(&self.last)
    }

    /// What is said when some are left out.
    fn capped(&self, what: &str) -> Option<String> {
        let left_out = self.all - self.first.len() - self.last.len();
        (left_out > 0).then(|| {
            format!("The first and the last {SHOWN} of {} {what}; the record has all.", self.all)
        })
    }
}

/// A record of the log.
#[derive(Serialize)]
struct LogLine {
    us: u64,
    kind: &'static str,
    says: String,
}

/// A row of the provisioning log.
#[derive(Serialize)]
struct ProvisioningRow {
    us: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    /// `user` or `group`.
    kind: &'static str,
    handle: String,
    action: String,
    target: String,
    status: String,
    tone: &'static str,
    /// Why it went so, or which attributes were changed.
    more: String,
}

/// The longest text in the last column of a row, in characters.
const MORE_MAX: usize = 300;

impl ProvisioningRow {
    fn of(line: &RunLine<'_>, row: &RunRow) -> ProvisioningRow {
        let cell = |column| row.cells.get(column).to_owned();
        let changed = row.modified.iter().map(|it| it.get("displayName"));
        let changed = changed.map(|path| path.rsplit(':').next().unwrap_or(path));
        let why = [row.cells.get("errorCode"), row.cells.get("reason")];
        let why: Vec<&str> = why.into_iter().filter(|text| !text.is_empty()).collect();
        let changed = match changed.collect::<Vec<_>>() {
            none if none.is_empty() => String::new(),
            written if cell("provisioningAction") == "create" => {
                plural(written.len() as u64, "value") + " written"
            }
            changed => format!("changed: {}", changed.join(", ")),
        };
        let more = match (cell("errorCode").is_empty(), changed.is_empty() || why.is_empty()) {
            (true, true) => format!("{changed}{}", why.concat()),
            // A row that succeeded has a reason too, such as a user who left the scope.
            (true, false) => format!("{}; {changed}", why.concat()),
            (false, _) => why.join(": "),
        };
        let status = cell("status");
        ProvisioningRow {
            us: line.us,
            of: line.of.as_deref().map(str::to_owned),
            kind: if row.cells.get("sourceType") == "Group" { "group" } else { "user" },
            handle: line.user.as_deref().unwrap_or_default().to_owned(),
            action: cell("provisioningAction"),
            target: cell("targetId"),
            tone: if status == "failure" { "bad" } else { "" },
            status,
            more: more.chars().take(MORE_MAX).collect(),
        }
    }
}

/// How the worlds compared, moment by moment.
#[derive(Default)]
struct Moments {
    all: Vec<Moment>,
    /// The sentence, as it changed while only time passed between them.
    passing: Vec<Moment>,
    bytes: usize,
    /// Only every so many are kept.
    every: usize,
    seen: usize,
}

#[derive(Serialize)]
struct Moment {
    us: u64,
    of: Option<String>,
    panels: Box<RawValue>,
}

impl Moments {
    fn push(&mut self, moment: Moment) {
        if !holds_worlds(&moment.panels) {
            return self.passing.push(moment);
        }
        self.seen += 1;
        if !(self.seen - 1).is_multiple_of(1 << self.every) {
            return;
        }
        self.bytes += moment.panels.get().len();
        self.all.push(moment);
        if self.bytes > MOMENTS_MAX && self.all.len() > 2 {
            let mut nth = 0;
            self.all.retain(|_| {
                nth += 1;
                nth % 2 == 1
            });
            self.bytes = self.all.iter().map(|moment| moment.panels.get().len()).sum();
            self.every += 1;
        }
    }
}

/// Whether the panels show the worlds, and not only the sentence.
fn holds_worlds(panels: &RawValue) -> bool {
    #[derive(Deserialize)]
    struct Held {
        worlds: Option<IgnoredAny>,
    }
    serde_json::from_str(panels.get()).is_ok_and(|held: Held| held.worlds.is_some())
}

impl<'r, W: Write> Html<'r, W> {
    /// Begins a page.
    pub fn new(run: &'r RecordedRun, out: W) -> Html<'r, W> {
        let start = Time::parse(&run.head.start).unwrap_or(Time::from_secs(0));
        let (shown, log, rows) = (Ends::new(), Ends::new(), Ends::new());
        let (exchanges, moments) = (Exchanges::default(), Moments::default());
        Html { run, out, start, exchanges, shown, log, rows, moments }
    }

    fn observe(&mut self, line: &RunLine<'_>) {
        if !matches!(line.kind, LineKind::Request | LineKind::Answer) {
            let says = words(line, self.start);
            self.log.push(LogLine { us: line.us, kind: line.kind.word(), says });
        }
        if let Some(row) = &line.row {
            self.rows.push(ProvisioningRow::of(line, row));
        }
        if let Some(mut exchange) = self.exchanges.observe(line) {
            cut(&mut exchange.sent);
            exchange.answer.iter_mut().for_each(|answer| cut(&mut answer.content));
            self.shown.push(exchange);
        }
    }
}

impl<W: Write> Report for Html<'_, W> {
    fn take(&mut self, item: &RunItem<'_>) -> io::Result<()> {
        match item {
            RunItem::Record(line) => self.observe(line),
            RunItem::Worlds(worlds) => self.moments.push(Moment {
                us: worlds.us,
                of: worlds.of.clone(),
                panels: worlds.panels.clone(),
            }),
            RunItem::End => {}
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        let last = std::mem::take(&mut self.exchanges).unanswered();
        last.for_each(|exchange| self.shown.push(exchange));
        let script = bundle("/report/main.js").map_err(io::Error::other)?.replace("</", "<\\/");
        let sheets = ["/style.css", "/panels.css", "/report/report.css"];
        let style = sheets.map(text).into_iter().collect::<io::Result<Vec<_>>>()?.join("\n");
        let data = data(&self)?;
        let Html { run, out, .. } = &mut *self;
        let page = framed("/report/page.html")?;
        let policy = policy(Some(&script), &style);
        let title = escaped(&format!("{} · scimulator", run.name()));
        let parts = [
            ("{{title}}", title.as_str()),
            ("{{policy}}", &policy),
            ("{{style}}", &style),
            ("{{kind}}", ""),
            ("{{data}}", &data),
            ("{{script}}", &script),
        ];
        fill(out, &page, &parts)
    }
}

/// The frame of every page of a report, around the body of this one.
pub fn framed(body: &str) -> io::Result<String> {
    Ok(text("/report/frame.html")?.replace("{{body}}", &text(body)?))
}

/// Writes a page with parts in the places of their marks, which come in this order.
pub fn fill(out: &mut impl Write, page: &str, parts: &[(&str, &str)]) -> io::Result<()> {
    let mut rest = page;
    for (mark, part) in parts {
        let (before, after) = rest.split_once(mark).unwrap_or((rest, ""));
        out.write_all(before.as_bytes())?;
        out.write_all(part.as_bytes())?;
        rest = after;
    }
    out.write_all(rest.as_bytes())?;
    out.flush()
}

/// The policy of a page that loads nothing and runs this script alone, or none.
pub fn policy(script: Option<&str>, style: &str) -> String {
    let script = script.map_or("'none'".to_owned(), |script| format!("'sha256-{}'", hash(script)));
    let style = hash(style);
    format!(
        "default-src 'none'; script-src {script}; style-src 'sha256-{style}'; base-uri 'none'; \
         form-action 'none'"
    )
}

/// What the page shows, as JSON in which nothing ends a script.
fn data<W>(page: &Html<'_, W>) -> io::Result<String> {
    let end = page.run.end.as_ref();
    let first = |exchange: &RunExchange| {
        let mut value = json!(exchange);
        value["says"] = exchange.outcome().into();
        value["failed"] = exchange.answer.as_ref().is_none_or(|it| it.failed()).into();
        value
    };
    let thinned = page.moments.all.len() < page.moments.seen;
    let value = json!({
        "head": page.run.head,
        "about": about(&page.run.head).map(|(number, title)| {
            title.map_or(number.to_owned(), |title| format!("{number}: {title}"))
        }).collect::<Vec<_>>(),
        "name": page.run.name(),
        "verdict": page.run.verdict(),
        "green": page.run.green(),
        "outcome": end.map(|end| end.outcome),
        "end": end,
        "start": page.start.timestamp().as_millisecond(),
        "moments": page.moments.all,
        "passing": page.moments.passing,
        "thinned": thinned.then(|| {
            format!("{} of {} moments of the run.", page.moments.all.len(), page.moments.seen)
        }),
        "exchanges": page.shown.iter().map(first).collect::<Vec<_>>(),
        "exchanges_capped": page.shown.capped("requests"),
        "rows": page.rows.iter().collect::<Vec<_>>(),
        "rows_capped": page.rows.capped("rows of the log"),
        "log": page.log.iter().collect::<Vec<_>>(),
        "log_capped": page.log.capped("records"),
    });
    Ok(serde_json::to_string(&value)?.replace('<', "\\u003c"))
}

fn cut(content: &mut Content) {
    let Some(body) = &mut content.body else { return };
    if let Some((at, _)) = body.char_indices().nth(BODY_MAX) {
        let all = body.len();
        body.truncate(at);
        *body += &format!("… ({all} bytes in all)");
    }
}

/// A text of the program's own web files.
pub fn text(path: &str) -> io::Result<String> {
    let missing = || io::Error::other(format!("bug: {path} is not in the program"));
    let (bytes, _) = asset(path).ok_or_else(missing)?;
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

/// The hash of an inline script or style, as a policy names it.
fn hash(text: &str) -> String {
    Base64::encode_string(&Sha256::digest(text.as_bytes()))
}
