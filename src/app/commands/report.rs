//! `report`: makes reports of runs that `run --out` has recorded.

use std::path::PathBuf;

use clap::Args;

use crate::app::exit::{CommandError, Exit};
use crate::app::run_record::RunForm;
use crate::app::{reports, terminal};

/// What `report` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scimulator run leaver --out evidence
  scimulator report evidence                      index.html and summary.md
  scimulator report evidence --report junit,har   for CI and for other tools")]
pub struct ReportArgs {
    /// The folder that `run --out` has written; or one with several of them
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// The forms, separated by commas; they are written into the same folder
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FORM", default_value = "html,md")]
    pub report: Vec<RunForm>,
}

/// Makes the reports and names their files.
pub fn run(args: &ReportArgs) -> Result<Exit, CommandError> {
    for path in reports::write(&args.folder, &args.report)? {
        terminal::print(&format!("{}\n", path.display()));
    }
    Ok(Exit::Met)
}
