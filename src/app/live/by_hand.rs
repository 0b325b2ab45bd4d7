//! Actions by hand: a page or a shell sent them during the run. They are kept, so that a jump back
//! repeats each at its instant.

use crate::app::dashboard::Done;
use crate::base::Time;
use crate::world::Action;

/// The actions of a run that are not in its script, in order.
#[derive(Default, Debug)]
pub struct ByHand {
    actions: Vec<Done>,
    /// How many of the actions have been carried out since the play last started.
    done: usize,
    /// Whether a jump back has played the run again from its start.
    pub jumped_back: bool,
    /// Whether clients from outside have sent requests, which a jump back does not repeat.
    pub outside: bool,
}

impl ByHand {
    /// Keeps an action that has just been carried out.
    pub fn keep(&mut self, done: Done) {
        self.actions.insert(self.done, done);
        self.done += 1;
    }

    /// Returns when the next action is to be repeated, if there is one.
    pub fn next_due(&self) -> Option<Time> {
        self.actions.get(self.done).map(|done| done.at)
    }

    /// Returns the next action if it is due by `now`, and counts it as carried out.
    pub fn take_due(&mut self, now: Time) -> Option<Action> {
        let due = self.actions.get(self.done).filter(|done| done.at <= now)?;
        self.done += 1;
        Some(due.action.clone())
    }

    /// Marks all actions as still to be repeated, because the play starts from its beginning.
    pub fn jump_back(&mut self) {
        (self.done, self.jumped_back, self.outside) = (0, true, false);
    }

    /// Drops the actions after an instant, because the run goes on from there in another way.
    pub fn branch(&mut self, from: Time) {
        self.actions.retain(|done| done.at <= from);
        self.done = self.done.min(self.actions.len());
    }

    /// All actions, with their instants.
    pub fn actions(&self) -> &[Done] {
        &self.actions
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::actions::tests::action;

    fn done(secs: i64, text: &str) -> Done {
        Done { at: Time::from_secs(secs), steps: 0, action: action(text) }
    }

    fn instants(by_hand: &ByHand) -> Vec<Time> {
        by_hand.actions().iter().map(|done| done.at).collect()
    }

    #[test]
    fn a_jump_back_repeats_what_was_done_and_new_actions_come_between() {
        let (early, late) = (Time::from_secs(10), Time::from_secs(30));
        let mut by_hand = ByHand::default();
        by_hand.keep(done(10, "'start'"));
        by_hand.keep(done(30, "'stop'"));
        assert_eq!(by_hand.next_due(), None);
        by_hand.jump_back();
        assert_eq!(by_hand.take_due(Time::from_secs(9)), None);
        assert_eq!(by_hand.take_due(early), Some(action("'start'")));
        by_hand.keep(done(20, "'restart'"));
        assert_eq!(by_hand.next_due(), Some(late));
        assert_eq!(instants(&by_hand), [early, Time::from_secs(20), late]);
    }

    #[test]
    fn a_branch_drops_what_came_later() {
        let mut by_hand = ByHand::default();
        by_hand.keep(done(10, "'start'"));
        by_hand.keep(done(30, "'stop'"));
        by_hand.branch(Time::from_secs(20));
        assert_eq!(instants(&by_hand), [Time::from_secs(10)]);
        by_hand.keep(done(25, "'restart'"));
        assert_eq!(instants(&by_hand), [Time::from_secs(10), Time::from_secs(25)]);
    }
}
