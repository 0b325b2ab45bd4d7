//! Writes instants, durations and counts as the page shows them.

use std::time::Duration;

use percent_encoding::percent_decode_str;

use crate::base::Time;
use crate::entra::call::LEFT_ALONE;
use crate::scenario::report;
use crate::world::Counters;
use crate::world::record::ReplyStatus;
use crate::world::status;

/// The day of an instant as the heading of the clock: `Day 30`. It alone begins with a capital;
/// everywhere else the page writes an instant as terminal, reports and sentences do.
pub fn day(start: Time, at: Time) -> String {
    report::day(start, at).replacen("day", "Day", 1)
}

/// An instant to the minute: `day 30 08:12`.
pub fn moment(start: Time, at: Time) -> String {
    report::day_and_time(start, at)
}

/// An instant to the second: `day 30 08:12:07`.
pub fn second(start: Time, at: Time) -> String {
    format!("{} {}", report::day(start, at), at.timestamp().strftime("%H:%M:%S"))
}

/// An instant as exactly as it takes to tell it from its neighbours: `day 30 08:12`, and with its
/// seconds and their parts where it has some, `day 30 08:12:07.25`.
pub fn exact(start: Time, at: Time) -> String {
    let to_minute = moment(start, at);
    match at.timestamp().strftime(":%S%.f").to_string() {
        none if none == ":00" => to_minute,
        rest => to_minute + &rest,
    }
}

/// How far `at` is ahead: `now`, or `in 5 h 48 m`; see [`about`].
pub fn ahead(now: Time, at: Time) -> String {
    let span = at.since(now);
    if span.is_zero() { "now".to_owned() } else { format!("in {}", about(span)) }
}

/// A rounded duration, as the sentence of truth has it: a countdown says the same wherever it
/// stands.
pub fn about(span: Duration) -> String {
    status::countdown(span)
}

/// The words that are looked for, as they are compared: in small letters.
pub fn wanted(narrow: &str) -> Vec<String> {
    narrow.to_lowercase().split_whitespace().map(str::to_owned).collect()
}

/// A number with separators: `1,154`.
pub fn count(number: u64) -> String {
    report::grouped(number)
}

/// A number with its noun: `1 request`, `1,154 requests`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// How many requests there were. Those at GoLinks' pages are in no other figure of a run, so they
/// are named beside the rest: `132 requests`, `132 requests and 7 at GoLinks' pages`.
pub fn requests(counters: &Counters) -> String {
    let all = counted(counters.requests(), "request", "requests");
    match counters.pages {
        0 => all,
        pages => format!("{all} and {} at GoLinks' pages", count(pages)),
    }
}

/// A path and query for people: below the base, with its escapes decoded.
pub fn target(target: &str) -> String {
    let below = target.strip_prefix("/scim/v2").unwrap_or(target);
    percent_decode_str(&below.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// What came back: `204`, or why nothing did.
pub fn status(status: ReplyStatus) -> String {
    match status {
        ReplyStatus::Status(status) => status.to_string(),
        ReplyStatus::Untrusted => "certificate not trusted".to_owned(),
        ReplyStatus::Refused => "connection refused".to_owned(),
        ReplyStatus::Reset => "connection reset".to_owned(),
        ReplyStatus::TimedOut => "no answer in time".to_owned(),
        ReplyStatus::NotSent => "not sent, the service failed".to_owned(),
        ReplyStatus::LeftAlone => LEFT_ALONE.to_owned(),
        ReplyStatus::Unwanted => "no answer before the cycle ended".to_owned(),
    }
}

/// The text, cut after `longest` characters with an ellipsis.
pub fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_said_by_the_day_of_the_story() {
        let start = Time::parse("2026-03-02T08:00:00Z").expect("an instant");
        let later = Time::parse("2026-04-01T08:12:07Z").expect("an instant");
        assert_eq!(day(start, later), "Day 30");
        assert_eq!(moment(start, later), "day 30 08:12");
        assert_eq!(second(start, later), "day 30 08:12:07");
        assert_eq!(exact(start, later), "day 30 08:12:07");
        assert_eq!(exact(start, start), "day 0 08:00");
        let shortly = start + Duration::from_micros(1_250);
        assert_eq!(exact(start, shortly), "day 0 08:00:00.00125", "not that of the start");
        let night = Time::parse("2026-04-01T00:12:07Z").expect("an instant");
        assert_eq!(second(start, night), "day 30 00:12:07");
        assert_eq!(ahead(start, later), "in 30 d");
        assert_eq!(ahead(later, start), "now");
    }

    #[test]
    fn spans_are_coarser_the_longer_they_are() {
        for (secs, said) in [(0, "0 ms"), (75, "1 m 15 s"), (1_801, "30 m"), (20_871, "5 h 48 m")] {
            assert_eq!(about(Duration::from_secs(secs)), said);
        }
    }

    #[test]
    fn counts_have_separators_and_texts_an_end() {
        for (number, said) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(number), said);
        }
        assert_eq!(counted(1, "request", "requests"), "1 request");
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöü!", 3), "äöü…");
    }
}
