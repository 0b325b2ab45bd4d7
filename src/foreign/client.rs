//! Sends requests to the server as the client that it lets in, and counts them: with the headers of
//! the command line, with a new token when the old one has ended, again when they are throttled.

use bytes::Bytes;
use http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
};
use http::{Method, Request, StatusCode, Uri};

use super::place::{object, text};
use super::server::Server;
use super::stuck::Stuck;
use crate::entra::{Lost, Reply};
use crate::scim;

/// The question that tells whether a SCIM server answers and lets the client in.
pub const FIRST_QUESTION: &str = "/Users?startIndex=1&count=1";

/// Requests in a row without an answer after which the server counts as gone.
const LOST_IN_A_ROW: u32 = 3;

/// How often a request of our own is sent again when the server throttles it.
const THROTTLED_MAX: u32 = 5;

/// How the target is reached, and what may be done there.
pub struct Access {
    /// The path of the tenant URL, without a slash at its end.
    pub base_path: String,
    /// The headers that let the client in; they replace those of the scenario's secret.
    pub headers: HeaderMap,
    /// Where access tokens come from, when they do.
    pub tokens: Option<TokenEndpoint>,
    /// The greatest number of requests.
    pub budget: u64,
    /// Whether resources that were there before this run may be changed and deleted.
    pub adopt: bool,
}

/// A token endpoint, and what is sent to it. Its secret is nowhere else.
pub struct TokenEndpoint {
    /// Where it is, whole.
    pub uri: Uri,
    /// Writes the form that asks for a token now.
    pub form: Box<dyn Fn() -> Bytes + Send>,
}

/// Marks a request that deletes at the end what was made.
pub fn mark_clean_up(request: &mut Request<Bytes>) {
    let value = HeaderValue::from_static(scim::urn::CLEAN_UP);
    request.headers_mut().insert(HeaderName::from_static(scim::urn::PURPOSE), value);
}

/// The client of a server that is not ours.
pub(super) struct Client<S> {
    pub(super) server: S,
    pub(super) access: Access,
    /// The access token that was granted last.
    bearer: Option<HeaderValue>,
    pub(super) sent: u64,
    pub(super) stuck: Stuck,
    pub(super) answered: u64,
    lost_in_a_row: u32,
    /// Whether the last connection was refused: where nothing listens.
    refused: bool,
    /// The `Authorization` of requests in whose place the headers of [`Access`] are put; of all
    /// requests without such a list.
    pub(super) stand_ins: Option<Vec<HeaderValue>>,
}

impl<S: Server> Client<S> {
    /// A client that has sent nothing.
    pub(super) fn new(server: S, access: Access) -> Client<S> {
        Client {
            server,
            access,
            bearer: None,
            sent: 0,
            stuck: Stuck::default(),
            answered: 0,
            lost_in_a_row: 0,
            refused: false,
            stand_ins: None,
        }
    }

    /// Fails when nothing more is to be sent.
    ///
    /// # Errors
    /// Why.
    pub(super) fn must_go_on(&self) -> Result<(), String> {
        if let Some(why) = self.stuck.why() {
            return Err(why);
        }
        match self.sent >= self.access.budget {
            true => Err(format!("the budget of {} requests is spent", self.access.budget)),
            false => Ok(()),
        }
    }

    /// Reads a path below the base, as a request of our own.
    pub(super) fn ask(&mut self, path: &str) -> Reply {
        self.own(Method::GET, path, Bytes::new())
    }

    /// Reads a path of the host, whatever the base, as a request of our own.
    pub(super) fn ask_host(&mut self, path: &str) -> Reply {
        let mut request = self.request(Method::GET, "", Bytes::new());
        *request.uri_mut() = Uri::try_from(path).unwrap_or_default();
        self.exchange_own(request)
    }

    /// Whether the last requests got no answer: one that was refused, or several in a row.
    pub(super) fn is_silent(&self) -> bool {
        self.refused || self.lost_in_a_row >= LOST_IN_A_ROW
    }

    /// Whether the server answers no more. After a request without an answer it is asked a plain
    /// question a few times: a single request may be lost, or may hang by its kind.
    pub(super) fn is_gone(&mut self) -> bool {
        while (1..LOST_IN_A_ROW).contains(&self.lost_in_a_row) {
            let _ = self.ask(FIRST_QUESTION);
        }
        self.lost_in_a_row >= LOST_IN_A_ROW
    }

    /// Sends a request, once.
    pub(super) fn exchange(&mut self, request: Request<Bytes>) -> Reply {
        self.sent += 1;
        let (reply, took) = self.server.exchange(request);
        self.stuck.note(&reply, took + self.server.left_alone());
        self.answered += u64::from(reply.is_ok());
        self.lost_in_a_row = if reply.is_ok() { 0 } else { self.lost_in_a_row + 1 };
        self.refused = matches!(reply, Err(Lost::Refused));
        reply
    }

    /// Sends a request of our own; again when the server throttles it, which the client waits for.
    fn exchange_own(&mut self, request: Request<Bytes>) -> Reply {
        for _ in 0..THROTTLED_MAX {
            let reply = self.exchange_once(request.clone());
            if !is_throttled(&reply) || self.stuck.why().is_some() {
                return reply;
            }
        }
        self.exchange_once(request)
    }

    /// Sends a request of our own; once more with a new access token when the old one has ended.
    fn exchange_once(&mut self, request: Request<Bytes>) -> Reply {
        if self.access.tokens.is_none() {
            return self.exchange(request);
        }
        let with = |bearer: Option<&HeaderValue>| {
            let mut request = request.clone();
            request.headers_mut().extend(bearer.map(|bearer| (AUTHORIZATION, bearer.clone())));
            request
        };
        if let Some(bearer) = &self.bearer {
            let reply = self.exchange(with(Some(bearer)));
            if !reply.as_ref().is_ok_and(|answer| answer.status() == StatusCode::UNAUTHORIZED) {
                return reply;
            }
        }
        let form = Request::new(Bytes::new());
        let _ = self.ask_for_token(form);
        self.exchange(with(self.bearer.as_ref()))
    }

    /// Asks for an access token, with the secret of the command line in the place of the
    /// scenario's.
    pub(super) fn ask_for_token(&mut self, mut request: Request<Bytes>) -> Reply {
        if let Some(tokens) = &self.access.tokens {
            *request.method_mut() = Method::POST;
            *request.uri_mut() = tokens.uri.clone();
            *request.body_mut() = (tokens.form)();
            let form = HeaderValue::from_static("application/x-www-form-urlencoded");
            request.headers_mut().insert(CONTENT_TYPE, form);
            request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        }
        let reply = self.exchange(request);
        if let Ok(answer) = &reply
            && let Some(token) = object(answer.body()).and_then(|body| text(&body, "access_token"))
        {
            self.bearer = HeaderValue::try_from(format!("Bearer {token}")).ok();
        }
        reply
    }

    /// The engine's request with the headers that let the client in.
    pub(super) fn signed(&self, mut request: Request<Bytes>) -> Request<Bytes> {
        let bearer = request.headers().get(AUTHORIZATION);
        let is_tried = |bearer: &&HeaderValue| {
            self.stand_ins.as_ref().is_some_and(|stand_ins| !stand_ins.contains(bearer))
        };
        let tried = bearer.filter(is_tried).cloned();
        if self.access.tokens.is_none() {
            request.headers_mut().remove(AUTHORIZATION);
        }
        for (name, value) in &self.access.headers {
            request.headers_mut().insert(name.clone(), value.clone());
        }
        if let Some(tried) = tried {
            request.headers_mut().insert(AUTHORIZATION, tried);
        }
        request
    }

    /// Sends a request of our own to a path below the base.
    pub(super) fn own(&mut self, method: Method, path: &str, body: Bytes) -> Reply {
        let request = self.request(method, path, body);
        self.exchange_own(request)
    }

    /// Deletes what a run has made, and says that this is why.
    pub(super) fn clean(&mut self, path: &str) -> Reply {
        let mut request = self.request(Method::DELETE, path, Bytes::new());
        mark_clean_up(&mut request);
        self.exchange_own(request)
    }

    fn request(&self, method: Method, path: &str, body: Bytes) -> Request<Bytes> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() =
            Uri::try_from(format!("{}{path}", self.access.base_path)).unwrap_or_default();
        let json = HeaderValue::from_static(scim::CONTENT_TYPE);
        request.headers_mut().insert(ACCEPT, json.clone());
        if !request.body().is_empty() {
            request.headers_mut().insert(CONTENT_TYPE, json);
        }
        self.signed(request)
    }

    /// Whether a URI leads below the base.
    pub(super) fn is_below(&self, uri: &Uri) -> bool {
        let rest = uri.path().strip_prefix(&self.access.base_path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// A path below the base.
    pub(super) fn below(&self, uri: &Uri) -> String {
        uri.path().strip_prefix(&self.access.base_path).unwrap_or(uri.path()).to_owned()
    }
}

/// Whether a server asks to be left alone for a while and asked again.
pub fn is_throttled(reply: &Reply) -> bool {
    reply.as_ref().is_ok_and(|answer| match answer.status() {
        StatusCode::TOO_MANY_REQUESTS => true,
        StatusCode::SERVICE_UNAVAILABLE => answer.headers().contains_key(RETRY_AFTER),
        _ => false,
    })
}
