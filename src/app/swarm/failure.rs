//! From a life that failed to a scenario file that replays it: is it the same again, and how much
//! of it can be left out?

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::player::{PlayedLife, Player};
use crate::app::remote::STOP;
use crate::swarm::{Finding, Life, NameSpace, Shrunk, shrink};

/// How often a life that failed at a server is played in all, to see whether it wavers.
const TIMES: u32 = 3;

/// How many lines of what was sent stand in the file.
const WRITES: usize = 12;

/// How much may be tried.
#[derive(Clone, Copy, Debug)]
pub struct ShrinkLimits {
    /// How often a life may be played.
    pub tries: u32,
    /// For how long.
    pub time: Duration,
}

/// A failure, shortened as far as it was.
pub struct ShortFailure {
    /// The scenario file.
    pub text: String,
    /// What fails in it, as a sentence.
    pub says: String,
    /// How many moments it has.
    pub moments: usize,
    /// How often the whole life failed so, of how many times, when it did not each time.
    pub wavers: Option<(u32, u32)>,
}

/// Shortens a life that failed by `finding`. `name` makes names that no try had before; `replay` is
/// the command that replays the file.
pub fn shorten(
    player: &Player,
    life: &Life,
    finding: &Finding,
    limits: ShrinkLimits,
    name: &mut dyn FnMut() -> NameSpace,
    replay: &str,
) -> ShortFailure {
    let began = Instant::now();
    let (failed, played) = again(player, life, finding, name);
    let wavers = (failed < played).then_some((failed, played));
    let mut shown: Option<PlayedLife> = None;
    let mut left = limits.tries;
    let mut fails = |candidate: &Life| {
        for _ in 0..if wavers.is_some() { TIMES } else { 1 } {
            if left == 0 || began.elapsed() >= limits.time || STOP.load(Ordering::Relaxed) {
                return None;
            }
            left -= 1;
            let played = player.play(candidate, &name());
            if played.ended.is_some() {
                return None;
            }
            if played.fails(&finding.check) {
                shown = Some(played);
                return Some(true);
            }
        }
        Some(false)
    };
    // What did not come back once cannot be shortened.
    let shrunk = match failed {
        1 if wavers.is_some() => Shrunk { life: life.clone(), tries: 0, finished: false },
        _ => shrink(life, &mut fails),
    };
    let finding = shown
        .as_ref()
        .and_then(|played| played.findings.iter().find(|other| other.check == finding.check))
        .unwrap_or(finding);
    let writes = shown.as_ref().map_or(&[][..], |played| &played.writes);
    let moments = shrunk.life.moments(&NameSpace::default()).len();
    let head = head(life, &shrunk, finding, wavers, replay, writes);
    let title = format!("{}, in the life of seed {}", finding.says, life.seed);
    let text = head + &shrunk.life.titled(&title, &NameSpace::default());
    ShortFailure { text, says: sentence(finding, &shrunk.life), moments, wavers }
}

/// What fails in a life, and what happened last to the user or group about which it is.
pub fn sentence(finding: &Finding, life: &Life) -> String {
    let last = match finding.who.is_empty() {
        true => None,
        false => life.last_about(&finding.who, &NameSpace::default()),
    };
    let after = last.map(|it| format!(", after {} at {}", it.action, it.time)).unwrap_or_default();
    format!("{}{after}", finding.says)
}

/// How often a life that failed fails in the same way, of how many times, the first one included.
/// The mock does not waver.
fn again(
    player: &Player,
    life: &Life,
    finding: &Finding,
    name: &mut dyn FnMut() -> NameSpace,
) -> (u32, u32) {
    if player.server.is_none() {
        return (1, 1);
    }
    let mut failed = 1;
    for played in 1..TIMES {
        let again = player.play(life, &name());
        if again.ended.is_some() {
            return (failed, played);
        }
        failed += u32::from(again.fails(&finding.check));
    }
    (failed, TIMES)
}

/// What the file says of itself, as comments.
fn head(
    life: &Life,
    shrunk: &Shrunk,
    finding: &Finding,
    wavers: Option<(u32, u32)>,
    replay: &str,
    writes: &[String],
) -> String {
    let names = NameSpace::default();
    let mut lines = vec![
        format!("Seed {} of `scimulator swarm` fails:", life.seed),
        format!("  {}", sentence(finding, &shrunk.life)),
        format!("  ({})", finding.check),
        format!(
            "Of {} moments {} are left after {} tries{}.",
            life.moments(&names).len(),
            shrunk.life.moments(&names).len(),
            shrunk.tries,
            if shrunk.finished { "; it does not fail without any of them" } else { "" }
        ),
    ];
    if let Some((failed, played)) = wavers {
        lines.push(format!(
            "It wavers: the whole life failed so {failed} of {played} times, each with fresh names. A \
             failure that does not come back depends on what is stored, or on time."
        ));
    }
    lines.push(format!("Replay: {replay}"));
    let of_it: Vec<&String> = writes.iter().filter(|line| is_about(line, &finding.who)).collect();
    if !of_it.is_empty() {
        lines.push(String::new());
        lines.push("What was sent to change it, the latest last:".to_owned());
        let from = of_it.len().saturating_sub(WRITES);
        lines.extend(of_it[from..].iter().map(|line| format!("  {line}")));
    }
    let comment = |line: &String| format!("# {line}").trim_end().to_owned() + "\n";
    lines.iter().map(comment).collect::<String>() + "\n"
}

/// Whether a line of what was sent is about a user or group, or about anything when none is named.
fn is_about(line: &str, who: &str) -> bool {
    who.is_empty() || line.contains(&format!("({who})"))
}
