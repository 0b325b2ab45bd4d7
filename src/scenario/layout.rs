//! The building blocks of a report: lines with tones, days and times, columns.

use crate::base::Time;
use crate::base::printable;
pub use crate::base::printable::grouped;
use crate::base::time::DAY;

/// The role of a piece of text; `app` may turn it into a colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// Ordinary text.
    Plain,
    /// Emphasized, such as a heading.
    Strong,
    /// Less important.
    Faint,
    /// A good result: met, healthy.
    Good,
    /// A bad result: failed.
    Bad,
    /// A warning.
    Warn,
}

/// One line of a report: pieces of text, each with its tone. Texts that clients chose may be among
/// them, so hidden characters are written out where a line is shown.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Line(pub Vec<(Tone, String)>);

impl Line {
    /// Makes a line of one piece.
    pub fn of(tone: Tone, text: impl Into<String>) -> Line {
        Line(vec![(tone, text.into())])
    }

    /// Adds a piece at the end.
    pub fn add(&mut self, tone: Tone, text: impl Into<String>) -> &mut Line {
        self.0.push((tone, text.into()));
        self
    }

    /// The line without its tones, as it is shown.
    pub fn text(&self) -> String {
        self.0.iter().map(|(_, text)| printable::one_line(text)).collect()
    }
}

/// The day of an instant, counted by the calendar (UTC) from the day the run starts: `day 30`.
pub fn day(start: Time, at: Time) -> String {
    format!("day {}", at.day_since(start))
}

/// Day and time of day: `day 30 08:00`.
pub fn day_and_time(start: Time, at: Time) -> String {
    format!("day {} {}", at.day_since(start), time_of_day(at))
}

/// The day of the run and the time of day with seconds: `day 30 08:00:07`.
pub fn day_and_second(start: Time, at: Time) -> String {
    format!("{} {}", day(start, at), time_of_day_with_seconds(at))
}

/// The time of day in UTC, as `08:00`; seconds are cut off.
pub fn time_of_day(at: Time) -> String {
    let secs = at.as_micros().div_euclid(1_000_000).rem_euclid(DAY.as_secs() as i64);
    format!("{:02}:{:02}", secs / 3600, secs / 60 % 60)
}

/// The time of day in UTC with its seconds, as `08:00:04`.
pub fn time_of_day_with_seconds(at: Time) -> String {
    let secs = at.as_micros().div_euclid(1_000_000).rem_euclid(DAY.as_secs() as i64);
    format!("{:02}:{:02}:{:02}", secs / 3600, secs / 60 % 60, secs % 60)
}

/// The width of a text in a terminal, in columns: ⛔ and ⚡ take two.
pub fn width(text: &str) -> usize {
    text.chars().map(|c| if matches!(c, '⛔' | '⚡') { 2 } else { 1 }).sum()
}

/// Fills a text with blanks to a width; adds at least one blank.
pub fn pad(text: &str, columns: usize) -> String {
    let blanks = columns.saturating_sub(width(text)).max(1);
    format!("{text}{}", " ".repeat(blanks))
}

/// Breaks a text between words into lines of at most `columns` columns, unless a word is longer.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// `1 cycle`, `2 cycles`.
pub fn plural(count: u64, word: &str) -> String {
    format!("{} {word}{}", grouped(count), if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_the_calendar() {
        let start = Time::parse("2026-03-02T08:00:00Z").expect("an instant");
        let at = |text: &str| Time::parse(text).expect("an instant");
        assert_eq!(day_and_time(start, at("2026-03-02T08:00:00Z")), "day 0 08:00");
        assert_eq!(day_and_time(start, at("2026-03-03T00:00:00Z")), "day 1 00:00");
        assert_eq!(day_and_time(start, at("2026-04-01T23:59:59Z")), "day 30 23:59");
    }

    #[test]
    fn texts_fit_their_columns() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("", 7), [""]);
        assert_eq!(pad("⛔ x", 6), "⛔ x  ");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(plural(1, "cycle"), "1 cycle");
    }
}
