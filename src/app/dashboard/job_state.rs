//! The panel of the job: in which state it is, when a quarantine tries again, how near its
//! thresholds are, what the deletion guard holds back, its mails and its credentials.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::drawer::parts::{Piece, Row, Table};
use super::job::{self, Command};
use super::panels::Scene;
use super::words;
use crate::base::time::show_duration;
use crate::entra::admin::ProvisioningMode;
use crate::entra::job::quarantine::Quarantine;
use crate::entra::job::{Job, JobStatus, ScheduleState, Subject, reaches};
use crate::world::AppView;
use crate::world::status;

/// The state of the provisioning job, with what decides about its next one.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct JobState {
    /// The heading: `Quarantine; the schedule is Active`.
    pub says: String,
    /// The states that a job can be in, in the order in which one usually comes to them.
    pub states: Vec<State>,
    /// What happens next, in sentences.
    pub next: Vec<String>,
    /// The commands to offer.
    pub can: Vec<Command>,
    /// With what it signs in, and how the last connection test went.
    pub credentials: Vec<String>,
    /// The quarantine, or when there would be attempts in one, in sentences.
    pub quarantine: Vec<String>,
    /// The attempts of the quarantine; empty without one.
    pub ladder: Vec<Rung>,
    /// How near the thresholds of a quarantine are.
    pub gauges: Vec<Gauge>,
    /// The deletion guard.
    pub guard: Guard,
    /// The mails: how many were sent.
    pub mails_say: String,
    /// The last mails, newest first.
    pub mails: Vec<MailRow>,
}

/// A state that a job can be in.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Its name, as Graph prints it.
    pub name: &'static str,
    /// What it means.
    pub says: &'static str,
    /// How one comes to it.
    pub comes: &'static str,
    /// Whether the job is in it now.
    pub on: bool,
}

/// An attempt of a quarantine, or its end.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Rung {
    /// When: `Day 3 07:12`.
    pub at: String,
    /// What: `attempt 2 was due`.
    pub says: String,
    /// `past`, `next`, `later` or `end`.
    pub place: &'static str,
}

/// A number beside its threshold.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Gauge {
    /// What is counted.
    pub name: &'static str,
    /// The number and the threshold in words: `12 of 5,000`.
    pub says: String,
    /// How much of the threshold is reached, in thousandths; at most 1,000.
    pub share: u64,
    /// Whether the threshold is reached.
    pub reached: bool,
}

/// The guard against accidental deletions.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    /// What it does, in sentences.
    pub says: Vec<String>,
    /// The number of people and groups held back beside the threshold; absent while it is off.
    pub gauge: Option<Gauge>,
    /// What it holds back, as many as are shown.
    pub staged: Table,
}

/// A mail that was sent.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct MailRow {
    /// When: `Day 3 07:12`.
    pub at: String,
    /// The address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub lines: Vec<String>,
}

/// How many staged objects are shown.
const STAGED_SHOWN: usize = 100;

/// How many mails are shown.
const MAILS_SHOWN: usize = 20;

/// How many attempts are shown before now, and how many from now on.
const RUNGS_PAST: usize = 3;
const RUNGS_AHEAD: usize = 4;

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> JobState {
    let view = scene.app();
    let job = view.entra().job();
    let brief = job::view(scene);
    let outbox = job.outbox();
    let application = view.entra().tenant().application_name(view.app());
    let mail = |mail: &crate::entra::job::mail::Mail| MailRow {
        at: words::moment(view.start(), mail.at),
        to: mail.to.clone(),
        subject: mail.subject(application),
        lines: mail.lines(application),
    };
    JobState {
        says: match (&brief.gone, view.entra().gone()) {
            (_, Some(_)) => "Deleted with the application".to_owned(),
            (Some(_), None) if view.entra().is_job_deleted() => "Deleted".to_owned(),
            (Some(_), None) => "There is no job".to_owned(),
            (None, None) => {
                format!("{}; the schedule is {}", job.status().word(), job.state().word())
            }
        },
        states: states(job, brief.gone.is_none()),
        next: match brief.gone {
            Some(gone) => vec![gone],
            None => next(view, brief.cycle),
        },
        can: brief.can,
        credentials: [Some(signs_in(job).to_owned()), brief.test, unsaved(job)]
            .into_iter()
            .flatten()
            .collect(),
        quarantine: quarantine(view),
        ladder: job.quarantine().map_or_else(Vec::new, |quarantine| ladder(view, quarantine)),
        gauges: gauges(job),
        guard: guard(view),
        mails_say: mails_say(job),
        mails: outbox.mails().rev().take(MAILS_SHOWN).map(mail).collect(),
    }
}

/// Each state with its meaning and the way to it, and which one the job is in. `Disabled` is told
/// apart from the quarantine that it ends. The job of an application that is deleted is in none.
fn states(job: &Job, here: bool) -> Vec<State> {
    let status = job.status();
    let given_up = status == JobStatus::Quarantine && job.state() == ScheduleState::Disabled;
    let state = |name, says, comes, on| State { name, says, comes, on: on && here };
    let is = |it: JobStatus| status == it && !given_up;
    vec![
        state(
            JobStatus::NotConfigured.word(),
            "No credentials are filled in.",
            "at first",
            is(JobStatus::NotConfigured),
        ),
        state(
            JobStatus::NotRun.word(),
            "Configured, but no cycle has ended yet.",
            "once credentials are filled in",
            is(JobStatus::NotRun),
        ),
        state(
            JobStatus::Active.word(),
            "A cycle runs at each interval.",
            "once the first cycle has ended",
            is(JobStatus::Active),
        ),
        state(
            JobStatus::Paused.word(),
            "Stopped; what it knows is kept.",
            "by “Stop provisioning”",
            is(JobStatus::Paused),
        ),
        state(
            JobStatus::Quarantine.word(),
            "Cycles run seldom, each an attempt.",
            "when a cycle fails, or a threshold is reached",
            is(JobStatus::Quarantine),
        ),
        state(
            ScheduleState::Disabled.word(),
            "Given up; a start or restart is needed.",
            "when a quarantine has lasted too long",
            given_up,
        ),
    ]
}

/// The last or the running cycle, and when the next one is due.
fn next(view: AppView<'_>, cycle: Option<String>) -> Vec<String> {
    let job = view.entra().job();
    let due = match job.next_cycle() {
        _ if job.cycle().is_some() => None,
        Some(at) => Some(format!("The next cycle is due {}.", words::ahead(view.now(), at))),
        None => Some("No cycle is due; “Start provisioning” begins one.".to_owned()),
    };
    cycle.into_iter().chain(due).collect()
}

fn signs_in(job: &Job) -> &'static str {
    let blank = job.settings().secret.as_ref().is_some_and(String::is_empty);
    match (job.has_credentials(), job.uses_oauth()) {
        (false, _) if job.settings().mode == ProvisioningMode::Unconfigured => {
            "The job has no credentials: a key of them is missing."
        }
        (false, _) => "No credentials are filled in.",
        (true, true) => "The job signs in with access tokens of a token endpoint.",
        (true, false) if blank => {
            "The secret token was left blank: the job signs in with a token that Entra signs."
        }
        (true, false) => "The job signs in with a secret token.",
    }
}

/// What was filled in on the provisioning page and is not saved.
fn unsaved(job: &Job) -> Option<String> {
    let fields: BTreeSet<&str> = job.unsaved().collect();
    let fields: Vec<&str> = fields.into_iter().collect();
    (!fields.is_empty()).then(|| format!("Filled in and not saved: {}.", fields.join(", ")))
}

/// The quarantine in sentences; without one, how one would go.
fn quarantine(view: AppView<'_>) -> Vec<String> {
    let job = view.entra().job();
    let policy = &job.settings().policy;
    let Some(quarantine) = job.quarantine() else {
        return vec![format!(
            "The job is not in quarantine. In one, attempts are due {} and {} after its beginning, \
             then every {}; after {} the job is disabled.",
            show_duration(policy.quarantine_first),
            show_duration(policy.quarantine_second),
            show_duration(policy.quarantine_daily),
            show_duration(policy.quarantine_disable_after),
        )];
    };
    let cause = &quarantine.cause;
    let code = cause.code.map_or(String::new(), |code| format!(", {}", code.word()));
    let began = words::moment(view.start(), quarantine.series_began);
    let failed = match quarantine.series_count {
        0 => "No attempt has failed since.".to_owned(),
        1 => "1 attempt has failed since.".to_owned(),
        many => format!("{} attempts have failed since.", words::count(many)),
    };
    vec![
        format!("In quarantine since {began}."),
        format!("What was seen: {}.", words::cut(cause.text().trim_end_matches('.'), 300)),
        format!("What to do: {}", cause.recommended_action()),
        failed,
        format!("The vendor's words for it: {}{code}.", cause.reason.word()),
    ]
}

/// The attempts around now, and the end. While the job is stopped or given up none is to come.
fn ladder(view: AppView<'_>, quarantine: &Quarantine) -> Vec<Rung> {
    let (job, now) = (view.entra().job(), view.now());
    let at = |at| words::moment(view.start(), at);
    let attempts = quarantine.attempts(&job.settings().policy);
    let attempts: Vec<_> = attempts.take_while(|at| *at < quarantine.disable_at).collect();
    let past = attempts.iter().filter(|at| **at <= now).count();
    let shown = attempts.iter().enumerate().skip(past.saturating_sub(RUNGS_PAST));
    let runs = job.state() == ScheduleState::Active;
    let mut rungs = Vec::new();
    for (nth, due) in shown.take_while(|(nth, _)| runs || *nth < past) {
        let (says, place) = match nth.checked_sub(past) {
            None => (format!("attempt {} was due", nth + 1), "past"),
            Some(0) => (format!("attempt {}, {}", nth + 1, words::ahead(now, *due)), "next"),
            Some(ahead) if ahead < RUNGS_AHEAD => (format!("attempt {}", nth + 1), "later"),
            Some(_) => {
                let more = words::counted((attempts.len() - nth) as u64, "more", "more");
                rungs.push(Rung { at: at(*due), says: format!("and on: {more}"), place: "later" });
                break;
            }
        };
        rungs.push(Rung { at: at(*due), says, place });
    }
    let (when, says) = match job.state() {
        ScheduleState::Active => (at(quarantine.disable_at), "disabled unless an attempt succeeds"),
        ScheduleState::Paused => ("now".to_owned(), "stopped: no attempt until it is started"),
        ScheduleState::Disabled => ("now".to_owned(), "disabled: no attempt until it is started"),
    };
    rungs.push(Rung { at: when, says: says.to_owned(), place: "end" });
    rungs
}

/// The failures beside the thresholds of a quarantine.
fn gauges(job: &Job) -> Vec<Gauge> {
    let (volume, policy) = (job.failure_volume(), &job.settings().policy);
    let total = volume.failures + volume.reference_failures;
    let all = volume.failures + volume.successes;
    let permille = |share: f64| (share * 1_000.0).round() as u64;
    let share = volume.failures as f64 / all.max(1) as f64;
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let judged = total > 0 && total >= policy.quarantine_min_failures;
    vec![
        Gauge {
            reached: judged,
            ..Gauge::of("Failures before any is judged", total, policy.quarantine_min_failures)
        },
        Gauge {
            name: "Share of the objects that fail",
            says: format!(
                "{} of {}, with the limit at {}",
                words::count(volume.failures),
                words::count(all),
                percent(policy.quarantine_ratio)
            ),
            share: permille(share / policy.quarantine_ratio.max(0.001)).min(1_000),
            reached: judged && share > policy.quarantine_ratio,
        },
        Gauge {
            reached: judged && volume.failures > policy.quarantine_max_failures,
            ..Gauge::of(
                "Failures, references left out",
                volume.failures,
                policy.quarantine_max_failures,
            )
        },
        Gauge {
            reached: judged && total > policy.quarantine_max_total,
            ..Gauge::of("Failures of every kind", total, policy.quarantine_max_total)
        },
    ]
}

impl Gauge {
    /// A count beside its threshold, which is not reached.
    fn of(name: &'static str, count: u64, threshold: u64) -> Gauge {
        let share = count.saturating_mul(1_000) / threshold.max(1);
        let says = format!("{} of {}", words::count(count), words::count(threshold));
        Gauge { name, says, share: share.min(1_000), reached: false }
    }
}

/// The deletion guard: its threshold, and what it holds back.
fn guard(view: AppView<'_>) -> Guard {
    let job = view.entra().job();
    let tenant = view.entra().tenant();
    let staged: Vec<Subject> = status::still_staged(view).collect();
    let shown = staged.iter().take(STAGED_SHOWN).map(|subject| {
        let (kind, handle) = match subject {
            Subject::User(user) => ("user", tenant.user(*user).handle()),
            Subject::Group(group) => ("group", tenant.group(*group).handle()),
        };
        let back = status::is_back(view, *subject);
        let says = if back { "back in scope" } else { "about to lose access" };
        let link = Piece::link(&**handle, format!("{kind} {handle}"));
        Row {
            tone: if back { "good" } else { "warn" },
            cells: vec![link, kind.into(), says.into()],
        }
    });
    let staged_rows: Vec<Row> = shown.collect();
    let threshold = job.settings().delete_threshold.in_force();
    let mut says = vec![match threshold {
        None => "The guard is off: deletions are sent without limit.".to_owned(),
        Some(most) => format!(
            "The guard is on: a cycle that would disable or delete {} stages them instead, and the \
             job goes into quarantine.",
            match job.settings().policy.trip_on_equal {
                true => format!("{} or more", words::count(most)),
                false => format!("more than {}", words::count(most)),
            }
        ),
    }];
    if !staged.is_empty() {
        says.push(format!("{}.", status::staged(view).words()));
    }
    if staged.len() > staged_rows.len() {
        let more = (staged.len() - staged_rows.len()) as u64;
        says.push(format!("{} more not shown.", words::count(more)));
    }
    let count = staged.len() as u64;
    let gauge = threshold.map(|threshold| Gauge {
        reached: count > 0 && reaches(count, threshold, &job.settings().policy),
        ..Gauge::of("Staged, beside the threshold", count, threshold)
    });
    Guard {
        says,
        gauge,
        staged: Table { columns: vec!["Who", "Kind", "State"], rows: staged_rows },
    }
}

fn mails_say(job: &Job) -> String {
    let (sent, to) = (job.outbox().count(), job.settings().mail_to());
    let shown = job.outbox().mails().count().min(MAILS_SHOWN) as u64;
    let sent = match sent {
        0 => "No mail was sent.".to_owned(),
        _ if shown < sent => {
            format!("{} sent; the last {shown} shown.", words::counted(sent, "mail", "mails"))
        }
        _ => format!("{} sent.", words::counted(sent, "mail", "mails")),
    };
    match to {
        Some(to) => format!("{sent} They go to {to}."),
        None => format!("{sent} None goes out: no address is set, or its box is not checked."),
    }
}
