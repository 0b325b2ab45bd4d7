//! How virtual time follows real time: as fast as possible, at a multiple of it, up to an instant,
//! or not at all.

use std::fmt;
use std::time::{Duration, Instant};

use crate::base::Time;

/// How fast virtual time passes while the clock runs.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Speed {
    /// As fast as possible.
    Max,
    /// This many virtual seconds in a real second; from 0.001 to a billion.
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
    /// It runs at the set speed.
    Running,
    /// It is paused.
    Paused,
    /// It does the next thing due, then pauses.
    Step {
        /// Whether the step has been made; the clock then pauses once nothing is in transit.
        gone: bool,
    },
    /// It runs as fast as possible until one more cycle has ended.
    Cycle {
        /// How many cycles had ended when the command came.
        ended: u64,
    },
    /// It runs as fast as possible until one more step of the script has been played.
    Moment {
        /// How many steps had been played when the command came.
        played: usize,
    },
    /// It runs to this instant as fast as possible.
    Until(Time),
    /// It runs as fast as possible until a connection test or a run on demand has its result.
    Asked {
        /// How many of them had a result when the command came.
        done: u64,
    },
}

/// The pace of a run: its speed, what the clock is doing, and the pair of real and virtual instants
/// from which time is counted.
#[derive(Clone, Debug)]
pub struct Pace {
    speed: Speed,
    mode: Mode,
    anchor: (Instant, Time),
}

/// How far the clock may go now.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum ClockLimit {
    /// Nowhere, because it is paused.
    Stay,
    /// Up to and including this instant.
    UpTo(Time),
    /// To the next thing due, however far away that is.
    None,
}

/// When the clock is further behind real time than this, the lag is dropped: a busy moment must not
/// be followed by a rush.
const LAG_MAX: Duration = Duration::from_millis(250);

impl Pace {
    /// Creates a pace that starts at the virtual instant `now`.
    pub fn new(speed: Speed, paused: bool, now: Time) -> Pace {
        let mode = if paused { Mode::Paused } else { Mode::Running };
        Pace { speed, mode, anchor: (Instant::now(), now) }
    }

    /// The set speed, whatever the clock is doing.
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

    /// Returns how many virtual seconds pass in a real second; `None` unless the clock runs at a
    /// fixed multiple.
    pub fn passing(&self) -> Option<f64> {
        match (self.mode, self.speed) {
            (Mode::Running, Speed::Times(factor)) => Some(factor),
            _ => None,
        }
    }

    /// Whether the clock will pause by itself, at the end of a step, a cycle, a jump or a test.
    pub fn stepping(&self) -> bool {
        !matches!(self.mode, Mode::Running | Mode::Paused)
    }

    /// Whether the clock jumps: to an instant, to the end of a cycle or to a moment of the story.
    pub fn jumping(&self) -> bool {
        matches!(self.mode, Mode::Until(_) | Mode::Cycle { .. } | Mode::Moment { .. })
    }

    /// Sets the speed; virtual time is counted from `now` from then on.
    pub fn set_speed(&mut self, speed: Speed, now: Time) {
        self.speed = speed;
        self.anchor = (Instant::now(), now);
    }

    /// Sets what the clock does; virtual time is counted from `now` from then on.
    pub fn set_mode(&mut self, mode: Mode, now: Time) {
        self.mode = mode;
        self.anchor = (Instant::now(), now);
    }

    /// Counts virtual time from `now`, because the clock stood still until this moment.
    pub fn count_from(&mut self, now: Time) {
        self.anchor = (Instant::now(), now);
    }

    /// Returns how far the clock may go at this real instant when the next thing is due at `due`.
    pub fn limit(&mut self, due: Time, real: Instant) -> ClockLimit {
        match (self.mode, self.speed) {
            (Mode::Paused, _) => ClockLimit::Stay,
            (Mode::Until(to), _) => ClockLimit::UpTo(to),
            (
                Mode::Step { .. } | Mode::Cycle { .. } | Mode::Moment { .. } | Mode::Asked { .. },
                _,
            )
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

    /// Returns the real instant at which the clock will reach a virtual one; `None` unless the
    /// clock runs at a fixed multiple.
    pub fn reaches(&self, due: Time) -> Option<Instant> {
        match (self.mode, self.speed) {
            (Mode::Running, Speed::Times(factor)) => {
                let (from_real, from) = self.anchor;
                // The wait is at most a real day; the owner computes it anew after that.
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
