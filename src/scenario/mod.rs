//! From a scenario file to a verdict: the file as written, the checked script, the play, its
//! expectations, the report.
//!
//! A file is read whole and all its problems are reported at once; what comes out is a
//! [`Script`] in which every name resolves. A [`Play`] is a world with a script: it has the world's
//! verbs, so any driver can run it.

pub mod bugs;
mod doubts;
pub mod expect;
pub mod explain;
mod format;
mod layout;
pub mod library;
mod load;
pub mod messages;
mod names;
pub mod play;
mod read;
pub mod report;
pub mod script;
mod story;

pub use load::{load, load_with};
pub use messages::{Diagnostics, Source};
pub use play::Play;
pub use script::Script;

/// One `--set path=value`: it wins over the file, and what is wrong with it is blamed on the
/// command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Override {
    /// Dotted path, such as `golinks.token.expires`.
    pub path: String,
    /// The value, read as TOML, else as text.
    pub value: String,
}

impl Override {
    /// Reads `path=value`.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub fn parse(text: &str) -> Result<Override, String> {
        match text.split_once('=') {
            Some((path, value)) if !path.trim().is_empty() => {
                Ok(Override { path: path.trim().to_owned(), value: value.trim().to_owned() })
            }
            _ => Err(format!(
                "`{text}` is not of the form path=value, such as golinks.token.expires=30d"
            )),
        }
    }
}
