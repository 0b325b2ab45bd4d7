//! A row of the two worlds: one person, or an account that belongs to no user.

use schemars::JsonSchema;
use serde::Serialize;

use super::comparison::account;
use super::words;
use super::worlds::{Mark, People, appearance};
use crate::base::Time;
use crate::entra::AppId;
use crate::entra::job::Retry;
use crate::entra::tenant::Tenant;
use crate::entra::tenant::{Attribute, Lifecycle, UserKey};
use crate::golinks::AccountId;
use crate::scenario::report::day_and_time;
use crate::world::intent::{self, AccountIntent, Mismatch, WayIn};
use crate::world::status::{When, why_failed};
use crate::world::{AppView, ServerName, TargetServer};

/// One person, in both worlds.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewRow {
    /// The person's name in actions; for an extra account its userName.
    pub handle: String,
    /// The display name.
    pub name: String,
    /// A second line: the department, if any.
    pub detail: String,
    /// The state in Entra: `in scope`, `not assigned`, `outside the filters`, `blocked`, `in the
    /// bin`, `deleted for good` or `not in Entra`.
    pub scope: String,
    /// Whether the person is in scope.
    pub in_scope: bool,
    /// The account that GoLinks should hold: `active`, `inactive`, `any` or `none`.
    pub intended: &'static str,
    /// The mark's key, as in [`Count`].
    pub mark: &'static str,
    /// The mark's symbol.
    pub symbol: &'static str,
    /// The text beside the mark: `same`, `department`, `due in 31 m`.
    pub says: String,
    /// The reasons for the mark, one sentence a line, for a hover.
    pub why: Vec<String>,
    /// The account's userName; absent when there is no account.
    pub account: Option<String>,
    /// `active`, `inactive` or `no account`.
    pub status: &'static str,
    /// The verbs of the actions to offer; their argument is the handle.
    pub can: Vec<&'static str>,
}

impl People<'_> {
    /// The row of a person.
    pub(super) fn row(&self, user: UserKey, mark: Mark) -> ViewRow {
        let tenant = self.world.entra().tenant();
        let (key, symbol, word) = appearance(mark);
        let person = tenant.user(user);
        let in_scope = intent::in_scope(self.world, user);
        let what = intent::of(self.world, user);
        let account = account(self.world, user);
        let (says, why) = self.explain(user, mark, word, &what);
        ViewRow {
            handle: person.handle().to_string(),
            name: person.get(Attribute::DisplayName).unwrap_or(person.handle()).to_owned(),
            detail: person.get(Attribute::Department).unwrap_or_default().to_owned(),
            scope: scope_words(self.world, user, in_scope).to_owned(),
            in_scope,
            intended: match intent::account_intent(self.world, user) {
                AccountIntent::Active => "active",
                AccountIntent::NotActive if account.is_some() => "inactive",
                AccountIntent::Anything if account.is_some() => "any",
                _ => "none",
            },
            mark: key,
            symbol,
            says,
            why,
            status: status_words(account.as_ref().map(|account| account.active)),
            account: account.map(|account| account.user_name),
            can: verbs(self.world.app(), tenant, user),
        }
    }

    /// The text beside the mark, and the lines of the hover.
    fn explain(
        &self,
        user: UserKey,
        mark: Mark,
        word: &str,
        what: &[Mismatch],
    ) -> (String, Vec<String>) {
        let server = self.world.target().called();
        let mut why: Vec<String> = what.iter().map(|what| reason(what, server)).collect();
        if matches!(what.first(), Some(Mismatch::StillActive { has_left: true })) {
            why[0] = left(self.world.entra().tenant().user(user).lifecycle());
        }
        why.extend(
            intent::keeper(self.world, user)
                .map(|keeper| format!("No difference: {}.", keeper.reason())),
        );
        let job = self.world.entra().job();
        let escrow = job.escrows().get(user);
        let retry = job.retry_of(user, self.world.entra().tenant());
        if let (Some(escrow), Some(retry)) = (escrow, retry) {
            let next = again(retry, self.world.now());
            why.push(format!(
                "The last attempt failed: {}. {next}",
                why_failed(escrow.code, self.world.target().called())
            ));
        }
        if let Some(given_up) = job.escrows().given_up(user) {
            let at = day_and_time(self.world.start(), given_up.at);
            why.push(format!(
                "It was given up at {at}: {}.",
                why_failed(given_up.code, self.world.target().called())
            ));
        }
        let beside = intent::way_in(self.world, user).filter(|by| *by != WayIn::Account);
        let exposure = beside.and_then(|_| intent::exposure_of(self.world, user));
        if let (Some(by), Some(exposure)) = (beside, exposure) {
            let since = day_and_time(self.world.start(), exposure.since);
            let (by, server) = (by.words(), server.amid());
            why.push(format!("At {server} {by}, so the person is exposed since {since}."));
        }
        let says = match (mark, self.coming.when(user)) {
            (Mark::Same, _) if let Some(by) = beside => format!("{word}, but {}", by.words()),
            (Mark::Pending, Some(when)) => {
                why.push(when_due(when, self.world.now()));
                due(when, self.world.now())
            }
            (Mark::Retry, _) => {
                retry.map_or(word.to_owned(), |retry| briefly_again(retry, self.world.now()))
            }
            (Mark::Differs, _) => briefly(what),
            _ => word.to_owned(),
        };
        (says, why)
    }

    /// The row of an account that belongs to no user.
    pub(super) fn extra_row(&self, id: AccountId) -> Option<ViewRow> {
        let account = self.world.target().account(id)?;
        let (key, symbol, word) = appearance(Mark::Extra);
        Some(ViewRow {
            handle: account.user_name.clone(),
            name: "nobody".to_owned(),
            scope: "not in Entra".to_owned(),
            intended: "any",
            mark: key,
            symbol,
            says: word.to_owned(),
            why: vec![
                "This account belongs to nobody in Entra; provisioning leaves it alone.".to_owned(),
            ],
            status: status_words(Some(account.active)),
            account: Some(account.user_name),
            can: by_hand(self.world.target()),
            ..ViewRow::default()
        })
    }
}

/// When a cycle takes up a difference, in a few words.
pub(super) fn due(when: When, now: Time) -> String {
    match when {
        When::OnceStarted => "not started".to_owned(),
        When::OnceSeen => "due once seen".to_owned(),
        When::Now => "due now".to_owned(),
        When::AfterThis => "due next cycle".to_owned(),
        When::At(at) => format!("due {}", words::ahead(now, at)),
    }
}

/// The same in a sentence.
pub(super) fn when_due(when: When, now: Time) -> String {
    match when {
        When::OnceStarted => "Provisioning has not been started yet.".to_owned(),
        When::OnceSeen => "Provisioning does not see the change of the assignment yet \
             (`assignment_replication_delay`); the first cycle that does sees to it."
            .to_owned(),
        When::Now => "The cycle that is running is still to see to it.".to_owned(),
        When::AfterThis => "The cycle after the one that is running sees to it.".to_owned(),
        When::At(_) => format!("The change is {}.", due(when, now)),
    }
}

/// When an object that failed is tried again, in a few words.
pub(super) fn briefly_again(retry: Retry, now: Time) -> String {
    match retry {
        Retry::OnceStarted => "retry once started".to_owned(),
        Retry::Running => "retry in this cycle".to_owned(),
        Retry::NextCycle(Some(next)) if next > now => format!("retry {}", words::ahead(now, next)),
        Retry::NextCycle(_) => "retry next cycle".to_owned(),
        Retry::From(due) => format!("retry {}", words::ahead(now, due)),
    }
}

/// When an object that failed is tried again, in a sentence.
pub(super) fn again(retry: Retry, now: Time) -> String {
    match retry {
        Retry::OnceStarted => "The next attempt waits until provisioning is started.".to_owned(),
        Retry::Running => "The cycle that is running tries again.".to_owned(),
        Retry::NextCycle(Some(next)) if next > now => {
            format!("The next cycle tries again, {}.", words::ahead(now, next))
        }
        Retry::NextCycle(_) => "The next cycle tries again.".to_owned(),
        Retry::From(due) => {
            format!("Next attempt {}, in the first cycle from then on.", words::ahead(now, due))
        }
    }
}

/// The state of a person in Entra, in words.
pub(super) fn scope_words(world: AppView<'_>, user: UserKey, in_scope: bool) -> &'static str {
    let entra = world.entra();
    let person = entra.tenant().user(user);
    match (in_scope, person.lifecycle(), person.enabled()) {
        (true, ..) => "in scope",
        (_, Lifecycle::HardDeleted, _) => "deleted for good",
        (_, Lifecycle::SoftDeleted { .. }, _) => "in the bin",
        (.., false) => "blocked",
        _ if intent::is_entitled(entra, user) => "outside the filters",
        _ => "not assigned",
    }
}

/// The state of an account, in a word.
pub(super) fn status_words(active: Option<bool>) -> &'static str {
    match active {
        Some(true) => "active",
        Some(false) => "inactive",
        None => "no account",
    }
}

/// The verbs to offer for an account that belongs to no user: only the mock's can be deleted past
/// provisioning.
pub(super) fn by_hand(target: &TargetServer) -> Vec<&'static str> {
    if target.mock().is_some() { vec!["delete_account"] } else { Vec::new() }
}

/// The verbs to offer for a person; they depend only on the directory.
pub fn verbs(app: AppId, tenant: &Tenant, key: UserKey) -> Vec<&'static str> {
    let user = tenant.user(key);
    match user.lifecycle() {
        Lifecycle::HardDeleted => vec![],
        Lifecycle::SoftDeleted { .. } => vec!["restore", "purge"],
        Lifecycle::Active => {
            let sign_in = if user.enabled() { "disable" } else { "enable" };
            let assignment =
                if tenant.assigned(app, key).is_some() { "unassign" } else { "assign" };
            match tenant.registry().gone(app) {
                None => vec![sign_in, assignment, "delete"],
                Some(_) => vec![sign_in, "delete"],
            }
        }
    }
}

/// The differences in a word or two: the first, and how many more.
fn briefly(what: &[Mismatch]) -> String {
    let word = match what.first() {
        None => "differs".to_owned(),
        Some(Mismatch::Missing) => "missing".to_owned(),
        Some(Mismatch::Inactive) => "inactive".to_owned(),
        Some(Mismatch::Several(number)) => format!("{number} accounts"),
        Some(Mismatch::StillActive { .. }) => "still active".to_owned(),
        Some(Mismatch::StillExists) => "still there".to_owned(),
        Some(Mismatch::Differs { attribute, .. }) => short(attribute).to_owned(),
    };
    match what.len() {
        0 | 1 => word,
        many => format!("{word} and {} more", many - 1),
    }
}

/// How a user has left whose account is still active, in a sentence.
fn left(lifecycle: Lifecycle) -> String {
    let how = match lifecycle {
        Lifecycle::Active => "is blocked from sign-in",
        _ => "was deleted",
    };
    format!("The person {how} in Entra; the account is still active.")
}

/// One difference, in a sentence.
fn reason(what: &Mismatch, server: ServerName) -> String {
    match what {
        Mismatch::Missing => server.says("Entra intends an account; GoLinks has none."),
        Mismatch::Inactive => {
            server.says("Entra intends an active account; GoLinks holds an inactive one.")
        }
        Mismatch::Several(number) => {
            format!("{} holds {number} active accounts for one person.", server.first())
        }
        Mismatch::StillActive { has_left: true } => {
            "The person is blocked or deleted in Entra; the account is still active.".to_owned()
        }
        Mismatch::StillActive { has_left: false } => {
            "The person is out of scope; the account is still active.".to_owned()
        }
        Mismatch::StillExists => {
            "The person was deleted for good; the account still exists.".to_owned()
        }
        Mismatch::Differs { attribute, want, have } => {
            let have = have.as_ref().map_or("nothing".to_owned(), |have| format!("“{have}”"));
            let want = if want.is_empty() { "nothing".to_owned() } else { format!("“{want}”") };
            let (name, server) = (short(attribute), server.amid());
            format!("{name}: Entra intends {want}, {server} holds {have}.")
        }
    }
}

/// The short name of an attribute: the last part of its SCIM path.
fn short(path: &str) -> &str {
    let last = path.rsplit(':').next().unwrap_or(path);
    if last.starts_with("emails") { "e-mail" } else { last.rsplit('.').next().unwrap_or(last) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_said_in_a_word_and_in_a_sentence() {
        let differs = |attribute: &str, have: Option<&str>| Mismatch::Differs {
            attribute: attribute.into(),
            want: "Sales".into(),
            have: have.map(Into::into),
        };
        let department = differs(
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            Some("Support"),
        );
        assert_eq!(
            reason(&department, ServerName::GoLinks),
            "department: Entra intends “Sales”, GoLinks holds “Support”."
        );
        let mail = differs("emails[type eq \"work\"].value", None);
        let nothing = "e-mail: Entra intends “Sales”, the target holds nothing.";
        assert_eq!(reason(&mail, ServerName::Target), nothing);
        assert_eq!(briefly(&[department, mail]), "department and 1 more");
        assert_eq!(briefly(&[Mismatch::StillActive { has_left: true }]), "still active");
        let blocked = "The person is blocked from sign-in in Entra; the account is still active.";
        assert_eq!(left(Lifecycle::Active), blocked);
        assert!(left(Lifecycle::HardDeleted).starts_with("The person was deleted in Entra"));
    }
}
