//! Who configures provisioning: the role of the administrator who is signed in, and the mode in
//! which the application is provisioned.

/// The provisioning mode of an application [config-portal].
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum ProvisioningMode {
    /// Accounts are made by hand: nothing was set up yet.
    Manual,
    /// The service provisions them.
    #[default]
    Automatic,
    /// The service is to provision them, and lacks what it signs in with: a key of it is missing.
    Unconfigured,
}

/// The word for a job whose credentials are not complete.
pub const UNCONFIGURED: &str = "unconfigured";

impl ProvisioningMode {
    /// The words of the scenario format.
    pub const WORDS: [(&'static str, ProvisioningMode); 3] = [
        ("manual", ProvisioningMode::Manual),
        ("automatic", ProvisioningMode::Automatic),
        (UNCONFIGURED, ProvisioningMode::Unconfigured),
    ];

    /// As the portal shows it.
    pub fn word(self) -> &'static str {
        match self {
            ProvisioningMode::Manual => "Manual",
            ProvisioningMode::Automatic | ProvisioningMode::Unconfigured => "Automatic",
        }
    }
}

/// A role in the directory.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum AdminRole {
    /// May do everything.
    GlobalAdministrator,
    /// Manages all applications.
    #[default]
    ApplicationAdministrator,
    /// Manages all applications but the application proxy.
    CloudApplicationAdministrator,
    /// Owns this application.
    ApplicationOwner,
    /// Reads nearly everything, and changes nothing; the provisioning configuration is hidden from
    /// it [known-issues].
    GlobalReader,
    /// No role.
    User,
}

impl AdminRole {
    /// The names of the roles, as the vendor writes them.
    pub const WORDS: [(&'static str, AdminRole); 6] = [
        ("Global Administrator", AdminRole::GlobalAdministrator),
        ("Application Administrator", AdminRole::ApplicationAdministrator),
        ("Cloud Application Administrator", AdminRole::CloudApplicationAdministrator),
        ("Application Owner", AdminRole::ApplicationOwner),
        ("Global Reader", AdminRole::GlobalReader),
        ("User", AdminRole::User),
    ];

    /// The name of the role.
    pub fn name(self) -> &'static str {
        let found = AdminRole::WORDS.iter().find(|(_, role)| *role == self);
        found.map_or("User", |(name, _)| name)
    }

    /// Whether the role may configure provisioning: three roles [golinks], and the highest one. The
    /// same may assign users and groups to the application [assign-portal].
    pub fn may_configure(self) -> bool {
        !matches!(self, AdminRole::GlobalReader | AdminRole::User)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_roles_of_the_tutorial_and_the_highest_may_configure() {
        let may = AdminRole::WORDS.iter().filter(|(_, role)| role.may_configure());
        let names: Vec<&str> = may.map(|(name, _)| *name).collect();
        assert_eq!(
            names,
            [
                "Global Administrator",
                "Application Administrator",
                "Cloud Application Administrator",
                "Application Owner",
            ]
        );
        assert!(AdminRole::WORDS.iter().all(|(name, role)| role.name() == *name));
    }
}
