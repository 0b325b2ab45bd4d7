//! Where two runs part: the first record that differs, with those before it.

use std::collections::VecDeque;

use super::line::{LineKind, RunHead, RunLine};
use super::write::answer_words;
use crate::base::Time;
use crate::scenario::report::day_and_second;

/// How many records are shown before the difference, and after it on each side.
pub const CONTEXT: usize = 3;

/// The first difference of two runs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Difference {
    /// The records before it, which both have.
    pub before: Vec<String>,
    /// What the first has there: the record and those after it; empty when it has ended.
    pub left: Vec<String>,
    /// What the second has there.
    pub right: Vec<String>,
    /// What differs, in a sentence.
    pub says: String,
}

/// What differs between the heads of two runs, a line each: the file, the cell, the seed, the
/// dates, the program, and the command with its settings.
pub fn heads(left: &RunHead, right: &RunHead) -> Vec<String> {
    let cell = |head: &RunHead| head.cell.clone().unwrap_or_else(|| "none".to_owned());
    let of = |head: &RunHead| {
        [
            ("scenario", head.scenario.clone()),
            ("file", head.file.clone()),
            ("cell", cell(head)),
            ("seed", head.seed.to_string()),
            ("start", head.start.clone()),
            ("end", head.ends.clone()),
            ("program", head.program.clone()),
        ]
    };
    let pairs = of(left).into_iter().zip(of(right)).filter(|(one, other)| one != other);
    let line = |word: &str, one: &str, other: &str| format!("{word}: {one} / {other}");
    let mut lines: Vec<String> =
        pairs.map(|((word, one), (_, other))| line(word, &one, &other)).collect();
    // It has the settings too.
    if left.replay != right.replay {
        lines.push(line("command", &left.replay, &right.replay));
    }
    lines
}

/// Compares the records of two runs, each given as a function that returns the next one.
///
/// # Errors
/// The error of the one that cannot be read.
pub fn diff<E>(
    start: [Time; 2],
    mut left: impl FnMut() -> Result<Option<RunLine<'static>>, E>,
    mut right: impl FnMut() -> Result<Option<RunLine<'static>>, E>,
) -> Result<Option<Difference>, E> {
    let mut before = VecDeque::new();
    loop {
        let (one, other) = (left()?, right()?);
        match (&one, &other) {
            (None, None) => return Ok(None),
            (Some(line), Some(another)) if is_same(line, another, start) => {
                if before.len() == CONTEXT {
                    before.pop_front();
                }
                before.push_back(words(line, start[0]));
            }
            _ => {
                return Ok(Some(Difference {
                    says: sentence(one.as_ref(), other.as_ref(), start),
                    before: before.into(),
                    left: rest(one, start[0], &mut left)?,
                    right: rest(other, start[1], &mut right)?,
                }));
            }
        }
    }
}

fn is_same(line: &RunLine<'_>, other: &RunLine<'_>, start: [Time; 2]) -> bool {
    // Two runs that begin at different dates are the same if all else is.
    match start[0] == start[1] {
        true => line == other,
        false => line == &RunLine { at: line.at.clone(), ..other.clone() },
    }
}

fn rest<E>(
    first: Option<RunLine<'static>>,
    start: Time,
    next: &mut impl FnMut() -> Result<Option<RunLine<'static>>, E>,
) -> Result<Vec<String>, E> {
    let Some(first) = first else { return Ok(Vec::new()) };
    let mut lines = vec![words(&first, start)];
    lines.extend(details(&first));
    for _ in 0..CONTEXT {
        let Some(line) = next()? else { break };
        lines.push(words(&line, start));
    }
    Ok(lines)
}

/// What differs between two records that stand at the same place; `None` where a run has ended.
fn sentence(one: Option<&RunLine<'_>>, other: Option<&RunLine<'_>>, start: [Time; 2]) -> String {
    let instant = |line: &RunLine<'_>, start| {
        day_and_second(start, start + std::time::Duration::from_micros(line.us))
    };
    let (one, other) = match (one, other) {
        (Some(one), Some(other)) => (one, other),
        (Some(line), None) => {
            return format!(
                "the second run has ended; the first goes on {}",
                instant(line, start[0])
            );
        }
        (None, Some(line)) => {
            return format!(
                "the first run has ended; the second goes on {}",
                instant(line, start[1])
            );
        }
        (None, None) => return String::new(),
    };
    let at = instant(one, start[0]);
    if one.kind == other.kind && what(one) == what(other) {
        let part = match () {
            () if one.us != other.us => "the instant",
            () if one.body != other.body => "the body",
            () if one.headers != other.headers => "the headers",
            () if one.cause != other.cause => "the cause",
            () => "a detail that this line does not show",
        };
        return format!("from {at} on {part} of one {} differs", one.kind.word());
    }
    let both = match one.kind == other.kind {
        true => format!("`{}` in the first, `{}` in the second", what(one), what(other)),
        false => format!(
            "{} `{}` in the first, {} `{}` in the second",
            one.kind.word(),
            what(one),
            other.kind.word(),
            what(other)
        ),
    };
    format!("they part {at}: {both}")
}

/// A record in a line.
pub fn words(line: &RunLine<'_>, start: Time) -> String {
    let at = day_and_second(start, start + std::time::Duration::from_micros(line.us));
    let of = line.of.as_deref().map(|of| format!("[{of}] ")).unwrap_or_default();
    format!("#{:<6} {at}  {:<8} {of}{}", line.seq, line.kind.word(), what(line))
}

fn what(line: &RunLine<'_>) -> String {
    match line.kind {
        LineKind::Request => {
            let user = line.user.as_deref().map(|user| format!("  ({user})")).unwrap_or_default();
            let (method, target) = (line.method.as_deref(), line.target.as_deref());
            format!("{} {}{user}", method.unwrap_or_default(), target.unwrap_or_default())
        }
        LineKind::Answer => {
            let words = answer_words(line.status, line.lost.as_deref(), line.after_us);
            let idle = if line.idle { ", and nothing changed" } else { "" };
            format!("{words}{idle} to #{}", line.to.unwrap_or_default())
        }
        _ => line.says.as_deref().unwrap_or_default().to_owned(),
    }
}

/// What a record that differs holds beside its line: the body.
fn details(line: &RunLine<'_>) -> Vec<String> {
    line.body.iter().map(|body| format!("        {body}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(says: &[&str]) -> Vec<RunLine<'static>> {
        let line = |(nth, says): (usize, &&str)| RunLine {
            seq: nth as u64 + 1,
            says: Some(says.to_string().into()),
            ..RunLine::default()
        };
        says.iter().enumerate().map(line).collect()
    }

    fn between(left: &[&str], right: &[&str]) -> Option<Difference> {
        let (mut left, mut right) = (run(left).into_iter(), run(right).into_iter());
        let start = [Time::from_secs(0); 2];
        let found: Result<_, ()> = diff(start, || Ok(left.next()), || Ok(right.next()));
        found.expect("nothing fails here")
    }

    #[test]
    fn the_first_difference_has_three_records_before_it() {
        assert_eq!(between(&["a", "b"], &["a", "b"]), None);
        let found = between(&["a", "b", "c", "d", "x", "y"], &["a", "b", "c", "d", "z"]);
        let found = found.expect("a difference");
        assert_eq!((found.before.len(), found.left.len(), found.right.len()), (3, 2, 1));
        assert!(found.before[0].ends_with("b") && found.right[0].ends_with("z"), "{found:?}");
        assert!(found.says.ends_with("`x` in the first, `z` in the second"), "{found:?}");
    }

    #[test]
    fn one_run_may_end_before_the_other() {
        let found = between(&["a"], &["a", "b"]).expect("a difference");
        assert_eq!((found.left.len(), found.right.len()), (0, 1));
        assert!(found.says.starts_with("the first run has ended"), "{found:?}");
    }
}
