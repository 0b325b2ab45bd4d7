//! Writes a Response in the vendor's look and signs it.

use super::assertion::Assertion;
use super::element::Element;
use super::instant;
use super::key::{Algorithm, Certificate, SigningKey};
use super::names::{ASSERTION, PROTOCOL, status};
use super::sign::Signer;
use crate::base::Time;

/// What of a Response is signed.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum SigningOption {
    /// The assertion alone.
    #[default]
    Assertion,
    /// The whole Response alone.
    Response,
    /// The assertion, and then the Response around it.
    Both,
}

impl SigningOption {
    /// The words of the scenario format.
    pub const WORDS: [(&'static str, SigningOption); 3] = [
        ("assertion", SigningOption::Assertion),
        ("response", SigningOption::Response),
        ("both", SigningOption::Both),
    ];
}

/// A Response before it is signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IssuedResponse {
    /// Its id.
    pub id: String,
    /// When it is made.
    pub issue_instant: Time,
    /// The address to which it is posted.
    pub destination: String,
    /// The request that is answered; `None` when there was none.
    pub in_response_to: Option<String>,
    /// The identity provider.
    pub issuer: String,
}

impl IssuedResponse {
    /// The text of a Response with this assertion, signed.
    pub fn signed(
        &self,
        assertion: &Assertion,
        option: SigningOption,
        by: (&SigningKey, &Certificate, Algorithm),
    ) -> String {
        let (key, certificate, algorithm) = by;
        let signer = Signer { key, certificate, algorithm };
        let element = assertion.element();
        let assertion = match option {
            SigningOption::Response => element.write(),
            SigningOption::Assertion | SigningOption::Both => signer.sign(element, &assertion.id),
        };
        let status = Element::new("samlp:Status")
            .child(Element::new("samlp:StatusCode").with("Value", status::SUCCESS));
        let response = self.head().child(status).written(assertion);
        match option {
            SigningOption::Assertion => response.write(),
            SigningOption::Response | SigningOption::Both => signer.sign(response, &self.id),
        }
    }

    /// The text of a Response that says why there is no assertion: the two levels of the status and
    /// a message for people.
    pub fn refusing(&self, code: &str, detail: Option<&str>, message: &str) -> String {
        let code = Element::new("samlp:StatusCode").with("Value", code);
        let detail = detail.map(|uri| Element::new("samlp:StatusCode").with("Value", uri));
        let status = Element::new("samlp:Status")
            .child(code.children(detail))
            .child(Element::new("samlp:StatusMessage").text(message));
        self.head().child(status).write()
    }

    fn head(&self) -> Element {
        Element::new("samlp:Response")
            .with("ID", &*self.id)
            .with("Version", "2.0")
            .with("IssueInstant", instant(self.issue_instant))
            .with("Destination", &*self.destination)
            .with_some("InResponseTo", self.in_response_to.as_deref())
            .with("xmlns:samlp", PROTOCOL)
            .child(Element::new("Issuer").with("xmlns", ASSERTION).text(&*self.issuer))
    }
}
