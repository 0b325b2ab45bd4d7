//! Parses the text of a scenario file into one tree of nodes, each with its place, and applies the
//! overrides of the command line.

mod mistakes;
mod overrides;
mod traps;
mod tree;
mod unclosed;

use crate::base::{Node, Problems, Span};

#[cfg(test)]
use super::Source;

pub use overrides::overlay;
pub use overrides::put;
#[cfg(test)]
pub use tree::parse_value;

/// A value as TOML has it, without a place; `None` when it is none.
pub fn value(text: &str) -> Option<Node> {
    tree::parse_value(text, 0, &mut Problems::default()).ok()
}

/// Reads a source into one table; after a syntax error it reports the first one and returns `None`.
#[cfg(test)]
pub fn read(source: &Source, problems: &mut Problems) -> Option<Node> {
    let mut root = parse(&source.text, 0, problems)?;
    overlay(source, &mut root, problems);
    Some(root)
}

/// Parses the text of a file whose spans begin at `offset`; after a syntax error it reports the
/// first one and returns `None`.
pub fn parse(text: &str, offset: usize, problems: &mut Problems) -> Option<Node> {
    let mut own = Problems::default();
    let parsed = match tree::parse(text, offset, &mut own) {
        Ok(root) => Some(root),
        Err(error) => {
            traps::explain(text, &error, &mut own);
            own.list_mut().iter_mut().for_each(|problem| {
                problem.span = problem.span.map(|it| Span::new(it.start + offset, it.end + offset));
            });
            None
        }
    };
    own.list().iter().for_each(|problem| problems.push(problem.clone()));
    parsed
}

#[cfg(test)]
mod tests;
