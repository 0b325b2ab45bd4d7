//! A story that covers a bug has the bug: its quirk is on, its fault strikes, its setting is made.

use super::bugs::{self, BUGS, Bug, Means};
use super::library::{self, BundledScenario};
use super::{Script, load_cells};
use crate::golinks::quirks;

/// Stories that tell of a bug in another way than by its switch, and how.
const OTHERWISE: &[(&str, &str, &str)] = &[(
    "B73",
    "while-it-is-down",
    "its fault answers 503 where that of the switch takes no connection",
)];

/// The scripts of a story, one for each cell.
fn scripts(entry: &BundledScenario) -> Vec<Script> {
    let beside = |name: &str| library::file_beside(&entry.name, name);
    load_cells(&entry.name, entry.text, &[], &beside).expect("the library has no problem")
}

/// Whether a text has a word that is a whole one.
fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|it| it == word)
}

/// Everything that the script does, as it is written.
fn deeds(script: &Script) -> Vec<String> {
    let actions = script.steps.iter().flat_map(|step| &step.actions);
    actions.map(|it| format!("{} {}", it.action.verb(), it.action.to_toml())).collect()
}

/// The last key that a switch sets: `rps`, or `expires` of a table.
fn last_key(with: &str) -> &str {
    let sets = with.rsplit(['{', ',']).next().unwrap_or(with);
    let path = sets.split('=').next().unwrap_or(sets).trim();
    path.rsplit('.').next().unwrap_or(path)
}

fn is_on(bug: &Bug, script: &Script) -> bool {
    let own = || bug.with.iter().filter(|with| !with.starts_with("golinks.profile"));
    let deeds = deeds(script);
    match bug.means {
        Means::Engine | Means::Not => true,
        Means::Quirk => own().filter_map(|with| with.strip_prefix("golinks.quirks.")).any(|with| {
            let row = quirks::find(with.split('=').next().unwrap_or(with)).expect("a quirk");
            let off = format!("{} = {}", row.name, row.words[0]);
            let mut worlds = script.setup.all_workspaces();
            worlds.any(|(_, settings)| settings.quirks.is(row.quirk))
                || deeds.iter().any(|it| has_word(it, row.name) && !it.contains(&off))
        }),
        Means::Fault => own().map(|with| last_effect(with)).any(|effect| {
            let faults = script.setup.faults.iter().map(|fault| fault.to_node().to_toml());
            faults
                .chain(deeds.iter().cloned())
                .any(|it| has_word(&it, effect) || (effect == "refuse" && it.starts_with("down ")))
        }),
        Means::Action => {
            let verb = bug.with.iter().map(|with| with.trim_matches(['{', ' ']));
            let mut verbs = verb.map(|with| with.split(' ').next().unwrap_or(with));
            verbs.any(|verb| deeds.iter().any(|it| it.starts_with(&format!("{verb} "))))
        }
        Means::Limit | Means::Setting | Means::Policy => {
            let files = script.source.files_beside().map(|(_, text)| text);
            let all: Vec<&str> = files.chain([script.source.text.as_str()]).collect();
            own().any(|with| all.iter().any(|text| has_word(text, last_key(with))))
        }
    }
}

/// What a fault of a switch does: `refuse`, `per_account`.
fn last_effect(with: &str) -> &'static str {
    ["per_account", "refuse"].into_iter().find(|it| with.contains(it)).expect("a known effect")
}

#[test]
fn a_story_that_covers_a_bug_has_the_bug() {
    let mut wrong = Vec::new();
    for bug in BUGS.iter().filter(|bug| bugs::untold(bug).is_none()) {
        for story in library::find_all(bug.number).expect("each is told") {
            let on = scripts(&story).iter().any(|script| is_on(bug, script));
            let otherwise = OTHERWISE
                .iter()
                .any(|(number, name, _)| *number == bug.number && *name == story.name);
            if on == otherwise {
                wrong.push(format!(
                    "{} {}: {} on: {on}",
                    bug.number,
                    story.name,
                    bug.with.join(" ")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
