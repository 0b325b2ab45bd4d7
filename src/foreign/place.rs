//! Where a resource is at the server, and what requests and responses tell of resources.

use std::collections::BTreeSet;

use http::StatusCode;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::entra::Reply;
use crate::entra::field::ObjectKind;
use crate::scim::{Object, Value};

/// The characters of an id that stay as they are in a path (RFC 3986 3.3). A server may take a
/// userName as the id, with whatever stands in it.
const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');

/// A resource of the server.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Place {
    pub(super) is_group: bool,
    pub(super) id: String,
}

impl Place {
    /// Its path below the base, as it stands in a request.
    pub(super) fn path(&self) -> String {
        format!("{}/{}", endpoint(self.is_group), utf8_percent_encode(&self.id, SEGMENT))
    }

    /// Its kind.
    pub(super) fn kind(&self) -> ObjectKind {
        if self.is_group { ObjectKind::Group } else { ObjectKind::User }
    }
}

/// The resources of a list response, each with its name.
pub(super) fn found_in(reply: &Reply) -> Vec<(Place, String)> {
    let answer = reply.as_ref().ok().filter(|answer| answer.status().is_success());
    let list = answer.and_then(|answer| object(answer.body()));
    let found = list.as_ref().and_then(|list| list.get("Resources")).and_then(Value::as_list);
    let one = |resource: &Value| {
        let resource = resource.as_object()?;
        let is_group = text(resource, "userName").is_none();
        let name = text(resource, name_of(is_group)).unwrap_or_default();
        Some((Place { is_group, id: text(resource, "id")? }, name))
    };
    found.unwrap_or_default().iter().filter_map(one).collect()
}

/// Whether a search was answered with an empty list.
pub(super) fn found_nothing(reply: &Reply) -> bool {
    let answer = reply.as_ref().ok().filter(|answer| answer.status() == StatusCode::OK);
    let list = answer.and_then(|answer| object(answer.body()));
    list.is_some_and(|list| list.get("totalResults").is_some()) && found_in(reply).is_empty()
}

/// The name that a search looks for, when it looks for one: whether it is a group's, and the name
/// in lower case.
pub(super) fn searched_name(path: &str, query: &str) -> Option<(bool, String)> {
    let is_group = path.starts_with("/Groups");
    let filter = query.split('&').find_map(|pair| pair.strip_prefix("filter="))?.replace('+', " ");
    let filter = percent_decode_str(&filter).decode_utf8().ok()?;
    let value = filter.strip_prefix(name_of(is_group))?.trim_start().strip_prefix("eq")?;
    let name = value.trim().strip_prefix('"')?.strip_suffix('"')?;
    let name = name.replace("\\\"", "\"").replace("\\\\", "\\");
    Some((is_group, name.to_lowercase()))
}

pub(super) fn endpoint(is_group: bool) -> &'static str {
    if is_group { "/Groups" } else { "/Users" }
}

pub(super) fn name_of(is_group: bool) -> &'static str {
    if is_group { "displayName" } else { "userName" }
}

/// The resource to which a path below the base leads.
pub(super) fn place_of(path: &str) -> Option<Place> {
    let (is_group, id) = match path.strip_prefix("/Users/") {
        Some(id) => (false, id),
        None => (true, path.strip_prefix("/Groups/")?),
    };
    let is_one = !id.is_empty() && !id.contains('/');
    let id = percent_decode_str(id).decode_utf8().ok().filter(|_| is_one)?;
    Some(Place { is_group, id: id.into_owned() })
}

/// Whether a status says that there is such an endpoint.
pub(super) fn is_endpoint(status: StatusCode) -> bool {
    !matches!(status.as_u16(), 404 | 405 | 501)
}

pub(super) fn object(body: &[u8]) -> Option<Object> {
    Object::parse(body).ok()
}

pub(super) fn text(resource: &Object, name: &str) -> Option<String> {
    resource.get(name).and_then(Value::as_text).map(str::to_owned)
}

pub(super) fn members(resource: &Object) -> BTreeSet<String> {
    let members = resource.get("members").and_then(Value::as_list).unwrap_or_default();
    let value = |member: &Value| text(member.as_object()?, "value");
    members.iter().filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_path_is_as_the_server_gave_it() {
        for (path, id) in [
            ("/Users/7", Some("7")),
            ("/Users/ann@x.example", Some("ann@x.example")),
            ("/Users/o%27neil%2Ba%20b@x.example", Some("o'neil+a b@x.example")),
            ("/Groups/caf%C3%A9", Some("café")),
            ("/Users/", None),
            ("/Users/7/manager", None),
            ("/Schemas/User", None),
        ] {
            let place = place_of(path);
            assert_eq!(place.as_ref().map(|place| place.id.as_str()), id, "{path}");
            assert!(place.is_none_or(|place| place.path() == path), "{path}");
        }
    }
}
