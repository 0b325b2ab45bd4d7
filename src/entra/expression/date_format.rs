//! The date and time format strings of .NET in the invariant culture, for `FormatDateTime`.
//!
//! `d`, `M`, `y`, `H`, `h`, `m`, `s`, `f`, `F`, `t`, `z`, `K` and `g` stand for parts; a longer run
//! of the letter gives a longer form. `'…'`, `"…"`, `\x` and all other characters are literal. A
//! single letter is a standard format.

use jiff::civil::{self, DateTime};

use super::date::Date;
use super::scanner::{Scanner, offset_seconds};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
/// Two-digit years up to this one are of this century: .NET's window.
const TWO_DIGIT_YEAR_MAX: i32 = 49;

/// A parsed format string.
#[derive(Debug)]
pub struct DateFormat {
    parts: Vec<Part>,
}

#[derive(Clone, PartialEq, Debug)]
enum Part {
    /// A letter that stands for a part, and the length of its run.
    Run(char, usize),
    Literal(char),
}

impl DateFormat {
    /// Parses a format string.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(format: &str) -> Result<DateFormat, String> {
        let mut letters = format.chars();
        let single = letters.next().filter(|_| letters.next().is_none());
        match single {
            None if format.is_empty() => Err("the format is empty".to_owned()),
            None => Ok(DateFormat { parts: parts(format)? }),
            Some(letter) => {
                let custom = standard(letter)
                    .ok_or_else(|| format!("`{letter}` is not a standard date format"))?;
                Ok(DateFormat { parts: parts(custom)? })
            }
        }
    }

    /// Reads a text of exactly this form, ignoring blanks before and after it. A date part that the
    /// format lacks is taken from `today`, or is the first one if a larger part is given.
    pub fn read(&self, text: &str, today: Date) -> Option<Date> {
        let mut fields = Fields { scanner: Scanner::new(text), ..Fields::default() };
        for (at, part) in self.parts.iter().enumerate() {
            match part {
                Part::Run(letter, many) => fields.read_run(*letter, *many)?,
                // The point before an optional fraction is optional too.
                Part::Literal('.') if matches!(self.parts.get(at + 1), Some(Part::Run('F', _))) => {
                    fields.scanner.take(".");
                }
                Part::Literal(letter) => {
                    let mut mark = [0; 4];
                    fields.scanner.take(letter.encode_utf8(&mut mark)).then_some(())?;
                }
            }
        }
        if fields.scanner.at_end() { fields.date(today) } else { None }
    }

    /// Writes a date in this form.
    pub fn write(&self, date: Date) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(letter) => out.push(*letter),
                Part::Run(letter, many) => write_run(*letter, *many, date.parts(), &mut out),
            }
        }
        out
    }
}

/// The custom form of a standard format in the invariant culture.
fn standard(letter: char) -> Option<&'static str> {
    Some(match letter {
        'd' => "MM/dd/yyyy",
        'D' => "dddd, dd MMMM yyyy",
        'f' => "dddd, dd MMMM yyyy HH:mm",
        'F' => "dddd, dd MMMM yyyy HH:mm:ss",
        'g' => "MM/dd/yyyy HH:mm",
        'G' => "MM/dd/yyyy HH:mm:ss",
        'm' | 'M' => "MMMM dd",
        'o' | 'O' => "yyyy-MM-ddTHH:mm:ss.fffffffK",
        'r' | 'R' => "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
        's' => "yyyy-MM-ddTHH:mm:ss",
        't' => "HH:mm",
        'T' => "HH:mm:ss",
        'u' => "yyyy-MM-dd HH:mm:ss'Z'",
        'y' | 'Y' => "yyyy MMMM",
        _ => return None,
    })
}

fn parts(format: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut letters = format.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' | '"' => loop {
                match letters.next() {
                    None => return Err(format!("the literal after {letter} is never closed")),
                    Some(end) if end == letter => break,
                    Some(inside) => parts.push(Part::Literal(inside)),
                }
            },
            '\\' => parts.push(Part::Literal(
                letters.next().ok_or("a backslash at the end stands for nothing")?,
            )),
            // `%` only makes a single letter a custom format.
            '%' => {}
            _ if "dMyHhmsfFtzKg".contains(letter) => {
                let mut many = 1;
                while letters.next_if_eq(&letter).is_some() {
                    many += 1;
                }
                if many > longest(letter) {
                    return Err(format!(
                        "`{letter}` stands {many} times in a row, which means nothing"
                    ));
                }
                parts.push(Part::Run(letter, many));
            }
            _ => parts.push(Part::Literal(letter)),
        }
    }
    Ok(parts)
}

/// The longest run of a letter. .NET accepts longer runs of most letters, but they are mistakes.
fn longest(letter: char) -> usize {
    match letter {
        'y' | 'd' | 'M' => 5,
        'f' | 'F' => 7,
        'z' => 3,
        'K' => 1,
        _ => 2,
    }
}

/// The parts read from a text so far.
#[derive(Default)]
struct Fields<'a> {
    scanner: Scanner<'a>,
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    weekday: Option<usize>,
    hour: u32,
    hour_of_twelve: bool,
    afternoon: bool,
    minute: u32,
    second: u32,
    nanos: u32,
    offset_secs: i64,
}

impl Fields<'_> {
    fn read_run(&mut self, letter: char, many: usize) -> Option<()> {
        match (letter, many) {
            ('y', 1 | 2) => {
                let year = self.digits(many)? as i32;
                self.year = Some(year + if year <= TWO_DIGIT_YEAR_MAX { 2000 } else { 1900 });
            }
            ('y', _) => self.year = Some(self.digits(many)? as i32),
            ('M', 1 | 2) => self.month = Some(self.digits(many)?),
            ('M', _) => self.month = Some(self.name(&MONTHS, many == 3)? as u32 + 1),
            ('d', 1 | 2) => self.day = Some(self.digits(many)?),
            ('d', _) => self.weekday = Some(self.name(&DAYS, many == 3)?),
            ('H', _) => self.hour = self.digits(many)?,
            ('h', _) => {
                self.hour = self.digits(many)?;
                self.hour_of_twelve = true;
            }
            ('m', _) => self.minute = self.digits(many)?,
            ('s', _) => self.second = self.digits(many)?,
            ('f', _) => self.nanos = self.fraction(many, true)?,
            ('F', _) => self.nanos = self.fraction(many, false)?,
            ('t', _) => self.afternoon = self.half(many)?,
            ('g', _) => {
                ["A.D.", "AD"].iter().any(|era| self.scanner.take_word(era)).then_some(())?
            }
            ('K', _) if self.scanner.at_end() => {}
            ('K', _) if self.scanner.take("Z") => {}
            (_, many) => self.offset_secs = self.offset(if letter == 'K' { 3 } else { many })?,
        }
        Some(())
    }

    /// Reads a number: a single letter in the format takes one or two digits, a longer run exactly
    /// that many.
    fn digits(&mut self, many: usize) -> Option<u32> {
        self.scanner.digits(many, if many == 1 { 2 } else { many })
    }

    fn fraction(&mut self, many: usize, exact: bool) -> Option<u32> {
        let before = self.scanner.rest.len();
        let nanos = self.scanner.nanoseconds(many);
        (!exact || before - self.scanner.rest.len() == many).then_some(nanos)
    }

    fn name(&mut self, names: &[&'static str], short: bool) -> Option<usize> {
        names.iter().position(|name| self.scanner.take_word(if short { &name[..3] } else { name }))
    }

    /// Reads `A` or `P`, or for a run of two letters `AM` or `PM`.
    fn half(&mut self, many: usize) -> Option<bool> {
        let words = if many == 1 { ["A", "P"] } else { ["AM", "PM"] };
        let afternoon = self.scanner.take_word(words[1]);
        (afternoon || self.scanner.take_word(words[0])).then_some(afternoon)
    }

    fn offset(&mut self, many: usize) -> Option<i64> {
        let sign = self.scanner.sign()?;
        let hours = self.digits(many.min(2))?;
        let minutes = if many == 3 {
            self.scanner.take(":").then_some(())?;
            self.digits(2)?
        } else {
            0
        };
        offset_seconds(sign, hours, minutes)
    }

    fn date(&self, today: Date) -> Option<Date> {
        let now = today.parts();
        let no_date = self.year.is_none() && self.month.is_none() && self.day.is_none();
        let (month, day) = if no_date { (now.month() as u32, now.day() as u32) } else { (1, 1) };
        let date = civil::Date::new(
            i16::try_from(self.year.unwrap_or(i32::from(now.year()))).ok()?,
            self.month.unwrap_or(month) as i8,
            self.day.unwrap_or(day) as i8,
        )
        .ok()?;
        let hour = match (self.hour_of_twelve, self.afternoon) {
            (true, _) if self.hour > 12 => return None,
            (true, afternoon) => self.hour % 12 + if afternoon { 12 } else { 0 },
            (false, _) => self.hour,
        };
        let time =
            civil::Time::new(hour as i8, self.minute as i8, self.second as i8, self.nanos as i32)
                .ok()?;
        let fits =
            self.weekday.is_none_or(|nth| date.weekday().to_sunday_zero_offset() as usize == nth);
        if fits { Date::at_offset(date.to_datetime(time), self.offset_secs) } else { None }
    }
}

fn write_run(letter: char, many: usize, at: DateTime, out: &mut String) {
    use std::fmt::Write as _;
    let number = |value: i64, width: usize, out: &mut String| {
        write!(out, "{value:0width$}").expect("a String takes everything");
    };
    let weekday = at.weekday().to_sunday_zero_offset() as usize;
    match (letter, many) {
        ('y', 1 | 2) => number(i64::from(at.year() % 100), many, out),
        ('y', _) => number(i64::from(at.year()), many, out),
        ('M', 1 | 2) => number(i64::from(at.month()), many, out),
        ('M', 3) => out.push_str(&MONTHS[at.month() as usize - 1][..3]),
        ('M', _) => out.push_str(MONTHS[at.month() as usize - 1]),
        ('d', 1 | 2) => number(i64::from(at.day()), many, out),
        ('d', 3) => out.push_str(&DAYS[weekday][..3]),
        ('d', _) => out.push_str(DAYS[weekday]),
        ('H', _) => number(i64::from(at.hour()), many, out),
        ('h', _) => {
            number(if at.hour() % 12 == 0 { 12 } else { i64::from(at.hour() % 12) }, many, out)
        }
        ('m', _) => number(i64::from(at.minute()), many, out),
        ('s', _) => number(i64::from(at.second()), many, out),
        ('f', _) => {
            number(i64::from(at.subsec_nanosecond()) / 10i64.pow(9 - many as u32), many, out)
        }
        ('F', _) => write_short_fraction(at.subsec_nanosecond(), many, out),
        ('t', _) => out.push_str(&(if at.hour() < 12 { "AM" } else { "PM" })[..many]),
        ('z', 1) => out.push_str("+0"),
        ('z', 2) => out.push_str("+00"),
        ('z', _) => out.push_str("+00:00"),
        ('K', _) => out.push('Z'),
        _ => out.push_str("A.D."),
    }
}

/// Writes a fraction without trailing zeros; if it is empty, the point before it is removed too.
fn write_short_fraction(nanos: i32, many: usize, out: &mut String) {
    let digits = format!("{:0many$}", i64::from(nanos) / 10i64.pow(9 - many as u32));
    let kept = digits.trim_end_matches('0');
    if kept.is_empty() && out.ends_with('.') {
        out.pop();
    }
    out.push_str(kept);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, format: &str, written: &str, as_format: &str) {
        let today = Date::parse("2025-07-30T09:05:01Z").unwrap();
        let date = DateFormat::parse(format)
            .unwrap()
            .read(text, today)
            .unwrap_or_else(|| panic!("{text} as {format}"));
        assert_eq!(
            DateFormat::parse(as_format).unwrap().write(date),
            written,
            "{text} as {format} as {as_format}"
        );
    }

    #[test]
    fn what_has_the_form_is_read_and_written_in_the_other() {
        check("20150123105347.1Z", "yyyyMMddHHmmss.fZ", "2015-01-23", "yyyy-MM-dd");
        check(
            "12/31/2025 12:00:00 AM",
            "M/d/yyyy hh:mm:ss tt",
            "2025-12-31T00:00:00",
            "yyyy-MM-dd'T'HH:mm:ss",
        );
        check(
            "7/2/2021 3:33:38 PM",
            "M/d/yyyy h:mm:ss tt",
            "Fri 02 Jul 21 15h33",
            "ddd dd MMM yy HH\\hmm",
        );
        check(
            "2015-01-23",
            "yyyy-MM-dd",
            "January 23, 2015 is a Friday",
            "MMMM d, yyyy 'is a' dddd",
        );
        check(
            "2021-08-24T01:02:03.5+05:30",
            "yyyy-MM-ddTHH:mm:ss.FFFzzz",
            "2021-08-23T19:32:03.5000000Z",
            "o",
        );
        check(
            "2021-08-24T01:02:03",
            "yyyy-MM-ddTHH:mm:ss.FFFK",
            "2021-08-24T01:02:03",
            "yyyy-MM-ddTHH:mm:ss.FF",
        );
        check("99 3 7", "yy M d", "1999/03/07 A.D.", "yyyy/MM/dd gg");
        check(" 10:20 ", "H:mm", "07/30/2025 10:20", "g");
        check("05/2020", "MM/yyyy", "Fri, 01 May 2020 00:00:00 GMT", "r");
        check("3p", "ht", "03P +00 15", "hht zz %H");
    }

    #[test]
    fn what_has_another_form_is_refused() {
        let today = Date::parse("2025-07-30").unwrap();
        for (text, format) in [
            ("23.01.2015", "yyyy-MM-dd"),
            ("2015-1-23", "yyyy-MM-dd"),
            ("2015-01-23 ", "yyyy-MM-dd "),
            ("2015-02-30", "yyyy-MM-dd"),
            ("13 PM", "hh tt"),
            ("Mon 2021-07-02", "ddd yyyy-MM-dd"),
            ("", "yyyy"),
            ("2015é", "yyyy'e'"),
            ("25:00", "HH:mm"),
            ("99:00", "HH:mm"),
        ] {
            assert_eq!(
                DateFormat::parse(format).unwrap().read(text, today),
                None,
                "{text} as {format}"
            );
        }
        for bad in ["", "x", "'never", "yyyy\\", "yyyyyy", "ffffffff", "zzzz"] {
            assert!(DateFormat::parse(bad).is_err(), "{bad}");
        }
    }
}
