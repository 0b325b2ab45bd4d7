//! `set`: any other setting, by its path.

use super::context::not_ours;
use super::{Act, Action, ActionContext, ActionError, Concerns, Verb};
use crate::base::node::{Entry, unknown_key};
use crate::base::{Kind, Moment, Node, Problems};
use crate::world::fact::Fact;
use crate::{entra, golinks};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "set",
    doc: "Changes settings while the run goes on, by their paths below `golinks` and `entra`, policies and all; several at \
          once are set in the order written.\nWhat can be set, `explain golinks` and `explain entra` list.",
    example: "{ set = { entra.policy.max_rps = 5 } }",
    read: |node, problems| Set::read(node, problems).map(Action::Set),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Debug)]
pub struct Set {
    /// The settings as they were written.
    written: Node,
}

impl Set {
    /// Reads the settings, and tries them on a copy of the settings, so that a typo is found
    /// before the run.
    fn read(node: &Node, problems: &mut Problems) -> Option<Set> {
        let before = problems.errors();
        let mut entra = entra::Settings::default();
        let mut golinks = golinks::Settings::default();
        each(node, problems, |party, path, value, problems| match party {
            Party::Entra => entra.set(path, value, problems),
            Party::GoLinks => golinks.set(path, value, problems),
        });
        (problems.errors() == before).then(|| Set { written: node.clone() })
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
        let mut events = Vec::new();
        let mut moment = Moment::new(context.now, context.seed, &mut events);
        each(&self.written, &mut problems, |party, path, value, problems| match party {
            Party::Entra => match path {
                // Policies and the administrator who is signed in are the simulation's.
                ["policy" | "role", ..] => {
                    context.entra.set_of(context.app, path, value, &mut moment, problems)
                }
                _ => match context.check_role("set") {
                    Ok(()) => context.entra.set_of(context.app, path, value, &mut moment, problems),
                    Err(error) => {
                        problems.error(value.span, error.message).help(error.help);
                    }
                },
            },
            Party::GoLinks => match context.target.mock_mut() {
                Some(golinks) => golinks.set(path, value, problems),
                None => {
                    let error = not_ours();
                    problems.error(value.span, error.message).help(error.help);
                }
            },
        });
        let app = context.app;
        context.events.extend(events.into_iter().map(|event| Fact::entra(app, event)));
        if problems.has_errors() { Err(problems.into()) } else { Ok(()) }
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
            (Kind::Table(inner), []) => inner.iter().for_each(|inner| {
                let path: Vec<&str> = inner.key.split('.').collect();
                each(&path, &inner.value);
            }),
            (_, path) => each(path, &entry.value),
        }
    }
}
