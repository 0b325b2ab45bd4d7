//! The certificates of an application, and the keys behind them.
//!
//! A key is drawn when it is first needed, from a seed that is part of this program: it is public,
//! and what it signs proves nothing outside of a simulation. So nothing has to be kept, and the
//! same scenario gives the same bytes.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use super::SignOnAt;
use crate::base::jwt::JwtKey;
use crate::base::seed::show_guid;
use crate::base::time::DAY;
use crate::base::{Seed, Time};
use crate::entra::Entra;
use crate::entra::identity;
use crate::entra::tenant::AppId;
use crate::saml::metadata::Metadata;
use crate::saml::{Certificate, SigningKey, Subject};

/// How many keys there are. Certificates that follow one another have different ones, so that old
/// metadata fail after a rollover, as they do at the vendor.
const KEY_COUNT: usize = 4;

static KEYS: [LazyLock<Option<Arc<SigningKey>>>; KEY_COUNT] = [
    LazyLock::new(|| drawn("scimulator-saml-1")),
    LazyLock::new(|| drawn("scimulator-saml-2")),
    LazyLock::new(|| drawn("scimulator-saml-3")),
    LazyLock::new(|| drawn("scimulator-saml-4")),
];

fn drawn(name: &'static str) -> Option<Arc<SigningKey>> {
    SigningKey::of(&JwtKey::drawn(name, Seed(7))?).map(Arc::new)
}

/// How long a certificate is good that says nothing else: exactly three years [saml-certificates].
const LIFETIME: Duration = Duration::from_secs(3 * 365 * DAY.as_secs());

/// A certificate with its key.
#[derive(Clone, Debug)]
pub struct AppCertificate {
    /// The key.
    pub key: Arc<SigningKey>,
    /// The certificate.
    pub certificate: Certificate,
}

/// The certificates of an application, in the order in which they were made.
pub fn all(entra: &Entra, app: AppId, at: SignOnAt<'_>) -> Vec<AppCertificate> {
    let made = &entra.job_of(app).settings().sso.certificates;
    let numbered = (0..).zip(made);
    let made = numbered.filter_map(|(nth, (from, until))| {
        let from = from.instant(at.start);
        let until = until.map_or(from + LIFETIME, |until| until.instant(at.start));
        made_of(app, nth, from, until, at.seed)
    });
    made.collect()
}

fn made_of(app: AppId, nth: usize, from: Time, until: Time, seed: Seed) -> Option<AppCertificate> {
    let key = KEYS[(app.index() + nth) % KEY_COUNT].as_ref()?.clone();
    let serial = seed.named("sso certificate", &app.index().to_string(), nth as u64);
    let certificate = key.certificate(Subject::Vendor, serial, from, until)?;
    Some(AppCertificate { key, certificate })
}

/// The certificate that signs: the active one. Once it has expired it goes on signing, unless
/// another one is good: the service switches to that by itself [saml-certificates].
pub fn active(entra: &Entra, app: AppId, at: SignOnAt<'_>) -> Option<AppCertificate> {
    let settings = entra.job_of(app).settings();
    let mut all = all(entra, app, at);
    let good = |it: &AppCertificate| {
        it.certificate.not_before() <= at.now && at.now < it.certificate.not_after()
    };
    let number = (settings.sso.certificate as usize - 1).min(all.len().checked_sub(1)?);
    let switches = settings.policy.sso_expired_certificate_switches;
    let expired = at.now >= all[number].certificate.not_after();
    let instead = match switches && expired {
        true => all.iter().position(good),
        false => None,
    };
    Some(all.swap_remove(instead.unwrap_or(number)))
}

/// The federation metadata of an application: only these have its own certificates.
pub fn metadata(entra: &Entra, app: AppId, at: SignOnAt<'_>) -> String {
    let active = active(entra, app, at).map(|it| it.certificate);
    let others = all(entra, app, at).into_iter().map(|it| it.certificate);
    let others = others.filter(|it| {
        active.as_ref() != Some(it) && it.not_before() <= at.now && at.now < it.not_after()
    });
    let tenant = identity::tenant_id(at.seed);
    let certificates: Vec<Certificate> = active.clone().into_iter().chain(others).collect();
    Metadata {
        id: &format!("_{}", show_guid(at.seed.guid("metadata", "", app.index() as u64))),
        entity_id: &at.issuer(),
        url: &format!("{}/{tenant}/saml2", at.base),
        certificates: &certificates,
    }
    .write()
}
