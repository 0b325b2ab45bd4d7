//! From a scenario file to a verdict: the file as written, the checked script, the play, its
//! expectations, the report.
//!
//! The whole file is read and all its problems are reported at once; the result is a [`Script`] in
//! which every name resolves. A [`Play`] is a world with a script: it implements
//! [`Drive`](crate::world::Drive) as the world does, so any driver can run it.

#[cfg(test)]
mod bug_stories;
pub mod bugs;
mod doubts;
pub mod expect;
pub mod explain;
mod extends;
mod format;
mod graph_names;
mod idle_writes;
mod layout;
pub mod library;
mod load;
pub mod log;
pub mod matrix;
pub mod messages;
mod mock_needs;
mod names;
mod no_groups;
pub mod outlines;
pub mod play;
mod read;
pub mod rehearsal;
pub mod report;
mod roles;
pub mod schema;
pub mod script;
pub mod search;
mod story;
pub mod switched;
mod tagged;
mod unasked;
mod unknown_links;
mod unmet_names;
mod unseen;
mod wrong_values;

pub use load::{load, load_cells, load_with};
pub use matrix::{CHOICE, Cell};
pub use messages::{Diagnostics, Source};
pub use mock_needs::{Created, created_when_rehearsed, needs_of_mock, needs_when_rehearsed};
pub use play::Play;
pub use read::{APP_KEYS, improve_action};
pub use script::Script;
pub use tagged::by_hand as tagged_by_hand;

/// One `--set path=value`: it takes precedence over the file, and a message about it points at the
/// command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Override {
    /// Dotted path, such as `golinks.token.expires`.
    pub path: String,
    /// The value; it is read as TOML, or as a string if it is no TOML.
    pub value: String,
    /// What the command line says in its place, for the replay line; `None` for `--set`. It begins
    /// with a blank, or is empty.
    pub typed: Option<String>,
    /// The bug that it helps to bring about, when the command line names the bug and not the value.
    pub bug: Option<&'static str>,
}

impl Override {
    /// An override as `--set` has it.
    pub fn new(path: impl Into<String>, value: impl Into<String>) -> Override {
        Override { path: path.into(), value: value.into(), typed: None, bug: None }
    }

    /// Reads `path=value`.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub fn parse(text: &str) -> Result<Override, String> {
        match text.split_once('=') {
            Some((path, value)) if !path.trim().is_empty() => {
                Ok(Override::new(path.trim(), value.trim()))
            }
            _ => {
                // What follows the path of a secret is not repeated.
                let is_path = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
                let path = text.split(|c| !is_path(c)).next().unwrap_or_default();
                let shown =
                    match path.split('.').any(crate::world::may_be_secret_key) && path != text {
                        true => format!("{path}…"),
                        false => text.to_owned(),
                    };
                Err(format!(
                    "`{shown}` is not of the form path=value, such as golinks.token.expires=30d"
                ))
            }
        }
    }
}
