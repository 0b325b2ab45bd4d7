//! The seeds that failed, kept in a file: they are tried first the next time, and leave it when
//! they pass.

use std::collections::BTreeMap;

/// The seeds that are kept, each with the check that it failed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct KeptSeeds(pub BTreeMap<u64, String>);

const HEAD: &str = "\
# Seeds of `scimulator swarm` that failed, each with its check. They are tried first the next time,
# and leave this file when they pass. The file may be committed, and edited by hand.
";

impl KeptSeeds {
    /// Reads the file.
    ///
    /// # Errors
    /// The line that is not a seed, counted from 1.
    pub fn parse(text: &str) -> Result<KeptSeeds, usize> {
        let mut kept = BTreeMap::new();
        for (nth, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let (seed, check) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            let seed = seed.parse().map_err(|_| nth + 1)?;
            kept.insert(seed, check.trim().to_owned());
        }
        Ok(KeptSeeds(kept))
    }

    /// Writes the file.
    pub fn text(&self) -> String {
        let line = |(seed, check): (&u64, &String)| format!("{seed} {check}\n");
        HEAD.to_owned() + &self.0.iter().map(line).collect::<String>()
    }

    /// Notes what came of a seed: `None` when it passed.
    pub fn note(&mut self, seed: u64, failed: Option<&str>) {
        match failed {
            Some(check) => drop(self.0.insert(seed, check.to_owned())),
            None => drop(self.0.remove(&seed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_stays_until_it_passes() {
        let mut kept = KeptSeeds::default();
        kept.note(17, Some("user.differs name.familyName"));
        kept.note(3, Some("group.holds"));
        let read = KeptSeeds::parse(&kept.text()).expect("its own text");
        assert_eq!(read, kept);
        kept.note(3, None);
        kept.note(4, None);
        assert_eq!(kept.0.keys().copied().collect::<Vec<_>>(), [17]);
        assert_eq!(KeptSeeds::parse("# a\n12\nx user.missing\n"), Err(3));
    }
}
