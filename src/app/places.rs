//! Where the program keeps what outlives a run: in the folder of the user's state, as the XDG base
//! directories have it.

use std::path::PathBuf;

/// The folder of the program's state; `None` when the user has no home.
pub fn state() -> Option<PathBuf> {
    let place = |name: &str| std::env::var_os(name).filter(|place| !place.is_empty());
    match place("XDG_STATE_HOME") {
        Some(state) => Some(PathBuf::from(state).join("scimulator")),
        None => place("HOME").map(|home| PathBuf::from(home).join(".local/state/scimulator")),
    }
}

/// A name of a file for a server and what else it is about, in which everything that a file name
/// may not hold is a dash.
pub fn file_name(target: &str, settings: &[String], ending: &str) -> String {
    let whole = [&[target.to_owned()][..], settings].concat().join("+");
    let kept = |c: char| if c.is_ascii_alphanumeric() || ".+=".contains(c) { c } else { '-' };
    let name: String = whole.chars().map(kept).take(150).collect();
    format!("{}.{ending}", name.replace("---", "-"))
}
