//! How virtual time follows real time: as fast as possible, at a multiple, not at all, or up to a
//! point.

use std::fmt;
use std::time::{Duration, Instant};

use crate::base::Time;

/// How fast virtual time passes while it passes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Speed {
    /// As fast as possible.
    Max,
    /// So many virtual seconds in a real one; above zero, at most a billion.
    Times(f64),
}

impl Speed {
    /// Reads `max`, `real`, `600x` or `600`.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub fn parse(text: &str) -> Result<Speed, String> {
        let wrong = || format!("`{text}` is not a speed; write `600x`, `max` or `real`");
        match text.trim() {
            "max" => Ok(Speed::Max),
            "real" => Ok(Speed::Times(1.0)),
            number => {
                let factor: f64 =
                    number.trim_end_matches(['x', 'X', '×']).parse().map_err(|_| wrong())?;
                (1e-3..=1e9).contains(&factor).then_some(Speed::Times(factor)).ok_or_else(wrong)
            }
        }
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Speed::Max => f.write_str("max"),
            Speed::Times(1.0) => f.write_str("real"),
            Speed::Times(factor) => write!(f, "{factor}x"),
        }
    }
}

/// What the clock is doing.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Mode {
    /// It passes at the set speed.
    Running,
    /// It stands still.
    Paused,
    /// It goes to the next thing due and stands still when that is done.
    Step {
        /// Whether it has moved.
        gone: bool,
    },
    /// It goes on, as fast as possible, until one more cycle has ended.
    Cycle {
        /// How many cycles had ended when the command came.
        ended: u64,
    },
    /// It goes to this instant as fast as possible.
    Until(Time),
    /// It goes on, as fast as possible, until a connection test has its result.
    Test {
        /// How many tests had one when the command came.
        done: u64,
    },
}

/// The pace of a run: its speed, what the clock is doing, and where virtual and real time were last
/// the same.
#[derive(Clone, Debug)]
pub struct Pace {
    speed: Speed,
    mode: Mode,
    anchor: (Instant, Time),
}

/// How far the clock may go now.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum ClockLimit {
    /// Nowhere: it is paused.
    Stay,
    /// Up to and including this instant.
    UpTo(Time),
    /// As far as there is something due.
    None,
}

/// A lag behind real time beyond this is dropped, so that a busy spell is not followed by a rush.
const LAG_MAX: Duration = Duration::from_millis(250);

impl Pace {
    /// A pace that starts at a virtual instant.
    pub fn new(speed: Speed, paused: bool, now: Time) -> Pace {
        let mode = if paused { Mode::Paused } else { Mode::Running };
        Pace { speed, mode, anchor: (Instant::now(), now) }
    }

    /// The speed as set.
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// What the clock is doing.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether the clock is paused.
    pub fn paused(&self) -> bool {
        self.mode == Mode::Paused
    }

    /// How many virtual seconds pass in a real one, when they pass evenly.
    pub fn passing(&self) -> Option<f64> {
        match (self.mode, self.speed) {
            (Mode::Running, Speed::Times(factor)) => Some(factor),
            _ => None,
        }
    }

    /// Whether the clock goes to a point and will stand still there.
    pub fn stepping(&self) -> bool {
        !matches!(self.mode, Mode::Running | Mode::Paused)
    }

    /// Sets the speed; from here on virtual time is counted from `now`.
    pub fn set_speed(&mut self, speed: Speed, now: Time) {
        self.speed = speed;
        self.anchor = (Instant::now(), now);
    }

    /// Sets what the clock does; from here on virtual time is counted from `now`.
    pub fn set_mode(&mut self, mode: Mode, now: Time) {
        self.mode = mode;
        self.anchor = (Instant::now(), now);
    }

    /// How far the clock may go at this real instant, when the next thing is due at `due`.
    pub fn limit(&mut self, due: Time, real: Instant) -> ClockLimit {
        match (self.mode, self.speed) {
            (Mode::Paused, _) => ClockLimit::Stay,
            (Mode::Until(to), _) => ClockLimit::UpTo(to),
            (Mode::Step { .. } | Mode::Cycle { .. } | Mode::Test { .. }, _)
            | (Mode::Running, Speed::Max) => ClockLimit::None,
            (Mode::Running, Speed::Times(factor)) => {
                let (from_real, from) = self.anchor;
                let target = from + real.saturating_duration_since(from_real).mul_f64(factor);
                if target.since(due) > LAG_MAX.mul_f64(factor) {
                    self.anchor = (real, due);
                    return ClockLimit::UpTo(due);
                }
                ClockLimit::UpTo(target)
            }
        }
    }

    /// When, in real time, the clock will reach a virtual instant; `None` when it will not by
    /// itself.
    pub fn reaches(&self, due: Time) -> Option<Instant> {
        match (self.mode, self.speed) {
            (Mode::Running, Speed::Times(factor)) => {
                let (from_real, from) = self.anchor;
                // A wait of more than a real day is cut; the owner computes it again then.
                let wait = (due.since(from).as_secs_f64() / factor).min(86_400.0);
                Some(from_real + Duration::from_secs_f64(wait))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_read_as_they_are_shown() {
        for text in ["max", "real", "600x", "0.5x"] {
            assert_eq!(Speed::parse(text).map(|s| s.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(Speed::parse("60"), Ok(Speed::Times(60.0)));
        for bad in ["", "fast", "0x", "-3x", "1e99x", "NaN"] {
            assert!(Speed::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn virtual_time_follows_real_time_and_a_lag_is_forgotten() {
        let start = Time::from_secs(0);
        let mut pace = Pace::new(Speed::Times(600.0), false, start);
        let real = pace.anchor.0;
        let due = Time::from_secs(600);
        assert_eq!(
            pace.limit(due, real + Duration::from_millis(100)),
            ClockLimit::UpTo(Time::from_secs(60))
        );
        assert_eq!(pace.reaches(due), Some(real + Duration::from_secs(1)));
        assert_eq!(pace.limit(due, real + Duration::from_secs(60)), ClockLimit::UpTo(due));
        assert_eq!(
            pace.reaches(due + Duration::from_secs(600)),
            Some(real + Duration::from_secs(61))
        );
        pace.set_mode(Mode::Paused, start);
        assert_eq!(pace.limit(start, real + Duration::from_secs(60)), ClockLimit::Stay);
        assert_eq!(pace.reaches(Time::from_secs(600)), None);
    }
}
