//! The enterprise applications that users are assigned to: their assignments, and their app roles.

use std::sync::Arc;

use super::assignment::Assignment;
use super::ids::AppId;
use super::{NewAssignment, Tenant};

/// An enterprise application as the directory knows it. Its assignments are columns beside the
/// tables of users and groups, so that one application costs a few bytes an object, and no object
/// grows with the number of applications.
#[derive(Clone)]
pub(super) struct Application {
    /// Its name, as events show it.
    pub(super) name: Arc<str>,
    /// The direct assignments of users, by their keys.
    pub(super) users: Vec<Assignment>,
    /// The assignments of groups, by their keys.
    pub(super) groups: Vec<Assignment>,
    /// The app roles that it defines, in the order of their first use.
    own_roles: Vec<Arc<str>>,
    /// Whether it is another application than GoLinks.
    is_another: bool,
}

/// The name of another application than GoLinks.
const ANOTHER: &str = "Target";

impl Application {
    /// An application to which no object is assigned.
    pub(super) fn new(name: Arc<str>) -> Application {
        Application {
            name,
            users: Vec::new(),
            groups: Vec::new(),
            own_roles: Vec::new(),
            is_another: false,
        }
    }

    /// Reserves room for this many users.
    pub(super) fn reserve(&mut self, users: usize) {
        self.users.reserve_exact(users);
    }

    /// Adds a user, unassigned.
    pub(super) fn add_user(&mut self) {
        self.users.push(Assignment::default());
    }

    /// Adds a group, unassigned.
    pub(super) fn add_group(&mut self) {
        self.groups.push(Assignment::default());
    }
}

/// The role an assignment carries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Role {
    /// The role of an assignment when none is chosen; it counts like any other role. [no-users]
    DefaultAccess,
    /// The one role of an application that defines none of its own; the portal assigns it.
    /// (assumed)
    User,
    /// A role that the application defines, by its index (B100).
    Own(u16),
    /// A role that the application does not know: the record of the assignment is broken, and
    /// entitles to nothing [no-users].
    Broken,
}

impl Role {
    /// The roles that every application has, with their names.
    pub const WORDS: [(&'static str, Role); 2] =
        [("Default Access", Role::DefaultAccess), ("User", Role::User)];
}

impl Tenant {
    /// Adds an application beside the main one, before the world begins. For its provisioning the
    /// whole directory is new.
    pub fn add_application(&mut self, name: Arc<str>) -> AppId {
        // Far fewer applications than 65,535 are useful; all beyond share the last id.
        let app = AppId(u16::try_from(self.applications.len()).unwrap_or(u16::MAX));
        let mut application = Application::new(name);
        application.users.resize(self.users.len(), Assignment::default());
        application.groups.resize(self.groups.len(), Assignment::default());
        self.applications.push(application);
        self.registry.add(app);
        self.user_feed.add_application();
        self.group_feed.add_application();
        app
    }

    /// The applications, the main one first.
    pub fn apps(&self) -> impl Iterator<Item = AppId> + use<> {
        (0..self.applications.len() as u16).map(AppId)
    }

    /// Makes the main application another one than GoLinks, of which only the server is known.
    pub fn provision_another(&mut self) {
        let main = &mut self.applications[AppId::MAIN.index()];
        (main.name, main.is_another) = (ANOTHER.into(), true);
    }

    /// Whether it is another application than GoLinks.
    pub fn is_another(&self, app: AppId) -> bool {
        self.applications[app.index()].is_another
    }

    /// The name of an application, as events show it.
    pub fn application_name(&self, app: AppId) -> &Arc<str> {
        &self.applications[app.index()].name
    }

    /// The name of a role as the portal shows it, which is its value too.
    pub fn role_name(&self, app: AppId, role: Role) -> &str {
        match role {
            Role::DefaultAccess => "Default Access",
            Role::User => "User",
            Role::Broken => "a role that the application does not know",
            Role::Own(nth) => {
                let roles = &self.applications[app.index()].own_roles;
                roles.get(usize::from(nth)).map_or("", |name| name)
            }
        }
    }

    /// Returns the role of this name, and adds it to the application's own roles if it is new.
    pub fn role_named(&mut self, app: AppId, name: &str) -> Role {
        if let Some((_, role)) = Role::WORDS.iter().find(|(known, _)| *known == name) {
            return *role;
        }
        let roles = &mut self.applications[app.index()].own_roles;
        let known = roles.iter().position(|known| **known == *name);
        let nth = known.unwrap_or_else(|| {
            roles.push(Arc::from(name));
            roles.len() - 1
        });
        // The vendor allows far fewer roles; all roles beyond the last index share it.
        Role::Own(u16::try_from(nth).unwrap_or(u16::MAX))
    }

    /// The role of an assignment to be made; `None` when there is none.
    pub(super) fn role_of(
        &mut self,
        app: AppId,
        assignment: Option<&NewAssignment>,
    ) -> Option<Role> {
        match assignment? {
            NewAssignment::No => None,
            NewAssignment::As(role) => Some(*role),
            NewAssignment::Named(name) => Some(self.role_named(app, name)),
        }
    }
}
