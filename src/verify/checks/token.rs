//! The token endpoint: client credentials, and the assertions of workload identity federation.

use http::Method;
use http::header::AUTHORIZATION;
use serde_json::Value;

use crate::verify::answer::Answer;
use crate::verify::check::checks;
use crate::verify::finding::{NotPassed, must};
use crate::verify::pick::{self, pick};
use crate::verify::plan::TokenForms;
use crate::verify::session::Session;

checks! {
    "cc.token" Block TokenEndpoint token {
        sends: "the form that asks the token endpoint for an access token",
        right: "2xx with an `access_token` of type Bearer",
        sources: "direct test 21, gallery requirements, RFC 6749 4.4, RFC 6749 5.1",
        portal: "Test Connection fails with CredentialValidationFailure; the job is quarantined at its next cycle",
        ends_all: true,
    }
    "wif.token" Warn Federation assertions {
        sends: "assertions with a wrong audience, issuer and signature, and the right one",
        right: "4xx without a token for each wrong one, a token for the right one",
        sources: "direct test 22, refcode-wif, RFC 7523 3",
        portal: "nothing: whoever can sign anything is let in",
    }
    "cc.lifetime" Fail TokenEndpoint lifetime {
        sends: "the form that asks the token endpoint for an access token",
        right: "the token lives 60 to 360 minutes (3600 s when `expires_in` is missing)",
        sources: "direct test 21, gallery requirements",
        portal: "the gallery refuses the application; a token that ends early costs a request in every cycle",
    }
    "cc.use" Block TokenEndpoint in_use {
        sends: "/Users?startIndex=1&count=1 with the token",
        right: "2xx",
        sources: "direct test 21",
        portal: "every cycle ends at its probe, and the job is quarantined",
    }
    "cc.wrong-secret" Harm ClientSecret wrong_secret {
        sends: "the form with a secret that is not the right one",
        right: "4xx without a token",
        sources: "gallery requirements, RFC 6749 5.2",
        portal: "nothing: every client is granted a token",
    }
    "cc.expired" Fail Token ended {
        sends: "a search with a token that has ended (--ended-token-env)",
        right: "401, so that the client gets a new one",
        sources: "gallery requirements, RFC 6750 3.1",
        portal: "a token that has ended fails every object instead of being renewed",
    }
}

/// What is needed for these checks is there, or they are skipped.
fn forms<'a>(session: &Session<'a>) -> Result<&'a TokenForms, NotPassed> {
    let plan = session.plan();
    plan.tokens.as_ref().ok_or_else(|| NotPassed::skipped("no token endpoint was given"))
}

fn ask(session: &mut Session<'_>) -> Result<Answer, NotPassed> {
    let forms = forms(session)?;
    session.ask_for_token(&forms.uri, &forms.good, &forms.shown, true)
}

fn token(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let answer = ask(session)?;
    must((200..300).contains(&answer.status), || said(&answer))?;
    let granted = answer.json.as_ref().and_then(|json| pick::text(json, &["access_token"]));
    must(granted.is_some_and(|token| !token.is_empty()), || {
        format!("{} without an `access_token`", answer.status)
    })?;
    let kind = answer.json.as_ref().and_then(|json| pick(json, &["token_type"]));
    let bearer =
        kind.and_then(Value::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
    must(bearer, || format!("`token_type` is {}", pick::shown(kind)))
}

fn lifetime(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let answer = ask(session)?;
    let lifetime = answer.json.as_ref().and_then(|json| pick(json, &["expires_in"]));
    // Some endpoints write the number as text.
    let seconds = match lifetime {
        None | Some(Value::Null) => Some(3_600),
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_u64(),
    };
    let fits = seconds.is_some_and(|seconds| (3_600..=21_600).contains(&seconds));
    must(fits, || format!("`expires_in` is {}", pick::shown(lifetime)))
}

fn in_use(session: &mut Session<'_>) -> Result<(), NotPassed> {
    session.get("/Users?startIndex=1&count=1")?.must_succeed().map(|_| ())
}

fn wrong_secret(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let forms = forms(session)?;
    let Some(wrong) = &forms.wrong_secret else { return Ok(()) };
    let answer = session.ask_for_token(&forms.uri, wrong, wrong, false)?;
    must_refuse(&answer, "secret")
}

fn assertions(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let forms = forms(session)?;
    for (what, wrong) in &forms.wrong_assertions {
        let answer = session.ask_for_token(&forms.uri, wrong, wrong, false)?;
        must_refuse(&answer, what)?;
    }
    token(session)
}

fn ended(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let Some(token) = &session.plan().ended_token else {
        return Err(NotPassed::skipped("no token that has ended was given (--ended-token-env)"));
    };
    let mut request = session.request(Method::GET, "/Users?startIndex=1&count=1", None);
    request.headers_mut().insert(AUTHORIZATION, token.clone());
    let answer = session.send_as_is(request)?;
    must(answer.status == 401, || answer.said())
}

/// Fails unless a form with a wrong part is refused.
fn must_refuse(answer: &Answer, what: &str) -> Result<(), NotPassed> {
    let granted = answer.json.as_ref().and_then(|json| pick(json, &["access_token"])).is_some();
    must((400..500).contains(&answer.status) && !granted, || {
        let token = if granted { " with a token" } else { "" };
        format!("{}{token} for a wrong {what}", said(answer))
    })
}

/// The status, with the error of a token endpoint when there is one (RFC 6749 5.2).
fn said(answer: &Answer) -> String {
    let json = answer.json.as_ref();
    let error = json.and_then(|json| pick::text(json, &["error"]));
    let detail = json.and_then(|json| pick::text(json, &["error_description"]));
    match (error, detail) {
        (Some(error), Some(detail)) => format!("{} ({error}: {detail})", answer.status),
        (Some(error), None) => format!("{} ({error})", answer.status),
        _ => answer.said(),
    }
}
