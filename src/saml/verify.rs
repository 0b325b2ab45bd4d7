//! Verifies a Response that was received, and gives back only what the signature covers.
//!
//! Signature wrapping moves a signed assertion aside and puts a forged one where the service
//! provider looks. So nothing is looked up by its id here: a signature counts only where the
//! profile puts it, as a child of the Response or of the one assertion, it must refer to its own
//! parent, and the assertion that comes back is read from the very node whose digest was right.
//! Anything else that looks like an assertion or a signature is refused.

use roxmltree::{Document, Node};

use super::assertion::Assertion;
use super::c14n::exclusive;
use super::key::{Algorithm, Certificate};
use super::names::{ASSERTION, DSIG, ENVELOPED, EXCLUSIVE, PROTOCOL, status};
use super::xml::{self, XmlError, child, child_text, children, is};

/// A Response whose assertion is signed by a trusted key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifiedResponse {
    /// What stands around the assertion. The signature covers it only if `response_signed`.
    pub response: ResponseHead,
    /// Whether the signature covers the whole Response.
    pub response_signed: bool,
    /// The assertion, which is signed.
    pub assertion: Assertion,
}

/// What stands around the assertion of a Response.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResponseHead {
    /// Its id.
    pub id: String,
    /// The address to which it was sent.
    pub destination: Option<String>,
    /// The request that it answers.
    pub in_response_to: Option<String>,
    /// The identity provider.
    pub issuer: Option<String>,
}

/// Why a Response is not taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum VerifyError {
    /// It is not XML that is read here.
    Xml(XmlError),
    /// It is no Response of SAML 2.0.
    NotAResponse,
    /// The identity provider says that it failed: the status, and its message.
    Status(String, Option<String>),
    /// It has no assertion, more than one, or one where none belongs.
    Assertions(usize),
    /// Its assertion is encrypted.
    Encrypted,
    /// Two elements have the same id.
    SameId(String),
    /// A signature stands where none belongs, or there are two.
    StraySignature,
    /// Nothing is signed.
    Unsigned,
    /// A signature does not have the form that the profile prescribes; which part it is.
    Form(&'static str),
    /// A signature by an algorithm that is not taken.
    Algorithm(String),
    /// The signed part was changed after it was signed.
    Digest,
    /// The signature is not one of a trusted key; whether a certificate that is not trusted came
    /// along.
    Signature {
        /// Whether it names a certificate that is not among those that are trusted.
        unknown_certificate: bool,
    },
    /// The assertion lacks a part, or an instant cannot be read.
    Incomplete,
}

impl std::fmt::Display for VerifyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            VerifyError::Xml(error) => error.fmt(f),
            VerifyError::NotAResponse => f.write_str("it is no Response of SAML 2.0"),
            VerifyError::Status(code, None) => write!(f, "the identity provider failed: {code}"),
            VerifyError::Status(code, Some(message)) => {
                write!(f, "the identity provider failed: {code}, {message}")
            }
            VerifyError::Assertions(0) => f.write_str("it has no assertion"),
            VerifyError::Assertions(_) => f.write_str("it has more than one assertion"),
            VerifyError::Encrypted => f.write_str("its assertion is encrypted"),
            VerifyError::SameId(id) => write!(f, "two elements have the id {id:?}"),
            VerifyError::StraySignature => f.write_str("a signature stands where none belongs"),
            VerifyError::Unsigned => f.write_str("it is not signed"),
            VerifyError::Form(what) => {
                write!(f, "its signature has another {what} than the profile")
            }
            VerifyError::Algorithm(uri) => write!(f, "its signature has the algorithm {uri:?}"),
            VerifyError::Digest => f.write_str("it was changed after it was signed"),
            VerifyError::Signature { unknown_certificate: true } => {
                f.write_str("it is signed by a certificate that is not trusted")
            }
            VerifyError::Signature { unknown_certificate: false } => {
                f.write_str("its signature is wrong")
            }
            VerifyError::Incomplete => {
                f.write_str("a part of its assertion is missing or malformed")
            }
        }
    }
}

/// Verifies a Response. Window, audience, recipient, the request that is answered and replay are
/// the service provider's own to check.
///
/// # Errors
/// Why the Response is not taken.
pub fn verify(text: &str, trusted: &[Certificate]) -> Result<VerifiedResponse, VerifyError> {
    verify_by(text, trusted, Algorithm::STRICT)
}

/// [`verify`] by a verifier that takes signatures of these algorithms.
///
/// # Errors
/// Why the Response is not taken.
pub fn verify_by(
    text: &str,
    trusted: &[Certificate],
    taken: &[Algorithm],
) -> Result<VerifiedResponse, VerifyError> {
    let document = xml::parse(text).map_err(VerifyError::Xml)?;
    let response = document.root_element();
    if !is(response, PROTOCOL, "Response") || response.attribute("Version") != Some("2.0") {
        return Err(VerifyError::NotAResponse);
    }
    succeeded(response)?;
    let assertion = the_assertion(&document)?;
    ids_differ(&document)?;
    let signatures = all(&document, DSIG, "Signature");
    let own =
        |parent: Node<'_, '_>| signatures.iter().filter(|it| it.parent() == Some(parent)).count();
    let (of_response, of_assertion) = (own(response), own(assertion));
    if of_response > 1 || of_assertion > 1 || of_response + of_assertion != signatures.len() {
        return Err(VerifyError::StraySignature);
    }
    if signatures.is_empty() {
        return Err(VerifyError::Unsigned);
    }
    for signature in signatures {
        check(signature, trusted, taken)?;
    }
    Ok(VerifiedResponse {
        response: ResponseHead::read(response),
        response_signed: of_response == 1,
        assertion: Assertion::read(assertion).ok_or(VerifyError::Incomplete)?,
    })
}

/// Verifies the signature that a request has within, by one of these algorithms.
///
/// # Errors
/// Why it is not one of these certificates.
pub fn verify_request(
    text: &str,
    trusted: &[Certificate],
    taken: &[Algorithm],
) -> Result<(), VerifyError> {
    let document = xml::parse(text).map_err(VerifyError::Xml)?;
    ids_differ(&document)?;
    match all(&document, DSIG, "Signature").as_slice() {
        [] => Err(VerifyError::Unsigned),
        [one] if one.parent() == Some(document.root_element()) => check(*one, trusted, taken),
        _ => Err(VerifyError::StraySignature),
    }
}

impl ResponseHead {
    fn read(response: Node<'_, '_>) -> ResponseHead {
        let text = |name: &str| response.attribute(name).map(str::to_owned);
        ResponseHead {
            id: text("ID").unwrap_or_default(),
            destination: text("Destination"),
            in_response_to: text("InResponseTo"),
            issuer: child_text(response, ASSERTION, "Issuer"),
        }
    }
}

fn succeeded(response: Node<'_, '_>) -> Result<(), VerifyError> {
    let status = child(response, PROTOCOL, "Status").ok_or(VerifyError::NotAResponse)?;
    let code = child(status, PROTOCOL, "StatusCode").and_then(|it| it.attribute("Value"));
    match code {
        Some(status::SUCCESS) => Ok(()),
        other => Err(VerifyError::Status(
            other.unwrap_or_default().to_owned(),
            child_text(status, PROTOCOL, "StatusMessage"),
        )),
    }
}

/// The one assertion, which is a child of the Response.
fn the_assertion<'a, 'i>(document: &'a Document<'i>) -> Result<Node<'a, 'i>, VerifyError> {
    if !all(document, ASSERTION, "EncryptedAssertion").is_empty() {
        return Err(VerifyError::Encrypted);
    }
    let everywhere = all(document, ASSERTION, "Assertion");
    match everywhere.as_slice() {
        [only] if only.parent() == Some(document.root_element()) => Ok(*only),
        other => Err(VerifyError::Assertions(other.len())),
    }
}

fn all<'a, 'i>(document: &'a Document<'i>, space: &str, name: &str) -> Vec<Node<'a, 'i>> {
    document.descendants().filter(|node| is(*node, space, name)).collect()
}

fn ids_differ(document: &Document<'_>) -> Result<(), VerifyError> {
    let named = document.descendants().flat_map(|node| {
        ["ID", "Id", "id"].into_iter().filter_map(move |name| node.attribute(name))
    });
    let mut ids: Vec<&str> = named.collect();
    ids.sort_unstable();
    match ids.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(VerifyError::SameId(pair[0].to_owned())),
        None => Ok(()),
    }
}

/// Checks one signature over its parent.
fn check(
    signature: Node<'_, '_>,
    trusted: &[Certificate],
    taken: &[Algorithm],
) -> Result<(), VerifyError> {
    let part = |node: Node<'_, '_>, name: &'static str| {
        let mut found = node.children().filter(|it| is(*it, DSIG, name));
        let first = found.next().ok_or(VerifyError::Form(name))?;
        // Two of a kind could be read one way here and another way elsewhere.
        if found.next().is_some() { Err(VerifyError::Form(name)) } else { Ok(first.id()) }
    };
    let document = signature.document();
    let node = |id| document.get_node(id).ok_or(VerifyError::Form("Signature"));
    let info = node(part(signature, "SignedInfo")?)?;
    let reference = node(part(info, "Reference")?)?;
    let method = node(part(info, "CanonicalizationMethod")?)?;
    if method.attribute("Algorithm") != Some(EXCLUSIVE) {
        return Err(VerifyError::Form("CanonicalizationMethod"));
    }
    if child(signature, DSIG, "Object").is_some() {
        return Err(VerifyError::Form("Object"));
    }
    let methods = (node(part(info, "SignatureMethod")?)?, node(part(reference, "DigestMethod")?)?);
    let algorithm = algorithm(methods, taken)?;
    let parent = signature.parent().ok_or(VerifyError::StraySignature)?;
    let id = parent.attribute("ID").unwrap_or_default();
    if id.is_empty() || reference.attribute("URI").and_then(|it| it.strip_prefix('#')) != Some(id) {
        return Err(VerifyError::Form("Reference"));
    }
    let listed = transforms(node(part(reference, "Transforms")?)?)?;
    let digest = child_text(reference, DSIG, "DigestValue").unwrap_or_default();
    let digest: String = digest.chars().filter(|c| !c.is_whitespace()).collect();
    let canonical = exclusive(parent, Some(signature), &listed);
    if algorithm.digest(&canonical) != digest {
        return Err(VerifyError::Digest);
    }
    let info = exclusive(info, None, &inclusive(method));
    let value = child_text(signature, DSIG, "SignatureValue").unwrap_or_default();
    match trusted.iter().any(|it| it.verifies(algorithm, &info, &value)) {
        true => Ok(()),
        false => Err(VerifyError::Signature {
            unknown_certificate: certificate_of(signature).is_some_and(|it| !trusted.contains(&it)),
        }),
    }
}

/// The algorithm of a signature: RSA with the same hash for both parts, one that is taken.
fn algorithm(
    (method, digest): (Node<'_, '_>, Node<'_, '_>),
    taken: &[Algorithm],
) -> Result<Algorithm, VerifyError> {
    let named = |node: Node<'_, '_>| node.attribute("Algorithm").unwrap_or_default().to_owned();
    let (method, digest) = (named(method), named(digest));
    match taken.iter().find(|it| it.method() == method) {
        None => Err(VerifyError::Algorithm(method)),
        Some(found) if found.digest_method() != digest => Err(VerifyError::Algorithm(digest)),
        Some(found) => Ok(*found),
    }
}

/// The transforms must be those of the profile: the signature left out, and exclusive canonical
/// form (saml-core 5.4.4). Returns the prefixes that the form lists.
fn transforms<'a>(node: Node<'a, '_>) -> Result<Vec<&'a str>, VerifyError> {
    let all: Vec<_> = node.children().filter(|it| is(*it, DSIG, "Transform")).collect();
    match all.as_slice() {
        [first, second]
            if first.attribute("Algorithm") == Some(ENVELOPED)
                && second.attribute("Algorithm") == Some(EXCLUSIVE) =>
        {
            Ok(inclusive(*second))
        }
        _ => Err(VerifyError::Form("Transforms")),
    }
}

/// The prefixes of `InclusiveNamespaces` (xml-exc-c14n 4).
fn inclusive<'a>(node: Node<'a, '_>) -> Vec<&'a str> {
    let listed = node.children().find(|it| is(*it, EXCLUSIVE, "InclusiveNamespaces"));
    let prefixes = listed.and_then(|it| it.attribute("PrefixList")).unwrap_or_default();
    prefixes.split_ascii_whitespace().collect()
}

/// The certificate that came along with a signature.
fn certificate_of(signature: Node<'_, '_>) -> Option<Certificate> {
    let info = child(signature, DSIG, "KeyInfo")?;
    let data = children(info, DSIG, "X509Data").next()?;
    Certificate::from_text(&child_text(data, DSIG, "X509Certificate")?)
}
