//! The REST API of go links, a true subset of the vendor's: list, read, make, edit and delete, with
//! a person's API token [golinks]. What is not published is assumed: the body of an error, and that
//! only the hits of all time are counted.
//!
//! A token acts as its person, by that person's role. Whether it outlives a deactivation is a
//! setting (`golinks.sso.token_on_deactivate`).

use bytes::Bytes;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use http::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};

use crate::base::{Moment, Time};
use crate::golinks::form::FormFields;
use crate::golinks::rights::Actor;
use crate::golinks::server::sees;
use crate::golinks::settings::access::WorkspacePlan;
use crate::golinks::store::links::{Link, LinkDraft, LinkName, LinkOwner, LinkUrl};
use crate::golinks::{AccountId, Event, GoLinks};
use crate::scim::{Error, Path};

/// How many links a page of the list has, and how many at most [golinks].
const PAGE: usize = 100;
const PAGE_MAX: usize = 1_000;

/// An answer: its status and its body.
type Answer = (StatusCode, Value);

impl GoLinks {
    /// Whether a bearer token of a request is an API token here, good or ended.
    pub fn knows_api_token<T>(&self, request: &Request<T>) -> bool {
        bearer(request).is_some_and(|value| self.find_api_token(value).is_some())
    }

    /// Answers a request to the REST API.
    pub fn handle_rest(
        &mut self,
        request: &Request<Bytes>,
        moment: &mut Moment<'_, Event>,
    ) -> Response<Bytes> {
        let query =
            FormFields::parse(request.uri().query().unwrap_or_default()).unwrap_or_default();
        let token = bearer(request).and_then(|value| self.find_api_token(value));
        let answered = match token {
            Some((person, true)) => self.carry_out_rest(request, &query, person, moment),
            Some((_, false)) => Err(Error::new(401, "this token is no longer good")),
            None => Err(Error::new(401, "send an API token: Authorization: Bearer …")),
        };
        let (status, body) = answered.unwrap_or_else(|error| {
            let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST);
            (status, json!({ "message": error.detail }))
        });
        let person = token.map(|(person, _)| person);
        let user_name = person.map_or_else(|| "".into(), |person| self.name_of(person));
        if let Some(person) = person {
            self.note_api_call(person, status.as_u16());
        }
        let what = told(request, &query).into();
        moment.emit(Event::ApiCalled { user_name, what, status: status.as_u16() });
        response(status, &body)
    }

    fn carry_out_rest(
        &mut self,
        request: &Request<Bytes>,
        query: &FormFields,
        person: AccountId,
        moment: &mut Moment<'_, Event>,
    ) -> Result<Answer, Error> {
        if self.settings().plan != WorkspacePlan::Enterprise {
            return Err(Error::new(403, "the API is part of the Enterprise plan"));
        }
        let by = Actor::Person(person);
        let form = || {
            let form = FormFields::read(request);
            form.ok_or_else(|| Error::new(422, "send a form: application/x-www-form-urlencoded"))
        };
        match *request.method() {
            Method::GET | Method::HEAD if one(query) => {
                let (name, link) = self.asked_for(query, by)?;
                Ok((StatusCode::OK, self.rest_link(&name, &link)))
            }
            Method::GET | Method::HEAD => self.rest_list(query, by),
            Method::POST => {
                let draft = draft(&form()?, None)?;
                let name = draft.name.clone();
                self.create_link(draft, by, moment)?;
                Ok((StatusCode::CREATED, self.rest_named(&name)))
            }
            Method::PUT => {
                let (name, link) = self.asked_for(query, by)?;
                let draft = draft(&form()?, Some((&name, &link)))?;
                let new_name = draft.name.clone();
                self.edit_link(&name, draft, by, moment)?;
                Ok((StatusCode::OK, self.rest_named(&new_name)))
            }
            Method::DELETE => {
                let (name, _) = self.asked_for(query, by)?;
                self.delete_link(&name, by, moment)?;
                Ok((StatusCode::OK, json!({ "message": format!("go/{name} is deleted") })))
            }
            _ => Err(Error::new(405, "use GET, POST, PUT or DELETE")),
        }
    }

    /// The link that a query names by `gid` or `name`.
    fn asked_for(&self, query: &FormFields, by: Actor) -> Result<(LinkName, Link), Error> {
        let links = self.links();
        let found = match query.find("gid") {
            Some(gid) => gid.parse().ok().and_then(|gid| links.numbered(gid)),
            None => links.resolve(query.get("name")).and_then(|it| Some((it, links.get(it)?))),
        };
        match found.filter(|(_, link)| sees(by, link)) {
            Some((name, link)) => Ok((name.clone(), link.clone())),
            None => Err(Error::new(404, "there is no such link: name it by `gid` or `name`")),
        }
    }

    fn rest_list(&self, query: &FormFields, by: Actor) -> Result<Answer, Error> {
        let number =
            |name: &str, default: usize, most: usize| match query.find(name) {
                None => Ok(default),
                Some(text) => text.parse().ok().filter(|number| *number <= most).ok_or_else(|| {
                    Error::new(422, format!("`{name}` is a whole number up to {most}"))
                }),
            };
        let limit = number("limit", PAGE, PAGE_MAX)?;
        let offset = number("offset", 0, usize::MAX)?;
        let mut all: Vec<_> = self.links().iter().filter(|(_, link)| sees(by, link)).collect();
        match query.get("sort") {
            "" => all.sort_by_key(|(_, link)| link.number),
            "created_at" => all.sort_by_key(|(_, link)| (link.created, link.number)),
            "updated_at" => all.sort_by_key(|(_, link)| (link.updated, link.number)),
            _ => return Err(Error::new(422, "`sort` is created_at or updated_at")),
        }
        let page = all.iter().skip(offset).take(limit);
        let results: Vec<Value> = page.map(|(name, link)| self.rest_link(name, link)).collect();
        let at = |offset| format!("/golinks?limit={limit}&offset={offset}");
        let ended = offset.saturating_add(limit);
        let next = (ended < all.len()).then(|| at(ended));
        let before = (offset > 0).then(|| at(offset.saturating_sub(limit)));
        let body = json!({
            "metadata": {
                "limit": limit,
                "offset": offset,
                "count": results.len(),
                "total_results": all.len(),
                "links": { "prev": before, "next": next },
            },
            "results": results,
        });
        Ok((StatusCode::OK, body))
    }

    fn rest_named(&self, name: &LinkName) -> Value {
        let links = self.links();
        let found = links.resolve(name).and_then(|name| Some((name, links.get(name)?)));
        found.map_or(Value::Null, |(name, link)| self.rest_link(name, link))
    }

    /// A link as the API shows it: flags are 0 or 1, times are Unix seconds [golinks].
    fn rest_link(&self, name: &LinkName, link: &Link) -> Value {
        let tags: Vec<Value> = link.tags.iter().map(|tag| json!({ "name": tag })).collect();
        let aliases: Vec<&str> = link.aliases.iter().map(|alias| &**alias).collect();
        let seconds = |time: Time| time.as_micros().div_euclid(1_000_000);
        json!({
            "gid": link.number,
            "name": &**name,
            "url": &*link.url,
            "description": link.description,
            "user": self.rest_owner(&link.owner),
            "tags": tags,
            "aliases": aliases,
            "geolinks": [],
            "multilinks": [],
            "variable_link": u8::from(link.url.is_variable()),
            "pinned": 0,
            "unlisted": 0,
            "private": u8::from(link.private),
            "public": 0,
            "redirect_hits": { "alltime": link.hits },
            "created_at": seconds(link.created),
            "updated_at": seconds(link.updated),
        })
    }

    /// The owner of a link: null for one of the workspace. The `uid` is the id that SCIM has
    /// (assumed).
    fn rest_owner(&self, owner: &LinkOwner) -> Value {
        let LinkOwner::Account(id) = owner else { return Value::Null };
        let attributes = self.accounts().get(*id).map(|account| account.attributes());
        let text = |path: &str| {
            let found = Path::parse(path).ok()?;
            Some(found.find(attributes.as_ref()?)?.as_text()?.to_owned())
        };
        let user_name = self.name_of(*id);
        json!({
            "uid": id.0,
            "username": &*user_name,
            "email": text("emails[type eq \"work\"].value").unwrap_or_else(|| user_name.to_string()),
            "first_name": text("name.givenName"),
            "last_name": text("name.familyName"),
            "user_image_url": null,
        })
    }
}

/// Whether a query asks for one link.
fn one(query: &FormFields) -> bool {
    query.find("gid").is_some() || query.find("name").is_some()
}

/// The link that a form asks for; what it leaves out stays as it is.
fn draft(form: &FormFields, old: Option<(&LinkName, &Link)>) -> Result<LinkDraft, Error> {
    let unfit = |why: &str| Error::new(422, why);
    let name = match (form.find("name"), old) {
        (None, Some((name, _))) => name.clone(),
        (text, _) => LinkName::read(text.unwrap_or_default()).map_err(unfit)?,
    };
    let url = match (form.find("url"), old) {
        (None, Some((_, link))) => link.url.clone(),
        (text, _) => LinkUrl::read(text.unwrap_or_default()).map_err(unfit)?,
    };
    let link = old.map(|(_, link)| link);
    let description = form.find("description").map(str::to_owned);
    let private = match form.find("private") {
        None => link.is_some_and(|link| link.private),
        Some("0" | "1") => form.get("private") == "1",
        Some(_) => return Err(unfit("`private` is 0 or 1")),
    };
    let texts = |name: &'static str| form.all(name).filter(|text| !text.is_empty());
    let aliases = match form.find("aliases[]").map(|_| texts("aliases[]")) {
        Some(all) => all.map(LinkName::read).collect::<Result<_, _>>().map_err(unfit)?,
        None => link.map(|link| link.aliases.clone()).unwrap_or_default(),
    };
    let tags = match form.find("tags[]").map(|_| texts("tags[]")) {
        Some(all) => all.map(str::to_owned).collect(),
        None => link.map(|link| link.tags.clone()).unwrap_or_default(),
    };
    let kept = || link.map(|link| link.description.clone()).unwrap_or_default();
    let description = description.unwrap_or_else(kept);
    Ok(LinkDraft { name, url, description, private, aliases, tags })
}

/// What a request asks for, in a few words for the journal.
fn told(request: &Request<Bytes>, query: &FormFields) -> String {
    let method = request.method();
    let named = |form: &FormFields| form.find("name").map(str::to_owned);
    let gid = || query.find("gid").map(|gid| format!("gid {gid}"));
    let sent = || FormFields::read(request).as_ref().and_then(named);
    let link = match *method {
        Method::POST => sent(),
        _ => named(query).or_else(gid),
    };
    let shown = link.map(|link| link.chars().filter(|c| !c.is_control()).take(50).collect());
    match shown {
        Some::<String>(link) if link.starts_with("gid ") => format!("{method} {link}"),
        Some(link) => format!("{method} go/{link}"),
        None => format!("{method} all links"),
    }
}

fn bearer<T>(request: &Request<T>) -> Option<&str> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn response(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
