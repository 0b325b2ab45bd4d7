//! Reads a Response: its signature and its issuer are checked against the identity provider that
//! GoLinks knows, and what it says of its user is taken over.

use super::{Assertion, IdentityProvider, SignInRefusal};
use crate::base::Time;
use crate::saml::{self, Algorithm, VerifyError};

/// Reads a Response, and checks that this identity provider has signed it, by one of these
/// algorithms.
///
/// # Errors
/// Why it is not believed.
pub(crate) fn read(
    text: &str,
    provider: Option<&IdentityProvider>,
    taken: &[Algorithm],
) -> Result<Assertion, SignInRefusal> {
    let trusted = provider.map_or(&[][..], |provider| &provider.certificates);
    let verified = saml::verify_by(text, trusted, taken).map_err(|error| refusal(&error))?;
    let (around, said) = (verified.response, verified.assertion);
    if around.in_response_to != said.confirmation.in_response_to {
        return Err(SignInRefusal::InResponseTo);
    }
    if around.issuer.is_some_and(|issuer| issuer != said.issuer) {
        return Err(SignInRefusal::Unreadable("it has two issuers".into()));
    }
    if provider.is_some_and(|provider| provider.issuer != said.issuer) {
        let why = "its issuer is not the identity provider of the metadata";
        return Err(SignInRefusal::Unreadable(why.into()));
    }
    // One that does not say until when it holds would hold for ever.
    let ends = said.confirmation.not_on_or_after.into_iter().chain(said.not_on_or_after).min();
    let endless = || SignInRefusal::Unreadable("it does not say until when it holds".into());
    let pairs = |attribute: saml::Claim| {
        let name = attribute.name;
        attribute.values.into_iter().map(move |value| (name.clone(), value))
    };
    Ok(Assertion {
        id: said.id,
        name_id: said.name_id.value,
        audiences: said.audiences,
        destination: around.destination,
        recipient: said.confirmation.recipient,
        in_response_to: said.confirmation.in_response_to,
        not_before: said.not_before.unwrap_or(Time::from_secs(0)),
        not_on_or_after: ends.ok_or_else(endless)?,
        attributes: said.attributes.into_iter().flat_map(pairs).collect(),
    })
}

fn refusal(error: &VerifyError) -> SignInRefusal {
    match error {
        VerifyError::Unsigned => SignInRefusal::Unsigned,
        VerifyError::Signature { unknown_certificate: true } => SignInRefusal::UnknownCertificate,
        VerifyError::Algorithm(uri) => {
            let shown = uri.chars().filter(|c| !c.is_control());
            SignInRefusal::Algorithm(shown.take(120).collect())
        }
        VerifyError::Signature { .. } | VerifyError::Digest => SignInRefusal::WrongSignature,
        other => {
            let text: String = other.to_string().chars().filter(|c| !c.is_control()).collect();
            SignInRefusal::Unreadable(text.chars().take(200).collect())
        }
    }
}
