//! What a Response says of its user, once its signature was found good.

use crate::base::Time;
use crate::golinks::Role;
use crate::golinks::settings::sso::AccountKey;
use crate::saml::Certificate;

/// The base of the names of the usual claims.
const CLAIMS: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/";

/// The claim with the values of the user's app roles.
const ROLE: &str = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role";

/// The claim with the user's object id.
const OBJECT_ID: &str = "http://schemas.microsoft.com/identity/claims/objectidentifier";

/// The identity provider, as its metadata describe it.
#[derive(Clone, Debug)]
pub struct IdentityProvider {
    /// Its identifier.
    pub issuer: String,
    /// Where it takes requests to sign in.
    pub sign_on_url: String,
    /// The certificates with which it signs.
    pub certificates: Vec<Certificate>,
}

/// The assertion of a Response, as far as GoLinks asks for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assertion {
    /// Its id, which may be shown once.
    pub id: String,
    /// The user's name.
    pub name_id: String,
    /// For whom it is meant.
    pub audiences: Vec<String>,
    /// Where the Response around it was sent to; `None` when that does not say.
    pub destination: Option<String>,
    /// Where it was sent to; `None` when it does not say.
    pub recipient: Option<String>,
    /// The request it answers; `None` when the identity provider began.
    pub in_response_to: Option<String>,
    /// When it begins to hold.
    pub not_before: Time,
    /// When it has ended.
    pub not_on_or_after: Time,
    /// Its attributes: a name and a value, one pair for each value.
    pub attributes: Vec<(String, String)>,
}

impl Assertion {
    /// The value that names the account, by the setting.
    pub(crate) fn key(&self, key: AccountKey) -> Option<&str> {
        let value = match key {
            AccountKey::NameId => Some(&*self.name_id),
            AccountKey::EmailAddress => self.claim("emailaddress"),
            AccountKey::ObjectIdentifier => self.object_id(),
        };
        value.filter(|value| !value.trim().is_empty())
    }

    /// A claim of the basic set, such as `givenname`.
    pub(crate) fn claim(&self, name: &str) -> Option<&str> {
        let of = |full: &str| full.strip_prefix(CLAIMS) == Some(name);
        self.attributes.iter().find(|(full, _)| of(full)).map(|(_, value)| &**value)
    }

    /// The object id of the user at the tenant.
    pub(crate) fn object_id(&self) -> Option<&str> {
        self.attribute(OBJECT_ID)
    }

    /// The mightiest role that the role claim names, by a role's word or name in any case.
    pub(crate) fn role(&self) -> Option<Role> {
        let named = self.attributes.iter().filter(|(name, _)| name == ROLE);
        let plain = |text: &str| text.trim().to_ascii_lowercase().replace([' ', '-'], "_");
        let known = |text: &str| Role::ALL.into_iter().find(|role| role.word() == plain(text));
        named.filter_map(|(_, value)| known(value)).min()
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(full, _)| full == name).map(|(_, value)| &**value)
    }
}
