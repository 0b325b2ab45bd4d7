//! The directory of a run at each instant, replayed apart from the provisioning service: what the
//! invariants judge each request by.

use std::sync::Arc;

use crate::base::Time;
use crate::entra::AppId;
use crate::entra::job::Subject;
use crate::entra::mapping::Schema;
use crate::entra::policy::Policy;
use crate::entra::scope::{self, Scoping, SyncScope};
use crate::entra::tenant::{GroupKey, Lifecycle, Tenant, UserKey};
use crate::scenario::Script;
use crate::scenario::play::setup_world;
use crate::scenario::rehearsal::{go_on, is_rehearsed};
use crate::scenario::script::When;
use crate::world::{AppView, Drive, World};

/// The directory and the saved filters, from each change of them to the next one.
pub struct History {
    moments: Vec<Standing>,
}

/// The directory and the saved filters as they stood for a while.
pub struct Standing {
    since: Time,
    /// The directory.
    pub tenant: Tenant,
    /// What each application has saved.
    saved: Vec<Saved>,
}

/// The filters and the scope that an application has saved.
#[derive(Clone)]
pub struct Saved {
    schema: Arc<Schema>,
    scope: SyncScope,
}

impl History {
    /// Carries out the script on a world of its own, in which no job is started.
    pub fn of(script: &Script) -> History {
        let (mut world, _) = setup_world(script);
        let mut history = History { moments: Vec::new() };
        history.note(&world);
        for step in &script.steps {
            let When::At(at) = step.when else { continue };
            if at > script.ends {
                continue;
            }
            history.go_on(&mut world, at);
            for scripted in &step.actions {
                if is_rehearsed(scripted.action.verb()) {
                    // What the run refused is refused here too.
                    let _ = world.act(scripted.action.clone());
                }
            }
            history.note(&world);
        }
        history.go_on(&mut world, script.ends);
        history
    }

    fn go_on(&mut self, world: &mut World, at: Time) {
        while let Some(due) = world.next_due().filter(|due| *due <= at && *due > world.now()) {
            world.advance(due);
            self.note(world);
        }
        go_on(world, at);
    }

    fn note(&mut self, world: &World) {
        let job = |view: AppView<'_>| {
            let settings = view.entra().job().settings();
            Saved { schema: settings.schema.clone(), scope: settings.scope }
        };
        let (since, tenant) = (world.now(), world.entra().tenant().clone());
        let standing = Standing { since, tenant, saved: world.views().map(job).collect() };
        match self.moments.last_mut() {
            // Of one instant the provisioning service sees what it ends with.
            Some(last) if last.since == since => *last = standing,
            _ => self.moments.push(standing),
        }
    }

    /// How everything stood at an instant.
    pub fn at(&self, at: Time) -> &Standing {
        let after = self.moments.partition_point(|standing| standing.since <= at);
        &self.moments[after.max(1) - 1]
    }

    /// How everything stood in a span of time: at its beginning, and after each change up to its
    /// end.
    pub fn during(&self, from: Time, until: Time) -> impl Iterator<Item = &Standing> {
        let first = self.moments.partition_point(|standing| standing.since <= from).max(1) - 1;
        self.moments[first..].iter().take_while(move |it| it.since <= until.max(from))
    }
}

impl Standing {
    /// The filters and the scope that an application has saved.
    pub fn saved(&self, app: AppId) -> &Saved {
        &self.saved[app.index()]
    }

    /// Whether a user is in scope, by filters that may be older.
    pub fn user(&self, app: AppId, user: UserKey, by: &Saved) -> Scoping {
        let passed = by.schema.filters.pass(self.tenant.user(user), &Policy::default());
        scope::evaluate(self.tenant.facts(app, user), by.scope, passed)
    }

    /// Whether the filters let an object be read at all. Of one that is deleted for good only its
    /// id is read, which no filter can look at; and none looks at a group that is not there yet.
    pub fn reads(&self, subject: Subject, by: &Saved) -> bool {
        let policy = Policy::default();
        match subject {
            Subject::User(user) => {
                let row = self.tenant.user(user);
                let gone = row.lifecycle() == Lifecycle::HardDeleted;
                gone || by.schema.filters.read_in(row, &policy)
            }
            Subject::Group(group) if group.index() >= self.tenant.group_count() => true,
            Subject::Group(group) => {
                let row = self.tenant.group(group);
                let gone = row.lifecycle() == Lifecycle::HardDeleted;
                gone || by.schema.filters.read_in(row, &policy)
            }
        }
    }

    /// Whether a group is in scope; `None` when it is not there yet.
    pub fn group(&self, app: AppId, group: GroupKey, by: &Saved) -> Option<Scoping> {
        let there = group.index() < self.tenant.group_count();
        there.then(|| {
            let passed = by.schema.filters.pass(self.tenant.group(group), &Policy::default());
            scope::evaluate(self.tenant.group_facts(app, group), by.scope, passed)
        })
    }
}
