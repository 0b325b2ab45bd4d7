//! `show`: prints the file of a scenario that comes with the program.

use crate::app::cli::ShowArgs;
use crate::app::exit::{CommandError, Exit};
use crate::app::terminal;
use crate::scenario::library;

/// Prints the file unchanged, so that it can be saved and edited.
pub fn run(args: &ShowArgs) -> Result<Exit, CommandError> {
    let entry = library::find(&args.name).map_err(|why| {
        CommandError::bad(why).help("a name, a story such as S18, or a bug such as B65")
    })?;
    terminal::print(entry.text);
    Ok(Exit::Met)
}
