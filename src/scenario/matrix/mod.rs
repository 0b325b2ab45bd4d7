//! `[matrix]`: several values for some settings of a scenario. Each combination is a cell, and a
//! run of its own.
//!
//! A cell is the scenario with one value of each axis put in, as `--set` would; a combination that
//! is known to fail is named by `[[matrix.known_bad]]`, so that surprises stand out.

mod read;

use crate::base::{Node, Problems, Span};

use super::{Source, format};

pub use read::read;

/// The largest number of cells.
pub const MOST: usize = 10_000;

/// The path of the override by which the command line chooses cells: `--cell`.
pub const CHOICE: &str = "cell";

/// One combination of a matrix, by which a run is named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// Its number, counted from 1; the last axis changes fastest.
    pub nth: usize,
    /// How many cells the matrix has.
    pub of: usize,
    /// Each axis with its value, as TOML has them.
    pub values: Vec<(String, String)>,
    /// Why it is expected to fail: the `because` of the first `[[matrix.known_bad]]` that it meets.
    pub known_bad: Option<String>,
}

impl Cell {
    /// `entra.dialect = "classic", golinks.quirks.hide_inactive = true`.
    pub fn name(&self) -> String {
        let value = |(path, value): &(String, String)| format!("{path} = {value}");
        self.values.iter().map(value).collect::<Vec<_>>().join(", ")
    }
}

/// A matrix as it was read.
#[derive(Debug)]
pub struct Matrix {
    axes: Vec<Axis>,
    known_bad: Vec<KnownBad>,
}

/// A setting with its values.
#[derive(Debug)]
struct Axis {
    /// The path of the setting, each key with its place.
    path: Vec<(String, Span)>,
    /// The path with dots.
    name: String,
    values: Vec<Node>,
}

/// Cells that are expected to fail.
#[derive(Debug)]
struct KnownBad {
    /// The axes that it names, each with the value as TOML.
    when: Vec<(usize, String)>,
    because: String,
}

impl Axis {
    /// Its values as TOML has them.
    fn written(&self) -> String {
        self.values.iter().map(Node::to_toml).collect::<Vec<_>>().join(", ")
    }
}

impl Matrix {
    /// The number of cells.
    pub fn count(&self) -> usize {
        self.axes.iter().fold(1, |cells, axis| cells.saturating_mul(axis.values.len()))
    }

    /// Which value each axis has in a cell, counted from 0.
    fn places(&self, nth: usize) -> Vec<usize> {
        let mut rest = nth;
        let mut places: Vec<usize> = Vec::new();
        for axis in self.axes.iter().rev() {
            places.push(rest % axis.values.len());
            rest /= axis.values.len();
        }
        places.reverse();
        places
    }

    /// The cell of a number, counted from 0.
    pub fn cell(&self, nth: usize) -> Cell {
        let places = self.places(nth);
        let named =
            |(axis, place): (&Axis, &usize)| (axis.name.clone(), axis.values[*place].to_toml());
        let values: Vec<(String, String)> = self.axes.iter().zip(&places).map(named).collect();
        let known = self.known_bad.iter().find(|known| known.is_met_by(&values));
        let known_bad = known.map(|known| known.because.clone());
        Cell { nth: nth + 1, of: self.count(), values, known_bad }
    }

    /// Pairs of cells, counted from 0, that differ in one value of one axis, each with the place of
    /// the later value and with the earlier one; only of axes below `entra` and `golinks`.
    pub fn neighbours(&self) -> Vec<(usize, usize, Span, String)> {
        let mut found = Vec::new();
        let mut step = self.count();
        for axis in &self.axes {
            step /= axis.values.len();
            if !["entra", "golinks"].contains(&axis.path[0].0.as_str()) {
                continue;
            }
            for (later, value) in axis.values.iter().enumerate() {
                let before = (0..later).map(|at| (at * step, axis.values[at].to_toml()));
                found.extend(before.map(|(cell, text)| (cell, later * step, value.span, text)));
            }
        }
        found
    }

    /// Puts the values of a cell, counted from 0, into the scenario's table.
    pub fn put_into(&self, root: &mut Node, nth: usize, problems: &mut Problems) {
        for (axis, place) in self.axes.iter().zip(self.places(nth)) {
            format::put(root, &axis.path, axis.values[place].clone(), problems);
        }
    }

    /// The cells to be played, counted from 0: those that the command line chooses, or all.
    ///
    /// # Errors
    /// A sentence that says why none is chosen.
    pub fn chosen(&self, source: &Source) -> Result<Vec<usize>, String> {
        let choices: Vec<&str> = choices(source).collect();
        let all = 0..self.count();
        let chosen: Vec<usize> = all.filter(|nth| self.is_chosen(*nth, &choices)).collect();
        match chosen.is_empty() {
            false => Ok(chosen),
            true => Err(format!(
                "no cell is called {}: there are {}, named by their numbers or by a value of an \
                 axis: {}",
                choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", "),
                self.count(),
                self.axes
                    .iter()
                    .map(|axis| format!("`{}` ({})", axis.name, axis.written()))
                    .collect::<Vec<_>>()
                    .join(", ")
            )),
        }
    }

    /// Whether a cell meets every choice: its number, or `path=value`, of which the last part of
    /// the path is enough.
    fn is_chosen(&self, nth: usize, choices: &[&str]) -> bool {
        let cell = self.cell(nth);
        let meets = |choice: &&str| match choice.split_once('=') {
            None => choice.trim() == cell.nth.to_string(),
            Some((path, value)) => cell.values.iter().any(|(name, has)| {
                let (path, value) = (path.trim(), value.trim());
                let named = name == path || name.ends_with(&format!(".{path}"));
                named && has.trim_matches('"') == value.trim_matches('"')
            }),
        };
        choices.iter().all(meets)
    }
}

impl KnownBad {
    fn is_met_by(&self, values: &[(String, String)]) -> bool {
        self.when.iter().all(|(axis, value)| values.get(*axis).is_some_and(|it| it.1 == *value))
    }
}

/// What the command line says of cells.
pub fn choices(source: &Source) -> impl Iterator<Item = &str> {
    let chosen = source.overrides.iter().filter(|over| over.path == CHOICE);
    chosen.map(|over| over.value.as_str())
}

#[cfg(test)]
mod tests;
