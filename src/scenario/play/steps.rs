//! Plays the steps of the story: finds the next one, decides whether its moment has come, and
//! carries it out.

use crate::base::Time;
use crate::entra::AppId;
use crate::scenario::expect::{Expectation, FIRST};
use crate::scenario::layout::{day, day_and_time};
use crate::scenario::script::{Step, When};

use super::watch::Window;
use super::{Checked, NEVER, Play};
use crate::world::Drive;

/// The next step, and the state at the step before it, from which its moment is counted.
pub struct Progress {
    /// The next step to be played.
    next: usize,
    /// When the step before it was played.
    before: Time,
    /// How many cycles of each application had begun by then.
    begun_before: Vec<u64>,
}

/// Whether the moment of a step has come.
enum Come {
    /// Not yet.
    NotYet,
    /// Now.
    Now,
    /// It can no longer come, for this reason.
    Never(String),
}

impl Progress {
    /// The state before the first step.
    pub fn new(start: Time) -> Progress {
        Progress { next: 0, before: start, begun_before: Vec::new() }
    }

    /// How many steps have been played.
    pub fn played(&self) -> usize {
        self.next
    }
}

impl Play {
    /// When the next step with a fixed instant is due.
    pub(super) fn next_step_due(&self) -> Option<Time> {
        let waiting = self.script.steps.get(self.progress.next..)?;
        waiting.iter().find_map(|step| match step.when {
            When::At(time) => Some(time),
            _ => None,
        })
    }

    /// Plays the steps whose instant has come. A step before them that still waits for an event is
    /// missed.
    pub(super) fn play_steps_due(&mut self) {
        while !self.ended && self.next_step_due().is_some_and(|due| due <= self.world.now()) {
            let step = &self.script.steps[self.progress.next];
            match step.when {
                When::At(_) => self.play_next(),
                _ => self.miss_next(self.came_before("the next moment came first")),
            }
            self.process_records();
        }
    }

    /// Plays or misses the next step if the event it waits for has been decided; returns whether it
    /// did.
    pub(super) fn play_what_has_come(&mut self) -> bool {
        match self.has_come() {
            Come::NotYet => return false,
            Come::Now => self.play_next(),
            Come::Never(why) => self.miss_next(why),
        }
        true
    }

    /// Drops the steps that are left; returns the number of their expectations.
    pub(super) fn drop_steps(&mut self) -> usize {
        let rest = &self.script.steps[self.progress.next..];
        self.progress.next = self.script.steps.len();
        rest.iter().map(|step| step.expect.len()).sum()
    }

    /// Turns the steps that never came into failed expectations.
    pub(super) fn miss_the_rest(&mut self) {
        if self.progress.next < self.script.steps.len() {
            self.miss_next(self.came_before("the run ended first"));
        }
        while self.progress.next < self.script.steps.len() {
            let why = "it was not waited for, because the moment before it never came";
            self.miss_next(why.to_owned());
        }
    }

    fn has_come(&self) -> Come {
        let Some(step) = self.script.steps.get(self.progress.next) else { return Come::NotYet };
        let (before, memory) = (self.progress.before, self.memory.of(step.app));
        let since =
            |instant: Option<Time>| if instant.is_some() { Come::Now } else { Come::NotYet };
        match step.when {
            When::At(_) => Come::NotYet,
            When::AfterQuarantine => since(memory.quarantined_since(before)),
            When::AfterRecovery => since(memory.recovered_since(before)),
            When::AfterFaultBegins => since(self.memory.fault_since(&step.fault, true, before)),
            When::AfterFaultEnds => since(self.memory.fault_since(&step.fault, false, before)),
            When::AfterNextCycle => {
                let begun = self.progress.begun_before.get(step.app.index()).copied();
                since(memory.cycle_ended_at(begun.unwrap_or_default() + 1))
            }
            When::AfterCycle(number) => match memory.cycle_ended_at(number) {
                Some(ended) if ended < before => Come::Never(format!(
                    "cycle {number} had already ended on {}, before the moment above",
                    day(self.script.start, ended)
                )),
                ended => since(ended),
            },
        }
    }

    /// Why the next step never came: what it waits for came before its moment could, or else
    /// `otherwise`.
    fn came_before(&self, otherwise: &str) -> String {
        let Some(step) = self.script.steps.get(self.progress.next) else {
            return otherwise.to_owned();
        };
        let (start, memory) = (self.script.start, self.memory.of(step.app));
        let first = match step.when {
            When::AfterQuarantine => memory.quarantined_since(start),
            When::AfterRecovery => memory.recovered_since(start),
            When::AfterFaultBegins => self.memory.fault_since(&step.fault, true, start),
            When::AfterFaultEnds => self.memory.fault_since(&step.fault, false, start),
            When::At(_) | When::AfterNextCycle | When::AfterCycle(_) => None,
        };
        match first.filter(|at| *at < self.progress.before) {
            Some(at) => format!(
                "`{}` had already come on {}, before the moment above",
                step.after(),
                day_and_time(start, at)
            ),
            None => otherwise.to_owned(),
        }
    }

    fn play_next(&mut self) {
        let nth = self.progress.next;
        let now = self.world.now();
        let step = self.script.steps[nth].clone();
        self.progress =
            Progress { next: nth + 1, before: now, begun_before: self.memory.cycles_begun() };
        self.line = Some(step.line).filter(|line| *line > 0);
        if let Some(text) = &step.say {
            self.world.say(text);
            self.tell(text, self.line);
        }
        self.do_actions(&step);
        self.read_new_records();
        match step.within {
            Some(within) if !step.expect.is_empty() => {
                let day = day(self.script.start, now);
                self.watch.open(Window { step: nth, day, deadline: now + within, stopped: FIRST });
            }
            _ => step.expect.iter().for_each(|expectation| {
                let check = self.check(day(self.script.start, now), expectation);
                self.checks.push(check);
            }),
        }
    }

    /// Takes a text of the narrator as the caption. What was said at the same instant stays in it,
    /// because nobody could read it otherwise.
    fn tell(&mut self, text: &str, line: Option<usize>) {
        let now = self.world.now();
        match &mut self.caption {
            Some((at, told)) if *at == now => {
                told.push('\n');
                told.push_str(text);
            }
            caption => {
                *caption = Some((now, text.to_owned()));
                self.caption_line = line;
            }
        }
    }

    /// Carries out the actions of a step. An action that is refused becomes a failed expectation,
    /// since the story was not played as written, unless the step expects a refusal.
    fn do_actions(&mut self, step: &Step) {
        let expected = step.expect.iter().any(Expectation::is_refusal);
        self.memory.note_refusal(None);
        for scripted in &step.actions {
            let words = scripted.action.to_toml();
            let Err(error) = self.world.act(scripted.action.clone()) else {
                if scripted.action.verb() == "set" {
                    self.settings_set.push((self.world.now(), scripted.action.clone()));
                }
                continue;
            };
            self.world.note_refusal(scripted.action.clone(), &error);
            self.memory.note_refusal(Some(&error.message));
            if !expected {
                self.refused = true;
                self.checks.push(Checked {
                    step: day(self.script.start, self.world.now()),
                    line: scripted.line,
                    expected: format!("do = {words}"),
                    actual: format!("could not be done: {error}"),
                    why: Vec::new(),
                    seen: None,
                    about: None,
                    app: None,
                    at: self.world.now(),
                    met: false,
                    kept: false,
                });
            }
        }
    }

    fn miss_next(&mut self, why: String) {
        let nth = self.progress.next;
        self.progress.next += 1;
        let step = &self.script.steps[nth];
        let word = match step.when {
            When::At(time) => format!("time = {}", time.rfc3339()),
            _ => match self.world.seen_by(step.app) {
                _ if step.app == AppId::MAIN => format!("after = \"{}\"", step.after()),
                app => format!("after = \"{} of {}\"", step.after(), app.app_name()),
            },
        };
        let at = self.world.now();
        let missed = |line: usize, expected: String| Checked {
            step: NEVER.to_owned(),
            line,
            expected,
            actual: format!("this moment ({word}) never came: {why}"),
            why: Vec::new(),
            seen: None,
            about: None,
            app: None,
            at,
            met: false,
            kept: false,
        };
        if step.expect.is_empty() {
            self.checks.push(missed(step.line, word.clone()));
        }
        self.checks.extend(step.expect.iter().map(|e| missed(e.line, e.text.clone())));
    }
}
