//! What `ctl` is told, and where the server is that it tells.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::asked::{AppFlag, RequestFlags, RowFlags};
use crate::app::live::{Captions, Speed};

/// Where a running server is.
#[derive(Args, Clone, Debug)]
pub struct Remote {
    /// The running server
    #[arg(long, global = true, default_value = "http://127.0.0.1:4040", value_parser = http_url)]
    pub url: String,
}

/// What `ctl` is told.
#[derive(Args, Debug)]
pub struct CtlArgs {
    #[command(flatten)]
    /// Where the server is.
    pub remote: Remote,
    /// What it is to do.
    #[command(subcommand)]
    pub what: Ctl,
}

/// What a running server can be told.
#[derive(Subcommand, Debug)]
pub enum Ctl {
    /// Let virtual time stand still; requests from outside are answered all the same
    Pause,
    /// Let virtual time pass again
    Resume,
    /// Do the next thing that is due, then pause
    Step,
    /// Run to the end of the next cycle, then pause
    Cycle,
    /// Run to the next moment of the story, then pause
    Moment,
    /// Run as fast as possible to a moment, then pause: `30d` after the start, or
    /// `2026-04-01T08:00:00Z`
    Jump {
        /// The moment
        to: String,
    },
    /// Let the run go on from a past moment, paused; what was done by hand after it is dropped
    Branch {
        /// The moment: `3d 7h` after the start, or `2026-03-05T07:12:00Z`
        #[arg(value_name = "MOMENT")]
        from: String,
    },
    /// Go back to the run that the last branch has left
    Unbranch,
    /// Set what the clock does while a caption is new: `hold` (stand for as long as reading takes),
    /// `pause` or `run`
    Captions {
        /// What it does
        #[arg(value_parser = Captions::parse, value_name = "MODE")]
        mode: Captions,
    },
    /// Set how fast virtual time passes: `600x`, `max` or `real`
    Speed {
        /// The speed
        #[arg(value_parser = Speed::parse)]
        speed: Speed,
    },
    /// Do what a scenario's `do` can do: `start` or `disable = "ann"`
    Action {
        /// The action, as TOML
        #[arg(required = true)]
        toml: Vec<String>,
    },
    /// Switch a fault on, as a scenario's `[[fault]]` says it: `respond = { status = 503 }`
    Fault {
        /// The fault, as TOML
        toml: String,
    },
    /// Start the scenario anew
    Rerun,
    /// Save the report of the run so far, one page of HTML to hand out
    Report {
        /// The file
        #[arg(default_value = "report.html")]
        file: PathBuf,
    },
    /// Print the state of the run as JSON
    State,
    /// Print the provisioning job as Graph shows it
    Job(AppFlag),
    /// Print the newest rows of the provisioning log, as Graph lists them
    Log {
        #[command(flatten)]
        /// Which rows.
        which: RowFlags,
        #[command(flatten)]
        /// Of which application.
        of: AppFlag,
    },
    /// Print the newest requests with their answers, bodies included
    Requests {
        #[command(flatten)]
        /// Which requests.
        which: RequestFlags,
        #[command(flatten)]
        /// Of which application.
        of: AppFlag,
    },
    /// Print the newest rows of the audit log
    Audit(AppFlag),
    /// Print the mails that were sent
    Mails(AppFlag),
}

fn http_url(text: &str) -> Result<String, String> {
    let uri: Option<http::Uri> = text.parse().ok();
    match uri.filter(|uri| uri.scheme_str() == Some("http") && uri.authority().is_some()) {
        Some(_) => Ok(text.to_owned()),
        None => Err(format!("`{text}` is not a URL such as http://127.0.0.1:4040")),
    }
}
