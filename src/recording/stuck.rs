//! What a client wanted and never got: writes that a server refused for as long as the recording
//! goes on, and writes that it acknowledged and did not carry out.
//!
//! The wish is part of the story all the same, or the scenario would be green where the recorded
//! run was not.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::exchange::{Exchange, Message};
use super::flat::{self, Flat};
use super::lives::{LifeEvent, What};

/// A write that did not get through, from the first try to the end of the recording.
#[derive(Clone, PartialEq, Debug)]
pub struct Stuck {
    /// The number of the exchange that tried it first.
    pub seq: u64,
    /// The cycle of that.
    pub cycle: usize,
    /// The method.
    pub method: String,
    /// The id of the object, or the name that it was to have.
    pub about: String,
    /// Whether that is a group.
    pub of_group: bool,
    /// How the server answered.
    pub what: What,
    /// What the client wanted.
    pub wanted: Vec<LifeEvent>,
    /// The numbers of all exchanges that tried it.
    pub seqs: BTreeSet<u64>,
}

/// The writes that have not got through so far, by method and object.
#[derive(Default)]
pub struct Pending(BTreeMap<(String, String), Stuck>);

impl Pending {
    /// Notes a write: one that worked ends the wait for it.
    pub fn note(&mut self, one: Stuck, failed: bool) {
        let key = (one.method.clone(), one.about.to_lowercase());
        if !failed {
            self.0.remove(&key);
            return;
        }
        match self.0.get_mut(&key) {
            None => drop(self.0.insert(key, one)),
            Some(known) => {
                known.seqs.extend(one.seqs);
                (known.what, known.wanted) = (one.what, one.wanted);
            }
        }
    }

    /// Forgets what was wanted of an object: it was there in another way.
    pub fn forget(&mut self, method: &str, about: &str) {
        self.0.remove(&(method.to_owned(), about.to_lowercase()));
    }

    /// Those that never got through, in the order in which they were first tried.
    pub fn never(self) -> Vec<Stuck> {
        let mut all: Vec<Stuck> = self.0.into_values().collect();
        all.sort_by_key(|one| one.seq);
        all
    }
}

/// How a server answered a write that it did not carry out; `None` when no answer came, or when it
/// found no such object or one too many.
pub fn refusal(exchange: &Exchange) -> Option<What> {
    let status = exchange.status()?;
    let body = exchange.response.as_ref().and_then(Message::json);
    match status {
        404 | 409 | 429 => None,
        400..=499 | 501 => {
            Some(What::Refusal(status, body.map(|body| body.to_string()).unwrap_or_default()))
        }
        500..=599 => Some(What::Status(status, String::new())),
        _ => None,
    }
}

/// What a server showed of an object last, and what it was told before.
#[derive(Default)]
pub struct Echo {
    told: Flat,
    shown: Flat,
    /// What the last PATCH said, and the exchange and cycle of it.
    last: Option<(u64, usize, Flat)>,
}

impl Echo {
    /// It was told these values, by a PATCH of this exchange and cycle or by its create.
    pub fn told(&mut self, values: &Flat, patch: Option<(u64, usize)>) {
        self.told.extend(values.clone());
        if let Some((seq, cycle)) = patch {
            self.last = Some((seq, cycle, values.clone()));
        }
    }

    /// It showed itself.
    pub fn shows(&mut self, resource: &Value) {
        self.shown = flat::resource(resource);
    }

    /// The paths of what it was told and does not show.
    fn dropped(&self) -> impl Iterator<Item = (&String, &Value)> {
        let lost = |(path, told): &(&String, &Value)| {
            // Names in other letters, and members of lists, are compared by nothing here.
            !path.contains("[]") && *path != "password" && !is_same(told, self.shown.get(*path))
        };
        self.told.iter().filter(move |_| !self.shown.is_empty()).filter(lost)
    }

    /// The exchange and the cycle of the last PATCH, when nothing of it is shown.
    pub fn ignored(&self) -> Option<(u64, usize)> {
        let (seq, cycle, values) = self.last.as_ref()?;
        let dropped: BTreeSet<&String> = self.dropped().map(|(path, _)| path).collect();
        let all = !values.is_empty() && values.keys().all(|path| dropped.contains(path));
        all.then_some((*seq, *cycle))
    }

    /// The paths of what is not shown, apart from a PATCH that was ignored whole.
    pub fn missing(&self) -> Vec<String> {
        let ignored = self.ignored().and(self.last.as_ref()).map(|(_, _, values)| values);
        let other = |path: &&String| ignored.is_none_or(|values| !values.contains_key(*path));
        self.dropped().map(|(path, _)| path).filter(other).cloned().collect()
    }

    /// Whether it shows itself as active; `None` when it does not say.
    pub fn is_active(&self) -> Option<bool> {
        flat::boolean(self.shown.get("active")?)
    }
}

/// Whether a server shows a value as it was told. Nothing, an empty text and null are one.
fn is_same(told: &Value, shown: Option<&Value>) -> bool {
    let nothing = |value: &Value| value.is_null() || value.as_str() == Some("");
    let Some(shown) = shown.filter(|shown| !nothing(shown)) else { return nothing(told) };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text(told).eq_ignore_ascii_case(&text(shown))
}
