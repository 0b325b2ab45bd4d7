//! The live driver: one owner holds the play and drives it over real sockets, at a set pace.
//!
//! The engine's client, the control API and the file watch send the owner [`message::Message`]s;
//! requests of external clients go to it directly, by [`SharedOwner`]. The clock moves only when
//! nothing is in transit, and only one call or answer is in transit at a time, so a run over
//! sockets has the same journal as a run by the pure driver. With a server that is not ours as the
//! target, [`foreign::ForeignLine`] takes the place of the engine's client.

pub mod awaited;
pub mod by_hand;
pub mod captions;
mod carry;
mod command;
pub mod foreign;
pub mod frames;
pub mod look_back;
pub mod message;
pub mod owner;
pub mod pace;
mod past;
mod repeated;
pub mod shared_owner;
mod so_far;
mod tested;
pub mod wire;

pub use captions::Captions;
pub use carry::ExternalReply;
pub use message::{Command, CommandOutcome, Handle, Message};
pub use owner::Owner;
pub use pace::{Mode, Pace, Speed};
pub use shared_owner::SharedOwner;
pub use so_far::SoFar;
pub use wire::Callers;
