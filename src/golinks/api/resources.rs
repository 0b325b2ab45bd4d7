//! A resource of either kind: written with what is derived or kept apart, cut to what was asked
//! for, with its version.

use bytes::Bytes;
use http::header::{ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH, LOCATION};
use http::{Response, StatusCode};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::golinks::api::query::Query;
use crate::golinks::api::routes::HttpError;
use crate::golinks::api::routes::ok;
use crate::golinks::server::GoLinks;
use crate::golinks::settings::capabilities::Capability;
use crate::golinks::store::account::Account;
use crate::golinks::store::groups::Group;
use crate::golinks::store::members::Member;
use crate::golinks::store::render::Parts;
use crate::golinks::store::render::Renderer;
use crate::golinks::store::render::hex;
use crate::golinks::store::render::write_id;
use crate::scim::list::ListWriter;
use crate::scim::{Error, Object, Projection, ResourceType};

/// A resource at rest.
#[derive(Clone, Copy)]
pub(crate) enum Item<'a> {
    User(Account<'a>),
    Group(&'a Group),
}

impl<'a> Item<'a> {
    /// Its attributes at rest.
    pub(crate) fn body(self) -> &'a [u8] {
        match self {
            Item::User(account) => account.body(),
            Item::Group(group) => group.body(),
        }
    }
}

fn parts_of(item: Item<'_>, version: Option<u64>) -> Parts<'_> {
    match item {
        Item::User(account) => Parts { version, ..account.into() },
        Item::Group(group) => Parts {
            id: group.id.0,
            created: group.created,
            modified: group.modified,
            body: group.body(),
            extensions: group.extensions,
            version,
        },
    }
}

/// Which of the costly attributes are wanted.
#[derive(Clone, Copy, Default)]
pub(crate) struct Needs {
    /// The members of a group.
    pub(crate) members: bool,
    /// The groups of a user.
    pub(crate) groups: bool,
}

/// What a request says beside its method, path and body.
#[derive(Clone, Copy)]
pub(crate) struct RequestMeta<'a> {
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
}

impl GoLinks {
    pub(crate) fn kind_of(&self, item: Item<'_>) -> &ResourceType {
        match item {
            Item::User(_) => &self.users,
            Item::Group(_) => &self.group_kind,
        }
    }

    /// Which attributes of the answer a request wants to see.
    pub(crate) fn projection(&self, meta: RequestMeta<'_>) -> Result<Projection, Error> {
        // Groups can always be read without their members, which the vendor's client needs
        // [scim-dev].
        match meta.query.is_empty()
            || !(self.can(Capability::Attributes) || self.can(Capability::Groups))
        {
            true => Ok(Projection::Default),
            false => Query::parse(meta.query)?.projection(),
        }
    }

    /// Appends a resource with all its attributes but those that are costly and not needed.
    pub(crate) fn write_item(&self, item: Item<'_>, needs: Needs, out: &mut Vec<u8>) {
        let parts = parts_of(item, self.version_of(item));
        self.renderer_of(item).write_with(parts, out, |out| match item {
            Item::User(account) if needs.groups && self.shows_groups() => {
                self.write_groups_of(Member::User(account.id), out);
            }
            Item::Group(group) if needs.members && !group.members().is_empty() => {
                self.write_members(group, out)
            }
            Item::User(_) | Item::Group(_) => {}
        });
    }

    /// How many bytes [`GoLinks::write_item`] appends, costly attributes aside.
    pub(crate) fn size_of(&self, item: Item<'_>) -> usize {
        let version = self.can(Capability::Etag).then_some(0);
        self.renderer_of(item).size(&parts_of(item, version))
    }

    fn renderer_of(&self, item: Item<'_>) -> &Renderer {
        match item {
            Item::User(_) => &self.renderer,
            Item::Group(_) => &self.group_renderer,
        }
    }

    /// A resource as an object, as [`GoLinks::write_item`] writes it.
    pub(crate) fn object_of(&self, item: Item<'_>, needs: Needs) -> Object {
        let mut bytes = Vec::new();
        self.write_item(item, needs, &mut bytes);
        Object::parse(&bytes).unwrap_or_default()
    }

    /// Appends what a client is to see of a resource.
    pub(crate) fn write_projected(
        &self,
        item: Item<'_>,
        projection: &Projection,
        out: &mut Vec<u8>,
    ) {
        let needs = self.needs(item, projection);
        // Most often nothing but the members is left out, and those need not be taken away again.
        let without_members = match projection {
            Projection::Without(paths) => paths.iter().all(|path| {
                path.is_plain()
                    && path.schema.is_none()
                    && path.attribute.eq_ignore_ascii_case("members")
            }),
            _ => false,
        };
        if (matches!(projection, Projection::Default) || without_members)
            && !self.hides_by_default(item)
        {
            self.write_item(item, needs, out);
            return;
        }
        let mut object = self.object_of(item, needs);
        projection.apply(&mut object, self.kind_of(item));
        object.write(out);
    }

    /// Which of the costly attributes it has and the client is to see.
    fn needs(&self, item: Item<'_>, projection: &Projection) -> Needs {
        let wanted = |name: &str| projection.wants(self.kind_of(item), name);
        match item {
            Item::User(_) => {
                Needs { groups: self.shows_groups() && wanted("groups"), members: false }
            }
            Item::Group(group) => {
                Needs { members: !group.members().is_empty() && wanted("members"), groups: false }
            }
        }
    }

    /// 200 with a list of `total` resources, of which these are the page from `start` on.
    pub(crate) fn list(
        &self,
        total: usize,
        start: u64,
        projection: &Projection,
        page: &[Item<'_>],
    ) -> Response<Bytes> {
        if total == 0 && start == 1 {
            return ok(ListWriter::nothing());
        }
        let room = page.iter().map(|item| 1 + self.size_of(*item)).sum();
        let mut list = ListWriter::new(total as u64, start, room);
        for item in page {
            list.add(|out| self.write_projected(*item, projection, out));
        }
        ok(list.finish())
    }

    /// 200 with a resource.
    pub(crate) fn shown(&self, item: Item<'_>, projection: &Projection) -> Response<Bytes> {
        let mut out = Vec::with_capacity(self.size_of(item));
        self.write_projected(item, projection, &mut out);
        let mut response = ok(out.into());
        if let Some(version) = self.version_of(item) {
            response.headers_mut().extend(etag_header(version));
        }
        response
    }

    /// 201 with a resource and where it is.
    pub(crate) fn created(&self, item: Item<'_>, projection: &Projection) -> Response<Bytes> {
        let mut response = self.shown(item, projection);
        *response.status_mut() = StatusCode::CREATED;
        if let Ok(location) = HeaderValue::from_maybe_shared(Bytes::from(self.location_of(item))) {
            response.headers_mut().insert(LOCATION, location);
        }
        response
    }

    pub(crate) fn location_of(&self, item: Item<'_>) -> Vec<u8> {
        let id = match item {
            Item::User(account) => account.id.0,
            Item::Group(group) => group.id.0,
        };
        self.renderer_of(item).location_of(id)
    }

    /// The version of a resource, where versions are shown: another one after every change.
    pub(crate) fn version_of(&self, item: Item<'_>) -> Option<u64> {
        self.can(Capability::Etag).then(|| match item {
            Item::User(account) => xxh3_64_with_seed(
                &account.revision.to_le_bytes(),
                account.modified.as_micros() as u64 ^ account.id.0,
            ),
            Item::Group(group) => xxh3_64_with_seed(
                group.body(),
                (group.modified.as_micros() as u64) ^ group.revision.rotate_left(32),
            ),
        })
    }

    /// Whether a resource may be read or changed, by the versions the client knows (RFC 7644 3.14).
    pub(crate) fn check_version(
        &self,
        item: Item<'_>,
        meta: RequestMeta<'_>,
        reads: bool,
    ) -> Result<(), HttpError> {
        let (only_if, unless) = (meta.headers.get(IF_MATCH), meta.headers.get(IF_NONE_MATCH));
        if only_if.is_none() && unless.is_none() {
            return Ok(());
        }
        let Some(version) = self.version_of(item) else { return Ok(()) };
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

    fn shows_groups(&self) -> bool {
        self.derived_groups && !self.groups.is_empty()
    }

    /// Whether some attribute of this kind is returned on request alone.
    fn hides_by_default(&self, item: Item<'_>) -> bool {
        match item {
            Item::User(_) => self.users_on_request,
            Item::Group(_) => self.groups_on_request,
        }
    }

    fn write_groups_of(&self, member: Member, out: &mut Vec<u8>) {
        let mut any = false;
        for group in self.groups.of(member) {
            out.extend_from_slice(if any { b"," } else { b",\"groups\":[" });
            any = true;
            write_reference(&self.group_renderer, group.id.0, out);
            out.extend_from_slice(b",\"display\":");
            crate::scim::Value::from(group.display_name.as_ref()).write(out);
            out.extend_from_slice(b",\"type\":\"direct\"}");
        }
        if any {
            out.push(b']');
        }
    }

    fn write_members(&self, group: &Group, out: &mut Vec<u8>) {
        out.reserve(group.members().len() * 128);
        for (nth, member) in group.members().iter().enumerate() {
            out.extend_from_slice(if nth > 0 { b"," } else { b",\"members\":[" });
            self.write_member(member, out);
        }
        out.push(b']');
    }

    /// Appends a member as an element of `members`.
    pub(crate) fn write_member(&self, member: Member, out: &mut Vec<u8>) {
        let (renderer, id, kind) = match member {
            Member::User(id) => (&self.renderer, id.0, "User"),
            Member::Group(id) => (&self.group_renderer, id.0, "Group"),
        };
        write_reference(renderer, id, out);
        out.extend_from_slice(b",\"type\":\"");
        out.extend_from_slice(kind.as_bytes());
        out.extend_from_slice(b"\"}");
    }
}

/// Appends the beginning of an object that refers to a resource.
fn write_reference(renderer: &Renderer, id: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"value\":\"");
    write_id(id, out);
    out.extend_from_slice(b"\",\"$ref\":\"");
    renderer.write_location(id, out);
    out.push(b'"');
}

/// A version as a header writes it.
pub(crate) fn tag(version: u64) -> [u8; 20] {
    let mut tag = *b"W/\"0000000000000000\"";
    tag[3..19].copy_from_slice(&hex(version));
    tag
}

/// The header of a version.
pub(crate) fn etag_header(version: u64) -> Option<(HeaderName, HeaderValue)> {
    HeaderValue::from_bytes(&tag(version)).ok().map(|value| (ETAG, value))
}

/// Whether a header names the version, among several or by `*`; weak and strong tags are compared
/// alike.
fn names_version(header: &HeaderValue, version: u64) -> bool {
    let strong = format!("\"{version:016x}\"");
    let Ok(text) = header.to_str() else { return false };
    text.split(',')
        .map(str::trim)
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == strong)
}
