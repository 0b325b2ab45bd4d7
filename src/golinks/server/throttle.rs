//! Tracks the use of the rate limit: requests a second with a burst, in a window, and a day (B72).

use std::time::Duration;

use crate::base::Time;
use crate::golinks::settings::rate::{RateLimit, Window};

/// How much of the limit has been used.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Throttle {
    /// The instant at which all admitted requests are paid for at the long-run rate.
    paid_until: Time,
    window: Used,
    day: Used,
}

/// How many requests were admitted in the period with this number.
#[derive(Clone, Copy, Default, Debug)]
struct Used {
    period: u128,
    requests: u64,
}

impl Throttle {
    /// Admits a request, or returns how long it must wait.
    pub(crate) fn admit(
        &mut self,
        limit: &RateLimit,
        start: Time,
        now: Time,
    ) -> Result<(), Duration> {
        const DAY: Duration = Duration::from_secs(86_400);
        let running = now.since(start);
        let price = limit.price(running);
        let paid = self.paid_until.max(now);
        let ahead = paid.since(now);
        let allowed = price.saturating_mul(limit.burst.get() - 1);
        if ahead > allowed {
            return Err(ahead - allowed);
        }
        if let Some(window) = limit.window {
            self.window.room(window, running)?;
        }
        if let Some(requests) = limit.daily {
            self.day.room(Window { requests, span: DAY }, now.since(Time::from_secs(0)))?;
        }
        self.paid_until = paid + price;
        self.window.requests += 1;
        self.day.requests += 1;
        Ok(())
    }
}

impl Used {
    /// Checks whether one more request is admitted, `since` the first window began; if not, returns
    /// how long the window still lasts.
    fn room(&mut self, window: Window, since: Duration) -> Result<(), Duration> {
        let span = window.span.as_micros().max(1);
        let period = since.as_micros() / span;
        if period != self.period {
            *self = Used { period, requests: 0 };
        }
        match self.requests < window.requests {
            true => Ok(()),
            false => Err(Duration::from_micros((span - since.as_micros() % span) as u64)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golinks::settings::rate::{RetryAfter, Rps};
    use std::num::NonZeroU32;

    #[test]
    fn a_burst_is_let_in_and_then_so_many_a_second() {
        let limit = RateLimit {
            rps: Rps(2.0),
            burst: NonZeroU32::MIN.saturating_add(2),
            ..RateLimit::default()
        };
        let mut throttle = Throttle::default();
        let at = |millis: i64| Time::from_micros(millis * 1_000);
        let mut let_in = Vec::new();
        for millis in (0..4_000).step_by(100) {
            if throttle.admit(&limit, at(0), at(millis)).is_ok() {
                let_in.push(millis);
            }
        }
        assert_eq!(let_in, [0, 100, 200, 500, 1_000, 1_500, 2_000, 2_500, 3_000, 3_500]);
        assert_eq!(throttle.admit(&limit, at(0), at(3_600)), Err(Duration::from_millis(400)));
        assert_eq!(RetryAfter::Computed.seconds(Duration::from_millis(400)), Some(1));
        assert_eq!(
            RetryAfter::Fixed(Duration::from_millis(2_500)).seconds(Duration::ZERO),
            Some(3)
        );
        assert_eq!(RetryAfter::Absent.seconds(Duration::from_secs(1)), None);
    }
    #[test]
    fn windows_and_days_count_anew() {
        let window = Some(Window { requests: 2, span: Duration::from_secs(60) });
        let limit = RateLimit { window, daily: Some(5), ..RateLimit::without_rate() };
        let mut throttle = Throttle::default();
        let start = Time::from_secs(86_400);
        let mut ask = |secs: u64| {
            throttle
                .admit(&limit, start, start + Duration::from_secs(secs))
                .map_err(|it| it.as_secs())
        };
        assert_eq!(
            [ask(0), ask(0), ask(10), ask(60), ask(61), ask(62)],
            [Ok(()), Ok(()), Err(50), Ok(()), Ok(()), Err(58)]
        );
        assert_eq!([ask(120), ask(121), ask(86_400)], [Ok(()), Err(86_400 - 121), Ok(())]);
    }

    #[test]
    fn a_slow_start_grows_to_the_whole_rate() {
        let limit = RateLimit {
            rps: Rps(10.0),
            slow_start: Duration::from_secs(100),
            ..RateLimit::default()
        };
        for (secs, millis) in [(0, 1_000), (50, 181), (100, 100), (1_000, 100)] {
            assert_eq!(limit.price(Duration::from_secs(secs)).as_millis(), millis, "{secs}");
        }
    }
}
