//! What is done at `/Users`: list, create, read, change, replace, delete (RFC 7644 3.2 to 3.6).

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::base::Moment;
use crate::golinks::AccountId;
use crate::golinks::Event;
use crate::golinks::api::query::Query;
use crate::golinks::api::resources::Item;
use crate::golinks::api::resources::RequestMeta;
use crate::golinks::api::routes::HttpError;
use crate::golinks::api::routes::not_allowed;
use crate::golinks::api::search::Scope;
use crate::golinks::quirks::Quirk;
use crate::golinks::server::GoLinks;
use crate::golinks::settings::Delete;
use crate::golinks::settings::PatchReply;
use crate::golinks::settings::capabilities::Capability;
use crate::golinks::store::account::Account;
use crate::golinks::store::revision::Revision;
use crate::scim::filter::{Filter, Operator};
use crate::scim::patch::Read;
use crate::scim::read::read;
use crate::scim::schema::SchemaPath;
use crate::scim::{Error, Object, Projection, ScimType, Value};

impl GoLinks {
    pub(crate) fn list_users(&self, query: &str) -> Result<Response<Bytes>, HttpError> {
        let query = Query::parse(query)?;
        if self.can(Capability::Filter) {
            return self.search(Scope::Users, &query);
        }
        let start = query.start_index.unwrap_or(1);
        let skip = usize::try_from(start - 1).unwrap_or(usize::MAX);
        let count = query
            .count
            .map_or(self.settings.page_size, |count| usize::try_from(count).unwrap_or(usize::MAX));
        let page = count.min(self.settings.page_size);
        let projection = match self.can(Capability::Attributes) {
            true => query.projection()?,
            false => Projection::Default,
        };
        let quirks = &self.settings.quirks;
        let Some(filter) = &query.filter else {
            let (total, page): (usize, Vec<Item<'_>>) = if quirks.is(Quirk::HideInactive) {
                let active = self.accounts.iter().filter(|it| it.active).map(Item::User);
                (self.accounts.active_count(), active.skip(skip).take(page).collect())
            } else {
                (self.accounts.len(), self.accounts.from(skip).take(page).map(Item::User).collect())
            };
            return Ok(self.list(total, start, &projection, &page));
        };
        let user_name = self.wanted_user_name(filter)?;
        let shown = |it: &Account<'_>| {
            !(quirks.is(Quirk::HideInactive) && !it.active
                || quirks.is(Quirk::HideUnmanaged) && it.by_hand
                || quirks.is(Quirk::UsernameFilterCase) && it.user_name() != user_name)
        };
        let met = self.accounts.named(&user_name).filter(shown);
        if met.is_none() && quirks.is(Quirk::NoMatch404) {
            return Err(Error::new(404, "no resource meets the filter").into());
        }
        let seen = met.map(Item::User).filter(|_| skip == 0 && page > 0);
        Ok(self.list(usize::from(met.is_some()), start, &projection, seen.as_slice()))
    }

    /// The userName a filter asks for; GoLinks can filter on nothing else
    /// (golinks-provisioning-tutorial).
    fn wanted_user_name(&self, filter: &str) -> Result<String, Error> {
        let refused = |detail: String| Error::of(ScimType::InvalidFilter, detail);
        match Filter::parse(filter)
            .map_err(|why| refused(format!("cannot read the filter: {why}")))?
        {
            Filter::Compare(path, Operator::Eq, Value::Text(user_name)) if path.is_plain() => {
                match self.users.place(&path) {
                    SchemaPath::Core(attribute) if attribute.name == "userName" => Ok(user_name),
                    _ => Err(refused("a filter may name userName alone".to_owned())),
                }
            }
            _ => Err(refused("a filter has the form userName eq \"…\"".to_owned())),
        }
    }

    pub(crate) fn create_user(
        &mut self,
        body: &[u8],
        meta: RequestMeta<'_>,
        moment: &mut Moment<'_, Event>,
    ) -> Result<Response<Bytes>, HttpError> {
        let projection = self.projection(meta)?;
        let resource = read(body, &self.users, self.rules(), ("active", true.into()))?;
        let id = self.create(resource, false, moment)?;
        Ok(self.created(Item::User(self.must_find(id)?), &projection))
    }

    pub(crate) fn read_user(
        &self,
        id: &str,
        meta: RequestMeta<'_>,
    ) -> Result<Response<Bytes>, HttpError> {
        let account = self.find(id)?;
        self.check_version(Item::User(account), meta, true)?;
        Ok(self.shown(Item::User(account), &self.projection(meta)?))
    }

    pub(crate) fn patch_user(
        &mut self,
        id: &str,
        change: Read,
        meta: RequestMeta<'_>,
        moment: &mut Moment<'_, Event>,
    ) -> Result<Response<Bytes>, HttpError> {
        let projection = self.projection(meta)?;
        let account = self.find(id)?;
        self.check_version(Item::User(account), meta, false)?;
        let id = account.id;
        let request = change?;
        if self.settings.quirks.is(Quirk::PatchNoop200) {
            return Ok(self.shown(Item::User(account), &projection));
        }
        let changed = self.patch(id, request, moment)?;
        if !changed && self.settings.quirks.is(Quirk::NoopPatchIs400) {
            return Err(Error::new(400, "no valid fields to update").into());
        }
        // Who says `attributes` is to be answered with them (RFC 7644 3.5.2).
        match (self.settings.patch_reply, &projection) {
            (PatchReply::Nothing, Projection::Default | Projection::Without(_)) => Ok(no_content()),
            _ => Ok(self.shown(Item::User(self.must_find(id)?), &projection)),
        }
    }

    pub(crate) fn replace_user(
        &mut self,
        id: &str,
        resource: Object,
        meta: RequestMeta<'_>,
        moment: &mut Moment<'_, Event>,
    ) -> Result<Response<Bytes>, HttpError> {
        let projection = self.projection(meta)?;
        let account = self.find(id)?;
        self.check_version(Item::User(account), meta, false)?;
        let id = account.id;
        self.spend_on(id)?;
        let revision = Revision::whole(self.must_find(id)?, resource);
        self.commit(id, revision, moment)?;
        Ok(self.shown(Item::User(self.must_find(id)?), &projection))
    }

    pub(crate) fn delete_user(
        &mut self,
        id: &str,
        meta: RequestMeta<'_>,
        moment: &mut Moment<'_, Event>,
    ) -> Result<Response<Bytes>, HttpError> {
        let account = self.find(id)?;
        self.check_version(Item::User(account), meta, false)?;
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

    fn find(&self, id: &str) -> Result<Account<'_>, Error> {
        AccountId::parse(id).and_then(|id| self.accounts.get(id)).ok_or_else(|| no_account(id))
    }

    fn must_find(&self, id: AccountId) -> Result<Account<'_>, Error> {
        self.accounts.get(id).ok_or_else(|| no_account(&id.to_string()))
    }
}

pub(crate) fn no_account(id: &str) -> Error {
    let shown: String = id.chars().take(40).collect();
    Error::new(404, format!("there is no user {shown}"))
}

pub(crate) fn no_content() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
