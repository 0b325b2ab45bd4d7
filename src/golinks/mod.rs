//! The mock GoLinks: a SCIM server that holds accounts, handles requests and reports what happened.
//!
//! It never waits and knows no socket: a request and a [`Moment`](crate::base::Moment) go in, a
//! response comes out. Start reading at `api/routes.rs`, where every request enters; `server/`
//! changes the state, `store/` holds accounts and groups, `settings/` defines what can be set, and
//! `quirks/` holds the deviations that can be switched on.

mod api;
mod client_time;
mod event;
mod form;
mod pages;
pub mod quirks;
mod references;
mod rights;
mod server;
mod settings;
mod sign_on;
mod store;
#[cfg(test)]
mod tests;
pub mod written;

pub use client_time::{ClientTime, ReplyDelay};
pub use event::{AccountEvent, Event, Followed, Happened, Paths, SessionEnd, SignInAccount};
pub use pages::{AuditRow, By, LinkWish, PageForm, PagePlace, Wanted, account_row, audit_row};
pub use rights::Actor;
pub use server::{ACS_PATH, GoLinks};
pub use settings::TenantFacts;
pub use settings::access::{Auth, Basic, OAuth};
pub use settings::capabilities::{Capability, Profile};
pub use settings::limits::{Limits, Maintenance};
pub use settings::rate::{RateLimit, RetryAfter, Window};
pub use settings::{
    BasePath, Delete, Expiry, GroupsEndpoint, PatchReply, SettingRow, Settings, TokenScope,
    TokenSetting, token_can_be_sent,
};
pub use sign_on::{Assertion, IdentityProvider, SignInRefusal};
pub use store::account::Account;
pub use store::accounts::{AccountView, Accounts};
pub use store::groups::{Group, Groups};
pub use store::ids::{AccountId, GroupId};
pub use store::links::{Link, LinkDraft, LinkName, LinkOwner, LinkUrl, Links};
pub use store::members::{Member, Members};
pub use store::people::{AccountSource, Role};
pub use store::sessions::Session;
