//! A server that is not ours, as the target of a play: its requests are sent to it by a [`Server`],
//! what they changed is read back, and what was made there is deleted at the end.
//!
//! The server is a trait: the command line speaks HTTP, a test calls the mock.

mod cleaning;
mod play;
mod server;
mod target;

pub use cleaning::{Stays, StillThere, delete_all};
pub use play::{ForeignPlay, STOPPED};
pub use server::Server;
pub use target::{Access, Came, FIRST_QUESTION, Left, Target, TokenEndpoint, is_throttled};
