//! Advice about an unknown key that repeats its value: what was typed, in the form that is right at
//! its place.

use super::advice::KeyPlace;
use crate::base::time::parse_duration;
use crate::base::{Kind, Node};
use crate::entra::tenant::Attribute;

/// The keys that belong to a moment.
const OF_MOMENTS: [&str; 6] = ["time", "after", "say", "do", "expect", "within"];

/// Other words for those who are assigned to an application.
const WHOM: [&str; 8] =
    ["users", "user", "assign", "assignees", "assignments", "members", "people", "who"];

/// Other words for the time in quarantine after which a job is disabled.
const AFTER: [&str; 4] =
    ["quarantine_after", "disable_after", "give_up_after", "quarantine_disabled_after"];

/// What to write in place of a key; `None` when nothing is known to be meant.
pub(super) fn of(place: &KeyPlace<'_>) -> Option<String> {
    let (key, value) = (place.entry.key.as_str(), &place.entry.value);
    match place.table.split('.').collect::<Vec<_>>()[..] {
        ["fault"] | [.., "do", "fault"] => of_fault(key, value),
        ["at"] => of_moment(key, value),
        ["app", _] if WHOM.contains(&key) => Some(match &value.kind {
            Kind::Text(name) => format!("write assigned = [\"{name}\"]"),
            _ => "did you mean `assigned`?".to_owned(),
        }),
        [.., "policy"] if AFTER.contains(&key) && is_duration(value) => Some(format!(
            "a job is given up after 28 days in quarantine: quarantine_disable_after = {}",
            value.to_toml()
        )),
        ["at", "do", "add_member" | "remove_member"] => of_membership(key, value),
        ["at", "do", "graph"] => of_graph(key, value),
        [.., "filters"] if is_attribute(key) => Some(format!(
            "it stands in a clause: where = [{{ attribute = \"{key}\", is = \"EQUALS\", value = {} }}]",
            value.to_toml()
        )),
        ["golinks", "rate_limit"] | ["workspace", _, "rate_limit"] => of_rate(key, value),
        // Below a table of something else a moment's own header is missing.
        ["user" | "group" | "app" | "workspace", _] | ["people" | "entra" | "golinks", ..]
            if OF_MOMENTS.contains(&key) =>
        {
            Some("it belongs to a moment: write [[at]] above it".to_owned())
        }
        _ => None,
    }
}

/// A key of a fault that is an effect or a condition in other words.
pub fn of_fault(key: &str, value: &Node) -> Option<String> {
    let typed = value.to_toml();
    Some(match key {
        "status" | "code" | "status_code" | "http_status" if is_count(value) => {
            format!("write respond = {typed}")
        }
        "method" | "path" | "user" | "app" | "nth" => format!("write when = {{ {key} = {typed} }}"),
        "users" | "person" | "people" => format!("write when = {{ user = {typed} }}"),
        "methods" => format!("write when = {{ method = {typed} }}"),
        "times" | "count" | "first" | "max" if is_count(value) => {
            format!("write when = {{ nth = {{ max = {typed} }} }}")
        }
        "every" if is_count(value) => format!("write when = {{ nth = {{ every = {typed} }} }}"),
        "start" | "starts" | "begin" | "begins" | "time" | "at" => match is_duration(value) {
            true => format!("write from = {typed}"),
            false => "a fault begins at from = \"1d\"".to_owned(),
        },
        "retry_after" | "retryAfter" | "Retry-After" => {
            let seconds = match &value.kind {
                Kind::Text(text) => {
                    parse_duration(text).map_or(text.clone(), |it| it.as_secs().to_string())
                }
                _ => typed,
            };
            format!(
                "write respond = {{ status = 429, headers = {{ Retry-After = \"{seconds}\" }} }}"
            )
        }
        _ => return None,
    })
}

fn of_moment(key: &str, value: &Node) -> Option<String> {
    let typed = value.to_toml();
    match key {
        "app" => Some(format!("it stands beside the verb: do = {{ start = true, app = {typed} }}")),
        "every" => Some(format!("write repeat = {{ every = {typed} }}, with `times` or `until`")),
        "times" if is_count(value) => {
            Some(format!("write repeat = {{ times = {typed} }}, with `every` after a `time`"))
        }
        _ => None,
    }
}

fn of_membership(key: &str, value: &Node) -> Option<String> {
    let typed = value.to_toml();
    match (key, &value.kind) {
        ("member" | "members" | "users" | "person" | "people" | "who" | "add" | "remove", _) => {
            Some(format!("write user = {typed}"))
        }
        ("to" | "from" | "of" | "in" | "into" | "name" | "groups", _) => {
            Some(format!("write group = {typed}"))
        }
        (group, Kind::Text(_) | Kind::List(_)) => {
            Some(format!("write {{ group = \"{group}\", user = {typed} }}"))
        }
        _ => None,
    }
}

/// A request of Graph whose method and path are keys of their own.
fn of_graph(key: &str, value: &Node) -> Option<String> {
    match (key, &value.kind) {
        ("method" | "verb", Kind::Text(method)) => {
            let method = method.to_lowercase();
            Some(match ["post", "patch", "put", "delete"].contains(&method.as_str()) {
                true => format!("the method is the key of the path: {method} = \"/users/{{ann}}\""),
                false => {
                    "an action changes something: the key is post, patch, put or delete".to_owned()
                }
            })
        }
        ("path" | "url" | "uri", Kind::Text(path)) => {
            Some(format!("the path stands behind the method: patch = \"{path}\""))
        }
        ("get", _) => Some("an action changes something: post, patch, put or delete".to_owned()),
        _ => None,
    }
}

/// A rate by another unit than the key says.
fn of_rate(key: &str, value: &Node) -> Option<String> {
    let Kind::Integer(count) = value.kind else { return None };
    let (window, daily) = match key {
        "per_second" | "requests_per_second" => return Some(format!("write rps = {count}")),
        "per_minute" | "requests_per_minute" | "rpm" => ("1m", false),
        "per_hour" | "requests_per_hour" => ("1h", false),
        "per_day" | "requests_per_day" => ("1d", true),
        _ => return None,
    };
    Some(match daily {
        true => format!("write daily = {count}"),
        false => format!("write window = {{ requests = {count}, span = \"{window}\" }}"),
    })
}

fn is_attribute(key: &str) -> bool {
    Attribute::parse(key).is_some()
}

fn is_count(value: &Node) -> bool {
    matches!(value.kind, Kind::Integer(_))
}

fn is_duration(value: &Node) -> bool {
    matches!(&value.kind, Kind::Text(text) if parse_duration(text).is_ok())
}
