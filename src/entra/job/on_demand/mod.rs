//! Provisioning on demand: a single user, or a group with a few of its members, at once and beside
//! the cycles [on-demand].
//!
//! A run has the portal's stages: test connection, import, scope, match, action. It uses what is
//! saved and not what the cycle under way uses, unless a policy says otherwise, has its own PATCH
//! dialect, and leaves alone what belongs to the cycles: watermark, schedule, quarantine and
//! retries. Its requests go out at once, as those of Test Connection do.

mod cards;
mod refusal;
mod run;
mod store;

pub use cards::{Card, Stage};
pub use refusal::{Absence, OnDemandRefusal};
pub use run::{OnDemandResult, OnDemandRun, Stopped};
pub use store::OnDemandRuns;

use std::sync::Arc;

use super::audit::Activity;
use super::calls::Purpose;
use super::in_flight::{For, OnDemandId};
use super::log::LogEntry;
use super::probe::check_probe;
use super::reference::DueReference;
use super::removal::Removal;
use super::reply::SyncError;
use super::subject::{Subject, handle_of};
use super::task::SyncOutcome;
use super::{Job, Moment};
use crate::entra::call::Reply;
use crate::entra::event::Event;
use crate::entra::field::ObjectKind;
use crate::entra::mapping::Schema;
use crate::entra::policy::OnDemandUses;
use crate::entra::scope::SyncScope;
use crate::entra::tenant::{Tenant, UserKey};
use store::UnderWay;

/// What was picked to be provisioned.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Picked {
    /// The user or the group.
    pub subject: Subject,
    /// The members of the group that were picked with it.
    pub members: Vec<UserKey>,
}

impl From<UserKey> for Picked {
    fn from(user: UserKey) -> Picked {
        Picked { subject: Subject::User(user), members: Vec::new() }
    }
}

impl Job {
    /// Provision on demand: begins a run for what was picked, with a test of the connection.
    ///
    /// # Errors
    /// The reason why it is refused.
    pub fn provision_on_demand(
        &mut self,
        picked: Picked,
        tenant: &Tenant,
        moment: &mut Moment<'_>,
    ) -> Result<OnDemandId, OnDemandRefusal> {
        self.allows_on_demand(&picked, tenant, moment)?;
        let handle = handle_of(picked.subject, tenant);
        let id = self.on_demand.next_id();
        let members =
            picked.members.iter().map(|user| (*user, tenant.user(*user).handle().clone()));
        let run = OnDemandRun {
            id,
            subject: picked.subject,
            handle: handle.clone(),
            members: members.collect(),
            began: moment.now(),
            ended: moment.now(),
            stopped: None,
            rows: Vec::new(),
        };
        let (schema, scope) = self.used_on_demand();
        let unseen = match (scope, picked.subject) {
            (SyncScope::All, _) => Vec::new(),
            (SyncScope::Assigned, Subject::User(user)) => tenant.arriving(self.app, user),
            (SyncScope::Assigned, Subject::Group(group)) => tenant.arriving_group(self.app, group),
        };
        self.record(Activity::ProvisionOnDemand, format!("{handle}: begun"), moment);
        moment.emit(Event::OnDemandBegan { handle, unseen });
        self.on_demand.begin(UnderWay::new(run, schema, scope));
        self.on_demand.wait_for_test(id);
        self.send_on_demand(moment);
        Ok(id)
    }

    /// The mappings, filters and scope of a run that begins now.
    fn used_on_demand(&self) -> (Arc<Schema>, SyncScope) {
        match self.settings.policy.on_demand_uses {
            OnDemandUses::Saved => (self.settings.schema.clone(), self.settings.scope),
            OnDemandUses::InForce => (self.schema.clone(), self.scope),
        }
    }

    /// The runs on demand.
    pub fn on_demand(&self) -> &OnDemandRuns {
        &self.on_demand
    }

    /// Handles the reply to the connection test of a run: only a test that passes lets it go on.
    pub(super) fn on_demand_test_reply(
        &mut self,
        id: OnDemandId,
        reply: Reply,
        moment: &mut Moment<'_>,
    ) {
        let token = self.credentials.number();
        self.note_answer(token, &reply);
        match check_probe(ObjectKind::User, reply, &self.settings.policy) {
            Ok(()) => self.on_demand.passed_test(id),
            Err(error) if self.renews_token(token, &error) => self.on_demand.wait_for_test(id),
            Err(error) => self.stop_on_demand(id, Stopped::ConnectionTest(error), moment),
        }
    }

    /// Begins what is next in each run on demand, and ends the runs that have nothing left.
    pub(super) fn advance_on_demand(&mut self, tenant: &Tenant, moment: &mut Moment<'_>) {
        for id in self.on_demand.ids() {
            while self.on_demand.is_idle(id) && self.advance_run(id, tenant, moment) {}
        }
        self.send_on_demand(moment);
    }

    /// Sends what the runs on demand have to send, as soon as there is a token for it.
    fn send_on_demand(&mut self, moment: &Moment<'_>) {
        let waits = self.on_demand.has_waiting_tests() || self.in_flight.has_urgent();
        if !waits || !self.have_token(moment) {
            return;
        }
        while let Some(id) = self.on_demand.next_waiting_test() {
            let request =
                self.lookup_of_missing(ObjectKind::User, "on demand", id.0, moment.seed());
            self.send_without_task(Purpose::OnDemandTest(id), &request, moment);
        }
        while let Some(slot) = self.in_flight.next_urgent() {
            self.send_task(slot, moment);
        }
    }

    /// Ends what runs on demand have to send, for want of a token.
    pub(super) fn fail_on_demand(&mut self, error: &SyncError, moment: &mut Moment<'_>) {
        while let Some(id) = self.on_demand.next_waiting_test() {
            self.stop_on_demand(id, Stopped::ConnectionTest(error.clone()), moment);
        }
        while let Some(slot) = self.in_flight.next_urgent() {
            if let Some(task) = self.in_flight.take(slot) {
                self.finish_task(task, SyncOutcome::Failed(error.clone()), moment);
            }
        }
    }

    /// Begins the next task of a run, or ends the run; returns `false` if it has to wait.
    fn advance_run(&mut self, id: OnDemandId, tenant: &Tenant, moment: &mut Moment<'_>) -> bool {
        if let Some(subject) = self.on_demand.next_object(id) {
            if self.in_flight.works_on(subject) {
                // The cycle is at this object: two tasks at once could create two accounts.
                return false;
            }
            self.on_demand.begin_task(id);
            self.begin_on_demand(id, subject, tenant, moment);
        } else if let Some(due) = self.on_demand.take_picked_members(id) {
            let due = self.picked_members(id, due);
            self.on_demand.put_references(id, due);
        } else if let Some(due) = self.on_demand.take_reference(id) {
            self.begin_reference(due, For::OnDemand(id), tenant, moment);
        } else if let Some(run) = self.on_demand.end(id, moment.now()) {
            moment.emit(Event::OnDemandEnded(run));
        }
        true
    }

    fn begin_on_demand(
        &mut self,
        id: OnDemandId,
        subject: Subject,
        tenant: &Tenant,
        moment: &mut Moment<'_>,
    ) {
        // The object may have gone since it was picked.
        if let Some(absence) = refusal::absence(subject, tenant) {
            return self.stop_on_demand(id, Stopped::NotFound(absence), moment);
        }
        let run = For::OnDemand(id);
        let mut imported = self.context(run, moment).import(subject, tenant);
        if !imported.is_read {
            return self.stop_on_demand(id, Stopped::NotFound(Absence::NotRead), moment);
        }
        // Roles are not provisioned on demand [on-demand].
        imported.desired.leave_out_roles(self.schema_for(run).mapping(subject.kind()));
        self.begin_task(imported, run, moment);
    }

    /// What is to be sent for the members that were picked with a group: they are added, whether or
    /// not they were before.
    fn picked_members(&self, id: OnDemandId, due: DueReference) -> Vec<DueReference> {
        let Some(under_way) = self.on_demand.get(id) else { return Vec::new() };
        let picked = under_way.picked();
        due.parts(self.links.picked_members(picked, &self.settings.policy))
    }

    /// Breaks off the runs under way, because the job is deleted: nothing is left that the replies
    /// could be kept for.
    pub(super) fn drop_on_demand(&mut self, what: Removal, moment: &mut Moment<'_>) {
        for id in self.on_demand.ids() {
            self.stop_on_demand(id, Stopped::Deleted(what), moment);
        }
        self.in_flight.drop_all(|run| run != For::Cycle);
        self.drop_calls(|purpose| matches!(purpose, Purpose::OnDemandTest(_)));
    }

    fn stop_on_demand(&mut self, id: OnDemandId, why: Stopped, moment: &mut Moment<'_>) {
        if let Some(run) = self.on_demand.stop(id, why, moment.now()) {
            moment.emit(Event::OnDemandEnded(run));
        }
    }

    /// Takes in that a task of a run has ended, with its row and the reference it leaves.
    pub(super) fn on_demand_task_ended(
        &mut self,
        run: For,
        row: Option<&Arc<LogEntry>>,
        left: Option<DueReference>,
    ) {
        if let For::OnDemand(id) = run {
            self.on_demand.finish_task(id, row.cloned(), left);
        }
    }
}
