//! Which requests a fault may strike: by method, path, the user they are about, and their number.

use http::Method;

use crate::base::diagnostic::nearest;
use crate::base::glob::glob;
use crate::base::node::unknown_key;
use crate::base::{Kind, Node, Problems};

/// The `when` of a fault; an empty one matches every request.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Matcher {
    /// The methods; empty for all.
    pub methods: Vec<Method>,
    /// The path below the base, such as `/Users` or `/Users/*`; a star stands for any text.
    pub path: Option<String>,
    /// Handles of the users a request is about; empty for all.
    pub users: Vec<String>,
    /// The names of the applications whose requests it may strike; empty for all requests, those of
    /// other clients too.
    pub apps: Vec<String>,
    /// Which of the requests that meet the other conditions; `None` for all.
    pub nth: Option<Nth>,
}

/// Numbers of matching requests, counted from 1 since the fault became active.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Nth {
    /// The numbers in a list.
    These(Vec<u64>),
    /// The multiples of `every` from `min` to `max`, both included.
    Range {
        /// The lowest number.
        min: u64,
        /// The highest number.
        max: u64,
        /// The number must be a multiple of this; 1 for every number.
        every: u64,
    },
}

/// A request as a matcher sees it.
pub struct RequestFacts<'a> {
    /// Its method.
    pub method: &'a Method,
    /// Its path, base included, without the query.
    pub path: &'a str,
    /// The path below which GoLinks serves SCIM, such as `/scim/v2`.
    pub base: &'a str,
    /// Whether it is about the user of this handle.
    pub about: &'a dyn Fn(&str) -> bool,
    /// The application whose job sends it; `None` for another client.
    pub app: Option<&'a str>,
    /// How many accounts GoLinks has.
    pub accounts: usize,
}

pub(super) const KEYS: [&str; 5] = ["method", "path", "user", "app", "nth"];
const METHODS: [&str; 7] = ["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"];

impl Matcher {
    /// Reads a fault's `when`.
    pub fn read(node: &Node, problems: &mut Problems) -> Option<Matcher> {
        for entry in
            node.as_table(problems)?.iter().filter(|entry| !KEYS.contains(&entry.key.as_str()))
        {
            unknown_key(entry, "`when` of a fault", &KEYS, problems);
        }
        let mut matcher = Matcher::default();
        if let Some(value) = node.get("method") {
            matcher.methods = not_empty(value, read_methods(value, problems)?, problems)?;
        }
        if let Some(value) = node.get("path") {
            let path = value.as_text(problems)?;
            if !path.starts_with(['/', '*']) {
                let what = "a path below the base, such as \"/Users\" or \"/Users/*\"";
                value.refused::<()>(what, &format!("`{path}`"), problems);
                if let (Some(problem), false) =
                    (problems.list_mut().last_mut(), path.contains("://"))
                {
                    problem.help = format!("write \"/{path}\"");
                }
                return None;
            }
            misspelt(path, value, problems);
            matcher.path = Some(path.to_owned());
        }
        if let Some(value) = node.get("user") {
            matcher.users = not_empty(value, value.as_texts(problems)?, problems)?;
        }
        if let Some(value) = node.get("app") {
            matcher.apps = not_empty(value, value.as_texts(problems)?, problems)?;
        }
        if let Some(value) = node.get("nth") {
            matcher.nth = Some(Nth::read(value, problems)?);
        }
        matcher.never_sent(node, problems);
        Some(matcher)
    }

    /// Warns of a method that the provisioning service never sends, or never to this path: such a
    /// fault strikes none of its requests.
    fn never_sent(&self, node: &Node, problems: &mut Problems) {
        let sent = self.path.as_deref().map_or(&SENT[..], methods_at);
        let Some(node) = node.get("method").filter(|_| !self.methods.is_empty()) else { return };
        if self.methods.iter().any(|method| sent.contains(&method.as_str())) {
            return;
        }
        let (at, help) = match &self.path {
            None => (String::new(), format!("it sends {}", sent.join(", "))),
            Some(path) => {
                let help = match path.strip_suffix("/*") {
                    _ if sent == SENT => format!("it sends {}", sent.join(", ")),
                    Some(all) => {
                        format!(
                            "it sends {} there; `{all}` is where it sends GET and POST",
                            sent.join(", ")
                        )
                    }
                    None => format!(
                        "it sends {} there; a resource's own path is `{path}/*`",
                        sent.join(" and ")
                    ),
                };
                (format!(" to `{path}`"), help)
            }
        };
        let methods: Vec<&str> = self.methods.iter().map(Method::as_str).collect();
        problems
            .warning(
                node.span,
                format!("the provisioning service sends no {}{at}", methods.join(" or ")),
            )
            .label("this fault strikes none of its requests")
            .help(help);
    }

    /// Whether a request meets every condition but `nth`.
    pub fn meets(&self, seen: &RequestFacts<'_>) -> bool {
        (self.methods.is_empty() || self.methods.contains(seen.method))
            && self.path.as_ref().is_none_or(|path| path_meets(path, seen))
            && (self.apps.is_empty() || seen.app.is_some_and(|app| self.names(app)))
            && (self.users.is_empty() || self.users.iter().any(|handle| (seen.about)(handle)))
    }

    fn names(&self, app: &str) -> bool {
        self.apps.iter().any(|name| name == app)
    }

    /// The value as a scenario file has it.
    pub fn to_node(&self) -> Node {
        let texts = |list: Vec<&str>| match list.as_slice() {
            [one] => Node::text(*one),
            many => Node::bare(Kind::List(many.iter().map(|text| Node::text(*text)).collect())),
        };
        let mut entries = Vec::new();
        if !self.methods.is_empty() {
            entries.push(("method", texts(self.methods.iter().map(Method::as_str).collect())));
        }
        entries.extend(self.path.as_ref().map(|path| ("path", Node::text(path))));
        if !self.users.is_empty() {
            entries.push(("user", texts(self.users.iter().map(String::as_str).collect())));
        }
        if !self.apps.is_empty() {
            entries.push(("app", texts(self.apps.iter().map(String::as_str).collect())));
        }
        entries.extend(self.nth.as_ref().map(|nth| ("nth", nth.to_node())));
        Node::table(entries)
    }
}

impl Nth {
    fn read(node: &Node, problems: &mut Problems) -> Option<Nth> {
        match &node.kind {
            Kind::List(items) => {
                let these = items.iter().map(|item| at_least_one(item, problems));
                let these: Option<Vec<u64>> = these.collect();
                Some(Nth::These(not_empty(node, these?, problems)?))
            }
            Kind::Table(entries) => {
                let (mut min, mut max, mut every) = (1, u64::MAX, 1);
                for entry in entries {
                    let place = match entry.key.as_str() {
                        "min" => &mut min,
                        "max" => &mut max,
                        "every" => &mut every,
                        _ => {
                            unknown_key(entry, "`nth`", &["min", "max", "every"], problems);
                            return None;
                        }
                    };
                    *place = at_least_one(&entry.value, problems)?;
                }
                if min > max {
                    return node.expected("a `min` that is not above `max`", problems);
                }
                if min.next_multiple_of(every) > max {
                    let label = format!("no multiple of {every} lies from {min} to {max}");
                    problems.error(node.span, "no request has such a number").label(label);
                    return None;
                }
                Some(Nth::Range { min, max, every })
            }
            _ => at_least_one(node, problems).map(|nth| Nth::These(vec![nth])),
        }
    }

    /// Whether these numbers contain `nth`.
    pub fn has(&self, nth: u64) -> bool {
        match self {
            Nth::These(these) => these.contains(&nth),
            Nth::Range { min, max, every } => {
                (*min..=*max).contains(&nth) && nth.is_multiple_of(*every)
            }
        }
    }

    /// Whether none of these numbers is above `seen`, so that no later request is struck.
    pub fn is_spent(&self, seen: u64) -> bool {
        match self {
            Nth::These(these) => these.iter().all(|nth| *nth <= seen),
            Nth::Range { max, every, .. } => max / every.max(&1) * every <= seen,
        }
    }

    fn to_node(&self) -> Node {
        let count = |value: u64| Node::bare(Kind::Integer(value.min(i64::MAX as u64) as i64));
        match self {
            Nth::These(these) if these.len() == 1 => count(these[0]),
            Nth::These(these) => {
                Node::bare(Kind::List(these.iter().map(|nth| count(*nth)).collect()))
            }
            Nth::Range { min, max, every } => {
                let rows = [("min", *min, 1), ("max", *max, u64::MAX), ("every", *every, 1)];
                let said = rows.into_iter().filter(|(_, value, default)| value != default);
                Node::table(said.map(|(key, value, _)| (key, count(value))))
            }
        }
    }
}

/// Reads the number of a request; the first is 1.
fn at_least_one(node: &Node, problems: &mut Problems) -> Option<u64> {
    match node.kind {
        Kind::Integer(count) if count < 1 => {
            let what = "a whole number of at least 1, for requests count from 1";
            node.refused(what, &count.to_string(), problems)
        }
        _ => node.as_count(problems),
    }
}

/// Refuses an empty list, which could be taken to match no request or every one.
fn not_empty<T>(node: &Node, list: Vec<T>, problems: &mut Problems) -> Option<Vec<T>> {
    match list.is_empty() {
        true => node.expected("a value, or a list of some; without the key all are met", problems),
        false => Some(list),
    }
}

/// The first parts of the paths that a server of SCIM has, and the token endpoint's.
const ENDPOINTS: [&str; 8] =
    ["Users", "Groups", "Bulk", "Me", "Schemas", "ResourceTypes", "ServiceProviderConfig", "oauth"];

/// The methods of the requests that the provisioning service sends to GoLinks.
const SENT: [&str; 4] = ["GET", "POST", "PATCH", "DELETE"];

/// Those it may send to the paths of this pattern: to the users or the groups as a whole it sends
/// others than to one of them.
fn methods_at(pattern: &str) -> &'static [&'static str] {
    let of_kind = |end: &str| {
        ["/Users", "/Groups"].iter().any(|kind| {
            pattern
                .strip_suffix(end)
                .is_some_and(|rest| rest.ends_with(kind) && !rest.contains('*'))
        })
    };
    match (of_kind(""), of_kind("/*"), pattern.ends_with("/oauth/token")) {
        (true, ..) => &["GET", "POST"],
        (_, true, _) => &["GET", "PATCH", "DELETE"],
        (.., true) => &["POST"],
        _ => &SENT,
    }
}

/// Warns of a path that no request has: one that is nearly one that requests have, or, without a
/// star, has no part that theirs have. Paths are compared with their case. What begins with a star,
/// or ends with one, may be below a base path that is not known here.
fn misspelt(path: &str, value: &Node, problems: &mut Problems) {
    let mut parts = path.trim_start_matches('/').split(['/', '*']);
    let first = parts.clone().next().unwrap_or_default();
    let may_be = path.contains('*') || parts.any(|part| ENDPOINTS.contains(&part));
    if first.is_empty() || path.starts_with('*') || ENDPOINTS.contains(&first) {
        return;
    }
    let near = nearest(first, ENDPOINTS);
    if near.is_none() && may_be {
        return;
    }
    let help = match near {
        Some(near) => format!("did you mean `{}`?", path.replacen(first, near, 1)),
        None => "requests go to `/Users`, `/Users/*`, `/Groups`, `/Groups/*` and `/oauth/token`"
            .to_owned(),
    };
    problems
        .warning(value.span, format!("no request has the path `{path}`"))
        .label("this fault never strikes")
        .help(help);
}

fn read_methods(node: &Node, problems: &mut Problems) -> Option<Vec<Method>> {
    let words: Vec<(&'static str, &'static str)> =
        METHODS.iter().map(|word| (*word, *word)).collect();
    let read = |item: &Node, problems: &mut Problems| {
        item.as_word(&words, problems).and_then(|word| Method::from_bytes(word.as_bytes()).ok())
    };
    match &node.kind {
        Kind::List(items) => items.iter().map(|item| read(item, problems)).collect(),
        _ => read(node, problems).map(|method| vec![method]),
    }
}

/// Whether a path meets a pattern, as a whole or below the base.
fn path_meets(pattern: &str, seen: &RequestFacts<'_>) -> bool {
    let below = seen.path.strip_prefix(seen.base);
    glob(pattern, seen.path) || below.is_some_and(|path| glob(pattern, path))
}
