//! The change feed: which objects changed since a version, each once, at its last change; and which
//! memberships did [delta: changes of members come with the group that has them].

use std::collections::BTreeMap;

use super::ids::{AppId, GroupKey, UserKey};

/// No object.
const NONE: u32 = u32::MAX;

/// The objects in the order of their last change.
///
/// A doubly linked list over the table of objects. A change takes constant time, reading takes time
/// in proportion to the changed objects, and memory grows with the objects, not with the changes.
#[derive(Clone, Debug)]
pub struct Feed {
    entries: Vec<Entry>,
    first: u32,
    last: u32,
    version: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    version: u64,
    before: u32,
    after: u32,
}

impl Default for Feed {
    fn default() -> Feed {
        Feed { entries: Vec::new(), first: NONE, last: NONE, version: 0 }
    }
}

impl Feed {
    /// Adds the next object of the table, which counts as a change, and returns its index.
    pub fn add(&mut self) -> u32 {
        let at = u32::try_from(self.entries.len())
            .ok()
            .filter(|at| *at != NONE)
            .expect("a table has under 2^32 rows");
        self.entries.push(Entry { version: 0, before: NONE, after: NONE });
        self.append(at);
        at
    }

    /// Reserves room for this many objects.
    pub fn reserve(&mut self, objects: usize) {
        self.entries.reserve_exact(objects);
    }

    /// Marks an object as changed now.
    pub fn touch(&mut self, at: u32) {
        let Entry { before, after, .. } = self.entries[at as usize];
        match before {
            NONE => self.first = after,
            before => self.entries[before as usize].after = after,
        }
        match after {
            NONE => self.last = before,
            after => self.entries[after as usize].before = before,
        }
        self.append(at);
    }

    /// The number of the latest change; it only grows.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The number of an object's latest change.
    pub fn changed_at(&self, at: u32) -> u64 {
        self.entries[at as usize].version
    }

    /// The objects changed after `version`, in the order of their last change.
    pub fn since(&self, version: u64) -> impl Iterator<Item = u32> + '_ {
        let mut start = NONE;
        let mut here = self.last;
        while here != NONE && self.entries[here as usize].version > version {
            start = here;
            here = self.entries[here as usize].before;
        }
        let some = |at: u32| (at != NONE).then_some(at);
        std::iter::successors(some(start), move |at| some(self.entries[*at as usize].after))
    }

    fn append(&mut self, at: u32) {
        self.version += 1;
        self.entries[at as usize] = Entry { version: self.version, before: self.last, after: NONE };
        match self.last {
            NONE => self.first = at,
            last => self.entries[last as usize].after = at,
        }
        self.last = at;
    }
}

/// The memberships in the order of their last change. Each appears once, so memory grows with the
/// memberships that ever changed and not with the changes.
#[derive(Clone, Default, Debug)]
pub struct MembershipFeed {
    latest: BTreeMap<(GroupKey, UserKey), u64>,
    by_version: BTreeMap<u64, (GroupKey, UserKey)>,
    version: u64,
}

impl MembershipFeed {
    /// Marks a membership as changed now: the user joined the group or left it.
    pub fn touch(&mut self, group: GroupKey, user: UserKey) {
        self.version += 1;
        if let Some(before) = self.latest.insert((group, user), self.version) {
            self.by_version.remove(&before);
        }
        self.by_version.insert(self.version, (group, user));
    }

    /// The number of the latest change; it only grows.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The memberships changed after `version`, in the order of their last change.
    pub fn since(&self, version: u64) -> impl Iterator<Item = (GroupKey, UserKey)> + '_ {
        self.by_version.range(version + 1..).map(|(_, pair)| *pair)
    }
}

/// The change feed of each application: a change of an object stands in all of them, a change of an
/// assignment only in the feed of its application. So an application's provisioning never reads an
/// object again because of another application.
#[derive(Clone, Debug)]
pub struct Feeds(Vec<Feed>);

impl Default for Feeds {
    /// The feed of the main application.
    fn default() -> Feeds {
        Feeds(vec![Feed::default()])
    }
}

impl Feeds {
    /// Adds the feed of another application; what exists by now counts as changed, in the order of
    /// the table.
    pub fn add_application(&mut self) {
        let mut feed = Feed::default();
        for _ in &self.of(AppId::MAIN).entries {
            feed.add();
        }
        self.0.push(feed);
    }

    /// Adds the next object of the table, which counts as a change, and returns its index.
    pub fn add(&mut self) -> u32 {
        self.0.iter_mut().map(Feed::add).last().unwrap_or_default()
    }

    /// Reserves room for this many objects.
    pub fn reserve(&mut self, objects: usize) {
        self.0.iter_mut().for_each(|feed| feed.reserve(objects));
    }

    /// Marks an object as changed now, for every application.
    pub fn touch(&mut self, at: u32) {
        self.0.iter_mut().for_each(|feed| feed.touch(at));
    }

    /// Marks an object as changed now, for one application.
    pub fn touch_for(&mut self, app: AppId, at: u32) {
        self.0[app.index()].touch(at);
    }

    /// The feed of an application.
    pub fn of(&self, app: AppId) -> &Feed {
        &self.0[app.index()]
    }
}
