//! From a request to its handler: the checks every request passes, then one `match` on method and
//! path.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Method, Request, Response, StatusCode};

use crate::base::Moment;
use crate::golinks::Event;
use crate::golinks::api::discovery;
use crate::golinks::api::query::Query;
use crate::golinks::api::resources::RequestMeta;
use crate::golinks::api::resources::etag_header;
use crate::golinks::api::search::Scope;
use crate::golinks::client_time::ClientTime;
use crate::golinks::quirks::Quirk;
use crate::golinks::server::GoLinks;
use crate::golinks::settings::GroupsEndpoint;
use crate::golinks::settings::TokenScope;
use crate::golinks::settings::access::Auth;
use crate::golinks::settings::capabilities::Capability;
use crate::scim::list::ListWriter;
use crate::scim::patch::Read;
use crate::scim::patch::Work;
use crate::scim::{self, Error, Object, PatchRequest, ScimType};

/// A request that is not carried out, with the header its status calls for.
pub(crate) struct HttpError {
    error: Error,
    header: Option<(HeaderName, HeaderValue)>,
}

impl HttpError {
    /// 304: the client has what it asks for.
    pub(crate) fn not_modified(version: u64) -> HttpError {
        HttpError { error: Error::new(304, ""), header: etag_header(version) }
    }
}

impl From<Error> for HttpError {
    fn from(error: Error) -> HttpError {
        HttpError { error, header: None }
    }
}

impl GoLinks {
    /// Answers a request that reached the SCIM door; the path begins with the base path
    /// (`/scim/v2/Users`).
    pub fn handle(
        &mut self,
        request: &Request<Bytes>,
        moment: &mut Moment<'_, Event>,
    ) -> Response<Bytes> {
        if request.method() == Method::HEAD {
            // The body is left out where the answer is written to a socket (RFC 9110 9.3.2).
            let mut read = request.clone();
            *read.method_mut() = Method::GET;
            return self.handle(&read, moment);
        }
        match self.is_rewritten() {
            true => self.handle_rewritten(request, moment),
            false => self.handle_plain(request, moment),
        }
    }

    pub(crate) fn handle_plain(
        &mut self,
        request: &Request<Bytes>,
        moment: &mut Moment<'_, Event>,
    ) -> Response<Bytes> {
        match self.answer(request, moment) {
            Ok(response) => response,
            Err(refusal) => self.refuse(refusal, moment),
        }
    }

    fn answer(
        &mut self,
        request: &Request<Bytes>,
        moment: &mut Moment<'_, Event>,
    ) -> Result<Response<Bytes>, HttpError> {
        let client = ClientTime::of(request);
        let own = client.map(|client| client.now);
        (self.work, self.own) = (Work::default(), own);
        let path = request.uri().path();
        let below = match path.strip_prefix(self.settings.base_path.as_str()) {
            Some(below) if below.is_empty() || below.starts_with('/') => below,
            _ => return Err(not_found(path).into()),
        };
        if let Some(left) =
            self.settings.limits.maintenance.and_then(|it| it.left(self.start, moment.now()))
        {
            return Err(under_maintenance(client.map_or(Some(left), |client| client.real(left))));
        }
        if let Some(response) = self.token_endpoint(request, below, moment) {
            return Ok(response);
        }
        let access = &self.settings.access;
        let allowed = self.credentials.check(access, request.headers(), moment.now(), own);
        let scope = allowed.map_err(|why| unauthorized(access.auth, why))?;
        let reads = *request.method() == Method::GET || below.ends_with("/.search");
        if scope == TokenScope::Read && !reads {
            return Err(Error::new(403, "the token may only read").into());
        }
        if let Some(limit) = &self.settings.rate_limit {
            let (throttle, now) = match own {
                Some(own) => (&mut self.outside_throttle, own),
                None => (&mut self.throttle, moment.now()),
            };
            throttle
                .admit(limit, self.start, now)
                .map_err(|wait| too_many(limit.retry_after.seconds(wait)))?;
        }
        if request.body().len() > self.settings.body_limit {
            let detail = format!("the body is greater than {} bytes", self.settings.body_limit);
            return Err(Error::new(413, detail).into());
        }
        self.enter(request, below, moment)
    }

    /// Carries out a request that has passed the checks, as this server reads it.
    pub(crate) fn enter(
        &mut self,
        request: &Request<Bytes>,
        below: &str,
        moment: &mut Moment<'_, Event>,
    ) -> Result<Response<Bytes>, HttpError> {
        match self.is_rewritten() {
            true => self.route_rewritten(request, below, moment),
            false => self.route(request, below, moment),
        }
    }

    pub(crate) fn route(
        &mut self,
        request: &Request<Bytes>,
        below: &str,
        moment: &mut Moment<'_, Event>,
    ) -> Result<Response<Bytes>, HttpError> {
        // Slashes at the end or doubled are forgiven (B69).
        let (collection, rest) = first_part(below);
        let (item, more) = first_part(rest);
        let item = Some(item).filter(|item| !item.is_empty());
        if !first_part(more).0.is_empty() {
            return Err(not_found(request.uri().path()).into());
        }
        let query = request.uri().query().unwrap_or("");
        let meta = RequestMeta { query, headers: request.headers() };
        let base_url = self.settings.base_url.as_str();
        match (request.method(), collection, item) {
            (&Method::GET, "Users", None) => self.list_users(query),
            (&Method::POST, "Users", None) => {
                check_type(request)?;
                self.create_user(request.body(), meta, moment)
            }
            (&Method::POST, "Users", Some(".search")) => self.search_by_post(Scope::Users, request),
            (_, "Users", Some(".search")) if self.can(Capability::Search) => {
                Err(not_allowed("POST"))
            }
            (&Method::GET, "Users", Some(id)) => self.read_user(id, meta),
            (&Method::PATCH, _, Some(_)) if !self.can(Capability::Patch) => {
                Err(not_implemented("PATCH"))
            }
            (&Method::PATCH, "Users", Some(id)) => {
                self.patch_user(id, self.read_change(request)?, meta, moment)
            }
            (&Method::PUT, _, Some(_)) if !self.can(Capability::Put) => Err(not_implemented("PUT")),
            (&Method::PUT, "Users", Some(id)) => {
                self.replace_user(id, read_body(request)?, meta, moment)
            }
            (&Method::DELETE, "Users", Some(id)) => self.delete_user(id, meta, moment),
            (_, "Users", None) => Err(not_allowed("GET, POST")),
            (_, "Users", Some(_)) => Err(not_allowed("GET, PUT, PATCH, DELETE")),

            (_, "Groups", _) if self.can(Capability::Groups) => {
                self.at_groups(request, item, meta, moment)
            }
            (method, "Groups", item) => self.without_groups(method, item, request.uri().path()),

            (&Method::GET, "Schemas", id) => discovery::schemas(&self.kinds(), id, query, base_url),
            (&Method::GET, "ResourceTypes", id) => {
                discovery::resource_types(&self.kinds(), id, query, base_url)
            }
            (&Method::GET, "ServiceProviderConfig", None) => {
                discovery::config(&self.settings, query)
            }
            (_, "Schemas" | "ResourceTypes", _) | (_, "ServiceProviderConfig", None) => {
                Err(not_allowed("GET"))
            }

            (&Method::GET, "", None) if self.can(Capability::Search) => {
                self.search(Scope::All, &Query::parse(query)?)
            }
            (&Method::POST, ".search", None) => self.search_by_post(Scope::All, request),
            (_, "Me", None) => Err(not_implemented("/Me")),
            (&Method::POST, "Bulk", None) if self.can(Capability::Bulk) => {
                self.bulk(read_body(request)?, moment)
            }
            (&Method::POST, "Bulk", None) => Err(not_implemented("/Bulk")),
            (_, "Bulk" | ".search", None) => Err(not_allowed("POST")),
            _ => Err(not_found(request.uri().path()).into()),
        }
    }

    /// The body of a PATCH: of the right type, and a JSON object.
    fn read_change(&self, request: &Request<Bytes>) -> Result<Read, Error> {
        check_type(request)?;
        PatchRequest::read(request.body(), self.rules())
    }

    fn search_by_post(
        &self,
        scope: Scope,
        request: &Request<Bytes>,
    ) -> Result<Response<Bytes>, HttpError> {
        match self.can(Capability::Search) {
            true => self.search(scope, &Query::of_body(read_body(request)?)?),
            false => Err(not_implemented("search by POST")),
        }
    }

    fn at_groups(
        &mut self,
        request: &Request<Bytes>,
        item: Option<&str>,
        meta: RequestMeta<'_>,
        moment: &mut Moment<'_, Event>,
    ) -> Result<Response<Bytes>, HttpError> {
        match (request.method(), item) {
            (&Method::GET, None) => self.search(Scope::Groups, &Query::parse(meta.query)?),
            (&Method::POST, None) => self.create_group(read_body(request)?, meta, moment),
            (&Method::POST, Some(".search")) => self.search_by_post(Scope::Groups, request),
            (_, Some(".search")) if self.can(Capability::Search) => Err(not_allowed("POST")),
            (&Method::GET, Some(id)) => self.read_group(id, meta),
            (&Method::PATCH, Some(id)) => {
                self.patch_group(id, self.read_change(request)?, meta, moment)
            }
            (&Method::PUT, Some(id)) => self.replace_group(id, read_body(request)?, meta, moment),
            (&Method::DELETE, Some(id)) => self.delete_group(id, meta, moment),
            (_, None) => Err(not_allowed("GET, POST")),
            (_, Some(_)) => Err(not_allowed("GET, PUT, PATCH, DELETE")),
        }
    }

    /// GoLinks has no groups; what it says then is a setting.
    fn without_groups(
        &self,
        method: &Method,
        item: Option<&str>,
        path: &str,
    ) -> Result<Response<Bytes>, HttpError> {
        match (self.settings.groups, method, item) {
            (GroupsEndpoint::NotFound, _, _) => Err(not_found(path).into()),
            (GroupsEndpoint::Empty, &Method::GET, None) => Ok(ok(ListWriter::nothing())),
            (GroupsEndpoint::Empty, &Method::GET, _) => Err(not_found(path).into()),
            (GroupsEndpoint::Empty | GroupsEndpoint::NotImplemented, _, _) => {
                Err(not_implemented("/Groups"))
            }
        }
    }

    pub(crate) fn refuse(
        &self,
        mut refusal: HttpError,
        moment: &mut Moment<'_, Event>,
    ) -> Response<Bytes> {
        let error = &mut refusal.error;
        if error.status == 304 {
            return unchanged(refusal.header);
        }
        let of_the_client =
            (400..500).contains(&error.status) && ![401, 403, 404, 429].contains(&error.status);
        if of_the_client && self.settings.quirks.is(Quirk::ClientErrorsAs500) {
            *error = Error::new(500, "Internal Server Error");
        }
        moment.emit(match error.status {
            429 => Event::Throttled,
            status => Event::Refused {
                status,
                scim_type: error.scim_type.map_or("", ScimType::word),
                detail: error.detail.as_str().into(),
            },
        });
        let mut response = error.response();
        if let Some((name, value)) = refusal.header {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// What stands between the slashes first, and what follows it.
fn first_part(path: &str) -> (&str, &str) {
    let path = &path[path.bytes().position(|byte| byte != b'/').unwrap_or(path.len())..];
    path.split_at(path.bytes().position(|byte| byte == b'/').unwrap_or(path.len()))
}

/// A body of a write: of the right type, and a JSON object.
fn read_body(request: &Request<Bytes>) -> Result<Object, Error> {
    check_type(request)?;
    Object::parse(request.body())
}

/// 415 when a body says that it is something else than JSON.
fn check_type(request: &Request<Bytes>) -> Result<(), Error> {
    if let Some(kind) = request.headers().get(CONTENT_TYPE) {
        let kind = kind.as_bytes();
        let kind = kind.split(|byte| *byte == b';').next().unwrap_or(kind).trim_ascii();
        let known = [scim::CONTENT_TYPE, "application/json"];
        if !known.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(kind)) {
            return Err(Error::new(
                415,
                format!("the body is {}; send {}", String::from_utf8_lossy(kind), known[0]),
            ));
        }
    }
    Ok(())
}

/// 304 with the version that has not changed.
fn unchanged(header: Option<(HeaderName, HeaderValue)>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response.headers_mut().extend(header);
    response
}

/// 200 with a body.
pub(crate) fn ok(body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(scim::CONTENT_TYPE));
    response
}

pub(crate) fn not_allowed(allowed: &'static str) -> HttpError {
    let error = Error::new(405, format!("this path takes {allowed}"));
    HttpError { error, header: Some((ALLOW, HeaderValue::from_static(allowed))) }
}

pub(crate) fn not_found(path: &str) -> Error {
    let shown: String = path.chars().take(120).collect();
    Error::new(404, format!("there is nothing at {shown}"))
}

fn not_implemented(what: &str) -> HttpError {
    Error::new(501, format!("GoLinks does not offer {what}")).into()
}

fn unauthorized(auth: Auth, why: &'static str) -> HttpError {
    let scheme = if auth == Auth::Basic { "Basic realm=\"GoLinks\"" } else { "Bearer" };
    HttpError {
        error: Error::new(401, why),
        header: Some((WWW_AUTHENTICATE, HeaderValue::from_static(scheme))),
    }
}

/// Says how long it will last, when that can be told.
fn under_maintenance(left: Option<Duration>) -> HttpError {
    let secs = |left: Duration| left.as_secs() + u64::from(left.subsec_nanos() > 0);
    HttpError {
        error: Error::new(503, "GoLinks is being worked on"),
        header: left.map(|left| (RETRY_AFTER, HeaderValue::from(secs(left)))),
    }
}

fn too_many(wait_secs: Option<u64>) -> HttpError {
    let header = wait_secs.map(|secs| (RETRY_AFTER, HeaderValue::from(secs)));
    let detail = match wait_secs {
        Some(secs) => {
            format!(
                "too many requests; try again in {}",
                crate::base::time::show_duration(Duration::from_secs(secs))
            )
        }
        None => "too many requests".to_owned(),
    };
    HttpError { error: Error::new(429, detail), header }
}
