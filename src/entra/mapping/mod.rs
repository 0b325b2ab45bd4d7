//! Attribute mappings: which value of a user flows into which attribute of an account, and which
//! users are filtered out.
//!
//! [`Schema`] is what the portal shows under *Mappings*; the vendor's API calls it the
//! synchronization schema. `row` is one line of it, `target` the attribute that a row writes,
//! `gallery` the default tables of applications, `read` the scenario format, `exchange` the
//! vendor's own JSON, `check` the rules at save time. `desired` evaluates the rows for a user;
//! `plan` writes the body of a create.

mod check;
mod desired;
mod exchange;
pub use exchange::{RULE_ID, parsed_expression};
mod gallery;
mod plan;
mod read;
mod row;
mod target;
#[cfg(test)]
mod tests;

pub use desired::{Desired, Flow, Import, RoleFlow, Roles, value_of};
pub use gallery::Template;
pub use plan::CreatePlan;
pub(in crate::entra) use plan::write_flow;
pub use read::{ROW_KEYS, SCHEMA_KEYS, TABLE_KEYS};
pub use row::{Apply, Mapping, RowSource, Send};
pub use target::{Target, TargetKind};

use super::field::{Field, ObjectKind};
use super::filter::Filters;

/// All mappings of a job, and the filters that belong to them.
#[derive(Clone, PartialEq, Debug)]
pub struct Schema {
    /// The table for users.
    pub users: ObjectMapping,
    /// The table for groups.
    pub groups: ObjectMapping,
    /// Which users pass; the portal's *Source object scope*.
    pub filters: Filters,
    /// The application whose default tables "Restore default mappings" brings back.
    pub template: Template,
}

impl Default for Schema {
    fn default() -> Schema {
        Schema::gallery(Template::GoLinks)
    }
}

impl Schema {
    /// The table of a kind of object.
    pub fn mapping(&self, kind: ObjectKind) -> &ObjectMapping {
        match kind {
            ObjectKind::User => &self.users,
            ObjectKind::Group => &self.groups,
        }
    }

    /// Replaces mappings and filters by the template's [customize].
    pub fn restore_defaults(&mut self) {
        *self = Schema::gallery(self.template);
    }
}

/// The mapping table of one kind of object, with data derived from its rows once.
#[derive(Clone, PartialEq, Debug)]
pub struct ObjectMapping {
    /// The kind of object.
    kind: ObjectKind,
    /// Whether objects of this kind are provisioned at all; users always are [customize].
    pub enabled: bool,
    /// Which of the target object actions are on.
    pub actions: Actions,
    rows: Vec<Mapping>,
    plan: CreatePlan,
    matching: Vec<usize>,
    active: Option<usize>,
    manager: Option<usize>,
    members: Option<usize>,
    reads_roles: bool,
}

/// The *Target object actions* of a mapping [g:objmap].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Actions {
    /// New accounts are created.
    pub create: bool,
    /// Accounts are updated; disabling is an update.
    pub update: bool,
    /// Accounts are deleted.
    pub delete: bool,
}

impl Actions {
    /// The default: all of them.
    pub const ALL: Actions = Actions { create: true, update: true, delete: true };
}

impl ObjectMapping {
    /// Creates a table of these rows, switched on, with all actions.
    pub fn new(kind: ObjectKind, rows: Vec<Mapping>) -> ObjectMapping {
        let plan = CreatePlan::new(kind, &rows);
        let mut matching: Vec<usize> =
            (0..rows.len()).filter(|&row| rows[row].matching.is_some()).collect();
        matching.sort_by_key(|&row| rows[row].matching);
        let active = rows.iter().position(|row| row.target.is("active"));
        let refers = |to: Field| {
            rows.iter().position(|row| {
                row.target.kind == TargetKind::Reference
                    && matches!(row.source, RowSource::Attribute { field, .. } if field == to)
            })
        };
        let (manager, members) = (refers(Field::Manager), refers(Field::Members));
        let reads_roles = rows.iter().any(Mapping::reads_roles);
        ObjectMapping {
            kind,
            enabled: true,
            actions: Actions::ALL,
            rows,
            plan,
            matching,
            active,
            manager,
            members,
            reads_roles,
        }
    }

    /// Returns a table of other rows with the same switches.
    pub fn with_rows(&self, rows: Vec<Mapping>) -> ObjectMapping {
        ObjectMapping {
            enabled: self.enabled,
            actions: self.actions,
            ..ObjectMapping::new(self.kind, rows)
        }
    }

    /// The rows, in the order of the table.
    pub fn rows(&self) -> &[Mapping] {
        &self.rows
    }

    /// The matching rows by precedence, as positions in [`ObjectMapping::rows`].
    pub fn matching(&self) -> &[usize] {
        &self.matching
    }

    /// The row that carries `active`, when it is mapped.
    pub fn active(&self) -> Option<usize> {
        self.active
    }

    /// The row that carries the manager, which is set after both accounts exist.
    pub fn manager(&self) -> Option<usize> {
        self.manager
    }

    /// The row that carries the members, which are set after group and accounts exist.
    pub fn members(&self) -> Option<usize> {
        self.members
    }

    /// The layout of a new account's JSON.
    pub fn plan(&self) -> &CreatePlan {
        &self.plan
    }

    /// Whether a row reads app roles, which must not be combined with the scope "all" [customize].
    pub fn reads_roles(&self) -> bool {
        self.reads_roles
    }
}
