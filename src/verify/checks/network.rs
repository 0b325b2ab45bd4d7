//! Whether the server can be reached as Entra reaches it, and how its responses look on the wire.

use std::time::Duration;

use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue, LOCATION, USER_AGENT};
use http::{Method, Request};

use super::alike;
use crate::verify::check::checks;
use crate::verify::exchange::Exchange;
use crate::verify::finding::{Finding, NotPassed, Sign, must};
use crate::verify::pick;
use crate::verify::session::{Endpoint, Session};
use crate::verify::steadiness::{ALIVE, HANGS, STEADY, THROTTLES};
use crate::verify::whereabouts::endpoint_at_end;

checks! {
    "net.reach" Block Nothing reach {
        sends: "the probe of every cycle: a search for a user that does not exist",
        right: "200 and a ListResponse with totalResults 0",
        sources: "scim-dev",
        portal: "Test Connection fails; the job is quarantined at its next cycle",
        ends_all: true,
    }
    "net.alive" Block Nothing alive {
        sends: "nothing of its own: it looks at what came of all requests",
        right: "the server answers to the end",
        sources: "RFC 9110 15.6",
        portal: "every cycle ends at its probe, and the job is quarantined",
        ends_all: true,
    }
    "net.hangs" Fail Nothing hangs {
        sends: "nothing of its own: it looks at what came of all requests",
        right: "each kind of request is answered",
        sources: "B71",
        portal: "Timeout for every object that needs such a request, in every cycle",
    }
    "net.steady" Fail Nothing steady {
        sends: "nothing of its own: each request that breaks is sent again, while several checks run at a time (--jobs)",
        right: "each request is answered at the first time",
        sources: "RFC 9110 15.6, gallery requirements",
        portal: "objects fail by chance and wait for the next cycle; a probe that fails quarantines the job",
    }
    "net.redirect" Block Nothing redirect {
        sends: "a search for a user that does not exist",
        right: "no redirect: Entra's client is not known to follow one",
        sources: "B69",
        portal: "Test Connection fails; the job is quarantined at its next cycle",
        ends_all: true,
    }
    "net.tls" Block Nothing tls {
        sends: "a TLS handshake that offers version 1.2 and its suites with ECDHE and AES-GCM",
        right: "it is accepted; a server that is far away does not speak plain HTTP",
        sources: "scim-dev, gallery requirements",
        portal: "Test Connection fails; the job is quarantined at its next cycle",
    }
    "probe.user" Block Nothing probe {
        sends: "a search for a user that does not exist",
        right: "200 and a ListResponse with totalResults 0",
        sources: "scim-dev, gallery requirements, validator, B48",
        portal: "Test Connection is red; a running job is quarantined with EncounteredQuarantineException and no row of the log fails",
    }
    "net.no-user-agent" Block Nothing no_user_agent {
        sends: "a search with and without User-Agent; Entra sends none",
        right: "the same status",
        sources: "B66",
        portal: "a firewall answers in the server's place; the job is quarantined",
    }
    "net.media-success" Fail Nothing media_success {
        sends: "a search",
        right: "Content-Type application/scim+json",
        sources: "scim-dev, validator, RFC 7644 3.1",
        portal: "SystemForCrossDomainIdentityManagementServiceIncompatible at Test Connection",
    }
    "net.media-error" Warn Nothing media_error {
        sends: "a read of a user that does not exist",
        right: "an Error body of application/scim+json whose `status` is a text",
        sources: "RFC 7644 3.12, scim2-tester",
        portal: "the row of the log says the status and not the reason",
    }
    "net.media-request" Fail Nothing media_request {
        sends: "a create whose Content-Type has a charset",
        right: "accepted",
        sources: "validator, B68",
        portal: "every create fails",
    }
    "net.rate" Warn Nothing rate {
        sends: "25 searches as fast as they are answered",
        right: "no 429 and no server error",
        sources: "gallery requirements",
        portal: "TooManyRequests; cycles take longer, objects wait for the next one",
    }
    "net.429" Warn Nothing throttled {
        sends: "nothing of its own: it looks at how the server throttled",
        right: "429 with Retry-After",
        sources: "B72, RFC 6585 4",
        portal: "InternalServerError instead of TooManyRequests, and no waiting",
    }
    "net.slow" Warn Nothing slow {
        sends: "a search for a user that does not exist",
        right: "an answer within 10 seconds",
        sources: "B71",
        portal: "Timeout; what was done at the server is not known to Entra",
    }
    "net.close" Info Nothing close {
        sends: "a search with `Connection: close`, and another one",
        right: "both are answered",
        sources: "RFC 9112 9.6",
        portal: "nothing: a connection that has ended is opened anew",
    }
    "base.slash" Fail Nothing slash {
        sends: "a search at //Users, which a tenant URL that ends in a slash makes of it, and at /Users/",
        right: "the same status as at /Users",
        sources: "B69",
        portal: "Test Connection fails for a tenant URL that ends in a slash, where the client keeps it",
    }
    "base.query" Fail Nothing query {
        sends: "a search with a query parameter that the server does not know",
        right: "it is ignored",
        sources: "scim-compat",
        portal: "the flag aadOptscim062020 on the tenant URL makes every request fail",
    }
}

fn probe_path(session: &mut Session<'_>) -> String {
    let nobody = session.nobody();
    format!("/Users?filter=userName%20eq%20%22{nobody}%22")
}

fn reach(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let path = probe_path(session);
    let answer = session.get(&path).map_err(|why| session.or_failed(why))?;
    must(answer.status != 401 || !session.has_token(), || {
        format!("{}: the server does not accept this token", answer.said())
    })?;
    must(answer.status != 401, || {
        format!(
            "{}: the server wants a token; give it in the variable SCIM_TOKEN, or with --token-env \
             or --token-file",
            answer.said()
        )
    })?;
    let end = endpoint_at_end(&session.plan().base_path).filter(|_| answer.list().is_err());
    if let Some(end) = end {
        let said = answer.said();
        return Err(NotPassed::failed(format!("{said}: leave off {end}, which Entra adds itself")));
    }
    let shown = session.exchanges.len().checked_sub(1);
    match alike::answers_alike(session, &answer)? {
        Some(found) => {
            let exchange = found.exchange.or(shown);
            Err(NotPassed::Failed(Finding { exchange, ..found }))
        }
        None => Ok(()),
    }
}

/// What shows a fault of the server as a whole, when one was met; `told` says what it is.
fn looks_back(
    session: &mut Session<'_>,
    told_by: &str,
    told: impl FnOnce(&Session<'_>, &str) -> String,
) -> Result<(), NotPassed> {
    let Some(shown) = session.facts.shown_by(told_by) else { return Ok(()) };
    session.exchanges = shown.exchanges.clone();
    Err(NotPassed::failed(told(session, &shown.came)))
}

fn alive(session: &mut Session<'_>) -> Result<(), NotPassed> {
    looks_back(session, ALIVE, |session, came| {
        let line = session.last().map(line).unwrap_or_default();
        let ended = match came {
            "401" => ": it lets the client in no more, as when its token has ended",
            _ => "",
        };
        format!(
            "{came} to {line}, as to all that was sent after the server had answered {} \
             requests{ended}",
            session.tally().steady.answers()
        )
    })
}

fn hangs(session: &mut Session<'_>) -> Result<(), NotPassed> {
    looks_back(session, HANGS, |session, came| {
        let waited = session.last().map_or(0, |last| last.took.as_secs());
        let silent = session.tally().steady.silent();
        format!("{came}, after {waited} s: {silent}; others are answered")
    })
}

fn steady(session: &mut Session<'_>) -> Result<(), NotPassed> {
    looks_back(session, STEADY, |session, came| {
        let line = session.last().map(line).unwrap_or_default();
        format!(
            "now and then a server error or no answer, and what is right when the same was sent \
             again: {}; the first was {came} to {line}",
            session.tally().steady.wavering()
        )
    })
}

/// A request in a line.
fn line(exchange: &Exchange) -> String {
    format!("{} {}", exchange.request.method(), exchange.request.uri())
}

fn tls(session: &mut Session<'_>) -> Result<(), NotPassed> {
    if session.origin().starts_with("http:") {
        let near = session.plan().is_near;
        must(near, || "the URL is http and not https".to_owned())?;
        return Err(NotPassed::skipped("the URL is http, on this machine or in a private network"));
    }
    match session.server.greets_tls12() {
        None => Err(NotPassed::cannot_tell("no handshake can be made here")),
        Some(greeted) => greeted.map_err(|why| NotPassed::failed(format!("no handshake: {why}"))),
    }
}

fn redirect(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let path = probe_path(session);
    let answer = session.get(&path)?;
    let to = session.last().and_then(|exchange| {
        let location = exchange.reply.as_ref().ok()?.headers().get(LOCATION)?;
        Some(String::from_utf8_lossy(location.as_bytes()).into_owned())
    });
    must(!(300..400).contains(&answer.status), || {
        format!("{} to {}", answer.status, to.unwrap_or_default())
    })
}

fn probe(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let nobody = session.nobody();
    let list = session.find(Endpoint::User, "userName", &nobody)?;
    must(list.total == 0 && list.resources.is_empty(), || list.said())
        .map_err(|failure| failure.of_kind(Sign::FindsTooMuch))
}

fn no_user_agent(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let path = probe_path(session);
    let without = session.get(&path)?;
    session.show_last();
    let mut request = session.request(Method::GET, &path, None);
    request.headers_mut().insert(USER_AGENT, HeaderValue::from_static("Mozilla/5.0"));
    let with = session.send_as_is(request)?;
    must(with.status == without.status || with.status >= 300, || {
        format!("{} with and {} without User-Agent", with.status, without.said())
    })
}

fn media_success(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let path = probe_path(session);
    let answer = session.get(&path)?;
    answer.must_be(&[200])?;
    must(answer.json.is_some(), String::new).map_err(|_| answer.no_json())?;
    must(is_scim(&answer.media_type), || format!("Content-Type \"{}\"", answer.media_type))
}

fn media_error(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let nobody = session.nobody();
    let answer = session.get_one(Endpoint::User, &nobody)?;
    answer.must_be(&[404])?;
    must(is_scim(&answer.media_type), || format!("Content-Type \"{}\"", answer.media_type))?;
    let json = answer.json.ok_or_else(|| NotPassed::failed("404 without a JSON body"))?;
    let is_error =
        pick::list(&json, &["schemas"]).iter().any(|urn| *urn == crate::scim::urn::ERROR);
    must(is_error, || "404 without the schema of an Error".to_owned())?;
    let detail = pick::pick(&json, &["detail"]);
    must(detail.is_none_or(serde_json::Value::is_string), || {
        format!("`detail` is {} and not a text", pick::shown(detail))
    })?;
    let status = pick::pick(&json, &["status"]);
    must(status.and_then(|status| status.as_str()) == Some("404"), || {
        format!("`status` is {} and not the text \"404\"", pick::shown(status))
    })
}

fn media_request(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let body = session.user_body();
    let mut request: Request<_> = session.request(Method::POST, "/Users", Some(&body));
    let media = HeaderValue::from_static("application/scim+json; charset=utf-8");
    request.headers_mut().insert(CONTENT_TYPE, media);
    let answer = session.send_as_is(request)?;
    session.adopt(Endpoint::User, &answer);
    must(answer.status != 415, || answer.said())
}

fn rate(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let path = probe_path(session);
    for nth in 1..=25 {
        let request = session.request(Method::GET, &path, None);
        let answer = session.send_unthrottled(request)?;
        session.show_last();
        must(answer.status != 429 && answer.status < 500, || {
            format!("{} to request {nth} of 25", answer.said())
        })?;
    }
    Ok(())
}

fn throttled(session: &mut Session<'_>) -> Result<(), NotPassed> {
    if !session.tally().throttled() {
        return Err(NotPassed::cannot_tell("the server has throttled nothing"));
    }
    looks_back(session, THROTTLES, |_, came| match came {
        "429" => "429 without Retry-After".to_owned(),
        other => format!("{other} with Retry-After and not 429"),
    })
}

fn slow(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let path = probe_path(session);
    session.get(&path)?;
    let took = session.last().map(|exchange| exchange.took).unwrap_or_default();
    must(took < Duration::from_secs(10), || format!("an answer after {} s", took.as_secs()))
}

fn close(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let path = probe_path(session);
    let mut request = session.request(Method::GET, &path, None);
    request.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    session.send_as_is(request)?.must_succeed()?;
    session.get(&path)?.must_succeed().map(|_| ())
}

fn slash(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let nobody = session.nobody();
    let filter = format!("filter=userName%20eq%20%22{nobody}%22");
    let without = session.get(&format!("/Users?{filter}"))?;
    session.show_last();
    for path in ["//Users", "/Users/"] {
        let with = session.get(&format!("{path}?{filter}"))?;
        must(with.status == without.status, || {
            format!("{} at {path}, and {} at /Users", with.said(), without.status)
        })?;
    }
    Ok(())
}

fn query(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let path = probe_path(session) + "&aadOptscim062020";
    session.get(&path)?.list().map(|_| ())
}

fn is_scim(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case(crate::scim::CONTENT_TYPE)
}
