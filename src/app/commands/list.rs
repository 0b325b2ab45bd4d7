//! `list`: prints the scenarios that come with the program, by theme.

use crate::app::exit::{CommandError, Exit};
use crate::app::terminal::{self, paint};
use crate::scenario::library;
use crate::scenario::report::Tone;

/// Prints each scenario's name, title and covered stories.
pub fn run() -> Result<Exit, CommandError> {
    let entries = library::list();
    let width = entries.iter().map(|entry| entry.name.chars().count()).max().unwrap_or(0);
    let mut theme = "";
    for entry in &entries {
        if entry.theme != theme {
            let space = if theme.is_empty() { "" } else { "\n" };
            terminal::print_styled(&format!("{space}{}\n", paint(Tone::Strong, &entry.theme)));
            theme = &entry.theme;
        }
        let covers = match entry.covers.as_slice() {
            [] => String::new(),
            covers => paint(Tone::Faint, &format!("  [{}]", covers.join(" "))),
        };
        terminal::print_styled(&format!("  {:width$}  {}{covers}\n", entry.name, entry.title));
    }
    terminal::print(
        "\nscimulator serve <name> shows one, run <name> gives its verdict, show <name> prints its file\n",
    );
    Ok(Exit::Met)
}
