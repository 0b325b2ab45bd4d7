//! The mock GoLinks: a SCIM server that holds accounts, answers requests and says what happened.
//!
//! It never waits and knows no socket: a request and a [`Moment`](crate::base::Moment) go in, a response comes out.
//! Start reading at [`GoLinks::handle`].

mod accounts;
mod event;
mod server;
mod settings;

pub use accounts::{AccountId, AccountView, Accounts};
pub use event::Event;
pub use server::GoLinks;
pub use settings::{Name, Settings};
