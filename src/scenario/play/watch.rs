//! What is judged after every change: `[always]`, and the windows of `within`.

use crate::base::Time;
use crate::scenario::expect::{Expectation, Observed};
use crate::scenario::report::day;
use crate::scenario::script::Script;

use super::{Checked, Play};

/// Above so many people the worlds are compared inside a window when a cycle has ended, not after every change.
const OFTEN: usize = 2_000;

/// What is being watched.
pub struct Watch {
    /// Which of `[always]` have been broken.
    broken: Vec<bool>,
    windows: Vec<Window>,
    /// The last record after which the windows were judged.
    judged: u64,
    /// How many cycles had ended when worlds were last compared.
    cycles: u64,
}

/// A time in which expectations must become true, all at one instant.
#[derive(Clone, Debug)]
pub struct Window {
    /// The step whose expectations they are.
    pub step: usize,
    /// The day on which it opened.
    pub day: String,
    /// Its last instant.
    pub deadline: Time,
}

impl Watch {
    /// Nothing has happened yet.
    pub fn new(script: &Script) -> Watch {
        Watch { broken: vec![false; script.always.len()], windows: Vec::new(), judged: 0, cycles: 0 }
    }

    /// Opens a window.
    pub fn open(&mut self, window: Window) {
        self.windows.push(window);
        self.judged = 0;
    }
}

impl Play {
    /// When the earliest open window closes, as long as that is to come.
    pub(super) fn next_deadline(&self) -> Option<Time> {
        let now = self.world.now();
        self.watch.windows.iter().map(|window| window.deadline).filter(|deadline| *deadline > now).min()
    }

    /// Tells the first time something does not hold that must always hold.
    pub(super) fn judge_always(&mut self) {
        for nth in 0..self.script.always.len() {
            if self.watch.broken[nth] || self.script.always[nth].met(&self.world, &self.memory) {
                continue;
            }
            self.watch.broken[nth] = true;
            let mut check = self.check("always".to_owned(), &self.script.always[nth]);
            check.why.push(format!("first on {}", day(self.script.start, self.world.now())));
            self.checks.push(check);
        }
    }

    /// Tells what held all along; once, at the end.
    pub(super) fn close_always(&mut self) {
        for (expectation, broken) in self.script.always.iter().zip(&self.watch.broken) {
            if !broken {
                self.checks.push(self.check("always".to_owned(), expectation));
            }
        }
    }

    /// Tells the windows in which everything holds at this instant.
    pub(super) fn judge_windows(&mut self) {
        if self.watch.windows.is_empty() || self.watch.judged == self.seen {
            return;
        }
        self.watch.judged = self.seen;
        let mut nth = 0;
        while nth < self.watch.windows.len() {
            let step = self.watch.windows[nth].step;
            if self.all_hold(step) {
                let window = self.watch.windows.remove(nth);
                self.tell_window(&window);
            } else {
                nth += 1;
            }
        }
        self.watch.cycles = self.world.journal().counters().cycles;
    }

    /// Closes the windows whose last instant lies before `to`: what does not hold by now has failed.
    pub(super) fn close_windows(&mut self, to: Time) {
        let (closed, open) = self.watch.windows.drain(..).partition(|window| window.deadline < to);
        self.watch.windows = open;
        let closed: Vec<Window> = closed;
        closed.iter().for_each(|window| self.tell_window(window));
    }

    /// Closes all windows.
    pub(super) fn close_all_windows(&mut self) {
        let windows = std::mem::take(&mut self.watch.windows);
        windows.iter().for_each(|window| self.tell_window(window));
    }

    /// Forgets the open windows; how many expectations that are.
    pub(super) fn drop_windows(&mut self) -> usize {
        let windows = std::mem::take(&mut self.watch.windows);
        windows.iter().map(|window| self.script.steps[window.step].expect.len()).sum()
    }

    /// Judges an expectation now.
    pub(super) fn check(&self, step: String, expectation: &Expectation) -> Checked {
        let found = expectation.judge(&self.world, &self.memory);
        let why = if found.met { Vec::new() } else { expectation.why(&self.world, &self.memory) };
        Checked {
            step,
            line: expectation.line,
            expected: expectation.text.clone(),
            actual: if found.met { String::new() } else { found.actual },
            why,
            at: self.world.now(),
            met: found.met,
        }
    }

    /// Whether all of a step's expectations hold now; the dear ones are looked at last, and seldom among many people.
    fn all_hold(&self, step: usize) -> bool {
        let is_dear = |e: &&Expectation| matches!(e.observed, Observed::Worlds { .. });
        let expect = &self.script.steps[step].expect;
        let holds = |e: &Expectation| e.met(&self.world, &self.memory);
        if !expect.iter().filter(|e| !is_dear(e)).all(holds) {
            return false;
        }
        let many = self.world.entra().tenant().user_count() > OFTEN;
        let settled = !many || self.world.journal().counters().cycles != self.watch.cycles;
        let mut dear = expect.iter().filter(is_dear);
        settled && dear.all(holds) || expect.iter().all(|e| !is_dear(&e))
    }

    fn tell_window(&mut self, window: &Window) {
        for nth in 0..self.script.steps[window.step].expect.len() {
            let check = self.check(window.day.clone(), &self.script.steps[window.step].expect[nth]);
            self.checks.push(check);
        }
    }
}
