//! The work of a swarm: the threads that play lives, and what is done with each result.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::time::Instant;

use super::failure::{ShortFailure, ShrinkLimits, sentence, shorten};
use super::output::{ResultsFile, write_scenario};
use super::player::{PlayedLife, Player};
use super::progress::SwarmProgress;
use super::shared::SharedWork;
use super::state::StateFile;
use crate::app::exit::CommandError;
use crate::app::remote::STOP;
use crate::base::Seed;
use crate::foreign::Left;
use crate::scenario::report::{Line, Tone, plural};
use crate::swarm::results::{
    Ended, LifeEnd, LifeResult, Planned, ResultLine, runs_of, seeds_of_shard,
};
use crate::swarm::{Finding, Life, NameSpace};

/// Lives in a row that were not played to their end, after which the swarm ends.
const UNFINISHED_IN_A_ROW: u32 = 3;

/// What is to be done.
pub struct SwarmPlan {
    /// Which seeds, and which part of them.
    pub planned: Planned,
    /// How many lives are played at once.
    pub jobs: usize,
    /// How much may be tried to shorten a failure.
    pub limits: ShrinkLimits,
    /// Whether the first failure ends it.
    pub fail_fast: bool,
    /// The checks that are known to fail; a life that fails by these alone is counted apart.
    pub known: BTreeSet<String>,
    /// What every name at the server contains.
    pub tag: String,
    /// Where results go.
    pub out: Option<PathBuf>,
    /// Where the seeds that failed are kept.
    pub state: Option<StateFile>,
    /// The command that replays a file, up to the file's name, and what follows it.
    pub replay: (String, String),
    /// Whether nothing is said of single lives.
    pub quiet: bool,
}

/// What came of it.
#[derive(Default)]
pub struct SwarmTotals {
    /// How many lives were played to their end.
    pub played: u64,
    /// The lives that failed, by their first check.
    pub failed: BTreeMap<String, Vec<LifeResult>>,
    /// The lives that failed by known checks alone: how many by each.
    pub known: BTreeMap<String, u64>,
    /// How many lives failed by known checks alone.
    pub as_known: usize,
    /// The lives that were not played to their end.
    pub unfinished: Vec<LifeResult>,
    /// How many kept seeds were tried first, and how many of them passed.
    pub kept: (usize, usize),
    /// How many requests were sent.
    pub requests: u64,
    /// What is still at the server.
    pub left: Left,
    /// How many of them a server that is not ours answered.
    pub answered: u64,
    /// The seed of the life in which the server stopped answering.
    pub gone: Option<u64>,
    /// Why it ended before its time.
    pub early: Option<String>,
    /// The seeds that were not played: the first and the last of each run of them.
    pub not_played: Vec<(u64, u64)>,
}

/// What a thread reports of a life.
struct LifeReport {
    result: LifeResult,
    /// Whether the server answers no more.
    gone: bool,
    /// The scenario of the failure.
    short: Option<ShortFailure>,
}

/// Plays all lives of the plan, those of kept seeds first.
///
/// # Errors
/// When a file cannot be read or written.
pub fn swarm(player: &Player, plan: &SwarmPlan) -> Result<SwarmTotals, CommandError> {
    let Planned { from, to, shard, shards, .. } = plan.planned;
    let mut kept: Vec<u64> = match &plan.state {
        Some(state) => state.read()?.0.into_keys().collect(),
        None => Vec::new(),
    };
    kept.retain(|seed| seed % shards == shard - 1);
    let others = seeds_of_shard(from, to, shard, shards).filter(|seed| !kept.contains(seed));
    let seeds: Vec<u64> = kept.iter().copied().chain(others).collect();
    let mut progress = SwarmProgress::new(seeds.len() as u64, plan.quiet);
    let mut results = ResultsFile::begin(plan.out.as_deref(), &plan.planned)?;
    let mut totals = SwarmTotals { kept: (kept.len(), 0), ..SwarmTotals::default() };
    let work = SharedWork::new(seeds, plan.tag.clone());
    let (reports, received) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..plan.jobs {
            let (reports, work) = (reports.clone(), &work);
            scope.spawn(move || {
                while let Some(seed) = work.next() {
                    let report = life_of(player, plan, work, seed);
                    if report.gone {
                        work.end();
                    }
                    if reports.send(report).is_err() {
                        break;
                    }
                }
            });
        }
        drop(reports);
        let mut in_a_row = 0;
        for report in received {
            let ended = report.result.ended;
            in_a_row = if ended == LifeEnd::Unfinished { in_a_row + 1 } else { 0 };
            let taken = take(report, plan, &kept, &mut totals, &mut results, &mut progress);
            if taken.is_err()
                || (plan.fail_fast && ended == LifeEnd::Failed)
                || in_a_row >= UNFINISHED_IN_A_ROW
            {
                work.end();
            }
            taken?;
        }
        Ok::<(), CommandError>(())
    })?;
    progress.finish();
    if let Some(server) = &player.server {
        let tally = std::mem::take(&mut *server.tally());
        (totals.left, totals.requests, totals.answered) = (tally.left, tally.sent, tally.answered);
    }
    totals.early = early(&totals, plan);
    totals.not_played = runs_of(work.left(), shards);
    let (early, not_played) = (totals.early.clone(), totals.not_played.clone());
    let ended = Ended { played: totals.played, early, not_played };
    results.write(&ResultLine::End(ended))?;
    Ok(totals)
}

/// Why the swarm ended before its time.
fn early(totals: &SwarmTotals, plan: &SwarmPlan) -> Option<String> {
    if STOP.load(Ordering::Relaxed) {
        return Some("stopped by a signal".to_owned());
    }
    if plan.fail_fast && !totals.failed.is_empty() {
        return Some("a life failed, which is enough".to_owned());
    }
    if let Some(seed) = totals.gone {
        return Some(stopped_answering(totals.answered, seed));
    }
    let last = totals.unfinished.last()?;
    (totals.unfinished.len() as u32 >= UNFINISHED_IN_A_ROW).then(|| last.what.clone())
}

fn stopped_answering(answered: u64, seed: u64) -> String {
    format!("the server stopped answering after {}, in seed {seed}", plural(answered, "request"))
}

/// Plays the life of a seed; the first failure of each check is shortened.
fn life_of(player: &Player, plan: &SwarmPlan, work: &SharedWork, seed: u64) -> LifeReport {
    let began = Instant::now();
    let life = Life::of(Seed(seed), player.against());
    let names = || match player.server {
        None => NameSpace::default(),
        Some(_) => work.names(),
    };
    let played = catch_unwind(AssertUnwindSafe(|| player.play(&life, &names())));
    let played = played.unwrap_or_else(|_| PlayedLife {
        ended: Some(format!("a bug of scimulator: the life of seed {seed} made it panic")),
        ..PlayedLife::default()
    });
    let mut result = LifeResult {
        seed,
        ended: LifeEnd::Passed,
        checks: checks(&played.findings),
        what: String::new(),
        file: None,
        moments: None,
        wavers: None,
        cut: None,
        requests: played.requests,
        took_ms: 0,
    };
    let mut short = None;
    if let Some(why) = played.ended {
        (result.ended, result.what) = (LifeEnd::Unfinished, why);
    } else if let Some(first) = played.findings.first() {
        (result.ended, result.what) = (LifeEnd::Failed, sentence(first, &life));
        if result.is_known(&plan.known) {
            result.ended = LifeEnd::Known;
        } else if work.is_first(&first.check) {
            let file = file_name(plan.out.as_deref(), seed);
            let replay = format!("{} {file}{}", plan.replay.0, plan.replay.1);
            let shortened = shorten(player, &life, first, plan.limits, &mut || names(), &replay);
            (result.moments, result.wavers) = (Some(shortened.moments), shortened.wavers);
            result.cut = shortened.cut.clone();
            (result.file, result.what) = (Some(file), shortened.says.clone());
            short = Some(shortened);
        }
    }
    result.took_ms = began.elapsed().as_millis() as u64;
    let gone = player.server.as_ref().is_some_and(|server| server.tally().gone);
    LifeReport { result, gone, short }
}

/// The names of the checks that failed, each once, the first one first.
fn checks(findings: &[Finding]) -> Vec<String> {
    let mut checks: Vec<String> = Vec::new();
    for finding in findings {
        if !checks.contains(&finding.check) {
            checks.push(finding.check.clone());
        }
    }
    checks
}

/// The name of the file of a failure: in the folder of results, or here.
fn file_name(out: Option<&Path>, seed: u64) -> String {
    if out.is_some() { format!("seed-{seed}.toml") } else { format!("swarm-seed-{seed}.toml") }
}

/// Counts and writes down what came of a life.
fn take(
    report: LifeReport,
    plan: &SwarmPlan,
    kept: &[u64],
    totals: &mut SwarmTotals,
    results: &mut ResultsFile,
    progress: &mut SwarmProgress,
) -> Result<(), CommandError> {
    let LifeReport { result, gone, short } = report;
    totals.requests += result.requests;
    if gone {
        totals.gone.get_or_insert(result.seed);
    }
    if let (Some(short), Some(file)) = (&short, &result.file) {
        write_scenario(plan.out.as_deref(), file, &short.text)?;
    }
    results.write(&ResultLine::Life(result.clone()))?;
    let was_kept = kept.contains(&result.seed);
    progress.played(result.ended == LifeEnd::Failed);
    match result.ended {
        LifeEnd::Unfinished => totals.unfinished.push(result),
        LifeEnd::Known => {
            totals.played += 1;
            totals.as_known += 1;
            for check in result.checks {
                *totals.known.entry(check).or_default() += 1;
            }
        }
        LifeEnd::Passed => {
            totals.played += 1;
            if was_kept {
                totals.kept.1 += 1;
                note(plan, result.seed, None)?;
            }
        }
        LifeEnd::Failed => {
            totals.played += 1;
            let check = result.checks.first().cloned().unwrap_or_default();
            note(plan, result.seed, Some(&check))?;
            if result.file.is_some() && !plan.quiet {
                progress.print(&[Line::of(
                    Tone::Bad,
                    format!("seed {}: {}", result.seed, result.what),
                )]);
            }
            totals.failed.entry(check).or_default().push(result);
        }
    }
    Ok(())
}

fn note(plan: &SwarmPlan, seed: u64, failed: Option<&str>) -> Result<(), CommandError> {
    plan.state.as_ref().map_or(Ok(()), |state| state.note(seed, failed))
}
