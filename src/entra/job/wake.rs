//! The job's interface to its driver: when to wake it, what it does then, and how it gets replies.

use super::calls::Purpose;
use super::cycle::{Cycle, Probe};
use super::{Job, Moment, ScheduleState};
use crate::base::Time;
use crate::base::time::earliest;
use crate::entra::call::{CallId, Lost, Reply};
use crate::entra::event::Event;
use crate::entra::tenant::Tenant;

impl Job {
    /// When the job wants to be woken next; an instant in the past means now.
    pub fn next_due(&self) -> Option<Time> {
        let (opens, idle) = (self.calls.pace.opens(), self.working_time.free_at());
        let send = (self.wants_to_send() && self.has_room()).then_some(opens);
        let begin = (self.wants_to_begin() && self.has_room()).then_some(opens.max(idle));
        // All is done, and the service still works.
        let end = self.is_cycle_done().then_some(idle);
        let urgent = self.in_flight.has_urgent() && !self.credentials.are_asking();
        let urgent = urgent.then(Time::default);
        let active = self.state == ScheduleState::Active;
        let cycle = self.schedule.next().filter(|_| active && self.cycle.is_none());
        let disable = self.quarantine.as_ref().filter(|_| active).map(|q| q.disable_at);
        let report = self.discoveries.ready();
        earliest([self.calls.next_deadline(), send, begin, end, urgent, cycle, disable, report])
    }

    /// Does what is due: times calls out, disables a job after a long quarantine, begins a cycle,
    /// sends requests.
    pub fn wake(&mut self, tenant: &Tenant, moment: &mut Moment<'_>) {
        self.expire(tenant, moment);
        self.give_up(moment);
        self.finish_discovery(tenant, moment);
        let due = self.schedule.next().is_some_and(|at| at <= moment.now());
        if due && self.cycle.is_none() && self.state == ScheduleState::Active {
            self.begin_cycle(tenant, moment);
        }
        self.pump(tenant, moment);
    }

    /// Handles a reply, or its loss. A reply that is no longer awaited is ignored.
    pub fn deliver(
        &mut self,
        call: CallId,
        reply: Reply,
        tenant: &Tenant,
        moment: &mut Moment<'_>,
    ) {
        match self.calls.take(call) {
            None => return,
            Some(Purpose::Token) => self.on_token_reply(reply, moment),
            Some(Purpose::TestToken) => self.on_test_token_reply(reply, moment),
            Some(Purpose::Test(kind)) => self.on_test_reply(kind, reply, moment),
            Some(Purpose::OnDemandTest(id)) => self.on_demand_test_reply(id, reply, moment),
            Some(Purpose::Probe) => self.on_probe_reply(reply, moment),
            Some(Purpose::Discovery) => self.on_discovery_reply(reply, moment),
            Some(Purpose::Task(slot)) => self.on_task_reply(slot, reply, moment),
        }
        self.pump(tenant, moment);
    }

    fn expire(&mut self, tenant: &Tenant, moment: &mut Moment<'_>) {
        while let Some(call) = self.calls.expired(moment.now()) {
            moment.emit(Event::CallTimedOut(call));
            self.deliver(call, Err(Lost::TimedOut), tenant, moment);
        }
    }

    /// Sends as much as pace and concurrency allow, and ends the cycle when nothing is left.
    pub(super) fn pump(&mut self, tenant: &Tenant, moment: &mut Moment<'_>) {
        self.advance_on_demand(tenant, moment);
        self.admit(tenant, moment);
        while self.has_room() && self.calls.pace.allows(moment.now()) && self.send_next(moment) {
            self.admit(tenant, moment);
        }
        if self.is_cycle_done() && self.working_time.free_at() <= moment.now() {
            self.finish_cycle(moment);
        }
    }

    /// Whether nothing of the cycle under way is left to be done.
    fn is_cycle_done(&self) -> bool {
        self.cycle.as_ref().is_some_and(|cycle| {
            let done = !cycle.has_subjects() && !cycle.has_postponed() && !cycle.has_references();
            cycle.probe == Probe::Passed && done && !self.has_tasks_of_cycle()
        })
    }

    /// Sends the next request: for a token that is needed first, the probe, or the request of a
    /// task. Returns `false` if there is none.
    fn send_next(&mut self, moment: &mut Moment<'_>) -> bool {
        if !self.wants_to_send() || !self.have_token(moment) {
            return false;
        }
        if self.send_probe(moment) || self.send_discovery(moment) {
            return true;
        }
        let Some(slot) = self.in_flight.next_ready() else { return false };
        self.send_task(slot, moment);
        true
    }

    /// Sends the request of a task.
    pub(super) fn send_task(&mut self, slot: usize, moment: &Moment<'_>) {
        let Some(task) = self.in_flight.get_mut(slot) else { return };
        task.token = self.credentials.number();
        if let Some(request) = &task.request {
            let request = request.to_http(self.credentials.bearer());
            let at = (moment.now(), &self.settings.policy);
            self.calls.send(Purpose::Task(slot), Some(task.subject), request, at);
        }
    }

    fn has_tasks_of_cycle(&self) -> bool {
        self.in_flight.of_cycle() > 0 || self.deletions.has_held()
    }

    fn has_room(&self) -> bool {
        (self.calls.awaited() as u64) < self.concurrency()
    }

    fn wants_to_send(&self) -> bool {
        if self.credentials.are_asking() {
            return false;
        }
        let of_cycle = self.cycle.as_ref().is_some_and(|cycle| match cycle.probe {
            Probe::Wanted => true,
            Probe::Sent => false,
            Probe::Passed => self.may_probe_groups(cycle),
        });
        self.in_flight.has_ready() || of_cycle || self.discoveries.wants_page()
    }

    /// Whether a task of the cycle may begin.
    fn wants_to_begin(&self) -> bool {
        let passed =
            |cycle: &&Cycle| cycle.probe == Probe::Passed && !self.credentials.are_asking();
        self.cycle.as_ref().filter(passed).is_some_and(|cycle| self.may_admit(cycle))
    }
}
