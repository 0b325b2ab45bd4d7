//! The tenant's authority as clients reach it: the key is made or read when it is first needed, and
//! Graph requests with a signed token are judged before the world sees them.

use std::cell::RefCell;
use std::path::PathBuf;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use bytes::Bytes;
use http::header::HOST;
use http::request::Parts;
use http::uri::Scheme;
use http::{Extensions, HeaderMap, Method, Request, Response, Uri};
use hyper::body::Incoming;
use rand::SeedableRng;
use rand::rngs::SysRng;
use rand_chacha::ChaCha20Rng;
use sha1::{Digest, Sha1};
use tokio::sync::OnceCell;

use super::Server;
use super::body::{self, Body, Unread};
use super::connection::CloseConnection;
use super::refusals::{Refused, Surface, head_of};
use super::route::closing;
use super::sign_on::end_session;
use crate::app::tls;
use crate::base::Time;
use crate::base::jwt::JwtKey;
use crate::entra::authority::{At, Authority, has_signed_token, signs_out};
use crate::scenario::Play;
use crate::world::Drive;

/// The largest body that the authority takes, in bytes.
const BODY_MAX: usize = 64 << 10;

/// The authority of a process.
#[derive(Default)]
pub struct Tokens {
    key_file: Option<PathBuf>,
    authority: OnceCell<RefCell<Authority>>,
}

impl Tokens {
    /// Signs with the key of this file, or with one that is made.
    pub fn new(key_file: Option<PathBuf>) -> Tokens {
        Tokens { key_file, authority: OnceCell::new() }
    }

    /// The authority. Making a key takes a moment, which the clock does not wait for.
    async fn authority(&self) -> Result<&RefCell<Authority>, String> {
        let begin = async || {
            let file = self.key_file.clone();
            let made = tokio::task::spawn_blocking(move || begin(file)).await;
            let made = made.map_err(|error| error.to_string())?;
            made.map(RefCell::new).map_err(|error| format!("{error:#}"))
        };
        self.authority.get_or_try_init(begin).await
    }
}

/// Reads the key of a file, so that a wrong one is told at the start.
///
/// # Errors
/// When the file cannot be read, or holds no key.
pub fn read_key(file: &PathBuf) -> anyhow::Result<JwtKey> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| anyhow::anyhow!("{} cannot be read: {error}", file.display()))?;
    JwtKey::from_pem(&text)
        .map_err(|why| anyhow::anyhow!("{} is no key for tokens: {why}", file.display()))
}

fn begin(file: Option<PathBuf>) -> anyhow::Result<Authority> {
    let mut chance = ChaCha20Rng::try_from_rng(&mut SysRng)?;
    let key = match file {
        Some(file) => read_key(&file)?,
        None => JwtKey::made(&mut chance)
            .ok_or_else(|| anyhow::anyhow!("no key could be made for tokens"))?,
    };
    let der =
        key.to_der().ok_or_else(|| anyhow::anyhow!("the key for tokens cannot be written"))?;
    let certificate = tls::self_signed(&der, "accounts.accesscontrol.windows.net")?;
    // The vendor names a key by the thumbprint of its certificate.
    let thumbprint = Base64UrlUnpadded::encode_string(&Sha1::digest(&certificate));
    let certificate = Base64::encode_string(&certificate);
    Ok(Authority::new(key.named(&thumbprint), certificate, chance))
}

/// Answers a request to the authority.
///
/// # Errors
/// When the connection is to be closed without a response.
pub async fn answer(
    server: &Server,
    request: Request<Incoming>,
) -> Result<Response<Body>, CloseConnection> {
    let (method, uri, headers) = (request.method(), request.uri(), request.headers());
    let refusing = |refused: Refused, parts: Parts| {
        let head = Request::from_parts(parts, Bytes::new());
        Ok(refused.response(server, Surface::of_own(head.uri().path()), &head))
    };
    if let Some(refused) = foreign_host(server, method, uri, headers) {
        return refusing(refused, request.into_parts().0);
    }
    let (parts, mut incoming) = request.into_parts();
    let patience = server.limits.patience;
    let bytes = match body::read(&mut incoming, BODY_MAX, patience, &server.unfinished).await {
        Ok(bytes) => Some(bytes),
        Err(Unread::TimedOut) => return Err(CloseConnection),
        Err(Unread::NoRoom) => return refusing(Refused::no_room(), parts),
        Err(Unread::Malformed) => return refusing(Refused::malformed_body(), parts),
        Err(Unread::TooLarge) => None,
    };
    let authority = match server.tokens.authority().await {
        Ok(authority) => authority,
        Err(why) => return refusing(Refused::failed(why), parts),
    };
    let base = address(&parts.uri, &parts.headers, &parts.extensions);
    let leaving = signs_out(parts.uri.path()).then(|| parts.headers.clone());
    let answered = server.owner.read(|play| {
        let (mut authority, at) = (authority.borrow_mut(), at(play, &base));
        match bytes {
            Some(bytes) => authority.answer(&Request::from_parts(parts, bytes), at),
            None => closing(authority.too_large(parts.uri.path(), BODY_MAX, at)),
        }
    });
    let sign_ins = authority.borrow_mut().take_sign_ins();
    if !sign_ins.is_empty() {
        server.owner.note(|play| {
            for row in sign_ins {
                play.log_sign_in(row);
            }
        });
    }
    let mut response = answered.ok_or(CloseConnection)?.map(Body::Whole);
    if let Some(headers) = leaving {
        end_session(server, &headers, &mut response);
    }
    Ok(response)
}

/// Refuses a Graph request that comes by a foreign name, and finds out who sends one with a signed
/// token.
pub async fn admit(server: &Server, request: &mut Request<Incoming>) -> Option<Response<Body>> {
    let (method, uri, headers) = (request.method(), request.uri(), request.headers());
    if let Some(refused) = foreign_host(server, method, uri, headers) {
        return Some(refused.response(server, Surface::Graph, &head_of(request)));
    }
    if !has_signed_token(request.headers()) {
        return None;
    }
    let authority = match server.tokens.authority().await {
        Ok(authority) => authority,
        Err(why) => {
            let refused = Refused::failed(why);
            return Some(refused.response(server, Surface::Graph, &head_of(request)));
        }
    };
    let base = address(request.uri(), request.headers(), request.extensions());
    let found =
        server.owner.read(|play| authority.borrow().authorize(request.headers(), at(play, &base)));
    if let Some(authorized) = found.flatten() {
        request.extensions_mut().insert(authorized);
    }
    None
}

/// Why a request is refused whose host is not one of this server's names, or that a page of another
/// site makes.
pub fn foreign_host(
    server: &Server,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Option<Refused> {
    server.front.check(method, uri, headers).err().map(Refused::foreign_host)
}

fn at<'a>(play: &'a Play, base: &'a str) -> At<'a> {
    let world = play.world();
    let real = jiff::Timestamp::now().as_microsecond();
    At {
        base,
        real: Time::from_micros(real),
        now: play.now(),
        start: play.script().start,
        entra: world.entra(),
        seed: world.seed(),
    }
}

/// The address that the client used.
pub fn address(uri: &Uri, headers: &HeaderMap, extensions: &Extensions) -> String {
    let scheme = extensions.get::<Scheme>().unwrap_or(&Scheme::HTTP);
    let named = headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = uri.authority().map_or(named.unwrap_or("localhost"), |authority| authority.as_str());
    format!("{scheme}://{host}")
}
