//! What a Response says of a user, in the order in which the vendor's Responses have it
//! [saml-claims]: what is always there, then the basic claims, then those that were added. A source
//! that is empty leaves its claim out.

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};

use super::SignOnAt;
use super::settings::{GroupClaims, NameIdSource};
use crate::entra::Entra;
use crate::entra::identity;
use crate::entra::tenant::{AppId, Attribute, GroupKey, SignOnError, UserKey};
use crate::saml::names::format;
use crate::saml::{Claim, NameId};

const IDENTITY: &str = "http://schemas.microsoft.com/identity/claims/";
const METHODS: &str = "http://schemas.microsoft.com/claims/authnmethodsreferences";
const PASSWORD: &str =
    "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password";
const GROUPS: &str = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups";
const GROUPS_LINK: &str = "http://schemas.microsoft.com/claims/groups.link";
const ROLE: &str = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role";

/// The claims.
pub(super) fn of(entra: &Entra, app: AppId, user: UserKey, at: SignOnAt<'_>) -> Vec<Claim> {
    let sso = &entra.job_of(app).settings().sso;
    let row = entra.tenant().user(user);
    let mut claims = vec![
        Claim::one(&format!("{IDENTITY}tenantid"), identity::tenant_id(at.seed)),
        Claim::one(&format!("{IDENTITY}objectidentifier"), row.object_id().to_string()),
    ];
    let display = row.get(Attribute::DisplayName);
    claims.extend(display.map(|name| Claim::one(&format!("{IDENTITY}displayname"), name)));
    claims.extend(groups(entra, app, user, at));
    claims.push(Claim::one(&format!("{IDENTITY}identityprovider"), at.issuer()));
    claims.push(Claim::one(METHODS, PASSWORD));
    let roles = entra.tenant().app_roles(app, user);
    let own = &entra.job_of(app).settings().app_roles;
    let values: Vec<String> =
        roles.into_iter().map(|role| role.value).filter(|role| own.contains(role)).collect();
    if !values.is_empty() {
        claims.push(Claim { name: ROLE.to_owned(), values });
    }
    for (name, from) in &sso.claims {
        claims.extend(row.get(*from).map(|value| Claim::one(name, value)));
    }
    claims
}

/// The user's name at the application; the format that was asked for counts more than the
/// application's own.
///
/// # Errors
/// When the source of the name is empty.
pub(super) fn name_id(
    entra: &Entra,
    app: AppId,
    user: UserKey,
    wanted: Option<&str>,
    at: SignOnAt<'_>,
) -> Result<NameId, SignOnError> {
    let settings = entra.job_of(app).settings();
    let row = entra.tenant().user(user);
    let object = row.object_id().to_string();
    let pairwise = || {
        let client = entra.app_names(app, at.seed).client_id();
        Base64UrlUnpadded::encode_string(&Sha256::digest(format!("{object} {client}")))
    };
    let format = wanted.unwrap_or(&settings.sso.name_id_format);
    let readable = settings.policy.sso_unspecified_is_readable;
    // A transient name is another one at each sign-in (saml-core 8.3.8).
    let transient = || {
        let told = format!("{} {}", pairwise(), entra.sign_ons);
        Base64UrlUnpadded::encode_string(&Sha256::digest(told))
    };
    let value = match (format, settings.sso.name_id) {
        (format::TRANSIENT, _) => transient(),
        (format::PERSISTENT, _) | (_, NameIdSource::Pairwise) => pairwise(),
        (format::UNSPECIFIED, _) if wanted.is_some() && !readable => pairwise(),
        (_, NameIdSource::ObjectId) => object,
        (_, NameIdSource::Attribute(source)) => {
            row.get(source).ok_or(SignOnError::NoNameId)?.to_owned()
        }
    };
    Ok(NameId { value, format: Some(format.to_owned()) })
}

impl Entra {
    /// The name by which an application gets to know a user at sign-on, where it is the value of an
    /// attribute.
    pub fn sign_on_name(&self, app: AppId, user: UserKey) -> Option<&str> {
        match self.job_of(app).settings().sso.name_id {
            NameIdSource::Attribute(source) => self.tenant().user(user).get(source),
            NameIdSource::ObjectId | NameIdSource::Pairwise => None,
        }
    }
}

/// The claim of the user's groups; beyond the limit it only says where they can be read.
fn groups(entra: &Entra, app: AppId, user: UserKey, at: SignOnAt<'_>) -> Option<Claim> {
    let tenant = entra.tenant();
    let settings = entra.job_of(app).settings();
    let direct = tenant.user(user).groups().iter().copied();
    let all = match settings.sso.groups {
        GroupClaims::None => return None,
        GroupClaims::Assigned => {
            direct.filter(|it| tenant.group_facts(app, *it).assigned).collect()
        }
        GroupClaims::All => with_outer(entra, direct.collect()),
        GroupClaims::Security => {
            let mut all = with_outer(entra, direct.collect());
            all.retain(|group| tenant.group(*group).security_enabled());
            all
        }
    };
    let row = tenant.user(user);
    if all.len() as u64 > settings.policy.sso_groups_max {
        let link = format!(
            "https://graph.windows.net/{}/users/{}/getMemberObjects",
            identity::tenant_id(at.seed),
            row.object_id()
        );
        return Some(Claim::one(GROUPS_LINK, link));
    }
    let ids = all.into_iter().filter(|group| !tenant.group(*group).deleted());
    let values: Vec<String> =
        ids.map(|group| tenant.group(group).object_id().to_string()).collect();
    (!values.is_empty()).then(|| Claim { name: GROUPS.to_owned(), values })
}

/// Groups with those that contain them.
fn with_outer(entra: &Entra, mut all: Vec<GroupKey>) -> Vec<GroupKey> {
    let mut at = 0;
    while let Some(inner) = all.get(at).copied() {
        let outer = entra.tenant().groups().filter(|(_, group)| group.nested().contains(&inner));
        let new: Vec<GroupKey> = outer.map(|(key, _)| key).filter(|it| !all.contains(it)).collect();
        all.extend(new);
        at += 1;
    }
    all
}
