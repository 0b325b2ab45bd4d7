//! What the first checks learn of a server, so that the others need not ask again; and the count of
//! what was sent to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use http::HeaderValue;

use super::finding::Outcome;
use super::plan::Plan;
use super::steadiness::{ALIVE, Steadiness, WholeFault};

/// A single-valued attribute: its path in a PATCH, and the steps to it in a resource.
pub type KeptAttribute = (&'static str, &'static [&'static str]);

/// The attributes that a check may change, those that most servers keep first.
pub const PLAIN: [KeptAttribute; 6] = [
    ("displayName", &["displayName"]),
    ("title", &["title"]),
    ("preferredLanguage", &["preferredLanguage"]),
    ("name.givenName", &["name", "givenName"]),
    ("name.familyName", &["name", "familyName"]),
    ("name.formatted", &["name", "formatted"]),
];

/// What is known of a server.
#[derive(Clone, Default, Debug)]
pub struct Facts {
    /// The access token that was granted.
    pub bearer: Option<HeaderValue>,
    /// Whether there is a `/Groups` endpoint.
    pub has_groups: Option<bool>,
    /// Whether groups are shown with their members.
    pub shows_members: Option<bool>,
    /// The attributes of [`PLAIN`] that came back from a create as they were sent.
    pub kept: Option<Vec<KeptAttribute>>,
    /// How every PATCH of a user ends, when none changes anything.
    pub no_patch: Option<NoPatch>,
    /// What shows faults of the server as a whole, each told by a check of its own.
    pub shown: Vec<Arc<WholeFault>>,
}

impl Facts {
    /// What shows the fault that this check tells of.
    pub fn shown_by(&self, check: &str) -> Option<Arc<WholeFault>> {
        self.shown.iter().find(|shown| shown.told_by == check).cloned()
    }
}

/// How every PATCH ends at a server that carries none out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoPatch {
    /// With this status.
    Refused(u16),
    /// With a success, and nothing has changed.
    Ignored,
}

impl NoPatch {
    /// Whether a PATCH that was answered so ended in the same way.
    pub fn is_like(self, status: u16) -> bool {
        match self {
            NoPatch::Refused(refused) => refused == status,
            NoPatch::Ignored => (200..300).contains(&status),
        }
    }
}

/// Counts what was sent; checks that run at the same time share it.
#[derive(Default, Debug)]
pub struct Tally {
    sent: AtomicU64,
    given_up: AtomicBool,
    throttled: AtomicBool,
    /// How steadily the server answers.
    pub steady: Steadiness,
}

impl Tally {
    /// Notes that the server throttles for good.
    pub fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
    }

    /// Notes that the server has throttled a request.
    pub fn note_throttled(&self) {
        self.throttled.store(true, Ordering::Relaxed);
    }

    /// Whether it has throttled any.
    pub fn throttled(&self) -> bool {
        self.throttled.load(Ordering::Relaxed)
    }

    /// Counts requests.
    pub fn note(&self, requests: u64) {
        self.sent.fetch_add(requests, Ordering::Relaxed);
    }

    /// How many requests were sent.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Why nothing more is sent, when that is so.
    pub fn ended(&self, plan: &Plan) -> Option<String> {
        if (plan.stops)() {
            return Some("stopped by a signal".to_owned());
        }
        if self.sent() >= plan.budget {
            return Some(format!("the budget of {} requests is spent (--budget)", plan.budget));
        }
        if self.given_up.load(Ordering::Relaxed) {
            return Some("the server answers 429, also after it was left alone".to_owned());
        }
        self.steady.is_gone().then(|| Outcome::why_because_of(ALIVE))
    }
}
