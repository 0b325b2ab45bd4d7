//! `sign_in`: a user signs in to GoLinks.

use super::users::Users;
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::Node;
use crate::entra;
use crate::entra::sign_on::{Refusal, TenantSession, from_my_apps};
use crate::entra::tenant::UserKey;
use crate::world::sign_on;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "sign_in",
    doc: "People sign in to GoLinks by single sign-on: first Entra decides, then GoLinks.\nEntra refuses who is blocked, \
          deleted or not assigned (`[entra.sso]`), and GoLinks is not asked; else it signs a Response, which GoLinks checks. GoLinks lets in who has an active account, makes one for who has none \
          (`golinks.sso.jit`), and turns away who has an inactive one (`golinks.sso.inactive_sign_in`); the quirk \
          `jit_on_login` makes one or wakes one (B90). Whoever is let in has a session, which a deactivation ends unless \
          `golinks.sso.session_on_deactivate` says otherwise. `down` and faults concern the SCIM endpoint alone, and \
          hinder no sign-in.",
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
        give_metadata(context)?;
        let tenant = context.entra.tenant();
        for (user, _) in self.users.find(tenant)? {
            if let Some(response) = at_entra(context, user)? {
                context.golinks(|golinks, moment| {
                    // Who is turned away is told in the event.
                    drop(golinks.take_response(&response, moment));
                    Ok::<_, ActionError>(())
                })?;
            }
        }
        Ok(())
    }
}

/// The door of Entra: the Response for GoLinks; `None` when the user is refused.
fn at_entra(context: &mut ActionContext<'_>, user: UserKey) -> Result<Option<String>, ActionError> {
    let (app, now) = (context.app, context.now);
    let at = sign_on::at(now, context.start, context.seed);
    let session = TenantSession { user, began: now, began_outside: now };
    context.entra(|entra, moment| {
        if let Err(why) = entra.may_sign_on(app, user) {
            let user = entra.tenant().user(user).handle().clone();
            moment.emit(entra::Event::SignInRefused { user, why });
            return Ok::<_, ActionError>(None);
        }
        let ask = from_my_apps(entra, app, at).map_err(refused)?;
        Ok(entra.sign_on(&ask, session, at, moment).ok().map(|issued| issued.response))
    })
}

/// What keeps an application from signing anybody in.
fn refused(refusal: Refusal) -> ActionError {
    let message = format!("AADSTS{}: {}", refusal.code, refusal.message);
    ActionError { message, help: refusal.advice }
}

/// Gives GoLinks the tenant's metadata, unless it has them: a copy that grows old [golinks].
fn give_metadata(context: &mut ActionContext<'_>) -> Result<(), ActionError> {
    let known = context.target.mock().is_some_and(|golinks| golinks.identity_provider().is_some());
    if known {
        return Ok(());
    }
    renew_metadata(context)
}

/// Gives GoLinks the tenant's metadata as they are now.
pub(super) fn renew_metadata(context: &mut ActionContext<'_>) -> Result<(), ActionError> {
    let at = sign_on::at(context.now, context.start, context.seed);
    let provider = sign_on::metadata(context.entra, context.app, at);
    context.golinks(|golinks, _| {
        golinks.take_metadata(provider);
        Ok::<_, ActionError>(())
    })
}
