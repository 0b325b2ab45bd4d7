//! The door of the tenant's Graph API: what its handlers read and change is the world's.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};

use super::World;
use super::actions::{Action, ActionError, DeleteJob, OF_APP_KEY};
use super::applications::{Party, WorkspaceId};
use super::fact::Fact;
use super::graph_actions::{ClientAction, acting};
use super::outbox::ExternalAnswer;
use super::record::{Cause, RecordedEvent};
use super::transit::WireReply;
use crate::base::{Node, Problems, Seed, Time};
use crate::entra::graph::{
    self, ActRefusal, Backend, Caller, DirectoryChange, DirectoryFact, GraphOutcome, GraphRequest,
    Later,
};
use crate::entra::job::Removal;
use crate::entra::job::audit::ActingClient;
use crate::entra::mapping::{Schema, Template};
use crate::entra::sign_in_log::LoggedSignIn;
use crate::entra::sign_on::{
    Ask, GraphSignOn, Issued, Refusal, SignOnAt, SsoSettings, TenantSession,
};
use crate::entra::tenant::new_user::plain;
use crate::entra::tenant::{AppId, SignOnError, TenantEvent, UserKey};
use crate::entra::{self, Entra};
use crate::golinks::ClientTime;

impl World {
    /// Answers a request to the Graph API. An answer that has to be waited for is an empty one that
    /// carries what it waits for.
    pub(super) fn graph(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        self.graph_requests += 1;
        let number = self.graph_requests;
        // The driver says what time it is for the client; without a driver it is the world's.
        let time = request.extensions().get::<ClientTime>().map_or(self.now, |time| time.now);
        graph::answer(request, number, time, self).unwrap_or_else(|later| {
            let mut response = Response::new(Bytes::new());
            response.extensions_mut().insert(later);
            response
        })
    }

    /// Whether a client has asked how a job stands since the last call of this, where such a client
    /// moves the clock.
    pub fn take_poll(&mut self) -> bool {
        std::mem::take(&mut self.polled)
    }

    /// Whether the answer to an external request is there; if what it waited for has a result by
    /// now, it becomes the answer.
    pub fn settle(&mut self, answer: &mut ExternalAnswer) -> bool {
        let WireReply::Response(response) = &answer.outcome.reply else { return true };
        let Some(later) = response.extensions().get::<Later>().cloned() else { return true };
        match graph::finish(&later, self) {
            None => false,
            Some(response) => {
                answer.outcome.reply = WireReply::Response(response);
                true
            }
        }
    }
}

impl World {
    /// Signs a user in to an application from a browser; `outside` is the real time.
    ///
    /// # Errors
    /// Why the user is not signed in.
    pub fn sign_on(
        &mut self,
        ask: &Ask,
        session: TenantSession,
        base: &str,
        outside: Time,
    ) -> Result<Issued, Refusal> {
        let (start, seed) = (self.start, self.seed);
        let at = SignOnAt { base, now: self.now, outside, start, seed };
        let before = self.journal.last_seq();
        let done =
            self.with_entra(ask.app, |entra, moment| entra.sign_on(ask, session, at, moment));
        let record = Some(self.journal.last_seq()).filter(|last| *last > before);
        done.map_err(|refusal| Refusal { record, ..refusal })
    }

    /// Refuses a user at an application before the sign-in came to a Response; returns the number
    /// of the record.
    pub fn refuse_sign_in(&mut self, app: AppId, user: UserKey, why: SignOnError) -> u64 {
        let user = self.entra.tenant().user(user).handle().clone();
        self.with_entra(app, |_, moment| {
            moment.emit(entra::Event::SignInRefused { user, why });
        });
        self.journal.last_seq()
    }

    /// Adds a row to the sign-in log; returns the number of its record.
    pub fn log_sign_in(&mut self, row: LoggedSignIn) -> u64 {
        self.with_entra(AppId::MAIN, |_, moment| {
            moment.emit(entra::Event::SignInLogged(Box::new(row)));
        });
        self.journal.last_seq()
    }
}

impl Backend for World {
    fn entra(&self) -> &Entra {
        &self.entra
    }

    fn entra_mut(&mut self) -> &mut Entra {
        self.begin_whole();
        &mut self.entra
    }

    fn now(&self) -> Time {
        self.now
    }

    fn start(&self) -> Time {
        self.start
    }

    fn seed(&self) -> Seed {
        self.seed
    }

    fn directory_facts(&self) -> Vec<DirectoryFact> {
        let first = self.journal.first_seq().saturating_sub(1);
        let mut facts = Vec::new();
        for record in self.journal.facts_since(first).into_iter().flatten() {
            let what = match record.event {
                RecordedEvent::Entra(entra::Event::Tenant(event)) => {
                    DirectoryChange::Changed(event.clone())
                }
                RecordedEvent::Entra(entra::Event::SignInRefused { user, why }) => {
                    DirectoryChange::SignInRefused(user.to_string(), *why)
                }
                RecordedEvent::Entra(entra::Event::SignedOn { user, .. }) => {
                    DirectoryChange::SignedOn(user.to_string())
                }
                RecordedEvent::Entra(entra::Event::SignInLogged(row)) => {
                    DirectoryChange::SignInLogged(row.clone())
                }
                _ => continue,
            };
            let (number, at) = (record.seq, record.at);
            let by = match record.cause {
                Some(Cause::Action(action)) => self.initiators.of(action).cloned(),
                _ => None,
            };
            let app = match record.party {
                Party::App(app) => app,
                Party::World | Party::Workspace(_) => AppId::MAIN,
            };
            let by_itself = !matches!(record.cause, Some(Cause::Action(_)));
            facts.push(DirectoryFact { number, at, app, what, by_itself, by });
        }
        facts
    }

    fn polled(&mut self) {
        self.polled |= self.entra.job().settings().policy.graph_poll_advances;
    }

    fn instantiate(&mut self, name: &str, template: Template) -> Result<AppId, ActRefusal> {
        if self.applications.names().len() >= APPLICATIONS_MAX {
            let why = format!("This tenant takes at most {APPLICATIONS_MAX} applications.");
            return Err(ActRefusal::Refused(why));
        }
        let main = self.entra.job().settings();
        // How users sign in is set up after that. The identifier of GoLinks is fixed, so one
        // application of a tenant alone can have it [golinks-sso]; the next begins without
        // (assumed).
        let mut sso = SsoSettings { graph: GraphSignOn::default(), ..SsoSettings::default() };
        sso.identifiers.retain(|uri| !self.entra.identifier_is_taken(uri, None));
        let settings = entra::Settings {
            role: main.role,
            dialect: main.dialect,
            base_path: main.base_path.clone(),
            policy: main.policy.clone(),
            graph: main.graph.clone(),
            schema: Schema::gallery(template).into(),
            sso,
            ..entra::Settings::default()
        };
        let handle = self.name_of_added(self.free_name(name)).map_err(ActRefusal::Refused)?;
        self.begin_whole();
        let app = self.add_application(&handle, name, settings, WorkspaceId::MAIN, |_, _| {});
        self.entra.tenant_mut().registry_mut().note_added(app, self.now);
        let event = TenantEvent::ApplicationAdded { application: name.into() };
        self.record(Fact::entra(app, event.into()));
        Ok(app)
    }

    fn remove_job(&mut self, app: AppId, by: &Caller) -> Result<(), ActRefusal> {
        let in_users_name = by.user.is_some();
        let by = acting(by, self.entra.tenant());
        if in_users_name {
            self.refuse_by_role(app, &Action::DeleteJob(DeleteJob), &by)?;
        }
        self.begin_whole();
        self.with_entra(app, |entra, moment| {
            let job = entra.job_of_mut(app);
            let audited = job.audit().count();
            job.delete(Removal::Application, moment);
            job.attribute_audit(audited, &by);
        });
        self.entra.surface_mut().of_mut(app).jobless = true;
        // A cycle that was broken off leaves calls behind.
        self.give_up_unwanted();
        Ok(())
    }

    fn note(&mut self, app: AppId, event: TenantEvent) {
        self.begin_whole();
        self.record(Fact::entra(app, event.into()));
    }

    fn act(
        &mut self,
        app: AppId,
        verb: &str,
        argument: Node,
        by: &Caller,
    ) -> Result<(), ActRefusal> {
        let action = self.action_of(app, verb, argument);
        let action = action.map_err(|error| ActRefusal::Refused(error.message))?;
        // An application by itself does what its permissions say, whatever the role of the
        // administrator who is signed in.
        let in_users_name = by.user.is_some();
        let by = acting(by, self.entra.tenant());
        if in_users_name {
            self.refuse_by_role(app, &action, &by)?;
        }
        World::act_hidden(self, action.clone(), Some(&by))
            .map_err(|error| ActRefusal::Refused(error.message))?;
        if self.whole.is_none() {
            self.client_actions.push(ClientAction { action, by: Some(by) });
        }
        Ok(())
    }

    fn whole(
        &mut self,
        request: &GraphRequest,
        by: &Caller,
        handle: &mut dyn FnMut(&mut dyn Backend) -> GraphOutcome,
    ) -> GraphOutcome {
        self.whole_request(request, by, handle)
    }

    fn in_whole(&self) -> bool {
        self.whole.is_some()
    }
}

/// How many applications there may be; each costs the engine a look at every moment.
const APPLICATIONS_MAX: usize = 100;

impl World {
    /// The action of a verb, as a scenario would write it for this application.
    pub(super) fn action_of(
        &self,
        app: AppId,
        verb: &str,
        argument: Node,
    ) -> Result<Action, ActionError> {
        let name = Node::text(self.applications.name(app).to_string());
        let of_app = (app != AppId::MAIN).then_some((OF_APP_KEY, name));
        let written = Node::table([(verb, argument)].into_iter().chain(of_app));
        let mut problems = Problems::default();
        Action::read(&written, &mut problems).ok_or_else(|| problems.into())
    }

    /// Refuses what the role of the administrator does not allow, and notes it in the audit log.
    fn refuse_by_role(
        &mut self,
        app: AppId,
        action: &Action,
        by: &Arc<ActingClient>,
    ) -> Result<(), ActRefusal> {
        let Err(denied) = self.role_allows(action) else { return Ok(()) };
        self.with_entra(app, |entra, moment| {
            let audited = entra.job_of(app).audit().count();
            action.record_denied(&denied, entra, app, moment);
            entra.job_of_mut(app).attribute_audit(audited, by);
        });
        Err(ActRefusal::Denied)
    }

    /// A name by which the story can speak of a new application.
    fn free_name(&self, shown: &str) -> String {
        let mut base = plain(shown);
        if base.is_empty() {
            base.push_str("app");
        }
        let numbered = (2u32..).map(|number| format!("{base}-{number}"));
        let mut names = std::iter::once(base.clone()).chain(numbered);
        names.find(|name| self.find_app(name).is_none()).unwrap_or(base)
    }
}
