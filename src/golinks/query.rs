//! The query of a list request: filter and page (RFC 7644 3.4.2).

use std::borrow::Cow;

use crate::scim::{Error, ScimType};

/// What a list request asks for.
#[derive(Default, Debug, PartialEq)]
pub(super) struct Query<'a> {
    pub(super) filter: Option<Cow<'a, str>>,
    /// From 1; what is less counts as 1 (RFC 7644 3.4.2.4).
    pub(super) start_index: Option<u64>,
    /// What is less than 0 counts as 0.
    pub(super) count: Option<u64>,
}

impl Query<'_> {
    /// Reads a query; parameters it does not know are ignored.
    pub(super) fn parse(text: &str) -> Result<Query<'_>, Error> {
        let mut query = Query::default();
        for pair in text.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match name {
                "filter" => query.filter = Some(decode(value)?),
                "startIndex" => query.start_index = Some(number(name, value)?.max(1)),
                "count" => query.count = Some(number(name, value)?),
                _ => {}
            }
        }
        Ok(query)
    }
}

fn number(name: &str, value: &str) -> Result<u64, Error> {
    match decode(value)?.parse::<i64>() {
        Ok(number) => Ok(number.max(0) as u64),
        Err(_) => Err(Error::of(ScimType::InvalidValue, format!("`{name}` is a whole number"))),
    }
}

/// A value as it was before it went into a query: `+` and `%20` are spaces; a `%` without two digits stands for itself.
fn decode(value: &str) -> Result<Cow<'_, str>, Error> {
    if memchr::memchr2(b'+', b'%', value.as_bytes()).is_none() {
        return Ok(Cow::Borrowed(value));
    }
    let mut decoded = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        decoded.push(match (first, tail) {
            (b'+', _) => b' ',
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                rest = after;
                hex(*high) << 4 | hex(*low)
            }
            _ => *first,
        });
    }
    String::from_utf8(decoded).map(Cow::Owned).map_err(|_| Error::of(ScimType::InvalidValue, "the query is not UTF-8"))
}

fn hex(digit: u8) -> u8 {
    (digit & 0x0f) + 9 * (digit >> 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_decoded() {
        let check = |text: &str, filter: Option<&str>, start_index: Option<u64>, count: Option<u64>| {
            assert_eq!(Query::parse(text), Ok(Query { filter: filter.map(Cow::from), start_index, count }), "{text}");
        };
        check("", None, None, None);
        check("filter=userName+eq+%22a%2Bb%40x%22", Some("userName eq \"a+b@x\""), None, None);
        check("filter=userName%20eq%20%22M%C3%BCller%22&x=1", Some("userName eq \"Müller\""), None, None);
        check("filter=100%+%2B%e2%82%ac%2", Some("100% +€%2"), None, None);
        check("startIndex=0&count=-5", None, Some(1), Some(0));
        check("startIndex=11&count=5&filter=", Some(""), Some(11), Some(5));
        for bad in ["startIndex=x", "count=", "count=1.5", "filter=%ff", "count=99999999999999999999"] {
            assert_eq!(Query::parse(bad).map_err(|error| error.status), Err(400), "{bad}");
        }
    }
}
