//! Checks tokens that the trusted tenant has signed: the assertion of a client (RFC 7523 3) and the
//! token that travels when the secret is left blank.

use serde_json::Value;

use crate::base::Time;
use crate::base::jwt::{Claims, JwtError, is_jwt};
use crate::golinks::settings::Settings;
use crate::golinks::settings::trust::BlankSecret;

/// The audience of the tenant's own token for every application that is not in the gallery
/// [scim-dev].
const CUSTOM_APPLICATIONS: &str = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";

/// Checks the assertion with which a client signs in at the token endpoint.
///
/// # Errors
/// Why it is refused, for the client to read.
pub(crate) fn check_assertion(
    assertion: &str,
    settings: &Settings,
    now: Time,
) -> Result<(), String> {
    let trust = &settings.trust;
    if trust.keys.0.is_empty() {
        return Err("assertions are not taken: no tenant is trusted".to_owned());
    }
    let claims = trust.keys.0.verify(assertion).map_err(|error| why(&error))?;
    let issuer = format!("https://login.microsoftonline.com/{}/v2.0", trust.tenant);
    is(&claims, "iss", &issuer)?;
    if !trust.subject.is_empty() {
        is(&claims, "sub", &trust.subject)?;
    }
    is(&claims, "aud", &trust.audience)?;
    check_times(&claims, settings, now)
}

/// Whether a bearer token is let in as the tenant's own; `None` when it is not of that form or such
/// tokens are not known here.
pub(super) fn check_blank_secret(
    token: &str,
    settings: &Settings,
    now: Time,
) -> Option<Result<(), String>> {
    let trust = &settings.trust;
    let checked = || {
        let claims = trust.keys.0.verify(token).map_err(|error| why(&error))?;
        is(&claims, "iss", &format!("https://sts.windows.net/{}/", trust.tenant))?;
        is(&claims, "aud", CUSTOM_APPLICATIONS)?;
        check_times(&claims, settings, now)
    };
    match trust.blank_secret {
        _ if !is_jwt(token) => None,
        BlankSecret::Refuse => None,
        BlankSecret::Accept => Some(Ok(())),
        BlankSecret::Validate => Some(checked()),
    }
}

fn why(error: &JwtError) -> String {
    format!("the signed token is not trusted: {error}")
}

/// Checks a claim; of an audience that is a list, one is enough (RFC 7519 4.1.3).
fn is(claims: &Claims, name: &str, wanted: &str) -> Result<(), String> {
    let has = match claims.get(name) {
        Some(Value::String(value)) => value == wanted,
        Some(Value::Array(values)) => values.iter().any(|value| value == wanted),
        _ => false,
    };
    let said = claims.get(name).unwrap_or(&Value::Null);
    has.then_some(())
        .ok_or_else(|| format!("`{name}` of the signed token is {said}, not {wanted:?}"))
}

/// Checks the times of a token by the clock of GoLinks (RFC 7523 3, points 4 and 5).
fn check_times(claims: &Claims, settings: &Settings, now: Time) -> Result<(), String> {
    let trust = &settings.trust;
    let clock = now.before(trust.clock_slow);
    let time = |name: &str| claims.get(name).and_then(Value::as_i64).map(Time::from_secs);
    let Some(ends) = time("exp") else {
        return Err("the signed token has no `exp`".to_owned());
    };
    if ends + trust.leeway <= clock {
        return Err(format!("the signed token has ended at {}", ends.rfc3339()));
    }
    if let Some(begins) = time("nbf").filter(|begins| *begins > clock + trust.leeway) {
        let (begins, clock) = (begins.rfc3339(), clock.rfc3339());
        return Err(format!("the signed token begins at {begins}, and here it is {clock}"));
    }
    Ok(())
}
