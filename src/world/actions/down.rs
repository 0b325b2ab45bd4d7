//! `down`: GoLinks goes down.

use super::{Act, Action, ActionContext, ActionError, Verb, bare};
use crate::base::{Kind, Node};
use crate::world::faults::{Effect, Fault, Matcher};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "down",
    doc: "GoLinks' SCIM endpoint goes down: every connection is refused until `up`. People still sign in.\nIt is the fault `down`, and `fault` can say more: for \
          how long, for which requests, and what is seen instead.",
    example: "\"down\"",
    read: |node, problems| match node.kind {
        Kind::Text(_) => node.expected_like(
            "nothing behind `down`",
            "write { fault = { name = \"down\", refuse = true, for = \"1h\" } }",
            problems,
        ),
        Kind::Integer(status) => node.expected_like(
            "nothing behind `down`",
            &format!("write {{ fault = {{ name = \"down\", respond = {status} }} }}"),
            problems,
        ),
        _ => bare(node, NAME, Action::Down(Down), problems),
    },
};

/// The name of the verb and of its fault.
pub const NAME: &str = "down";

/// See [`VERB`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Down;

impl Act for Down {
    fn argument(&self) -> Node {
        Node::bare(Kind::Bool(true))
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let fault = Fault {
            name: NAME.to_owned(),
            from: None,
            until: None,
            lasts: None,
            probability: 1.0,
            when: Matcher::default(),
            effect: Effect::Refuse,
        };
        let mut switched = Vec::new();
        context.faults.add(fault, context.now, |switch| switched.push(switch))?;
        switched.into_iter().for_each(|switch| context.switched(switch));
        Ok(())
    }
}
