//! Keys of the head of the file that a table header above them has taken into its table.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Diagnostic, Kind, Node, ProblemKind, Span};

use super::HEAD;

/// Says of keys that belong to the head of the file that they stand below a table header.
///
/// Only keys that the readers called unknown are looked at, since the same words may mean something
/// of their own in a table.
pub fn swallowed(root: &Node, problems: &mut Vec<Diagnostic>) {
    let unknown: BTreeSet<Span> = problems
        .iter()
        .filter(|problem| problem.kind == ProblemKind::UnknownKey)
        .filter_map(|problem| problem.span)
        .collect();
    let mut found = BTreeMap::new();
    for entry in root.entries() {
        collect_swallowed(&entry.key, &entry.value, &unknown, &mut found);
    }
    for problem in problems.iter_mut().filter(|problem| problem.kind == ProblemKind::UnknownKey) {
        let Some((key, table)) = problem.span.and_then(|span| found.get(&span)) else { continue };
        problem.message = format!("`{key}` stands in the table `{table}`");
        problem.label = "a table header swallows every key below it".to_owned();
        problem.help = format!("move `{key}` to the top of the file, above the first header");
    }
    // A key that stands in the wrong place is not missing as well.
    problems.retain(|problem| match problem.kind {
        ProblemKind::MissingKey(missing) => found.values().all(|(key, _)| *key != missing),
        _ => true,
    });
}

/// Finds the keys of the head of the file that stand in this value and are unknown there: by place,
/// each with the path of its table.
fn collect_swallowed<'a>(
    path: &str,
    node: &'a Node,
    unknown: &BTreeSet<Span>,
    found: &mut BTreeMap<Span, (&'a str, String)>,
) {
    match &node.kind {
        Kind::List(items) => {
            items.iter().for_each(|item| collect_swallowed(path, item, unknown, found));
        }
        Kind::Table(entries) => {
            for entry in entries {
                if HEAD.contains(&entry.key.as_str()) && unknown.contains(&entry.key_span) {
                    found.insert(entry.key_span, (entry.key.as_str(), path.to_owned()));
                }
                let deeper = format!("{path}.{}", entry.key);
                collect_swallowed(&deeper, &entry.value, unknown, found);
            }
        }
        _ => {}
    }
}
