//! The settings of single sign-on: accounts made by signing in, what a sign-in does to an inactive
//! account, and what outlives a deactivation.

use std::time::Duration;

use super::row::{Key, Parse, Setting, settings};
use super::values::{word, word_of};
use crate::base::{Node, Problems};
use crate::golinks::store::people::Role;

settings! {
    /// Single sign-on by SAML.
    #[derive(Clone, PartialEq, Debug)]
    pub struct Sso;
    /// Whether a user without an account gets one by signing in [golinks].
    jit: bool = true, "sso.jit" = "true";
    /// Which value of the Response names the account: `nameid`, `emailaddress`, or
    /// `objectidentifier`.
    ///
    /// An account of this userName is found (assumed); an object id stays bound to the account of
    /// its first sign-in, whatever it is called later.
    jit_key: AccountKey = AccountKey::NameId, "sso.jit_key" = "\"nameid\"";
    /// Whether a sign-in also writes the names of the Response to the account.
    jit_updates_names: bool = false, "sso.jit_updates_names" = "false";
    /// The e-mail domains whose people may join by themselves [golinks]; with none in the list
    /// all may (assumed).
    domains: Domains = Domains::default(), "sso.domains" = "[]";
    /// The role of an account that a sign-in makes: `member`, `limited_member`, `moderator` or
    /// `admin`.
    role: Role = Role::Member, "sso.role" = "\"member\"";
    /// The role of such an account by the e-mail domain of its name, before `sso.role`: each domain
    /// can have a default role [golinks]. `none` takes the role of a domain away.
    domain_roles: DomainRoles = DomainRoles::default(), "sso.domain_roles" = "{}";
    /// Whether each sign-in gives the account the role that the role claim of the Response names:
    /// the mightiest of them, or the role of a new account where it names none. SCIM carries no
    /// role (assumed).
    role_claim: bool = false, "sso.role_claim" = "false";
    /// What a sign-in does to an inactive account: `refuse` [golinks], `reactivate` (B90), or
    /// `recreate`, where a new account takes its name and SCIM's next request meets a stranger.
    inactive_sign_in: InactiveSignIn = InactiveSignIn::Refuse, "sso.inactive_sign_in" = "\"refuse\"";
    /// What becomes of the first sign-in to an account that SCIM has made: `link` lets the user in,
    /// `refuse` says that the account is not linked.
    scim_accounts: ScimAccounts = ScimAccounts::Link, "sso.scim_accounts" = "\"link\"";
    /// What becomes of the sessions of an account that is deactivated: `end` [golinks], or `keep`.
    session_on_deactivate: OnDeactivate = OnDeactivate::End, "sso.session_on_deactivate" = "\"end\"";
    /// How long a session lasts.
    session_lifetime: Duration = Duration::from_secs(8 * 3_600), "sso.session_lifetime" = "\"8h\"";
    /// What becomes of the API tokens of an account that is deactivated: `end`, or `keep`.
    token_on_deactivate: OnDeactivate = OnDeactivate::End, "sso.token_on_deactivate" = "\"end\"";
    /// Whether single sign-on is the only way in: the owner of the workspace then has none
    /// (assumed).
    required: bool = false, "sso.required" = "false";
    /// Whether Responses that are signed by RSA with SHA-1 are taken too. A strict service provider
    /// takes none (assumed).
    sha1: bool = false, "sso.sha1" = "false";
    /// The identifier of GoLinks as a service provider, which must be the audience of a Response
    /// [golinks].
    entity_id: String = "okta_sso_golinks".to_owned(), "sso.entity_id" = "\"okta_sso_golinks\"";
}

/// The value of a Response that names the account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AccountKey {
    /// The NameID.
    NameId,
    /// The claim `emailaddress`.
    EmailAddress,
    /// The claim `objectidentifier`.
    ObjectIdentifier,
}

impl AccountKey {
    /// All of them, each with the word of the scenario format.
    pub(crate) const WORDS: [(&'static str, AccountKey); 3] = [
        ("nameid", AccountKey::NameId),
        ("emailaddress", AccountKey::EmailAddress),
        ("objectidentifier", AccountKey::ObjectIdentifier),
    ];

    /// The word of the scenario format.
    pub fn word(self) -> &'static str {
        word_of(&AccountKey::WORDS, self)
    }
}

impl Parse for AccountKey {
    fn parse(value: &Node, problems: &mut Problems) -> Option<AccountKey> {
        word(value, &AccountKey::WORDS, problems)
    }
}

/// What a sign-in does to an inactive account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InactiveSignIn {
    /// The user is turned away.
    Refuse,
    /// The account is active again (B90).
    Reactivate,
    /// The row is hidden, and a new account takes its name.
    Recreate,
}

impl InactiveSignIn {
    /// All of them, each with the word of the scenario format.
    pub(crate) const WORDS: [(&'static str, InactiveSignIn); 3] = [
        ("refuse", InactiveSignIn::Refuse),
        ("reactivate", InactiveSignIn::Reactivate),
        ("recreate", InactiveSignIn::Recreate),
    ];
}

impl Parse for InactiveSignIn {
    fn parse(value: &Node, problems: &mut Problems) -> Option<InactiveSignIn> {
        word(value, &InactiveSignIn::WORDS, problems)
    }
}

/// What becomes of the first sign-in to an account that SCIM has made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScimAccounts {
    /// The user is let in.
    Link,
    /// The user is turned away: the account is not linked.
    Refuse,
}

impl ScimAccounts {
    /// Both, each with the word of the scenario format.
    pub(crate) const WORDS: [(&'static str, ScimAccounts); 2] =
        [("link", ScimAccounts::Link), ("refuse", ScimAccounts::Refuse)];
}

impl Parse for ScimAccounts {
    fn parse(value: &Node, problems: &mut Problems) -> Option<ScimAccounts> {
        word(value, &ScimAccounts::WORDS, problems)
    }
}

/// What becomes of sessions or of API tokens when their account is deactivated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnDeactivate {
    /// They end.
    End,
    /// They go on.
    Keep,
}

impl OnDeactivate {
    /// Both, each with the word of the scenario format.
    pub(crate) const WORDS: [(&'static str, OnDeactivate); 2] =
        [("end", OnDeactivate::End), ("keep", OnDeactivate::Keep)];
}

impl Parse for OnDeactivate {
    fn parse(value: &Node, problems: &mut Problems) -> Option<OnDeactivate> {
        word(value, &OnDeactivate::WORDS, problems)
    }
}

impl Parse for Role {
    fn parse(value: &Node, problems: &mut Problems) -> Option<Role> {
        word(value, &Role::ALL.map(|role| (role.word(), role)), problems)
    }
}

/// The default roles of e-mail domains.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct DomainRoles(Vec<(String, Role)>);

impl DomainRoles {
    /// The role of those who join from the domain of an address, if it has one.
    fn of(&self, address: &str) -> Option<Role> {
        let domain = domain_of(address);
        let mut roles = self.0.iter();
        roles.find(|(known, _)| known.eq_ignore_ascii_case(domain)).map(|(_, role)| *role)
    }

    /// The domains and their roles, in the order written.
    pub fn rows(&self) -> &[(String, Role)] {
        &self.0
    }

    /// Gives a domain a role, in place of the one it had, or takes it away.
    fn add(&mut self, domain: &str, value: &Node, problems: &mut Problems) {
        if !is_domain(domain) {
            problems
                .error(value.span, format!("`{domain}` is no e-mail domain"))
                .help("such as \"partner.example\" = \"limited_member\"");
            return;
        }
        let Some(role) = Option::<Role>::parse(value, problems) else { return };
        let known = self.0.iter().position(|(known, _)| known.eq_ignore_ascii_case(domain));
        match (role, known) {
            (Some(role), Some(known)) => self.0[known].1 = role,
            (Some(role), None) => self.0.push((domain.to_owned(), role)),
            (None, Some(known)) => drop(self.0.remove(known)),
            (None, None) => {}
        }
    }
}

impl Setting for DomainRoles {
    fn set(&mut self, key: Key<'_>, value: &Node, problems: &mut Problems) {
        // A domain has full stops, as a path has.
        match key.path.get(key.depth..).filter(|parts| !parts.is_empty()) {
            Some(parts) => self.add(&parts.join("."), value, problems),
            None => {
                for entry in value.as_table(problems).unwrap_or_default() {
                    self.add(&entry.key, &entry.value, problems);
                }
            }
        }
    }
}

impl Sso {
    /// The role of an account that a sign-in makes under this name.
    pub(crate) fn role_of_new(&self, address: &str) -> Role {
        self.domain_roles.of(address).unwrap_or(self.role)
    }
}

/// Whether a text can be what stands behind the `@` of an address.
fn is_domain(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c == '@' || c.is_whitespace())
}

/// What stands behind the `@` of an address.
fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// The e-mail domains whose people may join by themselves.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Domains(Vec<String>);

impl Domains {
    /// Why the owner of this address may not join: the domain, which is not in the list.
    pub(crate) fn refuses<'a>(&self, address: &'a str) -> Option<&'a str> {
        let domain = domain_of(address);
        let known = self.0.iter().any(|known| known.eq_ignore_ascii_case(domain));
        (!self.0.is_empty() && !known).then_some(domain)
    }

    /// The domains, in the order written.
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

impl Parse for Domains {
    fn parse(value: &Node, problems: &mut Problems) -> Option<Domains> {
        let domains = value.as_texts(problems)?;
        match domains.iter().find(|domain| !is_domain(domain)) {
            Some(wrong) => {
                problems
                    .error(value.span, format!("`{wrong}` is no e-mail domain"))
                    .help("such as [\"contoso.example\"]");
                None
            }
            None => Some(Domains(domains)),
        }
    }
}
