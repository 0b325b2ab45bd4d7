//! The fields of a form or of a query, as browsers and the clients of the REST API send them.

use bytes::Bytes;
use http::Request;
use http::header::CONTENT_TYPE;

use crate::golinks::api::decode;

/// The fields of a form.
#[derive(Default)]
pub(super) struct FormFields {
    fields: Vec<(String, String)>,
}

impl FormFields {
    /// Reads the form of a request; `None` for a body of another type, or that is no form.
    pub(super) fn read(request: &Request<Bytes>) -> Option<FormFields> {
        let kind = request.headers().get(CONTENT_TYPE)?.to_str().ok()?;
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return None;
        }
        FormFields::parse(std::str::from_utf8(request.body()).ok()?)
    }

    /// Reads fields as a query has them.
    pub(super) fn parse(text: &str) -> Option<FormFields> {
        let parts = text.split('&').filter(|part| !part.is_empty());
        let field = |part: &str| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Some((decode(name).ok()?.into_owned(), decode(value).ok()?.into_owned()))
        };
        parts.map(field).collect::<Option<_>>().map(|fields| FormFields { fields })
    }

    /// The first field of this name, without white space around it; empty when there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// The same; `None` when there is none.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim())
    }

    /// Every field of this name, without white space around them.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_as_browsers_send_them() {
        let form =
            FormFields::parse("name=a+b&url=https%3A%2F%2Fx.example%2F%3Fq%3D1&empty=&t=1&t=2");
        let form = form.unwrap();
        assert_eq!((form.get("name"), form.get("url")), ("a b", "https://x.example/?q=1"));
        assert_eq!((form.find("empty"), form.find("none")), (Some(""), None));
        assert_eq!(form.all("t").collect::<Vec<_>>(), ["1", "2"]);
        assert!(FormFields::parse("a=%ff").is_none());
    }
}
