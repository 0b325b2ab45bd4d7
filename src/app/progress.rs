//! How far something long has come: a bar with rate and time left on a terminal, a line every ten
//! seconds elsewhere, on standard error.

use std::borrow::Cow;
use std::fmt::Write;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::app::terminal;
use crate::scenario::report::{Line, grouped};

/// How long a plain line says nothing new.
const EVERY: Duration = Duration::from_secs(10);

/// Shows how far something has come.
pub struct ShownProgress {
    bar: ProgressBar,
    /// What is counted, in the plural: `lives`.
    unit: &'static str,
    is_plain: bool,
    message: String,
    told: Instant,
    began: Instant,
}

impl ShownProgress {
    /// Begins to show; nothing is shown when `quiet`.
    pub fn new(whole: u64, unit: &'static str, quiet: bool) -> ShownProgress {
        let on_terminal = std::io::stderr().is_terminal() && !quiet;
        let target =
            if on_terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(whole), target);
        let style = format!(
            "{{bar:30}} {{human_pos}} of {{human_len}} {unit}{{msg}}  {{rate}}  {{eta}} left"
        );
        if let Ok(style) = ProgressStyle::with_template(&style) {
            let rate = |state: &ProgressState, out: &mut dyn Write| {
                let _ = write!(out, "{} a second", rate_words(state.per_sec()));
            };
            bar.set_style(style.with_key("rate", rate));
        }
        bar.enable_steady_tick(Duration::from_millis(250));
        let (now, is_plain) = (Instant::now(), !on_terminal && !quiet);
        ShownProgress { bar, unit, is_plain, message: String::new(), told: now, began: now }
    }

    /// Counts one.
    pub fn inc(&mut self) {
        self.bar.inc(1);
        self.tell();
    }

    /// Says where it stands.
    pub fn set(&mut self, position: u64) {
        self.bar.set_position(position);
        self.tell();
    }

    /// Says something after the count: `, 2 failed`.
    pub fn say(&mut self, message: impl Into<Cow<'static, str>>) {
        self.message = message.into().into_owned();
        self.bar.set_message(self.message.clone());
    }

    /// Prints lines above the bar.
    pub fn print(&self, lines: &[Line]) {
        self.bar.suspend(|| terminal::print_lines(lines));
    }

    /// Does something that prints, while the bar is away.
    pub fn aside<T>(&self, prints: impl FnOnce() -> T) -> T {
        self.bar.suspend(prints)
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn tell(&mut self) {
        if self.is_plain && self.told.elapsed() >= EVERY {
            self.told = Instant::now();
            let (done, whole) = (self.bar.position(), self.bar.length().unwrap_or_default());
            let line = plain_line(done, whole, self.unit, &self.message, self.began.elapsed());
            terminal::complain_raw(&line);
        }
    }
}

fn plain_line(done: u64, whole: u64, unit: &str, message: &str, took: Duration) -> String {
    let rate = done as f64 / took.as_secs_f64().max(0.001);
    let left = whole.saturating_sub(done) as f64 / rate.max(0.001);
    let (done, whole, rate) = (grouped(done), grouped(whole), rate_words(rate));
    format!("{done} of {whole} {unit}{message}, {rate} a second, {left:.0} s left\n")
}

/// A rate: with a part behind the point where it is small.
fn rate_words(rate: f64) -> String {
    if rate < 100.0 { format!("{rate:.1}") } else { grouped(rate.round() as u64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_line_says_rate_and_time_left() {
        let line = plain_line(50, 200, "lives", ", 2 failed", Duration::from_secs(10));
        assert_eq!(line, "50 of 200 lives, 2 failed, 5.0 a second, 30 s left\n");
        let line = plain_line(50_000, 100_000, "users", "", Duration::from_secs(4));
        assert_eq!(line, "50,000 of 100,000 users, 12,500 a second, 4 s left\n");
    }
}
