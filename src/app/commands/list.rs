//! `list`: prints the scenarios that come with the program, by theme; the stories and the bugs,
//! each with what tells it.

use serde_json::{Value, json};

use crate::app::cli::ListArgs;
use crate::app::exit::{CommandError, Exit};
use crate::app::terminal::{self, paint};
use crate::scenario::bugs::{self, Bug};
use crate::scenario::library::{self, BundledScenario};
use crate::scenario::outlines::{self, Outline};
use crate::scenario::report::Tone;
use crate::scenario::search;

/// What is listed.
#[derive(Default)]
struct Found {
    scenarios: Vec<BundledScenario>,
    stories: Vec<&'static Outline>,
    bugs: Vec<&'static Bug>,
}

/// Prints what was asked for.
///
/// # Errors
/// When nothing speaks of the words.
pub fn run(args: &ListArgs) -> Result<Exit, CommandError> {
    let what = args.what.join(" ");
    let found = match what.to_lowercase().as_str() {
        "" | "scenarios" => Found { scenarios: library::list(), ..Found::default() },
        "bugs" | "bug" => Found { bugs: bugs::BUGS.iter().collect(), ..Found::default() },
        "target" | "targets" => Found { scenarios: suiting_every_server(), ..Found::default() },
        "stories" | "story" => {
            Found { stories: outlines::OUTLINES.iter().collect(), ..Found::default() }
        }
        _ => about(&what)?,
    };
    if args.names {
        let names = found.scenarios.iter().map(|entry| entry.name.as_str());
        let names = names.chain(found.stories.iter().map(|outline| outline.number));
        let names = names.chain(found.bugs.iter().map(|bug| bug.number));
        terminal::print(&names.map(|name| format!("{name}\n")).collect::<String>());
        return Ok(Exit::Met);
    }
    if args.json {
        terminal::print(&format!("{:#}\n", to_json(&found)));
        return Ok(Exit::Met);
    }
    scenarios(&found.scenarios);
    stories(&found.stories);
    reported(&found.bugs);
    if what.is_empty() {
        terminal::print(
            "\nscimulator serve <name> shows one, run <name> gives its verdict, show <name> prints its file;\n\
             list bugs and list stories print what they tell of, list <words> what speaks of them,\n\
             list target those that suit a SCIM server that is not ours (run --target URL)\n",
        );
    }
    Ok(Exit::Met)
}

/// The scenarios of which no cell needs anything of the mock: those for `run --target`.
fn suiting_every_server() -> Vec<BundledScenario> {
    library::list().into_iter().filter(suits_every_server).collect()
}

fn suits_every_server(entry: &BundledScenario) -> bool {
    let cells = entry.rehearsed();
    !cells.is_empty() && cells.iter().all(|script| script.needs.is_empty())
}

/// What a theme, a number or words lead to.
fn about(what: &str) -> Result<Found, CommandError> {
    let words: Vec<&str> = what.split_whitespace().collect();
    let is_number = |word: &&str| outlines::find(word).is_some() || bugs::find(word).is_some();
    // Several numbers are each looked for; other words are looked for together.
    let named = match words.iter().all(is_number) {
        true => Found::named(&words),
        false => Found::named(&[what]),
    };
    // A scenario's name is a word that others may speak of as well.
    let is_theme = named.scenarios.iter().any(|entry| entry.theme == what);
    if !named.stories.is_empty() || !named.bugs.is_empty() || is_theme {
        return Ok(named);
    }
    if words.iter().any(|word| word.ends_with(".toml")) {
        let message = format!("`list` has the scenarios of the library, and `{what}` is a file");
        let help = format!("`scimulator check {what}` reads it, `scimulator run {what}` plays it");
        return Err(CommandError::bad(message).help(help));
    }
    let words = search::telling(&words);
    let found = Found::about(&words, words.len());
    if !found.is_nothing() {
        return Ok(found);
    }
    // The more of the words something speaks of, the more likely it is meant.
    let fewer = (2..words.len()).rev().map(|least| Found::about(&words, least));
    match fewer.into_iter().find(|found| !found.is_nothing()) {
        Some(found) => {
            let part = format!("nothing speaks of all of `{what}`; of most of it speak:");
            terminal::note(&part);
            Ok(found)
        }
        None => Err(CommandError::bad(format!("nothing speaks of `{what}`")).help(
            "`scimulator list` prints all scenarios, `list bugs` and `list stories` the others",
        )),
    }
}

impl Found {
    /// What speaks of at least so many of these words.
    fn about(words: &[&str], least: usize) -> Found {
        let enough = |speaks: &dyn Fn(&str) -> bool| {
            least > 0 && words.iter().filter(|word| speaks(word)).count() >= least
        };
        let is_about = |entry: &BundledScenario| enough(&|word| entry.is_about(word));
        Found {
            scenarios: library::list().into_iter().filter(is_about).collect(),
            stories: outlines::OUTLINES
                .iter()
                .filter(|it| enough(&|word| it.is_about(word)))
                .collect(),
            bugs: bugs::BUGS.iter().filter(|it| enough(&|word| it.is_about(word))).collect(),
        }
    }

    /// What has one of these names or numbers.
    fn named(words: &[&str]) -> Found {
        let is_it = |entry: &BundledScenario| {
            let is = |word: &&str| {
                entry.theme == *word
                    || entry.name == *word
                    || entry.covers.iter().any(|covered| covered.eq_ignore_ascii_case(word))
            };
            words.iter().any(is)
        };
        Found {
            scenarios: library::list().into_iter().filter(is_it).collect(),
            stories: words.iter().filter_map(|word| outlines::find(word)).collect(),
            bugs: words.iter().filter_map(|word| bugs::find(word)).collect(),
        }
    }

    fn is_nothing(&self) -> bool {
        self.scenarios.is_empty() && self.stories.is_empty() && self.bugs.is_empty()
    }
}

fn scenarios(entries: &[BundledScenario]) {
    let width = entries.iter().map(|entry| entry.name.chars().count()).max().unwrap_or(0);
    let mut theme = "";
    for entry in entries {
        if entry.theme != theme {
            let space = if theme.is_empty() { "" } else { "\n" };
            terminal::print_styled(&format!("{space}{}\n", paint(Tone::Strong, &entry.theme)));
            theme = &entry.theme;
        }
        let covers = match entry.covers.as_slice() {
            [] => String::new(),
            covers => paint(Tone::Faint, &format!("  [{}]", covers.join(" "))),
        };
        let cells = match entry.cells {
            1 => String::new(),
            cells => paint(Tone::Faint, &format!("  ({cells} cells)")),
        };
        let (name, title) = (&entry.name, &entry.title);
        terminal::print_styled(&format!("  {name:width$}  {title}{covers}{cells}\n"));
    }
}

fn stories(outlines: &[&Outline]) {
    for outline in outlines {
        numbered(outline.number, outline.title, &told(outline.number), "");
    }
}

fn reported(bugs: &[&Bug]) {
    for bug in bugs {
        numbered(bug.number, bug.title, &told(bug.number), bugs::untold(bug).unwrap_or_default());
    }
}

/// Prints a number with its title, and what tells it or why nothing does.
fn numbered(number: &str, title: &str, told: &[String], untold: &str) {
    let rest = if told.is_empty() { untold.to_owned() } else { told.join(" ") };
    let number = paint(Tone::Strong, &format!("{number:4}"));
    let rest = paint(Tone::Faint, &rest);
    terminal::print_styled(&format!("  {number}  {title}\n        {rest}\n"));
}

/// The names of the scenarios that tell a story or a bug.
fn told(number: &str) -> Vec<String> {
    let found = library::find_all(number).unwrap_or_default();
    found.into_iter().map(|entry| entry.name).collect()
}

fn to_json(found: &Found) -> Value {
    let scenario = |entry: &BundledScenario| json!({ "name": entry.name, "theme": entry.theme, "title": entry.title, "covers": entry.covers, "cells": entry.cells });
    let story = |outline: &&Outline| json!({ "number": outline.number, "title": outline.title, "scenarios": told(outline.number) });
    let bug = |bug: &&Bug| {
        json!({
            "number": bug.number, "title": bug.title, "means": bug.means.word(), "with": bug.with,
            "note": bug.note, "scenarios": told(bug.number), "untold": bugs::untold(bug),
        })
    };
    json!({
        "scenarios": found.scenarios.iter().map(scenario).collect::<Vec<_>>(),
        "stories": found.stories.iter().map(story).collect::<Vec<_>>(),
        "bugs": found.bugs.iter().map(bug).collect::<Vec<_>>(),
    })
}
