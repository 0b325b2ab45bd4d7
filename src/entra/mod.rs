//! The mock Entra: a directory of people and groups, and the service that provisions them into an
//! application.
//!
//! It does not know the application: its only output is calls, and its only input is replies. Start
//! reading at [`Entra`]; `tenant` is the directory, `job` the provisioning engine, `policy` the
//! table of its numbers and choices.

pub mod admin;
pub mod authority;
pub mod call;
mod delete_threshold;
pub mod error_code;
pub mod event;
pub mod expression;
pub mod field;
pub mod filter;
pub mod graph;
pub mod identity;
pub mod job;
pub mod key_doc;
pub mod mapping;
pub mod people;
pub mod policy;
mod recommendation;
pub mod rule;
pub mod scope;
pub mod secrets;
pub mod settings;
pub mod sign_in;
pub mod sign_in_log;
pub mod sign_on;
pub mod tenant;
pub mod vendor_lists;

pub use call::{Call, CallId, Lost, Reply};
pub use event::Event;
pub use job::Job;
pub use settings::Settings;
pub use tenant::AppId;

use std::sync::Arc;

use crate::base::time::earliest;
use crate::base::{Kind, Node, Problems, Span, Time};
use graph::SurfaceState;
use job::links::Link;
use job::{JobIsRunning, Moment, OnDemandId, OnDemandRefusal, Picked, Subject};
use mapping::Schema;
use scope::{Scoping, SyncScope};
use sign_on::SsoSettings;
use tenant::registry::{AppGone, AppSide, RegisteredKey};
use tenant::{GroupKey, Tenant, UserKey};

/// A tenant and the provisioning jobs of its enterprise applications: the main one, and others
/// beside it, such as one to test with.
pub struct Entra {
    tenant: Tenant,
    /// The jobs by the ids of their applications.
    jobs: Vec<Job>,
    /// The application whose turn it is to send a call.
    turn: usize,
    /// What the Graph API keeps.
    surface: SurfaceState,
    /// How many Responses were issued.
    sign_ons: u64,
}

impl Entra {
    /// A tenant whose main application has a job that was never started.
    pub fn new(settings: Settings, mut tenant: Tenant) -> Entra {
        take_delays(&mut tenant, &settings);
        Entra {
            tenant,
            jobs: vec![Job::new(AppId::MAIN, settings)],
            turn: 0,
            surface: SurfaceState::default(),
            sign_ons: 0,
        }
    }

    /// Adds an application before the world begins; its job was never started.
    pub fn add_application(&mut self, name: Arc<str>, settings: Settings) -> AppId {
        let app = self.tenant.add_application(name);
        self.jobs.push(Job::new(app, settings));
        app
    }

    /// The directory.
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// The directory, to change it.
    pub fn tenant_mut(&mut self) -> &mut Tenant {
        &mut self.tenant
    }

    /// What the Graph API keeps beside the tenant and its jobs.
    pub fn surface(&self) -> &SurfaceState {
        &self.surface
    }

    /// The same, to change it.
    pub fn surface_mut(&mut self) -> &mut SurfaceState {
        &mut self.surface
    }

    /// The provisioning job of the main application.
    pub fn job(&self) -> &Job {
        self.job_of(AppId::MAIN)
    }

    /// The provisioning job of the main application, to press its buttons.
    pub fn job_mut(&mut self) -> &mut Job {
        self.job_of_mut(AppId::MAIN)
    }

    /// The provisioning job of an application.
    pub fn job_of(&self, app: AppId) -> &Job {
        &self.jobs[app.index()]
    }

    /// The provisioning job of an application, to press its buttons.
    pub fn job_of_mut(&mut self, app: AppId) -> &mut Job {
        &mut self.jobs[app.index()]
    }

    /// The applications, the main one first.
    pub fn apps(&self) -> impl DoubleEndedIterator<Item = AppId> + use<> {
        (0..self.jobs.len() as u16).map(AppId)
    }

    /// The tenant as an application's provisioning sees it.
    pub fn seen_by(&self, app: AppId) -> EntraView<'_> {
        EntraView { entra: self, app }
    }

    /// Provisions on demand what was picked, for an application.
    ///
    /// # Errors
    /// The reason why it is refused.
    pub fn provision_on_demand(
        &mut self,
        app: AppId,
        picked: Picked,
        moment: &mut Moment<'_>,
    ) -> Result<OnDemandId, OnDemandRefusal> {
        self.jobs[app.index()].provision_on_demand(picked, &self.tenant, moment)
    }

    /// Deletes the connection of an object with its account at an application, if there is one.
    ///
    /// # Errors
    /// The job is neither paused nor disabled.
    pub fn delete_connection(
        &mut self,
        app: AppId,
        subject: Subject,
        moment: &mut Moment<'_>,
    ) -> Result<Option<Link>, JobIsRunning> {
        self.jobs[app.index()].delete_connection(subject, &self.tenant, moment)
    }

    /// When something is next due in the directory or in a job; an instant in the past means now.
    pub fn next_due(&self) -> Option<Time> {
        self.jobs
            .iter()
            .map(Job::next_due)
            .fold(self.tenant.next_due(), |first, due| earliest([first, due]))
    }

    /// Does what is due in the directory: recycle bin, replication of assignments, evaluation of
    /// rules. It runs before the script.
    pub fn wake_directory(&mut self, moment: &mut Moment<'_>) {
        self.tenant.wake(moment);
    }

    /// Does what is due in the main application's job.
    pub fn wake(&mut self, moment: &mut Moment<'_>) {
        self.wake_app(AppId::MAIN, moment);
    }

    /// Does what is due in the job of an application. It runs after the script.
    pub fn wake_app(&mut self, app: AppId, moment: &mut Moment<'_>) {
        self.jobs[app.index()].wake(&self.tenant, moment);
    }

    /// The next call to be sent: of each job first in, first out, and the jobs take turns.
    pub fn next_call(&mut self) -> Option<Call> {
        for _ in 0..self.jobs.len() {
            let call = self.jobs[self.turn].next_call();
            self.turn = (self.turn + 1) % self.jobs.len();
            if call.is_some() {
                return call;
            }
        }
        None
    }

    /// Passes a job the reply to one of its calls, or its loss.
    pub fn deliver(&mut self, call: CallId, reply: Reply, moment: &mut Moment<'_>) {
        self.jobs[call.app().index()].deliver(call, reply, &self.tenant, moment);
    }

    /// Changes a setting of the main application's job while running, by its path below `entra`.
    pub fn set(
        &mut self,
        path: &[&str],
        node: &Node,
        moment: &mut Moment<'_>,
        problems: &mut Problems,
    ) {
        self.set_of(AppId::MAIN, path, node, moment, problems);
    }

    /// Changes a setting of an application's job while running, by its path below `entra`.
    pub fn set_of(
        &mut self,
        app: AppId,
        path: &[&str],
        node: &Node,
        moment: &mut Moment<'_>,
        problems: &mut Problems,
    ) {
        let before = problems.errors();
        refuse_for(app, path, node, problems);
        if problems.errors() > before {
            return;
        }
        let sso = matches!(path, ["sso", ..]).then(|| self.sso_of(app).clone());
        let roles = self.jobs[app.index()].settings().app_roles.clone();
        self.jobs[app.index()].set(path, node, moment, problems);
        if app == AppId::MAIN {
            take_delays(&mut self.tenant, self.jobs[0].settings());
        }
        if let Some(before) = sso {
            self.note_sso(app, &before);
        }
        let names = &self.jobs[app.index()].settings().app_roles;
        if *names != roles {
            self.tenant.set_app_roles(app, names);
        }
    }

    /// Changes how users sign in to an application, as a client of Graph does; delta queries tell
    /// it.
    pub fn change_sso(&mut self, app: AppId, change: impl FnOnce(&mut SsoSettings)) {
        let before = self.sso_of(app).clone();
        change(self.jobs[app.index()].sso_mut());
        self.note_sso(app, &before);
    }

    /// Whether a registration of the tenant, another than this one, has an identifier.
    pub fn identifier_is_taken(&self, uri: &str, but: Option<RegisteredKey>) -> bool {
        let others = self.tenant.registry().rows();
        let mut others =
            others.filter(|(key, row)| Some(*key) != but && row.has(AppSide::Registration));
        others.any(|(_, row)| match row.app() {
            Some(app) => self.sso_of(app).identifiers.iter().any(|own| own == uri),
            None => row.identifiers().any(|own| own == uri),
        })
    }

    fn note_sso(&mut self, app: AppId, before: &SsoSettings) {
        let changed = self.sso_of(app).differences(before);
        let registry = self.tenant.registry_mut();
        let key = registry.key_of(app);
        if !changed.is_empty() && registry.row(key).app() == Some(app) {
            registry.change(key, AppSide::Principal, &changed);
        }
    }
}

/// A tenant as one application's provisioning sees it: the directory, and the application's job.
#[derive(Clone, Copy)]
pub struct EntraView<'e> {
    entra: &'e Entra,
    app: AppId,
}

impl<'e> EntraView<'e> {
    /// The application.
    pub fn app(self) -> AppId {
        self.app
    }

    /// The directory.
    pub fn tenant(self) -> &'e Tenant {
        self.entra.tenant()
    }

    /// The application's provisioning job.
    pub fn job(self) -> &'e Job {
        self.entra.job_of(self.app)
    }

    /// What follows a row of the job's log, as the directory is now; `None` for a row that is no
    /// failure.
    pub fn next_after(self, row: &job::log::LogEntry) -> Option<job::NextTry> {
        self.job().next_after(row, self.tenant())
    }

    /// How the application is no longer in the directory; `None` while it is there.
    pub fn gone(self) -> Option<AppGone> {
        self.tenant().registry().gone(self.app)
    }

    /// Whether there is a job: it may have been deleted.
    pub fn has_job(self) -> bool {
        self.entra.surface().has_job(self.app)
    }

    /// Whether there was a job that ran, and it is deleted.
    pub fn is_job_deleted(self) -> bool {
        !self.has_job() && self.job().cycles_begun() > 0
    }

    /// How many jobs clients of Graph have created for the application.
    pub fn jobs_made(self) -> u64 {
        self.entra.surface().of(self.app).map_or(0, |kept| kept.jobs_made)
    }

    /// A row of the job's log as one line of text, with what is known now of what follows it.
    pub fn line(self, row: &job::log::LogEntry) -> String {
        self.job().line(row, self.tenant())
    }

    /// The name by which the application gets to know a user at sign-on, where it is the value of
    /// an attribute.
    pub fn sign_on_name(self, user: UserKey) -> Option<&'e str> {
        self.entra.sign_on_name(self.app, user)
    }

    /// The same tenant as another application sees it.
    pub fn as_app(self, app: AppId) -> EntraView<'e> {
        EntraView { app, ..self }
    }

    /// The applications of the tenant, the main one first.
    pub fn apps(self) -> impl DoubleEndedIterator<Item = AppId> + use<> {
        self.entra.apps()
    }

    /// Whether a user is in scope by the current settings, and if not, why: what the next initial
    /// cycle will find.
    pub fn scoping(self, user: UserKey) -> Scoping {
        let settings = self.job().settings();
        self.scoping_by(user, settings.scope, &settings.schema)
    }

    /// The scope of a user by the scope and the filters that are in force, which may be older than
    /// what is saved [known-issues].
    pub fn scoping_in_force(self, user: UserKey) -> Scoping {
        self.scoping_by(user, self.job().scope(), self.job().schema())
    }

    /// Whether a group is in scope by the current settings, likewise.
    pub fn group_scoping(self, group: GroupKey) -> Scoping {
        let settings = self.job().settings();
        self.scoping_by(group, settings.scope, &settings.schema)
    }

    /// The scope of a group by the scope and the filters that are in force.
    pub fn group_scoping_in_force(self, group: GroupKey) -> Scoping {
        self.scoping_by(group, self.job().scope(), self.job().schema())
    }

    /// Whether the scope and the filters that are saved decide otherwise about an object than those
    /// in force: only an initial cycle brings that.
    pub fn waits_for_scope(self, subject: impl Into<Subject>) -> bool {
        let (subject, job) = (subject.into(), self.job());
        self.in_scope_by(subject, job.settings().scope)
            != self.scoping_by(subject, job.scope(), job.schema()).in_scope()
    }

    /// Whether an object is in scope by this scope and the filters that are saved.
    pub fn in_scope_by(self, subject: Subject, scope: SyncScope) -> bool {
        self.scoping_by(subject, scope, &self.job().settings().schema).in_scope()
    }

    fn scoping_by(self, subject: impl Into<Subject>, scope: SyncScope, schema: &Schema) -> Scoping {
        let (tenant, policy) = (self.tenant(), &self.job().settings().policy);
        let (facts, passed) = match subject.into() {
            Subject::User(user) => {
                (tenant.facts(self.app, user), schema.filters.pass(tenant.user(user), policy))
            }
            Subject::Group(group) => {
                let passed = schema.filters.pass(tenant.group(group), policy);
                (tenant.group_facts(self.app, group), passed)
            }
        };
        self.scoped(scope::evaluate(facts, scope, passed))
    }

    /// Whether a broken record of the assignment keeps an object out of the scope that provisioning
    /// sees: no cycle brings it in before it is unassigned and assigned again.
    pub fn is_broken(self, subject: impl Into<Subject>) -> bool {
        let tenant = self.tenant();
        match subject.into() {
            Subject::User(user) => {
                tenant.is_assignment_broken(self.app, user)
                    && !tenant.is_replicating(self.app, user)
                    && !self.scoping(user).in_scope()
            }
            Subject::Group(group) => {
                let facts = tenant.group_facts(self.app, group);
                facts.assigned
                    && !facts.has_role
                    && tenant.group_assigned(self.app, group).is_some()
                    && tenant.arriving_group(self.app, group).is_empty()
                    && !self.group_scoping(group).in_scope()
            }
        }
    }

    /// Whether no cycle but an initial one sees to what is wrong about an object, or none at all
    /// does: the scope that is saved waits for it, or the record of the assignment is broken.
    pub fn is_out_of_reach(self, subject: Subject) -> bool {
        let waits = self.job().watermark().is_some() || self.job().cycle().is_some();
        self.is_broken(subject) || waits && self.waits_for_scope(subject)
    }

    /// What was found, where the application is in the directory: one that is deleted has no scope,
    /// whatever is saved.
    fn scoped(self, found: Scoping) -> Scoping {
        match self.gone() {
            None => found,
            Some(_) => Scoping { assigned: false, has_role: false, ..found },
        }
    }
}

/// The policies that concern the directory, which is one for all applications.
const OF_DIRECTORY: [&str; 8] = [
    "soft_delete_retention",
    "security_group_soft_delete",
    "assignment_replication_delay",
    "dynamic_group_eval_delay",
    "graph_delta_life",
    "graph_replication_delay",
    "graph_throttle",
    "graph_poll_advances",
];

/// Reports a setting that an application beside the main one does not have: a policy of the
/// directory.
pub fn refuse_for(app: AppId, path: &[&str], node: &Node, problems: &mut Problems) {
    if app == AppId::MAIN {
        return;
    }
    match (path, &node.kind) {
        (["policy", name], _) => refuse_of_directory(name, node.span, problems),
        (["policy"], Kind::Table(rows)) => {
            rows.iter().for_each(|row| refuse_of_directory(&row.key, row.key_span, problems));
        }
        _ => {}
    }
}

/// Reports a policy of another application than the main one that is the directory's.
pub fn refuse_of_directory(policy: &str, span: Span, problems: &mut Problems) {
    if OF_DIRECTORY.contains(&policy) {
        problems
            .error(span, format!("`{policy}` is a policy of the directory"))
            .label("the directory is one for all applications")
            .help("it stands in [entra.policy]");
    }
}

/// Copies the policies that concern the directory into its settings; those of the main
/// application count.
fn take_delays(tenant: &mut Tenant, settings: &Settings) {
    let delays = tenant.settings_mut();
    delays.recycle_bin = settings.policy.soft_delete_retention;
    delays.security_group_bin = settings.policy.security_group_soft_delete;
    delays.replication_delay = settings.policy.assignment_replication_delay;
    delays.evaluation_delay = settings.policy.dynamic_group_eval_delay;
}
