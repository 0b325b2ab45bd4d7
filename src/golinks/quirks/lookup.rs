//! How queries are misread, and what a lookup does not see.

use bytes::Bytes;
use http::{Method, Request, Response};

use super::mask::Collection;
use super::{Quirk, Quirks};
use crate::golinks::query::decode;
use crate::scim::{Error, Filter, Object, Path, ScimType, Value};

/// What a query is taken for.
pub(super) enum Asked {
    AsWritten,
    /// The answer is an empty list, whatever there is.
    Nothing,
    /// Another query.
    Otherwise(String),
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

/// Misreads the query of a GET.
pub(super) fn misread(
    quirks: &Quirks,
    (collection, item): (Collection, Option<&str>),
    query: Option<&str>,
) -> Result<Asked, Error> {
    let written = query.unwrap_or_default();
    if collection == Collection::Other {
        return Ok(Asked::AsWritten);
    }
    let mut query = written.to_owned();
    if let Some(filter) = parameter(written, "filter") {
        let filter = decode(filter)?.into_owned();
        match quirks.word(Quirk::FilterParser) {
            "naive_split" if filter.split(' ').count() > 3 => return Err(unreadable("unexpected word")),
            "no_escape" if filter.contains('\\') => return Ok(Asked::Nothing),
            "ascii" if !filter.is_ascii() => return Err(Error::new(500, "token recognition error")),
            _ => {}
        }
        if quirks.is(Quirk::FilterValuePath) && filter.contains('[') {
            return Err(unreadable("unexpected `[`"));
        }
        if quirks.is(Quirk::OtherFilters) && is_other(&filter) {
            match quirks.word(Quirk::OtherFilters) {
                "empty" => return Ok(Asked::Nothing),
                "400" => return Err(unreadable("this attribute cannot be filtered on")),
                "501" => return Err(Error::new(501, "this filter is not implemented")),
                _ => query = without(&query, "filter"),
            }
        }
        if collection == Collection::Groups && quirks.is(Quirk::GroupFilter) {
            query = without(&query, "filter");
            if quirks.word(Quirk::GroupFilter) == "first" {
                query = format!("{}&count=1", without(&query, "count"));
            }
        }
    } else if quirks.is(Quirk::PagingRequired)
        && item.is_none()
        && (parameter(written, "startIndex").is_none() || parameter(written, "count").is_none())
    {
        return Ok(Asked::Nothing);
    }
    if quirks.is(Quirk::IgnoreExcludedAttributes) {
        query = without(&query, "excludedAttributes");
    }
    Ok(if query == written { Asked::AsWritten } else { Asked::Otherwise(query) })
}

/// A list with those resources alone that are seen.
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

/// A whole number as a value.
pub(super) fn number(number: i64) -> Value {
    Value::Number(number.into())
}

/// Whether a filter asks for anything but a userName or a displayName.
fn is_other(filter: &str) -> bool {
    let known = |path: &Path| {
        path.is_plain() && ["userName", "displayName"].iter().any(|name| path.attribute.eq_ignore_ascii_case(name))
    };
    !matches!(Filter::parse(filter), Ok(Filter::Compare(path, _, _)) if known(&path))
}

/// The value of a parameter of a query, as it is written.
pub(super) fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

fn without(query: &str, name: &str) -> String {
    let is_it = |pair: &&str| pair.strip_prefix(name).is_some_and(|rest| rest.starts_with('='));
    query.split('&').filter(|pair| !is_it(pair)).collect::<Vec<_>>().join("&")
}

fn unreadable(why: &str) -> Error {
    Error::of(ScimType::InvalidFilter, format!("cannot read the filter: {why}"))
}
