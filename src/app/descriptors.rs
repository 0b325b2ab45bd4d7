//! How many files and sockets the process may have open, and how runs share them.
//!
//! Each open call of the engine takes two sockets of this process, one for the client and one for
//! the server. A call that gets no socket fails, and that must not look like a failure of GoLinks.
//! So each run over sockets reserves as many descriptors as it may need before it begins.

use std::sync::{Condvar, Mutex};

use super::exit::CommandError;

/// Descriptors of the process itself: standard streams, event queues, files that are read.
const OWN: u64 = 24;

/// Descriptors of each server: its listener, its event queue, the one that the engine reserves
/// while it connects, and clients that ask for the state.
const EACH_SERVER: u64 = 16;

static RESERVED: Mutex<u64> = Mutex::new(0);
static RELEASED: Condvar = Condvar::new();

/// Descriptors that are kept free for one run, until this value is dropped.
pub struct Reserved(u64);

impl Drop for Reserved {
    fn drop(&mut self) {
        *RESERVED.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) -= self.0;
        RELEASED.notify_all();
    }
}

/// Reserves descriptors for a run with `calls` calls at a time; waits while other runs hold them.
///
/// # Errors
/// When the limit of the process is too low for even this run alone.
pub fn reserve(calls: u64) -> Result<Reserved, CommandError> {
    let needed = needed(calls);
    let Some(limit) = limit() else { return Ok(Reserved(0)) };
    if OWN + needed > limit {
        return Err(too_few(limit, calls));
    }
    let mut reserved = RESERVED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    while OWN + *reserved + needed > limit {
        reserved = RELEASED.wait(reserved).unwrap_or_else(|poisoned| poisoned.into_inner());
    }
    *reserved += needed;
    Ok(Reserved(needed))
}

/// How many connections, at most `wanted`, a server may accept beside `calls` calls of the engine.
///
/// # Errors
/// When no descriptor is left for a connection.
pub fn connections(wanted: usize, calls: u64) -> Result<usize, CommandError> {
    let Some(limit) = limit() else { return Ok(wanted) };
    match limit.checked_sub(OWN + needed(calls)) {
        Some(left) if left > 0 => Ok(wanted.min(usize::try_from(left).unwrap_or(usize::MAX))),
        _ => Err(too_few(limit, calls)),
    }
}

fn needed(calls: u64) -> u64 {
    EACH_SERVER.saturating_add(calls.saturating_mul(2))
}

fn too_few(limit: u64, calls: u64) -> CommandError {
    let most = limit.saturating_sub(OWN + EACH_SERVER) / 2;
    CommandError::not_started(format!(
        "this process may have {limit} files open, too few for {calls} requests of the engine at \
         a time over sockets"
    ))
    .help(match most {
        0 => "raise the limit, as with `ulimit -n 1024`".to_owned(),
        most => format!(
            "raise the limit, as with `ulimit -n {}`, or `--set entra.policy.concurrency={most}`",
            (OWN + needed(calls)).next_power_of_two()
        ),
    })
}

/// Raises the limit of open descriptors as far as the system allows and returns it; `None` when
/// there is no limit.
#[cfg(unix)]
fn limit() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: now.maximum, maximum: now.maximum };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => now.maximum,
        Err(_) => now.current,
    }
}

#[cfg(not(unix))]
fn limit() -> Option<u64> {
    None
}
