//! `[entra.sso]`: what an administrator fills in on the single sign-on page of an application, and
//! the two switches of its properties that decide who may sign in.

use std::sync::Arc;

use super::written::{GraphSignOn, SAML};
use crate::base::jwt::JwtKey;
use crate::base::node::{Entry, PointInTime, unknown_key};
use crate::base::{Kind, Node, Problems, Span};
use crate::entra::key_doc::{KeyDoc, key, names};
use crate::entra::tenant::Attribute;
use crate::saml::names::format;
use crate::saml::{Algorithm, Certificate, SigningKey, SigningOption};

/// The single sign-on of an application.
#[derive(Clone, PartialEq, Debug)]
pub struct SsoSettings {
    /// Whether users may sign in to the application at all.
    pub enabled: bool,
    /// Whether only assigned users may.
    pub assignment_required: bool,
    /// The identifiers by which the application says who it is, the first for sign-ins that begin
    /// here.
    pub identifiers: Vec<String>,
    /// Where Responses may be sent, the first unless another is asked for. A path is at this
    /// server.
    pub reply_urls: Vec<String>,
    /// Where the application's own sign-in begins; `None` begins with a Response.
    pub sign_on_url: Option<String>,
    /// Where it ends sessions.
    pub logout_url: Option<String>,
    /// What is sent as RelayState with a sign-in that begins here.
    pub relay_state: Option<String>,
    /// Where the user's name comes from.
    pub name_id: NameIdSource,
    /// The format of the name, unless the application asks for one.
    pub name_id_format: String,
    /// The claims beside those that every Response has, by name, with the attribute of each.
    pub claims: Vec<(String, Attribute)>,
    /// Which groups are claimed.
    pub groups: GroupClaims,
    /// What is signed.
    pub sign: SigningOption,
    /// How.
    pub algorithm: Algorithm,
    /// Whether unsigned requests are refused.
    pub signed_requests: bool,
    /// The certificates by which signed requests are verified then; none only asks for a signature.
    pub request_certificates: Vec<Certificate>,
    /// Whether their signatures may be RSA with SHA-1 too.
    pub sha1_requests: bool,
    /// From when and until when each certificate is good; `None` is three years from its start.
    pub certificates: Vec<(PointInTime, Option<PointInTime>)>,
    /// The number of the certificate that is active, from 1.
    pub certificate: u64,
    /// What a client of Graph has written that a scenario has no words for.
    pub graph: GraphSignOn,
    /// The key of the first certificate, where it is none of the program's own.
    pub key: Option<OwnKey>,
}

/// A key that was read from a file. Settings are compared and shown; the key itself is not.
#[derive(Clone)]
pub struct OwnKey(pub Arc<SigningKey>);

impl PartialEq for OwnKey {
    fn eq(&self, other: &OwnKey) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl std::fmt::Debug for OwnKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OwnKey")
    }
}

impl OwnKey {
    /// Reads a key that the loader has put in the place of its file's name.
    fn read(node: &Node, problems: &mut Problems) -> Option<OwnKey> {
        let text = node.as_text(problems)?;
        let why = match (text.contains('\n'), text.contains("-----BEGIN")) {
            (false, _) => "the key is read when a story begins, and cannot be changed after that",
            (true, false) => "it is no PEM: there is no line with BEGIN PRIVATE KEY",
            (true, true) => match JwtKey::from_pem(text) {
                Ok(key) => {
                    let key = SigningKey::of(&key).map(Arc::new).map(OwnKey);
                    if key.is_some() {
                        return key;
                    }
                    "the key cannot be used for signing"
                }
                Err(why) => why,
            },
        };
        problems
            .error(node.span, "no key is read from this file")
            .label(why)
            .help("a file with an RSA key in PKCS #8: openssl genpkey -algorithm RSA -out key.pem");
        None
    }
}

/// Where the user's name comes from [saml-claims].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameIdSource {
    /// An attribute of the user.
    Attribute(Attribute),
    /// The object id.
    ObjectId,
    /// A name that only this application knows the user by.
    Pairwise,
}

/// Which groups are claimed [saml-groups].
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum GroupClaims {
    /// None.
    #[default]
    None,
    /// All, also those that the user is in by another group.
    All,
    /// Security groups, the same way.
    Security,
    /// Groups that are assigned to the application and have the user as a direct member.
    Assigned,
}

impl GroupClaims {
    /// The words of the scenario format.
    pub const WORDS: [(&'static str, GroupClaims); 4] = [
        ("none", GroupClaims::None),
        ("all", GroupClaims::All),
        ("security", GroupClaims::Security),
        ("assigned", GroupClaims::Assigned),
    ];
}

/// The base of the names of the claims that every application begins with [saml-claims].
pub const CLAIMS: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/";

impl Default for SsoSettings {
    /// What GoLinks needs: the identifier and the path that guides for other identity providers
    /// have (assumed to be those of the gallery application).
    fn default() -> SsoSettings {
        let claims = [
            ("givenname", Attribute::GivenName),
            ("surname", Attribute::Surname),
            ("emailaddress", Attribute::Mail),
            ("name", Attribute::UserPrincipalName),
        ];
        SsoSettings {
            enabled: true,
            assignment_required: true,
            identifiers: vec!["okta_sso_golinks".to_owned()],
            reply_urls: vec!["/simplesaml/module.php/saml/sp/saml2-acs.php/default-sp".to_owned()],
            sign_on_url: None,
            logout_url: None,
            relay_state: None,
            name_id: NameIdSource::Attribute(Attribute::UserPrincipalName),
            name_id_format: format::EMAIL.to_owned(),
            claims: claims.map(|(name, from)| (format!("{CLAIMS}{name}"), from)).into(),
            groups: GroupClaims::None,
            sign: SigningOption::Assertion,
            algorithm: Algorithm::Sha256,
            signed_requests: false,
            request_certificates: Vec::new(),
            sha1_requests: false,
            certificates: vec![(PointInTime::After(std::time::Duration::ZERO), None)],
            certificate: 1,
            graph: GraphSignOn { mode: Some(SAML.to_owned()), ..GraphSignOn::default() },
            key: None,
        }
    }
}

/// The keys of `[entra.sso]`.
pub const SSO_KEYS: [KeyDoc; 19] = [
    key(
        "enabled",
        "Whether users may sign in to the application at all; provisioning is another switch.",
        "false",
    ),
    key(
        "assignment_required",
        "Whether only users may sign in who are assigned, directly or by a group.",
        "false",
    ),
    key(
        "identifier",
        "By which the application says who it is, one or several: the Issuer of its requests and the Audience of Responses. GoLinks' own unless said.",
        "\"https://sp.example/metadata\"",
    ),
    key(
        "reply_urls",
        "Where Responses may be sent, one or several; the first unless the application asks for another. A path is at this server. GoLinks' own unless said.",
        "[\"http://localhost:5000/acs\"]",
    ),
    key(
        "sign_on_url",
        "Where the application's own sign-in begins: My Apps leads there instead of sending a Response.",
        "\"http://localhost:5000/login\"",
    ),
    key(
        "logout_url",
        "Where the application is told that a user signed out.",
        "\"http://localhost:5000/logout\"",
    ),
    key("relay_state", "The RelayState of a sign-in that begins at My Apps.", "\"/welcome\""),
    key(
        "name_id",
        "The user's name at the application: an attribute, `objectId`, or `pairwise` for one that no other application knows.",
        "\"mail\"",
    ),
    key(
        "name_id_format",
        "The format of that name, unless the application asks for one: \"email\", \"unspecified\", \"persistent\" or a URN.",
        "\"persistent\"",
    ),
    key(
        "claims",
        "Claims by name, each with the attribute that it has; \"none\" leaves one out. A name without `:` is one of the usual four, or is below their address.",
        "{ emailaddress = \"userPrincipalName\", \"urn:example:department\" = \"department\" }",
    ),
    key(
        "groups",
        "Which groups are claimed, by object id: \"none\", \"all\", \"security\" or \"assigned\".",
        "\"assigned\"",
    ),
    key("sign", "What is signed: \"assertion\", \"response\" or \"both\".", "\"both\""),
    key(
        "algorithm",
        "How it is signed: \"sha256\" unless said, or \"sha1\", which an administrator may choose for an old application [saml-signing]. GoLinks and strict service providers refuse that (`golinks.sso.sha1`).",
        "\"sha1\"",
    ),
    key(
        "signed_requests",
        "Whether unsigned requests are refused; then sign-ins from My Apps are refused too.",
        "true",
    ),
    key(
        "request_certificates",
        "The certificates, in PEM or base64, by which signatures of requests are verified where `signed_requests` asks for them, one or several; without one it is only asked that there is a signature.",
        "\"MIIC8DCCAdigAwIBAgIQ...\"",
    ),
    key(
        "sha1_requests",
        "Whether signatures of requests may be RSA with SHA-1 too, which the vendor takes by opt-in alone [saml-signed-requests].",
        "true",
    ),
    key(
        "certificates",
        "The certificates that sign, each with `from` and `until`: the first is good from the start for three years.",
        "[{ until = \"90d\" }, { from = \"80d\" }]",
    ),
    key(
        "certificate",
        "The number of the certificate that is active; saving the next one is a rollover.",
        "2",
    ),
    key(
        "key_file",
        "A file with the key of the first certificate, RSA in PKCS #8 (PEM), instead of one that is part of the program and so known to everybody; no record and no report has it.",
        "\"idp-key.pem\"",
    ),
];

impl SsoSettings {
    /// The keys.
    pub fn key_names() -> Vec<&'static str> {
        names(&SSO_KEYS)
    }

    /// Sets one key, or several from a table.
    pub(in crate::entra) fn set(&mut self, path: &[&str], node: &Node, problems: &mut Problems) {
        match path {
            [] => {
                for entry in node.as_table(problems).unwrap_or_default() {
                    self.set_entry(entry, problems);
                }
            }
            ["claims", claim] => {
                let table = Node::table([(*claim, node.clone())]);
                self.set_claims(&table, problems);
            }
            [key, ..] => {
                let (key, key_span) = ((*key).to_owned(), node.span);
                self.set_entry(&Entry { key, key_span, value: node.clone() }, problems);
            }
        }
    }

    /// Reports an active certificate that is not there.
    pub(in crate::entra) fn check(&self, at: Span, problems: &mut Problems) {
        let (number, count) = (self.certificate, self.certificates.len());
        if number > count as u64 {
            let there = match count {
                1 => "there is one certificate".to_owned(),
                _ => format!("there are {count} certificates"),
            };
            problems.error(at, format!("there is no certificate {number}")).label(there).help(
                format!("a number up to {count}; `certificates` makes more: a table for each"),
            );
        }
    }

    fn set_entry(&mut self, entry: &Entry, problems: &mut Problems) {
        let node = &entry.value;
        match entry.key.as_str() {
            "enabled" => assign(&mut self.enabled, node.as_bool(problems)),
            "assignment_required" => assign(&mut self.assignment_required, node.as_bool(problems)),
            "signed_requests" => assign(&mut self.signed_requests, node.as_bool(problems)),
            "sha1_requests" => assign(&mut self.sha1_requests, node.as_bool(problems)),
            "request_certificates" => {
                assign(&mut self.request_certificates, request_certificates(node, problems));
            }
            "identifier" => assign(&mut self.identifiers, some_texts(node, problems)),
            "reply_urls" => assign(&mut self.reply_urls, urls(node, problems)),
            "sign_on_url" => self.sign_on_url = url(node, problems).or(self.sign_on_url.take()),
            "logout_url" => self.logout_url = url(node, problems).or(self.logout_url.take()),
            "relay_state" => {
                let text = node.as_text(problems).map(str::to_owned);
                self.relay_state = text.or(self.relay_state.take());
            }
            "name_id" => assign(&mut self.name_id, NameIdSource::read(node, problems)),
            "name_id_format" => assign(&mut self.name_id_format, name_format(node, problems)),
            "claims" => self.set_claims(node, problems),
            "groups" => assign(&mut self.groups, node.as_word(&GroupClaims::WORDS, problems)),
            "sign" => assign(&mut self.sign, node.as_word(&SigningOption::WORDS, problems)),
            "algorithm" => assign(&mut self.algorithm, node.as_word(&Algorithm::WORDS, problems)),
            "key_file" => {
                if let Some(key) = OwnKey::read(node, problems) {
                    self.key = Some(key);
                }
            }
            "certificates" => {
                if let Some(all) = certificates(node, problems) {
                    self.certificates = all;
                    self.graph.withdrawn.clear();
                }
            }
            "certificate" => match node.as_count(problems) {
                Some(number) if number > 0 => {
                    self.certificate = number;
                    // The last choice counts, whoever made it.
                    self.graph.chosen = None;
                }
                Some(_) => drop(node.refused::<()>("1 or more", "0", problems)),
                None => {}
            },
            _ => unknown_key(entry, "[entra.sso]", &SsoSettings::key_names(), problems),
        }
    }

    fn set_claims(&mut self, node: &Node, problems: &mut Problems) {
        for entry in node.as_table(problems).unwrap_or_default() {
            let name = match entry.key.contains(':') {
                true => entry.key.clone(),
                false => format!("{CLAIMS}{}", entry.key),
            };
            let Some(text) = entry.value.as_text(problems) else { continue };
            let at = self.claims.iter().position(|(known, _)| *known == name);
            match (text, attribute(&entry.value, problems), at) {
                ("none", _, Some(at)) => drop(self.claims.remove(at)),
                ("none", _, None) => {}
                (_, Some(from), Some(at)) => self.claims[at].1 = from,
                (_, Some(from), None) => self.claims.push((name, from)),
                (_, None, _) => {}
            }
        }
    }
}

impl NameIdSource {
    fn read(node: &Node, problems: &mut Problems) -> Option<NameIdSource> {
        match node.as_text(problems)? {
            "objectId" => Some(NameIdSource::ObjectId),
            "pairwise" => Some(NameIdSource::Pairwise),
            _ => attribute(node, problems).map(NameIdSource::Attribute),
        }
    }
}

/// An attribute of a user; nothing for the word `none`.
fn attribute(node: &Node, problems: &mut Problems) -> Option<Attribute> {
    let text = node.as_text(problems)?;
    let name = text.strip_prefix("user.").unwrap_or(text);
    match Attribute::parse(name) {
        None if text != "none" => {
            node.refused("an attribute of a user, such as \"mail\"", &format!("`{text}`"), problems)
        }
        found => found,
    }
}

fn name_format(node: &Node, problems: &mut Problems) -> Option<String> {
    let text = node.as_text(problems)?;
    let known = [
        ("email", format::EMAIL),
        ("unspecified", format::UNSPECIFIED),
        ("persistent", format::PERSISTENT),
    ];
    match known.iter().find(|(word, _)| *word == text) {
        Some((_, urn)) => Some((*urn).to_owned()),
        None if text.starts_with("urn:") => Some(text.to_owned()),
        None => {
            let what = "\"email\", \"unspecified\", \"persistent\" or a URN";
            node.refused(what, &format!("`{text}`"), problems)
        }
    }
}

fn some_texts(node: &Node, problems: &mut Problems) -> Option<Vec<String>> {
    let texts = node.as_texts(problems)?;
    match texts.is_empty() || texts.iter().any(|text| text.trim().is_empty()) {
        true => node.refused("one text or several", "none, or an empty one", problems),
        false => Some(texts),
    }
}

fn request_certificates(node: &Node, problems: &mut Problems) -> Option<Vec<Certificate>> {
    let texts = some_texts(node, problems)?;
    let read: Option<Vec<Certificate>> =
        texts.iter().map(|text| Certificate::from_text(text)).collect();
    match read {
        None => node.refused("certificates with RSA keys, in PEM or base64", "none", problems),
        some => some,
    }
}

fn urls(node: &Node, problems: &mut Problems) -> Option<Vec<String>> {
    let texts = node.as_texts(problems)?;
    match texts.iter().find(|text| !is_url(text)) {
        Some(wrong) => node.refused(URL, &format!("`{wrong}`"), problems),
        // Every sign-in would be refused: a Response is sent to a registered URL only.
        None if texts.is_empty() => node.refused(URL, "none", problems),
        None => Some(texts),
    }
}

fn url(node: &Node, problems: &mut Problems) -> Option<String> {
    let text = node.as_text(problems)?;
    match is_url(text) {
        true => Some(text.to_owned()),
        false => node.refused(URL, &format!("`{text}`"), problems),
    }
}

const URL: &str = "a URL such as \"http://localhost:5000/acs\", or a path of this server";

/// Whether a browser can be sent there: a URL of HTTP with a host, or a path of this server.
fn is_url(text: &str) -> bool {
    let Ok(uri) = text.parse::<http::Uri>() else { return false };
    match uri.scheme_str() {
        Some("http" | "https") => uri.host().is_some_and(|host| !host.is_empty()),
        Some(_) => false,
        None => text.starts_with('/') && !text.starts_with("//") && !text.contains('\\'),
    }
}

fn certificates(
    node: &Node,
    problems: &mut Problems,
) -> Option<Vec<(PointInTime, Option<PointInTime>)>> {
    let Kind::List(items) = &node.kind else {
        return node.expected("a list of tables such as [{ until = \"90d\" }]", problems);
    };
    let mut all = Vec::new();
    for item in items {
        let mut one = (PointInTime::After(std::time::Duration::ZERO), None);
        for entry in item.as_table(problems)? {
            match entry.key.as_str() {
                "from" => one.0 = entry.value.as_instant(problems)?,
                "until" => one.1 = Some(entry.value.as_instant(problems)?),
                _ => unknown_key(entry, "a certificate", &["from", "until"], problems),
            }
        }
        if one.1.is_some_and(|until| until.is_not_after(one.0)) {
            problems
                .error(item.span, "this certificate ends before it begins")
                .help("`until` is a time after `from`");
            return None;
        }
        all.push(one);
    }
    match all.is_empty() {
        true => node.refused("one certificate or several", "none", problems),
        false => Some(all),
    }
}

fn assign<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}
