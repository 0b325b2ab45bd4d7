//! What must hold in every life whatever happens in it, read from the journal of its run.

use std::collections::BTreeSet;
use std::time::Duration;

use super::finding::Finding;
use super::life::OUTSIDER;
use crate::base::Time;
use crate::entra::job::log::{LogAction, LogStatus};
use crate::entra::tenant::Lifecycle;
use crate::entra::{self, policy::Policy};
use crate::scenario::Play;
use crate::world::{AppView, Origin, Party, Record, RecordedEvent};

/// What did not hold; empty when all did.
pub fn broken(play: &Play) -> Vec<Finding> {
    let of = |world: AppView<'_>| {
        let mut found = Vec::new();
        if world.target().account_count() > world.entra().tenant().user_count() {
            let what = "more accounts than there ever were people".to_owned();
            found.push(Finding::of_run("accounts.too-many", what));
        }
        found.extend(writes(world));
        found.extend(pace(world));
        found.extend(quarantine(world));
        found
    };
    play.world().views().flat_map(of).collect()
}

/// What the journal has of one application.
fn records<'w>(world: AppView<'w>) -> impl Iterator<Item = Record<'w>> {
    let party = Party::App(world.app());
    world.journal().records().filter(move |record| record.party == party)
}

/// No write is about a person who was never in scope, and no account is deleted but that of a
/// person who is deleted for good; nor one that was disabled because its person was unassigned
/// first [how-works].
fn writes(world: AppView<'_>) -> Vec<Finding> {
    let tenant = world.entra().tenant();
    let mut found = Vec::new();
    let mut disabled = BTreeSet::new();
    for record in records(world) {
        if let RecordedEvent::Entra(entra::Event::Provisioned(row)) = record.event
            && row.status == LogStatus::Success
        {
            match row.action {
                LogAction::Disable => disabled.insert(row.handle.clone()),
                _ => disabled.remove(&row.handle),
            };
        }
        let RecordedEvent::Request(request) = record.event else { continue };
        let Some(name) = request.who else { continue };
        if request.method != "GET" && name == OUTSIDER {
            let what =
                format!("{} {} about one who is never in scope", request.method, request.target);
            found.push(Finding::new("write.out-of-scope", name, what));
        }
        if request.method == "DELETE" && request.target.contains("/Users") {
            let Some(user) = tenant.find_user(name) else { continue };
            let gone = tenant.user(user).lifecycle() == Lifecycle::HardDeleted;
            let assigned = tenant.facts(world.app(), user).assigned;
            if !gone || (!assigned && disabled.contains(name)) {
                let what = "a DELETE about one who was not deleted while assigned".to_owned();
                found.push(Finding::new("write.delete", name, what));
            }
        }
    }
    found
}

/// No more requests leave in a second than the policy allows, and no more are awaited at once.
fn pace(world: AppView<'_>) -> Vec<Finding> {
    let policy = Policy::default();
    let (most, window) = (policy.max_rps as usize, Duration::from_secs(1));
    let mut found = Vec::new();
    let mut sent: Vec<Time> = Vec::new();
    let mut awaited: BTreeSet<u64> = BTreeSet::new();
    for record in records(world) {
        match record.event {
            RecordedEvent::Request(request) if matches!(request.origin, Origin::Engine(_)) => {
                sent.push(record.at);
                awaited.insert(record.seq);
                if awaited.len() > policy.concurrency as usize + ON_DEMAND {
                    let what = format!("{} requests are awaited at once", awaited.len());
                    found.push(Finding::of_run("pace.concurrency", what));
                }
            }
            RecordedEvent::Answer(answer) => {
                awaited.remove(&answer.request);
            }
            _ => {}
        }
    }
    let fast = sent
        .windows(most + ON_DEMAND + 1)
        .find(|some| some[most + ON_DEMAND].since(some[0]) < window);
    let what = |some: &[Time]| format!("more than {most} requests within a second at {}", some[0]);
    found.extend(fast.map(|some| Finding::of_run("pace.rate", what(some))));
    found
}

/// How many requests runs on demand may send beside a cycle within a second: they go past its pace.
const ON_DEMAND: usize = 10;

/// No cycle begins in quarantine before the first attempt is due, six hours after the last one.
fn quarantine(world: AppView<'_>) -> Vec<Finding> {
    let first = Policy::default().quarantine_first;
    let mut since: Option<Time> = None;
    let mut found = Vec::new();
    for record in records(world) {
        let RecordedEvent::Entra(event) = record.event else { continue };
        match event {
            entra::Event::Quarantined(_) => since = Some(record.at),
            entra::Event::QuarantineLifted
            | entra::Event::QuarantineCleared(_)
            | entra::Event::Recovered
            | entra::Event::Started
            | entra::Event::Restarted(_) => since = None,
            entra::Event::CycleBegan { number, .. } => {
                if since.is_some_and(|since| record.at.since(since) < first) {
                    let what = format!("cycle {number} begins in quarantine before it is due");
                    found.push(Finding::of_run("quarantine.early", what));
                }
                since = since.map(|_| record.at);
            }
            _ => {}
        }
    }
    found
}
