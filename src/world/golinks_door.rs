//! The door of GoLinks' own pages: which workspace they show, what the audit log has, and how
//! GoLinks comes to the metadata of the tenant.

use std::collections::VecDeque;

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use super::World;
use super::applications::{Party, WorkspaceId};
use super::record::{Cause, RecordedEvent};
use super::sign_on;
use super::transit::Door;
use crate::entra::AppId;
use crate::golinks::{AuditRow, By, account_row, audit_row};

/// How many rows of the audit log a page has.
const ROWS_MAX: usize = 200;

impl World {
    /// Shows a page of GoLinks: of the main workspace. It changes nothing and leaves no trace.
    pub fn golinks_page(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let Some(golinks) = self.target().mock() else { return no_mock() };
        let audit = match request.uri().path() {
            "/golinks/audit" => self.audit_log(),
            _ => Vec::new(),
        };
        let seed = self.workspaces.seed(WorkspaceId::MAIN, self.seed);
        golinks.show_page(request, &audit, self.now, seed)
    }

    /// Carries out what a form of GoLinks asks for.
    pub(super) fn golinks_form(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        let main = WorkspaceId::MAIN;
        let known = self.target().mock().is_some_and(|it| it.identity_provider().is_some());
        if !known {
            let at = sign_on::at(self.now, self.start, self.seed);
            let provider = sign_on::metadata(&self.entra, AppId::MAIN, at);
            self.with_golinks(main, |golinks, _| golinks.take_metadata(provider));
        }
        let done = self.with_golinks(main, |golinks, moment| golinks.take_form(request, moment));
        done.map_or_else(no_mock, |(response, _)| response)
    }

    /// The events of the main workspace that the vendor's log has, the last one first.
    fn audit_log(&self) -> Vec<AuditRow> {
        let first = self.journal.first_seq().saturating_sub(1);
        let main = Party::Workspace(WorkspaceId::MAIN);
        let mut rows = VecDeque::new();
        for record in self.journal.facts_since(first).into_iter().flatten() {
            if record.party != main {
                continue;
            }
            let by = match record.cause {
                Some(Cause::Request(seq)) => match self.journal.get(seq).map(|it| it.event) {
                    Some(RecordedEvent::Request(request)) if request.door == Door::Pages => {
                        By::Page
                    }
                    _ => By::Scim,
                },
                _ => By::Hand,
            };
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
}

fn no_mock() -> Response<Bytes> {
    let text = "the server that is provisioned is not the mock GoLinks, and has no pages here\n";
    let mut response = Response::new(Bytes::from_static(text.as_bytes()));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
