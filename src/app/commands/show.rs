//! `show`: prints a scenario that comes with the program.

use crate::app::cli::ShowArgs;
use crate::app::exit::{Exit, Failure};
use crate::app::terminal;
use crate::scenario::library;

/// Prints its file as it is, so that it can be saved and changed.
pub fn run(args: &ShowArgs) -> Result<Exit, Failure> {
    let entry = library::find(&args.name).map_err(Failure::bad)?;
    terminal::say(entry.text);
    Ok(Exit::Met)
}
