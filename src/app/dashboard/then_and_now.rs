//! Two instants beside each other: what differs between them, person by person. It is a list, not a
//! second page.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::comparison::account;
use super::panels::{Look, Scene};
use super::person::{scope_words, status_words};
use super::{broken, job, job_state, truth, words};
use crate::base::Time;
use crate::entra::tenant::{Attribute, UserKey};
use crate::world::intent;

/// What differs between two instants.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct ThenAndNow {
    /// The heading: `3 people and groups differ`.
    pub says: String,
    /// Why there is no comparison, or what is left out of it.
    pub note: Option<String>,
    /// The earlier instant: `Day 3 07:12`.
    pub then: String,
    /// The later one: `Day 5 09:00, now`.
    pub later: String,
    /// The other instant as the address has it; empty for now.
    pub with: String,
    /// What differs in the job, in the target, and in what is broken.
    pub run: Vec<FactChange>,
    /// The people, groups and accounts that differ.
    pub people: Vec<Changed>,
}

/// Somebody or something that differs.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// The display name.
    pub name: String,
    /// What the drawer tells about: `user ann`.
    pub about: String,
    /// What differs.
    pub differences: Vec<FactChange>,
}

/// One thing that differs.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct FactChange {
    /// What: `account`, `department at GoLinks`.
    pub what: String,
    /// What it was at the earlier instant.
    pub then: String,
    /// What it is at the later one.
    pub later: String,
}

/// How many people and groups are shown.
const SHOWN: usize = 200;

/// With more people than this, only those whose mark has changed are compared.
const COMPARED: usize = 2_000;

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> ThenAndNow {
    let with = scene.query.narrow.clone();
    let other = match (scene.beside, scene.now, with.is_empty()) {
        (Some(seen), ..) => Scene {
            play: &seen.play,
            board: &seen.board,
            verdict: &seen.verdict,
            look: Look::Past(seen.at()),
            now: None,
            beside: None,
            ..*scene
        },
        (None, Some(now), true) if matches!(scene.look, Look::Past(_)) => now.scene(scene.query),
        (None, _, true) => return without(with, CHOOSE),
        (None, _, false) => return without(with, NOT_THERE),
    };
    let (one, two) = (instant(scene), instant(&other));
    match one <= two {
        true => compare(with, scene, &other),
        false => compare(with, &other, scene),
    }
}

const CHOOSE: &str = "The page looks at now. Look back first (a drag over the strip, or the key “,”), \
                      or choose an instant here: then this says what differs between then and now.";
const NOT_THERE: &str = "The other instant is not there: it is still being played again, or what stands in the field is \
     no past instant of this run. It is read as `1d 2h` after the start, as `day 1 07:00`, or as \
     `2026-03-05T07:12:00Z`.";

fn without(with: String, note: &str) -> ThenAndNow {
    ThenAndNow {
        says: "nothing is compared".to_owned(),
        note: Some(note.to_owned()),
        with,
        ..ThenAndNow::default()
    }
}

fn instant(scene: &Scene<'_>) -> Time {
    scene.app().now()
}

fn compare(with: String, then: &Scene<'_>, later: &Scene<'_>) -> ThenAndNow {
    let start = then.play.script().start;
    let said = |scene: &Scene<'_>| {
        let moment = words::exact(start, instant(scene));
        if let Look::Past(_) = scene.look { moment } else { format!("{moment}, now") }
    };
    let (mut people, whole) = people(then, later);
    people.extend(groups(then, later));
    people.extend(strangers(then, later));
    let all = people.len();
    people.truncate(SHOWN);
    let mut note = Vec::new();
    if !whole {
        note.push("The directory is large: only people whose mark has changed are listed.".into());
    }
    if all > SHOWN {
        note.push(format!("The first {SHOWN} of {} are shown.", words::count(all as u64)));
    }
    ThenAndNow {
        says: match all {
            0 => "nobody differs".to_owned(),
            1 => "1 person, group or account differs".to_owned(),
            all => format!("{} people, groups and accounts differ", words::count(all as u64)),
        },
        note: (!note.is_empty()).then(|| note.join(" ")),
        then: said(then),
        later: said(later),
        with,
        run: differences(&run_facts(then), &run_facts(later)),
        people,
    }
}

/// A fact by its name.
type Fact = (String, String);

/// What differs between two lists of facts; what only one of them has was or is not there.
fn differences(then: &[Fact], later: &[Fact]) -> Vec<FactChange> {
    let value = |facts: &[Fact], what: &str| {
        let found = facts.iter().find(|(name, _)| name == what);
        found.map_or("none".to_owned(), |(_, value)| value.clone())
    };
    let only_later = later.iter().filter(|(what, _)| then.iter().all(|(name, _)| name != what));
    let all = then.iter().chain(only_later).map(|(what, _)| FactChange {
        what: what.clone(),
        then: value(then, what),
        later: value(later, what),
    });
    all.filter(|it| it.then != it.later).collect()
}

/// The state of the job, of the target, and what is broken on purpose.
fn run_facts(scene: &Scene<'_>) -> Vec<Fact> {
    let (truth, job) = (truth::view(scene), job::view(scene));
    let target = scene.app().target();
    let accounts = words::counted(target.account_count() as u64, "account", "accounts");
    let broken: Vec<String> = broken::view(scene).into_iter().map(|chip| chip.word).collect();
    let list =
        |list: Vec<String>| if list.is_empty() { "nothing".to_owned() } else { list.join(", ") };
    let fact = |what: &str, value: String| (what.to_owned(), value);
    vec![
        fact("in one sentence", format!("{}: {}", truth.word, truth.text)),
        fact("job", format!("{}, schedule {}", job.status, job.state)),
        fact("cycles", words::count(scene.app().entra().job().cycles_begun())),
        fact("credentials", job_state::view(scene).credentials.join(" ")),
        fact("held back by the deletion guard", job.staged.unwrap_or_else(|| "nothing".to_owned())),
        fact(
            target.called().amid(),
            format!("{accounts}, {} active", words::count(target.active_count() as u64)),
        ),
        fact("broken on purpose", list(broken)),
    ]
}

/// The people who differ, and whether all were compared.
fn people(then: &Scene<'_>, later: &Scene<'_>) -> (Vec<Changed>, bool) {
    let (old, new) = (then.app().entra().tenant(), later.app().entra().tenant());
    let whole = old.user_count().max(new.user_count()) <= COMPARED;
    let class = |scene: &Scene<'_>, user: UserKey| scene.side().comparison.class(user);
    let mut changed = Vec::new();
    for (key, user) in new.users() {
        if !whole && class(then, key) == class(later, key) {
            continue;
        }
        let facts = old.find_user(user.handle()).map(|key| facts(then, key));
        let facts = facts.unwrap_or_else(|| vec![("Entra".to_owned(), ABSENT.to_owned())]);
        let differences = differences(&facts, &self::facts(later, key));
        if !differences.is_empty() {
            changed.push(Changed {
                name: user.get(Attribute::DisplayName).unwrap_or(user.handle()).to_owned(),
                about: format!("user {}", user.handle()),
                differences,
            });
        }
    }
    // A user that a client from outside, or a run that was left, has made since.
    for (key, user) in old.users().filter(|(_, user)| new.find_user(user.handle()).is_none()) {
        let later = [("Entra".to_owned(), ABSENT.to_owned())];
        changed.push(Changed {
            name: user.get(Attribute::DisplayName).unwrap_or(user.handle()).to_owned(),
            about: format!("user {}", user.handle()),
            differences: differences(&facts(then, key), &later),
        });
    }
    (changed, whole)
}

const ABSENT: &str = "not in the directory";

/// How a person stands at an instant.
fn facts(scene: &Scene<'_>, user: UserKey) -> Vec<Fact> {
    let world = scene.app();
    let scope = scope_words(world, user, intent::in_scope(world, user));
    let account = account(world, user);
    let mut facts = vec![("Entra".to_owned(), scope.to_owned())];
    let status = status_words(account.as_ref().map(|account| account.active));
    facts.push(("account".to_owned(), status.to_owned()));
    if let Some(account) = &account {
        let server = world.target().called().amid();
        facts.push((format!("userName at {server}"), account.user_name.clone()));
        let named = |path: &str| path.rsplit(':').next().unwrap_or(path).to_owned();
        facts.extend(intent::sides(world, user).into_iter().filter_map(|side| {
            let name = named(&side.attribute);
            let told = ["userName", "active"].contains(&name.as_str());
            let value = side.have.filter(|_| !told)?;
            Some((format!("{name} at {server}"), words::cut(&value, 200)))
        }));
    }
    if let Some(escrow) = world.entra().job().escrows().get(user) {
        facts.push(("waits for another try".to_owned(), escrow.code.word().to_owned()));
    }
    facts
}

/// The groups that differ, as far as they are shown on the page.
fn groups(then: &Scene<'_>, later: &Scene<'_>) -> Vec<Changed> {
    let facts = |scene: &Scene<'_>, handle: &str| -> Vec<Fact> {
        let row = scene.side().groups.rows.iter().find(|row| row.handle == handle);
        row.map_or_else(Vec::new, |row| {
            vec![
                ("Entra".to_owned(), format!("{}, {}", row.scope, row.entra)),
                (scene.app().target().called().amid().to_owned(), row.golinks.clone()),
            ]
        })
    };
    let rows = later.side().groups.rows.iter().chain(&then.side().groups.rows);
    let names: BTreeSet<(&str, &str)> = rows.map(|row| (&*row.handle, &*row.name)).collect();
    let changed = names.into_iter().map(|(handle, name)| Changed {
        name: name.to_owned(),
        about: format!("group {handle}"),
        differences: differences(&facts(then, handle), &facts(later, handle)),
    });
    changed.filter(|it| !it.differences.is_empty()).collect()
}

/// The accounts without a user at one of the instants only.
fn strangers(then: &Scene<'_>, later: &Scene<'_>) -> Vec<Changed> {
    let names = |scene: &Scene<'_>| -> BTreeSet<String> {
        let target = scene.app().target();
        let extra = scene.side().comparison.extra().iter();
        extra.filter_map(|id| target.account(*id)).map(|account| account.user_name).collect()
    };
    let (old, new) = (names(then), names(later));
    let word = |is: bool| if is { "there, and nobody’s" } else { "not there, or somebody’s" };
    let changed = old.symmetric_difference(&new).map(|name| Changed {
        name: name.clone(),
        about: format!("account {name}"),
        differences: vec![FactChange {
            what: "account".to_owned(),
            then: word(old.contains(name)).to_owned(),
            later: word(new.contains(name)).to_owned(),
        }],
    });
    changed.collect()
}
