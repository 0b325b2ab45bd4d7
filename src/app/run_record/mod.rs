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

use crate::app::exit::CommandError;
use crate::evidence::{ReadError, RunItem, RunReader};

/// The name of the file in its folder.
pub const FILE: &str = "run.jsonl";

/// A record that is being read.
pub type Reader = RunReader<BufReader<File>>;

/// Whether a folder has a record.
pub fn is_in(folder: &Path) -> bool {
    folder.join(FILE).is_file()
}

/// The folders with a record: this one, or those in it, by their names.
///
/// # Errors
/// When there is none.
pub fn all_in(folder: &Path) -> Result<Vec<PathBuf>, CommandError> {
    if is_in(folder) {
        return Ok(vec![folder.to_owned()]);
    }
    let entries = std::fs::read_dir(folder).map_err(|error| {
        CommandError::bad(format!("cannot read {}: {error}", folder.display()))
            .help("name the folder that `scimulator run --out FOLDER` has written")
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
