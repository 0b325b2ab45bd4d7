//! `summary.md`: what goes into a ticket. The verdict, the story, the first expectation that
//! failed, the last requests before it with what was sent against what GoLinks stored, and how to
//! see it again.

use std::collections::VecDeque;
use std::io::{self, Write};

use serde_json::Value;

use super::exchange::{Exchanges, RunExchange};
use super::line::{LineKind, RunByHand, RunCheck, RunEnd, RunHead, RunLine, RunSwitch};
use super::read::RunItem;
use super::report::{RecordedRun, Report};
use crate::base::Time;
use crate::scenario::report::{day_and_second, plural};
use crate::scenario::{bugs, outlines};

/// How many requests are shown before the failure, and how many after it.
const BEFORE: usize = 5;
const AFTER: usize = 2;

/// The longest body that is shown whole, in characters.
const BODY_MAX: usize = 3_000;

/// How many requests are shown of a run in which every expectation was met.
const TELLING: usize = 2;

/// How many writes are shown that the expectations are about.
const ASKED: usize = 4;

/// How many of the last reads are looked through for the one before a write that failed.
const READS: usize = 64;

/// A summary in the making.
pub struct Summary<'r, W> {
    run: &'r RecordedRun,
    out: W,
    exchanges: Exchanges,
    around: VecDeque<RunExchange>,
    after: usize,
    /// The last reads about a user or group, one of which may tell why a write failed.
    reads: VecDeque<RunExchange>,
    /// How many requests tell something in a run in which every expectation was met, and how many
    /// of them are shown.
    telling: u64,
    shown: usize,
    /// The person's resource as GoLinks last showed it before the failure.
    stored: Option<(u64, Value)>,
    /// For each expectation about a user or group, the last write about that one before it was
    /// judged: shown when no request tells more.
    asked: Vec<(&'r RunCheck, Option<RunExchange>)>,
}

impl<'r, W: Write> Summary<'r, W> {
    /// Begins a summary.
    pub fn new(run: &'r RecordedRun, out: W) -> Summary<'r, W> {
        let checks = run.end.iter().flat_map(|end| &end.checks);
        let asked = checks.filter(|check| check.about.is_some()).map(|check| (check, None));
        Summary {
            run,
            out,
            asked: asked.collect(),
            exchanges: Exchanges::default(),
            around: VecDeque::new(),
            after: 0,
            reads: VecDeque::new(),
            telling: 0,
            shown: 0,
            stored: None,
        }
    }

    /// Keeps a write if an expectation is about its user or group.
    fn keep_asked(&mut self, exchange: &RunExchange) {
        if exchange.method == "GET" || self.failure().is_some() {
            return;
        }
        for (check, last) in &mut self.asked {
            if check.about == exchange.user && exchange.us <= check.us {
                *last = Some(exchange.clone());
            }
        }
    }

    /// The writes that the expectations are about, each once, in their order.
    fn all_asked(&self) -> Vec<&RunExchange> {
        let mut all: Vec<&RunExchange> =
            self.asked.iter().filter_map(|(_, last)| last.as_ref()).collect();
        all.sort_by_key(|exchange| exchange.seq);
        all.dedup_by_key(|exchange| exchange.seq);
        all.truncate(ASKED);
        all
    }

    /// Keeps a request of a green run if it tells something that none before it did; with a write
    /// that was refused, what was read before it.
    fn keep_telling(&mut self, exchange: RunExchange) {
        if !tells(&exchange) {
            if exchange.method == "GET" && exchange.user.is_some() {
                if self.reads.len() == READS {
                    self.reads.pop_front();
                }
                self.reads.push_back(exchange);
            }
            return;
        }
        if self.around.iter().any(|other| is_again(&exchange, other)) {
            return;
        }
        let read = |read: &&RunExchange| read.user == exchange.user && read.of == exchange.of;
        if exchange.method != "GET"
            && let Some(read) = self.reads.iter().rev().find(read)
        {
            self.around.push_back(read.clone());
        }
        self.around.push_back(exchange);
        self.shown += 1;
    }

    /// The first expectation that failed.
    fn failure(&self) -> Option<&'r RunCheck> {
        self.run.end.as_ref()?.checks.iter().find(|check| !check.met)
    }

    fn note(&mut self, exchange: RunExchange, failure: &RunCheck) {
        let concerns = match &failure.about {
            Some(name) => exchange.user.as_ref() == Some(name),
            // Of nobody in particular: what failed or changed something says most.
            None => {
                exchange.method != "GET" || exchange.answer.as_ref().is_none_or(|it| it.failed())
            }
        };
        if !concerns {
            return;
        }
        if exchange.us > failure.us {
            self.after += 1;
            if self.after <= AFTER {
                self.around.push_back(exchange);
            }
            return;
        }
        if let Some(resource) = shown(&exchange) {
            self.stored = Some((exchange.us, resource));
        }
        if self.around.len() == BEFORE {
            self.around.pop_front();
        }
        self.around.push_back(exchange);
    }
}

/// Whether a request is as one before it: for the same, with the same outcome.
fn is_again(exchange: &RunExchange, other: &RunExchange) -> bool {
    let key = |it: &RunExchange| {
        let status = it.answer.as_ref().and_then(|answer| answer.status);
        (it.method.clone(), it.target.clone(), it.user.clone(), it.of.clone(), status)
    };
    key(exchange) == key(other)
}

/// Whether a line is an answer to a request that tells something; the late answer to one that was
/// given up is not another.
fn is_telling(line: &RunLine<'_>) -> bool {
    let failed = line.idle || line.lost.is_some() || line.status.is_some_and(|it| it >= 400);
    line.kind == LineKind::Answer && failed && !line.late
}

/// Whether a request failed, or was to change something and did not.
fn tells(exchange: &RunExchange) -> bool {
    exchange.answer.as_ref().is_some_and(|answer| answer.failed() || answer.changed_nothing)
}

/// The resource that an answer shows: itself, or the only one in a list.
fn shown(exchange: &RunExchange) -> Option<Value> {
    let body = exchange.answer.as_ref()?.content.body.as_ref()?;
    let mut body: Value = serde_json::from_str(body).ok()?;
    if body["Resources"].as_array().is_some_and(|all| all.len() == 1) {
        return Some(body["Resources"][0].take());
    }
    body["id"].is_string().then_some(body)
}

impl<W: Write> Report for Summary<'_, W> {
    fn take(&mut self, item: &RunItem<'_>) -> io::Result<()> {
        let RunItem::Record(line) = item else { return Ok(()) };
        if self.failure().is_none() {
            self.telling += u64::from(is_telling(line));
            if self.shown == TELLING {
                // What expectations are about is shown only where nothing tells more.
                return Ok(());
            }
        }
        let Some(exchange) = self.exchanges.observe(line) else { return Ok(()) };
        self.keep_asked(&exchange);
        match self.failure() {
            Some(failure) => self.note(exchange, failure),
            // A story of a fault is green: the requests that met it tell most.
            None => self.keep_telling(exchange),
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        let text = self.text();
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

impl<W> Summary<'_, W>
where
    W: Write,
{
    fn text(&self) -> String {
        let RecordedRun { head, end } = self.run;
        let mut out = format!("# {}\n\n{}\n\n", plain(&self.run.name()), plain(&head.title));
        out += &format!("**{}**\n\n", plain(self.run.verdict()));
        let digest = end.as_ref().and_then(|end| end.digest.as_deref()).unwrap_or("none");
        out += &format!("{}\n\n", played_by(head));
        out += &format!(
            "- file `{}`, seed {}, {} to {}\n",
            head.file, head.seed, head.start, head.ends
        );
        out += &subjects(head);
        out += &format!("- {}, digest `{digest}`\n\n", head.program);
        let later = end.as_ref().map(|end| end.switched_later.as_slice());
        out += &switched(head, later.unwrap_or_default());
        if let Some(end) = end.as_ref().filter(|end| end.left_out > 0) {
            let what = plural(end.left_out as u64, "expectation");
            // A run that was broken off says so itself.
            let until = if end.broken_off.is_none() { " (--until)" } else { "" };
            out += &format!("Not judged: {what}, left out by an end before the file's{until}.\n\n");
        }
        if let Some(why) = end.as_ref().and_then(|end| end.broken_off.as_ref()) {
            out += &format!("The run ended before its time: {}\n\n", plain(why));
        }
        match self.failure() {
            Some(failure) => out += &self.divergence(failure),
            None if self.around.is_empty() && !self.all_asked().is_empty() => {
                out += "## What the expectations are about\n\nThe last write about each, before it \
                        was judged:\n\n";
                self.all_asked().iter().for_each(|exchange| out += &self.exchange(exchange, ""));
            }
            None if self.around.is_empty() => {
                out += "Every request with its bodies: `scimulator requests FILE -vv`, or the \
                        report `har`.\n\n";
            }
            None => {
                let which = match (self.telling, self.shown) {
                    (1, _) => "The request".to_owned(),
                    (many, 1) => format!("The first of {}", plural(many, "request")),
                    (many, _) => format!("The first two different of {}", plural(many, "request")),
                };
                out += &format!("## {which} that failed or changed nothing\n\n");
                self.around.iter().for_each(|exchange| out += &self.telling(exchange));
            }
        }
        if let Some(end) = end {
            out += &story(end);
            out += &expectations(head, end);
        }
        out + &again(head)
    }

    /// `day 4 09:20:00 (2026-06-12)`.
    fn when(&self, us: u64) -> String {
        let head = &self.run.head;
        let start = Time::parse(&head.start).unwrap_or(Time::from_secs(0));
        let at = start + std::time::Duration::from_micros(us);
        format!("{} ({})", day_and_second(start, at), date(head, us))
    }

    /// A request of a green run, and what was read before it if that is why it was sent.
    fn telling(&self, exchange: &RunExchange) -> String {
        match tells(exchange) {
            true => self.exchange(exchange, ""),
            false => self.exchange(exchange, ", read before the next"),
        }
    }

    /// A request with both bodies and what it did.
    fn exchange(&self, exchange: &RunExchange, later: &str) -> String {
        let mut out = format!(
            "### {} · #{}{later}\n\n`{} {}` → {}\n\n",
            self.when(exchange.us),
            exchange.seq,
            exchange.method,
            code(&exchange.target),
            plain(&exchange.outcome())
        );
        let answer = exchange.answer.as_ref().map(|answer| &answer.content);
        for (word, content) in [("sent", Some(&exchange.sent)), ("answered", answer)] {
            if let Some(body) = content.and_then(|content| content.body.as_ref()) {
                out += &format!("{word}\n\n{}", fenced("json", &pretty(body)));
            }
        }
        for deed in &exchange.did {
            let server = if self.run.head.foreign { "The target" } else { "GoLinks" };
            out += &format!("- {server}: {}\n", plain(&deed.says));
        }
        out + "\n"
    }

    fn divergence(&self, failure: &RunCheck) -> String {
        let mut out = "## What went wrong first\n\n".to_owned();
        out += &fenced("", &failure.lines().join("\n"));
        let whose = match &failure.about {
            Some(name) => format!("about {name}"),
            None => "that failed or were to change something".to_owned(),
        };
        // They may lie days apart from it.
        let which = match self.after {
            0 => "The last requests up to then",
            _ => "The last requests up to then, and the next after it,",
        };
        let whose = format!("{which} {whose}");
        if self.around.is_empty() {
            return out + &format!("{whose}: none was sent.\n\n");
        }
        out += &format!("{whose}:\n\n");
        for exchange in &self.around {
            let later = if exchange.us > failure.us { ", after the failure" } else { "" };
            out += &self.exchange(exchange, later);
        }
        if let Some((us, resource)) = &self.stored {
            let at = self.when(*us);
            let server = if self.run.head.foreign { "the target" } else { "GoLinks" };
            let head = format!("stored, as {server} last showed it before the failure ({at})");
            out += &format!("{head}\n\n{}", fenced("json", &cut(&format!("{resource:#}"))));
        }
        out
    }
}

/// The date of an instant of a run: `2026-06-12`.
fn date(head: &RunHead, us: u64) -> String {
    instant(head, us).split(' ').next().unwrap_or_default().to_owned()
}

/// An instant of a run with its date: `2026-06-12 09:20:00`.
fn instant(head: &RunHead, us: u64) -> String {
    let start = Time::parse(&head.start).unwrap_or(Time::from_secs(0));
    let at = (start + std::time::Duration::from_micros(us)).rfc3339();
    at.chars().take(19).collect::<String>().replace('T', " ")
}

/// Who played both sides, so that a reader does not take the addresses for real ones.
fn played_by(head: &RunHead) -> String {
    match head.foreign {
        false => {
            "A simulation: scimulator played the tenant and GoLinks in virtual time. No request of \
             it left the program, and times and addresses are the story's."
                .to_owned()
        }
        true => {
            let at = head.target.as_deref().map(|url| format!(" at `{}`", code(url)));
            format!(
                "scimulator played the tenant in virtual time, and the SCIM server{} answered. \
                 Times are the story's.",
                at.unwrap_or_default()
            )
        }
    }
}

/// The stories and the bugs that a run is about, each with its title, if it has one.
pub fn about(head: &RunHead) -> impl Iterator<Item = (&str, Option<&'static str>)> {
    let more = head.bugs.iter().filter(|bug| !head.covers.contains(bug));
    head.covers.iter().chain(more).map(|number| {
        let story = outlines::find(number).map(|outline| outline.title);
        (number.as_str(), story.or_else(|| bugs::find(number).map(|bug| bug.title)))
    })
}

/// The lines of [`about`].
fn subjects(head: &RunHead) -> String {
    let line = |(number, title): (&str, Option<&str>)| match title {
        Some(title) => format!("- {number}: {}\n", plain(title)),
        None => format!("- {number}\n"),
    };
    about(head).map(line).collect()
}

/// What is switched on, and when, where that is not from the beginning.
fn switched(head: &RunHead, later: &[RunSwitch]) -> String {
    if head.switched_on.is_empty() && later.is_empty() {
        return String::new();
    }
    let one = |it: &RunSwitch| {
        let bugs = match it.bugs.as_slice() {
            [] => String::new(),
            bugs => format!(" ({})", bugs.join(", ")),
        };
        let later = it.later.as_ref().map(|when| format!(", set {}:", plain(when)));
        format!("- `{}`{bugs}{} {}\n", code(&it.what), later.unwrap_or_default(), plain(&it.says))
    };
    let all: String = head.switched_on.iter().chain(later).map(one).collect();
    format!("Set up for the run:\n\n{all}\n")
}

/// How the run is seen again, with this folder or with the file as it was named.
fn again(head: &RunHead) -> String {
    let mut out = "## See it again\n\n".to_owned();
    if let Some(RunByHand { name, file, replay }) = &head.by_hand {
        out += &format!(
            "Things were done by hand in this run. This scenario repeats them; save it as `{}`.\n\n",
            code(name)
        );
        return out + &fenced("toml", file) + &fenced("sh", replay);
    }
    match head.replay_here() {
        Some(here) => {
            out += &format!("In this folder, which has the story:\n\n{}", fenced("sh", &here));
            out += &format!("Where it was played:\n\n{}", fenced("sh", &head.replay));
        }
        None => out += &fenced("sh", &head.replay),
    }
    out
}

fn story(end: &RunEnd) -> String {
    let line = |entry: &super::line::RunStory| {
        format!("{}  {}  {}", entry.when, entry.what, entry.text.replace('\n', " "))
    };
    let lines: Vec<String> = end.story.iter().map(line).chain(end.totals.iter().cloned()).collect();
    format!("## The story\n\n{}", fenced("", &lines.join("\n")))
}

fn expectations(head: &RunHead, end: &RunEnd) -> String {
    let mut out =
        "## Expectations\n\n| | when | judged at | expected | place |\n| --- | --- | --- | --- | --- |\n"
            .to_owned();
    for check in &end.checks {
        let mark = match (check.met, check.kept) {
            (_, true) => "✓ kept so far",
            (true, _) => "✓ met",
            (false, _) => "✗ FAILED",
        };
        let expected = code(&check.expected).replace('|', "\\|");
        let at = instant(head, check.us);
        out += &format!("| {mark} | {} | {at} | `{expected}` | {} |\n", check.step, check.place);
    }
    out + "\n"
}

/// A block of code, whatever backticks it holds.
fn fenced(kind: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{kind}\n{}\n{fence}\n\n", text.trim_end())
}

/// A text between backticks.
pub(super) fn code(text: &str) -> String {
    text.replace('`', "'")
}

/// A text in which nothing is Markdown or HTML.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '!' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

fn pretty(body: &str) -> String {
    match serde_json::from_str::<Value>(body) {
        Ok(json) => cut(&format!("{json:#}")),
        Err(_) => cut(body),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(BODY_MAX) {
        Some((at, _)) => format!("{}\n… ({} bytes in all)", &text[..at], text.len()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_sent_stays_text() {
        assert_eq!(plain("<img> [x](y) `z`\n# h"), "&lt;img> \\[x\\](y) \\`z\\` \\# h");
        assert_eq!(fenced("", "a ``` b"), "````\na ``` b\n````\n\n");
        assert!(cut(&"é".repeat(4_000)).ends_with("(8000 bytes in all)"));
    }
}
