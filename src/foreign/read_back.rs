//! What a request has changed at the server: each resource that was written is read back, and so
//! are those that a write may have changed besides. What a create made is looked for when its
//! answer was lost.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::place::{Place, endpoint, found_in, members, name_of, object, text};
use super::server::Server;
use super::target::{Doubt, Target};
use crate::entra::{Lost, Reply};
use crate::scim::Value;
use crate::world::ReadBack;

/// The characters that stay as they are in a query value.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl<S: Server> Target<S> {
    pub(super) fn after_create(
        &mut self,
        path: &str,
        body: &Bytes,
        reply: &Reply,
    ) -> Vec<ReadBack> {
        let is_group = path.starts_with("/Groups");
        if !is_group && !path.starts_with("/Users") {
            return Vec::new();
        }
        if let Ok(answer) = reply
            && answer.status().is_success()
            && let Some(id) = object(answer.body()).and_then(|made| text(&made, "id"))
        {
            let place = Place { is_group, id };
            let name = object(body).and_then(|body| text(&body, name_of(is_group)));
            self.note_made(&place, name);
            return self.read(&place).into_iter().collect();
        }
        let unknown = match reply {
            Ok(answer) => answer.status().is_success() || answer.status().is_server_error(),
            Err(lost) => matches!(lost, Lost::TimedOut | Lost::Reset),
        };
        let name = object(body).and_then(|body| text(&body, name_of(is_group)));
        if let (true, Some(name)) = (unknown, name) {
            self.doubtful.push(Doubt { is_group, name });
            if !matches!(reply, Err(Lost::TimedOut)) {
                return self.settle_doubts();
            }
        }
        Vec::new()
    }

    pub(super) fn after_write(
        &mut self,
        method: &Method,
        place: &Place,
        reply: &Reply,
    ) -> Vec<ReadBack> {
        if matches!(reply, Err(Lost::TimedOut | Lost::Refused | Lost::Untrusted)) {
            return Vec::new();
        }
        let succeeded = reply.as_ref().is_ok_and(|answer| answer.status().is_success());
        let mut read: Vec<ReadBack> = self.read(place).into_iter().collect();
        let gone = read.first().is_some_and(|read| read.resource.is_none());
        if *method == Method::DELETE && (succeeded || gone) {
            self.made.retain(|made| made != place);
        }
        // A server may take an account that is gone or inactive out of its groups.
        let active = |read: &ReadBack| {
            read.resource.as_ref().is_some_and(|now| now.get("active") != Some(&Value::Bool(false)))
        };
        if !place.is_group && !read.first().is_some_and(active) {
            for group in self.groups_with(&place.id) {
                read.extend(self.read(&group));
            }
        }
        read
    }

    /// What a search or a read of the engine found and was never read before.
    pub(super) fn after_read(&mut self, place: Option<Place>, reply: &Reply) -> Vec<ReadBack> {
        if let Some(place) = place {
            let Ok(answer) = reply else { return Vec::new() };
            return self.note(&place, answer.status(), answer.body()).into_iter().collect();
        }
        let mut read = Vec::new();
        for (place, name) in found_in(reply) {
            self.settle(&place, &name);
            if !self.known.contains_key(&place) {
                read.extend(self.read(&place));
            }
        }
        read
    }

    fn groups_with(&self, user: &str) -> Vec<Place> {
        let with = |(place, members): (&Place, &BTreeSet<String>)| {
            (place.is_group && members.contains(user)).then(|| place.clone())
        };
        self.known.iter().filter_map(with).collect()
    }

    /// Looks the doubtful creates up: what is there was made by this run, because a search before
    /// the create had not found it.
    pub(super) fn settle_doubts(&mut self) -> Vec<ReadBack> {
        let mut read = Vec::new();
        for doubt in self.doubtful.clone() {
            if self.is_stuck() {
                break;
            }
            let reply = self.search(doubt.is_group, &doubt.name);
            if reply.as_ref().is_ok_and(|answer| answer.status() == StatusCode::OK) {
                read.extend(self.after_read(None, &reply));
                self.doubtful.retain(|other| *other != doubt);
            }
        }
        read
    }

    /// Counts a resource as made by this run when its name is that of a doubtful create.
    fn settle(&mut self, place: &Place, name: &str) {
        let is_it = |doubt: &Doubt| {
            doubt.is_group == place.is_group && doubt.name.eq_ignore_ascii_case(name)
        };
        if self.doubtful.iter().any(is_it) {
            self.doubtful.retain(|doubt| !is_it(doubt));
            self.note_made(place, Some(name.to_owned()));
        }
    }

    fn note_made(&mut self, place: &Place, name: Option<String>) {
        if !place.id.is_empty() && !self.made.contains(place) {
            self.made.push(place.clone());
            self.ever_made += 1;
            self.names.extend(name.map(|name| (place.clone(), name)));
        }
    }

    /// Reads a resource back; `None` when neither it nor its absence came.
    pub(super) fn read(&mut self, place: &Place) -> Option<ReadBack> {
        let answer = self.client.own(Method::GET, &place.path(), Bytes::new()).ok()?;
        self.note(place, answer.status(), answer.body())
    }

    fn note(&mut self, place: &Place, status: StatusCode, body: &Bytes) -> Option<ReadBack> {
        let resource = match status.as_u16() {
            404 | 410 => None,
            200..300 => Some(object(body)?),
            _ => return None,
        };
        match &resource {
            Some(resource) => self.known.insert(place.clone(), members(resource)),
            None => self.known.remove(place),
        };
        Some(ReadBack { kind: place.kind(), id: place.id.clone(), resource })
    }

    /// Looks a user or a group up by its name.
    pub(super) fn search(&mut self, is_group: bool, name: &str) -> Reply {
        let value = name.replace('\\', "\\\\").replace('"', "\\\"");
        let filter = format!("{} eq \"{value}\"", name_of(is_group));
        let query = utf8_percent_encode(&filter, KEPT);
        let path = format!("{}?filter={query}", endpoint(is_group));
        self.client.own(Method::GET, &path, Bytes::new())
    }
}
