//! What GoLinks says happened, in its own words.

use std::fmt::Write;
use std::sync::Arc;

use super::{AccountId, GroupId};
use crate::base::decimal;

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
    /// A new group.
    GroupCreated {
        /// Its id.
        id: GroupId,
        /// Its displayName.
        display_name: Arc<str>,
        /// How many members it has.
        members: usize,
    },
    /// Attributes of a group took other values, or members came or went.
    GroupChanged {
        /// Its id.
        id: GroupId,
        /// Its displayName after the change.
        display_name: Arc<str>,
        /// The paths of the attributes that changed, members aside.
        what: Box<[Box<str>]>,
        /// How many members came.
        added: usize,
        /// How many members went.
        removed: usize,
    },
    /// A group went away.
    GroupDeleted {
        /// Its id.
        id: GroupId,
        /// Its displayName.
        display_name: Arc<str>,
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
    /// The token endpoint issued a token.
    TokenIssued {
        /// Which one: its first characters.
        token: Box<str>,
    },
    /// A token was revoked.
    TokenRevoked {
        /// Which one: its first characters.
        token: Box<str>,
    },
    /// Somebody with an active account signed in.
    SignedIn {
        /// The userName.
        user_name: Arc<str>,
    },
    /// Somebody without an active account was turned away.
    TurnedAway {
        /// The userName.
        user_name: Arc<str>,
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
        let account = |out: &mut String, id: &AccountId, user_name: &str, what: &str| {
            out.push_str("account ");
            decimal::push(out, id.0, 15);
            push(out, &[" ", what, " ", user_name]);
        };
        match self {
            Event::AccountCreated { id, user_name } => account(out, id, user_name, "created"),
            Event::AccountChanged { id, user_name, what } => {
                account(out, id, user_name, "changed");
                for (nth, path) in what.iter().enumerate() {
                    out.push_str(if nth == 0 { ": " } else { ", " });
                    out.push_str(path);
                }
            }
            Event::Deactivated { id, user_name } => account(out, id, user_name, "deactivated"),
            Event::Reactivated { id, user_name } => account(out, id, user_name, "reactivated"),
            Event::AccountDeleted { id, user_name } => account(out, id, user_name, "deleted"),
            Event::GroupCreated { id, display_name, members } => {
                let _ = write!(out, "group {id} created {display_name} with {members} members");
            }
            Event::GroupChanged { id, display_name, what, added, removed } => {
                let _ = write!(out, "group {id} changed {display_name}: +{added} -{removed} members");
                what.iter().for_each(|path| push(out, &[", ", path]));
            }
            Event::GroupDeleted { id, display_name } => {
                let _ = write!(out, "group {id} deleted {display_name}");
            }
            Event::Refused { status, scim_type: "", detail } => {
                let _ = write!(out, "refused {status}: {detail}");
            }
            Event::Refused { status, scim_type, detail } => {
                let _ = write!(out, "refused {status} {scim_type}: {detail}");
            }
            Event::Throttled => out.push_str("throttled 429"),
            Event::TokenExpired { token } => push(out, &["token ", token, " expired"]),
            Event::TokenRotated { token } => push(out, &["token ", token, " issued, the others revoked"]),
            Event::TokenIssued { token } => push(out, &["token ", token, " issued"]),
            Event::TokenRevoked { token } => push(out, &["token ", token, " revoked"]),
            Event::SignedIn { user_name } => push(out, &[user_name, " signed in"]),
            Event::TurnedAway { user_name } => push(out, &[user_name, " was turned away at sign-in"]),
            Event::BaseMoved { base } => push(out, &["base path moved to ", base]),
        }
    }
}

fn push(out: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| out.push_str(part));
}
