//! The rows of the sign-in log that sign-ins here leave [graph-sign-in].

use super::error::SignInError;
use super::grants::Consent;
use super::path::Version;
use super::registration::{self, Registration};
use super::scopes::{self, GRAPH_APP_ID, TokenFor};
use super::{Asked, At, Authority};
use crate::entra::sign_in_log::{LoggedSignIn, SignInKind, SignInParty, given};

/// What became of a sign-in.
pub(super) type SignInOutcome<'e> = Result<(), &'e SignInError>;

impl Authority {
    /// Adds the sign-in of an application in its own name. A client that says no id has none.
    pub(super) fn log_application(
        &mut self,
        asked: &Asked<'_>,
        version: Version,
        outcome: SignInOutcome<'_>,
    ) {
        let Some(app_id) = asked.client_named() else { return };
        let found = registration::find(&app_id, asked.at);
        let resource = scopes::of_application(asked, version).ok();
        let app = found.as_ref().map_or_else(|| SignInParty::new(&app_id, ""), party);
        let principal = found.map(|found| found.object_id).unwrap_or_default();
        self.sign_ins.push(LoggedSignIn {
            kind: SignInKind::ServicePrincipal,
            protocol: "oAuth2",
            user: None,
            principal: principal.into(),
            resource: resource.map(|it| resource_of(&it, asked.at)).unwrap_or_default(),
            app,
            code: outcome.err().map_or(0, |error| error.code),
            why: outcome.err().map_or("", |error| &error.message).into(),
        });
    }

    /// Adds the sign-in of a user, by the name or object id that was entered, at a client.
    pub(super) fn log_user(
        &mut self,
        (kind, protocol): (SignInKind, &'static str),
        user: &str,
        (client, resource): (&Registration, &TokenFor),
        outcome: SignInOutcome<'_>,
        at: At<'_>,
    ) {
        self.sign_ins.push(LoggedSignIn {
            kind,
            protocol,
            user: Some(given(user)).filter(|user| !user.is_empty()),
            app: party(client),
            principal: "".into(),
            resource: resource_of(resource, at),
            code: outcome.err().map_or(0, |error| error.code),
            why: outcome.err().map_or("", |error| &error.message).into(),
        });
    }

    /// Adds the renewal of what a user has agreed to, in which no person takes part.
    pub(super) fn log_renewal(
        &mut self,
        client: &Registration,
        consent: &Consent,
        outcome: SignInOutcome<'_>,
        at: At<'_>,
    ) {
        let how = (SignInKind::NonInteractiveUser, "oAuth2");
        let of = (client, &consent.scopes.resource);
        self.log_user(how, &consent.user, of, outcome, at);
    }
}

fn party(client: &Registration) -> SignInParty {
    SignInParty::new(&client.app_id, &client.name)
}

fn resource_of(resource: &TokenFor, at: At<'_>) -> SignInParty {
    match resource {
        TokenFor::Graph => SignInParty::new(GRAPH_APP_ID, "Microsoft Graph"),
        TokenFor::App(app_id) => match registration::find(app_id, at) {
            Some(found) => party(&found),
            None => SignInParty::new(app_id, ""),
        },
    }
}
