//! What `swarm` prints: what is about to be played, and the verdict.

use std::time::Duration;

use super::left::LeftAt;
use crate::app::cli::AccessFlags;
use crate::app::swarm::{Player, SwarmPlan, SwarmTotals};
use crate::scenario::report::{Line, Tone, quoted};
use crate::swarm::results::{LifeEnd, LifeResult, Merged};

/// How many seeds of one check are named.
const SEEDS: usize = 8;

/// Says what is played where, before the first request.
pub fn announcement(player: &Player, plan: &SwarmPlan) -> Vec<Line> {
    let planned = &plan.planned;
    let mut what = match planned.from == planned.to {
        true => format!("1 life (seed {})", planned.from),
        false => format!("seeds {}..{}", planned.from, planned.to),
    };
    if planned.shards > 1 {
        what += &format!(", part {} of {}", planned.shard, planned.shards);
    }
    let Some(server) = &player.server else {
        let with = planned.settings.join(" ");
        let with = if with.is_empty() { with } else { format!(" with {with}") };
        return vec![Line::of(Tone::Strong, format!("{what} against the mock{with}"))];
    };
    let places: Vec<String> = server.address.places.iter().map(ToString::to_string).collect();
    let groups = if server.groups { "with groups" } else { "without groups" };
    vec![
        Line::of(Tone::Strong, format!("{what} against {}", server.address)),
        Line::of(
            Tone::Faint,
            format!(
                "at {}; lives {groups}, {} at once, each with at most {} requests; makes users below \
                 *.{}-*.example and deletes them after each life; touches no others",
                places.join(", "),
                plan.jobs,
                server.remote.budget,
                plan.tag,
            ),
        ),
    ]
}

/// What came of it, the verdict last.
pub fn lines(
    totals: &SwarmTotals,
    plan: &SwarmPlan,
    access: &AccessFlags,
    took: Duration,
) -> Vec<Line> {
    let mut lines = Vec::new();
    let out = plan.out.as_deref().map(|dir| dir.display().to_string() + "/").unwrap_or_default();
    for (check, lives) in &totals.failed {
        lines.extend(of_check(check, lives.iter(), &out));
        let file = lives.iter().find_map(|life| life.file.as_ref());
        lines.extend(file.map(|file| {
            let (before, after) = &plan.replay;
            Line::of(Tone::Plain, format!("    {before} {out}{file}{after}"))
        }));
    }
    lines.extend(
        totals.known.iter().map(|(check, count)| {
            Line::of(Tone::Faint, format!("known: {check}, in {count} lives"))
        }),
    );
    let surprises = plan.known.iter().filter(|check| !totals.known.contains_key(*check));
    lines.extend(surprises.map(|check| {
        let said = format!("{check} is listed as a known failure, and no life failed by it");
        Line::of(Tone::Warn, said)
    }));
    if totals.gone.is_none() {
        lines.extend(of_unfinished(totals.unfinished.iter()));
    }
    lines.extend(LeftAt::of(&plan.planned.target, access).lines(&totals.left, Tone::Warn));
    if !totals.left.is_nothing() {
        let said = format!("every name that these lives give has {} in it", plan.tag);
        lines.push(Line::of(Tone::Faint, said));
    }
    if let (kept @ 1.., passed) = totals.kept {
        let said = match kept {
            1 => format!("1 seed that failed before was tried first; {passed} pass now"),
            _ => format!("{kept} seeds that failed before were tried first; {passed} pass now"),
        };
        lines.push(Line::of(Tone::Faint, said));
    }
    lines.extend(kept(totals, plan));
    if let (Some(why), Some(_)) = (&totals.early, totals.gone) {
        lines.push(Line::of(Tone::Warn, format!("? {why}")));
    } else if let Some(why) = &totals.early {
        lines.push(Line::of(Tone::Warn, format!("it ended before its time: {why}")));
    }
    if !totals.not_played.is_empty() {
        lines.push(Line::of(Tone::Warn, not_played(&totals.not_played, plan.planned.shards)));
    }
    let failed: usize = totals.failed.values().map(Vec::len).sum();
    let said = format!(
        "{}, {failed} failed{}, {} not finished; {} requests in {:.1} s",
        lives(totals.played + totals.unfinished.len() as u64),
        as_known(totals.as_known),
        totals.unfinished.len(),
        totals.requests,
        took.as_secs_f64()
    );
    let whole = totals.unfinished.is_empty() && totals.early.is_none();
    lines.push(verdict(failed, totals.as_known, whole, said));
    lines
}

/// Which seeds were not played.
fn not_played(runs: &[(u64, u64)], shards: u64) -> String {
    let run = |(from, to): &(u64, u64)| match from == to {
        true => from.to_string(),
        false => format!("{from}..{to}"),
    };
    let named: Vec<String> = runs.iter().take(SEEDS).map(run).collect();
    let more = if runs.len() > SEEDS { " and more" } else { "" };
    let (word, were) = match runs {
        [(from, to)] if from == to => ("seed", "was"),
        _ => ("seeds", "were"),
    };
    let of = if shards > 1 { " of this part" } else { "" };
    format!("{word} {}{more}{of} {were} not played", named.join(", "))
}

/// Where the seeds that failed are kept, and what for.
fn kept(totals: &SwarmTotals, plan: &SwarmPlan) -> Option<Line> {
    let failed: usize = totals.failed.values().map(Vec::len).sum();
    let (seeds, them) = match failed {
        0 => return None,
        1 => ("the seed that failed is".to_owned(), ("it is", "vanishes when it passes")),
        many => (
            format!("the {many} seeds that failed are"),
            ("they are", "each vanishes when it passes"),
        ),
    };
    let said = match &plan.state {
        Some(state) => {
            let ((they, vanish), path) = (them, state.path().display());
            format!("{seeds} kept in {path}: {they} tried first the next time, and {vanish}")
        }
        None => format!("{seeds} not kept: there is no folder for it; --state DIR names one"),
    };
    Some(Line::of(Tone::Faint, said))
}

/// The verdict over all shards.
pub fn of_merged(merged: &Merged) -> Vec<Line> {
    let mut by_check: std::collections::BTreeMap<&str, Vec<&LifeResult>> = Default::default();
    for life in merged.failed.values() {
        let check = life.checks.first().map_or("", String::as_str);
        by_check.entry(check).or_default().push(life);
    }
    let mut lines = Vec::new();
    for (check, lives) in by_check {
        let file = lives.iter().find_map(|life| life.file.as_deref());
        let again = file.and_then(|file| Some(merged.planned.as_ref()?.replay(&quoted(file))));
        lines.extend(of_check(check, lives.iter().copied(), ""));
        lines.extend(again.map(|again| Line::of(Tone::Plain, format!("    {again}"))));
    }
    lines.extend(of_unfinished(merged.unfinished.values()));
    let mut lacks = [merged.problems.clone(), merged.early.clone()].concat();
    if !merged.missing_shards.is_empty() {
        let named: Vec<String> =
            merged.missing_shards.iter().take(20).map(ToString::to_string).collect();
        let more = merged.missing_shards.len().saturating_sub(20);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        lacks.push(format!("no results of shard {}{more}", named.join(", ")));
    }
    if let Some(first) = merged.first_missing {
        let (count, first) = (merged.missing_seeds, first);
        lacks.push(format!("{count} seeds have no result, {first} the first of them"));
    }
    lines.extend(lacks.into_iter().map(|lack| Line::of(Tone::Warn, lack)));
    let of = merged.planned.as_ref().map_or(0, |planned| planned.shards);
    let failed = merged.failed.len();
    let said = format!(
        "{} in {} of {of} shards, {failed} failed{}, {} not finished",
        lives((merged.passed + failed + merged.unfinished.len()) as u64),
        merged.shards,
        as_known(merged.known),
        merged.unfinished.len(),
    );
    lines.push(verdict(failed, merged.known, merged.is_complete(), said));
    lines
}

/// How many lives failed in ways that are known alone: `, 3 as is known`.
fn as_known(lives: usize) -> String {
    if lives == 0 { String::new() } else { format!(", {lives} as is known") }
}

/// A number of lives in words.
fn lives(number: u64) -> String {
    match number {
        1 => "1 life".to_owned(),
        _ => format!("{number} lives"),
    }
}

/// A check that failed: what was so in one life, in which lives, and the file that replays it.
fn of_check<'a>(
    check: &str,
    lives: impl Iterator<Item = &'a LifeResult> + Clone,
    out: &str,
) -> Vec<Line> {
    let mut seeds: Vec<u64> = lives.clone().map(|life| life.seed).collect();
    seeds.sort_unstable();
    let named: Vec<String> = seeds.iter().take(SEEDS).map(ToString::to_string).collect();
    let more = seeds.len().saturating_sub(SEEDS);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let word = if seeds.len() == 1 { "seed" } else { "seeds" };
    let mut which = format!("    {check}, in {word} {}{more}", named.join(", "));
    let mut lines = Vec::new();
    let shown = lives.clone().find(|life| life.file.is_some()).or_else(|| lives.clone().next());
    if let Some(life) = shown {
        lines.push(Line::of(Tone::Bad, format!("✗ {}", life.what)));
        if seeds.len() > 1 {
            which += &format!("; told of seed {}", life.seed);
        }
        lines.push(Line::of(Tone::Plain, which));
        if let (Some(moments), Some(file)) = (life.moments, &life.file) {
            let wavers = life.wavers.map_or(String::new(), |(failed, of)| {
                format!("; it wavers: {failed} of {of} times")
            });
            let cut = life.cut.as_ref().map_or(String::new(), |cut| format!(", {cut}"));
            let many = if moments == 1 { "moment that shows" } else { "moments that show" };
            let said = format!("    {moments} {many} it: {out}{file}{wavers}{cut}");
            let tone = if life.cut.is_some() { Tone::Warn } else { Tone::Plain };
            lines.push(Line::of(tone, said));
        }
    }
    lines
}

fn of_unfinished<'a>(lives: impl Iterator<Item = &'a LifeResult>) -> Vec<Line> {
    let not_ended = lives.filter(|life| life.ended == LifeEnd::Unfinished).take(3);
    let said = |life: &LifeResult| {
        Line::of(
            Tone::Warn,
            format!("? seed {} was not played to its end: {}", life.seed, life.what),
        )
    };
    not_ended.map(said).collect()
}

/// The last line. Lives that failed in ways that are known are not green, and nothing new either.
fn verdict(failed: usize, known: usize, whole: bool, said: String) -> Line {
    let (word, tone) = match (failed, known, whole) {
        (1.., ..) => ("FAILED", Tone::Bad),
        (0, _, false) => ("UNFINISHED", Tone::Warn),
        (0, 1.., true) => ("KNOWN", Tone::Good),
        (0, 0, true) => ("GREEN", Tone::Good),
    };
    let mut line = Line::of(tone, word);
    line.add(Tone::Plain, format!("  {said}"));
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lives_that_failed_as_is_known_are_not_green() {
        let word = |failed, known, whole| {
            let said = format!("9 lives{}", as_known(known));
            verdict(failed, known, whole, said).text()
        };
        assert_eq!(word(0, 0, true), "GREEN  9 lives");
        assert_eq!(word(0, 3, true), "KNOWN  9 lives, 3 as is known");
        assert_eq!(word(1, 3, true), "FAILED  9 lives, 3 as is known");
        assert_eq!(word(0, 3, false), "UNFINISHED  9 lives, 3 as is known");
    }
}
