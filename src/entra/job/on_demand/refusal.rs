//! When a run on demand is refused, and the words for it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Picked;
use crate::base::Time;
use crate::base::time::show_duration;
use crate::entra::field::ObjectKind;
use crate::entra::job::subject::{Subject, handle_of};
use crate::entra::job::{Job, Moment};
use crate::entra::mapping::Schema;
use crate::entra::tenant::{Lifecycle, Tenant};

/// Why an object is not found by the search of the portal [on-demand].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Absence {
    /// The user is blocked from sign-in.
    Blocked,
    /// It lies in the recycle bin.
    InRecycleBin,
    /// It is deleted for good.
    Gone,
    /// A filter keeps it from being read [g:filter].
    NotRead,
}

impl Absence {
    /// The words for it.
    pub fn words(self) -> &'static str {
        match self {
            Absence::Blocked => "blocked from sign-in",
            Absence::InRecycleBin => "in the recycle bin",
            Absence::Gone => "deleted for good",
            Absence::NotRead => "left out by a filter before it is read",
        }
    }
}

/// Why a run on demand is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OnDemandRefusal {
    /// The job has no credentials.
    NotConfigured,
    /// The search does not find disabled and deleted objects.
    NotFound {
        /// Whether it is a user or a group.
        kind: ObjectKind,
        /// Its handle.
        handle: Arc<str>,
        /// What has become of it.
        absence: Absence,
    },
    /// The mapping of groups is switched off.
    NoGroups {
        /// Whether it has rows, so that it can be switched on.
        mapped: bool,
    },
    /// More members were picked than a run takes.
    TooManyMembers {
        /// How many were picked.
        picked: usize,
        /// How many a run takes.
        limit: u64,
    },
    /// Someone who was picked is not a member of the group.
    NotAMember {
        /// The user's handle.
        user: Arc<str>,
        /// The group's handle.
        group: Arc<str>,
    },
    /// An application with OAuth has to be stopped first.
    Running,
    /// A policy forbids it while the job is in quarantine.
    Quarantined,
    /// Too many runs began of late.
    TooManyRequests {
        /// How many may begin in the window.
        limit: u64,
        /// The window.
        window: Duration,
        /// How long until the next may begin.
        wait: Duration,
    },
}

impl OnDemandRefusal {
    /// Refuses every group where their mapping is switched off.
    ///
    /// # Errors
    /// The refusal.
    pub fn of_groups(schema: &Schema) -> Result<(), OnDemandRefusal> {
        match &schema.groups {
            groups if groups.enabled => Ok(()),
            groups => Err(OnDemandRefusal::NoGroups { mapped: !groups.rows().is_empty() }),
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            OnDemandRefusal::NotConfigured => "give the job credentials first: set_secret",
            OnDemandRefusal::NotFound { kind: ObjectKind::User, .. } => {
                "a cycle disables and deletes; only people who may sign in can be picked"
            }
            OnDemandRefusal::NotFound { kind: ObjectKind::Group, .. } => {
                "a cycle deletes what is out of scope; only a group in the directory can be picked"
            }
            OnDemandRefusal::NoGroups { mapped: true } => {
                "switch it on: entra.mappings.groups.enabled = true"
            }
            OnDemandRefusal::NoGroups { mapped: false } => {
                "GoLinks of the gallery has no groups; entra.mappings.template = \"scim\" maps them"
            }
            OnDemandRefusal::TooManyMembers { .. } => "pick fewer, and run again for the others",
            OnDemandRefusal::NotAMember { .. } => "only direct members can be picked",
            OnDemandRefusal::Running => "stop first, and start again afterwards",
            OnDemandRefusal::Quarantined => {
                "start or restart clears the quarantine; entra.policy.on_demand_in_quarantine decides"
            }
            OnDemandRefusal::TooManyRequests { .. } => "wait, and ask again",
        }
    }
}

impl fmt::Display for OnDemandRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OnDemandRefusal::NotConfigured => f.write_str("the job has no credentials"),
            OnDemandRefusal::NotFound { kind, handle, absence } => {
                let (what, which) = match kind {
                    ObjectKind::User => ("", "who"),
                    ObjectKind::Group => ("the group ", "which"),
                };
                let state = absence.words();
                write!(f, "the search does not find {what}{handle}, {which} is {state}")
            }
            OnDemandRefusal::NoGroups { .. } => {
                f.write_str("the mapping of groups is switched off")
            }
            OnDemandRefusal::TooManyMembers { picked, limit } => {
                write!(f, "{picked} members are picked, and one run takes {limit} at most")
            }
            OnDemandRefusal::NotAMember { user, group } => {
                write!(f, "{user} is not a member of {group}")
            }
            OnDemandRefusal::Running => f.write_str(
                "the application signs in by OAuth, and its job has to be stopped before",
            ),
            OnDemandRefusal::Quarantined => f.write_str("the job is in quarantine"),
            OnDemandRefusal::TooManyRequests { limit, window, wait } => {
                let (window, wait) = (show_duration(*window), show_duration(*wait));
                write!(f, "429: {limit} requests in {window} are the limit, the next in {wait}")
            }
        }
    }
}

/// Why the search does not find an object; `None` if it does.
pub(super) fn absence(subject: Subject, tenant: &Tenant) -> Option<Absence> {
    let lifecycle = match subject {
        Subject::User(user) => match tenant.user(user) {
            user if user.lifecycle() == Lifecycle::Active && !user.enabled() => {
                return Some(Absence::Blocked);
            }
            user => user.lifecycle(),
        },
        Subject::Group(group) => tenant.group(group).lifecycle(),
    };
    match lifecycle {
        Lifecycle::Active => None,
        Lifecycle::SoftDeleted { .. } => Some(Absence::InRecycleBin),
        Lifecycle::HardDeleted => Some(Absence::Gone),
    }
}

impl Job {
    /// Checks whether a run on demand may begin.
    pub(super) fn allows_on_demand(
        &self,
        picked: &Picked,
        tenant: &Tenant,
        moment: &Moment<'_>,
    ) -> Result<(), OnDemandRefusal> {
        let (policy, now) = (&self.settings.policy, moment.now());
        if self.credentials.is_empty() {
            return Err(OnDemandRefusal::NotConfigured);
        }
        if self.quarantine.is_some() && !policy.on_demand_in_quarantine {
            return Err(OnDemandRefusal::Quarantined);
        }
        if self.uses_oauth() && !self.is_stopped() && !policy.on_demand_oauth_running {
            return Err(OnDemandRefusal::Running);
        }
        self.can_be_picked(picked, tenant)?;
        let (limit, window) = (policy.on_demand_limit, policy.on_demand_window);
        match self.on_demand.free_at(now, limit, window) {
            Some(at) => {
                let wait: Duration = Time::since(at, now);
                Err(OnDemandRefusal::TooManyRequests { limit, window, wait })
            }
            None => Ok(()),
        }
    }

    fn can_be_picked(&self, picked: &Picked, tenant: &Tenant) -> Result<(), OnDemandRefusal> {
        let handle = || handle_of(picked.subject, tenant);
        if let Some(absence) = absence(picked.subject, tenant) {
            let kind = picked.subject.kind();
            return Err(OnDemandRefusal::NotFound { kind, handle: handle(), absence });
        }
        let Subject::Group(group) = picked.subject else { return Ok(()) };
        OnDemandRefusal::of_groups(&self.used_on_demand().0)?;
        let limit = self.settings.policy.on_demand_members;
        if picked.members.len() as u64 > limit {
            return Err(OnDemandRefusal::TooManyMembers { picked: picked.members.len(), limit });
        }
        let not_inside = |user: &&_| !tenant.user(**user).groups().contains(&group);
        match picked.members.iter().find(not_inside) {
            Some(user) => {
                let user = tenant.user(*user).handle().clone();
                Err(OnDemandRefusal::NotAMember { user, group: handle() })
            }
            None => Ok(()),
        }
    }
}
