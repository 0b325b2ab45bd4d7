//! Turns the text of a scenario file into its checked script, or into all its problems.

use crate::base::{Kind, Node, Problems};

use super::{Diagnostics, Override, Script, Source, doubts, format, read, rehearsal};

/// Reads a scenario file with the overrides of the command line; `name`, such as its path, is shown
/// in messages.
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
    let source = Source::new(name, text, overrides);
    let mut problems = Problems::default();
    let mut root = format::read(&source, &mut problems);
    if let Some(csv) = root.as_mut().and_then(|root| root.get_mut("people")?.get_mut("csv")) {
        take_in(csv, read_file, &mut problems);
    }
    let script = root.as_ref().and_then(|root| read::script(&source, root, &mut problems));
    if let Some(script) = &script {
        doubts::warn(script, &mut problems);
        rehearsal::rehearse(script, &mut problems);
    }
    let mut diagnostics = Diagnostics::new(&source, problems);
    if let Some(root) = &root {
        read::improve(&source, root, &mut diagnostics.list);
    }
    match script {
        Some(mut script) if !diagnostics.has_errors() => {
            script.warnings = diagnostics;
            Ok(script)
        }
        _ => Err(diagnostics),
    }
}

/// Replaces the name of a file by its text; a value of several lines is the text itself.
fn take_in(
    node: &mut Node,
    read_file: &dyn Fn(&str) -> Result<String, String>,
    problems: &mut Problems,
) {
    let Kind::Text(name) = &node.kind else { return };
    if name.contains('\n') {
        return;
    }
    match read_file(name) {
        Ok(text) => node.kind = Kind::Text(text),
        Err(why) => {
            problems.error(node.span, format!("`{name}` cannot be read")).label(why);
        }
    }
}
