//! First everything breaks and changes by chance, then calm: after a few cycles GoLinks must hold
//! what Entra intends.
//!
//! The lives are those of `scimulator swarm`. Each is written as a scenario file, so a failure
//! prints a file that replays it.

use std::ops::Range;

use scimulator::base::Seed;
use scimulator::scenario::{Play, load, messages, report};
use scimulator::swarm::{Against, Finding, Life, NameSpace};

/// How many lives are played; `CONVERGENCE=20000` or `CONVERGENCE=317..318` plays others.
const LIVES: u64 = 120;

#[test]
fn after_trouble_and_calm_the_worlds_agree() {
    let seeds = seeds();
    let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let failed: Vec<String> = std::thread::scope(|scope| {
        let play_share = |share| {
            let seeds = seeds.clone().skip(share as usize).step_by(threads as usize);
            scope.spawn(move || seeds.filter_map(|seed| converge(seed).err()).next())
        };
        let shares: Vec<_> = (0..threads).map(play_share).collect();
        shares.into_iter().filter_map(|share| share.join().expect("it does not panic")).collect()
    });
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn seeds() -> Range<u64> {
    let Ok(wanted) = std::env::var("CONVERGENCE") else { return 0..LIVES };
    let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("CONVERGENCE: {wanted}"));
    match wanted.split_once("..") {
        Some((from, to)) => number(from)..number(to),
        None => 0..number(&wanted),
    }
}

/// Plays the life of a seed to its end.
///
/// # Errors
/// Why the worlds do not agree, with the seed, and the file that replays it.
fn converge(seed: u64) -> Result<(), String> {
    let text = Life::of(Seed(seed), Against::Mock).text(&NameSpace::default());
    let script = load("convergence.toml", &text, &[]).map_err(|problems| {
        format!("life {seed} is no scenario:\n{}\n{text}", messages::render(&problems))
    })?;
    let mut play = Play::new(script);
    play.run_to_end();
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
