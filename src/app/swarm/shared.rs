//! What the threads of a swarm share: the seeds that are left, and which failures are shortened
//! already.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::app::remote::STOP;
use crate::swarm::NameSpace;

/// What the threads of a swarm share.
pub struct SharedWork {
    seeds: Mutex<VecDeque<u64>>,
    shortened: Mutex<BTreeSet<String>>,
    names: AtomicU64,
    tag: String,
    over: AtomicBool,
}

impl SharedWork {
    /// The seeds in the order in which they are played; `tag` is in every name.
    pub fn new(seeds: impl IntoIterator<Item = u64>, tag: String) -> SharedWork {
        SharedWork {
            seeds: Mutex::new(seeds.into_iter().collect()),
            shortened: Mutex::default(),
            names: AtomicU64::new(0),
            tag,
            over: AtomicBool::new(false),
        }
    }

    /// The next seed; `None` when there is none, or no more are to be played.
    pub fn next(&self) -> Option<u64> {
        if self.over.load(Ordering::Relaxed) || STOP.load(Ordering::Relaxed) {
            return None;
        }
        self.seeds.lock().ok()?.pop_front()
    }

    /// The seeds that were not begun.
    pub fn left(&self) -> Vec<u64> {
        self.seeds.lock().map(|seeds| seeds.iter().copied().collect()).unwrap_or_default()
    }

    /// Ends the swarm after the lives that are played now.
    pub fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    /// Whether a failure of this check is to be shortened: the first one.
    pub fn is_first(&self, check: &str) -> bool {
        self.shortened.lock().is_ok_and(|mut shortened| shortened.insert(check.to_owned()))
    }

    /// Names that no life had before.
    pub fn names(&self) -> NameSpace {
        let nth = self.names.fetch_add(1, Ordering::Relaxed);
        NameSpace::of(&format!("{}-{nth}", self.tag))
    }
}
