//! Never two accounts for one person, no write about a person to the account of another, and none
//! to that of a stranger.

use std::collections::BTreeMap;

use super::super::checks::LifeCheck;
use super::super::finding::{Finding, TAKEN_OVER};
use super::{id_in, records, sent};
use crate::scenario::Play;
use crate::scenario::script::InitialAccount;
use crate::scim::Object;
use crate::world::record::{RecordedRequest, ReplyStatus};
use crate::world::{AppView, Record, RecordedEvent};

pub(super) fn broken(world: AppView<'_>) -> Vec<Finding> {
    let mut check = Check { world, owners: BTreeMap::new(), found: Vec::new() };
    for record in records(world) {
        match (sent(&record), record.event) {
            (Some(request), _) if request.method != "GET" => check.write(&request),
            (None, RecordedEvent::Answer(answer)) => {
                let request = world.journal().get(answer.request);
                if let ReplyStatus::Status(status) = answer.status {
                    request.iter().for_each(|it| check.answer(it, record.seq, status));
                }
            }
            _ => {}
        }
    }
    check.found
}

/// Accounts that were there before and belong to no user of the directory.
pub(super) fn of_strangers(play: &Play) -> impl Iterator<Item = &InitialAccount> {
    let tenant = play.world().entra().tenant();
    let is_ones = |handle: &str| tenant.users().any(|(_, user)| **user.handle() == *handle);
    play.script().setup.accounts.iter().filter(move |account| !is_ones(&account.name))
}

/// Those of them that are no more.
pub(super) fn taken_over(play: &Play) -> Vec<Finding> {
    let target = play.world().target();
    let mut found = Vec::new();
    for account in of_strangers(play) {
        let name = account.resource.get("userName").and_then(|name| name.as_text());
        if name.is_some_and(|name| target.find_user_name(name).is_none()) {
            let what = "its account was there before, and is another's or gone".to_owned();
            found.push(Finding::new(TAKEN_OVER, &account.name, what));
        }
    }
    found
}

struct Check<'w> {
    world: AppView<'w>,
    /// The accounts that were created and not deleted since: each with the name of its person.
    owners: BTreeMap<String, String>,
    found: Vec<Finding>,
}

impl Check<'_> {
    fn write(&mut self, request: &RecordedRequest<'_>) {
        let (Some(name), Some(id)) = (request.who, id_in(request.target, "/Users")) else { return };
        if self.owners.get(id).is_some_and(|owner| owner != name) {
            let what = format!("{} {} to the account of another", request.method, request.target);
            self.found.push(Finding::new(LifeCheck::AccountsOfAnother.name(), name, what));
        }
    }

    fn answer(&mut self, request: &Record<'_>, answer: u64, status: u16) {
        let Some((sent, name)) = sent(request).and_then(|it| Some((it, it.who?))) else { return };
        match (sent.method, status, id_in(sent.target, "/Users")) {
            ("POST", 200..=299, None) => {
                let held: Vec<&String> =
                    self.owners.iter().filter(|(_, owner)| *owner == name).map(|it| it.0).collect();
                if let Some(first) = held.first() {
                    let what = format!("a second account is created, and {first} is there");
                    self.found.push(Finding::new(LifeCheck::AccountsSecond.name(), name, what));
                }
                if let Some(id) = self.id_of(answer) {
                    self.owners.insert(id, name.to_owned());
                }
            }
            ("DELETE", 200..=299 | 404, Some(id)) => drop(self.owners.remove(id)),
            _ => {}
        }
    }

    fn id_of(&self, answer: u64) -> Option<String> {
        let body = Object::parse(self.world.journal().body(answer)?).ok()?;
        Some(body.get("id")?.as_text()?.to_owned())
    }
}
