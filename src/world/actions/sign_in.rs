//! `sign_in`: a user signs in to GoLinks.

use super::users::Users;
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::Node;
use crate::entra;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "sign_in",
    doc: "People sign in to GoLinks by single sign-on.\nEntra refuses who is blocked or deleted, and GoLinks is not \
          asked. GoLinks turns away who has no active account, unless the quirk `jit_on_login` makes one, or brings one \
          back to life (B90). Sessions that are open already go on. `down` and \
          faults concern the SCIM endpoint alone, and hinder no sign-in.",
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
        for (user, _) in self.users.find(tenant)? {
            match context.entra.tenant().sign_on(user).map(str::to_owned) {
                Ok(name) => context.golinks(|golinks, moment| golinks.sign_in(&name, moment))?,
                Err(why) => context.entra(|entra, moment| {
                    let user = entra.tenant().user(user).handle().clone();
                    moment.emit(entra::Event::SignInRefused { user, why });
                    Ok::<_, ActionError>(())
                })?,
            }
        }
        Ok(())
    }
}
