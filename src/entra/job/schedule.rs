//! When cycles are due: a grid that begins with the first cycle, and single attempts off it.

use std::time::Duration;

use crate::base::Time;

/// The due times of a job's cycles.
#[derive(Clone, Copy, Default, Debug)]
pub struct Schedule {
    origin: Option<Time>,
    next: Option<Time>,
}

impl Schedule {
    /// When the next cycle is due.
    pub fn next(&self) -> Option<Time> {
        self.next
    }

    /// Makes a cycle due now, and starts the grid with it.
    pub fn begin(&mut self, now: Time) {
        self.origin = Some(now);
        self.next = Some(now);
    }

    /// Makes a single attempt due at an instant; the grid stays.
    pub fn at(&mut self, due: Time) {
        self.next = Some(due);
    }

    /// Stops the schedule: no cycle is due any more.
    pub fn stop(&mut self) {
        self.next = None;
    }

    /// Makes the next cycle due at the first grid point after `began` that is not before `now`, so
    /// that an overrunning cycle skips points (assumed).
    pub fn on_grid(&mut self, began: Time, now: Time, interval: Duration) {
        let interval = (interval.as_micros() as i64).max(1_000_000);
        let origin = self.origin.unwrap_or(began);
        let points_past = |at: Time| (at.as_micros() - origin.as_micros()).div_euclid(interval);
        let after_began = points_past(began) + 1;
        let not_before_now =
            points_past(now) + i64::from((now.as_micros() - origin.as_micros()) % interval != 0);
        let point = after_began.max(not_before_now);
        self.next = Some(Time::from_micros(
            origin.as_micros().saturating_add(point.saturating_mul(interval)),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_start_on_a_grid_and_never_overlap() {
        let minute = |n: i64| Time::from_secs(n * 60);
        let forty = Duration::from_secs(2400);
        let cases = [(0, 2, 40), (0, 40, 40), (0, 41, 80), (40, 43, 80), (365, 366, 400)];
        for (began, now, next) in cases {
            let mut schedule = Schedule::default();
            schedule.begin(minute(0));
            schedule.on_grid(minute(began), minute(now), forty);
            assert_eq!(schedule.next(), Some(minute(next)), "{began} {now}");
        }
    }
}
