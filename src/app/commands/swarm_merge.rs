//! `swarm merge`: the verdict over the results of all shards in a folder.

use std::fs;
use std::path::{Path, PathBuf};

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
    for path in entries(dir).map_err(unreadable)? {
        // A shard may have a folder of its own.
        let within = if path.is_dir() { entries(&path).map_err(unreadable)? } else { vec![path] };
        for path in within {
            if path.extension().is_some_and(|ending| ending == "jsonl") {
                let text = fs::read_to_string(&path).map_err(unreadable)?;
                files.push((path.display().to_string(), text));
            }
        }
    }
    files.sort();
    let merged = Merged::of(files.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    if merged.planned.is_none() {
        let others: Vec<&str> = merged.problems.iter().take(1).map(String::as_str).collect();
        let why = others.first().map(|other| format!(": {other}")).unwrap_or_default();
        return Err(CommandError::bad(format!("{} holds no results{why}", dir.display())).help(
            "a shard writes results-K-of-N.jsonl with `scimulator swarm --shard K/N --out DIR`, there \
             or into a folder in it",
        ));
    }
    terminal::print_lines(&swarm_report::of_merged(&merged));
    Ok(match (merged.failed.is_empty(), merged.is_complete()) {
        (false, _) => Exit::Failed,
        (true, false) => Exit::NotStarted,
        (true, true) => Exit::Met,
    })
}

fn entries(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect()
}
