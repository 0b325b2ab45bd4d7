//! How many requests wait for a server that closes every connection after its response.
//!
//! Python's stock servers do so, take one connection after the other and let five more wait
//! (`request_queue_size` of `socketserver`). A connection beyond these is not refused: the kernel
//! drops its first packet, and sends it again a second later. Two hundred users, eight at a time,
//! cost half a minute so.

use std::sync::atomic::{AtomicBool, Ordering};

use http::header::CONNECTION;
use http::{HeaderMap, Version};
use tokio::sync::{Semaphore, SemaphorePermit};

/// How many connections a stock server lets wait.
const WAITING_MAX: usize = 5;

/// What is known of a server's connections; all its clients share it.
pub struct Backlog {
    closes: AtomicBool,
    places: Semaphore,
}

impl Default for Backlog {
    fn default() -> Backlog {
        Backlog { closes: AtomicBool::new(false), places: Semaphore::new(WAITING_MAX) }
    }
}

impl Backlog {
    /// A place among the requests that may wait, which ends when it is dropped. A server that keeps
    /// its connections has as many as are asked for.
    pub async fn place(&self) -> Option<SemaphorePermit<'_>> {
        match self.closes.load(Ordering::Relaxed) {
            // It is never closed.
            true => self.places.acquire().await.ok(),
            false => None,
        }
    }

    /// Reads off a response whether the server keeps its connection.
    pub fn note(&self, version: Version, headers: &HeaderMap) {
        let says = |word: &str| {
            let values = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
            values.flat_map(|value| value.split(',')).any(|it| it.trim().eq_ignore_ascii_case(word))
        };
        let closes = match version {
            Version::HTTP_09 | Version::HTTP_10 => !says("keep-alive"),
            _ => says("close"),
        };
        if closes {
            self.end_each();
        }
    }

    /// Each request has a connection of its own from now on.
    pub fn end_each(&self) {
        self.closes.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_closes_is_told_by_version_and_header() {
        for (version, header, closes) in [
            (Version::HTTP_11, None, false),
            (Version::HTTP_11, Some("keep-alive"), false),
            (Version::HTTP_11, Some("Close"), true),
            (Version::HTTP_11, Some("upgrade, close"), true),
            (Version::HTTP_10, None, true),
            (Version::HTTP_10, Some("Keep-Alive"), false),
        ] {
            let backlog = Backlog::default();
            let headers = header.map(|value| (CONNECTION, value.parse().expect("a value")));
            backlog.note(version, &headers.into_iter().collect());
            assert_eq!(backlog.closes.into_inner(), closes, "{version:?} {header:?}");
        }
    }

    #[tokio::test]
    async fn only_at_a_server_that_closes_there_is_an_end_of_places() {
        let backlog = Backlog::default();
        assert!(backlog.place().await.is_none());
        backlog.note(Version::HTTP_10, &HeaderMap::new());
        let mut held = Vec::new();
        for _ in 0..WAITING_MAX {
            held.push(backlog.place().await.expect("a place"));
        }
        let (backlog, place) = (&backlog, backlog.place());
        tokio::pin!(place);
        let further =
            std::future::poll_fn(|cx| std::task::Poll::Ready(place.as_mut().poll(cx).is_ready()));
        assert!(!further.await, "{} places are all", WAITING_MAX);
        held.pop();
        assert!(place.await.is_some() && backlog.closes.load(Ordering::Relaxed));
    }
}
