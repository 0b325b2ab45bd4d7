//! How far `verify` has come: a bar on a terminal, a line every ten seconds elsewhere.

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::app::remote::WaitReason;
use crate::app::terminal;

/// How long a plain line says nothing new.
const EVERY: Duration = Duration::from_secs(10);

/// Shows how far the checks have come.
pub struct VerifyProgress {
    bar: Bar,
    told: Instant,
    /// How many checks have failed, as the judge counts them: of those that ran, some share the
    /// cause of another, and some run again.
    failed: usize,
    /// The checks that have run; one that runs again counts once.
    judged: BTreeSet<&'static str>,
    of: u64,
}

/// The bar, as what has to be said beside it needs it.
#[derive(Clone)]
pub struct Bar {
    bar: ProgressBar,
    is_plain: bool,
}

impl Bar {
    /// Says that the server is left alone, and why; nothing when that is over.
    pub fn waits(&self, why: Option<WaitReason<'_>>) {
        if let Some(why) = why {
            self.bar.suspend(|| why.note(""));
        }
    }
}

impl VerifyProgress {
    /// Begins to show; nothing is shown when `quiet`.
    pub fn new(checks: usize, quiet: bool) -> VerifyProgress {
        let on_terminal = std::io::stderr().is_terminal() && !quiet;
        let target =
            if on_terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let of = checks as u64;
        let bar = ProgressBar::with_draw_target(Some(of), target);
        let style = "{bar:30} {human_pos} of {human_len} checks{msg}  {elapsed}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(250));
        let bar = Bar { bar, is_plain: !on_terminal && !quiet };
        VerifyProgress { bar, told: Instant::now(), failed: 0, judged: BTreeSet::new(), of }
    }

    /// The bar, for what has to be said beside it.
    pub fn bar(&self) -> Bar {
        self.bar.clone()
    }

    /// Counts a check.
    pub fn judged(&mut self, id: &'static str) {
        self.judged.insert(id);
        let judged = self.judged.len() as u64;
        self.bar.bar.set_position(judged);
        self.bar.bar.set_message(format!(", {} failed  {id}", self.failed));
        if self.bar.is_plain && self.told.elapsed() >= EVERY {
            self.told = Instant::now();
            terminal::note(&plain_line(judged, self.of, self.failed));
        }
    }

    /// Shows from now on that so many have failed.
    pub fn failed(&mut self, count: usize) {
        self.failed = count;
    }

    /// Takes the bar away.
    pub fn finish(self) {
        self.bar.bar.finish_and_clear();
    }
}

fn plain_line(judged: u64, of: u64, failed: usize) -> String {
    format!("{judged} of {of} checks, {failed} failed so far")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_line_says_how_far_it_has_come() {
        assert_eq!(plain_line(40, 157, 2), "40 of 157 checks, 2 failed so far");
    }
}
