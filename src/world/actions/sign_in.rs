//! `sign_in`: a user signs in to GoLinks.

use super::names::Users;
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::Node;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "sign_in",
    doc: "People sign in to GoLinks by single sign-on.\nWho has no active account is turned away, unless the quirk \
          `jit_on_login` makes one, or brings one back to life (B90).",
    example: "{ sign_in = \"ann\" }",
    read: |node, problems| {
        Users::read(node, problems).map(|users| Action::SignIn(SignIn { users }))
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignIn {
    /// The users that sign in.
    pub users: Users,
}

impl Act for SignIn {
    fn argument(&self) -> Node {
        self.users.to_node()
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.users.names()
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let tenant = context.entra.tenant();
        let mut names = Vec::with_capacity(self.users.0.len());
        for handle in &self.users.0 {
            let user = tenant.user(tenant.user_named(handle)?);
            let name = user.sign_in_name().map(str::to_owned);
            names.push(
                name.ok_or_else(|| format!("{handle} has no userPrincipalName to sign in with"))?,
            );
        }
        for name in names {
            context.golinks(|golinks, moment| golinks.sign_in(&name, moment))?;
        }
        Ok(())
    }
}
