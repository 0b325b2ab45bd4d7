//! First everything breaks and changes by chance, then calm: after a few cycles GoLinks must hold
//! what Entra intends.
//!
//! The lives are those of `scimulator swarm`. Each is written as a scenario file, so a failure
//! prints a file that replays it.

use std::collections::BTreeSet;
use std::ops::Range;

use scimulator::base::Seed;
use scimulator::entra::Event;
use scimulator::entra::job::Subject;
use scimulator::entra::job::quarantine::Reason;
use scimulator::scenario::{Play, load, messages, report};
use scimulator::swarm::{
    Against, Finding, GroupChange, LeftOut, Life, LifeChange, Mapped, NameSpace,
};
use scimulator::world::RecordedEvent;

/// How many lives are played; `CONVERGENCE=20000` or `CONVERGENCE=317..318` plays others.
const LIVES: u64 = 120;

/// What lives are made of; each must happen in some of them.
const PLAYED: [&str; 15] = [
    "members",
    "managers",
    "swapped mails",
    "a user on demand",
    "a group on demand",
    "two applications",
    "three applications",
    "a filter of users",
    "a filter of groups",
    "a filter before the reading",
    "a guard that trips",
    "deletions allowed",
    "another quarantine",
    "a cycle broken off",
    "a connection deleted",
];

#[test]
fn after_trouble_and_calm_the_worlds_agree() {
    let seeds = seeds();
    let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let (failed, seen) = std::thread::scope(|scope| {
        let play_share = |share| {
            let seeds = seeds.clone().skip(share as usize).step_by(threads as usize);
            scope.spawn(move || {
                let mut seen = BTreeSet::new();
                let mut failed = seeds.filter_map(|seed| converge(seed, &mut seen).err());
                (failed.next(), seen)
            })
        };
        let shares: Vec<_> = (0..threads).map(play_share).collect();
        let (mut failed, mut seen) = (Vec::new(), BTreeSet::new());
        for share in shares {
            let (first, of_share) = share.join().expect("it does not panic");
            failed.extend(first);
            seen.extend(of_share);
        }
        (failed, seen)
    });
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    if seeds.end - seeds.start >= LIVES {
        let lacks: Vec<_> = PLAYED.iter().filter(|what| !seen.contains(**what)).collect();
        assert!(lacks.is_empty(), "no life plays {lacks:?}");
    }
}

/// What happened in a life that [`PLAYED`] names.
fn happened(life: &Life, play: &Play, seen: &mut BTreeSet<&'static str>) {
    let mut note = |what: &'static str, is: bool| seen.extend(is.then_some(what));
    note("two applications", life.apps().len() == 2);
    note("three applications", life.apps().len() == 3);
    for step in life.taken() {
        match step.change {
            LifeChange::Group(_, GroupChange::Add(_) | GroupChange::Remove(_)) => {
                note("members", life.mapped == Mapped::Groups);
            }
            LifeChange::Manager { .. } => note("managers", life.mapped != Mapped::Gallery),
            LifeChange::SwapMails { .. } => note("swapped mails", true),
            LifeChange::Filter { out: Some(out), unread } => {
                note("a filter of groups", matches!(out, LeftOut::Group(_)));
                note("a filter of users", !matches!(out, LeftOut::Group(_)));
                note("a filter before the reading", unread);
            }
            LifeChange::AllowDeletes => note("deletions allowed", true),
            LifeChange::Loosen { .. } => note("a connection deleted", true),
            _ => {}
        }
    }
    for record in play.world().journal().records() {
        let RecordedEvent::Entra(event) = record.event else { continue };
        match event {
            Event::OnDemandEnded(run) if run.stopped.is_none() => match run.subject {
                Subject::User(_) => note("a user on demand", true),
                Subject::Group(_) => note("a group on demand", true),
            },
            Event::Quarantined(cause) => {
                let trips = cause.reason == Reason::TooManyDeletes;
                note(if trips { "a guard that trips" } else { "another quarantine" }, true);
            }
            Event::CycleInterrupted { .. } => note("a cycle broken off", true),
            _ => {}
        }
    }
}

fn seeds() -> Range<u64> {
    let Ok(wanted) = std::env::var("CONVERGENCE") else { return 0..LIVES };
    let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("CONVERGENCE: {wanted}"));
    match wanted.split_once("..") {
        Some((from, to)) => number(from)..number(to),
        None => 0..number(&wanted),
    }
}

/// Plays the life of a seed to its end, and notes what happened in it.
///
/// # Errors
/// Why the worlds do not agree, with the seed, and the file that replays it.
fn converge(seed: u64, seen: &mut BTreeSet<&'static str>) -> Result<(), String> {
    let life = Life::of(Seed(seed), Against::Mock);
    let text = life.text(&NameSpace::default());
    let script = load("convergence.toml", &text, &[]).map_err(|problems| {
        format!("life {seed} is no scenario:\n{}\n{text}", messages::render(&problems))
    })?;
    let mut play = Play::new(script);
    play.run_to_end();
    happened(&life, &play, seen);
    let found = Finding::all(&play);
    if play.verdict().green() && found.is_empty() {
        return Ok(());
    }
    let found: Vec<String> = found.iter().map(Finding::to_string).collect();
    let report = report::plain(&play, None);
    Err(format!(
        "life {seed} does not converge; CONVERGENCE={seed}..{} plays it:\n{report}\n{}\n{text}",
        seed + 1,
        found.join("\n"),
    ))
}
