//! The report of a run for a terminal: header, story, expectations, totals, replay line, and the
//! verdict as the last line.
//!
//! A line has tones instead of colours; `app` decides whether and how it colours them. A word
//! always stands beside a symbol.

mod entries;
mod exchanges;
mod matrix;
mod summary;
mod tail;

use std::time::Duration;

use crate::base::time::DAY;
use crate::entra::policy::Overridden;

use super::Play;

pub use super::layout::{
    Line, Tone, day, day_and_second, day_and_time, grouped, pad, plural, width,
};
pub use super::story::{Story, StoryEntry};
pub use exchanges::{WriteShown, exchanges, writes};
pub use matrix::matrix_lines;
pub use summary::{NotRun, Summary, summary_lines};
pub use tail::{more, place, quoted, remark_on, replay};

/// The width of a report in columns, where the output does not limit it.
pub const COLUMNS: usize = 118;

/// The whole report, within `columns` columns where possible; `took` is the real duration of the
/// run, and absent in golden logs.
pub fn lines(play: &Play, took: Option<Duration>, columns: usize) -> Vec<Line> {
    lines_with(play, took, columns, totals(play))
}

/// The whole report, with [`totals`] that are made already: they take a comparison of all users.
pub fn lines_with(
    play: &Play,
    took: Option<Duration>,
    columns: usize,
    totals: Vec<Line>,
) -> Vec<Line> {
    let mut lines = header(play, took);
    let entries = entries::lines(&story(play), columns);
    if !entries.is_empty() {
        lines.push(Line::default());
        lines.extend(entries);
    }
    let verdict = play.verdict();
    lines.extend(tail::expectations(play, &verdict, columns));
    lines.extend(totals);
    lines.push(tail::verdict(play, &verdict));
    lines
}

/// The story so far, with the cycles that are still running.
pub fn story(play: &Play) -> Vec<StoryEntry> {
    let unfinished = play.world().views().filter_map(|app| {
        app.entra().job().cycle().map(|cycle| play.story().unfinished(app, cycle))
    });
    play.story().entries().chain(unfinished).collect()
}

/// How the worlds compare, what was sent, and the command that replays the run.
pub fn totals(play: &Play) -> Vec<Line> {
    tail::totals(play, &play.verdict(), None)
}

/// The same for a run in which things were done by hand, with the command that plays the scenario
/// that repeats them.
pub fn totals_by_hand(play: &Play, command: &str) -> Vec<Line> {
    tail::totals(play, &play.verdict(), Some(command))
}

/// The last line of the report.
pub fn verdict(play: &Play) -> Line {
    tail::verdict(play, &play.verdict())
}

/// The report as plain text.
pub fn plain(play: &Play, took: Option<Duration>) -> String {
    lines(play, took, COLUMNS).iter().map(|line| line.text().trim_end().to_owned() + "\n").collect()
}

/// `expired-secret · seed 7 · 58 days in 12 ms (417 million x)`, and the title on a second line.
fn header(play: &Play, took: Option<Duration>) -> Vec<Line> {
    let script = play.script();
    let ran = script.ends.since(script.start);
    let days = match ran.as_secs_f64() / DAY.as_secs_f64() {
        whole if whole.fract() == 0.0 => {
            format!("{} day{}", whole, if whole == 1.0 { "" } else { "s" })
        }
        _ => crate::base::time::show_duration(ran),
    };
    let mut facts = vec![format!("seed {}", script.seed.0)];
    facts.push(match took {
        Some(took) => format!("{days} in {} ({} x)", real(took), times(ran, took)),
        None => days,
    });
    let mut first = Line::of(Tone::Strong, script.run_name());
    first.add(Tone::Plain, format!(" · {}", facts.join(" · ")));
    // As the file has them: what a moment sets later stands with that moment.
    let setup = &script.setup;
    let mut overridden = setup.entra.policy.overridden();
    for app in &setup.apps {
        let more = app.settings.policy.overridden().into_iter();
        let own: Vec<Overridden> = more.filter(|row| !overridden.contains(row)).collect();
        overridden.extend(own);
    }
    let (scaled, others): (Vec<Overridden>, Vec<Overridden>) =
        overridden.into_iter().partition(Overridden::is_threshold);
    for (badge, rows) in [("scaled", scaled), ("policy", others)] {
        if !rows.is_empty() {
            let rows: Vec<String> = rows.iter().map(Overridden::text).collect();
            first.add(Tone::Warn, format!(" · {badge}: {}", rows.join(", ")));
        }
    }
    let cell = script.cell.iter().map(|cell| Line::of(Tone::Plain, cell.name()));
    [first, Line::of(Tone::Plain, &script.title)].into_iter().chain(cell).collect()
}

/// A real duration: `12 ms`, `1.4 s`.
pub fn real(took: Duration) -> String {
    match took.as_secs_f64() {
        secs if secs >= 1.0 => format!("{secs:.1} s"),
        _ => format!("{} ms", took.as_millis().max(1)),
    }
}

/// How many times faster than real time: `417 million`, `12 thousand`.
fn times(ran: Duration, took: Duration) -> String {
    let factor = ran.as_secs_f64() / took.as_secs_f64().max(1e-6);
    match factor {
        big if big >= 1e9 => format!("{:.1} billion", big / 1e9),
        big if big >= 1e6 => format!("{:.0} million", big / 1e6),
        big if big >= 1e3 => format!("{:.0} thousand", big / 1e3),
        small => format!("{small:.0}"),
    }
}
