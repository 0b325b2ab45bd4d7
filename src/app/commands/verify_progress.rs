//! How far `verify` has come: a bar on a terminal, a line every ten seconds elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::app::terminal;
use crate::verify::Outcome;

/// How long a plain line says nothing new.
const EVERY: Duration = Duration::from_secs(10);

/// Shows how far the checks have come.
pub struct VerifyProgress {
    bar: Bar,
    told: Instant,
    failed: u64,
    /// How many checks were judged; a check that is tried again counts once in the bar.
    judged: u64,
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
    pub fn waits(&self, why: Option<&str>) {
        if let Some(why) = why {
            self.bar.suspend(|| terminal::note(why));
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
        VerifyProgress { bar, told: Instant::now(), failed: 0, judged: 0, of }
    }

    /// The bar, for what has to be said beside it.
    pub fn bar(&self) -> Bar {
        self.bar.clone()
    }

    /// Counts a check.
    pub fn judged(&mut self, id: &str, outcome: &Outcome) {
        self.failed += u64::from(matches!(outcome, Outcome::Failed(_)));
        self.judged = (self.judged + 1).min(self.of);
        self.bar.bar.set_position(self.judged);
        self.bar.bar.set_message(format!(", {} failed  {id}", self.failed));
        if self.bar.is_plain && self.told.elapsed() >= EVERY {
            self.told = Instant::now();
            terminal::note(&plain_line(self.judged, self.of, self.failed));
        }
    }

    /// Takes the bar away.
    pub fn finish(self) {
        self.bar.bar.finish_and_clear();
    }
}

fn plain_line(judged: u64, of: u64, failed: u64) -> String {
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
