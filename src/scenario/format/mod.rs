//! Parses the text of a scenario file into one tree of nodes, each with its place, and applies the
//! overrides of the command line.

mod overrides;
mod traps;
mod tree;

use crate::base::{Node, Problems};

use super::Source;

use overrides::overlay;
pub use overrides::put;
#[cfg(test)]
pub use tree::parse_value;

/// A value as TOML has it, without a place; `None` when it is none.
pub fn value(text: &str) -> Option<Node> {
    tree::parse_value(text, 0, &mut Problems::default()).ok()
}

/// Reads a source into one table; after a syntax error it reports the first one and returns `None`.
pub fn read(source: &Source, problems: &mut Problems) -> Option<Node> {
    let mut root = match tree::parse(&source.text, problems) {
        Ok(root) => root,
        Err(error) => {
            traps::explain(&source.text, &error, problems);
            return None;
        }
    };
    overlay(source, &mut root, problems);
    Some(root)
}

#[cfg(test)]
mod tests;
