//! List responses: the reply to every query (RFC 7644 3.4.2).

use std::fmt;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};

use super::value::Object;
use super::{fast, urn};

/// A list response as a client reads it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ListPage {
    /// How many resources met the query, on all pages.
    pub total_results: u64,
    /// The resources on this page.
    pub resources: Vec<Object>,
}

impl ListPage {
    /// Reads a list response; names and schema must be those of RFC 7644 (B62).
    ///
    /// # Errors
    /// A sentence that says why it is not one.
    pub fn parse(bytes: &[u8]) -> Result<ListPage, String> {
        if fast::nothing(bytes).is_some() {
            return Ok(ListPage::default());
        }
        ListPage::parse_any(bytes)
    }

    /// Reads any list response.
    fn parse_any(bytes: &[u8]) -> Result<ListPage, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "the body is not UTF-8".to_owned())?;
        let wire: Wire = serde_json::from_str(text)
            .map_err(|why| format!("the body is not a list response: {why}"))?;
        match wire.schemas {
            None => Err("the list response has no `schemas`".to_owned()),
            Some(Schemas { list: false }) => {
                Err(format!("`schemas` does not name {}", urn::LIST_RESPONSE))
            }
            Some(_) => {
                let total_results =
                    wire.total_results.ok_or("the list response has no `totalResults`")?;
                Ok(ListPage { total_results, resources: wire.resources.unwrap_or_default() })
            }
        }
    }
}

#[derive(Deserialize)]
struct Wire {
    schemas: Option<Schemas>,
    #[serde(rename = "totalResults")]
    total_results: Option<u64>,
    #[serde(rename = "Resources")]
    resources: Option<Vec<Object>>,
}

/// Whether `schemas` names the schema of list responses.
struct Schemas {
    list: bool,
}

impl<'de> Deserialize<'de> for Schemas {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Schemas, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Schemas;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of schemas")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Schemas, A::Error> {
                let mut list = false;
                while let Some(Urn(is_list)) = seq.next_element()? {
                    list |= is_list;
                }
                Ok(Schemas { list })
            }
        }
        deserializer.deserialize_seq(Reader)
    }
}

struct Urn(bool);

impl<'de> Deserialize<'de> for Urn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Urn, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Urn;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a schema")
            }

            fn visit_str<E>(self, name: &str) -> Result<Urn, E> {
                Ok(Urn(name.eq_ignore_ascii_case(urn::LIST_RESPONSE)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Urn, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Urn(false))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// The reply to a query without results, with the usual `startIndex`.
const NOTHING: &str = concat!(
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"Resources":[],"#,
    r#""startIndex":1,"itemsPerPage":0}"#
);

/// Writes a list response, resource by resource; each resource is written as JSON bytes.
pub struct ListWriter {
    out: Vec<u8>,
    count: usize,
    start_index: u64,
}

impl ListWriter {
    /// Starts a list of `total` results whose page begins at `start_index` (from 1); `room` is an
    /// estimate of the bytes of its resources.
    pub fn new(total: u64, start_index: u64, room: usize) -> ListWriter {
        // Everything around the resources takes at most 200 bytes.
        let mut out = Vec::with_capacity(room + 200);
        out.extend_from_slice(b"{\"schemas\":[\"");
        out.extend_from_slice(urn::LIST_RESPONSE.as_bytes());
        out.extend_from_slice(b"\"],\"totalResults\":");
        write_number(total, &mut out);
        out.extend_from_slice(b",\"Resources\":[");
        ListWriter { out, count: 0, start_index }
    }

    /// Adds a resource; `write` appends it as JSON.
    pub fn add(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        if self.count > 0 {
            self.out.push(b',');
        }
        self.count += 1;
        write(&mut self.out);
    }

    /// Returns the reply to a query without results.
    pub fn nothing() -> Bytes {
        Bytes::from_static(NOTHING.as_bytes())
    }

    /// Ends the list and returns the body.
    pub fn finish(mut self) -> Bytes {
        self.out.extend_from_slice(b"],\"startIndex\":");
        write_number(self.start_index, &mut self.out);
        self.out.extend_from_slice(b",\"itemsPerPage\":");
        write_number(self.count as u64, &mut self.out);
        self.out.push(b'}');
        self.out.into()
    }
}

fn write_number(number: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut list = ListWriter::new(7, 3, 0);
        list.add(|out| out.extend_from_slice(br#"{"id":"a"}"#));
        list.add(|out| out.extend_from_slice(br#"{"id":"b"}"#));
        let bytes = list.finish();
        assert!(bytes.ends_with(br#"],"startIndex":3,"itemsPerPage":2}"#));
        let page = ListPage::parse(&bytes).unwrap();
        assert_eq!((page.total_results, page.resources.len()), (7, 2));
        assert_eq!(ListWriter::new(0, 1, 0).finish(), ListWriter::nothing());
        assert_eq!(ListPage::parse(&ListWriter::nothing()), Ok(ListPage::default()));
    }

    #[test]
    fn a_list_without_results_is_read_as_any_other() {
        let list = urn::LIST_RESPONSE;
        let upper = list.to_uppercase();
        let usual = String::from_utf8(ListWriter::nothing().to_vec()).unwrap();
        for (text, shortcut) in [
            (usual.clone(), true),
            (format!(r#"{{ "totalResults" : 0 , "schemas" : [ "urn:x", "{upper}" ] }}"#), true),
            (format!(r#"{{"schemas":["{list}"],"totalResults":0,"x":{{"Resources":[1]}}}}"#), true),
            (format!(r#"{{"schemas":["{list}"],"totalResults":0,"Resources":null}}"#), false),
            (format!(r#"{{"schemas":["{list}"],"totalResults":0,"Resources":[{{}}]}}"#), false),
            (format!(r#"{{"schemas":["{list}"],"totalResults":1,"Resources":[]}}"#), false),
            (format!(r#"{{"schemas":["{list}"],"totalResults":-0,"Resources":[]}}"#), false),
            (format!(r#"{{"schemas":["{list}"],"totalResults":0,"totalResults":0}}"#), false),
            (format!(r#"{{"schemas":["{list}"],"schemas":[],"totalResults":0}}"#), false),
            (format!(r#"{{"schemas":["{list}"],"totalresults":0}}"#), false),
            (r#"{"schemas":["urn:x"],"totalResults":0}"#.to_owned(), false),
            (r#"{"totalResults":0}"#.to_owned(), false),
            (format!("{usual}{{}}"), false),
            (usual.replace(",\"Res", "\n,\"Res"), false),
            (usual.replace(']', ",]"), false),
        ] {
            assert_eq!(fast::nothing(text.as_bytes()).is_some(), shortcut, "{text}");
            assert_eq!(ListPage::parse(text.as_bytes()), ListPage::parse_any(text.as_bytes()));
        }
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let list = urn::LIST_RESPONSE;
        for bad in [
            "<html>".to_owned(),
            "[]".to_owned(),
            r#"{"totalResults":0}"#.to_owned(),
            r#"{"schemas":[],"totalResults":0}"#.to_owned(),
            r#"{"schemas":["urn:x"],"totalResults":0}"#.to_owned(),
            format!(r#"{{"schemas":["{list}"]}}"#),
            format!(r#"{{"schemas":["{list}"],"totalResults":"0"}}"#),
            format!(r#"{{"schemas":["{list}"],"totalResults":1,"Resources":[3]}}"#),
        ] {
            assert!(ListPage::parse(bad.as_bytes()).is_err(), "{bad}");
        }
        let lenient =
            format!(r#"{{"schemas":["{list}"],"totalResults":0,"Resources":null,"x":[1]}}"#);
        assert_eq!(ListPage::parse(lenient.as_bytes()), Ok(ListPage::default()));
    }
}
