//! A request that was sent, and what came of it.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use crate::entra::Lost;

/// A request and what came of it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The request.
    pub request: Request<Bytes>,
    /// The response, or how it was lost.
    pub reply: Result<Response<Bytes>, Lost>,
    /// How long it took, in real time.
    pub took: Duration,
    /// Whether it was sent at the same time as the ones beside it.
    pub at_once: bool,
    /// Whether it is part of what shows a failure, although it changes nothing.
    pub is_shown: bool,
}

/// A request that was sent, with the check for which it was.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The check.
    pub check: &'static str,
    /// Whether it looked for what the check had made, or deleted it.
    pub is_cleaning: bool,
    /// The request, and what came of it.
    pub exchange: Exchange,
}

impl Exchange {
    /// The status, when a response came.
    pub fn status(&self) -> Option<u16> {
        self.reply.as_ref().ok().map(|response| response.status().as_u16())
    }
}
