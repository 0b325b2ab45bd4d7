//! The verbs of the command line, one file each.

pub mod asked;
mod check;
pub mod completions;
mod ctl;
mod ctl_applications;
pub mod ctl_args;
mod ctl_progress;
pub mod diff;
mod explain;
mod healthcheck;
mod left;
mod list;
pub mod log;
pub mod manual;
mod new;
mod played;
mod record;
mod replay;
pub mod report;
pub mod requests;
mod run;
mod run_progress;
pub mod run_remote;
pub mod schema;
mod serve;
mod sheet;
mod show;
mod signals;
mod source;
mod swarm;
mod swarm_merge;
mod swarm_report;
mod tenant_front;
mod to_run;
pub mod verify;
mod verify_again;
pub mod verify_args;
mod verify_har;
mod verify_html;
mod verify_lanes;
mod verify_progress;
mod verify_report;
pub mod vocabulary;
mod watch;

use super::cli::{Cli, Verb};
use super::exit::{CommandError, Exit};

/// Runs the command that the command line names.
///
/// # Errors
/// When the command could not do its work.
pub fn run(cli: &Cli) -> Result<Exit, CommandError> {
    let quiet = cli.common.quiet;
    match &cli.verb {
        None => serve::run("welcome", &cli.serve, quiet),
        Some(Verb::Serve(args)) => serve::run(&args.scenario, &args.flags, quiet),
        Some(Verb::Run(args)) => run::run(args, quiet, cli.common.verbose),
        Some(Verb::Check(args)) => check::run(args),
        Some(Verb::List(args)) => list::run(args),
        Some(Verb::Show(args)) => show::run(args),
        Some(Verb::Schema(args)) => schema::run(args),
        Some(Verb::Explain(args)) => explain::run(args),
        Some(Verb::Log(args)) => log::run(args, cli.common.verbose),
        Some(Verb::Requests(args)) => requests::run(args),
        Some(Verb::Report(args)) => report::run(args),
        Some(Verb::Diff(args)) => diff::run(args),
        Some(Verb::Ctl(args)) => ctl::run(args, quiet),
        Some(Verb::Verify(args)) => verify::run(args, (quiet, cli.common.verbose)),
        Some(Verb::Record(args)) => record::run(args, quiet),
        Some(Verb::New(args)) => new::run(args),
        Some(Verb::Replay(args)) => replay::run(args, quiet),
        Some(Verb::Swarm(args)) => swarm::run(args, quiet),
        Some(Verb::Healthcheck(remote)) => healthcheck::run(remote),
        Some(Verb::Openapi) => manual::openapi(),
        Some(Verb::Completions(args)) => completions::run(args),
        Some(Verb::Man(args)) => manual::man(args),
    }
}
