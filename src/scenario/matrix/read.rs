//! Reads `[matrix]`: each list below it is an axis, and `known_bad` names cells.

use std::collections::BTreeSet;

use crate::base::diagnostic::did_you_mean;
use crate::base::node::{Entry, unknown_key};
use crate::base::{Kind, Node, Problems, Span};
use crate::scenario::messages::SourcePlace;
use crate::scenario::read::{TOP, path_of};
use crate::scenario::{Source, bugs};

use super::{Axis, KnownBad, MOST, Matrix};

const KNOWN_BAD: &str = "known_bad";
const KEYS: &[&str] = &["when", "because"];
const EXAMPLE: &str = "such as entra.dialect = [\"classic\", \"compliant\"]";

/// The tables that a cell may not change: they say what is told, which is one for all cells.
const TOLD: [&str; 7] = ["title", "covers", "extends", "matrix", "at", "always", "finally"];

/// Reads a matrix; `root` is the rest of the file, with the overrides of the command line. An axis
/// that the command line sets has that value alone. It is `None` where there are no cells; one with
/// other mistakes has its cells, so that theirs are told beside them.
pub fn read(
    source: &Source,
    matrix: &Node,
    root: &Node,
    problems: &mut Problems,
) -> Option<Matrix> {
    let before = problems.errors();
    let entries = matrix.as_table(problems)?;
    let mut axes = Vec::new();
    for entry in entries.iter().filter(|entry| entry.key != KNOWN_BAD) {
        if !TOP.contains(&entry.key.as_str()) || TOLD.contains(&entry.key.as_str()) {
            let known: Vec<&str> = TOP.iter().copied().filter(|key| !TOLD.contains(key)).collect();
            let message = format!("a matrix cannot change `{}`", entry.key);
            let help = match path_of(&entry.key) {
                Some(path) => format!("did you mean `{path}`?"),
                None => did_you_mean(&entry.key, known),
            };
            problems.error(entry.key_span, message).help(help);
            continue;
        }
        collect(entry, &mut Vec::new(), &mut axes, problems);
    }
    if axes.is_empty() && problems.errors() == before {
        problems.error(matrix.span, "this matrix has no axis").help(EXAMPLE);
    }
    axes.iter_mut().for_each(|axis| settle(axis, source, root, problems));
    let mut matrix = Matrix { axes, known_bad: Vec::new() };
    if matrix.count() > MOST {
        let span = entries.first().map_or(Span::default(), |entry| entry.key_span);
        problems
            .error(span, format!("this matrix has more than {MOST} cells"))
            .label("each combination is a run")
            .help("take values or axes away");
        return None;
    }
    if let Some(Entry { value, .. }) = entries.iter().find(|entry| entry.key == KNOWN_BAD) {
        matrix.known_bad = known_bad(value, &matrix, source, problems);
    }
    let has_cells = !matrix.axes.is_empty() && matrix.count() > 0;
    has_cells.then_some(matrix)
}

/// Collects the axes at and below a key.
fn collect(
    entry: &Entry,
    above: &mut Vec<(String, Span)>,
    axes: &mut Vec<Axis>,
    problems: &mut Problems,
) {
    above.push((entry.key.clone(), entry.key_span));
    let mut add = |values: &[Node], problems: &mut Problems| {
        let keys: Vec<&str> = above.iter().map(|(key, _)| key.as_str()).collect();
        let axis = Axis { path: above.clone(), name: keys.join("."), values: values.to_vec() };
        twice(&axis, problems);
        axes.push(axis);
    };
    // What is no list of values is an axis all the same, without one: that no axis has its name
    // would be a second cause of one mistake.
    match &entry.value.kind {
        Kind::Table(inner) => inner.iter().for_each(|entry| collect(entry, above, axes, problems)),
        Kind::List(values) if !values.is_empty() => add(values, problems),
        Kind::List(_) => {
            entry.value.refused::<()>("the values of this axis", "an empty list", problems);
            add(&[], problems);
        }
        _ => {
            entry.value.expected_like::<()>("a list of values", EXAMPLE, problems);
            add(&[], problems);
        }
    }
    above.pop();
}

/// Reports a value that an axis has twice: two cells would be the same.
fn twice(axis: &Axis, problems: &mut Problems) {
    let mut seen = BTreeSet::new();
    for value in &axis.values {
        if !seen.insert(value.to_toml()) {
            problems
                .error(value.span, "this axis has the value twice")
                .label("two cells would be the same run")
                .help("keep one of the two");
        }
    }
}

/// Takes the value of the command line for an axis, and warns of one in the file, which no cell
/// ever has.
fn settle(axis: &mut Axis, source: &Source, root: &Node, problems: &mut Problems) {
    let mut node = Some(root);
    for (key, _) in &axis.path {
        node = node.and_then(|node| node.get(key));
    }
    let Some(node) = node else { return };
    match source.place(Some(node.span)) {
        SourcePlace::CommandLine(_) => axis.values = vec![node.clone()],
        _ => {
            problems
                .warning(node.span, format!("the matrix sets `{}` in every cell", axis.name))
                .label("this value is never used")
                .help("keep one of the two");
        }
    }
}

fn known_bad(
    node: &Node,
    matrix: &Matrix,
    source: &Source,
    problems: &mut Problems,
) -> Vec<KnownBad> {
    let mut found: Vec<KnownBad> = Vec::new();
    let Kind::List(items) = &node.kind else {
        return node
            .expected_like("a list of tables", "write [[matrix.known_bad]]", problems)
            .unwrap_or_default();
    };
    for item in items {
        let before = problems.errors();
        for entry in item.entries().iter().filter(|entry| !KEYS.contains(&entry.key.as_str())) {
            unknown_key(entry, "[[matrix.known_bad]]", KEYS, problems);
        }
        let because = match item.get("because").map(|because| because.as_text(problems)) {
            Some(because) => because,
            None => lacks(item, "why", "because = \"B27\", or a sentence", problems),
        };
        let mut when = Vec::new();
        match item.get("when") {
            Some(table) => {
                if table.as_table(problems).is_some() {
                    conditions(table, "", matrix, source, &mut when, problems);
                }
            }
            None => {
                let help = "when = { entra.dialect = \"classic\" }";
                lacks::<()>(item, "in which cells", help, problems);
            }
        }
        if let Some(because) = because {
            unknown_bug(because, item, problems);
        }
        let Some(because) = because.filter(|_| problems.errors() == before) else { continue };
        let known = KnownBad { when, because: because.to_owned() };
        if all_met_before(&known, &found, matrix) {
            problems
                .warning(item.span, "every cell that this names is known to be bad already")
                .help("leave it out");
        }
        found.push(known);
    }
    found
}

/// Warns of a bug's number that no bug has.
fn unknown_bug(because: &str, item: &Node, problems: &mut Problems) {
    let digits = because.strip_prefix(['B', 'b']).unwrap_or_default();
    let is_number = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
    if is_number && bugs::find(because).is_none() {
        let span = item.get("because").map_or(item.span, |it| it.span);
        problems
            .warning(span, format!("there is no bug `{because}`"))
            .help("`scimulator list bugs` names them all");
    }
}

/// Reports an entry that does not say all it must.
fn lacks<T>(item: &Node, what: &str, help: &str, problems: &mut Problems) -> Option<T> {
    problems
        .error(item.span, format!("this does not say {what} the run is known to be bad"))
        .help(help);
    None
}

/// Whether an entry names no cell that those above it leave.
fn all_met_before(known: &KnownBad, above: &[KnownBad], matrix: &Matrix) -> bool {
    let cells = (0..matrix.count()).map(|nth| matrix.cell(nth).values);
    let mut met = cells.filter(|values| known.is_met_by(values)).peekable();
    // An axis that the command line sets may leave none, which is not the file's mistake.
    met.peek().is_some() && met.all(|values| above.iter().any(|other| other.is_met_by(&values)))
}

/// Collects what `when` says, key by key.
fn conditions(
    table: &Node,
    above: &str,
    matrix: &Matrix,
    source: &Source,
    when: &mut Vec<(usize, String)>,
    problems: &mut Problems,
) {
    for entry in table.entries() {
        let name = match above {
            "" => entry.key.clone(),
            above => format!("{above}.{}", entry.key),
        };
        let at = matrix.axes.iter().position(|axis| axis.name == name);
        match (at, &entry.value.kind) {
            (Some(at), _) => {
                let value = entry.value.to_toml();
                let axis = &matrix.axes[at];
                let has = |one: &Node| one.to_toml() == value;
                let pinned = axis
                    .values
                    .iter()
                    .any(|one| matches!(source.place(Some(one.span)), SourcePlace::CommandLine(_)));
                if !pinned && !axis.values.is_empty() && !axis.values.iter().any(has) {
                    let values: Vec<String> = axis.values.iter().map(Node::to_toml).collect();
                    problems
                        .error(entry.value.span, format!("no cell has this value of `{name}`"))
                        .help(format!("its values are {}", values.join(", ")));
                }
                when.push((at, value));
            }
            (None, Kind::Table(_)) => {
                conditions(&entry.value, &name, matrix, source, when, problems)
            }
            (None, _) => {
                let axes: Vec<&str> = matrix.axes.iter().map(|axis| axis.name.as_str()).collect();
                problems
                    .error(entry.key_span, format!("`{name}` is no axis of this matrix"))
                    .help(did_you_mean(&name, axes));
            }
        }
    }
}
