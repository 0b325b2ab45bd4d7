//! What was due about a user or a group and has not got through, and what the attempts met: read
//! from the journal.

use std::sync::Arc;
use std::time::Duration;

use super::reason::{CameBack, met};
use super::why::LOOKED_BACK;
use super::{beside, differs};
use crate::base::Time;
use crate::entra;
use crate::entra::event::CycleKind;
use crate::entra::job::log::LogStatus;
use crate::entra::job::{ScheduleState, Subject};
use crate::entra::scope::SyncScope;
use crate::entra::tenant::{About, GroupKey, TenantEvent, UserKey};
use crate::golinks::Happened;
use crate::scenario::layout::{day_and_time, plural};
use crate::world::intent::{self, GroupMismatch, Mismatch};
use crate::world::record::{RecordedRequest, ReplyStatus};
use crate::world::status::still_staged;
use crate::world::{AppView, Party, RecordedEvent};

/// A write that was due.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Overdue {
    /// The application of which it speaks, where there are several.
    pub app: Option<Arc<str>>,
    /// The user or the group.
    pub about: Arc<str>,
    /// What was to be done.
    pub write: DueWrite,
    /// The change that made it due; `None` when it lies too far back.
    pub since: Option<Time>,
    /// The instant from which a disable was due, before the deletion became due.
    pub disable_since: Option<Time>,
    /// What came of it.
    pub attempts: Attempts,
}

/// What was to be done to an account or a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DueWrite {
    /// To make it.
    Create,
    /// To make it active again.
    Enable,
    /// To change it.
    Update,
    /// To make it inactive.
    Disable,
    /// To delete it.
    Delete,
}

/// What came of a write that was due.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Attempts {
    /// The job has sent nothing since.
    None {
        /// What keeps it from doing so.
        because: Idle,
    },
    /// The deletion guard has staged it: it is not sent.
    Staged {
        /// How many objects are staged.
        staged: usize,
        /// How many in a cycle are too many.
        threshold: u64,
    },
    /// Whatever the job has sent since met this.
    Always {
        /// What it met.
        met: ReplyStatus,
        /// How many requests.
        requests: u64,
        /// When the last of them was sent.
        last: Time,
        /// Why no more of them follow; `None` when the job goes on.
        over: Option<Idle>,
    },
    /// Requests about the user or the group were sent; the last met this.
    Last {
        /// What it met; `None` while there is no answer.
        met: Option<CameBack>,
        /// How many requests.
        requests: u64,
        /// The method of the last one.
        method: Box<str>,
        /// Whether any of them writes: a GET does nothing of what is due.
        wrote: bool,
    },
    /// The job has sent requests since, and none about the user or the group.
    NotAbout {
        /// How many requests.
        requests: u64,
    },
}

/// Why a job has sent nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Idle {
    /// It was never started.
    NotStarted,
    /// It is deleted.
    Deleted,
    /// It was stopped, or gave up.
    Stopped,
    /// It waits for this instant.
    Waits(Time),
}

/// What was due about a user; `None` when nothing is wrong.
pub fn overdue(world: AppView<'_>, user: UserKey) -> Option<Overdue> {
    let mismatch = intent::of(world, user).into_iter().next()?;
    if world.entra().is_broken(user) || world.entra().waits_for_scope(user) {
        // Provisioning takes the user for one who is not assigned, or goes by the scope that was
        // saved before, and owes nothing.
        return None;
    }
    let write = match &mismatch {
        Mismatch::Missing => DueWrite::Create,
        Mismatch::Inactive => DueWrite::Enable,
        // An application without an inactive state is sent a deletion instead.
        Mismatch::StillActive { .. } if !world.entra().job().settings().policy.soft_delete => {
            DueWrite::Delete
        }
        Mismatch::StillActive { .. } => DueWrite::Disable,
        Mismatch::StillExists => DueWrite::Delete,
        Mismatch::Differs { .. } => DueWrite::Update,
        // No write makes one account of two.
        Mismatch::Several(_) => return None,
    };
    let handle = world.entra().tenant().user(user).handle().clone();
    let exposed = intent::exposure_of(world, user).filter(|exposure| exposure.open);
    let changed = last_change(world, |event| is_about(world, user, event));
    let beside = beside::of_user(world, user);
    let became = beside.as_ref().map(|it| it.at);
    let since = match write {
        DueWrite::Disable => exposed.as_ref().map(|it| it.since).or(changed),
        DueWrite::Delete if matches!(mismatch, Mismatch::StillActive { .. }) => {
            exposed.as_ref().map(|it| it.since).or(changed)
        }
        // Before the user was deleted for good, a disable was due.
        DueWrite::Delete => changed,
        // What was right became wrong when it was changed beside the application. Another value in
        // the directory made no account due, unless it brought the user into the scope.
        DueWrite::Create | DueWrite::Enable => {
            let since = intent::in_scope_since(world, user).max(beside.as_ref().map(|it| it.at));
            since.max(remapped(world, user.into(), since)).or_else(|| first_start(world))
        }
        DueWrite::Update => differs::since(world, user, beside.as_ref()),
    };
    // A user who was there before the run is due from the job's first start on.
    let since = since.or_else(|| first_start(world));
    // Whoever is deleted for good while a disable was due has waited since then.
    let disable_since = match write {
        DueWrite::Delete => exposed.map(|it| it.since).filter(|first| Some(*first) < since),
        _ => None,
    };
    let about = |request: &RecordedRequest<'_>| request.who == Some(&*handle);
    let attempts = match (write, held_back(world, user.into())) {
        (DueWrite::Disable | DueWrite::Delete, Some(held)) => held,
        _ => {
            let from = disable_since.or(since).unwrap_or(world.start());
            // The request at which the server took the account away is no attempt to bring it back.
            let is_beside = became == Some(from) && write == DueWrite::Create;
            attempts(world, about, from + Duration::from_micros(u64::from(is_beside)))
        }
    };
    let app = world.label().map(Arc::from);
    Some(Overdue { about: handle, app, write, since, disable_since, attempts })
}

/// What was due about a group; `None` when nothing is wrong.
pub fn overdue_group(world: AppView<'_>, group: GroupKey) -> Option<Overdue> {
    if world.entra().is_broken(group) || world.entra().waits_for_scope(group) {
        return None;
    }
    let write = match intent::of_group(world, group).first()? {
        GroupMismatch::Missing => DueWrite::Create,
        GroupMismatch::StillExists => DueWrite::Delete,
        GroupMismatch::Differs { .. } | GroupMismatch::Lacks(_) | GroupMismatch::Holds(_) => {
            DueWrite::Update
        }
        // No write makes one group of two.
        GroupMismatch::Several(_) => return None,
    };
    let handle = world.entra().tenant().group(group).handle().clone();
    let changed = last_change(world, |event| match event {
        // Another member makes no group due that is not there, nor its deletion.
        TenantEvent::MemberAdded { group, .. } | TenantEvent::MemberRemoved { group, .. } => {
            write == DueWrite::Update && *group == handle
        }
        TenantEvent::GroupUpdated { .. } if write == DueWrite::Delete => false,
        event => event.about() == About::Group(&handle),
    });
    let beside = beside::of_group(world, group).map(|beside| beside.at);
    // A member that got an account later is due since then.
    let created = match intent::of_group(world, group).first() {
        Some(GroupMismatch::Lacks(members)) => {
            members.iter().filter_map(|name| account_created(world, name)).max()
        }
        _ => None,
    };
    let scoped = (write == DueWrite::Create).then(|| scope_in_force(world)).flatten();
    let since = changed.max(beside).max(created).max(scoped).or_else(|| first_start(world));
    let about = |request: &RecordedRequest<'_>| request.group == Some(&*handle);
    let attempts = match (write, held_back(world, group.into())) {
        (DueWrite::Delete, Some(held)) => held,
        _ => attempts(world, about, since.unwrap_or(world.start())),
    };
    let app = world.label().map(Arc::from);
    Some(Overdue { about: handle, app, write, since, disable_since: None, attempts })
}

/// When the scope came into force that decides now; `None` when the job began with it.
fn scope_in_force(world: AppView<'_>) -> Option<Time> {
    let ours = [Party::App(world.app()), Party::World];
    let mut records = world.journal().records().rev().take(LOOKED_BACK);
    let is_one = |event: &RecordedEvent<'_>| match event {
        RecordedEvent::Entra(entra::Event::SettingChanged(path)) => path.starts_with("entra.scope"),
        _ => false,
    };
    let saved = records.find(|it| ours.contains(&it.party) && is_one(&it.event))?.at;
    let job = world.entra().job();
    let initial = job.ended().filter(|it| it.kind == CycleKind::Initial).map(|it| it.began);
    initial.filter(|began| *began >= saved).min()
}

/// Whether the deletion guard holds back what is to be done about the object.
fn held_back(world: AppView<'_>, subject: Subject) -> Option<Attempts> {
    let job = world.entra().job();
    let threshold = job.settings().delete_threshold.value;
    let is_held = still_staged(world).any(|staged| staged == subject);
    is_held.then(|| Attempts::Staged { staged: still_staged(world).count(), threshold })
}

/// When the directory last had such a change.
pub(super) fn last_change(
    world: AppView<'_>,
    is_one: impl Fn(&TenantEvent) -> bool,
) -> Option<Time> {
    let mut records = world.journal().records().rev().take(LOOKED_BACK);
    records.find_map(|record| match record.event {
        RecordedEvent::Entra(entra::Event::Tenant(event)) if is_one(event) => Some(record.at),
        _ => None,
    })
}

/// When the account of a user was created, as far back as the journal is searched.
pub(super) fn account_created(world: AppView<'_>, handle: &str) -> Option<Time> {
    let user = world.entra().tenant().find_user(handle)?;
    let accounts = intent::accounts(world, user);
    let mut records = world.journal().records().rev().take(LOOKED_BACK);
    let is_it = |event: &RecordedEvent<'_>| match event {
        RecordedEvent::Account(event) => {
            event.what == Happened::Created && accounts.iter().any(|it| it.id == event.id)
        }
        _ => false,
    };
    records.find(|record| is_it(&record.event)).map(|record| record.at)
}

/// When the mappings last changed, where all was right about an object until then: what it met last
/// before was a success, or nothing was to be done, and came after all else that made a write due.
pub(super) fn remapped(world: AppView<'_>, subject: Subject, since: Option<Time>) -> Option<Time> {
    let ours = [Party::App(world.app()), Party::World];
    let mut records = world.journal().records().rev().take(LOOKED_BACK);
    let is_one = |event: &RecordedEvent<'_>| match event {
        RecordedEvent::Entra(entra::Event::SettingChanged(path)) => {
            path.starts_with("entra.mappings")
        }
        _ => false,
    };
    let at = records.find(|it| ours.contains(&it.party) && is_one(&it.event))?.at;
    let mut rows = world.entra().job().log().rows().rev().take(LOOKED_BACK);
    let before = rows.find(|row| row.subject == subject && row.at < at)?;
    let was_right = !matches!(before.status, LogStatus::Failure(_));
    (was_right && since.is_none_or(|since| since <= before.at)).then_some(at)
}

/// Whether an event can make this application owe a write about a user: one about the user, or
/// about a group of the user whose assignment decides about the scope.
fn is_about(world: AppView<'_>, user: UserKey, event: &TenantEvent) -> bool {
    let tenant = world.entra().tenant();
    let row = tenant.user(user);
    match event.about() {
        About::User(handle) => handle == row.handle() && concerns(world, event),
        About::Group(handle) => {
            let mut groups = row.groups().iter();
            let is_member = groups.any(|group| tenant.group(*group).handle() == handle);
            // A user in scope anyway owes nothing to a group.
            let by_group = world.entra().job().settings().scope == SyncScope::Assigned
                && tenant.assigned(world.app(), user).is_none();
            by_group && is_member && decides_scope(world, event)
        }
        About::Application(_) => false,
    }
}

/// Whether an event about a group assigns its members, or ends that.
fn decides_scope(world: AppView<'_>, event: &TenantEvent) -> bool {
    use TenantEvent::{
        GroupAssigned, GroupAssignmentBroken, GroupDeleted, GroupPurged, GroupRestored,
        GroupUnassigned,
    };
    let tenant = world.entra().tenant();
    match event {
        GroupAssigned { application, .. }
        | GroupUnassigned { application, .. }
        | GroupAssignmentBroken { application, .. } => **application == *world.app_name(),
        GroupDeleted { group, .. } | GroupRestored { group } | GroupPurged { group, .. } => tenant
            .find_group(group)
            .is_some_and(|group| tenant.group_facts(world.app(), group).assigned),
        _ => false,
    }
}

/// Whether an event about a user can make this application owe a write: not an assignment to
/// another application, nor a membership of a group that is not assigned to this one.
fn concerns(world: AppView<'_>, event: &TenantEvent) -> bool {
    use TenantEvent::{Assigned, AssignmentBroken, MemberAdded, MemberRemoved, Unassigned};
    let tenant = world.entra().tenant();
    match event {
        Assigned { application, .. }
        | Unassigned { application, .. }
        | AssignmentBroken { application, .. } => **application == *world.app_name(),
        MemberAdded { group, .. } | MemberRemoved { group, .. } => tenant
            .find_group(group)
            .is_none_or(|group| tenant.group_facts(world.app(), group).assigned),
        _ => true,
    }
}

fn first_start(world: AppView<'_>) -> Option<Time> {
    let ours = Party::App(world.app());
    let mut records = world.journal().records().take(LOOKED_BACK);
    let started =
        |event: &RecordedEvent<'_>| matches!(event, RecordedEvent::Entra(entra::Event::Started));
    records.find(|record| record.party == ours && started(&record.event)).map(|record| record.at)
}

fn attempts(
    world: AppView<'_>,
    is_about: impl Fn(&RecordedRequest<'_>) -> bool,
    since: Time,
) -> Attempts {
    let ours = Party::App(world.app());
    let records = world.journal().records().rev().take(LOOKED_BACK);
    let mut sent = (0, 0);
    // The answers come first: the records are read backwards.
    let mut all: Option<ReplyStatus> = None;
    let mut alike = true;
    let mut answers = std::collections::BTreeMap::new();
    let mut last = None;
    let mut wrote = false;
    let mut last_sent = since;
    for record in records.take_while(|record| record.at >= since) {
        match record.event {
            RecordedEvent::Answer(answer) if record.party == ours => {
                alike &= *all.get_or_insert(answer.status) == answer.status;
                let (status, idle) = (answer.status, answer.idle);
                answers.insert(answer.request, CameBack { status, idle });
            }
            RecordedEvent::Request(request) if record.party == ours => {
                sent.0 += 1;
                last_sent = last_sent.max(record.at);
                if is_about(&request) {
                    sent.1 += 1;
                    wrote |= request.method != "GET";
                    last.get_or_insert_with(|| {
                        (answers.get(&record.seq).copied(), Box::<str>::from(request.method))
                    });
                }
            }
            _ => {}
        }
    }
    match (sent, all, last) {
        // What was sent belongs to connection tests and the like.
        ((_, 0), ..) if idle(world) == Idle::NotStarted => {
            Attempts::None { because: Idle::NotStarted }
        }
        ((0, _), _, _) => Attempts::None { because: idle(world) },
        ((requests, _), Some(met), _) if alike && met.failed() => {
            let over = Some(idle(world)).filter(|it| !matches!(it, Idle::Waits(_)));
            // A cycle that runs is none that is due.
            let over = over.filter(|_| world.entra().job().cycle().is_none());
            Attempts::Always { met, requests, last: last_sent, over }
        }
        ((_, requests), _, Some((met, method))) => Attempts::Last { met, requests, method, wrote },
        ((requests, _), _, None) => Attempts::NotAbout { requests },
    }
}

fn idle(world: AppView<'_>) -> Idle {
    let job = world.entra().job();
    match (job.next_cycle(), job.state()) {
        _ if world.entra().is_job_deleted() => Idle::Deleted,
        (Some(next), _) => Idle::Waits(next),
        (None, _) if job.cycles_begun() == 0 => Idle::NotStarted,
        (None, ScheduleState::Active | ScheduleState::Paused | ScheduleState::Disabled) => {
            Idle::Stopped
        }
    }
}

impl Overdue {
    /// What was due and what the attempts met, in a line.
    pub fn words(&self, start: Time) -> String {
        let write = match self.write {
            DueWrite::Create => "create",
            DueWrite::Enable => "enable",
            DueWrite::Update => "update",
            DueWrite::Disable => "disable",
            DueWrite::Delete => "delete",
        };
        let due = self.since.map(|since| format!(" {}", day_and_time(start, since)));
        let due = format!("the {write} was due{}", due.unwrap_or_default());
        let only = due.clone();
        let due = match self.disable_since {
            Some(first) => format!("a disable was due {}; {due}", day_and_time(start, first)),
            None => due,
        };
        // Other applications may have sent requests about the user too.
        let of = self.app.as_ref().map(|app| format!(" of {app}")).unwrap_or_default();
        match &self.attempts {
            Attempts::None { because: Idle::NotStarted } => {
                format!("{due}, and the job was never started")
            }
            Attempts::None { because: Idle::Deleted } => {
                format!("{due}, and no request has been sent since: the job is deleted")
            }
            Attempts::None { because: Idle::Stopped } => {
                format!("{due}, and no request has been sent since: the job is stopped")
            }
            Attempts::None { because: Idle::Waits(next) } => format!(
                "{due}, and no request has been sent since; the next cycle is due {}",
                day_and_time(start, *next)
            ),
            Attempts::Staged { staged, threshold } => format!(
                "{due}, and is held back by the deletion guard: {staged} staged, threshold {threshold}"
            ),
            Attempts::Always { met: status, requests, last, over } => {
                self.always(start, (&only, &due), (*status, *requests), (*last, *over))
            }
            Attempts::Last { met, requests, method, wrote } => {
                let which = match (requests, met) {
                    (_, None) => "the last request".to_owned(),
                    (1, Some(_)) => "the one request".to_owned(),
                    (many, Some(_)) => format!("the last of {many} requests"),
                };
                let answer =
                    met.map_or("has no answer yet".to_owned(), |it| format!("met {}", it.met()));
                let none = if *wrote { "" } else { "; nothing was written" };
                format!("{due}, and {which} about {}, a {method}, {answer}{none}", self.about)
            }
            Attempts::NotAbout { requests: 1 } => {
                format!("{due}, and the one request{of} since was not about {}", self.about)
            }
            Attempts::NotAbout { requests } => format!(
                "{due}, and none of the {}{of} since was about {}",
                plural(*requests, "request"),
                self.about
            ),
        }
    }

    /// What was due, and that all attempts met the same; `only` speaks of the last write alone.
    fn always(
        &self,
        start: Time,
        (only, due): (&str, &str),
        (status, requests): (ReplyStatus, u64),
        (last, over): (Time, Option<Idle>),
    ) -> String {
        let attempts = match requests {
            1 => format!("the one attempt met {}", met(status)),
            many => {
                format!("every attempt met {} ({})", met(status), plural(many, "request"))
            }
        };
        let over = match over {
            Some(Idle::Deleted) => "; the job is deleted",
            Some(Idle::Stopped) => "; the job is stopped",
            _ => "",
        };
        match self.disable_since.filter(|_| self.since.is_some_and(|it| last < it)) {
            // All of them were sent before the deletion was due.
            Some(first) => format!(
                "a disable was due {}, and {attempts}; {only}, and no request has been sent \
                 since{}",
                day_and_time(start, first),
                over.replacen(';', ":", 1)
            ),
            None => format!("{due}, and {attempts}{over}"),
        }
    }
}
