//! Writes resources of either kind: with attributes that are derived or stored apart, reduced to
//! those asked for, and with the version.

use bytes::Bytes;
use http::header::{HeaderMap, HeaderValue, IF_MATCH, IF_NONE_MATCH, LOCATION};
use http::{Response, StatusCode};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::answer::{HttpError, etag_header, ok};
use super::query::Query;
use crate::golinks::server::GoLinks;
use crate::golinks::settings::capabilities::Capability;
use crate::golinks::store::account::Account;
use crate::golinks::store::groups::Group;
use crate::golinks::store::members::Member;
use crate::golinks::store::render::{Parts, Renderer};
use crate::scim::list::ListWriter;
use crate::scim::{Error, Object, Projection, ResourceType};

/// A resource as stored.
#[derive(Clone, Copy)]
pub(crate) enum Resource<'a> {
    User(&'a Account),
    Group(&'a Group),
}

impl<'a> Resource<'a> {
    /// Its attributes as stored.
    pub(crate) fn body(self) -> &'a [u8] {
        match self {
            Resource::User(account) => account.body(),
            Resource::Group(group) => group.body(),
        }
    }
}

fn parts_of(item: Resource<'_>, version: Option<u64>) -> Parts<'_> {
    match item {
        Resource::User(account) => Parts { version, ..account.into() },
        Resource::Group(group) => Parts {
            id: group.id.0,
            created: group.created,
            modified: group.modified,
            body: group.body(),
            extensions: group.extensions,
            version,
        },
    }
}

/// Which of the costly attributes to write.
#[derive(Clone, Copy, Default)]
pub(crate) struct Needs {
    /// The members of a group.
    pub(crate) members: bool,
    /// The groups of a user.
    pub(crate) groups: bool,
}

impl Needs {
    /// All of them.
    pub(crate) const ALL: Needs = Needs { members: true, groups: true };
}

/// The query and the headers of a request.
#[derive(Clone, Copy)]
pub(crate) struct RequestMeta<'a> {
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
}

fn kind_of<'a>(server: &'a GoLinks, item: Resource<'_>) -> &'a ResourceType {
    match item {
        Resource::User(_) => server.user_type(),
        Resource::Group(_) => server.group_type(),
    }
}

/// Returns which attributes a request asks for in the reply.
pub(crate) fn projection(server: &GoLinks, meta: RequestMeta<'_>) -> Result<Projection, Error> {
    // Groups can always be read without their members, which the vendor's client needs
    // [scim-dev].
    match meta.query.is_empty()
        || !(server.can(Capability::Attributes) || server.can(Capability::Groups))
    {
        true => Ok(Projection::Default),
        false => Query::parse(meta.query)?.projection(),
    }
}

/// Appends a resource with all its attributes; the costly ones only when needed.
pub(crate) fn write_item(server: &GoLinks, item: Resource<'_>, needs: Needs, out: &mut Vec<u8>) {
    let parts = parts_of(item, version_of(server, item));
    renderer_of(server, item).write_with(parts, out, |out| match item {
        Resource::User(account) if needs.groups && shows_groups(server) => {
            write_groups_of(server, Member::User(account.id), out);
        }
        Resource::Group(group) if needs.members && !group.members().is_empty() => {
            write_members(server, group, out)
        }
        Resource::User(_) | Resource::Group(_) => {}
    });
}

/// Returns how many bytes [`write_item`] appends, without costly attributes.
pub(crate) fn size_of(server: &GoLinks, item: Resource<'_>) -> usize {
    let version = server.can(Capability::Etag).then_some(0);
    renderer_of(server, item).size(&parts_of(item, version))
}

fn renderer_of<'a>(server: &'a GoLinks, resource: Resource<'_>) -> &'a Renderer {
    match resource {
        Resource::User(_) => &server.renderers().users,
        Resource::Group(_) => &server.renderers().groups,
    }
}

/// Returns a resource as an object, with the members that [`write_item`] writes.
pub(crate) fn object_of(server: &GoLinks, item: Resource<'_>, needs: Needs) -> Object {
    let mut bytes = Vec::new();
    write_item(server, item, needs, &mut bytes);
    Object::parse(&bytes).unwrap_or_default()
}

/// Appends the attributes of a resource that the client asked for.
pub(crate) fn write_projected(
    server: &GoLinks,
    item: Resource<'_>,
    projection: &Projection,
    out: &mut Vec<u8>,
) {
    let needs = needs(server, item, projection);
    // Most often only the members are left out, and `needs` already keeps them from being written.
    let without_members = match projection {
        Projection::Without(paths) => paths.iter().all(|path| {
            path.is_plain()
                && path.schema.is_none()
                && path.attribute.eq_ignore_ascii_case("members")
        }),
        _ => false,
    };
    if (matches!(projection, Projection::Default) || without_members)
        && !kind_of(server, item).has_requested()
    {
        write_item(server, item, needs, out);
        return;
    }
    let mut object = object_of(server, item, needs);
    projection.apply(&mut object, kind_of(server, item));
    object.write(out);
}

/// Returns which costly attributes the resource has and the client asked for.
fn needs(server: &GoLinks, item: Resource<'_>, projection: &Projection) -> Needs {
    let wanted = |name: &str| projection.wants(kind_of(server, item), name);
    match item {
        Resource::User(_) => {
            Needs { groups: shows_groups(server) && wanted("groups"), members: false }
        }
        Resource::Group(group) => {
            Needs { members: !group.members().is_empty() && wanted("members"), groups: false }
        }
    }
}

/// 200 with a list of `total` resources, of which these are the page from `start` on.
pub(crate) fn list(
    server: &GoLinks,
    total: usize,
    start: u64,
    projection: &Projection,
    page: &[Resource<'_>],
) -> Response<Bytes> {
    if total == 0 && start == 1 {
        return ok(ListWriter::nothing());
    }
    let room = page.iter().map(|item| 1 + size_of(server, *item)).sum();
    let mut list = ListWriter::new(total as u64, start, room);
    for item in page {
        list.add(|out| write_projected(server, *item, projection, out));
    }
    ok(list.finish())
}

/// 200 with a resource.
pub(crate) fn shown(
    server: &GoLinks,
    item: Resource<'_>,
    projection: &Projection,
) -> Response<Bytes> {
    let mut out = Vec::with_capacity(size_of(server, item));
    write_projected(server, item, projection, &mut out);
    let mut response = ok(out.into());
    if let Some(version) = version_of(server, item) {
        response.headers_mut().extend(etag_header(version));
    }
    response
}

/// 201 with a resource and its `Location`.
pub(crate) fn created(
    server: &GoLinks,
    item: Resource<'_>,
    projection: &Projection,
) -> Response<Bytes> {
    let mut response = shown(server, item, projection);
    *response.status_mut() = StatusCode::CREATED;
    if let Ok(location) = HeaderValue::from_maybe_shared(Bytes::from(location_of(server, item))) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

pub(crate) fn location_of(server: &GoLinks, item: Resource<'_>) -> Vec<u8> {
    let id = match item {
        Resource::User(account) => account.id.0,
        Resource::Group(group) => group.id.0,
    };
    renderer_of(server, item).location_of(id)
}

/// Returns the version of a resource when versions are shown; every change makes a new version.
pub(crate) fn version_of(server: &GoLinks, item: Resource<'_>) -> Option<u64> {
    server.can(Capability::Etag).then(|| match item {
        Resource::User(account) => xxh3_64_with_seed(
            &account.revision.to_le_bytes(),
            account.modified.as_micros() as u64 ^ account.id.0,
        ),
        Resource::Group(group) => xxh3_64_with_seed(
            group.body(),
            (group.modified.as_micros() as u64) ^ group.revision.rotate_left(32),
        ),
    })
}

/// Checks the preconditions of a request: the versions that the client knows (RFC 7644 3.14).
pub(crate) fn check_version(
    server: &GoLinks,
    item: Resource<'_>,
    meta: RequestMeta<'_>,
    reads: bool,
) -> Result<(), HttpError> {
    let (only_if, unless) = (meta.headers.get(IF_MATCH), meta.headers.get(IF_NONE_MATCH));
    if only_if.is_none() && unless.is_none() {
        return Ok(());
    }
    let Some(version) = version_of(server, item) else { return Ok(()) };
    if only_if.is_some_and(|known| !names_version(known, version)) {
        return Err(Error::new(412, "the resource has another version").into());
    }
    match unless {
        Some(known) if names_version(known, version) && reads => {
            Err(HttpError::not_modified(version))
        }
        Some(known) if names_version(known, version) => {
            Err(Error::new(412, "the resource has this version already").into())
        }
        _ => Ok(()),
    }
}

/// Whether users show the groups they are in.
fn shows_groups(server: &GoLinks) -> bool {
    !server.groups().is_empty() && server.user_type().schema.attribute("groups").is_some()
}

/// Appends the groups of a user: the groups it is a direct member of, and the groups that contain
/// those (RFC 7643 4.1.2).
fn write_groups_of(server: &GoLinks, member: Member, out: &mut Vec<u8>) {
    let groups = server.groups();
    let direct = groups.of(member).map(|group| (group, "direct"));
    let indirect = groups.indirectly_of(member).into_iter().map(|group| (group, "indirect"));
    let mut any = false;
    for (group, kind) in direct.chain(indirect) {
        out.extend_from_slice(if any { b"," } else { b",\"groups\":[" });
        any = true;
        server.renderers().groups.write_reference(group.id.0, out);
        out.extend_from_slice(b",\"display\":");
        crate::scim::Value::from(group.display_name.as_ref()).write(out);
        out.extend_from_slice(format!(",\"type\":\"{kind}\"}}").as_bytes());
    }
    if any {
        out.push(b']');
    }
}

fn write_members(server: &GoLinks, group: &Group, out: &mut Vec<u8>) {
    out.reserve(group.members().len() * 128);
    for (nth, member) in group.members().iter().enumerate() {
        out.extend_from_slice(if nth > 0 { b"," } else { b",\"members\":[" });
        server.renderers().write_member(member, out);
    }
    out.push(b']');
}

/// Whether a header names the version, in a list or by `*`; weak and strong tags are compared
/// alike.
fn names_version(header: &HeaderValue, version: u64) -> bool {
    let strong = format!("\"{version:016x}\"");
    let Ok(text) = header.to_str() else { return false };
    text.split(',')
        .map(str::trim)
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == strong)
}

/// Checks the preconditions of a request, and returns which attributes it asks for.
pub(super) fn found(
    server: &GoLinks,
    resource: Resource<'_>,
    meta: RequestMeta<'_>,
    reads: bool,
) -> Result<Projection, HttpError> {
    check_version(server, resource, meta, reads)?;
    Ok(projection(server, meta)?)
}
