//! The rate limit, in virtual time: so many requests a second, with some in a burst (B72).

use std::time::Duration;

use crate::base::Time;

/// How many requests are let in.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RateLimit {
    /// Requests a second in the long run.
    pub rps: f64,
    /// How many may come at one instant.
    pub burst: u32,
    /// What a refused client is told to wait.
    pub retry_after: RetryAfter,
}

impl Default for RateLimit {
    fn default() -> RateLimit {
        RateLimit { rps: 25.0, burst: 1, retry_after: RetryAfter::Computed }
    }
}

/// What the `Retry-After` header of a 429 says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RetryAfter {
    /// There is none.
    Absent,
    /// How long it will really take, in whole seconds, at least one.
    Computed,
    /// Always the same, in whole seconds.
    Fixed(Duration),
}

/// How far the limit is used up: the instant at which everything let in so far will have been paid for.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Throttle {
    paid_until: Time,
}

impl Throttle {
    /// Lets a request in, or says how long it would have to wait.
    pub(super) fn admit(&mut self, limit: &RateLimit, now: Time) -> Result<(), Duration> {
        let price = Duration::from_secs_f64((1.0 / limit.rps.max(1e-6)).min(1e6));
        let paid = self.paid_until.max(now);
        let ahead = paid.since(now);
        let allowed = price.saturating_mul(limit.burst.saturating_sub(1));
        if ahead > allowed {
            return Err(ahead - allowed);
        }
        self.paid_until = paid + price;
        Ok(())
    }
}

impl RetryAfter {
    /// The header's value in seconds, when there is a header.
    pub(super) fn seconds(self, wait: Duration) -> Option<u64> {
        let round_up = |span: Duration| span.as_secs() + u64::from(span.subsec_nanos() > 0);
        match self {
            RetryAfter::Absent => None,
            RetryAfter::Computed => Some(round_up(wait).max(1)),
            RetryAfter::Fixed(span) => Some(round_up(span)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_in_and_then_so_many_a_second() {
        let limit = RateLimit { rps: 2.0, burst: 3, ..RateLimit::default() };
        let mut throttle = Throttle::default();
        let at = |millis: i64| Time::from_micros(millis * 1_000);
        let mut let_in = Vec::new();
        for millis in (0..4_000).step_by(100) {
            if throttle.admit(&limit, at(millis)).is_ok() {
                let_in.push(millis);
            }
        }
        assert_eq!(let_in, [0, 100, 200, 500, 1_000, 1_500, 2_000, 2_500, 3_000, 3_500]);
        assert_eq!(throttle.admit(&limit, at(3_600)), Err(Duration::from_millis(400)));
        assert_eq!(RetryAfter::Computed.seconds(Duration::from_millis(400)), Some(1));
        assert_eq!(RetryAfter::Fixed(Duration::from_millis(2_500)).seconds(Duration::ZERO), Some(3));
        assert_eq!(RetryAfter::Absent.seconds(Duration::from_secs(1)), None);
    }
}
