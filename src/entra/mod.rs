//! Placeholder of the Entra side, until its owner lands it.

use bytes::Bytes;
use http::{Request, Response};

/// Placeholder of the tenant.
pub mod tenant {
    /// A user, by a dense number that is never used again.
    #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
    pub struct UserKey(pub u32);
}

/// Names one call of the engine.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CallId(pub u64);

/// A call the engine wants to make.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its name.
    pub id: CallId,
    /// Whom it is about.
    pub subject: Option<tenant::UserKey>,
    /// What it says.
    pub request: Request<Bytes>,
}

/// What became of a call.
pub type Reply = Result<Response<Bytes>, Lost>;

/// Why there is no answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lost {
    /// None came in time.
    TimedOut,
    /// The connection was refused.
    Refused,
    /// The connection was reset.
    Reset,
}

/// The tenant and its provisioning job.
#[derive(Debug, Default)]
pub struct Entra {}

/// What the Entra side says.
#[derive(Clone, Debug)]
pub enum Event {
    /// The engine gave up on a call.
    CallTimedOut {
        /// Which.
        call: CallId,
    },
}
