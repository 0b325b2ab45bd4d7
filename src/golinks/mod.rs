//! The mock GoLinks: a SCIM server that holds accounts, answers requests and says what happened.
//!
//! It never waits and knows no socket: a request and a [`Moment`](crate::base::Moment) go in, a
//! response comes out. Start reading at `routes.rs`, where every request enters; `changes.rs` is
//! how accounts change, `accounts.rs` how they lie at rest.

mod access;
mod account;
mod account_id;
mod accounts;
mod bulk;
pub mod capabilities;
mod changes;
mod columns;
mod credentials;
mod discovery;
mod event;
mod extension;
mod group_handlers;
mod group_id;
mod groups;
mod limits;
mod members;
mod oauth;
mod order;
mod outsider;
mod profile;
mod query;
pub mod quirks;
mod references;
mod render;
mod required;
mod resources;
mod revision;
mod routes;
mod search;
mod server;
mod settings;
#[cfg(test)]
mod tests;
mod users;
pub mod written;

pub use access::{Access, Auth, Basic, OAuth};
pub use account::Account;
pub use account_id::AccountId;
pub use accounts::{AccountView, Accounts};
pub use capabilities::{Capability, Profile};
pub use event::{AccountEvent, Event, Happened};
pub use group_id::GroupId;
pub use groups::{Group, Groups as GroupStore};
pub use limits::{Limits, Maintenance, RateLimit, RetryAfter, Window};
pub use members::{Member, Members};
pub use outsider::{OwnTime, Takes};
pub use server::GoLinks;
pub use settings::{Delete, Expiry, Groups, Name, PatchReply, Settings, TokenScope, TokenSetting};
