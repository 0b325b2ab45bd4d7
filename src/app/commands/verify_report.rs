//! What `verify` prints and writes: the failures with what shows them again, the verdict, JSON and
//! JUnit.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use quick_junit::{NonSuccessKind, Report as JUnit, TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value, json};

use super::left::LeftAt;
use super::verify_again::{self, Again};
use crate::app::annotations::Annotation;
use crate::app::cli::{ReportForm, VerifyArgs};
use crate::app::exit::CommandError;
use crate::evidence::junit_xml;
use crate::scenario::report::{Line, Tone, real};
use crate::verify::abilities::{Ability, Can};
use crate::verify::report::Counts;
use crate::verify::steadiness::ALIVE;
use crate::verify::{Checked, Outcome, Report, Severity, checks};

/// What the failures amount to.
pub struct Verdict {
    /// Known failures, each with the reason that the file of known failures gives.
    pub known: BTreeMap<String, String>,
    /// Checks that are in that file and passed.
    pub surprises: Vec<&'static str>,
    /// Whether a failure that is not known is grave enough.
    pub failed: bool,
}

impl Verdict {
    /// Judges a report: a failure counts from `fail_on` upward, unless it is known.
    pub fn of(report: &Report, known: &BTreeMap<String, String>, fail_on: Severity) -> Verdict {
        let failed = report
            .failures()
            .iter()
            .any(|one| one.severity() >= fail_on && !known.contains_key(one.check.id));
        let passed = report.checked.iter().filter(|one| one.outcome == Outcome::Passed);
        let surprises = passed
            .map(|one| one.check.id)
            .filter(|id| known.get(*id).is_some_and(|reason| always(reason)))
            .collect();
        Verdict { known: known.clone(), surprises, failed }
    }
}

/// Whether a known failure comes every time; the reason of one that does not begins with
/// `sometimes`.
fn always(reason: &str) -> bool {
    !reason.starts_with("sometimes")
}

/// The report for a terminal: failures gravest first, then the verdict as the last line, which
/// stands alone without `again`.
pub fn lines(
    report: &Report,
    (origin, at): (&str, &LeftAt<'_>),
    verdict: &Verdict,
    took: Duration,
    again: Option<&Again>,
) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(again) = again {
        for one in report.failures() {
            lines.push(Line::default());
            let behind = report.behind(one.check.id);
            let known = verdict.known.get(one.check.id);
            lines.extend(failure(one, behind, known));
            lines.extend(shown_again(one, origin, again));
        }
        lines.extend(not_told(report));
        // With one cause for all there is nothing to add.
        if !report.failures().iter().any(|one| one.check.ends_all) {
            lines.extend(abilities(report));
        }
    }
    if !report.beside.is_empty() {
        let text = format!(
            "failed while other checks ran, and passed alone: {}; --jobs 1 runs one after the other",
            report.beside.join(", ")
        );
        lines.push(Line::of(Tone::Warn, text));
    }
    if let Some(why) = &report.ended {
        lines.push(Line::of(Tone::Bad, format!("the checks ended before their time: {why}")));
    }
    for id in &verdict.surprises {
        let text = format!("{id} is listed as a known failure, and passed: take it off the list");
        lines.push(Line::of(Tone::Warn, text));
    }
    lines.extend(at.lines(&report.left_behind, Tone::Warn));
    lines.push(Line::default());
    lines.push(summary(report, verdict, took));
    lines
}

fn failure(one: &Checked, behind: usize, known: Option<&String>) -> Vec<Line> {
    let check = one.check;
    let tone = if one.severity() >= Severity::Fail { Tone::Bad } else { Tone::Warn };
    let mut head = Line::of(tone, format!("✗ {}", check.id));
    head.add(tone, format!("  {}", one.severity().word()));
    head.add(Tone::Faint, format!(" ({})", one.severity().means()));
    if let Some(reason) = known {
        head.add(Tone::Faint, format!("  known: {reason}"));
    }
    let came = one.finding().map_or("", |finding| finding.came.as_str());
    let mut lines = vec![head];
    if behind > 0 {
        let said = match behind {
            1 => "1 other check cannot be judged because of it".to_owned(),
            many => format!("{many} other checks cannot be judged because of it"),
        };
        lines.push(Line::of(tone, format!("  {said}")));
    }
    for (word, text) in [
        ("sent", check.sends),
        ("came", came),
        ("right", one.right()),
        ("says", &check.whose_word()),
        ("Entra", &one.entra_says()),
    ] {
        lines.push(Line::of(Tone::Plain, format!("  {word:<6} {text}")));
    }
    lines
}

/// How a failure is shown again: the script and the name of the check, or the lines themselves.
fn shown_again(one: &Checked, origin: &str, again: &Again) -> Vec<Line> {
    let shown = one.again(origin);
    if shown.is_empty() {
        return Vec::new();
    }
    let script = again.script.as_deref();
    let script = script.map(|path| format!("sh {} {}", verify_again::typed(path), one.check.id));
    let shown = if again.lines { shown } else { Vec::new() };
    let lines = script.into_iter().chain(shown).enumerate();
    let line = |(nth, line): (usize, String)| {
        let word = if nth == 0 { "again" } else { "" };
        Line::of(Tone::Faint, format!("  {word:<6} {line}"))
    };
    lines.map(line).collect()
}

/// An annotation for each failure that is not known; an error when it fails the command.
pub fn annotations(report: &Report, verdict: &Verdict, fail_on: Severity) -> Vec<Annotation> {
    let unknown = |one: &&&Checked| !verdict.known.contains_key(one.check.id);
    let failures = report.failures();
    failures
        .iter()
        .filter(unknown)
        .map(|one| {
            let check = one.check;
            let came = one.finding().map_or("", |finding| finding.came.as_str());
            Annotation {
                error: one.severity() >= fail_on,
                file: None,
                place: None,
                title: format!("{} ({})", check.id, one.severity().word()),
                message: format!("sent {}\ncame {came}\nright {}", check.sends, one.right()),
            }
        })
        .collect()
}

/// What a job can do with the server, in plain words.
fn abilities(report: &Report) -> Vec<Line> {
    let all = report.abilities();
    if all.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::default(), Line::of(Tone::Strong, "what Entra can do with it")];
    for Ability { words, can } in all {
        lines.push(match can {
            Can::Yes => Line::of(Tone::Good, format!("  ✓ {words}")),
            Can::No(checks) => {
                Line::of(Tone::Bad, format!("  ✗ not so: {words} ({})", first_of(&checks, 4)))
            }
            Can::Unclear(why) => Line::of(Tone::Warn, format!("  ? {words}: cannot tell, {why}")),
        });
    }
    lines
}

/// The first few of some checks, and how many more there are.
fn first_of(ids: &[&str], few: usize) -> String {
    match ids.len() {
        all if all <= few + 1 => ids.join(", "),
        all => format!("{} and {} more", ids[..few].join(", "), all - few),
    }
}

/// The checks of which nothing can be said, with the reason.
fn not_told(report: &Report) -> Vec<Line> {
    let mut reasons: BTreeMap<(&str, String), Vec<&str>> = BTreeMap::new();
    let gone = Outcome::why_because_of(ALIVE);
    for one in &report.checked {
        let reason = match &one.outcome {
            Outcome::CannotTell(why) if *why == gone => ("not tried", why.clone()),
            Outcome::CannotTell(why) => ("cannot tell", why.clone()),
            Outcome::Skipped(why) => ("skipped", why.clone()),
            Outcome::Passed | Outcome::Failed(_) => continue,
        };
        reasons.entry(reason).or_default().push(one.check.id);
    }
    let mut lines = Vec::new();
    for ((word, why), ids) in reasons {
        let shown = first_of(&ids, 5);
        lines.push(Line::of(Tone::Faint, format!("{word}: {why}: {shown}")));
    }
    if !lines.is_empty() {
        lines.insert(0, Line::default());
    }
    lines
}

/// The verdict in a line.
pub fn summary(report: &Report, verdict: &Verdict, took: Duration) -> Line {
    let Counts { passed, failed, cannot_tell, skipped } = report.counts();
    let mut graves: Vec<String> = Vec::new();
    for (word, severity) in Severity::WORDS.into_iter().rev() {
        let count = report.failures().iter().filter(|one| one.severity() == severity).count();
        if count > 0 {
            graves.push(format!("{count} {word}"));
        }
    }
    let (tone, mut text) = match (failed, verdict.failed) {
        (0, _) if report.ended.is_some() => (
            Tone::Bad,
            format!(
                "UNFINISHED  ended before its time; {passed} checks passed until then, none failed"
            ),
        ),
        (0, _) => (Tone::Good, format!("GREEN    {passed} checks passed")),
        (_, true) => (
            Tone::Bad,
            format!("FAILED   {failed} failed ({}), {passed} passed", graves.join(", ")),
        ),
        (_, false) if report.ended.is_some() => (
            Tone::Bad,
            format!(
                "UNFINISHED  ended before its time; {passed} passed, {failed} failed ({}) until then",
                graves.join(", ")
            ),
        ),
        (_, false) => {
            let known =
                report.failures().iter().any(|one| verdict.known.contains_key(one.check.id));
            let word = if known { "KNOWN" } else { "GREEN" };
            let graves = graves.join(", ");
            (Tone::Good, format!("{word}    {passed} passed, {failed} failed ({graves})"))
        }
    };
    for (count, word) in [(cannot_tell, "cannot tell"), (skipped, "skipped")] {
        if count > 0 {
            text += &format!(", {count} {word}");
        }
    }
    let mut line = Line::of(tone, text);
    let word = if report.requests == 1 { "request" } else { "requests" };
    line.add(Tone::Plain, format!(" · {} {word} in {}", report.requests, real(took)));
    line
}

/// The table of all checks.
pub fn table() -> Vec<Line> {
    let width = checks::all().map(|check| check.id.len()).max().unwrap_or_default() + 2;
    let row = |check: &crate::verify::Check| {
        let mut line = Line::of(Tone::Strong, format!("{:<width$}", check.id));
        line.add(
            Tone::Plain,
            format!("{:<6} {}; right: {}", check.gravest().word(), check.sends, check.right),
        );
        line.add(Tone::Faint, format!("  ({})", check.sources));
        line
    };
    checks::all().map(row).collect()
}

/// The report as JSON, for programs.
pub fn json(report: &Report, origin: &str, verdict: &Verdict) -> String {
    let Counts { passed, failed, cannot_tell, skipped } = report.counts();
    let checks: Vec<Value> =
        report.checked.iter().map(|one| checked(one, origin, verdict)).collect();
    let whole = json!({
        "failed": verdict.failed,
        "ended": report.ended,
        "failedBesideOthers": report.beside,
        "counts": {"passed": passed, "failed": failed, "cannotTell": cannot_tell, "skipped": skipped},
        "requests": report.requests,
        "leftBehind": report.left_behind.there.iter().map(|one| &one.path).collect::<Vec<_>>(),
        "unknown": report.left_behind.unknown.iter().map(|(_, name)| name).collect::<Vec<_>>(),
        "surprises": verdict.surprises,
        "checks": checks,
    });
    format!("{whole:#}\n")
}

fn checked(one: &Checked, origin: &str, verdict: &Verdict) -> Value {
    let (outcome, reason) = match &one.outcome {
        Outcome::Passed => ("passed", None),
        Outcome::Failed(finding) => ("failed", Some(&finding.came)),
        Outcome::CannotTell(why) => ("cannotTell", Some(why)),
        Outcome::Skipped(why) => ("skipped", Some(why)),
    };
    json!({
        "id": one.check.id,
        "severity": one.severity().word(),
        "outcome": outcome,
        "reason": reason,
        "known": verdict.known.get(one.check.id),
        "sent": one.check.sends,
        "right": one.right(),
        "sources": one.check.sources,
        "entra": one.entra_says(),
        "curl": one.curl(origin),
    })
}

/// Writes the reports that were asked for into `--out`, and returns their paths.
pub fn write_files(
    args: &VerifyArgs,
    report: &Report,
    origin: &str,
    verdict: &Verdict,
    took: Duration,
) -> Result<Vec<PathBuf>, CommandError> {
    let mut written = Vec::new();
    if args.report.is_empty() {
        return Ok(written);
    }
    let dir = &args.out;
    fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    for form in &args.report {
        let (name, text) = match form {
            ReportForm::Junit => ("junit.xml", junit(report, origin, took)?),
            ReportForm::Har => ("http.har", super::verify_har::har(report, origin)),
            ReportForm::Sh => {
                let script = verify_again::script(report, origin);
                let script = script.unwrap_or_else(|| verify_again::nothing(report, origin));
                (verify_again::SCRIPT, script)
            }
            ReportForm::Html => {
                ("report.html", super::verify_html::page(report, origin, verdict, took))
            }
        };
        let path = dir.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        written.push(path);
    }
    Ok(written)
}

/// A suite a topic, a case a check.
fn junit(report: &Report, origin: &str, took: Duration) -> Result<String, CommandError> {
    let mut junit = JUnit::new(format!("scimulator verify {origin}"));
    junit.set_time(took);
    let mut suites: Vec<TestSuite> = Vec::new();
    for one in &report.checked {
        let topic = one.check.topic();
        if suites.last().is_none_or(|suite| suite.name.as_str() != topic) {
            suites.push(TestSuite::new(topic));
        }
        let mut case = TestCase::new(one.check.id, status(one, origin));
        case.set_classname(topic);
        case.set_time(one.exchanges.iter().map(|exchange| exchange.took).sum());
        if let Some(suite) = suites.last_mut() {
            suite.add_test_case(case);
        }
    }
    junit.add_test_suites(suites);
    junit_xml(&junit)
        .map_err(|why| CommandError::bad(format!("JUnit's XML cannot be written: {why}")))
}

fn status(one: &Checked, origin: &str) -> TestCaseStatus {
    match &one.outcome {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::CannotTell(why) | Outcome::Skipped(why) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(why.as_str());
            status
        }
        Outcome::Failed(finding) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(one.severity().word()).set_message(finding.came.as_str());
            status.set_description(format!(
                "sent: {}\nright: {} ({})\nEntra: {}\n{}",
                one.check.sends,
                one.right(),
                one.check.whose_word(),
                one.entra_says(),
                one.curl(origin).unwrap_or_default()
            ));
            status
        }
    }
}
