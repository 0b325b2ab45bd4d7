//! What comes next for a user or a group: a cycle, a retry, or nothing, and why.

use super::scope::{filters_read, unevaluated};
use crate::base::Time;
use crate::entra::field::ObjectKind;
use crate::entra::job::log::LogAction;
use crate::entra::job::{Look, Retry, ScheduleState, Subject, TakenAway};
use crate::entra::scope::Scoping;
use crate::entra::tenant::Lifecycle;
use crate::scenario::layout::day_and_time;
use crate::world::{AppView, intent, status};

/// The sentence about what comes next.
pub(super) fn next(world: AppView<'_>, subject: impl Into<Subject>) -> String {
    let (job, subject) = (world.entra().job(), subject.into());
    if let Some(gone) = world.entra().gone() {
        return format!("Next: nothing; the application {}. {}", gone.words(), gone.outlook());
    }
    if let Some(given_up) = job.escrows().given_up(subject) {
        let since = day_and_time(world.start(), given_up.at);
        let (code, again) = (given_up.code.word(), tries_again(world, subject));
        return format!("Next: nothing. It was given up at {since} ({code}); {again}.");
    }
    if is_unread(world, subject) && job.escrows().get(subject).is_none() {
        let noun = noun(subject);
        return format!(
            "Next: nothing; a filter keeps the {noun} from being read, so every cycle passes it over."
        );
    }
    // What was staged and failed since waits for its retry.
    if job.deletions().staged().contains(&subject) && job.escrows().get(subject).is_none() {
        return staged(world, subject);
    }
    if let Some(quarantine) = job.quarantine() {
        let reason = quarantine.cause.reason.word();
        return match job.next_cycle() {
            Some(next) => {
                let at = |time| day_and_time(world.start(), time);
                let again = match job.retry_of(subject, world.entra().tenant()) {
                    Some(Retry::From(due)) => {
                        format!(
                            " What failed is tried again in the first cycle from {} on.",
                            at(due)
                        )
                    }
                    _ => String::new(),
                };
                let next = at(next);
                format!(
                    "Next: the job is in quarantine ({reason}) and tries again at {next}.{again}"
                )
            }
            None if job.cycle().is_some() => {
                format!("Next: the job is in quarantine ({reason}), and a cycle tries again now.")
            }
            None => {
                let why = idle(world);
                format!("Next: the job is in quarantine ({reason}), and no attempt is due; {why}.")
            }
        };
    }
    next_cycle(world, subject)
}

/// What would try an object again that was given up: a change of it needs a cycle to see it.
fn tries_again(world: AppView<'_>, subject: Subject) -> String {
    let (job, noun) = (world.entra().job(), noun(subject));
    let at = |time| day_and_time(world.start(), time);
    match (job.state() == ScheduleState::Active, job.quarantine(), job.next_cycle()) {
        (true, None, _) => format!("a change of the {noun} or a restart would try again"),
        (true, Some(_), _) if job.cycle().is_some() => {
            format!("a change of the {noun} or a restart would try again")
        }
        (true, Some(_), Some(next)) => format!(
            "the job is in quarantine, and a change of the {noun} would be tried from its next try \
             on, at {}",
            at(next)
        ),
        (true, Some(quarantine), None) => format!(
            "the job is in quarantine and is disabled at {}, before another try, so a change of the \
             {noun} does nothing; a restart would try again",
            at(quarantine.disable_at)
        ),
        (false, ..) => format!(
            "{}, so a change of the {noun} does nothing; a restart would try again",
            idle(world)
        ),
    }
}

/// Whether the filters in force keep a user from being read, and those that are saved do too.
fn is_unread(world: AppView<'_>, subject: Subject) -> bool {
    let Subject::User(user) = subject else { return false };
    let (row, job) = (world.entra().tenant().user(user), world.entra().job());
    !filters_read(world, row) && !job.schema().filters.read_in(row, &job.settings().policy)
}

fn noun(subject: Subject) -> &'static str {
    match subject.kind() {
        ObjectKind::User => "user",
        ObjectKind::Group => "group",
    }
}

/// What follows for an object that the guard against accidental deletions holds back.
fn staged(world: AppView<'_>, subject: Subject) -> String {
    let next = world.entra().job().next_cycle();
    let (at, noun) = (next.map(|next| day_and_time(world.start(), next)), noun(subject));
    if status::is_back(world, subject) {
        let finds = at.map_or(String::new(), |at| format!(", which the next try at {at} finds"));
        return format!(
            "Next: nothing is taken away. It was staged by `delete_threshold`, and the {noun} is \
             back in scope by now{finds}."
        );
    }
    if let (Some(at), false) = (&at, status::still_holds(world)) {
        return format!(
            "Next: the try at {at}. It was staged by `delete_threshold`, which is not reached any \
             more, unless others are about to lose access by then.{}",
            what_was_staged(world, subject)
        );
    }
    if at.is_none() && world.entra().job().cycle().is_none() {
        return format!(
            "Next: nothing is sent; {}. It is staged by `delete_threshold`: `allow_deletes` starts \
             the job and carries it out.{}",
            idle(world),
            what_was_staged(world, subject)
        );
    }
    let attempt = at.map_or(String::new(), |at| format!(" The job tries again at {at}."));
    let staged = what_was_staged(world, subject);
    let back = match is_gone(world, subject) {
        true => String::new(),
        false => format!(" the {noun} is back in scope, until"),
    };
    let ends = match world.entra().job().keeps_staged() {
        true => " `allow_deletes`, or until a restart counts anew",
        false => " the threshold is no longer reached, or until `allow_deletes`",
    };
    format!(
        "Next: nothing is sent; it is staged by `delete_threshold` until{back}{ends}.{attempt}{staged}"
    )
}

/// Says that the deletion which is due is more than what was staged: a user who was to be disabled
/// has been deleted for good since.
fn what_was_staged(world: AppView<'_>, subject: Subject) -> &'static str {
    let row = world.entra().job().log().last_of(subject);
    let was_disable = row.is_some_and(|row| !row.scoping.hard_deleted);
    match (subject.kind(), was_disable && is_gone(world, subject)) {
        (ObjectKind::User, true) => {
            " What was staged is a disable; the user has been deleted for good since, so what is due \
             now is a deletion."
        }
        _ => "",
    }
}

/// Whether the object is deleted for good, and can never be back.
fn is_gone(world: AppView<'_>, subject: Subject) -> bool {
    let tenant = world.entra().tenant();
    let lifecycle = match subject {
        Subject::User(user) => tenant.user(user).lifecycle(),
        Subject::Group(group) => tenant.group(group).lifecycle(),
    };
    lifecycle == Lifecycle::HardDeleted
}

/// The next cycle, and whether it tries the object again: one that failed waits ever longer.
fn next_cycle(world: AppView<'_>, subject: Subject) -> String {
    let job = world.entra().job();
    let at = |time| day_and_time(world.start(), time);
    let next = match (job.next_cycle(), job.cycle()) {
        (Some(next), _) => format!("a cycle at {}", at(next)),
        (None, Some(_)) => "the cycle that is running".to_owned(),
        (None, None) => {
            let again = match job.escrows().get(subject) {
                None => "",
                Some(_) => " What failed is tried again once it is started.",
            };
            return format!("Next: no cycle is due; {}.{again}", idle(world));
        }
    };
    match job.retry_of(subject, world.entra().tenant()) {
        None if world.entra().waits_for_scope(subject) => with_scope(world, subject, &next),
        None if world.entra().is_broken(subject) => with_broken(world, subject, &next),
        None => looked_at(world, subject, &next),
        Some(Retry::Running) => {
            format!("Next: the cycle that is running {}.", again(world, subject))
        }
        Some(Retry::NextCycle(Some(_))) => {
            format!("Next: {next}, which {}.", again(world, subject))
        }
        Some(Retry::NextCycle(None)) => {
            format!("Next: the cycle after the one that is running {}.", again(world, subject))
        }
        Some(Retry::OnceStarted) => {
            "Next: what failed is tried again once the job is started.".to_owned()
        }
        Some(Retry::From(due)) => {
            let way = Way::of(world, subject).filter(|way| way.due.is_none_or(|it| it < due));
            if let Some(way) = way {
                let first = way.first(world, &next);
                return format!("Next: {first}. {} tries again what failed.", way.words);
            }
            format!("Next: the first cycle from {} on {}.", at(due), again(world, subject))
        }
    }
}

/// What is next for an object about which the scope that is saved decides otherwise than the one in
/// force: no cycle but an initial one brings that.
fn with_scope(world: AppView<'_>, subject: Subject, next: &str) -> String {
    let job = world.entra().job();
    if job.watermark().is_none() && job.cycle().is_none() {
        return format!(
            "Next: {next}, an initial one, with which the scope that is saved takes effect."
        );
    }
    let looks = match looking(world, subject, next) {
        Some(cycle) => {
            let does = does(world, subject);
            format!("{cycle} looks by the scope in force, by which {does}")
        }
        None => "nothing by the scope in force".to_owned(),
    };
    format!(
        "Next: {looks}; the one that is saved takes effect with the next initial cycle, as after a \
         restart."
    )
}

/// The cycle that is to look at an object; `None` when none is before it changes.
fn looking(world: AppView<'_>, subject: Subject, next: &str) -> Option<String> {
    let job = world.entra().job();
    match (job.look_at(subject, world.entra().tenant()), job.cycle().is_some()) {
        (Look::Running, _) | (Look::Next, false) => Some(next.to_owned()),
        (Look::Next, true) => Some("the cycle after the one that is running".to_owned()),
        (Look::OnceChanged, _) => None,
    }
}

/// What a cycle that looks at an object does about it, by what is in force.
fn does(world: AppView<'_>, subject: Subject) -> String {
    let (entra, noun) = (world.entra(), noun(subject));
    let is_linked = entra.job().links().get(subject).is_some();
    match removal(world, subject) {
        _ if in_force(world, subject).in_scope() => format!("the {noun} is in scope"),
        Some(removal) => format!("it {removal}"),
        None if is_linked && is_inactive(world, subject) => "the account stays inactive".to_owned(),
        None if is_linked => format!("the {} stays as it is", there(subject)),
        None => format!("the {noun} is not in scope"),
    }
}

/// What a cycle that looks at an object takes away, in words: `disables the account`.
fn removal(world: AppView<'_>, subject: Subject) -> Option<String> {
    let (entra, it) = (world.entra(), there(subject));
    let settings = entra.job().settings();
    let takes = entra.takes_away(subject)?;
    let disables = subject.user().is_some()
        && settings.policy.soft_delete
        && !in_force(world, subject).hard_deleted;
    let does = match disables {
        true if takes == TakenAway::IfActive && is_inactive(world, subject) => return None,
        true => format!("disables the {it}"),
        false => format!("deletes the {it}"),
    };
    Some(match settings.delete_threshold.in_force() {
        Some(_) => format!("{does}, unless `delete_threshold` stages that"),
        None => does,
    })
}

/// What a cycle does that comes for a retry: what failed may be due no more.
fn again(world: AppView<'_>, subject: Subject) -> String {
    let (entra, noun) = (world.entra(), noun(subject));
    let removed = entra.job().log().last_of(subject).is_some_and(|row| {
        matches!(row.action, LogAction::Disable | LogAction::Delete | LogAction::StagedDelete)
    });
    match (in_force(world, subject).in_scope(), entra.job().links().get(subject).is_some()) {
        (true, _) if removed => format!("finds the {noun} in scope again"),
        (false, false) if !removed => format!("finds the {noun} out of scope, and creates nothing"),
        (false, true) if !removed => match removal(world, subject) {
            Some(removal) => format!("{removal}, in place of what failed"),
            None => "tries again what failed".to_owned(),
        },
        _ => "tries again what failed".to_owned(),
    }
}

/// The scope of an object by what is in force.
fn in_force(world: AppView<'_>, subject: Subject) -> Scoping {
    match subject {
        Subject::User(user) => world.entra().scoping_in_force(user),
        Subject::Group(group) => world.entra().group_scoping_in_force(group),
    }
}

/// What an object has at the server.
fn there(subject: Subject) -> &'static str {
    match subject.kind() {
        ObjectKind::User => "account",
        ObjectKind::Group => "group there",
    }
}

/// Whether no account of the user is active.
fn is_inactive(world: AppView<'_>, subject: Subject) -> bool {
    let accounts = subject.user().map(|user| intent::accounts(world, user));
    accounts.is_some_and(|accounts| accounts.iter().all(|account| !account.active))
}

/// What is next for an object whose record of the assignment is broken: no change of it brings it
/// into the scope.
fn with_broken(world: AppView<'_>, subject: Subject, next: &str) -> String {
    let noun = noun(subject);
    let until = format!("the {noun} is not entitled until unassigned and assigned again");
    match looking(world, subject, next) {
        Some(cycle) if world.entra().job().links().get(subject).is_some() => {
            format!("Next: {cycle}, by which {}; {until}.", does(world, subject))
        }
        _ => format!("Next: nothing; {until}."),
    }
}

/// The cycle that looks at an object which waits for no retry: one that reads changes has nothing
/// to do about what has not changed.
fn looked_at(world: AppView<'_>, subject: Subject, next: &str) -> String {
    let (job, noun) = (world.entra().job(), noun(subject));
    let goes_on = job.state() == ScheduleState::Active;
    let way = Way::of(world, subject).filter(|_| goes_on);
    let rest = way.as_ref().map_or(String::new(), |way| format!(" {} looks.", way.words));
    match (job.look_at(subject, world.entra().tenant()), job.cycle().is_some(), goes_on) {
        (Look::Running, _, true) | (Look::Next, false, _) => format!("Next: {next}.{rest}"),
        (Look::Running, _, false) => format!("Next: {next}, and none after it."),
        (Look::OnceChanged, false, _) => match way {
            Some(way) => format!("Next: {}.{rest}", way.first(world, next)),
            None => format!("Next: {next}, if anything about the {noun} changes by then."),
        },
        (Look::Next, true, true) => {
            format!("Next: the cycle after the one that is running.{rest}")
        }
        (Look::OnceChanged, true, true) if way.is_some() => {
            format!("Next: nothing in the cycle that is running.{rest}")
        }
        (Look::OnceChanged, true, true) => format!(
            "Next: nothing in the cycle that is running; a later one follows a change of the {noun}."
        ),
        (Look::Next | Look::OnceChanged, true, false) => {
            "Next: nothing in the cycle that is running, and none comes after it.".to_owned()
        }
    }
}

/// What is on its way to provisioning about a user or a group.
struct Way {
    /// The beginning of a sentence about the cycle that finds it.
    words: String,
    /// When it arrives, where that is known.
    due: Option<Time>,
}

impl Way {
    fn of(world: AppView<'_>, subject: Subject) -> Option<Way> {
        let tenant = world.entra().tenant();
        let arriving = match subject {
            Subject::User(user) => tenant.arriving(world.app(), user),
            Subject::Group(group) => tenant.arriving_group(world.app(), group),
        };
        if let Some(first) = arriving.first() {
            let all: Vec<String> = arriving.iter().map(|it| it.coming()).collect();
            let from = day_and_time(world.start(), first.due);
            let words = format!(
                "On its way to provisioning: {}; the first cycle from {from} on",
                all.join(", ")
            );
            return Some(Way { words, due: Some(first.due) });
        }
        let rule = match subject {
            Subject::User(user) => unevaluated(world, user)?,
            Subject::Group(group) => {
                let of_it = |user| tenant.unevaluated(user).any(|waits| waits == group);
                tenant.users().find(|(user, _)| of_it(*user))?;
                format!(
                    "the directory has not evaluated the rule of {} yet",
                    tenant.group(group).handle()
                )
            }
        };
        let words = format!("T{}; the first cycle after it does", &rule[1..]);
        Some(Way { words, due: None })
    }

    /// The next cycle, if it comes after the arrival; otherwise the first that does.
    fn first(&self, world: AppView<'_>, next: &str) -> String {
        let planned = world.entra().job().next_cycle();
        match (self.due, planned) {
            (Some(due), Some(planned)) if planned < due => {
                format!("the first cycle from {} on", day_and_time(world.start(), due))
            }
            _ => next.to_owned(),
        }
    }
}

/// Why no cycle is due.
fn idle(world: AppView<'_>) -> &'static str {
    let job = world.entra().job();
    match job.state() {
        _ if world.entra().is_job_deleted() => "the job is deleted",
        ScheduleState::Disabled if job.cycles_begun() == 0 => "the job was never started",
        ScheduleState::Disabled => "the job was given up",
        ScheduleState::Paused if status::is_pruned(world) => {
            "the job is paused, because its initial cycle dropped errors"
        }
        ScheduleState::Active if job.quarantine().is_some() => {
            "the job is disabled before another try"
        }
        ScheduleState::Paused | ScheduleState::Active => "the job is stopped",
    }
}
