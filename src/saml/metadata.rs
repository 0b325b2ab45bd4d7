//! Metadata of an identity provider: where it is, and by which certificates it is known
//! (saml-metadata 2.4.3). Without the vendor's own roles and without a signature, which the service
//! providers that were tried do not need.

use super::element::Element;
use super::key::Certificate;
use super::names::{DSIG, METADATA, POST, PROTOCOL, REDIRECT};
use super::xml::{self, is, text_of};

/// What metadata say.
#[derive(Clone, Copy, Debug)]
pub struct Metadata<'a> {
    /// An id of the document.
    pub id: &'a str,
    /// The identity provider's identifier.
    pub entity_id: &'a str,
    /// Where it signs users in and out.
    pub url: &'a str,
    /// The certificates, the one in use first.
    pub certificates: &'a [Certificate],
}

impl Metadata<'_> {
    /// The document.
    pub fn write(&self) -> String {
        let keys = self.certificates.iter().map(|certificate| {
            let data = Element::new("X509Data")
                .child(Element::new("X509Certificate").text(certificate.to_base64()));
            let info = Element::new("KeyInfo").with("xmlns", DSIG).child(data);
            Element::new("KeyDescriptor").with("use", "signing").child(info)
        });
        let service = |name: &'static str, binding: &str| {
            Element::new(name).with("Binding", binding).with("Location", self.url)
        };
        let role = Element::new("IDPSSODescriptor")
            .with("protocolSupportEnumeration", PROTOCOL)
            .children(keys)
            .child(service("SingleLogoutService", REDIRECT))
            .child(service("SingleSignOnService", REDIRECT))
            .child(service("SingleSignOnService", POST));
        let document = Element::new("EntityDescriptor")
            .with("ID", self.id)
            .with("entityID", self.entity_id)
            .with("xmlns", METADATA)
            .child(role);
        format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>{}", document.write())
    }
}

/// The certificates for signing that metadata name.
pub fn certificates_of(text: &str) -> Vec<Certificate> {
    let Ok(document) = xml::parse(text) else { return Vec::new() };
    let keys = document.descendants().filter(|node| {
        is(*node, METADATA, "KeyDescriptor") && node.attribute("use") != Some("encryption")
    });
    let named = keys.flat_map(|key| {
        key.descendants().filter(|node| is(*node, DSIG, "X509Certificate")).filter_map(text_of)
    });
    named.filter_map(|text| Certificate::from_text(&text)).collect()
}
