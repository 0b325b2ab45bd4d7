//! Actions by hand: a page or a shell sent them during the run. They are kept, so that a jump back
//! repeats each at its instant.

use crate::base::Time;
use crate::world::Action;

/// The actions of a run that are not in its script, in order.
#[derive(Default, Debug)]
pub struct ByHand {
    actions: Vec<(Time, Action)>,
    /// How many of the actions have been carried out since the play last started.
    done: usize,
    /// Whether a jump back has played the run again from its start.
    pub jumped_back: bool,
}

impl ByHand {
    /// Keeps an action that has just been carried out.
    pub fn keep(&mut self, at: Time, action: Action) {
        self.actions.insert(self.done, (at, action));
        self.done += 1;
    }

    /// Returns when the next action is to be repeated, if there is one.
    pub fn next_due(&self) -> Option<Time> {
        self.actions.get(self.done).map(|(at, _)| *at)
    }

    /// Returns the next action if it is due by `now`, and counts it as carried out.
    pub fn take_due(&mut self, now: Time) -> Option<Action> {
        let (_, action) = self.actions.get(self.done).filter(|(at, _)| *at <= now)?;
        self.done += 1;
        Some(action.clone())
    }

    /// Marks all actions as still to be repeated, because the play starts from its beginning.
    pub fn jump_back(&mut self) {
        (self.done, self.jumped_back) = (0, true);
    }

    /// All actions, with their instants.
    pub fn actions(&self) -> &[(Time, Action)] {
        &self.actions
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::actions::tests::action;

    #[test]
    fn a_jump_back_repeats_what_was_done_and_new_actions_come_between() {
        let (early, late) = (Time::from_secs(10), Time::from_secs(30));
        let mut by_hand = ByHand::default();
        by_hand.keep(early, action("'start'"));
        by_hand.keep(late, action("'stop'"));
        assert_eq!(by_hand.next_due(), None);
        by_hand.jump_back();
        assert_eq!(by_hand.take_due(Time::from_secs(9)), None);
        assert_eq!(by_hand.take_due(early), Some(action("'start'")));
        by_hand.keep(Time::from_secs(20), action("'restart'"));
        assert_eq!(by_hand.next_due(), Some(late));
        let at: Vec<Time> = by_hand.actions().iter().map(|(at, _)| *at).collect();
        assert_eq!(at, [early, Time::from_secs(20), late]);
    }
}
