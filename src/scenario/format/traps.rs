//! Syntax errors, with messages of their own for mistakes that are common in TOML.

use super::{mistakes, unclosed};
use crate::base::{Problems, Span};

/// Reports a syntax error, with help where its cause is a known mistake.
pub fn explain(text: &str, error: &toml::de::Error, problems: &mut Problems) {
    let span = error.span().map_or(Span::new(0, text.len().min(1)), Span::from);
    let span = Span::new(span.start.min(text.len()), span.end.min(text.len()));
    match name_is_taken(text, span) {
        Some(Taken::ByTheSame) => duplicate(text, span, problems),
        Some(Taken::ByAValue) => below_a_value(text, span, problems),
        None if let Some(open) = unclosed::before(text, span) => {
            tell_unclosed(text, open, problems)
        }
        None => {
            let message = format!("this is not TOML: {}", error.message());
            let problem = problems.error(span, message);
            problem.label("the first place that cannot be read");
            let known = || mistakes::help(text, span, error.message());
            if let Some(help) = unquoted_duration(text, span).or_else(known) {
                problem.help(help);
            }
        }
    }
}

/// Reports a brace or a bracket that nothing closes, where it opens.
fn tell_unclosed(text: &str, open: Span, problems: &mut Problems) {
    let bracket = text.get(open.start..open.end).unwrap_or_default();
    let (closing, what) = match bracket {
        "{" => ("}", "an inline table"),
        _ => ("]", "a list"),
    };
    problems
        .error(open, format!("this is not TOML: nothing closes this `{bracket}`"))
        .label("it begins here")
        .help(format!("{what} ends with `{closing}`"));
}

/// Why a key is invalid at its place although another key would be valid there.
enum Taken {
    /// The same key has already been defined.
    ByTheSame,
    /// The key already has a value, and here it is used as a table: `key.name`.
    ByAValue,
}

/// Returns the reason if the parser stopped at this key only because of its name: with another
/// name the parser gets beyond this place.
fn name_is_taken(text: &str, span: Span) -> Option<Taken> {
    let (before, key, after) =
        (text.get(..span.start)?, text.get(span.start..span.end)?, text.get(span.end..)?);
    // What is no key, such as the `@` of `[user.ann@x]`, is not there twice.
    let bare = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    if key.is_empty()
        || key.contains('\n')
        || !(key.chars().all(bare) || key.starts_with(['"', '\'']))
    {
        return None;
    }
    let renamed = toml::de::DeTable::parse(&format!("{before}{UNUSED}{after}")).err();
    let stops_here = renamed.is_some_and(|error| {
        error.span().is_none_or(|there| there.start <= span.start + UNUSED.len())
    });
    match after.trim_start_matches([' ', '\t']).chars().next() {
        _ if stops_here => None,
        Some('.') => Some(Taken::ByAValue),
        _ => Some(Taken::ByTheSame),
    }
}

/// The name that replaces a key, to find out whether only its name is wrong.
const UNUSED: &str = "a-key-that-no-file-uses";

fn below_a_value(text: &str, span: Span, problems: &mut Problems) {
    let key = text.get(span.start..span.end).unwrap_or_default();
    problems
        .error(span, format!("`{key}` has a value already, so nothing can stand below it"))
        .label("a key is either a value or a table")
        .help(format!(
            "with several names below it, write each of them dotted: \
             {key}.first = ..., {key}.second = ..."
        ));
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
        (true, _) if is_name(line, &key) => format!(
            "the same one has one header: put these keys below the first; for another one write {}",
            line.trim().replace(&format!(".{key}]"), &format!(".{key}-2]"))
        ),
        (true, _) => "a table has one header; put these keys under the first one".to_owned(),
        (false, "do") => {
            "several actions are one list: do = [{ disable = \"ann\" }, \"restart\"]".to_owned()
        }
        (false, "time" | "after" | "say") => "every moment begins with its own [[at]]".to_owned(),
        (false, _) => "keep one of the two".to_owned(),
    });
}

/// Whether a header names a user, a group, an account, an application or a workspace.
fn is_name(header: &str, key: &str) -> bool {
    let before = header.trim().trim_start_matches('[').strip_suffix(&format!(".{key}]"));
    before.is_some_and(|it| {
        ["user", "group", "app", "workspace", "golinks.account"].contains(&it.trim())
    })
}

/// The number of the line with the first definition: the same header, or the same key in the same
/// table.
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

/// The text left of the equals sign, or a header without its brackets; blanks are removed.
fn left_side(line: &str) -> String {
    let line = line.split('#').next().unwrap_or_default();
    let left = match line.trim_start().starts_with('[') {
        true => line.trim().trim_matches(['[', ']']),
        false => line.split('=').next().unwrap_or_default(),
    };
    left.chars().filter(|c| !c.is_whitespace()).collect()
}

pub(super) fn line_at(text: &str, at: usize) -> &str {
    let start =
        text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default()
}

/// Returns help for the most common mistake, a duration without quotes: `time = 30d`.
fn unquoted_duration(text: &str, span: Span) -> Option<String> {
    let line = line_at(text, span.start);
    let value = line.split_once('=')?.1.split('#').next()?.trim();
    let first = value.chars().next()?;
    (first.is_ascii_digit() && crate::base::time::parse_duration(value).is_ok())
        .then(|| format!("a duration stands in quotes: \"{value}\""))
}
