//! Where a user signs out (OpenID Connect RP-Initiated Logout 1.0): the session ends where the
//! browser's sessions are kept, and the browser goes back to the client that has sent it.

use bytes::Bytes;
use http::{Response, StatusCode};

use super::error::SignInError;
use super::form::encoded;
use super::path::{Path, SignInEndpoint};
use super::{Asked, page, redirect, registration};

/// Whether a path is one where a user signs out, so that the browser's session ends.
pub fn signs_out(path: &str) -> bool {
    Path::of(path).is_some_and(|path| path.endpoint == SignInEndpoint::Logout)
}

/// Leads the browser back to where the client wants it, if that is an address of a registered
/// client; else a page says that the user is signed out.
///
/// # Errors
/// When the address cannot be sent.
pub(super) fn signed_out(asked: &Asked<'_>) -> Result<Response<Bytes>, SignInError> {
    let given = |name| asked.query.get(name).or_else(|| asked.form.get(name));
    let back = given("post_logout_redirect_uri");
    let Some(back) = back.filter(|uri| registration::leads_back_to_any(uri, asked.at)) else {
        return Ok(page::signed_out());
    };
    let mut to = back.to_owned();
    if let Some(state) = given("state") {
        to += &format!("{}state={}", if to.contains('?') { '&' } else { '?' }, encoded(state));
    }
    let mut response = redirect(&to)?;
    *response.status_mut() = StatusCode::SEE_OTHER;
    Ok(response)
}
