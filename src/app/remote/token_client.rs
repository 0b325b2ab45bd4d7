//! Access tokens for a server that is not ours: where they come from, and the form that asks for
//! one, with the secret of the command line or an assertion of the tenant (RFC 6749 4.4, RFC 7523
//! 2.2) [gallery-val, refcode-wif].

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Address;
use crate::app::cli::AccessFlags;
use crate::app::exit::CommandError;
use crate::base::{Seed, Time};
use crate::entra::identity::{self, Validity};
use crate::entra::policy::Policy;
use crate::foreign::TokenEndpoint;
use crate::verify::{TokenForms, curl};

/// The characters that stay as they are in a form.
const FORM: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'*').remove(b' ');

/// How the client gets access tokens.
#[derive(Clone)]
pub struct TokenClient {
    /// The token endpoint, whole.
    url: Uri,
    /// The name of the client.
    client_id: String,
    /// Its secret; `None` when the tenant's assertion takes its place.
    secret: Option<String>,
    scope: Option<String>,
    audience: Option<String>,
    seed: Seed,
}

impl TokenClient {
    /// What the flags say; `None` when they name no token endpoint. `seed` is that of the tenant
    /// that signs assertions.
    ///
    /// # Errors
    /// When the endpoint is too far away, or a secret is missing.
    pub fn read(flags: &AccessFlags, seed: Seed) -> Result<Option<TokenClient>, CommandError> {
        let Some(url) = &flags.token_url else {
            return match (&flags.client_id, flags.federated) {
                (None, false) => Ok(None),
                _ => Err(CommandError::bad("where are access tokens issued?")
                    .help("--token-url URL, such as http://localhost:8080/oauth/token")),
            };
        };
        Address::parse(url)?.must_be_near(flags.anywhere)?;
        let wrong = |_| CommandError::bad(format!("`{url}` is not the URL of a token endpoint"));
        let client_id = flags.client_id.clone().ok_or_else(|| {
            CommandError::bad("who asks for the access token?").help("--client-id NAME")
        })?;
        Ok(Some(TokenClient {
            url: url.parse().map_err(wrong)?,
            client_id,
            secret: if flags.federated { None } else { Some(secret(flags)?) },
            scope: flags.scope.clone(),
            audience: flags.audience.clone(),
            seed,
        }))
    }

    /// Whether an assertion of the tenant takes the place of the secret.
    pub fn is_federated(&self) -> bool {
        self.secret.is_none()
    }

    /// The form that asks for a token now.
    fn form(&self) -> Bytes {
        match &self.secret {
            Some(secret) => self.written(&[("client_secret", secret)]),
            None => self.asserting(&self.assertion(self.seed, self.audience.as_deref())),
        }
    }

    /// The form as it is shown: with a variable of the shell in the place of the secret.
    fn shown(&self) -> Bytes {
        let shown = String::from_utf8_lossy(&self.written(&[])).into_owned();
        match self.secret {
            Some(_) => format!("{shown}&client_secret=${}", curl::SECRET).into(),
            None => self.form(),
        }
    }

    /// The form with a secret that is not the right one.
    fn wrong_secret(&self) -> Option<Bytes> {
        self.secret.as_ref()?;
        Some(self.written(&[("client_secret", "this-is-not-the-secret")]))
    }

    /// Forms with assertions that must be refused, each with what is wrong with it.
    fn wrong_assertions(&self) -> Vec<(&'static str, Bytes)> {
        if !self.is_federated() {
            return Vec::new();
        }
        let good = self.assertion(self.seed, self.audience.as_deref());
        let audience = self.assertion(self.seed, Some("api://another-application"));
        let issuer = self.assertion(Seed(self.seed.0 ^ 1), self.audience.as_deref());
        let signature = match good.rsplit_once('.') {
            Some((signed, signature)) => {
                format!("{signed}.{}", signature.chars().rev().collect::<String>())
            }
            None => good,
        };
        [("audience", audience), ("issuer", issuer), ("signature", signature)]
            .map(|(what, assertion)| (what, self.asserting(&assertion)))
            .into()
    }

    /// Where the target of a play gets its tokens.
    pub fn endpoint(&self) -> TokenEndpoint {
        let own = self.clone();
        TokenEndpoint { uri: self.url.clone(), form: Box::new(move || own.form()) }
    }

    /// The forms with which `verify` tries the token endpoint.
    pub fn forms(&self) -> TokenForms {
        TokenForms {
            uri: self.url.clone(),
            good: self.form(),
            shown: self.shown(),
            wrong_secret: self.wrong_secret(),
            wrong_assertions: self.wrong_assertions(),
        }
    }

    /// What a server must trust to take the tenant's assertions.
    pub fn trusted(&self) -> String {
        let seed = self.seed;
        let usual = || identity::federation_audience(seed);
        format!(
            "assertions: issuer {}, subject {}, audience {}; `scimulator serve` publishes the keys \
             at /{}/discovery/v2.0/keys",
            identity::federation_issuer(seed),
            identity::workload_object_id(seed),
            self.audience.clone().unwrap_or_else(usual),
            identity::tenant_id(seed)
        )
    }

    fn assertion(&self, seed: Seed, audience: Option<&str>) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = Time::from_secs(i64::try_from(now.as_secs()).unwrap_or_default());
        let policy = Policy::default();
        let from = now.before(policy.tenant_token_backdated);
        let when = Validity { from, until: from + policy.tenant_token_lifetime };
        identity::client_assertion(seed, 1, audience, when)
    }

    fn asserting(&self, assertion: &str) -> Bytes {
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        self.written(&[("client_assertion_type", kind), ("client_assertion", assertion)])
    }

    fn written(&self, credentials: &[(&str, &str)]) -> Bytes {
        let own = [("grant_type", "client_credentials"), ("client_id", &self.client_id)];
        let scope = self.scope.as_deref().map(|scope| ("scope", scope));
        let encode = |(name, value): (&str, &str)| {
            format!("{name}={}", utf8_percent_encode(value, FORM).to_string().replace(' ', "+"))
        };
        let fields = own.into_iter().chain(credentials.iter().copied()).chain(scope);
        fields.map(encode).collect::<Vec<_>>().join("&").into()
    }
}

fn secret(flags: &AccessFlags) -> Result<String, CommandError> {
    let text = if let Some(path) = &flags.client_secret_file {
        fs::read_to_string(path).map_err(|error| {
            CommandError::bad(format!(
                "cannot read the client secret from {}: {error}",
                path.display()
            ))
        })?
    } else {
        let name = flags.client_secret_env.as_deref().unwrap_or(curl::SECRET);
        std::env::var(name).map_err(|_| {
            CommandError::bad(format!("the variable {name} is not set")).help(format!(
                "export {name}=… before, use --client-secret-file, or --federated without a secret"
            ))
        })?
    };
    Ok(text.trim().to_owned())
}
