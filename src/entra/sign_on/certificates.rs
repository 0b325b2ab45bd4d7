//! The certificates of an application, and the keys behind them.
//!
//! A key is drawn when it is first needed, from a seed that is part of this program: it is public,
//! and what it signs proves nothing outside of a simulation. So nothing has to be kept, and the
//! same scenario gives the same bytes. The key of the first certificate may be read from a file.

use std::sync::{Arc, OnceLock};

use super::SignOnAt;
use crate::base::jwt::JwtKey;
use crate::base::seed::show_guid;
use crate::base::{Seed, Time};
use crate::entra::Entra;
use crate::entra::identity;
use crate::entra::tenant::AppId;
use crate::saml::metadata::Metadata;
use crate::saml::{Certificate, SigningKey, Subject};

/// How many keys there are for the certificates of settings, and how many for those that clients of
/// Graph ask for. Certificates that follow one another have different ones, so that old metadata
/// fail after a rollover, as they do at the vendor.
const KEY_COUNT: usize = 8;

static KEYS: [OnceLock<Option<Arc<SigningKey>>>; 2 * KEY_COUNT] =
    [const { OnceLock::new() }; 2 * KEY_COUNT];

/// What the keys are drawn from.
const NAMES: [&str; 2 * KEY_COUNT] = [
    "scimulator-saml-1",
    "scimulator-saml-2",
    "scimulator-saml-3",
    "scimulator-saml-4",
    "scimulator-saml-5",
    "scimulator-saml-6",
    "scimulator-saml-7",
    "scimulator-saml-8",
    "scimulator-saml-9",
    "scimulator-saml-10",
    "scimulator-saml-11",
    "scimulator-saml-12",
    "scimulator-saml-13",
    "scimulator-saml-14",
    "scimulator-saml-15",
    "scimulator-saml-16",
];

fn drawn(name: &'static str) -> Option<Arc<SigningKey>> {
    SigningKey::of(&JwtKey::drawn(name, Seed(7))?).map(Arc::new)
}

/// How many years a certificate is good that says nothing else: exactly three [saml-certificates].
pub const CERTIFICATE_YEARS: i16 = 3;

/// A certificate with its key.
#[derive(Clone, Debug)]
pub struct AppCertificate {
    /// Its id in Graph.
    pub key_id: String,
    /// Its name there.
    pub name: String,
    /// The key.
    pub key: Arc<SigningKey>,
    /// The certificate.
    pub certificate: Certificate,
}

/// The certificates of an application, in the order in which they were made: those of its settings,
/// then those that clients of Graph asked for.
pub fn all(entra: &Entra, app: AppId, at: SignOnAt<'_>) -> Vec<AppCertificate> {
    let sso = entra.sso_of(app);
    let numbered = (0..).zip(&sso.certificates);
    let there = numbered.filter(|(nth, _)| !sso.graph.withdrawn.contains(nth));
    let made = there.filter_map(|(nth, (from, until))| {
        let from = from.instant(at.start);
        let until =
            until.map_or(from.years_later(CERTIFICATE_YEARS), |until| until.instant(at.start));
        let own = sso.key.as_ref().filter(|_| nth == 0).map(|key| Arc::clone(&key.0));
        let key = own.or_else(|| key_of(app, nth))?;
        let serial = at.seed.named("sso certificate", &app.index().to_string(), nth as u64);
        let certificate = key.certificate(Subject::Vendor, serial, from, until)?;
        let name = CERTIFICATE_NAME.to_owned();
        Some(AppCertificate { key_id: key_id(app, nth, at.seed), name, key, certificate })
    });
    let row = entra.tenant().registry().of(app);
    let asked_for = (0..).zip(&row.signing).filter(|_| row.app() == Some(app));
    let asked_for = asked_for.filter(|(_, one)| !one.withdrawn).filter_map(|(nth, one)| {
        let life = (one.start, one.end);
        asked_for_by_graph(app, nth, (&one.key_id, &one.display_name), life, at.seed)
    });
    made.chain(asked_for).collect()
}

/// The name of a certificate that says no other [saml-certificates].
pub const CERTIFICATE_NAME: &str = "CN=Microsoft Azure Federated SSO Certificate";

/// The id in Graph of the `nth` certificate of an application's settings.
pub fn key_id(app: AppId, nth: usize, seed: Seed) -> String {
    show_guid(seed.guid("certificate of settings", &app.index().to_string(), nth as u64))
}

/// The key of the `nth` certificate of an application's settings.
fn key_of(app: AppId, nth: usize) -> Option<Arc<SigningKey>> {
    key((app.index() + nth) % KEY_COUNT)
}

fn key(number: usize) -> Option<Arc<SigningKey>> {
    KEYS[number].get_or_init(|| drawn(NAMES[number])).clone()
}

/// The certificate that a client of Graph asked for, as the `nth` of its application and with this
/// id and name: always the same one.
pub fn asked_for_by_graph(
    app: AppId,
    nth: usize,
    (key_id, name): (&str, &str),
    (from, until): (Time, Time),
    seed: Seed,
) -> Option<AppCertificate> {
    // None of the settings has it, however many there are.
    let key = key(KEY_COUNT + (app.index() + nth) % KEY_COUNT)?;
    let serial = seed.named("sso certificate", key_id, 0);
    let certificate = key.certificate(Subject::Vendor, serial, from, until)?;
    Some(AppCertificate { key_id: key_id.to_owned(), name: name.to_owned(), key, certificate })
}

/// The place among all of the certificate that is chosen to sign: by its thumbprint, as clients of
/// Graph do, or else by its number.
fn chosen(entra: &Entra, app: AppId, all: &[AppCertificate], seed: Seed) -> Option<usize> {
    let sso = entra.sso_of(app);
    let by_thumbprint = sso.graph.chosen.as_deref().and_then(|wanted| {
        let is = |it: &AppCertificate| it.certificate.thumbprint().eq_ignore_ascii_case(wanted);
        all.iter().position(is)
    });
    let number = || {
        let id = key_id(app, sso.certificate as usize - 1, seed);
        all.iter().position(|it| it.key_id == id)
    };
    by_thumbprint.or_else(number).or((!all.is_empty()).then_some(0))
}

/// The thumbprint of the certificate that is chosen to sign.
pub fn preferred(entra: &Entra, app: AppId, at: SignOnAt<'_>) -> Option<String> {
    let sso = entra.sso_of(app);
    let by_number = || {
        let all = all(entra, app, at);
        Some(all[chosen(entra, app, &all, at.seed)?].certificate.thumbprint())
    };
    // Until single sign-on is set up none is.
    sso.graph.chosen.clone().or_else(|| sso.is_saml().then(by_number)?)
}

/// The certificate that signs: the one that is chosen. Once it has expired it goes on signing,
/// unless another one is good: the service switches to that by itself [saml-certificates].
pub fn active(entra: &Entra, app: AppId, at: SignOnAt<'_>) -> Option<AppCertificate> {
    let settings = entra.job_of(app).settings();
    let mut all = all(entra, app, at);
    let good = |it: &AppCertificate| {
        it.certificate.not_before() <= at.now && at.now < it.certificate.not_after()
    };
    let number = chosen(entra, app, &all, at.seed)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_graph_asks_for_has_no_key_of_the_settings() {
        let main = AppId::MAIN;
        let of_settings: Vec<_> = (0..3).filter_map(|nth| key_of(main, nth)).collect();
        let life = (Time::default(), Time::default().years_later(1));
        let asked_for =
            |nth| asked_for_by_graph(main, nth, (&nth.to_string(), "CN=x"), life, Seed(7));
        let of_graph: Vec<_> = (0..2).filter_map(asked_for).map(|it| it.key).collect();
        assert_eq!((of_settings.len(), of_graph.len()), (3, 2));
        let is_known = |key| of_settings.iter().any(|known| Arc::ptr_eq(known, key));
        assert!(!of_graph.iter().any(is_known) && !Arc::ptr_eq(&of_graph[0], &of_graph[1]));
    }
}
