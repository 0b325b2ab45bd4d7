//! The device flow: a client without a browser shows a code, and the user signs in elsewhere with
//! it (RFC 8628) [device-code].

use bytes::Bytes;
use http::{Method, Response};
use rand_chacha::rand_core::Rng;
use serde_json::json;

use super::error::SignInError;
use super::grants::{Consent, Entered, entered, may_sign_in};
use super::registration;
use super::scopes::{self, Scopes};
use super::{Asked, Authority, DEVICE_CODE_SECS, json as answer, page};
use crate::entra::sign_in_log::SignInKind;
use crate::entra::tenant::UserKey;

/// How many seconds a client waits between its questions [device-code].
const INTERVAL_SECS: i64 = 5;

/// The letters of user codes: none that is taken for another.
const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ23456789";

/// A sign-in of a device.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct DeviceSignIn {
    pub(super) user_code: String,
    pub(super) client: String,
    pub(super) state: DeviceState,
}

/// How far it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum DeviceState {
    /// The user has not signed in; this is asked for.
    Waiting(Scopes),
    /// The user has signed in.
    SignedIn(Consent),
    /// The client has its tokens.
    Redeemed,
}

impl Authority {
    /// Begins a sign-in.
    pub(super) fn device_code(
        &mut self,
        asked: &Asked<'_>,
    ) -> Result<Response<Bytes>, SignInError> {
        let app_id = asked.form.need("client_id")?;
        let client = registration::known(app_id, asked.at)?;
        let scopes = match asked.form.get("resource") {
            Some(resource) => scopes::of_resource(Some(resource), asked.at)?,
            None => scopes::of_user(asked.form.get("scope"), asked.at)?,
        };
        let device_code = self.opaque();
        let user_code: String = (0..9)
            .map(|_| {
                let nth = self.chance.next_u32() as usize % LETTERS.len();
                char::from(LETTERS[nth])
            })
            .collect();
        let state = DeviceState::Waiting(scopes);
        let sign_in = DeviceSignIn { user_code: user_code.clone(), client: client.app_id, state };
        let until = asked.at.seconds() + DEVICE_CODE_SECS;
        self.device_codes.keep(device_code.clone(), until, sign_in);
        let uri = format!("{}/common/oauth2/deviceauth", asked.at.base);
        let message = format!(
            "To sign in, use a web browser to open the page {uri} and enter the code {user_code} to authenticate."
        );
        Ok(answer(&json!({
            "user_code": user_code, "device_code": device_code,
            "verification_uri": uri, "verification_url": uri,
            "expires_in": DEVICE_CODE_SECS, "interval": INTERVAL_SECS, "message": message,
        })))
    }

    /// The page where the user of a device signs in, and what it sends.
    pub(super) fn device_sign_in(
        &mut self,
        asked: &Asked<'_>,
    ) -> Result<Response<Bytes>, SignInError> {
        if *asked.request.method() != Method::POST {
            return Ok(page::device(asked));
        }
        let code = asked.form.need("user_code")?.trim().to_ascii_uppercase();
        let name = asked.form.need("user")?;
        let at = asked.at;
        let waiting = self.device_codes.find(at.seconds(), |sign_in| sign_in.user_code == code);
        let waiting = waiting.ok_or_else(SignInError::wrong_device_code)?;
        let DeviceState::Waiting(scopes) = &waiting.state else {
            return Err(SignInError::wrong_device_code());
        };
        let (scopes, client) = (scopes.clone(), registration::known(&waiting.client, at)?);
        let (how, of) = ((SignInKind::InteractiveUser, "deviceCode"), (&client, &scopes.resource));
        let user = match let_in(name, asked) {
            Ok(user) => user,
            Err(Held::Asked(page)) => return Ok(*page),
            Err(Held::Refused(error, page)) => {
                self.log_user(how, name, of, Err(&error), at);
                return page.map(|page| *page).ok_or(error);
            }
        };
        self.log_user(how, name, of, Ok(()), at);
        let consent = Consent {
            client: client.app_id.clone(),
            user: at.tenant().user(user).object_id().to_string(),
            scopes,
            nonce: None,
            revoked: at.tenant().times_revoked(user),
        };
        if let Some(waiting) =
            self.device_codes.find(at.seconds(), |sign_in| sign_in.user_code == code)
        {
            waiting.state = DeviceState::SignedIn(consent);
        }
        Ok(page::device_done(name))
    }
}

/// Why a user is not signed in on a device, or not yet.
enum Held {
    /// A page asks for the password.
    Asked(Box<Response<Bytes>>),
    /// The user is refused; on a page that asks for the password again, or on one that says so.
    Refused(SignInError, Option<Box<Response<Bytes>>>),
}

/// The user of this name, with the right password where there is one.
fn let_in(name: &str, asked: &Asked<'_>) -> Result<UserKey, Held> {
    let (at, refused) = (asked.at, |error| Held::Refused(error, None));
    let user = at.user(name).ok_or_else(|| refused(SignInError::unknown_user(name, at)))?;
    let kept = [("user_code", asked.form.get("user_code").unwrap_or_default())];
    let password = |why: Option<&SignInError>| Box::new(page::password(asked, user, &kept, why));
    match entered(user, name, &asked.form, at) {
        Entered::Nothing => return Err(Held::Asked(password(None))),
        Entered::Wrong(error) => {
            let page = Some(password(Some(&error)));
            return Err(Held::Refused(error, page));
        }
        Entered::Right => {}
    }
    may_sign_in(user, name, at).map_err(refused)?;
    Ok(user)
}
