//! The record of a run as a file: `run --out` writes it, `report`, `requests` and `diff` read it.

mod flags;
mod frames;
mod recorder;

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

pub use flags::{EvidenceFlags, RunForm};
pub use frames::Framed;
pub use recorder::{Recorder, cannot_write};

use crate::app::exit::{CommandError, Exit};
use crate::evidence::{ReadError, RunItem, RunReader};
use crate::scenario::log::FILES;

/// The name of the file in its folder.
pub const FILE: &str = "run.jsonl";

/// A record that is being read.
pub type Reader = RunReader<BufReader<File>>;

/// Whether a folder has a record.
pub fn is_in(folder: &Path) -> bool {
    folder.join(FILE).is_file()
}

/// Every report that may lie beside a record, by its file.
pub const REPORTS: [&str; 5] = ["index.html", "junit.xml", "http.har", "summary.md", "result.json"];

/// The folder that a path means: itself, or the one in which the record lies that it names.
pub fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if path.ends_with(FILE) && path.is_file() => {
            if folder.as_os_str().is_empty() {
                PathBuf::from(".")
            } else {
                folder.to_owned()
            }
        }
        _ => path.to_owned(),
    }
}

/// Removes the record of an earlier run from a folder, with the reports that were made of it. A
/// folder without a record is left alone: its files are no reports.
///
/// # Errors
/// When a file cannot be removed.
pub fn clear(folder: &Path) -> Result<(), CommandError> {
    if !is_in(folder) {
        return Ok(());
    }
    for name in REPORTS.into_iter().chain(FILES).chain([FILE]) {
        let path = folder.join(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                let what = format!("cannot remove {} of an earlier run: {error}", path.display());
                return Err(CommandError { exit: Exit::NotStarted, ..CommandError::bad(what) });
            }
            _ => {}
        }
    }
    Ok(())
}

/// The folder of the one run that a path means.
///
/// # Errors
/// When there is none, or more than one.
pub fn one_in(path: &Path) -> Result<PathBuf, CommandError> {
    let folder = folder_of(path);
    let all = all_in(&folder)?;
    match all.as_slice() {
        [_] if is_in(&folder) => Ok(folder),
        _ => {
            let names: Vec<String> = all.iter().map(|one| one.display().to_string()).collect();
            let what = format!("{} has a folder for each of its runs", folder.display());
            Err(CommandError::bad(what).help(format!("name one: {}", names.join(", "))))
        }
    }
}

/// The folders with a record: this one, or those in it, by their names.
///
/// # Errors
/// When there is none.
pub fn all_in(folder: &Path) -> Result<Vec<PathBuf>, CommandError> {
    let folder = &*folder_of(folder);
    if is_in(folder) {
        return Ok(vec![folder.to_owned()]);
    }
    let written = "name the folder that `scimulator run --out FOLDER` has written";
    if !folder.exists() {
        let what = format!("there is no folder {}", folder.display());
        return Err(CommandError::bad(what).help(written));
    }
    let entries = std::fs::read_dir(folder).map_err(|error| {
        CommandError::bad(format!("cannot read {}: {error}", folder.display())).help(written)
    })?;
    let mut all: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_in(path)).collect();
    all.sort();
    if all.is_empty() {
        let what = format!("{} has no {FILE}, and no folder in it has one", folder.display());
        let help = "`scimulator run SCENARIO --out FOLDER` writes it";
        return Err(CommandError::bad(what).help(help));
    }
    Ok(all)
}

/// Opens the record of a folder.
///
/// # Errors
/// When it cannot be read.
pub fn open(folder: &Path) -> Result<Reader, CommandError> {
    let path = folder.join(FILE);
    let file = File::open(&path)
        .map_err(|error| CommandError::bad(format!("cannot read {}: {error}", path.display())))?;
    RunReader::new(BufReader::with_capacity(1 << 20, file)).map_err(|why| bad(folder, &why))
}

/// The next line of a record.
///
/// # Errors
/// When it cannot be read.
pub fn next<'r>(
    reader: &'r mut Reader,
    folder: &Path,
) -> Result<Option<RunItem<'r>>, CommandError> {
    reader.next_item().map_err(|why| bad(folder, &why))
}

fn bad(folder: &Path, why: &ReadError) -> CommandError {
    CommandError::bad(format!("{}: {why}", folder.join(FILE).display()))
}
