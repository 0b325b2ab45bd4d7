//! Signing out: the request of a service provider and the answer to it, in both directions
//! (saml-core 3.7).

use roxmltree::{Document, Node};

use super::authn_request::ReadError;
use super::element::Element;
use super::instant;
use super::names::{ASSERTION, PROTOCOL, status};
use super::xml::{self, child, child_text, is};
use crate::base::Time;

/// A LogoutRequest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogoutRequest {
    /// Its id.
    pub id: String,
    /// The service provider's identifier.
    pub issuer: String,
    /// The user's name; the vendor does not look at it.
    pub name_id: Option<String>,
}

impl LogoutRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read(text: &str) -> Result<LogoutRequest, ReadError> {
        let document = xml::parse(text).map_err(ReadError::Xml)?;
        let node = message(&document, "LogoutRequest")?;
        Ok(LogoutRequest {
            id: node.attribute("ID").ok_or(ReadError::Part("ID"))?.to_owned(),
            issuer: child_text(node, ASSERTION, "Issuer").ok_or(ReadError::Part("Issuer"))?,
            name_id: child_text(node, ASSERTION, "NameID"),
        })
    }
}

/// The root of a document that is to be a protocol message of this name, in version 2.0.
fn message<'d>(document: &'d Document<'d>, name: &str) -> Result<Node<'d, 'd>, ReadError> {
    let node = document.root_element();
    if !is(node, PROTOCOL, name) {
        return Err(ReadError::OtherMessage(node.tag_name().name().to_owned()));
    }
    match node.attribute("Version") {
        Some("2.0") => Ok(node),
        _ => Err(ReadError::Part("Version")),
    }
}

/// What a service provider answers to a LogoutRequest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogoutAnswer {
    /// Its id.
    pub id: String,
    /// The service provider's identifier.
    pub issuer: String,
    /// Whether it says that the sessions ended.
    pub success: bool,
}

impl LogoutAnswer {
    /// Reads a LogoutResponse.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read(text: &str) -> Result<LogoutAnswer, ReadError> {
        let document = xml::parse(text).map_err(ReadError::Xml)?;
        let node = message(&document, "LogoutResponse")?;
        let code = child(node, PROTOCOL, "Status").ok_or(ReadError::Part("Status"))?;
        let code = child(code, PROTOCOL, "StatusCode").and_then(|it| it.attribute("Value"));
        let issuer = child_text(node, ASSERTION, "Issuer").filter(|it| !it.is_empty());
        Ok(LogoutAnswer {
            id: node.attribute("ID").ok_or(ReadError::Part("ID"))?.to_owned(),
            issuer: issuer.ok_or(ReadError::Part("Issuer"))?,
            success: code.ok_or(ReadError::Part("Status"))? == status::SUCCESS,
        })
    }
}

/// A LogoutResponse that says that it succeeded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogoutResponse {
    /// Its id.
    pub id: String,
    /// When it is made.
    pub issue_instant: Time,
    /// The address to which it is sent.
    pub destination: String,
    /// The request that is answered.
    pub in_response_to: String,
    /// The identity provider.
    pub issuer: String,
}

impl LogoutResponse {
    /// The text of the answer.
    pub fn write(&self) -> String {
        let code = Element::new("samlp:StatusCode").with("Value", status::SUCCESS);
        Element::new("samlp:LogoutResponse")
            .with("ID", &*self.id)
            .with("Version", "2.0")
            .with("IssueInstant", instant(self.issue_instant))
            .with("Destination", &*self.destination)
            .with("InResponseTo", &*self.in_response_to)
            .with("xmlns:samlp", PROTOCOL)
            .child(Element::new("Issuer").with("xmlns", ASSERTION).text(&*self.issuer))
            .child(Element::new("samlp:Status").child(code))
            .write()
    }
}
