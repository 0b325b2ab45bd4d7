//! The stored accounts and groups, how they are found and how they are written.
//!
//! Nothing here knows of HTTP, settings or quirks.

pub(crate) mod account;
pub(crate) mod accounts;
pub(crate) mod columns;
pub(crate) mod groups;
pub(crate) mod ids;
pub(crate) mod members;
pub(crate) mod order;
pub(crate) mod render;
pub(crate) mod revision;
