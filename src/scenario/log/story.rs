//! `explain log`: what happened to one object, row by row and step by step, in sentences.

use super::changes::changes;
use super::query::LogQuery;
use super::struck::{Befell, Struck};
use crate::base::time::show_duration;
use crate::entra::job::log::{
    LogAction, LogEntry, LogFailure, LogStatus, NotWaited, Run, SkipReason,
};
use crate::entra::job::step_details::SOURCE_SYSTEM;
use crate::entra::job::steps::{
    Lookup, ProvisioningStep, StepDetail, StepKind, StepName, StepStatus,
};
use crate::entra::job::{ByCycles, Dropped, NextTry, Subject};
use crate::entra::scope::Scoping;
use crate::entra::tenant::UnseenAssignment;
use crate::scenario::layout::{Line, Tone, day_and_time, plural, wrap};
use crate::world::{AppView, intent};

/// How wide a sentence may be.
const COLUMNS: usize = 96;

/// What the log says about an object, oldest row first.
pub fn story(view: AppView<'_>, subject: Subject) -> Vec<Line> {
    let query = LogQuery { subject: Some(subject), ..LogQuery::default() };
    let mut rows: Vec<&LogEntry> =
        query.rows(view).rev().take(query.limit).map(|row| &**row).collect();
    rows.reverse();
    if rows.is_empty() {
        let none = "The provisioning log has no row about this object: no cycle has looked at it, \
                    or its rows can no longer be read.";
        return wrap(none, COLUMNS).into_iter().map(|text| Line::of(Tone::Plain, text)).collect();
    }
    let struck = Struck::of_object(view, subject);
    let mut lines = Vec::new();
    for (nth, row) in rows.iter().enumerate() {
        lines.extend(told(view, row, rows.get(nth + 1).copied(), &struck.before(row)));
        lines.push(Line::default());
    }
    let all = LogQuery::default().rows(view).count() as u64;
    let lost = if view.entra().job().log().count() > all { " that can still be read" } else { "" };
    lines.push(Line::of(Tone::Faint, plural(rows.len() as u64, "row") + lost));
    lines
}

/// One row: when, what, and each step as a numbered sentence.
pub fn entry(view: AppView<'_>, row: &LogEntry) -> Vec<Line> {
    told(view, row, later_of(view, row), &Struck::of_row(view, row).before(row))
}

/// One row, the one about the object that came after it, and what befell the request before it.
fn told(view: AppView<'_>, row: &LogEntry, later: Option<&LogEntry>, befell: &Befell) -> Vec<Line> {
    let at = day_and_time(view.start(), row.at);
    let tone = match row.status {
        LogStatus::Failure(_) => Tone::Bad,
        _ => Tone::Strong,
    };
    let mut head = Line::of(Tone::Strong, format!("{at}, {}: ", row.run.words()));
    head.add(tone, format!("{}, {}", row.action.word(), row.status.word()));
    let mut lines = vec![head];
    let steps = row.steps();
    for (nth, step) in steps.iter().enumerate() {
        let text = format!("{}. {}", nth + 1, sentence(view, row, step, befell.fault.is_some()));
        lines.extend(indented(&text, step.status));
    }
    // A row that ended before it came to a write has no step that tells why.
    if let LogStatus::Failure(failure) = &row.status
        && !steps.iter().any(|step| matches!(step.detail, StepDetail::Outcome))
    {
        let why = failure.detail.trim_end_matches('.');
        let text = format!("It failed there ({}): {why}.", failure.code.word());
        lines.extend(indented(&text, StepStatus::Failure));
    }
    if let LogStatus::Skipped(reason) = &row.status
        && !steps.iter().any(|step| matches!(step.detail, StepDetail::Outcome))
    {
        let text = format!(
            "It was passed over there ({}): {}.",
            reason.word(),
            row.reason_sentence(reason)
        );
        lines.extend(indented(&text, StepStatus::Skipped));
    }
    let at = view.target().called().amid();
    let idle = format!("The answer said success, and nothing changed at {at}.");
    let idle = befell.idle.then_some(idle.as_str());
    for text in befell.fault.as_deref().into_iter().chain(idle) {
        lines.extend(indented(text, StepStatus::Warning));
    }
    if !befell.unseen.is_empty() {
        let made = |it: &UnseenAssignment| {
            format!("{} at {}", it.made(), day_and_time(view.start(), it.made))
        };
        let all: Vec<String> = befell.unseen.iter().map(made).collect();
        let text = format!(
            "Provisioning did not see yet that {} (`assignment_replication_delay`).",
            all.join(", and that ")
        );
        lines.extend(indented(&text, StepStatus::Warning));
    }
    let after = ending(view, row, later);
    lines.extend(after.iter().flat_map(|text| indented(text, StepStatus::Success)));
    lines
}

fn indented(text: &str, status: StepStatus) -> Vec<Line> {
    let tone = match status {
        StepStatus::Failure => Tone::Bad,
        StepStatus::Warning => Tone::Warn,
        StepStatus::Success | StepStatus::Skipped => Tone::Plain,
    };
    let wrapped = wrap(text, COLUMNS - 5).into_iter().enumerate();
    let indent = |nth: usize| if nth == 0 { "  " } else { "     " };
    wrapped.map(|(nth, text)| Line::of(tone, format!("{}{text}", indent(nth)))).collect()
}

/// A step in a sentence; `struck` says whether a fault struck the last request.
fn sentence(view: AppView<'_>, row: &LogEntry, step: &ProvisioningStep, struck: bool) -> String {
    match (&step.detail, step.kind) {
        (StepDetail::Imported, _) => imported(row, step),
        (StepDetail::Scoped(scoping), _) => scoped(scoping),
        (StepDetail::LookedUp(lookup), StepKind::ReferenceResolution) => format!(
            "What it refers to is known at the application: {}.",
            lookup.value.as_deref().unwrap_or_default()
        ),
        (StepDetail::LookedUp(lookup), _) => looked_up(row, step, lookup),
        (StepDetail::Outcome, _) => outcome(view, row, step, struck),
    }
}

/// How the account or the group was looked for.
fn looked_up(row: &LogEntry, step: &ProvisioningStep, lookup: &Lookup) -> String {
    let what = noun(row);
    match (&lookup.attribute, &lookup.value) {
        (Some(attribute), value) => format!(
            "{} with {attribute} = \"{}\": {}.",
            if what == "group" { "Groups" } else { "Accounts" },
            value.as_deref().unwrap_or_default(),
            if lookup.found == 0 { "none".to_owned() } else { lookup.found.to_string() }
        ),
        (None, Some(id)) if step.name == StepName::EntryImportObjectNotFound => {
            format!("Its linked {what} {id} was asked for and not found (404).")
        }
        (None, Some(id)) => format!("Its linked {what} {id} was read."),
        (None, None) => format!("Its {what} is known by the link and was not read."),
    }
}

/// What stands at the application for the object of a row.
fn noun(row: &LogEntry) -> &'static str {
    match row.subject {
        Subject::User(_) => "account",
        Subject::Group(_) => "group",
    }
}

fn imported(row: &LogEntry, step: &ProvisioningStep) -> String {
    let identity = &row.identity;
    let what = match step.name {
        StepName::EntryImportUpdate => "a known object",
        StepName::EntryImportDelete => "an object that is deleted for good",
        _ => "a new object",
    };
    let (name, sign_in) = (identity.display_name(), identity.sign_in_name());
    let name = match (name, sign_in) {
        ("", "") => row.handle.to_string(),
        (name, "") | ("", name) => name.to_owned(),
        (name, sign_in) => format!("{name} ({sign_in})"),
    };
    format!("{SOURCE_SYSTEM} showed it as {what}: {name}.")
}

fn scoped(scoping: &Scoping) -> String {
    match scoping.reasons().as_slice() {
        [] => "It is in scope.".to_owned(),
        reasons => format!("It is not in scope: {}.", reasons.join(", ")),
    }
}

/// What the last step came to.
fn outcome(view: AppView<'_>, row: &LogEntry, step: &ProvisioningStep, struck: bool) -> String {
    match &row.status {
        LogStatus::Success => {
            let own = super::names(view).application;
            let is_mock = view.target().mock().is_some();
            let system = if is_mock { &*own } else { view.target().called().first() };
            success(view, row, system, struck)
        }
        LogStatus::Skipped(reason) | LogStatus::Warning(reason) => {
            let sentence = row.reason_sentence(reason);
            let kept = if is_kept(row, reason) { kept(view, row) } else { String::new() };
            format!("Nothing was sent ({}): {sentence}.{kept}", reason.word())
        }
        LogStatus::Failure(failure) => format!(
            "{} failed ({}): {}.",
            failing(step, noun(row)),
            failure.code.word(),
            failure.detail.trim_end_matches('.')
        ),
    }
}

/// Whether a setting alone kept the account of an object out of scope: what is linked would have
/// been disabled or deleted.
fn is_kept(row: &LogEntry, reason: &SkipReason) -> bool {
    matches!(reason, SkipReason::NotEffectivelyEntitled(_))
        && row.action == LogAction::Other
        && row.target.is_some()
}

/// What left it as it is: the setting, or a mapping that gives `active` no value to send.
fn kept(view: AppView<'_>, row: &LogEntry) -> String {
    let (what, policy) = (noun(row), &view.entra().job().settings().policy);
    let unmapped = row.subject.user().and_then(|user| intent::cannot_disable(view, user));
    if policy.keeps_out_of_scope(row.scoping.active) {
        return format!(
            " Its {what} would be disabled or deleted, but `skip_out_of_scope_deletions` leaves it as it is."
        );
    }
    match unmapped {
        Some(why) => format!(" Its {what} would be disabled, but {why}, so it was left as it is."),
        None => format!(" Its {what} was left as it is."),
    }
}

/// What was asked for and what was answered: only the application knows what it did.
fn success(view: AppView<'_>, row: &LogEntry, system: &str, struck: bool) -> String {
    let what = noun(row);
    let id = row.target.as_deref().unwrap_or("without an id");
    let asked = match row.action {
        LogAction::Create => format!("create the {what}"),
        LogAction::Update => format!("change the {what} {id}"),
        LogAction::Disable => format!("disable the {what} {id}"),
        LogAction::Delete => format!("delete the {what} {id}"),
        LogAction::StagedDelete | LogAction::Other => {
            return format!("The {what} was left as it is.");
        }
    };
    let values = changes(view, row);
    let values = match values.is_empty() {
        true => String::new(),
        false => format!(" ({})", values.join(", ")),
    };
    let status = row.answered.map_or("nothing".to_owned(), |status| status.as_u16().to_string());
    let more = match row.action {
        LogAction::Create => format!(", with the id {id}"),
        _ if row.was_gone() => ": it was gone already".to_owned(),
        _ => String::new(),
    };
    // What a fault has struck may be an answer in the application's place.
    let answered = if struck { ", and the answer was" } else { " and answered" };
    format!("{system} was asked to {asked}{values}{answered} {status}{more}.")
}

fn failing(step: &ProvisioningStep, what: &str) -> String {
    // A user has an account; a group at GoLinks is called a group too.
    let whose = if what == "group" { "the" } else { "its" };
    match step.kind {
        StepKind::Import => "Reading it".to_owned(),
        StepKind::Scoping => "Evaluating its scope".to_owned(),
        StepKind::Matching => format!("Looking for {whose} {what}"),
        StepKind::Processing => "Computing its values".to_owned(),
        StepKind::ReferenceResolution => "Finding what it refers to".to_owned(),
        StepKind::Export => format!("Writing {whose} {what}"),
    }
}

/// What follows a failure, and what to do about it, in the light of the row that came after it.
fn ending(view: AppView<'_>, row: &LogEntry, later: Option<&LogEntry>) -> Vec<String> {
    let LogStatus::Failure(failure) = &row.status else { return Vec::new() };
    let waited = failure.not_waited.map(|why| not_waited(view, why));
    let next = view.entra().next_after(row);
    // What was tried again, became something else or was dropped is no longer waited for.
    let waits = matches!(next, Some(NextTry::At(_) | NextTry::OnceStarted));
    let is_dropped = matches!(next, Some(NextTry::Dropped(_) | NextTry::Restarted));
    let is_over = (later.is_some() || is_dropped) && !waits && failure.remedy.promises_retry();
    let remedy = row.recommended_action(next).filter(|_| !is_over);
    let remedy = remedy.map(|remedy| format!("What to do: {remedy}"));
    let follows = match next {
        Some(NextTry::NotRepeated(by_cycles)) => not_repeated(view, by_cycles),
        _ => format!("{} {}", tries(failure), follows(view, row, next, later)),
    };
    waited.into_iter().chain([follows]).chain(remedy).collect()
}

/// What follows a run on demand that failed and is not held: what cycles do by themselves.
fn not_repeated(view: AppView<'_>, by_cycles: ByCycles) -> String {
    let at = |at| day_and_time(view.start(), at);
    let cycles = match by_cycles {
        ByCycles::Unsaid => "; the retries of cycles are another matter".to_owned(),
        ByCycles::Stopped => ", and the job does not run, so no cycle tries it either".to_owned(),
        ByCycles::Running => "; the cycle under way looks at it".to_owned(),
        ByCycles::At(next) => format!("; the next cycle, at {}, looks at it", at(next)),
        ByCycles::RetryAt(next) => format!(
            "; what failed in a cycle before is tried again in the first cycle from {} on",
            at(next)
        ),
        ByCycles::Staged => {
            "; cycles hold it back, since it is staged, until it is allowed or back in scope"
                .to_owned()
        }
        ByCycles::OnceChanged => {
            "; no cycle looks at it until something about it changes".to_owned()
        }
    };
    format!("A run on demand tries once{cycles}.")
}

/// What follows a run on demand, where its row is a failure.
pub fn after_on_demand(view: AppView<'_>, row: &LogEntry) -> Option<String> {
    let LogStatus::Failure(failure) = &row.status else { return None };
    Some(match view.entra().next_after(row)? {
        NextTry::NotRepeated(by_cycles) => not_repeated(view, by_cycles),
        next => {
            format!("{} {}", tries(failure), follows(view, row, Some(next), later_of(view, row)))
        }
    })
}

/// How often it was tried before.
fn tries(failure: &LogFailure) -> String {
    match failure.retries {
        0 => "This was the first try.".to_owned(),
        1 => "This was the first retry.".to_owned(),
        many => format!("This was retry {many}."),
    }
}

/// Why a request that met 429 was not sent again in the same run.
fn not_waited(view: AppView<'_>, why: NotWaited) -> String {
    let at = |at| day_and_time(view.start(), at);
    match why {
        NotWaited::NoRetryAfter => {
            "The 429 had no Retry-After, so it was not waited out.".to_owned()
        }
        NotWaited::NotHonored => {
            "Retry-After was not waited for: `honor_retry_after` is off.".to_owned()
        }
        NotWaited::OnDemand => "A run on demand does not wait for Retry-After.".to_owned(),
        NotWaited::TooLong { since, until, most } => format!(
            "Throttled since {}, it would have had to wait until {} for Retry-After, and \
             `retry_after_max` ({}) ended that.",
            at(since),
            at(until),
            show_duration(most)
        ),
    }
}

/// What came of the failure of a cycle, or will.
fn follows(
    view: AppView<'_>,
    row: &LogEntry,
    next: Option<NextTry>,
    later: Option<&LogEntry>,
) -> String {
    let at = |at| day_and_time(view.start(), at);
    match next {
        Some(NextTry::At(next)) => format!("It is tried again at {}.", at(next)),
        Some(NextTry::WasAt(next)) => format!("It was to be tried again at {}.", at(next)),
        Some(NextTry::TriedAt(then)) => format!("It was tried again at {}.", at(then)),
        Some(NextTry::TriedOnDemand(then)) => {
            format!("It was tried again on demand at {}.", at(then))
        }
        Some(NextTry::Restarted) => {
            "A restart dropped its retry: an initial cycle looks at everything again.".to_owned()
        }
        Some(NextTry::OnceStarted) => {
            "The job does not run: it is tried again once the job is started.".to_owned()
        }
        Some(NextTry::OnceWasStarted) => {
            "The job did not run then: it was to be tried again once the job was started."
                .to_owned()
        }
        Some(NextTry::JobDeleted) => {
            "Its retry was dropped with the job: a new job looks at everything again.".to_owned()
        }
        Some(NextTry::ApplicationDeleted) => {
            "Its retry was dropped with the application, which was deleted: a job of it that is made \
             after a restore looks at everything again."
                .to_owned()
        }
        Some(NextTry::PassedOver(then, why)) => {
            format!("It was looked at again at {}, and not tried: {why}.", at(then))
        }
        Some(NextTry::Overtaken(then, stands)) => {
            format!("By {} it was {}, {}.", at(then), stands.words(), instead(row, later))
        }
        Some(NextTry::Dropped(why)) => dropped(view, why, later),
        Some(NextTry::GivenUp | NextTry::NotRepeated(_)) | None => match later {
            None => "It was given up: nothing tries it again by itself.".to_owned(),
            Some(later) => format!(
                "It was given up; {} looked at it again at {}.",
                run_of(later),
                at(later.at)
            ),
        },
    }
}

/// The run of a row, as the subject of a sentence.
fn run_of(row: &LogEntry) -> String {
    match row.run {
        Run::Cycle(number) => format!("cycle {number}"),
        Run::OnDemand(_) => "a run on demand".to_owned(),
    }
}

/// What a run did about an object that stood otherwise than at the failure before: a retry of
/// another kind, or nothing.
fn instead(row: &LogEntry, later: Option<&LogEntry>) -> String {
    let Some(later) = later else { return "and something else was due".to_owned() };
    let what = noun(row);
    let (run, verb) = (
        run_of(later),
        match (later.action, &later.status) {
            (_, LogStatus::Skipped(SkipReason::TooManyDeletes)) | (LogAction::StagedDelete, _) => {
                return format!("and {} staged its deletion", run_of(later));
            }
            (_, LogStatus::Skipped(_) | LogStatus::Warning(_)) | (LogAction::Other, _) => {
                return format!("so it was not tried again: {} sent nothing", run_of(later));
            }
            (LogAction::Create, _) => "create",
            (LogAction::Update, _) => "change",
            (LogAction::Disable, _) => "disable",
            (LogAction::Delete, _) => "delete",
        },
    );
    format!("so {run} was to {verb} the {what} instead")
}

/// What is told of a retry that was dropped.
fn dropped(view: AppView<'_>, why: Dropped, later: Option<&LogEntry>) -> String {
    let dropped = format!("Its retry was dropped {}", why.words());
    match (later, why) {
        (Some(later), _) => format!(
            "{dropped}; {} looked at it again at {}.",
            run_of(later),
            day_and_time(view.start(), later.at)
        ),
        (None, Dropped::Pruned | Dropped::ByRestart) => format!(
            "{dropped}: a change of it or a restart that reads everything would try it again."
        ),
        (None, Dropped::NothingDue | Dropped::NotRead) => format!("{dropped}."),
    }
}

/// The row of the log that came next for the object of this one.
fn later_of<'v>(view: AppView<'v>, row: &LogEntry) -> Option<&'v LogEntry> {
    let newer = view.entra().job().log().rows().rev();
    let newer = newer.take_while(|later| later.number > row.number);
    newer.filter(|later| later.subject == row.subject).last().map(|later| &**later)
}
