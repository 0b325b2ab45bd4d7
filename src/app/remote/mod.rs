//! A SCIM server that is not ours: how it is named, what may be sent to it, and the client that
//! sends it.

mod address;
mod client;
mod oauth;
mod run;
mod secrets;

pub use address::Address;
pub use client::HttpServer;
pub use oauth::OAuth;
pub use run::{RemoteTarget, STOP};
pub use secrets::headers;
