//! Actions by hand: a page or a shell sent them during the run. They are kept, so that a jump back
//! repeats each at its instant.

use crate::app::dashboard::{Branched, Done};
use crate::base::Time;

/// The actions of a run that are not in its script, in order.
#[derive(Default, Debug)]
pub struct ByHand {
    actions: Vec<Done>,
    /// How many of the actions have been carried out since the play last started.
    done: usize,
    /// Whether a jump back has played the run again from its start.
    pub jumped_back: bool,
    /// Whether clients from outside have sent requests to GoLinks, which a jump back does not
    /// repeat; what clients of Graph do is among the actions.
    pub outside: bool,
    /// The run that was left when this one branched off.
    left: Option<Box<LeftRun>>,
}

/// A run that was left for a branch.
#[derive(Debug)]
struct LeftRun {
    /// The instant up to which both runs are the same.
    from: Time,
    /// The instant at which it stood when it was left.
    stood: Time,
    by_hand: ByHand,
}

/// Branches of branches that are remembered; the way back from a deeper one ends here.
const DEEPEST: usize = 20;

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
    pub fn take_due(&mut self, now: Time) -> Option<Done> {
        let due = self.actions.get(self.done).filter(|done| done.at <= now)?;
        self.done += 1;
        Some(due.clone())
    }

    /// Marks all actions as still to be repeated, because the play starts from its beginning.
    pub fn jump_back(&mut self) {
        (self.done, self.jumped_back, self.outside) = (0, true, false);
    }

    /// The same actions, all of them still to be carried out: for a play that starts from its
    /// beginning.
    pub fn again(&self) -> ByHand {
        ByHand { actions: self.actions.clone(), ..ByHand::default() }
    }

    /// What has been done by now: without what is to be repeated later.
    pub fn so_far(&self) -> ByHand {
        let actions = self.actions[..self.done].to_vec();
        ByHand { actions, outside: self.outside, ..ByHand::default() }
    }

    /// Drops the actions after an instant, because the run goes on from there in another way; the
    /// play stands there. The run that is left, which stood at `now`, is remembered.
    pub fn branch(&mut self, from: Time, now: Time) {
        let left = std::mem::take(self);
        self.actions = left.actions.iter().filter(|done| done.at <= from).cloned().collect();
        self.done = self.actions.len();
        self.left = Some(Box::new(LeftRun { from, stood: now, by_hand: left }));
        self.forget_deeper(DEEPEST);
    }

    fn forget_deeper(&mut self, depth: usize) {
        match &mut self.left {
            Some(left) if depth > 0 => left.by_hand.forget_deeper(depth - 1),
            left => *left = None,
        }
    }

    /// Takes up the run again that the last branch has left, for a play that starts from its
    /// beginning; returns the instant at which it stood. `None` when this run is no branch.
    pub fn unbranch(&mut self) -> Option<Time> {
        let left = self.left.take()?;
        *self = left.by_hand;
        self.jump_back();
        Some(left.stood)
    }

    /// Where this run has branched off.
    pub fn branched(&self) -> Option<Branched> {
        let left = self.left.as_ref()?;
        let dropped = left.by_hand.actions.iter().filter(|done| done.at > left.from).count();
        Some(Branched { from: left.from, stood: left.stood, dropped })
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
        Done {
            at: Time::from_secs(secs),
            steps: 0,
            action: action(text),
            hidden: false,
            by: None,
            at_page: false,
        }
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
        assert_eq!(by_hand.take_due(early), Some(done(10, "'start'")));
        by_hand.keep(done(20, "'restart'"));
        assert_eq!(by_hand.next_due(), Some(late));
        assert_eq!(instants(&by_hand), [early, Time::from_secs(20), late]);
    }

    #[test]
    fn a_branch_drops_what_came_later() {
        let mut by_hand = ByHand::default();
        by_hand.keep(done(10, "'start'"));
        by_hand.keep(done(30, "'stop'"));
        by_hand.branch(Time::from_secs(20), Time::from_secs(40));
        assert_eq!(instants(&by_hand), [Time::from_secs(10)]);
        by_hand.keep(done(25, "'restart'"));
        assert_eq!(instants(&by_hand), [Time::from_secs(10), Time::from_secs(25)]);
        let branched = by_hand.branched().map(|it| (it.from, it.dropped));
        assert_eq!(branched, Some((Time::from_secs(20), 1)));
        assert_eq!(by_hand.unbranch(), Some(Time::from_secs(40)));
        assert_eq!(instants(&by_hand), [Time::from_secs(10), Time::from_secs(30)]);
        assert_eq!((by_hand.branched(), by_hand.unbranch()), (None, None));
        assert_eq!(by_hand.next_due(), Some(Time::from_secs(10)), "all is to be carried out again");
    }

    #[test]
    fn branches_of_branches_are_not_remembered_for_ever() {
        let mut by_hand = ByHand::default();
        for nth in 0..100 {
            by_hand.branch(Time::from_secs(nth), Time::from_secs(nth + 1));
        }
        let back = std::iter::from_fn(|| by_hand.unbranch()).count();
        assert_eq!(back, DEEPEST);
    }
}
