//! One user's way through a cycle: matching or reading, writing, settled.
//!
//! A passage is a state machine whose states are the portal's words. It holds a snapshot of what
//! was imported; between any two of its requests the world is free to change.

use std::sync::Arc;

use super::decide::{Plan, decide};
use super::diff;
use super::links::{Link, Links};
use super::log::{LogAction, Modified, SkipReason};
use super::reference::{Reference, manager_of};
use super::reply::{self, RequestKind, SyncError};
use super::requests::ScimRequest;
use crate::base::{Seed, Time};
use crate::entra::call::Reply;
use crate::entra::error_code::ErrorCode;
use crate::entra::expression::ALL_TAKEN;
use crate::entra::field::ImportedUser;
use crate::entra::mapping::{Desired, Flow, Import, Mapping, ObjectMapping, Schema};
use crate::entra::policy::{MissingTarget, SharedTarget};
use crate::entra::scope::{self, Scoping};
use crate::entra::settings::Settings;
use crate::entra::tenant::{Tenant, UserKey};
use crate::scim::{Object, Value};

/// Where a passage is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TaskStep {
    /// Looking for an account by the matching attribute of this precedence.
    Matching(usize),
    /// Searching for somebody who has a candidate for a unique value already: the row, and which of
    /// its candidates.
    Choosing(usize, usize),
    /// Asking whether the account has its manager already.
    Referring,
    /// Reading the linked account.
    Reading,
    /// Waiting for the answer to a create, update, disable or delete.
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

/// How a passage ended.
#[derive(Clone, PartialEq, Debug)]
pub enum SyncOutcome {
    /// The account was written.
    Success,
    /// Nothing was to be done, or nothing may be done.
    Skipped(SkipReason),
    /// It failed.
    Failed(SyncError),
    /// It ends without a log row.
    Silent,
}

/// What a passage wants next.
#[derive(Clone, PartialEq, Debug)]
pub enum Next {
    /// To say something.
    Send(ScimRequest),
    /// Nothing more.
    Done(SyncOutcome),
}

/// What a passage works with, besides itself.
pub struct JobContext<'a> {
    /// The job's settings.
    pub settings: &'a Settings,
    /// The mappings and filters in force.
    pub schema: &'a Schema,
    /// The link store.
    pub links: &'a mut Links,
    /// The scope in force.
    pub scope: scope::SyncScope,
    /// Chance, for mappings that draw.
    pub seed: Seed,
    /// Whether the cycle was told of changes alone, and so of the changed attributes alone.
    pub incremental: bool,
}

impl JobContext<'_> {
    pub(super) fn users(&self) -> &ObjectMapping {
        &self.schema.users
    }
}

/// One user's way through a cycle.
#[derive(Clone, Debug)]
pub struct SyncTask {
    /// The user.
    pub user: UserKey,
    /// The user's handle, for the log.
    pub handle: Arc<str>,
    /// When it began.
    pub began: Time,
    /// Where it is.
    pub step: TaskStep,
    /// What it does, for the log.
    pub action: LogAction,
    /// What was found about the scope.
    pub scoping: Scoping,
    /// The account's id, once known.
    pub target: Option<Box<str>>,
    /// What is being changed.
    pub modified: Vec<Modified>,
    /// How often a throttling was waited out.
    pub throttled: u32,
    /// When it was throttled first.
    pub throttled_since: Option<Time>,
    /// Whether the user failed before and is tried again.
    pub retried: bool,
    /// What it last said, or wants to say.
    pub request: Option<ScimRequest>,
    /// The manager that the account shows, once it was read.
    pub shown_manager: Option<Box<str>>,
    /// What is being referred to, in a passage that sets a manager.
    pub(super) reference: Option<Reference>,
    pub(super) desired: Desired,
}

impl SyncTask {
    /// Imports a user, evaluates its scope and decides what comes first.
    pub fn begin(
        user: UserKey,
        tenant: &Tenant,
        retried: bool,
        now: Time,
        context: &mut JobContext<'_>,
    ) -> (SyncTask, Next) {
        let facts = tenant.facts(user);
        let person = tenant.user(user);
        let filter_passed = context.schema.filters.pass(person, &context.settings.policy);
        let scoping = scope::evaluate(facts, context.scope, filter_passed);
        let mut task = SyncTask {
            target: context.links.get(user).map(|link| link.target.clone()),
            retried,
            desired: import(user, tenant, &scoping, now, context),
            ..SyncTask::bare(user, person.handle().clone(), scoping, now)
        };
        if !facts.hard_deleted
            && let Some(outcome) = task.not_imported(context)
        {
            return (task, Next::Done(outcome));
        }
        let plan = decide(&scoping, facts, context.links.get(user), &context.settings.policy);
        let next = task.follow(plan, context);
        (task, next)
    }

    /// A passage that has done nothing yet and wants nothing.
    pub(super) fn bare(user: UserKey, handle: Arc<str>, scoping: Scoping, now: Time) -> SyncTask {
        SyncTask {
            user,
            handle,
            began: now,
            step: TaskStep::Reading,
            action: LogAction::Other,
            scoping,
            target: None,
            modified: Vec::new(),
            throttled: 0,
            throttled_since: None,
            retried: false,
            request: None,
            shown_manager: None,
            reference: None,
            desired: Desired::default(),
        }
    }

    /// What keeps a user from being looked at any further: no matching value, or a mapping that
    /// says so.
    fn not_imported(&self, context: &JobContext<'_>) -> Option<SyncOutcome> {
        if self.desired.is_ignored() {
            return Some(SyncOutcome::Skipped(SkipReason::EntrySynchronizationSkipped));
        }
        if self.desired.matching(context.users(), 0).is_some() {
            return None;
        }
        // A matching row that fails is a failure, one that is empty is not.
        Some(
            self.unmapped()
                .map_or(SyncOutcome::Skipped(SkipReason::ImportSkipped), SyncOutcome::Failed),
        )
    }

    fn unmapped(&self) -> Option<SyncError> {
        self.desired
            .trouble()
            .map(|unmapped| SyncError::new(unmapped.code, unmapped.detail.clone()))
    }

    /// Takes in the answer to what it last said.
    pub fn handle_response(&mut self, reply: Reply, context: &mut JobContext<'_>) -> Next {
        if self.is_reference() {
            return self
                .on_reference_response(reply, context)
                .unwrap_or_else(|error| Next::Done(SyncOutcome::Failed(error)));
        }
        let heard = match (self.step, self.action) {
            (TaskStep::Matching(nth), _) => self.on_match_response(nth, reply, context),
            (TaskStep::Choosing(row, nth), _) => self.on_choice_response(row, nth, reply, context),
            (TaskStep::Reading | TaskStep::Referring, _) => self.on_read_response(reply, context),
            (TaskStep::Writing, LogAction::Create) => self.on_create_response(reply, context),
            (TaskStep::Writing, LogAction::Delete) => self.on_delete_response(reply, context),
            (TaskStep::Writing, _) => self.on_update_response(reply, context),
        };
        heard.unwrap_or_else(|error| Next::Done(SyncOutcome::Failed(error)))
    }

    fn follow(&mut self, plan: Plan, context: &mut JobContext<'_>) -> Next {
        match plan {
            Plan::Match => self.look_for(0, context),
            Plan::Read => self.read(LogAction::Update, context),
            Plan::Disable if context.settings.policy.read_before_disable => {
                self.read(LogAction::Disable, context)
            }
            Plan::Disable => self.disable(context),
            Plan::Delete if !context.users().actions.delete => {
                context.links.remove(self.user);
                Next::Done(SyncOutcome::Skipped(SkipReason::DeleteDisabled))
            }
            Plan::Delete => {
                self.action = LogAction::Delete;
                self.step = TaskStep::Writing;
                Next::Send(ScimRequest::delete(
                    context.settings,
                    self.target.as_deref().unwrap_or_default(),
                ))
            }
            Plan::Forget => {
                context.links.remove(self.user);
                Next::Done(SyncOutcome::Silent)
            }
            Plan::Skip(action, reason) => {
                self.action = action;
                self.remember_entitlement(context);
                Next::Done(SyncOutcome::Skipped(reason))
            }
            Plan::Ignore => Next::Done(SyncOutcome::Silent),
        }
    }

    /// Asks by the next matching attribute that has a value; creates when there is none left.
    fn look_for(&mut self, from: usize, context: &mut JobContext<'_>) -> Next {
        self.action = LogAction::Create;
        if let Some(error) = self.unmapped() {
            return Next::Done(SyncOutcome::Failed(error));
        }
        match self.desired.matching(context.users(), from) {
            Some((nth, value)) => {
                self.step = TaskStep::Matching(nth);
                let row = context.users().matching()[nth];
                Next::Send(ScimRequest::lookup(
                    context.settings,
                    &context.users().rows()[row].target.wire,
                    value,
                ))
            }
            None => self.create(context),
        }
    }

    fn on_match_response(
        &mut self,
        nth: usize,
        reply: Reply,
        context: &mut JobContext<'_>,
    ) -> Result<Next, SyncError> {
        let response = reply::classify_reply(RequestKind::Query, reply)?;
        let page = reply::page(&response)?;
        match (page.total_results, page.resources.first()) {
            (0, _) => Ok(self.look_for(nth + 1, context)),
            (1, Some(account)) => self.matched(account, context),
            (1, None) => Err(SyncError::new(
                ErrorCode::ServiceIncompatible,
                "totalResults is 1, but no resource came",
            )),
            (many, _) => {
                let detail = format!("{many} accounts match, expected at most one");
                Err(SyncError::new(ErrorCode::DuplicateTargetEntries, detail))
            }
        }
    }

    /// One account matches: it is linked, and brought up to date.
    fn matched(
        &mut self,
        account: &Object,
        context: &mut JobContext<'_>,
    ) -> Result<Next, SyncError> {
        self.action = LogAction::Update;
        let id = account.get("id").and_then(Value::as_text).filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| {
            SyncError::new(ErrorCode::ServiceIncompatible, "the matching resource has no id")
        })?;
        let taken = context.links.user_of(id).is_some_and(|other| other != self.user);
        if taken && context.settings.policy.on_shared_target == SharedTarget::FailSecond {
            let detail = format!("account {id} is linked to another user already");
            return Err(SyncError::new(ErrorCode::DuplicateSourceEntries, detail));
        }
        let active = shows_active(account, context.users());
        context.links.insert(Link { user: self.user, target: id.into(), active, managed: true });
        self.target = Some(id.into());
        Ok(self.mend(account, context))
    }

    fn read(&mut self, action: LogAction, context: &JobContext<'_>) -> Next {
        self.action = action;
        self.step = TaskStep::Reading;
        Next::Send(ScimRequest::read(context.settings, self.target.as_deref().unwrap_or_default()))
    }

    fn on_read_response(
        &mut self,
        reply: Reply,
        context: &mut JobContext<'_>,
    ) -> Result<Next, SyncError> {
        let response = match reply::classify_reply(RequestKind::Linked, reply) {
            Ok(response) => response,
            Err(error) if error.code == ErrorCode::InvalidAnchor => {
                return self.anchor_lost(error, context);
            }
            Err(error) => return Err(error),
        };
        let account = reply::resource(&response)?;
        let active = shows_active(&account, context.users());
        if let Some(link) = context.links.get_mut(self.user) {
            link.active = active;
        }
        if self.action == LogAction::Disable {
            return Ok(if active {
                self.disable(context)
            } else {
                Next::Done(self.redundant(context))
            });
        }
        Ok(self.mend(&account, context))
    }

    /// The linked account is gone: row 12.
    fn anchor_lost(
        &mut self,
        error: SyncError,
        context: &mut JobContext<'_>,
    ) -> Result<Next, SyncError> {
        match context.settings.policy.on_missing_target {
            MissingTarget::Fail => Err(error),
            MissingTarget::Rematch => {
                context.links.remove(self.user);
                self.target = None;
                Ok(self.look_for(0, context))
            }
        }
    }

    /// Sends what the account lacks, or nothing.
    fn mend(&mut self, account: &Object, context: &mut JobContext<'_>) -> Next {
        if let Some(error) = self.unmapped() {
            return Next::Done(SyncOutcome::Failed(error));
        }
        self.shown_manager = context
            .users()
            .manager()
            .and_then(|row| manager_of(account, &context.users().rows()[row]));
        let mut changes = diff::diff(context.users(), &self.desired, account);
        if context.incremental && context.settings.policy.switch_null_on_unrelated_change {
            diff::forget_switches(context.users(), &mut changes, account);
        }
        if changes.is_empty() {
            return Next::Done(self.redundant(context));
        }
        if !context.users().actions.update {
            self.action = LogAction::Other;
            self.remember_entitlement(context);
            return Next::Done(SyncOutcome::Skipped(SkipReason::UpdateDisabled));
        }
        self.write(&changes, context)
    }

    fn write(&mut self, changes: &[diff::AttributeChange], context: &JobContext<'_>) -> Next {
        self.step = TaskStep::Writing;
        self.modified = diff::modified(context.users(), changes);
        let body = diff::patch(context.users(), changes, context.settings);
        Next::Send(ScimRequest::patch(
            context.settings,
            self.target.as_deref().unwrap_or_default(),
            body,
        ))
    }

    /// Sets `active` to false. Disabling is an update [how-works], and needs a mapping that says
    /// so: row 16.
    fn disable(&mut self, context: &mut JobContext<'_>) -> Next {
        let users = context.users();
        let row = users.active().filter(|row| *self.desired.get(*row) == Flow::Bool(false));
        match row {
            Some(row) if users.actions.update => {
                self.action = LogAction::Disable;
                self.write(
                    &[diff::AttributeChange {
                        row,
                        old: Some("True".into()),
                        new: Flow::Bool(false),
                    }],
                    context,
                )
            }
            _ => {
                let update = users.actions.update;
                self.action = LogAction::Other;
                let reasons = self.scoping.reasons();
                Next::Done(SyncOutcome::Skipped(match update {
                    true => SkipReason::NotEffectivelyEntitled(reasons),
                    false => SkipReason::UpdateDisabled,
                }))
            }
        }
    }

    fn create(&mut self, context: &JobContext<'_>) -> Next {
        self.action = LogAction::Create;
        if !context.users().actions.create {
            return Next::Done(SyncOutcome::Skipped(SkipReason::AddDisabled));
        }
        self.desired.fill(context.users());
        if let Some(row) = self.desired.missing(context.users()) {
            let attribute = row.target.name.clone();
            return Next::Done(SyncOutcome::Skipped(SkipReason::AttributeValidationFailed(
                attribute,
            )));
        }
        if let Some((row, _)) = self.desired.undecided() {
            return self.search_for(row, 0, context);
        }
        self.step = TaskStep::Writing;
        let mut body = Vec::with_capacity(512);
        context.users().plan().write(&self.desired, &mut body);
        Next::Send(ScimRequest::create(context.settings, body.into()))
    }

    /// Asks the application whether somebody has a candidate for a unique value; with none left,
    /// the user fails [functions: SelectUniqueValue].
    fn search_for(&mut self, row: usize, nth: usize, context: &JobContext<'_>) -> Next {
        let candidates = self.desired.undecided().map_or(&[][..], |(_, candidates)| candidates);
        let name = &context.users().rows()[row].target.wire;
        match candidates.get(nth) {
            Some(value) => {
                self.step = TaskStep::Choosing(row, nth);
                Next::Send(ScimRequest::lookup(context.settings, name, value))
            }
            None => {
                let detail = format!("{ALL_TAKEN}: {} values for `{name}`", candidates.len());
                Next::Done(SyncOutcome::Failed(SyncError::new(
                    ErrorCode::EntrySynchronizationError,
                    detail,
                )))
            }
        }
    }

    fn on_choice_response(
        &mut self,
        row: usize,
        nth: usize,
        reply: Reply,
        context: &JobContext<'_>,
    ) -> Result<Next, SyncError> {
        let response = reply::classify_reply(RequestKind::Query, reply)?;
        if reply::page(&response)?.total_results > 0 {
            return Ok(self.search_for(row, nth + 1, context));
        }
        self.desired.choose(row, nth);
        Ok(self.create(context))
    }

    fn on_create_response(
        &mut self,
        reply: Reply,
        context: &mut JobContext<'_>,
    ) -> Result<Next, SyncError> {
        let response = reply::classify_reply(RequestKind::Create, reply)?;
        let id = reply::created_id(&response)?;
        context.links.insert(Link {
            user: self.user,
            target: id.clone(),
            active: true,
            managed: true,
        });
        self.target = Some(id);
        let values = std::mem::take(&mut self.desired).into_values();
        let written = context.users().rows().iter().zip(values).filter(|(_, new)| new.flows());
        let entry = |(row, new): (&Mapping, Flow)| Modified::new(row, None, new);
        self.modified = written.map(entry).collect();
        Ok(Next::Done(SyncOutcome::Success))
    }

    fn on_update_response(
        &mut self,
        reply: Reply,
        context: &mut JobContext<'_>,
    ) -> Result<Next, SyncError> {
        match reply::classify_reply(RequestKind::Update, reply) {
            Ok(_) => {}
            Err(error)
                if error.code == ErrorCode::InvalidAnchor && self.action == LogAction::Update =>
            {
                return self.anchor_lost(error, context);
            }
            Err(error) => {
                self.may_be_active(&error, context);
                return Err(error);
            }
        }
        if let Some(link) = context.links.get_mut(self.user) {
            link.active = self.scoping.in_scope();
        }
        self.remember_entitlement(context);
        Ok(Next::Done(SyncOutcome::Success))
    }

    /// What was not answered may have been carried out: an account that was to be active counts as
    /// active from then on, so that it is disabled when its person leaves.
    fn may_be_active(&self, error: &SyncError, context: &mut JobContext<'_>) {
        let unanswered = [
            ErrorCode::Timeout,
            ErrorCode::WebExceptionProtocolError,
            ErrorCode::InternalServerError,
        ];
        if unanswered.contains(&error.code)
            && self.scoping.in_scope()
            && let Some(link) = context.links.get_mut(self.user)
        {
            link.active = true;
        }
    }

    /// An account that is gone already has reached the goal: row 26 (assumed).
    fn on_delete_response(
        &mut self,
        reply: Reply,
        context: &mut JobContext<'_>,
    ) -> Result<Next, SyncError> {
        match reply::classify_reply(RequestKind::Linked, reply) {
            Ok(_) => {}
            Err(error) if error.code == ErrorCode::InvalidAnchor => {}
            Err(error) => return Err(error),
        }
        context.links.remove(self.user);
        Ok(Next::Done(SyncOutcome::Success))
    }

    fn redundant(&mut self, context: &mut JobContext<'_>) -> SyncOutcome {
        self.action = LogAction::Other;
        self.remember_entitlement(context);
        SyncOutcome::Skipped(SkipReason::RedundantExport)
    }

    /// Once unassigned and disabled, an account is no longer managed; blocking or deleting the user
    /// does not end that.
    fn remember_entitlement(&self, context: &mut JobContext<'_>) {
        let entitled = self.scoping.entitled();
        if let Some(link) = context.links.get_mut(self.user) {
            link.managed = entitled;
        }
    }
}

/// What a user should look like at the application, as of this instant.
fn import(
    user: UserKey,
    tenant: &Tenant,
    scoping: &Scoping,
    now: Time,
    context: &JobContext<'_>,
) -> Desired {
    let row = tenant.user(user);
    let users = context.users();
    let roles = if users.reads_roles() { tenant.app_roles(user) } else { Vec::new() };
    let person =
        ImportedUser { user: row, soft_deleted: !scoping.in_scope(), manager: None, roles: &roles };
    let policy = &context.settings.policy;
    Desired::of(users, &Import { person, key: row.handle(), now, seed: context.seed, policy })
}

/// Whether an account shows itself active; one that does not show `active` at all counts as active.
fn shows_active(account: &Object, users: &ObjectMapping) -> bool {
    let row = users.active().map(|row| &users.rows()[row]);
    match row.and_then(|row| row.target.path.find(account)) {
        Some(Value::Bool(active)) => *active,
        Some(Value::Text(text)) => !text.eq_ignore_ascii_case("false"),
        _ => true,
    }
}
