//! `trust_tenant`: GoLinks fetches the keys that the tenant publishes.

use super::sign_in::renew_metadata;
use super::{Act, Action, ActionContext, ActionError, Concerns, Verb, bare};
use crate::base::Seed;
use crate::entra::{Settings, identity};
use crate::golinks::TenantFacts;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "trust_tenant",
    doc: "An administrator of GoLinks registers the tenant: the keys that it publishes now are fetched, and client \
          assertions that they sign are trusted. Its metadata of single sign-on are taken anew too.\nAfter a roll-over of the tenant's keys they must be fetched again.",
    example: "\"trust_tenant\"",
    read: |node, problems| bare(node, "trust_tenant", Action::TrustTenant(TrustTenant), problems),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrustTenant;

impl Act for TrustTenant {
    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let facts = tenant_facts(context.entra.seen_by(context.app).job().settings(), context.seed);
        renew_metadata(context)?;
        context.golinks(|golinks, moment| {
            golinks.trust_tenant(facts, moment);
            Ok::<_, ActionError>(())
        })
    }
}

/// What an administrator of GoLinks registers about the tenant: the two sides do not know each
/// other, so it is carried here.
pub fn tenant_facts(settings: &Settings, seed: Seed) -> TenantFacts {
    TenantFacts {
        tenant: identity::tenant_id(seed),
        keys: identity::published_keys(settings.oauth.signing_key),
        subject: identity::workload_object_id(seed),
        audience: identity::federation_audience(seed),
    }
}
