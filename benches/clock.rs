//! The processor time of the calling thread, so that what else the machine does counts for little.

use std::time::Duration;

/// A running stopwatch. It must be read on the thread that started it.
pub struct Clock(Duration);

impl Clock {
    /// Starts it.
    pub fn start() -> Clock {
        Clock(on_core())
    }

    /// The processor time since it was started.
    pub fn elapsed(&self) -> Duration {
        on_core().saturating_sub(self.0)
    }
}

fn on_core() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}
