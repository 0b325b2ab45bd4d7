//! What an identity provider says of a user: written by the tenant, read by service providers.

use roxmltree::Node;

use super::element::Element;
use super::instant;
use super::names::{ASSERTION, BEARER};
use super::xml::{child, child_text, children, text_of};
use crate::base::Time;

/// An assertion (saml-core 2.3.3) with what the profile of single sign-on needs (saml-profiles
/// 4.1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assertion {
    /// Its id, by which the signature refers to it.
    pub id: String,
    /// When it was made.
    pub issue_instant: Time,
    /// The identity provider.
    pub issuer: String,
    /// The user's name at the service provider.
    pub name_id: NameId,
    /// Who may use the assertion, where and until when.
    pub confirmation: Confirmation,
    /// From when it is good.
    pub not_before: Option<Time>,
    /// Until when it is good.
    pub not_on_or_after: Option<Time>,
    /// The service providers it is meant for.
    pub audiences: Vec<String>,
    /// The claims, in the order in which they stand.
    pub attributes: Vec<Claim>,
    /// When the user signed in at the identity provider.
    pub authn_instant: Option<Time>,
    /// The session at the identity provider.
    pub session_index: Option<String>,
    /// How the user signed in.
    pub context: Option<String>,
}

/// A user's name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NameId {
    /// The name.
    pub value: String,
    /// Its format.
    pub format: Option<String>,
}

/// A claim.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: Vec<String>,
}

/// The confirmation of the bearer (saml-profiles 4.1.4.2).
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Confirmation {
    /// The request that is answered; `None` when there was none.
    pub in_response_to: Option<String>,
    /// The address to which it may be taken.
    pub recipient: Option<String>,
    /// Until when.
    pub not_on_or_after: Option<Time>,
}

impl Assertion {
    /// The values of the claim with this name.
    pub fn values(&self, name: &str) -> &[String] {
        let found = self.attributes.iter().find(|attribute| attribute.name == name);
        found.map(|attribute| attribute.values.as_slice()).unwrap_or_default()
    }

    /// Reads an assertion; `None` when a part is missing that every one has, or an instant cannot
    /// be read.
    pub(super) fn read(node: Node<'_, '_>) -> Option<Assertion> {
        let subject = child(node, ASSERTION, "Subject")?;
        let name_id = child(subject, ASSERTION, "NameID")?;
        let conditions = child(node, ASSERTION, "Conditions")?;
        let statement = child(node, ASSERTION, "AuthnStatement");
        let context = statement.and_then(|it| child(it, ASSERTION, "AuthnContext"));
        Some(Assertion {
            id: node.attribute("ID")?.to_owned(),
            issue_instant: Time::parse(node.attribute("IssueInstant")?)?,
            issuer: child_text(node, ASSERTION, "Issuer")?,
            name_id: NameId {
                value: text_of(name_id)?.trim().to_owned(),
                format: name_id.attribute("Format").map(str::to_owned),
            },
            confirmation: Confirmation::read(subject)?,
            not_before: time(conditions, "NotBefore")?,
            not_on_or_after: time(conditions, "NotOnOrAfter")?,
            audiences: audiences(conditions)?,
            attributes: attributes(node)?,
            authn_instant: statement.map_or(Some(None), |it| time(it, "AuthnInstant"))?,
            session_index: statement.and_then(|it| it.attribute("SessionIndex").map(str::to_owned)),
            context: context.and_then(|it| child_text(it, ASSERTION, "AuthnContextClassRef")),
        })
    }

    /// The element, as the vendor writes it.
    pub(super) fn element(&self) -> Element {
        let mut assertion = Element::new("Assertion")
            .with("ID", &*self.id)
            .with("IssueInstant", instant(self.issue_instant))
            .with("Version", "2.0")
            .with("xmlns", ASSERTION)
            .child(Element::new("Issuer").text(&*self.issuer))
            .child(self.subject())
            .child(self.conditions());
        if !self.attributes.is_empty() {
            let statement = Element::new("AttributeStatement");
            assertion =
                assertion.child(statement.children(self.attributes.iter().map(Claim::element)));
        }
        assertion.child(self.authn_statement())
    }

    fn subject(&self) -> Element {
        let name = Element::new("NameID")
            .with_some("Format", self.name_id.format.as_deref())
            .text(&*self.name_id.value);
        let until = self.confirmation.not_on_or_after.map(instant);
        let data = Element::new("SubjectConfirmationData")
            .with_some("InResponseTo", self.confirmation.in_response_to.as_deref())
            .with_some("NotOnOrAfter", until)
            .with_some("Recipient", self.confirmation.recipient.as_deref());
        let confirmation = Element::new("SubjectConfirmation").with("Method", BEARER).child(data);
        Element::new("Subject").child(name).child(confirmation)
    }

    fn conditions(&self) -> Element {
        let audience = |name: &String| Element::new("Audience").text(name);
        let restriction =
            Element::new("AudienceRestriction").children(self.audiences.iter().map(audience));
        Element::new("Conditions")
            .with_some("NotBefore", self.not_before.map(instant))
            .with_some("NotOnOrAfter", self.not_on_or_after.map(instant))
            .child(restriction)
    }

    fn authn_statement(&self) -> Element {
        let class =
            Element::new("AuthnContextClassRef").text(self.context.as_deref().unwrap_or(""));
        Element::new("AuthnStatement")
            .with_some("AuthnInstant", self.authn_instant.map(instant))
            .with_some("SessionIndex", self.session_index.as_deref())
            .child(Element::new("AuthnContext").child(class))
    }
}

impl Claim {
    /// A claim with one value.
    pub fn one(name: &str, value: impl Into<String>) -> Claim {
        Claim { name: name.to_owned(), values: vec![value.into()] }
    }

    fn element(&self) -> Element {
        let value = |value: &String| Element::new("AttributeValue").text(value);
        Element::new("Attribute").with("Name", &*self.name).children(self.values.iter().map(value))
    }
}

impl Confirmation {
    fn read(subject: Node<'_, '_>) -> Option<Confirmation> {
        let mut all = children(subject, ASSERTION, "SubjectConfirmation");
        let bearer = all.find(|it| it.attribute("Method") == Some(BEARER))?;
        let data = child(bearer, ASSERTION, "SubjectConfirmationData")?;
        let text = |name: &str| data.attribute(name).map(str::to_owned);
        Some(Confirmation {
            in_response_to: text("InResponseTo"),
            recipient: text("Recipient"),
            not_on_or_after: time(data, "NotOnOrAfter")?,
        })
    }
}

/// An instant that may be missing; `None` when it cannot be read.
fn time(node: Node<'_, '_>, name: &str) -> Option<Option<Time>> {
    node.attribute(name).map_or(Some(None), |text| Time::parse(text).map(Some))
}

fn audiences(conditions: Node<'_, '_>) -> Option<Vec<String>> {
    let restrictions = children(conditions, ASSERTION, "AudienceRestriction");
    let all = restrictions.flat_map(|it| children(it, ASSERTION, "Audience"));
    all.map(|it| text_of(it).map(|text| text.trim().to_owned())).collect()
}

fn attributes(node: Node<'_, '_>) -> Option<Vec<Claim>> {
    let statements = children(node, ASSERTION, "AttributeStatement");
    let all = statements.flat_map(|it| children(it, ASSERTION, "Attribute"));
    all.map(|attribute| {
        let values = children(attribute, ASSERTION, "AttributeValue").map(text_of);
        let name = attribute.attribute("Name")?.to_owned();
        Some(Claim { name, values: values.collect::<Option<_>>()? })
    })
    .collect()
}
