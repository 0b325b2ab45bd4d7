//! Whether a server answers alike whatever it is sent: a wrong path, a page for people, a proxy
//! that refuses. Then no check means anything, and the one cause is told instead of a hundred.

use crate::verify::answer::Answer;
use crate::verify::finding::NotPassed;
use crate::verify::pick;
use crate::verify::session::{Endpoint, Session};
use crate::verify::whereabouts::{self, SIGNS, USUAL_BASES};

/// What kind of thing a response is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// A status that is no success.
    NoSuccess,
    /// A list of resources.
    List,
    /// A resource.
    Resource,
    /// JSON that is neither.
    OtherJson,
    /// No JSON: a page, or nothing.
    NoJson,
}

fn kind(answer: &Answer) -> Kind {
    match &answer.json {
        _ if !(200..300).contains(&answer.status) => Kind::NoSuccess,
        None => Kind::NoJson,
        Some(json) if pick::pick(json, &["Resources"]).is_some() => Kind::List,
        Some(json) if pick::pick(json, &["totalResults"]).is_some() => Kind::List,
        Some(json) if pick::text(json, &["id"]).is_some() => Kind::Resource,
        Some(_) => Kind::OtherJson,
    }
}

/// Sends requests of other kinds than the search that was answered so; returns what the server
/// does when it answers them all alike.
///
/// # Errors
/// When no response came.
pub(super) fn answers_alike(
    session: &mut Session<'_>,
    search: &Answer,
) -> Result<Option<String>, NotPassed> {
    let alike = |other: &Answer| other.status == search.status && kind(other) == kind(search);
    let is_nothing = |other: &Answer| whereabouts::is_nothing(other.status);
    let nobody = session.nobody();
    let read = session.get_one(Endpoint::User, &nobody).map_err(|why| session.or_failed(why))?;
    if !(alike(&read) || is_nothing(search) && is_nothing(&read)) {
        return Ok(None);
    }
    let body = session.user_body();
    let create = session.create(Endpoint::User, &body).map_err(|why| session.or_failed(why))?;
    if is_nothing(search) && whereabouts::creates_nothing(create.status) {
        return nowhere(session, search.status);
    }
    // A server of pages answers each read with one, and takes no create.
    let is_of_pages = is_page(search) && !says_scim(&create);
    if !(alike(&create) || is_of_pages) {
        return Ok(None);
    }
    let what = match (kind(search), search.status) {
        (Kind::NoSuccess, 300..400) => {
            let to = session.last().and_then(|last| {
                let answer = last.reply.as_ref().ok()?;
                answer.headers().get(http::header::LOCATION)?.to_str().ok().map(str::to_owned)
            });
            format!("the server sends every request to {}", to.as_deref().unwrap_or("another URL"))
        }
        (Kind::NoSuccess, 403) => "the server does not let this client in".to_owned(),
        (Kind::NoSuccess, 500..) => "the server breaks before it looks at a request".to_owned(),
        (Kind::NoJson, _) if is_page(search) => {
            "a page for people answers, and no SCIM server".to_owned()
        }
        (Kind::NoJson, _) => "no JSON comes".to_owned(),
        (Kind::List, _) => "a list comes, also when a user is created".to_owned(),
        (Kind::Resource, _) => "a resource comes, also when nobody is looked for".to_owned(),
        _ => "the server does not look at what is sent".to_owned(),
    };
    let create = match alike(&create) {
        true => " and a create alike".to_owned(),
        false => format!(", and {} to a create", create.said()),
    };
    let read = if create.starts_with(',') { " and a read" } else { ", a read" };
    Ok(Some(format!("{} to a search{read}{create}: {what}", search.said())))
}

/// Whether a page for people came.
fn is_page(answer: &Answer) -> bool {
    kind(answer) == Kind::NoJson && answer.media_type.contains("html")
}

/// Whether an answer is one of a SCIM server, which names its schema, an error's too.
fn says_scim(answer: &Answer) -> bool {
    answer.json.as_ref().is_some_and(|json| pick::pick(json, &["schemas"]).is_some())
}

/// What is said where nothing is at the URL; `None` when its users can be listed all the same.
///
/// # Errors
/// When no response came.
fn nowhere(session: &mut Session<'_>, status: u16) -> Result<Option<String>, NotPassed> {
    let list = session.get("/Users?startIndex=1&count=1")?;
    if whereabouts::is_there(list.status, list.json.as_ref()) {
        return Ok(None);
    }
    for sign in SIGNS {
        let answer = session.get(sign)?;
        if whereabouts::is_sign(answer.status, answer.json.as_ref()) {
            let said = format!("a SCIM server at this URL, but {status} at its /Users");
            return Ok(Some(format!("{said} (and 200 at {sign})")));
        }
    }
    let hint = match elsewhere(session)? {
        none if none.is_empty() && session.plan().base_path.is_empty() => {
            "; is the path missing, such as /scim/v2?".to_owned()
        }
        none if none.is_empty() => "; is its path another, such as /scim/v2?".to_owned(),
        there => format!("; is the path missing, such as /scim/v2?{there}"),
    };
    Ok(Some(format!("no SCIM server at this URL ({status}){hint}")))
}

/// A base path of this host below which a server does answer, as a hint.
fn elsewhere(session: &mut Session<'_>) -> Result<String, NotPassed> {
    let own = session.plan().base_path.clone();
    for base in USUAL_BASES.iter().filter(|base| **base != own) {
        let mut request = session.request(http::Method::GET, "/Users?count=1", None);
        *request.uri_mut() = format!("{base}/Users?count=1").parse().unwrap_or_default();
        let answer = session.send_as_is(request)?;
        if whereabouts::is_there(answer.status, answer.json.as_ref()) {
            return Ok(format!(" One answers at {}{base}", session.origin()));
        }
    }
    Ok(String::new())
}
