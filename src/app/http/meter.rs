//! Cuts off clients that send nothing, or half a request: one sweep over all connections instead of a timer for each.

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
}

/// What one connection is waited for, and since when.
pub struct Meter {
    state: Cell<(Awaited, Instant)>,
}

impl Meter {
    /// A request's head has come; its body is awaited.
    pub fn body(&self) {
        self.state.set((Awaited::Body, Instant::now()));
    }

    /// A request has come whole; we are to answer.
    pub fn ours(&self) {
        self.state.set((Awaited::Nothing, self.state.get().1));
    }

    /// The answer is given; the client may send the next request.
    pub fn next(&self) {
        self.state.set((Awaited::Next, Instant::now()));
    }
}

/// An idle connection that has been served may stay this many times as long as a request may take.
const IDLE_FACTOR: u32 = 5;

/// All open connections.
pub struct Meters {
    patience: Duration,
    next: Cell<u64>,
    open: RefCell<BTreeMap<u64, (Rc<Meter>, AbortHandle)>>,
}

impl Meters {
    /// Connections whose clients may take so long to send a request.
    pub fn new(patience: Duration) -> Meters {
        Meters { patience, next: Cell::new(0), open: RefCell::default() }
    }

    /// A meter for a new connection.
    pub fn meter(&self) -> Rc<Meter> {
        Rc::new(Meter { state: Cell::new((Awaited::First, Instant::now())) })
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

    /// How many connections are open.
    pub fn len(&self) -> usize {
        self.open.borrow().len()
    }

    /// Sweeps for ever.
    pub async fn sweep(&self) {
        let pause = (self.patience / 4).clamp(Duration::from_millis(10), Duration::from_secs(1));
        loop {
            tokio::time::sleep(pause).await;
            let now = Instant::now();
            self.open.borrow_mut().retain(|_, (meter, task)| {
                let stays = !overdue(meter.state.get(), now, self.patience);
                if !stays {
                    tracing::debug!("a client that did not finish its request was cut off");
                    task.abort();
                }
                stays
            });
        }
    }
}

fn overdue((awaited, since): (Awaited, Instant), now: Instant, patience: Duration) -> bool {
    let waited = now.saturating_duration_since(since);
    match awaited {
        Awaited::First | Awaited::Body => waited > patience,
        Awaited::Next => waited > patience * IDLE_FACTOR,
        Awaited::Nothing => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_cut_off_only_for_what_it_owes() {
        let (start, patience) = (Instant::now(), Duration::from_secs(15));
        let after = |awaited, secs| overdue((awaited, start), start + Duration::from_secs(secs), patience);
        assert!(!after(Awaited::First, 15) && after(Awaited::First, 16));
        assert!(!after(Awaited::Body, 15) && after(Awaited::Body, 16));
        assert!(!after(Awaited::Next, 75) && after(Awaited::Next, 76));
        assert!(!after(Awaited::Nothing, 1_000_000));
    }
}
