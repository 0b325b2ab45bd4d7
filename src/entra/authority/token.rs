//! The token endpoint: client credentials, authorization codes, device codes, refresh tokens
//! (RFC 6749, section 4) [client-creds, auth-code, device-code].

use base64ct::{Base64UrlUnpadded, Encoding};
use bytes::Bytes;
use http::Response;
use sha2::{Digest, Sha256};

use super::client::Shown;
use super::device::DeviceState;
use super::error::SignInError;
use super::grants::{Consent, Granted};
use super::kept::Gone;
use super::path::Version;
use super::registration::Registration;
use super::{Asked, Authority, scopes};

impl Authority {
    /// Issues tokens.
    pub(super) fn token(
        &mut self,
        asked: &Asked<'_>,
        version: Version,
    ) -> Result<Response<Bytes>, SignInError> {
        match asked.form.need("grant_type")? {
            "client_credentials" => {
                let issued = self.in_own_name(asked, version);
                self.log_application(asked, version, issued.as_ref().map(drop));
                issued
            }
            "authorization_code" => {
                let (client, shown) = asked.client_of_user()?;
                let consent = self.redeem_code(&client, asked)?;
                self.consented(&client, shown, consent, asked, version)
            }
            "refresh_token" => {
                let (client, shown) = asked.client_of_user()?;
                let token = asked.form.need("refresh_token")?;
                let consent = self.refresh_tokens.get(token, asked.at.seconds()).cloned();
                let consent = consent.map_err(SignInError::of_gone)?;
                let of = consent.clone();
                let issued = self.consented(&client, shown, consent, asked, version);
                self.log_renewal(&client, &of, issued.as_ref().map(drop), asked.at);
                issued
            }
            "urn:ietf:params:oauth:grant-type:device_code" | "device_code" => {
                let (client, shown) = asked.client_of_user()?;
                let consent = self.redeem_device_code(asked)?;
                self.consented(&client, shown, consent, asked, version)
            }
            other => Err(SignInError::unsupported_grant(other)),
        }
    }

    /// The tokens of an application that asks in its own name.
    fn in_own_name(
        &mut self,
        asked: &Asked<'_>,
        version: Version,
    ) -> Result<Response<Bytes>, SignInError> {
        let (client, shown) = asked.client()?;
        if shown == Shown::Nothing {
            return Err(SignInError::no_credentials(true));
        }
        let resource = scopes::of_application(asked, version)?;
        let granted = Granted { client: &client, shown, version };
        Ok(self.application_tokens(&granted, &resource, asked.at))
    }

    /// The tokens for a consent, which must be this client's.
    fn consented(
        &mut self,
        client: &Registration,
        shown: Shown,
        consent: Consent,
        asked: &Asked<'_>,
        version: Version,
    ) -> Result<Response<Bytes>, SignInError> {
        if consent.client != client.app_id {
            return Err(SignInError::unknown_grant());
        }
        let consent = Consent { scopes: Authority::narrowed(&consent, asked)?, ..consent };
        self.user_tokens(&Granted { client, shown, version }, &consent, asked)
    }

    /// Takes a code. It is good once, for the client and the redirect_uri it was made for, and with
    /// the verifier that fits its challenge (RFC 7636, section 4.6).
    fn redeem_code(
        &mut self,
        client: &Registration,
        asked: &Asked<'_>,
    ) -> Result<Consent, SignInError> {
        let code = self.codes.get(asked.form.need("code")?, asked.at.seconds());
        let code = code.map_err(SignInError::of_gone)?;
        if code.redeemed {
            return Err(SignInError::used_code());
        }
        let uri = asked.form.get("redirect_uri").unwrap_or_default();
        if code.consent.client != client.app_id || code.redirect_uri != uri {
            return Err(SignInError::unknown_grant());
        }
        if let Some(challenge) = &code.challenge {
            let verifier = asked.form.get("code_verifier").unwrap_or_default();
            let hash = Base64UrlUnpadded::encode_string(&Sha256::digest(verifier));
            if hash != *challenge {
                return Err(SignInError::wrong_verifier());
            }
        }
        code.redeemed = true;
        Ok(code.consent.clone())
    }

    fn redeem_device_code(&mut self, asked: &Asked<'_>) -> Result<Consent, SignInError> {
        // Clients send it under both names.
        let code = asked.form.get("device_code").or_else(|| asked.form.get("code"));
        let code = code.ok_or_else(|| SignInError::missing("device_code"))?;
        let waiting = self.device_codes.get(code, asked.at.seconds());
        let waiting = waiting.map_err(|gone| match gone {
            Gone::Unknown => SignInError::wrong_device_code(),
            Gone::Expired => SignInError::expired_device_code(),
        })?;
        match std::mem::replace(&mut waiting.state, DeviceState::Redeemed) {
            DeviceState::Waiting(scopes) => {
                waiting.state = DeviceState::Waiting(scopes);
                Err(SignInError::pending())
            }
            DeviceState::SignedIn(consent) => Ok(consent),
            DeviceState::Redeemed => Err(SignInError::wrong_device_code()),
        }
    }
}

impl SignInError {
    /// Why a code or a refresh token leads to nothing.
    fn of_gone(gone: Gone) -> SignInError {
        match gone {
            Gone::Unknown => SignInError::unknown_grant(),
            Gone::Expired => SignInError::expired_grant(),
        }
    }
}
