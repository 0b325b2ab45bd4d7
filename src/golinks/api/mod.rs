//! What GoLinks offers over HTTP: from a request to its response.

pub(crate) mod bulk;
pub(crate) mod credentials;
pub(crate) mod discovery;
pub(crate) mod groups;
pub(crate) mod oauth;
pub(crate) mod query;
pub(crate) mod resources;
pub(crate) mod routes;
pub(crate) mod search;
pub(crate) mod users;
