//! The panel of plots: accounts against intent, requests a minute, failures against thresholds, the
//! length of cycles, and exposure by user.
//!
//! A chart holds finished points in thousandths of its width and height, no more than the page can
//! show, and a table that says the same in words.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::panels::Scene;
use super::words;
use crate::base::Time;
use crate::base::time::show_duration;
use crate::entra::event::CycleResult;
use crate::entra::job::Ended;
use crate::scenario::report;
use crate::world::{AppView, Drive, TrendPoint, intent};

/// The plots.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Plots {
    /// The heading: `from day 0 to day 3 07:12`.
    pub says: String,
    /// The charts, in their order.
    pub charts: Vec<Chart>,
}

/// A chart.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Chart {
    /// What it shows.
    pub title: &'static str,
    /// What can be read from it, in a sentence.
    pub says: String,
    /// `lines`, `bars` or `rows`: bars that lie, each with its name.
    pub shape: &'static str,
    /// The greatest value of the axis, in words.
    pub top: String,
    /// The labels below the chart.
    pub ticks: Vec<PlotTick>,
    /// What is drawn.
    pub series: Vec<Series>,
    /// The bars that lie; empty for other shapes.
    pub rows: Vec<Bar>,
    /// The headings of the table.
    pub columns: Vec<&'static str>,
    /// The same in figures.
    pub table: Vec<Vec<String>>,
}

/// A label below a chart.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct PlotTick {
    /// Where it stands, in thousandths.
    pub x: u32,
    /// What it says.
    pub text: String,
}

/// A line, or the bars of one kind.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Series {
    /// What it is, and what the shape beside it stands for.
    pub name: &'static str,
    /// `entra`, `golinks`, `good`, `warn`, `bad`, `idle` or `limit`.
    pub tone: &'static str,
    /// Its last value, in words.
    pub last: String,
    /// Pairs of places: from the left and from below, in thousandths.
    pub points: Vec<(u32, u32)>,
}

/// A bar that lies.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Bar {
    /// Whose it is.
    pub name: String,
    /// What a click on the name opens in the drawer.
    pub about: String,
    /// The value in words.
    pub says: String,
    /// Its length, in thousandths.
    pub share: u32,
    /// `bad` while it grows, `warn` when it is over.
    pub tone: &'static str,
}

/// How many points of a line are sent, and how many columns of bars there are.
const POINTS: usize = 160;
const BARS: u64 = 60;

/// The height of a bar that can still be seen, in thousandths.
const LEAST: u32 = 14;

/// How many rows a table has.
const ROWS: usize = 24;

/// How many users are shown with their exposure.
const EXPOSED: usize = 20;

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> Plots {
    let world = scene.app();
    let frame = Frame::of(scene);
    let mut points = world.trend().points().to_vec();
    if let Some(last) = points.last().copied() {
        points.push(now(world, last));
    }
    let from = report::day(frame.start, frame.start);
    Plots {
        says: format!("from {from} to {}", words::moment(frame.start, world.now())),
        charts: vec![
            accounts(world, &frame, &points),
            requests(&frame, &points, world.counters().pages),
            failures(world, &frame, &points),
            cycles(world),
            exposure(world),
        ],
    }
}

/// How things stand now, after the last event.
fn now(world: AppView<'_>, last: TrendPoint) -> TrendPoint {
    let [informed, done, moved, refused, failed] = world.counters().status;
    TrendPoint {
        at: world.now(),
        answered: informed + done + moved,
        refused,
        failed,
        lost: world.counters().lost,
        ..last
    }
}

/// The stretch of time that the charts show: from the start until now.
struct Frame {
    start: Time,
    end: Time,
}

impl Frame {
    fn of(scene: &Scene<'_>) -> Frame {
        let start = scene.play.script().start;
        Frame { start, end: scene.play.now().max(start + Duration::from_secs(3_600)) }
    }

    fn micros(&self) -> i64 {
        (self.end.as_micros() - self.start.as_micros()).max(1)
    }

    fn x(&self, at: Time) -> u32 {
        let since = (at.as_micros() - self.start.as_micros()).clamp(0, self.micros());
        (i128::from(since) * 1_000 / i128::from(self.micros())) as u32
    }

    /// The instant at a share of the stretch.
    fn at(&self, nth: u64, of: u64) -> Time {
        let part = i128::from(self.micros()) * i128::from(nth) / i128::from(of);
        self.start + Duration::from_micros(part as u64)
    }

    /// Five labels, from the start until now.
    fn ticks(&self) -> Vec<PlotTick> {
        let tick = |nth: u64| {
            let at = self.at(nth, 4);
            PlotTick { x: 250 * nth as u32, text: words::moment(self.start, at) }
        };
        (0..=4).map(tick).collect()
    }

    /// A line that keeps each value until the next one, with no more points than are shown.
    fn line(
        &self,
        points: &[TrendPoint],
        top: u64,
        value: impl Fn(&TrendPoint) -> u64,
    ) -> Vec<(u32, u32)> {
        let mut line: Vec<(u32, u32)> = Vec::new();
        let width = 1_000 / POINTS as u32;
        for point in points {
            let place = (self.x(point.at), share(value(point), top));
            match line.last_mut() {
                Some(last) if last.0 / width == place.0 / width => *last = place,
                Some(last) if last.1 == place.1 => {
                    if line.len() > 1 && line[line.len() - 2].1 == place.1 {
                        line.pop();
                    }
                    line.push(place);
                }
                _ => line.push(place),
            }
        }
        line
    }
}

fn share(value: u64, top: u64) -> u32 {
    (u128::from(value) * 1_000 / u128::from(top.max(1))) as u32
}

/// The least round number that is not below a value: 1, 2 or 5 and zeros.
fn round_up(value: u64) -> u64 {
    let steps = (0..19).flat_map(|zeros| [1u64, 2, 5].map(|it| it * 10u64.pow(zeros)));
    steps.into_iter().find(|step| *step >= value).unwrap_or(value).max(1)
}

/// Some of the points, for a table: evenly spread, with the last one.
fn some(points: &[TrendPoint]) -> impl Iterator<Item = &TrendPoint> {
    let step = points.len().div_ceil(ROWS).max(1);
    let last = points.len().saturating_sub(1);
    points
        .iter()
        .enumerate()
        .filter(move |(nth, _)| (last - nth).is_multiple_of(step))
        .map(|(_, it)| it)
}

fn accounts(world: AppView<'_>, frame: &Frame, points: &[TrendPoint]) -> Chart {
    let most = points.iter().map(|it| it.in_scope.max(it.active)).max().unwrap_or(0);
    let top = round_up(most);
    let last = points.last().copied().unwrap_or_default();
    let line = |name, tone, value: fn(&TrendPoint) -> u64| Series {
        name,
        tone,
        last: words::count(value(&last)),
        points: frame.line(points, top, value),
    };
    let row = |it: &TrendPoint| {
        let at = words::moment(frame.start, it.at);
        vec![at, words::count(it.in_scope), words::count(it.active), words::count(it.exposed)]
    };
    let says = match last.in_scope.cmp(&last.active) {
        _ if points.is_empty() => "Nothing has happened yet.".to_owned(),
        std::cmp::Ordering::Equal => format!(
            "{} should have an active account, and as many accounts are active.",
            words::counted(last.in_scope, "user", "users")
        ),
        _ => format!(
            "{} should have an active account; {} active.",
            words::counted(last.in_scope, "user", "users"),
            words::counted(last.active, "account is", "accounts are")
        ),
    };
    let golinks =
        if world.target().mock().is_some() { "active at GoLinks" } else { "active at the target" };
    Chart {
        title: "Accounts against intent",
        says,
        shape: "lines",
        top: words::count(top),
        ticks: frame.ticks(),
        series: vec![
            line("in scope in Entra", "entra", |it| it.in_scope),
            line(golinks, "golinks", |it| it.active),
            line("exposed: still active without a right", "bad", |it| it.exposed),
        ],
        columns: vec!["When", "In scope", "Active", "Exposed"],
        table: some(points).map(row).collect(),
        ..Chart::default()
    }
}

/// Requests of one column of the chart, by their outcome.
type Outcomes = [u64; 4];

const OUTCOMES: [(&str, &str); 4] = [
    ("answered 2xx", "good"),
    ("refused 4xx", "warn"),
    ("failed 5xx", "bad"),
    ("no answer", "idle"),
];

fn requests(frame: &Frame, points: &[TrendPoint], pages: u64) -> Chart {
    let columns = outcomes(frame, points);
    let top = columns.iter().map(|column| column.iter().sum::<u64>()).max().unwrap_or(0);
    let minutes = frame.micros() as f64 / 60e6 / BARS as f64;
    let total = |nth: usize| columns.iter().map(|column| column[nth]).sum::<u64>();
    // Each kind stands on those before it.
    let series = |nth: usize| {
        let (name, tone) = OUTCOMES[nth];
        let height = |column: &Outcomes| share(column[..=nth].iter().sum(), top).max(LEAST);
        let place = |(at, column): (usize, &Outcomes)| {
            let x = at as u32 * 1_000 / BARS as u32;
            (x, if column[nth] == 0 { 0 } else { height(column) })
        };
        let points = columns.iter().enumerate().map(place).filter(|(_, y)| *y > 0).collect();
        Series { name, tone, last: words::count(total(nth)), points }
    };
    let failed = total(1) + total(2) + total(3);
    let row = |(nth, column): (usize, &Outcomes)| {
        let at = words::moment(frame.start, frame.at(nth as u64, BARS));
        std::iter::once(at).chain(column.iter().map(|it| words::count(*it))).collect()
    };
    let busy = |(_, column): &(usize, &Outcomes)| column.iter().sum::<u64>() > 0;
    Chart {
        title: "Requests a minute, by status",
        says: format!(
            "{} answered with success, {} not{}.",
            words::counted(total(0), "request was", "requests were"),
            words::count(failed),
            match pages {
                0 => "",
                _ => "; what browsers did at GoLinks' pages is not among them",
            }
        ),
        shape: "bars",
        top: format!("{} a minute", rate(top as f64 / minutes)),
        ticks: frame.ticks(),
        series: (0..4).map(series).collect(),
        columns: vec!["From", "2xx", "4xx", "5xx", "No answer"],
        table: columns.iter().enumerate().filter(busy).map(row).collect(),
        ..Chart::default()
    }
}

/// A rate with as many digits as are worth reading: `1,200`, `3.4`, `0.05`.
fn rate(value: f64) -> String {
    match value {
        10.0.. => words::count(value.round() as u64),
        0.95.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// The requests of each column, as the differences of what was counted.
fn outcomes(frame: &Frame, points: &[TrendPoint]) -> Vec<Outcomes> {
    let mut columns = vec![Outcomes::default(); BARS as usize];
    let counted = |it: &TrendPoint| [it.answered, it.refused, it.failed, it.lost];
    let mut before = Outcomes::default();
    for point in points {
        let nth = (frame.x(point.at) as usize * BARS as usize / 1_000).min(BARS as usize - 1);
        let now = counted(point);
        for (kind, count) in columns[nth].iter_mut().enumerate() {
            *count += now[kind].saturating_sub(before[kind]);
        }
        before = now;
    }
    columns
}

fn failures(world: AppView<'_>, frame: &Frame, points: &[TrendPoint]) -> Chart {
    let policy = &world.entra().job().settings().policy;
    let limit = policy.quarantine_min_failures;
    let most = points.iter().map(|it| it.escrows).max().unwrap_or(0);
    // A limit that is far away would press the line to the ground.
    let near = limit <= most.saturating_mul(4).max(10);
    let top = round_up(if near { most.max(limit) } else { most });
    let now = points.last().map_or(0, |it| it.escrows);
    let line = Series {
        name: "failed objects that wait for another try",
        tone: "warn",
        last: words::count(now),
        points: frame.line(points, top, |it| it.escrows),
    };
    let threshold = Series {
        name: "from here on the share of failures is judged",
        tone: "limit",
        last: words::count(limit),
        points: if near {
            vec![(0, share(limit, top)), (1_000, share(limit, top))]
        } else {
            vec![]
        },
    };
    let row = |it: &TrendPoint| vec![words::moment(frame.start, it.at), words::count(it.escrows)];
    let far = if near { "" } else { ", which is above this chart" };
    Chart {
        title: "Failures and escrow against the threshold",
        says: format!(
            "{} for another try; the most was {}. A quarantine is considered from {} on{far}.",
            words::counted(now, "object waits", "objects wait"),
            words::count(most),
            words::counted(limit, "failure", "failures")
        ),
        shape: "lines",
        top: words::count(top),
        ticks: frame.ticks(),
        series: vec![line, threshold],
        columns: vec!["When", "Waiting"],
        table: some(points).map(row).collect(),
        ..Chart::default()
    }
}

fn cycles(world: AppView<'_>) -> Chart {
    let job = world.entra().job();
    let mut last: Vec<&Ended> = job.ended().rev().take(BARS as usize).collect();
    last.reverse();
    let took = |ended: &Ended| ended.ended.since(ended.began);
    let longest = last.iter().map(|it| took(it)).max().unwrap_or_default();
    let top = longest.as_millis().max(1) as u64;
    let count = last.len().max(1) as u32;
    let of = |name, tone, result: fn(&Ended) -> bool| {
        let place = |(nth, ended): (usize, &&Ended)| {
            let height = share(took(ended).as_millis() as u64, top).max(LEAST);
            result(ended).then_some((nth as u32 * 1_000 / count, height))
        };
        let points: Vec<_> = last.iter().enumerate().filter_map(place).collect();
        Series { name, tone, last: words::count(points.len() as u64), points }
    };
    let tick = |nth: usize| {
        let number = last.get(nth)?.number;
        let x = nth as u32 * 1_000 / count;
        Some(PlotTick { x, text: format!("cycle {}", words::count(number)) })
    };
    let quarter = (last.len() / 4).max(1);
    let row = |it: &&Ended| {
        let result = it.result.word().to_owned();
        vec![words::count(it.number), show_duration(took(it)), result]
    };
    Chart {
        title: "How long cycles took",
        says: match last.len() {
            0 => "No cycle has ended yet.".to_owned(),
            1 if longest.is_zero() => {
                "One cycle; it took no time: nothing that it sent waited for an answer.".to_owned()
            }
            1 => format!("One cycle; it took {}.", show_duration(longest)),
            shown if longest.is_zero() => format!(
                "The last {}; none took any time: nothing that they sent waited for an answer.",
                words::counted(shown as u64, "cycle", "cycles")
            ),
            shown => format!(
                "The last {}; the longest of them took {}.",
                words::counted(shown as u64, "cycle", "cycles"),
                show_duration(longest)
            ),
        },
        shape: "bars",
        top: show_duration(longest),
        ticks: (0..last.len()).step_by(quarter).filter_map(tick).collect(),
        series: vec![
            of("went well", "good", |it| it.result == CycleResult::Succeeded),
            of("some objects failed", "warn", |it| it.result == CycleResult::EntryLevelErrors),
            of("failed as a whole", "bad", |it| it.result == CycleResult::Failed),
        ],
        columns: vec!["Cycle", "Took", "Result"],
        table: last.iter().rev().take(ROWS).map(row).collect(),
        ..Chart::default()
    }
}

fn exposure(world: AppView<'_>) -> Chart {
    let all = intent::exposures(world, EXPOSED);
    let longest = all.first().map_or(Duration::ZERO, |it| it.lasted);
    let top = longest.as_secs().max(1);
    let bar = |it: &intent::Exposure| {
        let over = if it.open { "and goes on" } else { "over" };
        Bar {
            name: it.handle.to_string(),
            about: format!("user {}", it.handle),
            says: format!("{}, {over}", words::about(it.lasted)),
            share: share(it.lasted.as_secs(), top).max(4),
            tone: if it.open { "bad" } else { "warn" },
        }
    };
    let row = |it: &intent::Exposure| {
        let since = words::moment(world.start(), it.since);
        let open = if it.open { "yes" } else { "no" };
        vec![it.handle.to_string(), since, words::about(it.lasted), open.to_owned()]
    };
    let open = intent::exposed(world).len() as u64;
    Chart {
        title: "Exposure by user",
        says: match (all.len(), open) {
            (0, _) => "Nobody kept an active account without a right to it.".to_owned(),
            (_, 0) => format!("Nobody is exposed now; the longest was {}.", words::about(longest)),
            _ => format!(
                "{} blocked, deleted or out of scope and can still use {}.",
                words::counted(open, "user is", "users are"),
                world.target().called().amid()
            ),
        },
        shape: "rows",
        rows: all.iter().map(bar).collect(),
        columns: vec!["User", "Since", "How long", "Goes on"],
        table: all.iter().map(row).collect(),
        ..Chart::default()
    }
}
