//! The shell around the world: command line, files, sockets, the real clock and the page.

pub mod dashboard;
