//! Nothing is forgotten: every scenario has its golden log, every verb and fault a scenario that
//! uses it, and every policy an explanation.

use std::collections::BTreeSet;

use scimulator::entra::policy::Policy;
use scimulator::golinks::quirks;
use scimulator::scenario::explain::topics;
use scimulator::world::actions::VERBS;
use scimulator::world::faults::{FAULTS, KEYS};
use toml::Value;

use super::source::{files, nothing, root};

/// Verbs without a scenario, and why.
const VERBS_WITHOUT: &[(&str, &str)] = &[];

/// Faults without a scenario, and why.
const FAULTS_WITHOUT: &[(&str, &str)] = &[];

#[test]
fn every_scenario_has_its_log_and_every_log_its_scenario() {
    let mut found = Vec::new();
    // What several scenarios extend is no scenario.
    let scenarios = files("scenarios", &["toml"]).into_iter();
    for path in scenarios.filter(|path| !path.contains("/shared/")) {
        let log = path.replace(".toml", ".log");
        if !root().join(&log).is_file() {
            found.push(format!(
                "{path}: has no {log}: run `BLESS=1 cargo test` and read what it wrote"
            ));
        }
    }
    for path in files("scenarios", &["log"]) {
        if !root().join(path.replace(".log", ".toml")).is_file() {
            found.push(format!("{path}: has no scenario: remove it"));
        }
    }
    nothing("scenarios and logs that do not belong together", found);
}

#[test]
fn every_verb_has_a_scenario() {
    let used: BTreeSet<String> = scenarios().iter().flat_map(deeds).map(|(verb, _)| verb).collect();
    let names = VERBS.iter().map(|verb| verb.name);
    nothing("verbs that no scenario shows", unused("verb", names, &used, VERBS_WITHOUT));
}

#[test]
fn every_fault_has_a_scenario() {
    let used: BTreeSet<String> =
        scenarios().iter().flat_map(faults).flat_map(|fault| keys(&fault)).collect();
    let names = FAULTS.iter().map(|kind| kind.name).chain(KEYS);
    nothing("faults that no scenario shows", unused("fault", names, &used, FAULTS_WITHOUT));
}

#[test]
fn everything_is_explained() {
    let policies = Policy::rows().into_iter().map(|row| row.name);
    let quirks = quirks::TABLE.iter().map(|row| row.name);
    let names = VERBS
        .iter()
        .map(|verb| verb.name)
        .chain(FAULTS.iter().map(|kind| kind.name))
        .chain(policies);
    let silent = names.chain(quirks).filter(|name| topics::find(name).is_err());
    nothing("`explain` knows nothing of", silent.map(str::to_owned).collect());
}

/// The names that are neither used nor excused, and excuses that are no longer needed.
fn unused<'a>(
    kind: &str,
    names: impl Iterator<Item = &'a str>,
    used: &BTreeSet<String>,
    without: &[(&str, &str)],
) -> Vec<String> {
    let mut found = Vec::new();
    for name in names {
        let excused = without.iter().any(|(other, _)| *other == name);
        match (used.contains(name), excused) {
            (false, false) => found
                .push(format!("{kind} `{name}`: write a scenario that uses it, or say why not")),
            (true, true) => {
                found.push(format!("{kind} `{name}` is used by a scenario: take its excuse away"))
            }
            _ => {}
        }
    }
    found
}

fn scenarios() -> Vec<Value> {
    let read = |path: String| {
        let text = std::fs::read_to_string(root().join(&path)).expect("listed just now");
        text.parse::<toml::Table>().map(Value::Table).unwrap_or_else(|why| panic!("{path}: {why}"))
    };
    files("scenarios", &["toml"]).into_iter().map(read).collect()
}

/// Every action of a scenario: its verb and its argument.
fn deeds(scenario: &Value) -> Vec<(String, Option<Value>)> {
    let steps = list(scenario.get("at"));
    let deeds = steps.iter().flat_map(|step| list(step.get("do")));
    let deed = |deed: Value| match deed {
        Value::String(verb) => vec![(verb, None)],
        Value::Table(table) => {
            table.into_iter().map(|(verb, argument)| (verb, Some(argument))).collect()
        }
        _ => Vec::new(),
    };
    deeds.flat_map(deed).collect()
}

/// The faults of a scenario's tables, and those its actions switch on.
fn faults(scenario: &Value) -> Vec<Value> {
    let switched = deeds(scenario)
        .into_iter()
        .filter(|(verb, _)| verb == "fault")
        .filter_map(|(_, fault)| fault);
    list(scenario.get("fault")).into_iter().chain(switched).collect()
}

fn list(value: Option<&Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(items)) => items.clone(),
        other => other.cloned().into_iter().collect(),
    }
}

fn keys(table: &Value) -> Vec<String> {
    table.as_table().map(|table| table.keys().cloned().collect()).unwrap_or_default()
}
