//! Who a row of the provisioning log is about, as the directory showed the object when it was
//! imported: a row does not change when the object is renamed later [logs].

use crate::entra::tenant::{AppId, Attribute, ObjectId, Tenant};

use super::subject::Subject;

/// An object of the directory at the instant of its import.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Identity {
    /// The GUID.
    pub id: ObjectId,
    /// `accountEnabled`; true for a group.
    pub enabled: bool,
    /// Display name, sign-in name and app roles, one after the other: one allocation instead of
    /// three, because every object that a cycle looks at has one.
    texts: Box<str>,
    name_at: u32,
    roles_at: u32,
}

impl Identity {
    /// The object as the directory shows it now, with its roles in an application.
    pub(super) fn of(app: AppId, subject: Subject, tenant: &Tenant) -> Identity {
        match subject {
            Subject::User(key) => {
                let user = tenant.user(key);
                let display = user.get(Attribute::DisplayName).unwrap_or_default();
                let name = user.get(Attribute::UserPrincipalName).unwrap_or_default();
                let roles = tenant.role_names(app, key);
                Identity {
                    id: user.object_id(),
                    enabled: user.enabled(),
                    name_at: display.len() as u32,
                    roles_at: (display.len() + name.len()) as u32,
                    texts: [display, name, &roles].concat().into_boxed_str(),
                }
            }
            Subject::Group(key) => {
                let group = tenant.group(key);
                let end = group.display_name().len() as u32;
                Identity {
                    id: group.object_id(),
                    enabled: true,
                    name_at: end,
                    roles_at: end,
                    texts: group.display_name().into(),
                }
            }
        }
    }

    /// The name as shown; empty when there is none.
    pub fn display_name(&self) -> &str {
        self.texts.get(..self.name_at as usize).unwrap_or_default()
    }

    /// The sign-in name of a user; empty for a group.
    pub fn sign_in_name(&self) -> &str {
        self.texts.get(self.name_at as usize..self.roles_at as usize).unwrap_or_default()
    }

    /// The app roles of a user, separated by commas; empty without one.
    pub fn roles(&self) -> &str {
        self.texts.get(self.roles_at as usize..).unwrap_or_default()
    }

    /// All its texts.
    pub(in crate::entra) fn text(&self) -> &str {
        &self.texts
    }

    /// The name by which readers know the object: the sign-in name, or what a group is called.
    pub fn reportable(&self) -> &str {
        match self.sign_in_name() {
            "" => self.display_name(),
            name => name,
        }
    }
}
