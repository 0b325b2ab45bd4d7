//! Reads the types of values that many settings share.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use super::row::Parse;
use crate::base::{Kind, Node, Problems};

impl Parse for String {
    fn parse(value: &Node, problems: &mut Problems) -> Option<String> {
        value.as_text(problems).map(str::to_owned)
    }
}

impl Parse for bool {
    fn parse(value: &Node, problems: &mut Problems) -> Option<bool> {
        value.as_bool(problems)
    }
}

impl Parse for Duration {
    fn parse(value: &Node, problems: &mut Problems) -> Option<Duration> {
        value.as_duration(problems)
    }
}

impl Parse for u64 {
    fn parse(value: &Node, problems: &mut Problems) -> Option<u64> {
        value.as_count(problems)
    }
}

impl Parse for usize {
    fn parse(value: &Node, problems: &mut Problems) -> Option<usize> {
        value.as_count(problems).map(|count| usize::try_from(count).unwrap_or(usize::MAX))
    }
}

impl Parse for NonZeroUsize {
    fn parse(value: &Node, problems: &mut Problems) -> Option<NonZeroUsize> {
        NonZeroUsize::new(usize::parse(value, problems)?).or_else(|| at_least_one(value, problems))
    }
}

impl Parse for NonZeroU32 {
    fn parse(value: &Node, problems: &mut Problems) -> Option<NonZeroU32> {
        let count = u32::try_from(u64::parse(value, problems)?).unwrap_or(u32::MAX);
        NonZeroU32::new(count).or_else(|| at_least_one(value, problems))
    }
}

fn at_least_one<T>(value: &Node, problems: &mut Problems) -> Option<T> {
    problems.error(value.span, "expected a whole number of at least 1").label("this is 0");
    None
}

/// `none` and `false` mean no value.
impl<T: Parse> Parse for Option<T> {
    fn parse(value: &Node, problems: &mut Problems) -> Option<Option<T>> {
        if is_none(value) { Some(None) } else { T::parse(value, problems).map(Some) }
    }
}

/// Whether a value means that there is none: `none` or `false`.
pub(super) fn is_none(value: &Node) -> bool {
    matches!(&value.kind, Kind::Bool(false))
        || matches!(&value.kind, Kind::Text(text) if text == "none")
}

/// Reads a word, which may be written as the number or the boolean that it looks like.
pub(super) fn word<T: Copy>(
    value: &Node,
    words: &[(&'static str, T)],
    problems: &mut Problems,
) -> Option<T> {
    as_written(value).as_word(words, problems)
}

/// The word of a value; every value has one.
pub(crate) fn word_of<T: Copy + PartialEq>(words: &[(&'static str, T)], value: T) -> &'static str {
    words.iter().find(|(_, known)| *known == value).map_or("", |(word, _)| word)
}

/// Turns a boolean or a whole number, such as `true` or `409`, into the same word as text.
pub(crate) fn as_written(value: &Node) -> Node {
    let word = match value.kind {
        Kind::Bool(on) => on.to_string(),
        Kind::Integer(number) => number.to_string(),
        _ => return value.clone(),
    };
    Node { span: value.span, kind: Kind::Text(word) }
}
