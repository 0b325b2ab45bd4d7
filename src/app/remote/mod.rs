//! A SCIM server that is not ours: how it is named, what may be sent to it, and the client that
//! sends it.

mod address;
mod client;
mod secrets;

pub use address::Address;
pub use client::HttpServer;
pub use secrets::headers;
