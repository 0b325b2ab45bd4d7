//! What the application was told of the members of each linked group, and what it is still to be
//! told. Members are never read back [scim-dev], so a change is found by comparing the directory
//! with what was sent.

use std::collections::{BTreeMap, BTreeSet};

use super::links::Links;
use crate::entra::policy::{MemberUpdate, Policy};
use crate::entra::tenant::{GroupKey, Lifecycle, Tenant, UserKey};

/// The members of all linked groups.
#[derive(Clone, Default)]
pub struct Memberships {
    groups: Vec<Membership>,
}

/// The members of one linked group.
#[derive(Clone, Default)]
struct Membership {
    /// The members that were added, with the ids of their accounts: a removal names the same id,
    /// even if the account is gone since (B34).
    sent: BTreeMap<UserKey, Box<str>>,
    /// The members whose addition was sent and not answered: the application may have them, so one
    /// who leaves the group before the next attempt is removed all the same (assumed).
    tried: BTreeMap<UserKey, Box<str>>,
    /// The members whose removal was sent and not answered: the application may have carried it
    /// out, so one who comes back before the next attempt is added all the same (assumed).
    doubted: BTreeSet<UserKey>,
    /// The users whose membership changed and was not sent yet, or could not be.
    open: BTreeSet<UserKey>,
    /// Members that were added before and are to be added again, until it succeeds (B33).
    again: BTreeSet<UserKey>,
    /// Whether all members are to be sent: the group was linked just now, or the job restarted.
    whole: bool,
}

/// Whether a batch adds members or removes them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MemberOp {
    /// They join the group.
    Add,
    /// They leave it.
    Remove,
}

/// Members that one PATCH adds or removes: each user, with the id of its account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MemberBatch {
    /// Add or remove.
    pub op: MemberOp,
    /// The members; at least one.
    pub members: Vec<Member>,
}

/// What is due for one group.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct MembersDue {
    /// The PATCHes to send.
    pub batches: Vec<MemberBatch>,
    /// How many members have no account. They are left out, and only a restart tries them again
    /// [known-issues].
    pub unresolved: usize,
}

impl Memberships {
    /// Begins with a group that is linked now: nothing was sent, and all members are due.
    pub fn begin(&mut self, group: GroupKey) {
        *self.group_mut(group) = Membership { whole: true, ..Membership::default() };
    }

    /// Makes all members of a linked group due, as a restart does; what was sent stays known.
    pub fn begin_again(&mut self, group: GroupKey) {
        self.group_mut(group).whole = true;
    }

    /// Forgets a group that is not linked any more.
    pub fn forget(&mut self, group: GroupKey) {
        if group.index() < self.groups.len() {
            self.groups[group.index()] = Membership::default();
        }
    }

    /// Notes that a user joined a linked group or left it.
    pub fn changed(&mut self, group: GroupKey, user: UserKey) {
        self.group_mut(group).open.insert(user);
    }

    /// Whether something is still to be sent for a group.
    pub fn is_due(&self, group: GroupKey) -> bool {
        self.groups.get(group.index()).is_some_and(|of| of.whole || !of.open.is_empty())
    }

    /// The users that the application was told are members of a group.
    pub fn sent(&self, group: GroupKey) -> impl Iterator<Item = UserKey> + '_ {
        self.groups.get(group.index()).into_iter().flat_map(|of| of.sent.keys().copied())
    }

    /// Records that a batch went through.
    pub fn done(&mut self, group: GroupKey, batch: &MemberBatch) {
        let of = self.group_mut(group);
        for (user, id) in &batch.members {
            of.open.remove(user);
            of.again.remove(user);
            of.tried.remove(user);
            of.doubted.remove(user);
            match batch.op {
                MemberOp::Add => of.sent.insert(*user, id.clone()),
                MemberOp::Remove => of.sent.remove(user),
            };
        }
    }

    /// Records that the application refused a batch, so that it holds none of its additions.
    pub fn refused(&mut self, group: GroupKey, batch: &MemberBatch) {
        let of = self.group_mut(group);
        batch.members.iter().for_each(|(user, _)| drop(of.tried.remove(user)));
    }

    /// Records that no clear answer came to a batch, so that its removals may have been carried
    /// out.
    pub fn unanswered(&mut self, group: GroupKey, batch: &MemberBatch) {
        if batch.op == MemberOp::Remove {
            let of = self.group_mut(group);
            of.doubted.extend(batch.members.iter().map(|(user, _)| *user));
        }
    }

    fn group_mut(&mut self, group: GroupKey) -> &mut Membership {
        if self.groups.len() <= group.index() {
            self.groups.resize_with(group.index() + 1, Membership::default);
        }
        &mut self.groups[group.index()]
    }
}

impl Links {
    /// What is to be sent for the members of a group. The members in it stay open until their batch
    /// went through. The cost follows what changed; after a restart, the size of the group.
    pub fn members_due(&mut self, group: GroupKey, tenant: &Tenant, policy: &Policy) -> MembersDue {
        let mut of = std::mem::take(self.memberships_mut().group_mut(group));
        let whole = std::mem::take(&mut of.whole);
        let users: BTreeSet<UserKey> = if whole {
            let mut users: BTreeSet<UserKey> = tenant.members(group).collect();
            users.append(&mut of.open);
            let known = of.sent.keys().chain(of.tried.keys());
            let gone = known.filter(|user| !tenant.is_member(group, **user));
            users.extend(gone.filter(|_| policy.restart_removes_members));
            users
        } else {
            std::mem::take(&mut of.open)
        };
        let (mut adds, mut removes, mut unresolved) = (Vec::new(), Vec::new(), 0);
        for user in users {
            let again = of.again.remove(&user) || of.doubted.contains(&user) || whole;
            match (tenant.is_member(group, user), of.sent.get(&user)) {
                (false, sent) => {
                    let id = sent.or_else(|| of.tried.get(&user));
                    removes.extend(id.map(|id| (user, id.clone())));
                }
                (true, sent) if again || sent.is_none() => match self.get(user) {
                    _ if tenant.user(user).lifecycle() != Lifecycle::Active => {}
                    Some(link) => adds.push((user, link.target.clone())),
                    None => unresolved += 1,
                },
                _ => {}
            }
        }
        let known = |(user, _): &&Member| of.sent.contains_key(user);
        of.again = adds.iter().filter(known).map(|(user, _)| *user).collect();
        of.tried.extend(adds.iter().cloned());
        of.open = adds.iter().chain(&removes).map(|(user, _)| *user).collect();
        *self.memberships_mut().group_mut(group) = of;
        MembersDue { batches: batches(adds, removes, policy), unresolved }
    }

    /// What is to be sent for members that were picked on demand: all of them are added.
    pub fn picked_members(
        &self,
        picked: impl Iterator<Item = UserKey>,
        policy: &Policy,
    ) -> MembersDue {
        let (mut adds, mut unresolved) = (Vec::new(), 0);
        for user in picked {
            match self.get(user) {
                Some(link) => adds.push((user, link.target.clone())),
                None => unresolved += 1,
            }
        }
        MembersDue { batches: batches(adds, Vec::new(), policy), unresolved }
    }
}

/// A user with the id of its account.
type Member = (UserKey, Box<str>);

/// The PATCHes that bring these changes.
fn batches(adds: Vec<Member>, removes: Vec<Member>, policy: &Policy) -> Vec<MemberBatch> {
    let mut batches = Vec::new();
    for (op, members) in [(MemberOp::Add, adds), (MemberOp::Remove, removes)] {
        let parts = members.chunks(batch_size(op, policy));
        batches.extend(parts.map(|part| MemberBatch { op, members: part.to_vec() }));
    }
    batches
}

/// How many members travel in one PATCH.
fn batch_size(op: MemberOp, policy: &Policy) -> usize {
    match (op, policy.member_update) {
        (MemberOp::Add, MemberUpdate::ReplaceSingle) => 1,
        _ => usize::try_from(policy.members_per_patch).unwrap_or(usize::MAX).max(1),
    }
}
