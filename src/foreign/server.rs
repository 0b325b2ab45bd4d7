//! The server, as its client reaches it.

use std::time::Duration;

use bytes::Bytes;
use http::Request;

use crate::entra::Reply;

/// A server that answers requests. The command line sends them over HTTP, a test calls the mock.
pub trait Server {
    /// Sends one request and waits for its response. The URI is a path with its query.
    fn exchange(&mut self, request: Request<Bytes>) -> (Reply, Duration);

    /// Sends several requests at once, each on a connection of its own. A server that is called in
    /// this process answers them one after the other.
    fn at_once(&mut self, requests: Vec<Request<Bytes>>) -> Vec<(Reply, Duration)> {
        requests.into_iter().map(|request| self.exchange(request)).collect()
    }

    /// Lets this much time go by. A server that is called in this process has no time of its own.
    fn wait(&mut self, _: Duration) {}

    /// How long it was left alone before the last request, because it throttles.
    fn left_alone(&self) -> Duration {
        Duration::ZERO
    }

    /// Why the last request got no response, when more is known than how it was lost.
    fn loss(&self) -> Option<&str> {
        None
    }

    /// Makes a handshake that offers TLS 1.2 alone; `None` when there is no socket to make it on.
    fn greets_tls12(&mut self) -> Option<Result<(), String>> {
        None
    }
}

impl Server for &mut dyn Server {
    fn exchange(&mut self, request: Request<Bytes>) -> (Reply, Duration) {
        (**self).exchange(request)
    }

    fn at_once(&mut self, requests: Vec<Request<Bytes>>) -> Vec<(Reply, Duration)> {
        (**self).at_once(requests)
    }

    fn wait(&mut self, time: Duration) {
        (**self).wait(time);
    }

    fn left_alone(&self) -> Duration {
        (**self).left_alone()
    }

    fn loss(&self) -> Option<&str> {
        (**self).loss()
    }

    fn greets_tls12(&mut self) -> Option<Result<(), String>> {
        (**self).greets_tls12()
    }
}
