//! `restart`: the portal's Restart provisioning, or the API's with flags.

use super::names::texts;
use super::{Act, Action, ActionContext, ActionError, Concerns, Verb};
use crate::base::diagnostic::did_you_mean;
use crate::base::{Kind, Node, Problems};
use crate::entra::job::ResetScope;
use crate::entra::policy::Policy;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "restart",
    doc: "Restarts provisioning with an initial cycle: the watermark, the failures and a quarantine are forgotten, the \
          links are kept. A job that was stopped or given up is started by it.\nWith flags, as Graph spells them, only what they say is forgotten: None, Watermark, Escrows, \
          QuarantineState, ConnectorDataStore, Full; ForceDeletes forgets nothing and allows the deletions that \
          are staged.",
    example: "{ restart = [\"Full\"] }",
    read: |node, problems| read(node, problems).map(|flags| Action::Restart(Restart { flags })),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Restart {
    /// The API's flags; none for the portal's button.
    pub flags: Vec<String>,
}

impl Restart {
    fn scope(&self, policy: &Policy) -> Result<ResetScope, String> {
        let flags: Vec<&str> = self.flags.iter().map(String::as_str).collect();
        ResetScope::read(&flags, policy)
            .map_err(|flag| format!("unknown flag `{flag}` of `restart`"))
    }
}

fn read(node: &Node, problems: &mut Problems) -> Option<Vec<String>> {
    if node.kind == Kind::Bool(true) {
        return Some(Vec::new());
    }
    let flags = node.as_texts(problems)?;
    let unknown = |(flag, _): &(&String, &Node)| !ResetScope::FLAGS.contains(&flag.as_str());
    if let Some((flag, at)) = flags.iter().zip(node.items()).find(unknown) {
        let help = did_you_mean(flag, ResetScope::FLAGS);
        problems.error(at.span, format!("unknown flag `{flag}` of `restart`")).help(help);
        return None;
    }
    Some(flags)
}

impl Act for Restart {
    fn argument(&self) -> Node {
        if self.flags.is_empty() { Node::bare(Kind::Bool(true)) } else { texts(&self.flags) }
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let job = context.entra.seen_by(context.app).job();
        let scope = self.scope(&job.settings().policy)?;
        context.portal(|job, moment| {
            job.can_start()?;
            job.restart(scope, moment);
            Ok(())
        })
    }
}
