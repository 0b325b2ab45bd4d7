//! The tests from outside of the crate: through its public doors, or through the program itself.
//! They are one executable, for each one linked costs seconds; a module's name runs it alone:
//! `cargo test --test it sockets::`.
#![allow(clippy::disallowed_methods, reason = "tests read files and wait in real time")]

mod bugs_bite;
mod ci_jobs;
mod command_line;
mod convergence;
mod convergence_applications;
mod docs_commands;
mod engine_bites;
mod evidence;
mod explain;
mod group_bugs;
mod image;
mod intent;
mod loader;
mod log_query;
mod mappings;
mod packaging;
mod reference;
mod scenarios_bite;
mod sign_on_bites;
mod soak;
mod sockets;
mod swarm;
mod swarm_quirks;
mod target_parity;
mod target_words;
mod tidy;
mod tutorial;
mod verify;
mod verify_causes;
mod verify_near;
mod verify_steadiness;
mod why;
mod words;
