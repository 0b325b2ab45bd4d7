//! One user's way through a cycle: matching or reading, writing, settled.
//!
//! A passage is a state machine whose states are the portal's words. It holds a snapshot of what
//! was imported; between any two of its requests the world is free to change.

use std::sync::Arc;

use super::decide::{Plan, decide};
use super::diff;
use super::links::{Link, Links};
use super::log::{Action, Modified, SkipReason};
use super::reference::{Reference, manager_of};
use super::requests::Say;
use super::settle::{self, Asked, Trouble};
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
pub enum Step {
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

impl Step {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Step::Matching(_) => "matching",
            Step::Choosing(..) => "choosing",
            Step::Referring => "referring",
            Step::Reading => "reading",
            Step::Writing => "writing",
        }
    }
}

/// How a passage ended.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// The account was written.
    Success,
    /// Nothing was to be done, or nothing may be done.
    Skipped(SkipReason),
    /// It failed.
    Failed(Trouble),
    /// It ends without a log row.
    Silent,
}

/// What a passage wants next.
#[derive(Clone, PartialEq, Debug)]
pub enum Next {
    /// To say something.
    Say(Say),
    /// Nothing more.
    Settled(Outcome),
}

/// What a passage works with, besides itself.
pub struct Desk<'a> {
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

impl Desk<'_> {
    pub(super) fn users(&self) -> &ObjectMapping {
        &self.schema.users
    }
}

/// One user's way through a cycle.
#[derive(Clone, Debug)]
pub struct Passage {
    /// The user.
    pub user: UserKey,
    /// The user's handle, for the log.
    pub handle: Arc<str>,
    /// When it began.
    pub began: Time,
    /// Where it is.
    pub step: Step,
    /// What it does, for the log.
    pub action: Action,
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
    pub say: Option<Say>,
    /// The manager that the account shows, once it was read.
    pub shown_manager: Option<Box<str>>,
    /// What is being referred to, in a passage that sets a manager.
    pub(super) reference: Option<Reference>,
    pub(super) desired: Desired,
}

impl Passage {
    /// Imports a user, evaluates its scope and decides what comes first.
    pub fn begin(
        user: UserKey,
        tenant: &Tenant,
        retried: bool,
        now: Time,
        desk: &mut Desk<'_>,
    ) -> (Passage, Next) {
        let facts = tenant.facts(user);
        let person = tenant.user(user);
        let filter_passed = desk.schema.filters.pass(person, &desk.settings.policy);
        let scoping = scope::evaluate(facts, desk.scope, filter_passed);
        let mut passage = Passage {
            target: desk.links.get(user).map(|link| link.target.clone()),
            retried,
            desired: import(user, tenant, &scoping, now, desk),
            ..Passage::bare(user, person.handle().clone(), scoping, now)
        };
        if !facts.hard_deleted
            && let Some(outcome) = passage.not_imported(desk)
        {
            return (passage, Next::Settled(outcome));
        }
        let plan = decide(&scoping, facts, desk.links.get(user), &desk.settings.policy);
        let next = passage.follow(plan, desk);
        (passage, next)
    }

    /// A passage that has done nothing yet and wants nothing.
    pub(super) fn bare(user: UserKey, handle: Arc<str>, scoping: Scoping, now: Time) -> Passage {
        Passage {
            user,
            handle,
            began: now,
            step: Step::Reading,
            action: Action::Other,
            scoping,
            target: None,
            modified: Vec::new(),
            throttled: 0,
            throttled_since: None,
            retried: false,
            say: None,
            shown_manager: None,
            reference: None,
            desired: Desired::default(),
        }
    }

    /// What keeps a user from being looked at any further: no matching value, or a mapping that
    /// says so.
    fn not_imported(&self, desk: &Desk<'_>) -> Option<Outcome> {
        if self.desired.is_ignored() {
            return Some(Outcome::Skipped(SkipReason::EntrySynchronizationSkipped));
        }
        if self.desired.matching(desk.users(), 0).is_some() {
            return None;
        }
        // A matching row that fails is a failure, one that is empty is not.
        Some(self.unmapped().map_or(Outcome::Skipped(SkipReason::ImportSkipped), Outcome::Failed))
    }

    fn unmapped(&self) -> Option<Trouble> {
        self.desired.trouble().map(|unmapped| Trouble::new(unmapped.code, unmapped.detail.clone()))
    }

    /// Takes in the answer to what it last said.
    pub fn hear(&mut self, reply: Reply, desk: &mut Desk<'_>) -> Next {
        if self.is_reference() {
            return self
                .hear_reference(reply, desk)
                .unwrap_or_else(|trouble| Next::Settled(Outcome::Failed(trouble)));
        }
        let heard = match (self.step, self.action) {
            (Step::Matching(nth), _) => self.hear_match(nth, reply, desk),
            (Step::Choosing(row, nth), _) => self.hear_choice(row, nth, reply, desk),
            (Step::Reading | Step::Referring, _) => self.hear_read(reply, desk),
            (Step::Writing, Action::Create) => self.hear_create(reply, desk),
            (Step::Writing, Action::Delete) => self.hear_delete(reply, desk),
            (Step::Writing, _) => self.hear_update(reply, desk),
        };
        heard.unwrap_or_else(|trouble| Next::Settled(Outcome::Failed(trouble)))
    }

    fn follow(&mut self, plan: Plan, desk: &mut Desk<'_>) -> Next {
        match plan {
            Plan::Match => self.look_for(0, desk),
            Plan::Read => self.read(Action::Update, desk),
            Plan::Disable if desk.settings.policy.read_before_disable => {
                self.read(Action::Disable, desk)
            }
            Plan::Disable => self.disable(desk),
            Plan::Delete if !desk.users().actions.delete => {
                desk.links.remove(self.user);
                Next::Settled(Outcome::Skipped(SkipReason::DeleteDisabled))
            }
            Plan::Delete => {
                self.action = Action::Delete;
                self.step = Step::Writing;
                Next::Say(Say::delete(desk.settings, self.target.as_deref().unwrap_or_default()))
            }
            Plan::Forget => {
                desk.links.remove(self.user);
                Next::Settled(Outcome::Silent)
            }
            Plan::Skip(action, reason) => {
                self.action = action;
                self.remember_entitlement(desk);
                Next::Settled(Outcome::Skipped(reason))
            }
            Plan::Ignore => Next::Settled(Outcome::Silent),
        }
    }

    /// Asks by the next matching attribute that has a value; creates when there is none left.
    fn look_for(&mut self, from: usize, desk: &mut Desk<'_>) -> Next {
        self.action = Action::Create;
        if let Some(trouble) = self.unmapped() {
            return Next::Settled(Outcome::Failed(trouble));
        }
        match self.desired.matching(desk.users(), from) {
            Some((nth, value)) => {
                self.step = Step::Matching(nth);
                let row = desk.users().matching()[nth];
                Next::Say(Say::lookup(desk.settings, &desk.users().rows()[row].target.name, value))
            }
            None => self.create(desk),
        }
    }

    fn hear_match(
        &mut self,
        nth: usize,
        reply: Reply,
        desk: &mut Desk<'_>,
    ) -> Result<Next, Trouble> {
        let response = settle::settle(Asked::Query, reply)?;
        let page = settle::page(&response)?;
        match (page.total_results, page.resources.first()) {
            (0, _) => Ok(self.look_for(nth + 1, desk)),
            (1, Some(account)) => self.matched(account, desk),
            (1, None) => Err(Trouble::new(
                ErrorCode::ServiceIncompatible,
                "totalResults is 1, but no resource came",
            )),
            (many, _) => {
                let detail = format!("{many} accounts match, expected at most one");
                Err(Trouble::new(ErrorCode::DuplicateTargetEntries, detail))
            }
        }
    }

    /// One account matches: it is linked, and brought up to date.
    fn matched(&mut self, account: &Object, desk: &mut Desk<'_>) -> Result<Next, Trouble> {
        self.action = Action::Update;
        let id = account.get("id").and_then(Value::as_text).filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| {
            Trouble::new(ErrorCode::ServiceIncompatible, "the matching resource has no id")
        })?;
        let taken = desk.links.user_of(id).is_some_and(|other| other != self.user);
        if taken && desk.settings.policy.on_shared_target == SharedTarget::FailSecond {
            let detail = format!("account {id} is linked to another user already");
            return Err(Trouble::new(ErrorCode::DuplicateSourceEntries, detail));
        }
        let active = shows_active(account, desk.users());
        desk.links.insert(Link { user: self.user, target: id.into(), active, managed: true });
        self.target = Some(id.into());
        Ok(self.mend(account, desk))
    }

    fn read(&mut self, action: Action, desk: &Desk<'_>) -> Next {
        self.action = action;
        self.step = Step::Reading;
        Next::Say(Say::read(desk.settings, self.target.as_deref().unwrap_or_default()))
    }

    fn hear_read(&mut self, reply: Reply, desk: &mut Desk<'_>) -> Result<Next, Trouble> {
        let response = match settle::settle(Asked::Linked, reply) {
            Ok(response) => response,
            Err(trouble) if trouble.code == ErrorCode::InvalidAnchor => {
                return self.anchor_lost(trouble, desk);
            }
            Err(trouble) => return Err(trouble),
        };
        let account = settle::resource(&response)?;
        let active = shows_active(&account, desk.users());
        if let Some(link) = desk.links.get_mut(self.user) {
            link.active = active;
        }
        if self.action == Action::Disable {
            return Ok(if active {
                self.disable(desk)
            } else {
                Next::Settled(self.redundant(desk))
            });
        }
        Ok(self.mend(&account, desk))
    }

    /// The linked account is gone: row 12.
    fn anchor_lost(&mut self, trouble: Trouble, desk: &mut Desk<'_>) -> Result<Next, Trouble> {
        match desk.settings.policy.on_missing_target {
            MissingTarget::Fail => Err(trouble),
            MissingTarget::Rematch => {
                desk.links.remove(self.user);
                self.target = None;
                Ok(self.look_for(0, desk))
            }
        }
    }

    /// Sends what the account lacks, or nothing.
    fn mend(&mut self, account: &Object, desk: &mut Desk<'_>) -> Next {
        if let Some(trouble) = self.unmapped() {
            return Next::Settled(Outcome::Failed(trouble));
        }
        self.shown_manager =
            desk.users().manager().and_then(|row| manager_of(account, &desk.users().rows()[row]));
        let mut changes = diff::diff(desk.users(), &self.desired, account);
        if desk.incremental && desk.settings.policy.switch_null_on_unrelated_change {
            diff::forget_switches(desk.users(), &mut changes, account);
        }
        if changes.is_empty() {
            return Next::Settled(self.redundant(desk));
        }
        if !desk.users().actions.update {
            self.action = Action::Other;
            self.remember_entitlement(desk);
            return Next::Settled(Outcome::Skipped(SkipReason::UpdateDisabled));
        }
        self.write(&changes, desk)
    }

    fn write(&mut self, changes: &[diff::Change], desk: &Desk<'_>) -> Next {
        self.step = Step::Writing;
        self.modified = diff::modified(desk.users(), changes);
        let body = diff::patch(desk.users(), changes, desk.settings);
        Next::Say(Say::patch(desk.settings, self.target.as_deref().unwrap_or_default(), body))
    }

    /// Sets `active` to false. Disabling is an update [how-works], and needs a mapping that says
    /// so: row 16.
    fn disable(&mut self, desk: &mut Desk<'_>) -> Next {
        let users = desk.users();
        let row = users.active().filter(|row| *self.desired.get(*row) == Flow::Bool(false));
        match row {
            Some(row) if users.actions.update => {
                self.action = Action::Disable;
                self.write(
                    &[diff::Change { row, old: Some("True".into()), new: Flow::Bool(false) }],
                    desk,
                )
            }
            _ => {
                let update = users.actions.update;
                self.action = Action::Other;
                let reasons = self.scoping.reasons();
                Next::Settled(Outcome::Skipped(match update {
                    true => SkipReason::NotEffectivelyEntitled(reasons),
                    false => SkipReason::UpdateDisabled,
                }))
            }
        }
    }

    fn create(&mut self, desk: &Desk<'_>) -> Next {
        self.action = Action::Create;
        if !desk.users().actions.create {
            return Next::Settled(Outcome::Skipped(SkipReason::AddDisabled));
        }
        self.desired.fill(desk.users());
        if let Some(row) = self.desired.missing(desk.users()) {
            let attribute = row.target.name.clone();
            return Next::Settled(Outcome::Skipped(SkipReason::AttributeValidationFailed(
                attribute,
            )));
        }
        if let Some((row, _)) = self.desired.undecided() {
            return self.search_for(row, 0, desk);
        }
        self.step = Step::Writing;
        let mut body = Vec::with_capacity(512);
        desk.users().plan().write(&self.desired, &mut body);
        Next::Say(Say::create(desk.settings, body.into()))
    }

    /// Asks the application whether somebody has a candidate for a unique value; with none left,
    /// the user fails [functions: SelectUniqueValue].
    fn search_for(&mut self, row: usize, nth: usize, desk: &Desk<'_>) -> Next {
        let candidates = self.desired.undecided().map_or(&[][..], |(_, candidates)| candidates);
        let name = &desk.users().rows()[row].target.name;
        match candidates.get(nth) {
            Some(value) => {
                self.step = Step::Choosing(row, nth);
                Next::Say(Say::lookup(desk.settings, name, value))
            }
            None => {
                let detail = format!("{ALL_TAKEN}: {} values for `{name}`", candidates.len());
                Next::Settled(Outcome::Failed(Trouble::new(
                    ErrorCode::EntrySynchronizationError,
                    detail,
                )))
            }
        }
    }

    fn hear_choice(
        &mut self,
        row: usize,
        nth: usize,
        reply: Reply,
        desk: &Desk<'_>,
    ) -> Result<Next, Trouble> {
        let response = settle::settle(Asked::Query, reply)?;
        if settle::page(&response)?.total_results > 0 {
            return Ok(self.search_for(row, nth + 1, desk));
        }
        self.desired.choose(row, nth);
        Ok(self.create(desk))
    }

    fn hear_create(&mut self, reply: Reply, desk: &mut Desk<'_>) -> Result<Next, Trouble> {
        let response = settle::settle(Asked::Create, reply)?;
        let id = settle::created_id(&response)?;
        desk.links.insert(Link {
            user: self.user,
            target: id.clone(),
            active: true,
            managed: true,
        });
        self.target = Some(id);
        let values = std::mem::take(&mut self.desired).into_values();
        let written = desk.users().rows().iter().zip(values).filter(|(_, new)| new.flows());
        let entry = |(row, new): (&Mapping, Flow)| Modified::new(row, None, new);
        self.modified = written.map(entry).collect();
        Ok(Next::Settled(Outcome::Success))
    }

    fn hear_update(&mut self, reply: Reply, desk: &mut Desk<'_>) -> Result<Next, Trouble> {
        match settle::settle(Asked::Update, reply) {
            Ok(_) => {}
            Err(trouble)
                if trouble.code == ErrorCode::InvalidAnchor && self.action == Action::Update =>
            {
                return self.anchor_lost(trouble, desk);
            }
            Err(trouble) => {
                self.may_be_active(&trouble, desk);
                return Err(trouble);
            }
        }
        if let Some(link) = desk.links.get_mut(self.user) {
            link.active = self.scoping.in_scope();
        }
        self.remember_entitlement(desk);
        Ok(Next::Settled(Outcome::Success))
    }

    /// What was not answered may have been carried out: an account that was to be active counts as
    /// active from then on, so that it is disabled when its person leaves.
    fn may_be_active(&self, trouble: &Trouble, desk: &mut Desk<'_>) {
        let unanswered = [
            ErrorCode::Timeout,
            ErrorCode::WebExceptionProtocolError,
            ErrorCode::InternalServerError,
        ];
        if unanswered.contains(&trouble.code)
            && self.scoping.in_scope()
            && let Some(link) = desk.links.get_mut(self.user)
        {
            link.active = true;
        }
    }

    /// An account that is gone already has reached the goal: row 26 (assumed).
    fn hear_delete(&mut self, reply: Reply, desk: &mut Desk<'_>) -> Result<Next, Trouble> {
        match settle::settle(Asked::Linked, reply) {
            Ok(_) => {}
            Err(trouble) if trouble.code == ErrorCode::InvalidAnchor => {}
            Err(trouble) => return Err(trouble),
        }
        desk.links.remove(self.user);
        Ok(Next::Settled(Outcome::Success))
    }

    fn redundant(&mut self, desk: &mut Desk<'_>) -> Outcome {
        self.action = Action::Other;
        self.remember_entitlement(desk);
        Outcome::Skipped(SkipReason::RedundantExport)
    }

    /// Once unassigned and disabled, an account is no longer managed; blocking or deleting the user
    /// does not end that.
    fn remember_entitlement(&self, desk: &mut Desk<'_>) {
        let entitled = self.scoping.entitled();
        if let Some(link) = desk.links.get_mut(self.user) {
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
    desk: &Desk<'_>,
) -> Desired {
    let row = tenant.user(user);
    let users = desk.users();
    let roles = if users.reads_roles() { tenant.app_roles(user) } else { Vec::new() };
    let person =
        ImportedUser { user: row, soft_deleted: !scoping.in_scope(), manager: None, roles: &roles };
    let policy = &desk.settings.policy;
    Desired::of(users, &Import { person, key: row.handle(), now, seed: desk.seed, policy })
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
