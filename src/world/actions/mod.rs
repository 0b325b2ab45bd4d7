//! What can be done to a world: one file a verb, and the table of them.

use std::fmt;

use crate::base::{Node, Problems};

/// A step of a script, a button, a call of the control API.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum Action {
    /// Starts the provisioning job.
    Start,
}

/// Why an action could not be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ActionError {
    /// What is wrong, in one line.
    pub message: String,
    /// What to do about it; empty when there is nothing to add.
    pub help: String,
}

/// How a verb is written, read and explained.
pub struct Verb {
    /// The word in scenario files.
    pub name: &'static str,
    /// What it does, for `explain`.
    pub doc: &'static str,
    /// An example in TOML, as it stands after `do =`.
    pub example: &'static str,
    /// Reads its argument; a bare word has the argument `true`.
    pub read: fn(&Node, &mut Problems) -> Option<Action>,
}

/// A name of a user, a group or an account that an action needs, so that a checker can look it up beforehand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Name<'a> {
    /// A user who must exist.
    User(&'a str),
    /// A group that must exist.
    Group(&'a str),
    /// An account, by the handle of the user it belongs to or by its userName.
    Account(&'a str),
    /// A user this action creates.
    NewUser(&'a str),
}

/// Every verb, in the order `explain` prints them.
pub const VERBS: &[Verb] = &[];

impl Action {
    /// Reads one action: a word, or a table with one key.
    pub fn read(node: &Node, problems: &mut Problems) -> Option<Action> {
        let _ = (node, problems);
        Some(Action::Start)
    }

    /// The action as it is written in a scenario file, after `do =`.
    pub fn to_toml(&self) -> String {
        String::new()
    }

    /// The names this action needs.
    pub fn names(&self) -> Vec<Name<'_>> {
        Vec::new()
    }
}

impl fmt::Display for ActionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !self.help.is_empty() {
            write!(f, " ({})", self.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for ActionError {}

impl Action {
    pub(super) fn apply(self, _world: &mut super::World) -> Result<(), ActionError> {
        Ok(())
    }
}
