//! The events that lines of `run.jsonl` name, and the other words that stand there as values: what
//! each means. A test reads the events from the code, so that a new one is told of here.

use crate::entra::call::LEFT_ALONE;

/// A kind of such words, with the words and their docs.
type Kind = (&'static str, &'static [(&'static str, &'static str)]);

/// All of them, kind by kind.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let kinds: [Kind; 10] = [
        ("event of the directory in run.jsonl", &DIRECTORY),
        ("event of provisioning in run.jsonl", &SERVICE),
        ("event of GoLinks in run.jsonl", &GOLINKS),
        ("event of an account in run.jsonl", &ACCOUNT),
        ("event of a fault in run.jsonl", &FAULT),
        ("origin in run.jsonl", &FROM),
        ("door in run.jsonl", &DOOR),
        ("loss of an answer in run.jsonl", &LOST),
        ("tone in run.jsonl", &TONE),
        ("column of the provisioning log", &COLUMNS),
    ];
    kinds
        .into_iter()
        .flat_map(|(kind, rows)| rows.iter().map(move |(name, doc)| (kind, *name, *doc)))
}

/// Events of the directory.
const DIRECTORY: [(&str, &str); 28] = [
    ("Hired", "A user is created."),
    ("Updated", "An attribute of a user changes."),
    ("ExtensionUpdated", "A directory extension of a user changes."),
    ("ManagerChanged", "A user gets another manager, or none."),
    ("Disabled", "A user is blocked from sign-in."),
    ("Enabled", "A user may sign in again."),
    ("Deleted", "A user goes to the recycle bin."),
    ("Restored", "A user comes back from the recycle bin."),
    ("Purged", "A user is deleted for good."),
    ("Assigned", "A user is assigned to an application."),
    ("Unassigned", "A user's direct assignment is taken away."),
    ("AssignmentBroken", "The record of a user's direct assignment is broken."),
    ("GroupAssignmentBroken", "The record of a group's assignment is broken."),
    ("GroupAssigned", "A group is assigned to an application."),
    ("GroupUnassigned", "A group's assignment is taken away."),
    ("ApplicationAdded", "An enterprise application is added from the gallery."),
    ("ApplicationRegistered", "An application is registered, without a service principal."),
    ("SessionsRevoked", "Sessions and refresh tokens of a user end."),
    ("ApplicationUpdated", "A registration or a service principal changes."),
    ("ApplicationDeleted", "A registration or a service principal is deleted."),
    (
        "ApplicationRestored",
        "A registration or a service principal comes back from the recycle bin.",
    ),
    ("GroupCreated", "A group is created."),
    ("GroupUpdated", "An attribute of a group changes."),
    ("GroupDeleted", "A group is deleted."),
    ("GroupRestored", "A group comes back from the recycle bin."),
    ("GroupPurged", "A group in the recycle bin is deleted for good."),
    ("MemberAdded", "A user joins a group."),
    ("MemberRemoved", "A user leaves a group."),
];

/// Events of the job, and of single sign-on.
const SERVICE: [(&str, &str); 31] = [
    (
        "SignInRefused",
        "A user was refused by Entra at single sign-on, so that the application heard nothing.",
    ),
    (
        "SignedOn",
        "A user was signed in by Entra at single sign-on; what the application does is its own.",
    ),
    (
        "SignInLogged",
        "Another row of the sign-in log: of a refusal before a user was known, or of a client.",
    ),
    ("Started", "Start provisioning was pressed."),
    ("Stopped", "Stop provisioning was pressed; a running cycle goes on to its end."),
    ("JobDeleted", "The job was deleted, with all it knew."),
    ("Restarted", "Provisioning was restarted; `says` has the reset scope in words."),
    ("SecretSet", "The secret token of the job, or its client secret, was replaced."),
    ("Saved", "What was filled in on the provisioning page was saved."),
    ("SettingChanged", "A setting of the job was changed, as `path = value`."),
    (
        "ConnectionTested",
        "The connection test came back; `says` tells whether it passed, or the error code and its text.",
    ),
    (
        "CycleBegan",
        "A cycle began; `says` has its number, and whether it is initial or incremental.",
    ),
    ("CycleEnded", "A cycle ended; `says` has its result, what it did, and how long it took."),
    (
        "CycleInterrupted",
        "The service itself broke off a cycle; the next one begins with the same changes.",
    ),
    ("OnDemandBegan", "A run on demand began."),
    ("OnDemandEnded", "A run on demand ended; `says` has what came of it."),
    ("DiscoveryBegan", "Discover identities was pressed: a report of all accounts is being made."),
    ("DiscoveryEnded", "The report of account discovery is ready, or failed."),
    (
        "ConnectionDeleted",
        "The connection of an object was deleted by hand, or there was none to delete.",
    ),
    ("Throttled", "The application throttles the client (429); nothing is sent until then."),
    ("CallTimedOut", "No response to a call within the client's time-out."),
    ("Quarantined", "The job was quarantined."),
    ("QuarantineKept", "An attempt in quarantine failed, and the job stays there."),
    ("QuarantineReasonChanged", "The job stays in quarantine for another reason than before."),
    (
        "EscrowsPruned",
        "An initial cycle reached a quarantine threshold: its errors are dropped and not retried.",
    ),
    (
        "PausedAfterPruning",
        "The initial cycle that dropped errors has ended, and the job waits to be started.",
    ),
    ("QuarantineLifted", "An attempt got through, and the job left quarantine."),
    (
        "QuarantineCleared",
        "A button cleared the quarantine; the next attempt shows whether its cause is gone.",
    ),
    ("Recovered", "The first attempt that got through after a button had cleared a quarantine."),
    ("Disabled", "Four weeks of quarantine have passed: no further cycles."),
    ("MailSent", "A notification mail went out."),
];

/// Events of GoLinks that are not about an account.
const GOLINKS: [(&str, &str); 25] = [
    ("GroupCreated", "A new group at GoLinks."),
    ("GroupChanged", "Attributes of a group took other values, or members were added or removed."),
    ("GroupDeleted", "A group at GoLinks went away."),
    (
        "Refused",
        "A request was answered with an error other than 429; `says` has its status, scimType and detail.",
    ),
    ("Throttled", "A request met the rate limit: 429."),
    ("TokenExpired", "A token reached the end of its life."),
    ("TokenRotated", "A new token was issued and those before it were revoked."),
    ("TokenIssued", "A token was issued."),
    (
        "TenantTrusted",
        "The keys of a tenant were fetched, and what it signs is trusted from now on.",
    ),
    ("TokenRevoked", "A token was revoked."),
    ("SignedIn", "A user signed in."),
    ("TurnedAway", "A user was turned away at a sign-in."),
    ("SessionEnded", "Sessions of a user ended."),
    ("ApiTokenMade", "A user made an API token."),
    ("ApiTokensEnded", "The API tokens of a user were ended with the account, or revoked."),
    ("ApiCalled", "The REST API was called with an API token."),
    ("FormSent", "A visitor of the pages sent a form, which was carried out."),
    ("RoleChanged", "An account got another role."),
    ("LinkCreated", "A new go link."),
    ("LinkChanged", "A go link was edited, or got another owner."),
    ("LinkDeleted", "A go link was deleted."),
    ("LinkFollowed", "A user entered `go/<name>`."),
    ("SettingsChanged", "Settings that an admin of the workspace has in hand were changed."),
    ("DomainRolesChanged", "The roles that come with an e-mail domain were changed."),
    ("BaseMoved", "The base path of the SCIM server moved."),
];

/// What happens to an account.
const ACCOUNT: [(&str, &str); 5] = [
    ("created", "A new account at GoLinks."),
    ("changed", "Attributes of an account took other values; `paths` names them."),
    ("deactivated", "`active` of an account went from true to false."),
    ("reactivated", "`active` of an account went from false to true."),
    (
        "deleted",
        "An account went away: kept inactive and hidden, or removed (the setting `delete` of GoLinks).",
    ),
];

/// What a fault does.
const FAULT: [(&str, &str); 3] = [
    ("begins", "From now on the fault can strike."),
    ("ends", "The fault strikes no more."),
    ("strikes", "The fault strikes a request; `to` has its number."),
];

/// Where a request comes from.
const FROM: [(&str, &str); 2] = [
    ("entra", "A request of the provisioning service."),
    ("outside", "A request of any other client, such as curl, a browser or a Graph client."),
];

/// The door that a request came to.
const DOOR: [(&str, &str); 4] = [
    ("scim", "The SCIM server of GoLinks."),
    ("token", "The token endpoint of GoLinks, where a job with OAuth gets its access tokens."),
    ("graph", "The Graph API of the tenant."),
    ("pages", "The pages of GoLinks for people."),
];

/// Why no answer came.
const LOST: [(&str, &str); 7] = [
    ("refused", "The connection was refused: the request was not read."),
    ("untrusted", "The certificate of the server is not trusted, so that nothing was sent."),
    ("reset", "The connection broke; the request may have been carried out."),
    ("timed out", "No answer came in time; the request may have been carried out."),
    ("not sent", "The provisioning service itself failed, and nothing was sent."),
    (
        LEFT_ALONE,
        "The server asks for more time than it is given, and the request was not sent again.",
    ),
    ("unwanted", "An answer that was no longer awaited, for its cycle had been broken off."),
];

/// How a line of the story is coloured.
const TONE: [(&str, &str); 6] = [
    ("plain", "An entry of the story as any other."),
    ("strong", "An entry of the story that stands out."),
    ("faint", "An entry of the story that says nothing new."),
    ("good", "An entry of the story that says that something is right."),
    ("warn", "An entry of the story that says that something is not right yet."),
    ("bad", "An entry of the story that says that something is wrong."),
];

/// The columns of the portal's export that are no properties of Graph.
const COLUMNS: [(&str, &str); 5] = [
    ("sourceId", "The id of the row's object in the directory."),
    ("sourceDisplayName", "The displayName of the row's object in the directory."),
    ("sourceUserPrincipalName", "The userPrincipalName of the row's user."),
    ("sourceType", "What the row's object is: User or Group."),
    ("targetId", "The id that the application gave to the row's object."),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of the variants of an enumeration, read from its source.
    fn variants<'s>(source: &'s str, of: &str) -> Vec<&'s str> {
        let begin = source.find(&format!("pub enum {of} {{")).expect("the enumeration");
        let body = source[begin..].split("\n}").next().unwrap_or_default();
        let named = body.lines().filter_map(|line| line.strip_prefix("    "));
        let named = named.filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
        named.map(|line| line.split([' ', '(', ',']).next().unwrap_or(line)).collect()
    }

    #[test]
    fn each_event_that_a_line_can_name_has_words() {
        // These have lines of another kind, or wrap the events of the directory.
        let others = [
            "Tenant",
            "Provisioned",
            "AccountCreated",
            "AccountChanged",
            "Deactivated",
            "Reactivated",
            "AccountDeleted",
        ];
        let directory = variants(include_str!("../entra/tenant/event.rs"), "TenantEvent");
        let service = variants(include_str!("../entra/event.rs"), "Event");
        let golinks = variants(include_str!("../golinks/event.rs"), "Event");
        for (table, events) in
            [(&DIRECTORY[..], directory), (&SERVICE[..], service), (&GOLINKS[..], golinks)]
        {
            let events: Vec<_> = events.into_iter().filter(|it| !others.contains(it)).collect();
            let told: Vec<_> = table.iter().map(|(name, _)| *name).collect();
            assert!(events.len() > 10);
            assert_eq!(told, events);
        }
    }

    #[test]
    fn the_columns_of_the_export_are_told_of() {
        use crate::entra::graph::vocabulary;
        use crate::scenario::log::{PROPERTIES, ROWS, STEPS};
        let properties: Vec<_> =
            vocabulary::properties().into_iter().map(|(name, ..)| name).collect();
        for column in ROWS.into_iter().chain(STEPS).chain(PROPERTIES) {
            let told = COLUMNS.iter().any(|(name, _)| *name == column);
            assert!(
                told || crate::scenario::explain::topics::find(column).is_ok()
                    || properties.contains(&column),
                "{column}"
            );
        }
    }
}
