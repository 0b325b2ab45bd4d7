//! Judges after every change: `[always]`, and the windows of `within`.

use crate::base::Time;
use crate::entra::job::Subject;
use crate::scenario::expect::{Expectation, FIRST, Observable, Reason};
use crate::scenario::script::{Script, Step};

use super::{Checked, Play};
use crate::world::Drive;

/// The expectations that are judged after every change.
pub struct Watch {
    /// For each expectation of `[always]`, whether it has been broken.
    broken: Vec<bool>,
    windows: Vec<Window>,
    /// The last record after which the windows were judged.
    judged: u64,
}

/// A span of time within which the expectations of a step must become true, all at one instant.
#[derive(Clone, Debug)]
pub struct Window {
    /// The index of the step whose expectations are judged.
    pub step: usize,
    /// The day on which it opened.
    pub day: String,
    /// Its last instant.
    pub deadline: Time,
    /// Where the last comparison of the worlds stopped.
    pub stopped: Subject,
}

impl Watch {
    /// The state at the start: nothing is broken, and no window is open.
    pub fn new(script: &Script) -> Watch {
        Watch { broken: vec![false; script.always.len()], windows: Vec::new(), judged: 0 }
    }

    /// Opens a window, and has the windows judged again.
    pub fn open(&mut self, window: Window) {
        self.windows.push(window);
        self.judged = 0;
    }
}

impl Play {
    /// The steps whose expectations have time to become true, each with its last instant.
    pub fn awaited(&self) -> impl Iterator<Item = (Time, &Step)> {
        let step = |window: &Window| Some((window.deadline, self.script.steps.get(window.step)?));
        self.watch.windows.iter().filter_map(step)
    }

    /// The earliest deadline of an open window that lies in the future.
    pub(super) fn next_deadline(&self) -> Option<Time> {
        let now = self.world.now();
        self.watch
            .windows
            .iter()
            .map(|window| window.deadline)
            .filter(|deadline| *deadline > now)
            .min()
    }

    /// Reports each expectation of `[always]` the first time it does not hold.
    pub(super) fn judge_always(&mut self) {
        for nth in 0..self.script.always.len() {
            if self.watch.broken[nth]
                || self.script.always[nth].met(&self.world, &self.memory, &mut FIRST.clone())
            {
                continue;
            }
            self.watch.broken[nth] = true;
            let mut check = self.check("always".to_owned(), &self.script.always[nth]);
            let since = Reason::Since { start: self.script.start, at: self.world.now() };
            check.why.push(since.into());
            self.checks.push(check);
        }
    }

    /// Reports the expectations of `[always]` that held throughout; called once, at the end. Before
    /// the story's end they are only kept so far.
    pub(super) fn close_always(&mut self) {
        for (expectation, broken) in self.script.always.iter().zip(&self.watch.broken) {
            if !broken {
                let check = self.check("always".to_owned(), expectation);
                self.checks.push(Checked { kept: check.met && self.script.cut, ..check });
            }
        }
    }

    /// Closes each window whose expectations all hold at this instant.
    pub(super) fn judge_windows(&mut self) {
        if self.watch.windows.is_empty() || self.watch.judged == self.seen {
            return;
        }
        self.watch.judged = self.seen;
        let mut nth = 0;
        while nth < self.watch.windows.len() {
            if self.all_hold(nth) {
                let window = self.watch.windows.remove(nth);
                self.judge_window(&window);
            } else {
                nth += 1;
            }
        }
    }

    /// Closes the windows whose last instant lies before `to`; their expectations that do not hold
    /// now have failed.
    pub(super) fn close_windows(&mut self, to: Time) {
        let (closed, open) = self.watch.windows.drain(..).partition(|window| window.deadline < to);
        self.watch.windows = open;
        let closed: Vec<Window> = closed;
        closed.iter().for_each(|window| self.judge_window(window));
    }

    /// Closes all windows.
    pub(super) fn close_all_windows(&mut self) {
        let windows = std::mem::take(&mut self.watch.windows);
        windows.iter().for_each(|window| self.judge_window(window));
    }

    /// Drops the open windows; returns the number of their expectations.
    pub(super) fn drop_windows(&mut self) -> usize {
        let windows = std::mem::take(&mut self.watch.windows);
        windows.iter().map(|window| self.script.steps[window.step].expect.len()).sum()
    }

    /// Judges an expectation now.
    pub(super) fn check(&self, step: String, expectation: &Expectation) -> Checked {
        let found = expectation.judge(&self.world, &self.memory);
        let why = if found.met { Vec::new() } else { expectation.why(&self.world) };
        Checked {
            step,
            line: expectation.line,
            expected: expectation.text.clone(),
            actual: if found.met { String::new() } else { found.actual },
            seen: found.seen,
            why,
            about: expectation.subject().map(str::to_owned),
            app: expectation.app.and_then(|app| self.world.seen_by(app).label().map(str::to_owned)),
            at: self.world.now(),
            met: found.met,
            kept: false,
        }
    }

    /// Whether all expectations of a window hold now; those about the worlds are judged last, since
    /// they cost the most.
    fn all_hold(&mut self, nth: usize) -> bool {
        let Play { script, world, memory, watch, .. } = self;
        let window = &mut watch.windows[nth];
        let expect = &script.steps[window.step].expect;
        let (costly, cheap): (Vec<&Expectation>, Vec<&Expectation>) =
            expect.iter().partition(|e| matches!(e.observed, Observable::Worlds { .. }));
        cheap.into_iter().chain(costly).all(|e| e.met(world, memory, &mut window.stopped))
    }

    fn judge_window(&mut self, window: &Window) {
        for nth in 0..self.script.steps[window.step].expect.len() {
            let check = self.check(window.day.clone(), &self.script.steps[window.step].expect[nth]);
            self.checks.push(check);
        }
    }
}
