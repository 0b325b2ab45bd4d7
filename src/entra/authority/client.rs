//! Which client asks for a token, and how it shows who it is: by a secret, by a signed assertion,
//! or not at all.

use base64ct::{Base64, Encoding};
use http::header::AUTHORIZATION;

use super::error::SignInError;
use super::form::decoded;
use super::registration::{self, Registration};
use super::{Asked, assertion};

/// How a client has shown who it is; the number is the claim `appidacr` [access-token-claims].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shown {
    /// It has not.
    Nothing = 0,
    /// By a secret.
    Secret = 1,
    /// By an assertion.
    Assertion = 2,
}

/// What a client presents.
struct Presented {
    app_id: String,
    secret: Option<String>,
}

impl Asked<'_> {
    /// The client of a request to the token endpoint, by client id and credentials.
    ///
    /// # Errors
    /// When it is not known, or its credentials are wrong.
    pub(super) fn client(&self) -> Result<(Registration, Shown), SignInError> {
        let presented = self.presented()?;
        let client = registration::known(&presented.app_id, self.at)?;
        let shown = if let Some(token) = self.form.get("client_assertion") {
            let kind = self.form.need("client_assertion_type")?;
            if kind != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
                return Err(SignInError::malformed("The client_assertion_type is not known."));
            }
            assertion::check(token, &client, self)?;
            Shown::Assertion
        } else if let Some(secret) = presented.secret {
            self.check_secret(&client, &secret)?;
            Shown::Secret
        } else {
            Shown::Nothing
        };
        Ok((client, shown))
    }

    /// The client id that a request to the token endpoint says, known or not.
    pub(super) fn client_named(&self) -> Option<String> {
        self.presented().ok().map(|presented| presented.app_id)
    }

    /// The client that signs a user in: a public one need not show who it is.
    ///
    /// # Errors
    /// As of [`Asked::client`], or when it must show who it is and does not.
    pub(super) fn client_of_user(&self) -> Result<(Registration, Shown), SignInError> {
        let (client, shown) = self.client()?;
        match (client.public, shown) {
            (false, Shown::Nothing) => Err(SignInError::no_credentials(false)),
            _ => Ok((client, shown)),
        }
    }

    /// Client id and secret, from the form or from Basic authentication, each part of which is
    /// encoded as in a form (RFC 6749, section 2.3.1).
    fn presented(&self) -> Result<Presented, SignInError> {
        let basic = self.request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let basic = basic.and_then(|value| value.strip_prefix("Basic "));
        if let Some(pair) = basic {
            let bytes = Base64::decode_vec(pair.trim()).ok();
            let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
            let text = text.ok_or_else(|| SignInError::malformed("The header cannot be read."))?;
            let (app_id, secret) = text.split_once(':').unwrap_or((&text, ""));
            let secret = Some(decoded(secret)).filter(|secret| !secret.is_empty());
            return Ok(Presented { app_id: decoded(app_id), secret });
        }
        let secret = self.form.get("client_secret").map(str::to_owned);
        // An assertion names its client too.
        let named = self.form.get("client_id").map(str::to_owned);
        let named = named.or_else(|| assertion::subject(self.form.get("client_assertion")?));
        Ok(Presented { app_id: named.ok_or_else(|| SignInError::missing("client_id"))?, secret })
    }

    fn check_secret(&self, client: &Registration, secret: &str) -> Result<(), SignInError> {
        if client.secrets.is_empty() && client.public {
            return Err(SignInError::public_client());
        }
        let known = client.secrets.iter().filter(|known| known.value == secret);
        let mut known = known.peekable();
        if known.peek().is_none() {
            return Err(SignInError::wrong_secret(&client.app_id));
        }
        match known.any(|known| known.ends.is_none_or(|ends| ends > self.at.now)) {
            true => Ok(()),
            false => Err(SignInError::expired_secret(&client.app_id)),
        }
    }
}
