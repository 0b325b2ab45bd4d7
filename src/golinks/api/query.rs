//! The query of a list request: filter and page (RFC 7644 3.4.2).

use std::borrow::Cow;
use std::num::NonZeroUsize;

use crate::scim::{Error, Object, Projection, ScimType, Value};

/// The parameters of a list request.
#[derive(Default, Debug, PartialEq)]
pub(crate) struct Query<'a> {
    pub(crate) filter: Option<Cow<'a, str>>,
    /// Counted from 1; a smaller number means 1 (RFC 7644 3.4.2.4).
    pub(crate) start_index: Option<u64>,
    /// A negative number means 0.
    pub(crate) count: Option<u64>,
    pub(crate) sort_by: Option<Cow<'a, str>>,
    pub(crate) descending: bool,
    pub(crate) attributes: Option<Cow<'a, str>>,
    pub(crate) excluded_attributes: Option<Cow<'a, str>>,
}

impl Query<'_> {
    /// Reads a query; unknown parameters are ignored.
    pub(crate) fn parse(text: &str) -> Result<Query<'_>, Error> {
        let mut query = Query::default();
        let mut rest = Some(text);
        while let Some(text) = rest {
            let (pair, after) = cut(text, b'&');
            rest = after;
            let (name, value) = cut(pair, b'=');
            let value = value.unwrap_or("");
            match name {
                "filter" => query.filter = Some(decode(value)?),
                "startIndex" => query.start_index = Some(number(name, value)?.max(1)),
                "count" => query.count = Some(number(name, value)?),
                "sortBy" => query.sort_by = Some(decode(value)?),
                "sortOrder" => query.descending = is_descending(&decode(value)?)?,
                "attributes" => query.attributes = Some(decode(value)?),
                "excludedAttributes" => query.excluded_attributes = Some(decode(value)?),
                _ => {}
            }
        }
        Ok(query)
    }

    /// Reads the body of a search by POST (RFC 7644 3.4.3).
    pub(crate) fn of_body(mut body: Object) -> Result<Query<'static>, Error> {
        let mut text = |name: &str| match body.take(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Text(text)) => Ok(Some(Cow::Owned(text.into()))),
            Some(Value::List(items)) => {
                let words: Option<Vec<&str>> = items.iter().map(Value::as_text).collect();
                words
                    .map(|words| Some(Cow::Owned(words.join(","))))
                    .ok_or_else(|| wrong(name, "is a list of names"))
            }
            Some(_) => Err(wrong(name, "is text")),
        };
        let (filter, sort_by, sort_order) = (text("filter")?, text("sortBy")?, text("sortOrder")?);
        let (attributes, excluded_attributes) = (text("attributes")?, text("excludedAttributes")?);
        let mut number = |name: &str| match body.take(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_i64().map(Some).ok_or_else(|| wrong(name, "is a whole number")),
        };
        Ok(Query {
            start_index: number("startIndex")?.map(|first| first.max(1) as u64),
            count: number("count")?.map(|count| count.max(0) as u64),
            descending: sort_order.map_or(Ok(false), |word| is_descending(&word))?,
            filter,
            sort_by,
            attributes,
            excluded_attributes,
        })
    }

    /// Returns the greatest size of a page, on a server with this limit.
    pub(super) fn page(&self, most: NonZeroUsize) -> usize {
        let asked = self.count.map(|count| usize::try_from(count).unwrap_or(usize::MAX));
        asked.unwrap_or(usize::MAX).min(most.get())
    }

    /// Returns which attributes the client asks for.
    pub(crate) fn projection(&self) -> Result<Projection, Error> {
        Projection::parse(self.attributes.as_deref(), self.excluded_attributes.as_deref())
    }
}

fn is_descending(word: &str) -> Result<bool, Error> {
    match word {
        _ if word.eq_ignore_ascii_case("descending") => Ok(true),
        _ if word.eq_ignore_ascii_case("ascending") || word.is_empty() => Ok(false),
        _ => Err(wrong("sortOrder", "is ascending or descending")),
    }
}

fn wrong(name: &str, what: &str) -> Error {
    Error::of(ScimType::InvalidValue, format!("`{name}` {what}"))
}

fn number(name: &str, value: &str) -> Result<u64, Error> {
    match decode(value)?.parse::<i64>() {
        Ok(number) => Ok(number.max(0) as u64),
        Err(_) => Err(Error::of(ScimType::InvalidValue, format!("`{name}` is a whole number"))),
    }
}

/// Decodes a value of a query: `+` and `%20` are spaces; a `%` without two digits stands for
/// itself.
pub(crate) fn decode(value: &str) -> Result<Cow<'_, str>, Error> {
    if memchr::memchr2(b'+', b'%', value.as_bytes()).is_none() {
        return Ok(Cow::Borrowed(value));
    }
    let mut decoded = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some(at) = memchr::memchr2(b'+', b'%', rest) {
        decoded.extend_from_slice(&rest[..at]);
        rest = match rest[at..] {
            [b'%', high, low, ref after @ ..]
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                decoded.push(hex(high) << 4 | hex(low));
                after
            }
            [byte, ref after @ ..] => {
                decoded.push(if byte == b'+' { b' ' } else { byte });
                after
            }
            [] => break,
        };
    }
    decoded.extend_from_slice(rest);
    String::from_utf8(decoded)
        .map(Cow::Owned)
        .map_err(|_| Error::of(ScimType::InvalidValue, "the query is not UTF-8"))
}

/// Splits a text at a mark: the part before it, and the part after it when the mark is there.
fn cut(text: &str, mark: u8) -> (&str, Option<&str>) {
    match memchr::memchr(mark, text.as_bytes()) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

fn hex(digit: u8) -> u8 {
    (digit & 0x0f) + 9 * (digit >> 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_decoded() {
        let check = |text: &str,
                     filter: Option<&str>,
                     start_index: Option<u64>,
                     count: Option<u64>| {
            assert_eq!(
                Query::parse(text),
                Ok(Query { filter: filter.map(Cow::from), start_index, count, ..Query::default() }),
                "{text}"
            );
        };
        check("", None, None, None);
        check("filter=userName+eq+%22a%2Bb%40x%22", Some("userName eq \"a+b@x\""), None, None);
        check(
            "filter=userName%20eq%20%22M%C3%BCller%22&x=1",
            Some("userName eq \"Müller\""),
            None,
            None,
        );
        check("filter=100%+%2B%e2%82%ac%2", Some("100% +€%2"), None, None);
        check("startIndex=0&count=-5", None, Some(1), Some(0));
        check("startIndex=11&count=5&filter=", Some(""), Some(11), Some(5));
        check("&counts&&=&filter=%&filter=%2&x&", Some("%2"), None, None);
        check("filter=a=b%3Dc%%41+", Some("a=b=c%A "), None, None);
        for bad in
            ["startIndex=x", "count=", "count=1.5", "filter=%ff", "count=99999999999999999999"]
        {
            assert_eq!(Query::parse(bad).map_err(|error| error.status), Err(400), "{bad}");
        }
    }
}
