//! Whether a server answers alike whatever it is sent: a wrong path, a page for people, a proxy
//! that refuses. Then no check means anything, and the one cause is told instead of a hundred.

use http::header::{HeaderValue, USER_AGENT};

use crate::verify::answer::Answer;
use crate::verify::finding::{Finding, NotPassed, Sign};
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
) -> Result<Option<Finding>, NotPassed> {
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
        return Ok(nowhere(session, search.status)?.map(|came| Finding::shown(came, None)));
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
        (Kind::NoSuccess, 403) => return not_let_in(session, search).map(Some),
        (Kind::NoSuccess, 501) => "the server says that it has none of this".to_owned(),
        (Kind::NoSuccess, 503) => "the server says that it is not available".to_owned(),
        (Kind::NoSuccess, 500..) => {
            "the server answers each request with an error of its own".to_owned()
        }
        (Kind::NoSuccess, _) => "the server refuses each request".to_owned(),
        (Kind::NoJson, _) if is_page(search) => {
            "a page for people answers, and no SCIM server".to_owned()
        }
        (Kind::NoJson, _) => "no JSON comes".to_owned(),
        (Kind::List, _) => "a list comes, also when a user is created".to_owned(),
        (Kind::Resource, _) => "a resource comes, also when nobody is looked for".to_owned(),
        (Kind::OtherJson, _) => "JSON comes that is neither a list nor a resource".to_owned(),
    };
    let is_list = kind(search) == Kind::List;
    let create = match alike(&create) {
        true => " and a create alike".to_owned(),
        false => format!(", and {} to a create", create.said()),
    };
    let read = if create.starts_with(',') { " and a read" } else { ", a read" };
    let found =
        Finding::shown(format!("{} to a search{read}{create}: {what}", search.said()), None);
    Ok(Some(match is_list {
        // The search itself was answered as it should be.
        true => Finding {
            exchange: session.exchanges.len().checked_sub(1),
            right: Some("404 to a read of an id that nobody has, and 201 with its id to a create"),
            portal: Some("Test Connection is green, and no user is created"),
            ..found
        },
        false => found,
    }))
}

/// What is said of a server that answers each request with 403: whether it lets in what names a
/// User-Agent, which Entra's client does not, is tried.
///
/// # Errors
/// When no response came.
fn not_let_in(session: &mut Session<'_>, search: &Answer) -> Result<Finding, NotPassed> {
    let nobody = session.nobody();
    let path = format!("/Users?filter=userName%20eq%20%22{nobody}%22");
    let mut request = session.request(http::Method::GET, &path, None);
    request.headers_mut().insert(USER_AGENT, HeaderValue::from_static("Mozilla/5.0"));
    let named = session.send_as_is(request)?;
    if (200..300).contains(&named.status) {
        return Ok(Finding {
            sign: Some(Sign::NeedsUserAgent),
            ..Finding::shown(
                format!(
                    "{} to a search, a read and a create alike, and {} to a search with a User-Agent",
                    search.said(),
                    named.status
                ),
                None,
            )
        });
    }
    let came = format!(
        "{} to a search, a read and a create alike: the server does not let this client in",
        search.said()
    );
    Ok(Finding::shown(came, None))
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
