//! Advice about a name that leads to nothing observable, where it is a user's own.

use crate::base::diagnostic::nearest;
use crate::base::node::Entry;
use crate::base::{Kind, Node};

/// The advice for the name of a user right below what has such names one level deeper, and for a
/// condition of requests below them.
pub(super) fn of_one(parent: &str, entry: &Entry, known: &[&str]) -> Option<String> {
    if parent == "requests" && ["status", "method", "path"].contains(&entry.key.as_str()) {
        let (key, value) = (&entry.key, entry.value.to_toml());
        return Some(format!("write requests.where = {{ {key} = {value}, min = 1 }}"));
    }
    if parent == "requests" && is_status(&entry.key) {
        let (key, value) = (&entry.key, entry.value.to_toml());
        let status = if key.ends_with("xx") { format!("\"{key}\"") } else { key.clone() };
        return Some(format!("write requests.where = {{ status = {status}, is = {value} }}"));
    }
    let is_word = ["user", "users", "accounts", "rows", "person"].contains(&entry.key.as_str());
    let is_typo = is_word || nearest(&entry.key, known.iter().copied()).is_some();
    let deeper = match (parent, &entry.value.kind) {
        ("log", Kind::Table(_)) => "log.last",
        ("golinks", Kind::Table(_)) => "golinks.account",
        _ => return None,
    };
    (!is_typo).then(|| format!("did you mean `{deeper}.{}`?", entry.key))
}

/// Whether a key is a status of HTTP or a class of them: `404`, `5xx`.
fn is_status(key: &str) -> bool {
    let rest = key.strip_prefix(|first: char| ('1'..='5').contains(&first));
    rest.is_some_and(|rest| rest == "xx" || (rest.len() == 2 && rest.parse::<u8>().is_ok()))
}

/// The advice for a group that is compared as a whole: a list of names is its members.
pub(super) fn of_group(shown: &str, value: &Node) -> String {
    match value.kind {
        Kind::List(_) => format!("write {shown}.members = {}", value.to_toml()),
        _ => format!("such as {shown}.members = 3, or {{ absent = true }}"),
    }
}

/// The advice for a number that is expected of what has numbers below it.
pub(super) fn of_whole(path: &str, value: &Node) -> Option<String> {
    let below = match path {
        "mails" => "sent",
        "golinks" => "accounts.total",
        "golinks.accounts" | "golinks.groups" => "total",
        "log" => "count",
        _ => return None,
    };
    let is_count = matches!(value.kind, Kind::Integer(_));
    is_count.then(|| format!("write {path}.{below} = {}", value.to_toml()))
}

/// What was meant by a name below the numbers of all accounts: one of them, or one account.
pub(super) fn of_accounts(parent: &str, entry: &Entry, known: &[&str]) -> Option<String> {
    let all = ["golinks.accounts", "golinks.users"].contains(&parent);
    let is_typo = nearest(&entry.key, known.iter().copied()).is_some();
    (all && !is_typo).then(|| format!("did you mean `golinks.account.{}`?", entry.key))
}
