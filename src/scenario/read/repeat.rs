//! `repeat`: a moment that comes again and again, as so many moments.

use std::time::Duration;

use crate::base::node::unknown_key;
use crate::base::{Kind, Node, Problems, Time};
use crate::scenario::script::{Step, When};

use super::header::{Header, instant};

const KEYS: &[&str] = &["every", "times", "until"];

/// How often a moment may come.
const MOST: u64 = 10_000;

/// The further times of a moment, without the first.
pub fn read(node: &Node, first: &Step, header: &Header, problems: &mut Problems) -> Vec<Step> {
    let before = problems.errors();
    let Kind::Table(entries) = &node.kind else {
        node.expected_like::<()>("a table", &meant(node), problems);
        return Vec::new();
    };
    for entry in entries {
        if !KEYS.contains(&entry.key.as_str()) {
            unknown_key(entry, "`repeat`", KEYS, problems);
        }
    }
    let every = node.get("every").and_then(|every| every.as_duration(problems));
    let times = node.get("times").and_then(|times| match times.as_count(problems)? {
        0 | 1 => times.refused("a number of times above 1", "too few", problems),
        times => Some(times),
    });
    let until = node.get("until").and_then(|until| instant(until, header.start, problems));
    let further = match first.when {
        When::At(time) => on_the_clock(time, (every, times, until), node, header, problems),
        When::AfterNextCycle => after_cycles(times, node, problems),
        _ => {
            problems
                .error(node.span, "this moment comes once")
                .help("a moment with a `time` can be repeated, and after = \"next cycle\"");
            return Vec::new();
        }
    };
    if problems.errors() > before {
        return Vec::new();
    }
    further.into_iter().map(|when| Step { when, ..first.clone() }).collect()
}

/// The table that an author meant who wrote a number or a duration in its place.
fn meant(node: &Node) -> String {
    match &node.kind {
        Kind::Integer(times) => {
            format!("repeat = {{ times = {times} }}, with `every` after a `time`")
        }
        Kind::Text(every) => format!("repeat = {{ every = \"{every}\" }}"),
        _ => "repeat = { every = \"1d\", times = 5 }".to_owned(),
    }
}

/// The instants after the first.
fn on_the_clock(
    first: Time,
    (every, times, until): (Option<Duration>, Option<u64>, Option<Time>),
    node: &Node,
    header: &Header,
    problems: &mut Problems,
) -> Vec<When> {
    let Some(every) = every else {
        // An `every` that is no duration has been reported.
        if node.get("every").is_none() {
            problems
                .error(node.span, "this does not say how long it is from one time to the next")
                .help("repeat = { every = \"1d\", times = 5 }");
        }
        return Vec::new();
    };
    if every.is_zero() {
        let written = node.get("every").unwrap_or(node);
        return written.refused("a duration above 0", "no time", problems).unwrap_or_default();
    }
    if let (Some(_), Some(until)) = (times, node.get("until")) {
        problems.error(until.span, "a moment is repeated so many `times` or `until`, not both");
        return Vec::new();
    }
    let last = until.unwrap_or(header.ends);
    let fits = last.since(first.min(last)).as_micros() / every.as_micros().max(1);
    let further = times.map_or(u64::try_from(fits).unwrap_or(u64::MAX), |times| times - 1);
    if further > MOST {
        problems
            .error(node.span, format!("this moment would come more than {MOST} times"))
            .help("let there be more time between two of them, or end it with `until`");
        return Vec::new();
    }
    (1..=further as u32).map(|nth| When::At(first + every * nth)).collect()
}

/// The cycles after the first.
fn after_cycles(times: Option<u64>, node: &Node, problems: &mut Problems) -> Vec<When> {
    if let Some(extra) = node.get("every").or(node.get("until")) {
        problems
            .error(extra.span, "cycles come when they come")
            .help("after = \"next cycle\" takes the number alone: repeat = { times = 3 }");
        return Vec::new();
    }
    match times {
        Some(times) if times <= MOST => vec![When::AfterNextCycle; times as usize - 1],
        Some(_) => {
            problems.error(node.span, format!("this moment would come more than {MOST} times"));
            Vec::new()
        }
        None => {
            if node.get("times").is_none() {
                problems
                    .error(node.span, "this does not say how often")
                    .help("repeat = { times = 3 }");
            }
            Vec::new()
        }
    }
}
