//! JUnit's XML: a suite for each run, a case for each expectation.

use quick_junit::{NonSuccessKind, Property, TestCase, TestCaseStatus, TestSuite};

use super::line::{RunCheck, RunOutcome};
use super::report::{RecordedRun, UNFINISHED};
use crate::scenario::report::{NotRun, plural};

/// The suites of these runs, and one with an error for each scenario that was not run, as XML.
///
/// # Errors
/// When XML cannot hold a text.
pub fn junit<'r>(
    runs: impl Iterator<Item = &'r RecordedRun>,
    not_run: &[NotRun],
) -> Result<String, String> {
    let mut report = quick_junit::Report::new("scimulator");
    report.add_test_suites(runs.map(suite));
    report.add_test_suites(not_run.iter().map(|NotRun { name, why }| {
        let mut suite = TestSuite::new(name.as_str());
        suite.add_test_case(error(name, "the scenario can be run", why));
        suite
    }));
    junit_xml(&report)
}

/// A report as XML that passes the schema of Jenkins' xUnit plugin, junit-10.xsd.
///
/// # Errors
/// When XML cannot hold a text.
pub fn junit_xml(report: &quick_junit::Report) -> Result<String, String> {
    let xml = report.to_string().map_err(|error| error.to_string())?;
    // quick-junit counts what is skipped in the outermost element too, where the schema knows no
    // such attribute, so that the plugin refuses the file.
    let (outermost, rest) = xml.split_once("<testsuites").unwrap_or((&xml, ""));
    let rest = rest.replacen(&format!(" skipped=\"{}\"", report.skipped), "", 1);
    Ok(format!("{outermost}<testsuites{rest}"))
}

fn suite(run: &RecordedRun) -> TestSuite {
    let name = run.name();
    let mut suite = TestSuite::new(name.as_str());
    let head = &run.head;
    let mut properties = vec![
        ("seed", head.seed.to_string()),
        ("version", head.program.clone()),
        ("title", head.title.clone()),
        ("file", head.file.clone()),
        ("replay", head.replay.clone()),
    ];
    properties.extend(run.end.iter().filter_map(|end| Some(("digest", end.digest.clone()?))));
    for (key, value) in properties {
        suite.add_property(Property::new(key, value));
    }
    match &run.end {
        None => {
            suite.add_test_case(broken(&name, UNFINISHED));
        }
        Some(end) => {
            let excuse = match (end.outcome, &end.known_bad) {
                (RunOutcome::CannotTell, _) => Some(end.verdict.clone()),
                (_, known) => known.as_ref().map(|why| format!("known to fail: {why}")),
            };
            let excuse = excuse.as_deref();
            suite.add_test_cases(end.checks.iter().map(|check| case(check, &name, excuse)));
            if end.outcome == RunOutcome::Surprise {
                let why = format!("all is met, although it is {}", excuse.unwrap_or_default());
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_type("surprise").set_message(why);
                let mut case = TestCase::new("the cell fails, as is known of it", status);
                case.set_classname(name.as_str());
                suite.add_test_case(case);
            }
            if end.outcome == RunOutcome::Cut {
                suite.add_test_case(cut(&name, end.left_out));
            }
            if let Some(why) = &end.broken_off {
                suite.add_test_case(broken(&name, why));
            }
        }
    }
    suite
}

/// A case for a run that did not come to its end.
fn broken(suite: &str, why: &str) -> TestCase {
    error(suite, "the run comes to its end", why)
}

fn error(suite: &str, name: &str, why: &str) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type("run").set_message(why);
    let mut case = TestCase::new(name, status);
    case.set_classname(suite);
    case
}

/// A skipped case for what a run that was cut short did not judge.
fn cut(suite: &str, left_out: usize) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    let what = plural(left_out as u64, "expectation");
    status
        .set_type("cut")
        .set_message(format!("not judged: {what}, left out by an end before the file's (--until)"));
    let mut case = TestCase::new("the run comes to the end of its file", status);
    case.set_classname(suite);
    case
}

/// A failure that is known of a cell, or of which nothing can be told, is skipped, with the reason.
fn case(check: &RunCheck, suite: &str, excuse: Option<&str>) -> TestCase {
    let status = match (check.met, excuse) {
        (true, _) => TestCaseStatus::success(),
        (false, Some(excuse)) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(excuse);
            status
        }
        (false, None) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type("expectation").set_message(check.actual.as_str());
            status.set_description(check.lines().join("\n"));
            status
        }
    };
    let name = format!("{}: {} ({})", check.step, check.expected, check.place);
    let mut case = TestCase::new(name, status);
    case.set_classname(suite);
    case
}

impl RunCheck {
    /// What a failed expectation says, in lines: expected, actual, why, where, and what shows more.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("expected {}", self.expected), self.actual.clone()];
        lines.extend(self.why.iter().cloned());
        lines.push(format!("at {}, {}", self.place, self.step));
        lines.extend(self.more.iter().map(|more| format!("more: {more}")));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_skipped_is_counted_where_the_schema_knows_it() {
        let mut suite = TestSuite::new(" skipped=\"1\"");
        suite.add_test_case(TestCase::new("a", TestCaseStatus::skipped()));
        let mut report = quick_junit::Report::new("scimulator");
        report.add_test_suite(suite);
        let xml = junit_xml(&report).expect("it is XML");
        let tag = |name: &str| {
            let (_, rest) = xml.split_once(&format!("<{name} ")).expect("there is such an element");
            rest.split('>').next().unwrap_or_default().to_owned()
        };
        assert!(!tag("testsuites").contains("skipped"), "{xml}");
        assert!(tag("testsuite").contains(" skipped=\"1\""), "{xml}");
        assert!(xml.contains("name=\" skipped=&quot;1&quot;\""), "{xml}");
    }
}
