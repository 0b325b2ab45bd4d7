//! The audit log, in the vendor's event words [golinks]: a rendering of what the journal has of
//! GoLinks.

use std::sync::Arc;

use super::html::{Page, table, when};
use crate::base::Time;
use crate::base::html::escaped;
use crate::golinks::{AccountEvent, Event, Happened};

/// Who made a change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum By {
    /// A SCIM client.
    Scim,
    /// This visitor, at a page of GoLinks.
    Page(Arc<str>),
    /// A program with an API token of this person.
    Api(Arc<str>),
    /// Nobody yet: a sign-in.
    SignIn,
    /// An administrator of GoLinks past its pages, or nobody: a timer.
    Hand,
}

impl By {
    fn words(&self) -> String {
        match self {
            By::Scim => "SCIM".to_owned(),
            By::Page(visitor) => visitor.to_string(),
            By::Api(person) => format!("{person}, by the API"),
            By::SignIn => "a sign-in".to_owned(),
            By::Hand => String::new(),
        }
    }
}

/// A row of the audit log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditRow {
    /// When it happened.
    pub at: Time,
    /// The vendor's word for it.
    pub event: &'static str,
    /// What made the change.
    pub by: By,
    /// The section of the vendor's log.
    pub section: &'static str,
    /// What happened, in a sentence.
    pub message: String,
}

/// The row of an event of GoLinks; `None` for what the vendor's log does not have, such as a
/// sign-in.
pub fn audit_row(at: Time, event: &Event, by: By) -> Option<AuditRow> {
    let (section, word) = match event {
        Event::TokenRotated { .. } | Event::TokenIssued { .. } => ("SCIM", "SCIMTokenCreated"),
        Event::TokenRevoked { .. } => ("SCIM", "SCIMTokenRevoked"),
        Event::SettingsChanged { .. } => ("Settings", "WorkspaceSettingsChanged"),
        Event::DomainRolesChanged => ("Settings", "DomainRolesUpdated"),
        Event::RoleChanged { .. } => ("UserManagement", "SetAccessLevel"),
        Event::ApiTokenMade { .. } => ("DeveloperTools", "APITokenCreated"),
        Event::ApiTokensEnded { .. } => ("DeveloperTools", "APITokenRevoked"),
        Event::LinkCreated { .. } => ("Golinks", "GoLinkCreated"),
        Event::LinkChanged { .. } => ("Golinks", "GoLinkUpdated"),
        Event::LinkDeleted { .. } => ("Golinks", "GoLinkDeleted"),
        _ => {
            let mut paths = String::new();
            return event.of_account(&mut paths).map(|event| account_row(at, &event, by));
        }
    };
    let mut message = String::new();
    event.write(&mut message);
    Some(AuditRow { at, event: word, by, section, message })
}

/// The row of an event of an account.
pub fn account_row(at: Time, event: &AccountEvent<'_>, by: By) -> AuditRow {
    // The vendor has no word for a reactivation or a deletion by SCIM, nor for a sign-in that makes
    // an account (assumed: an update, a deactivation, an invitation).
    let (section, word) = match (&by, event.what) {
        (By::Scim, Happened::Created) => ("SCIM", "SCIMUserCreated"),
        (By::Scim, Happened::Changed | Happened::Reactivated) => ("SCIM", "SCIMUserUpdated"),
        (By::Scim, Happened::Deactivated | Happened::Deleted) => ("SCIM", "SCIMUserDeactivated"),
        (_, Happened::Created) => ("UserManagement", "UserInvited"),
        (_, Happened::Changed) => ("UserManagement", "UserUpdated"),
        (_, Happened::Deactivated | Happened::Reactivated) => ("UserManagement", "SetActiveStatus"),
        (_, Happened::Deleted) => ("UserManagement", "ProvisionedUserRemoved"),
    };
    let mut message = String::new();
    event.write(&mut message);
    AuditRow { at, event: word, by, section, message }
}

/// The log, the last row first.
pub(super) fn page(rows: &[AuditRow]) -> Page {
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                when(row.at),
                format!("<code>{}</code>", row.event),
                row.section.to_owned(),
                escaped(&row.by.words()),
                escaped(&row.message),
            ]
        })
        .collect();
    let body = match cells.is_empty() {
        true => "<p>Nothing has happened yet.</p>".to_owned(),
        false => table("The last events", &["When", "Event", "Section", "By", "What"], &cells),
    };
    Page::new("Audit log", body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golinks::{AccountId, Paths};

    #[test]
    fn events_have_the_vendors_words() {
        let event = |what| AccountEvent {
            id: AccountId(1),
            user_name: "ann@x.example",
            what,
            paths: Paths::default(),
        };
        let cases = [
            (By::Scim, Happened::Created, "SCIMUserCreated"),
            (By::Scim, Happened::Deactivated, "SCIMUserDeactivated"),
            (By::Scim, Happened::Reactivated, "SCIMUserUpdated"),
            (By::Hand, Happened::Deactivated, "SetActiveStatus"),
            (By::Page("ann".into()), Happened::Created, "UserInvited"),
            (By::SignIn, Happened::Created, "UserInvited"),
        ];
        for (by, what, word) in cases {
            assert_eq!(account_row(Time::from_secs(0), &event(what), by).event, word);
        }
        let link = Event::LinkDeleted { name: "x".into() };
        let row = audit_row(Time::from_secs(0), &link, By::Page("ann".into()));
        assert_eq!(row.map(|row| row.event), Some("GoLinkDeleted"));
        assert_eq!(audit_row(Time::from_secs(0), &Event::Throttled, By::Scim), None);
        let settings = Event::SettingsChanged { what: ["sso.jit", "plan"].into() };
        for (event, word, said) in [
            (settings, "WorkspaceSettingsChanged", "the workspace changed: sso.jit, plan"),
            (Event::DomainRolesChanged, "DomainRolesUpdated", "roles of e-mail domains"),
        ] {
            let row = audit_row(Time::from_secs(0), &event, By::Hand).expect("a row");
            assert_eq!((row.event, row.section), (word, "Settings"));
            assert!(row.message.contains(said), "{}", row.message);
        }
    }
}
