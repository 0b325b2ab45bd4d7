//! The mock Entra: a directory of people and groups, and the service that provisions them.

pub mod people;
pub mod tenant;

use bytes::Bytes;
use http::{Request, Response};

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
