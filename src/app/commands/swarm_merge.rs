//! `swarm merge`: the verdict over the results of all shards in a folder.

use std::fs;
use std::path::Path;

use super::swarm_report;
use crate::app::exit::{CommandError, Exit};
use crate::app::terminal;
use crate::swarm::results::Merged;

/// Reads the results and prints the verdict; results that are missing are no success.
pub fn run(dir: &Path) -> Result<Exit, CommandError> {
    let unreadable = |error: std::io::Error| {
        CommandError::bad(format!("cannot read {}: {error}", dir.display()))
            .help("it is the folder that the shards wrote into with --out")
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|ending| ending == "jsonl") {
            let text = fs::read_to_string(&path).map_err(unreadable)?;
            files.push((path.display().to_string(), text));
        }
    }
    if files.is_empty() {
        return Err(CommandError::bad(format!("{} holds no results", dir.display())).help(
            "a shard writes results-K-of-N.jsonl with `scimulator swarm --shard K/N --out DIR`",
        ));
    }
    files.sort();
    let merged = Merged::of(files.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    terminal::print_lines(&swarm_report::of_merged(&merged));
    Ok(match (merged.failed.is_empty(), merged.is_complete()) {
        (false, _) => Exit::Failed,
        (true, false) => Exit::NotStarted,
        (true, true) => Exit::Met,
    })
}
