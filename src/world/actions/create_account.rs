//! `create_account`: an administrator of GoLinks makes an account by hand.

use super::{Act, Action, ActionContext, ActionError, Concerns, Mention, Verb};
use crate::base::{Moment, Node, Problems, Seed, Span, Time};
use crate::golinks::written::{self, Written};
use crate::golinks::{GoLinks, Settings};
use crate::scim::{self, Object};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "create_account",
    doc: "Creates an account at GoLinks by hand, past provisioning.\nThe keys are SCIM paths; `userName` is required, and \
          the account is active unless said.",
    example: "{ create_account = { userName = \"bob@contoso.example\", active = true, name.familyName = \"Brand\" } }",
    read: |node, problems| CreateAccount::read(node, problems).map(Action::CreateAccount),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Debug)]
pub struct CreateAccount {
    written: Node,
    attributes: Vec<Written>,
}

impl CreateAccount {
    fn read(node: &Node, problems: &mut Problems) -> Option<CreateAccount> {
        let before = problems.errors();
        let attributes = written::attributes(node, problems);
        let has_name = |written: &Written| written.path.attribute.eq_ignore_ascii_case("userName");
        if problems.errors() == before && !attributes.iter().any(has_name) {
            problems.error(node.span, "an account needs a `userName`");
        }
        (problems.errors() == before).then(|| CreateAccount { written: node.clone(), attributes })
    }

    /// The account as a SCIM client would POST it.
    fn resource(&self) -> Object {
        let mut object = Object::new();
        object.insert("active", true);
        for written in &self.attributes {
            written.path.set(&mut object, written.value.clone());
        }
        object
    }

    /// Tries to create the account on an empty server with these settings; a value of it alone
    /// first, so that the one that is refused is found.
    pub(super) fn try_out(
        &self,
        settings: &Settings,
        start: Time,
    ) -> Result<(), (Span, scim::Error)> {
        let mut events = Vec::new();
        let mut moment = Moment::new(start, Seed(0), &mut events);
        let mut free = settings.clone();
        free.required = Default::default();
        for written in &self.attributes {
            let mut resource = Object::new();
            resource.insert("userName", "somebody@contoso.example");
            written.path.set(&mut resource, written.value.clone());
            GoLinks::new(free.clone(), start)
                .create_account(resource, &mut moment)
                .map_err(|error| (written.span, error))?;
        }
        let whole = self.attributes.first().map(|written| written.span).unwrap_or_default();
        let mut golinks = GoLinks::new(settings.clone(), start);
        golinks
            .create_account(self.resource(), &mut moment)
            .map(drop)
            .map_err(|error| (whole, error))
    }
}

impl Act for CreateAccount {
    fn argument(&self) -> Node {
        self.written.clone()
    }

    fn paths(&self) -> Vec<(&Written, Mention)> {
        self.attributes.iter().map(|written| (written, Mention::Made)).collect()
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let resource = self.resource();
        context.golinks(|golinks, moment| golinks.create_account(resource, moment).map(drop))
    }
}
