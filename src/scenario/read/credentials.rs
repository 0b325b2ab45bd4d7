//! Fills in the credentials that a scenario leaves out: each side has what the other expects.

use crate::base::{Kind, Node, Problems, Seed};
use crate::entra::admin::ProvisioningMode;
use crate::entra::sign_in::AuthMethod;
use crate::world::actions::tenant_facts;
use crate::{entra, golinks};

/// A table of a job or of a GoLinks: its path, and what the file says there.
#[derive(Clone, Copy)]
pub struct Table<'n> {
    /// Such as `workspace.sandbox`.
    pub path: &'n str,
    /// `None` where the file has no such table.
    pub node: Option<&'n Node>,
}

/// Reports a job that fetches tokens from a GoLinks that has no token endpoint by its own table;
/// where the table says nothing, it has one.
pub fn check(job: Table<'_>, golinks: Table<'_>, entra: &entra::Settings, problems: &mut Problems) {
    let Some(oauth) = golinks.node.and_then(|golinks| golinks.get("oauth")) else { return };
    let none = matches!(&oauth.kind, Kind::Text(word) if word == "none");
    if none && entra.auth.is_oauth() && entra.mode == ProvisioningMode::Automatic {
        let auth = job.node.and_then(|job| job.get("auth"));
        let auth = auth.map_or_else(String::new, |auth| format!(" = {}", auth.to_toml()));
        let (golinks, job) = (golinks.path, job.path);
        problems
            .error(
                oauth.span,
                "GoLinks has no token endpoint, and the job fetches its tokens there",
            )
            .label(format!(
                "[{golinks}] oauth = \"none\" and [{job}] auth{auth} contradict each other"
            ))
            .help(format!("leave `oauth` out, or write [{job}] auth = \"bearer\""));
    }
}

/// Warns of a `secret` that no request carries: a job that fetches access tokens sends those. An
/// action may `change` that later.
pub fn check_secret(
    job: Table<'_>,
    entra: &entra::Settings,
    changes: bool,
    problems: &mut Problems,
) {
    let written = job.node.and_then(|job| job.get("secret"));
    let Some(secret) = written.filter(|_| entra.auth.is_oauth() && !changes) else { return };
    let help = match entra.auth {
        AuthMethod::ClientCredentials => {
            format!("the client's secret is [{}] oauth.client_secret", job.path)
        }
        _ => "leave it out, or write auth = \"bearer\"".to_owned(),
    };
    problems
        .warning(secret.span, "this secret is never sent")
        .label("the job fetches access tokens, and sends those")
        .help(help);
}

/// Fills in the credentials of a job, and what the GoLinks that it provisions must know of them.
pub fn fill(entra: &mut entra::Settings, golinks: &mut golinks::Settings, seed: Seed) {
    if entra.mode != ProvisioningMode::Automatic {
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
    if entra.auth.is_oauth() {
        // The page has a field for it, which is not left empty.
        entra.expressly.note("Oauth2TokenExchangeUri", true);
    }
    let blank = entra.auth == AuthMethod::Bearer && entra.secret.as_deref() == Some("");
    if entra.auth == AuthMethod::Federation || blank {
        golinks.trust.fill(tenant_facts(entra, seed));
    }
}
