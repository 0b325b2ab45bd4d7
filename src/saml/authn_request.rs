//! The request with which a service provider sends a user to sign in (saml-core 3.4.1).

use roxmltree::Node;

use super::element::Element;
use super::instant;
use super::names::{ASSERTION, DSIG, POST, PROTOCOL};
use super::xml::{self, XmlError, child, child_text, children, is, text_of};
use crate::base::Time;

/// An AuthnRequest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuthnRequest {
    /// Its id, to which the Response refers.
    pub id: String,
    /// When it was made.
    pub issue_instant: Time,
    /// The service provider's identifier.
    pub issuer: String,
    /// The address to which it was sent.
    pub destination: Option<String>,
    /// Where the Response is wanted.
    pub acs_url: Option<String>,
    /// The format of the user's name that is wanted.
    pub name_id_format: Option<String>,
    /// Whether the user is to sign in again although there is a session.
    pub force_authn: bool,
    /// Whether the user must not be asked.
    pub is_passive: bool,
    /// How the user is to have signed in.
    pub context: Option<RequestedContext>,
    /// What no identity provider of the vendor takes: the names of these parts.
    pub unsupported: Vec<&'static str>,
    /// Whether it has a signature within.
    pub signed: bool,
}

/// How the user is to have signed in (saml-core 3.3.2.2.1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestedContext {
    /// How the classes are compared with the one that was used.
    pub comparison: String,
    /// The classes.
    pub classes: Vec<String>,
}

/// Why a message cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReadError {
    /// It is not XML that is read here.
    Xml(XmlError),
    /// It is another message than the one that is expected.
    OtherMessage(String),
    /// A part is missing, or it cannot be read.
    Part(&'static str),
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ReadError::Xml(error) => error.fmt(f),
            ReadError::OtherMessage(name) => write!(f, "it is a {name:?}"),
            ReadError::Part(name) => write!(f, "its {name} is missing or cannot be read"),
        }
    }
}

impl AuthnRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read(text: &str) -> Result<AuthnRequest, ReadError> {
        let document = xml::parse(text).map_err(ReadError::Xml)?;
        let node = document.root_element();
        if !is(node, PROTOCOL, "AuthnRequest") {
            return Err(ReadError::OtherMessage(node.tag_name().name().to_owned()));
        }
        let need = |name: &'static str| node.attribute(name).ok_or(ReadError::Part(name));
        if need("Version")? != "2.0" {
            return Err(ReadError::Part("Version"));
        }
        let issuer = child_text(node, ASSERTION, "Issuer").filter(|it| !it.is_empty());
        let policy = child(node, PROTOCOL, "NameIDPolicy");
        Ok(AuthnRequest {
            id: need("ID")?.to_owned(),
            issue_instant: Time::parse(need("IssueInstant")?)
                .ok_or(ReadError::Part("IssueInstant"))?,
            issuer: issuer.ok_or(ReadError::Part("Issuer"))?,
            destination: node.attribute("Destination").map(str::to_owned),
            acs_url: node.attribute("AssertionConsumerServiceURL").map(str::to_owned),
            name_id_format: policy.and_then(|it| it.attribute("Format")).map(str::to_owned),
            force_authn: flag(node, "ForceAuthn"),
            is_passive: flag(node, "IsPassive"),
            context: child(node, PROTOCOL, "RequestedAuthnContext").map(RequestedContext::read),
            unsupported: unsupported(node),
            signed: child(node, DSIG, "Signature").is_some(),
        })
    }

    /// The text of the request. What is unsupported is left out, and it is not signed.
    pub fn write(&self) -> String {
        let policy = self.name_id_format.as_deref().map(|format| {
            Element::new("samlp:NameIDPolicy").with("Format", format).with("AllowCreate", "true")
        });
        let yes = |flag: bool| flag.then_some("true");
        Element::new("samlp:AuthnRequest")
            .with("xmlns:samlp", PROTOCOL)
            .with("xmlns:saml", ASSERTION)
            .with("ID", &*self.id)
            .with("Version", "2.0")
            .with("IssueInstant", instant(self.issue_instant))
            .with_some("Destination", self.destination.as_deref())
            .with_some("ForceAuthn", yes(self.force_authn))
            .with_some("IsPassive", yes(self.is_passive))
            .with_some("AssertionConsumerServiceURL", self.acs_url.as_deref())
            .with("ProtocolBinding", POST)
            .child(Element::new("saml:Issuer").text(&*self.issuer))
            .children(policy)
            .children(self.context.as_ref().map(RequestedContext::element))
            .write()
    }
}

impl RequestedContext {
    fn read(node: Node<'_, '_>) -> RequestedContext {
        let classes = children(node, ASSERTION, "AuthnContextClassRef").filter_map(text_of);
        RequestedContext {
            comparison: node.attribute("Comparison").unwrap_or("exact").to_owned(),
            classes: classes.map(|class| class.trim().to_owned()).collect(),
        }
    }

    fn element(&self) -> Element {
        let class = |class: &String| Element::new("saml:AuthnContextClassRef").text(class);
        Element::new("samlp:RequestedAuthnContext")
            .with("Comparison", &*self.comparison)
            .children(self.classes.iter().map(class))
    }
}

fn flag(node: Node<'_, '_>, name: &str) -> bool {
    matches!(node.attribute(name), Some("true" | "1"))
}

/// The parts that the vendor's identity provider does not take.
fn unsupported(node: Node<'_, '_>) -> Vec<&'static str> {
    let subject = child(node, ASSERTION, "Subject").map(|_| "Subject");
    let scoping = child(node, PROTOCOL, "Scoping");
    let count = scoping.and_then(|it| it.attribute("ProxyCount")).map(|_| "ProxyCount");
    let part = |name: &'static str| scoping.and_then(|it| child(it, PROTOCOL, name)).map(|_| name);
    let parts = [subject, count, part("IDPList"), part("RequesterID")];
    parts.into_iter().flatten().collect()
}
