//! How steadily a server answers while it is checked. A request that breaks is sent again, so that
//! a fault of the server as a whole is told once, and not as the fault of the check that met it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::Bytes;
use http::{Method, Request};

use super::exchange::Exchange;
use super::session::lost_words;

/// The check that tells whether a SCIM server answers at all.
pub const REACH: &str = "net.reach";

/// The check that tells whether it sends clients elsewhere.
pub const REDIRECT: &str = "net.redirect";

/// The check that tells whether it speaks the TLS of Entra's client.
pub const TLS: &str = "net.tls";

/// The check that tells of a server that throttles in another way than the service understands.
pub const THROTTLES: &str = "net.429";

/// The check that tells of a server that stopped answering.
pub const ALIVE: &str = "net.alive";
/// The check that tells of requests that fail now and then.
pub const STEADY: &str = "net.steady";
/// The check that tells of a kind of request that gets no answer.
pub const HANGS: &str = "net.hangs";

/// Time-outs in a row after which a kind of request is not sent any more.
const SILENT_IN_A_ROW: u64 = 2;

const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "other methods"];
const SHAPES: [&str; 6] =
    ["/Users", "/Users?filter", "/Users/{id}", "/Groups", "/Groups/{id}", "other paths"];
const KINDS: usize = METHODS.len() * SHAPES.len();

/// A kind of request: its method, and the shape of its path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RequestKind(usize);

/// What was counted of a kind of request.
#[derive(Default, Debug)]
struct Counts {
    sent: AtomicU64,
    wavered: AtomicU64,
    silent: AtomicU64,
    silent_in_a_row: AtomicU64,
}

/// What is known of a server's steadiness; checks that run at the same time share it.
#[derive(Default, Debug)]
pub struct Steadiness {
    kinds: [[Counts; SHAPES.len()]; METHODS.len()],
    answered: AtomicU64,
    wavers: AtomicBool,
    suspected: AtomicBool,
    gone: AtomicBool,
}

/// What shows a fault of the server as a whole: what came, and the exchanges of the check that met
/// it, the one that shows it last.
#[derive(Clone, Debug)]
pub struct WholeFault {
    /// The check that tells of it.
    pub told_by: &'static str,
    /// What came instead of an answer.
    pub came: String,
    /// The exchanges.
    pub exchanges: Vec<Exchange>,
}

impl WholeFault {
    /// What the last of these exchanges shows.
    pub fn of(told_by: &'static str, exchanges: &[Exchange]) -> WholeFault {
        let came = match exchanges.last().map(|last| &last.reply) {
            Some(Ok(answer)) => answer.status().as_u16().to_string(),
            Some(Err(lost)) => lost_words(*lost),
            None => String::new(),
        };
        WholeFault { told_by, came, exchanges: exchanges.to_vec() }
    }
}

impl RequestKind {
    /// The kind of a request below a base path.
    pub fn of(request: &Request<Bytes>, base: &str) -> RequestKind {
        let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
        let method = methods.iter().position(|method| method == request.method());
        let path = request.uri().path();
        let below = path.strip_prefix(base).unwrap_or(path).trim_end_matches('/');
        let filters = request.uri().query().is_some_and(|query| query.contains("filter="));
        let shape = match below {
            "/Users" if filters => 1,
            "/Users" => 0,
            "/Groups" => 3,
            _ if below.starts_with("/Users/") => 2,
            _ if below.starts_with("/Groups/") => 4,
            _ => SHAPES.len() - 1,
        };
        RequestKind(method.unwrap_or(METHODS.len() - 1) * SHAPES.len() + shape)
    }

    fn words(self) -> String {
        format!("{} {}", METHODS[self.0 / SHAPES.len()], SHAPES[self.0 % SHAPES.len()])
    }
}

impl Steadiness {
    fn counts(&self, kind: RequestKind) -> &Counts {
        &self.kinds[kind.0 / SHAPES.len()][kind.0 % SHAPES.len()]
    }

    /// How often a request that breaks is sent again: oftener once some have wavered, and for a
    /// check that runs again because one broke.
    pub fn more_tries(&self) -> u32 {
        if self.wavers() || self.suspected.load(Ordering::Relaxed) { 3 } else { 1 }
    }

    /// Says whether a check runs again because a request broke.
    pub fn suspect(&self, runs_again: bool) {
        self.suspected.store(runs_again, Ordering::Relaxed);
    }

    /// Counts a request that came to its end: an answer came, or it broke for good.
    pub fn sent(&self, kind: RequestKind) {
        self.counts(kind).sent.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes an answer.
    pub fn answered(&self, kind: RequestKind) {
        self.counts(kind).silent_in_a_row.store(0, Ordering::Relaxed);
        self.answered.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes a request that broke, and was answered when it was sent again.
    pub fn wavered(&self, kind: RequestKind) {
        self.counts(kind).wavered.fetch_add(1, Ordering::Relaxed);
        self.wavers.store(true, Ordering::Relaxed);
    }

    /// Notes a request without an answer in time; tells whether its kind is silent.
    pub fn timed_out(&self, kind: RequestKind) -> bool {
        self.counts(kind).silent.fetch_add(1, Ordering::Relaxed);
        self.counts(kind).silent_in_a_row.fetch_add(1, Ordering::Relaxed);
        self.is_silent(kind)
    }

    /// Whether a kind of request gets no answer, so that no more of it is sent: each costs the
    /// whole time that an answer may take.
    pub fn is_silent(&self, kind: RequestKind) -> bool {
        let in_a_row =
            |kind: RequestKind| self.counts(kind).silent_in_a_row.load(Ordering::Relaxed);
        let method = kind.0 / SHAPES.len();
        let others = (method * SHAPES.len()..(method + 1) * SHAPES.len()).map(RequestKind);
        let first = self.answered.load(Ordering::Relaxed) == 0;
        let alike = first || others.into_iter().any(|other| in_a_row(other) >= SILENT_IN_A_ROW);
        in_a_row(kind) >= if alike { 1 } else { SILENT_IN_A_ROW }
    }

    /// Whether requests failed now and then.
    pub fn wavers(&self) -> bool {
        self.wavers.load(Ordering::Relaxed)
    }

    /// Notes that the server answers nothing any more.
    pub fn end(&self) {
        self.gone.store(true, Ordering::Relaxed);
    }

    /// Whether it answers nothing any more.
    pub fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }

    /// How many requests were answered.
    pub fn answers(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    /// Which kinds of requests wavered, and how many of how many.
    pub fn wavering(&self) -> String {
        self.told(|counts| counts.wavered.load(Ordering::Relaxed))
    }

    /// Which kinds of requests got no answer, and how many of how many.
    pub fn silent(&self) -> String {
        self.told(|counts| match counts.silent_in_a_row.load(Ordering::Relaxed) {
            0 => 0,
            _ => counts.silent.load(Ordering::Relaxed),
        })
    }

    fn told(&self, count: impl Fn(&Counts) -> u64) -> String {
        let all = (0..KINDS).map(RequestKind).filter_map(|kind| {
            let (some, of) = (count(self.counts(kind)), self.counts(kind));
            let of = of.sent.load(Ordering::Relaxed).max(some);
            (some > 0).then(|| format!("{some} of {of} {}", kind.words()))
        });
        all.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(method: &str, path: &str) -> RequestKind {
        let request = Request::builder().method(method).uri(path).body(Bytes::new());
        RequestKind::of(&request.expect("a request"), "/scim/v2")
    }

    #[test]
    fn requests_are_counted_by_method_and_path() {
        for (method, path, words) in [
            ("GET", "/scim/v2/Users?filter=x", "GET /Users?filter"),
            ("GET", "/scim/v2/Users/?count=1", "GET /Users"),
            ("PATCH", "/scim/v2/Users/7", "PATCH /Users/{id}"),
            ("DELETE", "/scim/v2/Groups/7", "DELETE /Groups/{id}"),
            ("GET", "/scim/v2/Schemas", "GET other paths"),
            ("HEAD", "/elsewhere", "other methods other paths"),
        ] {
            assert_eq!(kind(method, path).words(), words);
        }
    }

    #[test]
    fn two_time_outs_in_a_row_make_a_kind_silent_and_one_the_next_of_its_method() {
        let steady = Steadiness::default();
        let (user, group) =
            (kind("DELETE", "/scim/v2/Users/7"), kind("DELETE", "/scim/v2/Groups/7"));
        steady.answered(kind("GET", "/scim/v2/Users"));
        assert!(!steady.timed_out(user));
        steady.answered(user);
        assert!(!steady.timed_out(user) && !steady.is_silent(user));
        assert!(steady.timed_out(user) && !steady.is_silent(group));
        assert!(steady.timed_out(group));
        assert!(!steady.is_silent(kind("PATCH", "/scim/v2/Users/7")));
        (0..3).for_each(|_| steady.sent(user));
        assert_eq!(steady.silent(), "3 of 3 DELETE /Users/{id}, 1 of 1 DELETE /Groups/{id}");
    }
}
