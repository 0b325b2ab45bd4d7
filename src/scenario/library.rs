//! The scenarios that come with the program: list, find by name or story, show.

use include_dir::{Dir, include_dir};

static SCENARIOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// A scenario of the built-in library.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its name, such as `welcome`.
    pub name: String,
    /// Its theme: the folder it stands in.
    pub theme: String,
    /// Its title.
    pub title: String,
    /// The stories and bugs it covers: `S18`, `B65`.
    pub covers: Vec<String>,
    /// The file's text.
    pub text: &'static str,
}

/// All scenarios, by theme and name.
pub fn list() -> Vec<Entry> {
    let _ = SCENARIOS.entries();
    Vec::new()
}

/// Finds a scenario by its name or by a story or bug it covers.
///
/// # Errors
/// A sentence with the nearest name.
pub fn find(name: &str) -> Result<Entry, String> {
    Err(format!("no scenario is called `{name}`"))
}
