//! No write about an object that is out of scope, but to disable or delete it; and no DELETE about
//! a user who was unassigned first; and none about what the filters do not let be read.

use std::collections::BTreeSet;

use super::super::checks::LifeCheck;
use super::super::finding::Finding;
use super::runs::Runs;
use super::{id_in, records, sent};
use crate::base::seed::show_guid;
use crate::entra::job::Subject;
use crate::entra::scope::Scoping;
use crate::entra::tenant::{Tenant, UserKey};
use crate::scim::{Object, Value};
use crate::world::record::{RecordedRequest, ReplyStatus};
use crate::world::{AppView, Record, RecordedEvent};

pub(super) fn broken(world: AppView<'_>, runs: &Runs<'_>) -> Vec<Finding> {
    let mut check = Check { world, runs, found: Vec::new(), disabled: BTreeSet::new() };
    for record in records(world) {
        match (sent(&record), record.event) {
            (Some(request), _) if request.method != "GET" => check.write(&record, &request),
            (None, RecordedEvent::Answer(answer)) => {
                check.answer(answer.request, answer.status);
            }
            _ => {}
        }
    }
    check.found
}

struct Check<'w> {
    world: AppView<'w>,
    runs: &'w Runs<'w>,
    found: Vec<Finding>,
    /// The users whose account was disabled while the directory had them, and was not written
    /// otherwise since.
    disabled: BTreeSet<UserKey>,
}

impl Check<'_> {
    fn write(&mut self, record: &Record<'_>, request: &RecordedRequest<'_>) {
        let tenant = self.world.entra().tenant();
        if let Some(user) = request.who.and_then(|name| tenant.find_user(name)) {
            self.unread(user.into(), record, request, request.who.unwrap_or_default());
            let scopes = self.runs.scopes(Subject::User(user), record);
            self.write_of_user(user, &scopes, record, request);
        } else if request.target.contains("/Groups") {
            self.write_of_group(record, request);
        }
    }

    fn write_of_user(
        &mut self,
        user: UserKey,
        scopes: &[Scoping],
        record: &Record<'_>,
        request: &RecordedRequest<'_>,
    ) {
        let name = request.who.unwrap_or_default();
        let in_scope = scopes.iter().any(Scoping::in_scope);
        let always_in_scope = scopes.iter().all(Scoping::in_scope);
        let line = format!("{} {}", request.method, request.target);
        let found = match (request.method, self.active_in(record.seq)) {
            ("DELETE", _) => {
                let gone = scopes.iter().any(|scoping| scoping.hard_deleted);
                let entitled = scopes.iter().any(|it| it.hard_deleted && it.entitled());
                let first = !entitled && self.disabled.contains(&user);
                let what = match (gone, first) {
                    (false, _) => "about one who is not deleted for good",
                    (true, true) => "about one who was unassigned first",
                    (true, false) => return,
                };
                Some((LifeCheck::WriteDelete, format!("{line} {what}")))
            }
            ("PATCH" | "PUT", Some(false)) => always_in_scope
                .then(|| (LifeCheck::WriteDisable, format!("{line} disables one who is in scope"))),
            _ => (!in_scope).then(|| {
                (LifeCheck::WriteOutOfScope, format!("{line} about one who is out of scope"))
            }),
        };
        self.found.extend(found.map(|(check, what)| Finding::new(check.name(), name, what)));
    }

    fn write_of_group(&mut self, record: &Record<'_>, request: &RecordedRequest<'_>) {
        let directory = self.runs.directory(record.at);
        let group = match id_in(request.target, "/Groups") {
            Some(id) => self.runs.group_of(id, record.at),
            None => self.created(record.seq, directory),
        };
        let line = format!("{} {}", request.method, request.target);
        let Some(group) = group else {
            // A cycle that was broken off leaves no row that says which group it was.
            return;
        };
        let key = group.group().filter(|key| key.index() < directory.group_count());
        let name = key.map_or("", |key| &**directory.group(key).handle());
        self.unread(group, record, request, name);
        let scopes = self.runs.scopes(group, record);
        let found = match request.method {
            "DELETE" => scopes.iter().all(Scoping::in_scope).then(|| {
                (LifeCheck::WriteDelete, format!("{line} about a group that is in scope"))
            }),
            _ => (!scopes.iter().any(Scoping::in_scope)).then(|| {
                (LifeCheck::WriteOutOfScope, format!("{line} about a group out of scope"))
            }),
        };
        self.found.extend(found.map(|(check, what)| Finding::new(check.name(), name, what)));
    }

    /// Finds a write about an object that the filters did not let be read.
    fn unread(
        &mut self,
        subject: Subject,
        record: &Record<'_>,
        request: &RecordedRequest<'_>,
        name: &str,
    ) {
        if !self.runs.may_be_read(subject, record) {
            let (method, target) = (request.method, request.target);
            let what = format!("{method} {target} about what the filters do not let be read");
            self.found.push(Finding::new(LifeCheck::WriteUnread.name(), name, what));
        }
    }

    /// The group that a create is about: the externalId is its object id.
    fn created(&self, seq: u64, directory: &Tenant) -> Option<Subject> {
        let body = self.body(seq)?;
        let external = body.get("externalId")?.as_text()?;
        let same = |id: u128| show_guid(id) == external;
        directory
            .groups()
            .find(|(_, group)| same(group.object_id().0))
            .map(|(group, _)| Subject::Group(group))
    }

    /// Remembers what an answer says of the account that a request wrote.
    fn answer(&mut self, request: u64, status: ReplyStatus) {
        let Some(record) = self.world.journal().get(request) else { return };
        let Some(sent) = sent(&record).filter(|sent| sent.method != "GET") else { return };
        let tenant = self.world.entra().tenant();
        let Some(user) = sent.who.and_then(|name| tenant.find_user(name)) else { return };
        // A write without a clear answer may have been carried out.
        let refused = matches!(status, ReplyStatus::Status(400..=499) | ReplyStatus::Refused);
        match (self.active_in(request), status) {
            (Some(false), ReplyStatus::Status(200..=299)) => drop(self.disabled.insert(user)),
            (Some(true), _) if !refused => drop(self.disabled.remove(&user)),
            _ => {}
        }
    }

    fn body(&self, seq: u64) -> Option<Object> {
        Object::parse(self.world.journal().body(seq)?).ok()
    }

    /// What a request makes of `active`; `None` when it leaves it alone.
    fn active_in(&self, seq: u64) -> Option<bool> {
        active(&self.body(seq)?)
    }
}

/// What a body makes of `active`: as an attribute, or by an operation of a PATCH.
fn active(body: &Object) -> Option<bool> {
    let read = |value: &Value| match value {
        Value::Text(text) => Some(text.eq_ignore_ascii_case("true")),
        other => other.as_bool(),
    };
    if let Some(active) = body.get("active") {
        return read(active);
    }
    let operations = body.get("Operations")?.as_list()?.iter().filter_map(Value::as_object);
    operations
        .filter_map(|operation| {
            let value = operation.get("value")?;
            match operation.get("path").and_then(Value::as_text) {
                Some(path) if path.eq_ignore_ascii_case("active") => read(value)
                    .or_else(|| read(value.as_list()?.first()?.as_object()?.get("value")?)),
                Some(_) => None,
                None => read(value.as_object()?.get("active")?),
            }
        })
        .next_back()
}
