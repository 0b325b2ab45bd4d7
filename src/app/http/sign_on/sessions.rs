//! The sessions of browsers at the tenant, by the value of a cookie.

use std::cell::RefCell;
use std::collections::VecDeque;

use crate::base::seed::show_guid;
use crate::entra::sign_on::TenantSession;

/// The name of the cookie, the vendor's own.
pub(super) const COOKIE_NAME: &str = "ESTSAUTH";

/// How many sessions are kept; the oldest go first.
const SESSIONS_MAX: usize = 1_000;

/// The sessions, the newest last.
#[derive(Default)]
pub struct Sessions(RefCell<VecDeque<(String, TenantSession)>>);

impl Sessions {
    /// Begins a session; returns the value by which it is found.
    pub(super) fn begin(&self, session: TenantSession) -> String {
        let key = format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>());
        let mut all = self.0.borrow_mut();
        if all.len() >= SESSIONS_MAX {
            all.pop_front();
        }
        all.push_back((key.clone(), session));
        key
    }

    /// The session of this value.
    pub(super) fn find(&self, key: &str) -> Option<TenantSession> {
        self.0.borrow().iter().find(|(known, _)| known == key).map(|(_, session)| *session)
    }

    /// Ends a session.
    pub(super) fn end(&self, key: &str) {
        self.0.borrow_mut().retain(|(known, _)| known != key);
    }
}

/// The ids of a refusal that is no row of the sign-in log: of the request and of the correlation.
pub(super) fn unguessable_guids() -> [String; 2] {
    [(); 2].map(|()| show_guid(rand::random::<u128>()))
}
