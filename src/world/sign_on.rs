//! Where the two sides of single sign-on meet: GoLinks is given the tenant's metadata, and a user
//! goes from the tenant to GoLinks.

use crate::base::{Seed, Time};
use crate::entra::Entra;
use crate::entra::sign_on::{self, SignOnAt};
use crate::entra::tenant::AppId;
use crate::golinks::IdentityProvider;
use crate::saml::metadata::certificates_of;

/// The address of GoLinks for users of a story, who have no browser.
const BASE: &str = "https://golinks.example";

/// Where the tenant takes requests to sign in.
const SIGN_ON_PATH: &str = "/common/saml2";

/// When and where the users of a story sign in.
pub(super) fn at(now: Time, start: Time, seed: Seed) -> SignOnAt<'static> {
    SignOnAt { base: BASE, now, outside: now, start, seed }
}

/// What the tenant's metadata say of it for an application.
pub(super) fn metadata(entra: &Entra, app: AppId, at: SignOnAt<'_>) -> IdentityProvider {
    IdentityProvider {
        issuer: at.issuer(),
        sign_on_url: SIGN_ON_PATH.to_owned(),
        certificates: certificates_of(&sign_on::metadata(entra, app, at)),
    }
}
