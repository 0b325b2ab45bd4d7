//! `sign_in`: a user signs in to GoLinks.

use super::users::Users;
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::node::{Entry, unknown_key};
use crate::base::{Node, Problems};
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
          `jit_on_login` makes one or wakes one (B90). People know their passwords; `password` enters another text for one, which Entra refuses where \
          it is not the one in `[user.…]`. Whoever is let in has a session, which a deactivation ends unless \
          `golinks.sso.session_on_deactivate` says otherwise. `down` and faults concern the SCIM endpoint alone, and \
          hinder no sign-in.",
    example: "{ sign_in = \"ann\" }",
    read: |node, problems| SignIn::read(node, problems).map(Action::SignIn),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignIn {
    /// The users that sign in.
    pub users: Users,
    /// What is entered for the password; people know their own.
    pub password: Option<String>,
}

const KEYS: [&str; 2] = ["user", "password"];

impl SignIn {
    fn read(node: &Node, problems: &mut Problems) -> Option<SignIn> {
        let keys = node.entries();
        let misspelt = |entry: &&Entry| !KEYS.contains(&entry.key.as_str());
        if keys.len() > 1
            && node.get("user").is_some()
            && let Some(entry) = keys.iter().find(misspelt)
        {
            unknown_key(entry, "`sign_in`", &KEYS, problems);
            return None;
        }
        let Some(entered) = node.get("password") else {
            return Users::read(node, problems).map(|users| SignIn { users, password: None });
        };
        for entry in node.entries().iter().filter(|entry| !KEYS.contains(&entry.key.as_str())) {
            unknown_key(entry, "`sign_in`", &KEYS, problems);
        }
        let Some(user) = node.get("user") else {
            return node.expected("both `user` and `password`", problems);
        };
        let users = Users::read(user, problems)?;
        Some(SignIn { users, password: Some(entered.as_text(problems)?.to_owned()) })
    }
}

impl Act for SignIn {
    fn argument(&self) -> Node {
        match &self.password {
            None => self.users.to_node(),
            Some(entered) => {
                Node::table([("user", self.users.to_node()), ("password", Node::text(entered))])
            }
        }
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
            if self.is_refused(context, user)? {
                continue;
            }
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

impl SignIn {
    /// Whether Entra refuses what is entered for a user's password.
    fn is_refused(
        &self,
        context: &mut ActionContext<'_>,
        user: UserKey,
    ) -> Result<bool, ActionError> {
        let (Some(entered), tenant) = (&self.password, context.entra.tenant()) else {
            return Ok(false);
        };
        let handle = tenant.user(user).handle().clone();
        if !tenant.has_password(user) {
            let message = format!("{handle} has no password, and none is asked for");
            let help = format!("password = \"..\" below [user.{handle}] sets one");
            return Err(ActionError { message, help });
        }
        let Err(why) = tenant.check_password(user, entered) else { return Ok(false) };
        context.entra(|_, moment| {
            moment.emit(entra::Event::SignInRefused { user: handle, why });
            Ok::<_, ActionError>(true)
        })
    }
}

/// The door of Entra: the Response for GoLinks; `None` when the user is refused.
fn at_entra(context: &mut ActionContext<'_>, user: UserKey) -> Result<Option<String>, ActionError> {
    let (app, now) = (context.app, context.now);
    let at = sign_on::at(now, context.start, context.seed);
    let revoked = context.entra.tenant().times_revoked(user);
    let session = TenantSession { user, began: now, began_outside: now, revoked };
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
