//! References: a manager is set in an update of its own, after the accounts are there [how-works].
//!
//! Who manages whom is looked up when it comes to that, by the links: a manager without an account
//! is left out, and one who gets an account in a later cycle is not filled in before a restart
//! [known-issues].

use super::cycle::Referring;
use super::diff;
use super::log::{LogAction, Modified, SkipReason};
use super::reply::{self, RequestKind, SyncError};
use super::requests::ScimRequest;
use super::task::{JobContext, Next, SyncOutcome, SyncTask, TaskStep};
use crate::base::Time;
use crate::entra::call::Reply;
use crate::entra::mapping::{Apply, Flow, Mapping, ObjectMapping};
use crate::entra::scope;
use crate::entra::tenant::Tenant;
use crate::scim::Object;

/// What a passage sets.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The mapping row.
    row: usize,
    /// The manager's account.
    target: Box<str>,
}

impl SyncTask {
    /// Whether it sets a manager, and is not the passage of the user itself.
    pub fn is_reference(&self) -> bool {
        self.reference.is_some()
    }

    /// Whether a manager may have to be set once this passage has ended so.
    pub(super) fn leaves_reference(&self, outcome: &SyncOutcome, users: &ObjectMapping) -> bool {
        let Some(row) = users.manager().map(|row| &users.rows()[row]) else { return false };
        let went_well = match outcome {
            SyncOutcome::Success => matches!(self.action, LogAction::Create | LogAction::Update),
            SyncOutcome::Skipped(SkipReason::RedundantExport) => true,
            _ => false,
        };
        let flows = row.apply != Apply::OnlyOnCreate || self.action == LogAction::Create;
        went_well
            && flows
            && !self.is_reference()
            && self.scoping.in_scope()
            && users.actions.update
    }

    /// Looks up whom the account is to refer to, and what has to be said for it.
    pub(super) fn refer(
        who: Referring,
        tenant: &Tenant,
        now: Time,
        context: &JobContext<'_>,
    ) -> (SyncTask, Next) {
        let Referring { user, shown } = who;
        let person = tenant.user(user);
        let passed = context.schema.filters.pass(person, &context.settings.policy);
        let scoping = scope::evaluate(tenant.facts(user), context.scope, passed);
        let mut task = SyncTask {
            action: LogAction::Update,
            target: context.links.get(user).map(|link| link.target.clone()),
            shown_manager: shown,
            ..SyncTask::bare(user, person.handle().clone(), scoping, now)
        };
        let row = context.users().manager();
        let (Some(manager), Some(row), true) = (tenant.manager(user), row, scoping.in_scope())
        else {
            // Nulls are not provisioned outbound, so nobody is taken away either.
            return (task, Next::Done(SyncOutcome::Silent));
        };
        let Some(target) = context.links.get(manager).map(|link| link.target.clone()) else {
            return (task, Next::Done(SyncOutcome::Skipped(SkipReason::UnableToResolveReference)));
        };
        if task.target.is_none() || task.shown_manager.as_ref() == Some(&target) {
            return (task, Next::Done(SyncOutcome::Silent));
        }
        task.reference = Some(Reference { row, target });
        let next = match context.settings.policy.check_reference {
            true => task.ask(context),
            false => task.set(context),
        };
        (task, next)
    }

    fn ask(&mut self, context: &JobContext<'_>) -> Next {
        self.step = TaskStep::Referring;
        let manager = self.reference.as_ref().map_or("", |reference| &reference.target);
        Next::Send(ScimRequest::refers(
            context.settings,
            self.target.as_deref().unwrap_or_default(),
            manager,
        ))
    }

    fn set(&mut self, context: &JobContext<'_>) -> Next {
        let Some(Reference { row, target }) = &self.reference else {
            return Next::Done(SyncOutcome::Silent);
        };
        let row = &context.users().rows()[*row];
        self.step = TaskStep::Writing;
        self.modified =
            vec![Modified::new(row, self.shown_manager.clone(), Flow::Text(target.clone()))];
        let body =
            diff::reference_patch(row, self.shown_manager.is_some(), target, context.settings);
        Next::Send(ScimRequest::patch(
            context.settings,
            self.target.as_deref().unwrap_or_default(),
            body,
        ))
    }

    /// Takes in the answer to the question whether the manager is there, or to the update.
    pub(super) fn on_reference_response(
        &mut self,
        reply: Reply,
        context: &JobContext<'_>,
    ) -> Result<Next, SyncError> {
        if self.step == TaskStep::Writing {
            reply::classify_reply(RequestKind::Update, reply)?;
            return Ok(Next::Done(SyncOutcome::Success));
        }
        let response = reply::classify_reply(RequestKind::Query, reply)?;
        match reply::page(&response)?.total_results {
            0 => Ok(self.set(context)),
            _ => Ok(Next::Done(SyncOutcome::Silent)),
        }
    }
}

/// The manager that an account shows: an object with `value`, below its URN.
pub(super) fn manager_of(account: &Object, row: &Mapping) -> Option<Box<str>> {
    let value = row.target.path.find(account)?.as_object()?.get("value")?;
    value.as_text().filter(|text| !text.is_empty()).map(Box::from)
}
