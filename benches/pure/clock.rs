//! A stopwatch of the time for which this thread had a core, so that neighbours do not spoil the
//! figures.

use std::time::{Duration, Instant};

/// A running stopwatch. It belongs to the main thread, which does all the work here.
pub struct Clock {
    wall: Instant,
    core: Option<Duration>,
}

impl Clock {
    /// Starts it.
    pub fn start() -> Clock {
        Clock { wall: Instant::now(), core: on_core() }
    }

    /// The time since it was started; where the kernel does not count it (Linux does), that of the
    /// wall clock.
    pub fn elapsed(&self) -> Duration {
        match (self.core, on_core()) {
            (Some(then), Some(now)) => now - then,
            _ => self.wall.elapsed(),
        }
    }
}

/// What the main thread has run so far.
fn on_core() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}
