//! A server that is not ours, as a job provisions it: carries the engine's requests there,
//! remembers what this run made, and deletes it at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use http::header::HeaderValue;
use http::{Method, Request};

use super::cleaning::{Stays, StillThere, delete_all};
use super::client::{Access, Client};
use super::place::{
    Place, endpoint, found_in, found_nothing, is_endpoint, name_of, object, place_of,
    searched_name, text,
};
use super::server::Server;
use crate::entra::Reply;
use crate::entra::call::CallEndpoint;
use crate::entra::field::ObjectKind;
use crate::scim::Object;
use crate::world::ReadBack;

/// How many resources are asked for at once.
const PAGE: usize = 100;

/// A server that is not ours.
pub struct Target<S> {
    pub(super) client: Client<S>,
    /// What this run made and has not deleted, oldest first.
    pub(super) made: Vec<Place>,
    /// How many objects it made since the last cleaning, those included that it has deleted.
    pub(super) ever_made: usize,
    /// The names under which it was made.
    pub(super) names: BTreeMap<Place, String>,
    /// Creates whose outcome is not known, because no answer came or an error of the server.
    pub(super) doubtful: Vec<Doubt>,
    /// Names that a search of this run did not find, in lower case, so that what has them later was
    /// made by this run.
    absent: BTreeSet<(bool, String)>,
    /// Everything that was read, with the members of groups.
    pub(super) known: BTreeMap<Place, BTreeSet<String>>,
}

/// What came of a request of the engine.
pub struct Came {
    /// The response, or its loss.
    pub reply: Reply,
    /// What was read back after it.
    pub read: Vec<ReadBack>,
    /// Whether the server has groups, when the request tells.
    pub has_groups: Option<bool>,
    /// Why what a search found is none of this run's, when it is not.
    pub not_ours: Option<String>,
}

/// A create that may have been carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Doubt {
    pub(super) is_group: bool,
    pub(super) name: String,
}

/// What this run left at the server.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Left {
    /// How many objects it made, those included that it deleted in its course.
    pub made: usize,
    /// Those that are still there.
    pub there: Vec<StillThere>,
    /// Their names, by their paths.
    pub names: BTreeMap<String, String>,
    /// Creates of which it is not known whether they were carried out: the endpoint and the name.
    pub unknown: Vec<(String, String)>,
}

impl Left {
    /// Adds what another run left.
    pub fn add(&mut self, other: Left) {
        self.made += other.made;
        // A server that began anew gives its ids out again.
        let known: BTreeSet<String> = self.there.iter().map(|one| one.path.clone()).collect();
        self.there.extend(other.there.into_iter().filter(|one| !known.contains(&one.path)));
        self.names.extend(other.names);
        self.unknown.extend(other.unknown);
    }

    /// Whether nothing is there, and nothing may be.
    pub fn is_nothing(&self) -> bool {
        self.there.is_empty() && self.unknown.is_empty()
    }
}

impl<S: Server> Target<S> {
    /// A target that has been sent nothing.
    pub fn new(server: S, access: Access) -> Target<S> {
        Target {
            client: Client::new(server, access),
            made: Vec::new(),
            ever_made: 0,
            names: BTreeMap::new(),
            doubtful: Vec::new(),
            absent: BTreeSet::new(),
            known: BTreeMap::new(),
        }
    }

    /// Sends tokens as they are from now on, but for these: credentials that are tried are tried at
    /// this server.
    pub fn try_tokens_but(&mut self, stand_ins: Vec<HeaderValue>) {
        self.client.stand_ins = Some(stand_ins);
    }

    /// Reads a path below the base, as a request of our own.
    pub fn ask(&mut self, path: &str) -> Reply {
        self.client.ask(path)
    }

    /// Reads a path of the host, whatever the base, as a request of our own.
    pub fn ask_host(&mut self, path: &str) -> Reply {
        self.client.ask_host(path)
    }

    /// How many requests were sent.
    pub fn sent(&self) -> u64 {
        self.client.sent
    }

    /// How many requests were answered.
    pub fn answered(&self) -> u64 {
        self.client.answered
    }

    /// Whether the last requests got no answer: one that was refused, or several in a row. Nothing
    /// is asked.
    pub fn is_silent(&self) -> bool {
        self.client.is_silent()
    }

    /// Whether the server answers no more. After a request without an answer it is asked a plain
    /// question a few times: a single request may be lost, or may hang by its kind.
    pub fn is_gone(&mut self) -> bool {
        self.client.is_gone()
    }

    /// Fails when nothing more is to be sent.
    ///
    /// # Errors
    /// Why.
    pub fn must_go_on(&self) -> Result<(), String> {
        self.client.must_go_on()
    }

    /// The server.
    pub fn server(&mut self) -> &mut S {
        &mut self.client.server
    }

    /// What this run made and has not deleted, oldest first: kinds and ids.
    pub fn made_here(&self) -> Vec<(ObjectKind, String)> {
        self.made.iter().map(|place| (place.kind(), place.id.clone())).collect()
    }

    /// How many objects this run made and has not deleted.
    pub fn made(&self) -> usize {
        self.made.len()
    }

    /// Sends a request of the engine and reads back what it may have changed.
    ///
    /// # Errors
    /// Why it was not sent: nothing more is, or it would change what was there before this run.
    pub fn carry(
        &mut self,
        endpoint: CallEndpoint,
        request: Request<Bytes>,
    ) -> Result<Came, String> {
        self.must_go_on()?;
        if endpoint == CallEndpoint::Token {
            let reply = self.client.ask_for_token(request);
            return Ok(Came { reply, read: Vec::new(), has_groups: None, not_ours: None });
        }
        let (method, path) = (request.method().clone(), self.client.below(request.uri()));
        let place = place_of(&path);
        let writes = !matches!(method, Method::GET | Method::HEAD);
        if writes && !self.client.is_below(request.uri()) {
            return Err(format!(
                "the tenant URL leads to {} now, and nothing is changed outside of {}/",
                request.uri().path(),
                self.client.access.base_path
            ));
        }
        if let (true, Some(place), false) = (writes, &place, self.client.access.adopt)
            && !self.made.contains(place)
        {
            return Err(there_before(&place.path()));
        }
        if let (&Method::POST, None, false) = (&method, &place, self.client.access.adopt) {
            self.must_be_new(&path, request.body())?;
        }
        let search = request.uri().query().and_then(|query| searched_name(&path, query));
        let is_plain = request.uri().query().is_none();
        let body = request.body().clone();
        let reply = self.client.exchange(self.client.signed(request));
        let has_groups = (!writes && path.starts_with("/Groups") && place.is_none())
            .then(|| reply.as_ref().ok().map(|answer| is_endpoint(answer.status())))
            .flatten();
        let read = match (writes, place) {
            (true, None) => self.after_create(&path, &body, &reply),
            (true, Some(place)) => self.after_write(&method, &place, &reply),
            (false, place) => self.after_read(place.filter(|_| is_plain), &reply),
        };
        let not_ours = search.as_ref().and_then(|(_, name)| self.not_ours(name, &reply));
        self.absent.extend(search.filter(|_| found_nothing(&reply)));
        Ok(Came { reply, read, has_groups, not_ours })
    }

    /// Why what has this name is none of this run's: to match it would be to adopt it. Its names
    /// were looked for beforehand, but where these were too many.
    fn not_ours(&self, name: &str, reply: &Reply) -> Option<String> {
        let others = found_in(reply).into_iter().filter(|(place, found)| {
            found.eq_ignore_ascii_case(name) && !self.made.contains(place)
        });
        let mut others = others.filter(|_| !self.client.access.adopt);
        others.next().map(|(place, _)| there_before(&format!("{} ({name})", place.path())))
    }

    /// The path of a user or a group of this name that this run did not make, when the server has
    /// one.
    pub fn there(&mut self, is_group: bool, name: &str) -> Option<String> {
        let found = found_in(&self.search(is_group, name));
        let mut others = found.into_iter().filter(|(place, _)| !self.made.contains(place));
        others.find(|(_, found)| found.eq_ignore_ascii_case(name)).map(|(place, _)| place.path())
    }

    /// Every user, or every group, of the server with its path, by name in small letters: read page
    /// by page, in at most so many requests. `None` when these are too few, or the server does not
    /// page.
    pub fn listed(&mut self, is_group: bool, most: u64) -> Option<BTreeMap<String, String>> {
        let without_members = if is_group { "&excludedAttributes=members" } else { "" };
        let mut all: BTreeMap<Place, String> = BTreeMap::new();
        for _ in 0..most {
            self.must_go_on().ok()?;
            let (path, start) = (endpoint(is_group), all.len() + 1);
            let query = format!("?startIndex={start}&count={PAGE}{without_members}");
            let reply = self.client.ask(&format!("{path}{query}"));
            let list = reply.as_ref().ok().and_then(|answer| object(answer.body()))?;
            let total = usize::try_from(list.get("totalResults")?.as_i64()?).ok()?;
            let before = all.len();
            all.extend(found_in(&reply));
            if all.len() >= total {
                let one = |(place, name): (Place, String)| (name.to_lowercase(), place.path());
                return Some(all.into_iter().map(one).collect());
            }
            if all.len() == before {
                return None;
            }
        }
        None
    }

    /// Asks for an account without a name or anything else, which no server makes. One that was
    /// made all the same is deleted at the end.
    pub fn create_nothing(&mut self) -> Reply {
        let body = Bytes::from_static(b"{}");
        let reply = self.client.own(Method::POST, "/Users", body.clone());
        self.after_create("/Users", &body, &reply);
        reply
    }

    /// Makes an account that the scenario says is there from the beginning.
    ///
    /// # Errors
    /// What the server answered instead of making it.
    pub fn prepare(&mut self, account: &Object) -> Result<Vec<ReadBack>, String> {
        self.must_go_on()?;
        let body = account.to_bytes();
        let reply = self.client.own(Method::POST, "/Users", body.clone());
        let said = match &reply {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(answer.status().to_string()),
            Err(lost) => Some(lost.word().to_owned()),
        };
        let read = self.after_create("/Users", &body, &reply);
        match said {
            Some(said) if read.is_empty() => Err(format!(
                "{} of the scenario was not made: {said}",
                text(account, "userName").unwrap_or_default()
            )),
            _ => Ok(read),
        }
    }

    /// Reads everything again that was ever read, so that what has changed since is known.
    pub fn read_again(&mut self) -> Vec<ReadBack> {
        let places: Vec<Place> = self.known.keys().cloned().collect();
        let mut read = self.settle_doubts();
        for place in places {
            if self.must_go_on().is_err() {
                break;
            }
            read.extend(self.read(&place));
        }
        read
    }

    /// Deletes what this run made, latest first.
    pub fn clean_up(&mut self) -> Left {
        self.client.stuck.forgive();
        self.settle_doubts();
        let made = std::mem::take(&mut self.made);
        let mut left = Left { made: std::mem::take(&mut self.ever_made), ..Left::default() };
        let stay = delete_all(made, &mut |place: &Place| match self.client.stuck.why() {
            Some(_) => None,
            None => Some(self.client.clean(&place.path())),
        });
        for (place, why) in stay {
            left.there.push(StillThere { path: place.path(), why });
            left.names.extend(self.named(&place));
            self.made.push(place);
        }
        self.known.clear();
        left.unknown = self.unknown();
        left
    }

    /// Deletes the first account that this run made, as an administrator of the server would.
    pub fn delete_by_hand(&mut self) -> Option<ReadBack> {
        let place = self.made.iter().find(|place| !place.is_group)?.clone();
        let _ = self.client.own(Method::DELETE, &place.path(), Bytes::new());
        self.read(&place)
    }

    /// What is there, when nothing is deleted.
    pub fn keep(&mut self) -> Left {
        self.settle_doubts();
        let kept = |place: &Place| StillThere { path: place.path(), why: Stays::Kept };
        Left {
            made: self.ever_made,
            there: self.made.iter().map(kept).collect(),
            names: self.made.iter().filter_map(|place| self.named(place)).collect(),
            unknown: self.unknown(),
        }
    }

    /// The path of a resource with its name.
    fn named(&self, place: &Place) -> Option<(String, String)> {
        Some((place.path(), self.names.get(place)?.clone()))
    }

    /// The doubtful creates: the endpoint and the name of each.
    fn unknown(&self) -> Vec<(String, String)> {
        let one = |doubt: &Doubt| (endpoint(doubt.is_group).to_owned(), doubt.name.clone());
        self.doubtful.iter().map(one).collect()
    }

    /// Forgives what the server answered so far and how long it was waited for, so that more is
    /// sent.
    pub fn forgive(&mut self) {
        self.client.stuck.forgive();
    }

    /// Sets how long the server may be waited for in all, from now on; and as long again when what
    /// was made is deleted.
    pub fn within(mut self, most: Duration) -> Target<S> {
        self.client.stuck.within(most);
        self
    }

    /// Whether the server gets nowhere with what it is sent, or was waited for long enough.
    pub fn is_stuck(&self) -> bool {
        self.client.stuck.why().is_some()
    }

    /// Fails when what is to be created has the name of something that this run did not make: a
    /// server may answer such a create with what is there, which would then be deleted at the end.
    fn must_be_new(&mut self, path: &str, body: &Bytes) -> Result<(), String> {
        let is_group = path.starts_with("/Groups");
        let Some(name) = object(body).and_then(|body| text(&body, name_of(is_group))) else {
            return Ok(());
        };
        if self.absent.contains(&(is_group, name.to_lowercase())) {
            return Ok(());
        }
        let reply = self.search(is_group, &name);
        self.not_ours(&name, &reply).map_or(Ok(()), Err)
    }
}

fn there_before(what: &str) -> String {
    format!(
        "{what} was there before this run, and is left alone (in `run` and `serve` --tag with a word \
         of its own gives users and groups names that no other run has; --adopt lets what is there \
         be changed)"
    )
}
