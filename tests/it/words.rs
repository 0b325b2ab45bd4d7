//! The words of the program: each that it prints and that is no plain English is known to
//! `explain`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use scimulator::app::commands::vocabulary;
use scimulator::evidence::words;
use scimulator::scenario::explain::lookup;
use scimulator::scenario::log::{self, LogQuery};
use scimulator::scenario::{Play, library};
use scimulator::swarm::LifeCheck;
use serde_json::Value;

/// What is printed and is told where it stands.
const PLAIN: &[&str] = &[
    // The tests of the vendor's gallery and of others, in the checks that play them.
    "Create_User",
    "Delete_User",
    "Disable_User",
    "Group_Update_Add_Member",
    "Group_Update_Remove_Member",
    "POD_Group",
    "POD_User",
    "Restore_User",
    "Schema_Discoverability",
    "Update_User",
    "User_Update_Manager",
    // Attributes that an example made up, and a function of .NET.
    "StatusHireDate",
    "userAccountControl",
    "IsMatch",
];

/// Where a word was seen: at first there.
type Seen = BTreeMap<String, String>;

/// Whether a word is one of code or of a vendor: with a capital inside, or parts joined by
/// underlines or dots.
fn is_term(word: &str) -> bool {
    let letters: Vec<char> = word.chars().collect();
    let capital = letters.windows(2).any(|two| two[0].is_lowercase() && two[1].is_uppercase());
    let joined = word.contains('_') || word.split('.').filter(|part| part.len() > 1).count() > 1;
    capital || joined
}

/// Adds the terms of a text; what stands in quotation marks is a value of the story.
fn add(seen: &mut Seen, at: &str, text: &str) {
    let bare: String = text.split('"').step_by(2).collect::<Vec<_>>().join(" ");
    let is_part = |c: char| c.is_alphanumeric() || "_.-".contains(c);
    let words =
        bare.split(|c: char| c.is_whitespace()).filter(|word| !word.contains(['@', '/', ':']));
    for word in words.flat_map(|word| word.split(|c| !is_part(c))) {
        let word = word.trim_matches(|c| "._-".contains(c));
        if is_term(word) && !["extension_", "goLinks."].iter().any(|id| word.starts_with(id)) {
            seen.entry(word.to_owned()).or_insert_with(|| at.to_owned());
        }
    }
}

fn unknown(seen: Seen) -> Vec<String> {
    let plain: BTreeSet<&str> = PLAIN.iter().copied().collect();
    let topics = [vocabulary::all(), vocabulary::names()];
    let known = |word: &str| plain.contains(word) || lookup::find(&topics, word).is_ok();
    let first = |text: &str| text.split('.').next().unwrap_or_default().to_owned();
    let dotted = topics.iter().flatten().filter(|topic| topic.name.contains('.'));
    let begin: BTreeSet<String> = dotted.map(|topic| first(&topic.name)).collect();
    // The names of users that are made up, and the ids of jobs, have a dot, and no capital.
    let name = |word: &str| {
        word.contains('.') && word.to_lowercase() == word && !begin.contains(&first(word))
    };
    let lacking = seen.into_iter().filter(|(word, _)| !name(word) && !known(word));
    lacking.map(|(word, at)| format!("{word}  ({at})")).collect()
}

#[test]
fn each_term_that_stories_print_is_explained() {
    let mut seen = Seen::new();
    for story in library::list() {
        let path = format!("scenarios/{}/{}.log", story.theme, story.name);
        add(&mut seen, &path, &fs::read_to_string(&path).unwrap_or_else(|_| panic!("{path}")));
    }
    let lacking = unknown(seen);
    assert!(lacking.is_empty(), "{} words without words:\n{}", lacking.len(), lacking.join("\n"));
}

#[test]
fn each_term_that_explains_others_is_explained() {
    let mut seen = Seen::new();
    for topic in vocabulary::all() {
        add(&mut seen, &topic.name, &topic.short);
        add(&mut seen, &topic.name, &topic.long);
    }
    let lacking = unknown(seen);
    assert!(lacking.is_empty(), "{} words without words:\n{}", lacking.len(), lacking.join("\n"));
}

/// Adds the names of the members of objects, and the terms among their values.
fn add_json(seen: &mut Seen, at: &str, value: &Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if !name.contains(':') {
                    seen.entry(name.clone()).or_insert_with(|| at.to_owned());
                }
                // What an account or a user holds is the story's.
                match name.as_str() {
                    "details" | "modifiedProperties" => names_only(seen, at, value),
                    _ => add_json(seen, at, value),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| add_json(seen, at, value)),
        Value::String(text) if !text.contains(' ') => add(seen, at, text),
        _ => {}
    }
}

fn names_only(seen: &mut Seen, at: &str, value: &Value) {
    let elements = value.as_array().into_iter().flatten().filter_map(Value::as_object);
    for members in elements.chain(value.as_object()) {
        for name in members.keys().filter(|name| !name.contains(':')) {
            seen.entry(name.clone()).or_insert_with(|| at.to_owned());
        }
    }
}

#[test]
fn each_name_in_the_log_and_the_status_of_the_job_is_explained() {
    let mut seen = Seen::new();
    for story in library::list() {
        let Ok(script) = story.load(&[]) else { panic!("{} loads", story.name) };
        let mut play = Play::new(script);
        play.run_to_end();
        for view in play.world().views() {
            let at = &story.name;
            add_json(&mut seen, at, &log::json(view, &LogQuery::default()));
            add_json(&mut seen, at, &log::audit_json(view, 200));
            add_json(&mut seen, at, &log::mails_json(view, 200));
            add_json(&mut seen, at, &view.entra().job().to_graph(&log::names(view), view.now()));
        }
    }
    let lacking = unknown(seen);
    assert!(lacking.is_empty(), "{} words without words:\n{}", lacking.len(), lacking.join("\n"));
}

#[test]
fn the_pages_name_each_check_of_a_swarm_and_each_kind_of_line() {
    let swarm = fs::read_to_string("docs/swarm.md").expect("the page");
    for check in LifeCheck::ALL {
        let named = [format!("`{}`", check.name()), format!("`{} PATH`", check.name())];
        assert!(named.iter().any(|name| swarm.contains(name)), "{}", check.name());
    }
    let record = fs::read_to_string("docs/run-record.md").expect("the page");
    for (kind, _) in words::kinds() {
        assert!(record.contains(&format!("`{kind}`")), "{kind}");
    }
}
