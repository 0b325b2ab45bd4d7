//! What the shell itself refuses, before a door or an endpoint sees it: a host that is not ours, a
//! body that cannot be read. Each surface has a form of its own for it, which its clients read.

use bytes::Bytes;
use http::header::{CONNECTION, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use serde_json::json;

use super::Server;
use super::body::Body;
use super::route::{text, whole};
use crate::base::seed::show_guid;
use crate::entra::authority;
use crate::entra::graph::{self, GraphError};
use crate::golinks::GoLinks;
use crate::scim;
use crate::world::{Door, Drive};

/// In which form a refusal is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Surface {
    /// The envelope of Graph's errors, with the ids of the request.
    Graph,
    /// An error of SCIM (RFC 7644, section 3.12).
    Scim,
    /// An error of OAuth (RFC 6749, section 5.2).
    OAuth,
    /// A page of GoLinks.
    Page,
    /// A line of text.
    Plain,
}

/// A refusal of the shell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    status: StatusCode,
    /// Graph's code.
    code: &'static str,
    words: String,
    /// Whether the connection is closed, because the rest of the body is not read.
    closes: bool,
}

impl Refused {
    fn new(status: StatusCode, code: &'static str, words: impl Into<String>) -> Refused {
        Refused { status, code, words: words.into(), closes: false }
    }

    fn closing(self) -> Refused {
        Refused { closes: true, ..self }
    }

    /// A request that does not name exactly one host (RFC 9112, section 3.2).
    pub fn bad_host(words: &str) -> Refused {
        Refused::new(StatusCode::BAD_REQUEST, "BadRequest", words)
    }

    /// A path that is longer, with its query, than is taken.
    pub fn long_target(limit: usize) -> Refused {
        let words = format!("the path and its query are longer than {limit} bytes");
        Refused::new(StatusCode::URI_TOO_LONG, "RequestUriTooLong", words).closing()
    }

    /// Header fields that are larger together than is taken.
    pub fn large_fields(limit: usize) -> Refused {
        let words = format!("the header fields are larger than {limit} bytes together");
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        Refused::new(status, "RequestHeaderFieldsTooLarge", words).closing()
    }

    /// A request by a name that is not this server's, or from a page of another site.
    pub fn foreign_host(words: String) -> Refused {
        // Its body has not been read.
        Refused::new(StatusCode::FORBIDDEN, "Forbidden", words).closing()
    }

    /// A body of more bytes than are taken.
    pub fn too_large(words: String) -> Refused {
        Refused::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", words).closing()
    }

    /// A body that ended early or has malformed chunks.
    pub fn malformed_body() -> Refused {
        let words = "the body of the request is not whole, or its chunks are wrong";
        Refused::new(StatusCode::BAD_REQUEST, "BadRequest", words)
    }

    /// A body for which there is no room next to the unfinished bodies of other requests.
    pub fn no_room() -> Refused {
        let words = "too many bodies of requests are under way; try again";
        Refused::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", words).closing()
    }

    /// Something of the server's own that failed.
    pub fn failed(words: String) -> Refused {
        Refused::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", words)
    }

    /// The refusal as the clients of a surface read it; the request has no body.
    pub fn response(
        &self,
        server: &Server,
        surface: Surface,
        request: &Request<Bytes>,
    ) -> Response<Body> {
        let mut response = match surface {
            Surface::Graph => self.in_envelope(server, request.headers()),
            Surface::Scim => {
                let error = scim::Error::new(self.status.as_u16(), self.sentence());
                error.response().map(Body::Whole)
            }
            Surface::OAuth => {
                let error = match self.status {
                    StatusCode::SERVICE_UNAVAILABLE => "temporarily_unavailable",
                    StatusCode::FORBIDDEN => "access_denied",
                    StatusCode::INTERNAL_SERVER_ERROR => "server_error",
                    _ => "invalid_request",
                };
                let body = json!({ "error": error, "error_description": self.sentence() });
                whole(self.status, "application/json", Bytes::from(body.to_string()))
            }
            Surface::Page => self.on_page(server, request),
            Surface::Plain => self.plain(),
        };
        let headers = response.headers_mut();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if self.closes {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    /// The refusal as a line of text.
    pub fn plain(&self) -> Response<Body> {
        text(self.status, &format!("{}\n", self.words))
    }

    fn in_envelope(&self, server: &Server, headers: &HeaderMap) -> Response<Body> {
        let id = show_guid(rand::random::<u128>());
        let error = GraphError::new(self.status, self.code, self.sentence());
        let refused = server.owner.read(|play| graph::refuse(error, &id, headers, play.now()));
        refused.map_or_else(|| self.plain(), |response| response.map(Body::Whole))
    }

    fn on_page(&self, server: &Server, request: &Request<Bytes>) -> Response<Body> {
        let why = self.sentence();
        let page =
            server.owner.read(|play| play.world().golinks_refusal(request, self.status, &why));
        page.map_or_else(|| self.plain(), |response| response.map(Body::Whole))
    }

    /// The words with the first letter of a sentence and its full stop.
    fn sentence(&self) -> String {
        let mut letters = self.words.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        let stop = if self.words.ends_with(['.', '…']) { "" } else { "." };
        format!("{first}{}{stop}", letters.as_str())
    }
}

impl Surface {
    /// The form of a door; without one it is the server's own path.
    pub fn of<T>(door: Option<Door>, request: &Request<T>) -> Surface {
        match door {
            Some(Door::Graph) => Surface::Graph,
            Some(Door::Scim) => Surface::Scim,
            Some(Door::Token) => Surface::OAuth,
            Some(Door::Pages) if GoLinks::is_rest(request) => Surface::OAuth,
            Some(Door::Pages) => Surface::Page,
            None => Surface::of_own(request.uri().path()),
        }
    }

    /// The form of a path of the tenant's authority, or of the server itself.
    pub fn of_own(path: &str) -> Surface {
        match authority::is_for_programs(path) {
            true => Surface::OAuth,
            false => Surface::Plain,
        }
    }
}

/// The head of a request, by which its refusal is written.
pub fn head_of<T>(request: &Request<T>) -> Request<Bytes> {
    let mut head = Request::new(Bytes::new());
    *head.method_mut() = request.method().clone();
    *head.uri_mut() = request.uri().clone();
    *head.headers_mut() = request.headers().clone();
    *head.extensions_mut() = request.extensions().clone();
    head
}
