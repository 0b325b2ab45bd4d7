//! Dates of the mapping language: UTC instants with lenient parsing, calendar arithmetic, and the
//! service's output format.

use std::fmt;

use jiff::Span;
use jiff::civil::{self, DateTime};
use jiff::tz::TimeZone;

use super::scanner::{Scanner, offset_seconds};
use crate::base::Time;

/// The epoch of Windows' FILETIME.
const FILE_TIME_EPOCH: DateTime = civil::datetime(1601, 1, 1, 0, 0, 0, 0);
/// FILETIME's unit is 100 nanoseconds.
const TICKS_PER_SECOND: i64 = 10_000_000;

/// A date with a time, in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Date(DateTime);

/// The units of `DateAdd` and `DateDiff`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Interval {
    /// `yyyy`.
    Year,
    /// `m`.
    Month,
    /// `ww`.
    Week,
    /// `d`.
    Day,
    /// `h`.
    Hour,
    /// `n`.
    Minute,
    /// `s`.
    Second,
}

impl Interval {
    /// The words for the intervals [functions].
    pub const WORDS: [(&'static str, Interval); 7] = [
        ("yyyy", Interval::Year),
        ("m", Interval::Month),
        ("d", Interval::Day),
        ("ww", Interval::Week),
        ("h", Interval::Hour),
        ("n", Interval::Minute),
        ("s", Interval::Second),
    ];

    /// The interval of a word; words are compared exactly.
    pub fn parse(word: &str) -> Option<Interval> {
        Interval::WORDS.iter().find(|(known, _)| *known == word).map(|(_, interval)| *interval)
    }

    /// The length in seconds; `None` for months and years, whose length depends on the calendar.
    fn seconds(self) -> Option<i64> {
        match self {
            Interval::Year | Interval::Month => None,
            Interval::Week => Some(7 * 86_400),
            Interval::Day => Some(86_400),
            Interval::Hour => Some(3_600),
            Interval::Minute => Some(60),
            Interval::Second => Some(1),
        }
    }
}

impl Date {
    /// The UTC date of an instant.
    pub fn of(time: Time) -> Date {
        Date(TimeZone::UTC.to_datetime(time.timestamp()))
    }

    /// Its instant; `None` outside the clock's range.
    pub fn instant(self) -> Option<Time> {
        TimeZone::UTC
            .to_timestamp(self.0)
            .ok()
            .map(|stamp| Time::from_micros(stamp.as_microsecond()))
    }

    /// Creates a date from its parts in UTC; `None` outside the years 1 to 9999, the range of .NET.
    pub fn new(at: DateTime) -> Option<Date> {
        (1..=9999).contains(&at.year()).then_some(Date(at))
    }

    /// Creates a date from a wall time in a zone this many seconds east of Greenwich.
    pub fn at_offset(at: DateTime, offset_secs: i64) -> Option<Date> {
        Date::new(at.checked_sub(Span::new().try_seconds(offset_secs).ok()?).ok()?)
    }

    /// The parts, in UTC.
    pub fn parts(self) -> DateTime {
        self.0
    }

    /// Reads a date as `CDate` does: ISO dates and date-times with or without an offset, and the
    /// American form that the service writes. Without a zone the time is UTC (assumed).
    pub fn parse(text: &str) -> Option<Date> {
        let mut scanner = Scanner::new(text);
        let date = scan_date(&mut scanner)?;
        if scanner.at_end() {
            return Date::new(date.to_datetime(civil::Time::midnight()));
        }
        if let Some(offset) = scan_offset(&mut scanner) {
            return Date::at_offset(date.to_datetime(civil::Time::midnight()), offset)
                .filter(|_| scanner.at_end());
        }
        let time = scan_time(&mut scanner)?;
        scanner.skip_blanks();
        let offset = if scanner.at_end() { 0 } else { scan_offset(&mut scanner)? };
        Date::at_offset(date.to_datetime(time), offset).filter(|_| scanner.at_end())
    }

    /// Adds a number of intervals; with months and years a missing day becomes the last of the
    /// month. `None` beyond the calendar.
    pub fn add(self, interval: Interval, number: i64) -> Option<Date> {
        let span = match interval {
            Interval::Year => Span::new().try_years(number),
            Interval::Month => Span::new().try_months(number),
            _ => Span::new().try_seconds(number.checked_mul(interval.seconds()?)?),
        };
        Date::new(self.0.checked_add(span.ok()?).ok()?)
    }

    /// How many intervals lie from this date to `later`, by the rules of Visual Basic (assumed;
    /// every published row agrees): elapsed units cut toward zero, but years, months and Sunday
    /// weeks by the calendar.
    pub fn until(self, later: Date, interval: Interval) -> i64 {
        let years = i64::from(later.0.year()) - i64::from(self.0.year());
        match interval {
            Interval::Year => years,
            Interval::Month => years * 12 + i64::from(later.0.month()) - i64::from(self.0.month()),
            Interval::Week => later.sunday_weeks() - self.sunday_weeks(),
            _ => {
                // Ten thousand years are 3e18 ticks, which fit in an i64.
                (later.file_time() - self.file_time())
                    / (interval.seconds().unwrap_or(1) * TICKS_PER_SECOND)
            }
        }
    }

    /// Whole weeks since a Sunday long ago.
    fn sunday_weeks(self) -> i64 {
        let day = self.file_time().div_euclid(86_400 * TICKS_PER_SECOND);
        // 1 January 1601 was a Monday.
        (day + 1).div_euclid(7)
    }

    /// Windows' FILETIME: 100-nanosecond ticks since 1601-01-01; negative before.
    pub fn file_time(self) -> i64 {
        let since = self.0.duration_since(FILE_TIME_EPOCH);
        since.as_nanos().div_euclid(100) as i64
    }

    /// The date of a FILETIME; `None` beyond year 9999.
    pub fn from_file_time(ticks: i64) -> Option<Date> {
        let seconds = Span::new().try_seconds(ticks / TICKS_PER_SECOND).ok()?;
        let since = seconds.try_nanoseconds(ticks % TICKS_PER_SECOND * 100).ok()?;
        Date::new(FILE_TIME_EPOCH.checked_add(since).ok()?)
    }
}

impl fmt::Display for Date {
    /// Writes `M/d/yyyy h:mm:ss tt`, as in the published results.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.0;
        let hour = match at.hour() % 12 {
            0 => 12,
            hour => hour,
        };
        let half = if at.hour() < 12 { "AM" } else { "PM" };
        write!(
            f,
            "{}/{}/{:04} {hour}:{:02}:{:02} {half}",
            at.month(),
            at.day(),
            at.year(),
            at.minute(),
            at.second()
        )
    }
}

/// `2020-03-16` or `3/16/2020`.
fn scan_date(scanner: &mut Scanner<'_>) -> Option<civil::Date> {
    let first = scanner.digits(1, 4)?;
    let mark = if scanner.take("-") { "-" } else { "/" };
    if mark == "/" {
        scanner.take("/").then_some(())?;
    }
    let second = scanner.digits(1, 2)?;
    scanner.take(mark).then_some(())?;
    let third = scanner.digits(1, if mark == "-" { 2 } else { 4 })?;
    let (year, month, day) =
        if mark == "-" { (first, second, third) } else { (third, first, second) };
    // A slash date with a shorter year would be ambiguous.
    (year >= 1000 || mark == "-").then_some(())?;
    civil::Date::new(year as i16, month as i8, day as i8).ok()
}

/// `T07:00:00.5`, ` 7:00:00 PM`, ` 07:00`.
fn scan_time(scanner: &mut Scanner<'_>) -> Option<civil::Time> {
    (scanner.take("T") || scanner.take(" ")).then_some(())?;
    scanner.skip_blanks();
    let mut hour = scanner.digits(1, 2)?;
    scanner.take(":").then_some(())?;
    let minute = scanner.digits(2, 2)?;
    let second = if scanner.take(":") { scanner.digits(2, 2)? } else { 0 };
    let nanos = if scanner.take(".") { scan_fraction(scanner)? } else { 0 };
    let before = scanner.rest;
    scanner.skip_blanks();
    let half =
        if scanner.take_word("AM") { Some(0) } else { scanner.take_word("PM").then_some(12) };
    match half {
        None => scanner.rest = before,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(hours) => hour = hour % 12 + hours,
    }
    civil::Time::new(hour as i8, minute as i8, second as i8, nanos as i32).ok()
}

/// The digits after a decimal point, at least one; more than nine are cut.
fn scan_fraction(scanner: &mut Scanner<'_>) -> Option<u32> {
    scanner.rest.starts_with(|first: char| first.is_ascii_digit()).then_some(())?;
    Some(scanner.nanoseconds(usize::MAX))
}

/// `Z`, `+05:30`, `-0700`, in seconds east.
fn scan_offset(scanner: &mut Scanner<'_>) -> Option<i64> {
    if scanner.take_word("Z") {
        return Some(0);
    }
    let sign = scanner.sign()?;
    let hours = scanner.digits(2, 2)?;
    scanner.take(":");
    offset_seconds(sign, hours, scanner.digits(2, 2)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_published_and_shown_in_utc() {
        let cases = [
            ("2020-03-16-07:00", "3/16/2020 7:00:00 AM"),
            ("2021-06-30+08:00", "6/29/2021 4:00:00 PM"),
            ("2021-08-24", "8/24/2021 12:00:00 AM"),
            ("2009-06-15T01:45:30-07:00", "6/15/2009 8:45:30 AM"),
            ("2009-06-15T01:45:30.25Z", "6/15/2009 1:45:30 AM"),
            (" 2009-06-15 13:45 ", "6/15/2009 1:45:00 PM"),
            ("2025-08-15 23:59:59-08:00", "8/16/2025 7:59:59 AM"),
            ("8/25/2021 5:41:18 PM", "8/25/2021 5:41:18 PM"),
            ("8/25/2021 12:00:00 AM", "8/25/2021 12:00:00 AM"),
            ("8/25/2021 12:30 pm", "8/25/2021 12:30:00 PM"),
            ("8/25/2021", "8/25/2021 12:00:00 AM"),
            ("9999-01-01", "1/1/9999 12:00:00 AM"),
        ];
        for (text, shown) in cases {
            assert_eq!(
                Date::parse(text).map(|date| date.to_string()).as_deref(),
                Some(shown),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for bad in [
            "",
            "whenever",
            "2021-02-30",
            "2021-13-01",
            "8/25/21",
            "2021-08-24T25:00:00Z",
            "2021-08-24T10:00:00+99:00",
            "2021-08-24x",
            "0000-01-01",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-01:00",
            "13:00:00",
            "8/25/2021 13:00:00 PM",
            "8/25/2021 0:00:00 AM",
            "2021-08-24T10:00:00.Z",
            "٣/١/٢٠٢١",
        ] {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn weeks_are_those_of_the_calendar_not_elapsed_ones() {
        let date = |text| Date::parse(text).unwrap();
        // From Saturday to Sunday a new week has begun; from Sunday to Saturday none has.
        assert_eq!(date("2021-08-28").until(date("2021-08-29"), Interval::Week), 1);
        assert_eq!(date("2021-08-22").until(date("2021-08-28"), Interval::Week), 0);
        assert_eq!(
            date("2021-08-25T17:41:18").until(date("2012-03-16T07:00"), Interval::Week),
            -493
        );
        assert_eq!(
            date("2021-08-25T17:41:18").until(date("2012-03-16T07:00"), Interval::Day),
            -3449
        );
        assert_eq!(date("2021-08-25").until(date("2012-03-16"), Interval::Year), -9);
    }

    #[test]
    fn file_times_go_there_and_back_and_end_with_the_calendar() {
        for text in
            ["1601-01-01", "2012-01-01T23:00:00Z", "0001-01-01", "9999-12-31T23:59:59.9999999Z"]
        {
            let date = Date::parse(text).unwrap();
            assert_eq!(Date::from_file_time(date.file_time()), Some(date), "{text}");
        }
        assert_eq!(Date::from_file_time(i64::MAX), None);
        assert_eq!(Date::from_file_time(i64::MIN), None);
        let last = Date::parse("9999-12-31").unwrap();
        for (_, interval) in Interval::WORDS {
            assert_eq!(last.add(interval, i64::MAX), None);
            assert_eq!(last.add(interval, i64::MIN), None);
            assert_eq!(last.add(interval, 99_999_999_999), None);
        }
    }
}
