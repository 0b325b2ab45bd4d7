//! The HTTP interface of GoLinks: from a request to its response.

pub(crate) mod answer;
mod beside;
mod bulk;
mod discovery;
mod groups;
mod oauth;
pub(crate) mod query;
pub(crate) mod resources;
mod rest;
mod routes;
mod search;
mod users;

pub(crate) use query::decode;
