//! The pure driver: carries every request by calling `receive` and `deliver` itself, with no socket
//! and no waiting.

use bytes::Bytes;
use http::Request;

use super::transit::{Answer, Outgoing, Ticket, WireReply};
use crate::base::Time;
use crate::entra::{CallId, Lost, Reply};

/// What a driver needs of a world, or of a world with a script.
pub trait Drive {
    /// The current instant.
    fn now(&self) -> Time;
    /// The earliest instant at which something is due; one in the past means now.
    fn next_due(&self) -> Option<Time>;
    /// Moves the clock to `to` and does what is due then.
    fn advance(&mut self, to: Time);
    /// Takes the next thing to carry; `None` when there is nothing, or one is in transit.
    fn next_outgoing(&mut self) -> Option<Outgoing>;
    /// Takes a call of the engine that has reached its door.
    fn receive(&mut self, call: CallId, request: &Request<Bytes>) -> Ticket;
    /// Takes a reply that has reached the engine.
    fn deliver(&mut self, call: CallId, reply: Reply);
    /// The most things to carry at one instant; more are a bug.
    fn most_at_once(&self) -> u64 {
        100_000_000
    }
}

/// The most advances to one instant that leave nothing to carry: far more than a script has steps.
const MOST_IDLE: u32 = 100_000;

/// Runs a world until nothing is due up to and including `until`; the clock ends at `until`.
///
/// # Panics
/// When the world does not come to rest at one instant, which is a bug of the world and not of a
/// scenario.
pub fn run_to<W: Drive>(world: &mut W, until: Time) {
    run_to_with(world, until, &mut carry);
}

/// Like [`run_to`], but `carry` carries one thing; it returns `false` when nothing wants to go out.
///
/// # Panics
/// As [`run_to`] does.
pub fn run_to_with<W: Drive>(world: &mut W, until: Time, carry: &mut dyn FnMut(&mut W) -> bool) {
    run_to_unless(world, until, carry, &|| false);
}

/// Like [`run_to_with`], but it ends before the next instant once `stops` says so. Returns whether
/// `until` was reached.
///
/// # Panics
/// As [`run_to`] does.
pub fn run_to_unless<W: Drive>(
    world: &mut W,
    until: Time,
    carry: &mut dyn FnMut(&mut W) -> bool,
    stops: &dyn Fn() -> bool,
) -> bool {
    let mut rest = Rest::default();
    rest.run_until_quiet(world, carry);
    while let Some(due) = world.next_due().filter(|due| *due <= until) {
        if stops() {
            return false;
        }
        rest.advance(world, due, carry);
    }
    if world.now() < until {
        if stops() {
            return false;
        }
        rest.advance(world, until, carry);
    }
    true
}

/// Moves to the next instant at which something is due and does it; `None` when nothing is due at
/// any time.
///
/// # Panics
/// As [`run_to`] does.
pub fn step<W: Drive>(world: &mut W) -> Option<Time> {
    let mut rest = Rest::default();
    rest.run_until_quiet(world, &mut carry);
    let due = world.next_due()?;
    rest.advance(world, due, &mut carry);
    Some(world.now())
}

/// Carries everything that wants to go out at this instant.
///
/// # Panics
/// As [`run_to`] does.
pub fn run_until_quiet<W: Drive>(world: &mut W) {
    Rest::default().run_until_quiet(world, &mut carry);
}

/// Carries one thing; `false` when nothing wants to go out.
pub fn carry<W: Drive>(world: &mut W) -> bool {
    match world.next_outgoing() {
        None => return false,
        Some(Outgoing::Call(call)) => {
            world.receive(call.id, &call.request);
        }
        Some(other) => carry_other(world, other),
    }
    true
}

/// Carries what is not a call: hands an answer to the engine.
pub fn carry_other<W: Drive>(world: &mut W, outgoing: Outgoing) {
    if let Outgoing::Answer(Answer { to: call, reply, .. }) = outgoing {
        match reply {
            WireReply::Response(response) => world.deliver(call, Ok(response)),
            WireReply::Reset => world.deliver(call, Err(Lost::Reset)),
            WireReply::Never => {}
        }
    }
}

/// Panics when a world does not come to rest at an instant.
#[derive(Default)]
struct Rest {
    at: Option<Time>,
    carried: u64,
    idle: u32,
}

impl Rest {
    fn advance<W: Drive>(
        &mut self,
        world: &mut W,
        due: Time,
        carry: &mut dyn FnMut(&mut W) -> bool,
    ) {
        let to = due.max(world.now());
        if self.at.replace(to) != Some(to) {
            (self.carried, self.idle) = (0, 0);
        }
        world.advance(to);
        if self.run_until_quiet(world, carry) == 0 {
            self.idle += 1;
            assert!(
                self.idle <= MOST_IDLE,
                "bug: something is due at {to} again and again, and nothing comes of it"
            );
        } else {
            self.idle = 0;
        }
    }

    /// Carries everything, and returns how many things there were.
    fn run_until_quiet<W: Drive>(
        &mut self,
        world: &mut W,
        carry: &mut dyn FnMut(&mut W) -> bool,
    ) -> u64 {
        let before = self.carried;
        let most = world.most_at_once();
        while carry(world) {
            self.carried += 1;
            assert!(
                self.carried <= most,
                "bug: at {} more and more wants to go out, {most} so far",
                world.now()
            );
        }
        self.carried - before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A world in which something is always due and, if told so, something always goes out.
    struct Restless {
        now: Time,
        speaks: bool,
    }

    impl Drive for Restless {
        fn now(&self) -> Time {
            self.now
        }
        fn next_due(&self) -> Option<Time> {
            Some(Time::from_secs(1))
        }
        fn advance(&mut self, to: Time) {
            self.now = to;
        }
        fn next_outgoing(&mut self) -> Option<Outgoing> {
            self.speaks.then_some(Outgoing::Abandon(CallId(1)))
        }
        fn receive(&mut self, _: CallId, _: &Request<Bytes>) -> Ticket {
            Ticket(1)
        }
        fn deliver(&mut self, _: CallId, _: Reply) {}
        fn most_at_once(&self) -> u64 {
            1000
        }
    }

    #[test]
    #[should_panic(expected = "bug: something is due at 1970-01-01T00:00:01Z again and again")]
    fn a_world_that_is_always_due_is_a_bug_and_not_a_hang() {
        run_to(&mut Restless { now: Time::from_secs(0), speaks: false }, Time::from_secs(9));
    }

    #[test]
    #[should_panic(expected = "more and more wants to go out")]
    fn a_world_that_never_stops_talking_is_a_bug_and_not_a_hang() {
        run_to(&mut Restless { now: Time::from_secs(0), speaks: true }, Time::from_secs(9));
    }
}
