//! The faults of a world: which are active, how many requests they have seen, and which one strikes
//! a request.

use super::{Effect, Fault, RequestFacts, Strike};
use crate::base::{Seed, Time};

/// A fault with its state.
#[derive(Clone, Debug)]
pub struct RunningFault {
    /// The fault.
    pub fault: Fault,
    /// Whether it is active.
    pub on: bool,
    /// How many requests it has struck.
    pub struck: u64,
    /// When it became, or will become, active.
    pub from: Time,
    /// When it ends.
    pub until: Option<Time>,
    /// Matching requests since it became active.
    seen: u64,
    /// Whether it has ended for good.
    over: bool,
}

/// The news that a fault became active or ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Switched {
    /// The name of the fault.
    pub name: Box<str>,
    /// Whether it is active now.
    pub on: bool,
}

/// The faults of a world, in file order; the first that strikes a request wins.
#[derive(Default)]
pub struct Faults {
    list: Vec<RunningFault>,
    start: Time,
    /// The names of faults that were removed after they had been active and struck no request.
    missed: Vec<String>,
}

impl Faults {
    /// The faults of a world that starts at `start`; none is active before the first
    /// [`Faults::switch`].
    pub fn new(list: Vec<Fault>, start: Time) -> Faults {
        let mut faults = Faults { list: Vec::new(), start, missed: Vec::new() };
        for mut fault in list {
            let name = fault.name.clone();
            for nth in 2.. {
                if faults.find(&fault.name).is_none() {
                    break;
                }
                fault.name = format!("{name} {nth}");
            }
            faults.put(fault, start);
        }
        faults
    }

    /// All faults with their state, in order.
    pub fn iter(&self) -> impl Iterator<Item = &RunningFault> {
        self.list.iter()
    }

    /// The fault of this name.
    pub fn find(&self, name: &str) -> Option<&RunningFault> {
        self.list.iter().find(|running| running.fault.name == name)
    }

    /// The names of the faults that are or were active and have struck no request: what they were
    /// to try was not tried.
    pub fn missed(&self) -> impl Iterator<Item = &str> {
        let removed = self.missed.iter().map(String::as_str);
        let removed = removed.filter(|name| self.find(name).is_none());
        let there = self.list.iter().filter(|running| running.has_missed());
        there.map(|running| running.fault.name.as_str()).chain(removed)
    }

    /// Whether any fault is active.
    pub fn any_on(&self) -> bool {
        self.list.iter().any(|running| running.on)
    }

    /// Whether an active fault depends on the user that a request is about.
    pub fn ask_whom(&self) -> bool {
        self.list.iter().any(|running| running.on && !running.fault.when.users.is_empty())
    }

    /// The next instant at which a fault becomes active or ends.
    pub fn next_due(&self) -> Option<Time> {
        self.list.iter().filter_map(RunningFault::due).min()
    }

    /// Switches the faults that are due on or off, and calls `say` for each switch.
    pub fn switch(&mut self, now: Time, mut say: impl FnMut(Switched)) {
        for running in &mut self.list {
            while running.due().is_some_and(|due| due <= now) {
                running.over = running.on;
                running.on = !running.on;
                say(Switched { name: running.fault.name.as_str().into(), on: running.on });
            }
        }
    }

    /// The fault, of those that count, that is sure to strike this request at an instant, if it is
    /// the next one.
    pub fn first_to_strike(
        &self,
        at: Time,
        seen: &RequestFacts<'_>,
        counts: impl Fn(&RunningFault) -> bool,
    ) -> Option<&RunningFault> {
        self.in_order().find(|running| counts(running) && running.strikes(at, seen))
    }

    /// All faults in the order in which they are asked: those that prevent the connection come
    /// before all others, whatever their order in the file.
    pub fn in_order(&self) -> impl Iterator<Item = &RunningFault> {
        let of = |unconnected: bool| {
            self.list
                .iter()
                .filter(move |running| is_unconnected(&running.fault.effect) == unconnected)
        };
        of(true).chain(of(false))
    }

    /// Adds a fault while the world runs; it replaces a fault of the same name.
    ///
    /// # Errors
    /// When it would be over before it begins.
    pub fn add(
        &mut self,
        fault: Fault,
        now: Time,
        mut say: impl FnMut(Switched),
    ) -> Result<(), String> {
        let begins = fault.from.map_or(now, |from| from.instant(self.start)).max(now);
        if fault.until.is_some_and(|until| until.instant(self.start) <= begins) {
            return Err(format!("the fault `{}` would be over already", fault.name));
        }
        if let Some(off) = self.clear(&fault.name) {
            off.on.then(|| say(Switched { on: false, ..off }));
        }
        self.put(fault, now);
        self.switch(now, say);
        Ok(())
    }

    /// Removes a fault, and returns its name and whether it was active; `None` when no fault has
    /// this name.
    pub fn clear(&mut self, name: &str) -> Option<Switched> {
        let at = self.list.iter().position(|running| running.fault.name == name)?;
        let running = self.list.remove(at);
        if running.has_missed() && !self.missed.iter().any(|missed| missed == name) {
            self.missed.push(name.to_owned());
        }
        Some(Switched { name: running.fault.name.into(), on: running.on })
    }

    /// Finds the first fault that strikes a request, and returns its name and what it does. Faults
    /// that prevent the connection come before all others, whatever their order in the file.
    pub fn judge(
        &mut self,
        seed: Seed,
        now: Time,
        seen: &RequestFacts<'_>,
    ) -> Option<(Box<str>, Strike)> {
        let mut strike = |unconnected: bool| {
            let list = self
                .list
                .iter_mut()
                .filter(|running| is_unconnected(&running.fault.effect) == unconnected);
            list.into_iter().find_map(|running| {
                let strike = running.judge(seed, now, seen)?;
                Some((running.fault.name.as_str().into(), strike))
            })
        };
        strike(true).or_else(|| strike(false))
    }

    fn put(&mut self, fault: Fault, now: Time) {
        let from = fault.from.map_or(now, |when| when.instant(self.start));
        let until = match fault.lasts {
            Some(lasts) => Some(from.max(now) + lasts),
            None => fault.until.map(|when| when.instant(self.start)),
        };
        let over = until.is_some_and(|until| until <= from);
        self.list.push(RunningFault { fault, on: false, struck: 0, from, until, seen: 0, over });
    }
}

/// Whether a fault prevents the connection.
fn is_unconnected(effect: &Effect) -> bool {
    matches!(effect, Effect::Refuse | Effect::Certificate(_) | Effect::ServiceError)
}

impl RunningFault {
    /// Whether it is active and may still strike a request: one for certain requests by their
    /// number does so no more once they have passed.
    pub fn may_strike(&self) -> bool {
        let nth = self.fault.when.nth.as_ref();
        self.on && nth.is_none_or(|nth| !nth.is_spent(self.seen))
    }

    /// Whether it is or was active and has struck no request.
    fn has_missed(&self) -> bool {
        let was_on = self.over && self.until.is_some_and(|until| until > self.from);
        self.struck == 0 && (self.on || was_on)
    }

    /// When it will switch next.
    fn due(&self) -> Option<Time> {
        match (self.over, self.on) {
            (true, _) => None,
            (false, true) => self.until,
            (false, false) => Some(self.from),
        }
    }

    /// Whether the fault is active at an instant, now or later.
    fn is_on_at(&self, at: Time) -> bool {
        let lasts = self.until.is_none_or(|until| until > at);
        match self.on {
            true => lasts,
            false => !self.over && self.from <= at && lasts,
        }
    }

    /// Whether the fault is sure to strike this request at an instant, if it is the next one.
    fn strikes(&self, at: Time, seen: &RequestFacts<'_>) -> bool {
        let Fault { when, probability, .. } = &self.fault;
        let nth = if self.on { self.seen + 1 } else { 1 };
        self.is_on_at(at)
            && *probability >= 1.0
            && when.nth.as_ref().is_none_or(|numbers| numbers.has(nth))
            && when.meets(seen)
    }

    fn judge(&mut self, seed: Seed, now: Time, seen: &RequestFacts<'_>) -> Option<Strike> {
        if !self.on || !self.fault.when.meets(seen) {
            return None;
        }
        self.seen += 1;
        let Fault { name, when, probability, effect, .. } = &self.fault;
        let chosen = when.nth.as_ref().is_none_or(|nth| nth.has(self.seen))
            && (*probability >= 1.0 || seed.unit("fault", name, self.seen) < *probability);
        if !chosen {
            return None;
        }
        self.struck += 1;
        Some(match effect {
            Effect::Delay(delay) => Strike::Delay(delay.draw(
                seed,
                name,
                self.struck,
                now.since(self.from),
                seen.accounts,
            )),
            Effect::Stall => Strike::Stall,
            Effect::Respond(respond) => Strike::Respond(respond.response()),
            Effect::Refuse => Strike::Refuse,
            Effect::Certificate(wrong) => Strike::Certificate(*wrong),
            Effect::Reset(reset) => Strike::Reset(*reset),
            Effect::Garble(garble) => Strike::Garble(*garble),
            Effect::ServiceError => Strike::ServiceError,
        })
    }
}
