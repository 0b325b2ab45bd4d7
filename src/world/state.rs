//! The world as a whole: its parts, its clock, and what is due; `traffic.rs` has the verbs that
//! carry messages.

use std::sync::Arc;

use super::actions::{ActionContext, unknown_app};
use super::applications::{Applications, Party, WorkspaceId, Workspaces};
use super::call_causes::CallCauses;
use super::fact::{Fact, RefusedAction};
use super::faults::Faults;
use super::graph_actions::{ClientAction, Initiators, WholeRequest};
use super::intent::{ExposureTracker, Parties};
use super::journal::{Bounds, Journal, Sink};
use super::outbox::{Outbox, OutboxItem};
use super::record::{Cause, RecordedEvent, ReplyStatus};
use super::snapshot::Snapshot;
use super::target::TargetServer;
use super::timeline::Timeline;
use super::trend::Trend;
use super::{Action, ActionError, Fault};
use crate::base::{Moment, Seed, Time};
use crate::entra::event::CycleResult;
use crate::entra::graph::registered;
use crate::entra::job::audit::{ActingClient, Initiator};
use crate::entra::tenant::{Tenant, TenantEvent};
use crate::entra::{AppId, CallId, Entra};
use crate::golinks::{AccountEvent, GoLinks};
use crate::{entra, golinks};

/// The parts of which a world is made.
pub struct Setup {
    /// The seed of all chance.
    pub seed: Seed,
    /// The first instant.
    pub start: Time,
    /// The tenant and its provisioning job.
    pub entra: Entra,
    /// The server.
    pub target: TargetServer,
    /// The faults, in file order.
    pub faults: Vec<Fault>,
    /// The address under which clients know GoLinks; when empty, GoLinks' own setting stays.
    pub base_url: String,
    /// How much the journal keeps.
    pub journal: Bounds,
}

/// A clock, the tenant, GoLinks, the faults and a journal.
pub struct World {
    pub(super) seed: Seed,
    pub(super) start: Time,
    pub(super) now: Time,
    pub(super) entra: Entra,
    pub(super) workspaces: Workspaces,
    pub(super) applications: Applications,
    pub(super) faults: Faults,
    pub(super) journal: Journal,
    pub(super) outbox: Outbox,
    pub(super) timeline: Timeline,
    pub(super) pause: bool,
    /// How many Graph requests there were.
    pub(super) graph_requests: u64,
    /// What clients of Graph have done, until a driver takes note of it.
    pub(super) client_actions: Vec<ClientAction>,
    /// Which client or administrator has carried out which action.
    pub(super) initiators: Initiators,
    /// The request of Graph that is carried out as an action.
    pub(super) whole: Option<WholeRequest>,
    /// Whether a client of Graph has asked how a job stands.
    pub(super) polled: bool,
    pub(super) call_causes: CallCauses,
    /// The leavers of each application, by its id.
    pub(super) exposures: Vec<ExposureTracker>,
    /// How it went over time, for each application by its id.
    pub(super) trends: Vec<Trend>,
    /// This list and the next two fields are reused, so that a moment costs no allocation.
    entra_events: Vec<entra::Event>,
    golinks_events: Vec<golinks::Event>,
    paths: String,
}

impl World {
    /// A world at its first instant; faults without a beginning are active from now on.
    pub fn new(setup: Setup) -> World {
        let Setup { seed, start, entra, mut target, faults, base_url, journal } = setup;
        if let (Some(golinks), false) = (target.mock_mut(), base_url.is_empty()) {
            golinks.set_base_url(&base_url);
        }
        let mut world = World {
            seed,
            start,
            now: start,
            entra,
            workspaces: Workspaces::new(target),
            applications: Applications::new(),
            faults: Faults::new(faults, start),
            journal: Journal::new(journal),
            outbox: Outbox::default(),
            timeline: Timeline::default(),
            pause: false,
            graph_requests: 0,
            client_actions: Vec::new(),
            initiators: Initiators::default(),
            whole: None,
            polled: false,
            call_causes: CallCauses::default(),
            exposures: vec![ExposureTracker::default()],
            trends: vec![Trend::default()],
            entra_events: Vec::new(),
            golinks_events: Vec::new(),
            paths: String::new(),
        };
        world.exposures[0].begin(world.entra.seen_by(AppId::MAIN));
        world.because(Cause::Timer, World::switch_faults);
        world
    }

    /// The first instant.
    pub fn start(&self) -> Time {
        self.start
    }

    /// The seed of the run.
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// The tenant and its job.
    pub fn entra(&self) -> &Entra {
        &self.entra
    }

    /// The server of the main workspace.
    pub fn target(&self) -> &TargetServer {
        self.workspaces.of(WorkspaceId::MAIN)
    }

    /// The server to which a path leads; the main workspace's when it leads to none.
    pub fn target_at(&self, path: &str) -> &TargetServer {
        self.workspaces.of(self.workspaces.at(path).unwrap_or(WorkspaceId::MAIN))
    }

    /// Whether a path leads to a workspace.
    pub fn leads_to_golinks(&self, path: &str) -> bool {
        self.workspaces.at(path).is_some()
    }

    /// Every workspace with its name and its server, the main one first.
    pub fn workspaces(&self) -> impl Iterator<Item = (&str, &TargetServer)> {
        self.workspaces.ids().map(|id| (&**self.workspaces.name(id), self.workspaces.of(id)))
    }

    /// Adds a workspace, before the world begins.
    pub fn add_workspace(
        &mut self,
        name: &str,
        mut golinks: GoLinks,
        base_url: &str,
    ) -> WorkspaceId {
        if !base_url.is_empty() {
            golinks.set_base_url(base_url);
        }
        let id = self.workspaces.add(name.into(), golinks.into());
        self.tell_names();
        id
    }

    /// Adds an application that is meant to provision a workspace, before the world begins. `name`
    /// is how scenarios speak of it, `shown` its name in the directory. Objects are assigned to it
    /// in `assign`.
    pub fn add_application(
        &mut self,
        name: &str,
        shown: &str,
        settings: entra::Settings,
        workspace: WorkspaceId,
        assign: impl FnOnce(AppId, &mut Tenant),
    ) -> AppId {
        let app = self.entra.add_application(shown.into(), settings);
        assign(app, self.entra.tenant_mut());
        self.applications.add(name.into(), workspace);
        let mut exposures = ExposureTracker::default();
        exposures.begin(self.entra.seen_by(app));
        self.exposures.push(exposures);
        self.trends.push(Trend::default());
        self.tell_names();
        app
    }

    /// The names by which scenarios speak of the applications, the main one first.
    pub fn app_names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.applications.names().map(|name| &**name)
    }

    /// The application of this name.
    pub fn find_app(&self, name: &str) -> Option<AppId> {
        self.applications.find(name)
    }

    fn tell_names(&mut self) {
        let workspaces = self.workspaces.ids().map(|id| self.workspaces.name(id).clone()).collect();
        self.journal.set_labels(self.applications.names().cloned().collect(), workspaces);
    }

    /// Takes in the accounts that were read back from a server that is not the mock. With the mock
    /// it does nothing, because the mock's accounts are read directly.
    pub fn read_back(&mut self, accounts: Snapshot) {
        let main = self.workspaces.of_mut(WorkspaceId::MAIN);
        if let TargetServer::External(snapshot) = main {
            **snapshot = accounts;
        }
    }

    /// The journal.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Hands every record from now on to a sink too, or to none.
    pub fn set_sink(&mut self, sink: Option<Box<dyn Sink>>) {
        self.journal.set_sink(sink);
    }

    /// The faults and which of them are active.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// First half of an advance: the clock, GoLinks' expiries, parked answers, faults switching,
    /// the recycle bin.
    ///
    /// Only a driver calls it, and only when nothing is in transit.
    pub fn move_clock(&mut self, to: Time) {
        debug_assert!(
            self.outbox.transit.is_none(),
            "the clock moves only when nothing is in transit"
        );
        debug_assert!(to >= self.now, "the clock moves only forward");
        self.now = self.now.max(to);
        self.because(Cause::Timer, |world| {
            for id in world.workspaces.ids() {
                if world.workspaces.of(id).next_due().is_some_and(|due| due <= to) {
                    world.with_golinks(id, |golinks, moment| golinks.expire(moment));
                }
            }
            while let Some(ready) = world.timeline.take_due(to) {
                world.enqueue(ready);
            }
            world.switch_faults();
            if world.entra.tenant().next_due().is_some_and(|due| due <= to) {
                world.with_entra(AppId::MAIN, Entra::wake_directory);
                world.expire_applications();
            }
        });
    }

    /// Deletes for good the applications and registrations whose time in the recycle bin is over.
    fn expire_applications(&mut self) {
        while let Some((key, side)) = self.entra.tenant_mut().expire_application(self.now) {
            let row = self.entra.tenant().registry().row(key);
            let application = registered::display_name(&self.entra, row).into();
            let (app, for_good, by_itself) = (row.app().unwrap_or(AppId::MAIN), true, true);
            let event = TenantEvent::ApplicationDeleted { application, side, for_good, by_itself };
            self.record(Fact::entra(app, event.into()));
        }
    }

    /// Second half of an advance: the engine does what is due. A script acts between the two
    /// halves.
    pub fn wake_engine(&mut self) {
        for app in self.entra.apps() {
            if self.entra.job_of(app).next_due().is_some_and(|due| due <= self.now) {
                self.because(Cause::Timer, |world| {
                    world.with_entra(app, |entra, moment| entra.wake_app(app, moment))
                });
            }
        }
    }

    /// Carries out an action. The journal shows it before the events that follow from it.
    ///
    /// # Errors
    /// When it could not be done, with the reason. Nothing has changed then, however many users,
    /// accounts or settings the action names; only of people who sign in those before the refused
    /// one are in.
    pub fn act(&mut self, action: Action) -> Result<(), ActionError> {
        self.act_shown(action, None, None)
    }

    /// [`World::act`], journalled without the action's secrets: a client has sent them, the one
    /// that does it or an earlier one.
    ///
    /// # Errors
    /// As [`World::act`].
    pub fn act_hidden(
        &mut self,
        action: Action,
        by: Option<&Arc<ActingClient>>,
    ) -> Result<(), ActionError> {
        let shown = action.without_secrets();
        self.act_shown(action, Some(shown), by)
    }

    fn act_shown(
        &mut self,
        action: Action,
        shown: Option<Action>,
        by: Option<&Arc<ActingClient>>,
    ) -> Result<(), ActionError> {
        if let Action::GraphWrite(write) = &action {
            return self.act_graph(write, by);
        }
        let app = match action.app() {
            None => AppId::MAIN,
            Some(name) => {
                let unknown = || unknown_app(name, self.app_names());
                self.find_app(name).ok_or_else(unknown)?
            }
        };
        let workspace = self.applications.workspace(app);
        let World { now, start, seed, entra, workspaces, faults, pause, exposures, .. } = self;
        let (now, start, seed, leavers) = (*now, *start, *seed, &exposures[app.index()]);
        let golinks_seed = workspaces.seed(workspace, seed);
        let mut context = ActionContext {
            asks_role: by.is_none_or(|by| by.user.is_some()),
            now,
            start,
            seed,
            golinks_seed,
            app,
            workspace,
            entra,
            target: workspaces.of_mut(workspace),
            faults,
            pause,
            leavers,
            events: Vec::new(),
        };
        let (audited, role) = (context.entra.job_of(app).audit().count(), context.role());
        let done = action.apply(&mut context);
        let events = context.events;
        if let Some(by) = by {
            self.entra.job_of_mut(app).attribute_audit(audited, by);
        }
        if done.is_ok() || !events.is_empty() {
            // What a request brings about that is an action as a whole is none beside it.
            let action = self.begin_whole().unwrap_or_else(|| {
                let administrator = action.takes_a_role().then_some(Initiator::Administrator(role));
                let by = by.cloned().map(Initiator::Client).or(administrator);
                let shown = Fact::Action(Box::new(shown.unwrap_or(action)));
                let action = self.journal.push(now, shown);
                let first = self.journal.first_seq();
                by.into_iter().for_each(|by| self.initiators.note(first, action, by));
                action
            });
            self.call_causes.note(&self.entra, Some(Cause::Action(action)));
            self.because(Cause::Action(action), |world| {
                events.into_iter().for_each(|fact| world.record(fact));
                // An interrupted cycle leaves calls behind.
                world.give_up_unwanted();
            });
        }
        done
    }

    /// Whether the role of the administrator who is signed in allows an action.
    ///
    /// # Errors
    /// The refusal of the portal.
    pub fn role_allows(&self, action: &Action) -> Result<(), ActionError> {
        let app = action.app().and_then(|app| self.find_app(app)).unwrap_or(AppId::MAIN);
        action.allowed_as(self.seen_by(app).entra().job().settings().role)
    }

    /// Whether the application that an action is done to is there.
    ///
    /// # Errors
    /// It is deleted.
    pub fn application_allows(&self, action: &Action) -> Result<(), ActionError> {
        let app = action.app().and_then(|app| self.find_app(app)).unwrap_or(AppId::MAIN);
        action.is_possible(self.entra.tenant(), app)
    }

    /// Journals that an action of the script was refused.
    pub fn note_refusal(&mut self, action: Action, error: &ActionError) {
        let why = error.message.as_str().into();
        self.journal.push(self.now, Fact::Refused(Box::new(RefusedAction { action, why })));
    }

    /// Journals a text of the narrator.
    pub fn say(&mut self, text: &str) {
        self.journal.push(self.now, Fact::Narrated(text.into()));
    }

    /// Whether a `pause` action asked the driver to stop the clock since the last call of this.
    pub fn take_pause(&mut self) -> bool {
        std::mem::take(&mut self.pause)
    }

    /// Lets the Entra side act, and journals its events, which are about the directory or this
    /// application.
    pub(super) fn with_entra<T>(
        &mut self,
        app: AppId,
        act: impl FnOnce(&mut Entra, &mut Moment<'_, entra::Event>) -> T,
    ) -> T {
        let mut events = std::mem::take(&mut self.entra_events);
        let done = act(&mut self.entra, &mut Moment::new(self.now, self.seed, &mut events));
        let mut failed = false;
        for event in events.drain(..) {
            match event {
                entra::Event::CallTimedOut(call) => self.give_up(call, ReplyStatus::TimedOut),
                entra::Event::CycleEnded { result: CycleResult::Failed, .. } => failed = true,
                _ => {}
            }
            self.record(Fact::entra(app, event));
        }
        self.entra_events = events;
        self.call_causes.note(&self.entra, self.journal.cause());
        if failed {
            self.give_up_unwanted();
        }
        done
    }

    /// Lets the mock GoLinks act, and journals its events; the second value tells whether one of
    /// them is about an account or a group. `None` when the target is another server.
    pub(super) fn with_golinks<T>(
        &mut self,
        workspace: WorkspaceId,
        act: impl FnOnce(&mut GoLinks, &mut Moment<'_, golinks::Event>) -> T,
    ) -> Option<(T, bool)> {
        let (mut events, mut paths) =
            (std::mem::take(&mut self.golinks_events), std::mem::take(&mut self.paths));
        let seed = self.workspaces.seed(workspace, self.seed);
        let golinks = self.workspaces.of_mut(workspace).mock_mut()?;
        let done = act(golinks, &mut Moment::new(self.now, seed, &mut events));
        let mut changed = false;
        for event in events.drain(..) {
            match event.of_account(&mut paths) {
                Some(event) => {
                    changed = true;
                    self.record_account(workspace, event);
                }
                None => {
                    changed |= event.is_of_group();
                    self.record(Fact::golinks(workspace, event));
                }
            }
        }
        (self.golinks_events, self.paths) = (events, paths);
        Some((done, changed))
    }

    /// Runs `act`; the records that it pushes have this cause.
    pub(super) fn because<T>(&mut self, cause: Cause, act: impl FnOnce(&mut World) -> T) -> T {
        let outer = self.journal.set_cause(Some(cause));
        let done = act(self);
        self.journal.set_cause(outer);
        done
    }

    /// Journals what has happened, and lets the exposure tracker see it.
    pub(super) fn record(&mut self, fact: Fact) {
        if let Fact::GoLinks(workspace, event) = &fact
            && let Some(event) = event.of_account(&mut String::new())
        {
            return self.record_account(*workspace, event);
        }
        self.observe(fact.party(), fact.event());
        self.journal.push(self.now, fact);
    }

    /// Journals what has happened to an account, and lets the exposure tracker see it.
    fn record_account(&mut self, workspace: WorkspaceId, event: AccountEvent<'_>) {
        self.observe(Party::Workspace(workspace), RecordedEvent::Account(event));
        self.journal.push_account(self.now, workspace, event);
    }

    /// Lets the exposure trackers see what has happened, of each application that it may concern.
    fn observe(&mut self, party: Party, event: RecordedEvent<'_>) {
        let World { entra, workspaces, applications, exposures, now, journal, trends, .. } = self;
        for app in entra.apps() {
            let workspace = applications.workspace(app);
            let concerns = match party {
                Party::World => true,
                Party::App(other) if other == app => true,
                // What one application wants decides whether a leaver of another is exposed.
                Party::App(other) => {
                    let setting = RecordedEvent::is_setting(&event);
                    setting && applications.workspace(other) == workspace
                }
                Party::Workspace(id) => id == workspace,
            };
            if concerns {
                let (entra, target) = (entra.seen_by(app), workspaces.of(workspace));
                let parties = Parties { entra, target, applications, now: *now };
                let tracker = &mut exposures[app.index()];
                tracker.observe(event, parties);
                let counts = (tracker.inside(), tracker.open().len());
                trends[app.index()].observe(event, parties, counts, journal.counters_of(app));
            }
        }
    }

    pub(super) fn switch_faults(&mut self) {
        let World { faults, journal, now, .. } = self;
        faults.switch(*now, |switched| {
            journal.push(*now, Fact::switched(switched));
        });
    }

    /// Gives up the calls that the job no longer awaits: a cycle that fails as a whole leaves them
    /// behind.
    pub(super) fn give_up_unwanted(&mut self) {
        let awaits = |call: &CallId| self.entra.job_of(call.app()).awaits(*call);
        let unwanted: Vec<CallId> = self
            .outbox
            .pending
            .iter()
            .map(|(call, _)| *call)
            .filter(|call| !awaits(call))
            .collect();
        unwanted.into_iter().for_each(|call| self.give_up(call, ReplyStatus::Unwanted));
    }

    /// Journals that the engine has given up on a call, and tells the driver to drop it.
    fn give_up(&mut self, call: CallId, status: ReplyStatus) {
        let Some(pending) = self.outbox.pending.remove(&call) else { return };
        self.journal_loss(&pending, call, status);
        self.outbox.waiting.push_back(OutboxItem::Abandon(call));
        if let Some(ticket) = pending.ticket {
            self.outbox.waiting.push_back(OutboxItem::Forget(ticket, call));
        }
    }
}
