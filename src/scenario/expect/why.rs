//! The likely reason why an expectation was not met, as data: what was due and what every attempt
//! met, the last row and the last request about a user, the state of the job, the exposure.
//! `reason` has the words for it.

use std::sync::Arc;

use super::beside;
use super::last_sign_in;
use super::overdue::{overdue, overdue_group};
use super::reason::{CameBack, JobState, LastRequest, Reason, Why};
use super::{Observable, ProductPart, worlds};
use crate::base::Time;
use crate::entra::event::{CycleKind, CycleResult};
use crate::entra::job::log::{LogAction, LogEntry, LogStatus, SkipReason};
use crate::entra::job::{Look, ScheduleState, Subject};
use crate::entra::tenant::UserKey;
use crate::world::intent::Mismatch;
use crate::world::record::RecordedRequest;
use crate::world::{AppView, Party, RecordedEvent, intent};

/// How many of the last records are searched for a request.
pub(super) const LOOKED_BACK: usize = 50_000;

/// How many users and groups are explained when the worlds differ.
const EXPLAINED: usize = 3;

/// Explains the observed value.
pub fn explain(observed: &Observable, world: AppView<'_>) -> Vec<Why> {
    let plain = |reasons: Vec<Reason>| reasons.into_iter().map(Why::from).collect();
    match observed {
        Observable::Worlds { differ } => of_worlds(world, differ),
        Observable::Differing => of_worlds(world, &[]),
        _ => plain(of_one(observed, world)),
    }
}

/// The reasons for the first users and groups that differ, each with its name.
fn of_worlds(world: AppView<'_>, differ: &[String]) -> Vec<Why> {
    let found = worlds::differences(&[world]).into_keys();
    let mut whys: Vec<Why> = Vec::new();
    for name in found.filter(|name| !differ.contains(name)).take(EXPLAINED) {
        for reason in about(world, &name) {
            let about = reason.lacks_name().then(|| name.as_str().into());
            let why = Why { about, ..Why::from(reason) };
            // Their job is the same.
            if !whys.contains(&why) {
                whys.push(why);
            }
        }
    }
    whys
}

/// What the other applications of the workspace did to what is expected of GoLinks, for an
/// expectation that does not look at each of them by itself.
pub fn explain_beside(observed: &Observable, world: AppView<'_>) -> Vec<Reason> {
    match observed {
        Observable::Account { name, .. } | Observable::Group { name, .. } => {
            let is_told = |reason: &Reason| {
                matches!(
                    reason,
                    Reason::Overdue(_) | Reason::LastRow { .. } | Reason::LastRequest(_)
                )
            };
            about(world, name).into_iter().filter(is_told).collect()
        }
        Observable::Named(row) if row.path.starts_with("golinks.") => {
            last_failure(world).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The reasons for what speaks of one thing.
fn of_one(observed: &Observable, world: AppView<'_>) -> Vec<Reason> {
    match observed {
        Observable::Named(row)
            if row.path.starts_with("job.") || row.path.starts_with("mails.") =>
        {
            job(world)
        }
        Observable::Named(row) if row.path.starts_with("exposure.") => {
            intent::longest_exposure(world).map(Reason::Exposed).into_iter().collect()
        }
        // What was refused, and why, is the observed value itself.
        Observable::Named(row) if row.path == "refused" => Vec::new(),
        Observable::Named(row) if row.path.starts_with("signins.") => {
            vec![last_sign_in::counted(world, row.path)]
        }
        Observable::Named(row) if row.path == "golinks.sessions" => {
            let ended = last_sign_in::session_end(world, None);
            [last_sign_in::counted(world, row.path)].into_iter().chain(ended).collect()
        }
        Observable::Named(row) if let Some(nothing) = nothing_asked(world, row.path) => {
            vec![nothing]
        }
        Observable::OnDemand { name, .. } if !has_run(world, name) => {
            vec![Reason::NoRunOnDemand(name.as_str().into())]
        }
        Observable::SignIn { name, .. } => vec![last_sign_in::of(world, name)],
        Observable::Tally(counted) if let Some(name) = counted.subject() => about(world, name),
        Observable::Named(_) | Observable::Tally(_) => last_failure(world).into_iter().collect(),
        Observable::LastLog { name, .. }
        | Observable::LastRequest { name, .. }
        | Observable::OnDemand { name, .. }
        | Observable::Link { name }
        | Observable::Exposure { name }
        | Observable::Account { name, .. } => about(world, name),
        Observable::Product { name, part } => match part {
            ProductPart::Link(_) => Vec::new(),
            ProductPart::Sessions => {
                let ended = last_sign_in::session_end(world, Some(name));
                [last_sign_in::of(world, name)].into_iter().chain(ended).collect()
            }
            ProductPart::ApiTokens | ProductPart::ApiCall => about(world, name),
            ProductPart::Role => vec![last_sign_in::of(world, name)],
        },
        Observable::Group { name, .. } => group(world, name),
        Observable::Worlds { .. } | Observable::Differing => Vec::new(),
    }
}

/// Whether a run on demand of a user or a group has ended.
fn has_run(world: AppView<'_>, name: &str) -> bool {
    let tenant = world.entra().tenant();
    let user = tenant.find_user(name).map(Subject::User);
    let subject = user.or_else(|| tenant.find_group(name).map(Subject::Group));
    subject.is_some_and(|it| world.entra().job().on_demand().last_of(it).is_some())
}

/// That nothing of the kind has ended of whose outcome a name speaks.
fn nothing_asked(world: AppView<'_>, path: &str) -> Option<Reason> {
    let job = world.entra().job();
    let (none, what, verb) = match path.split('.').next()? {
        "test" => (job.last_test().is_none(), "connection test", "test_connection"),
        "discovery" => (job.discovered().count == 0, "account discovery", "discover_identities"),
        _ => return None,
    };
    none.then_some(Reason::NothingAsked(what, verb))
}

/// The user or the group of which an expectation speaks.
pub fn subject(observed: &Observable) -> Option<&str> {
    match observed {
        Observable::LastLog { name, .. }
        | Observable::LastRequest { name, .. }
        | Observable::OnDemand { name, .. }
        | Observable::Link { name }
        | Observable::Exposure { name }
        | Observable::Account { name, .. }
        | Observable::SignIn { name, .. }
        | Observable::Group { name, .. } => Some(name),
        Observable::Product { part: ProductPart::Link(_), .. } => None,
        Observable::Product { name, .. } => Some(name),
        Observable::Tally(counted) => counted.subject(),
        Observable::Named(_) | Observable::Worlds { .. } | Observable::Differing => None,
    }
}

/// The user or the group of a name.
fn about(world: AppView<'_>, name: &str) -> Vec<Reason> {
    let tenant = world.entra().tenant();
    match (tenant.find_user(name), tenant.find_group(name)) {
        (None, Some(_)) => group(world, name),
        _ => person(world, name),
    }
}

/// What was due about a group, the last row and the last request, and the job if it is in
/// quarantine.
fn group(world: AppView<'_>, name: &str) -> Vec<Reason> {
    let mut reasons = Vec::new();
    match world.entra().tenant().find_group(name) {
        Some(group) => {
            let overdue = overdue_group(world, group);
            let since = overdue.as_ref().and_then(|overdue| overdue.since);
            reasons.extend(overdue.map(Reason::Overdue));
            let is_wrong = !intent::of_group(world, group).is_empty();
            if is_wrong && world.entra().is_broken(group) {
                reasons.push(Reason::BrokenAssignment(name.into()));
            } else if is_wrong && world.entra().waits_for_scope(group) {
                reasons.push(Reason::NotInForce(name.into()));
            } else if is_wrong && is_passed_by(world, group.into()) {
                let looked = looked_at_all(world, since);
                reasons.push(Reason::NothingChanged { name: name.into(), looked });
            }
            reasons.extend(beside::of_group(world, group).map(Reason::Beside));
            reasons.push(last_row(world, name, group.into()));
        }
        None => reasons.push(Reason::NoSuchGroup(name.into())),
    }
    if !intent::are_intended(world) {
        let (server, had) = (world.target().called(), world.target().has_groups());
        let mapped = world.entra().job().settings().schema.groups.enabled;
        reasons.push(Reason::GroupsAreOff { server, mapped, had });
    }
    reasons.push(last_request(world, name, |request| request.group));
    reasons.extend(quarantine(world));
    reasons
}

/// What was due about a user, the last row and the last request, the job if it is in quarantine,
/// and how long the user was exposed.
fn person(world: AppView<'_>, name: &str) -> Vec<Reason> {
    let user = world.entra().tenant().find_user(name);
    let mut reasons = Vec::new();
    match user {
        Some(user) => {
            let overdue = overdue(world, user);
            let since = overdue.as_ref().and_then(|overdue| overdue.since);
            reasons.extend(overdue.is_none().then(|| out_of_scope(world, user)).flatten());
            reasons.extend(overdue.map(Reason::Overdue));
            reasons.extend(kept_from(world, user, since));
            reasons.extend(beside::of_user(world, user).map(Reason::Beside));
            reasons.push(last_row(world, name, user.into()));
        }
        None => reasons.push(Reason::NoSuchUser(name.into())),
    }
    reasons.extend(
        user.filter(|user| !intent::of(world, *user).is_empty())
            .map(|_| quirks(world))
            .unwrap_or_default(),
    );
    reasons.push(last_request(world, name, |request| request.who));
    reasons.extend(quarantine(world));
    let exposure = user.and_then(|user| intent::exposure_of(world, user));
    let exposure = exposure.filter(|exposure| !exposure.lasted.is_zero());
    reasons.extend(exposure.map(Reason::Exposed));
    reasons
}

/// Why a user should have no account, where nothing is wrong with that.
fn out_of_scope(world: AppView<'_>, user: UserKey) -> Option<Reason> {
    let why = match world.entra().gone() {
        Some(gone) => vec![gone.of_application()],
        None => world.entra().scoping(user).reasons(),
    };
    let is_out = !intent::in_scope(world, user) && !why.is_empty();
    let name = world.entra().tenant().user(user).handle().clone();
    is_out.then_some(Reason::OutOfScope(name, why))
}

/// What keeps every cycle from seeing to what is wrong about a user.
fn kept_from(world: AppView<'_>, user: UserKey, since: Option<Time>) -> Option<Reason> {
    let (entra, name) = (world.entra(), world.entra().tenant().user(user).handle().clone());
    let wrong = intent::of(world, user).into_iter().next()?;
    if entra.is_broken(user) {
        return Some(Reason::BrokenAssignment(name));
    }
    if entra.waits_for_scope(user) {
        return Some(Reason::NotInForce(name));
    }
    let leaves = matches!(wrong, Mismatch::StillActive { .. } | Mismatch::StillExists);
    let is_connected = entra.job().links().get(user).is_some();
    if leaves && !is_connected && !entra.scoping(user).in_scope() {
        return Some(Reason::NotConnected(name));
    }
    if matches!(wrong, Mismatch::StillActive { .. })
        && let Some(why) = intent::cannot_disable(world, user)
    {
        return Some(Reason::CannotDisable(name, why));
    }
    if let Some(row) = entra.job().log().last_of(user)
        && let LogStatus::Skipped(reason) = &row.status
        && is_reason(world, row, &wrong)
        && is_passed_by(world, user.into())
    {
        return Some(Reason::PassedOver(name, row.reason_sentence(reason)));
    }
    let looked = looked_at_all(world, since);
    is_passed_by(world, user.into()).then_some(Reason::NothingChanged { name, looked })
}

/// Whether the row of an object that was passed over tells why something is wrong with it now: it
/// may have been about another write, or be true no more.
fn is_reason(world: AppView<'_>, row: &LogEntry, wrong: &Mismatch) -> bool {
    let LogStatus::Skipped(reason) = &row.status else { return false };
    if matches!(wrong, Mismatch::Missing) && row.action == LogAction::Update {
        return false;
    }
    match reason {
        SkipReason::NotEffectivelyEntitled(_) | SkipReason::RedundantExport => false,
        // The account is there, and only the reference was left out. The manager may be connected
        // by now.
        SkipReason::UnableToResolveReference(_) => {
            let users = &world.entra().job().settings().schema.users;
            let reference = users.manager().map(|row| &*users.rows()[row].target.name);
            let manager = row.subject.user().and_then(|user| world.entra().tenant().manager(user));
            let links = world.entra().job().links();
            let is_connected = manager.is_some_and(|manager| links.get(manager).is_some());
            let differs = |name: &str| matches!(wrong, Mismatch::Differs { attribute, .. } if **attribute == *name);
            reference.is_some_and(differs) && !is_connected
        }
        _ => true,
    }
}

/// How many quirks are named.
const QUIRKS: usize = 3;

/// The quirks of the server: what is wrong may come of answers that are not true.
fn quirks(world: AppView<'_>) -> Vec<Reason> {
    let server = world.target().called();
    let on = world.target().mock().into_iter().flat_map(|mock| mock.settings().quirks.on());
    let named = on.take(QUIRKS).map(|(row, _)| Reason::Quirk {
        server,
        name: row.name,
        bug: row.bugs.first().copied().unwrap_or_default(),
        story: row.story,
    });
    named.collect()
}

/// The last initial cycle that looked at everything since an instant; `None` when none has.
fn looked_at_all(world: AppView<'_>, since: Option<Time>) -> Option<Time> {
    let mut ended = world.entra().job().ended().rev();
    let last =
        ended.find(|it| it.kind == CycleKind::Initial && it.result != CycleResult::Failed)?;
    since.is_some_and(|since| since <= last.began).then_some(last.began)
}

/// Whether the cycles that run have nothing to do about an object, because it has not changed.
fn is_passed_by(world: AppView<'_>, subject: Subject) -> bool {
    let job = world.entra().job();
    let waits = job.escrows().get(subject).is_some() || job.escrows().given_up(subject).is_some();
    let runs = job.state() == ScheduleState::Active && job.quarantine().is_none();
    runs && !waits
        && !job.deletions().staged().contains(&subject)
        && job.look_at(subject, world.entra().tenant()) == Look::OnceChanged
}

/// The job: its quarantine or its next cycle; and the last failure.
fn job(world: AppView<'_>) -> Vec<Reason> {
    let job = world.entra().job();
    let state = quarantine(world).unwrap_or(Reason::Job(JobState::Runs {
        status: job.status().word(),
        next: job.next_cycle(),
    }));
    [state].into_iter().chain(last_failure(world)).collect()
}

fn quarantine(world: AppView<'_>) -> Option<Reason> {
    let quarantine = world.entra().job().quarantine()?;
    Some(Reason::Job(JobState::Quarantined {
        since: quarantine.series_began,
        cause_since: quarantine.cause_began,
        reason: quarantine.cause.reason,
        code: quarantine.cause.code,
    }))
}

/// The last row with a failure in the provisioning log.
fn last_failure(world: AppView<'_>) -> Option<Reason> {
    let mut rows = world.entra().job().log().rows().rev();
    let row = rows.find(|row| matches!(row.status, LogStatus::Failure(_)))?;
    Some(Reason::LastFailure { at: row.at, says: world.entra().line(row) })
}

fn last_row(world: AppView<'_>, name: &str, subject: Subject) -> Reason {
    match world.entra().job().log().last_of(subject) {
        Some(row) => Reason::LastRow { at: row.at, run: row.run, says: world.entra().line(row) },
        None => Reason::NoRow(name.into()),
    }
}

fn last_request(
    world: AppView<'_>,
    name: &str,
    about: for<'r> fn(&RecordedRequest<'r>) -> Option<&'r str>,
) -> Reason {
    let recent = world.journal().records().rev().take(LOOKED_BACK);
    let ours = Party::App(world.app());
    let mut sent = recent.filter_map(|record| match record.event {
        RecordedEvent::Request(request)
            if about(&request) == Some(name) && record.party == ours =>
        {
            Some((record, request))
        }
        _ => None,
    });
    let Some((record, request)) = sent.next() else { return Reason::NoRequest(name.into()) };
    let answer = answer_to(world, record.seq);
    let (method, target): (Arc<str>, Arc<str>) = (request.method.into(), request.target.into());
    Reason::LastRequest(LastRequest { seq: record.seq, at: record.at, method, target, answer })
}

/// What is said when the write of the last row about a user was answered with success and changed
/// nothing at GoLinks: by GoLinks, or by a fault that struck the request.
pub fn changed_nothing(world: AppView<'_>, user: UserKey) -> Option<String> {
    let (tenant, ours) = (world.entra().tenant(), Party::App(world.app()));
    let row = world.entra().job().log().last_of(user)?;
    let handle = tenant.user(user).handle();
    let records = world.journal().records().rev().take(LOOKED_BACK);
    let mut sent = records.take_while(|record| record.at >= row.began).filter(|record| {
        let is_it = |request: &RecordedRequest<'_>| {
            request.who == Some(&**handle) && request.method != "GET"
        };
        record.party == ours
            && record.at <= row.at
            && matches!(&record.event, RecordedEvent::Request(request) if is_it(request))
    });
    let request = sent.next()?.seq;
    let mut by = None;
    world
        .journal()
        .since(request)?
        .find_map(|later| match later.event {
            RecordedEvent::FaultStruck { fault, request: struck, did } if struck == request => {
                by = Some(format!("; the fault {fault} struck the request: {did}"));
                None
            }
            RecordedEvent::Answer(answer) if answer.request == request => Some(answer.idle),
            _ => None,
        })?
        .then(|| match (by, world.target().called()) {
            (Some(by), server) => {
                format!("The answer said success, and nothing changed at {}{by}.", server.amid())
            }
            (None, server) => {
                format!("{} answered with success and changed nothing.", server.first())
            }
        })
}

/// What came back to a request; `None` while nothing has.
pub(super) fn answer_to(world: AppView<'_>, request: u64) -> Option<CameBack> {
    let mut later = world.journal().since(request)?;
    later.find_map(|later| match later.event {
        RecordedEvent::Answer(answer) | RecordedEvent::TooLate(answer)
            if answer.request == request =>
        {
            Some(CameBack { status: answer.status, idle: answer.idle })
        }
        _ => None,
    })
}
