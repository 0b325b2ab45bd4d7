//! The command line of `swarm`.

use clap::{Args, Subcommand};

use crate::app::cli::{AccessFlags, bug_with_switch};
use crate::app::flag_values::{at_least_one, some_time};
use crate::base::time::parse_duration;
use crate::scenario::Override;
use crate::scenario::bugs::Bug;
use crate::verify::WithGroups;

/// What `swarm` is told.
#[derive(Args, Debug)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  scimulator swarm                                        100 lives against the mock
  scimulator swarm --bug B27 --seeds 1..200               is that bug found?
  scimulator swarm http://localhost:8080/scim/v2 --seeds 1..1000 --jobs 4
  scimulator swarm URL --seeds 1..1000000 --shard 3/100 --out results
  scimulator swarm merge results                          the verdict over all shards

Exit codes: 0 every life passed, 1 one failed, 2 the command line is wrong, 3 the server could not be
used or results are missing, 130 Ctrl-C."
)]
pub struct SwarmArgs {
    /// What else is done than playing lives.
    #[command(subcommand)]
    pub what: Option<SwarmVerb>,
    /// The tenant URL of a server, such as http://localhost:8080/scim/v2; without one the lives are
    /// played against the mock
    #[arg(value_name = "URL")]
    pub url: Option<String>,
    /// The seeds, both ends included: each is a life; one number is one seed
    #[arg(long, default_value = "1..100", value_name = "FROM..TO", value_parser = SeedRange::parse)]
    pub seeds: SeedRange,
    /// Play so many lives at once [default: one a core against the mock, one against a server]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Play the K-th of N parts of the seeds
    #[arg(long, value_name = "K/N", value_parser = Shard::parse)]
    pub shard: Option<Shard>,
    /// Play one of N parts: the one that JOB_COMPLETION_INDEX (Kubernetes, from 0) or
    /// CI_NODE_INDEX (GitLab, from 1) says
    #[arg(long, value_name = "N", conflicts_with = "shard", value_parser = clap::value_parser!(u64).range(1..))]
    pub shards: Option<u64>,
    /// Write the results into this folder: a file of JSON lines a shard, and a scenario a failure
    #[arg(long, value_name = "DIR")]
    pub out: Option<std::path::PathBuf>,
    /// The folder of the seeds that failed, which are tried first [default:
    /// $XDG_STATE_HOME/scimulator or ~/.local/state/scimulator]
    #[arg(long, value_name = "DIR")]
    pub state: Option<std::path::PathBuf>,
    /// How often a failing life may be played to shorten it; 0 leaves it as it is
    #[arg(long, default_value_t = 200, value_name = "N")]
    pub shrink_tries: u32,
    /// How long a failing life may be shortened
    #[arg(long, value_parser = parse_duration, default_value = "60s", value_name = "DURATION")]
    pub shrink_time: std::time::Duration,
    /// A file of checks that are known to fail, one a line and a reason after `#`; a life that
    /// fails by these alone does not fail the command
    #[arg(long, value_name = "FILE")]
    pub known: Option<std::path::PathBuf>,
    /// End with the first life that fails
    #[arg(long)]
    pub fail_fast: bool,
    /// Change any setting of every life, such as `entra.dialect=compliant` (repeatable)
    #[arg(long, value_name = "PATH=VALUE", value_parser = Override::parse)]
    pub set: Vec<Override>,
    /// Give the mock a reported bug, such as `B27` (repeatable)
    #[arg(long, value_name = "NUMBER", value_parser = bug_with_switch, conflicts_with = "url")]
    pub bug: Vec<&'static Bug>,
    #[command(flatten)]
    /// How the server lets the client in.
    pub access: AccessFlags,
    /// Whether lives have groups: `auto`, when there is a /Groups endpoint, `yes` or `no`
    #[arg(long, value_parser = |text: &str| crate::app::commands::verify::word(text, &WithGroups::WORDS), default_value = "auto", value_name = "WHEN")]
    pub groups: WithGroups,
    /// The greatest number of requests of one life, those aside that delete what was made
    #[arg(long, default_value_t = 20_000, value_name = "N", value_parser = at_least_one::<u64>)]
    pub budget: u64,
    /// The longest that the server is waited for in one life, in real time [default: 1h]
    #[arg(long, value_parser = some_time, value_name = "DURATION")]
    pub max_time: Option<std::time::Duration>,
}

/// What `swarm` can do beside playing lives.
#[derive(Subcommand, Debug)]
pub enum SwarmVerb {
    /// Give the verdict over the results of all shards
    Merge {
        /// The folder that the shards wrote into with --out
        #[arg(value_name = "DIR")]
        dir: std::path::PathBuf,
    },
}

/// A range of seeds, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SeedRange {
    /// The first.
    pub from: u64,
    /// The last.
    pub to: u64,
}

impl SeedRange {
    fn parse(text: &str) -> Result<SeedRange, String> {
        let number = |text: &str| text.trim().parse::<u64>().ok();
        let range = match text.split_once("..") {
            Some((from, to)) => number(from).zip(number(to.trim_start_matches('='))),
            None => number(text).map(|seed| (seed, seed)),
        };
        match range {
            Some((from, to)) if from <= to => Ok(SeedRange { from, to }),
            _ => Err(format!("`{text}` is no range of seeds such as 1..1000")),
        }
    }
}

/// One of several parts of the seeds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shard {
    /// Which, counted from 1.
    pub nth: u64,
    /// Of how many.
    pub of: u64,
}

impl Shard {
    fn parse(text: &str) -> Result<Shard, String> {
        let parts = text.split_once('/');
        let read = parts.and_then(|(nth, of)| Some((nth.parse().ok()?, of.parse().ok()?)));
        match read {
            Some((nth, of)) if (1..=of).contains(&nth) => Ok(Shard { nth, of }),
            _ => Err(format!("`{text}` is no part such as 3/10, the third of ten")),
        }
    }

    /// The part that the variable of a cluster or a CI server means.
    ///
    /// # Errors
    /// What to set, when none says it.
    pub fn from_environment(
        of: u64,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Shard, String> {
        let read = |name: &str, first: u64| {
            let value = variable(name)?;
            Some((format!("{name}={value}"), value.parse::<u64>().ok()?.checked_sub(first)? + 1))
        };
        match read("JOB_COMPLETION_INDEX", 0).or_else(|| read("CI_NODE_INDEX", 1)) {
            Some((_, nth)) if nth <= of => Ok(Shard { nth, of }),
            Some((what, _)) => Err(format!("{what} is not one of {of} parts")),
            None => {
                Err("neither JOB_COMPLETION_INDEX nor CI_NODE_INDEX says which part".to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_and_shards_are_read() {
        let seeds = |text| SeedRange::parse(text).map(|range| (range.from, range.to));
        assert_eq!(seeds("1..1000"), Ok((1, 1000)));
        assert_eq!(seeds("7"), Ok((7, 7)));
        assert!(seeds("9..3").is_err() && seeds("x").is_err());
        assert_eq!(Shard::parse("3/10"), Ok(Shard { nth: 3, of: 10 }));
        assert!(Shard::parse("0/2").is_err() && Shard::parse("3/2").is_err());
    }

    #[test]
    fn a_cluster_counts_from_0_and_a_ci_server_from_1() {
        let said = |name: &'static str, value: &'static str| {
            move |asked: &str| (asked == name).then(|| value.to_owned())
        };
        let shard = |variable: &dyn Fn(&str) -> Option<String>| {
            Shard::from_environment(2, variable).map(|shard| shard.nth)
        };
        assert_eq!(shard(&said("JOB_COMPLETION_INDEX", "0")), Ok(1));
        assert_eq!(shard(&said("CI_NODE_INDEX", "2")), Ok(2));
        assert!(shard(&said("CI_NODE_INDEX", "3")).is_err());
        assert!(shard(&said("OTHER", "1")).is_err());
    }
}
