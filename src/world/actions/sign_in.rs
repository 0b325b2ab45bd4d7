//! `sign_in`: a user signs in to GoLinks.

use super::users::Users;
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::Node;
use crate::base::{Seed, Time};
use crate::entra;
use crate::entra::tenant::{Attribute, User};
use crate::golinks::{ACS_PATH, Assertion};
use std::time::Duration;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "sign_in",
    doc: "People sign in to GoLinks by single sign-on: first Entra decides, then GoLinks.\nEntra refuses who is blocked \
          or deleted, and GoLinks is not asked. GoLinks lets in who has an active account, makes one for who has none \
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
        let tenant = context.entra.tenant();
        for (user, _) in self.users.find(tenant)? {
            match context.entra.tenant().sign_on(user).map(str::to_owned) {
                Ok(name) => {
                    let user = context.entra.tenant().user(user);
                    let assertion = assertion(user, &name, context.seed, context.now);
                    context.golinks(|golinks, moment| {
                        // Who is turned away is told in the event.
                        drop(golinks.sign_in(&assertion, moment));
                        Ok::<_, ActionError>(())
                    })?
                }
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

/// What Entra says of a user to GoLinks.
fn assertion(user: &User, name: &str, seed: Seed, now: Time) -> Assertion {
    const CLAIMS: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/";
    let claims = [
        ("givenname", user.get(Attribute::GivenName)),
        ("surname", user.get(Attribute::Surname)),
        ("emailaddress", user.get(Attribute::Mail)),
        ("name", Some(name)),
    ];
    let claims = claims
        .into_iter()
        .filter_map(|(claim, value)| Some((format!("{CLAIMS}{claim}"), value?.to_owned())));
    let object_id = (
        "http://schemas.microsoft.com/identity/claims/objectidentifier".to_owned(),
        user.object_id().to_string(),
    );
    Assertion {
        id: format!("_{:032x}", seed.named("assertion", name, now.as_micros().unsigned_abs())),
        name_id: name.to_owned(),
        audiences: vec!["okta_sso_golinks".to_owned()],
        recipient: Some(ACS_PATH.to_owned()),
        in_response_to: None,
        not_before: now.before(Duration::from_secs(300)),
        not_on_or_after: now + Duration::from_secs(3_600),
        attributes: std::iter::once(object_id).chain(claims).collect(),
    }
}
