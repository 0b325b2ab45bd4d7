//! The one sentence of truth: how the job stands, and why.

use std::time::Duration;

use super::World;
use super::driver::Drive;
use super::intent::{self, Counts};
use crate::base::time::show_duration;
use crate::entra::error_code::ErrorCode;
use crate::entra::job::quarantine::{Quarantine, Reason};
use crate::entra::job::{Job, ScheduleState, log};
use crate::entra::tenant::Attribute;

/// How a status is coloured; always shown with its words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// All is well.
    Good,
    /// Something is under way, or differs and will be mended.
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
    /// The users who left and can still sign in; `None` when there are none, or when the next
    /// cycle will see to them.
    pub exposed: Option<Exposed>,
    /// What comes next; `None` when nothing will.
    pub next: Option<Next>,
}

/// Users who left and can still sign in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exposed {
    /// The display name of the one who has been exposed for longest.
    pub first: String,
    /// How many there are.
    pub count: usize,
}

/// The next cycle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Next {
    /// Whether it is an attempt to leave a quarantine.
    pub attempt: bool,
    /// How long until it begins.
    pub wait: Duration,
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

    /// What follows from the state: the exposed users and the next cycle, as sentences.
    pub fn consequence(&self) -> Option<String> {
        let exposed = self.exposed.as_ref().map(Exposed::text);
        let next = self.next.map(Next::text);
        let sentences: Vec<String> = exposed.into_iter().chain(next).collect();
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }
}

impl Exposed {
    fn text(&self) -> String {
        let first = &self.first;
        match self.count {
            1 => format!("{first} has left and can still sign in."),
            2 => format!("{first} and 1 more person have left and can still sign in."),
            many => {
                format!("{first} and {} more people have left and can still sign in.", many - 1)
            }
        }
    }
}

impl Next {
    fn text(self) -> String {
        let what = if self.attempt { "try" } else { "cycle" };
        match self.wait {
            Duration::ZERO => format!("Next {what} now."),
            wait => format!("Next {what} in {}.", show_duration(wait)),
        }
    }
}

/// How the world stands.
pub fn status(world: &World) -> Status {
    status_with(world, &intent::counts(world))
}

/// How the world stands, for a caller that has counted: counting looks at every user.
pub fn status_with(world: &World, counts: &Counts) -> Status {
    let job = world.entra().job();
    let (tone, word, why) = match (job.quarantine(), job.state()) {
        (Some(quarantine), ScheduleState::Disabled) => disabled(quarantine),
        (Some(quarantine), _) if job.cycle().is_none() => quarantined(world, quarantine),
        _ if job.cycle().is_some() => running(job),
        (_, ScheduleState::Disabled) => {
            (Tone::Idle, "Not started".to_owned(), people(counts, "are in scope"))
        }
        (_, ScheduleState::Paused) => (Tone::Idle, "Stopped".to_owned(), right(counts)),
        (_, ScheduleState::Active) => settled(world, counts),
    };
    // While cycles run and go well, the next one deactivates those who left.
    let lasting = matches!(tone, Tone::Bad | Tone::Warning | Tone::Idle);
    let exposed = exposed(world).filter(|_| lasting);
    Status { tone, word, why, exposed, next: next(world) }
}

/// Tone, state and reason.
type Head = (Tone, String, String);

fn disabled(quarantine: &Quarantine) -> Head {
    let why = format!("the quarantine lasted four weeks, {}", cause(quarantine));
    (Tone::Bad, "Disabled".to_owned(), why)
}

fn quarantined(world: &World, quarantine: &Quarantine) -> Head {
    let since = show_duration(world.now().since(quarantine.series_began));
    (Tone::Bad, format!("Quarantined for {since}"), cause(quarantine))
}

fn running(job: &Job) -> Head {
    let Some(cycle) = job.cycle() else {
        return (Tone::Busy, "Running".to_owned(), "a cycle".to_owned());
    };
    let (done, all) = cycle.progress();
    let word = format!("Cycle {} is running", cycle.number);
    let why = match job.state() {
        ScheduleState::Active => format!("{done} of {all} looked at"),
        _ => format!(
            "{done} of {all} looked at, and it goes on to its end although provisioning was stopped"
        ),
    };
    (Tone::Busy, word, why)
}

/// Between cycles, with nothing in the way.
fn settled(world: &World, counts: &Counts) -> Head {
    let job = world.entra().job();
    let failing = job.escrows().len();
    let head = |tone, word: &str, why| (tone, word.to_owned(), why);
    if job.cycles_begun() == 0 {
        return head(Tone::Busy, "Starting", people(counts, "are in scope"));
    }
    if failing > 0 {
        let code = job
            .log()
            .rows()
            .rev()
            .take(1_000)
            .find(|row| matches!(row.status, log::LogStatus::Failure(_)));
        let last =
            code.map(|row| format!(", the last with {}", row.status.code())).unwrap_or_default();
        let why = format!(
            "{} and {} tried again{last}",
            fail(failing),
            if failing == 1 { "is" } else { "are" }
        );
        return head(Tone::Warning, "Failures", why);
    }
    match counts.wrong {
        0 => head(Tone::Good, "Healthy", right(counts)),
        wrong if is_coming(world) => {
            head(Tone::Busy, "Pending", format!("{} not right at GoLinks yet", are(wrong)))
        }
        wrong => {
            let why =
                format!("{} not right at GoLinks, and provisioning sees nothing to do", are(wrong));
            head(Tone::Warning, "Differing", why)
        }
    }
}

/// Whether the directory holds changes that the job has not read, or will let through soon.
fn is_coming(world: &World) -> bool {
    let (tenant, job) = (world.entra().tenant(), world.entra().job());
    let soon = world.now() + job.settings().policy.assignment_replication_delay;
    job.watermark().is_none_or(|watermark| watermark < tenant.version())
        || tenant.next_due().is_some_and(|due| due <= soon)
}

/// What comes next; `None` when nothing will.
fn next(world: &World) -> Option<Next> {
    let job = world.entra().job();
    let due = job.next_cycle().filter(|_| job.state() == ScheduleState::Active)?;
    Some(Next { attempt: job.quarantine().is_some(), wait: due.since(world.now()) })
}

/// The users who left and can still sign in, which is what a job that stands still costs.
fn exposed(world: &World) -> Option<Exposed> {
    let (count, first) = intent::exposed(world);
    let user = world.entra().tenant().user(first?);
    let name = user.get(Attribute::DisplayName).unwrap_or(user.handle());
    Some(Exposed { first: name.trim_end_matches('.').to_owned(), count })
}

fn people(counts: &Counts, what: &str) -> String {
    match counts.in_scope {
        1 => format!("1 person {}", what.replacen("are", "is", 1)),
        count => format!("{count} people {what}"),
    }
}

fn right(counts: &Counts) -> String {
    let verb = if counts.in_scope == 1 { "is" } else { "are" };
    format!("{} of {} in scope {verb} right at GoLinks", counts.right, counts.in_scope)
}

fn are(count: usize) -> String {
    if count == 1 { "1 person is".to_owned() } else { format!("{count} people are") }
}

fn fail(count: usize) -> String {
    if count == 1 { "1 person fails".to_owned() } else { format!("{count} people fail") }
}

/// Why there is a quarantine, in plain words. Nothing in it is a full stop, so that the sentence
/// stays one.
fn cause(quarantine: &Quarantine) -> String {
    if quarantine.cause.reason != Reason::QuarantineException {
        return format!("too many people fail, {}", quarantine.cause.reason.word());
    }
    let cause = &quarantine.cause;
    match (cause.status.map(|status| status.as_u16()), cause.code) {
        (Some(401), _) => "GoLinks rejects the secret (401)".to_owned(),
        (Some(403), _) => "GoLinks grants the secret no rights (403)".to_owned(),
        (Some(404), _) => {
            "GoLinks knows no such address (404), is the tenant URL right?".to_owned()
        }
        (Some(429), _) => "GoLinks asks for patience (429)".to_owned(),
        (Some(status @ 500..), _) => format!("GoLinks is out of order ({status})"),
        (Some(status), _) => format!("GoLinks answers {status}"),
        (None, Some(ErrorCode::ServiceIncompatible)) => {
            format!("GoLinks' answer cannot be used, {}", clause(&cause.detail))
        }
        (None, _) => format!("GoLinks gives no answer, {}", clause(&cause.detail)),
    }
}

/// A text of any origin as part of a sentence: it does not end the sentence.
fn clause(text: &str) -> String {
    text.trim_end_matches('.').replace(". ", ", ")
}
