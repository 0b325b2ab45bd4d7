//! How far a swarm has come.

use crate::app::progress::ShownProgress;
use crate::scenario::report::Line;

/// Shows how many lives were played, and how many of them failed.
pub struct SwarmProgress {
    progress: ShownProgress,
    failed: u64,
}

impl SwarmProgress {
    /// Begins to show; nothing is shown when `quiet`.
    pub fn new(lives: u64, quiet: bool) -> SwarmProgress {
        SwarmProgress { progress: ShownProgress::new(lives, "lives", quiet), failed: 0 }
    }

    /// Counts a life.
    pub fn played(&mut self, failed: bool) {
        if failed {
            self.failed += 1;
            self.progress.say(format!(", {} failed", self.failed));
        }
        self.progress.inc();
    }

    /// Prints lines above the bar.
    pub fn print(&self, lines: &[Line]) {
        self.progress.print(lines);
    }

    /// Takes the bar away.
    pub fn finish(self) {
        self.progress.finish();
    }
}
