//! Placeholder of GoLinks, until its owner lands it.

/// The server.
#[derive(Debug, Default)]
pub struct GoLinks {}

/// What GoLinks says.
#[derive(Clone, Debug)]
pub enum Event {}
