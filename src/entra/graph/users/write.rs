//! Creating, changing and deleting users: each is an action, as a scenario has it.

use http::Method;
use serde_json::{Map, Value, json};

use super::relations::{new_manager, referenced};
use super::{DEFAULT, KNOWN, UserRow, find, own, shown};
use crate::base::{Kind, Node};
use crate::entra::graph::endpoint::{Call, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::property::Property;
use crate::entra::graph::property_type::check_type;
use crate::entra::graph::reply::GraphReply;
use crate::entra::graph::shape::{PropertyShapes, Shape, check};
use crate::entra::tenant::new_user::plain;
use crate::entra::tenant::{AppId, Attribute, Tenant, TenantEvent, UserKey};

/// `POST /users`.
pub fn create(call: &mut Call<'_>) -> GraphOutcome {
    let body = call.request.object()?;
    let changes = Changes::read(&body)?;
    let upn = required(call.tenant(), &body)?;
    if call.tenant().find_upn(&upn).is_some() {
        return Err(GraphError::conflict("userPrincipalName"));
    }
    let handle = free_handle(call.tenant(), body.get("mailNickname").and_then(Value::as_str));
    let mut person: Vec<(String, Node)> = Vec::new();
    for attribute in Attribute::COMMON {
        // What the client leaves out stays absent, where a scenario would derive it.
        if !changes.attributes.iter().any(|(other, _)| *other == attribute) {
            person.push((attribute.name().to_owned(), Node::bare(Kind::Bool(false))));
        }
    }
    for (attribute, value) in &changes.attributes {
        let value = value.as_ref().map_or(Node::bare(Kind::Bool(false)), Node::text);
        person.push((attribute.name().to_owned(), value));
    }
    person.extend(changes.extensions.iter().map(|(name, value)| (name.clone(), Node::text(value))));
    person.push(("enabled".to_owned(), Node::bare(Kind::Bool(changes.enabled.unwrap_or(true)))));
    if let Some(reference) = body.get("manager@odata.bind") {
        let manager = find(call.tenant(), &referenced(reference)?)?;
        let name = call.tenant().user(manager).handle().to_string();
        person.push(("manager".to_owned(), Node::text(name)));
    }
    call.act("hire", Node::table([(handle, Node::table(person))]))?;
    let user = find(call.tenant(), &upn)?;
    keep(call, user, changes.others)?;
    created(call, &upn)
}

fn created(call: &Call<'_>, upn: &str) -> GraphOutcome {
    let user = find(call.tenant(), upn)?;
    let row = UserRow { tenant: call.tenant(), user, begun: call.backend.start() };
    let context = Property::owned(call.request.context("users/$entity"));
    let one = shown(&row, &DEFAULT).first("@odata.context", context);
    let id = call.tenant().user(user).object_id();
    Ok(GraphReply::created(&one, call.request.url(&format!("users/{id}"))))
}

/// Checks what a new user must have, and returns the sign-in name.
fn required(tenant: &Tenant, body: &Map<String, Value>) -> Result<String, GraphError> {
    for property in ["accountEnabled", "displayName", "mailNickname", "userPrincipalName"] {
        match body.get(property) {
            None | Some(Value::Null) => return Err(GraphError::required(property, "User")),
            Some(Value::String(text)) if text.is_empty() => {
                return Err(GraphError::required(property, "User"));
            }
            Some(_) => {}
        }
    }
    let password = body.get("passwordProfile").and_then(|profile| profile.get("password"));
    if password.and_then(Value::as_str).is_none_or(str::is_empty) {
        return Err(GraphError::required("passwordProfile", "User"));
    }
    let upn = body.get("userPrincipalName").and_then(Value::as_str);
    let upn = upn.ok_or_else(|| GraphError::invalid_value("userPrincipalName"))?;
    check_upn(tenant, upn)?;
    Ok(upn.to_owned())
}

/// Checks the form of a sign-in name, and that its domain is the tenant's.
fn check_upn(tenant: &Tenant, upn: &str) -> Result<(), GraphError> {
    let good = |c: char| c.is_ascii_alphanumeric() || "'.-_!#^~".contains(c);
    let Some((alias, domain)) = upn.rsplit_once('@') else {
        return Err(GraphError::invalid_value("userPrincipalName"));
    };
    if alias.is_empty() || !alias.chars().all(good) {
        return Err(GraphError::invalid_value("userPrincipalName"));
    }
    match domain.eq_ignore_ascii_case(&tenant.settings().domain) {
        true => Ok(()),
        false => Err(GraphError::bad_request(
            "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.",
        )),
    }
}

/// A name for the user that scenarios can use and no user has.
fn free_handle(tenant: &Tenant, nickname: Option<&str>) -> String {
    let mut base = plain(nickname.unwrap_or_default());
    if base.is_empty() {
        base.push_str("user");
    }
    let numbered = (2u32..).map(|number| format!("{base}-{number}"));
    let mut names = std::iter::once(base.clone()).chain(numbered);
    names.find(|name| tenant.find_user(name).is_none()).unwrap_or(base)
}

/// `PATCH /users/{id}`.
pub fn update(call: &mut Call<'_>) -> GraphOutcome {
    let body = call.request.object()?;
    if call.request.body.is_empty() {
        return Err(GraphError::bad_request("Empty Payload. JSON content expected."));
    }
    let user = find(call.tenant(), call.segment(1))?;
    let changes = Changes::read(&body)?;
    let row = call.tenant().user(user);
    let handle = row.handle().to_string();
    let mut changed: Vec<(String, Node)> = Vec::new();
    for (attribute, value) in &changes.attributes {
        if row.get(*attribute) != value.as_deref() {
            check_change(call.tenant(), user, *attribute, value.as_deref())?;
            let value = Node::text(value.clone().unwrap_or_default());
            changed.push((attribute.name().to_owned(), value));
        }
    }
    for (name, value) in &changes.extensions {
        if row.attributes().extension(name).unwrap_or_default() != value {
            changed.push((name.clone(), Node::text(value)));
        }
    }
    if let Some(reference) = body.get("manager@odata.bind")
        && let Some(manager) = new_manager(call.tenant(), user, &referenced(reference)?)?
    {
        changed.push(("manager".to_owned(), Node::text(manager)));
    }
    let switched = changes.enabled.filter(|enabled| *enabled != row.enabled());
    if !changed.is_empty() {
        call.act("update", Node::table([(&handle, Node::table(changed))]))?;
    }
    keep(call, user, changes.others)?;
    if let Some(enabled) = switched {
        call.act(if enabled { "enable" } else { "disable" }, Node::text(&handle))?;
    }
    Ok(GraphReply::done())
}

fn check_change(
    tenant: &Tenant,
    user: UserKey,
    attribute: Attribute,
    value: Option<&str>,
) -> Result<(), GraphError> {
    if let (Attribute::UserPrincipalName, Some(upn)) = (attribute, value) {
        check_upn(tenant, upn)?;
        if tenant.find_upn(upn).is_some_and(|holder| holder != user) {
            return Err(GraphError::conflict("userPrincipalName"));
        }
    }
    tenant
        .may_update(user, attribute, value)
        .map_err(|_| GraphError::invalid_value(attribute.name()))
}

/// `POST /users/{id}/revokeSignInSessions`.
pub fn revoke_sessions(call: &mut Call<'_>) -> GraphOutcome {
    let user = find(call.tenant(), call.segment(1))?;
    check(&call.request.object()?, &[])?;
    let context = call.request.context("Edm.Boolean");
    call.whole(|call| {
        revoke(call, user);
        Ok(GraphReply::ok(&json!({ "@odata.context": context, "value": true })))
    })
}

/// `POST /me/revokeSignInSessions`: as an action it is the request about the user by name, which
/// can be repeated by whom it may.
pub fn revoke_own_sessions(call: &mut Call<'_>) -> GraphOutcome {
    check(&call.request.object()?, &[])?;
    let user = own(call)?;
    let path = format!("users/{}/revokeSignInSessions", call.tenant().user(user).object_id());
    let rest = call.request.beside(Method::POST, &path, Map::new());
    call.rest(&rest, |call| revoke(call, user))?;
    let context = call.request.context("Edm.Boolean");
    Ok(GraphReply::ok(&json!({ "@odata.context": context, "value": true })))
}

fn revoke(call: &mut Call<'_>, user: UserKey) {
    let now = call.now();
    let tenant = call.backend.entra_mut().tenant_mut();
    tenant.revoke_sessions(user, now);
    let user = tenant.user(user).handle().clone();
    call.backend.note(AppId::MAIN, TenantEvent::SessionsRevoked { user });
}

/// `DELETE /users/{id}`.
pub fn delete(call: &mut Call<'_>) -> GraphOutcome {
    let user = find(call.tenant(), call.segment(1))?;
    let handle = call.tenant().user(user).handle().to_string();
    call.act("delete", Node::text(handle))?;
    Ok(GraphReply::done())
}

/// What a body says about a user.
#[derive(Default)]
struct Changes {
    attributes: Vec<(Attribute, Option<String>)>,
    extensions: Vec<(String, String)>,
    enabled: Option<bool>,
    /// What nothing in the tenant reads.
    others: Vec<(String, Value)>,
}

/// What the service alone writes [g:user].
const READ_ONLY: [&str; 22] = [
    "assignedLicenses",
    "assignedPlans",
    "createdDateTime",
    "creationType",
    "deletedDateTime",
    "id",
    "imAddresses",
    "lastPasswordChangeDateTime",
    "legalAgeGroupClassification",
    "licenseAssignmentStates",
    "onPremisesLastSyncDateTime",
    "onPremisesProvisioningErrors",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "preferredName",
    "provisionedPlans",
    "proxyAddresses",
    "refreshTokensValidFromDateTime",
    "securityIdentifier",
    "serviceProvisioningErrors",
    "signInSessionsValidFromDateTime",
    "isResourceAccount",
];

/// A password, which is taken and not kept: users sign in without one here.
const PASSWORD: PropertyShapes = &[(
    "passwordProfile",
    Shape::Object(&[
        ("forceChangePasswordNextSignIn", Shape::Bool),
        ("forceChangePasswordNextSignInWithMfa", Shape::Bool),
        ("password", Shape::Text),
    ]),
)];

/// What takes less than its type says [g:user].
const NARROW: PropertyShapes = &[
    ("ageGroup", Shape::Word(&["Minor", "NotAdult", "Adult"])),
    ("consentProvidedForMinor", Shape::Word(&["Granted", "Denied", "NotRequired"])),
    ("employeeOrgData", Shape::Object(&[("costCenter", Shape::Text), ("division", Shape::Text)])),
    (
        "identities",
        Shape::Objects(&[
            ("issuer", Shape::Text),
            ("issuerAssignedId", Shape::Text),
            ("signInType", Shape::Text),
        ]),
    ),
];

/// Keeps what nothing here reads.
fn keep(
    call: &mut Call<'_>,
    user: UserKey,
    others: Vec<(String, Value)>,
) -> Result<(), GraphError> {
    if others.is_empty() {
        return Ok(());
    }
    let others: Map<String, Value> = others.into_iter().collect();
    let path = format!("users/{}", call.tenant().user(user).object_id());
    let rest = call.request.beside(Method::PATCH, &path, others.clone());
    call.rest(&rest, |call| {
        let tenant = call.backend.entra_mut().tenant_mut();
        for (name, value) in &others {
            tenant.write_of_user(user, name, value.clone());
        }
    })
}

/// The longest name and the longest mail alias [g:user].
const LONGEST_NAME: usize = 256;
const LONGEST_ALIAS: usize = 64;

/// Whether a text is a mail alias; a user's may have a full stop.
fn is_alias(text: &str) -> bool {
    let good = |c: char| c.is_ascii_graphic() && !"@()\\[]\";:<>,".contains(c);
    text.len() <= LONGEST_ALIAS && text.chars().all(good)
}

/// Whether a text is one that the attribute can have [g:user].
fn fits(attribute: Attribute, text: &str) -> bool {
    match attribute {
        Attribute::DisplayName => text.chars().count() <= LONGEST_NAME,
        Attribute::MailNickname => is_alias(text),
        Attribute::Mail => text.split_once('@').is_some_and(|(name, domain)| {
            !name.is_empty() && !domain.is_empty() && !text.contains(char::is_whitespace)
        }),
        _ => true,
    }
}

impl Changes {
    fn read(body: &Map<String, Value>) -> Result<Changes, GraphError> {
        let mut changes = Changes::default();
        for (name, value) in body {
            changes.take(name, value)?;
        }
        Ok(changes)
    }

    fn take(&mut self, name: &str, value: &Value) -> Result<(), GraphError> {
        match name {
            "accountEnabled" => {
                let enabled = value.as_bool().ok_or_else(|| GraphError::invalid_value(name))?;
                self.enabled = Some(enabled);
            }
            "businessPhones" => {
                check_type(name, value)?;
                let phones = value.as_array().map(Vec::as_slice).unwrap_or_default();
                if phones.len() > 1 {
                    return Err(GraphError::invalid_value(name));
                }
                let phone = phones.first().and_then(Value::as_str).map(str::to_owned);
                self.attributes.push((Attribute::BusinessPhones, phone));
            }
            "onPremisesExtensionAttributes" => {
                check_type(name, value)?;
                for (name, value) in value.as_object().into_iter().flatten() {
                    if !name.starts_with("extensionAttribute") {
                        return Err(GraphError::unknown_property(name));
                    }
                    self.take_text(name, value)?;
                }
            }
            name if READ_ONLY.contains(&name) => return Err(GraphError::read_only(name)),
            "passwordProfile" => {
                check(&Map::from_iter([(name.to_owned(), value.clone())]), PASSWORD)?;
            }
            name if name.starts_with("extension_") => {
                check_type(name, value)?;
                let text = value.as_str().unwrap_or_default();
                self.extensions.push((name.to_owned(), text.to_owned()));
            }
            "manager@odata.bind" => {}
            name => return self.take_text(name, value),
        }
        Ok(())
    }

    fn take_text(&mut self, name: &str, value: &Value) -> Result<(), GraphError> {
        let Some(attribute) = Attribute::parse(name) else {
            // What nothing here reads is kept as it was written.
            if !KNOWN.contains(&name) {
                return Err(GraphError::unknown_property(name));
            }
            check_type(name, value)?;
            if NARROW.iter().any(|(known, _)| *known == name) {
                check(&Map::from_iter([(name.to_owned(), value.clone())]), NARROW)?;
            }
            self.others.push((name.to_owned(), value.clone()));
            return Ok(());
        };
        let text = match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
            _ => return Err(GraphError::invalid_value(name)),
        };
        if attribute == Attribute::DisplayName && text.is_none() {
            return Err(GraphError::invalid_value(name));
        }
        if text.as_deref().is_some_and(|text| !fits(attribute, text)) {
            return Err(GraphError::invalid_value(name));
        }
        self.attributes.push((attribute, text));
        Ok(())
    }
}
