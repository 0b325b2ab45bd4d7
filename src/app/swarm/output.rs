//! The files of a swarm: results as JSON lines, and a scenario for each failure that was shortened.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::app::exit::CommandError;
use crate::swarm::results::{Planned, ResultLine};

/// The results of one shard, a JSON object a line; each line is written as soon as it is known.
pub struct ResultsFile {
    file: Option<File>,
}

impl ResultsFile {
    /// Begins the file in a folder; without one nothing is written.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(dir: Option<&Path>, planned: &Planned) -> Result<ResultsFile, CommandError> {
        let Some(dir) = dir else { return Ok(ResultsFile { file: None }) };
        let cannot = |error| cannot_write(dir, error);
        fs::create_dir_all(dir).map_err(cannot)?;
        let name = format!("results-{}-of-{}.jsonl", planned.shard, planned.shards);
        let mut results = ResultsFile { file: Some(File::create(dir.join(name)).map_err(cannot)?) };
        results.write(&ResultLine::Swarm(planned.clone()))?;
        Ok(results)
    }

    /// Writes a line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, line: &ResultLine) -> Result<(), CommandError> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let text = serde_json::to_string(line).map_err(anyhow::Error::from)? + "\n";
        Ok(file.write_all(text.as_bytes())?)
    }
}

/// That a place cannot be written to.
pub fn cannot_write(place: &Path, error: std::io::Error) -> CommandError {
    CommandError::bad(format!("cannot write to {}: {error}", place.display()))
}

/// Writes the scenario of a failure into a folder, or here; returns where.
///
/// # Errors
/// When it cannot be written.
pub fn write_scenario(dir: Option<&Path>, name: &str, text: &str) -> std::io::Result<PathBuf> {
    let path = match dir {
        Some(dir) => {
            fs::create_dir_all(dir)?;
            dir.join(name)
        }
        None => PathBuf::from(name),
    };
    fs::write(&path, text)?;
    Ok(path)
}
