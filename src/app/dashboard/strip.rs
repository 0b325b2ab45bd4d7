//! The strip of the whole run: past and future events, each at its place in time.
//!
//! Past cycles are gathered from the journal into a fixed number of buckets, and the story up to a
//! fixed number of moments, so that a run of years costs no more than a run of days.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::cycles::Cycles;
use super::panels::Scene;
use super::words;
use crate::base::Time;
use crate::entra;
use crate::entra::event::Button;
use crate::scenario::Play;
use crate::scenario::play::Checked;
use crate::scenario::script::{Step, When};
use crate::world::{Action, AppView, Drive, Record, RecordedEvent};

/// The strip of the whole run; places are thousandths of its length.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq)]
pub struct Strip {
    /// The labels under the strip.
    pub ticks: Vec<Tick>,
    /// Past and future events, one kind after another.
    pub marks: Vec<Mark>,
    /// A note when marks were left out.
    pub capped: Option<String>,
    /// The strip's start in milliseconds since 1970: a click between marks becomes an instant.
    pub from_ms: i64,
    /// The strip's end in milliseconds since 1970.
    pub to_ms: i64,
}

/// A label under the strip.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq)]
pub struct Tick {
    /// Where it stands.
    pub x: f64,
    /// The label: `day 10`.
    pub text: String,
}

/// A mark on the strip.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq)]
pub struct Mark {
    /// Where it begins.
    pub x: f64,
    /// How long it is; 0 for an instant.
    pub width: f64,
    /// Whether it lasts until now, so that the page draws it up to the current instant.
    pub open: bool,
    /// The kind, which gives its row and shape: `cycle`, `script`, `hand` (done by hand), `fault`,
    /// `expectation` or `quarantine`.
    pub kind: &'static str,
    /// The tone: `good`, `bad`, `warn`, `quiet` or `due`.
    pub tone: &'static str,
    /// The text of the hover: `day 30 08:00 · cycle 1,081, incremental: failed`.
    pub says: String,
    /// The instant to which a click jumps, as `/api/v1/jump` takes it.
    pub jump: Option<String>,
}

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> Strip {
    scene.side().past.view(scene)
}

/// How many buckets the strip has.
pub const PLACES: f64 = 400.0;

/// How many past moments of the story are kept, and how many future ones are shown.
const STORY_MAX: usize = 300;

/// Converts instants to places on the strip.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    start: Time,
    end: Time,
}

impl Scale {
    /// The scale of a play, from its start to its end, or to now when it went on after its end.
    pub fn of(play: &Play) -> Scale {
        let start = play.script().start;
        Scale { start, end: play.ends().max(play.now()).max(start + Duration::from_secs(1)) }
    }

    /// The place of an instant, in thousandths of the strip.
    pub fn place(&self, at: Time) -> f64 {
        let share = at.since(self.start).as_secs_f64() / self.end.since(self.start).as_secs_f64();
        (share.min(1.0) * 10_000.0).round() / 10.0
    }

    /// The bucket of an instant.
    pub fn bucket(&self, at: Time) -> u32 {
        (self.place(at) * PLACES / 1000.0) as u32
    }
}

/// The past part of the strip.
#[derive(Default)]
pub struct Past {
    cycles: Cycles,
    story: Vec<(Time, String)>,
    left_out: usize,
    quarantines: Vec<(Time, Option<(Time, &'static str)>)>,
    faults: Vec<PastFault>,
}

/// A fault that was on, also when it has been cleared since.
struct PastFault {
    name: String,
    from: Time,
    until: Option<Time>,
}

impl Past {
    /// Adds the event of a record.
    pub fn observe(&mut self, record: &Record<'_>, scale: Scale) {
        match record.event {
            RecordedEvent::Narrated(text) => {
                self.tell(record.at, format!("“{}”", words::cut(text, 160)))
            }
            RecordedEvent::Action(action) => self.tell(record.at, deed(action)),
            RecordedEvent::Refused { action, why } => {
                let text = format!("refused: {}: {why}", action.without_secrets().words());
                self.tell(record.at, words::cut(&text, 120))
            }
            RecordedEvent::Entra(event) => self.observe_entra(record.at, event, scale),
            RecordedEvent::FaultOn(_) if self.faults.len() == STORY_MAX => self.left_out += 1,
            RecordedEvent::FaultOn(name) => {
                self.faults.push(PastFault { name: name.to_owned(), from: record.at, until: None })
            }
            RecordedEvent::FaultOff(name) => {
                let mut on = self.faults.iter_mut().rev().filter(|fault| fault.until.is_none());
                if let Some(fault) = on.find(|fault| fault.name == name) {
                    fault.until = Some(record.at);
                }
            }
            _ => {}
        }
    }

    fn observe_entra(&mut self, at: Time, event: &entra::Event, scale: Scale) {
        match event {
            entra::Event::CycleEnded { number, kind, result, counts, took } => {
                let began = Time::from_micros(at.as_micros() - took.as_micros() as i64);
                self.cycles.ended(scale.bucket(began), *number, began, *kind, *result, counts);
            }
            entra::Event::OnDemandEnded(_) | entra::Event::DiscoveryEnded(_) => {
                let mut refused = String::new();
                event.write(&mut refused);
                self.tell(at, refused);
            }
            entra::Event::Quarantined { .. } => self.quarantines.push((at, None)),
            entra::Event::QuarantineLifted => self.end_quarantine(at, "lifted"),
            entra::Event::QuarantineCleared(Button::Start) => {
                self.end_quarantine(at, "cleared by start")
            }
            entra::Event::QuarantineCleared(Button::Restart) => {
                self.end_quarantine(at, "cleared by restart")
            }
            entra::Event::QuarantineCleared(Button::Save) => {
                self.end_quarantine(at, "cleared by the saved mapping")
            }
            entra::Event::Disabled => self.end_quarantine(at, "then the job was given up"),
            entra::Event::JobDeleted => self.end_quarantine(at, "then the job was deleted"),
            _ => {}
        }
    }

    fn end_quarantine(&mut self, at: Time, how: &'static str) {
        if let Some((_, end @ None)) = self.quarantines.last_mut() {
            *end = Some((at, how));
        }
    }

    fn tell(&mut self, at: Time, text: String) {
        let full = self.story.len() == STORY_MAX;
        match self.story.last_mut() {
            Some((last, told)) if *last == at => {
                told.push('\n');
                told.push_str(&text);
            }
            _ if full => self.left_out += 1,
            _ => self.story.push((at, text)),
        }
    }

    /// The whole strip, with the future part from the play.
    fn view(&self, scene: &Scene<'_>) -> Strip {
        let (app, play, verdict) = (scene.app(), scene.play, scene.verdict);
        let scale = Scale::of(play);
        let draw = Draw { scale, start: play.script().start, now: play.now() };
        let mut marks = self.bands(&draw, play);
        marks.extend(self.cycles.marks(&scale, draw.start));
        marks.extend(draw.next_cycle(app));
        let mut by_hand: BTreeMap<(Time, String), usize> = BTreeMap::new();
        for done in scene.live.by_hand {
            *by_hand.entry((done.at, deed(&done.action))).or_default() += 1;
        }
        marks.extend(self.story.iter().map(|(at, told)| draw.told(*at, told, &mut by_hand)));
        marks.extend(draw.steps_to_come(play));
        marks.extend(draw.checks(&verdict.checks));
        marks.extend(draw.checks_to_come(play));
        Strip {
            ticks: ticks(&scale),
            marks,
            capped: (self.left_out > 0)
                .then(|| format!("{} moments of the story are not shown.", self.left_out)),
            from_ms: scale.start.as_micros() / 1000,
            to_ms: scale.end.as_micros() / 1000,
        }
    }

    /// The marks with a length: quarantines and faults.
    fn bands(&self, draw: &Draw, play: &Play) -> Vec<Mark> {
        let mut marks = Vec::new();
        for (from, until) in &self.quarantines {
            let says = match until {
                Some((until, how)) => {
                    format!("Quarantine, {}, {how}", words::about(until.since(*from)))
                }
                None => "Quarantine, still on".to_owned(),
            };
            let mark = draw.mark(*from, "quarantine", "bad", &says);
            let width = until.map_or(0.0, |(until, _)| draw.scale.place(until) - mark.x);
            marks.push(Mark { width, open: until.is_none(), ..mark });
        }
        for PastFault { name, from, until } in &self.faults {
            marks.extend(match until {
                Some(until) => {
                    let lasted = words::about(until.since(*from));
                    let says = format!("fault {name}, over after {lasted}");
                    vec![draw.band(*from, Some(*until), "quiet", &says)]
                }
                None => {
                    let end = play.world().faults().find(name).and_then(|running| running.until);
                    draw.fault_still_on(*from, end, name)
                }
            });
        }
        let to_come = play.world().faults().iter().filter(|it| !it.on && it.from > draw.now);
        for running in to_come {
            let says = format!("fault {}", running.fault.name);
            marks.push(draw.band(running.from, running.until, "due", &says));
        }
        marks
    }
}

/// Makes marks of instants.
struct Draw {
    scale: Scale,
    start: Time,
    now: Time,
}

impl Draw {
    fn mark(&self, at: Time, kind: &'static str, tone: &'static str, says: &str) -> Mark {
        Mark {
            x: self.scale.place(at),
            width: 0.0,
            open: false,
            kind,
            tone,
            says: format!("{} · {says}", words::moment(self.start, at)),
            jump: Some(at.to_string()),
        }
    }

    /// The mark of what was told and done at an instant; what was done by hand, so often, is named
    /// so. Of the same done by the story too it is the last: the story's moments come first.
    fn told(&self, at: Time, told: &str, by_hand: &mut BTreeMap<(Time, String), usize>) -> Mark {
        let mut lines: Vec<(bool, &str)> = Vec::new();
        for line in told.lines().rev() {
            let count = by_hand.get_mut(&(at, line.to_owned())).filter(|count| **count > 0);
            let is_by_hand = count.is_some();
            if let Some(count) = count {
                *count -= 1;
            }
            lines.push((is_by_hand, line));
        }
        lines.reverse();
        let named = lines.iter().map(|(is_by_hand, line)| match is_by_hand {
            true => format!("by hand: {line}"),
            false => (*line).to_owned(),
        });
        let kind = if lines.iter().all(|(it, _)| *it) { "hand" } else { "script" };
        self.mark(at, kind, "quiet", &named.collect::<Vec<_>>().join("\n"))
    }

    /// A fault that is on: until now, and as what is to come from now to the end it has.
    fn fault_still_on(&self, from: Time, end: Option<Time>, name: &str) -> Vec<Mark> {
        let on = self.mark(from, "fault", "warn", &format!("fault {name}, still on"));
        let mut marks = vec![Mark { open: true, ..on }];
        if let Some(end) = end.filter(|end| *end > self.now) {
            let says = format!("fault {name}, until {}", words::moment(self.start, end));
            marks.push(Mark { jump: None, ..self.band(self.now, Some(end), "due", &says) });
        }
        marks
    }

    /// The mark of a fault, which lasts to the end of the strip when it has no end.
    fn band(&self, from: Time, until: Option<Time>, tone: &'static str, says: &str) -> Mark {
        let mark = self.mark(from, "fault", tone, says);
        let until = until.unwrap_or(self.scale.end).min(self.scale.end);
        Mark { width: (self.scale.place(until) - mark.x).max(0.0), ..mark }
    }

    fn next_cycle(&self, app: AppView<'_>) -> Option<Mark> {
        let job = app.entra().job();
        let at = job.next_cycle().filter(|at| *at > self.now && *at <= self.scale.end)?;
        let says = match job.quarantine() {
            Some(_) => "next try".to_owned(),
            None => format!("cycle {} is due", words::count(job.cycles_begun() + 1)),
        };
        Some(self.mark(at, "cycle", "due", &says))
    }

    fn steps_to_come(&self, play: &Play) -> Vec<Mark> {
        let told = |step: &Step| {
            let say = step.say.iter().map(|say| format!("“{}”", words::cut(say, 160)));
            let deeds = step.actions.iter().map(|it| deed(&it.action));
            say.chain(deeds).collect::<Vec<_>>().join("\n")
        };
        steps_after(play, self.now)
            .filter(|(_, step)| step.say.is_some() || !step.actions.is_empty())
            .take(STORY_MAX)
            .map(|(at, step)| self.mark(at, "script", "due", &told(step)))
            .collect()
    }

    /// The checked expectations; those in one bucket share a mark.
    fn checks(&self, checks: &[Checked]) -> Vec<Mark> {
        let mut marks: Vec<Mark> = Vec::new();
        let mut before = None;
        for check in checks {
            let bucket = self.scale.bucket(check.at);
            let says = match check.met {
                true => format!("✓ met: {}", check.expected),
                false => format!("✗ FAILED: {} {}", check.expected, check.actual),
            };
            match marks.last_mut() {
                Some(mark) if before == Some(bucket) => {
                    mark.says += &format!("\n{}", words::cut(&says, 160));
                    mark.tone = if check.met { mark.tone } else { "bad" };
                }
                _ => {
                    let tone = if check.met { "good" } else { "bad" };
                    marks.push(self.mark(check.at, "expectation", tone, &words::cut(&says, 160)));
                }
            }
            before = Some(bucket);
        }
        marks
    }

    fn checks_to_come(&self, play: &Play) -> Vec<Mark> {
        let mut marks: Vec<Mark> = steps_after(play, self.now)
            .filter(|(_, step)| !step.expect.is_empty())
            .take(STORY_MAX)
            .map(|(at, step)| {
                let says: Vec<String> =
                    step.expect.iter().map(|expect| words::cut(&expect.text, 160)).collect();
                self.mark(at, "expectation", "due", &format!("to be checked: {}", says.join("\n")))
            })
            .collect();
        marks.extend(play.awaited().map(|(until, step)| {
            let says: Vec<String> =
                step.expect.iter().map(|expect| words::cut(&expect.text, 160)).collect();
            let says = format!("to be true by now: {}", says.join("\n"));
            self.mark(until, "expectation", "due", &says)
        }));
        let closing = play.script().finally.len() + play.script().always.len();
        if closing > 0 && !play.ended() {
            marks.push(self.mark(play.ends(), "expectation", "due", "the closing checks"));
        }
        marks
    }
}

/// An action in a line, without its secrets: those that a client sent are not in the journal.
fn deed(action: &Action) -> String {
    words::cut(&action.without_secrets().to_toml(), 120)
}

/// The steps of the script that come at a known instant after `now`.
pub fn steps_after(play: &Play, now: Time) -> impl Iterator<Item = (Time, &Step)> {
    play.script().steps.iter().filter_map(move |step| match step.when {
        When::At(at) if at > now => Some((at, step)),
        _ => None,
    })
}

/// The labels under the strip, at most twelve: days, hours, minutes or seconds.
fn ticks(scale: &Scale) -> Vec<Tick> {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let steps = [
        1,
        10,
        MINUTE,
        5 * MINUTE,
        15 * MINUTE,
        HOUR,
        2 * HOUR,
        6 * HOUR,
        12 * HOUR,
        DAY,
        2 * DAY,
        7 * DAY,
        14 * DAY,
        28 * DAY,
        91 * DAY,
        365 * DAY,
        3_650 * DAY,
        36_500 * DAY,
    ];
    let whole = scale.end.since(scale.start).as_secs();
    let fits = |step: &u64| whole / step <= 11 && (*step >= DAY || whole < 3 * DAY);
    let step = steps.into_iter().find(fits).unwrap_or(whole);
    let said = |secs: u64| match step {
        DAY.. => format!("day {}", secs / DAY),
        HOUR.. => format!("{} h", secs / HOUR),
        MINUTE.. => format!("{} m", secs / MINUTE),
        _ => format!("{secs} s"),
    };
    (0..=whole / step)
        .map(|nth| nth * step)
        .map(|secs| Tick {
            x: scale.place(scale.start + Duration::from_secs(secs)),
            text: said(secs),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_few_and_said_in_the_unit_that_fits() {
        let start = Time::from_secs(0);
        let check = |secs: u64, first: &str, last: &str| {
            let ticks = ticks(&Scale { start, end: start + Duration::from_secs(secs) });
            assert!((2..=12).contains(&ticks.len()), "{secs}: {}", ticks.len());
            let ends = (ticks[0].text.as_str(), ticks[ticks.len() - 1].text.as_str());
            assert_eq!(ends, (first, last), "{secs}");
        };
        check(8 * 3600, "0 h", "8 h");
        check(58 * 86_400, "day 0", "day 56");
        check(86_400, "0 h", "24 h");
        check(5 * 86_400, "day 0", "day 5");
        check(45, "0 s", "40 s");
        check(40 * 365 * 86_400, "day 0", "day 14600");
    }

    #[test]
    fn places_are_thousandths_and_never_beyond_the_end() {
        let start = Time::from_secs(1_000);
        let scale = Scale { start, end: start + Duration::from_secs(100) };
        assert_eq!(scale.place(start), 0.0);
        assert_eq!(scale.place(start + Duration::from_secs(25)), 250.0);
        assert_eq!(scale.place(start + Duration::from_secs(500)), 1000.0);
    }

    #[test]
    fn of_the_same_done_twice_at_one_instant_the_one_by_hand_is_named_so() {
        let start = Time::from_secs(0);
        let scale = Scale { start, end: Time::from_secs(86_400) };
        let draw = Draw { scale, start, now: start };
        let told = |lines: &str, count: usize| {
            let mut by_hand = BTreeMap::from([((start, "start".to_owned()), count)]);
            let mark = draw.told(start, lines, &mut by_hand);
            (mark.kind, mark.says.split_once(" · ").map_or("", |(_, says)| says).to_owned())
        };
        let of = |kind, says: &str| (kind, says.to_owned());
        assert_eq!(told("start\nstart", 1), of("script", "start\nby hand: start"));
        assert_eq!(told("start", 1), of("hand", "by hand: start"));
        assert_eq!(told("start", 0), of("script", "start"));
        assert_eq!(
            told("stop\nstart\nstart", 2),
            of("script", "stop\nby hand: start\nby hand: start")
        );
    }
}
