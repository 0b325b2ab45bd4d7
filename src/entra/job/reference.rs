//! References: a manager or a member is set in an update of its own, after the accounts are there
//! [how-works].
//!
//! The referent's account is looked up in the links at that moment. A referent without an account
//! is left out; if it gets one in a later cycle, only a restart sets the reference [known-issues].

use std::sync::Arc;

use super::context::JobContext;
use super::identity::Identity;
use super::in_flight::For;
use super::log::{LogAction, Modified, SkipReason};
use super::patch;
use super::reply::{self, RequestKind, SyncError};
use super::subject::Subject;
use super::task::{Next, SyncOutcome, SyncTask, TaskStep};
use crate::entra::call::Reply;
use crate::entra::field::Field;
use crate::entra::mapping::{Apply, Flow, Mapping, ObjectMapping, RowSource};
use crate::entra::scope::Scoping;
use crate::entra::tenant::{Tenant, UserKey};
use crate::scim::Object;

/// What one object refers to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reference {
    /// The manager of a user.
    Manager,
    /// A user that is a member of a group.
    Member(UserKey),
}

impl Reference {
    /// The mapping row that carries it.
    fn row(self, mapping: &ObjectMapping) -> Option<usize> {
        let members = |row: &Mapping| {
            matches!(row.source, RowSource::Attribute { field: Field::Members, .. })
        };
        match self {
            Reference::Manager => mapping.manager(),
            Reference::Member(_) => mapping.rows().iter().position(members),
        }
    }

    /// The object referred to, according to the directory now.
    fn referent(self, subject: Subject, tenant: &Tenant) -> Option<Subject> {
        match self {
            Reference::Manager => tenant.manager(subject.user()?).map(Subject::User),
            Reference::Member(user) => Some(Subject::User(user)),
        }
    }
}

/// A reference still to be set, of an object that has an account.
#[derive(Clone, Debug)]
pub struct DueReference {
    /// The object that refers.
    pub subject: Subject,
    /// Its handle, for the log.
    pub handle: Arc<str>,
    /// What it refers to.
    pub reference: Reference,
    /// The manager that the account shows, if the account was read and shows one.
    pub shown: Option<Box<str>>,
}

/// The reference that a task sets.
#[derive(Clone, Debug)]
pub(super) struct PendingReference {
    reference: Reference,
    /// The mapping row.
    row: usize,
    /// The id of the account referred to.
    target: Box<str>,
}

impl SyncTask {
    /// Whether this task sets a reference, instead of provisioning the object itself.
    pub fn is_reference(&self) -> bool {
        self.reference.is_some()
    }

    /// Returns the reference that may have to be set after this task ended with this outcome.
    pub(super) fn leaves_reference(
        &self,
        outcome: &SyncOutcome,
        mapping: &ObjectMapping,
    ) -> Option<DueReference> {
        let row = &mapping.rows()[mapping.manager()?];
        let went_well = match outcome {
            SyncOutcome::Success => matches!(self.action, LogAction::Create | LogAction::Update),
            SyncOutcome::Skipped(SkipReason::RedundantExport) => true,
            _ => false,
        };
        let flows = row.apply != Apply::OnlyOnCreate || self.action == LogAction::Create;
        let leaves = went_well
            && flows
            && !self.is_reference()
            && self.scoping.in_scope()
            && mapping.actions.update;
        leaves.then(|| DueReference {
            subject: self.subject,
            handle: self.handle.clone(),
            reference: Reference::Manager,
            shown: self.shown_manager.clone(),
        })
    }

    /// Begins a task that sets a reference: finds the account to refer to, and what has to be sent.
    pub(super) fn refer(
        due: DueReference,
        run: For,
        tenant: &Tenant,
        context: &JobContext<'_>,
    ) -> (SyncTask, Next) {
        let DueReference { subject, reference, shown, handle } = due;
        let scoping = match subject {
            Subject::User(user) => context.scoping(user, tenant),
            // A group that was created in this cycle was in scope.
            Subject::Group(_) => Scoping::IN_SCOPE,
        };
        let mut task = SyncTask {
            action: LogAction::Update,
            target: context.links.get(subject).map(|link| link.target.clone()),
            shown_manager: shown,
            ..SyncTask::bare(subject, handle, run, scoping, context.now)
        };
        let row = reference.row(task.mapping(context));
        let referent = reference.referent(subject, tenant);
        let (Some(row), Some(referent), true) = (row, referent, scoping.in_scope()) else {
            // Nulls are not provisioned outbound, so a manager is never removed either.
            return (task, Next::Done(SyncOutcome::Silent));
        };
        let Some(target) = context.links.get(referent).map(|link| link.target.clone()) else {
            task.identity = Identity::of(context.app, subject, tenant);
            return (task, Next::skip(SkipReason::UnableToResolveReference));
        };
        if task.target.is_none() || task.shown_manager.as_ref() == Some(&target) {
            return (task, Next::Done(SyncOutcome::Silent));
        }
        task.identity = Identity::of(context.app, subject, tenant);
        let attribute = task.mapping(context).rows()[row].target.name.clone();
        task.steps.resolve(attribute, target.clone(), context.now);
        let pending = PendingReference { reference, row, target };
        let next = match (reference, context.settings.policy.check_reference) {
            (Reference::Manager, true) => task.check_reference(&pending, context),
            // Members of a group are never read back [scim-dev].
            _ => task.set_reference(&pending, context),
        };
        task.reference = Some(pending);
        (task, next)
    }

    fn check_reference(&mut self, pending: &PendingReference, context: &JobContext<'_>) -> Next {
        self.step = TaskStep::Referring;
        Next::Send(self.endpoint(context).refers(self.target_id(), "manager", &pending.target))
    }

    fn set_reference(&mut self, pending: &PendingReference, context: &JobContext<'_>) -> Next {
        let row = &self.mapping(context).rows()[pending.row];
        self.step = TaskStep::Writing;
        let old = self.shown_manager.clone();
        let replaces = old.is_some();
        self.modified = vec![Modified::new(row, old, Flow::Text(pending.target.clone()))];
        let body = match pending.reference {
            Reference::Manager => {
                let how = (context.dialect, &context.settings.policy);
                patch::manager(row, replaces, &pending.target, how)
            }
            Reference::Member(_) => patch::member(row, &pending.target, context.dialect),
        };
        Next::Send(self.endpoint(context).patch(self.target_id(), body))
    }

    /// Handles the response to the check for the reference, or to the update that sets it.
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
        let is_set = reply::page(&response)?.total_results > 0;
        match self.reference.clone() {
            Some(pending) if !is_set => Ok(self.set_reference(&pending, context)),
            _ => Ok(Next::Done(SyncOutcome::Silent)),
        }
    }
}

/// Returns the manager that an account shows: an object with `value`, below its URN.
pub(super) fn manager_of(account: &Object, row: &Mapping) -> Option<Box<str>> {
    let value = row.target.path.find(account)?.as_object()?.get("value")?;
    value.as_text().filter(|text| !text.is_empty()).map(Box::from)
}
