//! The memory of a play: when cycles and quarantines began and ended, and the values of counters at
//! the end of a cycle.

use std::collections::BTreeMap;

use crate::base::Time;
use crate::entra::tenant::{GroupKey, UserKey};
use crate::entra::{self, AppId};
use crate::golinks::{AccountId, GroupId};
use crate::world::{AppView, Party, Record, RecordedEvent, World};

use super::last_request::{self, RequestField, SentRequest};
use super::signins::SignIns;
use super::tally::{Counted, Tally};
use super::{Expectation, Observable, ObservableRow, ObservedValue, ProductPart, Since};

/// What is remembered of each application, and of the faults.
pub struct Memories {
    apps: Vec<Memory>,
    /// When each fault began or ended, each time: its name, whether it began, and when.
    faults: Vec<(String, bool, Time)>,
}

impl Memories {
    /// Makes memories that keep what these expectations need; the initial accounts are those of the
    /// workspace of each application, by its id.
    pub fn new<'a>(
        expectations: impl Iterator<Item = &'a Expectation> + Clone,
        initial_accounts: Vec<Vec<(&'a str, &'a str)>>,
    ) -> Memories {
        let of = |(at, accounts): (usize, Vec<_>)| {
            let spoken_of =
                |expectation: &&Expectation| expectation.app.unwrap_or(AppId::MAIN).index() == at;
            Memory::new(expectations.clone().filter(spoken_of), accounts.into_iter())
        };
        let apps = initial_accounts.into_iter().enumerate().map(of).collect();
        Memories { apps, faults: Vec::new() }
    }

    /// What is remembered of an application.
    pub fn of(&self, app: AppId) -> &Memory {
        // One that came during the run is in no expectation.
        self.apps.get(app.index()).unwrap_or(&self.apps[AppId::MAIN.index()])
    }

    /// Whether requests and answers have to be read as well, which are very many.
    pub fn reads_requests(&self) -> bool {
        self.apps.iter().any(|memory| {
            memory.tallies.iter().any(Tally::counts_requests) || !memory.last_requests.is_empty()
        })
    }

    /// Reads one record of the journal.
    pub fn read(&mut self, record: &Record<'_>, world: &World) {
        match record.event {
            RecordedEvent::FaultOn(name) => self.faults.push((name.to_owned(), true, record.at)),
            RecordedEvent::FaultOff(name) => self.faults.push((name.to_owned(), false, record.at)),
            _ => {}
        }
        if let Party::App(app) = record.party
            && let Some(memory) = self.apps.get_mut(app.index())
        {
            memory.read(record, world.seen_by(app));
        }
        for (memory, view) in self.apps.iter_mut().zip(world.views()) {
            if view.concerns(record.party) {
                memory.sign_ins.read(record, view);
            }
        }
    }

    /// The first time that a fault began, or ended, at this instant or later.
    pub fn fault_since(&self, name: &str, begins: bool, instant: Time) -> Option<Time> {
        let is_it = |(known, on, at): &&(String, bool, Time)| {
            known == name && *on == begins && *at >= instant
        };
        self.faults.iter().find(is_it).map(|(_, _, at)| *at)
    }

    /// Remembers why an action of the latest moment was refused, or that none was so far.
    pub fn note_refusal(&mut self, why: Option<&str>) {
        self.apps.iter_mut().for_each(|memory| memory.refused = why.map(str::to_owned));
    }

    /// How many cycles of each application have begun.
    pub fn cycles_begun(&self) -> Vec<u64> {
        self.apps.iter().map(Memory::cycles_begun).collect()
    }
}

/// The past of an application, as far as expectations and steps need it beyond the state of the
/// world.
#[derive(Default)]
pub struct Memory {
    /// When each cycle ended; the first is cycle 1.
    cycle_ends: Vec<Option<Time>>,
    /// How many cycles have begun.
    begun: u64,
    /// When the job was quarantined, each time.
    quarantined: Vec<Time>,
    /// When an attempt got through after a quarantine, each time.
    recovered: Vec<Time>,
    /// The counters that an expectation counts from the end of a cycle.
    wanted: Vec<(u64, &'static ObservableRow)>,
    /// The values of those counters at the end of that cycle.
    counted: BTreeMap<(u64, &'static str), i64>,
    /// The userNames of the initial accounts, by their names in the scenario.
    made: BTreeMap<String, String>,
    /// The last linked account of each user whose account is observed, also after the link is gone.
    accounts: BTreeMap<String, AccountId>,
    /// Why an action of the latest moment was refused.
    refused: Option<String>,
    /// The group at GoLinks that each observed group was linked with last.
    groups: BTreeMap<String, Option<GroupId>>,
    /// The rows and requests that expectations count by conditions.
    tallies: Vec<Tally>,
    /// The last request about each user and group of which an expectation wants it.
    last_requests: BTreeMap<String, Option<SentRequest>>,
    /// The sign-ins at the application.
    sign_ins: SignIns,
}

impl Memory {
    /// Makes a memory that keeps what these expectations need; an initial account is given as its
    /// name in the scenario and its userName.
    pub fn new<'a>(
        expectations: impl Iterator<Item = &'a Expectation>,
        initial_accounts: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Memory {
        let mut memory = Memory::default();
        expectations.for_each(|expectation| memory.prepare_for(expectation));
        for (name, user_name) in initial_accounts {
            memory.made.insert(name.to_owned(), user_name.to_owned());
        }
        memory
    }

    /// Reads one record of the journal.
    pub fn read(&mut self, record: &Record<'_>, world: AppView<'_>) {
        let base = world.target().base_path();
        self.tallies.iter_mut().for_each(|tally| tally.read(record, base));
        for (name, last) in &mut self.last_requests {
            *last = last_request::after(last.take(), name, record, world);
        }
        match record.event {
            RecordedEvent::Entra(entra::Event::CycleBegan { number, .. }) => {
                self.begun = self.begun.max(*number)
            }
            RecordedEvent::Entra(entra::Event::CycleEnded { number, .. }) => {
                self.cycle_ended(*number, record.at, world)
            }
            RecordedEvent::Entra(entra::Event::Quarantined { .. }) => {
                self.quarantined.push(record.at)
            }
            RecordedEvent::Entra(entra::Event::QuarantineLifted | entra::Event::Recovered) => {
                self.recovered.push(record.at)
            }
            _ => {}
        }
    }

    /// Why an action of the latest moment was refused.
    pub fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    /// The sign-ins at the application.
    pub fn sign_ins(&self) -> &SignIns {
        &self.sign_ins
    }

    /// How many cycles have begun.
    pub fn cycles_begun(&self) -> u64 {
        self.begun
    }

    /// When a cycle ended; `None` while it has not ended.
    pub fn cycle_ended_at(&self, number: u64) -> Option<Time> {
        let at = usize::try_from(number.checked_sub(1)?).ok()?;
        self.cycle_ends.get(at).copied().flatten()
    }

    /// The first time that the job was quarantined, at this instant or later.
    pub fn quarantined_since(&self, instant: Time) -> Option<Time> {
        self.quarantined.iter().copied().find(|at| *at >= instant)
    }

    /// The first time that an attempt got through after a quarantine, at this instant or later.
    pub fn recovered_since(&self, instant: Time) -> Option<Time> {
        self.recovered.iter().copied().find(|at| *at >= instant)
    }

    /// The value of a counter at a point in the story; `None` before that point.
    pub fn count_at(&self, since: Since, path: &'static str) -> Option<i64> {
        let Since::Cycle(number) = since;
        self.counted.get(&(number, path)).copied()
    }

    /// The count of rows or requests that meet conditions; absent before the point in the story.
    pub fn tallied(&self, counted: &Counted, since: Option<Since>) -> ObservedValue {
        let cycle = since.map(|Since::Cycle(number)| number);
        let tally = self.tallies.iter().find(|tally| tally.is_of(counted, cycle));
        tally.map_or(ObservedValue::Absent, Tally::value)
    }

    /// A field of the last request about a user or a group.
    pub fn last_request(&self, name: &str, field: RequestField) -> ObservedValue {
        last_request::field(self.last_requests.get(name).and_then(Option::as_ref), field)
    }

    /// The account that a user was linked with last, if expectations observe it.
    pub fn account(&self, name: &str) -> Option<AccountId> {
        self.accounts.get(name).copied().filter(|id| *id != NOBODY)
    }

    /// The group at GoLinks that a group was linked with last, if expectations observe it.
    pub fn group(&self, name: &str) -> Option<GroupId> {
        self.groups.get(name).copied().flatten()
    }

    /// The userName of an initial account.
    pub fn made_as(&self, name: &str) -> Option<&str> {
        self.made.get(name).map(String::as_str)
    }

    fn prepare_for(&mut self, expectation: &Expectation) {
        match (&expectation.observed, expectation.test.since) {
            (Observable::Named(row), Some(Since::Cycle(number))) => self.wanted.push((number, row)),
            (Observable::Tally(counted), since) => {
                let cycle = since.map(|Since::Cycle(number)| number);
                self.tallies.push(Tally::new(counted.clone(), cycle));
            }
            (Observable::LastRequest { name, .. }, _) => {
                self.last_requests.insert(name.clone(), None);
            }
            (
                Observable::Account { name, .. }
                | Observable::Product {
                    name,
                    part: ProductPart::Sessions | ProductPart::ApiTokens | ProductPart::ApiCall,
                },
                _,
            ) => {
                self.accounts.insert(name.clone(), NOBODY);
            }
            (Observable::SignIn { name, .. }, _) => self.sign_ins.want(name),
            (Observable::Group { name, .. }, _) => {
                self.groups.insert(name.clone(), None);
            }
            _ => {}
        }
    }

    fn cycle_ended(&mut self, number: u64, at: Time, world: AppView<'_>) {
        let slot = number.saturating_sub(1) as usize;
        if self.cycle_ends.len() <= slot {
            self.cycle_ends.resize(slot + 1, None);
        }
        self.cycle_ends[slot] = Some(at);
        for nth in 0..self.wanted.len() {
            let (wanted, row) = self.wanted[nth];
            if wanted == number
                && let ObservedValue::Count(count) = (row.see)(world, self)
            {
                self.counted.insert((number, row.path), count);
            }
        }
        let tenant = world.entra().tenant();
        for (name, account) in &mut self.accounts {
            if let Some(found) = tenant.find_user(name).and_then(|user| linked(world, user)) {
                *account = found;
            }
        }
        for (name, id) in &mut self.groups {
            let found = tenant.find_group(name).and_then(|group| linked_group(world, group));
            *id = found.or(*id);
        }
    }
}

/// The placeholder for a user who was never linked.
const NOBODY: AccountId = AccountId(u64::MAX);

/// The account that a user is linked with.
pub fn linked(world: AppView<'_>, user: UserKey) -> Option<AccountId> {
    world.target().find_id(&world.entra().job().links().get(user)?.target)
}

/// The group at GoLinks that a group is linked with, while it is there.
pub fn linked_group(world: AppView<'_>, group: GroupKey) -> Option<GroupId> {
    world.target().find_group_id(&world.entra().job().links().get(group)?.target)
}
