//! `log`: plays a scenario and prints its provisioning log, its audit log, its mails or its report
//! of accounts.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use super::asked::{RowFlags, ViewFlags};
use super::played;
use crate::app::changes::Changes;
use crate::app::exit::{CommandError, Exit};
use crate::app::terminal;
use crate::scenario::log::{self, Detail, LogQuery, Sheets};

/// What `log` is told.
#[derive(Args, Debug)]
pub struct LogArgs {
    /// A scenario file, or a name from `scimulator list`
    #[arg(value_name = "FILE OR NAME")]
    pub scenario: String,
    #[command(flatten)]
    /// Which rows.
    pub which: RowFlags,
    #[command(flatten)]
    /// Of which application, when, and how many.
    pub view: ViewFlags,
    /// Print each row's steps (as -v does; -vv: with details and modified properties)
    #[arg(long)]
    pub steps: bool,
    /// Print the audit log instead: what changed the configuration
    #[arg(long, conflicts_with_all = ["user", "status", "action", "csv", "steps"])]
    pub audit: bool,
    /// Print the mails that were sent instead
    #[arg(long, conflicts_with_all = ["audit", "user", "status", "action", "csv", "steps"])]
    pub mails: bool,
    /// Print the last report of the accounts that the application has (`discover_identities`)
    #[arg(long, conflicts_with_all = ["audit", "mails", "user", "status", "action", "steps", "out"])]
    pub discovery: bool,
    /// Print JSON, as Graph lists it
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Print CSV, as the portal exports it: the rows, or all three files with --out
    #[arg(long)]
    pub csv: bool,
    /// Write the three CSV files into this folder
    #[arg(long, value_name = "DIR", requires = "csv")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    /// Flags that change the scenario.
    pub changes: Changes,
}

/// Prints what was asked for.
pub fn run(args: &LogArgs, verbose: u8) -> Result<Exit, CommandError> {
    let play = played::play(&args.scenario, &args.changes, args.view.at)?;
    let view = played::seen_by(&play, args.view.app.as_deref())?;
    if args.audit {
        return print(args, || log::audit(view), || log::audit_json(view, args.view.limit));
    }
    if args.mails {
        return print(args, || log::mails(view), || log::mails_json(view, args.view.limit));
    }
    if args.discovery {
        if args.csv {
            terminal::print(&log::discovery_csv(view));
            return Ok(Exit::Met);
        }
        return print(args, || log::discovery(view), || log::discovery_json(view));
    }
    if let Some(name) = &args.which.user
        && log::find_object(view, name).is_err()
        && let Some(later) = played::not_yet(&play, &args.scenario, name)
    {
        return Err(later);
    }
    let (user, status, action) = (&args.which.user, &args.which.status, &args.which.action);
    let query = LogQuery::read(view, user.as_deref(), status.as_deref(), action.as_deref())
        .map_err(|why| CommandError::bad(why.message).help(why.help))?;
    let query = LogQuery { limit: args.view.limit, ..query };
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
