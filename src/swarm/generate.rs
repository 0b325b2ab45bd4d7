//! From a seed to a life.

use super::change::{BY_HAND, GroupChange, LeftOut, LifeChange};
use super::directory::{Directory, GroupNow, PersonNow, RULES};
use super::life::{Against, FaultStart, GroupStart, Life, Mapped, Step};
use crate::base::Seed;

const PEOPLE: usize = 6;
const GROUPS: u64 = 3;
const STEPS: u64 = 30;
/// How long a cycle may go on after a stop, when many of its requests are throttled.
const HOURS_TO_REST: u64 = 8;

/// Faults that end with the trouble. A create whose answer is lost is left out: when the person
/// leaves scope before the next cycle, no link leads to the account any more, as in life.
const FAULTS: [(&str, &str); 11] = [
    ("respond = { status = 503 }", "POST"),
    ("respond = { status = 429, headers = { retry-after = \"60\" } }", "GET"),
    ("respond = { status = 500 }", "PATCH"),
    ("reset = \"before\"", "POST"),
    ("reset = \"after\"", "PATCH"),
    ("delay = \"130s\"", "PATCH"),
    ("garble = \"truncate\"", "GET"),
    ("refuse = true", "POST"),
    ("respond = { status = 503 }", "DELETE"),
    ("service_error = true", "PATCH"),
    ("service_error = true", "POST"),
];
/// How many of them a server that is not ours meets: the lives that are known to fail there stay
/// as they are.
const AT_SERVERS: usize = 9;

impl Life {
    /// The life of a seed, as it can be played against the mock or another server.
    pub fn of(seed: Seed, against: Against) -> Life {
        let mock = against == Against::Mock;
        let kinds = if against == (Against::Server { groups: false }) { 2 } else { 3 };
        let mut life = Life {
            seed: seed.0,
            against,
            // The last kind has the most that can go wrong, and is taken twice as often.
            mapped: Mapped::ALL[pick(seed, "server", 0, kinds + 1).min(kinds - 1)],
            compliant: pick(seed, "dialect", 0, 2) > 0,
            guarded: pick(seed, "guarded", 0, 3) == 0,
            tested: mock && pick(seed, "tested", 0, 3) == 0,
            third: mock && pick(seed, "tested", 0, 3) == 0 && pick(seed, "third", 0, 2) == 0,
            bystanders: if mock { 12 } else { 3 },
            people: (0..PEOPLE as u64)
                .map(|nth| Some(pick(seed, "assigned", nth, 3) > 0))
                .collect(),
            adopted: Vec::new(),
            adopted_bare: mock && pick(seed, "adopted bare", 0, 2) > 0,
            namesakes: if mock { namesakes(seed) } else { Vec::new() },
            groups: (0..GROUPS).map(|nth| Some(group(seed, nth))).collect(),
            faults: Vec::new(),
            steps: Vec::new(),
            hours: against.hours(),
            quiet: 1,
            restarts: pick(seed, "restarts", 0, 2) > 0,
            starts_again: true,
        };
        // A role in a PATCH is a text that holds JSON (B08), which the mock stores as it is.
        if !(mock && life.mapped == Mapped::Values) {
            life.adopted = adopted(seed);
        }
        let faults = (0..3).map(|nth| fault(seed, nth, against));
        // A member whose account is late is left out of the group until a restart [known-issues];
        // a search that fails makes an account as late as a create that fails.
        let late = |fault: &FaultStart| matches!(fault.method, "POST" | "GET");
        life.faults = faults.filter(|fault| life.restarts || !late(fault)).collect();
        life.steps = steps(seed, &life);
        life
    }
}

/// None in half of the lives, else one person.
fn adopted(seed: Seed) -> Vec<usize> {
    let who = pick(seed, "adopted", 0, 2 * PEOPLE);
    if who < PEOPLE { vec![who] } else { Vec::new() }
}

/// None in half of the lives, else one person.
fn namesakes(seed: Seed) -> Vec<usize> {
    let who = pick(seed, "namesake", 0, 2 * PEOPLE);
    if who < PEOPLE { vec![who] } else { Vec::new() }
}

fn group(seed: Seed, nth: u64) -> GroupStart {
    let dynamic = nth == 2;
    let chosen = |who: &usize| pick(seed, "member", nth * 100 + *who as u64, 3) > 0;
    GroupStart {
        assigned: pick(seed, "group", nth, 3) > 0,
        rule: dynamic.then_some(0),
        members: (0..PEOPLE).filter(|who| !dynamic && chosen(who)).collect(),
    }
}

fn fault(seed: Seed, nth: u64, against: Against) -> FaultStart {
    let kinds = if against == Against::Mock { FAULTS.len() } else { AT_SERVERS };
    let (effect, method) = FAULTS[pick(seed, "effect", nth, kinds)];
    // Not in the first hour, so that each assigned user then has an account.
    let from = 1 + pick(seed, "from", nth, against.hours() as usize - 2) as u64;
    let tenths = 2 + pick(seed, "probability", nth, 7) as u64;
    FaultStart { nth, from, tenths, effect, method }
}

fn steps(seed: Seed, life: &Life) -> Vec<Step> {
    let mut directory = Directory::of(life);
    let mut steps = Vec::new();
    let longest = (2 * 60 * life.hours / STEPS) as usize;
    let mut minute = 0;
    let mut push = |minute, change, directory: &mut Directory| {
        directory.apply(&change);
        steps.push(Step { minute, change });
    };
    if let Some(change) = loosened(seed, STEPS, false, life, &directory) {
        // Before there is any trouble: whatever happens later, the account is matched by then.
        push(20, LifeChange::Rest, &mut directory);
        push(30, change, &mut directory);
        minute = 50;
    }
    for nth in 0..STEPS {
        minute += 1 + pick(seed, "pause", nth, longest) as u64;
        if let Some(change) = loosened(seed, nth, true, life, &directory) {
            push(minute, LifeChange::Rest, &mut directory);
            minute += 60 * HOURS_TO_REST;
            push(minute, change, &mut directory);
            continue;
        }
        let change = change(seed, nth, life, &directory);
        push(minute, change, &mut directory);
    }
    steps
}

/// Now and then a connection is deleted, of a user or a group that is sure to be matched again by
/// its name. It needs a restart.
fn loosened(
    seed: Seed,
    nth: u64,
    amid: bool,
    life: &Life,
    directory: &Directory,
) -> Option<LifeChange> {
    let chosen = pick(seed, "loosened", nth, if amid { 50 } else { 3 }) == 0;
    if !chosen || !life.restarts || life.against != Against::Mock || filters(seed) {
        return None;
    }
    let who = pick(seed, "whose connection", nth, PEOPLE + GROUPS as usize);
    let change = match who.checked_sub(PEOPLE) {
        None => LifeChange::Loosen { who, amid },
        // Members are never read back: a user who leaves a group that is not matched again yet
        // stays in it.
        Some(_) if amid => return None,
        Some(which) => LifeChange::Group(which, GroupChange::Loosen { amid }),
    };
    let resting = Directory { rests: true, ..directory.clone() };
    let in_scope = directory.person(who).is_none_or(|person| person.assigned);
    (in_scope && resting.takes(&change)).then_some(change)
}

/// Whether filters and mapping rows are changed. One whose connection is deleted must stay in scope
/// to be matched again, so such lives have no filters.
fn filters(seed: Seed) -> bool {
    pick(seed, "filters", 0, 2) == 0
}

/// One change that the directory takes.
fn change(seed: Seed, nth: u64, life: &Life, directory: &Directory) -> LifeChange {
    let who = pick(seed, "who", nth, PEOPLE);
    let person = directory.person(who).filter(|person| !person.gone);
    if let Some(change) = rare(seed, nth, who, life).filter(|change| directory.takes(change)) {
        return change;
    }
    if let Some(change) = name_taken(seed, nth, who, life).filter(|change| directory.takes(change))
    {
        return change;
    }
    if let Some(change) = mails(seed, nth, who, directory) {
        return change;
    }
    if filters(seed) && pick(seed, "of the job", nth, 6) == 0 {
        let filter = filter(seed, nth, who, life);
        let mapping = LifeChange::Mapping { capitals: nth.is_multiple_of(2) };
        let change = if pick(seed, "what of the job", nth, 2) == 0 { filter } else { mapping };
        if directory.takes(&change) {
            return change;
        }
    }
    let of_person = person.and_then(|person| match pick(seed, "whose", nth, 6) {
        0 | 1 => None,
        // A manager without an account is filled in by a restart alone.
        2 if !life.restarts => None,
        2 => manager(seed, nth, who, directory),
        _ => Some(of_person(seed, nth, who, life, person)).filter(|change| directory.takes(change)),
    });
    of_person.unwrap_or_else(|| of_group(seed, nth, directory))
}

/// A filter that leaves something out, of the scope or unread; or none any more.
fn filter(seed: Seed, nth: u64, who: usize, life: &Life) -> LifeChange {
    let mock = life.against == Against::Mock;
    let out = match pick(seed, "left out", nth, 5) {
        0 if mock => LeftOut::City,
        1 | 2 if mock && life.mapped == Mapped::Groups => {
            LeftOut::Group(pick(seed, "which is left out", nth, GROUPS as usize))
        }
        _ => LeftOut::Surname(who),
    };
    LifeChange::Filter {
        out: nth.is_multiple_of(2).then_some(out),
        unread: mock && pick(seed, "unread", nth, 3) == 0,
    }
}

/// Now and then a person gets the name of another. A life has filters, a second application or such
/// changes: a person outside of a filter, or of the group that the other application asks for,
/// keeps the name at the server.
fn name_taken(seed: Seed, nth: u64, who: usize, life: &Life) -> Option<LifeChange> {
    let of = pick(seed, "whose name", nth, PEOPLE);
    let chosen = pick(seed, "name taken", nth, 8) == 0 && !filters(seed) && !life.tested;
    // An account that was there before is found by the name, not by the person.
    (chosen && life.adopted.is_empty()).then_some(LifeChange::TakeName { who, of, nth })
}

/// Now and then two people exchange their mail addresses, or get their own ones back.
fn mails(seed: Seed, nth: u64, who: usize, directory: &Directory) -> Option<LifeChange> {
    if pick(seed, "mails", nth, 12) > 0 {
        return None;
    }
    let chosen = pick(seed, "whose mail", nth, PEOPLE);
    let swap = |with, back| LifeChange::SwapMails { who, with, back };
    let has = directory.person(who).map_or(chosen, |person| person.mail);
    let both = [swap(has, true), swap(chosen, false)];
    both.into_iter().find(|change| directory.takes(change))
}

/// What the service does by itself, what its guard waits for, an assignment that breaks, other
/// applications, and groups on demand; at the mock alone.
fn rare(seed: Seed, nth: u64, who: usize, life: &Life) -> Option<LifeChange> {
    // A cycle whose probe fails has ended before it can be broken off.
    let begins = life.restarts && life.faults.iter().all(|fault| fault.method != "GET");
    match pick(seed, "rare", nth, 24) {
        _ if life.against != Against::Mock => None,
        0 | 1 if begins => Some(LifeChange::Interrupt),
        2 | 3 if life.guarded => Some(LifeChange::AllowDeletes),
        4 => Some(LifeChange::BreakAssignment(who)),
        5 => Some(LifeChange::RestartOf(1 + pick(seed, "restarted", nth, 2))),
        6 | 7 => Some(LifeChange::Group(
            pick(seed, "on demand", nth, GROUPS as usize),
            GroupChange::OnDemand((pick(seed, "with", nth, 2) > 0).then_some(who)),
        )),
        _ => None,
    }
}

/// Of the user, of the account by hand, or of the job while a cycle may be under way; or a run on
/// demand.
fn of_person(seed: Seed, nth: u64, who: usize, life: &Life, person: &PersonNow) -> LifeChange {
    match pick(seed, "act", nth, 10) {
        6 if person.has_account && life.restarts && life.against == Against::Mock => {
            LifeChange::ByHand(who, pick(seed, "by hand", nth, BY_HAND.len()))
        }
        7 if life.restarts => LifeChange::Restart,
        8 if life.restarts => LifeChange::SaveMapping,
        9 if person.enabled && !person.deleted && may_run_on_demand(life, person) => {
            LifeChange::OnDemand { who, beside: life.restarts && pick(seed, "beside", nth, 2) > 0 }
        }
        kind => of_user(nth, kind % 6, who, person),
    }
}

/// A run on demand creates an account without roles [on-demand]; the mock stores what a PATCH then
/// sends of them as it is, a text that holds JSON (B08).
fn may_run_on_demand(life: &Life, person: &PersonNow) -> bool {
    let keeps_text = life.against == Against::Mock && life.mapped == Mapped::Values;
    !keeps_text || person.has_account
}

fn of_user(nth: u64, kind: usize, who: usize, person: &PersonNow) -> LifeChange {
    match kind {
        0 if person.deleted && (person.steady || !person.let_in) => LifeChange::Purge(who),
        _ if person.deleted => LifeChange::Restore(who),
        0 | 1 | 2 | 4 if person.loose => LifeChange::Surname(who, nth),
        0 if person.enabled => LifeChange::Disable(who),
        0 => LifeChange::Enable(who),
        1 if person.assigned => LifeChange::Unassign(who),
        1 => LifeChange::Assign(who),
        2 => LifeChange::Delete(who),
        3 => LifeChange::Surname(who, nth),
        4 => LifeChange::Rename(who, nth),
        _ => LifeChange::Move { who, nth, home: !person.at_home },
    }
}

/// A person gets another manager, or none; `None` where that would change nothing.
fn manager(seed: Seed, nth: u64, who: usize, directory: &Directory) -> Option<LifeChange> {
    let chief = pick(seed, "manager", nth, PEOPLE);
    let other = LifeChange::Manager { who, chief: Some(chief) };
    let none = LifeChange::Manager { who, chief: None };
    [other, none].into_iter().find(|change| directory.takes(change))
}

fn of_group(seed: Seed, nth: u64, directory: &Directory) -> LifeChange {
    let which = pick(seed, "which group", nth, GROUPS as usize);
    let kind = pick(seed, "group change", nth, 12);
    let who = pick(seed, "member", nth + 1_000, PEOPLE);
    let group = directory.group(which).cloned().unwrap_or_default();
    let alive = directory.person(who).is_some_and(|person| !person.deleted);
    LifeChange::Group(which, of_this(kind, nth, who, alive, &group))
}

fn of_this(kind: usize, nth: u64, who: usize, alive: bool, group: &GroupNow) -> GroupChange {
    match (kind, group.rule) {
        _ if group.gone => GroupChange::Create,
        (0, _) if group.deleted => GroupChange::Purge,
        _ if group.deleted => GroupChange::Restore,
        (0..=3, _) if group.loose => GroupChange::Describe(nth),
        (0, _) => GroupChange::Delete,
        (1 | 2, _) if group.assigned => GroupChange::Unassign,
        (1 | 2, _) => GroupChange::Assign,
        (3, _) => GroupChange::Rename(nth),
        (_, Some(rule)) => GroupChange::Rule((rule + 1) % RULES.len()),
        (_, None) if !alive => GroupChange::Describe(nth),
        _ if group.members.contains(&who) => GroupChange::Remove(who),
        _ => GroupChange::Add(who),
    }
}

fn pick(seed: Seed, kind: &str, nth: u64, bound: usize) -> usize {
    seed.below(kind, "convergence", nth, bound as u64) as usize
}
