//! From the text of a scenario file to its checked script, or to all that is wrong with it.

use crate::base::Problems;

use super::{Diagnostics, Override, Script, Source, doubts, format, read};

/// Reads a scenario file with what the command line puts over it; `name` is shown in messages, such
/// as its path.
///
/// # Errors
/// All problems of the file, when any of them is an error.
pub fn load(name: &str, text: &str, overrides: &[Override]) -> Result<Script, Diagnostics> {
    let source = Source::new(name, text, overrides);
    let mut problems = Problems::default();
    let root = format::read(&source, &mut problems);
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
