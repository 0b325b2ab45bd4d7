//! How the run went over time, for each application: intent and accounts, failures that wait, the
//! exposed, and requests by their outcome.
//!
//! A trend is a bounded list of points, so that a run of years takes no more room than a run of
//! days: each point stands for a stretch of virtual time, and the stretches become twice as long
//! when there are too many. A point holds what was so after the last event of its stretch.

use super::counters::Counters;
use super::intent::Parties;
use super::record::RecordedEvent;
use super::target::TargetServer;
use crate::base::Time;
use crate::entra;

/// What was so at one instant. Requests are counted since the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TrendPoint {
    /// When.
    pub at: Time,
    /// Users who should have an active account.
    pub in_scope: u64,
    /// Accounts that are active.
    pub active: u64,
    /// Users who have left and still have an active account.
    pub exposed: u64,
    /// Objects that failed and wait to be tried again.
    pub escrows: u64,
    /// Answers with 1xx, 2xx and 3xx.
    pub answered: u64,
    /// Answers with 4xx.
    pub refused: u64,
    /// Answers with 5xx.
    pub failed: u64,
    /// Requests without an answer.
    pub lost: u64,
}

/// The points of one application, oldest first.
#[derive(Clone, Debug)]
pub struct Trend {
    points: Vec<TrendPoint>,
    /// The length of the stretch that a point stands for, in microseconds.
    stretch: i64,
    /// Active accounts of a server that is not the mock, as they were counted last.
    active: u64,
}

/// How many points are kept.
const POINTS_MAX: usize = 512;

/// The stretch of a point at first: a minute.
const STRETCH: i64 = 60_000_000;

impl Default for Trend {
    fn default() -> Trend {
        Trend { points: Vec::new(), stretch: STRETCH, active: 0 }
    }
}

impl Trend {
    /// The points, oldest first.
    pub fn points(&self) -> &[TrendPoint] {
        &self.points
    }

    /// Takes in how things stand after an event; `in_scope` and `exposed` are the tracker's.
    pub(super) fn observe(
        &mut self,
        event: RecordedEvent<'_>,
        parties: Parties<'_>,
        (in_scope, exposed): (usize, usize),
        counters: &Counters,
    ) {
        self.active = self.active_now(event, parties.target);
        let [informed, done, moved, refused, failed] = counters.status;
        self.add(TrendPoint {
            at: parties.now,
            in_scope: in_scope as u64,
            active: self.active,
            exposed: exposed as u64,
            escrows: parties.entra.job().escrows().len() as u64,
            answered: informed + done + moved,
            refused,
            failed,
            lost: counters.lost,
        });
    }

    /// The active accounts. Those of a server that is not the mock are counted one by one, so only
    /// at the ends of a cycle.
    fn active_now(&self, event: RecordedEvent<'_>, target: &TargetServer) -> u64 {
        let cycle = |event: &entra::Event| {
            matches!(event, entra::Event::CycleBegan { .. } | entra::Event::CycleEnded { .. })
        };
        let counts =
            target.mock().is_some() || matches!(event, RecordedEvent::Entra(event) if cycle(event));
        if counts { target.active_count() as u64 } else { self.active }
    }

    fn add(&mut self, point: TrendPoint) {
        match self.points.last_mut() {
            Some(last) if bucket(last.at, self.stretch) == bucket(point.at, self.stretch) => {
                *last = point;
            }
            _ => self.points.push(point),
        }
        while self.points.len() > POINTS_MAX {
            self.stretch *= 2;
            let stretch = self.stretch;
            // Of the points of one stretch the last one stays.
            let mut kept: Vec<TrendPoint> = Vec::with_capacity(POINTS_MAX);
            for point in self.points.drain(..) {
                match kept.last_mut() {
                    Some(last) if bucket(last.at, stretch) == bucket(point.at, stretch) => {
                        *last = point;
                    }
                    _ => kept.push(point),
                }
            }
            self.points = kept;
        }
    }
}

fn bucket(at: Time, stretch: i64) -> i64 {
    at.as_micros().div_euclid(stretch)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(secs: i64, active: u64) -> TrendPoint {
        TrendPoint { at: Time::from_secs(secs), active, ..TrendPoint::default() }
    }

    #[test]
    fn a_minute_has_one_point_and_it_is_the_last() {
        let mut trend = Trend::default();
        for (secs, active) in [(0, 1), (59, 2), (60, 3), (61, 4)] {
            trend.add(point(secs, active));
        }
        let told: Vec<_> = trend.points().iter().map(|point| point.active).collect();
        assert_eq!(told, [2, 4]);
    }

    #[test]
    fn years_take_no_more_room_than_days() {
        let mut trend = Trend::default();
        for minute in 0..2_000_000 {
            trend.add(point(60 * minute, minute as u64));
        }
        let points = trend.points();
        assert!((POINTS_MAX / 3..=POINTS_MAX).contains(&points.len()), "{}", points.len());
        assert!(points.is_sorted_by(|one, next| one.at < next.at));
        assert_eq!(points.last().map(|last| last.active), Some(1_999_999));
    }
}
