//! The live driver: one owner has the play and drives it over real sockets, at a pace.
//!
//! The engine's client, the control API and the file watch send it [`message::Message`]s; requests
//! of external clients go to it directly, by [`SharedOwner`]. The clock moves only when nothing is
//! in transit, and one thing is in transit at a time, so a run over sockets has the same journal as
//! one by the pure driver.

pub mod by_hand;
mod carry;
mod command;
pub mod frames;
pub mod message;
pub mod owner;
pub mod pace;
pub mod shared_owner;
pub mod wire;

pub use message::{Command, CommandOutcome, Handle, Message};
pub use owner::Owner;
pub use pace::{Mode, Pace, Speed};
pub use shared_owner::SharedOwner;
pub use wire::Callers;
