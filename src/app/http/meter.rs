//! Cuts off clients that send nothing, or half a request: one sweep over all connections instead of
//! a timer for each.
//!
//! Moments are those of the last sweep, so that a request costs no look at the clock; a client is
//! never cut off early.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::AbortHandle;

/// What a connection is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Awaited {
    /// The first request's head.
    First,
    /// The next request's head, on a connection that has been served before.
    Next,
    /// The rest of a request's body.
    Body,
    /// Our own answer: the client is not to blame.
    Nothing,
    /// Nothing in particular: it is the engine's, or a page watches; it may stay for as long as
    /// there is a server.
    Open,
}

/// What one connection is waited for, and since which sweep.
pub struct Meter {
    state: Cell<(Awaited, Instant)>,
    swept: Rc<Cell<Instant>>,
}

impl Meter {
    /// A request's head has come; its body is awaited.
    pub fn body(&self) {
        self.state.set((Awaited::Body, self.swept.get()));
    }

    /// A request has come whole; we are to answer.
    pub fn ours(&self) {
        self.state.set((Awaited::Nothing, self.swept.get()));
    }

    /// The answer is given; the client may send the next request.
    pub fn next(&self) {
        self.state.set((Awaited::Next, self.swept.get()));
    }

    /// From now on the connection may stay as long as it likes.
    pub fn open(&self) {
        self.state.set((Awaited::Open, self.swept.get()));
    }
}

/// An idle connection that has been served may stay this many times as long as a request may take.
const IDLE_FACTOR: u32 = 5;

/// How long after an answer was given it is surely on its way.
const FLUSHED: Duration = Duration::from_millis(50);

/// All open connections.
pub struct Meters {
    patience: Duration,
    swept: Rc<Cell<Instant>>,
    next: Cell<u64>,
    open: RefCell<BTreeMap<u64, (Rc<Meter>, AbortHandle)>>,
}

impl Meters {
    /// Connections whose clients may take so long to send a request.
    pub fn new(patience: Duration) -> Meters {
        let swept = Rc::new(Cell::new(Instant::now()));
        Meters { patience, swept, next: Cell::new(0), open: RefCell::default() }
    }

    /// A meter for a new connection.
    pub fn meter(&self) -> Rc<Meter> {
        Rc::new(Meter {
            state: Cell::new((Awaited::First, Instant::now())),
            swept: self.swept.clone(),
        })
    }

    /// Watches a connection's task from now on; the number is for [`Meters::forget`].
    pub fn watch(&self, meter: &Rc<Meter>, start: impl FnOnce(u64) -> AbortHandle) {
        let number = self.next.replace(self.next.get() + 1);
        let task = start(number);
        self.open.borrow_mut().insert(number, (meter.clone(), task));
    }

    /// The connection has ended.
    pub fn forget(&self, number: u64) {
        self.open.borrow_mut().remove(&number);
    }

    /// Sweeps for ever.
    pub async fn sweep(&self) {
        let pause = (self.patience / 4).clamp(Duration::from_millis(10), Duration::from_secs(1));
        // A moment may be as much too early as there is between two sweeps.
        let patience = self.patience + pause;
        loop {
            tokio::time::sleep(pause).await;
            self.swept.set(Instant::now());
            self.cut_off(|state, now| overdue(state, now, patience));
        }
    }

    /// Closes all connections, those first that await nothing of ours; the others when their
    /// answers have been sent.
    pub async fn close(&self, patience: Duration) {
        let end = Instant::now() + patience;
        loop {
            let now = Instant::now();
            self.swept.set(now);
            self.cut_off(|(awaited, since), now| match awaited {
                Awaited::First | Awaited::Body | Awaited::Open => true,
                Awaited::Next => now.saturating_duration_since(since) > FLUSHED,
                Awaited::Nothing => false,
            });
            if self.open.borrow().is_empty() || now > end {
                return;
            }
            tokio::time::sleep(FLUSHED / 5).await;
        }
    }

    fn cut_off(&self, due: impl Fn((Awaited, Instant), Instant) -> bool) {
        let now = self.swept.get();
        self.open.borrow_mut().retain(|_, (meter, task)| {
            let stays = !due(meter.state.get(), now);
            if !stays {
                task.abort();
            }
            stays
        });
    }
}

fn overdue((awaited, since): (Awaited, Instant), now: Instant, patience: Duration) -> bool {
    let waited = now.saturating_duration_since(since);
    match awaited {
        Awaited::First | Awaited::Body => waited > patience,
        Awaited::Next => waited > patience * IDLE_FACTOR,
        Awaited::Nothing | Awaited::Open => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_cut_off_only_for_what_it_owes() {
        let (start, patience) = (Instant::now(), Duration::from_secs(15));
        let after =
            |awaited, secs| overdue((awaited, start), start + Duration::from_secs(secs), patience);
        assert!(!after(Awaited::First, 15) && after(Awaited::First, 16));
        assert!(!after(Awaited::Body, 15) && after(Awaited::Body, 16));
        assert!(!after(Awaited::Next, 75) && after(Awaited::Next, 76));
        assert!(!after(Awaited::Nothing, 1_000_000) && !after(Awaited::Open, 1_000_000));
    }
}
