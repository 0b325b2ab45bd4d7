//! The status sentence: how the job stands, why, how GoLinks is now, and what comes next.
//!
//! A fact of the last attempt is told in the past tense; only the lamp says how GoLinks is now.

mod cause;
mod coming;
mod lamp;
mod objects;
mod staged;

use std::collections::BTreeSet;
use std::time::Duration;

use super::intent::{self, Counts};
use super::{AppView, ServerName};
use crate::base::Time;
use crate::base::printable::grouped;
use crate::base::time::{round_to, show_duration};
use crate::entra::event::CycleKind;
use crate::entra::job::log::{LogEntry, LogStatus};
use crate::entra::job::quarantine::{Quarantine, Reason};
use crate::entra::job::{Cycle, OnDemandResult, ScheduleState, Subject};
use crate::entra::tenant::registry::AppGone;
use crate::entra::tenant::{Attribute, Lifecycle, UserKey};

pub use cause::failed as why_failed;
pub use coming::{Coming, When};
pub use lamp::{Lamp, Light};
pub use objects::Objects;
pub use staged::{Staged, is_back, staged, still_holds, still_staged};

/// The colour of a status, which is always shown with its words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// All is well.
    Good,
    /// A cycle runs, or will begin and correct what differs.
    Busy,
    /// Something needs a look.
    Warning,
    /// Something is wrong.
    Bad,
    /// Nothing runs.
    Idle,
}

impl Tone {
    /// The shape that goes with the colour.
    pub fn symbol(self) -> char {
        match self {
            Tone::Good => '●',
            Tone::Busy => '▶',
            Tone::Warning => '▲',
            Tone::Bad => '⛔',
            Tone::Idle => '■',
        }
    }
}

/// How the job stands, in the parts of the sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Status {
    /// How it is coloured.
    pub tone: Tone,
    /// The state of the job: `Healthy`, `Quarantined for 6 h`.
    pub word: String,
    /// Why, without a full stop: `19 of 19 in scope are right at GoLinks`.
    pub why: String,
    /// How GoLinks is now.
    pub lamp: Lamp,
    /// Whether the reason lies in the past, so that the lamp is told even when GoLinks is up.
    pub is_past: bool,
    /// The users who lost their right to an account and can still use GoLinks; `None` when there
    /// are none, or when the next cycle will end that for all.
    pub exposed: Option<Exposed>,
    /// What comes next; `None` when nothing will.
    pub next: Option<Next>,
}

/// Users who lost their right to an account and can still use GoLinks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exposed {
    /// The display name of the one who has been exposed for longest.
    pub first: String,
    /// How many there are.
    pub count: usize,
    /// How many of them are blocked from sign-in.
    pub blocked: usize,
    /// How many of them are deleted.
    pub deleted: usize,
    /// What they can use.
    pub server: ServerName,
}

/// What comes next, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Next {
    /// What it is.
    pub step: NextStep,
    /// How long until then.
    pub wait: Duration,
}

/// What comes next for a job.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NextStep {
    /// A cycle.
    Cycle,
    /// A cycle that tries to leave a quarantine.
    Try,
    /// The end of a quarantine that lasted too long: no try comes before it.
    Disabled,
}

impl Status {
    /// The sentence, with its symbol: `● Healthy: 19 of 19 in scope are right at GoLinks. Next
    /// cycle in 31 m.`
    pub fn text(&self) -> String {
        let mut text = format!("{} {}: {}.", self.tone.symbol(), self.word, self.why);
        if let Some(consequence) = self.consequence() {
            text.push(' ');
            text.push_str(&consequence);
        }
        text
    }

    /// The sentences after the state: GoLinks now, the exposed users, the next cycle.
    pub fn consequence(&self) -> Option<String> {
        let lamp = (self.is_past || self.lamp.light != Light::Up).then(|| self.lamp.text());
        let exposed = self.exposed.as_ref().map(Exposed::text);
        let sentences: Vec<String> =
            lamp.into_iter().chain(exposed).chain(self.next.map(Next::text)).collect();
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }
}

impl Exposed {
    /// The sentence: `Cleo D'Angelo is blocked in Entra and can still use GoLinks.`
    pub fn text(&self) -> String {
        let how = match (self.blocked, self.deleted, self.count - self.blocked - self.deleted) {
            (0, 0, _) => "out of scope",
            (_, 0, 0) => "blocked in Entra",
            (0, _, 0) => "deleted in Entra",
            (_, _, 0) => "blocked or deleted in Entra",
            (_, 0, _) => "blocked or out of scope",
            (0, _, _) => "deleted or out of scope",
            (_, _, _) => "blocked, deleted or out of scope",
        };
        let (first, server) = (&self.first, self.server.amid());
        match self.count {
            1 => format!("{first} is {how} and can still use {server}."),
            2 => format!("{first} and 1 more person are {how} and can still use {server}."),
            many => {
                format!(
                    "{first} and {} more people are {how} and can still use {server}.",
                    grouped(many as u64 - 1)
                )
            }
        }
    }
}

impl Next {
    fn text(self) -> String {
        let what = match self.step {
            NextStep::Cycle => "cycle",
            NextStep::Try => "try",
            NextStep::Disabled => {
                let wait = countdown(self.wait);
                return format!("The job is disabled in {wait}, before another try.");
            }
        };
        match self.wait {
            Duration::ZERO => format!("Next {what} now."),
            wait => format!("Next {what} in {}.", countdown(wait)),
        }
    }
}

/// How the job stands now.
pub fn status<'w>(world: impl Into<AppView<'w>>) -> Status {
    let world = world.into();
    status_with(world, &intent::counts(world), intent::group_counts(world).wrong)
}

/// [`status`] for a caller that has the counts already, of users and of the groups that are wrong:
/// counting looks at each of them.
pub fn status_with<'w>(
    world: impl Into<AppView<'w>>,
    counts: &Counts,
    wrong_groups: usize,
) -> Status {
    let world = world.into();
    let job = world.entra().job();
    let here = world.entra().gone().is_none();
    let Head { tone, word, why, cured } = match (job.quarantine(), job.state(), job.cycle()) {
        _ if !here => deleted(world),
        (_, _, None) if !world.entra().has_job() => no_job(world),
        (Some(quarantine), ScheduleState::Disabled, None) => disabled(world, quarantine),
        (Some(quarantine), _, None) => quarantined(world, quarantine),
        (Some(quarantine), _, Some(cycle)) => attempt(world, quarantine, cycle),
        (None, _, Some(cycle)) => running(world, cycle),
        (None, ScheduleState::Disabled, None) => {
            head(Tone::Idle, "Not started", people(counts, "are in scope"))
        }
        (None, ScheduleState::Paused, None) if is_pruned(world) => {
            let why = "the initial cycle dropped errors that nothing retries, and the job waits to be started";
            head(Tone::Warning, "Paused", why)
        }
        (None, ScheduleState::Paused, None) => head(Tone::Idle, "Stopped", right(world, counts)),
        (None, ScheduleState::Active, None) => between_cycles(world, counts, wrong_groups),
    };
    // While cycles run and go well, the next one deactivates the leavers. No cycle ends a session
    // or a token that outlives the account.
    let lasting = matches!(tone, Tone::Bad | Tone::Warning | Tone::Idle);
    let exposed = exposed(world, lasting);
    let (mut lamp, is_past) = (lamp::lamp(world), cured.is_some());
    if let (Light::Up, Some(does)) = (lamp.light, cured) {
        lamp.does = does.to_owned();
    }
    Status { tone, word, why, lamp, is_past, exposed, next: next(world) }
}

/// Whether the job paused itself after an initial cycle that dropped errors.
pub fn is_pruned(world: AppView<'_>) -> bool {
    let job = world.entra().job();
    let last = job.ended().next_back();
    job.milestones().escrows_pruned && last.is_some_and(|cycle| cycle.kind == CycleKind::Initial)
}

/// How the sentence begins.
struct Head {
    tone: Tone,
    word: String,
    why: String,
    /// For a reason that lies in the past: what GoLinks does now about it, if it answers.
    cured: Option<&'static str>,
}

fn head(tone: Tone, word: impl Into<String>, why: impl Into<String>) -> Head {
    Head { tone, word: word.into(), why: why.into(), cured: None }
}

/// The same for a reason that lies in the past: a quarantine's cause.
fn past(world: AppView<'_>, quarantine: &Quarantine, head: Head) -> Head {
    let cause = &quarantine.cause;
    // The service itself imposed some.
    let by_service = Reason::OF_SERVICE.iter().any(|(_, reason)| *reason == cause.reason);
    let code = cause.remedy().filter(|_| !by_service);
    Head { cured: cause::cured(world, code, cause.at_token_endpoint), ..head }
}

/// The application is deleted, and its job with it.
fn deleted(world: AppView<'_>) -> Head {
    let name = world.entra().tenant().application_name(world.app());
    let how = world.entra().gone().map_or("is deleted", AppGone::words);
    let accounts = world.target().called().amid();
    let why = format!(
        "the application {name} {how}; nothing is provisioned, and what is at {accounts} stays"
    );
    head(Tone::Idle, "Deleted", why)
}

/// There is no job: it is deleted, or was never made.
fn no_job(world: AppView<'_>) -> Head {
    let accounts = world.target().called().amid();
    let rest = format!("nothing is provisioned, and what is at {accounts} stays");
    match world.entra().is_job_deleted() {
        true => head(Tone::Idle, "Deleted", format!("the provisioning job is deleted; {rest}")),
        false => {
            head(Tone::Idle, "No job", format!("the application has no provisioning job; {rest}"))
        }
    }
}

fn disabled(world: AppView<'_>, quarantine: &Quarantine) -> Head {
    let lasted = quarantine.disable_at.since(quarantine.series_began);
    let lasted = match lasted.as_secs() / 86_400 {
        28 => "four weeks".to_owned(),
        _ => show_duration(lasted),
    };
    let why = format!(
        "the quarantine lasted {lasted}, because {}",
        cause::of_quarantine(quarantine, world.target().called())
    );
    past(world, quarantine, head(Tone::Bad, "Disabled", why))
}

fn quarantined(world: AppView<'_>, quarantine: &Quarantine) -> Head {
    if quarantine.cause.reason == Reason::TooManyDeletes {
        return held_back(world, quarantine);
    }
    let cause = cause::of_quarantine(quarantine, world.target().called());
    let stopped = match world.entra().job().state() {
        ScheduleState::Active => "",
        ScheduleState::Paused | ScheduleState::Disabled => ", and provisioning is stopped",
    };
    // The service itself imposed some, and no try of the job.
    let why = match quarantine.cause.reason {
        Reason::QuarantinedOnDemand | Reason::IngestionInterrupted | Reason::Unknown => cause,
        _ => format!("at the last try {cause}{}", tried_since(world)),
    };
    past(world, quarantine, head(Tone::Bad, quarantine_word(world, quarantine), why + stopped))
}

/// What a run on demand met after the last cycle: it leaves the quarantine as it is.
fn tried_since(world: AppView<'_>) -> String {
    let job = world.entra().job();
    let last = job.ended().next_back().map(|cycle| cycle.ended);
    let Some(run) = job.on_demand().ended().next_back().filter(|run| Some(run.ended) > last) else {
        return String::new();
    };
    let how = match run.result() {
        OnDemandResult::Success => "has succeeded since",
        OnDemandResult::Skipped => "was answered since, and had nothing to write",
        OnDemandResult::Failure => "has failed since",
    };
    format!("; a run on demand of {} {how}", run.handle)
}

/// A quarantine that has nothing to do with how GoLinks answers: it waits for an administrator.
fn held_back(world: AppView<'_>, quarantine: &Quarantine) -> Head {
    let (staged, settings) = (staged(world), world.entra().job().settings());
    let stays = match (staged.going(), settings.delete_threshold.in_force()) {
        (None, _) if staged.is_empty() => {
            cause::of_quarantine(quarantine, world.target().called()) + ", and nothing is left"
        }
        (None, _) => "nothing staged is still out of scope".to_owned(),
        (Some(going), None) => format!("{going}, and the threshold is switched off by now"),
        (Some(going), Some(threshold)) => {
            let counted = match staged.counted == staged.out.all() {
                true => going,
                false => format!("{going}, and the next try counts {}", staged.counted),
            };
            let waits = world.entra().job().keeps_staged();
            match staged::reaches_threshold(world, staged.counted) {
                true if waits => format!(
                    "{counted}, with a threshold of {threshold}, and nothing is sent for them \
                     until the deletions are allowed"
                ),
                false if waits => format!(
                    "{counted}, fewer than the threshold of {threshold}, and nothing is sent for \
                     what is staged until it is allowed all the same"
                ),
                true => format!(
                    "{counted}, with a threshold of {threshold}, and nothing is sent for them \
                     until the deletions are allowed or the threshold is no longer reached"
                ),
                false => format!("{counted}, fewer than the threshold of {threshold}"),
            }
        }
    };
    let parts = [Some(stays), staged.coming_back(), staged.to_come()];
    let why: Vec<String> = parts.into_iter().flatten().collect();
    head(Tone::Bad, quarantine_word(world, quarantine), why.join("; "))
}

/// A cycle that tries to leave the quarantine: the sentence still begins with `Quarantined`, so
/// that the cycle does not look like any other.
fn attempt(world: AppView<'_>, quarantine: &Quarantine, cycle: &Cycle) -> Head {
    let cause = cause::of_quarantine(quarantine, world.target().called());
    let why = format!("cycle {} tries again; before that, {cause}", cycle.number);
    past(world, quarantine, head(Tone::Bad, quarantine_word(world, quarantine), why))
}

fn quarantine_word(world: AppView<'_>, quarantine: &Quarantine) -> String {
    let since = |began| show_duration(world.now().since(began));
    if world.now().since(quarantine.series_began) < Duration::from_secs(1) {
        return "Quarantined just now".to_owned();
    }
    let whole = format!("Quarantined for {}", since(quarantine.series_began));
    match quarantine.cause_began > quarantine.series_began {
        false => whole,
        true => {
            let span = world.now().since(quarantine.cause_began);
            format!("{whole}, {} of it for this reason", show_duration(span))
        }
    }
}

/// A span that is read while the clock runs: from ten minutes on it is told in whole minutes.
pub fn countdown(span: Duration) -> String {
    const MINUTE: Duration = Duration::from_secs(60);
    show_duration(if span < 10 * MINUTE { span } else { round_to(span, MINUTE) })
}

fn running(world: AppView<'_>, cycle: &Cycle) -> Head {
    let job = world.entra().job();
    let (done, all) = cycle.progress();
    let mut why = match all {
        0 => "it has only begun".to_owned(),
        _ => format!("it has read {} of {} from Entra", grouped(done), grouped(all)),
    };
    if let Some(wait) = held(world) {
        let (server, wait) = (world.target().called().amid(), show_duration(wait));
        why += &format!(", and {server} asked for patience (429) for {wait} more");
    }
    if job.state() != ScheduleState::Active {
        why += ", and it goes on to its end although provisioning was stopped";
    }
    head(Tone::Busy, format!("Cycle {} is running", cycle.number), why)
}

/// How long the job still waits because of a 429.
fn held(world: AppView<'_>) -> Option<Duration> {
    let until = world.entra().job().held_until();
    (until > world.now()).then(|| until.since(world.now()))
}

/// Between cycles of a job that is started and not in quarantine.
fn between_cycles(world: AppView<'_>, counts: &Counts, wrong_groups: usize) -> Head {
    let job = world.entra().job();
    if job.cycles_begun() == 0 {
        return head(Tone::Busy, "Starting", people(counts, "are in scope"));
    }
    if !job.escrows().is_empty() {
        return failures(world);
    }
    if let Some(ahead) = lamp::ahead(world) {
        let word = match (ahead.lamp.light, ahead.is_on) {
            (Light::Down, on) if ahead.lamp.refuses => lamp::refused(world, on),
            (Light::Down, true) => "Outage",
            (Light::Down, false) => "Outage ahead",
            (_, true) => "Fault",
            (_, false) => "Fault ahead",
        };
        let (right, server) = (right(world, counts), world.target().called().amid());
        let why = match ahead.is_same {
            true => right,
            false => format!("{right}, and the next cycle finds that {server} {}", ahead.lamp.does),
        };
        return head(Tone::Warning, word, why);
    }
    let wrong = Objects { people: counts.wrong, groups: wrong_groups };
    match (wrong.is_empty(), counts.in_scope) {
        (true, 0) => {
            head(Tone::Warning, "Nobody in scope", "provisioning has no user to look after")
        }
        (true, _) => head(Tone::Good, "Healthy", right(world, counts)),
        (false, _) => not_right(world, wrong),
    }
}

/// Between cycles, with objects that are not right: some wait for a cycle, others stay as they are.
fn not_right(world: AppView<'_>, wrong: Objects) -> Head {
    let server = world.target().called().amid();
    match coming(world, wrong) {
        coming if coming.all() >= wrong.all() => {
            let why = format!("{} not right at {server} yet", wrong.with("is", "are"));
            head(Tone::Busy, "Pending", why)
        }
        coming if !coming.is_empty() => {
            let why = format!(
                "{} not right at {server}; {} for a cycle to come, and about the rest \
                 provisioning sees nothing to do",
                wrong.with("is", "are"),
                coming.of_them("waits", "wait")
            );
            head(Tone::Warning, "Differing", why)
        }
        _ => {
            let idle = match world.counters().changed_nothing {
                0 => String::new(),
                1 => ", which answered 1 write with success and changed nothing".to_owned(),
                n => format!(", which answered {n} writes with success and changed nothing"),
            };
            let why = format!(
                "{} not right at {server}{idle}, and provisioning sees nothing to do",
                wrong.with("is", "are")
            );
            head(Tone::Warning, "Differing", why)
        }
    }
}

fn failures(world: AppView<'_>) -> Head {
    let job = world.entra().job();
    let failed: Objects = job.escrows().subjects().collect();
    let failure_of = |row: &LogEntry| match &row.status {
        LogStatus::Failure(failure) if job.escrows().get(row.subject).is_some() => {
            Some((failure.remedy, row.answered))
        }
        _ => None,
    };
    let last = job.log().rows().rev().take(1_000).find_map(|row| failure_of(row));
    let cured = cause::cured(world, last.map(|(code, _)| code), false);
    let told = |(code, answered)| {
        format!(", the last: {}", cause::of(code, answered, world.target().called()))
    };
    let last = last.map(told).unwrap_or_default();
    let why = failed.with("fails and is", "fail and are");
    Head { cured, ..head(Tone::Warning, "Failures", format!("{why} tried again{last}")) }
}

/// Those of the objects that are wrong which a cycle is to see to: what changed since the last one,
/// and what is on its way to provisioning. The cost follows these, unless all are looked at.
fn coming(world: AppView<'_>, wrong: Objects) -> Objects {
    let (tenant, job) = (world.entra().tenant(), world.entra().job());
    if job.watermark().is_none() {
        return wrong;
    }
    let coming = Coming::of(world);
    let looked_at = job.next_looks_at(tenant, world.now());
    let all: BTreeSet<Subject> = looked_at.chain(coming.arriving().iter().copied()).collect();
    let is_wrong = |subject: &Subject| match *subject {
        Subject::User(user) => !intent::of(world, user).is_empty(),
        Subject::Group(group) => !intent::of_group(world, group).is_empty(),
    };
    let is_coming = |subject: &Subject| coming.when(*subject).is_some() && is_wrong(subject);
    let mut found: Objects = all.into_iter().filter(is_coming).collect();
    // The members of a group are read from a list of their own.
    if job.has_unread_groups(tenant) {
        found.groups = wrong.groups;
    }
    found
}

/// What comes next; `None` when nothing will.
fn next(world: AppView<'_>) -> Option<Next> {
    let job = world.entra().job();
    let (step, at): (NextStep, Time) = match (job.next_cycle(), job.quarantine()) {
        _ if job.state() != ScheduleState::Active || job.cycle().is_some() => return None,
        (Some(due), None) => (NextStep::Cycle, due),
        (Some(due), Some(_)) => (NextStep::Try, due),
        (None, Some(quarantine)) => (NextStep::Disabled, quarantine.disable_at),
        (None, None) => return None,
    };
    Some(Next { step, wait: at.since(world.now()) })
}

/// The exposed users; a job that stands still leaves their accounts active.
/// The users who are exposed: all, or those alone who have another way in than an active account.
fn exposed(world: AppView<'_>, all: bool) -> Option<Exposed> {
    let outlives = |user: &UserKey| {
        intent::way_in(world, *user).is_some_and(|by| by != intent::WayIn::Account)
    };
    let users: Vec<UserKey> = intent::exposed(world).filter(|user| all || outlives(user)).collect();
    let tenant = world.entra().tenant();
    let user = tenant.user(*users.first()?);
    let name = user.get(Attribute::DisplayName).unwrap_or(user.handle());
    let (mut blocked, mut deleted) = (0, 0);
    for user in users.iter().map(|user| tenant.user(*user)).filter(|user| user.has_left()) {
        match user.lifecycle() {
            Lifecycle::Active => blocked += 1,
            Lifecycle::SoftDeleted { .. } | Lifecycle::HardDeleted => deleted += 1,
        }
    }
    let first = name.trim_end_matches('.').to_owned();
    let server = world.target().called();
    Some(Exposed { first, count: users.len(), blocked, deleted, server })
}

fn people(counts: &Counts, what: &str) -> String {
    match counts.in_scope {
        0 => format!("nobody {}", what.replacen("are", "is", 1)),
        1 => format!("1 person {}", what.replacen("are", "is", 1)),
        count => format!("{} people {what}", grouped(count as u64)),
    }
}

fn right(world: AppView<'_>, counts: &Counts) -> String {
    let with = intent::switched_off(world).map(|with| format!(" {with}")).unwrap_or_default();
    match counts.in_scope {
        0 => format!("nobody is in scope{with}"),
        in_scope => {
            format!(
                "{} of {} in scope {} right at {}{with}",
                grouped(counts.right as u64),
                grouped(in_scope as u64),
                counts.are(),
                world.target().called().amid()
            )
        }
    }
}
