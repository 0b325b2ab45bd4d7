//! `show`: prints the file of a scenario that comes with the program.

use crate::app::cli::ShowArgs;
use crate::app::exit::{CommandError, Exit};
use crate::app::terminal;
use crate::scenario::bugs::{self, Bug, Means};
use crate::scenario::library;

/// Whether a setting brings the bug about, so that a scenario can be written without a story.
fn switches(bug: &Bug) -> bool {
    !matches!(bug.means, Means::Action | Means::Engine | Means::Not)
}

/// Prints the file unchanged, so that it can be saved and edited.
pub fn run(args: &ShowArgs) -> Result<Exit, CommandError> {
    let entry = library::find(&args.name).map_err(|why| {
        let help = match bugs::find(&args.name) {
            Some(bug) if switches(bug) => {
                format!("`scimulator new --bug {}` writes a scenario with its switch", bug.number)
            }
            _ => "a name, a story such as S18, or a bug such as B65".to_owned(),
        };
        CommandError::bad(why).help(help)
    })?;
    terminal::print(entry.text);
    also_told(&args.name, &entry.name);
    Ok(Exit::Met)
}

/// Says which other scenarios tell the story or the bug of this number.
pub fn also_told(number: &str, taken: &str) {
    let found = library::find_all(number).unwrap_or_default();
    let others: Vec<String> = found
        .iter()
        .filter(|entry| entry.name != taken && entry.theme != number)
        .map(|entry| format!("`{}`", entry.name))
        .collect();
    if !others.is_empty() {
        let (verb, others) = (if others.len() == 1 { "tells" } else { "tell" }, others.join(", "));
        terminal::note(&format!("this is `{taken}`; {others} {verb} of {number} too"));
    }
}
