//! References: a manager is set, and members are added and removed, in updates of their own, after
//! the accounts are there [how-works].
//!
//! The account referred to is looked up in the links at that moment. A manager or member without an
//! account is left out; if there is one in a later cycle, only a restart sets the reference
//! [known-issues].

use std::sync::Arc;

use super::context::JobContext;
use super::identity::Identity;
use super::in_flight::For;
use super::log::{LogAction, SkipReason, Unresolved};
use super::memberships::{MemberBatch, MemberOp, MembersDue};
use super::modified::{Changes, Modified};
use super::patch;
use super::reply::{self, RequestKind, SyncError};
use super::subject::Subject;
use super::task::{Next, SyncOutcome, SyncTask, TaskStep};
use crate::entra::call::Reply;
use crate::entra::mapping::{Apply, Flow, Mapping, ObjectMapping};
use crate::entra::tenant::Tenant;
use crate::scim::Object;

/// What is still to be set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reference {
    /// The manager of a user; with the manager that the account shows, if it was read and shows
    /// one.
    Manager(Option<Box<str>>),
    /// Everything that is due for the members of a group.
    Members,
    /// One PATCH of it.
    Batch(MemberBatch),
    /// The row of the log about members that have no account: how many.
    UnresolvedMembers(usize),
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
}

impl DueReference {
    /// The parts of what is due for the members of a group: a row of the log about members without
    /// an account, and a PATCH for each batch.
    pub(super) fn parts(self, due: MembersDue) -> Vec<DueReference> {
        let left_out = (due.unresolved > 0).then_some(due.unresolved);
        let left_out = left_out.map(Reference::UnresolvedMembers);
        let parts = left_out.into_iter().chain(due.batches.into_iter().map(Reference::Batch));
        parts.map(|reference| DueReference { reference, ..self.clone() }).collect()
    }
}

/// The reference that a task sets.
#[derive(Clone, Debug)]
pub(super) enum PendingReference {
    /// A manager.
    Manager {
        /// The mapping row.
        row: usize,
        /// The id of the manager's account; empty where the manager is taken away.
        target: Box<str>,
    },
    /// Members of a group.
    Members(MemberBatch),
    /// Members without an account, about which there is a row of the log alone.
    Unresolved,
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
        let row = match self.subject {
            Subject::User(_) => mapping.manager()?,
            Subject::Group(_) => mapping.members()?,
        };
        let went_well = match outcome {
            SyncOutcome::Success => matches!(self.action, LogAction::Create | LogAction::Update),
            SyncOutcome::Skipped(SkipReason::RedundantExport) => true,
            _ => false,
        };
        let row = &mapping.rows()[row];
        let flows = row.apply != Apply::OnlyOnCreate || self.action == LogAction::Create;
        let leaves = went_well
            && flows
            && !self.is_reference()
            && self.scoping.in_scope()
            && mapping.actions.update;
        leaves.then(|| DueReference {
            subject: self.subject,
            handle: self.handle.clone(),
            reference: match self.subject {
                Subject::User(_) => Reference::Manager(self.shown_manager.clone()),
                Subject::Group(_) => Reference::Members,
            },
        })
    }

    /// Begins a task that sets a reference: finds the account to refer to, and what has to be sent.
    pub(super) fn refer(
        due: DueReference,
        run: For,
        tenant: &Tenant,
        context: &JobContext<'_>,
    ) -> (Box<SyncTask>, Next) {
        let DueReference { subject, reference, handle } = due;
        let scoping = match subject {
            Subject::User(user) => context.scoping(user, tenant),
            Subject::Group(group) => context.group_scoping(group, tenant),
        };
        let mut task = Box::new(SyncTask {
            action: LogAction::Update,
            target: context.links.get(subject).map(|link| link.target.clone()),
            ..SyncTask::bare(subject, handle, run, scoping, context.now)
        });
        if task.target.is_none() || !scoping.in_scope() {
            return (task, Next::Done(SyncOutcome::Silent));
        }
        task.identity = Identity::of(context.app, subject, tenant);
        let next = match reference {
            Reference::Manager(shown) => task.refer_to_manager(shown, tenant, context),
            Reference::Batch(batch) => task.send_members(batch, context),
            Reference::UnresolvedMembers(count) => {
                task.reference = Some(PendingReference::Unresolved);
                Next::skip(SkipReason::UnableToResolveReference(Unresolved::Members(count)))
            }
            // It is taken apart into batches before a task begins.
            Reference::Members => Next::Done(SyncOutcome::Silent),
        };
        (task, next)
    }

    /// Sets the manager, if there is one with an account. Nulls are not provisioned outbound
    /// [known-issues], so a manager is removed by policy alone.
    fn refer_to_manager(
        &mut self,
        shown: Option<Box<str>>,
        tenant: &Tenant,
        context: &JobContext<'_>,
    ) -> Next {
        self.shown_manager = shown;
        let manager = self.subject.user().and_then(|user| tenant.manager(user));
        let Some(row) = self.mapping(context).manager() else {
            return Next::Done(SyncOutcome::Silent);
        };
        let Some(manager) = manager else { return self.remove_manager(row, context) };
        let Some(target) = context.links.get(manager).map(|link| link.target.clone()) else {
            return Next::skip(SkipReason::UnableToResolveReference(Unresolved::Manager));
        };
        if self.shown_manager.as_ref() == Some(&target) {
            return Next::Done(SyncOutcome::Silent);
        }
        let attribute = self.mapping(context).rows()[row].target.name.clone();
        self.trail.resolve(attribute, std::slice::from_ref(&target), context.now);
        let next = if context.settings.policy.check_reference {
            self.check_reference(&target, context)
        } else {
            self.set_manager(row, &target, context)
        };
        self.reference = Some(PendingReference::Manager { row, target });
        next
    }

    /// Takes away the manager that the account shows, if the policy says so: an empty value, as the
    /// vendor's validator sends it [field: validator-run].
    fn remove_manager(&mut self, row: usize, context: &JobContext<'_>) -> Next {
        if self.shown_manager.is_none() || !context.settings.policy.remove_manager {
            return Next::Done(SyncOutcome::Silent);
        }
        self.reference = Some(PendingReference::Manager { row, target: Box::default() });
        self.set_manager(row, "", context)
    }

    fn check_reference(&mut self, target: &str, context: &JobContext<'_>) -> Next {
        self.step = TaskStep::Referring;
        Next::Send(self.endpoint(context).refers(self.target_id(), "manager", target))
    }

    fn set_manager(&mut self, row: usize, target: &str, context: &JobContext<'_>) -> Next {
        let row = &self.mapping(context).rows()[row];
        self.step = TaskStep::Writing;
        let old = self.shown_manager.clone();
        let replaces = old.is_some();
        let new = if target.is_empty() { Flow::Null } else { Flow::Text(target.into()) };
        self.changes = Changes::Listed(vec![Modified::new(row, old, new)]);
        let body =
            patch::manager(row, replaces, target, (context.dialect, &context.settings.policy));
        Next::Send(self.endpoint(context).patch(self.target_id(), body))
    }

    /// Adds members to a group, or removes them. They are not looked for first, because members are
    /// never read back [scim-dev].
    fn send_members(&mut self, batch: MemberBatch, context: &JobContext<'_>) -> Next {
        let mapping = self.mapping(context);
        let Some(row) = mapping.members().map(|row| &mapping.rows()[row]) else {
            return Next::Done(SyncOutcome::Silent);
        };
        self.step = TaskStep::Writing;
        let ids: Box<[Box<str>]> = batch.members.iter().map(|(_, id)| id.clone()).collect();
        self.trail.resolve(row.target.name.clone(), &ids, context.now);
        self.changes = Changes::Listed(vec![match batch.op {
            MemberOp::Add => Modified::new(row, None, Flow::List(ids)),
            MemberOp::Remove => Modified::new(row, Some(ids.join(", ").into()), Flow::Null),
        }]);
        let body = patch::members(row, &batch, (context.dialect, &context.settings.policy));
        self.reference = Some(PendingReference::Members(batch));
        Next::Send(self.endpoint(context).patch(self.target_id(), body))
    }

    /// Handles the response to the check for the reference, or to the update that sets it.
    pub(super) fn on_reference_response(
        &mut self,
        reply: Reply,
        context: &mut JobContext<'_>,
    ) -> Result<Next, SyncError> {
        if self.step == TaskStep::Writing {
            let refused = matches!(&reply, Ok(response) if response.status().is_client_error());
            let written = reply::classify_reply(RequestKind::Update, reply);
            if let (Some(PendingReference::Members(batch)), Subject::Group(group)) =
                (&self.reference, self.subject)
            {
                let memberships = context.links.memberships_mut();
                match &written {
                    Ok(_) => memberships.done(group, batch),
                    Err(_) if refused => memberships.refused(group, batch),
                    Err(_) => memberships.unanswered(group, batch),
                }
            }
            written?;
            return Ok(Next::Done(SyncOutcome::Success));
        }
        let response = reply::classify_reply(RequestKind::Query, reply)?;
        let is_set = reply::page(&response)?.total_results > 0;
        match self.reference.clone() {
            Some(PendingReference::Manager { row, target }) if !is_set => {
                Ok(self.set_manager(row, &target, context))
            }
            _ => Ok(Next::Done(SyncOutcome::Silent)),
        }
    }
}

/// Returns the manager that an account shows: an object with `value`, below its URN.
pub(super) fn manager_of(account: &Object, row: &Mapping) -> Option<Box<str>> {
    let value = row.target.path.find(account)?.as_object()?.get("value")?;
    value.as_text().filter(|text| !text.is_empty()).map(Box::from)
}
