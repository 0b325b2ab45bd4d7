//! The settings of the rate limit: requests a second with a burst, requests in a window, and
//! requests a day (B72).

use std::num::NonZeroU32;
use std::time::Duration;

use super::row::{Key, Parse, Setting, SettingRow, settings};
use super::values::is_none;
use crate::base::node::{Entry, unknown_key};
use crate::base::{Kind, Node, Problems};

settings! {
    /// How many requests are let in.
    #[derive(Clone, Copy, PartialEq, Debug)]
    pub struct RateLimit;
    /// Requests a second in the long run.
    rps: Rps = Rps(25.0), "rate_limit.rps" = "25";
    /// How many requests may come at one instant.
    burst: NonZeroU32 = NonZeroU32::MIN, "rate_limit.burst" = "1";
    /// The Retry-After of a 429: `auto`, a duration, or `none` for no header.
    retry_after: RetryAfter = RetryAfter::Computed, "rate_limit.retry_after" = "\"auto\"";
    /// So many requests in so long: `{ requests = 100, span = "1m" }`.
    window: Option<Window> = None, "rate_limit.window" = "none";
    /// How many requests are let in on a day of the calendar (UTC).
    daily: Option<u64> = None, "rate_limit.daily" = "none";
    /// How long after the start the rate grows, from a tenth to the whole.
    slow_start: Duration = Duration::ZERO, "rate_limit.slow_start" = "\"0s\"";
}

/// Requests a second, more than zero.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rps(pub f64);

impl Parse for Rps {
    fn parse(value: &Node, problems: &mut Problems) -> Option<Rps> {
        let rps = value.as_number(problems)?;
        if rps > 0.0 {
            return Some(Rps(rps));
        }
        value.refused("a rate greater than 0", &rps.to_string(), problems)
    }
}

/// A table sets a new limit; a single key changes the limit in force.
impl Setting for Option<RateLimit> {
    fn set(&mut self, key: Key<'_>, value: &Node, problems: &mut Problems) {
        let before = problems.errors();
        let mut limit = match (key.next(), &value.kind) {
            (None, _) if is_none(value) => return *self = None,
            (None, Kind::Table(entries)) => {
                RateLimit::for_keys(entries.iter().map(|entry| entry.key.as_str()))
            }
            (None, _) => RateLimit::default(),
            (Some((key, _)), _) => self.unwrap_or_else(|| RateLimit::for_keys([key])),
        };
        if let (None, Kind::Text(_) | Kind::Integer(_) | Kind::Float(_)) = (key.next(), &value.kind)
        {
            let example = "{ rps = 5 }, or { window = { requests = 50, span = \"1m\" } }";
            return value.expected_like("a table", example, problems).unwrap_or_default();
        }
        limit.set(key, value, problems);
        if problems.errors() == before {
            *self = Some(limit);
        }
    }

    fn rows_below() -> Vec<SettingRow> {
        RateLimit::rows_below()
    }
}

/// A number of requests in a span of time, counted anew when the span is over.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Window {
    /// The number of requests.
    pub requests: u64,
    /// The length of the window; greater than zero.
    pub span: Duration,
}

impl Parse for Window {
    fn parse(value: &Node, problems: &mut Problems) -> Option<Window> {
        const KEYS: [&str; 2] = ["requests", "span"];
        let known = |entry: &&Entry| !KEYS.contains(&entry.key.as_str());
        for entry in value.as_table(problems)?.iter().filter(known) {
            unknown_key(entry, "`golinks.rate_limit.window`", &KEYS, problems);
        }
        let (Some(requests), Some(span)) = (value.get("requests"), value.get("span")) else {
            return value.expected("both `requests` and `span`", problems);
        };
        let window =
            Window { requests: requests.as_count(problems)?, span: span.as_duration(problems)? };
        if window.span.is_zero() {
            problems.error(span.span, "expected a span greater than 0").label("this is no time");
            return None;
        }
        Some(window)
    }
}

impl RateLimit {
    /// Returns the limit that these keys will change: with `window` or `daily` alone there is no
    /// rate.
    fn for_keys<'a>(keys: impl IntoIterator<Item = &'a str>) -> RateLimit {
        let (mut counts, mut rate) = (false, false);
        for key in keys {
            counts |= ["window", "daily"].contains(&key);
            rate |= ["rps", "burst", "slow_start"].contains(&key);
        }
        if counts && !rate { RateLimit::without_rate() } else { RateLimit::default() }
    }

    /// Makes a limit without a rate a second.
    pub(crate) fn without_rate() -> RateLimit {
        RateLimit { rps: Rps(f64::INFINITY), ..RateLimit::default() }
    }

    /// Returns the time between two requests in the long run, `running` after the start.
    pub(crate) fn price(&self, running: Duration) -> Duration {
        let grown = match running < self.slow_start {
            true => 0.1 + 0.9 * running.as_secs_f64() / self.slow_start.as_secs_f64(),
            false => 1.0,
        };
        Duration::from_secs_f64((1.0 / (self.rps.0 * grown).max(1e-6)).min(1e6))
    }
}

/// What the `Retry-After` header of a 429 says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RetryAfter {
    /// There is none.
    Absent,
    /// How long it will really take, in whole seconds, at least one.
    Computed,
    /// Always the same, in whole seconds.
    Fixed(Duration),
}

impl Parse for RetryAfter {
    fn parse(value: &Node, problems: &mut Problems) -> Option<RetryAfter> {
        match &value.kind {
            _ if is_none(value) => Some(RetryAfter::Absent),
            Kind::Text(text) if text == "auto" => Some(RetryAfter::Computed),
            _ => value.as_duration(problems).map(RetryAfter::Fixed),
        }
    }
}

impl RetryAfter {
    /// The header's value in seconds, when there is a header.
    pub(crate) fn seconds(self, wait: Duration) -> Option<u64> {
        let round_up = |span: Duration| span.as_secs() + u64::from(span.subsec_nanos() > 0);
        match self {
            RetryAfter::Absent => None,
            RetryAfter::Computed => Some(round_up(wait).max(1)),
            RetryAfter::Fixed(span) => Some(round_up(span)),
        }
    }
}
