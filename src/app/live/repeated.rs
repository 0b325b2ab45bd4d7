//! A play that is played again with the actions by hand, each at its instant, by the pure driver.

use bytes::Bytes;
use http::Request;

use super::by_hand::ByHand;
use crate::base::Time;
use crate::base::time::earliest;
use crate::entra::{CallId, Reply};
use crate::scenario::Play;
use crate::world::{Drive, Outgoing, Ticket, driver};

/// A play, or what drives one and watches it meanwhile.
pub trait DrivesPlay: Drive {
    /// The play.
    fn play(&mut self) -> &mut Play;
}

/// A play with the actions by hand. It is driven as the play is.
pub struct Repeated<P> {
    /// The play, or what drives it.
    pub inner: P,
    by_hand: ByHand,
}

impl<P: DrivesPlay> Repeated<P> {
    /// A play at its start, and what was done by hand in it.
    pub fn new(inner: P, by_hand: ByHand) -> Repeated<P> {
        Repeated { inner, by_hand }
    }

    /// Plays up to an instant; `false` when it was stopped on the way. The end of the script is
    /// judged when it is reached, also where the run went on beyond it.
    pub fn run(&mut self, at: Time, stops: &dyn Fn(Time) -> bool) -> bool {
        let ends = self.inner.play().ends();
        if at >= ends && !self.run_to(ends, stops) {
            return false;
        }
        if at >= ends {
            self.inner.play().finish();
        }
        self.run_to(at, stops)
    }

    fn run_to(&mut self, at: Time, stops: &dyn Fn(Time) -> bool) -> bool {
        let now = std::cell::Cell::new(self.now());
        let mut carry = |repeated: &mut Repeated<P>| {
            now.set(repeated.now());
            driver::carry(repeated)
        };
        driver::run_to_unless(self, at, &mut carry, &|| stops(now.get()))
    }
}

impl<P: DrivesPlay> Drive for Repeated<P> {
    fn now(&self) -> Time {
        self.inner.now()
    }

    fn next_due(&self) -> Option<Time> {
        earliest([self.inner.next_due(), self.by_hand.next_due()])
    }

    fn advance(&mut self, to: Time) {
        self.inner.advance(to);
    }

    fn next_outgoing(&mut self) -> Option<Outgoing> {
        loop {
            // What goes out at this instant went out before the action.
            if let Some(outgoing) = self.inner.next_outgoing() {
                return Some(outgoing);
            }
            // An action that fails now was done to something that is not there.
            let _ = self.by_hand.take_due(self.inner.now())?.carry_out(self.inner.play());
        }
    }

    fn receive(&mut self, call: CallId, request: &Request<Bytes>) -> Ticket {
        self.inner.receive(call, request)
    }

    fn deliver(&mut self, call: CallId, reply: Reply) {
        self.inner.deliver(call, reply);
    }
}
