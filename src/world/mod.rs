//! The world: a plain value that holds the tenant, GoLinks, the faults and the journal, and never waits by itself.
//!
//! Whoever runs it calls five verbs in a loop: what is due, advance, what goes out, receive, deliver. See [`World`].

pub mod actions;
pub mod driver;
pub mod faults;
pub mod intent;
pub mod journal;
pub mod record;
pub mod status;
#[path = "world.rs"]
mod the_world;
pub mod transit;

pub use actions::{Action, ActionError};
pub use driver::Drive;
pub use faults::Fault;
pub use journal::{Bounds, Counters, Journal};
pub use record::{Event, Record};
pub use the_world::{Setup, World};
pub use transit::{Answer, Door, Origin, Outgoing, Sent, Ticket};
