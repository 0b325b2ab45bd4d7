//! The time that an initial cycle takes for the service's own work, beside its requests: a policy,
//! off unless asked for [when-finish].

use std::time::Duration;

use crate::base::{Seed, Time};
use crate::entra::policy::{DurationModel, Policy, historic_minutes};
use crate::entra::scope::SyncScope;

/// How long each object of the cycle under way takes, and until when the service is at work.
#[derive(Clone, Copy, Default, Debug)]
pub struct WorkingTime {
    per_object: Duration,
    /// How many times as long a created object takes.
    per_create: u32,
    free_at: Time,
}

impl WorkingTime {
    /// The working time of an initial cycle. `objects` counts what the cycle will look at; only one
    /// of the models asks for it.
    pub fn of_initial(
        policy: &Policy,
        scope: SyncScope,
        objects: impl Fn() -> u64,
        (seed, cycle): (Seed, u64),
    ) -> WorkingTime {
        let (per_object, per_create) = match policy.initial_duration_model {
            DurationModel::Off => return WorkingTime::default(),
            DurationModel::PerObject => {
                let factor = policy.initial_create_factor.clamp(1, 1_000) as u32;
                let (least, most) = (policy.initial_object_min, policy.initial_object_max / factor);
                let spread = most.saturating_sub(least);
                (least + spread.mul_f64(seed.unit("duration", "", cycle)), factor)
            }
            DurationModel::Historic => {
                let objects = objects().max(1);
                let minutes = historic_minutes(objects, scope == SyncScope::All);
                (Duration::from_secs_f64(minutes * 60.0 / objects as f64), 1)
            }
        };
        WorkingTime { per_object, per_create, free_at: Time::default() }
    }

    /// When the next object can be taken up; an instant in the past when it can be now.
    pub fn free_at(&self) -> Time {
        self.free_at
    }

    /// Takes up objects or memberships.
    pub fn take_up(&mut self, count: usize, now: Time) {
        self.work(self.per_object * count as u32, now);
    }

    /// An object turned out to be a create, which takes longer than a match.
    pub fn created(&mut self, now: Time) {
        self.work(self.per_object * self.per_create.saturating_sub(1), now);
    }

    fn work(&mut self, time: Duration, now: Time) {
        if !time.is_zero() {
            self.free_at = self.free_at.max(now) + time;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_bounds_hold_and_creates_take_twice_as_long() {
        let model = |initial_duration_model| Policy { initial_duration_model, ..Policy::default() };
        let start = Time::from_secs(1_000_000);
        let mut takes = Vec::new();
        for cycle in 1..200 {
            let mut time = WorkingTime::of_initial(
                &model(DurationModel::PerObject),
                SyncScope::Assigned,
                || 1,
                (Seed(7), cycle),
            );
            time.take_up(1, start);
            let matched = time.free_at().since(start);
            time.created(start);
            let created = time.free_at().since(start);
            assert_eq!(created, matched * 2);
            takes.push(matched.as_secs_f64());
            takes.push(created.as_secs_f64());
        }
        assert!(takes.iter().all(|secs| (0.6..=4.8).contains(secs)), "0.01 to 0.08 minutes");
        assert!(takes.iter().any(|secs| *secs < 0.8) && takes.iter().any(|secs| *secs > 4.5));
        let mut off =
            WorkingTime::of_initial(&Policy::default(), SyncScope::All, || 1, (Seed(7), 1));
        off.take_up(1_000, start);
        assert_eq!(off.free_at(), Time::default());
    }

    #[test]
    fn the_historic_table_gives_its_minutes() {
        let policy =
            Policy { initial_duration_model: DurationModel::Historic, ..Policy::default() };
        let start = Time::from_secs(1_000_000);
        let cases = [
            (SyncScope::Assigned, 500, 0..30),
            (SyncScope::Assigned, 1_000, 142..143),
            (SyncScope::Assigned, 10_000, 708..1_170),
            (SyncScope::Assigned, 50_000, 1_170..2_340),
            (SyncScope::All, 5_000, 43..86),
        ];
        for (scope, objects, minutes) in cases {
            let mut time = WorkingTime::of_initial(&policy, scope, || objects, (Seed(7), 1));
            time.take_up(objects as usize, start);
            let took = time.free_at().since(start).as_secs() / 60;
            assert!(minutes.contains(&took), "{objects} took {took} minutes, {minutes:?}");
        }
    }
}
