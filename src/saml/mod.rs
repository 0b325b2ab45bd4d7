//! SAML 2.0, as both sides of single sign-on need it: messages, signatures, bindings, metadata.
//!
//! The tenant issues what GoLinks and other service providers read, so both use this layer and
//! neither knows the other. What is received is read within hard bounds ([`xml`]), and of a signed
//! Response only the assertion that the signature covers comes back ([`verify`]). Nothing here
//! reads a clock: who judges a window compares with a time of its own.

pub mod assertion;
pub mod authn_request;
pub mod binding;
mod c14n;
mod element;
pub mod issue;
pub mod key;
pub mod logout;
pub mod metadata;
pub mod names;
mod sign;
pub mod verify;
pub mod xml;

#[cfg(test)]
mod tests;

pub use assertion::{Assertion, Claim, Confirmation, NameId};
pub use authn_request::{AuthnRequest, ReadError};
pub use issue::{IssuedResponse, SigningOption};
pub use key::{Algorithm, Certificate, SigningKey, Subject};
pub use logout::{LogoutAnswer, LogoutRequest, LogoutResponse};
pub use verify::{ResponseHead, VerifiedResponse, VerifyError, verify, verify_by, verify_request};

use crate::base::Time;

/// An instant as SAML writes it, in milliseconds: `2031-03-04T09:15:02.872Z`.
pub fn instant(time: Time) -> String {
    time.timestamp().strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// Whether an id is an NCName as far as SAML needs it (saml-core 1.3.4): it begins with a letter
/// or an underscore, and goes on with letters, digits, `-`, `_` and `.`.
pub fn is_id(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
}
