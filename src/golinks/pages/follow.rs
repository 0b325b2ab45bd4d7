//! Entering `go/<name>`: the link leads on, to the sign-in page, or to a page that offers to make
//! it.

use bytes::Bytes;
use http::{Response, StatusCode};
use percent_encoding::percent_decode_str;

use super::html::{Page, see_other};
use super::links::{self, Draft};
use super::shown::{PagePlace, Visitor};
use crate::base::Moment;
use crate::base::html::escaped;
use crate::golinks::store::links::LinkName;
use crate::golinks::{Event, Followed, GoLinks};

/// How many links of similar names are offered.
const NEAR_MAX: usize = 5;

/// A visitor enters `go/<name>`; `entered` is what stands behind `/go/` in the path.
pub(super) fn follow(
    golinks: &mut GoLinks,
    entered: &str,
    visitor: Option<Visitor>,
    place: &PagePlace,
    moment: &mut Moment<'_, Event>,
) -> Response<Bytes> {
    let entered = percent_decode_str(entered).decode_utf8_lossy().into_owned();
    let actor = visitor.as_ref().map(|visitor| visitor.actor);
    match golinks.follow_link(&entered, actor, moment) {
        Followed::To(url) => see_other(url),
        Followed::ToSignIn => {
            let path = format!("/go/{entered}");
            match super::input::place(&path) == path {
                true => see_other(format!("/golinks/sign-in?to={path}")),
                false => see_other("/golinks/sign-in"),
            }
        }
        Followed::Unknown => {
            let shown = golinks.shown(visitor, place, moment.now());
            let name = entered.split('/').next().unwrap_or_default();
            let body = match golinks.links().get(name).filter(|link| !link.private) {
                Some(_) => format!(
                    "<p>go/{0} is there, and takes nothing behind its name.</p>\
                     <p><a href=\"/go/{0}\">go/{0}</a></p>",
                    escaped(name)
                ),
                None => unknown(golinks, name),
            };
            Page { status: StatusCode::NOT_FOUND, title: "No such link", body }.response(&shown)
        }
    }
}

/// What is said of a name that no link has: similar names, and the form to make it.
fn unknown(golinks: &GoLinks, name: &str) -> String {
    let known = LinkName::read(name).map(|name| name.to_string()).unwrap_or_default();
    let begins = |other: &str| known.chars().next().is_some_and(|c| other.starts_with(c));
    let links = golinks.links().iter();
    let near = links.filter(|(other, link)| !link.private && begins(other)).take(NEAR_MAX);
    let near: String = near
        .map(|(other, _)| {
            format!("<li><a href=\"/go/{}\">go/{}</a></li>", other.encoded(), escaped(other))
        })
        .collect();
    let near = match near.is_empty() {
        true => String::new(),
        false => format!("<p>Similar links:</p><ul>{near}</ul>"),
    };
    let shown: String = name.chars().take(50).collect();
    format!(
        "<p>There is no link go/{}.</p>{near}{}",
        escaped(&shown),
        links::form(&Draft::named(&known))
    )
}
