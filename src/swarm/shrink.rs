//! Makes a failing life shorter: leaves out and simplifies what it fails without.
//!
//! What removes most is tried first: faults, further applications and bystanders, people and
//! groups, then steps by halves (delta debugging), then the time between them, then values. It goes
//! round until nothing more can be left out.

use super::change::{GroupChange, LeftOut, LifeChange};
use super::life::{Life, Mapped, Step};

/// A life that still fails.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// The life.
    pub life: Life,
    /// How many shorter ones were tried.
    pub tries: u32,
    /// Whether nothing more can be left out; it is `false` when the tries were ended before.
    pub finished: bool,
}

/// Shortens a life. `fails` plays one and tells whether it fails as the first one did; `None` ends
/// the tries.
pub fn shrink(life: &Life, fails: &mut dyn FnMut(&Life) -> Option<bool>) -> Shrunk {
    let mut life = life.clone();
    life.steps = life.taken();
    let mut shortening = Shortening { best: life, tries: 0, finished: true, fails };
    loop {
        let before = shortening.best.clone();
        shortening.faults();
        shortening.switches();
        shortening.people_and_groups();
        shortening.steps();
        shortening.times();
        shortening.values();
        shortening.calm();
        if !shortening.finished || shortening.best == before {
            let Shortening { best, tries, finished, .. } = shortening;
            return Shrunk { life: best, tries, finished };
        }
    }
}

struct Shortening<'a> {
    /// The shortest so far that fails.
    best: Life,
    tries: u32,
    finished: bool,
    fails: &'a mut dyn FnMut(&Life) -> Option<bool>,
}

impl Shortening<'_> {
    /// Tries the best life with a change; keeps it when it still fails.
    fn keep(&mut self, change: impl FnOnce(&mut Life)) -> bool {
        let mut candidate = self.best.clone();
        change(&mut candidate);
        candidate.steps = candidate.taken();
        if !self.finished || candidate == self.best {
            return false;
        }
        match (self.fails)(&candidate) {
            None => self.finished = false,
            Some(still) => {
                self.tries += 1;
                if still {
                    self.best = candidate;
                    return true;
                }
            }
        }
        false
    }

    fn faults(&mut self) {
        if self.best.faults.is_empty() || self.keep(|life| life.faults.clear()) {
            return;
        }
        for nth in (0..self.best.faults.len()).rev() {
            self.keep(|life| {
                life.faults.remove(nth);
            });
        }
    }

    fn switches(&mut self) {
        self.keep(|life| life.third = false);
        self.keep(|life| (life.tested, life.third) = (false, false));
        self.keep(|life| life.guarded = false);
        self.keep(|life| life.bystanders = 0);
        self.keep(|life| life.adopted_bare = false);
    }

    fn people_and_groups(&mut self) {
        for who in 0..self.best.people.len() {
            self.keep(|life| leave_out_person(life, who));
            self.keep(|life| life.adopted.retain(|adopted| *adopted != who));
            self.keep(|life| life.namesakes.retain(|namesake| *namesake != who));
        }
        for which in 0..self.best.groups.len() {
            // The second application provisions the first group.
            if !(which == 0 && self.best.tested) {
                self.keep(|life| leave_out_group(life, which));
            }
        }
    }

    /// Leaves out steps: half of them, then quarters, down to single ones.
    fn steps(&mut self) {
        let mut size = self.best.steps.len();
        while size > 0 {
            let mut from = 0;
            while from < self.best.steps.len() && self.finished {
                let to = (from + size).min(self.best.steps.len());
                let shorter = self.keep(|life| {
                    life.steps.drain(from..to);
                });
                if !shorter {
                    from = to;
                }
            }
            size /= 2;
        }
    }

    /// Brings steps nearer to one another: one in the middle of each cycle.
    fn times(&mut self) {
        let last = self.best.faults.iter().map(|fault| fault.from + 1).max().unwrap_or(1);
        if self.best.faults.is_empty() {
            self.keep(|life| {
                (life.hours, life.quiet) = (1, 2);
                for (nth, step) in life.steps.iter_mut().enumerate() {
                    step.minute = 60 + 120 * nth as u64;
                }
            });
        }
        self.keep(|life| life.hours = last);
    }

    /// What is done when the calm begins: the restart, which finds what was changed by hand, and
    /// the start, which a job needs that was stopped, or that faults or the guard against deletions
    /// have quarantined.
    fn calm(&mut self) {
        let needs_it = |step: &Step| {
            use LifeChange::{ByHand, Interrupt, Loosen, Rest, Restart, RestartOf, SaveMapping};
            let change = &step.change;
            matches!(change, ByHand(..) | Interrupt | Loosen { .. } | Rest | Restart | RestartOf(_))
                || *change == SaveMapping
        };
        let may_rest = !self.best.faults.is_empty() || self.best.guarded;
        if !may_rest && !self.best.steps.iter().any(needs_it) {
            self.keep(|life| life.restarts = false);
            self.keep(|life| life.starts_again = false);
        }
    }

    fn values(&mut self) {
        self.keep(|life| life.mapped = Mapped::Gallery);
        self.keep(|life| life.compliant = false);
        for which in 0..self.best.groups.len() {
            let Some(group) = &self.best.groups[which] else { continue };
            for member in group.members.clone() {
                self.keep(|life| {
                    if let Some(Some(group)) = life.groups.get_mut(which) {
                        group.members.retain(|other| *other != member);
                    }
                });
            }
        }
    }
}

/// Leaves out a person, and what happens to them.
fn leave_out_person(life: &mut Life, who: usize) {
    life.people[who] = None;
    life.adopted.retain(|adopted| *adopted != who);
    life.namesakes.retain(|namesake| *namesake != who);
    for group in life.groups.iter_mut().flatten() {
        group.members.retain(|member| *member != who);
    }
    let about = |step: &Step| match &step.change {
        LifeChange::Group(_, GroupChange::Add(member) | GroupChange::Remove(member)) => {
            *member == who
        }
        LifeChange::Group(_, GroupChange::OnDemand(Some(member))) => *member == who,
        LifeChange::Manager { chief: Some(chief), .. } if *chief == who => true,
        LifeChange::SwapMails { with, .. } if *with == who => true,
        LifeChange::Filter { out: Some(LeftOut::Surname(out)), .. } if *out == who => true,
        change => change.person() == Some(who),
    };
    life.steps.retain(|step| !about(step));
}

fn leave_out_group(life: &mut Life, which: usize) {
    life.groups[which] = None;
    let about = |step: &Step| match &step.change {
        LifeChange::Group(group, _) => *group == which,
        LifeChange::Filter { out, .. } => *out == Some(LeftOut::Group(which)),
        _ => false,
    };
    life.steps.retain(|step| !about(step));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Seed;
    use crate::swarm::{Against, NameSpace};

    /// Whether a person is disabled and later enabled in a life.
    fn blocked_and_back(life: &Life) -> bool {
        let steps = life.taken();
        steps.iter().any(|step| match step.change {
            LifeChange::Disable(who) => steps
                .iter()
                .any(|later| later.minute > step.minute && later.change == LifeChange::Enable(who)),
            _ => false,
        })
    }

    fn long_life() -> Life {
        let lives = (0..1_000).map(|seed| Life::of(Seed(seed), Against::Mock));
        lives.into_iter().find(blocked_and_back).expect("one of a thousand")
    }

    #[test]
    fn what_it_fails_without_is_left_out() {
        let life = long_life();
        let shrunk = shrink(&life, &mut |life| Some(blocked_and_back(life)));
        assert!(shrunk.finished && shrunk.tries < 200, "{} tries", shrunk.tries);
        assert_eq!(shrunk.life.steps.len(), 2, "{:#?}", shrunk.life);
        // The first start, and both steps: the calm needs nothing.
        assert_eq!(shrunk.life.moments(&NameSpace::default()).len(), 3);
        assert_eq!(shrunk.life.people.iter().flatten().count(), 1);
        assert_eq!((shrunk.life.faults.len(), shrunk.life.groups.iter().flatten().count()), (0, 0));
    }

    #[test]
    fn the_tries_can_be_ended_and_the_best_so_far_is_kept() {
        let mut left = 5;
        let shrunk = shrink(&long_life(), &mut |life| {
            left -= 1;
            (left >= 0).then(|| blocked_and_back(life))
        });
        assert_eq!((shrunk.finished, shrunk.tries), (false, 5));
        assert!(blocked_and_back(&shrunk.life));
    }
}
