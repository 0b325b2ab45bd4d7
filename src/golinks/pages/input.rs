//! What a browser sends: the fields of a form, the values of a query, a cookie, and where it wants
//! to go next.

use bytes::Bytes;
use http::Request;
use http::header::{CONTENT_TYPE, COOKIE};

use crate::golinks::api::decode;

/// The fields of a form.
pub(super) struct PageForm {
    fields: Vec<(String, String)>,
}

impl PageForm {
    /// Reads the form of a request; `None` for a body of another type, or that is no form.
    pub(super) fn read(request: &Request<Bytes>) -> Option<PageForm> {
        let kind = request.headers().get(CONTENT_TYPE)?.to_str().ok()?;
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return None;
        }
        PageForm::parse(std::str::from_utf8(request.body()).ok()?)
    }

    /// Reads fields as a query has them.
    pub(super) fn parse(text: &str) -> Option<PageForm> {
        let parts = text.split('&').filter(|part| !part.is_empty());
        let field = |part: &str| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Some((decode(name).ok()?.into_owned(), decode(value).ok()?.into_owned()))
        };
        parts.map(field).collect::<Option<_>>().map(|fields| PageForm { fields })
    }

    /// The first field of this name, without white space around it; empty when there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.trim())
    }
}

/// The value of a cookie.
pub(super) fn cookie<'a>(request: &'a Request<Bytes>, name: &str) -> Option<&'a str> {
    let headers = request.headers().get_all(COOKIE).into_iter();
    let pairs = headers.filter_map(|header| header.to_str().ok()).flat_map(|all| all.split(';'));
    let mut found = pairs.filter_map(|pair| pair.trim().split_once('='));
    found.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// Where a browser goes on after signing in: a page of GoLinks or a go link, and never another
/// server.
pub(super) fn place(wanted: &str) -> &str {
    let plain = |c: char| c.is_alphanumeric() || "/-_".contains(c);
    let own = wanted.starts_with("/go/") || wanted.starts_with("/golinks/");
    match own && wanted.len() <= 200 && !wanted.contains("//") && wanted.chars().all(plain) {
        true => wanted,
        false => "/golinks/links",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_state_leads_to_a_page_of_golinks_alone() {
        for wanted in ["/golinks/links", "/golinks/people", "/go/road-map_2"] {
            assert_eq!(place(wanted), wanted);
        }
        for wanted in [
            "",
            "/",
            "//evil.example",
            "https://evil.example/go/x",
            "/go//evil.example",
            "/go/\\evil.example",
            "/go/x?y=1",
            "/go/x\r\nSet-Cookie: a=b",
            "/api/v1/actions",
            "/golinks/%2e%2e/",
            "javascript:alert(1)",
        ] {
            assert_eq!(place(wanted), "/golinks/links", "{wanted:?}");
        }
    }

    #[test]
    fn forms_and_cookies_are_read_as_browsers_send_them() {
        let form =
            PageForm::parse("name=a+b&url=https%3A%2F%2Fx.example%2F%3Fq%3D1&empty=").unwrap();
        assert_eq!((form.get("name"), form.get("url")), ("a b", "https://x.example/?q=1"));
        assert_eq!((form.get("empty"), form.get("none")), ("", ""));
        assert!(PageForm::parse("a=%ff").is_none());
        let request = Request::builder().header("cookie", "a=1; golinks_session=2.ff; b=3");
        let request = request.body(Bytes::new()).unwrap();
        assert_eq!(cookie(&request, "golinks_session"), Some("2.ff"));
        assert_eq!(cookie(&request, "session"), None);
    }
}
