//! Converts the spanned tables of `toml` to nodes: keys in the order of the file, date-times as
//! instants, and an error for a number out of range.

use toml::Spanned;
use toml::de::{DeFloat, DeInteger, DeTable, DeValue};

use crate::base::node::Entry;
use crate::base::printable::is_hidden;
use crate::base::{Kind, Node, Problems, Span, Time};

/// Parses a whole document; its spans are moved by `offset`.
///
/// # Errors
/// The first syntax error.
pub fn parse(text: &str, offset: usize, problems: &mut Problems) -> Result<Node, toml::de::Error> {
    let table = DeTable::parse(text)?;
    Ok(Node { span: Span::default(), kind: entries(table.get_ref(), offset, problems) })
}

/// Parses one value, such as the right side of an equals sign; its spans are moved by `offset`.
///
/// # Errors
/// The first syntax error.
pub fn parse_value(
    text: &str,
    offset: usize,
    problems: &mut Problems,
) -> Result<Node, toml::de::Error> {
    let value = DeValue::parse(text)?;
    Ok(node(&value, offset, problems))
}

fn entries(table: &DeTable<'_>, offset: usize, problems: &mut Problems) -> Kind {
    let mut list: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: shown(key.get_ref(), shifted(key.span(), offset), problems),
            key_span: shifted(key.span(), offset),
            value: node(value, offset, problems),
        })
        .collect();
    list.sort_by_key(|entry| entry.key_span.start);
    Kind::Table(list)
}

fn node(value: &Spanned<DeValue<'_>>, offset: usize, problems: &mut Problems) -> Node {
    let span = shifted(value.span(), offset);
    let kind = match value.get_ref() {
        DeValue::String(text) => Kind::Text(shown(text, span, problems)),
        DeValue::Boolean(value) => Kind::Bool(*value),
        DeValue::Integer(value) => integer(value, span, problems),
        DeValue::Float(value) => float(value, span, problems),
        DeValue::Datetime(value) => instant(value, span, problems),
        DeValue::Array(items) => {
            Kind::List(items.iter().map(|item| node(item, offset, problems)).collect())
        }
        DeValue::Table(table) => entries(table, offset, problems),
    };
    Node { span, kind }
}

/// A text as it is; characters that change how the text around them is shown are errors. Terminal
/// and page show the texts of a scenario, and such a character could make them tell another story.
fn shown(text: &str, span: Span, problems: &mut Problems) -> String {
    if let Some(hidden) = text.chars().find(|&character| hides(character)) {
        problems
            .error(span, format!("this text holds the invisible character {:?}", hidden))
            .label("it changes how what stands around it is shown")
            .help("leave the character out");
    }
    text.to_owned()
}

/// Whether a character is hidden, but for tabs and line ends.
fn hides(character: char) -> bool {
    is_hidden(character) && !matches!(character, '\t' | '\n' | '\r')
}

fn integer(value: &DeInteger<'_>, span: Span, problems: &mut Problems) -> Kind {
    match i64::from_str_radix(value.as_str(), value.radix()) {
        Ok(number) => Kind::Integer(number),
        Err(_) => {
            problems
                .error(span, "this whole number is too large")
                .label("64 bits with a sign are the limit");
            Kind::Integer(0)
        }
    }
}

fn float(value: &DeFloat<'_>, span: Span, problems: &mut Problems) -> Kind {
    match value.as_str().parse::<f64>() {
        Ok(number) if number.is_finite() => Kind::Float(number),
        _ => {
            problems.error(span, "this is not a number one can count with");
            Kind::Float(0.0)
        }
    }
}

fn instant(value: &toml::value::Datetime, span: Span, problems: &mut Problems) -> Kind {
    let whole = value.date.is_some() && value.time.is_some() && value.offset.is_some();
    match Time::parse(&value.to_string()).filter(|_| whole) {
        Some(time) => Kind::Time(time),
        None => {
            problems
                .error(span, "this date-time does not name an instant")
                .label("a date, a time and an offset are needed")
                .help("write it like 2026-03-02T08:00:00Z");
            Kind::Time(Time::UNREADABLE)
        }
    }
}

fn shifted(span: std::ops::Range<usize>, offset: usize) -> Span {
    Span::new(span.start + offset, span.end + offset)
}
