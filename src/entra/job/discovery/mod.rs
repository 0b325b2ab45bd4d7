//! Account discovery: a report of all accounts that the application has, which tells those that are
//! local from those of assigned and of unassigned users [discovery].
//!
//! The service reads the whole list of accounts page by page, one page after the other, at the pace
//! of the job and beside its cycles, and writes nothing. It compares each account with the users of
//! the directory by the first matching attribute, which has to be mapped directly.

mod report;

pub use report::{
    Correlation, Discovered, DiscoveredAccount, DiscoveryFailure, DiscoveryReport, Uncorrelatable,
};

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::audit::Activity;
use super::calls::Purpose;
use super::removal::Removal;
use super::reply::{self, RequestKind, SyncError};
use super::requests::Endpoint;
use super::{Job, Moment};
use crate::base::Time;
use crate::entra::call::Reply;
use crate::entra::error_code::ErrorCode;
use crate::entra::event::Event;
use crate::entra::field::{Field, ObjectKind};
use crate::entra::mapping::{Mapping, RowSource};
use crate::entra::policy::Policy;
use crate::entra::tenant::{Attribute, Lifecycle, Tenant, UserKey, is_upn};
use crate::scim::{ListPage, Object, Value};

/// Why a report is not begun.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DiscoveryRefusal {
    /// The job has no credentials.
    NotConfigured,
    /// The last connection test failed.
    TestFailed,
    /// A report is being made.
    UnderWay,
}

impl DiscoveryRefusal {
    /// What to do about it.
    pub fn help(self) -> &'static str {
        match self {
            DiscoveryRefusal::NotConfigured => "give the job credentials first: set_secret",
            DiscoveryRefusal::TestFailed => "valid credentials and a test that passes come first",
            DiscoveryRefusal::UnderWay => "wait until it is ready",
        }
    }
}

impl fmt::Display for DiscoveryRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DiscoveryRefusal::NotConfigured => "the job has no credentials",
            DiscoveryRefusal::TestFailed => "the last connection test failed",
            DiscoveryRefusal::UnderWay => "a report is being made already",
        })
    }
}

/// The discoveries of a job.
#[derive(Clone, Default, Debug)]
pub(super) struct Discoveries {
    under_way: Option<UnderWay>,
    done: Discovered,
}

/// A report that is being made.
#[derive(Clone, Debug)]
struct UnderWay {
    began: Time,
    /// Whether the next page waits to be asked for.
    wanted: bool,
    /// What has been read; of the users nothing is known yet.
    accounts: Vec<DiscoveredAccount>,
    ids: BTreeSet<Box<str>>,
    /// When the report is ready; `None` while pages lack.
    ready: Option<Time>,
}

impl Discoveries {
    /// Whether a page waits to be asked for.
    pub(super) fn wants_page(&self) -> bool {
        self.under_way.as_ref().is_some_and(|it| it.wanted)
    }

    /// When the report is ready, once all pages were read.
    pub(super) fn ready(&self) -> Option<Time> {
        self.under_way.as_ref()?.ready
    }
}

impl Job {
    /// Discover identities: begins a report.
    ///
    /// # Errors
    /// The reason why it is refused.
    pub fn discover_identities(&mut self, moment: &mut Moment<'_>) -> Result<(), DiscoveryRefusal> {
        if self.credentials.is_empty() {
            return Err(DiscoveryRefusal::NotConfigured);
        }
        if matches!(self.last_test(), Some(Err(_))) {
            return Err(DiscoveryRefusal::TestFailed);
        }
        if self.discoveries.under_way.is_some() {
            return Err(DiscoveryRefusal::UnderWay);
        }
        moment.emit(Event::DiscoveryBegan);
        self.record(Activity::DiscoverIdentities, "begun", moment);
        let (began, accounts, ids) = (moment.now(), Vec::new(), BTreeSet::new());
        self.discoveries.under_way =
            Some(UnderWay { began, wanted: true, accounts, ids, ready: None });
        if self.direct_match().is_none() {
            self.fail_discovery(DiscoveryFailure::NoDirectMatch, moment);
        }
        Ok(())
    }

    /// The reports of this job.
    pub fn discovered(&self) -> &Discovered {
        &self.discoveries.done
    }

    /// The first matching attribute, if it is mapped directly [discovery].
    fn direct_match(&self) -> Option<(&Mapping, Field)> {
        let users = &self.settings.schema.users;
        let row = &users.rows()[*users.matching().first()?];
        match row.source {
            RowSource::Attribute { field, .. } => Some((row, field)),
            _ => None,
        }
    }

    /// Asks for the next page, if one is wanted.
    pub(super) fn send_discovery(&mut self, moment: &Moment<'_>) -> bool {
        let Some(under_way) = self.discoveries.under_way.as_mut().filter(|it| it.wanted) else {
            return false;
        };
        under_way.wanted = false;
        let first = under_way.accounts.len() as u64 + 1;
        let count = self.settings.policy.discovery_page_size;
        let page = Endpoint::new(&self.settings.base_path, ObjectKind::User).page(first, count);
        self.send_without_task(Purpose::Discovery, &page, moment);
        true
    }

    pub(super) fn on_discovery_reply(&mut self, reply: Reply, moment: &mut Moment<'_>) {
        let Some(began) = self.discoveries.under_way.as_ref().map(|it| it.began) else { return };
        let token = self.credentials.number();
        self.note_answer(token, &reply);
        let read = reply::classify_reply(RequestKind::Query, reply);
        let error = match read.and_then(|response| reply::page(&response)) {
            Ok(page) => return self.take_page(&page, moment),
            Err(error) => error,
        };
        let again = self.renews_token(token, &error) || self.waits_out(&error, began, moment);
        match self.discoveries.under_way.as_mut().filter(|_| again) {
            Some(under_way) => under_way.wanted = true,
            None => self.fail_discovery(DiscoveryFailure::Page(error), moment),
        }
    }

    /// Ends a report for want of a token.
    pub(super) fn fail_waiting_discovery(&mut self, error: &SyncError, moment: &mut Moment<'_>) {
        if self.discoveries.wants_page() {
            self.fail_discovery(DiscoveryFailure::Page(error.clone()), moment);
        }
    }

    fn take_page(&mut self, page: &ListPage, moment: &mut Moment<'_>) {
        let read: Vec<_> = match self.direct_match() {
            Some((row, _)) => page.resources.iter().filter_map(|it| account(it, row)).collect(),
            None => return self.fail_discovery(DiscoveryFailure::NoDirectMatch, moment),
        };
        let Some(under_way) = &mut self.discoveries.under_way else { return };
        for account in read {
            if !under_way.ids.insert(account.id.clone()) {
                return self.fail_discovery(DiscoveryFailure::Repeats, moment);
            }
            under_way.accounts.push(account);
        }
        let all = under_way.accounts.len() as u64 >= page.total_results;
        if all || page.resources.is_empty() {
            let takes = takes(under_way.accounts.len(), &self.settings.policy);
            under_way.ready = Some(moment.now().max(under_way.began + takes));
        } else {
            under_way.wanted = true;
        }
    }

    /// Ends the report that is ready, with the users as they are now.
    pub(super) fn finish_discovery(&mut self, tenant: &Tenant, moment: &mut Moment<'_>) {
        if self.discoveries.ready().is_none_or(|ready| ready > moment.now()) {
            return;
        }
        let Some((row, field)) = self.direct_match() else {
            return self.fail_discovery(DiscoveryFailure::NoDirectMatch, moment);
        };
        let known = Known::of(tenant, field, row.target.case_exact);
        let Some(mut under_way) = self.discoveries.under_way.take() else { return };
        for account in &mut under_way.accounts {
            account.correlation =
                known.correlate(&account.value, |user| tenant.facts(self.app, user).assigned);
        }
        self.end_discovery(under_way, None, moment);
    }

    /// Breaks off the report that is being made, because the job is deleted.
    pub(super) fn drop_discovery(&mut self, what: Removal, moment: &mut Moment<'_>) {
        self.drop_calls(|purpose| purpose == Purpose::Discovery);
        let why = SyncError::new(ErrorCode::InternalError, what.words());
        self.fail_discovery(DiscoveryFailure::Page(why), moment);
    }

    fn fail_discovery(&mut self, why: DiscoveryFailure, moment: &mut Moment<'_>) {
        if let Some(mut under_way) = self.discoveries.under_way.take() {
            under_way.accounts.clear();
            self.end_discovery(under_way, Some(why), moment);
        }
    }

    fn end_discovery(
        &mut self,
        under_way: UnderWay,
        failure: Option<DiscoveryFailure>,
        moment: &mut Moment<'_>,
    ) {
        let (source, target) = match self.direct_match() {
            Some((row, field)) => (field.name().into(), row.target.name.clone()),
            None => Default::default(),
        };
        self.discoveries.done.count += 1;
        let report = Arc::new(DiscoveryReport {
            number: self.discoveries.done.count,
            began: under_way.began,
            ended: moment.now(),
            source,
            target: target.as_ref().into(),
            accounts: under_way.accounts,
            failure,
        });
        self.discoveries.done.last = Some(report.clone());
        moment.emit(Event::DiscoveryEnded(report));
    }
}

/// How long a report of so many accounts takes [discovery].
fn takes(accounts: usize, policy: &Policy) -> Duration {
    policy.discovery_time
        + policy.discovery_account_time * u32::try_from(accounts).unwrap_or(u32::MAX)
}

/// What is read of an account; `None` without an id.
fn account(resource: &Object, row: &Mapping) -> Option<DiscoveredAccount> {
    let text = |value: &Value| match value {
        Value::Text(text) => Some(Box::from(text.as_str())),
        other => other.as_i64().map(|number| number.to_string().into()),
    };
    Some(DiscoveredAccount {
        id: reply::id_of(resource)?.into(),
        value: row.target.path.find(resource).and_then(text).unwrap_or_default(),
        active: resource.get("active").and_then(Value::as_bool),
        correlation: Correlation::Local,
    })
}

/// The users of the directory by their values of one attribute. One in the recycle bin is not found
/// (assumed: Graph's list of users leaves it out).
struct Known {
    by_value: BTreeMap<String, Vec<UserKey>>,
    case_exact: bool,
    /// Whether the attribute is the userPrincipalName.
    names: bool,
}

impl Known {
    fn of(tenant: &Tenant, field: Field, case_exact: bool) -> Known {
        let names = field == Field::Text(Attribute::UserPrincipalName);
        let mut known = Known { by_value: BTreeMap::new(), case_exact, names };
        for (key, user) in tenant.users().filter(|(_, it)| it.lifecycle() == Lifecycle::Active) {
            if let Some(value) = field.text(user) {
                known.by_value.entry(known.folded(&value)).or_default().push(key);
            }
        }
        known
    }

    fn folded(&self, value: &str) -> String {
        if self.case_exact { value.to_owned() } else { value.to_lowercase() }
    }

    /// An account without a value is local (assumed).
    fn correlate(&self, value: &str, is_assigned: impl Fn(UserKey) -> bool) -> Correlation {
        match self.by_value.get(&self.folded(value)).map(Vec::as_slice) {
            Some([user]) if is_assigned(*user) => Correlation::Assigned(*user),
            Some([user]) => Correlation::Unassigned(*user),
            Some([_, _, ..]) => Correlation::Failed(Uncorrelatable::SeveralUsers),
            _ if self.names && !value.is_empty() && !is_upn(value) => {
                Correlation::Failed(Uncorrelatable::NameFormat)
            }
            _ => Correlation::Local,
        }
    }
}
