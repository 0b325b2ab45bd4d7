//! Where a scenario comes from: a file, or the library that comes with the program.

use std::path::{Path, PathBuf};

use crate::app::exit::CommandError;
use crate::app::terminal;
use crate::scenario::{Diagnostics, Override, Script, library, load, messages};

/// A scenario's text and where it was found.
#[derive(Clone, Debug)]
pub struct FoundScenario {
    /// Its name in messages: the path as it was typed, or the name in the library.
    pub name: String,
    /// The file, when it is one.
    pub file: Option<PathBuf>,
    /// The text.
    pub text: String,
}

/// Finds a scenario by what was typed: an existing file, or a name, story or bug of the library.
///
/// # Errors
/// When there is no such file or name, or the file cannot be read.
pub fn find(typed: &str) -> Result<FoundScenario, CommandError> {
    let path = Path::new(typed);
    if !path.exists() && !typed.contains(['/', '\\']) && !typed.ends_with(".toml") {
        let entry = library::find(typed).map_err(|why| {
            CommandError::bad(why)
                .help("`scimulator list` prints the scenarios; a file is named by its path")
        })?;
        return Ok(FoundScenario { name: entry.name, file: None, text: entry.text.to_owned() });
    }
    Ok(FoundScenario { name: typed.to_owned(), file: Some(path.to_owned()), text: read(path)? })
}

/// Reads a scenario file.
///
/// # Errors
/// When it cannot be read, is not text, or is no file.
pub fn read(path: &Path) -> Result<String, CommandError> {
    std::fs::read_to_string(path).map_err(|error| {
        CommandError::bad(format!("cannot read `{}`: {}", path.display(), reason(&error)))
    })
}

/// Reads a script, and prints its warnings and problems.
///
/// # Errors
/// All its problems, which have been printed.
pub fn script(found: &FoundScenario, overrides: &[Override]) -> Result<Script, Diagnostics> {
    let read = load(&found.name, &found.text, overrides);
    let problems = match &read {
        Ok(script) => &script.warnings,
        Err(problems) => problems,
    };
    if !problems.list.is_empty() {
        terminal::complain_raw(&messages::render_coloured(problems));
    }
    read
}

fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        std::io::ErrorKind::InvalidData => "it is not text in UTF-8".to_owned(),
        _ => error.to_string(),
    }
}
