//! HTML: the frame of every page, and the escaping of what is shown in it.

use crate::base::html::escaped;
use std::fmt::Write;

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{Response, StatusCode};

use super::shown::Shown;

/// The pages load their own style and nothing else, and run no script.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// The pages of the menu.
const MENU: [(&str, &str); 5] = [
    ("/golinks/links", "Links"),
    ("/golinks/people", "People"),
    ("/golinks/scim", "SCIM"),
    ("/golinks/sso", "Single sign-on"),
    ("/golinks/audit", "Audit log"),
];

/// A page before it has its frame.
pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) title: &'static str,
    pub(super) body: String,
}

impl Page {
    pub(super) fn new(title: &'static str, body: String) -> Page {
        Page { status: StatusCode::OK, title, body }
    }

    /// A page that says why something was not done.
    pub(super) fn refusal(status: StatusCode, why: &str) -> Page {
        let body = format!(
            "<p role=alert class=alert>{}</p><p><a href=\"/golinks/links\">Back to GoLinks</a></p>",
            escaped(why)
        );
        Page { status, title: "Not done", body }
    }

    /// The page in its frame.
    pub(super) fn response(self, shown: &Shown<'_>) -> Response<Bytes> {
        let Page { status, title, body } = self;
        let mut menu = String::new();
        for (path, name) in MENU {
            let current = if name == title { " aria-current=page" } else { "" };
            // Writing to a String cannot fail.
            let _ = write!(menu, "<li><a href=\"{path}\"{current}>{name}</a></li>");
        }
        let visitor = match &shown.visitor {
            Some(visitor) => format!(
                "<form method=post action=\"/golinks/sign-out\"><span>Signed in as <b>{}</b></span> \
                 <button>Sign out</button></form>",
                escaped(&visitor.user_name)
            ),
            None => "<a class=button href=\"/golinks/sign-in\">Sign in</a>".to_owned(),
        };
        let text = format!(
            "<!doctype html><html lang=en><head><meta charset=utf-8>\
             <meta name=viewport content=\"width=device-width, initial-scale=1\">\
             <meta name=color-scheme content=\"light dark\"><title>{title} · GoLinks</title>\
             <link rel=icon href=\"/icon.svg\" type=\"image/svg+xml\">\
             <link rel=stylesheet href=\"/golinks/golinks.css\"></head><body>\
             <a class=skip href=\"#main\">Skip to the page</a>\
             <header><a class=home href=\"/golinks/links\">GoLinks</a>\
             <nav aria-label=\"GoLinks\"><ul>{menu}</ul></nav><div class=who>{visitor}</div></header>\
             <main id=main tabindex=-1><h1>{title}</h1>{body}</main>\
             <footer><a href=\"/\">The two worlds</a> <span>{}, virtual time</span></footer></body></html>",
            shown.now.rfc3339()
        );
        let mut response = Response::new(Bytes::from(text));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// Sends the browser on to another address.
pub(super) fn see_other(place: impl AsRef<str>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let place = HeaderValue::from_str(place.as_ref());
    let headers = response.headers_mut();
    headers.insert(LOCATION, place.unwrap_or(HeaderValue::from_static("/golinks/links")));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A table with a caption and a heading for each column; the cells are HTML.
pub(super) fn table(caption: &str, columns: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = format!(
        "<div class=scroll role=region aria-label=\"{caption}\" tabindex=0><table>\
         <caption>{caption}</caption><thead><tr>"
    );
    columns.iter().for_each(|column| text += &format!("<th scope=col>{column}</th>"));
    text += "</tr></thead><tbody>";
    for row in rows {
        text += "<tr>";
        row.iter().for_each(|cell| text += &format!("<td>{cell}</td>"));
        text += "</tr>";
    }
    text += "</tbody></table></div>";
    text
}

/// A word on a coloured ground.
pub(super) fn chip(tone: &str, word: &str) -> String {
    format!("<span class=chip data-tone={tone}>{word}</span>")
}
