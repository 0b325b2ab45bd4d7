//! How the program ends: the exit codes, and the errors of its commands.

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

/// How the program ended. The variants are in order: of several runs the greatest counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Exit {
    /// All expectations that were judged are met, or the work is done. A run that `--until` cut
    /// short ends so too when nothing failed.
    Met = 0,
    /// An expectation failed; for `healthcheck`: not ready.
    Failed = 1,
    /// A scenario or the command line is wrong.
    Bad = 2,
    /// The server could not start or be reached, the output could not be written, or nothing came
    /// of which there is something to say.
    NotStarted = 3,
    /// A bug of scimulator.
    Internal = 4,
    /// Ctrl-C was pressed: 128 plus the number of SIGINT, as in shells.
    Interrupted = 130,
    /// A termination signal came: 128 plus the number of SIGTERM.
    Terminated = 143,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Why a command could not do its work, and what to do about it.
#[derive(Debug)]
pub struct CommandError {
    /// The exit code.
    pub exit: Exit,
    /// What went wrong.
    pub error: anyhow::Error,
    /// What to do; empty when there is nothing to add.
    pub help: String,
}

impl CommandError {
    /// The error of a wrong file or command line ([`Exit::Bad`]).
    pub fn bad(message: impl Into<String>) -> CommandError {
        CommandError {
            exit: Exit::Bad,
            error: anyhow::anyhow!(message.into()),
            help: String::new(),
        }
    }

    /// The error of a server that could not start or be reached ([`Exit::NotStarted`]).
    pub fn not_started(message: impl Into<String>) -> CommandError {
        CommandError {
            exit: Exit::NotStarted,
            error: anyhow::anyhow!(message.into()),
            help: String::new(),
        }
    }

    /// Sets the help.
    pub fn help(mut self, help: impl Into<String>) -> CommandError {
        self.help = help.into();
        self
    }
}

impl From<anyhow::Error> for CommandError {
    fn from(error: anyhow::Error) -> CommandError {
        CommandError { exit: Exit::Internal, error, help: String::new() }
    }
}

impl From<std::io::Error> for CommandError {
    fn from(error: std::io::Error) -> CommandError {
        CommandError::from(anyhow::Error::from(error))
    }
}

static BACKTRACE: AtomicBool = AtomicBool::new(false);

/// Sets whether a panic also prints a backtrace (`-v`).
pub fn show_backtraces(on: bool) {
    BACKTRACE.store(on, Ordering::Relaxed);
}

/// Runs `work`; a panic prints one sentence and becomes [`Exit::Internal`].
pub fn guarded(work: impl FnOnce() -> Exit) -> Exit {
    panic::set_hook(Box::new(|panic| {
        let place =
            panic.location().map(|l| format!(" ({}:{})", l.file(), l.line())).unwrap_or_default();
        let why = reason(panic.payload());
        super::terminal::complain(&format!("internal error: {why}{place}"));
        super::terminal::advise(
            "this is a bug of scimulator; please report it with the scenario and the seed",
        );
        if BACKTRACE.load(Ordering::Relaxed) {
            super::terminal::advise(&std::backtrace::Backtrace::force_capture().to_string());
        }
    }));
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or(Exit::Internal)
}

fn reason(payload: &dyn std::any::Any) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no reason given")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_internal_error() {
        let before = panic::take_hook();
        let exit = guarded(|| panic!("a bug that is none"));
        panic::set_hook(before);
        assert_eq!(exit, Exit::Internal);
    }

    #[test]
    fn the_worst_of_several_runs_wins() {
        let runs = [Exit::Met, Exit::Bad, Exit::Failed];
        assert_eq!(runs.into_iter().max(), Some(Exit::Bad));
        assert!(Exit::Interrupted > Exit::Internal);
    }
}
