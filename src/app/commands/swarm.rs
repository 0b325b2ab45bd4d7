//! `swarm`: plays random lives against the mock or a SCIM server, and shortens those that end
//! wrong.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::signals::{DELETES_FIRST, signalled, stop_when_told};
use super::{run_remote, swarm_merge, swarm_report};
use crate::app::cli::RemoteFlags;
use crate::app::exit::{CommandError, Exit};
use crate::app::remote::{self, Address, Patience};
use crate::app::swarm::args::{Shard, SwarmArgs, SwarmVerb};
use crate::app::swarm::{Player, ServerOfLives, ShrinkLimits, StateFile, SwarmPlan, swarm};
use crate::app::terminal;
use crate::base::Seed;
use crate::foreign::FIRST_QUESTION;
use crate::scenario::Override;
use crate::swarm::results::Planned;
use crate::swarm::{Life, NameSpace};
use crate::verify::WithGroups;

/// Plays the lives and prints the verdict.
pub fn run(args: &SwarmArgs, quiet: bool) -> Result<Exit, CommandError> {
    if let Some(SwarmVerb::Merge { dir }) = &args.what {
        return swarm_merge::run(dir);
    }
    let player = player(args)?;
    let plan = plan(args, quiet)?;
    // A setting that makes every life no scenario is told before any is played.
    let life = Life::of(Seed(plan.planned.from), player.against());
    if let Err(why) = player.script(&life, &NameSpace::default()) {
        terminal::complain_raw(&why);
        return Ok(Exit::Bad);
    }
    if !quiet {
        terminal::print_lines(&swarm_report::announcement(&player, &plan));
    }
    stop_when_told(match args.url {
        Some(_) => DELETES_FIRST,
        None => "stopping after the lives that are played now; again to stop at once",
    });
    let began = Instant::now();
    let totals = swarm(&player, &plan)?;
    terminal::print_lines(&swarm_report::lines(&totals, &plan, &args.access, began.elapsed()));
    Ok(if let Some(exit) = signalled() {
        exit
    } else if !totals.failed.is_empty() {
        Exit::Failed
    } else if !totals.unfinished.is_empty() {
        Exit::NotStarted
    } else {
        Exit::Met
    })
}

fn player(args: &SwarmArgs) -> Result<Player, CommandError> {
    let mut overrides: Vec<Override> = Vec::new();
    let bugs = args.bug.iter().flat_map(|bug| bug.with);
    overrides.extend(bugs.filter_map(|with| Override::parse(with).ok()));
    overrides.extend(args.set.iter().cloned());
    let Some(url) = &args.url else { return Ok(Player { overrides, server: None }) };
    let remote = RemoteFlags {
        target: Some(url.clone()),
        access: args.access.clone(),
        tag: None,
        keep: false,
        adopt: false,
        budget: args.budget,
        max_time: args.max_time,
    };
    let address = run_remote::allowed(url, &remote)?;
    remote::must_listen(&address)?;
    let patience = Patience::new(args.access.max_wait);
    let groups = args.groups == WithGroups::Yes;
    let mut server = ServerOfLives { address, remote, groups, patience, tally: Mutex::default() };
    let has_groups = probe(&server)?;
    if args.groups == WithGroups::Auto {
        server.groups = has_groups;
    }
    Ok(Player { overrides, server: Some(server) })
}

/// Asks the server for one user and for one group; returns whether it has groups.
///
/// # Errors
/// When it cannot be reached, or does not let the client in.
fn probe(server: &ServerOfLives) -> Result<bool, CommandError> {
    let mut target =
        run_remote::target(&server.address, &server.remote, Seed(0), &server.patience)?;
    let asked = target.ask(FIRST_QUESTION);
    remote::must_be_here(&server.address, &asked, &mut |path| target.ask_host(path))?;
    remote::must_be_scim(&server.address, &server.remote.access, &asked)?;
    remote::must_tell_apart(&server.address, &mut target, &asked)?;
    let groups = target.ask("/Groups?startIndex=1&count=1");
    Ok(groups.is_ok_and(|answer| !matches!(answer.status().as_u16(), 404 | 405 | 501)))
}

fn plan(args: &SwarmArgs, quiet: bool) -> Result<SwarmPlan, CommandError> {
    let shard = shard(args)?;
    let bugs = args.bug.iter().map(|bug| format!("--bug {}", bug.number));
    let set = args.set.iter().map(|set| format!("--set {}={}", set.path, set.value));
    let settings: Vec<String> = bugs.chain(set).collect();
    let address = args.url.as_deref().map(Address::parse).transpose()?;
    let target = address.as_ref().map_or_else(|| "mock".to_owned(), ToString::to_string);
    let words = |words: &str| settings.iter().fold(words.to_owned(), |all, one| all + " " + one);
    let after = address.map(|address| format!(" --target {}", address.typed()));
    let after = after.unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = args.jobs.map_or(if args.url.is_some() { 1 } else { cores }, usize::from);
    Ok(SwarmPlan {
        state: state(args, &target, &settings)?,
        planned: Planned {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            target,
            settings: settings.clone(),
            from: args.seeds.from,
            to: args.seeds.to,
            shard: shard.nth,
            shards: shard.of,
        },
        jobs,
        limits: ShrinkLimits { tries: args.shrink_tries, time: args.shrink_time },
        fail_fast: args.fail_fast,
        known: known(args)?,
        tag: tag(),
        out: args.out.clone(),
        replay: ("scimulator run".to_owned(), words(&after)),
        quiet,
    })
}

/// Where failing seeds are kept. A folder that was named must take them; where the usual one cannot
/// be written to, as in a container, none are kept.
fn state(
    args: &SwarmArgs,
    target: &str,
    settings: &[String],
) -> Result<Option<StateFile>, CommandError> {
    let state = StateFile::of(args.state.as_deref(), target, settings);
    match state.as_ref().map(StateFile::prepare) {
        Some(Err(why)) if args.state.is_some() => Err(why),
        Some(Err(_)) => Ok(None),
        _ => Ok(state),
    }
}

/// The checks that are known to fail: one a line, and the reason after `#`.
fn known(args: &SwarmArgs) -> Result<BTreeSet<String>, CommandError> {
    let Some(path) = &args.known else { return Ok(BTreeSet::new()) };
    let text = std::fs::read_to_string(path)
        .map_err(|error| CommandError::bad(format!("cannot read {}: {error}", path.display())))?;
    let checks = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    Ok(checks.filter(|check| !check.is_empty()).map(str::to_owned).collect())
}

fn shard(args: &SwarmArgs) -> Result<Shard, CommandError> {
    let variable = |name: &str| std::env::var(name).ok();
    match (args.shard, args.shards) {
        (Some(shard), _) => Ok(shard),
        (None, Some(of)) => Shard::from_environment(of, variable)
            .map_err(|why| CommandError::bad(why).help(format!("say --shard K/{of}"))),
        (None, None) => Ok(Shard { nth: 1, of: 1 }),
    }
}

/// A tag that no earlier swarm had, nor one that runs beside: the time and the process.
fn tag() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    format!("swarm-{now:x}-{:x}", std::process::id())
}
