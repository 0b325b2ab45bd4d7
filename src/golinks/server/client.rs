//! The client whose request the server handles: the address it used, and its time.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::header::HOST;

use super::GoLinks;
use super::hosts::{Standstill, host_of};
use crate::base::Time;
use crate::golinks::client_time::ClientTime;
use crate::scim::patch::Work;

impl GoLinks {
    /// Begins a request: resets the budget, and notes the time and the host of an external client.
    pub(crate) fn begin_request(&mut self, request: &Request<Bytes>, now: Time) {
        let client = ClientTime::of(request);
        (self.work, self.client_now) = (Work::default(), client.map(|client| client.now));
        if let Some(client) = self.client_now.filter(|_| now > self.standstill.since) {
            self.standstill = Standstill { since: now, client };
        }
        if client.is_some() && self.settings.public_url.is_none() && !self.reached_as(request) {
            self.hosts.external = host_of(request).unwrap_or_else(|| self.hosts.fallback.clone());
            self.renew_addresses();
        }
    }

    /// Ends the request: what follows belongs to no client.
    pub(crate) fn end_request(&mut self) {
        (self.client_now, self.matched_quirks) = (None, None);
    }

    /// Returns the time of the client whose request is carried out, when it lives in real time.
    pub(crate) fn client_now(&self) -> Option<Time> {
        self.client_now
    }

    /// Whether this request names the same host as the one before.
    fn reached_as(&self, request: &Request<Bytes>) -> bool {
        let known = self.hosts.external.strip_prefix("http://").map(str::as_bytes);
        request.uri().authority().is_none()
            && known.is_some()
            && request.headers().get(HOST).map(|host| host.as_bytes()) == known
    }

    /// Returns the time of a write; `before` is the time of the last write to the resource.
    ///
    /// Virtual time may stand still or be slow for an external client. Its writes must move
    /// `meta.lastModified` all the same (RFC 7643 3.1): by the real time since virtual time last
    /// moved, and by at least a second, since clients see whole seconds.
    pub(super) fn write_time(&self, now: Time, before: Option<Time>) -> Time {
        let Some(client) = self.client_now else { return now.max(before.unwrap_or(now)) };
        let real = now + client.since(self.standstill.client);
        let next = before.map_or(now, |before| before + Duration::from_secs(1));
        real.max(next)
    }
}
