//! The changes of assignments that a run does not see yet, because provisioning learns of them a
//! little later: told once, before the first run that passes them by.

use super::layout::day_and_time;
use crate::base::Time;
use crate::entra::tenant::UnseenAssignment;

/// Up to when the changes of an application were told.
#[derive(Default)]
pub struct UnseenTold(Option<Time>);

impl UnseenTold {
    /// The changes that were not told yet, in a sentence without a full stop; `None` when there are
    /// none.
    pub fn tell(&mut self, run: &str, unseen: &[UnseenAssignment], start: Time) -> Option<String> {
        let told = self.0;
        let mut new = unseen.iter().filter(|it| told.is_none_or(|told| told < it.made));
        let first = new.next()?;
        let more = match new.clone().count() {
            0 => String::new(),
            1 => " and 1 other change of an assignment".to_owned(),
            many => format!(" and {many} other changes of assignments"),
        };
        self.0 = new.next_back().or(Some(first)).map(|last| last.made);
        Some(format!(
            "{run} does not see yet that {}{more}: provisioning does from {} on \
             (`assignment_replication_delay`)",
            first.made(),
            day_and_time(start, first.due)
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::entra::tenant::AssignmentChange;

    #[test]
    fn a_change_is_told_before_the_first_run_that_passes_it_by_and_not_again() {
        let start = Time::from_secs(0);
        let change = |handle: &str, minute: u64| UnseenAssignment {
            handle: handle.into(),
            is_group: handle == "sales",
            change: AssignmentChange::Removed,
            made: start + Duration::from_secs(60 * minute),
            due: start + Duration::from_secs(60 * (minute + 2)),
        };
        let mut told = UnseenTold::default();
        assert_eq!(told.tell("cycle 1", &[], start), None);
        let first = told.tell("cycle 2", &[change("ann", 40)], start).unwrap_or_default();
        assert!(first.contains("the direct assignment of ann was removed: provis"), "{first}");
        assert_eq!(told.tell("cycle 3", &[change("ann", 40)], start), None);
        let both = [change("ann", 40), change("sales", 41), change("bob", 41)];
        let both = told.tell("cycle 4", &both, start).unwrap_or_default();
        let words = "the assignment of the group sales was removed and 1 other change";
        assert!(both.contains(words), "{both}");
    }
}
