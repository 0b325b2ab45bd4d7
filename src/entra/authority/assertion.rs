//! A client assertion: a token that a client signs with its certificate, in place of a secret
//! (RFC 7523, section 2.2) [certificate-credentials].

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;

use super::Asked;
use super::error::SignInError;
use super::path::Version;
use super::registration::Registration;
use crate::base::jwt::{Claims, JwtError};

/// How far the clocks of client and tenant may differ, in seconds [certificate-credentials].
const SKEW_SECS: i64 = 300;

/// The client that an assertion names; its signature is not checked here.
pub(super) fn subject(token: &str) -> Option<String> {
    let claims = Base64UrlUnpadded::decode_vec(token.split('.').nth(1)?).ok()?;
    let claims: Claims = serde_json::from_slice(&claims).ok()?;
    claims.get("sub").and_then(Value::as_str).map(str::to_owned)
}

/// Checks that a client has signed an assertion, for this tenant and for now.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(
    token: &str,
    client: &Registration,
    asked: &Asked<'_>,
) -> Result<(), SignInError> {
    let bad = |code, message: &str| SignInError::bad_assertion(code, message);
    let mut claims = Err(JwtError::UnknownKey(String::new()));
    for certificate in &client.certificates {
        claims = certificate.verify(token);
        if claims.is_ok() {
            break;
        }
    }
    let claims = claims.map_err(|error| match error {
        JwtError::Malformed | JwtError::Algorithm | JwtError::Critical => {
            bad(50_027, "JWT token is invalid or malformed.")
        }
        JwtError::UnknownKey(_) | JwtError::Signature => bad(
            700_027,
            &format!(
                "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{}'.]",
                client.app_id
            ),
        ),
    })?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    // An instant may have a fraction (RFC 7519, section 2).
    let number = |name: &str| claims.get(name).and_then(Value::as_f64).map(|secs| secs as i64);
    if !audiences(asked).iter().any(|known| known.eq_ignore_ascii_case(text("aud"))) {
        let message = format!(
            "Client assertion audience claim does not match Realm issuer. Given audience: '{}'. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials.",
            text("aud")
        );
        return Err(bad(700_023, &message));
    }
    if [text("iss"), text("sub")].iter().any(|name| !name.eq_ignore_ascii_case(&client.app_id)) {
        return Err(bad(
            700_021,
            "Client assertion application identifier doesn't match 'client_id' parameter.",
        ));
    }
    let now = asked.at.seconds();
    let lasts = number("exp").is_some_and(|end| end.saturating_add(SKEW_SECS) > now);
    let began = number("nbf").is_none_or(|begin| begin.saturating_sub(SKEW_SECS) <= now);
    match lasts && began {
        true => Ok(()),
        false => Err(bad(700_024, "Client assertion is not within its valid time range.")),
    }
}

/// What an assertion may be meant for: the token endpoint or the issuer, under the address the
/// client used or the vendor's own.
fn audiences(asked: &Asked<'_>) -> Vec<String> {
    let at = asked.at;
    let tenants = [asked.path.tenant.to_owned(), at.tenant_id()];
    let bases = [at.base, "https://login.microsoftonline.com"];
    let versions = [Version::V1, Version::V2].map(|version| match version {
        Version::V1 => "oauth2/token",
        Version::V2 => "oauth2/v2.0/token",
    });
    let below = |base: &str, tenant: &str| {
        versions
            .into_iter()
            .chain(["v2.0", ""])
            .map(|path| format!("{base}/{tenant}/{path}"))
            .collect::<Vec<_>>()
    };
    bases
        .iter()
        .flat_map(|base| tenants.iter().flat_map(|tenant| below(base, tenant)).collect::<Vec<_>>())
        .collect()
}
