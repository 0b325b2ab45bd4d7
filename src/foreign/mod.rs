//! A server that is not ours, as the target of a play: its requests are sent to it by a [`Server`],
//! what they changed is read back, and what was made there is deleted at the end.
//!
//! The server is a trait: the command line speaks HTTP, a test calls the mock.

mod carried;
mod cleaning;
mod client;
mod place;
mod play;
mod read_back;
mod server;
mod stuck;
mod target;

pub use carried::Carried;
pub use cleaning::{Stays, StillThere, delete_all};
pub use client::{Access, FIRST_QUESTION, TokenEndpoint, is_throttled, mark_clean_up};
pub use play::{ForeignPlay, STOPPED};
pub use server::Server;
pub use target::{Came, Left, Target};
