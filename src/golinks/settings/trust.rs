//! The tenant whose signed tokens GoLinks trusts, and for what.

use std::time::Duration;

use super::row::{Parse, settings};
use super::values::is_none;
use crate::base::jwt::KeySet;
use crate::base::{Node, Problems};

settings! {
    /// What GoLinks takes from a tenant that signs tokens.
    #[derive(Clone, PartialEq, Debug)]
    pub struct Trust;
    /// The id of the tenant; the scenario's own when the job needs it.
    tenant: String = String::new(), "trust.tenant" = "\"\"";
    /// The key set that the tenant published when GoLinks last fetched it (RFC 7517), or `none`;
    /// the scenario's own when the job needs it.
    keys: TrustedKeys = TrustedKeys::default(), "trust.keys" = "\"none\"";
    /// The subject of a client's assertion; empty for any.
    subject: String = String::new(), "trust.subject" = "\"\"";
    /// The audience of a client's assertion.
    audience: String = String::new(), "trust.audience" = "\"\"";
    /// What becomes of the tenant's own token, which travels when the secret is left blank:
    /// `refuse`, `accept` whatever looks like a token, or `validate`.
    blank_secret: BlankSecret = BlankSecret::Refuse, "trust.blank_secret" = "\"refuse\"";
    /// How much the clocks of GoLinks and the tenant may differ.
    leeway: Duration = Duration::ZERO, "trust.leeway" = "\"0s\"";
    /// How far the clock by which GoLinks judges tokens is behind.
    clock_slow: Duration = Duration::ZERO, "trust.clock_slow" = "\"0s\"";
}

/// What becomes of the tenant's own token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BlankSecret {
    /// It is not known.
    Refuse,
    /// Every text in the form of a signed token is let in, as a server under test may do.
    Accept,
    /// Signature, issuer, audience and times are checked [scim-dev].
    Validate,
}

impl Parse for BlankSecret {
    fn parse(value: &Node, problems: &mut Problems) -> Option<BlankSecret> {
        let words = [
            ("refuse", BlankSecret::Refuse),
            ("accept", BlankSecret::Accept),
            ("validate", BlankSecret::Validate),
        ];
        value.as_word(&words, problems)
    }
}

/// The keys of the tenant.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TrustedKeys(pub KeySet);

impl Parse for TrustedKeys {
    fn parse(value: &Node, problems: &mut Problems) -> Option<TrustedKeys> {
        if is_none(value) {
            return Some(TrustedKeys::default());
        }
        match KeySet::parse(value.as_text(problems)?) {
            Ok(keys) => Some(TrustedKeys(keys)),
            Err(why) => {
                problems.error(value.span, format!("this is no key set: {why}"));
                None
            }
        }
    }
}

/// What an administrator of GoLinks registers about a tenant.
#[derive(Clone, Debug)]
pub struct TenantFacts {
    /// The id of the tenant.
    pub tenant: String,
    /// The keys that it publishes now.
    pub keys: KeySet,
    /// The subject of the assertions of its provisioning service.
    pub subject: String,
    /// Their audience.
    pub audience: String,
}

impl Trust {
    /// Fills in what a scenario leaves out.
    pub fn fill(&mut self, facts: TenantFacts) {
        let TenantFacts { tenant, keys, subject, audience } = facts;
        if self.keys.0.is_empty() {
            self.keys = TrustedKeys(keys);
        }
        for (place, value) in [
            (&mut self.tenant, tenant),
            (&mut self.subject, subject),
            (&mut self.audience, audience),
        ] {
            if place.is_empty() {
                *place = value;
            }
        }
    }

    /// Takes over what is registered, in place of what was known before.
    pub(crate) fn register(&mut self, facts: TenantFacts) {
        let TenantFacts { tenant, keys, subject, audience } = facts;
        *self = Trust { tenant, keys: TrustedKeys(keys), subject, audience, ..self.clone() };
    }
}
