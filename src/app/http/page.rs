//! Serves the page's files from the binary, or from a folder while the page is being developed.

use std::path::{Component, Path};

use bytes::Bytes;
use http::header::{CONTENT_SECURITY_POLICY, HeaderName, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;

use super::Server;
use super::body::Body;
use super::route::{reads, text, whole, wrong_method};
use crate::app::dashboard;

/// Headers that let the page load only its own files, and let no site put it in a frame.
const POLICY: [(HeaderName, &str); 3] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
];

/// Returns the file of the page at the request's path, or 404.
pub fn answer(server: &Server, request: &Request<Incoming>) -> Response<Body> {
    if !reads(request.method()) {
        return wrong_method("GET, HEAD");
    }
    let path = request.uri().path();
    let Some((embedded, kind)) = dashboard::asset(path) else {
        return text(
            StatusCode::NOT_FOUND,
            "nothing is here; the page is at /, GoLinks at /scim/v2, the control API at /api/v1\n",
        );
    };
    let file = server.web_dir.as_deref().and_then(|folder| from_folder(folder, path));
    let mut response = whole(StatusCode::OK, kind, file.unwrap_or(Bytes::from_static(embedded)));
    for (name, value) in POLICY {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn from_folder(folder: &Path, path: &str) -> Option<Bytes> {
    let name = match path.trim_start_matches('/') {
        "" => "index.html",
        name => name,
    };
    let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    inside.then(|| std::fs::read(folder.join(name)).ok()).flatten().map(Bytes::from)
}
