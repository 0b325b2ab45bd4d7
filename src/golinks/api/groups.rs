//! Requests to `/Groups`: create, read, change, replace, delete (RFC 7644 3.3 to 3.6).

use bytes::Bytes;
use http::Response;

use super::answer::{HttpError, no_content};
use super::resources::{RequestMeta, Resource, check_version, created, found, projection, shown};
use crate::base::Moment;
use crate::golinks::server::GoLinks;
use crate::golinks::settings::PatchReply;
use crate::golinks::{Event, GroupId};
use crate::scim::patch::Read;
use crate::scim::{Error, Object, Projection};

pub(super) fn create_group(
    server: &mut GoLinks,
    resource: Object,
    meta: RequestMeta<'_>,
    moment: &mut Moment<'_, Event>,
) -> Result<Response<Bytes>, HttpError> {
    let projection = projection(server, meta)?;
    let id = server.add_group(resource, moment)?;
    Ok(created(server, group(server, id)?, &projection))
}

pub(super) fn read_group(
    server: &GoLinks,
    id: &str,
    meta: RequestMeta<'_>,
) -> Result<Response<Bytes>, HttpError> {
    let group = server.find_group(id).map(Resource::Group)?;
    let projection = found(server, group, meta, true)?;
    Ok(shown(server, group, &projection))
}

/// Changes a group. The reply follows `patch_reply`; a request with `attributes` gets these (RFC
/// 7644 3.5.2).
pub(super) fn patch_group(
    server: &mut GoLinks,
    id: &str,
    change: Read,
    meta: RequestMeta<'_>,
    moment: &mut Moment<'_, Event>,
) -> Result<Response<Bytes>, HttpError> {
    let (id, projection) = target(server, id, meta)?;
    server.change_group(id, change?, moment)?;
    match (server.settings().patch_reply, &projection) {
        (PatchReply::Resource, _) | (_, Projection::Only(_)) => {
            Ok(shown(server, group(server, id)?, &projection))
        }
        _ => Ok(no_content()),
    }
}

pub(super) fn replace_group(
    server: &mut GoLinks,
    id: &str,
    resource: Object,
    meta: RequestMeta<'_>,
    moment: &mut Moment<'_, Event>,
) -> Result<Response<Bytes>, HttpError> {
    let (id, projection) = target(server, id, meta)?;
    server.replace_group(id, resource, moment)?;
    Ok(shown(server, group(server, id)?, &projection))
}

pub(super) fn delete_group(
    server: &mut GoLinks,
    id: &str,
    meta: RequestMeta<'_>,
    moment: &mut Moment<'_, Event>,
) -> Result<Response<Bytes>, HttpError> {
    let group = server.find_group(id)?;
    check_version(server, Resource::Group(group), meta, false)?;
    let id = group.id;
    server.remove_group(id, moment)?;
    Ok(no_content())
}

/// Finds the group to change, and checks that it still has the version the client knows.
fn target(
    server: &GoLinks,
    id: &str,
    meta: RequestMeta<'_>,
) -> Result<(GroupId, Projection), HttpError> {
    let group = server.find_group(id)?;
    Ok((group.id, found(server, Resource::Group(group), meta, false)?))
}

fn group(server: &GoLinks, id: GroupId) -> Result<Resource<'_>, Error> {
    server.must_find_group(id).map(Resource::Group)
}
