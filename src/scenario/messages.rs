//! How problems of a scenario file are shown: the line, a caret, what was expected, the nearest right thing.

use crate::base::{Diagnostic, Severity};

use super::Override;

/// What was read: a file's name and text, and what the command line put over it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Source {
    /// The name shown in messages, as the author typed it.
    pub name: String,
    /// The text of the file.
    pub text: String,
    /// The overrides of the command line, in order.
    pub overrides: Vec<Override>,
}

/// All problems of one source, in the order of their places.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    /// What was read.
    pub source: Source,
    /// What is wrong with it.
    pub list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Whether the scenario cannot run.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }
}

/// Renders all problems as plain text.
pub fn render(diagnostics: &Diagnostics) -> String {
    diagnostics.list.iter().map(|d| format!("{}\n", d.message)).collect()
}
