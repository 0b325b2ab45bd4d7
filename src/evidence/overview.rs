//! The overview of several recorded runs, such as the cells of a matrix: each with its verdict and
//! the way to its own reports.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::line::{RunCheck, RunOutcome};
use super::report::RecordedRun;
use super::summary::{code, plain};
use crate::scenario::report::{NotRun, plural};

/// The characters of a folder's name that stay as they are in a URL.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// A run among several.
pub struct OverviewRow {
    /// The folder of its record, in the common one.
    pub folder: String,
    /// The run.
    pub run: RecordedRun,
    /// The report to open: a file of its folder.
    pub opens: Option<&'static str>,
}

/// The runs that a common folder was made for, so that those of an earlier one are told from
/// folders that have nothing to do with it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct RunList {
    /// A run each, in the order in which they were asked for.
    pub runs: Vec<RunListed>,
}

/// A run of a [`RunList`].
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct RunListed {
    /// The folder of its record, in the common one; empty for one that was not run.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub folder: String,
    /// Its name, its cell, its verdict, and more, once it has ended.
    #[serde(flatten)]
    pub result: serde_json::Map<String, Value>,
}

impl RunList {
    /// The list before anything was run.
    pub fn of(folders: Vec<String>, not_run: &[NotRun]) -> RunList {
        let listed = |folder| RunListed { folder, ..RunListed::default() };
        let runs = folders.into_iter().map(listed);
        RunList { runs: runs.chain(not_run.iter().map(RunListed::not_run)).collect() }
    }

    /// Those that were not run.
    pub fn not_run(&self) -> Vec<NotRun> {
        self.runs.iter().filter_map(RunListed::why_not).collect()
    }
}

/// The outcome of a scenario that was not run.
const NOT_RUN: &str = "not_run";

impl RunListed {
    fn not_run(not_run: &NotRun) -> RunListed {
        let NotRun { name, why } = not_run;
        let result = json!({
            "scenario": name,
            "green": false,
            "outcome": NOT_RUN,
            "verdict": format!("NOT RUN  {why}"),
            "why": why,
        });
        RunListed { folder: String::new(), result: object(result) }
    }

    fn why_not(&self) -> Option<NotRun> {
        let text = |key| self.result.get(key).and_then(Value::as_str);
        let is_not_run = text("outcome") == Some(NOT_RUN);
        is_not_run
            .then_some(NotRun { name: text("scenario")?.to_owned(), why: text("why")?.to_owned() })
    }
}

fn object(value: Value) -> serde_json::Map<String, Value> {
    if let Value::Object(object) = value { object } else { serde_json::Map::new() }
}

impl OverviewRow {
    /// The path from the common folder to the report, as a URL; the folder without one.
    pub fn link(&self) -> String {
        let folder = utf8_percent_encode(&self.folder, PLAIN);
        format!("{folder}/{}", self.opens.unwrap_or_default())
    }

    /// What came of it, in a symbol and a word, and its tone on a page.
    pub fn mark(&self) -> (&'static str, &'static str) {
        match self.run.end.as_ref().map(|end| end.outcome) {
            None => ("! no end", "warn"),
            Some(RunOutcome::Failed) => ("✗ FAILED", "bad"),
            Some(RunOutcome::Surprise) => ("✗ SURPRISE", "bad"),
            Some(RunOutcome::CannotTell) => ("? unclear", "warn"),
            Some(RunOutcome::Unfinished) => ("! stopped", "warn"),
            Some(RunOutcome::Cut) => ("… cut", "warn"),
            Some(_) if !self.run.green() => ("! stopped", "warn"),
            Some(RunOutcome::KnownBad) => ("! known to be bad", "warn"),
            Some(RunOutcome::Green) => ("✓ green", "good"),
        }
    }

    /// How many expectations were met.
    pub fn met(&self) -> String {
        match &self.run.end {
            Some(end) => format!("{} of {}", end.met, end.met + end.failed),
            None => String::new(),
        }
    }

    /// What there is to know of it: why it is known to be bad, or what failed first.
    pub fn says(&self) -> String {
        let Some(end) = &self.run.end else { return self.run.verdict().to_owned() };
        if let Some(why) = &end.broken_off {
            return why.clone();
        }
        let failed = || end.checks.iter().find(|check| !check.met).map(RunCheck::in_a_line);
        match (&end.known_bad, end.outcome) {
            (_, RunOutcome::CannotTell) => end.verdict.clone(),
            (Some(why), RunOutcome::Surprise) => format!("all is met, although it is known: {why}"),
            (Some(why), _) => why.clone(),
            (None, _) => failed().unwrap_or_default(),
        }
    }

    fn result(&self) -> RunListed {
        let end = self.run.end.as_ref();
        let result = json!({
            "scenario": self.run.head.scenario,
            "cell": self.run.head.cell,
            "green": self.run.green(),
            "outcome": end.map(|end| end.outcome),
            "knownBad": end.and_then(|end| end.known_bad.as_ref()),
            "verdict": self.run.verdict(),
            "met": end.map(|end| end.met),
            "failed": end.map(|end| end.failed),
            "digest": end.and_then(|end| end.digest.as_ref()),
            "replay": self.run.head.replay,
        });
        RunListed { folder: self.folder.clone(), result: object(result) }
    }
}

impl RunCheck {
    fn in_a_line(&self) -> String {
        format!("{}: {}: {}", self.step, self.expected, self.actual)
    }
}

/// What is true of all runs: their title if they are cells of one scenario, and the verdict in a
/// line.
pub fn heading(rows: &[OverviewRow], not_run: &[NotRun]) -> (String, String, bool) {
    let names: Vec<&str> = rows.iter().map(|row| row.run.head.scenario.as_str()).collect();
    let of_one = names.windows(2).all(|pair| pair[0] == pair[1]);
    let title = match rows.first() {
        Some(row) if of_one && not_run.is_empty() => {
            format!("{}: {}", names[0], row.run.head.title)
        }
        _ => plural((rows.len() + not_run.len()) as u64, "run"),
    };
    let count = |is: &dyn Fn(&OverviewRow) -> bool| rows.iter().filter(|row| is(row)).count();
    let red = count(&|row| row.mark().1 == "bad");
    let stopped = count(&|row| row.mark().1 != "bad" && !row.run.green());
    let all = plural((rows.len() + not_run.len()) as u64, "run");
    let verdict = match (red, not_run.len(), stopped) {
        (0, 0, 0) => format!("GREEN  {all}, as the scenario of each says"),
        (0, 0, _) => format!("UNFINISHED  {stopped} of {all} not judged to the end"),
        (0, none, _) => format!("FAILED  {none} of {all} not run"),
        (_, 0, _) => format!("FAILED  {red} of {all} not as the scenario says"),
        (_, none, _) => format!("FAILED  {red} of {all} not as the scenario says, {none} not run"),
    };
    (title, verdict, red + stopped + not_run.len() == 0)
}

/// The list of runs with their results, for programs.
pub fn run_list(rows: &[OverviewRow], not_run: &[NotRun]) -> RunList {
    let runs = rows.iter().map(OverviewRow::result);
    RunList { runs: runs.chain(not_run.iter().map(RunListed::not_run)).collect() }
}

/// The overview as Markdown.
pub fn overview(rows: &[OverviewRow], not_run: &[NotRun]) -> String {
    let (title, verdict, _) = heading(rows, not_run);
    let mut out = format!("# {}\n\n**{}**\n\n", plain(&title), plain(&verdict));
    out += "| | run | cell | met | |\n| --- | --- | --- | --- | --- |\n";
    for row in rows {
        let cell = row.run.head.cell.as_deref().map(|cell| format!("`{}`", code(cell)));
        out += &format!(
            "| {} | [{}]({}) | {} | {} | {} |\n",
            row.mark().0,
            plain(&row.folder),
            row.link(),
            cell.unwrap_or_default().replace('|', "\\|"),
            row.met(),
            plain(&row.says()),
        );
    }
    for NotRun { name, why } in not_run {
        out += &format!("| {} | {} | | | {} |\n", NOT_RUN_MARK.0, plain(name), plain(why));
    }
    out
}

/// How a scenario that was not run is marked, and its tone on a page.
pub const NOT_RUN_MARK: (&str, &str) = ("✗ NOT RUN", "bad");

#[cfg(test)]
mod tests {
    use super::super::line::{EndKind, HeadKind, RunEnd, RunHead};
    use super::*;

    fn row(nth: usize, outcome: Option<RunOutcome>) -> OverviewRow {
        let head = RunHead {
            kind: HeadKind::Head,
            version: 1,
            program: "scimulator".into(),
            scenario: "members".into(),
            cell: Some(format!("entra.dialect = \"{nth}\"")),
            file: "members.toml".into(),
            title: "Removing | one".into(),
            covers: Vec::new(),
            seed: 7,
            start: String::new(),
            ends: String::new(),
            replay: "scimulator run members".into(),
            by_hand: None,
            note: None,
            bugs: Vec::new(),
            switched_on: Vec::new(),
            foreign: false,
            target: None,
            files: Vec::new(),
        };
        let end = |outcome| RunEnd {
            kind: EndKind::End,
            seq: 1,
            us: 1,
            met: 2,
            failed: 1,
            kept: 0,
            left_out: 0,
            outcome,
            known_bad: (outcome == RunOutcome::KnownBad).then(|| "B27".to_owned()),
            needs: Vec::new(),
            digest: None,
            verdict: "FAILED".into(),
            broken_off: None,
            switched_later: Vec::new(),
            checks: Vec::new(),
            story: Vec::new(),
            totals: Vec::new(),
            panels: None,
        };
        let run = RecordedRun { head, end: outcome.map(end) };
        OverviewRow { folder: format!("mem bers-{nth}"), run, opens: Some("index.html") }
    }

    #[test]
    fn each_run_has_its_verdict_and_its_link() {
        let rows = [
            row(1, Some(RunOutcome::Green)),
            row(2, Some(RunOutcome::KnownBad)),
            row(3, Some(RunOutcome::Failed)),
            row(4, None),
        ];
        let text = overview(&rows, &[]);
        for part in [
            "# members: Removing \\| one",
            "**FAILED  1 of 4 runs not as the scenario says**",
            "| ✓ green | [mem bers-1](mem%20bers-1/index.html) | `entra.dialect = \"1\"` | 2 of 3 |",
            "| ! known to be bad | [mem bers-2]",
            "| 2 of 3 | B27 |",
            "| ! no end | [mem bers-4]",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        let list = json!(run_list(&rows, &[]));
        assert_eq!(list["runs"][1]["folder"], "mem bers-2");
        assert_eq!(list["runs"][1]["outcome"], "known_bad");
        assert_eq!(list["runs"][3]["green"], false);
    }

    #[test]
    fn what_was_not_run_is_a_row_and_no_green() {
        let missing = NotRun { name: "no.toml".to_owned(), why: "there is no file".to_owned() };
        let rows = [row(1, Some(RunOutcome::Green))];
        assert_eq!(heading(&rows, &[]).1, "GREEN  1 run, as the scenario of each says");
        let text = overview(&rows, std::slice::from_ref(&missing));
        assert!(text.contains("# 2 runs\n\n**FAILED  1 of 2 runs not run**"), "{text}");
        assert!(text.contains("| ✗ NOT RUN | no.toml | | | there is no file |"), "{text}");
        let list = json!(run_list(&rows, std::slice::from_ref(&missing)));
        assert_eq!(list["runs"][1]["green"], false);
        let read: RunList = serde_json::from_value(list).expect("as it was written");
        assert_eq!(read.not_run(), [missing]);
    }
}
