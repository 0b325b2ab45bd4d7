//! What GoLinks says happened, in its own words.

use std::sync::Arc;

use super::AccountId;

/// Something that happened at GoLinks.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// A new account.
    AccountCreated {
        /// Its id.
        id: AccountId,
        /// Its userName.
        user_name: Arc<str>,
    },
    /// Attributes of an account took other values.
    AccountChanged {
        /// Its id.
        id: AccountId,
        /// Its userName after the change.
        user_name: Arc<str>,
        /// The paths of the attributes that changed.
        what: Box<[Box<str>]>,
    },
    /// `active` went from true to false.
    Deactivated {
        /// Its id.
        id: AccountId,
        /// Its userName.
        user_name: Arc<str>,
    },
    /// `active` went from false to true.
    Reactivated {
        /// Its id.
        id: AccountId,
        /// Its userName.
        user_name: Arc<str>,
    },
    /// An account went away (kept inactive and hidden, or removed: the `delete` setting).
    AccountDeleted {
        /// Its id.
        id: AccountId,
        /// Its userName.
        user_name: Arc<str>,
    },
    /// A request was answered with an error other than 429.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The scimType, or an empty word.
        scim_type: &'static str,
        /// The detail of the error body.
        detail: Box<str>,
    },
    /// A request met the rate limit: 429.
    Throttled,
    /// A token reached the end of its life.
    TokenExpired {
        /// Which one: its first characters.
        token: Box<str>,
    },
    /// A new token was issued and those before it were revoked.
    TokenRotated {
        /// Which one: its first characters.
        token: Box<str>,
    },
    /// A token was revoked.
    TokenRevoked {
        /// Which one: its first characters.
        token: Box<str>,
    },
    /// The base path moved.
    BaseMoved {
        /// Where it is now.
        base: Box<str>,
    },
}

impl Event {
    /// Writes one stable line of words, without the time: the journal shows and digests it.
    pub fn write(&self, out: &mut String) {
        let _ = std::fmt::Write::write_fmt(out, format_args!("{self:?}"));
    }
}
