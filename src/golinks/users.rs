//! What is done at `/Users`: list, create, read, change, replace, delete (RFC 7644 3.2 to 3.6).

use bytes::Bytes;
use http::header::{HeaderValue, LOCATION};
use http::{Response, StatusCode};

use super::accounts::Account;
use super::capabilities::Capability;
use super::query::Query;
use super::quirks::Quirk;
use super::resources::{Asked, Item};
use super::revision::Revision;
use super::routes::{Refusal, not_allowed, ok};
use super::search::Scope;
use super::server::GoLinks;
use super::settings::{Delete, PatchReply};
use super::{AccountId, Event};
use crate::base::Moment;
use crate::scim::filter::{Filter, Operator};
use crate::scim::list::ListWriter;
use crate::scim::schema::Place;
use crate::scim::{Error, Object, PatchRequest, Projection, ScimType, Value};

impl GoLinks {
    pub(super) fn list_users(&self, query: &str) -> Result<Response<Bytes>, Refusal> {
        let query = Query::parse(query)?;
        if self.can(Capability::Filter) {
            return self.search(Scope::Users, &query);
        }
        let start = query.start_index.unwrap_or(1);
        let skip = usize::try_from(start - 1).unwrap_or(usize::MAX);
        let count = query.count.map_or(self.settings.page_size, |count| usize::try_from(count).unwrap_or(usize::MAX));
        let page = count.min(self.settings.page_size);
        let projection = match self.can(Capability::Attributes) {
            true => query.projection()?,
            false => Projection::Default,
        };
        let quirks = &self.settings.quirks;
        let Some(filter) = &query.filter else {
            if quirks.is(Quirk::HideInactive) {
                let total = self.accounts.active_count() as u64;
                let active = self.accounts.iter().filter(|it| it.active);
                return Ok(self.page(total, start, &projection, active.skip(skip).take(page)));
            }
            return Ok(self.page(self.accounts.len() as u64, start, &projection, self.accounts.from(skip).take(page)));
        };
        let user_name = self.wanted_user_name(filter)?;
        let shown = |it: &&Account| {
            !(quirks.is(Quirk::HideInactive) && !it.active
                || quirks.is(Quirk::HideUnmanaged) && it.by_hand
                || quirks.is(Quirk::UsernameFilterCase) && it.user_name() != user_name)
        };
        let met = self.accounts.named(&user_name).filter(shown);
        if met.is_none() && quirks.is(Quirk::NoMatch404) {
            return Err(Error::new(404, "no resource meets the filter").into());
        }
        let total = u64::from(met.is_some());
        Ok(self.page(total, start, &projection, met.into_iter().skip(skip).take(page)))
    }

    /// The userName a filter asks for; GoLinks can filter on nothing else (golinks-provisioning-tutorial).
    fn wanted_user_name(&self, filter: &str) -> Result<String, Error> {
        let refused = |detail: String| Error::of(ScimType::InvalidFilter, detail);
        match Filter::parse(filter).map_err(|why| refused(format!("cannot read the filter: {why}")))? {
            Filter::Compare(path, Operator::Eq, Value::Text(user_name)) if path.is_plain() => {
                match self.users.place(&path) {
                    Place::Core(attribute) if attribute.name == "userName" => Ok(user_name),
                    _ => Err(refused("a filter may name userName alone".to_owned())),
                }
            }
            _ => Err(refused("a filter has the form userName eq \"…\"".to_owned())),
        }
    }

    fn page<'a>(
        &self,
        total: u64,
        start: u64,
        projection: &Projection,
        accounts: impl Iterator<Item = &'a Account>,
    ) -> Response<Bytes> {
        if total == 0 && start == 1 {
            return ok(ListWriter::nothing());
        }
        let mut list = ListWriter::new(total, start, 0);
        accounts.for_each(|account| {
            list.add(|out| {
                if !self.is_plain(projection) {
                    return self.write_projected(Item::User(account), projection, out);
                }
                out.reserve(self.renderer.size(account));
                self.renderer.write(account, out);
            });
        });
        ok(list.finish())
    }

    pub(super) fn create_user(
        &mut self,
        resource: Object,
        asked: Asked<'_>,
        moment: &mut Moment<'_, Event>,
    ) -> Result<Response<Bytes>, Refusal> {
        let projection = self.projection(asked)?;
        let id = self.create(resource, false, moment)?;
        let account = self.must_find(id)?;
        if !self.is_plain(&projection) {
            return Ok(self.created(Item::User(account), &projection));
        }
        let location = self.renderer.location(account);
        let mut response = self.resource(account, &projection);
        *response.status_mut() = StatusCode::CREATED;
        if let Ok(location) = HeaderValue::from_maybe_shared(Bytes::from(location)) {
            response.headers_mut().insert(LOCATION, location);
        }
        Ok(response)
    }

    pub(super) fn read_user(&self, id: &str, asked: Asked<'_>) -> Result<Response<Bytes>, Refusal> {
        let account = self.find(id)?;
        self.check_version(Item::User(account), asked, true)?;
        Ok(self.resource(account, &self.projection(asked)?))
    }

    pub(super) fn patch_user(
        &mut self,
        id: &str,
        body: Object,
        asked: Asked<'_>,
        moment: &mut Moment<'_, Event>,
    ) -> Result<Response<Bytes>, Refusal> {
        let projection = self.projection(asked)?;
        let account = self.find(id)?;
        self.check_version(Item::User(account), asked, false)?;
        let id = account.id;
        if self.settings.quirks.is(Quirk::PatchNoop200) {
            return Ok(self.resource(account, &projection));
        }
        let request = PatchRequest::parse(body, self.rules())?;
        let changed = self.patch(id, request, moment)?;
        if !changed && self.settings.quirks.is(Quirk::NoopPatchIs400) {
            return Err(Error::new(400, "no valid fields to update").into());
        }
        // Who says `attributes` is to be answered with them (RFC 7644 3.5.2).
        match (self.settings.patch_reply, &projection) {
            (PatchReply::Nothing, Projection::Default | Projection::Without(_)) => Ok(no_content()),
            _ => Ok(self.resource(self.must_find(id)?, &projection)),
        }
    }

    pub(super) fn replace_user(
        &mut self,
        id: &str,
        resource: Object,
        asked: Asked<'_>,
        moment: &mut Moment<'_, Event>,
    ) -> Result<Response<Bytes>, Refusal> {
        let projection = self.projection(asked)?;
        let account = self.find(id)?;
        self.check_version(Item::User(account), asked, false)?;
        let id = account.id;
        self.spend_on(id)?;
        let revision = Revision::whole(self.must_find(id)?, resource);
        self.commit(id, revision, moment)?;
        Ok(self.resource(self.must_find(id)?, &projection))
    }

    pub(super) fn delete_user(
        &mut self,
        id: &str,
        asked: Asked<'_>,
        moment: &mut Moment<'_, Event>,
    ) -> Result<Response<Bytes>, Refusal> {
        let account = self.find(id)?;
        self.check_version(Item::User(account), asked, false)?;
        let id = account.id;
        if self.settings.quirks.is(Quirk::Delete500) {
            return Err(Error::new(500, "Internal Server Error").into());
        }
        match self.settings.delete {
            Delete::NotAllowed => return Err(not_allowed("GET, PUT, PATCH")),
            Delete::Deactivate => self.remove(id, true, moment)?,
            Delete::Remove => self.remove(id, false, moment)?,
        }
        Ok(no_content())
    }

    fn resource(&self, account: &Account, projection: &Projection) -> Response<Bytes> {
        if !self.is_plain(projection) {
            return self.shown(Item::User(account), projection);
        }
        let mut out = Vec::with_capacity(self.renderer.size(account));
        self.renderer.write(account, &mut out);
        ok(out.into())
    }

    /// Whether users are shown as they are stored, with nothing derived, cut or versioned.
    fn is_plain(&self, projection: &Projection) -> bool {
        *projection == Projection::Default
            && !(self.derived_groups || self.users_on_request || self.can(Capability::Etag))
    }

    fn find(&self, id: &str) -> Result<&Account, Error> {
        AccountId::parse(id).and_then(|id| self.accounts.get(id)).ok_or_else(|| no_account(id))
    }

    fn must_find(&self, id: AccountId) -> Result<&Account, Error> {
        self.accounts.get(id).ok_or_else(|| no_account(&id.to_string()))
    }
}

pub(super) fn no_account(id: &str) -> Error {
    let shown: String = id.chars().take(40).collect();
    Error::new(404, format!("there is no user {shown}"))
}

pub(super) fn no_content() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
