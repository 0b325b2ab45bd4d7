//! What a script switches on: quirks, faults, policies with another value, and what brings about
//! the bugs that the command line names; those that it sets later too, each with its time.

use super::Script;
use super::bugs::BUGS;
use super::layout::day_and_time;
use super::script::{Step, When};
use crate::base::node::Entry;
use crate::base::{Kind, Node};
use crate::golinks;
use crate::golinks::quirks;
use crate::world::Action;

/// Something that is switched on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Switched {
    /// As a scenario writes it: `golinks.quirks.hide_unmanaged = true`.
    pub what: String,
    /// What it does, in a sentence; empty when its name says it.
    pub says: String,
    /// The bugs that it plays.
    pub bugs: Vec<&'static str>,
    /// When the story sets it; `None` for what is so from the beginning.
    pub later: Option<String>,
}

/// Everything that the script switches on, in the order of servers, way, and engine.
pub fn switched_on(script: &Script) -> Vec<Switched> {
    let setup = &script.setup;
    let quirks = setup.all_workspaces().enumerate().flat_map(|(nth, (name, settings))| {
        let whose = if nth == 0 { "golinks".to_owned() } else { format!("workspace.{name}") };
        let chosen = chosen(settings, &whose);
        chosen.into_iter().chain(settings.quirks.on().map(move |(row, word)| Switched {
            what: format!("{whose}.{} = {word}", row.path),
            says: row.story.to_owned(),
            bugs: bugs_of(row, word),
            later: None,
        }))
    });
    let faults = setup.faults.iter().map(|fault| Switched {
        what: format!("fault.{}", fault.name),
        says: format!("On the way: {}.", fault.to_node().to_toml()),
        bugs: Vec::new(),
        later: None,
    });
    let policies = setup.entra.policy.overridden().into_iter().map(|row| Switched {
        what: format!("entra.policy.{}", row.text()),
        says: format!("By default it is {}.", row.default),
        bugs: bug_of_policy(script, &format!("entra.policy.{}", row.name)),
        later: None,
    });
    let mut all: Vec<Switched> = quirks.chain(faults).chain(policies).collect();
    // What a bug sets beside them, such as a limit of the server.
    const TOLD: [&str; 3] = ["golinks.quirks.", "fault.", "entra.policy."];
    for over in script.source.overrides.iter().filter(|over| over.bug.is_some()) {
        let what = format!("{} = {}", over.path, over.value);
        match all.iter_mut().find(|it| it.what == what) {
            Some(it) => {
                let new = over.bug.filter(|bug| !it.bugs.contains(bug));
                it.bugs.extend(new);
            }
            None if TOLD.iter().any(|told| over.path.starts_with(told)) => {}
            None => all.push(Switched {
                what,
                says: String::new(),
                bugs: over.bug.into_iter().collect(),
                later: None,
            }),
        }
    }
    all.extend(set_later(script));
    all
}

/// The quirks and policies that a `set` of the story changes, in the order of the story.
fn set_later(script: &Script) -> Vec<Switched> {
    let mut found = Vec::new();
    for step in &script.steps {
        for (path, value) in step.actions.iter().flat_map(|it| settings_of(&it.action)) {
            let quirk = path.strip_prefix("golinks.quirks.").and_then(quirks::find);
            let (says, bugs) = match quirk {
                Some(row) if is_default(row, &value) => ("It ends.".to_owned(), Vec::new()),
                Some(row) => (row.story.to_owned(), bugs_of(row, &word_of(&value))),
                None if path.starts_with("entra.policy.") => {
                    (String::new(), bug_of_policy(script, &path))
                }
                None => continue,
            };
            let what = match (quirk, &value.kind) {
                (Some(_), Kind::Text(word)) => format!("{path} = {word}"),
                _ => format!("{path} = {}", value.to_toml()),
            };
            found.push(Switched { what, says, bugs, later: Some(when(script, step)) });
        }
    }
    found
}

fn settings_of(action: &Action) -> Vec<(String, Node)> {
    match action {
        Action::Set(set) => set.settings().into_iter().flat_map(each_of_table).collect(),
        Action::OfApp(of_app) => settings_of(&of_app.action),
        _ => Vec::new(),
    }
}

/// The settings of a table that is set as a whole, or the one setting.
fn each_of_table((path, value): (String, Node)) -> Vec<(String, Node)> {
    match (&*path, &value.kind) {
        ("golinks.quirks" | "entra.policy", Kind::Table(entries)) => {
            let whole = |entry: &Entry| (format!("{path}.{}", entry.key), entry.value.clone());
            entries.iter().map(whole).collect()
        }
        _ => vec![(path, value)],
    }
}

/// Whether a quirk is set to what the server does without it.
fn is_default(row: &quirks::QuirkRow, value: &Node) -> bool {
    row.words.first().is_some_and(|first| *first == word_of(value))
}

/// The word of a quirk's value, also where it is one for some requests only.
fn word_of(value: &Node) -> String {
    match (&value.kind, value.get("is")) {
        (Kind::Table(_), Some(is)) => word_of(is),
        (Kind::Text(word), _) => word.clone(),
        _ => value.to_toml(),
    }
}

/// The bugs that a quirk plays with this value: those that the catalogue brings about by it, or all
/// of the quirk where it names none.
fn bugs_of(row: &quirks::QuirkRow, word: &str) -> Vec<&'static str> {
    let switch = format!("golinks.{}={word}", row.path);
    let named = BUGS.iter().filter(|bug| bug.with.iter().any(|with| *with == switch));
    let named: Vec<&str> = named.map(|bug| bug.number).filter(|it| row.bugs.contains(it)).collect();
    if named.is_empty() { row.bugs.to_vec() } else { named }
}

/// The bug that a policy plays, of those that the story covers.
fn bug_of_policy(script: &Script, path: &str) -> Vec<&'static str> {
    let sets = |with: &&str| with.split_once('=').is_some_and(|(known, _)| known == path);
    let bugs = BUGS.iter().filter(|bug| bug.with.iter().any(&sets));
    let covered = bugs.filter(|bug| script.covers.iter().any(|it| it == bug.number));
    covered.map(|bug| bug.number).collect()
}

/// When a step comes, in words.
fn when(script: &Script, step: &Step) -> String {
    match step.when {
        When::At(at) => day_and_time(script.start, at),
        _ => format!("after {}", step.after()),
    }
}

/// What a server is set to beside its quirks: its profile, and the keys that do not say what they
/// do by default. Their values stay in the file, for some are secrets.
fn chosen(settings: &golinks::Settings, whose: &str) -> Vec<Switched> {
    let rows = golinks::Settings::rows();
    let keys = settings.chosen().into_iter().filter(|key| *key != "quirks");
    let told = |key: &str| {
        let row = rows.iter().find(|row| row.name == key);
        let default = row.map(|row| row.default).filter(|default| !default.is_empty());
        let (value, says) = match (key, default) {
            ("profile", _) => (
                " = \"generic\"".to_owned(),
                "The server takes all attributes of RFC 7643, and groups.".to_owned(),
            ),
            (_, Some(default)) => {
                (String::new(), format!("It is set; by default it is {default}."))
            }
            (_, None) => (String::new(), "It is set.".to_owned()),
        };
        Switched { what: format!("{whose}.{key}{value}"), says, bugs: Vec::new(), later: None }
    };
    keys.map(told).collect()
}

/// The bugs that the command line brings about, each once.
pub fn bugs_brought_about(script: &Script) -> Vec<&'static str> {
    let mut bugs: Vec<&str> = script.source.overrides.iter().filter_map(|it| it.bug).collect();
    bugs.dedup();
    bugs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::library;

    #[test]
    fn what_a_story_sets_later_is_listed_with_its_bug_and_its_time() {
        let story = library::find("what-nobody-minds").expect("a story of the library");
        let Ok(script) = story.load(&[]) else { panic!("it loads") };
        let all = switched_on(&script);
        let of = |bug: &str| all.iter().find(|it| it.bugs.contains(&bug));
        for bug in story.covers.iter().filter(|bug| bug.starts_with('B')) {
            assert!(of(bug).is_some(), "{bug} is in none of {all:?}");
        }
        for (bug, what) in [
            ("B120", "golinks.quirks.members_shown_empty = true"),
            ("B115", "golinks.quirks.list_without_members = true"),
            ("B122", "golinks.quirks.readd_member = duplicate"),
        ] {
            let found = of(bug).expect("the bug of a later setting");
            assert_eq!((&*found.what, found.later.as_deref()), (what, Some("day 1 08:00")));
        }
        assert_eq!(of("B58").and_then(|it| it.later.as_deref()), None);
    }

    #[test]
    fn a_switch_names_the_bugs_that_its_value_plays() {
        for (story, what, bugs) in [
            ("which-one-is-it", "golinks.quirks.unknown_member = 500", ["B35"]),
            ("too-long-to-be-saved", "entra.policy.secret_limit = 32", ["B70"]),
        ] {
            let story = library::find(story).expect("a story of the library");
            let Ok(script) = story.load(&[]) else { panic!("it loads") };
            let all = switched_on(&script);
            let found = all.iter().find(|it| it.what == what);
            assert_eq!(found.map(|it| it.bugs.clone()), Some(bugs.to_vec()), "{all:?}");
        }
    }
}
