//! How a task handles each response: it sends the next request, or ends.

use http::Response;

use super::context::JobContext;
use super::diff;
use super::in_flight::For;
use super::links::{Link, Links};
use super::log::{LogAction, SkipReason};
use super::modified::{Changes, Created, Modified};
use super::reference::{PendingReference, manager_of};
use super::reply::{self, RequestKind, SyncError};
use super::steps::Lookup;
use super::subject::Subject;
use super::task::{Next, SyncOutcome, SyncTask, TaskStep};
use crate::entra::call::Reply;
use crate::entra::error_code::ErrorCode;
use crate::entra::field::ObjectKind;
use crate::entra::mapping::ObjectMapping;
use crate::entra::policy::{MembersInRead, MissingTarget, SharedTarget};
use crate::scim::{Object, Value};

impl SyncTask {
    /// Handles the response to the last request, or its loss.
    pub fn handle_response(&mut self, reply: Reply, context: &mut JobContext<'_>) -> Next {
        self.answered = reply.as_ref().ok().map(Response::status);
        let next = match (self.step, self.action) {
            _ if self.is_reference() => self.on_reference_response(reply, context),
            (TaskStep::Matching(nth), _) => self.on_match_response(nth, reply, context),
            (TaskStep::Choosing(row, nth), _) => self.on_choice_response(row, nth, reply, context),
            (TaskStep::Reading | TaskStep::Referring, _) => self.on_read_response(reply, context),
            (TaskStep::Writing, LogAction::Create) => self.on_create_response(reply, context),
            (TaskStep::Writing, LogAction::Delete) => self.on_delete_response(reply, context),
            (TaskStep::Writing, _) => self.on_update_response(reply, context),
        };
        let by_words = context.settings.policy.codes_by_words;
        next.unwrap_or_else(|error| Next::fail(if by_words { error.by_words() } else { error }))
    }

    fn on_match_response(
        &mut self,
        nth: usize,
        reply: Reply,
        context: &mut JobContext<'_>,
    ) -> Result<Next, SyncError> {
        let response = reply::classify_reply(RequestKind::Query, reply)?;
        let page = reply::page(&response)?;
        self.note_match(nth, page.total_results, context);
        match (page.total_results, page.resources.first()) {
            (0, _) => Ok(self.look_for(nth + 1, context)),
            (1, Some(_)) if page.resources.len() > 1 => {
                Err(SyncError::several(page.resources.len()))
            }
            (1, Some(account)) => {
                let next = self.matched(account, context);
                if next.is_err() {
                    self.trail.fail_last();
                }
                next
            }
            (1, None) => Err(SyncError::new(
                ErrorCode::ServiceIncompatible,
                "totalResults is 1, but no resource came",
            )),
            (many, _) => {
                let what = if self.subject.group().is_some() { "groups" } else { "accounts" };
                let detail = format!("{many} {what} match, expected at most one");
                Err(SyncError::new(ErrorCode::DuplicateTargetEntries, detail))
            }
        }
    }

    /// Records how many accounts the matching attribute of a precedence found.
    fn note_match(&mut self, nth: usize, found: u64, context: &JobContext<'_>) {
        let mapping = self.mapping(context);
        let asked = self.desired.matching(mapping, nth).map(|(nth, value)| {
            let row = &mapping.rows()[mapping.matching()[nth]];
            let value = if row.redacts() { Modified::MASK } else { value };
            Lookup { attribute: Some(row.target.name.clone()), value: Some(value.into()), found }
        });
        let more = self.desired.matching(mapping, nth + 1).is_some();
        if let Some(lookup) = asked {
            self.trail.match_account(lookup, more, context.now);
        }
    }

    /// Records whether the linked account was there.
    fn note_read(&mut self, found: bool, context: &JobContext<'_>) {
        let value = self.target.clone();
        let lookup = Lookup { attribute: None, value, found: u64::from(found) };
        self.trail.match_account(lookup, false, context.now);
    }

    /// Links the one account that matches, and brings it up to date.
    fn matched(
        &mut self,
        account: &Object,
        context: &mut JobContext<'_>,
    ) -> Result<Next, SyncError> {
        reply::shape(account, context.settings.policy.answer_shape)?;
        self.refuse_members(account, context)?;
        self.action = LogAction::Update;
        let id = reply::id_of(account).ok_or_else(|| {
            SyncError::new(ErrorCode::ServiceIncompatible, "the matching resource has no id")
        })?;
        let id = &*id;
        let linked = context.links.subject_of(self.subject.kind(), id);
        let taken = linked.is_some_and(|other| other != self.subject);
        if taken && context.settings.policy.on_shared_target == SharedTarget::FailSecond {
            let (there, here) = match self.subject {
                Subject::User(_) => ("account", "user"),
                Subject::Group(_) => ("group", "group"),
            };
            let detail = format!("{there} {id} is linked to another {here} already");
            return Err(SyncError::new(ErrorCode::DuplicateSourceEntries, detail));
        }
        let active = shows_active(account, self.mapping(context));
        context.links.insert(Link { subject: self.subject, target: id.into(), active });
        self.target = Some(id.into());
        Ok(self.reconcile(account, context))
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
            return Ok(self.try_candidate(row, nth + 1, context));
        }
        self.desired.choose(row, nth);
        Ok(self.create(context))
    }

    fn on_read_response(
        &mut self,
        reply: Reply,
        context: &mut JobContext<'_>,
    ) -> Result<Next, SyncError> {
        let response = match reply::classify_reply(RequestKind::Linked, reply) {
            Ok(response) => response,
            Err(error) if error.code == ErrorCode::InvalidAnchor => {
                self.note_read(false, context);
                return self.on_missing_target(error, context);
            }
            Err(error) => return Err(error),
        };
        let account = reply::resource(&response)?;
        self.note_read(true, context);
        reply::shape(&account, context.settings.policy.answer_shape)?;
        self.refuse_members(&account, context)?;
        let active = shows_active(&account, self.mapping(context));
        if let Some(link) = context.links.get_mut(self.subject) {
            link.active = active;
        }
        // A blocked user whose changes still flow may be found active too.
        if self.action == LogAction::Disable || (active && !self.scoping.in_scope()) {
            return Ok(match active {
                true => self.disable(Some(&account), context),
                false => self.redundant(),
            });
        }
        Ok(self.reconcile(&account, context))
    }

    /// Fails a group that comes with its members, although the request excludes them [logs-howto:
    /// one of the causes of this code; B40].
    fn refuse_members(&self, group: &Object, context: &JobContext<'_>) -> Result<(), SyncError> {
        let ignores = context.settings.policy.members_in_read == MembersInRead::Ignore;
        if ignores || self.subject.kind() == ObjectKind::User {
            return Ok(());
        }
        match group.get("members") {
            Some(Value::List(members)) if !members.is_empty() => Err(SyncError::new(
                ErrorCode::MultipleEntriesInResponse,
                format!("{} members came, though they were excluded", members.len()),
            )),
            _ => Ok(()),
        }
    }

    /// Handles a linked account that is gone: row 12 of the decision table. For an object out of
    /// scope only the link is dropped; it is never matched or created anew [how-works].
    fn on_missing_target(
        &mut self,
        error: SyncError,
        context: &mut JobContext<'_>,
    ) -> Result<Next, SyncError> {
        match context.settings.policy.on_missing_target {
            MissingTarget::Fail => Err(error),
            MissingTarget::Rematch => {
                context.links.remove(self.subject);
                self.target = None;
                if self.scoping.in_scope() {
                    return Ok(self.look_for(0, context));
                }
                self.action = LogAction::Other;
                Ok(Next::skip(SkipReason::NotEffectivelyEntitled(self.scoping.reasons())))
            }
        }
    }

    /// Sends the values in which the account differs, if any.
    fn reconcile(&mut self, account: &Object, context: &mut JobContext<'_>) -> Next {
        let restores = self.scoping.in_scope() && !shows_active(account, self.mapping(context));
        if restores && self.run != For::Cycle && !context.settings.policy.on_demand_restores {
            return Next::skip(SkipReason::RestoreNotSupported);
        }
        if let Some(error) = self.mapping_error() {
            return Next::fail(error);
        }
        let mapping = self.mapping(context);
        self.shown_manager =
            mapping.manager().and_then(|row| manager_of(account, &mapping.rows()[row]));
        let mut changes = diff::diff(mapping, &self.desired, account);
        if context.incremental && context.settings.policy.switch_null_on_unrelated_change {
            diff::forget_switches(mapping, &mut changes, account);
        }
        if changes.is_empty() {
            return self.redundant();
        }
        if !mapping.actions.update {
            self.action = LogAction::Other;
            return Next::skip(SkipReason::UpdateDisabled);
        }
        Next::Send(self.update(&changes, context))
    }

    fn on_create_response(
        &mut self,
        reply: Reply,
        context: &mut JobContext<'_>,
    ) -> Result<Next, SyncError> {
        let response = reply::classify_reply(RequestKind::Create, reply)?;
        let id = reply::created_id(&response, context.settings.policy.answer_shape)?;
        context.links.insert(Link { subject: self.subject, target: id.clone(), active: true });
        self.target = Some(id);
        let values = std::mem::take(&mut self.desired).into_values();
        self.changes = Changes::Created(Created::new(context.schema.clone(), values));
        Ok(Next::Done(SyncOutcome::Success))
    }

    fn on_update_response(
        &mut self,
        reply: Reply,
        context: &mut JobContext<'_>,
    ) -> Result<Next, SyncError> {
        match reply::classify_reply(RequestKind::Update, reply) {
            Ok(_) => {}
            Err(error) if error.code == ErrorCode::InvalidAnchor => {
                return self.on_missing_target(error, context);
            }
            Err(error) => {
                self.may_be_active(&error, context);
                return Err(error);
            }
        }
        if let Some(link) = context.links.get_mut(self.subject) {
            link.active = self.scoping.in_scope();
        }
        Ok(Next::Done(SyncOutcome::Success))
    }

    /// Handles the loss of a request that may have been carried out: an account that was to be
    /// active counts as active from then on, so that it is disabled when the user leaves.
    fn may_be_active(&self, error: &SyncError, context: &mut JobContext<'_>) {
        let unanswered = [
            ErrorCode::Timeout,
            ErrorCode::WebExceptionProtocolError,
            ErrorCode::InternalServerError,
        ];
        if unanswered.contains(&error.code)
            && self.scoping.in_scope()
            && let Some(link) = context.links.get_mut(self.subject)
        {
            link.active = true;
        }
    }

    /// Notes that the response to the request that was sent last will not be read, because the
    /// cycle ends: the request may have been carried out.
    pub(super) fn abandon(&self, links: &mut Links) {
        if self.step != TaskStep::Writing {
            return;
        }
        match (&self.reference, self.subject) {
            (Some(PendingReference::Members(batch)), Subject::Group(group)) => {
                links.memberships_mut().unanswered(group, batch);
            }
            (None, subject) if self.scoping.in_scope() => {
                links.get_mut(subject).into_iter().for_each(|link| link.active = true);
            }
            _ => {}
        }
    }

    /// Handles the response to a delete. An account that is already gone counts as deleted: row 26
    /// of the decision table (assumed).
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
        context.links.remove(self.subject);
        Ok(Next::Done(SyncOutcome::Success))
    }

    fn redundant(&mut self) -> Next {
        self.action = LogAction::Other;
        Next::skip(SkipReason::RedundantExport)
    }
}

/// Whether an account shows `active` as true; without the attribute it counts as active.
fn shows_active(account: &Object, mapping: &ObjectMapping) -> bool {
    let row = mapping.active().map(|row| &mapping.rows()[row]);
    match row.and_then(|row| row.target.path.find(account)) {
        Some(Value::Bool(active)) => *active,
        Some(Value::Text(text)) => !text.eq_ignore_ascii_case("false"),
        _ => true,
    }
}
