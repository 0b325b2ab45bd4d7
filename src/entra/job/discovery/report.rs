//! The report of an account discovery: every account, and which user it is of.

use std::fmt::Write;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::base::seed::show_guid;
use crate::base::{Seed, Time};
use crate::entra::job::reply::SyncError;
use crate::entra::tenant::{Tenant, UserKey};
use crate::scim::urn;

/// One report.
#[derive(Clone, PartialEq, Debug)]
pub struct DiscoveryReport {
    /// Its number; the first is 1.
    pub number: u64,
    /// When it was asked for.
    pub began: Time,
    /// When it was ready.
    pub ended: Time,
    /// The attribute of users by which accounts are correlated; empty without one.
    pub source: Box<str>,
    /// The attribute of accounts, as its SCIM path.
    pub target: Box<str>,
    /// The accounts, in the order of the application.
    pub accounts: Vec<DiscoveredAccount>,
    /// Why there are none, if it failed as a whole.
    pub failure: Option<DiscoveryFailure>,
}

/// One account of the application.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DiscoveredAccount {
    /// The id that the application gave it.
    pub id: Box<str>,
    /// The value of its matching attribute; empty when it has none.
    pub value: Box<str>,
    /// Whether it is active; `None` when it does not say.
    pub active: Option<bool>,
    /// Which user it is of.
    pub correlation: Correlation,
}

/// Which user an account is of [g:correlated].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Correlation {
    /// No user: a local account.
    Local,
    /// A user who is not assigned to the application.
    Unassigned(UserKey),
    /// A user who is assigned.
    Assigned(UserKey),
    /// It cannot be told.
    Failed(Uncorrelatable),
}

/// Why it cannot be told which user an account is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Uncorrelatable {
    /// Its name is no userPrincipalName [g:correlated].
    NameFormat,
    /// Several users have this value (assumed).
    SeveralUsers,
}

/// Why a whole report failed.
#[derive(Clone, PartialEq, Debug)]
pub enum DiscoveryFailure {
    /// No matching attribute is mapped directly, without an expression [discovery].
    NoDirectMatch,
    /// A page of the list of accounts could not be read.
    Page(SyncError),
    /// A page holds accounts that were there before: the application cannot page.
    Repeats,
}

impl Correlation {
    /// Graph's words for all of them.
    pub const WORDS: [&str; 4] =
        ["uncorrelated", "correlatedNotAssigned", "correlatedAssigned", "failToCorrelate"];

    /// Graph's word [g:correlated].
    pub fn word(self) -> &'static str {
        let [local, unassigned, assigned, failed] = Correlation::WORDS;
        match self {
            Correlation::Local => local,
            Correlation::Unassigned(_) => unassigned,
            Correlation::Assigned(_) => assigned,
            Correlation::Failed(_) => failed,
        }
    }

    /// The portal's category; a failed correlation has none.
    pub fn category(self) -> &'static str {
        match self {
            Correlation::Local => "local account",
            Correlation::Unassigned(_) => "unassigned user",
            Correlation::Assigned(_) => "assigned user",
            Correlation::Failed(_) => "cannot be told",
        }
    }

    /// The user.
    pub fn user(self) -> Option<UserKey> {
        match self {
            Correlation::Unassigned(user) | Correlation::Assigned(user) => Some(user),
            Correlation::Local | Correlation::Failed(_) => None,
        }
    }
}

impl Uncorrelatable {
    /// The vendor's code, as the vendor spells it; of several users (assumed).
    pub fn code(self) -> &'static str {
        match self {
            Uncorrelatable::NameFormat => "AzureActiveDirectoryInvalidUserPrinicipalNameFormat",
            Uncorrelatable::SeveralUsers => "DuplicateSourceEntries",
        }
    }

    /// The words for it.
    pub fn text(self) -> &'static str {
        match self {
            Uncorrelatable::NameFormat => "The format of this user principal name is unexpected",
            Uncorrelatable::SeveralUsers => "several users have this value",
        }
    }
}

impl DiscoveryFailure {
    /// The vendor's code.
    pub fn code(&self) -> &'static str {
        match self {
            DiscoveryFailure::NoDirectMatch => "MissingJoiningProperty",
            DiscoveryFailure::Page(error) => error.code.word(),
            DiscoveryFailure::Repeats => {
                crate::entra::error_code::ErrorCode::ServiceIncompatible.word()
            }
        }
    }

    /// The words for it.
    pub fn text(&self) -> String {
        match self {
            DiscoveryFailure::NoDirectMatch => {
                "Direct joining property mapping not found".to_owned()
            }
            DiscoveryFailure::Page(error) => error.text(),
            DiscoveryFailure::Repeats => {
                "a page repeats accounts of the page before: startIndex has no effect".to_owned()
            }
        }
    }
}

impl DiscoveryReport {
    /// How many accounts are local, unassigned, assigned, and cannot be told.
    pub fn counts(&self) -> [usize; 4] {
        Correlation::WORDS.map(|word| {
            self.accounts.iter().filter(|account| account.correlation.word() == word).count()
        })
    }

    /// Writes how it ended as one line of text.
    pub(in crate::entra) fn write(&self, out: &mut String) -> std::fmt::Result {
        match &self.failure {
            Some(why) => write!(out, "account discovery FAILED, {}: {}", why.code(), why.text()),
            None => write!(out, "account discovery: {}", self.words()),
        }
    }

    /// `5 accounts: 2 local, 1 of unassigned users, 2 of assigned users`.
    pub fn words(&self) -> String {
        let [local, unassigned, assigned, failed] = self.counts();
        let count = self.accounts.len();
        let mut text = format!(
            "{count} {}: {local} local, {unassigned} of unassigned users, {assigned} of assigned users",
            if count == 1 { "account" } else { "accounts" },
        );
        if failed > 0 {
            text += &format!(", {failed} of which it cannot be told");
        }
        text
    }

    /// The report as Graph has it, with its identities [g:correlated].
    pub fn to_graph(&self, tenant: &Tenant, seed: Seed) -> Value {
        let failure = self.failure.as_ref();
        let error = failure.map(|why| json!({ "code": why.code(), "message": why.text() }));
        let identities: Vec<Value> =
            self.accounts.iter().map(|account| self.identity(account, tenant, seed)).collect();
        json!({
            "id": show_guid(seed.guid("discovery", "", self.number)),
            "startDateTime": self.began.rfc3339(),
            "endDateTime": self.ended.rfc3339(),
            "error": error,
            "identities": identities,
        })
    }

    fn identity(&self, account: &DiscoveredAccount, tenant: &Tenant, seed: Seed) -> Value {
        let side = |anchor: &str, id: &str, name: &str, value: &str, kind: &str| {
            json!({
                "anchor": { "name": anchor, "value": id },
                "matchingProperty": { "name": name, "value": value },
                "identityType": kind,
                "details": {},
            })
        };
        let source = account.correlation.user().map(|user| {
            let id = show_guid(tenant.user(user).object_id().0);
            side("objectId", &id, &self.source, &account.value, "user")
        });
        let error = match account.correlation {
            Correlation::Failed(why) => {
                json!({ "errorCode": why.code(), "errorMessage": why.text() })
            }
            _ => Value::Null,
        };
        json!({
            "id": show_guid(seed.guid("correlated identity", &account.id, self.number)),
            "correlatedDateTime": self.ended.rfc3339(),
            "sourceIdentity": source,
            "targetIdentity": side("id", &account.id, &self.target, &account.value, urn::USER),
            "status": account.correlation.word(),
            "error": error,
        })
    }
}

/// The last report of a job, and how many there were.
#[derive(Clone, Default, Debug)]
pub struct Discovered {
    /// How many reports have ended.
    pub count: u64,
    /// The last one.
    pub last: Option<Arc<DiscoveryReport>>,
}
