//! Syntax errors in words that help: TOML's own traps get messages of their own.

use crate::base::node::Entry;
use crate::base::{Diagnostic, Kind, Node, Problems, Span};
use crate::scenario::read::HEAD;

/// Tells what a syntax error means here.
pub fn explain(text: &str, error: &toml::de::Error, problems: &mut Problems) {
    let span = error.span().map_or(Span::new(0, text.len().min(1)), Span::from);
    let span = Span::new(span.start.min(text.len()), span.end.min(text.len()));
    match error.message() {
        "duplicate key" => duplicate(text, span, problems),
        message if message.starts_with("cannot extend value") => {
            let key = text.get(span.start..span.end).unwrap_or_default();
            problems
                .error(span, format!("`{key}` has a value already, so nothing can stand below it"))
                .label("a key is either a value or a table")
                .help(format!(
                    "with several names below it, write each of them dotted: {key}.first = ..., {key}.second = ..."
                ));
        }
        message => {
            let problem = problems.error(span, format!("this is not TOML: {message}"));
            problem.label("the first place that cannot be read");
            if let Some(help) = unquoted_duration(text, span) {
                problem.help(help);
            }
        }
    }
}

fn duplicate(text: &str, span: Span, problems: &mut Problems) {
    let key = text.get(span.start..span.end).unwrap_or_default().to_owned();
    let line = line_at(text, span.start);
    let header = line.trim_start().starts_with('[');
    let first = first_line(text, span, header);
    let problem = problems.error(span, format!("`{key}` is defined twice"));
    problem.label(match first {
        Some(number) => format!("first defined on line {number}"),
        None => "it has been defined before".to_owned(),
    });
    problem.help(match (header, key.as_str()) {
        (true, "at" | "fault") => format!("one of several is written with two brackets: [[{key}]]"),
        (true, _) => "a table has one header; put these keys under the first one".to_owned(),
        (false, "do") => {
            "several actions are one list: do = [{ disable = \"ann\" }, \"restart\"]".to_owned()
        }
        (false, "time" | "after" | "say") => "every moment begins with its own [[at]]".to_owned(),
        (false, _) => "keep one of the two".to_owned(),
    });
}

/// The number of the line that defined the same thing first: same header, or same left side in the
/// same table.
fn first_line(text: &str, span: Span, header: bool) -> Option<usize> {
    let here = text.get(..span.start)?.matches('\n').count();
    let left = left_side(line_at(text, span.start));
    let lines: Vec<&str> = text.lines().collect();
    let earlier = lines.get(..here)?;
    let from = match header {
        true => 0,
        false => earlier.iter().rposition(|line| line.trim_start().starts_with('[')).unwrap_or(0),
    };
    let at = earlier[from..].iter().position(|line| {
        let other = left_side(line);
        other == left || (!header && other.starts_with(&format!("{left}.")))
    })?;
    Some(from + at + 1)
}

/// What stands left of the equals sign, or the header without its brackets, without blanks.
fn left_side(line: &str) -> String {
    let line = line.split('#').next().unwrap_or_default();
    let left = match line.trim_start().starts_with('[') {
        true => line.trim().trim_matches(['[', ']']),
        false => line.split('=').next().unwrap_or_default(),
    };
    left.chars().filter(|c| !c.is_whitespace()).collect()
}

fn line_at(text: &str, at: usize) -> &str {
    let start =
        text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default()
}

/// A duration without its quotes is the commonest slip: `time = 30d`.
fn unquoted_duration(text: &str, span: Span) -> Option<String> {
    let line = line_at(text, span.start);
    let value = line.split_once('=')?.1.split('#').next()?.trim();
    let first = value.chars().next()?;
    (first.is_ascii_digit() && crate::base::time::parse_duration(value).is_ok())
        .then(|| format!("a duration stands in quotes: \"{value}\""))
}

/// Says of keys that belong to the head of the file that a table header above them has swallowed
/// them.
///
/// It looks at what the readers called unknown, since the same words may mean something of their
/// own in a table.
pub fn swallowed(root: &Node, problems: &mut Vec<Diagnostic>) {
    let Kind::Table(entries) = &root.kind else { return };
    for entry in entries {
        look_inside(&entry.key, &entry.value, problems);
    }
    // What was swallowed is not missing as well.
    let swallowed = |key: &str| {
        problems.iter().any(|problem| problem.message.starts_with(&format!("`{key}` stands")))
    };
    let (title, ends) = (swallowed("title"), swallowed("ends"));
    problems.retain(|problem| {
        !(title && problem.message.ends_with("needs a title")
            || ends && problem.message.ends_with("needs an end"))
    });
}

fn look_inside(path: &str, node: &Node, problems: &mut [Diagnostic]) {
    match &node.kind {
        Kind::List(items) => items.iter().for_each(|item| look_inside(path, item, problems)),
        Kind::Table(entries) => {
            for entry in entries {
                look_inside(&format!("{path}.{}", entry.key), &entry.value, problems);
                if HEAD.contains(&entry.key.as_str()) {
                    tell_swallowed(path, entry, problems);
                }
            }
        }
        _ => {}
    }
}

fn tell_swallowed(path: &str, entry: &Entry, problems: &mut [Diagnostic]) {
    let here = |problem: &&mut Diagnostic| {
        problem.span == Some(entry.key_span) && problem.message.starts_with("unknown")
    };
    for problem in problems.iter_mut().filter(|problem| here(problem)) {
        problem.message = format!("`{}` stands in the table `{path}`", entry.key);
        problem.label = "a table header swallows every key below it".to_owned();
        problem.help =
            format!("move `{}` to the top of the file, above the first header", entry.key);
    }
}
