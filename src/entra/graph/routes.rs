//! The table of all endpoints, and which of them a request means.

use http::StatusCode;

use super::endpoint::GraphEndpoint;
use super::error::{AllowedMethods, GraphError};
use super::request::GraphRequest;
use super::{
    batch, counts, deleted_items, delta, groups, logs, metadata, organization, registered,
    role_assignments, sign_ins, synchronization, templates, users,
};

/// Every endpoint.
pub fn endpoints() -> impl Iterator<Item = &'static GraphEndpoint> + Clone {
    let tables: [&[GraphEndpoint]; 18] = [
        counts::ENDPOINTS,
        users::ENDPOINTS,
        groups::ENDPOINTS,
        templates::ENDPOINTS,
        registered::service_principals::ENDPOINTS,
        registered::credentials::ENDPOINTS,
        registered::keys::ENDPOINTS,
        registered::owners::ENDPOINTS,
        role_assignments::ENDPOINTS,
        synchronization::ENDPOINTS,
        logs::ENDPOINTS,
        sign_ins::ENDPOINTS,
        organization::ENDPOINTS,
        registered::applications::ENDPOINTS,
        deleted_items::ENDPOINTS,
        delta::ENDPOINTS,
        batch::ENDPOINTS,
        metadata::ENDPOINTS,
    ];
    tables.into_iter().flatten()
}

/// What the sheet of the vendor's API has beside these, and why it is not served.
#[rustfmt::skip]
pub const ABSENT_ENDPOINTS: [(&str, &str); 4] = [
    ("POST …/jobs/{id}/bulkUpload", "inbound provisioning is another product"),
    ("GET, PUT /applications/{id}/synchronization/templates/{id}/schema", "templates are fixed"),
    ("GET /subscribedSkus, /roleManagement, /policies", "no licences and no roles beside the administrator's"),
    ("POST /subscriptions", "nothing is pushed"),
];

/// The endpoint of a request: of several that fit, the one with the most words of its own.
///
/// # Errors
/// There is no such path, or it does not take this method.
pub(super) fn find(request: &GraphRequest) -> Result<&'static GraphEndpoint, GraphError> {
    let segments = request.path.lower();
    let fitting =
        endpoints().filter_map(|endpoint| Some((fit(endpoint.path, segments)?, endpoint)));
    let Some(best) = fitting.clone().map(|(words, _)| words).max() else {
        return Err(GraphError::no_segment(unknown(request)));
    };
    let method = request.method.as_str();
    let of_path = fitting.filter(|(words, _)| *words == best).map(|(_, endpoint)| endpoint);
    of_path.clone().find(|endpoint| endpoint.method == method).ok_or_else(|| {
        let allow = AllowedMethods::of(of_path.map(|endpoint| endpoint.method));
        let error = GraphError::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "Request_BadRequest",
            "Specified HTTP method is not allowed for the request target.",
        );
        GraphError { allow, ..error }
    })
}

/// How many segments of a path are the words of this pattern; `None` when it does not fit.
fn fit(pattern: &str, segments: &[String]) -> Option<usize> {
    let mut words = 0;
    let mut rest = segments.iter();
    for part in pattern.split('/').skip(1) {
        let segment = rest.next()?;
        if part != "{}" {
            if !part.eq_ignore_ascii_case(segment) {
                return None;
            }
            words += 1;
        }
    }
    rest.next().is_none().then_some(words)
}

/// The first segment that no endpoint knows.
fn unknown(request: &GraphRequest) -> &str {
    let segments = request.path.lower();
    let known = |length: usize| {
        endpoints().any(|endpoint| {
            let parts: Vec<&str> = endpoint.path.split('/').skip(1).collect();
            let same = |(part, segment): (&&str, &String)| {
                *part == "{}" || part.eq_ignore_ascii_case(segment)
            };
            parts.len() >= length && parts[..length].iter().zip(segments).all(same)
        })
    };
    let at = (1..=segments.len()).find(|length| !known(*length)).unwrap_or(segments.len());
    request.path.raw(at.saturating_sub(1))
}
