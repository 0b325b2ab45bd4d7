//! An alarm clock in real time that is wound only when it is to ring at another instant: winding
//! costs more than waiting.

use std::pin::Pin;
use std::time::Instant;

use tokio::time::Sleep;

/// Rings once at an instant.
#[derive(Default)]
pub struct Alarm {
    wound: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Alarm {
    /// Waits for an instant; without one, for ever.
    pub async fn rings_at(&mut self, at: Option<Instant>) {
        let Some(at) = at else { return std::future::pending().await };
        let (set, mut sleep) = match self.wound.take() {
            Some(wound) => wound,
            None => (at, Box::pin(tokio::time::sleep_until(at.into()))),
        };
        if set != at {
            sleep.as_mut().reset(at.into());
        }
        let (_, sleep) = self.wound.insert((at, sleep));
        sleep.as_mut().await;
        self.wound = None;
    }
}
