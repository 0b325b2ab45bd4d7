//! A request of the Graph API that was written in one text, as curl or a ticket has it:
//! `PATCH /users/ann {"accountEnabled": false}`.

use serde_json::Value;

use super::graph::{METHODS, from_json};
use crate::base::{Kind, Node};

/// The collections after which a name may stand in a path.
const OF_NAMES: [&str; 6] =
    ["users", "groups", "applications", "servicePrincipals", "directoryObjects", "deletedItems"];

/// The table that such a text means; `None` when it names no method that changes something, or no
/// path. Where the body is missing, one stands there that the collection takes.
pub(super) fn of_text(text: &str) -> Option<Node> {
    let (method, rest) = text.trim().split_once(char::is_whitespace)?;
    let (method, _) = METHODS.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(method))?;
    let rest = rest.trim();
    let (path, body) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let path =
        ["/v1.0", "/beta"].iter().find_map(|version| path.strip_prefix(version)).unwrap_or(path);
    if !path.starts_with('/') {
        return None;
    }
    let path = with_names(path);
    let body = match serde_json::from_str::<Value>(body.trim()) {
        Ok(value) => from_json(&value),
        Err(_) => None,
    };
    let body = body.or_else(|| (method != "delete").then(|| example(method, &path)));
    let table = [(method, Node::text(path))].into_iter();
    Some(Node::table(table.chain(body.map(|body| ("body", body)))))
}

/// The path with names in braces where an id should stand and none does.
fn with_names(path: &str) -> String {
    let mut before = "";
    let parts = path.split('/').map(|part| {
        let is_name = OF_NAMES.contains(&before)
            && !part.is_empty()
            && !part.contains(['{', '@', '('])
            && part.len() != "00000000-0000-0000-0000-000000000000".len();
        before = part;
        if is_name { format!("{{{part}}}") } else { part.to_owned() }
    });
    parts.collect::<Vec<_>>().join("/")
}

/// A body that a request of this method and path takes: what must be there for a new user or group,
/// and one property otherwise.
fn example(method: &str, path: &str) -> Node {
    let text = Node::text;
    let flag = |value| Node::bare(Kind::Bool(value));
    match (method, path.trim_matches('/')) {
        ("post", "groups") => Node::table([
            ("displayName", text("Sales")),
            ("mailEnabled", flag(false)),
            ("mailNickname", text("sales")),
            ("securityEnabled", flag(true)),
        ]),
        ("post", "users") => Node::table([
            ("displayName", text("Zoe Lind")),
            ("accountEnabled", flag(true)),
            ("mailNickname", text("zoe")),
            ("userPrincipalName", text("zoe@contoso.example")),
            ("passwordProfile", Node::table([("password", text("a-first-password-1"))])),
        ]),
        (_, path) if path.starts_with("users") => Node::table([("jobTitle", text("Engineer"))]),
        _ => Node::table([("displayName", text("Report reader"))]),
    }
}
