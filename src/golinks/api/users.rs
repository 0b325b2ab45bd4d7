//! Requests to `/Users`: list, create, read, change, replace, delete (RFC 7644 3.2 to 3.6).

use bytes::Bytes;
use http::Response;

use super::answer::{HttpError, no_content};
use super::query::Query;
use super::resources::{
    RequestMeta, Resource, check_version, created, found, list, projection, shown,
};
use super::search::{Scope, search};
use crate::base::Moment;
use crate::golinks::server::GoLinks;
use crate::golinks::settings::capabilities::Capability;
use crate::golinks::settings::{Delete, PatchReply};
use crate::golinks::store::account::Account;
use crate::golinks::{AccountId, Event};
use crate::scim::compare::fold;
use crate::scim::filter::{Filter, Operator};
use crate::scim::patch::Read;
use crate::scim::read::read;
use crate::scim::schema::SchemaPath;
use crate::scim::{Error, Object, Projection, ScimType, Value};

pub(super) fn list_users(server: &GoLinks, query: &str) -> Result<Response<Bytes>, HttpError> {
    let query = Query::parse(query)?;
    if server.can(Capability::Filter) {
        return search(server, Scope::Users, &query);
    }
    let start = query.start_index.unwrap_or(1);
    let skip = usize::try_from(start - 1).unwrap_or(usize::MAX);
    let page = query.page(server.settings().page_size);
    let projection = match server.can(Capability::Attributes) {
        true => query.projection()?,
        false => Projection::Default,
    };
    let (rules, accounts) = (server.quirks(), server.accounts());
    let Some(filter) = &query.filter else {
        let (total, page): (usize, Vec<Resource<'_>>) = match rules.hides_inactive() {
            true => {
                let active = accounts.iter().filter(|it| it.active).map(Resource::User);
                (accounts.active_count(), active.skip(skip).take(page).collect())
            }
            false => (accounts.len(), accounts.from(skip).take(page).map(Resource::User).collect()),
        };
        return Ok(list(server, total, start, &projection, &page));
    };
    let user_name = wanted_user_name(server, filter)?;
    let shown = |it: &&Account| {
        rules.shows(it) && !(rules.filters_exact_names() && it.user_name() != user_name)
    };
    if rules.exact_names_are_unique() {
        let slots = accounts.slots_named(&fold(&user_name)).into_iter();
        let met: Vec<&Account> = slots.map(|slot| accounts.at(slot)).filter(shown).collect();
        if met.is_empty() {
            rules.check_found_nothing()?;
        }
        let seen: Vec<Resource<'_>> =
            met.iter().copied().map(Resource::User).skip(skip).take(page).collect();
        return Ok(list(server, met.len(), start, &projection, &seen));
    }
    let met = accounts.named(&user_name).filter(shown);
    if met.is_none() {
        rules.check_found_nothing()?;
    }
    let seen = met.map(Resource::User).filter(|_| skip == 0 && page > 0);
    Ok(list(server, usize::from(met.is_some()), start, &projection, seen.as_slice()))
}

/// Returns the userName that a filter asks for; GoLinks can filter on nothing else
/// (golinks-provisioning-tutorial).
fn wanted_user_name(server: &GoLinks, filter: &str) -> Result<String, Error> {
    let refused = |detail: String| Error::of(ScimType::InvalidFilter, detail);
    match Filter::parse(filter).map_err(|why| refused(format!("cannot read the filter: {why}")))? {
        Filter::Compare(path, Operator::Eq, Value::Text(user_name)) if path.is_plain() => {
            match server.user_type().place(&path) {
                SchemaPath::Core(attribute) if attribute.name == "userName" => Ok(user_name.into()),
                _ => Err(refused("a filter may name userName alone".to_owned())),
            }
        }
        _ => Err(refused("a filter has the form userName eq \"…\"".to_owned())),
    }
}

pub(super) fn create_user(
    server: &mut GoLinks,
    body: &[u8],
    meta: RequestMeta<'_>,
    moment: &mut Moment<'_, Event>,
) -> Result<Response<Bytes>, HttpError> {
    let projection = projection(server, meta)?;
    let resource = read(body, server.user_type(), server.rules(), ("active", true.into()))?;
    let id = match server.adoptable(&resource) {
        Some(id) => server.replace_account(id, resource, moment).map(|_| id)?,
        None => server.add_account(resource, false, moment)?,
    };
    Ok(created(server, user(server, id)?, &projection))
}

pub(super) fn read_user(
    server: &GoLinks,
    id: &str,
    meta: RequestMeta<'_>,
) -> Result<Response<Bytes>, HttpError> {
    let user = server.find_account(id).map(Resource::User)?;
    let projection = found(server, user, meta, true)?;
    Ok(shown(server, user, &projection))
}

/// Changes an account. The reply follows `patch_reply`; a request with `attributes` gets these (RFC
/// 7644 3.5.2).
pub(super) fn patch_user(
    server: &mut GoLinks,
    id: &str,
    change: Read,
    meta: RequestMeta<'_>,
    moment: &mut Moment<'_, Event>,
) -> Result<Response<Bytes>, HttpError> {
    let (id, projection) = target(server, id, meta)?;
    let request = change?;
    if server.quirks().ignores_patches() {
        return Ok(shown(server, user(server, id)?, &projection));
    }
    let changed = server.change_account(id, request, moment)?;
    if !changed {
        server.quirks().check_unchanged()?;
    }
    match (server.settings().patch_reply, &projection) {
        (PatchReply::Nothing, Projection::Default | Projection::Without(_)) => Ok(no_content()),
        _ => Ok(shown(server, user(server, id)?, &projection)),
    }
}

pub(super) fn replace_user(
    server: &mut GoLinks,
    id: &str,
    resource: Object,
    meta: RequestMeta<'_>,
    moment: &mut Moment<'_, Event>,
) -> Result<Response<Bytes>, HttpError> {
    let (id, projection) = target(server, id, meta)?;
    server.replace_account(id, resource, moment)?;
    Ok(shown(server, user(server, id)?, &projection))
}

pub(super) fn delete_user(
    server: &mut GoLinks,
    id: &str,
    meta: RequestMeta<'_>,
    moment: &mut Moment<'_, Event>,
) -> Result<Response<Bytes>, HttpError> {
    let account = server.find_account(id)?;
    check_version(server, Resource::User(account), meta, false)?;
    let id = account.id;
    server.quirks().check_deletion()?;
    match server.settings().delete {
        Delete::NotAllowed => return Err(HttpError::not_allowed("GET, PUT, PATCH")),
        Delete::Deactivate => server.remove_account(id, true, moment)?,
        Delete::Remove => server.remove_account(id, false, moment)?,
    }
    Ok(no_content())
}

/// Finds the account to change, and checks that it still has the version the client knows.
fn target(
    server: &GoLinks,
    id: &str,
    meta: RequestMeta<'_>,
) -> Result<(AccountId, Projection), HttpError> {
    let account = server.find_account(id)?;
    Ok((account.id, found(server, Resource::User(account), meta, false)?))
}

fn user(server: &GoLinks, id: AccountId) -> Result<Resource<'_>, Error> {
    server.must_find_account(id).map(Resource::User)
}
