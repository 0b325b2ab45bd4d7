//! The stored accounts and groups, how they are found and how they are written.
//!
//! Nothing here knows of HTTP, settings or quirks. People, sessions, links and API tokens are what
//! GoLinks has beside SCIM.

pub(crate) mod account;
pub(crate) mod accounts;
pub(crate) mod api_tokens;
pub(crate) mod columns;
pub(crate) mod groups;
pub(crate) mod ids;
pub(crate) mod links;
pub(crate) mod members;
pub(crate) mod order;
pub(crate) mod people;
pub(crate) mod render;
pub(crate) mod revision;
pub(crate) mod sessions;
pub(crate) mod waiting;
