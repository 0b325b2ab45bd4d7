//! What a swarm writes down of each life, a JSON object a line, and the verdict over the files of
//! all its shards.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// One line of a results file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "lowercase")]
pub enum ResultLine {
    /// The first line: what is played.
    Swarm(Planned),
    /// What came of a life.
    Life(LifeResult),
    /// The last line.
    End(Ended),
}

/// What is played, and which part of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Planned {
    /// The version of the program.
    pub version: String,
    /// The server, or `mock`.
    pub target: String,
    /// The settings of the command line, in its words.
    pub settings: Vec<String>,
    /// The first seed.
    pub from: u64,
    /// The last seed.
    pub to: u64,
    /// Which shard, counted from 1.
    pub shard: u64,
    /// How many shards there are.
    pub shards: u64,
}

impl Planned {
    /// The command that plays a scenario of it again.
    pub fn replay(&self, file: &str) -> String {
        let target = match self.target.as_str() {
            "mock" => String::new(),
            url => format!(" --target {url}"),
        };
        let settings: String = self.settings.iter().map(|one| format!(" {one}")).collect();
        format!("scimulator run {file}{target}{settings}")
    }
}

/// What came of a life.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LifeResult {
    /// Its seed.
    pub seed: u64,
    /// How it ended.
    pub ended: LifeEnd,
    /// The checks that failed, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<String>,
    /// The first finding in words, or why the life was not played to its end.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub what: String,
    /// The scenario file that replays it, when it was shortened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// How many moments that scenario has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moments: Option<usize>,
    /// How often the scenario of `file` failed in the same way, of how many times it was played;
    /// only when it did not fail each time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wavers: Option<(u32, u32)>,
    /// That the scenario was not shortened, or not to the end, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
    /// How many requests were sent.
    pub requests: u64,
    /// How long it took in real time.
    pub took_ms: u64,
}

impl LifeResult {
    /// Whether it failed by known checks alone.
    pub fn is_known(&self, known: &BTreeSet<String>) -> bool {
        !self.checks.is_empty() && self.checks.iter().all(|check| known.contains(check))
    }
}

/// How a life ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LifeEnd {
    /// The target holds what is intended.
    Passed,
    /// It does not, or something was done that was never to happen.
    Failed,
    /// It does not, in ways that are known.
    Known,
    /// The life was not played to its end.
    Unfinished,
}

/// How a swarm ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ended {
    /// How many lives were played.
    pub played: u64,
    /// Why it ended before its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early: Option<String>,
    /// The seeds of this shard that were not played: the first and the last of each run of them,
    /// between which lie those of the other shards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_played: Vec<(u64, u64)>,
}

/// Runs of the seeds of one shard: the first and the last of each.
pub fn runs_of(mut seeds: Vec<u64>, shards: u64) -> Vec<(u64, u64)> {
    seeds.sort_unstable();
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for seed in seeds {
        match runs.last_mut() {
            Some((_, last)) if seed - *last <= shards.max(1) => *last = seed,
            _ => runs.push((seed, seed)),
        }
    }
    runs
}

/// Which seeds a shard plays.
pub fn seeds_of_shard(from: u64, to: u64, shard: u64, shards: u64) -> impl Iterator<Item = u64> {
    (from..=to).filter(move |seed| (seed - from) % shards.max(1) == shard.saturating_sub(1))
}

/// The verdict over the results of all shards.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Merged {
    /// What was played, from the first file.
    pub planned: Option<Planned>,
    /// How many shards there are results of.
    pub shards: usize,
    /// How many lives ended well, or failed in ways that are known.
    pub passed: usize,
    /// How many of those failed in ways that are known.
    pub known: usize,
    /// The lives that failed, by seed.
    pub failed: BTreeMap<u64, LifeResult>,
    /// The lives that were not played to their end, by seed.
    pub unfinished: BTreeMap<u64, LifeResult>,
    /// The shards without a file.
    pub missing_shards: Vec<u64>,
    /// How many seeds there is no result of.
    pub missing_seeds: u64,
    /// The smallest of them.
    pub first_missing: Option<u64>,
    /// What does not fit together, in words.
    pub problems: Vec<String>,
    /// Which shards ended before their time, and why.
    pub early: Vec<String>,
}

impl Merged {
    /// Puts the files of the shards together; each comes with its name.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Merged {
        let mut merged = Merged::default();
        let mut shards = BTreeSet::new();
        let mut played: BTreeMap<u64, LifeResult> = BTreeMap::new();
        for (name, text) in files {
            for (nth, line) in text.lines().enumerate() {
                match serde_json::from_str(line) {
                    Ok(ResultLine::Swarm(planned)) => {
                        if let Some(why) = merged.other_swarm(&planned) {
                            merged.problems.push(format!("{name}: {why}"));
                            break;
                        }
                        shards.insert(planned.shard);
                        merged.planned.get_or_insert(planned);
                    }
                    Ok(ResultLine::Life(mut life)) => {
                        // The scenario lies beside the results.
                        let folder = name.rfind(['/', '\\']).map_or("", |at| &name[..=at]);
                        life.file = life.file.map(|file| format!("{folder}{file}"));
                        played.insert(life.seed, life);
                    }
                    Ok(ResultLine::End(ended)) => {
                        let said = |why| format!("{name}: it ended before its time: {why}");
                        merged.early.extend(ended.early.map(said));
                    }
                    // Another program's file, or another kind of record, is told of once.
                    Err(_) if nth == 0 => {
                        merged.problems.push(format!("{name} is no result of a swarm"));
                        break;
                    }
                    // A shard that was killed leaves half a line.
                    Err(error) => {
                        merged.problems.push(format!("{name}:{}: no result: {error}", nth + 1));
                    }
                }
            }
        }
        merged.shards = shards.len();
        merged.count(&shards, played);
        merged
    }

    /// Whether every life was played and ended well.
    pub fn green(&self) -> bool {
        self.is_complete() && self.failed.is_empty()
    }

    /// Whether there is a result of every seed.
    pub fn is_complete(&self) -> bool {
        self.planned.is_some()
            && self.missing_seeds == 0
            && self.unfinished.is_empty()
            && self.problems.is_empty()
    }

    /// Why a file belongs to another swarm than those before.
    fn other_swarm(&self, planned: &Planned) -> Option<String> {
        let first = self.planned.as_ref()?;
        let same = Planned { shard: first.shard, ..planned.clone() };
        (same != *first).then(|| {
            format!(
                "it is of another swarm: seeds {}..{} in {} shards at {}, not {}..{} in {} at {}",
                planned.from,
                planned.to,
                planned.shards,
                planned.target,
                first.from,
                first.to,
                first.shards,
                first.target
            )
        })
    }

    fn count(&mut self, shards: &BTreeSet<u64>, played: BTreeMap<u64, LifeResult>) {
        let Some(planned) = self.planned.clone() else { return };
        self.missing_shards =
            (1..=planned.shards).filter(|shard| !shards.contains(shard)).collect();
        let missing = (planned.from..=planned.to).filter(|seed| !played.contains_key(seed));
        for seed in missing {
            self.missing_seeds += 1;
            self.first_missing.get_or_insert(seed);
        }
        for (seed, life) in played {
            match life.ended {
                LifeEnd::Passed => self.passed += 1,
                LifeEnd::Known => {
                    self.passed += 1;
                    self.known += 1;
                }
                LifeEnd::Failed => drop(self.failed.insert(seed, life)),
                LifeEnd::Unfinished => drop(self.unfinished.insert(seed, life)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(shard: u64, to: u64) -> String {
        format!(
            r#"{{"line":"swarm","version":"1","target":"mock","settings":[],"from":1,"to":{to},"shard":{shard},"shards":2}}"#
        )
    }

    fn life(seed: u64, ended: &str) -> String {
        format!(r#"{{"line":"life","seed":{seed},"ended":"{ended}","requests":3,"took_ms":1}}"#)
    }

    #[test]
    fn a_failure_is_told_with_the_folder_of_its_shard_and_the_command_that_shows_it() {
        let file = r#"{"line":"life","seed":1,"ended":"failed","file":"seed-1.toml","requests":3,"took_ms":1}"#;
        let shard = [planned(1, 1), file.to_owned()].join("\n");
        for (name, file) in [
            ("results-1-of-2.jsonl", "seed-1.toml"),
            ("all/shard 1/results-1-of-2.jsonl", "all/shard 1/seed-1.toml"),
        ] {
            let merged = Merged::of([(name, shard.as_str())]);
            assert_eq!(merged.failed[&1].file.as_deref(), Some(file));
        }
        let at = |target: &str, settings: &[&str]| Planned {
            version: "1".to_owned(),
            target: target.to_owned(),
            settings: settings.iter().map(|&it| it.to_owned()).collect(),
            from: 1,
            to: 1,
            shard: 1,
            shards: 1,
        };
        assert_eq!(at("mock", &["--bug B27"]).replay("a.toml"), "scimulator run a.toml --bug B27");
        let url = "http://127.0.0.1:1/scim";
        let expected = format!("scimulator run a.toml --target {url} --set x=1");
        assert_eq!(at(url, &["--set x=1"]).replay("a.toml"), expected);
    }

    #[test]
    fn seeds_in_a_row_are_one_run_of_a_shard() {
        assert_eq!(runs_of(vec![9, 5, 4, 6], 1), [(4, 6), (9, 9)]);
        assert_eq!(runs_of(vec![1, 3, 5, 11], 2), [(1, 5), (11, 11)]);
        assert_eq!(runs_of(Vec::new(), 1), []);
    }

    #[test]
    fn every_seed_is_in_one_shard() {
        let shard = |nth| seeds_of_shard(5, 9, nth, 2).collect::<Vec<_>>();
        assert_eq!((shard(1), shard(2)), (vec![5, 7, 9], vec![6, 8]));
    }

    #[test]
    fn shards_are_put_together_and_what_lacks_is_said() {
        let first = [planned(1, 4), life(1, "passed"), life(3, "failed")].join("\n");
        let second = [planned(2, 4), life(2, "passed"), life(4, "passed")].join("\n");
        let both = Merged::of([("a", first.as_str()), ("b", second.as_str())]);
        assert!(both.is_complete() && !both.green());
        assert_eq!((both.passed, both.failed.len(), both.shards), (3, 1, 2));

        let half = [planned(2, 4), life(2, "passed"), r#"{"line":"li"#.to_owned()].join("\n");
        let killed = Merged::of([("a", first.as_str()), ("b", half.as_str())]);
        assert_eq!((killed.missing_seeds, killed.first_missing), (1, Some(4)));
        assert!(killed.problems[0].starts_with("b:3: "), "{:?}", killed.problems);

        let record = "{\"kind\":\"head\"}\n{\"kind\":\"record\"}\n";
        let other = Merged::of([("a", first.as_str()), ("run.jsonl", record)]);
        assert_eq!(other.problems, ["run.jsonl is no result of a swarm"]);

        let alone = Merged::of([("a", first.as_str())]);
        assert_eq!((alone.missing_shards, alone.missing_seeds), (vec![2], 2));

        let other = planned(2, 5);
        let mixed = Merged::of([("a", first.as_str()), ("b", other.as_str())]);
        assert!(mixed.problems[0].contains("another swarm"), "{:?}", mixed.problems);
        assert!(!Merged::of([]).is_complete());
    }
}
