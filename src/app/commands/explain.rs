//! `explain`: the closed vocabularies of scenario files, printed from the tables that define them.

use crate::app::cli::ExplainArgs;
use crate::app::exit::{Exit, Failure};
use crate::app::terminal::{self, paint};
use crate::base::diagnostic::did_you_mean;
use crate::entra::people::vocabulary;
use crate::entra::policy::Policy;
use crate::golinks;
use crate::scenario::report::Tone;
use crate::world::actions::VERBS;
use crate::world::faults::FAULTS;

/// One thing that can be explained.
struct Topic {
    kind: &'static str,
    name: String,
    short: String,
    long: String,
}

/// Explains one thing, or lists all that can be explained.
pub fn run(args: &ExplainArgs) -> Result<Exit, Failure> {
    let topics = topics();
    match &args.thing {
        None => list(&topics),
        Some(thing) => {
            let found: Vec<&Topic> = topics.iter().filter(|topic| topic.is_called(thing)).collect();
            if found.is_empty() {
                let names: Vec<&str> = topics.iter().map(|topic| topic.name.as_str()).collect();
                let help = match crate::base::diagnostic::nearest(thing, names.iter().copied()) {
                    Some(_) => did_you_mean(thing, names),
                    None => "`scimulator explain` lists everything".to_owned(),
                };
                return Err(Failure::bad(format!("there is nothing called `{thing}`")).help(help));
            }
            for topic in found {
                terminal::say(&format!("{} ({})\n\n{}\n", paint(Tone::Strong, &topic.name), topic.kind, topic.long));
            }
        }
    }
    Ok(Exit::Met)
}

impl Topic {
    /// By its full name, or the last part of it.
    fn is_called(&self, thing: &str) -> bool {
        self.name == thing || self.name.rsplit('.').next() == Some(thing)
    }
}

fn list(topics: &[Topic]) {
    let width = topics.iter().map(|topic| topic.name.len()).max().unwrap_or(0);
    let mut kind = "";
    for topic in topics {
        if topic.kind != kind {
            kind = topic.kind;
            terminal::say(&format!("\n{}\n", paint(Tone::Strong, kind)));
        }
        terminal::say(&format!("  {:width$}  {}\n", topic.name, topic.short));
    }
}

fn topics() -> Vec<Topic> {
    let verbs = VERBS.iter().map(|verb| Topic {
        kind: "action",
        name: verb.name.to_owned(),
        short: first_sentence(verb.doc),
        long: format!("  {}\n\n  do = {}\n", verb.doc, verb.example),
    });
    let faults = FAULTS.iter().map(|fault| Topic {
        kind: "fault",
        name: fault.name.to_owned(),
        short: first_sentence(fault.doc),
        long: format!("  {}\n\n{}\n", fault.doc, indent(fault.example)),
    });
    let policies = Policy::rows().into_iter().map(|row| Topic {
        kind: "policy",
        name: format!("entra.policy.{}", row.name),
        short: first_sentence(row.doc),
        long: format!(
            "  {}\n\n  default  {}\n  takes    {}\n  source   {} {}\n",
            row.doc.trim(),
            row.default,
            row.takes,
            row.provenance.word(),
            row.source
        ),
    });
    let settings = golinks::Settings::NAMES.iter().map(|row| Topic {
        kind: "setting of GoLinks",
        name: format!("golinks.{}", row.name),
        short: first_sentence(row.doc),
        long: format!("  {}\n\n  default  {}\n", row.doc, row.default),
    });
    let people =
        [("people", &vocabulary::PEOPLE[..]), ("user.<name>", &vocabulary::USER), ("group.<name>", &vocabulary::GROUP)];
    let people = people.into_iter().flat_map(|(table, keys)| keys.iter().map(move |key| (table, key)));
    let people = people.map(|(table, key)| Topic {
        kind: "key of people",
        name: format!("{table}.{}", key.name),
        short: first_sentence(key.doc),
        long: format!("  {}\n\n  [{table}]\n  {} = {}\n", key.doc, key.name, key.example),
    });
    verbs.chain(faults).chain(policies).chain(settings).chain(people).collect()
}

fn first_sentence(doc: &str) -> String {
    let doc = doc.trim();
    let end = doc.find(". ").unwrap_or(doc.len());
    doc[..end].trim_end_matches('.').to_owned()
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}
