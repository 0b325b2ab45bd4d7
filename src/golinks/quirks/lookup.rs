//! Rewrites searches, and removes from a list what a lookup does not see.

use std::borrow::Cow;

use bytes::Bytes;
use http::{Method, Request, Response};

use super::Quirk;
use super::Quirks;
use super::aim::{Collection, parameter};
use crate::golinks::api::query::decode;
use crate::scim::{Error, Filter, Object, Path, ScimType, Value};

/// A request for resources, as the client wrote it.
#[derive(Clone, Copy)]
pub(super) enum Wording<'a> {
    /// The query of a GET, of a list or of one resource.
    Query { text: &'a str, is_list: bool },
    /// The body of a search by POST (RFC 7644 3.4.3).
    Body(&'a Object),
}

impl<'a> Wording<'a> {
    fn says(self, name: &str) -> bool {
        match self {
            Wording::Query { text, .. } => parameter(text, name).is_some(),
            Wording::Body(body) => body.get(name).is_some_and(|value| *value != Value::Null),
        }
    }

    fn is_list(self) -> bool {
        matches!(self, Wording::Query { is_list: true, .. } | Wording::Body(_))
    }

    /// Returns how many resources the client asks for.
    fn count(self) -> Option<i64> {
        match self {
            Wording::Query { text, .. } => parameter(text, "count")?.parse().ok(),
            Wording::Body(body) => body.get("count")?.as_i64(),
        }
    }

    /// Returns the filter; `None` when there is none, or when it is not text.
    fn filter(self) -> Result<Option<Cow<'a, str>>, Error> {
        match self {
            Wording::Query { text, .. } => parameter(text, "filter").map(decode).transpose(),
            Wording::Body(body) => Ok(body.get("filter").and_then(Value::as_text).map(Cow::from)),
        }
    }
}

/// How quirks change a search.
#[derive(Default)]
pub(super) struct RewrittenQuery {
    /// The parameters that are ignored.
    dropped: Vec<&'static str>,
    /// Whether only the first resource is shown.
    first: bool,
    /// Whether the reply is always an empty list.
    pub(super) finds_nothing: bool,
}

impl RewrittenQuery {
    /// Returns the rewritten query of a GET.
    pub(super) fn of_query(&self, query: &str) -> String {
        let mut query =
            self.dropped.iter().fold(query.to_owned(), |query, name| without(&query, name));
        if self.first {
            query.push_str("&count=1");
        }
        query
    }

    /// Rewrites the body of a search by POST.
    pub(super) fn of_body(&self, body: &mut Object) {
        for name in &self.dropped {
            body.take(name);
        }
        if self.first {
            body.insert("count", number(1));
        }
    }
}

/// Whether a request looks for accounts by a filter, in its query or by POST.
pub(super) fn is_lookup(request: &Request<Bytes>, aim: (Collection, Option<&str>)) -> bool {
    let query = request.uri().query().unwrap_or_default();
    match (request.method(), aim) {
        (&Method::GET, (Collection::Users, None)) => parameter(query, "filter").is_some(),
        (&Method::POST, (Collection::Users, Some(".search"))) => {
            Object::parse(request.body()).is_ok_and(|body| body.get("filter").is_some())
        }
        _ => false,
    }
}

/// Decides how the quirks change a search for users or groups.
pub(super) fn rewrite(
    quirks: &Quirks,
    collection: Collection,
    asked: Wording<'_>,
) -> Result<RewrittenQuery, Error> {
    let mut rewrite = RewrittenQuery::default();
    if quirks.is(Quirk::IgnoreExcludedAttributes) {
        rewrite.dropped.push("excludedAttributes");
    }
    // The other quirks affect lists only.
    if !asked.is_list() {
        return Ok(rewrite);
    }
    if quirks.is(Quirk::CountZeroIgnored) && asked.count() == Some(0) {
        rewrite.dropped.push("count");
    }
    if quirks.is(Quirk::FilterIgnored) {
        rewrite.dropped.push("filter");
        return Ok(rewrite);
    }
    if let Some(filter) = asked.filter()? {
        rewrite_filter(quirks, &filter, &mut rewrite)?;
        if collection == Collection::Groups && quirks.is(Quirk::GroupFilter) {
            rewrite.dropped.push("filter");
            if quirks.word(Quirk::GroupFilter) == "first" {
                rewrite.dropped.push("count");
                rewrite.first = true;
            }
        }
    } else if quirks.is(Quirk::PagingRequired) {
        rewrite.finds_nothing = !asked.says("startIndex") || !asked.says("count");
    }
    Ok(rewrite)
}

fn rewrite_filter(
    quirks: &Quirks,
    filter: &str,
    rewrite: &mut RewrittenQuery,
) -> Result<(), Error> {
    match quirks.word(Quirk::FilterParser) {
        "naive_split" if filter.split(' ').count() > 3 => {
            return Err(unreadable("unexpected word"));
        }
        "no_escape" if filter.contains('\\') => rewrite.finds_nothing = true,
        "ascii" if !filter.is_ascii() => return Err(Error::new(500, "token recognition error")),
        _ => {}
    }
    if quirks.is(Quirk::FilterValuePath) && filter.contains('[') {
        return Err(unreadable("unexpected `[`"));
    }
    if quirks.is(Quirk::OtherFilters) && is_other(filter) {
        match quirks.word(Quirk::OtherFilters) {
            "empty" => rewrite.finds_nothing = true,
            "400" => return Err(unreadable("this attribute cannot be filtered on")),
            "501" => return Err(Error::new(501, "this filter is not implemented")),
            _ => rewrite.dropped.push("filter"),
        }
    }
    if rewrite.finds_nothing {
        rewrite.dropped.push("filter");
    }
    Ok(())
}

/// Keeps only the resources of a list whose id is `seen`.
pub(super) fn keep(response: Response<Bytes>, seen: impl Fn(&str) -> bool) -> Response<Bytes> {
    let Ok(mut list) = Object::parse(response.body()) else { return response };
    let Some(Value::List(resources)) = list.get_mut("Resources") else { return response };
    let before = resources.len();
    resources.retain(|it| it.as_object().and_then(|it| it.get("id")?.as_text()).is_none_or(&seen));
    let (kept, gone) = (resources.len(), before - resources.len());
    if gone == 0 {
        return response;
    }
    let total = list.get("totalResults").and_then(Value::as_i64).unwrap_or_default();
    list.insert("totalResults", number((total - gone as i64).max(0)));
    list.insert("itemsPerPage", number(kept as i64));
    response.map(|_| list.to_bytes())
}

/// Makes a value of a whole number.
pub(super) fn number(number: i64) -> Value {
    Value::Number(number.into())
}

/// Whether a filter is anything but one comparison of userName or displayName.
fn is_other(filter: &str) -> bool {
    let known = |path: &Path| {
        path.is_plain()
            && ["userName", "displayName"]
                .iter()
                .any(|name| path.attribute.eq_ignore_ascii_case(name))
    };
    !matches!(Filter::parse(filter), Ok(Filter::Compare(path, _, _)) if known(&path))
}

fn without(query: &str, name: &str) -> String {
    let is_it = |pair: &&str| pair.strip_prefix(name).is_some_and(|rest| rest.starts_with('='));
    query.split('&').filter(|pair| !is_it(pair)).collect::<Vec<_>>().join("&")
}

fn unreadable(why: &str) -> Error {
    Error::of(ScimType::InvalidFilter, format!("cannot read the filter: {why}"))
}
