//! The door of GoLinks' own pages and of its REST API: which workspace they lead to, what the audit
//! log has, and how GoLinks comes to the metadata of the tenant.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use super::World;
use super::applications::{Party, WorkspaceId};
use super::record::{Cause, Record, RecordedEvent};
use super::sign_on;
use super::transit::Door;
use crate::golinks::{ACS_PATH, AuditRow, By, Event, GoLinks, PagePlace, account_row, audit_row};

/// Scheme and host by which a browser has reached the pages; the server puts it into the request's
/// extensions.
#[derive(Clone, Debug)]
pub struct PageBase(pub String);

/// The verb by which people sign in.
const SIGN_IN: &str = "sign_in";

/// How many rows of the audit log a page has.
const ROWS_MAX: usize = 200;

impl World {
    /// Shows a page of GoLinks, of the workspace that the browser has chosen. It changes nothing
    /// and leaves no trace.
    pub fn golinks_page(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let shown = self.chosen_workspace(request);
        let Some(golinks) = self.workspaces.of(shown).mock() else { return no_mock() };
        let audit = match request.uri().path() {
            "/golinks/audit" => self.audit_log(shown),
            _ => Vec::new(),
        };
        let seed = self.workspaces.seed(shown, self.seed);
        golinks.show_page(request, &self.page_place(request, shown), &audit, (self.now, seed))
    }

    /// A page of GoLinks that says why a request was not even read.
    pub fn golinks_refusal(
        &self,
        request: &Request<Bytes>,
        status: StatusCode,
        why: &str,
    ) -> Response<Bytes> {
        let shown = self.chosen_workspace(request);
        let Some(golinks) = self.workspaces.of(shown).mock() else { return no_mock() };
        let seed = self.workspaces.seed(shown, self.seed);
        let place = self.page_place(request, shown);
        golinks.show_refusal(request, &place, (status, why), (self.now, seed))
    }

    /// The workspace that a browser has chosen to see.
    fn chosen_workspace(&self, request: &Request<Bytes>) -> WorkspaceId {
        let chosen = GoLinks::chosen_workspace(request);
        self.workspaces.ids().nth(chosen).unwrap_or(WorkspaceId::MAIN)
    }

    /// The workspace that a form or a call of the REST API is meant for: whose token it is, which
    /// takes the Response, or which the browser has chosen.
    fn meant_workspace(&self, request: &Request<Bytes>) -> WorkspaceId {
        let chosen = self.chosen_workspace(request);
        let rest = GoLinks::is_rest(request);
        if !rest && request.uri().path() != ACS_PATH {
            return chosen;
        }
        let takes = |id: &WorkspaceId| {
            self.workspaces.of(*id).mock().is_some_and(|golinks| match rest {
                true => golinks.knows_api_token(request),
                false => golinks.expects_response(request, self.now),
            })
        };
        let mut others = self.workspaces.ids().filter(|id| *id != chosen);
        let first = takes(&chosen).then_some(chosen);
        first.or_else(|| others.find(takes)).unwrap_or(chosen)
    }

    fn page_place(&self, request: &Request<Bytes>, shown: WorkspaceId) -> PagePlace {
        let base = request.extensions().get::<PageBase>();
        PagePlace {
            base: base.map_or_else(String::new, |base| base.0.clone()),
            workspaces: self.workspaces.ids().map(|id| self.workspaces.name(id).clone()).collect(),
            current: usize::from(shown.0),
        }
    }

    /// Carries out what a form of GoLinks asks for.
    pub(super) fn golinks_form(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        self.give_metadata_to_all();
        let meant = self.meant_workspace(request);
        let place = self.page_place(request, meant);
        let rest = GoLinks::is_rest(request);
        if GoLinks::asks_for_change(request) {
            return self.form_at_page(request, meant, &place);
        }
        if let Some(followed) = self.link_at_page(request, meant, &place) {
            return followed;
        }
        if !rest {
            return self.sign_in_at_page(request, meant, &place);
        }
        let done = self.with_golinks(meant, |golinks, moment| golinks.handle_rest(request, moment));
        done.map_or_else(no_mock, |(response, _)| response)
    }

    /// Gives each workspace that has none the metadata of the application that is meant for it.
    fn give_metadata_to_all(&mut self) {
        for id in self.workspaces.ids() {
            let golinks = self.workspaces.of(id).mock();
            let lacks = golinks.is_some_and(|golinks| golinks.identity_provider().is_none());
            let app = self.entra.apps().find(|app| self.applications.workspace(*app) == id);
            if let Some(app) = app.filter(|_| lacks) {
                let at = sign_on::at(self.now, self.start, self.seed);
                let provider = sign_on::metadata(&self.entra, app, at);
                self.with_golinks(id, |golinks, _| golinks.take_metadata(provider));
            }
        }
    }

    /// The events of a workspace that the vendor's log has, the last one first.
    fn audit_log(&self, of: WorkspaceId) -> Vec<AuditRow> {
        let first = self.journal.first_seq().saturating_sub(1);
        let of_workspace = |record: &Record<'_>| record.party == Party::Workspace(of);
        let facts = || self.journal.facts_since(first).into_iter().flatten().filter(of_workspace);
        let visitors: BTreeMap<u64, By> =
            facts().filter_map(|it| request_of(&it).zip(visitor(&it.event))).collect();
        let mut rows = VecDeque::new();
        for record in facts() {
            let by = self.made_by(&record, &visitors);
            let row = match record.event {
                RecordedEvent::Account(event) => Some(account_row(record.at, &event, by)),
                RecordedEvent::GoLinks(event) => audit_row(record.at, event, by),
                _ => None,
            };
            rows.extend(row);
            if rows.len() > ROWS_MAX {
                rows.pop_front();
            }
        }
        rows.into_iter().rev().collect()
    }

    /// The author of a change, given the visitors whose requests came to pages and the REST API.
    fn made_by(&self, record: &Record<'_>, visitors: &BTreeMap<u64, By>) -> By {
        let at_page = |action: u64| {
            let action = self.journal.get(action)?;
            match &action.event {
                RecordedEvent::Action(action) if action.verb() == SIGN_IN => Some(By::SignIn),
                _ => visitors.get(&request_of(&action)?).cloned(),
            }
        };
        let seq = match (record.cause, request_of(record)) {
            (Some(Cause::Action(action)), _) => return at_page(action).unwrap_or(By::Hand),
            (_, None) => return By::Hand,
            (_, Some(seq)) => seq,
        };
        if let Some(visitor) = visitors.get(&seq) {
            return visitor.clone();
        }
        match self.journal.get(seq).map(|it| it.event) {
            Some(RecordedEvent::Request(request)) if request.door == Door::Pages => By::SignIn,
            _ => By::Scim,
        }
    }
}

/// The request that caused a record.
fn request_of(record: &Record<'_>) -> Option<u64> {
    match record.cause {
        Some(Cause::Request(seq)) => Some(seq),
        _ => None,
    }
}

/// The visitor whose request caused this event, if the event names one.
fn visitor(event: &RecordedEvent<'_>) -> Option<By> {
    match event {
        RecordedEvent::GoLinks(Event::FormSent { visitor, .. }) => Some(By::Page(visitor.clone())),
        RecordedEvent::GoLinks(Event::ApiCalled { user_name, .. }) => {
            Some(By::Api(user_name.clone()))
        }
        _ => None,
    }
}

pub(super) fn no_mock() -> Response<Bytes> {
    let text = "the server that is provisioned is not the mock GoLinks, and has no pages here\n";
    let mut response = Response::new(Bytes::from_static(text.as_bytes()));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
