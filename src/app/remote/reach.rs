//! Whether a SCIM server is there at all, told in the same words and with the same exit code
//! whichever command asks.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{Response, StatusCode};
use serde_json::Value;

use super::{Address, tls};
use crate::app::cli::AccessFlags;
use crate::app::exit::CommandError;
use crate::entra::{Lost, Reply};
use crate::foreign::{FIRST_QUESTION, Server, Target};
use crate::verify::whereabouts::{self, SIGNS, USUAL_BASES};

/// How long a connection may take.
pub const CONNECT: Duration = Duration::from_secs(10);

/// Refuses a server to which no connection can be made.
///
/// # Errors
/// That nothing listens or what listens speaks no TLS, or what else the system says.
pub fn must_listen(address: &Address) -> Result<(), CommandError> {
    let mut why = None;
    for place in &address.places {
        let place_and_port = SocketAddr::new(*place, address.port);
        match TcpStream::connect_timeout(&place_and_port, CONNECT).map(drop) {
            Ok(_) if tls::speaks_plain_http(address, *place) => {
                let said = format!("{} listens but speaks no TLS", address.origin);
                let plain = address.to_string().replacen("https:", "http:", 1);
                return Err(CommandError::not_started(said).help(format!("try {plain}")));
            }
            Ok(_) => return Ok(()),
            Err(error) => why = Some(error),
        }
    }
    let said = match why.as_ref().map(std::io::Error::kind) {
        Some(ErrorKind::ConnectionRefused) => {
            format!("nothing listens at {}: connection refused", address.origin)
        }
        Some(ErrorKind::TimedOut | ErrorKind::WouldBlock) => {
            format!("{} takes no connection within {} s", address.origin, CONNECT.as_secs())
        }
        _ => {
            let why = why.map(|error| format!(": {error}")).unwrap_or_default();
            format!("{} cannot be reached{why}", address.origin)
        }
    };
    Err(CommandError::not_started(said).help("start the server first, or correct the URL"))
}

/// Refuses an http URL at which a server of TLS listens. Such a server breaks a plain request off,
/// or says with 400 that it wants another scheme; only then is it tried.
///
/// # Errors
/// That it speaks TLS, and the URL to give.
pub fn must_not_speak_tls(address: &Address, reply: &Reply) -> Result<(), CommandError> {
    let may_be = match reply {
        Err(lost) => matches!(lost, Lost::Reset | Lost::Refused),
        Ok(answer) => {
            let (status, json) = read(answer);
            status == 400 && json.is_none()
        }
    };
    let secure = address.to_string().replacen("http:", "https:", 1);
    let speaks = |place: &IpAddr| tls::speaks_tls(address, *place);
    match may_be && address.origin.starts_with("http:") && address.places.iter().any(speaks) {
        true => Err(CommandError::not_started(format!("{} speaks TLS alone", address.origin))
            .help(format!("try {secure}"))),
        false => Ok(()),
    }
}

/// Asks [`FIRST_QUESTION`] and refuses a server that gives no answer, that answers with 401 or 403
/// or with a way to sign in (a page for people, or a redirect), and a URL at which no SCIM server
/// is. Any other error is played: the story may be about it. `ask` reads a path of the host.
/// Returns what came.
///
/// # Errors
/// What came instead, and what to do about it.
pub fn must_let_in(
    address: &Address,
    access: &AccessFlags,
    tells_of_credentials: bool,
    ask: &mut dyn FnMut(&str) -> Reply,
) -> Result<Reply, CommandError> {
    let reply = ask(&format!("{}{FIRST_QUESTION}", address.base_path));
    let status = reply.as_ref().ok().map(|answer| answer.status());
    let refuses = status
        .is_some_and(|status| matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN));
    if refuses && tells_of_credentials {
        return Ok(reply);
    }
    must_not_speak_tls(address, &reply)?;
    must_be_here(address, &reply, ask)?;
    must_be_open(address, access, &reply)?;
    Ok(reply)
}

/// Refuses a server that lets the client in and answers its questions alike: without a list of
/// users, or with one whatever is asked. `search` is what it answered to [`FIRST_QUESTION`].
/// Nothing that is played there would mean anything, as `verify` says of such a server too. Other
/// failures may be what is to be found out.
///
/// # Errors
/// What came instead of users.
pub fn must_tell_apart<S: Server>(
    address: &Address,
    target: &mut Target<S>,
    search: &Reply,
) -> Result<(), CommandError> {
    let is_success = |reply: &Reply| reply.as_ref().is_ok_and(|it| it.status().is_success());
    let is_list = |reply: &Reply| {
        let read = reply.as_ref().ok().map(read);
        read.is_some_and(|(status, json)| {
            status != 401 && whereabouts::is_there(status, json.as_ref())
        })
    };
    let refused = |said: &str| {
        let help = format!("scimulator verify {} says what is wrong with it", address.typed());
        Err(CommandError::not_started(format!("{address} {said}, and no SCIM server does"))
            .help(help))
    };
    if !is_success(search) {
        return Ok(());
    }
    if !is_list(search) {
        return refused("answers a question for users with what is no list of them");
    }
    if !is_list(&target.ask(&format!("/Users/{NOBODY}"))) || !is_list(&target.create_nothing()) {
        target.clean_up();
        return Ok(());
    }
    refused("answers every request with a list, also one to create a user")
}

/// The id of no user.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// Refuses a server that does not let the client in, or is none: no answer, 401, 403, a way to sign
/// in. What else is wrong with it may be what is to be found out.
///
/// # Errors
/// What came instead, and what to do about it.
pub fn must_be_open(
    address: &Address,
    access: &AccessFlags,
    reply: &Reply,
) -> Result<(), CommandError> {
    let lets_in = reply.as_ref().is_ok_and(|answer| {
        let status = answer.status();
        let refuses = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
        !refuses && !status.is_success() && !status.is_redirection()
    });
    if lets_in { Ok(()) } else { must_be_scim(address, access, reply) }
}

/// Refuses a server that answers requests without a User-Agent with an error, and others not.
///
/// # Errors
/// What came, and what to do about it.
pub fn must_not_want_user_agent(address: &Address, reply: &Reply) -> Result<(), CommandError> {
    let Ok(answer) = reply else { return Ok(()) };
    let said = format!(
        "{address} answers {} to a request without User-Agent, and lets in one that has it",
        answer.status()
    );
    Err(CommandError::not_started(said)
        .help("let requests without a User-Agent in: Entra's client is not known to send one"))
}

/// Refuses a URL at which no SCIM server is, and says where one answers on the same host.
///
/// # Errors
/// What came instead, and the URL to give.
pub fn must_be_here(
    address: &Address,
    reply: &Reply,
    ask: &mut dyn FnMut(&str) -> Reply,
) -> Result<(), CommandError> {
    let Ok(answer) = reply else { return Ok(()) };
    let (status, json) = read(answer);
    let said = format!("no SCIM server is at {address} ({status})");
    let end = whereabouts::endpoint_at_end(&address.base_path);
    if let Some(end) = end.filter(|_| !whereabouts::is_there(status, json.as_ref())) {
        return Err(CommandError::not_started(said).help(format!("leave off {end} of the URL")));
    }
    if !whereabouts::is_nothing(status) || shows_itself(address, ask) {
        return Ok(());
    }
    let others = USUAL_BASES.iter().filter(|base| **base != address.base_path);
    let there = others.copied().find(|base| {
        ask(&format!("{base}{FIRST_QUESTION}")).is_ok_and(|answer| {
            let (status, json) = read(&answer);
            whereabouts::is_there(status, json.as_ref())
        })
    });
    Err(CommandError::not_started(said).help(match there {
        Some(base) => format!("one answers at {}{base}", address.origin),
        None => "give the URL below which /Users is, such as one that ends in /scim/v2".to_owned(),
    }))
}

/// Whether a server whose users are not found says what it is: one may have none, and answer with
/// 404 (B48).
fn shows_itself(address: &Address, ask: &mut dyn FnMut(&str) -> Reply) -> bool {
    SIGNS.iter().any(|sign| {
        ask(&format!("{}{sign}", address.base_path)).is_ok_and(|answer| {
            let (status, json) = read(&answer);
            whereabouts::is_sign(status, json.as_ref())
        })
    })
}

fn read(answer: &Response<Bytes>) -> (u16, Option<Value>) {
    (answer.status().as_u16(), serde_json::from_slice(answer.body()).ok())
}

/// Refuses a server that does not answer [`FIRST_QUESTION`] as a SCIM server that lets the client
/// in: a page to sign in, a redirect, an error.
///
/// # Errors
/// What came instead, and what to do about it.
pub fn must_be_scim(
    address: &Address,
    access: &AccessFlags,
    reply: &Reply,
) -> Result<(), CommandError> {
    must_not_speak_tls(address, reply)?;
    let answer = match reply {
        Ok(answer) => answer,
        Err(lost) => {
            return Err(CommandError::not_started(format!("{address} {}", how(*lost))));
        }
    };
    let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
    let is_page = header(CONTENT_TYPE).is_some_and(|media| media.contains("html"));
    let status = answer.status();
    let number = status.as_u16();
    let (said, help) = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => (
            format!("{address} answers {status} to a question for users"),
            match access.shown() {
                // A firewall, or a server that knows the token and does not allow this.
                Some(shown) if status == StatusCode::FORBIDDEN => format!(
                    "{shown} was sent: it may not do this, unless something before the server \
                     refuses the request for another reason"
                ),
                Some(shown) => format!("it does not accept {shown}"),
                None => {
                    "no token was given: put it into the variable SCIM_TOKEN, or say --token-env \
                         NAME or --token-file FILE"
                        .to_owned()
                }
            },
        ),
        _ if status.is_redirection() => {
            let to = header(LOCATION).unwrap_or("another URL");
            (
                format!(
                    "{address} sends every request to {to} ({number}), and no SCIM server answers"
                ),
                "give the URL below which /Users is; a page to sign in wants a token \
                 (--token-env, --token-file)"
                    .to_owned(),
            )
        }
        _ if status.is_success() && is_page => (
            format!("a page for people answers at {address} ({number}), and no SCIM server"),
            "give the URL below which /Users is; a page to sign in wants a token (--token-env, \
             --token-file)"
                .to_owned(),
        ),
        _ if !status.is_success() => (
            format!("{address} answers {status} to a question for users"),
            format!("scimulator verify {} says what is wrong with it", address.typed()),
        ),
        _ => return Ok(()),
    };
    Err(CommandError::not_started(said).help(help))
}

/// How a server was not reached, in words.
fn how(lost: Lost) -> &'static str {
    match lost {
        Lost::Refused => "refuses the connection",
        Lost::Untrusted => "shows a certificate that is not trusted: give its authority with --ca",
        Lost::Reset => "breaks the connection off",
        _ => "does not answer in time",
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        access: AccessFlags,
    }

    fn access() -> AccessFlags {
        Line::parse_from(["x", "--token-env", "T"]).access
    }

    #[test]
    fn what_is_no_scim_server_is_told_as_what_it_is() {
        let address = Address::parse("http://127.0.0.1:9/scim").expect("a URL");
        for (status, media, wanted) in [
            (302, "text/html", "sends every request to /login (302)"),
            (
                200,
                "text/html; charset=utf-8",
                "a page for people answers at http://127.0.0.1:9/scim",
            ),
            (401, "application/json", "answers 401 Unauthorized to a question for users"),
            (404, "text/html", "answers 404 Not Found to a question for users"),
        ] {
            let reply = Response::builder().status(status).header("content-type", media);
            let reply = reply.header("location", "/login").body(Bytes::new());
            let refused = must_be_scim(&address, &access(), &Ok(reply.expect("a response")));
            let said = refused.expect_err("it is refused").error.to_string();
            assert!(said.contains(wanted), "{said}");
        }
        let list = Response::builder().header("content-type", "application/scim+json");
        let list = list.body(Bytes::new()).expect("a response");
        assert!(must_be_scim(&address, &access(), &Ok(list)).is_ok());
    }

    #[test]
    fn where_nothing_listens_that_is_said() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/scim", listener.local_addr().expect("an address"));
        let address = Address::parse(&url).expect("a URL");
        assert!(must_listen(&address).is_ok());
        drop(listener);
        let said = must_listen(&address).expect_err("nobody listens").error.to_string();
        assert!(said.starts_with("nothing listens at http://127.0.0.1:"), "{said}");
    }
}
