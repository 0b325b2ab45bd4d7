//! The tenant's identity: its id, the application that the provisioning service signs in as, and
//! the keys with which the tenant signs tokens.
//!
//! No key is kept anywhere: each is drawn when it is first needed, from a seed that is part of this
//! program. So they are public, and a token that they signed proves nothing outside of a
//! simulation.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::base::jwt::{JwtKey, KeySet};
use crate::base::seed::show_guid;
use crate::base::{Seed, Time};

/// The audience of the token that custom applications get when the secret is left blank
/// [scim-dev].
const CUSTOM_APPLICATIONS: &str = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";

/// The keys, in the order in which the tenant uses them; it rolls over from one to the next.
static KEYS: [LazyLock<Option<JwtKey>>; KEY_COUNT as usize] = [
    LazyLock::new(|| JwtKey::drawn("scimulator-demo-1", KEY_SEED)),
    LazyLock::new(|| JwtKey::drawn("scimulator-demo-2", KEY_SEED)),
];

/// The seed from which they are drawn: the same in every scenario, so that a process draws a key
/// once.
const KEY_SEED: Seed = Seed(7);

/// How many keys there are; a key has a number from 1 to this.
pub const KEY_COUNT: u64 = 2;

/// The id of the tenant.
pub fn tenant_id(seed: Seed) -> String {
    show_guid(seed.guid("tenant", "", 0))
}

/// The issuer of the tokens with which the service signs in at a token endpoint [refcode-wif].
pub fn federation_issuer(seed: Seed) -> String {
    format!("https://login.microsoftonline.com/{}/v2.0", tenant_id(seed))
}

/// The issuer of the token that travels when the secret is left blank [scim-dev].
pub fn blank_secret_issuer(seed: Seed) -> String {
    format!("https://sts.windows.net/{}/", tenant_id(seed))
}

/// The application id of the service's workload identity [refcode-wif].
pub fn workload_app_id(seed: Seed) -> String {
    show_guid(seed.guid("workload application", "", 0))
}

/// The object id of the service's workload identity, which is the subject of its assertions
/// [refcode-wif].
pub fn workload_object_id(seed: Seed) -> String {
    show_guid(seed.guid("workload identity", "", 0))
}

/// The audience of its assertions, unless a job is given another [refcode-wif].
pub fn federation_audience(seed: Seed) -> String {
    format!("api://{}", workload_app_id(seed))
}

/// The audience of the token that travels when the secret is left blank.
pub fn blank_secret_audience() -> &'static str {
    CUSTOM_APPLICATIONS
}

/// The keys that the tenant publishes once it signs with the key of this number: that key and those
/// before it.
pub fn published_keys(number: u64) -> KeySet {
    KeySet::new(
        KEYS.iter().take(number as usize).filter_map(|key| key.as_ref()).map(JwtKey::public),
    )
}

/// When a token is good.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Validity {
    /// From when.
    pub from: Time,
    /// Until when.
    pub until: Time,
}

/// The token with which the service signs in at a token endpoint (RFC 7523 2.2) [refcode-wif].
pub fn client_assertion(seed: Seed, key: u64, audience: Option<&str>, when: Validity) -> String {
    let app = workload_app_id(seed);
    let audience = audience.map_or_else(|| federation_audience(seed), str::to_owned);
    sign(
        key,
        json!({
            "iss": federation_issuer(seed), "sub": workload_object_id(seed),
            "aud": audience, "oid": workload_object_id(seed), "appid": app,
        }),
        seed,
        "2.0",
        when,
    )
}

/// The token that travels when the secret is left blank: for tests only [scim-dev].
pub fn blank_secret_token(seed: Seed, key: u64, when: Validity) -> String {
    sign(
        key,
        json!({
            "iss": blank_secret_issuer(seed), "aud": blank_secret_audience(),
            "appid": workload_app_id(seed), "oid": workload_object_id(seed),
            "sub": workload_object_id(seed),
        }),
        seed,
        "1.0",
        when,
    )
}

fn sign(key: u64, mut claims: Value, seed: Seed, version: &str, when: Validity) -> String {
    let key = KEYS[(key.max(1) as usize - 1).min(KEYS.len() - 1)].as_ref();
    let rest = json!({
        "tid": tenant_id(seed), "ver": version,
        "iat": when.from.timestamp().as_second(), "nbf": when.from.timestamp().as_second(), "exp": when.until.timestamp().as_second(),
    });
    if let (Value::Object(claims), Value::Object(rest)) = (&mut claims, rest) {
        claims.extend(rest);
    }
    key.map_or_else(String::new, |key| key.sign(&claims))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assertion_has_the_claims_of_the_reference_and_is_checked_by_the_published_keys() {
        let (seed, from) = (Seed(7), Time::from_secs(1_000));
        let when = Validity { from, until: Time::from_secs(4_900) };
        let token = client_assertion(seed, 1, None, when);
        let claims = published_keys(1).verify(&token).expect("a known key");
        let tenant = tenant_id(seed);
        assert_eq!(claims["iss"], format!("https://login.microsoftonline.com/{tenant}/v2.0"));
        assert_eq!(claims["aud"], format!("api://{}", workload_app_id(seed)));
        assert_eq!(claims["sub"], claims["oid"]);
        let times = ["iat", "nbf", "exp"].map(|name| claims[name].as_i64());
        assert_eq!(times, [Some(1_000), Some(1_000), Some(4_900)]);

        let rolled = client_assertion(seed, 2, Some("api://other"), when);
        assert!(published_keys(1).verify(&rolled).is_err());
        let claims = published_keys(KEY_COUNT).verify(&rolled).expect("a known key");
        assert_eq!(claims["aud"], "api://other");

        let blank = published_keys(1).verify(&blank_secret_token(seed, 1, when)).expect("known");
        assert_eq!(blank["iss"], format!("https://sts.windows.net/{tenant}/"));
        assert_eq!(blank["aud"], CUSTOM_APPLICATIONS);
    }
}
