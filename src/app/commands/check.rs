//! `check`: reads scenario files and tells everything that is wrong with them, for people, programs
//! or GitHub.

use serde_json::json;

use super::source::{self, FoundScenario};
use crate::app::cli::{CheckArgs, CheckFormat};
use crate::app::exit::{CommandError, Exit};
use crate::app::terminal;
use crate::base::{Diagnostic, Severity};
use crate::scenario::{Diagnostics, load, messages};

/// Checks every file; errors end with exit code 2, warnings do not.
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
        let problems = match load(&found.name, &found.text, &[]) {
            Ok(script) => script.warnings,
            Err(problems) => problems,
        };
        if problems.has_errors() {
            worst = worst.max(Exit::Bad);
        }
        match args.format {
            CheckFormat::Text => tell(&found, &problems),
            CheckFormat::Json => objects.extend(problems.list.iter().map(|p| object(&found, p))),
            CheckFormat::Github => {
                problems.list.iter().for_each(|p| terminal::print(&annotation(&found, p)))
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
        terminal::print(&messages::render_coloured(problems));
    }
}

fn object(found: &FoundScenario, problem: &Diagnostic) -> serde_json::Value {
    let place = problem.span.map(|span| place(&found.text, span.start));
    let end = problem.span.map(|span| place_end(&found.text, span.end));
    json!({
        "file": found.name,
        "severity": word(problem.severity),
        "message": problem.message,
        "label": problem.label,
        "help": problem.help,
        "line": place.map(|(line, _)| line),
        "column": place.map(|(_, column)| column),
        "end_line": end.map(|(line, _)| line),
        "end_column": end.map(|(_, column)| column),
    })
}

/// A workflow command of GitHub: `::error file=a.toml,line=3,col=5::message`.
fn annotation(found: &FoundScenario, problem: &Diagnostic) -> String {
    let escape = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| escape(text).replace(':', "%3A").replace(',', "%2C");
    let place = problem.span.map_or(String::new(), |span| {
        let (line, column) = place(&found.text, span.start);
        format!(",line={line},col={column}")
    });
    let help = if problem.help.is_empty() { String::new() } else { format!(" ({})", problem.help) };
    let message = escape(&format!("{}{help}", problem.message));
    format!("::{} file={}{place}::{message}\n", word(problem.severity), property(&found.name))
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// Line and column, both from 1, of a byte; one beyond the text is blamed on the command line's
/// overrides by its name.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}

fn place_end(text: &str, end: usize) -> (usize, usize) {
    place(text, end)
}
