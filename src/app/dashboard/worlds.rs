//! The worlds panel: both worlds side by side, with a row for each person, or a dot for each when
//! there are many, and the groups below.

use super::comparison::{Class, Comparison};
use super::groups::{GroupRow, GroupRows};
use super::panels::Scene;
use super::person::ViewRow;
use super::{Query, words};
use crate::entra::job::Subject;
use crate::entra::tenant::{Attribute, User, UserKey};
use crate::world::AppView;
use crate::world::status::Coming;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

/// The two worlds side by side.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq)]
pub struct Worlds {
    /// The directory in numbers: `20 people · 19 in scope`.
    pub entra: String,
    /// GoLinks in numbers: `19 accounts · 18 active`.
    pub golinks: String,
    /// The legend: a count for each mark, in a fixed order.
    pub counts: Vec<Count>,
    /// How people are shown: `rows` or `dots`.
    pub shape: &'static str,
    /// The people shown as rows; empty with `dots`.
    pub rows: Vec<ViewRow>,
    /// The people shown as dots; empty with `rows`.
    pub dots: Vec<Dot>,
    /// The groups, where they are provisioned.
    pub groups: Vec<GroupRow>,
    /// A note when not all groups are shown.
    pub groups_capped: Option<String>,
    /// A note when not all people are shown, or some have not been compared yet.
    pub capped: Option<String>,
    /// The text in place of the rows when there are none.
    pub empty: Option<String>,
    /// The filter in use: `differences`, or empty for none.
    pub filter: &'static str,
    /// The search in use; empty for none.
    pub search: String,
}

/// How many people, and groups of those shown, carry a mark.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// The mark's key: `same`, `differs`, `pending`, `missing`, `retry`, `extra` or `outside`.
    pub mark: &'static str,
    /// The mark's symbol: `=`, `≠`, `→`, `✕`, `↻`, `+` or `·`.
    pub symbol: &'static str,
    /// The word beside the symbol.
    pub word: &'static str,
    /// The meaning of the mark, for a hover.
    pub says: String,
    /// How many people and shown groups or, for `extra`, accounts carry it.
    pub count: usize,
}

/// A person shown as a dot.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Dot {
    /// The mark's key, as in [`Count`].
    pub mark: &'static str,
    /// The person's name in actions.
    pub handle: String,
}

/// Up to this many people and extra accounts are shown as rows; more are shown as dots.
const ROWS_MAX: usize = 60;

/// How many rows are shown with a filter or a search.
const FOUND_MAX: usize = 100;

/// How many dots are shown.
const DOTS_MAX: usize = 1_400;

/// Each mark with its key, symbol, word and meaning.
const MARKS: [(Mark, &str, &str, &str, &str); 7] = [
    (Mark::Same, "same", "=", "same", "GoLinks holds what Entra intends."),
    (Mark::Differs, "differs", "≠", "differs", "GoLinks holds something else than Entra intends."),
    (
        Mark::Pending,
        "pending",
        "→",
        "pending",
        "A cycle is to send this change: the one that is running, or the next once provisioning is started.",
    ),
    (Mark::Missing, "missing", "✕", "missing", "Entra intends an account, and GoLinks has none."),
    (
        Mark::Retry,
        "retry",
        "↻",
        "retry",
        "The last attempt failed; a cycle tries again, as long as the job runs.",
    ),
    (
        Mark::Extra,
        "extra",
        "+",
        "extra",
        "An account at GoLinks that belongs to nobody in Entra. Provisioning leaves it alone.",
    ),
    (
        Mark::Outside,
        "outside",
        "·",
        "not in scope",
        "Not in scope, and GoLinks holds nothing that differs from what Entra intends.",
    ),
];

/// The words of the marks, with what each means.
pub fn marks() -> impl Iterator<Item = (&'static str, &'static str)> {
    MARKS.iter().map(|(_, _, _, word, means)| (*word, *means))
}

/// The mark of a person or an extra account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mark {
    Same,
    Differs,
    Pending,
    Missing,
    Retry,
    Extra,
    Outside,
}

/// The panel's view of a play, for the page's query.
///
/// Its cost grows with the shown people and the pending changes, not with the directory; only a
/// search reads all people.
pub fn view(scene: &Scene<'_>) -> Worlds {
    let (world, comparison) = (scene.app(), &scene.side().comparison);
    let (todo, query) = (scene.side().todo, scene.query);
    let people = People { world, comparison, coming: Coming::of(world), query };
    let asked = query.differences || !query.search.is_empty();
    let few = people.people() + comparison.extra().len() <= ROWS_MAX;
    let mut shown = Worlds {
        entra: people.entra(),
        golinks: people.golinks(),
        counts: people.counts(),
        shape: if asked || few { "rows" } else { "dots" },
        filter: if query.differences { "differences" } else { "" },
        search: query.search.clone(),
        ..Worlds::default()
    };
    if shown.shape == "rows" {
        people.fill_rows(if asked { FOUND_MAX } else { ROWS_MAX }, &mut shown);
    } else {
        people.fill_dots(&mut shown);
    }
    fill_groups(&scene.side().groups, query, &mut shown);
    if query.differences && shown.empty.is_some() && !shown.groups.is_empty() {
        shown.empty = Some("No person differs; a group does, see below.".to_owned());
    }
    if todo > 0 {
        shown.capped = Some(format!(
            "Still comparing: {} to go.",
            words::counted(todo as u64, "person", "people")
        ));
    }
    shown
}

/// The groups that the page's filter and search let through.
fn fill_groups(groups: &GroupRows, query: &Query, shown: &mut Worlds) {
    let needle = query.search.to_lowercase();
    let wanted = |row: &&GroupRow| {
        let called = [&row.name, &row.handle].iter().any(|it| it.to_lowercase().contains(&needle));
        called && (!query.differences || !row.why.is_empty())
    };
    shown.groups = groups.rows.iter().filter(wanted).cloned().collect();
    // The filter hides none of them from the legend. Groups out of scope are most of a directory's,
    // and would be read as people there.
    for row in groups.rows.iter().filter(|row| row.mark != key(Mark::Outside)) {
        let count = shown.counts.iter_mut().find(|count| count.mark == row.mark);
        count.into_iter().for_each(|count| count.count += 1);
    }
    if groups.more > 0 {
        let more = words::counted(groups.more as u64, "more group", "more groups");
        let wrong = match groups.wrong_more {
            0 => String::new(),
            wrong => format!(", {} of them not as Entra intends", words::count(wrong as u64)),
        };
        shown.groups_capped = Some(format!("{more} not shown{wrong}."));
    }
}

/// The parts from which rows, dots and counts are made.
pub(super) struct People<'a> {
    pub(super) world: AppView<'a>,
    comparison: &'a Comparison,
    pub(super) coming: Coming<'a>,
    query: &'a Query,
}

impl People<'_> {
    /// How many people have a mark.
    fn people(&self) -> usize {
        let classes = [Class::Outside, Class::Same, Class::Missing, Class::Differs];
        classes.into_iter().map(|class| self.comparison.count(class)).sum()
    }

    /// All people that have a mark.
    fn everybody(&self) -> impl Iterator<Item = (UserKey, Mark)> {
        let users = (0..self.world.entra().tenant().user_count() as u32).map(UserKey);
        users.filter_map(|user| Some((user, self.mark(user)?)))
    }

    /// The people about whom the worlds differ, with their marks.
    fn differing(&self) -> impl Iterator<Item = (UserKey, Mark)> {
        self.comparison.wrong().iter().filter_map(|user| Some((*user, self.mark(*user)?)))
    }

    fn mark(&self, user: UserKey) -> Option<Mark> {
        let waits = self.world.entra().job().escrows().get(user).is_some();
        match self.comparison.class(user) {
            Class::Unknown | Class::Gone => None,
            _ if waits => Some(Mark::Retry),
            Class::Outside => Some(Mark::Outside),
            Class::Same => Some(Mark::Same),
            Class::Missing | Class::Differs if self.coming.when(user).is_some() => {
                Some(Mark::Pending)
            }
            Class::Missing => Some(Mark::Missing),
            Class::Differs => Some(Mark::Differs),
        }
    }

    fn counts(&self) -> Vec<Count> {
        let [missing, differs] = self.pending();
        let retries = self.retries();
        let waiting = |class: Class| retries.get(&class).copied().unwrap_or(0);
        let of = |class: Class| self.comparison.count(class).saturating_sub(waiting(class));
        let count = |mark: Mark| match mark {
            Mark::Same => of(Class::Same),
            Mark::Outside => of(Class::Outside),
            Mark::Extra => self.comparison.extra().len(),
            Mark::Pending => missing + differs,
            Mark::Retry => retries.values().sum(),
            Mark::Missing => of(Class::Missing).saturating_sub(missing),
            Mark::Differs => of(Class::Differs).saturating_sub(differs),
        };
        let row = |&(mark, key, symbol, word, says)| Count {
            mark: key,
            symbol,
            word,
            says: self.world.target().called().says(says),
            count: count(mark),
        };
        MARKS.iter().map(row).collect()
    }

    /// How many users wait for a retry, by class.
    fn retries(&self) -> BTreeMap<Class, usize> {
        let mut retries = BTreeMap::new();
        let escrows = self.world.entra().job().escrows();
        for user in escrows.subjects().filter_map(Subject::user) {
            match self.comparison.class(user) {
                Class::Unknown | Class::Gone => {}
                class => *retries.entry(class).or_insert(0) += 1,
            }
        }
        retries
    }

    /// How many users of [`Class::Missing`] and of [`Class::Differs`] are pending.
    fn pending(&self) -> [usize; 2] {
        let unread = self.coming.unread();
        let mut count = [0, 0];
        for user in self.comparison.wrong() {
            // An account that Entra intends is of a user in scope.
            let missing = self.comparison.class(*user) == Class::Missing;
            if missing && unread.contains(&user.0) || self.coming.when(*user).is_some() {
                count[usize::from(!missing)] += 1;
            }
        }
        count
    }

    fn entra(&self) -> String {
        // Who is deleted for good is in the directory no longer, whatever is left at GoLinks.
        let people = self.world.entra().tenant().present_count() as u64;
        let people = words::counted(people, "person", "people");
        match self.comparison.unfinished() {
            true => format!("{people} · still comparing"),
            false => {
                let in_scope = words::count(self.comparison.counts().in_scope as u64);
                format!("{people} · {in_scope} in scope")
            }
        }
    }

    fn golinks(&self) -> String {
        let target = self.world.target();
        let active = words::count(target.active_count() as u64);
        let accounts = words::counted(target.account_count() as u64, "account", "accounts");
        format!("{accounts} · {active} active")
    }

    fn fill_rows(&self, most: usize, shown: &mut Worlds) {
        let needle = self.query.search.to_lowercase();
        let called = |user: UserKey| {
            needle.is_empty() || is_called(self.world.entra().tenant().user(user), &needle)
        };
        let wanted: Box<dyn Iterator<Item = (UserKey, Mark)> + '_> = if self.query.differences {
            Box::new(self.differing())
        } else {
            Box::new(self.everybody())
        };
        let mut found = wanted.filter(|(user, _)| called(*user));
        shown.rows = found.by_ref().take(most).map(|(user, mark)| self.row(user, mark)).collect();
        let extra = self.comparison.extra().iter().filter_map(|id| self.extra_row(*id));
        let extra = extra.filter(|row| row.handle.to_lowercase().contains(&needle));
        shown.rows.extend(extra.take(most - shown.rows.len()));
        if shown.rows.is_empty() {
            shown.empty = Some(self.nobody());
        } else if found.next().is_some() {
            shown.capped = Some(format!("The first {most} are shown. Search to see others."));
        }
    }

    fn nobody(&self) -> String {
        match (self.query.search.as_str(), self.query.differences) {
            ("", false) => "Nobody is in the directory.".to_owned(),
            ("", true) => "No differences: the two worlds agree.".to_owned(),
            (search, false) => format!("Nobody is called “{search}”."),
            (search, true) => format!("Nobody called “{search}” differs."),
        }
    }

    fn fill_dots(&self, shown: &mut Worlds) {
        let tenant = self.world.entra().tenant();
        let dot = |(user, mark): (UserKey, Mark)| Dot {
            mark: key(mark),
            handle: tenant.user(user).handle().to_string(),
        };
        shown.dots = self.everybody().take(DOTS_MAX).map(dot).collect();
        if self.people() > DOTS_MAX {
            let (first, all) = (words::count(DOTS_MAX as u64), words::count(self.people() as u64));
            shown.capped = Some(format!(
                "The first {first} of {all} people are shown; the counts above are of all."
            ));
        }
    }
}

pub(super) fn appearance(mark: Mark) -> (&'static str, &'static str, &'static str) {
    let found = MARKS.iter().find(|(other, ..)| *other == mark);
    let (_, key, symbol, word, _) = found.expect("every mark has a row in the table");
    (key, symbol, word)
}

fn key(mark: Mark) -> &'static str {
    appearance(mark).0
}

fn is_called(user: &User, needle: &str) -> bool {
    let names = [Some(&**user.handle()), user.get(Attribute::DisplayName), user.sign_in_name()];
    names.into_iter().flatten().any(|name| name.to_lowercase().contains(needle))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_has_a_shape_of_its_own() {
        let mut shapes: Vec<&str> = MARKS.iter().map(|(_, _, symbol, ..)| *symbol).collect();
        shapes.sort_unstable();
        shapes.dedup();
        assert_eq!(shapes.len(), MARKS.len());
    }
}
