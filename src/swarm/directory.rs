//! What a life knows of the directory while it is written, so that it holds only what the directory
//! takes.

use super::change::{GroupChange, LifeChange};
use super::life::{Life, Mapped};

/// The rules that the dynamic group has in turn.
pub(super) const RULES: [&str; 3] = [
    r#"user.city -eq "Home""#,
    r#"user.city -ne "Home" -and user.displayName -startsWith "Person""#,
    r#"user.department -startsWith "Department1" -or user.surname -contains "name2""#,
];

/// The people and groups of a life at one moment of it.
#[derive(Clone, Debug)]
pub struct Directory {
    /// The people, by number; `None` is one who was left out of the life.
    pub people: Vec<Option<PersonNow>>,
    /// The groups, by number; `None` is one that was left out.
    pub groups: Vec<Option<GroupNow>>,
    /// Whether groups are provisioned and nothing is read again. A member without an account is
    /// left out of a group until a restart [known-issues], and so is one who comes back from the
    /// recycle bin (S08).
    pub forgets_members: bool,
    /// Whether a second application is entitled by a group: whether an account that was disabled
    /// because its user lost the group is deleted with the user, no source says.
    pub tested: bool,
}

/// What is known of a person.
#[derive(Clone, Copy, Debug)]
pub struct PersonNow {
    /// Whether sign-in is allowed.
    pub enabled: bool,
    /// In the recycle bin, or gone.
    pub deleted: bool,
    /// Deleted for good.
    pub gone: bool,
    /// Assigned by name.
    pub assigned: bool,
    /// Assigned from the start on, without a break.
    pub steady: bool,
    /// From the first cycle on, which meets no faults.
    pub has_account: bool,
    /// The city, which a Boolean is mapped from and a rule asks for.
    pub at_home: bool,
    /// The number of the manager.
    pub manager: Option<usize>,
}

/// What is known of a group.
#[derive(Clone, Default, Debug)]
pub struct GroupNow {
    /// The rule that decides who is in it.
    pub rule: Option<usize>,
    /// Whether it is assigned.
    pub assigned: bool,
    /// In the recycle bin, or gone.
    pub deleted: bool,
    /// Deleted for good.
    pub gone: bool,
    /// The members by hand, by the numbers of the people.
    pub members: Vec<usize>,
}

impl Directory {
    /// The directory as a life begins.
    pub fn of(life: &Life) -> Directory {
        let person = |assigned| PersonNow {
            enabled: true,
            deleted: false,
            gone: false,
            assigned,
            steady: assigned,
            has_account: assigned,
            at_home: false,
            manager: None,
        };
        let groups = life.groups.iter().map(|start| {
            let start = start.as_ref()?;
            Some(GroupNow {
                rule: start.rule,
                assigned: start.assigned,
                members: start.members.clone(),
                ..GroupNow::default()
            })
        });
        Directory {
            people: life.people.iter().map(|assigned| assigned.map(person)).collect(),
            groups: groups.collect(),
            forgets_members: life.mapped == Mapped::Groups && !life.restarts,
            tested: life.tested,
        }
    }

    /// A person who is part of the life.
    pub fn person(&self, who: usize) -> Option<&PersonNow> {
        self.people.get(who)?.as_ref()
    }

    /// A group that is part of the life.
    pub fn group(&self, which: usize) -> Option<&GroupNow> {
        self.groups.get(which)?.as_ref()
    }

    /// Whether the directory takes a change now.
    pub fn takes(&self, change: &LifeChange) -> bool {
        let Some(who) = change.person() else {
            return match change {
                LifeChange::Group(which, change) => {
                    self.group(*which).is_some_and(|group| self.takes_of_group(group, change))
                }
                _ => true,
            };
        };
        let Some(person) = self.person(who).filter(|person| !person.gone) else { return false };
        match change {
            LifeChange::Restore(_) => person.deleted && !self.forgets_members,
            // Who was unassigned once may be entitled again without a cycle that sees it before the
            // end; whether the account of such a person is managed still, no source says.
            LifeChange::Purge(_) => person.deleted && person.steady && !self.tested,
            LifeChange::ByHand(..) => person.has_account,
            _ if person.deleted => false,
            LifeChange::Enable(_) => !person.enabled,
            LifeChange::Disable(_) => {
                person.enabled && (person.has_account || !self.forgets_members)
            }
            LifeChange::Assign(_) => !person.assigned,
            LifeChange::Unassign(_) => person.assigned,
            LifeChange::OnDemand { .. } => person.enabled,
            LifeChange::Manager { chief, .. } => self.takes_manager(who, person, *chief),
            _ => true,
        }
    }

    /// Whether this would change who the manager is.
    fn takes_manager(&self, who: usize, person: &PersonNow, chief: Option<usize>) -> bool {
        let alive = |chief: usize| self.person(chief).is_some_and(|chief| !chief.gone);
        let now = person.manager.filter(|chief| alive(*chief));
        match chief {
            None => now.is_some(),
            Some(chief) => {
                let there = self.person(chief).is_some_and(|chief| !chief.deleted);
                there && chief != who && now != Some(chief)
            }
        }
    }

    fn takes_of_group(&self, group: &GroupNow, change: &GroupChange) -> bool {
        let alive = |who: usize| self.person(who).is_some_and(|person| !person.deleted);
        match change {
            GroupChange::Create => group.gone,
            _ if group.gone => false,
            GroupChange::Restore | GroupChange::Purge => group.deleted,
            _ if group.deleted => false,
            GroupChange::Assign => !group.assigned,
            GroupChange::Unassign => group.assigned,
            GroupChange::Rule(_) => group.rule.is_some(),
            GroupChange::Add(who) => {
                group.rule.is_none() && alive(*who) && !group.members.contains(who)
            }
            GroupChange::Remove(who) => {
                group.rule.is_none() && alive(*who) && group.members.contains(who)
            }
            GroupChange::Delete | GroupChange::Rename(_) | GroupChange::Describe(_) => true,
        }
    }

    /// Carries out a change that it takes.
    pub fn apply(&mut self, change: &LifeChange) {
        if let LifeChange::Group(which, change) = change {
            if let Some(Some(group)) = self.groups.get_mut(*which) {
                group.apply(change);
            }
            return;
        }
        let Some(who) = change.person() else { return };
        let Some(Some(person)) = self.people.get_mut(who) else { return };
        match change {
            LifeChange::Enable(_) => person.enabled = true,
            LifeChange::Disable(_) => person.enabled = false,
            LifeChange::Assign(_) => person.assigned = true,
            LifeChange::Unassign(_) => (person.assigned, person.steady) = (false, false),
            LifeChange::Delete(_) => person.deleted = true,
            LifeChange::Restore(_) => person.deleted = false,
            LifeChange::Purge(_) => person.gone = true,
            LifeChange::Move { home, .. } => person.at_home = *home,
            LifeChange::Manager { chief, .. } => person.manager = *chief,
            _ => {}
        }
    }
}

impl GroupNow {
    fn apply(&mut self, change: &GroupChange) {
        match change {
            GroupChange::Create => *self = GroupNow::default(),
            GroupChange::Delete => self.deleted = true,
            GroupChange::Restore => self.deleted = false,
            GroupChange::Purge => self.gone = true,
            GroupChange::Assign => self.assigned = true,
            GroupChange::Unassign => self.assigned = false,
            GroupChange::Rule(rule) => self.rule = Some(*rule),
            GroupChange::Add(who) => self.members.push(*who),
            GroupChange::Remove(who) => self.members.retain(|member| member != who),
            GroupChange::Rename(_) | GroupChange::Describe(_) => {}
        }
    }
}
