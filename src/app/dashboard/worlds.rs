//! The two worlds side by side: a row a person, or a dot when there are many.

use super::comparison::{Class, Comparison, account};
use super::view::{Count, ViewRow, Worlds};
use super::{Query, words};
use crate::entra::job::ScheduleState;
use crate::entra::tenant::{Attribute, Lifecycle, User, UserKey};
use crate::golinks::AccountId;
use crate::world::World;
use crate::world::intent::{self, Mismatch};

/// Up to so many people each have a row; beyond that each has a dot.
const ROWS_MAX: usize = 60;

/// Rows shown when somebody filters or searches.
const FOUND_MAX: usize = 100;

/// Dots shown.
const DOTS_MAX: usize = 1_400;

/// What everybody waits for before the first cycle.
const NOT_STARTED: &str = "not started";

/// A mark with its shape, its word and what it means.
const MARKS: [(Mark, &str, &str, &str, &str); 6] = [
    (Mark::Same, "same", "=", "same", "GoLinks holds what Entra intends."),
    (Mark::Differs, "differs", "≠", "differs", "GoLinks holds something else than Entra intends."),
    (
        Mark::Pending,
        "pending",
        "→",
        "pending",
        "Entra has a change that it will send in the next cycle, once provisioning is started.",
    ),
    (Mark::Missing, "missing", "✕", "missing", "Entra intends an account, and GoLinks has none."),
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
        "Entra intends no account, and GoLinks has none.",
    ),
];

/// How a person compares, as it is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mark {
    Same,
    Differs,
    Pending,
    Missing,
    Extra,
    Outside,
}

/// What the job is about to do, which tells a pending difference from one that stays.
struct Coming {
    when: Option<String>,
    watermark: u64,
}

/// The panel, for one who asked `query`; `todo` people have not been compared yet.
///
/// It costs what is shown and what is about to change, not how many people there are; only a search
/// looks at everybody.
pub fn view(world: &World, comparison: &Comparison, todo: usize, query: &Query) -> Worlds {
    let panel = Panel { world, comparison, coming: Coming::of(world), query };
    let asked = query.differences || !query.search.is_empty();
    let few = panel.people() + comparison.extra().len() <= ROWS_MAX;
    let mut shown = Worlds {
        entra: panel.entra(),
        golinks: panel.golinks(),
        counts: panel.counts(),
        shape: if asked || few { "rows" } else { "dots" },
        filter: if query.differences { "differences" } else { "" },
        search: query.search.clone(),
        ..Worlds::default()
    };
    if shown.shape == "rows" {
        panel.fill_rows(if asked { FOUND_MAX } else { ROWS_MAX }, &mut shown);
    } else {
        panel.fill_dots(&mut shown);
    }
    if todo > 0 {
        shown.capped = Some(format!(
            "Still comparing: {} to go.",
            words::counted(todo as u64, "person", "people")
        ));
    }
    shown
}

struct Panel<'a> {
    world: &'a World,
    comparison: &'a Comparison,
    coming: Coming,
    query: &'a Query,
}

impl Panel<'_> {
    /// How many people are shown when all are.
    fn people(&self) -> usize {
        let classes = [Class::Outside, Class::Same, Class::Missing, Class::Differs];
        classes.into_iter().map(|class| self.comparison.count(class)).sum()
    }

    /// Everybody who is or was somebody, with their marks.
    fn everybody(&self) -> impl Iterator<Item = (UserKey, Mark)> {
        let users = (0..self.world.entra().tenant().user_count() as u32).map(UserKey);
        users.filter_map(|user| Some((user, self.mark(user)?)))
    }

    /// Those about whom the worlds differ, with their marks.
    fn differing(&self) -> impl Iterator<Item = (UserKey, Mark)> {
        self.comparison.wrong().iter().filter_map(|user| Some((*user, self.mark(*user)?)))
    }

    fn mark(&self, user: UserKey) -> Option<Mark> {
        match self.comparison.class(user) {
            Class::Unknown | Class::Gone => None,
            Class::Outside => Some(Mark::Outside),
            Class::Same => Some(Mark::Same),
            Class::Missing | Class::Differs if self.coming.concerns(self.world, user) => {
                Some(Mark::Pending)
            }
            Class::Missing => Some(Mark::Missing),
            Class::Differs => Some(Mark::Differs),
        }
    }

    fn counts(&self) -> Vec<Count> {
        let [missing, differs] = self.pending();
        let of = |class: Class| self.comparison.count(class);
        let count = |mark: Mark| match mark {
            Mark::Same => of(Class::Same),
            Mark::Outside => of(Class::Outside),
            Mark::Extra => self.comparison.extra().len(),
            Mark::Pending => missing + differs,
            Mark::Missing => of(Class::Missing).saturating_sub(missing),
            Mark::Differs => of(Class::Differs).saturating_sub(differs),
        };
        let row = |&(mark, key, symbol, word, says)| Count {
            mark: key,
            symbol,
            word,
            says,
            count: count(mark),
        };
        MARKS.iter().map(row).collect()
    }

    /// How many of those who miss an account, and of those who differ, are about to be looked at.
    fn pending(&self) -> [usize; 2] {
        let whole = [Class::Missing, Class::Differs].map(|class| self.comparison.count(class));
        if self.coming.when.is_none() || self.comparison.wrong().is_empty() {
            return [0, 0];
        }
        // Before the first cycle has gone through, nobody has been read.
        if self.coming.watermark == 0 && self.world.entra().job().escrows().is_empty() {
            return whole;
        }
        let unread = self.world.entra().tenant().changes_since(self.coming.watermark);
        let mut count = [0, 0];
        for user in unread.filter(|user| self.coming.concerns(self.world, *user)) {
            match self.comparison.class(user) {
                Class::Missing => count[0] += 1,
                Class::Differs => count[1] += 1,
                _ => {}
            }
        }
        count
    }

    fn entra(&self) -> String {
        let people = self.world.entra().tenant().user_count() as u64;
        let in_scope = words::count(self.comparison.counts().in_scope as u64);
        format!("{} · {in_scope} in scope", words::counted(people, "person", "people"))
    }

    fn golinks(&self) -> String {
        let accounts = self.world.golinks().accounts();
        let active = words::count(accounts.active_count() as u64);
        format!(
            "{} · {active} active",
            words::counted(accounts.len() as u64, "account", "accounts")
        )
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
        let dot =
            |(user, mark): (UserKey, Mark)| format!("{} {}", key(mark), tenant.user(user).handle());
        shown.dots = self.everybody().take(DOTS_MAX).map(dot).collect();
        if self.people() > DOTS_MAX {
            let (first, all) = (words::count(DOTS_MAX as u64), words::count(self.people() as u64));
            shown.capped = Some(format!(
                "The first {first} of {all} people are shown; the counts above are of all."
            ));
        }
    }

    fn row(&self, user: UserKey, mark: Mark) -> ViewRow {
        let tenant = self.world.entra().tenant();
        let (key, symbol, word) = appearance(mark);
        let person = tenant.user(user);
        let in_scope = intent::in_scope(self.world, user);
        let what = intent::of(self.world, user);
        let account = account(self.world, user).and_then(|id| self.world.golinks().account(id));
        let (says, why) = self.explain(user, mark, word, &what);
        ViewRow {
            handle: person.handle().to_string(),
            name: person.get(Attribute::DisplayName).unwrap_or(person.handle()).to_owned(),
            detail: person.get(Attribute::Department).unwrap_or_default().to_owned(),
            scope: scope_words(person, in_scope).to_owned(),
            in_scope,
            intended: match (in_scope, person.lifecycle()) {
                (true, _) => "active",
                (false, Lifecycle::HardDeleted) => "none",
                (false, _) if account.is_some() => "inactive",
                (false, _) => "none",
            },
            mark: key,
            symbol,
            says,
            why,
            status: status_words(account.as_ref().map(|account| account.active)),
            account: account.map(|account| account.user_name),
            can: verbs(person),
        }
    }

    /// What stands beside the mark, and what a hover adds.
    fn explain(
        &self,
        user: UserKey,
        mark: Mark,
        word: &str,
        what: &[Mismatch],
    ) -> (String, Vec<String>) {
        let mut why: Vec<String> = what.iter().map(reason).collect();
        if let Some(escrow) = self.world.entra().job().escrows().get(user) {
            let ahead = words::ahead(self.world.now(), escrow.next_retry);
            why.push(format!(
                "The last attempt failed: {}. Next attempt {ahead}, in the first cycle from then on.",
                escrow.code.word()
            ));
        }
        let says = match (mark, &self.coming.when) {
            (Mark::Pending, Some(when)) => {
                why.push(match when.as_str() {
                    NOT_STARTED => "Provisioning has not been started yet.".to_owned(),
                    _ => format!("The change is {when}."),
                });
                when.clone()
            }
            (Mark::Differs, _) => briefly(what),
            _ => word.to_owned(),
        };
        (says, why)
    }

    fn extra_row(&self, id: AccountId) -> Option<ViewRow> {
        let account = self.world.golinks().account(id)?;
        let (key, symbol, word) = appearance(Mark::Extra);
        Some(ViewRow {
            handle: account.user_name.clone(),
            name: "nobody".to_owned(),
            scope: "not in Entra".to_owned(),
            intended: "any",
            mark: key,
            symbol,
            says: word.to_owned(),
            why: vec![
                "This account belongs to nobody in Entra; provisioning leaves it alone.".to_owned(),
            ],
            status: status_words(Some(account.active)),
            account: Some(account.user_name),
            can: vec!["delete_account"],
            ..ViewRow::default()
        })
    }
}

impl Coming {
    fn of(world: &World) -> Coming {
        let job = world.entra().job();
        let working = job.state() == ScheduleState::Active && job.quarantine().is_none();
        let when = match (job.cycle(), job.next_cycle()) {
            (Some(_), _) => Some("due now".to_owned()),
            (None, Some(at)) if working => Some(format!("due {}", words::ahead(world.now(), at))),
            _ if job.cycles_begun() == 0 => Some(NOT_STARTED.to_owned()),
            _ => None,
        };
        Coming { when, watermark: job.watermark().unwrap_or(0) }
    }

    /// Whether a difference in this person will be looked at in the cycle that is coming: the
    /// directory has changed since the job last read it, and no failure stands in the way.
    fn concerns(&self, world: &World, user: UserKey) -> bool {
        let unread = world.entra().tenant().changed_at(user) > self.watermark;
        self.when.is_some() && unread && world.entra().job().escrows().get(user).is_none()
    }
}

fn appearance(mark: Mark) -> (&'static str, &'static str, &'static str) {
    let found = MARKS.iter().find(|(other, ..)| *other == mark);
    let (_, key, symbol, word, _) = found.expect("every mark has a row in the table");
    (key, symbol, word)
}

fn key(mark: Mark) -> &'static str {
    appearance(mark).0
}

fn is_called(user: &User, needle: &str) -> bool {
    let names = [
        Some(&**user.handle()),
        user.get(Attribute::DisplayName),
        user.get(Attribute::UserPrincipalName),
    ];
    names.into_iter().flatten().any(|name| name.to_lowercase().contains(needle))
}

fn scope_words(user: &User, in_scope: bool) -> &'static str {
    match (in_scope, user.lifecycle(), user.enabled()) {
        (true, ..) => "in scope",
        (_, Lifecycle::HardDeleted, _) => "deleted for good",
        (_, Lifecycle::SoftDeleted { .. }, _) => "in the bin",
        (.., false) => "blocked",
        (.., true) => "not assigned",
    }
}

fn status_words(active: Option<bool>) -> &'static str {
    match active {
        Some(true) => "active",
        Some(false) => "inactive",
        None => "no account",
    }
}

/// The verbs that make sense for a person, whatever the account.
fn verbs(user: &User) -> Vec<&'static str> {
    match user.lifecycle() {
        Lifecycle::HardDeleted => vec![],
        Lifecycle::SoftDeleted { .. } => vec!["restore", "purge"],
        Lifecycle::Active => {
            let sign_in = if user.enabled() { "disable" } else { "enable" };
            let assignment = if user.assigned().is_some() { "unassign" } else { "assign" };
            vec![sign_in, assignment, "delete"]
        }
    }
}

/// What differs, in a word or two.
fn briefly(what: &[Mismatch]) -> String {
    let word = match what.first() {
        None => "differs".to_owned(),
        Some(Mismatch::Missing) => "missing".to_owned(),
        Some(Mismatch::Inactive) => "inactive".to_owned(),
        Some(Mismatch::Several(number)) => format!("{number} accounts"),
        Some(Mismatch::StillActive) => "still active".to_owned(),
        Some(Mismatch::StillExists) => "still there".to_owned(),
        Some(Mismatch::Differs { attribute, .. }) => short(attribute).to_owned(),
    };
    match what.len() {
        0 | 1 => word,
        many => format!("{word} and {} more", many - 1),
    }
}

/// What differs, in a sentence.
fn reason(what: &Mismatch) -> String {
    match what {
        Mismatch::Missing => "Entra intends an account; GoLinks has none.".to_owned(),
        Mismatch::Inactive => {
            "Entra intends an active account; GoLinks holds an inactive one.".to_owned()
        }
        Mismatch::Several(number) => {
            format!("GoLinks holds {number} active accounts for one person.")
        }
        Mismatch::StillActive => "Entra intends no access; the account is still active.".to_owned(),
        Mismatch::StillExists => {
            "The person was deleted for good; the account still exists.".to_owned()
        }
        Mismatch::Differs { attribute, want, have } => {
            let have = have.as_ref().map_or("nothing".to_owned(), |have| format!("“{have}”"));
            format!("{}: Entra intends “{want}”, GoLinks holds {have}.", short(attribute))
        }
    }
}

/// The last part of a SCIM path, which is what people call the attribute.
fn short(path: &str) -> &str {
    let last = path.rsplit(':').next().unwrap_or(path);
    if last.starts_with("emails") { "e-mail" } else { last.rsplit('.').next().unwrap_or(last) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_said_in_a_word_and_in_a_sentence() {
        let differs = |attribute: &str, have: Option<&str>| Mismatch::Differs {
            attribute: attribute.into(),
            want: "Sales".into(),
            have: have.map(Into::into),
        };
        let department = differs(
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            Some("Support"),
        );
        assert_eq!(
            reason(&department),
            "department: Entra intends “Sales”, GoLinks holds “Support”."
        );
        let mail = differs("emails[type eq \"work\"].value", None);
        assert_eq!(reason(&mail), "e-mail: Entra intends “Sales”, GoLinks holds nothing.");
        assert_eq!(briefly(&[department, mail]), "department and 1 more");
        assert_eq!(briefly(&[Mismatch::StillActive]), "still active");
    }

    #[test]
    fn every_mark_has_a_shape_of_its_own() {
        let mut shapes: Vec<&str> = MARKS.iter().map(|(_, _, symbol, ..)| *symbol).collect();
        shapes.sort_unstable();
        shapes.dedup();
        assert_eq!(shapes.len(), MARKS.len());
    }
}
