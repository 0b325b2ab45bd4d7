//! Attribute mappings: which value of a user flows into which attribute of an account.
//!
//! Expressions follow in their own work; a row's source is a directory attribute or the computed `active`.

mod desired;
mod plan;

pub use desired::{Desired, Flow};
pub use plan::CreatePlan;
pub(in crate::entra) use plan::write_text;

use super::tenant::Attribute;
use crate::scim::Path;

/// Where a value comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// An attribute of the user, as it is.
    Attribute(Attribute),
    /// `Not([IsSoftDeleted])`: true while the user is in scope and may sign in [customize-attr].
    Active,
}

/// When a row flows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Apply {
    /// On create and on update.
    Always,
    /// On create alone.
    OnlyOnCreate,
}

/// One row of the mapping table.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// Where the value comes from.
    pub source: Source,
    /// The target attribute as the vendor writes it, such as `emails[type eq "work"].value`.
    pub target: &'static str,
    /// The same, read once.
    pub path: Path,
    /// Matching precedence; `None` for a row that does not match.
    pub matching: Option<u32>,
    /// When it flows.
    pub apply: Apply,
    /// Whether a change of letter case alone is a change.
    pub case_exact: bool,
}

/// The mapping table of a job, with what is worked out from it once.
#[derive(Clone, Debug)]
pub struct Mappings {
    rows: Vec<Mapping>,
    plan: CreatePlan,
    matching: Vec<usize>,
    active: Option<usize>,
}

impl Mappings {
    /// Makes a table of its rows.
    pub fn new(rows: Vec<Mapping>) -> Mappings {
        let plan = CreatePlan::new(&rows);
        let mut matching: Vec<usize> = (0..rows.len()).filter(|&row| rows[row].matching.is_some()).collect();
        matching.sort_by_key(|&row| rows[row].matching);
        let active = rows.iter().position(|row| row.source == Source::Active);
        Mappings { rows, plan, matching, active }
    }

    /// The gallery's seven rows for GoLinks; sources are the usual gallery defaults (golinks.md 1.2, assumed).
    pub fn golinks() -> Mappings {
        let department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
        let attribute = |target, attribute, case_exact| row(target, Source::Attribute(attribute), None, case_exact);
        Mappings::new(vec![
            attribute("externalId", Attribute::MailNickname, true),
            row("userName", Source::Attribute(Attribute::UserPrincipalName), Some(1), false),
            row("active", Source::Active, None, false),
            attribute("emails[type eq \"work\"].value", Attribute::Mail, false),
            attribute("name.givenName", Attribute::GivenName, true),
            attribute("name.familyName", Attribute::Surname, true),
            attribute(department, Attribute::Department, true),
        ])
    }

    /// The rows, in the order of the table.
    pub fn rows(&self) -> &[Mapping] {
        &self.rows
    }

    /// The matching rows by precedence, as positions in [`Mappings::rows`].
    pub fn matching(&self) -> &[usize] {
        &self.matching
    }

    /// The row that carries `active`, when it is mapped.
    pub fn active(&self) -> Option<usize> {
        self.active
    }

    /// How a new account's JSON is laid out.
    pub fn plan(&self) -> &CreatePlan {
        &self.plan
    }
}

fn row(target: &'static str, source: Source, matching: Option<u32>, case_exact: bool) -> Mapping {
    let path = Path::parse(target).expect("the gallery's target attributes are paths; a test reads them all");
    Mapping { source, target, path, matching, apply: Apply::Always, case_exact }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gallery_table_matches_on_user_name_and_carries_active() {
        let mappings = Mappings::golinks();
        let targets: Vec<&str> = mappings.rows().iter().map(|row| row.target).collect();
        assert_eq!(targets.len(), 7);
        assert_eq!(targets[mappings.matching()[0]], "userName");
        assert_eq!(targets[mappings.active().expect("active is mapped")], "active");
    }
}
