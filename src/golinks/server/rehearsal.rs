//! What the server would answer to a read, found out without handling it: nothing is counted,
//! nothing is told.

use bytes::Bytes;
use http::{Request, Response};

use super::GoLinks;
use crate::base::{Moment, Seed, Time};

impl GoLinks {
    /// What a read would be answered at an instant, by the settings, the credentials and the use of
    /// the rate limit as they are now.
    ///
    /// A server of its own answers it. Of the accounts it has the first alone, which shows whether
    /// a query finds what it did not ask for.
    pub fn rehearse(&self, request: &Request<Bytes>, at: Time, seed: Seed) -> Response<Bytes> {
        let mut shadow = GoLinks::new(self.settings.clone(), self.start);
        shadow.credentials = self.credentials.clone();
        shadow.throttle = self.throttle;
        if let Some(first) = self.accounts.iter().next() {
            shadow.accounts.add_copy(first);
        }
        shadow.handle(request, &mut Moment::new(at, seed, &mut Vec::new()))
    }
}
