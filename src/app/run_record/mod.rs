//! The record of a run as a file: `run --out` writes it, `report`, `requests` and `diff` read it.

#[cfg(test)]
mod copied;
mod copies;
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
use crate::evidence::overview::RunList;
use crate::evidence::{ReadError, RunItem, RunReader};
use crate::scenario::library;
use crate::scenario::log::FILES;
use crate::scenario::report::NotRun;

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

/// The error about a folder that holds no record itself: which folders in it do.
pub fn of_several(folder: &Path) -> Option<CommandError> {
    let mut inner: Vec<PathBuf> =
        std::fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    inner.retain(|path| is_in(path));
    inner.sort();
    let first = inner.first()?.display().to_string();
    let names = inner.iter().filter_map(|path| path.file_name()).map(|it| it.to_string_lossy());
    let names: Vec<String> = names.take(SHOWN).map(|name| format!("`{name}`")).collect();
    let more = match inner.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let runs =
        format!("{} holds the records of runs: {}{more}", folder.display(), names.join(", "));
    Some(CommandError::bad(runs).help(format!("name the one that is meant, such as {first}")))
}

/// How many folders a message names.
const SHOWN: usize = 5;

/// The name of the list of runs in a folder that has one for each of several.
pub const LIST: &str = "runs.json";

/// The list of the runs for which a folder was made, if it was made for several.
fn list_in(folder: &Path) -> Option<RunList> {
    serde_json::from_slice(&std::fs::read(folder.join(LIST)).ok()?).ok()
}

/// The scenarios for which a folder was made too, and which were not run.
pub fn not_run(folder: &Path) -> Vec<NotRun> {
    list_in(folder).map(|list| list.not_run()).unwrap_or_default()
}

/// Writes the list of the runs of a folder, which is made if need be.
///
/// # Errors
/// When it cannot be written.
pub fn write_list(folder: &Path, list: &RunList) -> Result<(), CommandError> {
    let path = folder.join(LIST);
    let text = format!("{:#}\n", serde_json::json!(list));
    let made = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, text));
    made.map_err(|error| cannot_write(&path, &error))
}

/// Removes what earlier runs have left in a folder: their record, or the folders of those that its
/// list names; and the reports that were made of them. Without record and list a folder is left
/// alone: its files are no reports.
///
/// # Errors
/// When a file cannot be removed.
pub fn clear(folder: &Path) -> Result<(), CommandError> {
    let list = list_in(folder);
    for one in list.iter().flat_map(|list| &list.runs) {
        // A name, never a way out of the folder.
        if Path::new(&one.folder).file_name() == Some(one.folder.as_ref()) {
            let of_run = folder.join(&one.folder);
            clear(&of_run)?;
            // Whatever else somebody has put there stays.
            let _ = std::fs::remove_dir(of_run);
        }
    }
    if !is_in(folder) && list.is_none() {
        return Ok(());
    }
    if let Ok(reader) = open(folder) {
        copies::remove(folder, &reader.head().files);
    }
    for name in REPORTS.into_iter().chain(FILES).chain([FILE, LIST]) {
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
        [] => {
            let what = format!("{} has no record: nothing could be run", folder.display());
            Err(CommandError::bad(what).help(format!("`{LIST}` in it says why")))
        }
        _ => {
            let names: Vec<String> = all.iter().map(|one| one.display().to_string()).collect();
            let what = format!("{} has a folder for each of its runs", folder.display());
            Err(CommandError::bad(what).help(format!("name one: {}", names.join(", "))))
        }
    }
}

/// The folders with a record: this one, or those in it, by their names; none in a folder of which
/// nothing could be run.
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
        let name = folder.display();
        let what = format!("there is no folder {name}");
        let named = folder.to_str().is_some_and(|name| library::find(name).is_ok());
        let play = format!("`{name}` is a scenario: `scimulator run {name} --out FOLDER` first");
        return Err(CommandError::bad(what).help(if named { &play } else { written }));
    }
    if folder.is_file() {
        let name = folder.display();
        let help = format!("play it first: `scimulator run {name} --out FOLDER --report html,md`");
        return Err(
            CommandError::bad(format!("{name} is a file, and no folder of a run")).help(help)
        );
    }
    let entries = std::fs::read_dir(folder).map_err(|error| {
        CommandError::bad(format!("cannot read {}: {error}", folder.display())).help(written)
    })?;
    let mut all: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_in(path)).collect();
    all.sort();
    if let Some(list) = list_in(folder) {
        // The order in which they were asked for says more than that of their names.
        let place = |path: &Path| {
            list.runs.iter().position(|one| path.file_name() == Some(one.folder.as_ref()))
        };
        all.retain(|path| place(path).is_some());
        all.sort_by_key(|path| place(path));
    }
    if all.is_empty() && not_run(folder).is_empty() {
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
