//! Turns the text of a scenario file into its checked scripts, one for each cell of its matrix, or
//! into all its problems.

use crate::base::{Diagnostic, Kind, Node, Problems, Span};

use super::matrix::{self, Cell, Matrix};
use super::{
    Diagnostics, Override, Script, Source, doubts, extends, format, graph_names, no_groups, read,
    rehearsal, tagged, unasked, unknown_links, unmet_names, wrong_values,
};

/// Reads a scenario file with the overrides of the command line; `name`, such as its path, is shown
/// in messages. Of a matrix it returns the first cell.
///
/// # Errors
/// All problems of the file, when any of them is an error.
pub fn load(name: &str, text: &str, overrides: &[Override]) -> Result<Script, Diagnostics> {
    load_with(name, text, overrides, &|_| Err("no files are read here".to_owned()))
}

/// Like [`load`], for a scenario that names other files: `read_file` returns the text of a file, or
/// the reason why it cannot be read.
///
/// # Errors
/// All problems of the file, when any of them is an error.
pub fn load_with(
    name: &str,
    text: &str,
    overrides: &[Override],
    read_file: &dyn Fn(&str) -> Result<String, String>,
) -> Result<Script, Diagnostics> {
    let mut cells = load_cells(name, text, overrides, read_file)?;
    Ok(cells.swap_remove(0))
}

/// Like [`load_with`], with a script for each cell of the scenario's matrix, or for those that the
/// command line chooses; there is always one. The warnings of all stand in the first.
///
/// # Errors
/// All problems of the file, when any of them is an error.
pub fn load_cells(
    name: &str,
    text: &str,
    overrides: &[Override],
    read_file: &dyn Fn(&str) -> Result<String, String>,
) -> Result<Vec<Script>, Diagnostics> {
    let mut source = Source::new(name, text, overrides);
    let mut problems = Problems::default();
    let mut root = format::parse(text, 0, &mut problems);
    let mut own_end = None;
    if let Some(root) = &mut root {
        extends::take_in(root, &mut source, read_file, &mut problems);
        own_end = root.get("ends").cloned();
        format::overlay(&source, root, &mut problems);
        extends::read_sheet(root, "", &mut source, read_file, &mut problems);
        extends::read_key(root, "", read_file, &mut problems);
        tagged::apply(root);
    }
    let scripts = root.as_ref().map(|root| scripts(&source, root, &mut problems));
    let mut diagnostics = Diagnostics::new(&source, problems);
    if let Some(root) = &root {
        read::improve(&source, root, &mut diagnostics.list);
    }
    match scripts {
        Some(mut scripts) if !diagnostics.has_errors() && !scripts.is_empty() => {
            if let Some(own_end) = own_end {
                scripts.iter_mut().for_each(|script| read::end_as_usual(script, &own_end));
            }
            scripts[0].warnings = diagnostics;
            Ok(scripts)
        }
        _ => Err(diagnostics),
    }
}

/// Reads every cell that is to be played; a scenario without a matrix is one script.
fn scripts(source: &Source, root: &Node, problems: &mut Problems) -> Vec<Script> {
    let Some(written) = root.get("matrix") else {
        if let Some(choice) = matrix::choices(source).next() {
            let message = format!("no cell is called `{choice}`: this scenario has no matrix");
            problems.error(Span::default(), message).help("leave out --cell");
        }
        let script = one(source, root, problems);
        if let Some(script) = &script {
            unasked::only_started(script, problems);
        }
        return script.into_iter().collect();
    };
    let mut rest = root.clone();
    if let Kind::Table(entries) = &mut rest.kind {
        entries.retain(|entry| entry.key != "matrix");
    }
    let Some(matrix) = matrix::read(source, written, &rest, problems) else {
        // The other problems of the file are told all the same.
        return one(source, &rest, problems).into_iter().collect();
    };
    match matrix.chosen(source) {
        Ok(cells) => read_cells(source, &rest, &matrix, &cells, problems),
        Err(why) => {
            problems.error(Span::default(), why);
            Vec::new()
        }
    }
}

fn one(source: &Source, root: &Node, problems: &mut Problems) -> Option<Script> {
    let script = read::script(source, root, problems)?;
    doubts::warn(&script, problems);
    no_groups::warn(&script, problems);
    wrong_values::warn(&script, problems);
    unknown_links::warn(&script, problems);
    unmet_names::warn(&script, problems);
    unasked::warn(&script, problems);
    graph_names::warn(&script, problems);
    rehearsal::rehearse(&script, problems);
    Some(script)
}

/// A problem, and the cells that have it.
struct Shared {
    problem: Diagnostic,
    cells: usize,
    first: Cell,
}

/// Reads the cells, and adds each of their problems once.
fn read_cells(
    source: &Source,
    rest: &Node,
    matrix: &Matrix,
    cells: &[usize],
    problems: &mut Problems,
) -> Vec<Script> {
    let (mut scripts, mut found): (Vec<Script>, Vec<Shared>) = Default::default();
    for nth in cells {
        let (mut root, mut own, cell) = (rest.clone(), Problems::default(), matrix.cell(*nth));
        matrix.put_into(&mut root, *nth, &mut own);
        let script = one(source, &root, &mut own);
        for problem in own.list() {
            match found.iter_mut().find(|shared| shared.problem == *problem) {
                Some(shared) => shared.cells += 1,
                None => {
                    let problem = problem.clone();
                    found.push(Shared { problem, cells: 1, first: cell.clone() });
                }
            }
        }
        scripts.extend(script.map(|script| Script { cell: Some(cell), ..script }));
    }
    for Shared { mut problem, cells: having, first } in found {
        if having < cells.len() {
            let of = format!("in cell {} of the matrix: {}", first.nth, first.name());
            problem.help = match problem.help.as_str() {
                "" => of,
                help => format!("{help} ({of})"),
            };
        }
        problems.push(problem);
    }
    if scripts.len() == matrix.count() {
        equal_cells(matrix, &scripts, problems);
    }
    scripts
}

/// Warns of a value of an axis with which the run is the same as with another one.
fn equal_cells(matrix: &Matrix, scripts: &[Script], problems: &mut Problems) {
    for (one, other, span, value) in matrix.neighbours() {
        let (one, other) = (&scripts[one].setup, &scripts[other].setup);
        if one.entra == other.entra && one.golinks == other.golinks {
            problems
                .warning(span, format!("with this value the run is the same as with {value}"))
                .help("keep one of the two");
        }
    }
}
