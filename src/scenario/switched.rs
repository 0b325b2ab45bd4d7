//! What a script switches on: quirks, faults, policies with another value, and what brings about
//! the bugs that the command line names; and what the story of a play has set since, each with its
//! time.

use super::bugs::BUGS;
use super::layout::day_and_time;
use super::{Play, Script};
use crate::base::node::Entry;
use crate::base::{Kind, Node};
use crate::entra::AppId;
use crate::entra::policy::Policy;
use crate::golinks;
use crate::golinks::quirks;
use crate::world::{Action, WorkspaceId};

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

/// Everything that the script switches on from the beginning, in the order of servers, way, and
/// engine.
pub fn switched_on(script: &Script) -> Vec<Switched> {
    let setup = &script.setup;
    let quirks = setup.all_workspaces().enumerate().flat_map(|(nth, (name, settings))| {
        let whose = if nth == 0 { "golinks".to_owned() } else { format!("workspace.{name}") };
        let chosen = chosen(settings, &whose);
        chosen.into_iter().chain(settings.quirks.on().map(move |(row, word)| Switched {
            what: format!("{whose}.{} = {}", row.path, as_written(word)),
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
        bugs: bug_of_policy(script, row.name, &row.value),
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
    all
}

/// The quirks and policies that a `set` of the story has changed, in the order in which they were.
pub fn set_later(play: &Play) -> Vec<Switched> {
    let script = play.script();
    let workspaces: Vec<&str> = play.world().workspaces().map(|(name, _)| name).collect();
    let mut found = Vec::new();
    for (at, action) in play.settings_set() {
        let app = action.app().and_then(|app| play.world().find_app(app)).unwrap_or(AppId::MAIN);
        let view = play.world().seen_by(app);
        for (path, value) in settings_of(action) {
            let quirk = path.strip_prefix("golinks.quirks.").and_then(quirks::find);
            let policy = path.strip_prefix("entra.policy.");
            let (says, bugs) = match (quirk, policy) {
                (Some(row), _) if is_default(row, &value) => ("It ends.".to_owned(), Vec::new()),
                (Some(row), _) => (row.story.to_owned(), bugs_of(row, &word_of(&value))),
                (None, Some(name)) => of_policy(script, name, &value),
                (None, None) => continue,
            };
            let place = match (app, path.split_once('.'), view.workspace()) {
                (AppId::MAIN, _, _) | (_, None, _) => path.clone(),
                (_, Some(("golinks", _)), WorkspaceId::MAIN) => path.clone(),
                (_, Some(("golinks", setting)), id) => {
                    let name = workspaces.get(usize::from(id.0)).copied().unwrap_or_default();
                    format!("workspace.{name}.{setting}")
                }
                (_, Some((_, setting)), _) => format!("app.{}.{setting}", view.app_name()),
            };
            let what = format!("{place} = {}", value.to_toml());
            found.push(Switched { what, says, bugs, later: Some(day_and_time(script.start, *at)) });
        }
    }
    found
}

/// What a policy with this value is by default, and the bugs that it plays.
fn of_policy(script: &Script, name: &str, value: &Node) -> (String, Vec<&'static str>) {
    let rows = Policy::rows();
    let default = rows.iter().find(|row| row.name == name).map(|row| row.default.clone());
    let value = value.to_toml();
    match default {
        Some(default) if default == value => ("It is the default again.".to_owned(), Vec::new()),
        Some(default) => {
            (format!("By default it is {default}."), bug_of_policy(script, name, &value))
        }
        None => (String::new(), Vec::new()),
    }
}

/// A value of a quirk as a scenario writes it.
fn as_written(word: &str) -> String {
    let is_bare = word.parse::<f64>().is_ok() || ["true", "false"].contains(&word);
    if is_bare { word.to_owned() } else { Node::text(word).to_toml() }
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

/// Whether a quirk is set to what the server does without it: `false` is that, whatever its words.
fn is_default(row: &quirks::QuirkRow, value: &Node) -> bool {
    let word = word_of(value);
    word == "false" || row.words.first().is_some_and(|first| *first == word)
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

/// The bugs that a policy with this value plays: those that are brought about by just this value,
/// and by any, those that the story covers.
fn bug_of_policy(script: &Script, name: &str, value: &str) -> Vec<&'static str> {
    let plays = |with: &str, covered: bool| {
        let set = with.strip_prefix("entra.policy.").and_then(|set| set.split_once('='));
        let is_it = |written: &str| written == value || Node::text(written).to_toml() == value;
        set.is_some_and(|(known, written)| known == name && (covered || is_it(written)))
    };
    let bugs = BUGS.iter().filter(|bug| {
        let covered = script.covers.iter().any(|it| it == bug.number);
        bug.with.iter().any(|with| plays(with, covered))
    });
    bugs.map(|bug| bug.number).collect()
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
    use crate::base::time::parse_duration;
    use crate::scenario::{library, load};
    use crate::world::driver;

    fn told(text: &str, until: &str) -> Vec<String> {
        let mut play = Play::new(load("test", text, &[]).expect("a good scenario"));
        let until = play.world().start() + parse_duration(until).expect("a duration");
        driver::run_to(&mut play, until);
        let words = |it: &Switched| {
            let later = it.later.as_deref().unwrap_or_default();
            format!("{later} {} {:?} {}", it.what, it.bugs, it.says)
        };
        set_later(&play).iter().map(words).collect()
    }

    #[test]
    fn what_was_set_later_is_told_where_it_was_done_and_as_it_is_written() {
        let story = r#"
title = "Settings that change"
ends = "2d"
[user.ann]
name = "Ann Okafor"
[app.test]
workspace = "sandbox"
assigned = ["ann"]
[workspace.sandbox]
profile = "generic"
[[at]]
time = "1h"
do = { set = { golinks.quirks.readd_member = "duplicate" }, app = "test" }
[[at]]
time = "2h"
do = { set = { entra.policy.max_rps = 5 }, app = "test" }
[[at]]
time = "3h"
do = { set = { entra.policy.hard_delete_within_cycle = "drop" } }
[[at]]
time = "4h"
do = { set = { entra.role = "Global Reader" } }
[[at]]
time = "5h"
do = { set = { entra.delete_threshold = 4, entra.policy.max_rps = 7 } }
expect.refused = { contains = "Insufficient" }
[[at]]
after = "quarantine"
do = { set = { entra.policy.max_rps = 8 } }
[[at]]
time = "1d"
do = { set = { golinks.quirks.readd_member = false, entra.policy.hard_delete_within_cycle = "delete" } }
"#;
        let told = told(story, "1d 2h");
        let beginnings = [
            "day  0 09:00 workspace.sandbox.quirks.readd_member = \"duplicate\" [\"B122\"] ",
            "day  0 10:00 app.test.policy.max_rps = 5 [] By default it is ",
            "day  0 11:00 entra.policy.hard_delete_within_cycle = \"drop\" [\"B79\"] By default it is \"delete\".",
            "day  1 08:00 golinks.quirks.readd_member = false [] It ends.",
            "day  1 08:00 entra.policy.hard_delete_within_cycle = \"delete\" [] It is the default again.",
        ];
        assert_eq!(told.len(), beginnings.len(), "{told:#?}");
        for (told, beginning) in told.iter().zip(beginnings) {
            let told = told.replace("day 0", "day  0").replace("day 1", "day  1");
            assert!(told.starts_with(beginning), "{told} is not {beginning}");
        }
    }

    #[test]
    fn what_a_story_sets_later_is_listed_with_its_bug_and_its_time() {
        let story = library::find("what-nobody-minds").expect("a story of the library");
        let Ok(script) = story.load(&[]) else { panic!("it loads") };
        let mut all = switched_on(&script);
        let mut play = Play::new(script);
        play.run_to_end();
        all.extend(set_later(&play));
        let of = |bug: &str| all.iter().find(|it| it.bugs.contains(&bug));
        for bug in story.covers.iter().filter(|bug| bug.starts_with('B')) {
            assert!(of(bug).is_some(), "{bug} is in none of {all:?}");
        }
        for (bug, what) in [
            ("B120", "golinks.quirks.members_shown_empty = true"),
            ("B115", "golinks.quirks.list_without_members = true"),
            ("B122", "golinks.quirks.readd_member = \"duplicate\""),
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
