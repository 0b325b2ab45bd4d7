//! From a request to its handler: the checks every request passes, then one `match` on method and
//! path.

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{Method, Request, Response};

use super::answer::{HttpError, not_found, ok};
use super::bulk::bulk;
use super::discovery;
use super::groups::{create_group, delete_group, patch_group, read_group, replace_group};
use super::oauth::token_endpoint;
use super::query::Query;
use super::resources::RequestMeta;
use super::search::{Scope, search};
use super::users::{create_user, delete_user, list_users, patch_user, read_user, replace_user};
use crate::base::Moment;
use crate::golinks::Event;
use crate::golinks::client_time::ClientTime;
use crate::golinks::quirks::layer;
use crate::golinks::server::{Denied, GoLinks};
use crate::golinks::settings::access::WorkspacePlan;
use crate::golinks::settings::capabilities::Capability;
use crate::golinks::settings::{GroupsEndpoint, TokenScope};
use crate::scim::list::ListWriter;
use crate::scim::patch::Read;
use crate::scim::{self, Error, Object, PatchRequest, ScimType};

impl GoLinks {
    /// Handles a request that reached the SCIM door; the path begins with the base path
    /// (`/scim/v2/Users`).
    pub fn handle(
        &mut self,
        request: &Request<Bytes>,
        moment: &mut Moment<'_, Event>,
    ) -> Response<Bytes> {
        if request.method() == Method::HEAD {
            // HEAD is handled as GET; the code that writes the response to a socket leaves out the
            // body (RFC 9110 9.3.2).
            let mut read = request.clone();
            *read.method_mut() = Method::GET;
            return self.handle(&read, moment);
        }
        self.begin_request(request, moment.now());
        self.match_quirks(request, below_base(self, request).unwrap_or_default());
        let response = match layer::is_on(self) {
            false => handle(self, request, moment),
            true => layer::blocked(self, request).unwrap_or_else(|| {
                let response = handle(self, request, moment);
                layer::rewrite_response(self, request, response)
            }),
        };
        self.end_request();
        response
    }
}

fn handle(
    server: &mut GoLinks,
    request: &Request<Bytes>,
    moment: &mut Moment<'_, Event>,
) -> Response<Bytes> {
    let client = ClientTime::of(request);
    let Some(below) = below_base(server, request) else {
        return refuse(server, not_found(request.uri().path()).into(), moment);
    };
    if let Err(denied) = server.check_maintenance(client, moment.now()) {
        let error = denied_error(server, denied);
        return refuse(server, error, moment);
    }
    if let Some(response) = token_endpoint(server, request, moment) {
        return response;
    }
    match check(server, request, below, moment) {
        Ok(()) => carry_out(server, request, below, moment),
        Err(error) => refuse(server, error, moment),
    }
}

/// Returns the part of the path below the base path; `None` for other paths.
fn below_base<'a>(server: &GoLinks, request: &'a Request<Bytes>) -> Option<&'a str> {
    let below = request.uri().path().strip_prefix(&*server.settings().base_path)?;
    (below.is_empty() || below.starts_with('/')).then_some(below)
}

/// Checks credentials, rate and size.
fn check(
    server: &mut GoLinks,
    request: &Request<Bytes>,
    below: &str,
    moment: &Moment<'_, Event>,
) -> Result<(), HttpError> {
    let scope = match is_public(request, below) {
        true => TokenScope::Read,
        false => server
            .check_credentials(request.headers(), moment.now())
            .map_err(|denied| denied_error(server, denied))?,
    };
    if server.settings().plan != WorkspacePlan::Enterprise {
        let detail =
            "SCIM provisioning is part of the Enterprise plan, which this workspace does not have";
        return Err(Error::new(403, detail).into());
    }
    if scope == TokenScope::Nothing {
        let detail = "the token was issued by a member without admin permissions";
        return Err(Error::new(403, detail).into());
    }
    let reads = *request.method() == Method::GET || below.ends_with("/.search");
    if scope == TokenScope::Read && !reads {
        return Err(Error::new(403, "the token may only read").into());
    }
    server.check_rate(moment.now()).map_err(|denied| denied_error(server, denied))?;
    let most = server.settings().body_limit;
    if request.body().len() > most {
        return Err(Error::new(413, format!("the body is greater than {most} bytes")).into());
    }
    Ok(())
}

/// Whether a request needs no credentials: the authentication schemes are public (RFC 7643 5).
fn is_public(request: &Request<Bytes>, below: &str) -> bool {
    *request.method() == Method::GET && below.trim_matches('/') == "ServiceProviderConfig"
}

fn denied_error(server: &GoLinks, denied: Denied) -> HttpError {
    match denied {
        Denied::Maintenance(left) => HttpError::under_maintenance(left),
        Denied::Unauthorized(why) => HttpError::unauthorized(server.settings().auth, why),
        Denied::TooMany(wait) => HttpError::too_many(wait),
    }
}

/// Carries out a request that has passed the checks.
fn carry_out(
    server: &mut GoLinks,
    request: &Request<Bytes>,
    below: &str,
    moment: &mut Moment<'_, Event>,
) -> Response<Bytes> {
    let result = match layer::is_on(server) {
        false => route(server, request, below, moment),
        true => layer::rewrite_request(server, request, below, moment).and_then(|rewritten| {
            let read = rewritten.request(request);
            let response = route(server, read, rewritten.below(), moment);
            layer::conclude(server, request, rewritten, response, moment)
        }),
    };
    result.unwrap_or_else(|error| refuse(server, error, moment))
}

/// Carries out one operation of a bulk request, with the quirks that are on for it.
fn carry_out_operation(
    server: &mut GoLinks,
    request: &Request<Bytes>,
    below: &str,
    moment: &mut Moment<'_, Event>,
) -> Response<Bytes> {
    server.match_quirks(request, below);
    carry_out(server, request, below, moment)
}

fn route(
    server: &mut GoLinks,
    request: &Request<Bytes>,
    below: &str,
    moment: &mut Moment<'_, Event>,
) -> Result<Response<Bytes>, HttpError> {
    // Doubled slashes and slashes at the end are ignored (B69).
    let (collection, rest) = first_part(below);
    let (item, more) = first_part(rest);
    let item = Some(item).filter(|item| !item.is_empty());
    if !first_part(more).0.is_empty() {
        return Err(not_found(request.uri().path()).into());
    }
    let query = request.uri().query().unwrap_or("");
    let meta = RequestMeta { query, headers: request.headers() };
    match (request.method(), collection, item) {
        (&Method::PATCH, _, Some(_)) if !server.can(Capability::Patch) => {
            Err(HttpError::not_implemented("PATCH"))
        }
        (&Method::PUT, _, Some(_)) if !server.can(Capability::Put) => {
            Err(HttpError::not_implemented("PUT"))
        }
        (_, "Users", item) => at_users(server, request, item, meta, moment),
        (_, "Groups", _) if server.can(Capability::Groups) => {
            at_groups(server, request, item, meta, moment)
        }
        (method, "Groups", item) => without_groups(server, method, item, request.uri().path()),

        (&Method::GET, "Schemas", id) => {
            discovery::schemas(&server.kinds(), id, query, &server.base_url())
        }
        (&Method::GET, "ResourceTypes", id) => {
            discovery::resource_types(&server.kinds(), id, query, &server.base_url())
        }
        (&Method::GET, "ServiceProviderConfig", None) => discovery::config(server, query),
        (_, "Schemas" | "ResourceTypes", _) | (_, "ServiceProviderConfig", None) => {
            Err(HttpError::not_allowed("GET"))
        }

        (&Method::GET, "", None) if server.can(Capability::Search) => {
            search(server, Scope::All, &Query::parse(query)?)
        }
        (&Method::POST, ".search", None) => search_by_post(server, Scope::All, request),
        (_, "Me", None) => Err(HttpError::not_implemented("/Me")),
        (&Method::POST, "Bulk", None) if server.can(Capability::Bulk) => {
            let response = bulk(server, read_body(request)?, carry_out_operation, moment);
            server.match_quirks(request, below);
            response
        }
        (&Method::POST, "Bulk", None) => Err(HttpError::not_implemented("/Bulk")),
        (_, "Bulk" | ".search", None) => Err(HttpError::not_allowed("POST")),
        _ => Err(not_found(request.uri().path()).into()),
    }
}

/// Reads the body of a PATCH, which must have the right type and be a JSON object.
fn read_change(server: &GoLinks, request: &Request<Bytes>) -> Result<Read, HttpError> {
    check_type(request)?;
    Ok(PatchRequest::read(request.body(), server.rules())?)
}

fn search_by_post(
    server: &GoLinks,
    scope: Scope,
    request: &Request<Bytes>,
) -> Result<Response<Bytes>, HttpError> {
    match server.can(Capability::Search) {
        true => search(server, scope, &Query::of_body(read_body(request)?)?),
        false => Err(HttpError::not_implemented("search by POST")),
    }
}

fn at_users(
    server: &mut GoLinks,
    request: &Request<Bytes>,
    item: Option<&str>,
    meta: RequestMeta<'_>,
    moment: &mut Moment<'_, Event>,
) -> Result<Response<Bytes>, HttpError> {
    match (request.method(), item) {
        (&Method::GET, None) => list_users(server, meta.query),
        (&Method::POST, None) => {
            check_type(request)?;
            create_user(server, request.body(), meta, moment)
        }
        (&Method::POST, Some(".search")) => search_by_post(server, Scope::Users, request),
        (_, Some(".search")) if server.can(Capability::Search) => {
            Err(HttpError::not_allowed("POST"))
        }
        (&Method::GET, Some(id)) => read_user(server, id, meta),
        (&Method::PATCH, Some(id)) => {
            patch_user(server, id, read_change(server, request)?, meta, moment)
        }
        (&Method::PUT, Some(id)) => replace_user(server, id, read_body(request)?, meta, moment),
        (&Method::DELETE, Some(id)) => delete_user(server, id, meta, moment),
        (_, None) => Err(HttpError::not_allowed("GET, POST")),
        (_, Some(_)) => Err(HttpError::not_allowed("GET, PUT, PATCH, DELETE")),
    }
}

fn at_groups(
    server: &mut GoLinks,
    request: &Request<Bytes>,
    item: Option<&str>,
    meta: RequestMeta<'_>,
    moment: &mut Moment<'_, Event>,
) -> Result<Response<Bytes>, HttpError> {
    match (request.method(), item) {
        (&Method::GET, None) => search(server, Scope::Groups, &Query::parse(meta.query)?),
        (&Method::POST, None) => create_group(server, read_body(request)?, meta, moment),
        (&Method::POST, Some(".search")) => search_by_post(server, Scope::Groups, request),
        (_, Some(".search")) if server.can(Capability::Search) => {
            Err(HttpError::not_allowed("POST"))
        }
        (&Method::GET, Some(id)) => read_group(server, id, meta),
        (&Method::PATCH, Some(id)) => {
            patch_group(server, id, read_change(server, request)?, meta, moment)
        }
        (&Method::PUT, Some(id)) => replace_group(server, id, read_body(request)?, meta, moment),
        (&Method::DELETE, Some(id)) => delete_group(server, id, meta, moment),
        (_, None) => Err(HttpError::not_allowed("GET, POST")),
        (_, Some(_)) => Err(HttpError::not_allowed("GET, PUT, PATCH, DELETE")),
    }
}

/// The reply of a GoLinks without groups, which is a setting.
fn without_groups(
    server: &GoLinks,
    method: &Method,
    item: Option<&str>,
    path: &str,
) -> Result<Response<Bytes>, HttpError> {
    match (server.settings().groups, method, item) {
        (GroupsEndpoint::NotFound, _, _) => Err(not_found(path).into()),
        (GroupsEndpoint::Empty, &Method::GET, None) => Ok(ok(ListWriter::nothing())),
        (GroupsEndpoint::Empty, &Method::GET, _) => Err(not_found(path).into()),
        (GroupsEndpoint::Empty | GroupsEndpoint::NotImplemented, _, _) => {
            Err(HttpError::not_implemented("/Groups"))
        }
    }
}

/// Makes the response to a request that is refused, and reports it.
fn refuse(server: &GoLinks, refusal: HttpError, moment: &mut Moment<'_, Event>) -> Response<Bytes> {
    let refusal = match server.quirks().replaced_error(refusal.error()) {
        Some(error) => refusal.with(error),
        None => refusal,
    };
    let error = refusal.error();
    match error.status {
        304 => {}
        429 => moment.emit(Event::Throttled),
        status => moment.emit(Event::Refused {
            status,
            scim_type: error.scim_type.map_or("", ScimType::word),
            detail: error.detail.as_str().into(),
        }),
    }
    refusal.response()
}

/// Splits a path into its first segment and the rest.
fn first_part(path: &str) -> (&str, &str) {
    let path = &path[path.bytes().position(|byte| byte != b'/').unwrap_or(path.len())..];
    path.split_at(path.bytes().position(|byte| byte == b'/').unwrap_or(path.len()))
}

/// Reads the body of a write, which must have the right type and be a JSON object.
fn read_body(request: &Request<Bytes>) -> Result<Object, HttpError> {
    check_type(request)?;
    Ok(Object::parse(request.body())?)
}

/// Refuses a body whose headers say that it is not JSON or is compressed: 415.
fn check_type(request: &Request<Bytes>) -> Result<(), HttpError> {
    if let Some(coding) = request.headers().get(CONTENT_ENCODING)
        && !coding.as_bytes().eq_ignore_ascii_case(b"identity")
    {
        return Err(HttpError::coded(&String::from_utf8_lossy(coding.as_bytes())));
    }
    if let Some(kind) = request.headers().get(CONTENT_TYPE) {
        let kind = kind.as_bytes();
        let kind = kind.split(|byte| *byte == b';').next().unwrap_or(kind).trim_ascii();
        let known = [scim::CONTENT_TYPE, "application/json"];
        if !known.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(kind)) {
            let kind = String::from_utf8_lossy(kind);
            let detail = format!("the body is {kind}; send {}", known[0]);
            return Err(Error::new(415, detail).into());
        }
    }
    Ok(())
}
