//! `fault`: something begins to go wrong.

use super::{Act, Action, ActionContext, ActionError, Name, Verb};
use crate::base::Node;
use crate::world::faults::Fault;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "fault",
    doc: "Switches a fault on, written as a `[[fault]]` table; one of the same name is replaced.\nIt ends with `until`, after \
          `for`, or by `clear_fault`.",
    example: "{ fault = { name = \"outage\", respond = 503, for = \"10h\" } }",
    read: |node, problems| {
        Fault::read(node, problems).map(|fault| Action::AddFault(AddFault { fault }))
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Debug)]
pub struct AddFault {
    /// The fault.
    pub fault: Fault,
}

impl Act for AddFault {
    fn argument(&self) -> Node {
        self.fault.to_node()
    }

    fn names(&self) -> Vec<Name<'_>> {
        let when = &self.fault.when;
        let users = when.users.iter().map(|user| Name::User(user));
        let new = std::iter::once(Name::NewFault(&self.fault.name));
        users.chain(when.apps.iter().map(|app| Name::App(app))).chain(new).collect()
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let mut switched = Vec::new();
        context.faults.add(self.fault.clone(), context.now, |switch| switched.push(switch))?;
        switched.into_iter().for_each(|switch| context.switched(switch));
        Ok(())
    }
}
