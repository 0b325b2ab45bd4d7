//! GoLinks as the world holds it: its state, its reads, and what comes due by itself.

use crate::base::{Moment, Node, Problems, Time};
use crate::golinks::AccountId;
use crate::golinks::Event;
use crate::golinks::Settings;
use crate::golinks::api::credentials::Credentials;
use crate::golinks::quirks::Memory;
use crate::golinks::settings::DEFAULT_BASE;
use crate::golinks::settings::capabilities::Capability;
use crate::golinks::settings::limits::Throttle;
use crate::golinks::settings::profile;
use crate::golinks::store::account::Account;
use crate::golinks::store::accounts::AccountView;
use crate::golinks::store::accounts::Accounts;
use crate::golinks::store::columns::Columns;
use crate::golinks::store::groups::Groups;
use crate::golinks::store::render::Renderer;
use crate::scim::patch::Work;
use crate::scim::shape::has_immutable;
use crate::scim::{Object, ResourceType};

/// The mock GoLinks.
pub struct GoLinks {
    pub(super) settings: Settings,
    pub(super) start: Time,
    pub(super) users: ResourceType,
    pub(super) renderer: Renderer,
    pub(super) accounts: Accounts,
    pub(super) group_kind: ResourceType,
    pub(super) group_renderer: Renderer,
    pub(super) groups: Groups,
    /// Whether users show the groups they are in.
    pub(super) derived_groups: bool,
    /// Whether some attribute of users can be set once alone.
    pub(super) users_immutable: bool,
    /// Whether some attribute of users is returned on request alone.
    pub(super) users_on_request: bool,
    /// Whether some attribute of groups is returned on request alone.
    pub(super) groups_on_request: bool,
    pub(super) credentials: Credentials,
    pub(super) throttle: Throttle,
    /// The same for clients that live in real time.
    pub(super) outside_throttle: Throttle,
    /// What the request that is carried out may still cost.
    pub(super) work: Work,
    /// What time it is for the client whose request is carried out, when it lives in real time.
    pub(super) own: Option<Time>,
    /// What quirks remember.
    pub(super) memory: Memory,
    /// Where a body is written before it is stored at its exact size.
    pub(super) scratch: Vec<u8>,
    /// Whether the shortcuts of `scim::fast` are tried.
    pub(super) fast: bool,
}

impl GoLinks {
    /// A GoLinks without accounts; durations in its settings count from `start`.
    pub fn new(settings: Settings, start: Time) -> GoLinks {
        let users = profile::users(&settings);
        let group_kind = profile::groups(&settings);
        let mut credentials = Credentials::default();
        credentials.take(&settings.tokens, start);
        GoLinks {
            renderer: Renderer::new(&users, &settings.base_url),
            credentials,
            accounts: Accounts::with_columns(Columns::of(&users, settings.can(Capability::Filter))),
            group_renderer: Renderer::new(&group_kind, &settings.base_url),
            groups: Groups::with_columns(Columns::of(&group_kind, false)),
            derived_groups: users.schema.attribute("groups").is_some(),
            users_immutable: has_immutable(&users),
            users_on_request: users.has_requested(),
            groups_on_request: group_kind.has_requested(),
            group_kind,
            throttle: Throttle::default(),
            outside_throttle: Throttle::default(),
            work: Work::default(),
            own: None,
            memory: Memory::default(),
            scratch: Vec::new(),
            fast: true,
            settings,
            start,
            users,
        }
    }

    /// Turns the shortcuts of [`scim::fast`](crate::scim::fast) on or off, to compare. No answer
    /// depends on it.
    pub fn set_fast(&mut self, fast: bool) {
        self.fast = fast;
    }

    /// When something will happen by itself (a token expires).
    pub fn next_due(&self) -> Option<Time> {
        self.credentials.next_due()
    }

    /// Does what is due by itself until now.
    pub fn expire(&mut self, moment: &mut Moment<'_, Event>) {
        self.credentials.expire(moment);
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Changes a setting while it runs; with a problem nothing changes.
    pub fn set(&mut self, path: &[&str], value: &Node, problems: &mut Problems) {
        let mut changed = self.settings.clone();
        let before = problems.errors();
        changed.set(path, value, problems);
        let suspends = |settings: &Settings| settings.can(Capability::SoftDelete);
        if changed.profile != self.settings.profile
            || changed.schemas != self.settings.schemas
            || suspends(&changed) != suspends(&self.settings)
        {
            problems.error(
                value.span,
                "a server that runs cannot become another: `profile`, `schema` and `soft_delete` are chosen in the scenario",
            );
        }
        if problems.errors() > before {
            return;
        }
        self.credentials.take(&changed.tokens, self.start);
        self.settings = changed;
        self.renew_addresses();
    }

    /// Says under which address clients know it: that of the endpoint as it is by default, whose
    /// path is then the one that is set. `meta.location` is built from it.
    pub fn set_base_url(&mut self, url: &str) {
        let url = url.trim_end_matches('/');
        let moved =
            url.strip_suffix(DEFAULT_BASE).map(|host| format!("{host}{}", self.settings.base_path));
        self.settings.base_url = moved.unwrap_or_else(|| url.to_owned());
        self.renew_addresses();
    }

    /// Whether a request to this path is meant for it.
    pub fn is_at(&self, path: &str) -> bool {
        let below = path.strip_prefix(self.settings.base_path.as_str());
        !self.settings.base_path.is_empty()
            && below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
    }

    pub(super) fn renew_addresses(&mut self) {
        self.renderer = Renderer::new(&self.users, &self.settings.base_url);
        self.group_renderer = Renderer::new(&self.group_kind, &self.settings.base_url);
    }

    /// The kinds of resources it has.
    pub(super) fn kinds(&self) -> Vec<&ResourceType> {
        let groups = self.can(Capability::Groups).then_some(&self.group_kind);
        std::iter::once(&self.users).chain(groups).collect()
    }

    /// Whether the server offers this.
    pub(super) fn can(&self, capability: Capability) -> bool {
        self.settings.can(capability)
    }

    /// The groups at rest.
    pub fn groups(&self) -> &Groups {
        &self.groups
    }

    /// The accounts at rest.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// One account, when SCIM can see it.
    pub fn account(&self, id: AccountId) -> Option<AccountView> {
        self.accounts.get(id).map(|account| self.view(account))
    }

    /// The account with this userName, in any case, when SCIM can see it.
    pub fn find_user_name(&self, user_name: &str) -> Option<AccountId> {
        self.accounts.named(user_name).map(|account| account.id)
    }

    /// Every account SCIM can see, in the order of creation, each parsed when it is reached.
    /// [`Accounts::iter`] is cheaper when userName and `active` are enough.
    pub fn iter(&self) -> impl Iterator<Item = AccountView> + '_ {
        self.accounts.iter().map(|account| self.view(account))
    }

    fn view(&self, account: Account<'_>) -> AccountView {
        let mut bytes = Vec::new();
        self.renderer.write(account, &mut bytes);
        AccountView {
            id: account.id,
            user_name: account.user_name().into_owned(),
            active: account.active,
            resource: Object::parse(&bytes).unwrap_or_default(),
        }
    }
}
