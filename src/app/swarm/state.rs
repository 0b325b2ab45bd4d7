//! Where the seeds that failed are kept: a file for each target, which several shards may write.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::output::cannot_write;
use crate::app::exit::CommandError;
use crate::app::places;
use crate::swarm::KeptSeeds;

/// The file of the seeds that failed.
pub struct StateFile {
    path: PathBuf,
}

impl StateFile {
    /// The file of a target with these settings, in a folder or where the user's state is kept;
    /// `None` when there is no such place.
    pub fn of(dir: Option<&Path>, target: &str, settings: &[String]) -> Option<StateFile> {
        let dir = dir.map(Path::to_owned).or_else(places::state)?;
        Some(StateFile { path: dir.join(places::file_name(target, settings, "seeds")) })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The seeds that are kept; none when the file is not there.
    ///
    /// # Errors
    /// The line that is not a seed.
    pub fn read(&self) -> Result<KeptSeeds, CommandError> {
        let Ok(text) = fs::read_to_string(&self.path) else { return Ok(KeptSeeds::default()) };
        KeptSeeds::parse(&text).map_err(|line| {
            CommandError::bad(format!("{}:{line}: this is no seed", self.path.display()))
                .help("a line is a seed and the check that it failed; or delete the file")
        })
    }

    /// Makes its folder, so that one that cannot be written is told before anything is played.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn prepare(&self) -> Result<(), CommandError> {
        let dir = self.path.parent().unwrap_or(&self.path);
        let lock = self.path.with_extension("lock");
        let made = fs::create_dir_all(dir).and_then(|()| File::create(lock).map(drop));
        made.map_err(|error| {
            cannot_write(dir, error)
                .help("seeds that fail are kept there; --state DIR names another")
        })
    }

    /// Notes what came of a seed: the check that it failed, or `None`. Other shards may have noted
    /// something in the meantime, so the file is read again, under a lock.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn note(&self, seed: u64, failed: Option<&str>) -> Result<(), CommandError> {
        if let Some(dir) = self.path.parent() {
            fs::create_dir_all(dir)?;
        }
        let lock = File::create(self.path.with_extension("lock"))?;
        lock.lock()?;
        let mut kept = self.read()?;
        kept.note(seed, failed);
        let new = self.path.with_extension("new");
        fs::write(&new, kept.text())?;
        fs::rename(&new, &self.path)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_target_has_a_file_and_a_seed_that_passes_leaves_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let state = StateFile::of(Some(dir.path()), "http://localhost:8080/scim", &[]);
        let state = state.expect("a place");
        assert!(state.path().ends_with("http-localhost-8080-scim.seeds"));
        assert_eq!(state.read().expect("no file"), KeptSeeds::default());
        state.note(17, Some("user.inactive")).expect("it is written");
        state.note(4, Some("group.holds")).expect("it is written");
        state.note(17, None).expect("it is written");
        assert_eq!(state.read().expect("a file").0.keys().copied().collect::<Vec<_>>(), [4]);
        fs::write(state.path(), "four\n").expect("it is written");
        assert!(state.read().is_err());
    }
}
