//! The one place between deciding and writing that every plan to take an account away passes.
//!
//! A guard against accidental deletions belongs here: it counts such plans in a cycle, and from a
//! threshold on it stages them instead of letting them pass [accidental]. Today it counts
//! and lets all of them pass.

use super::decide::Plan;

/// The plans of the current cycle that take an account away.
#[derive(Clone, Copy, Default, Debug)]
pub struct Deletions {
    planned: u64,
}

impl Deletions {
    /// Begins a new count, because a cycle begins.
    pub fn begin_cycle(&mut self) {
        self.planned = 0;
    }

    /// Counts a plan that disables or deletes, and returns the plan to follow.
    pub fn review(&mut self, plan: Plan) -> Plan {
        if matches!(plan, Plan::Disable | Plan::Delete) {
            self.planned += 1;
        }
        plan
    }

    /// How many accounts the current cycle planned to disable or to delete.
    pub fn planned(&self) -> u64 {
        self.planned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_that_take_an_account_away_are_counted_and_pass() {
        let mut deletions = Deletions::default();
        for plan in [Plan::Disable, Plan::Match, Plan::Delete, Plan::Read, Plan::Forget] {
            assert_eq!(deletions.review(plan.clone()), plan);
        }
        assert_eq!(deletions.planned(), 2);
        deletions.begin_cycle();
        assert_eq!(deletions.planned(), 0);
    }
}
