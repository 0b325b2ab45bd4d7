//! What is done at GoLinks' pages, as actions: each form is a verb of scenarios, so that it stands
//! in the journal with its request as the cause, and can be repeated.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use super::World;
use super::actions::links::LinkFields;
use super::actions::{ActionError, find_account};
use super::applications::WorkspaceId;
use super::fact::Fact;
use super::golinks_door::no_mock;
use super::graph_actions::ClientAction;
use super::intent;
use super::record::Cause;
use crate::base::time::write_duration;
use crate::base::{Kind, Moment, Node};
use crate::entra::AppId;
use crate::entra::tenant::ObjectId;
use crate::golinks::{AccountId, Actor, Event, LinkWish, PagePlace, SessionEnd, Wanted};

/// A verb and its argument.
type Said = (&'static str, Node);

impl World {
    /// Carries out a form of the pages as an action by hand.
    pub(super) fn form_at_page(
        &mut self,
        request: &Request<Bytes>,
        of: WorkspaceId,
        place: &PagePlace,
    ) -> Response<Bytes> {
        let seed = self.workspaces.seed(of, self.seed);
        let Some(golinks) = self.workspaces.of_mut(of).mock_mut() else { return no_mock() };
        let asked = match golinks.asked_at_page(request, place, seed) {
            Ok(asked) => asked,
            Err((status, why)) => return self.golinks_refusal(request, status, &why),
        };
        let wanted = asked.wanted.as_ref();
        if let Err(error) = wanted.map_or(Ok(()), |wanted| self.act_at_page(of, wanted)) {
            let why = error.to_string();
            return self.golinks_refusal(request, StatusCode::UNPROCESSABLE_ENTITY, &why);
        }
        let done = self
            .with_golinks(of, |golinks, moment| golinks.form_done(request, place, &asked, moment));
        done.map_or_else(no_mock, |(response, _)| response)
    }

    /// Follows a link as an action by hand; `None` where it leads nowhere, or where no story can
    /// speak of it.
    pub(super) fn link_at_page(
        &mut self,
        request: &Request<Bytes>,
        of: WorkspaceId,
        place: &PagePlace,
    ) -> Option<Response<Bytes>> {
        let seed = self.workspaces.seed(of, self.seed);
        let golinks = self.workspaces.of(of).mock()?;
        let (wanted, response) = golinks.followed_at_page(request, place, seed)?;
        self.act_at_page(of, &wanted).ok().map(|()| response)
    }

    /// Signs a visitor in or out, which is kept as an action.
    pub(super) fn sign_in_at_page(
        &mut self,
        request: &Request<Bytes>,
        of: WorkspaceId,
        place: &PagePlace,
    ) -> Response<Bytes> {
        let (now, seed) = (self.now, self.workspaces.seed(of, self.seed));
        let Some(golinks) = self.workspaces.of_mut(of).mock_mut() else { return no_mock() };
        let comes = golinks.brings_user(request);
        let goes = golinks.signs_out(request, place, seed);
        // The events are held back until the action is in the journal.
        let mut events = Vec::new();
        let moment = &mut Moment::new(now, seed, &mut events);
        let response = golinks.take_form(request, place, moment);
        let app = self.entra.apps().find(|app| self.applications.workspace(*app) == of);
        let said = events.iter().find_map(|event| match event {
            Event::SignedIn { .. } => Some(("sign_in", self.user_called(comes.as_deref()?)?)),
            Event::SessionEnded { why: SessionEnd::SignedOut, .. } => {
                Some(("end_session", self.account_called(app?, goes?)))
            }
            _ => None,
        });
        let action = said
            .zip(app)
            .and_then(|((verb, name), app)| self.action_of(app, verb, Node::text(name)).ok());
        let cause = action.map(|action| {
            self.client_actions.push(ClientAction { action: action.clone(), by: None });
            Cause::Action(self.journal.push(now, Fact::Action(Box::new(action))))
        });
        let tell = |world: &mut World| {
            events.into_iter().for_each(|event| world.record(Fact::golinks(of, event)));
        };
        match cause {
            Some(cause) => self.because(cause, tell),
            None => tell(self),
        }
        response
    }

    /// The name by which a story finds the user with an object id.
    fn user_called(&self, object_id: &str) -> Option<String> {
        let tenant = self.entra.tenant();
        let user = tenant.find_user_id(ObjectId::parse(object_id)?)?;
        Some(tenant.user(user).handle().to_string())
    }

    /// Does what a visitor of the pages of a workspace wants, and keeps it as an action.
    fn act_at_page(&mut self, of: WorkspaceId, wanted: &Wanted) -> Result<(), ActionError> {
        let app = self.entra.apps().find(|app| self.applications.workspace(*app) == of);
        let app = app.ok_or_else(|| {
            let why = "no application provisions this workspace, so no story can speak of it";
            ActionError::from(why.to_owned())
        })?;
        let (verb, argument) = self.said(app, wanted);
        let action = self.action_of(app, verb, argument)?;
        self.act(action.clone())?;
        self.client_actions.push(ClientAction { action, by: None });
        Ok(())
    }

    /// What is wanted, as a scenario says it.
    fn said(&self, app: AppId, wanted: &Wanted) -> Said {
        let called = |account: &AccountId| self.account_called(app, *account);
        let of = |account: &AccountId, value: Node| Node::table([(called(account), value)]);
        match wanted {
            Wanted::Settings(settings) => ("set", settings.clone()),
            Wanted::Role(account, role) => ("set_role", of(account, Node::text(role.word()))),
            Wanted::Active(account, active) => {
                let active = Node::table([("active", Node::bare(Kind::Bool(*active)))]);
                ("edit_account", of(account, active))
            }
            Wanted::IssueToken(value, lifetime) => ("issue_token", issued(value, *lifetime)),
            Wanted::RevokeToken(value) => ("revoke_token", Node::text(value)),
            Wanted::MakeApiToken(account) => ("make_api_token", Node::text(called(account))),
            Wanted::RevokeApiToken(account, None) => {
                ("revoke_api_tokens", Node::text(called(account)))
            }
            Wanted::RevokeApiToken(account, Some(nth)) => {
                let nth = i64::try_from(*nth).unwrap_or(i64::MAX);
                ("revoke_api_tokens", of(account, Node::bare(Kind::Integer(nth))))
            }
            Wanted::TransferLinks(from, to, only) => {
                let links = Node::bare(Kind::List(only.iter().map(Node::text).collect()));
                let links = (!only.is_empty()).then_some(("links", links));
                let owners = [("from", Node::text(called(from))), ("to", Node::text(called(to)))];
                ("transfer_links", Node::table(owners.into_iter().chain(links)))
            }
            Wanted::Link(wish, actor) => self.said_of_link(app, wish, *actor),
        }
    }

    /// What is wanted of a link, as a scenario says it.
    fn said_of_link(&self, app: AppId, wish: &LinkWish, actor: Actor) -> Said {
        let by = match actor {
            Actor::Owner => None,
            Actor::Person(id) => Some(("as", Node::text(self.account_called(app, id)))),
        };
        let link = |name: &str| [("link", Node::text(name))].into_iter();
        match wish {
            LinkWish::Create(draft) => {
                let fields = LinkFields::of(draft, None).entries();
                ("create_link", Node::table(fields.into_iter().chain(by)))
            }
            LinkWish::Edit(name, draft) => {
                let workspace = self.applications.workspace(app);
                let links = self.workspaces.of(workspace).mock().map(|golinks| golinks.links());
                let old = links.and_then(|links| Some((links.resolve(name)?, links.get(name)?)));
                let fields = LinkFields::of(draft, old).entries();
                ("edit_link", Node::table(link(name).chain(fields).chain(by)))
            }
            LinkWish::Delete(name) => ("delete_link", Node::table(link(name).chain(by))),
            LinkWish::Follow(entered) => ("follow", Node::table(link(entered).chain(by))),
        }
    }

    /// The name by which a story finds an account: that of its user, the userName, or its id.
    fn account_called(&self, app: AppId, account: AccountId) -> String {
        let view = self.seen_by(app);
        let leavers = &self.exposures[app.index()];
        let target = view.target();
        let names = [intent::name_of(view, account), target.user_name(account).unwrap_or_default()];
        let finds =
            |name: &String| find_account(view.entra(), target, leavers, name) == Some(account);
        names.into_iter().find(finds).unwrap_or_else(|| account.to_string())
    }
}

/// A token to be issued, as a scenario says it.
fn issued(value: &str, lifetime: Option<Duration>) -> Node {
    let Some(lifetime) = lifetime else { return Node::text(value) };
    let expires = Node::text(write_duration(lifetime));
    Node::table([("value", Node::text(value)), ("expires", expires)])
}
