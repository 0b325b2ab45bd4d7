//! HTML: the frame of every page, and the parts that pages share.

use std::fmt::Write;

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, LOCATION, REFERRER_POLICY,
    SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use http::{Response, StatusCode};
use percent_encoding::{CONTROLS, utf8_percent_encode};

use super::shown::Shown;
use crate::base::Time;
use crate::base::html::escaped;
use crate::golinks::form::FormFields;
use crate::golinks::rights::{Actor, Right};

/// The pages load their own style and nothing else, and run no script.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// The pages of the menu, and what opening one takes.
const MENU: [(&str, &str, Option<Right>); 6] = [
    ("/golinks/links", "Links", None),
    ("/golinks/people", "People", Some(Right::SeePeople)),
    ("/golinks/developer", "API tokens", None),
    ("/golinks/scim", "SCIM", Some(Right::Settings)),
    ("/golinks/sso", "Single sign-on", Some(Right::Settings)),
    ("/golinks/audit", "Audit log", Some(Right::Settings)),
];

/// What a form has done, by the word that its page is told.
const DONE: [(&str, &str); 11] = [
    ("made", "The link is made."),
    ("saved", "The link is saved."),
    ("deleted", "The link is deleted."),
    ("transferred", "The links have a new owner."),
    ("role", "The role is set."),
    ("status", "The status is set."),
    ("settings", "The settings are saved."),
    ("issued", "The token is issued."),
    ("revoked", "The token is revoked."),
    ("in", "You are signed in."),
    ("out", "You are signed out here. Entra still knows you, until you sign out there."),
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
        let text = format!(
            "<!doctype html><html lang=en><head><meta charset=utf-8>\
             <meta name=viewport content=\"width=device-width, initial-scale=1\">\
             <meta name=color-scheme content=\"light dark\"><title>{title} · GoLinks</title>\
             <link rel=icon href=\"/icon.svg\" type=\"image/svg+xml\">\
             <link rel=stylesheet href=\"/golinks/golinks.css\"></head><body>\
             <a class=skip href=\"#main\">Skip to the page</a>\
             <header><a class=home href=\"/golinks/links\">GoLinks</a>{}{}{}</header>\
             <main id=main tabindex=-1><h1>{title}</h1>{}{body}</main>\
             <footer><a href=\"/\">The two worlds</a> <a href=\"/myapps\">My Apps at Entra</a> \
             <span>{} UTC, the story’s time</span></footer></body></html>",
            menu(shown, title),
            workspaces(shown),
            who(shown),
            done(shown),
            when(shown.now)
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

/// The pages that the visitor may open.
fn menu(shown: &Shown<'_>, title: &str) -> String {
    let mut menu = String::new();
    for (path, name, right) in MENU {
        if shown.visitor.is_some() && right.is_none_or(|right| shown.may(right)) {
            let current = if name == title { " aria-current=page" } else { "" };
            // Writing to a String cannot fail.
            let _ = write!(menu, "<li><a href=\"{path}\"{current}>{name}</a></li>");
        }
    }
    match menu.is_empty() {
        true => menu,
        false => format!("<nav aria-label=\"GoLinks\"><ul>{menu}</ul></nav>"),
    }
}

/// The choice of a workspace, where there are several.
fn workspaces(shown: &Shown<'_>) -> String {
    let place = shown.place;
    if place.workspaces.len() < 2 {
        return String::new();
    }
    let item = |(nth, name): (usize, &std::sync::Arc<str>)| {
        let current = if nth == place.current { " aria-current=true" } else { "" };
        let name = escaped(name);
        format!("<li><a href=\"/golinks/workspace?nth={nth}\"{current}>{name}</a></li>")
    };
    let items: String = place.workspaces.iter().enumerate().map(item).collect();
    format!(
        "<nav class=spaces aria-label=\"Workspace\"><span>Workspace</span><ul>{items}</ul></nav>"
    )
}

/// Who the visitor is.
fn who(shown: &Shown<'_>) -> String {
    let Some(visitor) = &shown.visitor else {
        return "<div class=who><a class=button href=\"/golinks/sign-in\">Sign in</a></div>"
            .to_owned();
    };
    let role = match visitor.actor {
        Actor::Owner => String::new(),
        Actor::Person(_) => format!(", {}", visitor.role.name()),
    };
    format!(
        "<form class=who method=post action=\"/golinks/sign-out\"><span>Signed in as <b>{}</b>{role}</span> \
         <button>Sign out</button></form>",
        escaped(&visitor.name)
    )
}

/// What the form before this page has done.
fn done(shown: &Shown<'_>) -> String {
    let word = FormFields::parse(shown.query);
    let word = word.as_ref().map_or("", |form| form.get("done"));
    let said = DONE.iter().find(|(known, _)| *known == word);
    said.map_or_else(String::new, |(_, said)| format!("<p role=status class=done>{said}</p>"))
}

/// Sends the browser on to another address.
pub(super) fn see_other(place: impl AsRef<str>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    // A header has no letters beyond ASCII; what a URL has of them is encoded.
    let place = utf8_percent_encode(place.as_ref(), CONTROLS).to_string();
    let place = HeaderValue::from_str(&place);
    let headers = response.headers_mut();
    headers.insert(LOCATION, place.unwrap_or(HeaderValue::from_static("/golinks/links")));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Gives the browser one more cookie.
pub(super) fn set_cookie(response: &mut Response<Bytes>, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

/// A table with a caption and a heading for each column; the cells are HTML. On a narrow screen a
/// row becomes a card, whose cells say their columns.
pub(super) fn table(caption: &str, columns: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = format!(
        "<div class=scroll role=region aria-label=\"{caption}\" tabindex=0><table role=table>\
         <caption>{caption}</caption><thead role=rowgroup><tr role=row>"
    );
    let add = |text: &mut String, part: std::fmt::Arguments<'_>| {
        // Writing to a String cannot fail.
        let _ = text.write_fmt(part);
    };
    for column in columns {
        add(&mut text, format_args!("<th scope=col role=columnheader>{column}</th>"));
    }
    text += "</tr></thead><tbody role=rowgroup>";
    for row in rows {
        text += "<tr role=row>";
        for (cell, column) in row.iter().zip(columns) {
            let none = if cell.is_empty() { " class=none" } else { "" };
            add(
                &mut text,
                format_args!("<td role=cell data-column=\"{column}\"{none}><div>{cell}</div></td>"),
            );
        }
        text += "</tr>";
    }
    text += "</tbody></table></div>";
    text
}

/// A word on a coloured ground.
pub(super) fn chip(tone: &str, word: &str) -> String {
    format!("<span class=chip data-tone={tone}>{word}</span>")
}

/// An instant of the story, to the minute.
pub(super) fn when(time: Time) -> String {
    let text = time.rfc3339();
    let short = text.get(..16).unwrap_or(&text).replace('T', " ");
    format!("<time datetime=\"{text}\">{short}</time>")
}
