//! Dates: CDate, DateAdd, DateDiff, DateFromNum, FormatDateTime, Now, NumFromDate.

use std::borrow::Cow;

use crate::entra::expression::date::{Date, Interval};
use crate::entra::expression::date_format::DateFormat;
use crate::entra::expression::evaluate::{Arguments, EvalExit, EvalResult};
use crate::entra::expression::function::{
    CheckContext, Function, Sample, given, optional, plain, required,
};
use crate::entra::expression::tree::FunctionCall;
use crate::entra::expression::value::{Value, quoted};

pub(super) static C_DATE: Function = Function::new(
    "CDate",
    &[required("expression")],
    "A text as a date, in UTC: `2020-03-16`, `2020-03-16-07:00`, an ISO date-time with or without an offset, or \
     `3/16/2020 7:00:00 AM`.\nWithout a zone it is UTC. Anything else, no value too, is an error.",
    &[
        given(
            "CDate([StatusHireDate])",
            &[("StatusHireDate", Sample::Text("2020-03-16-07:00"))],
            Sample::Text("3/16/2020 7:00:00 AM"),
        ),
        plain(r#"CDate("2021-06-30+08:00")"#, "6/29/2021 4:00:00 PM"),
        given("CDate([StatusHireDate])", &[], Sample::Fails),
    ],
    c_date,
);

fn c_date<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    Ok(Value::Date(given.date(0)?))
}

pub(super) static DATE_ADD: Function = Function::new(
    "DateAdd",
    &[required("interval"), required("value"), required("dateTime")],
    "A date moved by a number of years (`yyyy`), months (`m`), weeks (`ww`), days (`d`), hours (`h`), minutes (`n`) \
     or seconds (`s`), back when it is negative.\nMonths and years keep to the end of the month.",
    &[
        plain(r#"DateAdd("d", 7, CDate("2012-03-16-07:00"))"#, "3/23/2012 7:00:00 AM"),
        plain(r#"DateAdd("m", 1, CDate("2024-01-31"))"#, "2/29/2024 12:00:00 AM"),
        given(r#"DateAdd("fortnight", 1, Now())"#, &[], Sample::Fails),
    ],
    date_add,
)
.checked(known_interval);

fn date_add<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let interval = interval(given)?;
    let number = given.whole(1)?;
    let date = given.date(2)?;
    let moved = date.add(interval, number);
    moved.map(Value::Date).ok_or_else(|| given.fail("the result lies outside the years 1 to 9999"))
}

pub(super) static DATE_DIFF: Function = Function::new(
    "DateDiff",
    &[required("interval"), required("date1"), required("date2")],
    "How many intervals lie from the first date to the second, negative when it is earlier.\nDays, hours, minutes \
     and seconds are elapsed ones, cut toward 0. Years and months are those of the calendar, and `ww` counts \
     calendar weeks: how often a Sunday begins.",
    &[
        plain(r#"DateDiff("d", CDate("2021-08-18+08:00"), CDate("2021-08-31+08:00"))"#, "13"),
        plain(r#"DateDiff("ww", CDate("2021-08-28"), CDate("2021-08-29"))"#, "1"),
        plain(r#"DateDiff("m", CDate("8/25/2021 5:41:18 PM"), CDate("2012-03-16-07:00"))"#, "-113"),
    ],
    date_diff,
)
.checked(known_interval);

fn date_diff<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let interval = interval(given)?;
    let from = given.date(1)?;
    let to = given.date(2)?;
    Ok(Value::Number(from.until(to, interval)))
}

fn interval(given: &mut Arguments<'_, '_>) -> Result<Interval, EvalExit> {
    let word = given.text(0)?.unwrap_or_default();
    Interval::parse(&word).ok_or_else(|| given.fail_at(0, no_interval(&word)))
}

fn no_interval(word: &str) -> String {
    let known = Interval::WORDS.map(|(word, _)| format!("`{word}`")).join(", ");
    format!("{} is not an interval; they are {known}", quoted(word))
}

fn known_interval(call: &mut FunctionCall, context: &mut CheckContext<'_>) {
    let Some(term) = call.argument(0) else { return };
    if let Some(word) = term.constant().filter(|word| Interval::parse(word).is_none()) {
        context.problems.error(term.span, no_interval(word));
    }
}

pub(super) static DATE_FROM_NUM: Function = Function::new(
    "DateFromNum",
    &[required("value")],
    "The date of a Windows FILETIME: 100-nanosecond ticks since 1601-01-01.",
    &[plain("DateFromNum(129699324000000000)", "1/1/2012 11:00:00 PM")],
    date_from_num,
);

fn date_from_num<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let ticks = given.whole(0)?;
    let date = Date::from_file_time(ticks);
    date.map(Value::Date).ok_or_else(|| given.fail_at(0, "this lies outside the years 1 to 9999"))
}

pub(super) static NUM_FROM_DATE: Function = Function::new(
    "NumFromDate",
    &[required("value")],
    "The Windows FILETIME of a date; a space may stand for the T.",
    &[
        plain(r#"NumFromDate("2012-01-01T23:00:00Z")"#, "129699324000000000"),
        plain(r#"NumFromDate("2025-08-15 23:59:59-08:00")"#, "133998047990000000"),
    ],
    num_from_date,
);

fn num_from_date<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    Ok(Value::Number(given.date(0)?.file_time()))
}

pub(super) static NOW: Function = Function::new(
    "Now",
    &[],
    "The current date and time, in UTC and in virtual time.",
    &[
        plain("Now()", "7/2/2021 3:33:38 PM"),
        plain(r#"DateAdd("h", 9, Now())"#, "7/3/2021 12:33:38 AM"),
    ],
    now,
);

fn now<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    Ok(Value::Date(given.now()))
}

pub(super) static FORMAT_DATE_TIME: Function = Function::new(
    "FormatDateTime",
    &[required("source"), optional("dateTimeStyles"), optional("inputFormat"), required("outputFormat")],
    "A text that has exactly the first form, in the second.\nForms are .NET's custom format strings (`yyyy-MM-dd`, \
     `M/d/yyyy h:mm:ss tt`) in the invariant culture; a literal stands in single quotation marks. The styles may be \
     left empty, and with their comma (three arguments in all). A date has the form `M/d/yyyy h:mm:ss tt`. Blanks \
     around the text do not count; any other difference is an error.",
    &[
        given(
            r#"FormatDateTime([extensionAttribute1], , "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")"#,
            &[("extensionAttribute1", Sample::Text("20150123105347.1Z"))],
            Sample::Text("2015-01-23"),
        ),
        plain(r#"FormatDateTime(Now(), , "M/d/yyyy h:mm:ss tt", "yyyy-MM-dd'T'HH:mm:ss")"#, "2021-07-02T15:33:38"),
        plain(r#"FormatDateTime("2015-01-23", "yyyy-MM-dd", "MMM d, yyyy")"#, "Jan 23, 2015"),
        given(r#"FormatDateTime("23.01.2015", , "yyyy-MM-dd", "yyyyMMdd")"#, &[], Sample::Fails),
    ],
    format_date_time,
)
.at_least(FEWEST)
.checked(known_formats);

/// The fewest arguments of FormatDateTime, without the styles.
const FEWEST: usize = 3;

/// The positions of the two formats; with three arguments the styles are missing.
fn formats(count: usize) -> (usize, usize) {
    if count == FEWEST { (1, 2) } else { (2, 3) }
}

fn format_date_time<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let (input, output) = formats(given.count());
    let text = given.text(0)?.filter(|text| !text.is_empty());
    let Some(text) = text else {
        return Err(given.fail_at(0, "a date is needed here, but there is no value"));
    };
    let read = format(given, input)?;
    let write = format(given, output)?;
    match read.read(&text, given.now()) {
        Some(date) => Ok(Value::Text(Cow::Owned(write.write(date)))),
        None => Err(given.fail_at(0, "the text does not have the form of the input format")),
    }
}

fn format(given: &mut Arguments<'_, '_>, at: usize) -> Result<DateFormat, EvalExit> {
    let format = given.text(at)?.unwrap_or_default();
    given.spend(format.len() * 32)?;
    DateFormat::parse(&format).map_err(|why| given.fail_at(at, why))
}

/// The styles of .NET. They change nothing here, because every time is UTC and the default allows
/// the rest.
const STYLES: [&str; 10] = [
    "None",
    "AllowLeadingWhite",
    "AllowTrailingWhite",
    "AllowInnerWhite",
    "AllowWhiteSpaces",
    "NoCurrentDateDefault",
    "AdjustToUniversal",
    "AssumeLocal",
    "AssumeUniversal",
    "RoundtripKind",
];

fn known_formats(call: &mut FunctionCall, context: &mut CheckContext<'_>) {
    let problems = &mut *context.problems;
    let (input, output) = formats(call.arguments.len());
    for at in [input, output] {
        let Some(term) = call.argument(at) else {
            problems
                .error(call.name_span, "FormatDateTime needs an input format and an output format");
            return;
        };
        if let Some(Err(why)) = term.constant().map(DateFormat::parse) {
            problems.error(term.span, why);
        }
    }
    let styles = call.argument(1).filter(|_| input == 2);
    if let Some((term, text)) = styles.and_then(|term| Some((term, term.constant()?))) {
        let mut words = text.split([',', ' ', '|']).filter(|word| !word.is_empty());
        if let Some(word) = words.find(|word| !STYLES.contains(word)) {
            let help = crate::base::diagnostic::did_you_mean(word, STYLES);
            problems
                .error(term.span, format!("{} is not a date-time style", quoted(word)))
                .help(help);
        }
    }
}
