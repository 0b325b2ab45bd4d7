//! `set_scope`: the job provisions all users, or only the assigned ones.

use super::{Act, Action, ActionContext, ActionError, Concerns, Verb};
use crate::base::{Node, Problems};
use crate::entra::scope::SyncScope;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "set_scope",
    doc: "Chooses who is provisioned: `assigned` people, or `all`.\nIt takes effect with the next initial cycle (B84).",
    example: "{ set_scope = \"all\" }",
    read: |node, problems| {
        node.as_word(&SyncScope::WORDS, problems).map(|scope| Action::SetScope(SetScope { scope }))
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetScope {
    /// The new scope.
    pub scope: SyncScope,
}

impl Act for SetScope {
    fn argument(&self) -> Node {
        Node::text(self.scope.word())
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let (app, word) = (context.app, self.argument());
        context.entra(|entra, moment| {
            let mut problems = Problems::default();
            entra.set_of(app, &["scope"], &word, moment, &mut problems);
            if problems.has_errors() { Err(problems) } else { Ok(()) }
        })
    }
}
