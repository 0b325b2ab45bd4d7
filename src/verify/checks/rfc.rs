//! Features of RFC 7644 that Entra does not use; they are as the server announces them.

use http::Method;
use serde_json::{Value, json};

use crate::verify::bodies::ENTERPRISE;
use crate::verify::check::checks;
use crate::verify::finding::{NotPassed, must};
use crate::verify::pick::{self, pick};
use crate::verify::session::{Endpoint, Session, must_hold};

checks! {
    "x.put" Info Nothing put {
        sends: "PUT of a user",
        right: "200 and the new values, or 405 or 501",
        sources: "RFC 7644 3.5.1, Okta SPEC",
        portal: "nothing: Entra sends PATCH",
    }
    "x.search" Info Nothing search {
        sends: "POST /Users/.search",
        right: "a list, or 404 or 501",
        sources: "RFC 7644 3.4.3, scim2-tester",
        portal: "nothing: Entra sends GET",
    }
    "x.attributes" Info Nothing attributes {
        sends: "GET by id with attributes=userName",
        right: "userName and what is always returned, no more",
        sources: "RFC 7644 3.9, scim2-tester",
        portal: "nothing: Entra reads all",
    }
    "x.sort" Info Nothing sort {
        sends: "sortBy=userName",
        right: "sorted, when the server says that it sorts",
        sources: "RFC 7644 3.4.2.3",
        portal: "nothing: Entra does not sort",
    }
    "x.bulk" Info Nothing bulk {
        sends: "POST /Bulk with one create",
        right: "200, when the server says that it has bulk; else 404 or 501",
        sources: "RFC 7644 3.7",
        portal: "nothing: Entra does not send it today",
    }
    "x.etag" Info Nothing etag {
        sends: "GET by id",
        right: "meta.version and ETag, when the server says that it has them",
        sources: "RFC 7644 3.14",
        portal: "nothing: Entra does not ask",
    }
    "x.me" Info Nothing me {
        sends: "GET /Me",
        right: "an answer that is no server error, or 501",
        sources: "RFC 7644 3.11",
        portal: "nothing: Entra does not ask",
    }
    "x.random-url" Info Nothing random {
        sends: "GET of a path that does not exist",
        right: "404",
        sources: "RFC 7644 3.12, scim2-tester",
        portal: "nothing: Entra does not ask",
    }
}

/// Whether /ServiceProviderConfig announces a feature.
fn announces(session: &mut Session<'_>, feature: &str) -> Result<bool, NotPassed> {
    let answer = session.get("/ServiceProviderConfig")?;
    let json = answer.json.filter(|_| answer.status == 200);
    let json = json.ok_or(NotPassed::Needs("disc.config"))?;
    Ok(pick(&json, &[feature, "supported"]) == Some(&Value::Bool(true)))
}

fn put(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let mut body = session.read(Endpoint::User, &user.id)?;
    body["title"] = json!("Changed");
    body[ENTERPRISE]["department"] = json!("Changed");
    let answer = session.send(Method::PUT, &format!("/Users/{}", user.id), Some(&body))?;
    if matches!(answer.status, 405 | 501) {
        return Ok(());
    }
    answer.must_be(&[200])?;
    let read = session.read(Endpoint::User, &user.id)?;
    must_hold(&read, &["title"], "Changed")?;
    must_hold(&read, &[ENTERPRISE, "department"], "Changed")
}

fn search(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": format!("userName eq \"{}\"", user.name), "startIndex": 1, "count": 10,
    });
    let answer = session.send(Method::POST, "/Users/.search", Some(&body))?;
    if matches!(answer.status, 404 | 405 | 501) {
        return Ok(());
    }
    let list = answer.list()?;
    must(list.is_only(&user.id), || list.said_beside(&user.id)).map_err(|failure| {
        match list.differs_from(&user.id) {
            Some(sign) => failure.of_kind(sign),
            None => failure,
        }
    })
}

fn attributes(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let answer = session.get(&format!("/Users/{}?attributes=userName", user.id))?;
    let read = answer.resource()?;
    must_hold(read, &["userName"], &user.name)?;
    let title = pick(read, &["title"]);
    must(title.is_none(), || {
        format!("title is {}, though it was not asked for", pick::shown(title))
    })
}

fn sort(session: &mut Session<'_>) -> Result<(), NotPassed> {
    if !announces(session, "sort")? {
        return Err(NotPassed::skipped("the server says that it does not sort"));
    }
    session.new_user()?;
    session.new_user()?;
    let list = session.get("/Users?sortBy=userName&count=50")?.list()?;
    let names: Vec<String> = list
        .resources
        .iter()
        .filter_map(|user| pick::text(user, &["userName"]).map(str::to_lowercase))
        .collect();
    must(names.is_sorted(), || "the list is not sorted by userName".to_owned())
}

fn bulk(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let has = announces(session, "bulk")?;
    let nobody = session.nobody();
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "DELETE", "path": format!("/Users/{nobody}")}],
    });
    let answer = session.send(Method::POST, "/Bulk", Some(&body))?;
    match has {
        true => answer.must_be(&[200]).map(|_| ()),
        false => {
            must((400..500).contains(&answer.status) || answer.status == 501, || answer.said())
        }
    }
}

fn etag(session: &mut Session<'_>) -> Result<(), NotPassed> {
    if !announces(session, "etag")? {
        return Err(NotPassed::skipped("the server says that it has no versions"));
    }
    let user = session.new_user()?;
    let read = session.read(Endpoint::User, &user.id)?;
    let version = pick(&read, &["meta", "version"]);
    must(!pick::is_empty(version), || "meta.version is absent".to_owned())
}

fn me(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let answer = session.get("/Me")?;
    must(answer.status < 500 || answer.status == 501, || answer.said())
}

fn random(session: &mut Session<'_>) -> Result<(), NotPassed> {
    session.get("/NoSuchEndpoint")?.must_be(&[404]).map(|_| ())
}
