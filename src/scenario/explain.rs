//! `explain <thing>`: verbs, faults, policies, settings and names that can be observed, each from its own table.

use crate::base::diagnostic::nearest;
use crate::entra::policy::Policy;
use crate::golinks;
use crate::world::actions::VERBS;
use crate::world::faults::FAULTS;

use super::expect::{ROWS, Row, Shape};

/// A kind of thing that can be explained, and the names of all of them.
pub struct Chapter {
    /// What they are: `Verbs`.
    pub title: &'static str,
    /// How they are written: `do = ...`.
    pub written: &'static str,
    /// Their names with one line each.
    pub names: Vec<(String, String)>,
}

/// Everything that can be explained, by chapter.
pub fn chapters() -> Vec<Chapter> {
    let first = |doc: &str| doc.split(". ").next().unwrap_or(doc).trim_end_matches('.').to_owned();
    let verbs = VERBS.iter().map(|verb| (verb.name.to_owned(), first(verb.doc)));
    let faults = FAULTS.iter().map(|fault| (fault.name.to_owned(), first(fault.doc)));
    let policies = Policy::rows().into_iter().map(|row| (row.name.to_owned(), first(row.doc)));
    let settings = golinks::Settings::names().map(|row| (row.name.to_owned(), first(row.doc)));
    let observed = rows().map(|row| (row.path.to_owned(), first(row.doc)));
    vec![
        Chapter { title: "Verbs", written: "[[at]] do = ...", names: verbs.collect() },
        Chapter { title: "Faults", written: "[[fault]]", names: faults.collect() },
        Chapter { title: "Policies of the provisioning engine", written: "[entra.policy]", names: policies.collect() },
        Chapter { title: "Settings of GoLinks", written: "[golinks]", names: settings.collect() },
        Chapter {
            title: "What can be observed",
            written: "expect.<name> = ...",
            names: observed.chain(others()).collect(),
        },
    ]
}

/// Explains one thing; `None` when nothing is called that.
///
/// A name that means several things (`delay` the fault, `fault` the verb) is explained in all its meanings.
pub fn explain(thing: &str) -> Option<String> {
    let thing = thing.trim();
    let verbs = VERBS
        .iter()
        .filter(|verb| verb.name == thing)
        .map(|verb| format!("{} (verb)\n\n  {}\n\n  do = {}\n", verb.name, verb.doc, verb.example));
    let faults = FAULTS.iter().filter(|fault| fault.name == thing).map(|fault| {
        format!("{} (fault)\n\n  {}\n\n  [[fault]]\n  {}\n", fault.name, fault.doc, fault.example.replace('\n', "\n  "))
    });
    let bare = |prefix: &str| thing.strip_prefix(prefix).unwrap_or(thing).to_owned();
    let (policy, setting) = (bare("entra.policy."), bare("golinks."));
    let policies = Policy::rows().into_iter().filter(|row| row.name == policy).map(|row| {
        format!(
            "{} (policy)\n\n  {}\n\n  [entra.policy]\n  {} = {}      # the default; takes {}\n\n  {}: {}\n",
            row.name,
            row.doc,
            row.name,
            row.default,
            row.takes,
            row.provenance.word(),
            row.source
        )
    });
    let settings = golinks::Settings::names().filter(|row| row.name == setting).map(|row| {
        format!(
            "golinks.{} (setting)\n\n  {}\n\n  [golinks]\n  {} = {}      # the default\n",
            row.name, row.doc, row.name, row.default
        )
    });
    let observed = rows().filter(|row| row.path == thing).map(observed);
    let special = others().filter(|(name, _)| name == thing || name.split(".<").next() == Some(thing));
    let special = special.map(|(name, doc)| format!("{name} (can be observed)\n\n  {doc}\n"));
    let told: Vec<String> =
        verbs.chain(faults).chain(policies).chain(settings).chain(observed).chain(special).collect();
    (!told.is_empty()).then(|| told.join("\n"))
}

/// The nearest thing that can be explained.
pub fn suggest(thing: &str) -> Option<String> {
    let names: Vec<String> = chapters().into_iter().flat_map(|chapter| chapter.names).map(|(name, _)| name).collect();
    nearest(thing, names.iter().map(String::as_str)).map(str::to_owned)
}

fn observed(row: &Row) -> String {
    let takes = match row.shape {
        Shape::Word(words) => format!("one of {}", words.join(", ")),
        shape => shape.name().to_owned(),
    };
    let counter =
        if row.shape == Shape::Count { "; a counter, so [always] takes it, and it can count `since`" } else { "" };
    format!("{} (can be observed)\n\n  {}\n\n  takes {takes}{counter}\n", row.path, row.doc)
}

fn rows() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().flat_map(|rows| rows.iter())
}

/// What can be observed and is no row of the table.
fn others() -> impl Iterator<Item = (String, String)> {
    let rows = [
        ("log.last.<user>.{action, status, code, reason}", "the last row of the provisioning log about a user"),
        (
            "golinks.account.<user>.<SCIM path>",
            "a value of the account that the user is matched with; { absent = true } when there is none",
        ),
        (
            "worlds",
            "\"agree\" when GoLinks holds what Entra intends; { differ = [\"ann\"] } when it does but for these",
        ),
    ];
    rows.into_iter().map(|(name, doc)| (name.to_owned(), doc.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_has_an_explanation_and_a_typo_a_suggestion() {
        for (name, line) in chapters().into_iter().flat_map(|chapter| chapter.names) {
            let thing = name.split(".<").next().unwrap_or(&name);
            assert!(explain(thing).is_some_and(|text| text.len() > name.len() + 20), "{name}");
            assert!(!line.is_empty(), "{name}");
        }
        assert_eq!(explain("fly"), None);
        assert_eq!(suggest("max_rsp"), Some("max_rps".to_owned()));
    }
}
