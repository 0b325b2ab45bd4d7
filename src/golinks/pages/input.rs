//! What a browser sends beside forms: a cookie, and where it wants to go next.

use http::Request;
use http::header::COOKIE;

use crate::golinks::store::links::LinkName;

/// The value of a cookie.
pub(super) fn cookie<'a, T>(request: &'a Request<T>, name: &str) -> Option<&'a str> {
    let headers = request.headers().get_all(COOKIE).into_iter();
    let pairs = headers.filter_map(|header| header.to_str().ok()).flat_map(|all| all.split(';'));
    let mut found = pairs.filter_map(|pair| pair.trim().split_once('='));
    found.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// Where a browser goes on after signing in: a page of GoLinks or a go link, and never another
/// server.
pub(super) fn place(wanted: &str) -> &str {
    let plain = |text: &str| text.chars().all(|c| c.is_alphanumeric() || "/-_".contains(c));
    let own = match (wanted.strip_prefix("/go/"), wanted.strip_prefix("/golinks/")) {
        (Some(entered), _) => {
            let (name, rest) = entered.split_once('/').unwrap_or((entered, ""));
            LinkName::read(name).is_ok() && plain(rest)
        }
        (_, Some(page)) => plain(page),
        _ => false,
    };
    match own && wanted.len() <= 200 && !wanted.contains("//") {
        true => wanted,
        false => "/golinks/links",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use proptest::prelude::*;

    #[test]
    fn a_relay_state_leads_to_a_page_of_golinks_alone() {
        for wanted in ["/golinks/links", "/golinks/people", "/go/road-map_2", "/go/🚀", "/go/a/12"]
        {
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
            "/go/x/../../api",
            "javascript:alert(1)",
        ] {
            assert_eq!(place(wanted), "/golinks/links", "{wanted:?}");
        }
    }

    proptest! {
        #[test]
        fn no_relay_state_leads_out_of_golinks(wanted in "(/go/|/golinks/)?[/\\\\a-z.:?#@%\r\n ]{0,30}") {
            let place = place(&wanted);
            let own = place.strip_prefix("/go/").or_else(|| place.strip_prefix("/golinks/"));
            let own = own.expect("a path of GoLinks");
            prop_assert!(!own.starts_with('/') && !own.contains("//"), "{place:?}");
            prop_assert!(!place.contains(['\\', '.', ':', '?', '#', '@', '%', '\r', '\n', ' ']));
        }
    }

    #[test]
    fn cookies_are_read_as_browsers_send_them() {
        let request = Request::builder().header("cookie", "a=1; golinks_session=2.ff; b=3");
        let request = request.body(Bytes::new()).unwrap();
        assert_eq!(cookie(&request, "golinks_session"), Some("2.ff"));
        assert_eq!(cookie(&request, "session"), None);
    }
}
