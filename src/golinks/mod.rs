//! The mock GoLinks: a SCIM server that holds accounts, answers requests and says what happened.
//!
//! It never waits and knows no socket: a request and a [`Moment`](crate::base::Moment) go in, a
//! response comes out. Start reading at `routes.rs`, where every request enters; `changes.rs` is
//! how accounts change, `accounts.rs` how they lie at rest.

mod api;
mod changes;
mod client_time;
mod event;
pub mod quirks;
mod references;
mod server;
mod settings;
mod store;
#[cfg(test)]
mod tests;
pub mod written;

pub use client_time::{ClientTime, ReplyDelay};
pub use event::{AccountEvent, Event, Happened, Paths};
pub use server::GoLinks;
pub use settings::access::{Access, Auth, Basic, OAuth};
pub use settings::capabilities::{Capability, Profile};
pub use settings::limits::{Limits, Maintenance, RateLimit, RetryAfter, Window};
pub use settings::{
    Delete, Expiry, GroupsEndpoint, Name, PatchReply, Settings, TokenScope, TokenSetting,
};
pub use store::account::Account;
pub use store::accounts::{AccountView, Accounts};
pub use store::groups::{Group, Groups};
pub use store::ids::{AccountId, GroupId};
pub use store::members::{Member, Members};
