//! How far a swarm has come: a bar with rate and time left on a terminal, a line every ten seconds
//! elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::app::terminal;
use crate::scenario::report::Line;

/// How long a plain line says nothing new.
const EVERY: Duration = Duration::from_secs(10);

/// Shows how far a swarm has come.
pub struct SwarmProgress {
    bar: ProgressBar,
    plain: bool,
    told: Instant,
    began: Instant,
    failed: u64,
}

impl SwarmProgress {
    /// Begins to show; nothing is shown when `quiet`.
    pub fn new(lives: u64, quiet: bool) -> SwarmProgress {
        let on_terminal = std::io::stderr().is_terminal() && !quiet;
        let target =
            if on_terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(lives), target);
        let style = "{bar:30} {human_pos} of {human_len} lives{msg}  {rate}  {eta} left";
        if let Ok(style) = ProgressStyle::with_template(style) {
            let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                let _ = write!(out, "{:.1} a second", state.per_sec());
            };
            bar.set_style(style.with_key("rate", rate));
        }
        bar.enable_steady_tick(Duration::from_millis(250));
        let now = Instant::now();
        SwarmProgress { bar, plain: !on_terminal && !quiet, told: now, began: now, failed: 0 }
    }

    /// Counts a life.
    pub fn played(&mut self, failed: bool) {
        self.failed += u64::from(failed);
        if failed {
            self.bar.set_message(format!(", {} failed", self.failed));
        }
        self.bar.inc(1);
        if self.plain && self.told.elapsed() >= EVERY {
            self.told = Instant::now();
            let (done, all) = (self.bar.position(), self.bar.length().unwrap_or_default());
            terminal::complain_raw(&plain_line(done, all, self.failed, self.began.elapsed()));
        }
    }

    /// Prints lines above the bar.
    pub fn print(&self, lines: &[Line]) {
        self.bar.suspend(|| terminal::print_lines(lines));
    }

    /// Takes the bar away.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}

fn plain_line(done: u64, all: u64, failed: u64, took: Duration) -> String {
    let rate = done as f64 / took.as_secs_f64().max(0.001);
    let left = (all.saturating_sub(done)) as f64 / rate.max(0.001);
    format!("{done} of {all} lives, {failed} failed, {rate:.1} a second, {left:.0} s left\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_line_says_rate_and_time_left() {
        let line = plain_line(50, 200, 2, Duration::from_secs(10));
        assert_eq!(line, "50 of 200 lives, 2 failed, 5.0 a second, 30 s left\n");
    }
}
