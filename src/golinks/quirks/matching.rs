//! Decides for which requests a quirk is on: by method, path, and the user a request is about.

use bytes::Bytes;
use http::{Method, Request};

use super::aim::{Collection, aim, parameter};
use crate::base::glob::glob;
use crate::base::node::unknown_key;
use crate::base::{Node, Problems};
use crate::golinks::api::query::decode;
use crate::golinks::store::accounts::Accounts;
use crate::golinks::store::ids::AccountId;
use crate::scim::compare::fold;
use crate::scim::filter::Operator;
use crate::scim::{Filter, Object, Value};

/// The `when` of a quirk; an empty one matches every request.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct QuirkMatcher {
    /// Empty for all.
    methods: Vec<String>,
    /// The path below the base, such as `/Users/*`; a star stands for any text.
    path: Option<String>,
    /// userNames, in any case; a star stands for any text. Empty for all.
    users: Vec<String>,
}

const KEYS: [&str; 3] = ["method", "path", "user"];
const METHODS: [&str; 5] = ["GET", "POST", "PATCH", "PUT", "DELETE"];

impl QuirkMatcher {
    pub(super) fn read(node: &Node, problems: &mut Problems) -> Option<QuirkMatcher> {
        let unknown = node.as_table(problems)?.iter().filter(|it| !KEYS.contains(&it.key.as_str()));
        for entry in unknown {
            unknown_key(entry, "`when` of a quirk", &KEYS, problems);
        }
        let texts = |key: &str, problems: &mut Problems| match node.get(key) {
            Some(value) => value.as_texts(problems),
            None => Some(Vec::new()),
        };
        let methods = texts("method", problems)?;
        if let (Some(value), Some(_)) =
            (node.get("method"), methods.iter().find(|it| !METHODS.contains(&it.as_str())))
        {
            return value.expected("GET, POST, PATCH, PUT or DELETE", problems);
        }
        let path = match node.get("path") {
            Some(value) => match value.as_text(problems)? {
                path if path.starts_with(['/', '*']) => Some(path.to_owned()),
                _ => {
                    return value.expected(
                        "a path below the base, such as \"/Users\" or \"/Users/*\"",
                        problems,
                    );
                }
            },
            None => None,
        };
        let users = texts("user", problems)?;
        if let (Some(value), Some(user)) =
            (node.get("user"), users.iter().find(|user| !user.contains(['@', '*'])))
        {
            problems
                .warning(value.span, format!("`{user}` is meant as a whole userName"))
                .label("the server knows userNames, not the names of users in a scenario")
                .help(format!("`{user}@*` meets {user} in any domain"));
        }
        let users = users.iter().map(|user| fold(user).into_owned()).collect();
        Some(QuirkMatcher { methods, path, users })
    }

    /// Whether a request matches.
    pub(super) fn meets(&self, request: &Request<Bytes>, below: &str, accounts: &Accounts) -> bool {
        let method = request.method().as_str();
        (self.methods.is_empty() || self.methods.iter().any(|it| it == method))
            && self.path.as_ref().is_none_or(|path| glob(path, below))
            && (self.users.is_empty() || self.meets_user(request, below, accounts))
    }

    fn meets_user(&self, request: &Request<Bytes>, below: &str, accounts: &Accounts) -> bool {
        let named = names(request, below, accounts);
        named.iter().any(|name| self.users.iter().any(|user| glob(user, &fold(name))))
    }
}

/// Returns the userNames a request is about: that of the account in its path, and those in its
/// filter and its body.
fn names(request: &Request<Bytes>, below: &str, accounts: &Accounts) -> Vec<String> {
    let (Collection::Users, item) = aim(below) else { return Vec::new() };
    let mut names = Vec::new();
    if let Some(account) = item.and_then(AccountId::parse).and_then(|id| accounts.get(id)) {
        names.push(account.user_name().into_owned());
    }
    let query = request.uri().query().unwrap_or_default();
    let filter = parameter(query, "filter").and_then(|text| decode(text).ok());
    if let Some(Ok(Filter::Compare(path, Operator::Eq, Value::Text(name)))) =
        filter.map(|text| Filter::parse(&text))
        && path.attribute.eq_ignore_ascii_case("userName")
    {
        names.push(name.into());
    }
    if matches!(*request.method(), Method::POST | Method::PUT) {
        let body = Object::parse(request.body()).unwrap_or_default();
        names.extend(body.get("userName").and_then(Value::as_text).map(str::to_owned));
    }
    names
}
