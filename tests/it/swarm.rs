//! `swarm` against the mock: bugs of each family are found and shortened, and their seeds are kept.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use scimulator::app::swarm::{Player, ShrinkLimits, StateFile, SwarmPlan, SwarmTotals, swarm};
use scimulator::scenario::bugs;
use scimulator::scenario::{Override, Play, load, messages};
use scimulator::swarm::results::Planned;

/// One bug of each family, and the checks by which it may be found.
const FAMILIES: [(&str, &str, &[&str]); 5] = [
    ("a lost write", "B25", &["user.", "group."]),
    ("a wrong member removed", "B27", &["group.lacks"]),
    ("a stale read", "B124", &["user."]),
    ("a lookup with capitals", "B51", &["user."]),
    ("a Boolean as text", "B01", &["user.still-active", "user.inactive"]),
];

/// How many seeds a bug must be found within.
pub const SEEDS: u64 = 200;
/// How many moments the shortened scenario may have.
const MOMENTS: usize = 8;

fn overrides(bug: &str) -> Vec<Override> {
    let bug = bugs::find(bug).expect("a bug");
    bug.with.iter().map(|with| Override::parse(with).expect("a setting")).collect()
}

pub fn plan(out: &Path, to: u64) -> SwarmPlan {
    SwarmPlan {
        planned: Planned {
            version: "test".to_owned(),
            target: "mock".to_owned(),
            settings: Vec::new(),
            from: 1,
            to,
            shard: 1,
            shards: 1,
        },
        jobs: std::thread::available_parallelism().map_or(1, usize::from),
        // The tries alone end it, so that a slow machine shortens as far as a fast one.
        limits: ShrinkLimits { tries: 200, time: Duration::from_secs(3_600) },
        fail_fast: true,
        known: BTreeSet::new(),
        tag: "test".to_owned(),
        out: Some(out.to_owned()),
        state: StateFile::of(Some(&out.join("state")), "mock", &[]),
        replay: ("scimulator run".to_owned(), String::new()),
        quiet: true,
    }
}

fn found(bug: &str, out: &Path) -> (SwarmTotals, Vec<Override>) {
    let overrides = overrides(bug);
    let player = Player { overrides: overrides.clone(), server: None };
    (swarm(&player, &plan(out, SEEDS)).expect("files can be written"), overrides)
}

#[test]
fn a_bug_of_each_family_is_found_and_shortened_to_a_few_moments() {
    for (family, bug, checks) in FAMILIES {
        let out = tempfile::tempdir().expect("a folder");
        let (totals, overrides) = found(bug, out.path());
        let lives: Vec<_> = totals.failed.values().flatten().collect();
        assert!(!lives.is_empty(), "{family} ({bug}) is not found within {SEEDS} seeds");
        for life in lives.iter().filter(|life| life.file.is_some()) {
            let named = &life.checks[0];
            assert!(checks.iter().any(|check| named.starts_with(check)), "{bug}: {life:?}");
            assert!(life.moments.is_some_and(|moments| moments <= MOMENTS), "{bug}: {life:?}");
            // The file replays it, and without the bug it is green.
            let file = out.path().join(life.file.as_ref().expect("a file"));
            let text = std::fs::read_to_string(file).expect("it was written");
            assert!(!is_green(&text, &overrides), "{bug} is not replayed by\n{text}");
            assert!(is_green(&text, &[]), "without {bug} it fails too\n{text}");
        }
    }
}

/// What the comparison of the worlds does not see is expected besides: a file that shows a failure
/// is red when it is replayed, whatever the failure is.
#[test]
fn what_the_worlds_do_not_show_is_replayed_too() {
    for (set, seed, check) in [
        ("golinks.quirks.filtered_add_multiplies=true", 19, "user.multiplied"),
        ("golinks.quirks.adopt_by_mail=true", 2, "accounts.taken-over"),
    ] {
        let out = tempfile::tempdir().expect("a folder");
        let overrides = vec![Override::parse(set).expect("a setting")];
        let player = Player { overrides: overrides.clone(), server: None };
        let mut plan = plan(out.path(), SEEDS);
        plan.planned.from = seed;
        let totals = swarm(&player, &plan).expect("files can be written");
        let mut lives = totals.failed.values().flatten();
        let life = lives.find(|it| it.checks[0].starts_with(check) && it.file.is_some());
        let life = life.expect(check);
        let file = out.path().join(life.file.as_ref().expect("a file"));
        let text = std::fs::read_to_string(file).expect("it was written");
        assert!(!is_green(&text, &overrides), "{check} is not replayed by\n{text}");
        assert!(is_green(&text, &[]), "without {set} it fails too\n{text}");
    }
}

fn is_green(text: &str, overrides: &[Override]) -> bool {
    let script = load("swarm.toml", text, overrides);
    let script =
        script.unwrap_or_else(|problems| panic!("{}\n{text}", messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    play.verdict().green()
}

#[test]
fn a_seed_that_failed_is_tried_first_and_vanishes_when_it_passes() {
    let out = tempfile::tempdir().expect("a folder");
    let (totals, _) = found("B01", out.path());
    let failed = totals.failed.values().map(Vec::len).sum::<usize>();
    let state = StateFile::of(Some(&out.path().join("state")), "mock", &[]).expect("a place");
    assert_eq!(state.read().expect("seeds").0.len(), failed);
    // The seeds of the plan are others.
    let mut next = plan(out.path(), SEEDS);
    (next.planned.from, next.planned.to) = (900, 900);
    let mended = Player { overrides: Vec::new(), server: None };
    let totals = swarm(&mended, &next).expect("files can be written");
    assert_eq!((totals.played, totals.kept), (failed as u64 + 1, (failed, failed)));
    assert!(state.read().expect("seeds").0.is_empty());
}
