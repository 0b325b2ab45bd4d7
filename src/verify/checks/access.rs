//! Which requests the server lets in.

use http::Method;
use http::header::{AUTHORIZATION, HeaderValue};

use crate::verify::check::checks;
use crate::verify::curl::WRONG_TOKEN;
use crate::verify::finding::{NotPassed, must};
use crate::verify::session::Session;

checks! {
    "auth.missing" Harm Token missing {
        sends: "a search without Authorization",
        right: "401",
        sources: "Okta SPEC, RFC 7644 2",
        portal: "nothing: the accounts are open to every client",
    }
    "auth.wrong" Harm Token wrong {
        sends: "a search with a token that is not the right one",
        right: "401, and neither 200 nor a page nor a server error",
        sources: "Okta SPEC, B65, B67",
        portal: "an expired secret does not show as one",
    }
    "auth.discovery" Fail Nothing discovery {
        sends: "/ServiceProviderConfig with the token",
        right: "200",
        sources: "RFC 7644 4",
        portal: "the schema of the application cannot be discovered",
    }
}

const SEARCH: &str = "/Users?filter=userName%20eq%20%22nobody%22";

fn missing(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let mut request = session.request(Method::GET, SEARCH, None);
    request.headers_mut().remove(AUTHORIZATION);
    let answer = session.send_as_is(request)?;
    must(answer.status == 401, || answer.said())
}

fn wrong(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let mut request = session.request(Method::GET, SEARCH, None);
    let token = HeaderValue::from_static(WRONG_TOKEN);
    request.headers_mut().insert(AUTHORIZATION, token);
    let answer = session.send_as_is(request)?;
    must(answer.status == 401, || answer.said()).map_err(|failure| {
        failure.entra(match answer.status {
            200..300 => "an expired secret does not show as one: Test Connection is green",
            _ => {
                "an expired secret does not show as one: Test Connection is red for another reason"
            }
        })
    })
}

fn discovery(session: &mut Session<'_>) -> Result<(), NotPassed> {
    session.get("/ServiceProviderConfig")?.must_be(&[200]).map(|_| ())
}
