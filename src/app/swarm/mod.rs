//! Plays lives of [`crate::swarm`]: many at once, against the mock or a server that is not ours;
//! shortens those that fail, keeps their seeds and writes the results.
//!
//! Start reading at [`swarm()`].

pub mod args;
mod failure;
mod output;
mod player;
mod progress;
mod shared;
mod state;
mod work;

pub use failure::ShrinkLimits;
pub use output::ResultsFile;
pub use player::{Player, ServerOfLives};
pub use state::StateFile;
pub use work::{SwarmPlan, SwarmTotals, swarm};
