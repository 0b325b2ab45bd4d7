//! The server under test, as a check reaches it.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use crate::entra::{Lost, Reply};

/// A server that answers requests. The command line sends them over HTTP, a test calls the mock.
pub trait Server {
    /// Sends one request and waits for its response. The URI is a path with its query.
    fn exchange(&mut self, request: Request<Bytes>) -> (Reply, Duration);

    /// Sends several requests at once, each on a connection of its own. A server that is called in
    /// this process answers them one after the other.
    fn at_once(&mut self, requests: Vec<Request<Bytes>>) -> Vec<(Reply, Duration)> {
        requests.into_iter().map(|request| self.exchange(request)).collect()
    }
}

/// A request and what came of it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The request.
    pub request: Request<Bytes>,
    /// The response, or how it was lost.
    pub reply: Result<Response<Bytes>, Lost>,
    /// How long it took, in real time.
    pub took: Duration,
}

impl Exchange {
    /// The status, when a response came.
    pub fn status(&self) -> Option<u16> {
        self.reply.as_ref().ok().map(|response| response.status().as_u16())
    }
}
