//! The context of a task: settings, mappings and links, and the import of an object.

use std::sync::Arc;

use super::deletions::Deletions;
use super::findings::Findings;
use super::identity::Identity;
use super::links::Links;
use super::requests::Endpoint;
use super::subject::Subject;
use crate::base::{Seed, Time};
use crate::entra::field::{ImportedObject, ImportedUser, ObjectKind};
use crate::entra::filter::Filtered;
use crate::entra::mapping::{Desired, Import, ObjectMapping, Schema};
use crate::entra::scope::{self, Scoping, SyncScope};
use crate::entra::settings::{Dialect, Settings};
use crate::entra::tenant::{AppId, GroupKey, ScopeFacts, Tenant, UserKey};

/// The parts of a job that a task reads and changes.
pub struct JobContext<'a> {
    /// The application whose job it is.
    pub app: AppId,
    /// The job's settings.
    pub settings: &'a Settings,
    /// The mappings and filters in force.
    pub schema: &'a Arc<Schema>,
    /// The link store.
    pub links: &'a mut Links,
    /// The count of accounts to be disabled or deleted.
    pub deletions: &'a mut Deletions,
    /// The scope in force.
    pub scope: SyncScope,
    /// The current instant.
    pub now: Time,
    /// The seed, for mappings that draw random values.
    pub seed: Seed,
    /// How PATCH bodies are written.
    pub dialect: Dialect,
    /// Whether the cycle is incremental, and so knows which attributes have changed.
    pub incremental: bool,
}

impl<'a> JobContext<'a> {
    /// The mapping table of a kind.
    pub fn mapping(&self, kind: ObjectKind) -> &'a ObjectMapping {
        self.schema.mapping(kind)
    }

    /// The endpoint of a kind.
    pub fn endpoint(&self, kind: ObjectKind) -> Endpoint<'a> {
        let escapes = self.settings.policy.filter_escapes;
        Endpoint::new(&self.settings.base_path, kind).escaping(escapes)
    }

    /// Reads an object of the directory.
    pub fn import(&self, subject: Subject, tenant: &Tenant) -> Imported {
        match subject {
            Subject::User(user) => self.import_user(user, tenant),
            Subject::Group(group) => self.import_group(group, tenant),
        }
    }

    /// Whether a user is in scope, by the filters and the scope in force.
    pub fn scoping(&self, user: UserKey, tenant: &Tenant) -> Scoping {
        let passed = self.schema.filters.pass(tenant.user(user), &self.settings.policy);
        scope::evaluate(tenant.facts(self.app, user), self.scope, passed)
    }

    /// Whether a group is in scope: assigned itself, or with the scope "all", and passed by the
    /// filters of groups.
    pub fn group_scoping(&self, group: GroupKey, tenant: &Tenant) -> Scoping {
        let passed = self.schema.filters.pass(tenant.group(group), &self.settings.policy);
        scope::evaluate(tenant.group_facts(self.app, group), self.scope, passed)
    }

    /// Whether the filters let an object be read, and what those of the scope find in it. Of an
    /// object that is deleted for good only its id is read, which no filter can look at (assumed).
    fn filtered<'o>(
        &self,
        object: impl Into<Filtered<'o>>,
        facts: ScopeFacts,
    ) -> (bool, Option<Findings>) {
        let (filters, policy, object) =
            (&self.schema.filters, &self.settings.policy, object.into());
        let held = filters.findings(object, policy);
        let findings = held.map(|held| Findings::new(self.schema, held));
        (facts.hard_deleted || filters.read_in(object, policy), findings)
    }

    fn import_group(&self, key: GroupKey, tenant: &Tenant) -> Imported {
        let group = tenant.group(key);
        let import = Import {
            object: ImportedObject::Group(group),
            key: group.handle(),
            domain: &tenant.settings().domain,
            now: self.now,
            seed: self.seed,
            policy: &self.settings.policy,
        };
        let facts = tenant.group_facts(self.app, key);
        let (is_read, findings) = self.filtered(group, facts);
        Imported {
            subject: Subject::Group(key),
            handle: group.handle().clone(),
            identity: Identity::of(self.app, Subject::Group(key), tenant),
            facts,
            is_read,
            findings,
            scoping: self.group_scoping(key, tenant),
            desired: Desired::of(self.mapping(ObjectKind::Group), &import),
        }
    }

    fn import_user(&self, key: UserKey, tenant: &Tenant) -> Imported {
        let (user, mapping) = (tenant.user(key), self.mapping(ObjectKind::User));
        let scoping = self.scoping(key, tenant);
        let roles =
            if mapping.reads_roles() { tenant.app_roles(self.app, key) } else { Vec::new() };
        let person =
            ImportedUser { user, soft_deleted: !scoping.in_scope(), manager: None, roles: &roles };
        let (policy, now) = (&self.settings.policy, self.now);
        let (name, domain) = (user.handle(), &*tenant.settings().domain);
        let import =
            Import { object: person.into(), key: name, domain, now, seed: self.seed, policy };
        let facts = tenant.facts(self.app, key);
        let (is_read, findings) = self.filtered(user, facts);
        Imported {
            subject: Subject::User(key),
            handle: user.handle().clone(),
            identity: Identity::of(self.app, Subject::User(key), tenant),
            facts,
            is_read,
            findings,
            scoping,
            desired: Desired::of(mapping, &import),
        }
    }
}

/// An object as it was read from the directory. A task keeps it and writes what was imported, even
/// if the object changes between two requests.
pub struct Imported {
    /// The object.
    pub subject: Subject,
    /// Its handle, for the log.
    pub handle: Arc<str>,
    /// How the directory shows it, for the log.
    pub identity: Identity,
    /// The facts from which the scope is evaluated.
    pub facts: ScopeFacts,
    /// Whether the filters let it be read; one that is not read goes no further [g:filter].
    pub is_read: bool,
    /// What the scoping filters find in it; `None` without such filters.
    pub findings: Option<Findings>,
    /// The result of the scoping step.
    pub scoping: Scoping,
    /// What the account should look like.
    pub desired: Desired,
}
