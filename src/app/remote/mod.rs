//! A SCIM server that is not ours: how it is named, what may be sent to it, and the client that
//! sends it.

mod address;
mod backlog;
mod client;
mod delayed;
mod echoed;
pub mod flags;
pub mod ledger;
mod patience;
mod reach;
mod run;
mod secrets;
pub mod tls;
mod token_client;

pub use address::Address;
pub use client::HttpServer;
pub use patience::{Patience, WaitReason};
pub use reach::{
    must_be_here, must_be_open, must_be_scim, must_let_in, must_listen, must_not_speak_tls,
    must_not_want_user_agent, must_tell_apart,
};
pub use run::{RemoteTarget, STOP};
pub use secrets::headers;
pub use token_client::TokenClient;
