//! Whether a user is in scope, and if not, why: a pure function of a few facts.

use super::tenant::ScopeFacts;

/// Which users the job provisions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SyncScope {
    /// "Sync only assigned users and groups".
    Assigned,
    /// "Sync all users and groups".
    All,
}

impl SyncScope {
    /// The words of the scenario format.
    pub const WORDS: [(&'static str, SyncScope); 2] =
        [("assigned", SyncScope::Assigned), ("all", SyncScope::All)];

    /// The word for it.
    pub fn word(self) -> &'static str {
        if self == SyncScope::All { "all" } else { "assigned" }
    }
}

/// The five facts of the scoping step, as the provisioning log shows them [field: captured
/// records].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scoping {
    /// "Active in the source system".
    pub active: bool,
    /// "Assigned to the application"; true for every user when the scope is "all".
    pub assigned: bool,
    /// "User has the required role".
    pub has_role: bool,
    /// "Scoping filter evaluation passed"; true for every user when there is no filter.
    pub filter_passed: bool,
    /// Whether the directory object lies in the recycle bin.
    pub soft_deleted: bool,
    /// Whether the directory object is deleted for good.
    pub hard_deleted: bool,
}

/// Evaluates the scope of one user [how-works; customize: the four causes of IsSoftDeleted].
pub fn evaluate(facts: ScopeFacts, scope: SyncScope, filter_passed: bool) -> Scoping {
    let all = scope == SyncScope::All;
    Scoping {
        active: facts.exists && !facts.soft_deleted && !facts.hard_deleted && facts.enabled,
        assigned: all || facts.assigned,
        has_role: all || facts.has_role,
        filter_passed,
        soft_deleted: facts.soft_deleted,
        hard_deleted: facts.hard_deleted,
    }
}

impl Scoping {
    /// The facts of an object that is in scope.
    pub const IN_SCOPE: Scoping = Scoping {
        active: true,
        assigned: true,
        has_role: true,
        filter_passed: true,
        soft_deleted: false,
        hard_deleted: false,
    };

    /// Whether the user is in scope.
    pub fn in_scope(&self) -> bool {
        self.active && self.entitled()
    }

    /// Whether the user would be in scope if sign-in were allowed: the service keeps managing such
    /// an account.
    pub fn entitled(&self) -> bool {
        self.assigned && self.has_role && self.filter_passed
    }

    /// Why the user is not in scope, in the order in which the portal numbers the reasons; empty
    /// when in scope.
    pub fn reasons(&self) -> Vec<&'static str> {
        let rows = [
            (self.active, self.inactive()),
            (self.assigned, "not assigned to the application"),
            (self.has_role, "without the required role"),
            (self.filter_passed, "outside the scoping filters"),
        ];
        rows.iter().filter(|(holds, _)| !holds).map(|(_, reason)| *reason).collect()
    }

    /// The portal's first reason, and which of its causes it is.
    fn inactive(&self) -> &'static str {
        match (self.hard_deleted, self.soft_deleted) {
            (true, _) => "not active in the source system (deleted for good)",
            (_, true) => "not active in the source system (in the recycle bin)",
            _ => "not active in the source system (blocked from sign-in)",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(enabled: bool, soft_deleted: bool, assigned: bool) -> ScopeFacts {
        ScopeFacts {
            exists: true,
            soft_deleted,
            hard_deleted: false,
            enabled,
            assigned,
            has_role: assigned,
        }
    }

    #[test]
    fn each_way_out_of_scope_has_its_reason() {
        let cases: [(ScopeFacts, SyncScope, &[&str]); 5] = [
            (facts(true, false, true), SyncScope::Assigned, &[]),
            (facts(true, false, false), SyncScope::All, &[]),
            (
                facts(false, false, true),
                SyncScope::Assigned,
                &["not active in the source system (blocked from sign-in)"],
            ),
            (
                facts(true, true, true),
                SyncScope::All,
                &["not active in the source system (in the recycle bin)"],
            ),
            (
                facts(true, false, false),
                SyncScope::Assigned,
                &["not assigned to the application", "without the required role"],
            ),
        ];
        for (facts, scope, reasons) in cases {
            let scoping = evaluate(facts, scope, true);
            assert_eq!(scoping.reasons(), reasons);
            assert_eq!(scoping.in_scope(), reasons.is_empty());
        }
        let filtered = evaluate(facts(true, false, true), SyncScope::All, false);
        assert_eq!(filtered.reasons(), ["outside the scoping filters"]);
    }
}
