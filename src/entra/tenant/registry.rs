//! The app registrations of the tenant and their service principals: what clients of Graph write
//! about them, and what sign-in reads.
//!
//! Each enterprise application has a row, and so has each registration that a client makes by
//! itself; such a one may get a service principal later. What was never written has the value of a
//! gallery application, which the surface knows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::changed::{ChangedObjects, add_change};
use super::{AppId, Lifecycle, ObjectId, Tenant};
use crate::base::Time;
use crate::base::seed::show_guid;

/// A row of the registry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct RegisteredKey(pub u32);

/// Which of the two objects of an application: the registration in its home tenant, or the service
/// principal that stands for it in a tenant [g:application, g:serviceprincipal].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum AppSide {
    /// `/applications`.
    Registration,
    /// `/servicePrincipals`.
    Principal,
}

impl AppSide {
    /// The words of the audit log.
    pub fn words(self) -> &'static str {
        match self {
            AppSide::Registration => "application",
            AppSide::Principal => "service principal",
        }
    }
}

/// How an enterprise application is no longer in the directory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AppGone {
    /// Its service principal rests in the recycle bin.
    InBin {
        /// Since when.
        since: Time,
    },
    /// Its service principal is deleted for good.
    ForGood,
}

impl AppGone {
    /// How it stands, after the application as the subject: `is deleted, into the recycle bin`.
    pub fn words(self) -> &'static str {
        match self {
            AppGone::InBin { .. } => "is deleted, into the recycle bin",
            AppGone::ForGood => "is deleted for good",
        }
    }

    /// The same as a reason: `the application is deleted, into the recycle bin`.
    pub fn of_application(self) -> &'static str {
        match self {
            AppGone::InBin { .. } => "the application is deleted, into the recycle bin",
            AppGone::ForGood => "the application is deleted for good",
        }
    }

    /// What may become of it, as a sentence.
    pub fn outlook(self) -> &'static str {
        match self {
            AppGone::InBin { .. } => {
                "A restore brings it back with its assignments and without a job; `start` then begins a new one."
            }
            AppGone::ForGood => "Nothing brings it back.",
        }
    }
}

/// What is kept of one of the two objects.
#[derive(Clone, Debug)]
pub struct AppObject {
    /// When it was made; `None` when it was there at the beginning.
    pub created: Option<Time>,
    /// In the directory, in the recycle bin, or gone.
    pub state: Lifecycle,
    /// What was written, by Graph's names.
    pub values: BTreeMap<String, Value>,
    /// The client secrets.
    pub passwords: Vec<AppPassword>,
    /// The owners.
    pub owners: Vec<ObjectId>,
}

impl AppObject {
    fn new(created: Option<Time>) -> AppObject {
        AppObject {
            created,
            state: Lifecycle::Active,
            values: BTreeMap::new(),
            passwords: Vec::new(),
            owners: Vec::new(),
        }
    }
}

/// A client secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AppPassword {
    /// Its id.
    pub key_id: String,
    /// Its name.
    pub display_name: Option<String>,
    /// From when it is good.
    pub start: Time,
    /// Until when it is good.
    pub end: Time,
    /// The secret itself, which is shown once.
    pub text: String,
}

/// A certificate with which Responses of SAML are signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SigningCertificate {
    /// Its id.
    pub key_id: String,
    /// Its subject.
    pub display_name: String,
    /// From when it is good.
    pub start: Time,
    /// Until when it is good.
    pub end: Time,
    /// Whether it was taken away again.
    pub withdrawn: bool,
}

/// An application: its registration, and its service principal if it has one.
#[derive(Clone, Debug)]
pub struct Registered {
    app: Option<AppId>,
    own_ids: Option<OwnIds>,
    from_gallery: bool,
    /// The registration.
    pub registration: AppObject,
    /// The service principal; without meaning where there is none.
    pub principal: AppObject,
    /// The certificates that were made for single sign-on, oldest first.
    pub signing: Vec<SigningCertificate>,
}

/// The ids of a registration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnIds {
    /// Its object id.
    pub object: String,
    /// Its client id.
    pub client: String,
}

impl Registered {
    fn new(app: Option<AppId>, own_ids: Option<OwnIds>, created: Option<Time>) -> Registered {
        Registered {
            app,
            from_gallery: own_ids.is_none(),
            own_ids,
            registration: AppObject::new(created),
            principal: AppObject::new(created),
            signing: Vec::new(),
        }
    }

    /// The enterprise application that its service principal is, in the recycle bin or not; `None`
    /// when it has none.
    pub fn app(&self) -> Option<AppId> {
        self.app
    }

    /// Whether it was added from the gallery, so that it can be provisioned.
    pub fn from_gallery(&self) -> bool {
        self.from_gallery
    }

    /// The ids of its registration, where they are not those of the enterprise application.
    pub fn own_ids(&self) -> Option<&OwnIds> {
        self.own_ids.as_ref()
    }

    /// One of the two objects; `None` for a service principal that never was.
    pub fn side(&self, side: AppSide) -> Option<&AppObject> {
        match side {
            AppSide::Registration => Some(&self.registration),
            AppSide::Principal => self.app.map(|_| &self.principal),
        }
    }

    /// Whether one of the two objects is in the directory.
    pub fn has(&self, side: AppSide) -> bool {
        self.side(side).is_some_and(|object| object.state == Lifecycle::Active)
    }

    /// The same, to change it.
    pub fn side_mut(&mut self, side: AppSide) -> &mut AppObject {
        match side {
            AppSide::Registration => &mut self.registration,
            AppSide::Principal => &mut self.principal,
        }
    }

    /// Where users may be led back to with a code, beside the reply URLs of single sign-on.
    pub fn redirect_uris(&self) -> Vec<String> {
        let kinds = ["web", "spa", "publicClient"].into_iter();
        let written = kinds.filter_map(|kind| self.registration.values.get(kind));
        written.flat_map(|kind| texts(kind.get("redirectUris"))).map(str::to_owned).collect()
    }

    /// The id that was written for the app role of this name: its value, or how it is shown.
    pub fn role_id(&self, name: &str) -> Option<&str> {
        let written = self.written_roles()?.iter();
        let mut ids = written.filter(|role| role_name(role) == name);
        ids.next()?.get("id")?.as_str()
    }

    /// Its identifiers, as they were written before it had a service principal.
    pub fn identifiers(&self) -> impl Iterator<Item = &str> {
        texts(self.registration.values.get("identifierUris")).into_iter()
    }

    /// The app roles as they were written; `None` when they never were.
    pub fn written_roles(&self) -> Option<&[Value]> {
        self.registration.values.get("appRoles")?.as_array().map(Vec::as_slice)
    }
}

/// The name of an app role: its value, or how it is shown when it has none.
pub fn role_name(role: &Value) -> &str {
    let text = |name: &str| role.get(name).and_then(Value::as_str).filter(|it| !it.is_empty());
    text("value").or_else(|| text("displayName")).unwrap_or_default()
}

/// An app role as Graph shows it.
pub fn app_role(id: &str, name: &str, value: Option<&str>) -> Value {
    json!({
        "allowedMemberTypes": ["User"], "description": name, "displayName": name, "id": id,
        "isEnabled": true, "origin": "Application", "value": value,
    })
}

/// The app roles that every application of the gallery has [g:application].
pub const GALLERY_ROLES: [&str; 2] = ["User", "msiam_access"];

/// The app roles of an application of which some were written, and which now defines those of
/// these names: what was written of them stays, the others go, and each that is new gets an id, the
/// first free one of those that are drawn for its name.
fn roles_named(
    written: &[Value],
    names: &[String],
    id: impl Fn(&str, u64) -> String,
) -> Vec<Value> {
    let mut wanted: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut roles = written.to_vec();
    roles.retain(|role| {
        let name = role_name(role);
        match wanted.iter().position(|wanted| *wanted == name) {
            Some(at) => {
                wanted.remove(at);
                true
            }
            None => GALLERY_ROLES.contains(&name),
        }
    });
    for name in wanted {
        let free = |id: &String| !roles.iter().any(|role| role["id"] == id.as_str());
        let drawn = (0..).map(|nth| id(name, nth)).find(free).unwrap_or_default();
        roles.push(app_role(&drawn, name, Some(name)));
    }
    roles
}

impl Tenant {
    /// Notes that an application defines the app roles of these names, as a scenario says: what
    /// was written by clients of Graph is no longer the latest.
    pub fn set_app_roles(&mut self, app: AppId, names: &[String]) {
        let key = self.registry.key_of(app);
        let row = self.registry.row(key);
        if row.app() != Some(app) {
            return;
        }
        let seed = self.seed;
        let id = |name: &str, nth: u64| {
            let of = (nth << 16) | u64::from(app.0);
            show_guid(seed.guid("app role", name, of))
        };
        let none = (!row.from_gallery()).then_some(&[][..]);
        let roles = row.written_roles().or(none).map(|written| roles_named(written, names, id));
        let row = self.registry.change(key, AppSide::Registration, &["appRoles"]);
        if let Some(roles) = roles {
            row.registration.values.insert("appRoles".to_owned(), roles.into());
        }
    }
}

fn texts(list: Option<&Value>) -> Vec<&str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// All applications that are registered or were.
#[derive(Clone, Default, Debug)]
pub struct Registry {
    rows: Vec<Registered>,
    /// The rows of the enterprise applications, by their ids.
    of_app: Vec<RegisteredKey>,
    /// What changed, in its order: delta queries read it.
    changes: Vec<Change>,
    /// What rests in the recycle bin, in the order of the deletions.
    bin: BTreeSet<(Time, RegisteredKey, AppSide)>,
}

/// A change of one of the two objects of an application.
#[derive(Clone, Debug)]
struct Change {
    key: RegisteredKey,
    side: AppSide,
    /// The properties, by Graph's names; none when the object as a whole changed.
    what: Vec<String>,
}

impl Registry {
    /// Adds the row of an enterprise application.
    pub(super) fn add(&mut self, app: AppId) {
        self.of_app.push(self.next_key());
        self.rows.push(Registered::new(Some(app), None, None));
    }

    fn next_key(&self) -> RegisteredKey {
        RegisteredKey(self.rows.len() as u32)
    }

    /// Notes that an enterprise application was added during the run.
    pub fn note_added(&mut self, app: AppId, now: Time) {
        let key = self.key_of(app);
        for side in [AppSide::Registration, AppSide::Principal] {
            self.change(key, side, &[]).side_mut(side).created = Some(now);
        }
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// All rows, deleted ones included.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = (RegisteredKey, &Registered)> + Clone {
        self.rows.iter().enumerate().map(|(at, row)| (RegisteredKey(at as u32), row))
    }

    /// A row.
    pub fn row(&self, key: RegisteredKey) -> &Registered {
        &self.rows[key.0 as usize]
    }

    /// The row of an enterprise application.
    pub fn key_of(&self, app: AppId) -> RegisteredKey {
        self.of_app[app.index()]
    }

    /// The row of an enterprise application.
    pub fn of(&self, app: AppId) -> &Registered {
        self.row(self.key_of(app))
    }

    /// Adds a registration without a service principal.
    pub fn register(&mut self, ids: OwnIds, now: Time) -> RegisteredKey {
        let key = self.next_key();
        self.rows.push(Registered::new(None, Some(ids), Some(now)));
        self.note(key, AppSide::Registration, &[]);
        key
    }

    /// Makes an enterprise application, which was added a moment ago, the service principal of a
    /// registration that has none, and whose ids stay. Its own row, the last one, is not needed.
    pub fn join(
        &mut self,
        key: RegisteredKey,
        ids: OwnIds,
        app: AppId,
        now: Time,
    ) -> &mut Registered {
        if self.rows.last().is_some_and(|last| last.app == Some(app) && last.own_ids.is_none()) {
            self.rows.pop();
            // No client has read a change of what never was.
            let gone = self.next_key();
            while self.changes.pop_if(|change| change.key == gone).is_some() {}
        }
        self.of_app[app.index()] = key;
        let row = &mut self.rows[key.0 as usize];
        if let Lifecycle::SoftDeleted { since } = row.principal.state {
            // The one that it replaces cannot come back.
            self.bin.remove(&(since, key, AppSide::Principal));
        }
        row.app = Some(app);
        row.own_ids = Some(ids);
        row.principal = AppObject::new(Some(now));
        self.note(key, AppSide::Principal, &[]);
        &mut self.rows[key.0 as usize]
    }

    /// A row, to change one of its objects; it is noted that these properties change, by Graph's
    /// names, or the object as a whole when there are none.
    pub fn change(
        &mut self,
        key: RegisteredKey,
        side: AppSide,
        properties: &[&str],
    ) -> &mut Registered {
        self.note(key, side, properties);
        &mut self.rows[key.0 as usize]
    }

    fn note(&mut self, key: RegisteredKey, side: AppSide, properties: &[&str]) {
        let what = properties.iter().map(|name| (*name).to_owned()).collect();
        self.changes.push(Change { key, side, what });
        if !properties.is_empty() && self.row(key).app.is_some() {
            let (other, shown): (_, fn(&str) -> &'static [&'static str]) = match side {
                AppSide::Registration => (AppSide::Principal, shown_by_principal),
                AppSide::Principal => (AppSide::Registration, shown_by_registration),
            };
            let shown = properties.iter().flat_map(|name| shown(name));
            let what: Vec<String> = shown.map(|name| (*name).to_owned()).collect();
            if !what.is_empty() {
                self.changes.push(Change { key, side: other, what });
            }
        }
    }

    /// Moves one of the objects of a row: into the directory, the recycle bin, or for good.
    pub fn set_state(&mut self, key: RegisteredKey, side: AppSide, state: Lifecycle) {
        let object = self.change(key, side, &[]).side_mut(side);
        let before = std::mem::replace(&mut object.state, state);
        if let Lifecycle::SoftDeleted { since } = before {
            self.bin.remove(&(since, key, side));
        }
        if let Lifecycle::SoftDeleted { since } = state {
            self.bin.insert((since, key, side));
        }
    }

    /// What has rested in the recycle bin for longest, and since when.
    fn oldest_in_bin(&self) -> Option<(Time, RegisteredKey, AppSide)> {
        self.bin.first().copied()
    }

    /// How an enterprise application is no longer in the directory; `None` while it is there. Its
    /// registration may have got another service principal since.
    pub fn gone(&self, app: AppId) -> Option<AppGone> {
        let row = self.of(app);
        match row.principal.state {
            _ if row.app != Some(app) => Some(AppGone::ForGood),
            Lifecycle::Active => None,
            Lifecycle::SoftDeleted { since } => Some(AppGone::InBin { since }),
            Lifecycle::HardDeleted => Some(AppGone::ForGood),
        }
    }

    /// The version of one side: how many changes there were.
    pub fn version(&self) -> u64 {
        self.changes.len() as u64
    }

    /// What changed of one side since a version.
    pub fn changes_since(&self, version: u64, side: AppSide) -> ChangedObjects<'_, RegisteredKey> {
        let from = usize::try_from(version).unwrap_or(usize::MAX).min(self.changes.len());
        let mut found = ChangedObjects::new();
        for change in self.changes[from..].iter().filter(|change| change.side == side) {
            let names = change.what.iter().map(String::as_str);
            add_change(&mut found, change.key, (!change.what.is_empty()).then_some(names));
        }
        found
    }
}

/// In which properties a service principal shows one of its registration.
fn shown_by_principal(property: &str) -> &'static [&'static str] {
    match property {
        "displayName" => &["displayName", "appDisplayName"],
        "appRoles" => &["appRoles"],
        "identifierUris" => &["servicePrincipalNames"],
        "web" => &["replyUrls", "logoutUrl", "homepage"],
        "api" => &["oauth2PermissionScopes"],
        "info" => &["info"],
        "signInAudience" => &["signInAudience"],
        _ => &[],
    }
}

/// In which properties a registration shows one of its service principal.
fn shown_by_registration(property: &str) -> &'static [&'static str] {
    match property {
        "servicePrincipalNames" => &["identifierUris"],
        "replyUrls" | "logoutUrl" => &["web"],
        _ => &[],
    }
}

impl Tenant {
    /// The app registrations and service principals.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The same, to change them.
    pub fn registry_mut(&mut self) -> &mut Registry {
        &mut self.registry
    }

    /// When the next application or registration leaves the recycle bin for good.
    pub(super) fn application_bin_due(&self) -> Option<Time> {
        self.registry.oldest_in_bin().map(|(since, ..)| since + self.settings.recycle_bin)
    }

    /// Deletes for good the application or the registration whose time in the recycle bin is over,
    /// one at a time: its row, and which of the two it is.
    pub fn expire_application(&mut self, now: Time) -> Option<(RegisteredKey, AppSide)> {
        self.application_bin_due().filter(|due| *due <= now)?;
        let (_, key, side) = self.registry.oldest_in_bin()?;
        self.registry.set_state(key, side, Lifecycle::HardDeleted);
        Some((key, side))
    }

    /// Gives an enterprise application another name.
    pub fn rename_application(&mut self, app: AppId, name: &str) {
        self.applications[app.index()].name = name.into();
    }
}
