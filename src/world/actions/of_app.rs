//! An action that names the application it is meant for: `{ start = true, app = "test" }`.
//!
//! The key `app` stands beside the verb, so that every verb of a job or of GoLinks has it.

use super::{Act, Action, ActionContext, ActionError, Concerns, Mention, Name, Verb};
use crate::base::diagnostic::nearest;
use crate::base::node::Entry;
use crate::base::{Kind, Node, Problems};
use crate::golinks::written::Written;

/// The key beside a verb, or in its table.
pub(in crate::world) const KEY: &str = "app";

/// The verbs whose tables have names of an author's as keys, and so cannot have the key `app` too.
const KEYED_BY_NAMES: [&str; 7] =
    ["hire", "update", "set", "create_group", "update_group", "create_account", "edit_account"];

/// See above.
#[derive(Clone, PartialEq, Debug)]
pub struct OfApp {
    /// The name of the application.
    pub app: String,
    /// What is done.
    pub action: Box<Action>,
}

impl OfApp {
    /// The verb of what is done.
    pub(super) fn verb(&self) -> &'static Verb {
        self.action.parts().0
    }
}

impl Act for OfApp {
    fn argument(&self) -> Node {
        self.action.parts().1.argument()
    }

    fn names(&self) -> Vec<Name<'_>> {
        let mut names = vec![Name::App(&self.app)];
        names.extend(self.action.names());
        names
    }

    fn paths(&self) -> Vec<(&Written, Mention)> {
        self.action.paths()
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        self.action.apply(context)
    }
}

/// Takes the name of an application out of an action: beside the verb, or among the keys of its
/// table. A table that has nothing but it is that of a bare word.
pub(super) fn take(entries: &[Entry]) -> (Vec<Entry>, Option<Entry>) {
    let mut entries = entries.to_vec();
    if entries.len() > 1
        && let Some(at) = entries.iter().position(|entry| entry.key == KEY)
    {
        let app = entries.remove(at);
        return (entries, Some(app));
    }
    if let [entry] = entries.as_mut_slice()
        && !KEYED_BY_NAMES.contains(&entry.key.as_str())
        && let Kind::Table(inner) = &mut entry.value.kind
        && let Some(at) = inner.iter().position(|entry| entry.key == KEY)
    {
        let app = inner.remove(at);
        if inner.is_empty() {
            entry.value.kind = Kind::Bool(true);
        }
        return (entries, Some(app));
    }
    (entries, None)
}

/// Joins an action with the name of its application, unless it is not an application's.
pub(super) fn join(action: Action, app: &Entry, problems: &mut Problems) -> Option<Action> {
    let name = app.value.as_text(problems)?;
    if action.parts().1.concerns() == Concerns::World {
        problems
            .error(app.key_span, format!("`{}` is not done to an application", action.verb()))
            .label("the directory, the faults and the clock are one for all of them")
            .help("leave `app` out");
        return None;
    }
    Some(Action::OfApp(OfApp { app: name.to_owned(), action: Box::new(action) }))
}

/// The error of an action that names an application which does not exist.
pub(in crate::world) fn unknown<'a>(
    name: &str,
    known: impl Iterator<Item = &'a str>,
) -> ActionError {
    let known: Vec<&str> = known.collect();
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", known.join(", ")),
    };
    ActionError { message: format!("there is no application `{name}`"), help }
}
