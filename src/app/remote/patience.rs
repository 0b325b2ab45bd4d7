//! How long a server that throttles is left alone. Its `Retry-After` is real time: the virtual
//! clock stands while it passes, whatever the engine's clock says.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::StatusCode;
use http::header::RETRY_AFTER;
use jiff::Timestamp;

use super::STOP;
use super::backlog::Backlog;
use super::delayed::Delayed;
use crate::app::terminal;
use crate::entra::Reply;

/// How long a 429 without `Retry-After` is waited for; twice as long after each further one.
const FIRST: Duration = Duration::from_secs(1);

/// How often a wait looks whether a signal has come.
const LOOK: Duration = Duration::from_millis(50);

/// Says that a wait begins, with its reason, or that it has ended.
type Tell = Box<dyn Fn(Option<WaitReason<'_>>) + Send>;

/// Why nothing goes on.
#[derive(Clone, Copy)]
pub struct WaitReason<'a> {
    /// It in words.
    pub why: &'a str,
    /// Whether a line of it would be one of many in a row: they are counted at the end instead,
    /// where the output is no terminal.
    pub is_one_of_many: bool,
}

impl WaitReason<'_> {
    /// Writes it to standard error, unless it is one of many.
    pub fn note(&self, more: &str) {
        if !self.is_one_of_many {
            terminal::note(&format!("{}{more}", self.why));
        }
    }
}

/// What is known of a server's wish to be left alone. All clients of one server share it, so that
/// none asks while another has been told to wait.
pub struct Patience {
    /// The longest wait for one response.
    most: Duration,
    wish: Mutex<Option<Wish>>,
    /// Responses in a row that said 429.
    in_a_row: AtomicU32,
    tell: Mutex<Tell>,
    told: AtomicBool,
    /// Whether each wait is a line that stays.
    is_plain: bool,
    waits: Mutex<Waits>,
    /// How many requests may wait at the server's door.
    pub(super) backlog: Backlog,
    /// Whether its connections are kept.
    pub(super) delayed: Delayed,
}

/// The waits so far.
#[derive(Default)]
struct Waits {
    count: u32,
    took: Duration,
    /// When the last one began.
    since: Option<Instant>,
}

/// Until when the server wants to be left alone, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Wish {
    until: Instant,
    why: String,
}

impl Patience {
    /// Waits at most so long for one response, and says so on the terminal.
    pub fn new(most: Duration) -> Arc<Patience> {
        Patience::told(most, !std::io::stderr().is_terminal())
    }

    fn told(most: Duration, is_plain: bool) -> Arc<Patience> {
        let tell: Tell = Box::new(|why| {
            if let Some(why) = why {
                why.note("");
            }
        });
        Arc::new(Patience {
            most,
            wish: Mutex::new(None),
            in_a_row: AtomicU32::new(0),
            tell: Mutex::new(tell),
            told: AtomicBool::new(false),
            is_plain,
            waits: Mutex::default(),
            backlog: Backlog::default(),
            delayed: Delayed::default(),
        })
    }

    /// Says in another way that a wait begins or has ended.
    pub fn tell_by(&self, tell: impl Fn(Option<WaitReason<'_>>) + Send + 'static) {
        *self.tell.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(tell);
    }

    /// Waits until the server may be asked again, or a signal comes. A wait that begins after the
    /// signal is one of the cleaning, and takes its time.
    pub fn wait(&self) {
        let stopping = STOP.load(Ordering::Relaxed);
        loop {
            let wish = self.wish.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let left =
                wish.as_ref().map(|wish| wish.until.saturating_duration_since(Instant::now()));
            let over = left.is_none_or(|left| left.is_zero());
            if over || (!stopping && STOP.load(Ordering::Relaxed)) {
                break;
            }
            if let Some(wish) = wish.filter(|_| !self.told.swap(true, Ordering::Relaxed)) {
                let nth = self.begins();
                self.say(Some(WaitReason {
                    why: &wish.why,
                    is_one_of_many: self.is_plain && nth > 1,
                }));
            }
            std::thread::sleep(left.unwrap_or_default().min(LOOK));
        }
        if self.told.swap(false, Ordering::Relaxed) {
            let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
            let took = waits.since.take().map(|since| since.elapsed());
            waits.took += took.unwrap_or_default();
            drop(waits);
            self.say(None);
        }
    }

    /// Counts a wait that begins.
    fn begins(&self) -> u32 {
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        waits.count += 1;
        waits.since = Some(Instant::now());
        waits.count
    }

    /// What was not told of each wait.
    fn summary(&self) -> Option<String> {
        let waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, seconds) = (waits.count, waits.took.as_secs_f64().round());
        (self.is_plain && count > 1)
            .then(|| format!("the server throttled: waited {count} times, {seconds} s in all"))
    }

    /// Reads what a response says of waiting.
    pub fn note(&self, reply: &Reply) {
        let Ok(answer) = reply else { return };
        let throttled = answer.status() == StatusCode::TOO_MANY_REQUESTS;
        let nth = match throttled {
            true => self.in_a_row.fetch_add(1, Ordering::Relaxed),
            false => {
                self.in_a_row.store(0, Ordering::Relaxed);
                0
            }
        };
        if !throttled && answer.status() != StatusCode::SERVICE_UNAVAILABLE {
            return;
        }
        let asked = answer.headers().get(RETRY_AFTER);
        let asked = asked.and_then(|value| retry_after(value.to_str().ok()?, Timestamp::now()));
        let status = answer.status().as_u16();
        let (wait, why) = match asked {
            Some(asked) if asked > self.most => (
                self.most,
                format!(
                    "{status}: the server asks for {} s (Retry-After); {} s of it are waited (--max-wait)",
                    asked.as_secs(),
                    self.most.as_secs()
                ),
            ),
            Some(asked) => {
                (asked, format!("{status}: waiting {} s (Retry-After)", asked.as_secs()))
            }
            None if throttled => {
                let wait = FIRST.saturating_mul(1 << nth.min(10)).min(self.most);
                (wait, format!("{status} without Retry-After: waiting {} s", wait.as_secs()))
            }
            None => return,
        };
        let wish = Wish { until: Instant::now() + wait, why };
        let mut known = self.wish.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref().is_none_or(|known| known.until < wish.until) {
            *known = Some(wish);
        }
    }

    /// Says why nothing goes on; `None` when that is over.
    pub fn say(&self, why: Option<WaitReason<'_>>) {
        (self.tell.lock().unwrap_or_else(PoisonError::into_inner))(why);
    }
}

impl Drop for Patience {
    fn drop(&mut self) {
        if let Some(summary) = self.summary() {
            terminal::note(&summary);
        }
    }
}

/// What `Retry-After` asks for: seconds, or a date (RFC 9110 10.2.3).
fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp();
    let seconds = date.as_second().saturating_sub(now.as_second());
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_a_number_or_a_date() {
        let now = Timestamp::from_second(1_445_412_420).expect("an instant");
        for (text, seconds) in [
            ("7", Some(7)),
            (" 120 ", Some(120)),
            ("Wed, 21 Oct 2015 07:28:00 GMT", Some(60)),
            ("Wed, 21 Oct 2015 07:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
        ] {
            assert_eq!(retry_after(text, now), seconds.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn where_each_wait_would_be_a_line_the_first_is_told_and_all_are_counted() {
        for (is_plain, lines, summary) in
            [(true, 1, Some("the server throttled: waited 3 times, 0 s in all")), (false, 3, None)]
        {
            let patience = Patience::told(Duration::from_secs(60), is_plain);
            let told = Arc::new(AtomicU32::new(0));
            let counter = told.clone();
            patience.tell_by(move |why| {
                let said = why.is_some_and(|why| !why.is_one_of_many);
                counter.fetch_add(u32::from(said), Ordering::Relaxed);
            });
            for _ in 0..3 {
                let until = Instant::now() + Duration::from_millis(5);
                let wish = Wish { until, why: "429".to_owned() };
                *patience.wish.lock().expect("no thread panicked") = Some(wish);
                patience.wait();
            }
            assert_eq!(told.load(Ordering::Relaxed), lines);
            assert_eq!(patience.summary().as_deref(), summary);
        }
    }

    #[test]
    fn a_wish_is_kept_up_to_the_limit_and_grows_without_a_header() {
        let patience = Patience::new(Duration::from_secs(60));
        let left = || {
            let wish = patience.wish.lock().expect("no thread panicked");
            wish.as_ref().map_or(0, |wish| (wish.until - Instant::now()).as_millis().div_ceil(1000))
        };
        let say = |status: u16, header: Option<&str>| {
            let mut answer = http::Response::new(bytes::Bytes::new());
            *answer.status_mut() = StatusCode::from_u16(status).expect("a status");
            let value = header.map(|value| value.parse().expect("a value"));
            answer.headers_mut().extend(value.map(|value| (RETRY_AFTER, value)));
            patience.note(&Ok(answer));
        };
        say(503, None);
        assert_eq!(left(), 0);
        say(429, None);
        assert_eq!(left(), 1);
        say(429, None);
        assert_eq!(left(), 2);
        say(503, Some("9"));
        assert_eq!(left(), 9);
        say(429, Some("3600"));
        assert_eq!(left(), 60);
    }
}
