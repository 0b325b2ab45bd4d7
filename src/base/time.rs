//! Virtual time: instants in whole microseconds, and durations as people write and read them.

use std::fmt;
use std::ops::Add;
use std::time::Duration;

use jiff::fmt::temporal::DateTimePrinter;

/// One day: 24 hours.
pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// An instant of virtual time, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Time(i64);

/// The earliest of the instants that are there; `None` when there is none.
pub fn earliest<const N: usize>(instants: [Option<Time>; N]) -> Option<Time> {
    // A driver asks at each step, and a loop costs a third of a chain of adapters.
    let mut first = None;
    for instant in &instants {
        first = match (first, *instant) {
            (Some(first), Some(instant)) => Some(Time::min(first, instant)),
            (first, instant) => first.or(instant),
        };
    }
    first
}

impl Time {
    /// Stands for a date-time that could not be read and has been reported: no date-time that can
    /// be written is so late.
    pub const UNREADABLE: Time = Time(i64::MAX);

    /// The instant `micros` microseconds after the Unix epoch.
    pub const fn from_micros(micros: i64) -> Time {
        Time(micros)
    }

    /// The instant `secs` seconds after the Unix epoch.
    pub const fn from_secs(secs: i64) -> Time {
        Time(secs * 1_000_000)
    }

    /// Microseconds since the Unix epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// The duration from `earlier` to this instant; zero when this is not later.
    pub fn since(self, earlier: Time) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0).max(0) as u64)
    }

    /// The instant `span` earlier.
    pub fn before(self, span: Duration) -> Time {
        let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        Time(self.0.saturating_sub(micros))
    }

    /// The same day and time of day so many years later; of a 29 February, that of the 28th.
    pub fn years_later(self, years: i16) -> Time {
        let there = jiff::tz::Offset::UTC.to_datetime(self.timestamp());
        let later = there.saturating_add(jiff::Span::new().years(years));
        let stamp = jiff::tz::Offset::UTC.to_timestamp(later).unwrap_or(jiff::Timestamp::MAX);
        Time(stamp.as_microsecond())
    }

    /// The number of calendar days (UTC) from the day of `start`, which is day 0: the day numbers
    /// of a story.
    pub fn day_since(self, start: Time) -> i64 {
        let day = |time: Time| time.0.div_euclid(DAY.as_micros() as i64);
        day(self) - day(start)
    }

    /// Reads an RFC 3339 instant such as `2026-03-02T08:00:00Z`.
    pub fn parse(text: &str) -> Option<Time> {
        let stamp: jiff::Timestamp = text.parse().ok()?;
        Some(Time(stamp.as_microsecond()))
    }

    /// Reads an HTTP date in any of its three forms (RFC 9110, section 5.6.7), such as
    /// `Mon, 02 Mar 2026 08:05:00 GMT`.
    pub fn parse_http_date(text: &str) -> Option<Time> {
        let formats =
            ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
        let civil =
            formats.iter().find_map(|format| jiff::civil::DateTime::strptime(format, text).ok())?;
        let stamp = jiff::tz::Offset::UTC.to_timestamp(civil).ok()?;
        Some(Time(stamp.as_microsecond()))
    }

    /// The same instant as a `jiff` timestamp; an instant outside of its range becomes the latest
    /// one, at the end of year 9999.
    pub fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::MAX)
    }

    /// The instant in whole seconds, as SCIM's `meta` has it: `2026-03-02T08:00:00Z`.
    pub fn rfc3339(self) -> String {
        let mut text = Vec::with_capacity(20);
        self.write_rfc3339(&mut text);
        String::from_utf8(text).unwrap_or_default()
    }

    /// Appends the text of [`Time::rfc3339`] to `out`.
    pub fn write_rfc3339(self, out: &mut Vec<u8>) {
        const WHOLE_SECONDS: DateTimePrinter = DateTimePrinter::new().precision(Some(0));
        // Writing to a Vec cannot fail.
        let _ = WHOLE_SECONDS.print_timestamp(&self.timestamp(), out);
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp().fmt(f)
    }
}

impl Add<Duration> for Time {
    type Output = Time;

    /// Saturates at the latest instant, so that a hostile duration cannot overflow.
    fn add(self, span: Duration) -> Time {
        let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        Time(self.0.saturating_add(micros))
    }
}

/// Reads a duration with units, such as `"40m"`, `"1h 10m"` or `"30d"`; a day is 24 hours.
///
/// # Errors
/// A sentence that says what was expected.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let wrong = || {
        format!(
            "`{text}` is not a duration; write a number with a unit, such as \"40m\", \"1h 10m\" or \"30d\""
        )
    };
    let span: jiff::Span = text.trim().parse().map_err(|_| wrong())?;
    let signed =
        span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
    Duration::try_from(signed)
        .map_err(|_| format!("`{text}` is negative; a duration here counts forward"))
}

/// Writes a duration for people, with at most two units: `5 h 48 m`, `26 d 22 h`, `31 m`, `8 s`,
/// `250 ms`. The smaller one is rounded to the nearest: a quarantine of 6 h 39 m 59.9 s lasted
/// 6 h 40 m.
pub fn show_duration(span: Duration) -> String {
    let unit = match span.as_secs() {
        0 => Duration::from_millis(1),
        1..3_600 => Duration::from_secs(1),
        3_600..86_400 => Duration::from_secs(60),
        _ => Duration::from_secs(3_600),
    };
    let span = round_to(span, unit);
    let secs = span.as_secs();
    let (days, hours, mins, rest) = (secs / 86_400, secs / 3_600 % 24, secs / 60 % 60, secs % 60);
    let two = |a: u64, unit_a: &str, b: u64, unit_b: &str| match b {
        0 => format!("{a} {unit_a}"),
        _ => format!("{a} {unit_a} {b} {unit_b}"),
    };
    match (days, hours, mins, rest) {
        (0, 0, 0, 0) => format!("{} ms", span.as_millis()),
        (0, 0, 0, s) => format!("{s} s"),
        (0, 0, m, s) => two(m, "m", s, "s"),
        (0, h, m, _) => two(h, "h", m, "m"),
        (d, h, _, _) => two(d, "d", h, "h"),
    }
}

/// The nearest multiple of a unit of at least a millisecond; of two the greater.
pub fn round_to(span: Duration, unit: Duration) -> Duration {
    let unit = unit.as_micros().max(1_000);
    let times = (span.as_micros() + unit / 2) / unit;
    Duration::from_micros(u64::try_from(times * unit).unwrap_or(u64::MAX))
}

/// Writes a duration for people with every unit it has, down to milliseconds, so that it
/// contradicts no limit beside it: `1 d 1 h 59 m 59 s 900 ms`. What is left is counted as one more.
pub fn show_exactly(span: Duration) -> String {
    let mut rest = span.as_micros().div_ceil(1_000);
    let mut parts = Vec::new();
    for (size, unit) in
        [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")]
    {
        if rest >= size {
            parts.push(format!("{} {unit}", rest / size));
            rest %= size;
        }
    }
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

/// Writes a duration in the form that [`parse_duration`] reads, exact to the microsecond: `1d 2h`,
/// `40m`, `250ms`.
pub fn write_duration(span: Duration) -> String {
    let micros = span.as_micros();
    if micros == 0 {
        return "0s".to_owned();
    }
    let units: [(u128, &str); 6] = [
        (86_400_000_000, "d"),
        (3_600_000_000, "h"),
        (60_000_000, "m"),
        (1_000_000, "s"),
        (1_000, "ms"),
        (1, "us"),
    ];
    let mut rest = micros;
    let mut parts = Vec::new();
    for (size, unit) in units {
        if rest >= size {
            parts.push(format!("{}{unit}", rest / size));
            rest %= size;
        }
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_beside_a_limit_is_told_exactly_and_never_as_less() {
        let cases = [
            (0, "0 s"),
            (2_100_000_000, "35 m"),
            (93_599_900_000, "1 d 1 h 59 m 59 s 900 ms"),
            (93_599_999_900, "1 d 2 h"),
        ];
        for (micros, shown) in cases {
            assert_eq!(show_exactly(Duration::from_micros(micros)), shown);
        }
    }

    #[test]
    fn http_dates_are_read_in_all_three_forms() {
        let expected = Time::parse("1994-11-06T08:49:37Z");
        assert!(expected.is_some());
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(Time::parse_http_date(text), expected, "{text}");
        }
        for text in ["", "30", "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET"] {
            assert_eq!(Time::parse_http_date(text), None, "{text}");
        }
    }

    #[test]
    fn durations_are_read_as_written() {
        let cases = [
            ("40m", 2_400),
            ("1h 10m", 4_200),
            ("30d", 2_592_000),
            ("0d", 0),
            ("37d 9h", 3_229_200),
            ("8s", 8),
        ];
        for (text, secs) in cases {
            assert_eq!(parse_duration(text), Ok(Duration::from_secs(secs)), "{text}");
            let written = write_duration(Duration::from_secs(secs));
            assert_eq!(parse_duration(&written), Ok(Duration::from_secs(secs)), "{written}");
        }
        for bad in ["", "40", "soon", "-3m", "4 weeks and a bit"] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn years_are_those_of_the_calendar() {
        for (from, years, to) in [
            ("2026-03-02T08:00:00Z", 3, "2029-03-02T08:00:00Z"),
            ("2026-01-31T00:00:00Z", 2, "2028-01-31T00:00:00Z"),
            ("2028-02-29T12:00:00Z", 3, "2031-02-28T12:00:00Z"),
        ] {
            let from = Time::parse(from).expect("an instant");
            assert_eq!(from.years_later(years).rfc3339(), to);
        }
    }

    #[test]
    fn durations_are_shown_as_said() {
        let cases = [
            (20_880, "5 h 48 m"),
            (2_325_600, "26 d 22 h"),
            (1_860, "31 m"),
            (8, "8 s"),
            (0, "0 ms"),
            (75, "1 m 15 s"),
            (3_629, "1 h"),
            (3_630, "1 h 1 m"),
            (86_399, "1 d"),
            (88_200, "1 d 1 h"),
            (172_799, "2 d"),
        ];
        for (secs, shown) in cases {
            assert_eq!(show_duration(Duration::from_secs(secs)), shown);
        }
        let parts =
            [(400, "0 ms"), (999_700, "1 s"), (59_600_000, "1 m"), (23_999_900_000, "6 h 40 m")];
        for (micros, shown) in parts {
            assert_eq!(show_duration(Duration::from_micros(micros)), shown);
        }
    }

    #[test]
    fn instants_go_there_and_back() {
        let start = Time::parse("2026-03-02T08:00:00Z").expect("an RFC 3339 instant");
        assert_eq!((start + DAY).rfc3339(), "2026-03-03T08:00:00Z");
        assert_eq!((start + DAY).since(start), DAY);
        assert_eq!(start.since(start + DAY), Duration::ZERO);
        assert_eq!(Time::from_micros(-1).rfc3339(), "1969-12-31T23:59:59Z");
        assert_eq!(Time::from_micros(1_999_999).rfc3339(), "1970-01-01T00:00:01Z");
        assert_eq!(Time::from_micros(i64::MAX).rfc3339(), "9999-12-30T22:00:00Z");
        assert!(Time::parse("tomorrow").is_none());
    }
}
