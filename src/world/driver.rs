//! The pure driver: carries every request by calling `receive` and `deliver` itself, with no socket and no waiting.

use bytes::Bytes;
use http::Request;

use super::transit::{Door, Origin, Outgoing, Sent, Ticket};
use crate::base::Time;
use crate::entra::{CallId, Lost, Reply};

/// What a driver needs of a world, or of a world with a script.
pub trait Drive {
    /// The current instant.
    fn now(&self) -> Time;
    /// The earliest instant at which something is due.
    fn next_due(&self) -> Option<Time>;
    /// Moves the clock to `to` and does what is due then.
    fn advance(&mut self, to: Time);
    /// The next thing to carry.
    fn next_outgoing(&mut self) -> Option<Outgoing>;
    /// A request reached a door.
    fn receive(&mut self, origin: Origin, door: Door, request: Request<Bytes>) -> Ticket;
    /// A reply reached the engine.
    fn deliver(&mut self, call: CallId, reply: Reply);
}

/// Runs a world until nothing is due up to and including `until`; the clock ends at `until`.
pub fn run_to(world: &mut impl Drive, until: Time) {
    settle(world);
    while let Some(due) = world.next_due().filter(|due| *due <= until) {
        let to = due.max(world.now());
        world.advance(to);
        settle(world);
    }
    if world.now() < until {
        world.advance(until);
        settle(world);
    }
}

/// Moves to the next instant at which something is due and does it; `None` when nothing ever will be.
pub fn step(world: &mut impl Drive) -> Option<Time> {
    settle(world);
    let to = world.next_due()?.max(world.now());
    world.advance(to);
    settle(world);
    Some(to)
}

/// Carries everything that wants to go out at this instant.
pub fn settle(world: &mut impl Drive) {
    while let Some(outgoing) = world.next_outgoing() {
        match outgoing {
            Outgoing::Call(call) => {
                world.receive(Origin::Own(call.id), Door::Scim, call.request);
            }
            Outgoing::Answer(answer) => {
                let Origin::Own(call) = answer.to else { continue };
                match answer.sent {
                    Sent::Response(response) => world.deliver(call, Ok(response)),
                    Sent::Reset => world.deliver(call, Err(Lost::Reset)),
                    Sent::Never => {}
                }
            }
            Outgoing::Abandon(_) => {}
        }
    }
}
