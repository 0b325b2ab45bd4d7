//! From a life that failed to a scenario file that replays it: is it the same again, and how much
//! of it can be left out?

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::player::{PlayedLife, Player};
use crate::app::remote::STOP;
use crate::base::time::write_duration;
use crate::foreign::STOPPED;
use crate::scenario::report::WriteShown;
use crate::swarm::{Finding, Life, NameSpace, Shrunk, shrink};

/// How often a life that failed at a server is played in all, to see whether it wavers.
const TIMES: u32 = 3;

/// How many exchanges stand in the file.
const WRITES: usize = 6;

/// How many characters of a body stand in the file.
const BODY: usize = 600;

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
    /// How often the file failed so, of how many times it was played, when it did not each time.
    pub wavers: Option<(u32, u32)>,
    /// That it was not shortened, or not to the end, and why.
    pub cut: Option<String>,
}

/// How often a life failed that was played again.
struct Again {
    /// How often it failed in the same way.
    failed: u32,
    /// How often it was played to its end.
    played: u32,
    /// Why it was not played as often as it should.
    ended: Option<String>,
}

impl Again {
    fn wavers(&self) -> Option<(u32, u32)> {
        (self.failed < self.played).then_some((self.failed, self.played))
    }
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
    let first = Again { failed: 1, played: 1, ended: None };
    let again = again(player, life, finding, first, name);
    let wavers = again.wavers();
    let mut shown: Option<PlayedLife> = None;
    let mut left = limits.tries;
    let mut cut = again.ended;
    let mut fails = |candidate: &Life| {
        for _ in 0..if wavers.is_some() { TIMES } else { 1 } {
            cut = cut.take().or_else(|| over(limits, left, began));
            if cut.is_some() {
                return None;
            }
            left -= 1;
            let played = player.play(candidate, &name());
            if played.ended.is_some() {
                cut = played.ended;
                return None;
            }
            // A quarantine that no start ends shows what was left out, and not the failure.
            let rests = played.quarantined && !candidate.starts_again;
            if played.fails(&finding.check) && !rests {
                shown = Some(played);
                return Some(true);
            }
        }
        Some(false)
    };
    let shrunk = match again.failed {
        1 if wavers.is_some() => {
            cut = Some("it did not come back".to_owned());
            Shrunk { life: life.clone(), tries: 0, finished: false }
        }
        _ => shrink(life, &mut fails),
    };
    let mut cut = cut.filter(|_| !shrunk.finished).map(|why| match shrunk.tries {
        0 => format!("not shortened: {why}"),
        _ => format!("not shortened to the end: {why}"),
    });
    // Said is how often what is handed out fails, which is another life than the whole one.
    let short = of_short(player, &shrunk, finding, name);
    let (shrunk, wavers) = match short {
        None => (shrunk, wavers),
        Some(Again { failed: 0, .. }) => {
            shown = None;
            cut = Some("not shortened: what was left did not fail again".to_owned());
            (Shrunk { life: life.clone(), ..shrunk }, wavers)
        }
        Some(short) => (shrunk, short.wavers()),
    };
    let finding = shown
        .as_ref()
        .and_then(|played| played.findings.iter().find(|other| other.check == finding.check))
        .unwrap_or(finding);
    let writes = shown.as_ref().map_or(&[][..], |played| &played.writes);
    let moments = shrunk.life.moments(&NameSpace::default()).len();
    let head = head(life, (&shrunk, cut.as_deref()), finding, wavers, replay, writes);
    let title = format!("{}, in the life of seed {}", finding.says, life.seed);
    let text = head + &shrunk.life.failing(&title, finding, &NameSpace::default());
    ShortFailure { text, says: sentence(finding, &shrunk.life), moments, wavers, cut }
}

/// Why no more is tried; `None` while there is more to try.
fn over(limits: ShrinkLimits, left: u32, began: Instant) -> Option<String> {
    if STOP.load(Ordering::Relaxed) {
        return Some(STOPPED.to_owned());
    }
    if left == 0 {
        return Some(format!("--shrink-tries {} is used up", limits.tries));
    }
    let is_over = began.elapsed() >= limits.time;
    is_over.then(|| format!("--shrink-time {} is over", write_duration(limits.time)))
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

/// How often the shortened life fails; `None` when it is the whole one, or was not played to its
/// end.
fn of_short(
    player: &Player,
    shrunk: &Shrunk,
    finding: &Finding,
    name: &mut dyn FnMut() -> NameSpace,
) -> Option<Again> {
    let none = Again { failed: 0, played: 0, ended: None };
    let played = (shrunk.tries > 0).then(|| again(player, &shrunk.life, finding, none, name));
    played.filter(|again| again.played > 0)
}

/// Plays a life until it was played [`TIMES`], to see whether it fails in the same way. The mock
/// does not waver.
fn again(
    player: &Player,
    life: &Life,
    finding: &Finding,
    mut again: Again,
    name: &mut dyn FnMut() -> NameSpace,
) -> Again {
    if player.server.is_none() {
        return again;
    }
    while again.played < TIMES && again.ended.is_none() {
        let played = player.play(life, &name());
        again.ended = played.ended.clone();
        again.played += u32::from(again.ended.is_none());
        again.failed += u32::from(again.ended.is_none() && played.fails(&finding.check));
    }
    again
}

/// What the file says of itself, as comments.
fn head(
    life: &Life,
    (shrunk, cut): (&Shrunk, Option<&str>),
    finding: &Finding,
    wavers: Option<(u32, u32)>,
    replay: &str,
    writes: &[WriteShown],
) -> String {
    let names = NameSpace::default();
    let mut lines = vec![
        format!("Seed {} of `scimulator swarm` fails:", life.seed),
        format!("  {}", sentence(finding, &shrunk.life)),
        format!("  ({})", finding.check),
        format!(
            "Of {} moments {} are left after {} tries; {}.",
            life.moments(&names).len(),
            shrunk.life.moments(&names).len(),
            shrunk.tries,
            cut.unwrap_or(needed(&shrunk.life, wavers.is_some())),
        ),
    ];
    if let Some((failed, played)) = wavers {
        lines.push(format!(
            "It wavers: this file failed so {failed} of {played} times, each with fresh names. A \
             failure that does not come back depends on what is stored, or on time."
        ));
    }
    lines.push(format!("Replay: {replay}"));
    let of_it: Vec<&WriteShown> =
        writes.iter().filter(|shown| is_about(&shown.head, &finding.who)).collect();
    if !of_it.is_empty() {
        lines.push(String::new());
        lines.push("What was sent to change it and what was answered, the latest last:".to_owned());
        let from = of_it.len().saturating_sub(WRITES);
        lines.extend(of_it[from..].iter().flat_map(|shown| exchange(shown)));
    }
    let comment = |line: &String| format!("# {line}").trim_end().to_owned() + "\n";
    lines.iter().map(comment).collect::<String>() + "\n"
}

/// What of a life that was shortened to the end it fails without. The first start and the calm
/// around the changes are not tried one by one.
fn needed(life: &Life, wavers: bool) -> &'static str {
    match life.taken().len() {
        // It may have been by chance that it did not fail without one.
        1.. if wavers => {
            "it did not fail without any of the changes between its start and its end when that was tried"
        }
        0 => "it fails without any change",
        1 => "it does not fail without the change between its start and its end",
        _ => "it does not fail without any one of the changes between its start and its end",
    }
}

/// An exchange in lines: the request, and what each side sent.
fn exchange(shown: &WriteShown) -> Vec<String> {
    let body = |mark: &str, body: &str| {
        let cut: String = body.chars().take(BODY).collect();
        let more = if cut.len() < body.len() { "…" } else { "" };
        (!body.is_empty()).then(|| format!("    {mark} {cut}{more}"))
    };
    let mut lines = vec![format!("  {}", shown.head)];
    lines.extend(body(">", &shown.sent));
    lines.extend(body("<", &shown.answered));
    lines
}

/// Whether the request line of an exchange is about a user or group, or about anything when none
/// is named.
fn is_about(line: &str, who: &str) -> bool {
    who.is_empty() || line.contains(&format!("({who})"))
}
