//! From the text of a scenario file to its checked script, or to all that is wrong with it.

use crate::base::{Kind, Node, Problems};

use super::{Diagnostics, Override, Script, Source, doubts, format, read};

/// Reads a scenario file with what the command line puts over it; `name` is shown in messages, such
/// as its path.
///
/// # Errors
/// All problems of the file, when any of them is an error.
pub fn load(name: &str, text: &str, overrides: &[Override]) -> Result<Script, Diagnostics> {
    load_with(name, text, overrides, &|_| Err("no files are read here".to_owned()))
}

/// The same, for a scenario that names other files: `read_file` returns the text of one, or why
/// there is none.
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

/// Puts the text of a file in the place of its name; a text of several lines is no name.
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
