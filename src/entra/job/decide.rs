//! What to do about one object: a pure function of scope, link and policy.
//!
//! The numbers are the rows of the decision table in docs/sources.md.

use super::links::Link;
use super::log::{LogAction, SkipReason};
use crate::entra::field::ObjectKind;
use crate::entra::policy::{HardDelete, Policy};
use crate::entra::scope::Scoping;
use crate::entra::tenant::ScopeFacts;

/// What to do next about one object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Plan {
    /// Look for an account by the matching attribute: rows 1 to 4.
    Match,
    /// Read the linked account and send what differs: rows 8, 9, 11, 12.
    Read,
    /// Set `active` to false, unless it is already: rows 14, 18, 20, 21.
    Disable,
    /// Delete the account: rows 17 and 23; delete the group: row 27.
    Delete,
    /// Drop the link and send nothing: row 25.
    Forget,
    /// Write a log row and send nothing: rows 13, 15, 19.
    Skip(LogAction, SkipReason),
    /// Not even a log row: row 22.
    Ignore,
}

/// Decides what to do, by the rows of the decision table.
pub fn decide(scoping: &Scoping, facts: ScopeFacts, link: Option<&Link>, policy: &Policy) -> Plan {
    match link {
        None => decide_unlinked(scoping, facts),
        Some(link) => decide_linked(scoping, facts, link, policy),
    }
}

fn decide_unlinked(scoping: &Scoping, facts: ScopeFacts) -> Plan {
    if facts.hard_deleted || facts.soft_deleted || !facts.exists {
        Plan::Ignore
    } else if scoping.in_scope() {
        Plan::Match
    } else {
        Plan::Skip(LogAction::Create, SkipReason::NotEffectivelyEntitled(scoping.reasons()))
    }
}

fn decide_linked(scoping: &Scoping, facts: ScopeFacts, link: &Link, policy: &Policy) -> Plan {
    if link.subject.kind() == ObjectKind::Group {
        return decide_linked_group(scoping, policy);
    }
    if facts.hard_deleted {
        // Purged between two cycles: the account was never disabled. One report saw no request
        // sent.
        let dropped = link.active && policy.hard_delete_within_cycle == HardDelete::Drop;
        // Row 25: unassigned first and deleted later keeps a disabled account [how-works]; one that
        // may still be active is deleted. What counts is the entitlement at the end, whether or not
        // a cycle has seen it (assumed).
        let keeps = !scoping.entitled() && !link.active;
        return if keeps || dropped { Plan::Forget } else { Plan::Delete };
    }
    let blocked_but_updated =
        policy.update_inactive && scoping.entitled() && !facts.soft_deleted && !link.active;
    if scoping.in_scope() || blocked_but_updated {
        Plan::Read
    } else if policy.keeps_out_of_scope(scoping.active) {
        Plan::Skip(LogAction::Other, SkipReason::NotEffectivelyEntitled(scoping.reasons()))
    } else if !policy.soft_delete {
        // Row 17: an application without an inactive state is sent a DELETE on all four triggers.
        Plan::Delete
    } else if link.active || policy.read_before_disable {
        // The link's `active` may be out of date: an account may have been enabled by hand.
        Plan::Disable
    } else {
        Plan::Skip(LogAction::Other, SkipReason::RedundantExport)
    }
}

/// Row 27: a group has no inactive state, so it is deleted when it is unassigned, filtered out or
/// deleted, in the recycle bin too (assumed) [field: guides of vendors].
fn decide_linked_group(scoping: &Scoping, policy: &Policy) -> Plan {
    if scoping.in_scope() {
        Plan::Read
    } else if scoping.active && policy.skip_out_of_scope_deletions {
        Plan::Skip(LogAction::Other, SkipReason::NotEffectivelyEntitled(scoping.reasons()))
    } else {
        Plan::Delete
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::scope::{self, SyncScope};
    use crate::entra::tenant::UserKey;

    const ACTIVE: ScopeFacts = ScopeFacts {
        exists: true,
        soft_deleted: false,
        hard_deleted: false,
        enabled: true,
        assigned: true,
        has_role: true,
    };

    fn link(active: bool) -> Option<Link> {
        Some(Link { subject: UserKey(0).into(), target: "1".into(), active })
    }

    fn check(row: &str, facts: ScopeFacts, link: Option<Link>, policy: &Policy, expected: Plan) {
        let scoping = scope::evaluate(facts, SyncScope::Assigned, true);
        assert_eq!(decide(&scoping, facts, link.as_ref(), policy), expected, "row {row}");
    }

    #[test]
    fn the_rows_of_the_decision_table_hold() {
        let policy = Policy::default();
        let unassigned = ScopeFacts { assigned: false, has_role: false, ..ACTIVE };
        let blocked = ScopeFacts { enabled: false, ..ACTIVE };
        let deleted = ScopeFacts { soft_deleted: true, ..ACTIVE };
        let purged = ScopeFacts { exists: false, hard_deleted: true, ..ACTIVE };
        let not_assigned = vec!["not assigned to the application", "without the required role"];
        let skip_create =
            |causes| Plan::Skip(LogAction::Create, SkipReason::NotEffectivelyEntitled(causes));
        check("1-4", ACTIVE, None, &policy, Plan::Match);
        check("8, 9, 12", ACTIVE, link(true), &policy, Plan::Read);
        check("11", ACTIVE, link(false), &policy, Plan::Read);
        check("13", unassigned, None, &policy, skip_create(not_assigned));
        check("14", unassigned, link(true), &policy, Plan::Disable);
        check("18, read first", unassigned, link(false), &policy, Plan::Disable);
        check(
            "19",
            blocked,
            None,
            &policy,
            skip_create(vec!["not active in the source system (blocked from sign-in)"]),
        );
        check("20", blocked, link(true), &policy, Plan::Disable);
        check("21", deleted, link(true), &policy, Plan::Disable);
        check("22", deleted, None, &policy, Plan::Ignore);
        check("23", purged, link(false), &policy, Plan::Delete);
        let unassigned_first = ScopeFacts { assigned: false, has_role: false, ..purged };
        check("25", unassigned_first, link(false), &policy, Plan::Forget);
        check("25, still active", unassigned_first, link(true), &policy, Plan::Delete);
    }

    #[test]
    fn a_group_is_deleted_whichever_way_it_leaves() {
        let link = Link {
            subject: crate::entra::tenant::GroupKey(0).into(),
            target: "1".into(),
            active: true,
        };
        let unassigned = ScopeFacts { assigned: false, has_role: false, ..ACTIVE };
        let deleted = ScopeFacts { exists: false, soft_deleted: true, ..ACTIVE };
        let gone = ScopeFacts { exists: false, hard_deleted: true, ..ACTIVE };
        let policy = Policy::default();
        let keep = Policy { skip_out_of_scope_deletions: true, ..Policy::default() };
        check("27, in scope", ACTIVE, Some(link.clone()), &policy, Plan::Read);
        for facts in [unassigned, deleted, gone] {
            check("27", facts, Some(link.clone()), &policy, Plan::Delete);
        }
        check("27, gone all the same", gone, Some(link.clone()), &keep, Plan::Delete);
        let causes = vec!["not assigned to the application", "without the required role"];
        let kept = Plan::Skip(LogAction::Other, SkipReason::NotEffectivelyEntitled(causes));
        check("27 and 15", unassigned, Some(link), &keep, kept);
    }

    #[test]
    fn policies_bend_the_rows_they_name() {
        let unassigned = ScopeFacts { assigned: false, has_role: false, ..ACTIVE };
        let purged = ScopeFacts { exists: false, hard_deleted: true, ..ACTIVE };
        let blocked = ScopeFacts { enabled: false, ..ACTIVE };
        let keep = Policy { skip_out_of_scope_deletions: true, ..Policy::default() };
        let causes = vec!["not assigned to the application", "without the required role"];
        let kept = Plan::Skip(LogAction::Other, SkipReason::NotEffectivelyEntitled(causes));
        check("15", unassigned, link(true), &keep, kept);
        let dropped = Policy { hard_delete_within_cycle: HardDelete::Drop, ..Policy::default() };
        check("23, dropped", purged, link(true), &dropped, Plan::Forget);
        let blind = Policy { read_before_disable: false, ..Policy::default() };
        let redundant = Plan::Skip(LogAction::Other, SkipReason::RedundantExport);
        check("18, not read", unassigned, link(false), &blind, redundant);
        let hard = Policy { soft_delete: false, ..Policy::default() };
        let deleted = ScopeFacts { soft_deleted: true, ..ACTIVE };
        for gone in [unassigned, blocked, deleted, purged] {
            check("17", gone, link(true), &hard, Plan::Delete);
        }
        let flows = Policy { update_inactive: true, ..Policy::default() };
        check("20, still updated", blocked, link(false), &flows, Plan::Read);
    }
}
