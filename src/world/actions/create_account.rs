//! `create_account`: somebody invites a person into GoLinks by hand.

use super::{Act, Action, ActionError, Stage, Verb, json};
use crate::base::{Node, Problems};
use crate::scim::{Object, Path, Value};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "create_account",
    doc: "Creates an account at GoLinks by hand, past provisioning. The keys are SCIM paths; `userName` is required, and \
          the account is active unless said.",
    example: "{ create_account = { userName = \"bob@contoso.example\", active = true, name.familyName = \"Brand\" } }",
    read: |node, problems| CreateAccount::read(node, problems).map(Action::CreateAccount),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Debug)]
pub struct CreateAccount {
    written: Node,
    attributes: Vec<(String, Value)>,
}

impl CreateAccount {
    fn read(node: &Node, problems: &mut Problems) -> Option<CreateAccount> {
        let attributes = json::paths(node, problems)?;
        if node.get("userName").is_none() {
            problems.error(node.span, "an account needs a `userName`");
            return None;
        }
        Some(CreateAccount { written: node.clone(), attributes })
    }

    /// The account as a SCIM client would POST it.
    fn resource(&self) -> Object {
        let mut object = Object::new();
        object.insert("active", true);
        for (path, value) in &self.attributes {
            if let Ok(path) = Path::parse(path) {
                path.set(&mut object, value.clone());
            }
        }
        object
    }
}

impl Act for CreateAccount {
    fn argument(&self) -> Node {
        self.written.clone()
    }

    fn apply(&self, stage: &mut Stage<'_>) -> Result<(), ActionError> {
        let resource = self.resource();
        stage.golinks(|golinks, moment| golinks.create_account(resource, moment).map(drop))
    }
}
