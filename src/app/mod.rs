//! The shell around the pure layers: command line, files, sockets, the real clock, signals.
//!
//! No layer below this one waits, listens, spawns or reads the real clock; so here, and only here,
//! the lints that forbid it are off. [`live`] owns a play and drives it over real sockets;
//! [`http`] is the server in front of it.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod annotations;
mod changes;
pub mod cli;
mod client;
pub mod commands;
pub mod dashboard;
mod descriptors;
pub mod exit;
mod flag_values;
pub mod http;
pub mod live;
mod mistyped;
pub mod places;
pub mod progress;
pub mod recorder;
pub mod remote;
pub mod reports;
pub mod run_record;
pub mod server_setup;
pub mod standing;
pub mod swarm;
pub mod terminal;
pub mod tls;

use std::ffi::OsString;
use std::process::ExitCode;

use exit::Exit;

/// Runs the program with these arguments (the first is its name) and returns the exit code.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    exit::guarded(|| or_unwritten(run(arguments))).into()
}

/// Returns `exit`, or at least [`Exit::NotStarted`] when standard output could not be written.
fn or_unwritten(exit: Exit) -> Exit {
    let Some(why) = terminal::unwritten() else { return exit };
    terminal::complain(&format!("cannot write to standard output: {why}"));
    exit.max(Exit::NotStarted)
}

fn run(arguments: Vec<OsString>) -> Exit {
    let cli = match cli::parse(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are "errors" that succeed.
            terminal::keep_error(error.print());
            return if error.use_stderr() { Exit::Bad } else { Exit::Met };
        }
    };
    terminal::set_color(cli.common.color);
    terminal::set_verbosity(cli.common.verbose, cli.common.quiet);
    exit::show_backtraces(cli.common.verbose > 0);
    match commands::run(&cli) {
        Ok(exit) => exit,
        Err(failure) => {
            terminal::complain(&format!("{:#}", failure.error));
            terminal::advise(&failure.help);
            failure.exit
        }
    }
}
