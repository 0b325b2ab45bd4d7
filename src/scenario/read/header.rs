//! The head of a scenario: title, covers, seed, start, ends.

use std::time::Duration;

use crate::base::{Kind, Node, ProblemKind, Problems, Seed, Span, Time};
use crate::scenario::messages::SourcePlace;
use crate::scenario::{Source, bugs, format, matrix, outlines};

/// The values above the first table header.
pub struct Header {
    /// The title, in one line.
    pub title: String,
    /// Stories and bugs it covers.
    pub covers: Vec<String>,
    /// The seed of all chance; 7 by default.
    pub seed: Seed,
    /// When virtual time starts; a Monday morning by default.
    pub start: Time,
    /// When the run ends.
    pub ends: Time,
    /// The place of `ends`.
    pub ends_span: Span,
    /// Whether the command line has set the end: then a thing that lies beyond it is not wrong with
    /// the file.
    pub is_cut: bool,
}

/// 2026-03-02T08:00:00Z, a Monday.
const START: Time = Time::from_secs(1_772_438_400);

/// The longest time between the start and any other instant: a hundred years.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// Reads the head.
pub fn read(source: &Source, root: &Node, problems: &mut Problems) -> Header {
    let text = |key: &str, problems: &mut Problems| {
        root.get(key).and_then(|n| n.as_text(problems).map(str::to_owned))
    };
    let title = text("title", problems).unwrap_or_default();
    if root.get("title").is_none() {
        problems
            .error(Span::default(), "a scenario needs a title")
            .kind(ProblemKind::MissingKey("title"))
            .help("title = \"What is told, in one line\"");
    }
    let covers = root.get("covers").map(|node| covers(node, problems)).unwrap_or_default();
    let seed = root.get("seed").and_then(|node| node.as_count(problems)).map_or(Seed(7), Seed);
    let start = root.get("start").and_then(|node| start(node, problems)).unwrap_or(START);
    if let (Some(node), "") = (root.get("title"), title.trim())
        && matches!(node.kind, Kind::Text(_))
    {
        node.refused::<()>("a title", "an empty text", problems);
    }
    let ends = root.get("ends").and_then(|node| match instant(node, start, problems)? {
        end if end == start => node.refused("an end after the start", "the start", problems),
        end => Some(end),
    });
    if root.get("ends").is_none() {
        problems
            .error(Span::default(), "a scenario needs an end")
            .kind(ProblemKind::MissingKey("ends"))
            .help("ends = \"45d\"");
    }
    // An invalid end has been reported; without a span no warning about the end follows.
    let ends_span = ends.and(root.get("ends")).map(|node| node.span).unwrap_or_default();
    let is_cut = matches!(source.place(Some(ends_span)), SourcePlace::CommandLine(_));
    Header { title, covers, seed, start, ends: ends.unwrap_or(start), ends_span, is_cut }
}

/// What the library shows of a scenario.
pub struct Head {
    /// The title, in one line.
    pub title: String,
    /// Stories and bugs it covers.
    pub covers: Vec<String>,
    /// How many cells its matrix has; 1 without a matrix.
    pub cells: usize,
}

/// The head of a file, even if other parts of it are invalid.
pub fn head(text: &str) -> Head {
    let source = Source::new("", text, &[]);
    let mut problems = Problems::default();
    match format::parse(text, 0, &mut problems) {
        Some(root) => {
            let Header { title, covers, .. } = read(&source, &root, &mut problems);
            let written = root.get("matrix");
            let empty = Node::bare(Kind::Table(Vec::new()));
            let matrix = written.and_then(|it| matrix::read(&source, it, &empty, &mut problems));
            Head { title, covers, cells: matrix.map_or(1, |matrix| matrix.count()) }
        }
        None => Head { title: String::new(), covers: Vec::new(), cells: 1 },
    }
}

/// Reads an instant: a duration since the start, or a date-time that is not before it.
pub fn instant(node: &Node, start: Time, problems: &mut Problems) -> Option<Time> {
    let instant = node.as_instant(problems)?.instant(start);
    if instant == Time::UNREADABLE {
        return None;
    }
    let begins = start.rfc3339();
    if instant < start {
        problems
            .error(node.span, "this is before the story begins")
            .label(format!("it begins at {begins}"))
            .help(format!("write a later date-time, or at the top start = {}", instant.rfc3339()));
        return None;
    }
    if instant.since(start) > LONGEST {
        problems
            .error(node.span, "this is more than a hundred years after the start")
            .label(format!("the story begins at {begins}"));
        return None;
    }
    Some(instant)
}

fn start(node: &Node, problems: &mut Problems) -> Option<Time> {
    let Kind::Time(time) = node.kind else {
        let what = "a date-time such as 2026-03-02T08:00:00Z";
        let help = match node.without_quotes() {
            help if help.is_empty() => {
                "a date-time stands without quotes: start = 2026-03-02T08:00:00Z".to_owned()
            }
            help => help,
        };
        return node.expected_like(what, &help, problems);
    };
    if time == Time::UNREADABLE {
        return None;
    }
    let year = time.timestamp().to_string().get(..4).and_then(|year| year.parse::<u32>().ok());
    if !year.is_some_and(|year| (1970..=2200).contains(&year)) {
        problems.error(node.span, "the start lies between the years 1970 and 2200");
        return None;
    }
    Some(time)
}

fn covers(node: &Node, problems: &mut Problems) -> Vec<String> {
    let Kind::List(items) = &node.kind else {
        return node
            .expected("a list of stories and bugs such as [\"S18\", \"B65\"]", problems)
            .unwrap_or_default();
    };
    let mut covers = Vec::new();
    for item in items {
        let Some(text) = item.as_text(problems) else { continue };
        let digits = text.strip_prefix(['S', 'B']);
        // Bugs have passed B99, and are written as docs/sources.md has them.
        if digits.is_some_and(|digits| {
            matches!(digits.len(), 2 | 3) && digits.bytes().all(|b| b.is_ascii_digit())
        }) {
            unknown_number(text, item.span, problems);
            covers.push(text.to_owned());
        } else {
            problems
                .error(item.span, format!("`{text}` is neither a story nor a bug"))
                .help("stories are written like S01, bugs like B01 or B108");
        }
    }
    covers
}

/// Warns of a story or a bug that the program does not know.
fn unknown_number(number: &str, span: Span, problems: &mut Problems) {
    let stories = || outlines::OUTLINES.iter().map(|story| story.number);
    let bugs = || bugs::BUGS.iter().map(|bug| bug.number);
    let (what, list, ends) = match number.starts_with('S') {
        true => ("story", "stories", (stories().next(), stories().next_back())),
        false => ("bug", "bugs", (bugs().next(), bugs().next_back())),
    };
    let (Some(first), Some(last)) = ends else { return };
    if !stories().chain(bugs()).any(|known| known == number) {
        problems
            .warning(span, format!("there is no {what} `{number}`"))
            .label(format!("they are {first} to {last}"))
            .help(format!("`scimulator list {list}` names them all"));
    }
}
