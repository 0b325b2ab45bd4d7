//! What clients of the Graph API do, as actions: most are a verb of scenarios; a request for which
//! there is none is an action as a whole, with all that it changes.

use std::collections::VecDeque;
use std::sync::Arc;

use super::World;
use super::actions::graph::{GraphWrite, JOBS, OF_OBJECTS};
use super::actions::{Action, ActionError, unknown_app};
use super::fact::Fact;
use super::record::Cause;
use crate::entra::graph::{self, Backend, Caller, GraphOutcome, GraphRequest, registered};
use crate::entra::job::audit::{ActingClient, ActingUser, Initiator};
use crate::entra::tenant::registry::AppSide;
use crate::entra::tenant::{Attribute, Lifecycle, ObjectId, Tenant};

/// An action of a client of the Graph API, or of a form of GoLinks' pages.
#[derive(Clone, PartialEq, Debug)]
pub struct ClientAction {
    /// What was done.
    pub action: Action,
    /// The client; none at a page.
    pub by: Option<Arc<ActingClient>>,
}

/// The clients of Graph and the administrators that have carried out actions, by the number of the
/// action's record.
#[derive(Default)]
pub(super) struct Initiators(VecDeque<(u64, Initiator)>);

impl Initiators {
    /// Notes an initiator; those of records before the first one of the journal are forgotten.
    pub(super) fn note(&mut self, first: u64, action: u64, by: Initiator) {
        while self.0.front().is_some_and(|(action, _)| *action < first) {
            self.0.pop_front();
        }
        self.0.push_back((action, by));
    }

    /// The initiator of this action.
    pub(super) fn of(&self, action: u64) -> Option<&Initiator> {
        let at = self.0.binary_search_by_key(&action, |(action, _)| *action).ok()?;
        self.0.get(at).map(|(_, client)| client)
    }
}

/// A request of Graph that is an action as a whole, while it is carried out.
pub(super) struct WholeRequest {
    write: GraphWrite,
    by: Option<Arc<ActingClient>>,
    /// Its record, and the cause of what came before it. A request that changes nothing has none.
    begun: Option<(u64, Option<Cause>)>,
}

/// The client as the logs name it.
pub(super) fn acting(caller: &Caller, tenant: &Tenant) -> Arc<ActingClient> {
    let user = caller.user.map(|user| tenant.user(user)).map(|row| ActingUser {
        id: row.object_id().to_string(),
        display_name: row.get(Attribute::DisplayName).unwrap_or_default().to_owned(),
        principal_name: row.sign_in_name().unwrap_or_default().to_owned(),
    });
    Arc::new(ActingClient {
        app_id: caller.app_id.clone(),
        name: caller.app_name.clone(),
        object_id: caller.object_id.clone(),
        user,
    })
}

impl World {
    /// The actions that clients of the Graph API have carried out since the last call of this.
    pub fn take_client_actions(&mut self) -> Vec<ClientAction> {
        std::mem::take(&mut self.client_actions)
    }

    /// Has a request carried out that is an action as a whole, and keeps that action.
    pub(super) fn whole_request(
        &mut self,
        request: &GraphRequest,
        caller: &Caller,
        handle: &mut dyn FnMut(&mut dyn Backend) -> GraphOutcome,
    ) -> GraphOutcome {
        if self.whole.is_some() {
            // A script sends the request: it is one already.
            return handle(self);
        }
        let by = Some(acting(caller, self.entra.tenant()));
        let (done, whole) = self.within(GraphWrite::of(request), by, handle);
        if let (true, by @ Some(_), Some(_)) = (done.is_ok(), whole.by, whole.begun) {
            self.client_actions.push(ClientAction { action: Action::GraphWrite(whole.write), by });
        }
        done
    }

    fn within(
        &mut self,
        write: GraphWrite,
        by: Option<Arc<ActingClient>>,
        handle: &mut dyn FnMut(&mut dyn Backend) -> GraphOutcome,
    ) -> (GraphOutcome, WholeRequest) {
        let whole = WholeRequest { write: write.clone(), by, begun: None };
        self.whole = Some(whole);
        let done = handle(self);
        let spare = WholeRequest { write, by: None, begun: None };
        let whole = self.whole.take().unwrap_or(spare);
        if let Some((_, outer)) = whole.begun {
            self.journal.set_cause(outer);
        }
        (done, whole)
    }

    /// Carries out the verb `graph`.
    pub(super) fn act_graph(
        &mut self,
        write: &GraphWrite,
        by: Option<&Arc<ActingClient>>,
    ) -> Result<(), ActionError> {
        let request = write.resolved(|of, name| self.id_in_path(of, name))?.request();
        let user = by.and_then(|by| by.user.as_ref()).and_then(|user| ObjectId::parse(&user.id));
        let user = user.and_then(|id| self.entra.tenant().find_user_id(id));
        let own = Caller { user, ..Caller::script(self.seed) };
        let caller = match by.map(|by| &**by) {
            None => own,
            Some(ActingClient { app_id, name, object_id, .. }) => Caller {
                app_id: app_id.clone(),
                app_name: name.clone(),
                object_id: object_id.clone(),
                ..own
            },
        };
        let by = by.cloned().unwrap_or_else(|| acting(&caller, self.entra.tenant()));
        let sent = &mut |world: &mut dyn Backend| graph::repeat(&request, &caller, world);
        let (done, whole) = self.within(write.clone(), Some(by), sent);
        match done {
            Ok(_) if whole.begun.is_none() => {
                self.journal.push(self.now, Fact::Action(Box::new(whole.write.into())));
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(error) => Err(ActionError {
                message: format!("Graph refuses: {} {}", error.status.as_u16(), error.message),
                help: String::new(),
            }),
        }
    }

    /// The id of what a path names in braces, in the collection before it.
    fn id_in_path(&self, of: &str, name: &str) -> Result<String, ActionError> {
        let (entra, tenant) = (&self.entra, self.entra.tenant());
        let side = match of {
            "users" => {
                return Ok(tenant.user(tenant.user_named(name)?).object_id().to_string());
            }
            "groups" => {
                return Ok(tenant.group(tenant.group_named(name)?).object_id().to_string());
            }
            of if OF_OBJECTS.contains(&of) => {
                match (tenant.find_user(name), tenant.find_group(name)) {
                    (Some(user), _) => return Ok(tenant.user(user).object_id().to_string()),
                    (None, Some(group)) => return Ok(tenant.group(group).object_id().to_string()),
                    (None, None) if self.find_app(name).is_none() => {
                        let why = format!("there is no user, group or application `{name}`");
                        return Err(ActionError::from(why));
                    }
                    (None, None) => AppSide::Principal,
                }
            }
            "applications" => AppSide::Registration,
            _ => AppSide::Principal,
        };
        let app = self.find_app(name).ok_or_else(|| unknown_app(name, self.app_names()))?;
        if of.eq_ignore_ascii_case(JOBS) {
            return Ok(registered::names(entra, self.seed, app).job.to_string());
        }
        let row = tenant.registry().of(app);
        let side = match (of, row.registration.state) {
            // With a registration its service principal goes; the registration brings both back.
            ("deletedItems", Lifecycle::SoftDeleted { .. }) => AppSide::Registration,
            _ => side,
        };
        registered::object_id(entra, self.seed, row, side)
            .ok_or_else(|| unknown_app(name, self.app_names()))
    }

    /// Journals the request that is carried out as an action, before the first thing that it
    /// changes; returns the number of its record. `None` while there is no such request.
    pub(super) fn begin_whole(&mut self) -> Option<u64> {
        let whole = self.whole.as_mut()?;
        if let Some((action, _)) = whole.begun {
            return Some(action);
        }
        let (shown, by) = (Action::from(whole.write.clone()).without_secrets(), whole.by.clone());
        let action = self.journal.push(self.now, Fact::Action(Box::new(shown)));
        let outer = self.journal.set_cause(Some(Cause::Action(action)));
        if let Some(whole) = &mut self.whole {
            whole.begun = Some((action, outer));
        }
        if let Some(by) = by {
            self.initiators.note(self.journal.first_seq(), action, Initiator::Client(by));
        }
        Some(action)
    }

    /// The name that the request in hand gives to the application it adds; `free` is one that is
    /// free, which it takes when it says none.
    pub(super) fn name_of_added(&mut self, free: String) -> Result<String, String> {
        let Some(whole) = &mut self.whole else { return Ok(free) };
        let name = whole.write.adds.get_or_insert(free).clone();
        match self.find_app(&name) {
            None => Ok(name),
            Some(_) => Err(format!("there is an application `{name}` already")),
        }
    }
}
