//! `healthcheck`: tells whether a server is ready, for container images without curl.

use std::time::Duration;

use super::ctl::START_ONE;
use crate::app::cli::Remote;
use crate::app::client::Ask;
use crate::app::exit::{CommandError, Exit};
use crate::app::terminal;

/// Returns exit code 0 when the server is ready, 1 when it is not.
pub fn run(remote: &Remote) -> Result<Exit, CommandError> {
    match Ask::get(&remote.url, "/healthz", Duration::from_secs(3)).send() {
        Ok((status, _)) if status.is_success() => Ok(Exit::Met),
        Ok((status, _)) => {
            terminal::complain(&format!("{} answers {status}", remote.url));
            Ok(Exit::Failed)
        }
        Err(error) => {
            terminal::complain(&format!("{error:#}"));
            terminal::advise(START_ONE);
            Ok(Exit::Failed)
        }
    }
}
