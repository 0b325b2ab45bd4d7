//! Reads the conditions of `log.where` and `requests.where`, which stand beside the comparison:
//! `{ user = "ann", status = "failure", is = 2 }`.

use super::Shape;
use super::compare::{KEYS, Test};
use super::log::{ACTIONS, STATUSES};
use super::tally::{Counted, RequestFilter, RowFilter, StatusFilter};
use crate::base::node::unknown_key;
use crate::base::{Kind, Node, Problems};

/// The conditions of rows.
pub const OF_ROWS: &[&str] = &["user", "group", "action", "status", "code"];
/// The conditions of requests.
pub const OF_REQUESTS: &[&str] = &["user", "method", "path", "status"];

/// The methods of SCIM requests.
pub const METHODS: &[&str] = &["GET", "POST", "PATCH", "PUT", "DELETE"];

/// Reads what is counted and how the count is compared.
pub fn read(node: &Node, path: &str, problems: &mut Problems) -> Option<(Counted, Test)> {
    let keys = if path == "log.where" { OF_ROWS } else { OF_REQUESTS };
    let Kind::Table(entries) = &node.kind else {
        let help = format!("such as {path} = {{ user = \"ann\", is = 2 }}");
        return node.expected_like("conditions and a comparison", &help, problems);
    };
    let before = problems.errors();
    let known: Vec<&str> = keys.iter().chain(KEYS).copied().collect();
    for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
        unknown_key(entry, &format!("`{path}`"), &known, problems);
    }
    let is_condition = |key: &str| keys.contains(&key);
    if !entries.iter().any(|entry| is_condition(&entry.key)) {
        problems
            .error(node.span, format!("`{path}` has no condition"))
            .help(format!("such as {path} = {{ user = \"ann\", is = 2 }}"));
    }
    if let (Some(_), Some(group)) = (node.get("user"), node.get("group")) {
        problems
            .error(group.span, "a row is about a user or a group, never about both")
            .help("leave one out, or make it two in a list");
    }
    let counted = match path {
        "log.where" => Counted::Rows(rows(node, problems)?),
        _ => Counted::Requests(requests(node, problems)?),
    };
    let compared = entries.iter().filter(|entry| KEYS.contains(&entry.key.as_str()));
    let compared = Node { span: node.span, kind: Kind::Table(compared.cloned().collect()) };
    if compared.entries().is_empty() && problems.errors() == before {
        let help = "add is = 2, or min and max, beside the conditions";
        problems.error(node.span, "how many are expected?").help(help);
    }
    (problems.errors() == before)
        .then(|| Test::read(&compared, Shape::Count, problems))?
        .map(|test| (counted, test))
}

fn rows(node: &Node, problems: &mut Problems) -> Option<RowFilter> {
    Some(RowFilter {
        user: text(node, "user", problems)?,
        group: text(node, "group", problems)?,
        action: word(node, "action", ACTIONS, problems)?,
        status: word(node, "status", STATUSES, problems)?,
        code: text(node, "code", problems)?,
    })
}

fn requests(node: &Node, problems: &mut Problems) -> Option<RequestFilter> {
    let status = match node.get("status") {
        Some(value) => Some(status(value, problems)?),
        None => None,
    };
    let method = word(node, "method", METHODS, problems)?;
    let path = text(node, "path", problems)?;
    if let (Some(value), Some(path)) = (node.get("path"), &path)
        && !path.starts_with(['/', '*'])
    {
        let what = "a path such as \"/Users/*\", where a * stands for any text";
        return value.refused(what, &format!("`{path}`"), problems);
    }
    Some(RequestFilter { user: text(node, "user", problems)?, method, path, status })
}

/// The text of a condition; the inner `None` where it is left out.
fn text(node: &Node, key: &str, problems: &mut Problems) -> Option<Option<String>> {
    match node.get(key) {
        Some(value) => value.as_text(problems).map(|text| Some(text.to_owned())),
        None => Some(None),
    }
}

/// The word of a condition; the inner `None` where it is left out.
fn word(
    node: &Node,
    key: &str,
    words: &[&'static str],
    problems: &mut Problems,
) -> Option<Option<String>> {
    let table: Vec<(&'static str, &'static str)> =
        words.iter().map(|word| (*word, *word)).collect();
    match node.get(key) {
        Some(value) => value.as_word(&table, problems).map(|word| Some(word.to_owned())),
        None => Some(None),
    }
}

/// A status such as `404`, or a class such as `"4xx"`.
fn status(node: &Node, problems: &mut Problems) -> Option<StatusFilter> {
    const CLASSES: [(&str, u16); 4] = [("2xx", 2), ("3xx", 3), ("4xx", 4), ("5xx", 5)];
    match &node.kind {
        Kind::Integer(status @ 100..=599) => u16::try_from(*status).ok().map(StatusFilter::Exactly),
        Kind::Text(text) => {
            let class = CLASSES.iter().find(|(name, _)| text.eq_ignore_ascii_case(name));
            match class {
                Some((_, class)) => Some(StatusFilter::Class(*class)),
                None => node.expected("a status such as 404, or a class such as \"4xx\"", problems),
            }
        }
        _ => node.expected("a status such as 404, or a class such as \"4xx\"", problems),
    }
}
