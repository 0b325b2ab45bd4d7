//! `check`: reads scenario files and prints every problem in them, for people, programs or GitHub.

use serde_json::json;

use super::source::{self, FoundScenario};
use crate::app::annotations::Annotation;
use crate::app::cli::{CheckArgs, CheckFormat};
use crate::app::exit::{CommandError, Exit};
use crate::app::terminal;
use crate::base::{Diagnostic, Severity};
use crate::evidence::Secrets;
use crate::scenario::Diagnostics;
use crate::scenario::messages::SourcePlace;

/// Checks every file. An error in one makes the exit code 2; warnings do not.
pub fn run(args: &CheckArgs) -> Result<Exit, CommandError> {
    let mut worst = Exit::Met;
    let mut objects = Vec::new();
    for typed in &args.scenarios {
        let found = match source::find(typed) {
            Ok(found) => found,
            Err(failure) => {
                terminal::complain(&format!("{:#}", failure.error));
                terminal::advise(&failure.help);
                worst = worst.max(failure.exit);
                continue;
            }
        };
        let problems = match source::load(&found, &[]) {
            Ok(script) => script.warnings,
            Err(problems) => problems,
        };
        if problems.has_errors() {
            worst = worst.max(Exit::Bad);
        }
        terminal::hide(Secrets::of_source(&problems.source));
        match args.format {
            CheckFormat::Text => tell(&found, &problems),
            CheckFormat::Json => objects.extend(problems.list.iter().map(|p| object(&problems, p))),
            CheckFormat::Github => {
                for problem in &problems.list {
                    terminal::print(&annotation(&problems, problem).to_line());
                }
            }
        }
    }
    if args.format == CheckFormat::Json {
        terminal::print(&format!("{:#}\n", serde_json::Value::Array(objects)));
    }
    Ok(worst)
}

fn tell(found: &FoundScenario, problems: &Diagnostics) {
    if problems.list.is_empty() {
        terminal::print(&format!("{}: no problems\n", found.name));
    } else {
        terminal::print_styled(&terminal::rendered(problems));
    }
}

/// The name of the file in which a problem is: the scenario, or one that it extends.
fn file<'a>(problems: &'a Diagnostics, problem: &Diagnostic) -> &'a str {
    problems.source.file_of(problems.source.place(problem.span))
}

fn object(problems: &Diagnostics, problem: &Diagnostic) -> serde_json::Value {
    let place = places(problems, problem);
    json!({
        "file": file(problems, problem),
        "severity": word(problem.severity),
        "message": problem.message,
        "label": problem.label,
        "help": problem.help,
        "line": place.map(|[(line, _), _]| line),
        "column": place.map(|[(_, column), _]| column),
        "end_line": place.map(|[_, (line, _)]| line),
        "end_column": place.map(|[_, (_, column)]| column),
    })
}

/// A problem as an annotation at its place.
fn annotation(problems: &Diagnostics, problem: &Diagnostic) -> Annotation {
    let help = if problem.help.is_empty() { String::new() } else { format!(" ({})", problem.help) };
    Annotation {
        error: problem.severity == Severity::Error,
        file: Some(file(problems, problem).to_owned()),
        place: places(problems, problem).map(|[(line, column), _]| (line, Some(column))),
        title: String::new(),
        message: format!("{}{help}", problem.message),
    }
}

/// Where a problem begins and ends in the file, as (line, column) counted from 1; `None` when it
/// has no place there.
fn places(problems: &Diagnostics, problem: &Diagnostic) -> Option<[(usize, usize); 2]> {
    match problems.source.place(problem.span) {
        SourcePlace::File { line, column, end_line, end_column, .. } => {
            Some([(line, column), (end_line, end_column)])
        }
        SourcePlace::CommandLine(_) | SourcePlace::Whole => None,
    }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
