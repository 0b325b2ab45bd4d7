//! All words that the program's output has: those of scenarios and runs, and those of `verify`,
//! `swarm` and `run.jsonl`, each from the table that the program itself uses.

use crate::app::dashboard;
use crate::evidence::{events, words};
use crate::scenario::explain::topics::{Topic, topic};
use crate::scenario::explain::{lookup, properties, topics};
use crate::swarm::LifeCheck;
use crate::verify::{Check, Profile, Severity, causes, checks};

/// Everything that can be explained, kind by kind, without the attributes and properties.
pub fn all() -> Vec<Topic> {
    let mut all = topics::all();
    all.extend(checks::all().map(check));
    all.extend(Severity::WORDS.iter().map(|(word, severity)| {
        let means = format!("Of a failure that `verify` found: {}.", severity.means());
        topic("severity of verify", word, &means, String::new())
    }));
    all.extend(Profile::WORDS.iter().map(|(word, profile)| {
        let example = format!("  scimulator verify URL --profile {word}\n");
        topic("profile of verify", word, &format!("{}.", profile.means()), example)
    }));
    all.extend(OUTCOMES.map(|(word, doc)| topic("outcome of verify", word, doc, String::new())));
    all.extend(LifeCheck::ALL.iter().map(|check| {
        let topic = topic("check of swarm", check.name(), check.means(), String::new());
        Topic { is_code: true, ..topic }
    }));
    all.extend(
        dashboard::marks()
            .map(|(word, means)| topic("mark on the page", word, means, String::new())),
    );
    all.extend(PRINTED.map(|(word, doc)| topic("word of a run", word, doc, String::new())));
    let kinds = words::kinds();
    all.extend(kinds.iter().map(|(kind, doc)| line("kind of line in run.jsonl", kind, doc)));
    all
}

/// The names of attributes and properties, which are many, and are told of when they are asked for.
pub fn names() -> Vec<Topic> {
    let mut all = properties::all();
    let members = words::members();
    all.extend(members.iter().map(|(name, doc)| line("member of a line in run.jsonl", name, doc)));
    all.extend(values());
    all
}

/// What stands as a value in the lines of `run.jsonl`: names of events, outcomes, losses.
fn values() -> Vec<Topic> {
    let outcomes = words::outcomes();
    let outcomes = outcomes.iter().map(|(name, doc)| line("outcome in run.jsonl", name, doc));
    let values = events::all().map(|(kind, name, doc)| line(kind, name, doc));
    values.chain(outcomes).map(|value| Topic { is_code: true, ..value }).collect()
}

/// Finds what is asked for. A word that stands so in `run.jsonl` is told with what else has its
/// name.
///
/// # Errors
/// A help line with the nearest name, when no topic has that name.
pub fn find(thing: &str) -> Result<Vec<Topic>, String> {
    find_in(&[all(), names()], &values(), thing)
}

fn find_in(lists: &[Vec<Topic>], recorded: &[Topic], thing: &str) -> Result<Vec<Topic>, String> {
    let mut found = lookup::find(lists, thing)?;
    let so = recorded.iter().filter(|value| value.name == thing && !found.contains(value));
    found.extend(so.cloned().collect::<Vec<_>>());
    Ok(found)
}

/// How a check of `verify` ended, where it did not fail.
const OUTCOMES: [(&str, &str); 4] = [
    ("passed", "The server did what is right."),
    (
        "cannot tell",
        "The server does not show what would have to be seen, or another failure stands before it: `because of` names \
         the check that failed.",
    ),
    (
        "not tried",
        "The server was gone, or the requests were used up, before the check could be made.",
    ),
    (
        "because of",
        "The check named after these words failed, and its failure has the same cause: mend that one first.",
    ),
];

/// Headings and words of what `run` prints that no table has.
const PRINTED: [(&str, &str); 10] = [
    (
        "EXPECTATIONS",
        "What the story claims, each with whether it was met, when, and where it is written.",
    ),
    ("EXCHANGES", "With `-v` the requests and their answers, with `-vv` their bodies too."),
    (
        "TOTALS",
        "How many requests were sent, by method, how many of them failed, and how many cycles there were.",
    ),
    ("REPLAY", "The command that plays the same run again, and the digest that it must have."),
    ("DONE", "The run came to its end, and the story expects nothing of it."),
    (
        "scaled",
        "A threshold of the service is set to a smaller number, so that few people reach it.",
    ),
    (
        "not seen yet",
        "A change in the directory is not replicated to the provisioning service: a cycle works with what was before. \
         `entra.policy.assignment_replication_delay` and `entra.policy.dynamic_group_eval_delay` say how long that takes.",
    ),
    (
        "Not started",
        "Provisioning of the application is off: no cycle runs before the action `start`. The portal shows the switch \
         Provisioning Status.",
    ),
    ("Ended", "The story has come to its end; what is shown stays as it was then."),
    (
        "next try",
        "When a job in quarantine, or an object that failed, is tried again: see `retry` and `quarantine`.",
    ),
];

fn line(kind: &'static str, name: &str, doc: &str) -> Topic {
    topic(kind, name, doc, "  docs/run-record.md has all of it.\n".to_owned())
}

/// A check of `verify`: what is sent, what is right, and what a failure of it means.
fn check(check: &Check) -> Topic {
    let severity = |severity: Severity| format!("{}: {}", severity.word(), severity.means());
    let mut rows = vec![
        ("right", check.right.to_owned()),
        ("failing", severity(check.severity)),
        ("Entra", check.portal.to_owned()),
    ];
    if let Some(accepted) = check.accepted {
        let answered = "where the server answers with success";
        rows.push(("or", format!("{}, {answered}", severity(accepted.severity))));
        rows.push(("Entra", format!("{}, {answered}", accepted.portal)));
    }
    rows.push(("says", check.whose_word()));
    let behind = causes::led_by(check.id);
    if !behind.is_empty() {
        rows.push((
            "cause of",
            format!("failures of {}, where they have the same sign", behind.join(", ")),
        ));
    }
    if check.ends_all {
        rows.push(("ends", "nothing after it means anything when it fails".to_owned()));
    }
    let rows: String = rows.iter().map(|(word, text)| format!("  {word:<8}  {text}\n")).collect();
    let long = format!("{rows}\n  scimulator verify URL --only {}\n", check.id);
    let topic = topic("check of verify", check.id, &format!("Sends {}.", check.sends), long);
    Topic { is_code: true, ..topic }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::policy::Policy;
    use crate::golinks::{self, quirks};
    use crate::scenario::bugs::BUGS;
    use crate::world::actions::VERBS;
    use crate::world::faults::FAULTS;

    /// The names of a table, each of which must be explained by a topic of that kind.
    fn known(kind: &str, names: impl IntoIterator<Item = impl AsRef<str>>) {
        let (lists, recorded, mut many) = ([all(), super::names()], values(), 0);
        for name in names {
            let name = name.as_ref();
            let found = find_in(&lists, &recorded, name);
            let found = found.unwrap_or_else(|help| panic!("{kind} {name}: {help}"));
            assert!(found.iter().any(|topic| topic.kind == kind), "{name} is told as no {kind}");
            many += 1;
        }
        assert!(many > 1, "the table of {kind} is empty");
    }

    #[test]
    fn each_row_of_each_table_is_explained() {
        known("check of verify", checks::all().map(|check| check.id));
        known("severity of verify", Severity::WORDS.map(|(word, _)| word));
        known("profile of verify", Profile::WORDS.map(|(word, _)| word));
        known("check of swarm", LifeCheck::ALL.iter().map(|check| check.name()));
        known("kind of line in run.jsonl", words::kinds().into_iter().map(|(kind, _)| kind));
        let mut kinds: Vec<_> = events::all().map(|(kind, ..)| kind).collect();
        kinds.dedup();
        for kind in kinds {
            known(kind, events::all().filter(|it| it.0 == kind).map(|(_, name, _)| name));
        }
        known("outcome in run.jsonl", words::outcomes().into_iter().map(|(name, _)| name));
        known("action", VERBS.iter().map(|verb| verb.name));
        known("fault", FAULTS.iter().map(|fault| fault.name));
        known("policy", Policy::rows().into_iter().map(|row| row.name));
        known("setting of GoLinks", golinks::Settings::rows().into_iter().map(|row| row.name));
        known("quirk of GoLinks", quirks::TABLE.iter().map(|row| row.name));
        known("bug", BUGS.iter().map(|bug| bug.number));
    }

    #[test]
    fn a_check_of_verify_says_what_is_right_and_what_follows_from_it() {
        let told = find("patch.filtered").expect("a check");
        let long = &told[0].long;
        for word in ["right ", "failing ", "Entra ", "says ", "cause of ", "--only patch.filtered"]
        {
            assert!(long.contains(word), "{word}: {long}");
        }
        let differs = find("user.differs name.familyName").expect("a check of swarm");
        assert_eq!(differs[0].name, "user.differs");
    }
}
