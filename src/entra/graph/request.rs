//! A request to Graph as its handlers see it.

use bytes::Bytes;
use http::header::{HOST, HeaderMap};
use http::uri::Scheme;
use http::{Method, Request};
use serde_json::{Map, Value};

use super::error::GraphError;
use super::options::Options;
use super::path::GraphPath;

/// A request below `/v1.0` or `/beta`.
#[derive(Clone, Debug)]
pub struct GraphRequest {
    /// The method.
    pub method: Method,
    /// Scheme, host and version as the client wrote them: `http://127.0.0.1:4040/v1.0`.
    pub base: String,
    /// Whether it is `/beta`.
    pub beta: bool,
    /// The segments of the path below the version.
    pub path: GraphPath,
    /// The query options.
    pub options: Options,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl GraphRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// The refusal of a query that cannot be read.
    pub fn read(request: &Request<Bytes>) -> Result<GraphRequest, GraphError> {
        // The driver says so when the request came by TLS.
        let scheme = request.extensions().get::<Scheme>().map_or("http", Scheme::as_str);
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let uri = request.uri();
        let host = host.or(uri.authority().map(|it| it.as_str())).unwrap_or("127.0.0.1");
        let (version, below) = split_version(uri.path());
        Ok(GraphRequest {
            method: request.method().clone(),
            base: format!("{scheme}://{host}/{version}"),
            beta: version.eq_ignore_ascii_case("beta"),
            path: GraphPath::parse(below),
            options: Options::parse(uri.query().unwrap_or_default())?,
            headers: request.headers().clone(),
            body: request.body().clone(),
        })
    }

    /// Another request of the same client.
    pub fn beside(&self, method: Method, path: &str, body: Map<String, Value>) -> GraphRequest {
        GraphRequest {
            method,
            path: GraphPath::parse(path),
            options: Options::default(),
            body: Value::Object(body).to_string().into(),
            ..self.clone()
        }
    }

    /// Whether the client takes answers that are eventually consistent, which richer queries need.
    pub fn is_eventual(&self) -> bool {
        let level = self.headers.get("consistencylevel").and_then(|level| level.to_str().ok());
        level.is_some_and(|level| level.eq_ignore_ascii_case("eventual"))
    }

    /// Whether the client asks for the changed properties alone [g:delta].
    pub fn prefers_minimal(&self) -> bool {
        let all = self.headers.get_all("prefer").into_iter();
        let mut said = all.filter_map(|it| it.to_str().ok()).flat_map(|it| it.split([',', ';']));
        said.any(|it| it.trim().eq_ignore_ascii_case("return=minimal"))
    }

    /// The URL of a path at the address that the client used.
    pub fn here(&self, path: &str) -> String {
        format!("{}{path}", self.base.rsplit_once('/').map_or("", |(address, _)| address))
    }

    /// A URL below the version.
    pub fn url(&self, below: &str) -> String {
        format!("{}/{below}", self.base)
    }

    /// The context of an answer.
    pub fn context(&self, of: &str) -> String {
        format!("{}/$metadata#{of}", self.base)
    }

    /// The path below the version as the client wrote it, for links.
    pub fn own_path(&self) -> String {
        let segments = (0..self.path.lower().len()).map(|nth| self.path.raw(nth));
        segments.collect::<Vec<_>>().join("/")
    }

    /// The body as a JSON object without the annotations that mean nothing; an absent body is an
    /// empty object.
    ///
    /// # Errors
    /// The body is not JSON, or no object.
    pub fn object(&self) -> Result<Map<String, Value>, GraphError> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Map::new());
        }
        match serde_json::from_slice::<Value>(&self.body) {
            Ok(Value::Object(mut object)) => {
                // Annotations are ignored, but for those that carry references.
                object.retain(|key, _| {
                    !key.contains('@') || key.ends_with("@odata.bind") || key == "@odata.id"
                });
                // Some clients send back the id of the object that they change.
                let own = |id: &Value| {
                    id.as_str().is_some_and(|id| id.eq_ignore_ascii_case(self.path.raw(1)))
                };
                if self.method == Method::PATCH && object.get("id").is_some_and(own) {
                    object.remove("id");
                }
                Ok(object)
            }
            Ok(_) => Err(GraphError::malformed(
                "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
            )),
            Err(_) if !self.is_json() => Err(GraphError::new(
                http::StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "RequestBodyRead",
                "A supported MIME type could not be found that matches the content type of the request.",
            )),
            Err(_) => Err(GraphError::malformed(
                "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
            )),
        }
    }

    /// Whether the body says that it is JSON, or says nothing.
    fn is_json(&self) -> bool {
        match self.headers.get(http::header::CONTENT_TYPE) {
            None => true,
            Some(kind) => kind.to_str().unwrap_or_default().to_ascii_lowercase().contains("json"),
        }
    }
}

/// The version that begins a path, and what is below it.
fn split_version(path: &str) -> (&str, &str) {
    let path = path.trim_start_matches('/');
    path.split_once('/').unwrap_or((path, ""))
}
