//! `log`: plays a scenario and prints its provisioning log, its audit log or its mails.

use std::path::Path;

use serde_json::Value;

use super::played;
use crate::app::cli::LogArgs;
use crate::app::exit::{CommandError, Exit};
use crate::app::terminal;
use crate::scenario::log::{self, Detail, LogQuery, Sheets};

/// Prints what was asked for.
pub fn run(args: &LogArgs, verbose: u8) -> Result<Exit, CommandError> {
    let play = played::play(&args.scenario, &args.changes, args.at)?;
    let view = played::seen_by(&play, args.app.as_deref())?;
    if args.audit {
        return print(args, || log::audit(view), || log::audit_json(view, args.limit));
    }
    if args.mails {
        return print(args, || log::mails(view), || log::mails_json(view, args.limit));
    }
    let (user, status, action) = (&args.user, &args.status, &args.action);
    let query = LogQuery::read(view, user.as_deref(), status.as_deref(), action.as_deref())
        .map_err(|why| CommandError::bad(why.message).help(why.help))?;
    let query = LogQuery { limit: args.limit, ..query };
    if args.csv {
        return csv(&log::sheets(view, &query), args.out.as_deref());
    }
    let detail = match (verbose, args.steps) {
        (0, false) => Detail::Row,
        (0 | 1, _) => Detail::Steps,
        _ => Detail::All,
    };
    print(args, || log::lines(view, &query, detail), || log::json(view, &query))
}

fn print(
    args: &LogArgs,
    lines: impl FnOnce() -> Vec<crate::scenario::report::Line>,
    json: impl FnOnce() -> Value,
) -> Result<Exit, CommandError> {
    match args.json {
        true => terminal::print(&format!("{:#}\n", json())),
        false => terminal::print_lines(&lines()),
    }
    Ok(Exit::Met)
}

/// Writes the three files into a folder, which is made if it is not there, or prints the first.
fn csv(sheets: &Sheets, folder: Option<&Path>) -> Result<Exit, CommandError> {
    let Some(folder) = folder else {
        terminal::print(&sheets.rows);
        return Ok(Exit::Met);
    };
    let cannot = |path: &Path, error: std::io::Error| CommandError {
        exit: Exit::NotStarted,
        ..CommandError::bad(format!("cannot write `{}`: {error}", path.display()))
    };
    std::fs::create_dir_all(folder).map_err(|error| cannot(folder, error))?;
    for (name, text) in sheets.files() {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|error| cannot(&path, error))?;
        terminal::print(&format!("{}\n", path.display()));
    }
    Ok(Exit::Met)
}
