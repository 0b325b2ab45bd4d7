//! `--set path=value`: the command line takes precedence over the file, and a message about an
//! override points at the command line.

use crate::base::node::Entry;
use crate::base::{Kind, Node, Problems, Span};
use crate::scenario::matrix::CHOICE;
use crate::scenario::messages::Source;

use super::tree::parse_value;

/// The list of tables that have names.
const NAMED_LIST: &str = "fault";

/// Applies all overrides to the file's table.
///
/// A path walks tables by key and lists of tables by their `name`. Missing tables and entries are
/// created, so `fault.outage={ ... }` adds a fault of that name. A value is read as TOML, or as a
/// string if it is no TOML.
pub fn overlay(source: &Source, root: &mut Node, problems: &mut Problems) {
    for (nth, over) in source.overrides.iter().enumerate() {
        if over.path == CHOICE {
            continue;
        }
        let start = source.override_start(nth);
        let value_start = start + over.path.len() + 1;
        let whole = Span::new(start, value_start + over.value.len());
        let value = match parse_value(&over.value, value_start, problems) {
            Ok(value) => value,
            Err(_) => Node {
                span: Span::new(value_start, whole.end),
                kind: Kind::Text(over.value.clone()),
            },
        };
        match segments(&over.path, start) {
            Some(path) => put(root, &path, value, problems),
            None => {
                problems.error(whole, "a dotted path of keys was expected left of the equals sign");
            }
        }
    }
}

/// The keys of a dotted path, each with its place; quotes around a key are removed.
fn segments(path: &str, start: usize) -> Option<Vec<(String, Span)>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at <= path.len() {
        let rest = &path[at..];
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (key, length) = match quote {
            Some(quote) => {
                let inner = &rest[1..];
                let end = inner.find(quote)?;
                (&inner[..end], end + 2)
            }
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                (&rest[..end], end)
            }
        };
        let key = key.trim();
        if key.is_empty() {
            return None;
        }
        found.push((key.to_owned(), Span::new(start + at, start + at + length)));
        at += length;
        match path[at..].chars().next() {
            None => return Some(found),
            Some('.') => at += 1,
            Some(_) => return None,
        }
    }
    None
}

/// The key whose text is short for a table with that text as its `value`.
const SHORT_FOR_A_TABLE: &str = "token";

/// Makes a text the table that it is short for, so that other keys can stand beside it.
fn spell_out(node: &mut Node) {
    if let Kind::Text(_) = node.kind {
        let span = node.span;
        let value = std::mem::replace(node, Node { span, kind: Kind::Table(Vec::new()) });
        node.kind = Kind::Table(vec![Entry { key: "value".to_owned(), key_span: span, value }]);
    }
}

/// Puts a value at a path, as an override does.
pub fn put(node: &mut Node, path: &[(String, Span)], value: Node, problems: &mut Problems) {
    put_below("", node, path, value, problems);
}

/// [`put`] below what stands at a path.
fn put_below(
    above: &str,
    node: &mut Node,
    path: &[(String, Span)],
    value: Node,
    problems: &mut Problems,
) {
    let Some(((key, span), rest)) = path.split_first() else {
        *node = value;
        return;
    };
    let kind_name = node.kind_name();
    let here = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
    match &mut node.kind {
        Kind::Table(entries) => {
            let below = child(entries, key, *span);
            if key == SHORT_FOR_A_TABLE && !rest.is_empty() {
                spell_out(below);
            }
            put_below(&here, below, rest, value, problems);
        }
        Kind::List(items) if above != NAMED_LIST => match of_name(items, key) {
            Some(item) => put_below(&here, item, rest, value, problems),
            None => {
                problems
                    .error(*span, format!("nothing in the list `{above}` is called `{key}`"))
                    .help(format!(
                        "of the lists in a file only faults have names: --set fault.outage.until=3h; \
                         change `{above}` in the file, or set the whole list: --set '{above}=[{{ ... }}]'"
                    ));
            }
        },
        Kind::List(items) => match of_name(items, key) {
            Some(item) => put_below(&here, item, rest, value, problems),
            None if rest.is_empty() => items.push(named(value, key, *span)),
            None => {
                problems
                    .error(*span, format!("no fault is called `{key}`"))
                    .help(format!("--set 'fault.{key}={{ respond = 503 }}' adds it"));
            }
        },
        _ => {
            problems.error(
                *span,
                format!("`{key}` cannot be set: what stands before it is {kind_name}"),
            );
        }
    }
}

/// Returns the value of a key. A missing value is created as an empty table, and a missing `fault`
/// as an empty list.
fn child<'a>(entries: &'a mut Vec<Entry>, key: &str, span: Span) -> &'a mut Node {
    let at = match entries.iter().position(|entry| entry.key == key) {
        Some(at) => at,
        None => {
            let kind =
                if key == NAMED_LIST { Kind::List(Vec::new()) } else { Kind::Table(Vec::new()) };
            entries.push(Entry { key: key.to_owned(), key_span: span, value: Node { span, kind } });
            entries.len() - 1
        }
    };
    entries[at].key_span = span;
    &mut entries[at].value
}

/// The table of a list that has this name.
fn of_name<'n>(items: &'n mut [Node], name: &str) -> Option<&'n mut Node> {
    let is_named = |item: &Node| matches!(item.get("name"), Some(Node { kind: Kind::Text(text), .. }) if text == name);
    items.iter_mut().find(|item| is_named(item))
}

fn named(mut value: Node, name: &str, span: Span) -> Node {
    if let Kind::Table(entries) = &mut value.kind
        && !entries.iter().any(|entry| entry.key == "name")
    {
        let text = Node { span, kind: Kind::Text(name.to_owned()) };
        entries.insert(0, Entry { key: "name".to_owned(), key_span: span, value: text });
    }
    value
}
