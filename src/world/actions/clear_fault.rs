//! `clear_fault`: a fault is over.

use super::names::{each_once, texts};
use super::{Act, Action, ActionContext, ActionError, Name, Verb};
use crate::base::Node;
use crate::base::diagnostic::did_you_mean;
use crate::world::faults::Switched;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "clear_fault",
    doc: "Takes faults away, by their names.",
    example: "{ clear_fault = \"outage\" }",
    read: |node, problems| {
        each_once(node, problems).map(|names| Action::ClearFault(ClearFault { names }))
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClearFault {
    /// The names of the faults.
    pub names: Vec<String>,
}

impl Act for ClearFault {
    fn argument(&self) -> Node {
        texts(&self.names)
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.names.iter().map(|name| Name::Fault(name)).collect()
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        if let Some(name) = self.names.iter().find(|name| context.faults.find(name).is_none()) {
            let known: Vec<&str> =
                context.faults.iter().map(|running| running.fault.name.as_str()).collect();
            let help = if known.is_empty() {
                "there are no faults".to_owned()
            } else {
                did_you_mean(name, known)
            };
            return Err(ActionError { message: format!("there is no fault `{name}`"), help });
        }
        for name in &self.names {
            if let Some(Switched { name, on: true }) = context.faults.clear(name) {
                context.switched(Switched { name, on: false });
            }
        }
        Ok(())
    }
}
