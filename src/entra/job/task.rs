//! The task of one object in a run: matching or reading, then writing.
//!
//! A task is a state machine whose steps are named as in the portal. This file begins a task and
//! follows its plan; `responses` handles each response.

use std::sync::Arc;

use http::StatusCode;

use super::context::{Imported, JobContext};
use super::decide::{Plan, decide};
use super::deletions::Ruling;
use super::diff::{self, AttributeChange};
use super::findings::Findings;
use super::identity::Identity;
use super::in_flight::For;
use super::log::{LogAction, SkipReason};
use super::modified::Changes;
use super::patch;
use super::reference::PendingReference;
use super::reply::SyncError;
use super::requests::{Endpoint, ScimRequest};
use super::steps::{StepKind, StepName};
use super::subject::Subject;
use super::trail::Trail;
use crate::base::Time;
use crate::entra::error_code::ErrorCode;
use crate::entra::expression::ALL_TAKEN;
use crate::entra::mapping::{Desired, Flow, ObjectMapping};
use crate::entra::scope::Scoping;
use crate::entra::tenant::ScopeFacts;
use crate::scim::Object;

/// The current step of a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TaskStep {
    /// Looking for an account by the matching attribute of this precedence.
    Matching(usize),
    /// Checking whether an account already has a candidate for a unique value: the mapping row, and
    /// the position of the candidate.
    Choosing(usize, usize),
    /// Checking whether the account already has its reference.
    Referring,
    /// Reading the linked account.
    Reading,
    /// Waiting for the response to a create, update, disable or delete.
    Writing,
}

impl TaskStep {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            TaskStep::Matching(_) => "matching",
            TaskStep::Choosing(..) => "choosing",
            TaskStep::Referring => "referring",
            TaskStep::Reading => "reading",
            TaskStep::Writing => "writing",
        }
    }
}

/// The import step's name: new to the job, known to it, or deleted for good.
fn import_name(facts: ScopeFacts, linked: bool) -> StepName {
    match (facts.hard_deleted, linked) {
        (true, _) => StepName::EntryImportDelete,
        (false, true) => StepName::EntryImportUpdate,
        (false, false) => StepName::EntryImportAdd,
    }
}

/// How a task ended.
#[derive(Clone, PartialEq, Debug)]
pub enum SyncOutcome {
    /// The account was written.
    Success,
    /// Nothing had to be done, or nothing may be done.
    Skipped(SkipReason),
    /// It failed.
    Failed(SyncError),
    /// It is staged by the guard against accidental deletions, and nothing was sent.
    Staged,
    /// It ended without a log row.
    Silent,
}

/// The next step of a task.
#[derive(Clone, PartialEq, Debug)]
pub enum Next {
    /// Send a request.
    Send(ScimRequest),
    /// Send a request if the guard against accidental deletions lets it pass.
    Hold(ScimRequest),
    /// The task has ended.
    Done(SyncOutcome),
}

impl Next {
    /// Ends a task that does nothing, with the reason.
    pub(super) fn skip(reason: SkipReason) -> Next {
        Next::Done(SyncOutcome::Skipped(reason))
    }

    /// Ends a task with an error.
    pub(super) fn fail(error: SyncError) -> Next {
        Next::Done(SyncOutcome::Failed(error))
    }
}

/// The task of one object in a run.
#[derive(Clone, Debug)]
pub struct SyncTask {
    /// The object.
    pub subject: Subject,
    /// The object's handle, for the log.
    pub handle: Arc<str>,
    /// How the directory showed the object, for the log.
    pub identity: Identity,
    /// What was looked for so far, for the log.
    pub trail: Trail,
    /// What the scoping filters found, for the log.
    pub findings: Option<Box<Findings>>,
    /// The run it belongs to.
    pub run: For,
    /// When it began.
    pub began: Time,
    /// Where it is.
    pub step: TaskStep,
    /// What it does, for the log.
    pub action: LogAction,
    /// The result of the scoping step.
    pub scoping: Scoping,
    /// The account's id, once known.
    pub target: Option<Box<str>>,
    /// What is being changed.
    pub changes: Changes,
    /// The status of the last answer.
    pub answered: Option<StatusCode>,
    /// How often the task waited out a 429.
    pub throttled: u32,
    /// When it was first throttled.
    pub throttled_since: Option<Time>,
    /// The number of the access token with which its last request was sent.
    pub token: u64,
    /// Whether a new access token was asked for because its request was refused (401).
    pub reauthorized: bool,
    /// Whether the object failed before and is tried again.
    pub retried: bool,
    /// The last or next request; kept because a throttled request is sent again.
    pub request: Option<ScimRequest>,
    /// The reference to be set, if this is the task of a reference.
    pub(super) reference: Option<PendingReference>,
    /// The manager that the account shows, once the account was read.
    pub(super) shown_manager: Option<Box<str>>,
    pub(super) desired: Desired,
}

impl SyncTask {
    /// Begins the task of an imported object: decides what to do, and does what needs no request.
    pub fn begin(
        imported: Imported,
        run: For,
        retried: bool,
        context: &mut JobContext<'_>,
    ) -> (Box<SyncTask>, Next) {
        let Imported { subject, handle, identity, facts, scoping, desired, findings, .. } =
            imported;
        let now = context.now;
        let mut task = Box::new(SyncTask {
            target: context.links.get(subject).map(|link| link.target.clone()),
            retried,
            desired,
            identity,
            findings: findings.map(Box::new),
            ..SyncTask::bare(subject, handle, run, scoping, now)
        });
        let linked = task.target.is_some();
        task.trail = Trail::begin(import_name(facts, linked), linked);
        if !facts.hard_deleted
            && let Some(outcome) = task.not_imported(context)
        {
            return (task, Next::Done(outcome));
        }
        let link = context.links.get(subject);
        let plan = decide(&scoping, facts, link, &context.settings.policy);
        let next = task.follow(plan, context);
        (task, next)
    }

    /// Creates a task that has done nothing yet and has no request.
    pub(super) fn bare(
        subject: Subject,
        handle: Arc<str>,
        run: For,
        scoping: Scoping,
        now: Time,
    ) -> SyncTask {
        SyncTask {
            subject,
            handle,
            identity: Identity::default(),
            trail: Trail::default(),
            findings: None,
            run,
            began: now,
            step: TaskStep::Reading,
            action: LogAction::Other,
            scoping,
            target: None,
            changes: Changes::default(),
            answered: None,
            throttled: 0,
            throttled_since: None,
            token: 0,
            reauthorized: false,
            retried: false,
            request: None,
            reference: None,
            shown_manager: None,
            desired: Desired::default(),
        }
    }

    /// Why the object is not processed further: it has no matching value, or a mapping skips it.
    fn not_imported(&self, context: &JobContext<'_>) -> Option<SyncOutcome> {
        if self.desired.is_ignored() {
            return Some(SyncOutcome::Skipped(SkipReason::EntrySynchronizationSkipped));
        }
        if self.desired.matching(self.mapping(context), 0).is_some() {
            return None;
        }
        // A matching row that cannot be evaluated fails the object; an empty one skips it.
        let skipped = SyncOutcome::Skipped(SkipReason::ImportSkipped);
        Some(self.mapping_error().map_or(skipped, SyncOutcome::Failed))
    }

    /// The error of the first mapping row that could not be evaluated.
    pub(super) fn mapping_error(&self) -> Option<SyncError> {
        self.desired.trouble().map(|error| SyncError::new(error.code, error.detail.clone()))
    }

    /// The mapping table of the object's kind.
    pub(super) fn mapping<'a>(&self, context: &JobContext<'a>) -> &'a ObjectMapping {
        context.mapping(self.subject.kind())
    }

    /// The endpoint of the object's kind.
    pub(super) fn endpoint<'a>(&self, context: &JobContext<'a>) -> Endpoint<'a> {
        context.endpoint(self.subject.kind())
    }

    /// The account's id; empty before it is known.
    pub(super) fn target_id(&self) -> &str {
        self.target.as_deref().unwrap_or_default()
    }

    fn follow(&mut self, plan: Plan, context: &mut JobContext<'_>) -> Next {
        match plan {
            Plan::Match => self.look_for(0, context),
            Plan::Read => self.read(LogAction::Update, context),
            Plan::Disable if context.settings.policy.read_before_disable => {
                self.read(LogAction::Disable, context)
            }
            Plan::Disable => self.disable(None, context),
            Plan::Delete if !self.mapping(context).actions.delete => {
                context.links.remove(self.subject);
                Next::skip(SkipReason::DeleteDisabled)
            }
            Plan::Delete => {
                self.action = LogAction::Delete;
                self.step = TaskStep::Writing;
                let request = self.endpoint(context).delete(self.target_id());
                self.take_away(request, context)
            }
            Plan::Forget => {
                context.links.remove(self.subject);
                Next::Done(SyncOutcome::Silent)
            }
            Plan::Skip(action, reason) => {
                self.action = action;
                Next::skip(reason)
            }
            Plan::Ignore => Next::Done(SyncOutcome::Silent),
        }
    }

    /// Looks for an account by the next matching attribute that has a value; creates one when no
    /// attribute is left.
    pub(super) fn look_for(&mut self, from: usize, context: &mut JobContext<'_>) -> Next {
        self.action = LogAction::Create;
        if let Some(error) = self.mapping_error() {
            return Next::fail(error);
        }
        let mapping = self.mapping(context);
        match self.desired.matching(mapping, from) {
            Some((nth, value)) => {
                self.step = TaskStep::Matching(nth);
                let row = &mapping.rows()[mapping.matching()[nth]];
                Next::Send(self.endpoint(context).lookup(&row.target.wire, value))
            }
            None => self.create(context),
        }
    }

    fn read(&mut self, action: LogAction, context: &JobContext<'_>) -> Next {
        self.action = action;
        self.step = TaskStep::Reading;
        Next::Send(self.endpoint(context).read(self.target_id()))
    }

    /// The request that sends changes to the account.
    pub(super) fn update(
        &mut self,
        changes: &[AttributeChange],
        context: &JobContext<'_>,
    ) -> ScimRequest {
        let mapping = self.mapping(context);
        self.step = TaskStep::Writing;
        self.changes = Changes::Listed(diff::modified(mapping, changes));
        let how = (context.dialect, &context.settings.policy);
        let body = patch::attributes(mapping, changes, how);
        self.endpoint(context).patch(self.target_id(), body)
    }

    /// Sends the request that disables or deletes an account, unless the guard against accidental
    /// deletions holds it back. All such requests pass here.
    fn take_away(&mut self, request: ScimRequest, context: &mut JobContext<'_>) -> Next {
        match context.deletions.judge(self.subject, self.run, context.settings) {
            Ruling::Send => Next::Send(request),
            Ruling::Hold => Next::Hold(request),
            Ruling::Stage => self.stage(),
        }
    }

    /// Ends a task whose disabling or deletion is staged: nothing was changed.
    pub(super) fn stage(&mut self) -> Next {
        self.action = LogAction::StagedDelete;
        self.changes = Changes::default();
        Next::Done(SyncOutcome::Staged)
    }

    /// Sets `active` to false. Disabling is an update [how-works]: it needs a mapping for `active`
    /// (row 16 of the decision table), and if the account was read, its other differences are sent
    /// with it (B93).
    pub(super) fn disable(
        &mut self,
        account: Option<&Object>,
        context: &mut JobContext<'_>,
    ) -> Next {
        let mapping = self.mapping(context);
        let row = mapping.active().filter(|row| *self.desired.get(*row) == Flow::Bool(false));
        self.action = LogAction::Other;
        match row {
            _ if !mapping.actions.update => Next::skip(SkipReason::UpdateDisabled),
            None => Next::skip(SkipReason::NotEffectivelyEntitled(self.scoping.reasons())),
            Some(row) => {
                self.action = LogAction::Disable;
                let mut changes = account
                    .map(|account| diff::diff(mapping, &self.desired, account))
                    .unwrap_or_default();
                if !changes.iter().any(|change| change.row == row) {
                    let (old, new) = (Some("True".into()), Flow::Bool(false));
                    changes.push(AttributeChange { row, old, new });
                }
                let request = self.update(&changes, context);
                self.take_away(request, context)
            }
        }
    }

    /// Creates an account; a row with candidates first looks for one that no account has.
    pub(super) fn create(&mut self, context: &JobContext<'_>) -> Next {
        let mapping = self.mapping(context);
        self.action = LogAction::Create;
        if !mapping.actions.create {
            return Next::skip(SkipReason::AddDisabled);
        }
        self.desired.fill(mapping);
        if let Some(row) = self.desired.missing(mapping) {
            let attribute = row.target.name.clone();
            return Next::skip(SkipReason::AttributeValidationFailed(attribute));
        }
        if let Some((row, _)) = self.desired.undecided() {
            return self.try_candidate(row, 0, context);
        }
        self.step = TaskStep::Writing;
        let mut body = Vec::with_capacity(512);
        mapping.plan().write(&self.desired, &context.settings.policy, &mut body);
        Next::Send(self.endpoint(context).create(body.into()))
    }

    /// Checks whether an account has a candidate for a unique value. With no candidate left, the
    /// object fails [functions: SelectUniqueValue].
    pub(super) fn try_candidate(
        &mut self,
        row: usize,
        nth: usize,
        context: &JobContext<'_>,
    ) -> Next {
        let candidates = self.desired.undecided().map_or(&[][..], |(_, candidates)| candidates);
        let name = &self.mapping(context).rows()[row].target.wire;
        match candidates.get(nth) {
            Some(value) => {
                self.step = TaskStep::Choosing(row, nth);
                Next::Send(self.endpoint(context).lookup(name, value))
            }
            None => {
                let detail = format!("{ALL_TAKEN}: {} values for `{name}`", candidates.len());
                Next::fail(SyncError::new(ErrorCode::EntrySynchronizationError, detail))
            }
        }
    }

    /// The kind of step at which the task stands; an error belongs to it.
    pub(super) fn stands_at(&self) -> StepKind {
        let matched = self.trail.has_matched();
        match self.step {
            TaskStep::Writing => StepKind::Export,
            TaskStep::Referring => StepKind::ReferenceResolution,
            TaskStep::Matching(_) | TaskStep::Reading if self.request.is_some() && !matched => {
                StepKind::Matching
            }
            TaskStep::Matching(_) | TaskStep::Reading | TaskStep::Choosing(..) => {
                StepKind::Processing
            }
        }
    }
}
