//! When in virtual time the cycles of a recording are.

use std::time::Duration;

use super::lives::Lives;

/// The usual distance between two cycles, in minutes.
const USUAL: u64 = 40;

/// Cycles that follow each other faster than this are not those of a real clock, in minutes.
const FASTEST: u64 = 5;

/// A distance beyond this is an interruption, in minutes.
const SLOWEST: u64 = 120;

const MINUTE_US: u64 = 60_000_000;

/// The cycles of a recording on the grid of the scenario.
pub struct Times {
    /// Minutes between two cycles.
    interval: u64,
    /// The place of each cycle on the grid.
    places: Vec<u64>,
    /// Whether the recorded clock was none: the cycles came as fast as they could.
    compressed: bool,
    /// Whether something went wrong, so that retries follow.
    retries: bool,
}

impl Times {
    /// The times of a recording.
    pub fn of(lives: &Lives) -> Times {
        let cycles = &lives.cycles;
        let mut gaps: Vec<u64> =
            cycles.windows(2).map(|two| two[1].saturating_sub(two[0]) / MINUTE_US).collect();
        gaps.sort_unstable();
        let compressed = gaps.get(gaps.len() / 2).is_some_and(|gap| *gap < FASTEST);
        let regular: Vec<u64> =
            gaps.into_iter().filter(|gap| (FASTEST..=SLOWEST).contains(gap)).collect();
        let median = regular.get(regular.len() / 2).copied().unwrap_or(USUAL);
        // The start of a cycle wavers by some minutes around the usual distance.
        let interval = if compressed || median.abs_diff(USUAL) <= 4 { USUAL } else { median };
        let first = cycles.first().copied().unwrap_or_default();
        let mut places = Vec::new();
        for (nth, at) in cycles.iter().enumerate() {
            let passed = at.saturating_sub(first) + interval * MINUTE_US / 2;
            let place = if compressed { nth as u64 } else { passed / (interval * MINUTE_US) };
            let after = places.last().map_or(0, |last| last + 1);
            places.push(place.max(after));
        }
        let retries = !lives.mishaps.is_empty() || !lives.dead_cycles.is_empty();
        Times { interval, places, compressed, retries }
    }

    /// The minutes from the start to a cycle.
    fn minutes(&self, cycle: usize) -> u64 {
        let last = self.places.last().copied().unwrap_or_default();
        self.places.get(cycle).copied().unwrap_or(last + 1) * self.interval
    }

    /// When something is done that a cycle finds.
    pub fn before(&self, cycle: usize) -> String {
        let lead = (self.interval / 2).min(10);
        duration(self.minutes(cycle).saturating_sub(lead))
    }

    /// A minute before a cycle; from this moment on faults may strike it.
    pub fn opens(&self, cycle: usize) -> String {
        duration(self.minutes(cycle).saturating_sub(1))
    }

    /// When a cycle is over.
    pub fn closes(&self, cycle: usize) -> String {
        duration(self.minutes(cycle) + self.interval - 2)
    }

    /// When the story ends: two cycles after the last, and two days when something is tried again.
    pub fn ends(&self) -> String {
        let last = self.minutes(self.places.len().saturating_sub(1));
        let more = if self.retries { 2 * 24 * 60 } else { 0 };
        duration(last + 2 * self.interval + more + 5)
    }

    /// The policies that differ from their defaults.
    pub fn policies(&self) -> Vec<String> {
        if self.interval == USUAL {
            return Vec::new();
        }
        vec![format!("cycle_interval = \"{}\"", duration(self.interval))]
    }

    /// What is not known about the times.
    pub fn doubts(&self) -> Vec<String> {
        let compressed = "the times: the recorded cycles follow each other within seconds, so the client's clock was\nnot the real one; here they are 40 minutes apart";
        self.compressed.then(|| compressed.to_owned()).into_iter().collect()
    }
}

fn duration(minutes: u64) -> String {
    if minutes == 0 {
        return "0d".to_owned();
    }
    crate::base::time::write_duration(Duration::from_secs(minutes * 60))
}
