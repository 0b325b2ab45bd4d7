//! The live driver: one owner has the play and drives it over real sockets, at a pace.
//!
//! Everybody else (the engine's client, the control API, the file watch) sends it
//! [`message::Message`]s; outsiders knock at its [`SharedOwner`]. The clock moves only when nothing is in
//! transit, and one thing is in transit at a time; so the journal of a run over sockets is that of
//! the pure driver.

mod alarm;
mod carry;
mod command;
mod frames;
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
