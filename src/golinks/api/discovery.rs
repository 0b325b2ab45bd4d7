//! `/Schemas`, `/ResourceTypes` and `/ServiceProviderConfig`, from the profile and the settings.

use bytes::Bytes;
use http::Response;
use percent_encoding::percent_decode_str;

use super::answer::HttpError;
use super::answer::not_found;
use super::answer::ok;
use crate::golinks::server::GoLinks;
use crate::golinks::settings::access::Auth;
use crate::golinks::settings::capabilities::Capability;
use crate::golinks::settings::capabilities::Profile;
use crate::scim::discovery::{self, Capabilities, Scheme};
use crate::scim::list::ListWriter;
use crate::scim::{Error, Object, ResourceType};

/// Returns all schemas, or the one with this URN.
pub(crate) fn schemas(
    kinds: &[&ResourceType],
    id: Option<&str>,
    query: &str,
    base_url: &str,
) -> Result<Response<Bytes>, HttpError> {
    let all = kinds.iter().flat_map(|kind| std::iter::once(&kind.schema).chain(&kind.extensions));
    let described = all.map(|schema| discovery::schema(schema, base_url));
    one_or_all("Schemas", described, id, query)
}

/// Returns all kinds of resources, or the one with this name.
pub(crate) fn resource_types(
    kinds: &[&ResourceType],
    id: Option<&str>,
    query: &str,
    base_url: &str,
) -> Result<Response<Bytes>, HttpError> {
    one_or_all(
        "ResourceTypes",
        kinds.iter().map(|kind| discovery::resource_type(kind, base_url)),
        id,
        query,
    )
}

/// Returns what the server can do.
pub(crate) fn config(server: &GoLinks, query: &str) -> Result<Response<Bytes>, HttpError> {
    let settings = server.settings();
    without_filter("ServiceProviderConfig", query)?;
    let can = Capabilities {
        patch: settings.can(Capability::Patch),
        bulk: settings.can(Capability::Bulk).then_some(settings.bulk_operations as u64),
        filter: Some(settings.page_size.get() as u64),
        change_password: settings.profile == Profile::Generic,
        sort: settings.can(Capability::Sort),
        etag: settings.can(Capability::Etag),
    };
    let schemes: &[Scheme] = match (settings.auth, &settings.oauth) {
        (Auth::Bearer, None) => &[Scheme::Bearer],
        (Auth::Bearer, Some(_)) => &[Scheme::Bearer, Scheme::OAuth],
        (Auth::Basic, _) => &[Scheme::Basic],
        (Auth::Open, _) => &[],
    };
    let config = discovery::service_provider_config(
        can,
        schemes,
        settings.body_limit as u64,
        &server.base_url(),
    );
    Ok(ok(config.to_bytes()))
}

/// Refuses a filter on these endpoints (RFC 7644 4).
fn without_filter(endpoint: &str, query: &str) -> Result<(), Error> {
    match query.split('&').any(|pair| pair.starts_with("filter=")) {
        true => Err(Error::new(403, format!("/{endpoint} takes no filter"))),
        false => Ok(()),
    }
}

fn one_or_all(
    endpoint: &str,
    all: impl Iterator<Item = Object> + Clone,
    id: Option<&str>,
    query: &str,
) -> Result<Response<Bytes>, HttpError> {
    without_filter(endpoint, query)?;
    let Some(id) = id else {
        let mut list = ListWriter::new(all.clone().count() as u64, 1, 4_096);
        all.for_each(|object| list.add(|out| out.extend_from_slice(&object.to_bytes())));
        return Ok(ok(list.finish()));
    };
    let mut all = all;
    // Many clients encode the colons of a URN; `urn` may be in capitals.
    let name = percent_decode_str(id).decode_utf8_lossy();
    let is_it = |object: &Object| {
        object
            .get("id")
            .and_then(|value| value.as_text())
            .is_some_and(|it| it.eq_ignore_ascii_case(&name))
    };
    match all.find(is_it) {
        Some(object) => Ok(ok(object.to_bytes())),
        None => Err(not_found(&format!("/{endpoint}/{id}")).into()),
    }
}
