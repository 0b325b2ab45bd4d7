//! What a page is made of: GoLinks, the instant, the visitor, and the query.

use std::sync::Arc;

use crate::base::Time;
use crate::golinks::{AccountId, GoLinks};

/// What a page is made of.
pub(super) struct Shown<'a> {
    pub(super) golinks: &'a GoLinks,
    pub(super) now: Time,
    /// The user with a session.
    pub(super) visitor: Option<Visitor>,
    /// The query, as it was sent.
    pub(super) query: &'a str,
}

/// A user with a session.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    pub(super) id: AccountId,
    pub(super) session: u64,
    pub(super) user_name: Arc<str>,
}
