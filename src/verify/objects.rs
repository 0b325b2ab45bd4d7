//! The users and groups that checks make: their names, how they are created, and how they are
//! deleted again.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request};
use percent_encoding::utf8_percent_encode;
use serde_json::Value;

use super::answer::Answer;
use super::bodies;
use super::facts::{KeptAttribute, PLAIN};
use super::finding::{Finding, NotPassed, Sign};
use super::pick;
use super::session::{KEPT, Session, resource};
use crate::entra::Lost;
use crate::foreign::{Left, Stays, StillThere, delete_all, mark_clean_up};

/// Why nothing is told of members: an added one was answered with success, and the group is shown
/// without it. Whether it was added, such a server shows nowhere.
const NO_MEMBER_SHOWN: &str = "a group is shown without the member that was added with success";

/// How many objects are made or deleted at the same time, where it is not what is checked.
const AT_ONCE: usize = 8;

/// The two endpoints that Entra uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Endpoint {
    /// `/Users`.
    User,
    /// `/Groups`.
    Group,
}

impl Endpoint {
    /// The path of the endpoint.
    pub fn path(self) -> &'static str {
        match self {
            Endpoint::User => "/Users",
            Endpoint::Group => "/Groups",
        }
    }

    /// The attribute with the name of a resource.
    fn named_by(self) -> &'static str {
        match self {
            Endpoint::User => "userName",
            Endpoint::Group => "displayName",
        }
    }
}

/// A resource that a check has created.
#[derive(Clone, Debug)]
pub struct Made {
    /// The kind.
    pub kind: Endpoint,
    /// Its id.
    pub id: String,
    /// Its `userName` or `displayName`.
    pub name: String,
    /// Its `externalId`.
    pub external_id: String,
}

impl Session<'_> {
    /// A name that no other object has: the tag, the number of the check, and a number.
    pub fn name(&mut self, what: &str) -> String {
        self.names += 1;
        format!("{}-{what}-{}-{}", self.plan().tag, self.nth, self.names)
    }

    /// A GUID-like text that no object has.
    pub fn nobody(&mut self) -> String {
        self.names += 1;
        format!("7c1f0b5a-0000-4000-8000-{:04x}{:08x}", self.nth, self.names)
    }

    /// The body of a complete user with a fresh name, as Entra's default mappings send it.
    pub fn user_body(&mut self) -> Value {
        let name = self.name("user");
        bodies::user(&name)
    }

    /// Creates a complete user.
    ///
    /// # Errors
    /// That `user.create` must pass first.
    pub fn new_user(&mut self) -> Result<Made, NotPassed> {
        let body = self.user_body();
        let made = self.make(Endpoint::User, &body);
        made.map_err(|why| why.unless_ended(NotPassed::Needs("user.create")))
    }

    /// Creates an empty group.
    ///
    /// # Errors
    /// That `group.create` must pass first.
    pub fn new_group(&mut self) -> Result<Made, NotPassed> {
        let name = self.name("group");
        let body = bodies::group(&name);
        let made = self.make(Endpoint::Group, &body);
        made.map_err(|why| why.unless_ended(NotPassed::Needs("group.create")))
    }

    /// Creates a resource and remembers it for the cleaning.
    ///
    /// # Errors
    /// When the server refuses it, or answers without a resource.
    pub fn make(&mut self, kind: Endpoint, body: &Value) -> Result<Made, NotPassed> {
        let answer = self.create(kind, body)?;
        let id = pick::text(answer.resource()?, &["id"]).unwrap_or_default().to_owned();
        let own = |name| pick::text(body, &[name]).unwrap_or_default().to_owned();
        Ok(Made { kind, id, name: own(kind.named_by()), external_id: own("externalId") })
    }

    /// Sends a create, whatever comes of it; what was created is remembered for the cleaning.
    ///
    /// # Errors
    /// When no response came.
    pub fn create(&mut self, kind: Endpoint, body: &Value) -> Result<Answer, NotPassed> {
        let answer = self.send(Method::POST, kind.path(), Some(body))?;
        self.adopt(kind, &answer);
        Ok(answer)
    }

    /// Creates many users with a name and nothing else, a few at the same time; one that is refused
    /// in such company is created again alone. Returns their ids, in order.
    ///
    /// # Errors
    /// That `user.create-minimal` must pass first.
    pub fn many_users(&mut self, many: usize) -> Result<Vec<String>, NotPassed> {
        let mut ids = Vec::new();
        while ids.len() < many {
            let batch = (0..AT_ONCE.min(many - ids.len()))
                .map(|_| bodies::minimal_user(&self.name("m")))
                .collect::<Vec<_>>();
            let post = |body| self.request(Method::POST, Endpoint::User.path(), Some(body));
            let requests = batch.iter().map(post).collect();
            let answers = self.in_company(requests)?;
            // Each is remembered before one that was refused ends the check.
            answers.iter().flatten().for_each(|answer| self.adopt(Endpoint::User, answer));
            for (body, answer) in batch.iter().zip(answers) {
                let id = answer.and_then(|answer| {
                    Some(pick::text(answer.resource().ok()?, &["id"])?.to_owned())
                });
                ids.push(match id {
                    Some(id) => id,
                    None => {
                        let made = self.make(Endpoint::User, body);
                        let needs = NotPassed::Needs("user.create-minimal");
                        made.map_err(|why| why.unless_ended(needs))?.id
                    }
                });
            }
        }
        Ok(ids)
    }

    /// Remembers for the cleaning what an answer says was created, after a create that the check
    /// wrote itself.
    pub fn adopt(&mut self, kind: Endpoint, answer: &Answer) {
        if let (200..300, Some(json)) = (answer.status, &answer.json)
            && let Some(id) = pick::text(json, &["id"])
        {
            self.remember(kind, id);
            if let Some(name) = pick::text(json, &[kind.named_by()]) {
                self.called.insert(resource(kind, id), name.to_owned());
            }
        }
    }

    /// Remembers for the cleaning what a life has made.
    pub fn remember(&mut self, kind: Endpoint, id: &str) {
        if !self.made.iter().any(|(known, other)| *known == kind && other == id) {
            self.made.push((kind, id.to_owned()));
        }
    }

    /// Deletes a resource.
    ///
    /// # Errors
    /// When no response came.
    pub fn delete(&mut self, kind: Endpoint, id: &str) -> Result<Answer, NotPassed> {
        let answer = self.send(Method::DELETE, &resource(kind, id), None)?;
        if (200..300).contains(&answer.status) {
            self.made.retain(|(_, known)| known != id);
        }
        Ok(answer)
    }

    /// Deletes what is still there, latest first, whatever else has ended; returns what could not
    /// be deleted, oldest first. None of these requests is part of the check.
    pub(super) fn clean_up(&mut self) -> Left {
        let kept = self.exchanges.len();
        self.is_cleaning = true;
        self.settle_doubts();
        while self.made.len() > AT_ONCE {
            let batch = self.made.split_off(self.made.len() - AT_ONCE);
            let delete = |one: &(Endpoint, String)| self.cleaning(one);
            let requests = batch.iter().rev().map(delete).collect();
            let answers = self.company_anyway(requests);
            let gone = |answer: Option<Answer>| {
                answer.is_some_and(|answer| matches!(answer.status, 200..300 | 404 | 410))
            };
            let stay =
                batch.into_iter().rev().zip(answers).filter(|(_, answer)| !gone(answer.clone()));
            let stay: Vec<_> = stay.map(|(one, _)| one).collect();
            if !stay.is_empty() {
                // Some are not gone: from here on one goes after the other.
                self.made.extend(stay.into_iter().rev());
                break;
            }
        }
        let made = std::mem::take(&mut self.made);
        let stay = delete_all(made, &mut |one: &(Endpoint, String)| {
            let request = self.cleaning(one);
            let before = self.exchanges.len();
            let _ = self.send_anyway(request);
            let last = self.exchanges.get(before).map(|exchange| exchange.reply.clone());
            Some(last.unwrap_or(Err(Lost::TimedOut)))
        });
        self.exchanges.truncate(kept);
        self.left(stay)
    }

    /// The request that deletes what a check has made, marked as that.
    fn cleaning(&self, (kind, id): &(Endpoint, String)) -> Request<Bytes> {
        let mut request = self.request(Method::DELETE, &resource(*kind, id), None);
        mark_clean_up(&mut request);
        request
    }

    /// What is left at the server because it is to stay.
    pub(super) fn kept_there(&mut self) -> Left {
        let made = std::mem::take(&mut self.made);
        self.left(made.into_iter().map(|one| (one, Stays::Kept)).collect())
    }

    /// What stays at the server and what may be there, with the names.
    fn left(&mut self, stay: Vec<((Endpoint, String), Stays)>) -> Left {
        let mut called = std::mem::take(&mut self.called);
        let mut left = Left::default();
        for ((kind, id), why) in stay {
            let path = resource(kind, &id);
            left.names.extend(called.remove_entry(&path));
            left.there.push(StillThere { path, why });
        }
        let doubtful = std::mem::take(&mut self.doubtful).into_iter();
        left.unknown = doubtful.map(|(kind, name)| (kind.path().to_owned(), name)).collect();
        left
    }

    /// Looks for what creates made that broke. None of these requests is part of the check.
    pub(super) fn settle_doubts(&mut self) {
        let kept = self.exchanges.len();
        let mut unknown = Vec::new();
        for (kind, name) in std::mem::take(&mut self.doubtful) {
            let attribute = kind.named_by();
            let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
            let filter = format!("{attribute} eq \"{quoted}\"");
            let path = format!("{}?filter={}", kind.path(), utf8_percent_encode(&filter, KEPT));
            let request = self.request(Method::GET, &path, None);
            match self.send_anyway(request).and_then(|answer| answer.list()) {
                Ok(list) => list.resources.iter().for_each(|found| {
                    let is_it = pick::text(found, &[attribute]) == Some(name.as_str());
                    if let (true, Some(id)) = (is_it, pick::text(found, &["id"])) {
                        self.remember(kind, id);
                        self.called.insert(resource(kind, id), name.clone());
                    }
                }),
                Err(_) => unknown.push((kind, name)),
            }
        }
        self.doubtful.extend(unknown);
        self.exchanges.truncate(kept);
    }

    /// The failure of a create, which says so when the same body is accepted as `application/json`:
    /// then it was not read for its media type.
    pub fn unless_other_media(&mut self, kind: Endpoint, failure: NotPassed) -> NotPassed {
        let found = match failure.shown_by_last(self) {
            NotPassed::Failed(found) => found,
            other => return other,
        };
        let Some(refused) = self.last().map(|last| last.request.clone()) else {
            return NotPassed::Failed(found);
        };
        let mut request = refused;
        let media = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, media);
        let Ok(answer) = self.send_as_is(request) else { return NotPassed::Failed(found) };
        self.adopt(kind, &answer);
        if answer.resource().is_err() {
            return NotPassed::Failed(found);
        }
        let came = format!("{}; the same body as application/json is accepted", found.came);
        NotPassed::Failed(Finding { came, sign: Some(Sign::OtherMedia), ..found })
    }

    /// Fails with the cause of its own when the server has kept no externalId of a user.
    ///
    /// # Errors
    /// That `user.echo` tells of it.
    pub fn must_keep_external_id(&mut self, user: &Made) -> Result<(), NotPassed> {
        let shown = self.read(Endpoint::User, &user.id)?;
        match pick::is_empty(pick::pick(&shown, &["externalId"])) {
            true => Err(NotPassed::Needs("user.echo")),
            false => Ok(()),
        }
    }

    /// The attributes that the server keeps as they were sent, of those that a check may change; at
    /// least one, so that there is something to change.
    ///
    /// # Errors
    /// When no user can be made to see it.
    pub fn kept(&mut self) -> Result<Vec<KeptAttribute>, NotPassed> {
        if let Some(kept) = &self.facts.kept {
            return Ok(kept.clone());
        }
        let body = self.user_body();
        let made = self.make(Endpoint::User, &body);
        let made = made.map_err(|why| why.unless_ended(NotPassed::Needs("user.create")))?;
        let user = self.read(Endpoint::User, &made.id)?;
        let same = |steps: &[&str]| pick::text(&user, steps) == pick::text(&body, steps);
        let mut kept: Vec<KeptAttribute> =
            PLAIN.into_iter().filter(|(_, steps)| same(steps)).collect();
        if kept.is_empty() {
            kept.push(PLAIN[0]);
        }
        self.facts.kept = Some(kept.clone());
        Ok(kept)
    }

    /// One attribute that the server keeps: the one that is asked for when it does.
    ///
    /// # Errors
    /// When no user can be made to see it.
    pub fn kept_one(&mut self, wanted: &str) -> Result<KeptAttribute, NotPassed> {
        let kept = self.kept()?;
        let found = kept.iter().find(|(path, _)| *path == wanted).or(kept.first());
        Ok(found.copied().unwrap_or(PLAIN[0]))
    }

    /// Fails with the cause of its own when a group that was filled has fewer members, at a server
    /// that shows them.
    ///
    /// # Errors
    /// That the check which is named tells of it.
    pub fn must_have_members(
        &mut self,
        group: &str,
        many: usize,
        told_by: &'static str,
    ) -> Result<(), NotPassed> {
        if self.facts.shows_members != Some(true) {
            return Ok(());
        }
        let read = self.read(Endpoint::Group, group)?;
        match pick::list(&read, &["members"]).len() {
            0 => Err(NotPassed::Needs("member.add")),
            shown if shown < many => Err(NotPassed::Needs(told_by)),
            _ => Ok(()),
        }
    }

    /// Fails with "cannot tell" when the server never shows the members of a group.
    ///
    /// # Errors
    /// That it cannot be told, or what kept a group from being made.
    pub fn must_show_members(&mut self) -> Result<(), NotPassed> {
        let shows = match self.facts.shows_members {
            Some(shows) => shows,
            None => {
                let user = self.new_user()?;
                let group = self.new_group()?;
                let member = serde_json::json!([{"value": user.id, "type": "User"}]);
                // In the words of both dialects: a server may carry out those of one alone.
                let mut shows = false;
                for op in ["Add", "add"] {
                    let body = bodies::patch_one(op, "members", member.clone());
                    let answer = self.patch(Endpoint::Group, &group.id, &body)?;
                    let group = self.read(Endpoint::Group, &group.id)?;
                    // A member that was refused is not shown for another reason.
                    shows |= answer.must_succeed().is_err()
                        || !pick::list(&group, &["members"]).is_empty();
                    if shows {
                        break;
                    }
                }
                self.facts.shows_members = Some(shows);
                shows
            }
        };
        if shows { Ok(()) } else { Err(NotPassed::cannot_tell(NO_MEMBER_SHOWN)) }
    }
}
