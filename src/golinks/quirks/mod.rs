//! Deviations from the standards, seen at real servers. Each is a row of one table, with a name and
//! a source, and is off by default.
//!
//! Most act around the server: `layer.rs` rewrites a request before it is carried out and its
//! response afterwards. The few that act inside the server are functions in `rules.rs`, which the
//! server calls.

mod aim;
mod answer;
mod change;
pub(crate) mod layer;
mod lookup;
mod matching;
mod members;
mod names;
mod operation;
mod patch;
mod rules;
mod state;
mod table;
mod write;

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Request;

use crate::base::node::unknown_key;
use crate::base::{Kind, Node, Problems};
use crate::golinks::settings::values::as_written;
use crate::golinks::store::accounts::Accounts;
use matching::QuirkMatcher;

pub(crate) use state::QuirkState;
pub use table::{Quirk, TABLE};

/// A quirk as scenario files and `explain` know it.
#[derive(Clone, Copy, Debug)]
pub struct QuirkRow {
    /// The quirk itself.
    pub quirk: Quirk,
    /// Its key below `golinks.quirks`.
    pub name: &'static str,
    /// Its key below `golinks`.
    pub path: &'static str,
    /// The values it takes; the first is the default.
    pub words: &'static [&'static str],
    /// The numbers of the reports it comes from.
    pub bugs: &'static [&'static str],
    /// What a server with this quirk does, and what a user notices.
    pub story: &'static str,
    /// The public report it comes from.
    pub from: &'static str,
}

/// The values of a quirk that is on or off.
const OFF_ON: &[&str] = &["false", "true"];

/// The values of a quirk that is a number; 0 is off.
const COUNT: &[&str] = &["0", "a number"];

/// Which quirks are on.
#[derive(Clone, PartialEq, Debug)]
pub struct Quirks {
    chosen: [u32; TABLE.len()],
    any: bool,
    /// For each quirk that is on for some requests only: its position in the table, and the
    /// requests.
    when: BTreeMap<usize, QuirkMatcher>,
}

impl Default for Quirks {
    fn default() -> Quirks {
        Quirks { chosen: [0; TABLE.len()], any: false, when: BTreeMap::new() }
    }
}

impl Quirks {
    /// Whether any quirk is on.
    pub fn any(&self) -> bool {
        self.any
    }

    /// Whether a quirk is on.
    pub fn is(&self, quirk: Quirk) -> bool {
        self.chosen[quirk as usize] != 0
    }

    /// The word a quirk is set to.
    pub fn word(&self, quirk: Quirk) -> &'static str {
        let words = TABLE[quirk as usize].words;
        words[(self.chosen[quirk as usize] as usize).min(words.len() - 1)]
    }

    /// The number a quirk is set to, when it is on.
    pub fn count(&self, quirk: Quirk) -> Option<usize> {
        self.is(quirk).then(|| self.chosen[quirk as usize] as usize)
    }

    /// Whether any of these quirks is on.
    fn any_of(&self, quirks: &[Quirk]) -> bool {
        quirks.iter().any(|quirk| self.is(*quirk))
    }

    /// Returns the quirks that are on, each with the word it is set to.
    pub fn on(&self) -> impl Iterator<Item = (&'static QuirkRow, &'static str)> {
        TABLE.iter().filter(|row| self.is(row.quirk)).map(|row| (row, self.word(row.quirk)))
    }

    /// Sets a quirk from a value in a scenario file, or from `{ is = value, when = { … } }`.
    pub fn switch(&mut self, row: &QuirkRow, value: &Node, problems: &mut Problems) {
        let Kind::Table(entries) = &value.kind else {
            self.when.remove(&(row.quirk as usize));
            return self.choose(row, value, problems);
        };
        const KEYS: [&str; 2] = ["is", "when"];
        for entry in entries.iter().filter(|entry| !KEYS.contains(&entry.key.as_str())) {
            unknown_key(entry, &format!("`golinks.{}`", row.path), &KEYS, problems);
        }
        let Some(is) = value.get("is") else {
            let _: Option<()> = value.expected("both `is` and `when`", problems);
            return;
        };
        let when = value.get("when").map(|when| QuirkMatcher::read(when, problems));
        self.choose(row, is, problems);
        match when {
            Some(Some(matcher)) => {
                self.when.insert(row.quirk as usize, matcher);
            }
            Some(None) => {}
            None => {
                self.when.remove(&(row.quirk as usize));
            }
        }
    }

    /// Returns the quirks that are on for this request; `None` when they are the same for all
    /// requests.
    pub(crate) fn for_request(
        &self,
        request: &Request<Bytes>,
        below: &str,
        accounts: &Accounts,
    ) -> Option<Quirks> {
        if self.when.is_empty() {
            return None;
        }
        let mut quirks = Quirks { when: BTreeMap::new(), ..self.clone() };
        for (nth, matcher) in &self.when {
            if !matcher.meets(request, below, accounts) {
                quirks.chosen[*nth] = 0;
            }
        }
        quirks.any = quirks.chosen.iter().any(|chosen| *chosen != 0);
        Some(quirks)
    }

    fn choose(&mut self, row: &QuirkRow, value: &Node, problems: &mut Problems) {
        let chosen = match value.kind {
            Kind::Bool(on) if row.words == OFF_ON => Some(u32::from(on)),
            Kind::Bool(false) => Some(0),
            _ if row.words == OFF_ON => value.as_bool(problems).map(u32::from),
            _ if row.words == COUNT => {
                value.as_count(problems).map(|count| u32::try_from(count).unwrap_or(u32::MAX))
            }
            _ => {
                let words: Vec<(&'static str, u32)> =
                    row.words.iter().copied().zip(0u32..).collect();
                as_written(value).as_word(&words, problems)
            }
        };
        if let Some(chosen) = chosen {
            self.chosen[row.quirk as usize] = chosen;
            self.any = self.chosen.iter().any(|chosen| *chosen != 0);
        }
    }
}

/// Returns the row with this name.
pub fn find(name: &str) -> Option<&'static QuirkRow> {
    TABLE.iter().find(|row| row.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quirk_has_its_row() {
        for (nth, row) in TABLE.iter().enumerate() {
            assert_eq!(
                (row.quirk as usize, row.path),
                (nth, format!("quirks.{}", row.name).as_str())
            );
            assert!(
                row.words.len() > 1 && !row.bugs.is_empty() && row.story.ends_with('.'),
                "{}",
                row.path
            );
            assert_eq!(
                find(row.name).map(|found| found.quirk),
                Some(row.quirk),
                "{} stands twice",
                row.name
            );
        }
    }

    #[test]
    fn a_quirk_is_switched_on_and_off_in_its_own_words() {
        let set = |quirks: &mut Quirks, name: &str, kind: Kind| {
            let mut problems = Problems::default();
            quirks.switch(find(name).expect("a row"), &Node::bare(kind), &mut problems);
            problems.list().first().map(|problem| problem.message.clone()).unwrap_or_default()
        };
        let mut quirks = Quirks::default();
        assert!(!quirks.any());
        assert_eq!(set(&mut quirks, "lookup_cap", Kind::Integer(50)), "");
        assert_eq!((quirks.any(), quirks.count(Quirk::LookupCap)), (true, Some(50)));
        assert_eq!(set(&mut quirks, "lookup_cap", Kind::Bool(false)), "");
        assert_eq!((quirks.any(), quirks.count(Quirk::LookupCap)), (false, None));
        assert_eq!(
            set(&mut quirks, "lookup_cap", Kind::Bool(true)),
            "expected a whole number of at least 0"
        );
        assert_eq!(set(&mut quirks, "manager_must_be_object", Kind::Bool(true)), "");
        assert_eq!(quirks.word(Quirk::ManagerMustBeObject), "true");
        assert_eq!(set(&mut quirks, "manager_must_be_object", Kind::Integer(500)), "");
        assert_eq!(
            quirks.on().map(|(row, word)| (row.name, word)).collect::<Vec<_>>(),
            [("manager_must_be_object", "500")]
        );
        assert_eq!(
            set(&mut quirks, "manager_must_be_object", Kind::Integer(501)),
            "unknown value `501`"
        );
    }
}
