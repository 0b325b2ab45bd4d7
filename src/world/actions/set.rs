//! `set`: any other setting, by its path.

use super::context::not_ours;
use super::{Act, Action, ActionContext, ActionError, Concerns, Verb};
use crate::base::node::{Entry, unknown_key};
use crate::base::{Kind, Moment, Node, Problems, Span};
use crate::entra::job::SetupRefusal;
use crate::entra::job::audit::Activity;
use crate::entra::secrets::{check_twice, expanded};
use crate::golinks::Profile;
use crate::world::fact::Fact;
use crate::{entra, golinks};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "set",
    doc: "Changes settings while the run goes on, by their paths below `golinks` and `entra`, policies and all; of several at \
          once all are set, in the order written, or none.\nWhat can be set, `explain golinks` and `explain entra` list.",
    example: "{ set = { entra.policy.max_rps = 5 } }",
    read: |node, problems| match &node.kind {
        Kind::Text(text) if let Some(form) = form_of(text) => {
            node.expected_like("a table of settings", &form, problems)
        }
        _ => Set::read(node, problems).map(Action::Set),
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Debug)]
pub struct Set {
    /// The settings as they were written.
    written: Node,
}

/// A setting that is written in one text, `entra.scope=all`, as a table.
fn form_of(text: &str) -> Option<String> {
    let (path, value) = text.split_once('=')?;
    let (path, value) = (path.trim(), value.trim());
    let is_bare = value.parse::<f64>().is_ok()
        || ["true", "false"].contains(&value)
        || value.starts_with(['"', '\'', '{', '[']);
    let value = if is_bare { value.to_owned() } else { format!("\"{value}\"") };
    Some(format!("write {{ set = {{ {path} = {value} }} }}"))
}

impl Set {
    /// Reads the settings, and tries them on a copy of the settings, so that a typo is found
    /// before the run, and what is chosen before a server starts.
    fn read(node: &Node, problems: &mut Problems) -> Option<Set> {
        let before = problems.errors();
        let mut entra = entra::Settings::default();
        let mut golinks = golinks::Settings::default();
        let mut generic = golinks::Settings { profile: Profile::Generic, ..golinks.clone() };
        let mut count = 0;
        each(node, problems, |party, path, value, problems| {
            count += 1;
            match party {
                Party::Entra => entra.set(path, value, problems),
                Party::GoLinks => {
                    let (one, other) = (golinks.clone(), generic.clone());
                    golinks.set(path, value, problems);
                    generic.set(path, value, &mut Problems::default());
                    if golinks.is_another_server(&one) || generic.is_another_server(&other) {
                        golinks::Settings::refuse_another_server(value.span, problems);
                    }
                }
            }
        });
        if count == 0 && problems.errors() == before {
            return node.expected_like(
                "a setting",
                "such as { entra.policy.max_rps = 5 }",
                problems,
            );
        }
        check_names(node, problems);
        (problems.errors() == before).then(|| Set { written: node.clone() })
    }

    /// The settings with their whole paths and their values, in the order written.
    pub fn settings(&self) -> Vec<(String, Node)> {
        let mut settings = Vec::new();
        each(&self.written, &mut Problems::default(), |party, path, value, _| {
            let party = match party {
                Party::Entra => "entra",
                Party::GoLinks => "golinks",
            };
            settings.push((format!("{party}.{}", path.join(".")), value.clone()));
        });
        settings
    }

    /// What it changes of the configuration of a job, as the rows of the audit log have it.
    pub(super) fn of_configuration(&self) -> Vec<(Activity, String)> {
        let mut changes = Vec::new();
        each(&self.written, &mut Problems::default(), |party, path, value, problems| match party {
            Party::Entra => {
                let settings = expanded(path, value, problems).into_iter();
                let known = settings.filter_map(|(path, it)| Activity::of_setting(&path, &it));
                changes.extend(known.chain(Activity::of_deletion(path, value)));
            }
            Party::GoLinks => {}
        });
        changes
    }

    /// Tries all settings on a copy of those in force: of several, either all are set or none.
    fn try_out(&self, context: &mut ActionContext<'_>, problems: &mut Problems) {
        let app = context.app;
        let mut entra = context.entra.seen_by(app).job().settings().clone();
        let before = context.target.mock_mut().map(|golinks| golinks.settings().clone());
        let mut golinks = before.clone();
        let mut last = Span::default();
        each(&self.written, problems, |party, path, value, problems| match (party, &mut golinks) {
            (Party::Entra, _) => {
                last = value.span;
                entra::refuse_for(app, path, value, problems);
                entra.set(path, value, problems);
            }
            (Party::GoLinks, Some(golinks)) => {
                golinks.set(path, value, problems);
                if before.as_ref().is_some_and(|before| golinks.is_another_server(before)) {
                    golinks::Settings::refuse_another_server(value.span, problems);
                }
            }
            (Party::GoLinks, None) => {
                let error = not_ours();
                problems.error(value.span, error.message).help(error.help);
            }
        });
        entra.check_policies(last, problems);
        if let Some(bytes) = context.entra.job_of(app).too_long(&entra) {
            let refusal = SetupRefusal::SecretTooLong(bytes);
            problems.error(last, refusal.to_string()).help(refusal.help());
        }
    }
}

impl Act for Set {
    fn argument(&self) -> Node {
        self.written.clone()
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let mut problems = Problems::default();
        self.try_out(context, &mut problems);
        if problems.has_errors() {
            return Err(problems.into());
        }
        let before = context.target.mock_mut().map(|golinks| golinks.settings().clone());
        let mut events = Vec::new();
        let mut moment = Moment::new(context.now, context.seed, &mut events);
        each(&self.written, &mut problems, |party, path, value, problems| match party {
            Party::Entra => {
                context.entra.set_of(context.app, path, value, &mut moment, problems);
            }
            Party::GoLinks => {
                if let Some(golinks) = context.target.mock_mut() {
                    golinks.set(path, value, problems);
                }
            }
        });
        let app = context.app;
        context.events.extend(events.into_iter().map(|event| Fact::entra(app, event)));
        if let Some(before) = before {
            context.golinks(|golinks, moment| {
                golinks.tell_settings(&before, moment);
                Ok::<_, ActionError>(())
            })?;
        }
        if problems.has_errors() { Err(problems.into()) } else { Ok(()) }
    }
}

/// Reports each setting of `entra` that is said by both of its names.
fn check_names(node: &Node, problems: &mut Problems) {
    let mut table = Node::bare(Kind::Table(Vec::new()));
    each(node, &mut Problems::default(), |party, path, value, _| match party {
        Party::Entra => put(&mut table, path, value),
        Party::GoLinks => {}
    });
    check_twice(&table, problems);
}

/// Puts a setting in its place in a table.
fn put(table: &mut Node, path: &[&str], value: &Node) {
    let (Kind::Table(entries), [key, inner @ ..]) = (&mut table.kind, path) else { return };
    let at = entries.iter().position(|entry| entry.key == *key).unwrap_or_else(|| {
        let empty = Node { span: value.span, kind: Kind::Table(Vec::new()) };
        entries.push(Entry { key: (*key).to_owned(), key_span: value.span, value: empty });
        entries.len() - 1
    });
    let place = &mut entries[at].value;
    match (&mut place.kind, &value.kind) {
        _ if !inner.is_empty() => put(place, inner, value),
        (Kind::Table(known), Kind::Table(more)) => known.extend(more.iter().cloned()),
        _ => *place = value.clone(),
    }
}

/// The party to which a setting belongs.
enum Party {
    Entra,
    GoLinks,
}

/// Calls `set` for each setting: `golinks.rate_limit` may be one key in quotes, or a key in the
/// table `golinks`.
fn each(
    node: &Node,
    problems: &mut Problems,
    mut set: impl FnMut(Party, &[&str], &Node, &mut Problems),
) {
    for entry in node.as_table(problems).unwrap_or_default() {
        let mut path = entry.key.split('.');
        let party = path.next().unwrap_or_default();
        let path: Vec<&str> = path.collect();
        if !matches!(party, "entra" | "golinks") {
            let known = Entry { key: party.to_owned(), ..entry.clone() };
            unknown_key(&known, "`set`", &["entra", "golinks"], problems);
            continue;
        }
        let mut each = |path: &[&str], value: &Node| {
            let party = if party == "entra" { Party::Entra } else { Party::GoLinks };
            set(party, path, value, problems);
        };
        match (&entry.value.kind, path.as_slice()) {
            (_, []) if entry.value.entries().is_empty() => {
                let help = "such as { entra.policy.max_rps = 5 }";
                let what = "settings by their names";
                entry.value.expected_like(what, help, problems).unwrap_or_default()
            }
            (Kind::Table(inner), []) => inner.iter().for_each(|inner| {
                let path: Vec<&str> = inner.key.split('.').collect();
                each(&path, &inner.value);
            }),
            (_, path) => each(path, &entry.value),
        }
    }
}
