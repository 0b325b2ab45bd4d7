//! The names of attributes and properties: those of Graph, of the directory as mappings read it,
//! and of SCIM. Most come from the tables by which requests and mappings are read, so that what is
//! added there is told of.

use std::collections::BTreeMap;

use super::graph::DOCS;
use super::topics::{Topic, topic};
use crate::entra::field::{Field, FieldKind};
use crate::entra::graph::vocabulary;
use crate::entra::secrets::SECRET_KEYS;
use crate::scim::schema::{Attribute, Schema};
use crate::scim::standard;

/// The topics of all of them.
pub fn all() -> Vec<Topic> {
    let mut topics: Vec<Topic> = of_graph().chain(keys()).chain(of_directory()).collect();
    topics.extend(PATHS.map(|(name, doc)| topic("path", name, doc, String::new())));
    for schema in [standard::user(), standard::enterprise_user(), standard::group()] {
        of_scim(&schema, "", &schema.attributes, &mut topics);
    }
    topics
}

/// The properties of Graph: those with words of their own, then what the tables say of the others.
fn of_graph() -> impl Iterator<Item = Topic> {
    let mut objects: BTreeMap<&str, (Vec<&str>, &str)> = BTreeMap::new();
    for (name, of, holds) in vocabulary::properties() {
        let (known, held) = objects.entry(name).or_default();
        if !known.contains(&of) {
            known.push(of);
        }
        if held.is_empty() {
            *held = holds;
        }
    }
    let of = |known: &[&str]| match known {
        [] => String::new(),
        known => format!("  of  {}\n", known.join(", ")),
    };
    let told: Vec<Topic> = DOCS
        .iter()
        .map(|(name, doc)| {
            let known = objects.remove(name).map(|(known, _)| known).unwrap_or_default();
            topic(PROPERTY, name, doc, of(&known))
        })
        .collect();
    let others = objects.into_iter().map(move |(name, (known, holds))| {
        let doc = match holds {
            "" => "A property that Graph shows.".to_owned(),
            holds if holds.starts_with("which ") => format!("A property of Graph, {holds}."),
            holds => format!("A property of Graph: {holds}."),
        };
        topic(PROPERTY, name, &doc, of(&known))
    });
    told.into_iter().chain(others.collect::<Vec<_>>())
}

/// Paths with a name of the scenario in them.
const PATHS: [(&str, &str); 2] = [
    (
        "fault.<name>",
        "A fault by its name, as --set writes it: `fault.outage={ refuse = true, from = \"1d\" }`.\n\
         It changes the fault of that name, or adds one. `explain faults` lists what it can do.",
    ),
    (
        "user.<attribute>",
        "An attribute of a user in the rule of a dynamic group: `user.department -eq \"Sales\"`; or the table of a user \
         in a scenario, by the user's name.",
    ),
];

const PROPERTY: &str = "property of Graph";

/// The vendor's keys of a job's secrets that are no settings of this application.
fn keys() -> impl Iterator<Item = Topic> {
    let others = vocabulary::secret_keys()
        .filter(|(key, _)| !SECRET_KEYS.iter().any(|known| known.name == *key));
    others.map(|(key, is_shown)| {
        let shown = if is_shown { "its value is shown as it was written" } else { "its value is shown as *" };
        let doc = format!(
            "One of the vendor's keys in `synchronization/secrets` that does nothing for this application.\n\
             It can be written, and is then listed; {shown}. The vendor documents what few of these keys do, and \
             many belong to other connectors."
        );
        topic("key of Graph's secrets", key, &doc, String::new())
    })
}

/// What mappings and filters read of a user or a group.
fn of_directory() -> impl Iterator<Item = Topic> {
    Field::names().map(|name| {
        let field = Field::find(name);
        let holds = match field.map(Field::holds) {
            Some(FieldKind::Text) | None => "a text",
            Some(FieldKind::Truth) => "true or false",
            Some(FieldKind::Reference) => "another object",
            Some(FieldKind::Several) => "several values",
            Some(FieldKind::Date) => "a date",
        };
        let doc = match field {
            Some(Field::IsSoftDeleted) => SOFT_DELETED.to_owned(),
            None | Some(Field::NotHeld) => {
                "An attribute of users in Entra that this directory keeps no values of.\n\
                 A mapping may name it; its value is none."
                    .to_owned()
            }
            Some(field) if field.name() != name => {
                format!("The service's older name of `{}`: {holds}.", field.name())
            }
            Some(_) => {
                format!("An attribute of the directory, as mappings and filters read it: {holds}.")
            }
        };
        topic("source attribute", name, &doc, format!("  [{name}]\n"))
    })
}

const SOFT_DELETED: &str = "Whether the account is to be inactive: the user is out of scope, blocked from sign-in, or deleted.\n\
     The service computes it, and the row of `active` reads it: Switch([IsSoftDeleted], , \"False\", \"True\", \"True\", \
     \"False\"). A filter may not.";

/// The attributes of a SCIM schema, with those inside of them.
fn of_scim(schema: &Schema, within: &str, attributes: &[Attribute], topics: &mut Vec<Topic>) {
    for attribute in attributes {
        let name = format!("{within}{}", attribute.name);
        let doc = format!("{}.", attribute.description);
        let known = |topic: &Topic| topic.kind == SCIM && topic.name == name;
        if !topics.iter().any(known) {
            topics.push(topic(SCIM, &name, &doc, format!("  of  {}\n", schema.id)));
        }
        of_scim(schema, &format!("{name}."), &attribute.sub, topics);
    }
}

const SCIM: &str = "attribute of SCIM";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::explain::{lookup, topics};

    #[test]
    fn every_name_of_these_tables_is_found() {
        let lists = [topics::all(), all()];
        let names = vocabulary::properties().into_iter().map(|(name, ..)| name);
        let names = names.chain(vocabulary::secret_keys().map(|(key, _)| key));
        for name in names.chain(Field::names()).chain(DOCS.iter().map(|(name, _)| *name)) {
            let found = lookup::find(&lists, name).unwrap_or_else(|help| panic!("{name}: {help}"));
            let is = |topic: &Topic| topic.name.to_lowercase().contains(&name.to_lowercase());
            assert!(found.iter().any(is), "{name}");
        }
        for path in ["name.familyName", "externalId", "emails.value", "department"] {
            assert!(lookup::find(&lists, path).is_ok(), "{path}");
        }
    }
}
