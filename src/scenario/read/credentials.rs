//! Fills in the credentials that a scenario leaves out: each side has what the other expects.

use crate::base::Seed;
use crate::entra::admin::ProvisioningMode;
use crate::entra::sign_in::AuthMethod;
use crate::world::actions::tenant_facts;
use crate::{entra, golinks};

/// Fills in the credentials of a job, and what the GoLinks that it provisions must know of them.
pub fn fill(entra: &mut entra::Settings, golinks: &mut golinks::Settings, seed: Seed) {
    if entra.mode == ProvisioningMode::Manual {
        // The story fills them in.
        return;
    }
    if entra.secret.is_none() {
        entra.secret = golinks.good_tokens().next().map(|token| token.value.clone());
    }
    if entra.auth.is_oauth() {
        let endpoint = golinks.oauth.get_or_insert_default();
        entra.oauth.client_id.get_or_insert_with(|| endpoint.client_id.clone());
    }
    if let (AuthMethod::ClientCredentials, Some(endpoint)) = (entra.auth, &golinks.oauth) {
        entra.oauth.client_secret.get_or_insert_with(|| endpoint.client_secret.clone());
    }
    let blank = entra.auth == AuthMethod::Bearer && entra.secret.as_deref() == Some("");
    if entra.auth == AuthMethod::Federation || blank {
        golinks.trust.fill(tenant_facts(entra, seed));
    }
}
