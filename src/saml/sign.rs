//! Signs an element: the digest of its canonical form, and a signature within it (xmldsig-core).

use super::c14n::exclusive;
use super::element::Element;
use super::key::{Algorithm, Certificate, SigningKey};
use super::names::{DSIG, ENVELOPED, EXCLUSIVE};
use super::xml;

/// Who signs, and how.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    /// The key.
    pub key: &'a SigningKey,
    /// Its certificate, which is sent along.
    pub certificate: &'a Certificate,
    /// The algorithm.
    pub algorithm: Algorithm,
}

impl Signer<'_> {
    /// The text of an element with the signature as its second child, after the Issuer; `id` is the
    /// element's own.
    pub fn sign(self, mut element: Element, id: &str) -> String {
        let digest = self.algorithm.digest(&canonical(&element.write()));
        element.insert(1, self.signature(id, digest));
        element.write()
    }

    fn signature(self, id: &str, digest: String) -> Element {
        let by = |name: &'static str, uri: &str| Element::new(name).with("Algorithm", uri);
        let transforms = Element::new("Transforms")
            .child(by("Transform", ENVELOPED))
            .child(by("Transform", EXCLUSIVE));
        let reference = Element::new("Reference")
            .with("URI", format!("#{id}"))
            .child(transforms)
            .child(by("DigestMethod", self.algorithm.digest_method()))
            .child(Element::new("DigestValue").text(digest));
        let info = |element: Element| {
            element
                .child(by("CanonicalizationMethod", EXCLUSIVE))
                .child(by("SignatureMethod", self.algorithm.method()))
                .child(reference.clone())
        };
        // It is hashed with the namespace that it inherits where it stands.
        let hashed = info(Element::new("SignedInfo").with("xmlns", DSIG));
        let value = self.key.sign(self.algorithm, &canonical(&hashed.write()));
        Element::new("Signature")
            .with("xmlns", DSIG)
            .child(info(Element::new("SignedInfo")))
            .child(Element::new("SignatureValue").text(value))
            .child(self.certificate.key_info())
    }
}

/// The canonical form of an element that was just written.
fn canonical(text: &str) -> String {
    xml::parse(text).map(|it| exclusive(it.root_element(), None, &[])).unwrap_or_default()
}
