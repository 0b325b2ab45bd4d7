//! What a life knows of the directory while it is written, so that it holds only what the directory
//! takes.

use super::change::{BY_HAND, GroupChange, LETS_IN, LifeChange};
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
    /// The people, by number; `None` stands for one left out of the life.
    pub people: Vec<Option<PersonNow>>,
    /// The groups, by number; `None` is one that was left out.
    pub groups: Vec<Option<GroupNow>>,
    /// Whether groups are provisioned and nothing is read again. A member without an account is
    /// left out of a group until a restart [known-issues], and so is one who comes back from the
    /// recycle bin (S08).
    pub forgets_members: bool,
    /// Whether the job was stopped to rest.
    pub rests: bool,
    /// Whether groups are provisioned.
    pub has_groups: bool,
    /// How many applications there are.
    pub apps: usize,
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
    /// Given another sign-in name since the start, as one in the recycle bin is too.
    pub renamed: bool,
    /// Another person has the name that this one had. The account must follow, or it keeps the name
    /// for good and the other account never gets it; so this person stays in scope. Nor is sign-in
    /// blocked or the user deleted: where the account was switched off by hand, nothing is left to
    /// disable, so the name is not written either.
    pub handed_over: bool,
    /// Let in by hand at the server. An account that the service no longer manages stays so.
    pub let_in: bool,
    /// The connection was deleted amid the trouble. Until the account is matched again it follows
    /// neither a new name nor a leaver, as in life, so neither happens.
    pub loose: bool,
    /// The record of the assignment is broken, so that it entitles to nothing.
    pub broken: bool,
    /// The city, which a Boolean is mapped from and a rule asks for.
    pub at_home: bool,
    /// The number of the manager.
    pub manager: Option<usize>,
    /// The number of the person whose mail address from the start this one has.
    pub mail: usize,
}

/// What is known of a group.
#[derive(Clone, Default, Debug)]
pub struct GroupNow {
    /// The rule that decides its members.
    pub rule: Option<usize>,
    /// Whether it is assigned.
    pub assigned: bool,
    /// In the recycle bin, or gone.
    pub deleted: bool,
    /// Deleted for good.
    pub gone: bool,
    /// As [`PersonNow::loose`].
    pub loose: bool,
    /// Given another name since the start, or made anew.
    pub renamed: bool,
    /// The members by hand, by the numbers of the people.
    pub members: Vec<usize>,
}

impl Directory {
    /// The directory as a life begins.
    pub fn of(life: &Life) -> Directory {
        let person = |mail, assigned| PersonNow {
            enabled: true,
            deleted: false,
            gone: false,
            assigned,
            steady: assigned,
            has_account: assigned,
            renamed: false,
            handed_over: false,
            let_in: false,
            loose: false,
            broken: false,
            at_home: false,
            manager: None,
            mail,
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
            people: (life.people.iter().enumerate())
                .map(|(nth, assigned)| assigned.map(|assigned| person(nth, assigned)))
                .collect(),
            groups: groups.collect(),
            forgets_members: life.mapped == Mapped::Groups && !life.restarts,
            rests: false,
            has_groups: life.mapped == Mapped::Groups,
            apps: life.apps().len(),
        }
    }

    /// A person of the life.
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
                LifeChange::Filter { .. } => {
                    !self.forgets_members && !self.a_name_was_handed_over()
                }
                LifeChange::RestartOf(app) => *app < self.apps,
                LifeChange::Group(which, change) => {
                    self.group(*which).is_some_and(|group| self.takes_of_group(group, change))
                }
                LifeChange::Rest => !self.rests,
                _ => true,
            };
        };
        let Some(person) = self.person(who).filter(|person| !person.gone) else { return false };
        match change {
            LifeChange::Restore(_) => person.deleted && !self.forgets_members,
            LifeChange::Purge(_) => person.deleted && (person.steady || !person.let_in),
            LifeChange::ByHand(..) => person.has_account,
            _ if person.deleted => false,
            LifeChange::Loosen { .. } => {
                self.rests && person.has_account && person.enabled && !person.renamed
            }
            LifeChange::Disable(_)
            | LifeChange::Unassign(_)
            | LifeChange::BreakAssignment(_)
            | LifeChange::Delete(_)
            | LifeChange::Rename(..)
                if person.loose =>
            {
                false
            }
            LifeChange::Unassign(_)
            | LifeChange::BreakAssignment(_)
            | LifeChange::Disable(_)
            | LifeChange::Delete(_)
                if person.handed_over =>
            {
                false
            }
            LifeChange::TakeName { of, .. } => self.takes_name(who, person, *of),
            LifeChange::SwapMails { with, back, .. } => self.takes_mail(who, person, *with, *back),
            LifeChange::Enable(_) => !person.enabled,
            LifeChange::Disable(_) => {
                person.enabled && (person.has_account || !self.forgets_members)
            }
            LifeChange::Assign(_) => !person.assigned,
            LifeChange::Unassign(_) => person.assigned,
            LifeChange::BreakAssignment(_) => {
                person.assigned && !person.broken && person.has_account
            }
            LifeChange::OnDemand { .. } => person.enabled,
            LifeChange::Manager { chief, .. } => self.takes_manager(who, person, *chief),
            _ => true,
        }
    }

    /// Whether a person can get the name that another has had from the start. Both have accounts,
    /// so that none is looked for by this name, and are in scope, so that both accounts follow.
    fn takes_name(&self, who: usize, person: &PersonNow, of: usize) -> bool {
        let follows = |person: &PersonNow| {
            person.steady
                && person.has_account
                && person.enabled
                && !person.deleted
                && !person.loose
        };
        let other = self.person(of).filter(|other| !other.gone && !other.renamed);
        who != of && follows(person) && other.is_some_and(follows)
    }

    /// Whether two people can exchange their mail addresses, or get their own ones back.
    fn takes_mail(&self, who: usize, person: &PersonNow, with: usize, back: bool) -> bool {
        let there = |other: &&PersonNow| !other.gone && !other.deleted;
        let Some(other) = self.person(with).filter(there) else { return false };
        let now = if back { (with, who) } else { (who, with) };
        who != with && (person.mail, other.mail) == now
    }

    fn a_name_was_handed_over(&self) -> bool {
        self.people.iter().flatten().any(|person| person.handed_over)
    }

    /// Whether this would change the manager.
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
            GroupChange::Loosen { .. } => self.rests && group.assigned && !group.renamed,
            GroupChange::Unassign | GroupChange::Delete | GroupChange::Rename(_) if group.loose => {
                false
            }
            GroupChange::Assign => !group.assigned,
            GroupChange::Unassign => group.assigned,
            GroupChange::Rule(_) => group.rule.is_some(),
            GroupChange::Add(who) => {
                group.rule.is_none() && alive(*who) && !group.members.contains(who)
            }
            GroupChange::Remove(who) => {
                group.rule.is_none() && alive(*who) && group.members.contains(who)
            }
            // Who has no account yet is left out until a restart [known-issues].
            GroupChange::OnDemand(_) if !self.has_groups || self.forgets_members => false,
            GroupChange::OnDemand(None) => true,
            GroupChange::OnDemand(Some(who)) => alive(*who) && group.members.contains(who),
            GroupChange::Delete | GroupChange::Rename(_) | GroupChange::Describe(_) => true,
        }
    }

    /// Carries out a change that it takes.
    pub fn apply(&mut self, change: &LifeChange) {
        match change {
            LifeChange::Rest => self.rests = true,
            LifeChange::Restart
            | LifeChange::SaveMapping
            | LifeChange::Interrupt
            | LifeChange::AllowDeletes
            | LifeChange::Loosen { .. }
            | LifeChange::Group(_, GroupChange::Loosen { .. }) => self.rests = false,
            _ => {}
        }
        if let LifeChange::Group(which, change) = change {
            if let Some(Some(group)) = self.groups.get_mut(*which) {
                group.apply(change);
            }
            return;
        }
        if let LifeChange::Filter { .. } = change {
            self.people.iter_mut().flatten().for_each(|person| person.steady = false);
        }
        if let LifeChange::TakeName { of, .. } = change
            && let Some(Some(other)) = self.people.get_mut(*of)
        {
            (other.renamed, other.handed_over) = (true, true);
        }
        if let LifeChange::SwapMails { who, with, back } = change {
            for (one, other) in [(*who, *with), (*with, *who)] {
                if let Some(Some(person)) = self.people.get_mut(one) {
                    person.mail = if *back { one } else { other };
                }
            }
        }
        let Some(who) = change.person() else { return };
        let Some(Some(person)) = self.people.get_mut(who) else { return };
        match change {
            LifeChange::Enable(_) => person.enabled = true,
            LifeChange::Disable(_) => person.enabled = false,
            LifeChange::Assign(_) => person.assigned = true,
            LifeChange::Unassign(_) => {
                (person.assigned, person.steady, person.broken) = (false, false, false)
            }
            LifeChange::BreakAssignment(_) => (person.broken, person.steady) = (true, false),
            // In the recycle bin the name is another one (B92), and the account follows it.
            LifeChange::Delete(_) => (person.deleted, person.renamed) = (true, true),
            LifeChange::Restore(_) => person.deleted = false,
            LifeChange::Purge(_) => person.gone = true,
            LifeChange::Move { home, .. } => person.at_home = *home,
            LifeChange::Manager { chief, .. } => person.manager = *chief,
            LifeChange::Rename(..) | LifeChange::TakeName { .. } => person.renamed = true,
            LifeChange::ByHand(_, which) => person.let_in |= BY_HAND[*which] == LETS_IN,
            LifeChange::Loosen { amid, .. } => person.loose = *amid,
            _ => {}
        }
    }
}

impl GroupNow {
    fn apply(&mut self, change: &GroupChange) {
        match change {
            GroupChange::Create => *self = GroupNow { renamed: true, ..GroupNow::default() },
            GroupChange::Delete => self.deleted = true,
            GroupChange::Restore => self.deleted = false,
            GroupChange::Purge => self.gone = true,
            GroupChange::Assign => self.assigned = true,
            GroupChange::Unassign => self.assigned = false,
            GroupChange::Rule(rule) => self.rule = Some(*rule),
            GroupChange::Add(who) => self.members.push(*who),
            GroupChange::Remove(who) => self.members.retain(|member| member != who),
            GroupChange::Rename(_) => self.renamed = true,
            GroupChange::Loosen { amid } => self.loose = *amid,
            GroupChange::Describe(_) | GroupChange::OnDemand(_) => {}
        }
    }
}
